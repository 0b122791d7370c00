"""Spans of OpenTelemetry, one for each attempt, by the HTTP semantic conventions.

OpenTelemetry is used only if the program has imported it.
"""

from collections.abc import Mapping
from importlib import import_module
from sys import modules
from typing import Any, Protocol

from .observers import Subject
from .transport_types import Failed, Received, Request, SentHeaders


class Span(Protocol):
    """The used part of a span."""

    def get_span_context(self) -> Any:
        """Return its context."""
        ...

    def set_attribute(self, key: str, value: str | int) -> None:
        """Set an attribute."""
        ...

    def set_status(self, status: object, description: str | None = None) -> None:
        """Set the status."""
        ...

    def end(self) -> None:
        """Close it."""
        ...


class Tracer(Protocol):
    """The used part of a tracer."""

    def start_span(
        self, name: str, *, kind: object, attributes: Mapping[str, str | int]
    ) -> Span:
        """Open a span."""
        ...


class SpanTrace:
    """The spans of one call."""

    __slots__ = ("_api", "_span", "_subject", "_tracer")

    def __init__(self, subject: Subject, tracer: Tracer, api: Any) -> None:
        self._subject = subject
        self._tracer = tracer
        self._api = api
        self._span: Span | None = None

    def start(self, request: Request, number: int) -> None:
        """Open the span of an attempt, and send its context to the provider."""
        address = request.shown_url.partition("://")
        host = address[2].partition("/")[0].rpartition("@")[2]
        if host.startswith("["):
            name, _, port = host[1:].partition("]")
            port = port.removeprefix(":")
        else:
            name, _, port = host.partition(":")
        attributes: dict[str, str | int] = {
            "http.request.method": request.method,
            "server.address": name,
            "server.port": (
                int(port) if port.isdigit() else (80 if address[0] == "http" else 443)
            ),
            "url.full": self._subject.redacted(request.shown_url),
            "url.template": self._subject.path,
        }
        if number > 1:
            attributes["http.request.resend_count"] = number - 1
        span = self._tracer.start_span(
            f"{request.method} {self._subject.path}",
            kind=self._api.SpanKind.CLIENT,
            attributes=attributes,
        )
        self._span = span
        if span.get_span_context().is_valid:
            headers = SentHeaders(request.headers)
            propagate = import_module("opentelemetry.propagate")
            propagate.inject(headers, context=self._api.set_span_in_context(span))
            request.headers = headers

    def end(self, outcome: Received | Failed) -> None:
        """Close the span of an attempt."""
        span = self._span
        if span is None:
            return
        received = outcome.part if isinstance(outcome, Failed) else outcome
        if received is not None:
            span.set_attribute("http.response.status_code", received.status)
        if isinstance(outcome, Failed):
            kind = "timeout" if outcome.timed_out else outcome.cause.name
            span.set_attribute("error.type", kind)
            span.set_status(self._api.StatusCode.ERROR, outcome.problem)
        elif outcome.status >= 400:
            span.set_attribute("error.type", str(outcome.status))
            span.set_status(self._api.StatusCode.ERROR)
        self._span = None
        span.end()

    def broken(self, error: BaseException) -> None:
        """Close the span of an attempt that was given up."""
        span = self._span
        if span is not None:
            self._span = None
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(self._api.StatusCode.ERROR)
            span.end()


def span_trace(subject: Subject) -> SpanTrace | None:
    """Return the spans of a call; None if nobody records any."""
    # The library is optional, so its types are unknown where it is not installed.
    api: Any = modules.get("opentelemetry.trace")
    if api is None or isinstance(api.get_tracer_provider(), api.ProxyTracerProvider):
        return None
    return SpanTrace(subject, api.get_tracer(subject.package, subject.version), api)

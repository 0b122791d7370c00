"""Spans of OpenTelemetry, one for each attempt, by the HTTP semantic conventions.

This module is loaded only where ``opentelemetry.trace`` has been imported already.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from .exchange import Failed, Received, SentHeaders

if TYPE_CHECKING:
    from .call import Call
    from .exchange import Request

# The library is none of ours: where it is absent, nobody type-checks against it either.
trace: Any = import_module("opentelemetry.trace")
propagate: Any = import_module("opentelemetry.propagate")


class Span(Protocol):
    """What is used of a span."""

    def get_span_context(self) -> Any:
        """Return what identifies it."""
        ...

    def set_attribute(self, key: str, value: str | int) -> None:
        """Note a fact."""
        ...

    def set_status(self, status: object, description: str | None = None) -> None:
        """Note whether it went well."""
        ...

    def end(self) -> None:
        """Close it."""
        ...


class Tracer(Protocol):
    """What is used of a tracer."""

    def start_span(
        self, name: str, *, kind: object, attributes: Mapping[str, str | int]
    ) -> Span:
        """Open a span."""
        ...


class Trace:
    """The spans of one call."""

    __slots__ = ("_call", "_span", "_tracer")

    def __init__(self, call: "Call[Any]", tracer: "Tracer") -> None:
        self._call = call
        self._tracer = tracer
        self._span: Span | None = None

    def start(self, request: "Request", number: int) -> None:
        """Open the span of an attempt, and tell the provider about it."""
        operation = self._call.binding.plan.operation
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
            "url.full": self._call.binding.redacted(request.shown_url),
            "url.template": operation.path,
        }
        if number > 1:
            attributes["http.request.resend_count"] = number - 1
        span = self._tracer.start_span(
            f"{request.method} {operation.path}",
            kind=trace.SpanKind.CLIENT,
            attributes=attributes,
        )
        self._span = span
        if span.get_span_context().is_valid:
            headers = SentHeaders(request.headers)
            propagate.inject(headers, context=trace.set_span_in_context(span))
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
            span.set_status(trace.StatusCode.ERROR, outcome.problem)
        elif outcome.status >= 400:
            span.set_attribute("error.type", str(outcome.status))
            span.set_status(trace.StatusCode.ERROR)
        self._span = None
        span.end()

    def broken(self, error: BaseException) -> None:
        """Close the span of an attempt that was given up."""
        span = self._span
        if span is not None:
            self._span = None
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            span.end()


def trace_of(call: "Call[Any]") -> Trace | None:
    """Return the spans of a call; None if nobody records any."""
    contract = call.binding.contract
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return Trace(call, trace.get_tracer(contract.package, contract.version))

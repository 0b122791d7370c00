"""An operation as one client sends it: done with its first call, used by all later."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from msgspec import UNSET

from .credentials import Keyring, hidden
from .errors import RequestInvalidError
from .exchange import ACCEPTED_ENCODINGS, Content, Request, SentHeaders, SharedHeaders
from .headers import add_cookie, clean_headers, header_value
from .operation import Scheme
from .options import CallOptions, Timeout
from .parameters import ParameterPlan
from .plan import Plan
from .query import query_text, with_extra, with_query
from .security import authenticate, is_static

if TYPE_CHECKING:
    from .core import Core
    from .validation import Violation

T = TypeVar("T")


class Binding(Generic[T]):
    """An operation with the address, headers and secrets that all its calls share."""

    __slots__ = (
        "_body_headers",
        "_has_query",
        "_headers",
        "_keyring",
        "_query",
        "_secret_headers",
        "_secret_query",
        "_server",
        "_url",
        "contract",
        "plan",
        "schemes",
    )

    def __init__(self, core: "Core", plan: Plan[T]) -> None:
        operation = plan.operation
        contract = core.contract
        self.plan = plan
        self.contract = contract
        self._keyring = core.keyring
        self._server = core.server(operation)
        path = plan.parameters.path.plain
        self._url = self._server + path if path else ""
        headers = SentHeaders()
        headers["user-agent"] = f"{contract.package}/{contract.version}"
        headers["accept-encoding"] = ACCEPTED_ENCODINGS
        if operation.accept:
            headers["accept"] = operation.accept
        chosen = core.keyring.chosen(operation.security, operation.name)
        self._secret_query = ""
        self._secret_headers = frozenset(map(_header_of, chosen))
        dynamic: list[Scheme] = []
        for scheme in chosen:
            if not is_static(scheme, core.keyring):
                dynamic.append(scheme)
                continue
            place, name, secret = _finished(scheme, core.keyring)
            self._secret_query = placed(
                headers, self._secret_query, place, name, secret
            )
        self.schemes = tuple(dynamic)
        self._query = query_text(core.default_query)
        for parameter in plan.parameters.fixed:
            self._write(headers, parameter, parameter.default)
        headers.update(core.default_headers)
        self._headers = self._body_headers = SharedHeaders(headers)
        if plan.body is not None:
            headers["content-type"] = plan.body.content_type
            self._body_headers = SharedHeaders(headers)
        self._has_query = bool(plan.parameters.query or self._query)

    def request(
        self,
        arguments: Mapping[str, object],
        body: object,
        options: CallOptions,
        timeout: Timeout,
        *,
        wired: bool = False,
        at: str | None = None,
    ) -> tuple[Request, object]:
        """Return the request of a call, checked, and the wire form of its body.

        What is signed, or asked for anew with each call, is still missing.

        Raises:
            RequestInvalidError: it breaks the contract.
            TypeError: a value has no faithful wire form.
        """
        plan = self.plan
        parameters = plan.parameters
        wrong: list[Violation] = []
        url = self._url or self._server + parameters.path.render(arguments, wrong)
        headers: SentHeaders = self._headers
        if parameters.headers or parameters.cookies:
            headers = self._filled_headers(arguments, wrong)
        query = self._filled_query(arguments, wrong) if self._has_query else ""
        payload: object = UNSET
        content: Content = None
        if plan.body is not None:
            extra = options.get("extra_body") if options else None
            payload = plan.body.payload(body, extra, wrong, wired=wired)
        if wrong:
            raise RequestInvalidError(tuple(wrong))
        if payload is not UNSET and plan.body is not None:
            content = plan.body.encode(payload)
            if headers is self._headers:
                headers = self._body_headers
            else:
                headers["content-type"] = plan.body.content_type
            if type(content) is not bytes:
                size = getattr(content, "size", None)
                if size is not None:
                    headers = SentHeaders({**headers, "content-length": str(size)})
        if options:
            extra_headers = options.get("extra_headers")
            if extra_headers:
                headers = SentHeaders({**headers, **clean_headers(extra_headers)})
            extra_query = options.get("extra_query")
            if extra_query:
                query = with_extra(query, extra_query)
        shown = full = at or (with_query(url, query) if query else url)
        if self._secret_query:
            full = with_query(full, self._secret_query)
        method = plan.operation.method
        return Request(method, full, headers, content, timeout, shown), payload

    def without_secrets(self, url: str) -> str:
        """Return an address without parameters that authenticate, which each call adds."""
        if not self._secret_query:
            return url
        names = {pair.partition("=")[0] for pair in self._secret_query.split("&")}
        start, mark, query = url.partition("?")
        kept = [one for one in query.split("&") if one.partition("=")[0] not in names]
        return f"{start}{mark}{'&'.join(kept)}" if kept else start

    def redacted(self, text: str) -> str:
        """Return a text without the client's secrets."""
        return self._keyring.redacted(text)

    def secret_headers(self) -> frozenset[str]:
        """Return the lower-case names of headers that authenticate."""
        return self._secret_headers

    def _filled_headers(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> SentHeaders:
        headers = SentHeaders(self._headers)
        parameters = self.plan.parameters
        for parameter in (*parameters.headers, *parameters.cookies):
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                self._write(headers, parameter, value)
        return headers

    def _write(
        self, headers: SentHeaders, parameter: ParameterPlan, value: object
    ) -> None:
        """Write a parameter that is not part of the path."""
        if parameter.place == "header":
            text = header_value(parameter.wire, parameter.header(value))
            headers[parameter.wire.lower()] = text
        elif parameter.place == "cookie":
            add_cookie(headers, header_value(parameter.wire, parameter.cookie(value)))
        else:
            pairs = parameter.query(value)
            self._query = "&".join([self._query, *pairs] if self._query else pairs)

    def _filled_query(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> str:
        written = [self._query] if self._query else []
        for parameter in self.plan.parameters.query:
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                written += parameter.query(value)
        return "&".join(written)


def _header_of(scheme: Scheme) -> str:
    """Return the lower-case name of the header that a scheme may use."""
    return getattr(scheme, "name", "authorization").lower()


def _finished(scheme: Scheme, keyring: Keyring) -> tuple[str, str, str]:
    """Return what a static scheme sends."""
    try:
        next(authenticate(scheme, keyring, None))
    except StopIteration as stop:
        return cast(tuple[str, str, str], stop.value)
    raise AssertionError("a static scheme waits for nothing")


def placed(headers: SentHeaders, query: str, place: str, name: str, secret: str) -> str:
    """Put a secret in its place; return the query of secrets."""
    if place == "query":
        from .percent import quote

        pair = hidden(f"{quote(name)}={quote(secret)}")
        return hidden(f"{query}&{pair}") if query else pair
    if place == "cookie":
        add_cookie(headers, hidden(f"{name}={secret}"))
    else:
        headers[name.lower()] = secret
    return query

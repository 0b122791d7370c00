"""What a client is made of, without the sending."""

from collections.abc import Mapping
from os import environ, urandom
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from msgspec import UNSET

from .credentials import HIDDEN, AnySecret, Keyring, hidden
from .errors import ConfigurationError, RequestInvalidError
from .exchange import (
    ACCEPTED_ENCODINGS,
    Content,
    Request,
    SentHeaders,
    without_user,
)
from .operation import ContractInfo, ErrorRules, Operation, Scheme, Server
from .options import DEFAULT, CallOptions, Timeout, TimeoutTypes, as_timeout
from .parameters import ParameterPlan
from .plan import Plan
from .pointers import resolve
from .retry import Bucket
from .security import authenticate, is_static
from .styles import pairs
from .wire import to_wire

if TYPE_CHECKING:
    from .observing import Hooks
    from .validation import Violation

T = TypeVar("T")

_DEFAULT_TIMEOUT: Final = Timeout()
_HOST: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


class Core:
    """Settings of a client, and all that follows from them."""

    __slots__ = (
        "_bindings",
        "base_url",
        "bucket",
        "contract",
        "default_headers",
        "default_query",
        "hooks",
        "keyring",
        "max_retries",
        "timeout",
        "validate_replies",
        "variables",
    )

    def __init__(
        self,
        contract: ContractInfo,
        *,
        credentials: Mapping[str, AnySecret],
        variables: Mapping[str, str | None],
        base_url: str | None,
        timeout: TimeoutTypes,
        max_retries: int,
        default_headers: Mapping[str, str] | None,
        default_query: Mapping[str, object] | None,
        validate_replies: bool,
        hooks: "Hooks | None" = None,
    ) -> None:
        self.contract = contract
        self.keyring = Keyring(contract, credentials)
        self.variables = variables
        self.base_url = base_url or environ.get(contract.base_url_env or "-") or None
        self.timeout = _DEFAULT_TIMEOUT if timeout is DEFAULT else as_timeout(timeout)
        self.max_retries = _count(max_retries)
        self.default_headers = clean_headers(default_headers or {})
        self.default_query = dict(default_query or {})
        self.validate_replies = validate_replies
        self.hooks = hooks
        self.bucket = Bucket()
        self._bindings: dict[Operation[Any], Binding[Any]] = {}
        if self.base_url is None and contract.servers:
            server_url(contract.servers[0], variables, contract)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; make the client where it is used")

    def changed(
        self,
        *,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
    ) -> "Core":
        """Return these settings with others in place of some."""
        core = object.__new__(Core)
        for name in Core.__slots__:
            setattr(core, name, getattr(self, name))
        if timeout is not DEFAULT:
            core.timeout = as_timeout(timeout)
        if max_retries is not None:
            core.max_retries = _count(max_retries)
        if default_headers is not None:
            core.default_headers = SentHeaders(
                {**self.default_headers, **clean_headers(default_headers)}
            )
        if default_query is not None:
            core.default_query = {**self.default_query, **default_query}
        if default_headers is not None or default_query is not None:
            core._bindings = {}
        return core

    def issuer(self, token_url: str) -> "Core":
        """Return settings for whoever issues tokens, which is told nothing else.

        An issuer below the contract's own address moves with ``base_url``.
        """
        contract = self.contract
        if "://" not in token_url:
            token_url = f"{self.server(_ANY)}/{token_url.lstrip('/')}"
        elif self.base_url is not None and contract.servers:
            own = contract.servers[0].url.rstrip("/")
            if token_url.startswith(f"{own}/"):
                token_url = self.server(_ANY) + token_url.removeprefix(own)
        core = self.changed()
        core.contract = ContractInfo(
            name=contract.name,
            package=contract.package,
            version=contract.version,
            servers=(),
            errors=ErrorRules(code=("/error",), message=("/error_description",)),
        )
        core.base_url = token_url
        core.default_headers = SentHeaders()
        core.default_query = {}
        core.validate_replies = False
        core._bindings = {}
        return core

    def shown(self) -> str:
        """Return the client as it is printed."""
        url = self.base_url or self.server(_ANY)
        settings = [f"base_url={without_user(url)!r}"]
        settings += [f"{name}={HIDDEN!r}" for name in self.keyring.names()]
        return f"{self.contract.name}({', '.join(settings)})"

    def binding(self, operation: Operation[T]) -> "Binding[T]":
        """Return an operation as this client sends it."""
        found = self._bindings.get(operation)
        if found is None:
            found = Binding(self, Plan(operation, self.contract))
            if operation.id:
                self._bindings[operation] = found
        return found

    def server(self, operation: Operation[T]) -> str:
        """Return the address that an operation's path is added to."""
        if self.base_url is not None:
            return self.base_url.rstrip("/")
        server = operation.server
        if server is None:
            if not self.contract.servers:
                raise ConfigurationError(f"{self.contract.name} needs a base_url=...")
            server = self.contract.servers[0]
        return server_url(server, self.variables, self.contract).rstrip("/")


def server_url(
    server: Server, given: Mapping[str, str | None], contract: ContractInfo
) -> str:
    """Return the address of a server with its variables filled in.

    Raises:
        ConfigurationError: a variable is missing, or does not fit into an address.
    """
    url = server.url
    for variable in server.variables:
        value = given.get(variable.argument) if variable.argument else None
        if not value and variable.env:
            value = environ.get(variable.env)
        value = value or variable.default
        if not value:
            hint = f" (or set {variable.env})" if variable.env else ""
            raise ConfigurationError(
                f"{contract.name} needs its address: pass {variable.argument}=...{hint}"
            )
        if not _HOST.issuperset(value):
            raise ConfigurationError(
                f"{variable.argument or variable.name} is no part of an address: "
                f"{value!r}"
            )
        url = url.replace(f"{{{variable.name}}}", value)
    return url


_ANY: Final[Operation[object]] = Operation(id="", name="", method="GET", path="")


class Binding(Generic[T]):
    """An operation as one client sends it."""

    __slots__ = (
        "_dynamic_query",
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

    def __init__(self, core: Core, plan: Plan[T]) -> None:
        operation = plan.operation
        self.plan = plan
        self._keyring = core.keyring
        self.contract = core.contract
        self._server = core.server(operation)
        self._url = ""
        path = plan.parameters.path.plain
        if path:
            self._url = self._server + path
        headers = SentHeaders()
        contract = core.contract
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
        self._query = _query_text(core.default_query)
        for parameter in plan.parameters.fixed:
            self._write(headers, parameter, parameter.default)
        headers.update(core.default_headers)
        self._headers = headers
        self._dynamic_query = bool(
            plan.parameters.query or self._query or self._secret_query
        )

    def draft(
        self,
        arguments: Mapping[str, object],
        body: object,
        options: CallOptions,
        timeout: Timeout,
        *,
        wired: bool = False,
        at: str | None = None,
    ) -> "Draft":
        """Return the request of a call, checked, without what is signed.

        Raises:
            RequestInvalidError: it breaks the contract.
            TypeError: a value has no faithful wire form.
        """
        plan = self.plan
        parameters = plan.parameters
        wrong: list[Violation] = []
        headers = SentHeaders(self._headers)
        url = self._url or self._server + parameters.path.render(arguments, wrong)
        if parameters.headers or parameters.cookies:
            self._fill_headers(headers, arguments, wrong)
        query = ""
        if self._dynamic_query:
            query = self._fill_query(arguments, wrong)
        payload: object = UNSET
        content: Content = None
        if plan.body is not None:
            extra = options.get("extra_body") if options else None
            payload = plan.body.payload(body, extra, wrong, wired=wired)
        if wrong:
            raise RequestInvalidError(tuple(wrong))
        if payload is not UNSET and plan.body is not None:
            content, headers["content-type"] = plan.body.encode(payload)
            size = None if type(content) is bytes else getattr(content, "size", None)
            if size is not None:
                headers["content-length"] = str(size)
        if options:
            extra_headers = options.get("extra_headers")
            if extra_headers:
                headers.update(clean_headers(extra_headers))
            extra_query = options.get("extra_query")
            if extra_query:
                query = _with_extra(query, extra_query)
        shown = full = at or (with_query(url, query) if query else url)
        if self._secret_query:
            full = with_query(full, self._secret_query)
        request = Request(
            plan.operation.method,
            full,
            headers,
            content,
            timeout=timeout,
            shown_url=shown,
        )
        return Draft(self, request, arguments, payload)

    def redacted(self, text: str) -> str:
        """Return a text without the client's secrets."""
        return self._keyring.redacted(text)

    def secret_headers(self) -> frozenset[str]:
        """Return the lower-case names of headers that authenticate."""
        return self._secret_headers

    def _fill_headers(
        self,
        headers: SentHeaders,
        arguments: Mapping[str, object],
        wrong: "list[Violation]",
    ) -> None:
        parameters = self.plan.parameters
        for parameter in (*parameters.headers, *parameters.cookies):
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                self._write(headers, parameter, value)

    def _write(
        self, headers: SentHeaders, parameter: ParameterPlan, value: object
    ) -> None:
        """Write a parameter that is not part of the path."""
        if parameter.place == "header":
            text = header_value(parameter.wire, parameter.header(value))
            headers[parameter.wire.lower()] = text
        elif parameter.place == "cookie":
            cookie = header_value(parameter.wire, parameter.cookie(value))
            known = headers.get("cookie")
            if cookie:
                headers["cookie"] = f"{known}; {cookie}" if known else cookie
        else:
            pairs = parameter.query(value)
            self._query = "&".join([self._query, *pairs] if self._query else pairs)

    def _fill_query(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> str:
        written = [self._query] if self._query else []
        for parameter in self.plan.parameters.query:
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                written += parameter.query(value)
        return "&".join(written)


class Draft:
    """A request, and what it was made of."""

    __slots__ = ("arguments", "binding", "payload", "request")

    def __init__(
        self,
        binding: "Binding[Any]",
        request: Request,
        arguments: Mapping[str, object],
        payload: object,
    ) -> None:
        self.binding = binding
        self.request = request
        self.arguments = arguments
        self.payload = payload

    def sent(self, place: str, wire: str) -> object:
        """Return the wire value of a parameter; ``UNSET`` if it was not sent."""
        parameters = self.binding.plan.parameters
        for parameter in (*parameters.path.parameters, *parameters.query):
            if parameter.place == place and parameter.wire == wire:
                return parameter.wire_value(self.arguments, [])
        return UNSET

    def value(self, expression: str) -> object:
        """Return what a runtime expression stands for; ``UNSET`` if for nothing."""
        if not expression.startswith("$"):
            return expression
        if expression == "$unique":
            return urandom(16).hex()
        source, _, pointer = expression.partition("#")
        if source == "$request.body":
            return resolve(self.payload, pointer)
        kind, _, name = source.removeprefix("$request.").partition(".")
        if kind == "header":
            return self.request.headers.get(name.lower(), UNSET)
        return self.sent(kind, name)


def with_query(url: str, query: str) -> str:
    """Return an address with more in its query."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


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
    from .percent import quote

    if place == "query":
        pair = hidden(f"{quote(name)}={quote(secret)}")
        return hidden(f"{query}&{pair}") if query else pair
    if place == "cookie":
        cookie = hidden(f"{name}={secret}")
        known = headers.get("cookie")
        headers["cookie"] = f"{known}; {cookie}" if known else cookie
    else:
        headers[name.lower()] = secret
    return query


def header_value(name: str, value: str) -> str:
    """Return a value that can be sent as a header; the error does not show it."""
    if value.isprintable():
        return value
    if any(character < " " and character != "\t" for character in value) or (
        "\x7f" in value
    ):
        raise ValueError(
            f"header {name} holds a line break or another control character"
        )
    return value


def clean_headers(given: Mapping[str, str]) -> SentHeaders:
    """Return headers under lower-case names."""
    return SentHeaders(
        {name.lower(): header_value(name, value) for name, value in given.items()}
    )


def _query_text(given: Mapping[str, object]) -> str:
    written: list[str] = []
    for name, value in given.items():
        if value is UNSET:
            continue
        wire = to_wire(None, value)
        style = "deepObject" if isinstance(wire, dict) else "form"
        written += [f"{key}={part}" for key, part in pairs(name, wire, style, True)]
    return "&".join(written)


def _with_extra(query: str, extra: Mapping[str, object]) -> str:
    from .percent import quote

    replaced = {quote(name) for name in extra}
    kept = [
        pair
        for pair in query.split("&")
        if pair and pair.partition("=")[0] not in replaced
    ]
    added = _query_text(extra)
    return "&".join([*kept, added] if added else kept)


def _count(max_retries: int) -> int:
    if max_retries < 0:
        raise ConfigurationError(f"max_retries must not be negative, got {max_retries}")
    return max_retries

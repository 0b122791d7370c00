"""What a client is made of, without the sending: its settings and its operations.

An operation is prepared once, with its first call; what all its calls share is worked
out then.
"""

from collections.abc import Mapping
from datetime import tzinfo
from functools import cached_property
from os import environ
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from msgspec import UNSET
from msgspec import json as _json

from .arguments import (
    BodyPlan,
    ParameterPlan,
    ParametersPlan,
    Violations,
    load_violations,
)
from .conversion import decoder
from .credentials import HIDDEN, AnySecret, Keyring, Placed, Scheme, hidden
from .decoding import (
    WITHOUT_BODY,
    ReadReply,
    in_zone,
    of_media_type,
    reader,
    zone_of,
    zoned,
)
from .errors import ConfigurationError, RequestInvalidError
from .observers import Hooks, Subject
from .operation import ContractInfo, Keyed, Operation, Reply, Server, Status
from .options import (
    DEFAULT,
    CallOptions,
    ClientOptions,
    Timeout,
    TimeoutTypes,
    as_timeout,
    check_client_options,
    checked_mapping,
)
from .pointers import Expression, FromBody, FromParameter, Pointer, new_key, resolve
from .response import BROKEN, exact
from .retry_policy import Bucket
from .servers import checked_url, filled, main_url, own_url
from .sources import attach
from .transport_types import (
    ACCEPTED_ENCODINGS,
    Content,
    Received,
    Request,
    SentHeaders,
    SharedHeaders,
    add_cookie,
    clean_headers,
    header_value,
)
from .urls import query_pairs, quote, with_extra, with_query, without_user

if TYPE_CHECKING:
    from .validation import Violation

T = TypeVar("T")

_UNDOCUMENTED: Final = Reply()
_DEFAULT_TIMEOUT: Final = Timeout()
_COOKIE: Final = frozenset(map(chr, range(0x21, 0x7F))) - frozenset('",;\\')
_SIZED: Final = frozenset(("POST", "PUT", "PATCH"))
"""Methods whose requests say that they have no body."""


class PreparedOperation(Generic[T]):
    """An operation as one client sends it, and how its responses are decoded."""

    __slots__ = (
        "_body_headers",
        "_default_names",
        "_default_query",
        "_errors",
        "_fixed_query",
        "_has_query",
        "_headers",
        "_listings",
        "_media_readers",
        "_secret_query",
        "_url",
        "body",
        "contract",
        "generated_key",
        "keyring",
        "operation",
        "parameters",
        "per_call",
        "readers",
        "server",
        "subject",
        "zone",
    )

    def __init__(
        self,
        operation: Operation[T],
        contract: ContractInfo,
        keyring: Keyring,
        server: str,
        default_headers: SentHeaders,
        default_query: Mapping[str, object],
        zone: tzinfo | None = None,
    ) -> None:
        self.zone = zone
        self.operation = operation
        self.contract = contract
        self.keyring = keyring
        validators = contract.validators
        anonymous = cast(Operation[object], operation)
        self.parameters = ParametersPlan(anonymous, validators)
        body = operation.body
        retry = operation.retry
        generated = retry.key if isinstance(retry, Keyed) and retry.generate else None
        in_body = generated.pointer if isinstance(generated, FromBody) else None
        self.body = None if body is None else BodyPlan(body, validators, in_body)
        self.generated_key = _argument(operation, generated)
        """Argument of the key that is filled in where the caller gives none."""

        self.readers: dict[int, ReadReply] = {}
        """Decoders of responses by status, where the status alone decides."""

        self._listings: dict[str, Violations | None] = {}
        self._media_readers: dict[Reply, ReadReply] = {}
        self._errors: dict[int, _json.Decoder[Any] | None] = {}
        self.server = server
        """URL that the path is added to."""

        path = self.parameters.path.plain
        self._url = server + path if path else ""

        headers = SentHeaders()
        headers["user-agent"] = f"{contract.package}/{contract.version}"
        headers["accept-encoding"] = ACCEPTED_ENCODINGS
        if operation.accept:
            headers["accept"] = operation.accept
        chosen = keyring.chosen(operation.security, operation.name)
        self.per_call = tuple(
            scheme for scheme in chosen if not keyring.is_static(scheme)
        )
        """Security schemes that authenticate each call anew."""

        self._secret_query = ""
        for scheme in chosen:
            if scheme not in self.per_call:
                self._secret_query = placed(
                    headers, self._secret_query, _static(scheme, keyring), keyring
                )
        self._fixed_query = list[str]()
        for parameter in self.parameters.fixed:
            self._write_fixed(headers, parameter)
        fixed = _names(self._fixed_query)
        self._default_query = [
            pair for pair in query_pairs(default_query) if _name(pair) not in fixed
        ]
        self._default_names = frozenset(default_query)
        headers.update(default_headers)
        bodiless = SentHeaders(headers)
        if operation.method in _SIZED:
            bodiless["content-length"] = "0"
        self._headers = self._body_headers = SharedHeaders(bodiless)
        if self.body is not None:
            headers["content-type"] = self.body.content_type
            self._body_headers = SharedHeaders(headers)
        self._has_query = bool(
            self.parameters.query or self._default_query or self._fixed_query
        )
        self.subject = Subject(
            package=contract.package,
            version=contract.version,
            operation=operation.name,
            path=operation.path,
            redacted=keyring.redacted,
            secret_headers=frozenset(
                scheme.header for scheme in chosen if scheme.header
            ),
            request_id_header=contract.errors.request_id.lower(),
        )

    # Requests

    def with_key(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Return arguments with a key, which is generated if the caller gives none."""
        if arguments.get(self.generated_key, UNSET) is not UNSET:
            return arguments
        return {**arguments, self.generated_key: new_key()}

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
        """Return the validated request of a call, and the wire form of its body.

        Schemes that authenticate each call anew are not applied yet.

        Raises:
            RequestInvalidError: it breaks the contract.
            TypeError: a value has no faithful wire form.
        """
        parameters = self.parameters
        wrong: list[Violation] = []
        url = self._url or self.server + parameters.path.render(arguments, wrong)
        headers: SentHeaders = self._headers
        if parameters.headers or parameters.cookies:
            headers = self._filled_headers(arguments, wrong)
        query = self._filled_query(arguments, wrong) if self._has_query else ""
        payload: object = UNSET
        content: Content = None
        plan = self.body
        if plan is not None:
            extra = options.get("extra_body") if options else None
            if extra is not None:
                checked_mapping(extra, "extra_body")
            payload = plan.payload(body, extra, wrong, wired=wired)
        elif options and options.get("extra_body"):
            raise TypeError(f"{self.operation.name}() sends no body, so no extra_body")
        if wrong:
            raise RequestInvalidError(tuple(wrong))
        if payload is not UNSET and plan is not None:
            content = plan.encode(payload)
            if headers is self._headers:
                headers = self._body_headers
            else:
                headers["content-type"] = plan.content_type
                headers.pop("content-length", None)
            if type(content) is not bytes:
                size = getattr(content, "size", None)
                if size is not None:
                    headers = SentHeaders({**headers, "content-length": str(size)})
        if options:
            extra_headers = options.get("extra_headers")
            if extra_headers:
                headers = SentHeaders(
                    {**headers, **clean_headers(extra_headers, "extra_headers")}
                )
            extra_query = options.get("extra_query")
            if extra_query:
                query = with_extra(query, checked_mapping(extra_query, "extra_query"))
        shown = full = at or (with_query(url, query) if query else url)
        if self._secret_query:
            full = with_query(full, self._secret_query)
        method = self.operation.method
        return Request(method, full, headers, content, timeout, shown), payload

    def without_secrets(self, url: str) -> str:
        """Return a URL without authenticating parameters, which each call adds."""
        if not self._secret_query:
            return url
        names = {pair.partition("=")[0] for pair in self._secret_query.split("&")}
        start, mark, query = url.partition("?")
        kept = [
            pair for pair in query.split("&") if pair.partition("=")[0] not in names
        ]
        return f"{start}{mark}{'&'.join(kept)}" if kept else start

    def _filled_headers(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> SentHeaders:
        headers = SentHeaders(self._headers)
        for parameter in (*self.parameters.headers, *self.parameters.cookies):
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                _write(headers, parameter, value)
        return headers

    def _write_fixed(self, headers: SentHeaders, parameter: ParameterPlan) -> None:
        if parameter.place in ("header", "cookie"):
            _write(headers, parameter, parameter.default)
        else:
            self._fixed_query += parameter.writer.query(parameter.default)

    def _filled_query(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> str:
        """Return the query; an argument of the call replaces what the client adds."""
        defaults = self._default_names
        written = [*self._fixed_query]
        for parameter in self.parameters.query:
            is_default = parameter.wire in defaults
            if is_default and arguments.get(parameter.name, UNSET) is UNSET:
                continue
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                written += parameter.writer.query(value)
        if defaults:
            given = _names(written)
            added = [pair for pair in self._default_query if _name(pair) not in given]
            written = [*added, *written]
        return "&".join(written)

    # Responses

    def reader(self, received: Received) -> ReadReply:
        """Return the decoder of a successful response; see ``readers`` first."""
        failure = self.contract.errors.failure
        documented = _documented(self.operation.replies, received.status)
        if received.status in WITHOUT_BODY or self.operation.method == "HEAD":
            documented = _UNDOCUMENTED
        if isinstance(documented, tuple):
            reply = of_media_type(documented, received.header("content-type"))
            return self._reader_of(reply)
        read = zoned(reader(documented, failure), self.zone)
        self.readers[received.status] = read
        return read

    def _reader_of(self, reply: Reply) -> ReadReply:
        read = self._media_readers.get(reply)
        if read is None:
            failure = self.contract.errors.failure
            read = zoned(reader(reply, failure), self.zone)
            self._media_readers[reply] = read
        return read

    def is_success(self, status: int) -> bool:
        """Return whether a call returns from a response: a 2xx, or a documented 3xx."""
        if not 300 <= status < 400:
            return 200 <= status < 300
        replies = self.operation.replies
        return status in replies or "3XX" in replies

    def reply_violations(self, received: Received) -> Violations | None:
        """Return what lists the violations of a response's body, if anything does."""
        documented = _documented(self.operation.replies, received.status)
        if isinstance(documented, tuple):
            documented = of_media_type(documented, received.header("content-type"))
        name = documented.validator
        if name not in self._listings:
            self._listings[name] = load_violations(self.contract.validators, name)
        return self._listings[name]

    def error_body(self, status: int, content: bytes) -> object:
        """Return a typed error body; None if the contract has no type that fits."""
        if status not in self._errors:
            kind = _by_status(self.operation.errors, status)
            self._errors[status] = None if kind is None else decoder(kind())
        typed = self._errors[status]
        if typed is None:
            return None
        try:
            value: object = typed.decode(content)
        except BROKEN:
            return None
        attach(value, content, ())
        return value if self.zone is None else in_zone(value, self.zone)

    def value_at(self, pointer: Pointer, status: int, content: bytes) -> object:
        """Return what a response has at a pointer into its value; ``UNSET`` if nothing."""
        try:
            document: object = exact.decode(content)
        except BROKEN:
            return UNSET
        reply = _first(_documented(self.operation.replies, status))
        enclosed = resolve(document, (*reply.unwrap, *pointer))
        if (
            enclosed is UNSET
            and reply.bare
            and resolve(document, reply.unwrap) is UNSET
        ):
            return resolve(document, pointer)
        return enclosed

    def key_pointer(self) -> Pointer | None:
        """Return where an object shows the key that it was created with.

        That is where the request has it, without the members that enclose the body. A
        key that is no member of the body is shown nowhere.
        """
        retry, body = self.operation.retry, self.operation.body
        if not isinstance(retry, Keyed) or not isinstance(retry.key, FromBody):
            return None
        wrap = () if body is None else body.wrap
        if retry.key.pointer[: len(wrap)] != wrap:
            return None
        return retry.key.pointer[len(wrap) :]


def _argument(operation: Operation[Any], key: Expression | None) -> str:
    """Return the argument of the parameter that is a key; empty if none is."""
    if not isinstance(key, FromParameter):
        return ""
    for parameter in operation.parameters:
        is_key = parameter.wire.lower() == key.name.lower()
        if is_key and parameter.place == key.place:
            return parameter.name
    return ""


def _name(pair: str) -> str:
    return pair.partition("=")[0]


def _names(pairs: list[str]) -> set[str]:
    return {_name(pair) for pair in pairs}


def _write(headers: SentHeaders, parameter: ParameterPlan, value: object) -> None:
    """Write a header or a cookie."""
    name = parameter.wire.lower()
    if parameter.place == "header":
        written = header_value(parameter.wire, parameter.writer.header(value))
        if name == "cookie":
            add_cookie(headers, written)
        else:
            headers[name] = written
    else:
        cookie = header_value(parameter.wire, parameter.writer.cookie(value))
        add_cookie(headers, cookie)


def _static(scheme: Scheme, keyring: Keyring) -> Placed:
    """Return what a scheme sends with every request."""
    return scheme.authenticate(
        {
            credential.argument: keyring.static(credential)
            for credential in scheme.credentials
        },
        None,
        None,
    )


def placed(headers: SentHeaders, query: str, secret: Placed, keyring: Keyring) -> str:
    """Add what authenticates a request; return the query of secrets."""
    keyring.note(f"{secret.place} {secret.name}", secret.value.removeprefix("Basic "))
    if secret.place == "query":
        pair = hidden(f"{quote(secret.name)}={quote(secret.value)}")
        return hidden(f"{query}&{pair}") if query else pair
    if secret.place == "cookie":
        if not _COOKIE.issuperset(secret.value):
            raise ConfigurationError(
                f"the secret of the cookie {secret.name} contains a character that a "
                "cookie cannot contain"
            )
        add_cookie(headers, hidden(f"{secret.name}={secret.value}"))
    else:
        headers[secret.name.lower()] = secret.value
    return query


def _documented(
    replies: "Mapping[int | str, Reply | tuple[Reply, ...]]", status: int
) -> Reply | tuple[Reply, ...]:
    found = _by_status(replies, status)
    if found is not None:
        return found
    for other, reply in replies.items():
        if str(other).startswith("2"):
            return reply  # a success that the contract lists under another status
    return _UNDOCUMENTED


def _by_status(table: Mapping[Status, T], status: int) -> T | None:
    for key in (status, f"{status // 100}XX", "default"):
        if key in table:
            return table[key]
    return None


def _first(documented: Reply | tuple[Reply, ...]) -> Reply:
    return documented[0] if isinstance(documented, tuple) else documented


class ClientCore:
    """Settings of a client, and the operations that it has prepared."""

    __slots__ = (
        "base_url",
        "bucket",
        "contract",
        "default_headers",
        "default_query",
        "hooks",
        "keyring",
        "max_retries",
        "operations",
        "timeout",
        "timezone",
        "url",
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
        timezone: tzinfo | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self.contract = contract
        self.keyring = Keyring(contract.security, contract.webhook_secrets, credentials)
        self.keyring.chosen(contract.required, contract.name)
        self.variables = variables
        self.base_url = None
        if base_url is not None:
            self.base_url = checked_url(base_url, "base_url")
        elif contract.base_url_env and environ.get(contract.base_url_env):
            url = environ[contract.base_url_env]
            self.base_url = checked_url(url, contract.base_url_env)
        self.timeout = _DEFAULT_TIMEOUT if timeout is DEFAULT else as_timeout(timeout)
        self.max_retries = checked_retries(max_retries)
        self.default_headers = clean_headers(default_headers or {}, "default_headers")
        self.default_query = dict(checked_mapping(default_query or {}, "default_query"))
        self.validate_replies = validate_replies
        self.timezone = checked_zone(timezone) or zone_of(contract.timezone)
        self.hooks = hooks
        self.bucket = Bucket()
        self.operations: dict[Operation[Any], PreparedOperation[Any]] = {}
        """Operations that were called before; see ``prepared``."""

        self.url = main_url(contract.servers, variables, self.base_url, contract.name)
        """URL that paths are added to."""

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; create the client where it is used")

    def changed(self, options: ClientOptions) -> "ClientCore":
        """Return a copy with some settings changed.

        Raises:
            TypeError: there is no such setting.
        """
        check_client_options(options)
        timeout = options.get("timeout", DEFAULT)
        max_retries = options.get("max_retries")
        default_headers = options.get("default_headers")
        default_query = options.get("default_query")
        core = object.__new__(ClientCore)
        for name in ClientCore.__slots__:
            setattr(core, name, getattr(self, name))
        if timeout is not DEFAULT:
            core.timeout = as_timeout(timeout)
        if max_retries is not None:
            core.max_retries = checked_retries(max_retries)
        if default_headers is not None:
            core.default_headers = SentHeaders(
                {
                    **self.default_headers,
                    **clean_headers(default_headers, "default_headers"),
                }
            )
        if default_query is not None:
            added = checked_mapping(default_query, "default_query")
            core.default_query = {**self.default_query, **added}
        if default_headers is not None or default_query is not None:
            core.operations = {}
        return core

    def shown(self) -> str:
        """Return the client as it is printed."""
        settings = [f"base_url={without_user(self.url)!r}"]
        settings += [f"{name}={HIDDEN!r}" for name in self.keyring.names()]
        return f"{self.contract.name}({', '.join(settings)})"

    def prepared(self, operation: Operation[T]) -> PreparedOperation[T]:
        """Return an operation as this client sends it."""
        found = self.operations.get(operation)
        if found is None:
            found = PreparedOperation(
                operation,
                self.contract,
                self.keyring,
                self.server(operation.server),
                self.default_headers,
                self.default_query,
                self.timezone,
            )
            if operation.id:
                self.operations[operation] = found
        return found

    def server(self, own: Server | None) -> str:
        """Return the URL that the path of an operation is added to.

        Args:
            own: The server that the contract names for the operation alone.

        Raises:
            ConfigurationError: a variable of the server is missing or wrong.
        """
        if own is None:
            return self.url
        is_moved = self.base_url is not None
        url = filled(own, self.variables, self.contract.name, is_moved=is_moved)
        return own_url(url, self.url, is_moved=is_moved)


def checked_retries(count: int) -> int:
    """Return how often a call may be retried.

    Raises:
        ConfigurationError: it is negative.
        TypeError: it is not an integer.
    """
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"max_retries must be an integer, got {count!r}")
    if count < 0:
        raise ConfigurationError(f"max_retries must not be negative, got {count}")
    return count


def checked_zone(zone: tzinfo | None) -> tzinfo | None:
    """Return a timezone that a caller gave.

    Raises:
        TypeError: it is none.
    """
    if zone is not None and not isinstance(zone, tzinfo):
        raise TypeError(f"timezone must be a datetime.tzinfo, got {zone!r}")
    return zone


class resource_property(cached_property[T]):  # noqa: N801 - used as a decorator
    """A property of a client that makes a group of methods when it is first used.

    The class has it too, so that ``create_autospec`` and its like know the methods.
    """

    if not TYPE_CHECKING:

        def __get__(self, instance, owner=None):
            if instance is None:
                return self.func(_NoClient())
            return super().__get__(instance, owner)


class _NoClient:
    """Stands in for the client of a group of methods that are only looked at."""

    def __getattr__(self, name: str) -> "_NoClient":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

"""What the retry loop hands to a transport, and what a transport returns.

A transport sends one request once. It follows no redirects, retries nothing, and
returns a ``Received`` or a ``Failed``; it raises only mistakes of the caller.
"""

from collections.abc import AsyncIterable, Callable, Iterable
from typing import Any, Final, TypeAlias

from .options import Timeout, checked_mapping
from .urls import without_user

Content: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes] | None

MAX_REPLY: Final = 64 * 1024 * 1024
"""Bytes of a decompressed response beyond which it is read no further."""

ACCEPTED_ENCODINGS: Final = "gzip, deflate"
"""Compressions that ``decompression`` decodes."""

_NAME_CHARACTERS: Final = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_FRAMING: Final = ("content-length", "transfer-encoding")
TOO_LARGE: Final = f"the body is larger than {MAX_REPLY} bytes"


class SentHeaders(dict[str, str]):
    """Headers of a request under lower-case names; only the names are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"

    def __reduce__(self) -> tuple[type["SentHeaders"], tuple[()]]:
        return SentHeaders, ()


class SharedHeaders(SentHeaders):
    """Headers that all calls of an operation share; they are never changed."""

    __slots__ = ("prepared",)

    def __init__(self, headers: SentHeaders) -> None:
        super().__init__(headers)
        self.prepared: Any = None
        """The headers in the form that a transport needs."""


class Request:
    """One request, ready to be sent."""

    __slots__ = (
        "content",
        "headers",
        "method",
        "shown_url",
        "timeout",
        "url",
        "within",
    )

    def __init__(
        self,
        method: str,
        url: str,
        headers: SentHeaders,
        content: Content,
        timeout: Timeout,
        shown_url: str,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.content = content
        self.timeout = timeout
        self.shown_url = without_user(shown_url) if "@" in shown_url else shown_url
        self.within = timeout.attempt

    def __repr__(self) -> str:
        return f"<{self.method} {self.shown_url}>"


class Received:
    """A response as a transport returns it."""

    __slots__ = ("content", "defect", "status")

    def __init__(self, status: int, content: bytes, defect: str = "") -> None:
        self.status = status
        self.content = content
        self.defect = defect

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        raise NotImplementedError

    def headers(self) -> list[tuple[str, str]]:
        """Return all headers, in the order in which they came."""
        raise NotImplementedError


class Opened(Received):
    """A response whose body has not been read.

    A transport adds ``chunk()``, which returns the next bytes as received, None at the
    end or a ``Failed``, and ``close()``, which frees the connection.
    """

    __slots__ = ()


class StandIn:
    """Takes the place of an HTTP client: it answers requests within the process, or records."""

    def sync_transport(self, contract: Any) -> Any:
        """Return the transport of a sync client of a contract."""
        raise NotImplementedError

    def async_transport(self, contract: Any) -> Any:
        """Return the transport of an async client of a contract."""
        raise NotImplementedError


class UnreadableError(Exception):
    """A body is not what the contract describes."""


class TransportError(Exception):
    """What an HTTP library raised: the name of its error, and its message.

    The error itself is not kept, since it holds the request with its secrets.
    """

    name: str
    """Name of the error's class, with its module."""

    message: str
    """Its message, without secrets."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message)
        self.name = name
        self.message = message

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name


class Failed:
    """An attempt without a complete response."""

    __slots__ = ("cause", "part", "problem", "timed_out", "unsent")

    def __init__(
        self,
        problem: str,
        cause: Exception,
        *,
        unsent: bool = False,
        timed_out: bool = False,
        part: Received | None = None,
    ) -> None:
        self.problem = problem
        """What happened, as in 'the connection was reset'."""
        self.cause = _without_request(cause)
        """What the HTTP library raised."""
        self.unsent = unsent
        """Whether it is proven that nothing of the request was sent."""
        self.timed_out = timed_out
        """Whether a timeout elapsed."""
        self.part = part
        """What was received of the response."""

    def redact(self, redacted: Callable[[str], str]) -> None:
        """Remove the secrets from its texts."""
        self.problem = redacted(self.problem)
        self.cause = _without_request(self.cause, redacted)


def _without_request(
    error: BaseException, redacted: Callable[[str], str] = str
) -> TransportError:
    """Return an error and its causes without the request that they hold."""
    if isinstance(error, TransportError):
        safe = TransportError(error.name, redacted(error.message))
    else:
        kind = type(error)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        safe = TransportError(name, redacted(_message(error)))
    before = error.__cause__ or error.__context__
    if before is not None:
        safe.__cause__ = _without_request(before, redacted)
    return safe


def _message(error: BaseException) -> str:
    """Return the message of an error; pyreqwest lists its causes separately."""
    details = getattr(error, "details", None)
    causes = details.get("causes") if isinstance(details, dict) else None
    if not causes:
        return str(error)
    return ": ".join([str(error.args[0]), *(str(cause["message"]) for cause in causes)])


def header_value(name: str, value: str) -> str:
    """Return a value that can be sent as a header; the error does not show it."""
    if value.isprintable():
        return value
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"header {name} contains a surrogate, which cannot be encoded")
    if any(character < " " and character != "\t" for character in value) or (
        "\x7f" in value
    ):
        raise ValueError(
            f"header {name} contains a line break or another control character"
        )
    return value


def clean_headers(given: object, option: str) -> SentHeaders:
    """Return the headers that a caller gave as an option, under lower-case names.

    Raises:
        TypeError: a name or a value is not text.
        ValueError: a name or a value cannot be sent.
    """
    headers = SentHeaders()
    for name, value in checked_mapping(given, option).items():
        if not isinstance(value, str):
            kind = type(value).__name__
            raise TypeError(f"{option}[{name!r}] must be text, got {kind}")
        if not name or not _NAME_CHARACTERS.issuperset(name):
            raise ValueError(f"{option}: {name!r} is not a header name")
        if name.lower() in _FRAMING:
            raise ValueError(f"{option}: {name} is set by the client")
        headers[name.lower()] = header_value(name, value)
    return headers


def add_cookie(headers: SentHeaders, cookie: str) -> None:
    """Add a name and value to the Cookie header."""
    known = headers.get("cookie")
    if cookie:
        headers["cookie"] = f"{known}; {cookie}" if known else cookie

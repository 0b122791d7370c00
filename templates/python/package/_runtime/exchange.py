"""What the core hands to a transport, and what comes back.

A transport sends one request once. It follows no redirects, repeats nothing, and
returns a ``Received`` or a ``Failed``; it raises only what is a mistake of the caller.
"""

from collections.abc import AsyncIterable, Callable, Iterable
from typing import Any, Final, TypeAlias

from .options import Timeout

Content: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes] | None

MAX_REPLY: Final = 64 * 1024 * 1024
"""Bytes of a reply, decompressed, beyond which it is not read on."""

ACCEPTED_ENCODINGS: Final = "gzip, deflate"
"""Compressions that ``inflate`` undoes."""

TOO_LARGE: Final = f"the body is larger than {MAX_REPLY} bytes"


class SentHeaders(dict[str, str]):
    """Headers of a request under lower-case names; what is printed are the names."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"

    def __reduce__(self) -> tuple[type["SentHeaders"], tuple[()]]:
        return SentHeaders, ()


class SharedHeaders(SentHeaders):
    """Headers that all calls of an operation share, and that are never changed."""

    __slots__ = ("prepared",)

    def __init__(self, headers: SentHeaders) -> None:
        super().__init__(headers)
        self.prepared: Any = None
        """The form in which a transport keeps them."""


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
    """A reply as a transport hands it over."""

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
    """A reply of which the head came; its body is read piece by piece, or not at all.

    What a transport opens also has ``chunk()``, which returns the next bytes as they
    came, None at the end or a ``Failed``, and ``close()``, which frees the connection.
    """

    __slots__ = ()


def without_user(url: str) -> str:
    """Return an address without the user and password that it may hold."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"


class TransportError(Exception):
    """What an HTTP library raised: the name of its error, and its words.

    The error itself is not kept, since it holds the request and so the secrets in it.
    """

    name: str
    """Name of the error's class, with its module."""

    words: str
    """What it said, without secrets."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(name, words)
        self.name = name
        self.words = words

    def __str__(self) -> str:
        return f"{self.name}: {self.words}" if self.words else self.name


class Failed:
    """An attempt that brought no whole reply."""

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
        self.cause = _told(cause)
        """What the HTTP library raised."""
        self.unsent = unsent
        """Whether it is proven that nothing of the request left."""
        self.timed_out = timed_out
        """Whether time ran out."""
        self.part = part
        """As much of the reply as came."""

    def redact(self, redacted: Callable[[str], str]) -> None:
        """Take the secrets out of what it says."""
        self.problem = redacted(self.problem)
        self.cause = _told(self.cause, redacted)


def _told(error: BaseException, redacted: Callable[[str], str] = str) -> TransportError:
    """Return what is told of an error, and of those that it came from."""
    if isinstance(error, TransportError):
        told = TransportError(error.name, redacted(error.words))
    else:
        kind = type(error)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        told = TransportError(name, redacted(_words(error)))
    before = error.__cause__ or error.__context__
    if before is not None:
        told.__cause__ = _told(before, redacted)
    return told


def _words(error: BaseException) -> str:
    """Return what an error says; pyreqwest lists what led to it apart."""
    details = getattr(error, "details", None)
    causes = details.get("causes") if isinstance(details, dict) else None
    if not causes:
        return str(error)
    return ": ".join([str(error.args[0]), *(str(one["message"]) for one in causes)])

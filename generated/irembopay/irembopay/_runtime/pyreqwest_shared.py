"""What the sync and the async adapter of pyreqwest have in common."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from pyreqwest.http import HeaderMap

from .exchange import MAX_REPLY, TOO_LARGE, Received, SentHeaders, SharedHeaders
from .options import Timeout
from .pyreqwest_failures import pyreqwest_error

if TYPE_CHECKING:
    from pyreqwest.client import BaseClientBuilder
    from pyreqwest.response import BaseResponse

    from .inflate import Inflater

Limits: TypeAlias = tuple[float | None, float | None, float | None]
EXACT_POOLS: Final = 8
"""How many pools are made with limits as they are given."""

_STEPS: Final = (1.0, 5.0, 30.0, 120.0, 600.0)

B = TypeVar("B", bound="BaseClientBuilder")


def limits(timeout: Timeout) -> Limits:
    """Return the limits that pyreqwest takes for a client, not for a request.

    Connecting ends before the attempt does: only the limit of connecting proves that
    nothing left.
    """
    connect = timeout.connect
    for whole in (timeout.attempt, timeout.total):
        if whole is not None and (connect is None or connect > whole * 0.9):
            connect = whole * 0.9
    return connect, timeout.read, timeout.pool


def coarse(key: Limits) -> Limits:
    """Return limits rounded up to a few steps, so that there are only so many pools.

    Calls with limits of their own are still held to the exact time of an attempt.
    """
    connect, read, pool = key
    return _step(connect), _step(read), _step(pool)


def _step(limit: float | None) -> float | None:
    if limit is None:
        return None
    return next((step for step in _STEPS if limit <= step), None)


def configured(builder: B, key: Limits) -> B:
    """Return a builder with what every client of ours is made with."""
    connect, read, pool = key
    # Otherwise imported within Rust, where an interrupt would abort the process.
    pyreqwest_error()
    builder.error_for_status(False).follow_redirects(False).referer(False)
    builder.gzip(False).deflate(False).brotli(False).zstd(False)  # see inflate.py
    if connect is not None:
        builder.connect_timeout(span(connect))
    if read is not None:
        builder.read_timeout(span(read))
    if pool is not None:
        builder.pool_timeout(span(pool))
    return builder


def in_forked_process(builder: B) -> B:
    """Return a builder that starts the runtime that did not run before the fork."""
    builder.runtime_multithreaded(True)
    return builder


CLOSED: Final = "the client was closed; make another one"

FORKED_TWICE: Final = (
    "no connection can be made here: this process was forked, and the one before it too, "
    "from a process that had sent requests; start it with the method 'spawn', or send "
    "nothing before forking"
)


def prepared(headers: SentHeaders) -> SentHeaders | HeaderMap:
    """Return headers as pyreqwest takes them, worked out once where calls share them."""
    if not isinstance(headers, SharedHeaders):
        return headers
    form: HeaderMap | None = headers.prepared
    if form is None:
        form = HeaderMap()
        for name, value in headers.items():
            form.insert(name, value, is_sensitive=True)
        headers.prepared = form
    return form


@cache
def _round_span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def span(seconds: float) -> timedelta:
    """Return seconds as pyreqwest takes them; never nothing, which would mean none."""
    if seconds >= 1:
        seconds = round(seconds, 1)
        return _round_span(seconds) if seconds < 600 else timedelta(seconds=seconds)
    return timedelta(seconds=max(seconds, 0.001))


class Body:
    """Collects a body that is not compressed, up to the bound."""

    __slots__ = ("_parts", "_size", "defect")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self.defect = ""

    def feed(self, chunk: bytes) -> bool:
        """Add what came; False if there is no use in more."""
        self._parts.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_REPLY:
            self.defect = TOO_LARGE
            return False
        return True

    def content(self) -> bytes:
        """Return what came."""
        parts = self._parts
        return parts[0] if len(parts) == 1 else b"".join(parts)


class PyreqwestReply(Received):
    """A reply whose headers stay with pyreqwest until someone asks."""

    __slots__ = ("_response",)

    def __init__(self, response: "BaseResponse") -> None:
        self.status = response.status
        self.content = b""
        self.defect = ""
        self._response = response

    def is_whole(self, content: bytes) -> bool:
        """Whether these first bytes are the body, as it is."""
        return self.header("content-encoding") is None and self.header(
            "content-length"
        ) == str(len(content))

    def header(self, name: str) -> str | None:
        try:
            return self._response.get_header(name)
        except ValueError:
            return "\ufffd"  # it is no text

    def headers(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        headers = self._response.headers
        for name in dict.fromkeys(headers):
            try:
                pairs += [(name, value) for value in headers.getall(name)]
            except ValueError:
                continue
        return pairs


def body_of(reply: PyreqwestReply) -> "Body | Inflater":
    """Return what collects the body of a reply."""
    coding = reply.header("content-encoding")
    if coding is None:
        return Body()
    from .inflate import Inflater

    return Inflater(coding)

"""What the sync and the async adapter of pyreqwest have in common."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from os import getpid
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from pyreqwest.http import HeaderMap

from .errors import ConfigurationError
from .exchange import Received, Request, SentHeaders, SharedHeaders
from .options import Timeout
from .pyreqwest_failures import pyreqwest_error

if TYPE_CHECKING:
    from pyreqwest.client import BaseClientBuilder
    from pyreqwest.request import BaseRequestBuilder
    from pyreqwest.response import BaseResponse

    from .inflate import Inflater

Limits: TypeAlias = tuple[float | None, float | None, float | None]
EXACT_POOLS: Final = 8
"""How many pools are made with limits as they are given."""

_STEPS: Final = (1.0, 5.0, 30.0, 120.0, 600.0)

B = TypeVar("B", bound="BaseClientBuilder")
C = TypeVar("C")


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


def configured(builder: B, key: Limits, *, forked: bool) -> B:
    """Return a builder with what every client of ours is made with.

    In a forked process pyreqwest's usual runtime may be dead; the other one, which did
    not run before, starts there.
    """
    if forked:
        builder.runtime_multithreaded(True)
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


CLOSED: Final = "the client was closed; make another one"

FORKED_TWICE: Final = (
    "no connection can be made here: this process was forked, and the one before it too, "
    "from a process that had sent requests; start it with the method 'spawn', or send "
    "nothing before forking"
)


class Pools(Generic[C]):
    """The clients of pyreqwest that a transport sends with.

    One that the caller made, or our own, one for each set of limits.
    """

    __slots__ = ("_built", "_closed", "_latest", "_make", "_process", "given")

    def __init__(self, given: C | None, make: Callable[[Limits, bool], C]) -> None:
        self.given = given
        """What the caller made."""
        self._make = make
        self._built: dict[Limits, C] = {}
        self._latest: tuple[Timeout, C] | None = None
        self._process = getpid()
        self._closed = False

    def client(self, timeout: Timeout) -> C:
        """Return the client for a call.

        Raises:
            ConfigurationError: this process can make none.
            RuntimeError: the clients were closed.
        """
        if self.given is not None:
            return self.given
        latest = self._latest
        if latest is not None and latest[0] is timeout and self._process == getpid():
            return latest[1]
        client = self._client(timeout)
        self._latest = timeout, client
        return client

    def drain(self) -> list[C]:
        """Let go of our clients, for good; return them to be closed."""
        self._closed = True
        built, self._built, self._latest = self._built, {}, None
        return list(built.values())

    def _client(self, timeout: Timeout) -> C:
        if self._closed:
            raise RuntimeError(CLOSED)
        if self._process != getpid():
            # Threads and sockets of the parent do not work here.
            self._built, self._process = {}, getpid()
        key = limits(timeout)
        client = self._built.get(key)
        if client is None and len(self._built) >= EXACT_POOLS:
            key = coarse(key)
            client = self._built.get(key)
        if client is None:
            client = self._built[key] = self._new(key)
        return client

    def _new(self, key: Limits) -> C:
        try:
            return self._make(key, False)
        except RuntimeError:  # pyreqwest's usual runtime died with a fork
            try:
                return self._make(key, True)
            except RuntimeError as error:
                raise ConfigurationError(FORKED_TWICE) from error


def fill(builder: "BaseRequestBuilder", request: Request, *, is_given: bool) -> None:
    """Put a request into a builder, but for a body that is a stream."""
    builder.headers(prepared(request.headers))
    if is_given:
        builder.error_for_status(False)
    within = request.within
    if within is not None:
        builder.timeout(span(within))
    content = request.content
    if isinstance(content, bytes):
        builder.body_bytes(content)


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


def body_of(reply: PyreqwestReply) -> "Inflater":
    """Return what collects the body of a reply."""
    from .inflate import Inflater

    return Inflater(reply.header("content-encoding") or "")

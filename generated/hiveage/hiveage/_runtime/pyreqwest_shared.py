"""What the sync and the async transport over pyreqwest have in common.

pyreqwest's errors prove little: a reset after the provider has read the whole request
may be a ``ConnectError``, a stall after it a ``ConnectTimeoutError``. Only the cause
``client error (Connect)``, which hyper names for a connection that was never
established, and the lack of a free connection in the pool prove that nothing was sent.
Whatever is not proven unsent counts as sent.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from os import getpid
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from pyreqwest.http import HeaderMap

from .errors import ConfigurationError
from .options import Timeout
from .transport_types import (
    Failed,
    Received,
    Request,
    SentHeaders,
    SharedHeaders,
)

if TYPE_CHECKING:
    from pyreqwest.client import BaseClientBuilder
    from pyreqwest.exceptions import PyreqwestError
    from pyreqwest.request import BaseRequestBuilder
    from pyreqwest.response import BaseResponse

    from .decompression import Inflater

Limits: TypeAlias = tuple[float | None, float | None, float | None]
EXACT_POOLS: Final = 8
"""How many pools have exactly the given limits."""

_STEPS: Final = (1.0, 5.0, 30.0, 120.0, 600.0)

B = TypeVar("B", bound="BaseClientBuilder")
C = TypeVar("C")


def limits(timeout: Timeout) -> Limits:
    """Return the limits that pyreqwest has per client, not per request.

    Connecting times out before the attempt does: only a timeout of connecting proves
    that nothing was sent.
    """
    connect = timeout.connect
    for whole in (timeout.attempt, timeout.total):
        if whole is not None and (connect is None or connect > whole * 0.9):
            connect = whole * 0.9
    return connect, timeout.read, timeout.pool


def coarse(key: Limits) -> Limits:
    """Return limits rounded up to a few steps, which bounds the number of pools.

    The time of an attempt is still bounded exactly.
    """
    connect, read, pool = key
    return _step(connect), _step(read), _step(pool)


def _step(limit: float | None) -> float | None:
    if limit is None:
        return None
    return next((step for step in _STEPS if limit <= step), None)


def configured(builder: B, key: Limits, *, forked: bool) -> B:
    """Return a builder with the settings of all our clients.

    In a forked process pyreqwest's default runtime may be dead; the other runtime,
    which did not run before, can start there.
    """
    if forked:
        builder.runtime_multithreaded(True)
    connect, read, pool = key
    # Otherwise imported within Rust, where an interrupt would abort the process.
    pyreqwest_error()
    builder.error_for_status(False).follow_redirects(False).referer(False)
    builder.gzip(False).deflate(False).brotli(False).zstd(False)  # see decompression.py
    if connect is not None:
        builder.connect_timeout(span(connect))
    if read is not None:
        builder.read_timeout(span(read))
    if pool is not None:
        builder.pool_timeout(span(pool))
    return builder


CLOSED: Final = "the client is closed; create another one"

FORKED_TWICE: Final = (
    "cannot connect: this process and its parent were forked from a process that had "
    "sent requests; start it with the method 'spawn', or send nothing before forking"
)


class Pools(Generic[C]):
    """The pyreqwest clients of a transport.

    The caller's client, or our own, one for each set of limits.
    """

    __slots__ = ("_built", "_closed", "_latest", "_make", "_process", "given")

    def __init__(self, given: C | None, make: Callable[[Limits, bool], C]) -> None:
        self.given = given
        """The caller's client."""
        self._make = make
        self._built: dict[Limits, C] = {}
        self._latest: tuple[Timeout, C] | None = None
        self._process = getpid()
        self._closed = False

    def client(self, timeout: Timeout) -> C:
        """Return the client for a call.

        Raises:
            ConfigurationError: this process cannot create one.
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
        """Remove our clients for good; return them to be closed."""
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
    """Add a request to a builder, except for a body that is a stream."""
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
    """Return headers as pyreqwest takes them; shared headers are converted once."""
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
    """Return seconds as pyreqwest takes them; never zero, which would mean no limit."""
    if seconds >= 1:
        seconds = round(seconds, 1)
        return _round_span(seconds) if seconds < 600 else timedelta(seconds=seconds)
    return timedelta(seconds=max(seconds, 0.001))


class PyreqwestReply(Received):
    """A response whose headers stay with pyreqwest until they are asked for."""

    __slots__ = ("_response",)

    def __init__(self, response: "BaseResponse") -> None:
        self.status = response.status
        self.content = b""
        self.defect = ""
        self._response = response

    def is_whole(self, content: bytes) -> bool:
        """Return whether the first bytes are the whole body, uncompressed."""
        return self.header("content-encoding") is None and self.header(
            "content-length"
        ) == str(len(content))

    def header(self, name: str) -> str | None:
        try:
            return self._response.get_header(name)
        except ValueError:
            return "\ufffd"  # not valid text

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
    """Return what collects the body of a response, imported when first needed."""
    from .decompression import Inflater

    return Inflater(reply.header("content-encoding") or "")


_NEVER_CONNECTED: Final = "client error (Connect)"
_READING: Final = "request or response body error"
_TIMED_OUT: Final = frozenset(("operation timed out", "deadline has elapsed"))


def pyreqwest_error() -> "type[PyreqwestError]":
    """Return the base class of pyreqwest's errors, imported when first needed."""
    from pyreqwest.exceptions import PyreqwestError

    return PyreqwestError


def unreadable_url(error: ValueError) -> "PyreqwestError":
    """Return the error for a URL that pyreqwest cannot read, as one of its own."""
    from pyreqwest.exceptions import BuilderError

    message = str(error)
    return BuilderError(message, {"causes": [{"message": message}]})


def failed(error: "PyreqwestError", part: Received | None) -> Failed:
    """Return what an error means, given what was received of the response."""
    from pyreqwest.exceptions import BuilderError, PoolTimeoutError

    causes = _causes(error)
    _without_address(error)
    timed_out = not _TIMED_OUT.isdisjoint(causes)
    if isinstance(error, PoolTimeoutError):
        problem = "no connection of the pool became free"
        return Failed(problem, error, unsent=True, timed_out=True)
    if isinstance(error, BuilderError):
        problem = f"the request could not be sent as it is ({causes[-1]})"
        return Failed(problem, error, unsent=True)
    if part is not None or _READING in causes:
        problem = "the response stalled" if timed_out else "the response was cut off"
        return Failed(problem, error, timed_out=timed_out, part=part)
    unsent = _NEVER_CONNECTED in causes
    problem = _problem(unsent, timed_out, causes)
    return Failed(problem, error, unsent=unsent, timed_out=timed_out)


def _causes(error: "PyreqwestError") -> list[str]:
    details = getattr(error, "details", None) or {}
    return [cause["message"] for cause in details.get("causes") or []] or [
        error.message
    ]


def _without_address(error: "PyreqwestError") -> None:
    """Remove the URL from an error, since its query may contain a secret."""
    details = getattr(error, "details", None)
    if details and details.get("causes"):
        for cause in details["causes"]:
            cause["message"] = cause["message"].partition(" for url (")[0]


def _problem(unsent: bool, timed_out: bool, causes: list[str]) -> str:
    if unsent:
        return (
            "connecting took too long"
            if timed_out
            else f"no connection could be established ({causes[-1]})"
        )
    if timed_out:
        return "no response arrived in time"
    if causes[-1].startswith("Connection reset"):
        return "the connection was reset"
    if causes[-1].startswith("connection closed"):
        return "the connection was closed without a response"
    return f"the connection failed ({causes[-1]})"


_SETTLING: Final = 0.005
"""Seconds that pyreqwest's threads get to release what they hold."""


async def async_released() -> None:
    """Wait until the threads of closed clients have released what they hold.

    An interpreter that ends before that is aborted.
    """
    from asyncio import sleep

    await sleep(_SETTLING)


def sync_released() -> None:
    """Wait for nothing: a sync client has released everything once it is closed."""

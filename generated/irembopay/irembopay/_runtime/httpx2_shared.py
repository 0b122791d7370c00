"""What the sync and the async transport over httpx2 have in common.

httpx2 distinguishes an unsent request by the class of its error: connecting and waiting
for the pool come before the first byte. Every other error counts as sent.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from threading import local
from time import monotonic
from typing import Any, Final, cast

import httpx2
from h11 import LocalProtocolError

from .transport_types import Failed, Received, Request

_GRACE: Final = 0.1
UNSENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.InvalidURL,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)
ERRORS: Final = (
    httpx2.TransportError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    LocalProtocolError,
)
"""What sending, and reading the response, may raise."""


def timeout_of(request: Request) -> httpx2.Timeout:
    """Return the limits of a request; none exceeds the time left for the attempt."""
    timeout = request.timeout

    def least(limit: float | None) -> float | None:
        if limit is None or request.within is None:
            return limit if request.within is None else request.within
        return min(limit, request.within)

    return httpx2.Timeout(
        connect=least(timeout.connect),
        read=least(timeout.read),
        write=least(timeout.write),
        pool=least(timeout.pool),
    )


class ShownUrl(httpx2.URL):
    """A URL that is printed, for example by httpx2's log, without its secrets."""

    def __init__(self, url: httpx2.URL, shown: str) -> None:
        super().__init__(url)
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"URL({self._shown!r})"


def hiding(prepared: httpx2.Request, request: Request) -> httpx2.Request:
    """Return a request whose URL is printed without its secrets."""
    if request.shown_url != request.url:
        prepared.url = ShownUrl(prepared.url, request.shown_url)
    return prepared


def headers_of(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request as pyreqwest sends them: in UTF-8."""
    return [
        (name.encode(), value.strip().encode())
        for name, value in request.headers.items()
    ]


class Httpx2Reply(Received):
    """A response whose headers stay with httpx2 until they are asked for."""

    __slots__ = ("_is_read", "_response")

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code, b"")
        self._response = response
        # By a mock transport, or by a hook of the caller's client.
        self._is_read = response.is_stream_consumed

    def header(self, name: str) -> str | None:
        """Return the first header of a name.

        A body that was read before has been decompressed too.
        """
        if name == "content-encoding" and self._is_read:
            return None
        return next(iter(self._response.headers.get_list(name)), None)

    def headers(self) -> list[tuple[str, str]]:
        return self._response.headers.multi_items()


def failed(error: Exception, part: Received | None) -> Failed:
    """Return what an error means, given what was received of the response."""
    if isinstance(error, httpx2.RequestError):
        error._request = None  # it holds headers and URL with their secrets
    timed_out = isinstance(error, httpx2.TimeoutException)
    if part is not None:
        problem = "the response stalled" if timed_out else "the response was cut off"
        return Failed(problem, error, timed_out=timed_out, part=part)
    unsent = isinstance(error, UNSENT) or _is_malformed(error)
    return Failed(_problem(error, unsent), error, unsent=unsent, timed_out=timed_out)


def _is_malformed(error: Exception) -> bool:
    """Return whether h11 refused the head of a request, before any byte was sent."""
    cause = error.__cause__
    return isinstance(error, httpx2.LocalProtocolError) and (
        isinstance(cause, LocalProtocolError)
        or (cause is not None and isinstance(cause.__cause__, LocalProtocolError))
    )


def _problem(error: Exception, unsent: bool) -> str:
    if isinstance(error, httpx2.PoolTimeout):
        return "no connection of the pool became free"
    if isinstance(error, httpx2.TimeoutException):
        return "connecting took too long" if unsent else "no response arrived in time"
    if isinstance(error, httpx2.ConnectError):
        return f"no connection could be established ({error})"
    if unsent or isinstance(error, LocalProtocolError):
        return f"the request could not be sent as it is ({error})"
    if isinstance(error, httpx2.RemoteProtocolError):
        return "the connection was closed without a complete response"
    if isinstance(error, (httpx2.ReadError, httpx2.WriteError)):
        return "the connection was reset"
    return f"the connection failed ({error})"


# The time of an attempt
#
# httpx2's limits restart with each piece of the request and of the response, so headers
# that trickle in would keep an attempt going for ever. An async attempt is cancelled. A
# sync one has a deadline for its thread, which the network streams obey.


def async_bound(seconds: float | None) -> AbstractAsyncContextManager[object]:
    """Return what bounds the time of an attempt.

    If httpx2's own limits elapse first, they say more, so they get a little more time.
    """
    from asyncio import timeout

    return timeout(None if seconds is None else seconds + _GRACE)


class _Deadline(local):
    """When the attempt that the current thread makes has to end."""

    until: float | None = None


_deadline: Final = _Deadline()


class sync_bound:  # noqa: N801 - the counterpart of ``async_bound``
    """Bounds the time of an attempt; see ``sync_extensions``."""

    __slots__ = ("_before", "_until")

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else monotonic() + seconds
        self._before: float | None = None

    def __enter__(self) -> None:
        self._before = _deadline.until
        _deadline.until = self._until

    def __exit__(self, *_: object) -> None:
        _deadline.until = self._before


def _time_left(limit: float | None) -> float | None:
    until = _deadline.until
    if until is None:
        return limit
    left = until - monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout(TOO_LONG)
    return left if limit is None else min(limit, left)


def _keep_deadline(event: str, info: Mapping[str, Any]) -> None:
    """Make a connection that was opened obey the deadline of the thread that uses it."""
    if event.endswith(_OPENED):
        _bind(info["return_value"])


def _bind(stream: Any) -> None:
    known = getattr(stream, "__dict__", None)
    if known is None or "read" in known:
        return
    read, write = stream.read, stream.write

    def bound_read(max_bytes: int, timeout: float | None = None) -> bytes:
        return cast(bytes, read(max_bytes, _time_left(timeout)))

    def bound_write(buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            write(buffer[start : start + _PIECE], _time_left(timeout))

    stream.read, stream.write = bound_read, bound_write


_OPENED: Final = (
    "connect_tcp.complete",
    "connect_unix_socket.complete",
    "start_tls.complete",
)
_PIECE: Final = 64 * 1024
TOO_LONG: Final = "the attempt took too long"

sync_extensions: Final[dict[str, Any]] = {"trace": _keep_deadline}
"""What a sync request asks of httpx2: to report the connections that it opens."""

async_extensions: Final[dict[str, Any]] = {}
"""What an async request asks of httpx2: nothing."""


def sync_reused(response: httpx2.Response) -> None:
    """Make a connection that was opened by others obey deadlines from now on."""
    _bind(response.extensions.get("network_stream"))


def async_reused(response: httpx2.Response) -> None:
    """Do nothing: an async attempt is cancelled when its time is over."""


def async_content(request: Request) -> bytes | AsyncIterable[bytes] | None:
    """Return the body of a request as the async client takes it."""
    content = request.content
    if content is None or isinstance(content, (bytes, AsyncIterable)):
        return content
    return _async_pieces(content)


def sync_content(request: Request) -> bytes | Iterable[bytes] | None:
    """Return the body of a request as the sync client takes it."""
    return cast(bytes | Iterable[bytes] | None, request.content)


async def _async_pieces(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece

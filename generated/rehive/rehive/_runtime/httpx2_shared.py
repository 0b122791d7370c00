"""What the sync and the async adapter of httpx2 have in common.

httpx2 tells an unsent request apart by the class of its error: connecting and waiting
for the pool come before the first byte. Everything else counts as sent.
"""

from typing import Final

import httpx2

from .exchange import Failed, Received, Request

UNSENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


def timeout_of(request: Request) -> httpx2.Timeout:
    """Return the limits of a request; none exceeds what is left for the attempt."""
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
    """An address that is printed, as by httpx2's own log, without its secrets."""

    def __init__(self, url: httpx2.URL, shown: str) -> None:
        super().__init__(url)
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"URL({self._shown!r})"


def hiding(prepared: httpx2.Request, request: Request) -> httpx2.Request:
    """Return a request whose address is printed without its secrets."""
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
    """A reply whose headers stay with httpx2 until someone asks."""

    __slots__ = ("_response",)

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code, b"")
        self._response = response

    def header(self, name: str) -> str | None:
        """Return the first header of a name."""
        return next(iter(self._response.headers.get_list(name)), None)

    def headers(self) -> list[tuple[str, str]]:
        return self._response.headers.multi_items()


def failed(error: httpx2.TransportError, part: Received | None) -> Failed:
    """Return what an error means, given what had come of the reply."""
    error._request = None  # it holds the headers and the address with their secrets
    timed_out = isinstance(error, httpx2.TimeoutException)
    if part is not None:
        problem = "the reply stalled" if timed_out else "the reply was cut off"
        return Failed(problem, error, timed_out=timed_out, part=part)
    unsent = isinstance(error, UNSENT)
    return Failed(_problem(error, unsent), error, unsent=unsent, timed_out=timed_out)


def _problem(error: httpx2.TransportError, unsent: bool) -> str:
    if isinstance(error, httpx2.PoolTimeout):
        return "no connection of the pool became free"
    if isinstance(error, httpx2.TimeoutException):
        return "connecting took too long" if unsent else "no reply came in time"
    if unsent:
        return f"no connection could be made ({error})"
    if isinstance(error, httpx2.RemoteProtocolError):
        return "the connection was closed without a whole reply"
    if isinstance(error, (httpx2.ReadError, httpx2.WriteError)):
        return "the connection was reset"
    return f"the connection failed ({error})"

"""Sending over an httpx2 client of the caller's."""

from collections.abc import Iterable
from math import inf
from time import monotonic
from typing import cast

import httpx2

from .exchange import Failed, Opened, Received, Request
from .httpx2_shared import Httpx2Reply, failed, headers_of, hiding, timeout_of
from .inflate import Inflater
from .sync_transport import SyncOpened, collected


class Httpx2Transport:
    """Sends with the caller's client, and leaves it open."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def send(self, request: Request) -> Received | Failed:
        """Send once; redirects are not followed, whatever the client's setting."""
        prepared = self._prepared(request)
        until = inf if request.within is None else monotonic() + request.within
        reply: Httpx2Reply | None = None
        body: Inflater | None = None
        try:
            response = self._client.send(prepared, stream=True, follow_redirects=False)
            try:
                reply = Httpx2Reply(response)
                body = Inflater(response.headers.get("content-encoding", ""))
                for chunk in response.iter_raw():
                    if monotonic() > until:
                        raise httpx2.ReadTimeout("the attempt took too long")
                    if not body.feed(chunk):
                        break
                reply.content, reply.defect = body.content(), body.defect
                return reply
            finally:
                response.close()
        except httpx2.TransportError as error:
            if reply is not None and body is not None:
                reply.content = body.content()
            return failed(error, reply)

    def open(self, request: Request) -> Received | SyncOpened | Failed:
        """Send once, and leave the body of a success to be read."""
        try:
            response = self._client.send(
                self._prepared(request), stream=True, follow_redirects=False
            )
        except httpx2.TransportError as error:
            return failed(error, None)
        opened = OpenedHttpx2Reply(response)
        return opened if 200 <= opened.status < 300 else collected(opened)

    def _prepared(self, request: Request) -> httpx2.Request:
        prepared = self._client.build_request(
            request.method,
            request.url,
            headers=headers_of(request),
            content=cast(bytes | Iterable[bytes] | None, request.content),
            timeout=timeout_of(request),
        )
        return hiding(prepared, request)

    def close(self) -> None:
        """Leave the caller's client open."""


class OpenedHttpx2Reply(Httpx2Reply, Opened):
    """A reply whose body is read as it comes."""

    __slots__ = ("_pieces",)

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response)
        self._pieces = response.iter_raw()

    def chunk(self) -> bytes | Failed | None:
        try:
            return next(self._pieces, None)
        except httpx2.TransportError as error:
            return failed(error, self)

    def close(self) -> None:
        self._response.close()

"""Sending over the caller's sync httpx2 client."""

import httpx2

from .decompression import Inflater
from .httpx2_shared import (
    ERRORS,
    TOO_LONG,
    Httpx2Reply,
    failed,
    headers_of,
    hiding,
    sync_bound,
    sync_content,
    sync_extensions,
    sync_reused,
    timeout_of,
)
from .transport_types import Failed, Opened, Received, Request


class SyncHttpx2Transport:
    """Sends with the caller's client, and leaves it open."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def send(self, request: Request) -> Received | Failed:
        """Send once; redirects are not followed, whatever the client's setting."""
        reply: Httpx2Reply | None = None
        body: Inflater | None = None
        problem: Exception
        try:
            with sync_bound(request.within):
                response = self._client.send(
                    self._prepared(request), stream=True, follow_redirects=False
                )
                try:
                    reply = Httpx2Reply(response)
                    sync_reused(response)
                    if response.is_stream_consumed:
                        reply.content = response.content
                        return reply
                    body = Inflater(response.headers.get("content-encoding", ""))
                    for chunk in response.iter_raw():
                        if not body.feed(chunk):
                            break
                    reply.content, reply.defect = body.content(), body.defect
                    return reply
                finally:
                    response.close()
        except ERRORS as error:
            problem = error
        except TimeoutError:
            problem = httpx2.ReadTimeout(TOO_LONG)
        if reply is not None and body is not None:
            reply.content = body.content()
        return failed(problem, reply)

    def open(self, request: Request) -> "Received | SyncOpenedReply | Failed":
        """Send once, and leave the body of a success to be read."""
        try:
            with sync_bound(request.timeout.read):
                response = self._client.send(
                    self._prepared(request), stream=True, follow_redirects=False
                )
        except ERRORS as error:
            return failed(error, None)
        except TimeoutError:
            return failed(httpx2.ReadTimeout(TOO_LONG), None)
        opened = SyncOpenedReply(response)
        return opened if 200 <= opened.status < 300 else opened.collected()

    def _prepared(self, request: Request) -> httpx2.Request:
        prepared = self._client.build_request(
            request.method,
            request.url,
            headers=headers_of(request),
            content=sync_content(request),
            timeout=timeout_of(request),
            extensions=sync_extensions,
        )
        return hiding(prepared, request)

    def close(self) -> None:
        """Leave the caller's client open."""


class SyncOpenedReply(Httpx2Reply, Opened):
    """A response whose body is read piece by piece."""

    __slots__ = ("_pieces", "_rest")

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response)
        self._pieces = None if self._is_read else response.iter_raw()
        self._rest = response.content if self._is_read else None

    def chunk(self) -> bytes | Failed | None:
        if self._pieces is None:
            content, self._rest = self._rest, None
            return content
        try:
            return next(self._pieces, None)
        except ERRORS as error:
            return failed(error, self)

    def close(self) -> None:
        self._response.close()

    def collected(self) -> Received | Failed:
        """Read the rest of the body, in bounded memory, and free the connection."""
        body = Inflater(self.header("content-encoding") or "")
        try:
            while (piece := self.chunk()) is not None:
                if isinstance(piece, Failed):
                    self.content = body.content()
                    return piece
                if not body.feed(piece):
                    break
        finally:
            self.close()
        self.content, self.defect = body.content(), body.defect
        return self

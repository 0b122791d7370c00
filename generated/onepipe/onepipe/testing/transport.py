"""A client's requests, answered within the process."""

from collections.abc import AsyncIterable, Callable
from typing import TypeAlias

from .._runtime.operation import ContractInfo
from .._runtime.transport_types import Failed, Opened, Received, Request, StandIn
from .answers import Answer
from .reading import Taken

Answers: TypeAlias = Callable[[Taken], Answer]


class FakeTransport(StandIn):
    """Takes the place of an HTTP client, sync or async."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def sync_transport(self, contract: ContractInfo) -> "_Transport":
        """Return what a sync client sends over."""
        return _Transport(self._answers)

    def async_transport(self, contract: ContractInfo) -> "_AsyncTransport":
        """Return what an async client sends over."""
        return _AsyncTransport(self._answers)


class _Reply(Opened):
    """A response of the fake, whole or to be read in one piece."""

    __slots__ = ("_headers", "_rest")

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, answer.content)
        self._headers = answer.headers
        self._rest: bytes | None = answer.content

    def header(self, name: str) -> str | None:
        return self._headers.get(name)

    def headers(self) -> list[tuple[str, str]]:
        return [*self._headers.items()]

    def _next(self) -> bytes | None:
        content, self._rest = self._rest or None, None
        return content


class _SyncReply(_Reply):
    """A response that a sync client reads."""

    __slots__ = ()

    def chunk(self) -> bytes | None:
        """Return the body, then None."""
        return self._next()

    def close(self) -> None:
        """Do nothing."""


class _AsyncReply(_Reply):
    """A response that an async client reads."""

    __slots__ = ()

    async def chunk(self) -> bytes | None:
        """Return the body, then None."""
        return self._next()

    async def close(self) -> None:
        """Do nothing."""


class _Transport:
    """Sends the requests of a sync client to the fake."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def send(self, request: Request) -> Received | Failed:
        """Send once."""
        return self.open(request)

    def open(self, request: Request) -> _SyncReply | Failed:
        """Send once, and leave the body to be read."""
        content = request.content
        if content is not None and not isinstance(content, bytes):
            assert not isinstance(content, AsyncIterable)
            content = b"".join(content)
        answer = self._answers(_taken(request, content))
        return _problem(answer, request) or _SyncReply(answer)

    def close(self) -> None:
        """Do nothing."""


class _AsyncTransport:
    """Sends the requests of an async client to the fake."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def send(self, request: Request) -> Received | Failed:
        """Send once."""
        return await self.open(request)

    async def open(self, request: Request) -> _AsyncReply | Failed:
        """Send once, and leave the body to be read."""
        content = request.content
        if isinstance(content, AsyncIterable):
            content = b"".join([piece async for piece in content])
        elif content is not None and not isinstance(content, bytes):
            content = b"".join(content)
        answer = self._answers(_taken(request, content))
        return _problem(answer, request) or _AsyncReply(answer)

    async def close(self) -> None:
        """Do nothing."""


def _taken(request: Request, content: bytes | None) -> Taken:
    _, _, rest = request.url.partition("://")
    path, _, query = rest.partition("?")
    _, _, path = path.partition("/")
    return Taken(request.method, f"/{path}", query, request.headers, content or b"")


def _problem(answer: Answer, request: Request) -> Failed | None:
    """Return why an answer does not arrive; None if it does."""
    if answer.is_lost:
        lost = ConnectionResetError("the fake lost the response")
        return Failed("the connection was reset", lost)
    limits = (request.timeout.read, request.within)
    shortest = min((each for each in limits if each is not None), default=None)
    if shortest is not None and answer.delay > shortest:
        late = TimeoutError(f"the fake answers after {answer.delay} s")
        return Failed("the attempt took too long", late, timed_out=True)
    return None

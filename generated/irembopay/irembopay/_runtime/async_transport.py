"""The seam between the async client and an HTTP library."""

from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from .exchange import Failed, Received, Request

if TYPE_CHECKING:
    import httpx2
    import pyreqwest.client

    AsyncHttpClient: TypeAlias = pyreqwest.client.Client | httpx2.AsyncClient


class AsyncOpened(Protocol):
    """A reply of success whose body is read piece by piece."""

    status: int
    content: bytes
    defect: str

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        ...

    def headers(self) -> list[tuple[str, str]]:
        """Return all headers, in the order in which they came."""
        ...

    async def chunk(self) -> bytes | Failed | None:
        """Return the next bytes as they came; None at the end."""
        ...

    async def close(self) -> None:
        """Free the connection."""
        ...


class AsyncTransport(Protocol):
    """Sends requests, each once."""

    async def send(self, request: Request) -> Received | Failed:
        """Send once; raise only what is a mistake of the caller."""
        ...

    async def open(self, request: Request) -> "Received | AsyncOpened | Failed":
        """Send once, and leave the body of a success to be read."""
        ...

    async def close(self) -> None:
        """Close what is ours."""
        ...


def async_transport(client: "AsyncHttpClient | None") -> AsyncTransport:
    """Return the transport over a caller's client, or one of our own."""
    if client is None or _is(client, "pyreqwest", "Client"):
        from .pyreqwest_async import AsyncPyreqwestTransport

        return AsyncPyreqwestTransport(client)  # type: ignore[arg-type]
    if _is(client, "httpx2", "AsyncClient"):
        from .httpx2_async import AsyncHttpx2Transport

        return AsyncHttpx2Transport(client)  # type: ignore[arg-type]
    raise TypeError(
        "http_client must be a pyreqwest.client.Client or an httpx2.AsyncClient, "
        f"got {type(client).__module__}.{type(client).__qualname__}"
    )


def _is(client: object, library: str, name: str) -> bool:
    return any(
        base.__name__ == name and base.__module__.startswith(library)
        for base in type(client).__mro__
    )


async def collected(opened: AsyncOpened) -> Received | Failed:
    """Read the rest of a reply, in bounded memory, and free its connection."""
    from .inflate import Inflater

    body = Inflater(opened.header("content-encoding") or "")
    try:
        while (piece := await opened.chunk()) is not None:
            if isinstance(piece, Failed):
                opened.content = body.content()
                return piece
            if not body.feed(piece):
                break
    finally:
        await opened.close()
    opened.content, opened.defect = body.content(), body.defect
    return cast(Received, opened)

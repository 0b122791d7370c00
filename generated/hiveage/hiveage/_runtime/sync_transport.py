"""The seam between the sync client and an HTTP library."""

from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from .exchange import Failed, Received, Request

if TYPE_CHECKING:
    import httpx2
    import pyreqwest.client

    SyncHttpClient: TypeAlias = pyreqwest.client.SyncClient | httpx2.Client


class SyncOpened(Protocol):
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

    def chunk(self) -> bytes | Failed | None:
        """Return the next bytes as they came; None at the end."""
        ...

    def close(self) -> None:
        """Free the connection."""
        ...


class SyncTransport(Protocol):
    """Sends requests, each once."""

    def send(self, request: Request) -> Received | Failed:
        """Send once; raise only what is a mistake of the caller."""
        ...

    def open(self, request: Request) -> "Received | SyncOpened | Failed":
        """Send once, and leave the body of a success to be read."""
        ...

    def close(self) -> None:
        """Close what is ours."""
        ...


def sync_transport(client: "SyncHttpClient | None") -> SyncTransport:
    """Return the transport over a caller's client, or one of our own."""
    if client is None or _is(client, "pyreqwest", "SyncClient"):
        from .pyreqwest_sync import PyreqwestTransport

        return PyreqwestTransport(client)  # type: ignore[arg-type]
    if _is(client, "httpx2", "Client"):
        from .httpx2_sync import Httpx2Transport

        return Httpx2Transport(client)  # type: ignore[arg-type]
    raise TypeError(
        "http_client must be a pyreqwest.client.SyncClient or an httpx2.Client, "
        f"got {type(client).__module__}.{type(client).__qualname__}"
    )


def _is(client: object, library: str, name: str) -> bool:
    return any(
        base.__name__ == name and base.__module__.startswith(library)
        for base in type(client).__mro__
    )


def collected(opened: SyncOpened) -> Received | Failed:
    """Read the rest of a reply, in bounded memory, and free its connection."""
    from .inflate import Inflater

    body = Inflater(opened.header("content-encoding") or "")
    try:
        while (piece := opened.chunk()) is not None:
            if isinstance(piece, Failed):
                opened.content = body.content()
                return piece
            if not body.feed(piece):
                break
    finally:
        opened.close()
    opened.content, opened.defect = body.content(), body.defect
    return cast(Received, opened)

"""The seam between the async client and an HTTP library."""

from typing import TYPE_CHECKING, Protocol, TypeAlias

from .exchange import Failed, Received, Request

if TYPE_CHECKING:
    import httpx2
    import pyreqwest.client

    AsyncHttpClient: TypeAlias = pyreqwest.client.Client | httpx2.AsyncClient


class AsyncTransport(Protocol):
    """Sends requests, each once."""

    async def send(self, request: Request) -> Received | Failed:
        """Send once; raise only what is a mistake of the caller."""
        ...

    async def close(self) -> None:
        """Close what is ours."""
        ...


def async_transport(client: "AsyncHttpClient | None") -> AsyncTransport:
    """Return the transport over a caller's client, or one of our own."""
    if client is None or type(client).__module__.startswith("pyreqwest"):
        from .pyreqwest_async import AsyncPyreqwestTransport

        return AsyncPyreqwestTransport(client)  # type: ignore[arg-type]
    if type(client).__module__.startswith("httpx2") or _is_httpx2(client):
        from .httpx2_async import AsyncHttpx2Transport

        return AsyncHttpx2Transport(client)  # type: ignore[arg-type]
    raise TypeError(
        "http_client must be a pyreqwest.client.Client or an httpx2.AsyncClient, "
        f"got {type(client).__module__}.{type(client).__qualname__}"
    )


def _is_httpx2(client: object) -> bool:
    return any(base.__module__.startswith("httpx2") for base in type(client).__mro__)

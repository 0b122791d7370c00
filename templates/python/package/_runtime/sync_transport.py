"""The seam between the sync client and an HTTP library."""

from typing import TYPE_CHECKING, Protocol, TypeAlias

from .exchange import Failed, Received, Request

if TYPE_CHECKING:
    import httpx2
    import pyreqwest.client

    SyncHttpClient: TypeAlias = pyreqwest.client.SyncClient | httpx2.Client


class SyncTransport(Protocol):
    """Sends requests, each once."""

    def send(self, request: Request) -> Received | Failed:
        """Send once; raise only what is a mistake of the caller."""
        ...

    def close(self) -> None:
        """Close what is ours."""
        ...


def sync_transport(client: "SyncHttpClient | None") -> SyncTransport:
    """Return the transport over a caller's client, or one of our own."""
    if client is None or type(client).__module__.startswith("pyreqwest"):
        from .pyreqwest_sync import PyreqwestTransport

        return PyreqwestTransport(client)  # type: ignore[arg-type]
    if type(client).__module__.startswith("httpx2") or _is_httpx2(client):
        from .httpx2_sync import Httpx2Transport

        return Httpx2Transport(client)  # type: ignore[arg-type]
    raise TypeError(
        "http_client must be a pyreqwest.client.SyncClient or an httpx2.Client, "
        f"got {type(client).__module__}.{type(client).__qualname__}"
    )


def _is_httpx2(client: object) -> bool:
    return any(base.__module__.startswith("httpx2") for base in type(client).__mro__)

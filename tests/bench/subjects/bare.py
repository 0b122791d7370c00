"""The transports without a client: a dict in, a dict out."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from . import invoice

HEADERS = {
    "X-API-Version": "2",
    "irembopay-secretKey": "sk",
    "Accept": "application/json",
}
PATH = "/payments/invoices"


def pyreqwest(url: str) -> Callable[[], str]:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().timeout(timedelta(seconds=60)).build()

    def call() -> str:
        request = client.post(url + PATH).headers(HEADERS).body_json(invoice.wire())
        reply = request.build().send().json()
        return str(reply["data"]["invoiceNumber"])

    return call


def pyreqwest_async(url: str) -> Callable[[], Awaitable[str]]:
    from pyreqwest.client import ClientBuilder

    client = ClientBuilder().timeout(timedelta(seconds=60)).build()

    async def call() -> str:
        request = client.post(url + PATH).headers(HEADERS).body_json(invoice.wire())
        reply = await (await request.build().send()).json()
        return str(reply["data"]["invoiceNumber"])

    return call


def httpx2(url: str) -> Callable[[], str]:
    import httpx2

    client = httpx2.Client(timeout=60)

    def call() -> str:
        reply = client.post(url + PATH, json=invoice.wire(), headers=HEADERS)
        return str(reply.json()["data"]["invoiceNumber"])

    return call


def httpx2_async(url: str) -> Callable[[], Awaitable[str]]:
    import httpx2

    client = httpx2.AsyncClient(timeout=60)

    async def call() -> str:
        reply = await client.post(url + PATH, json=invoice.wire(), headers=HEADERS)
        return str(reply.json()["data"]["invoiceNumber"])

    return call

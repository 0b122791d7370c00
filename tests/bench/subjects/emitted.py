"""The client that engross generates, with both transports."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from importlib import import_module
from itertools import count
from typing import Any

from . import invoice


def _arguments(transaction: str = invoice.TRANSACTION) -> dict[str, Any]:
    return {
        "transaction_id": transaction,
        "payment_account_identifier": invoice.ACCOUNT,
        "expiry_at": invoice.EXPIRY,
        "description": invoice.DESCRIPTION,
        "payment_items": [
            {
                "code": invoice.PRODUCT,
                "quantity": 1,
                "unit_amount": Decimal(2000),
            }
        ],
        "customer": {
            "email": invoice.EMAIL,
            "phone_number": invoice.PHONE,
            "name": invoice.NAME,
        },
        "language": "EN",
    }


def _call(url: str, http_client: object) -> Callable[[], str]:
    client = import_module("irembopay").IremboPay(
        secret_key="sk", base_url=url, http_client=http_client
    )

    def call() -> str:
        return str(client.invoices.create(**_arguments()).invoice_number)

    return call


def _async_call(url: str, http_client: object) -> Callable[[], Awaitable[str]]:
    client = import_module("irembopay").AsyncIremboPay(
        secret_key="sk", base_url=url, http_client=http_client
    )

    async def call() -> str:
        created = await client.invoices.create(**_arguments())
        return str(created.invoice_number)

    return call


def _creation(client: Any) -> Callable[[], str]:
    """Return what creates another invoice each time, and reads what any reply repeats."""
    numbers = count()

    def call() -> str:
        arguments = _arguments(f"TST-{next(numbers)}")
        created = client.invoices.create(**arguments)
        return str(created.payment_account_identifier)

    return call


def fake_in_process(url: str) -> Callable[[], str]:
    return _creation(import_module("irembopay.testing").FakeIremboPay().client())


def fake_over_http(url: str) -> Callable[[], str]:
    client = import_module("irembopay").IremboPay(secret_key="sk", base_url=url)
    return _creation(client)


def engross(url: str) -> Callable[[], str]:
    return _call(url, None)


def engross_async(url: str) -> Callable[[], Awaitable[str]]:
    return _async_call(url, None)


def engross_httpx2(url: str) -> Callable[[], str]:
    import httpx2

    return _call(url, httpx2.Client())


def engross_httpx2_async(url: str) -> Callable[[], Awaitable[str]]:
    import httpx2

    return _async_call(url, httpx2.AsyncClient())

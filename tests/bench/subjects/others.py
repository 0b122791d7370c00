"""Clients that other tools generate, used as documented."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from . import invoice

VERSION = "2"


def openapi_python_client(url: str) -> Callable[[], str]:
    client, operation, body = _openapi_python_client(url)

    def call() -> str:
        reply = operation.sync(client=client, body=body(), x_api_version=VERSION)
        return str(reply.data.invoice_number)

    return call


def openapi_python_client_async(url: str) -> Callable[[], Awaitable[str]]:
    client, operation, body = _openapi_python_client(url)

    async def call() -> str:
        reply = await operation.asyncio(
            client=client, body=body(), x_api_version=VERSION
        )
        return str(reply.data.invoice_number)

    return call


def _openapi_python_client(url: str) -> tuple[Any, Any, Callable[[], Any]]:
    models = import_module("opc_client.models")
    client = import_module("opc_client").AuthenticatedClient(
        base_url=url, token="sk", prefix="", auth_header_name="irembopay-secretKey"
    )

    def body() -> Any:
        return models.InvoiceRequest(
            transaction_id=invoice.TRANSACTION,
            payment_account_identifier=invoice.ACCOUNT,
            expiry_at=invoice.EXPIRY,
            description=invoice.DESCRIPTION,
            payment_items=[
                models.PaymentItem(code=invoice.PRODUCT, quantity=1, unit_amount=2000)
            ],
            customer=models.Customer(
                email=invoice.EMAIL, phone_number=invoice.PHONE, name=invoice.NAME
            ),
            language=models.Language.EN,
        )

    operation = import_module("opc_client.api.invoices.create_invoice")
    return client, operation, body


def openapi_generator(url: str) -> Callable[[], str]:
    client, body = _openapi_generator(url, "ogc_client")
    api = import_module("ogc_client").InvoicesApi(client)

    def call() -> str:
        return str(api.create_invoice(VERSION, body()).data.invoice_number)

    return call


def openapi_generator_async(url: str) -> Callable[[], Awaitable[str]]:
    made: list[Any] = []
    package = import_module("ogc_async_client")

    async def call() -> str:
        if not made:  # its pool of connections needs the running loop
            client, body = _openapi_generator(url, "ogc_async_client")
            made.extend((package.InvoicesApi(client), body))
        api, body = made
        return str((await api.create_invoice(VERSION, body())).data.invoice_number)

    return call


def _openapi_generator(url: str, name: str) -> tuple[Any, Callable[[], Any]]:
    package = import_module(name)
    settings = package.Configuration(host=url, api_key={"secretKey": "sk"})

    def body() -> Any:
        return package.InvoiceRequest(
            transaction_id=invoice.TRANSACTION,
            payment_account_identifier=invoice.ACCOUNT,
            expiry_at=invoice.EXPIRY,
            description=invoice.DESCRIPTION,
            payment_items=[
                package.PaymentItem(code=invoice.PRODUCT, quantity=1, unit_amount=2000)
            ],
            customer=package.Customer(
                email=invoice.EMAIL, phone_number=invoice.PHONE, name=invoice.NAME
            ),
            language=package.Language.EN,
        )

    return package.ApiClient(settings), body


def clientele(url: str) -> Callable[[], str]:
    operation, body = _clientele(url, "clientele_client")

    def call() -> str:
        return str(operation(data=body()).data.invoice_number)

    return call


def clientele_async(url: str) -> Callable[[], Awaitable[str]]:
    operation, body = _clientele(url, "clientele_async_client")

    async def call() -> str:
        return str((await operation(data=body())).data.invoice_number)

    return call


def _clientele(url: str, name: str) -> tuple[Any, Callable[[], Any]]:
    module = import_module(f"{name}.client")
    schemas = import_module(f"{name}.schemas")
    config = import_module(f"{name}.config")
    module.client.configure(config=config.Config(base_url=url))

    def body() -> Any:
        return schemas.InvoiceRequest(
            transaction_id=invoice.TRANSACTION,
            payment_account_identifier=invoice.ACCOUNT,
            expiry_at=invoice.EXPIRY.isoformat(),
            description=invoice.DESCRIPTION,
            payment_items=[
                schemas.PaymentItem(code=invoice.PRODUCT, quantity=1, unit_amount=2000)
            ],
            customer=schemas.Customer(
                email=invoice.EMAIL, phone_number=invoice.PHONE, name=invoice.NAME
            ),
            language=schemas.Language.EN,
        )

    return module.create_invoice, body

"""One response, decoded by each client and by msgspec alone."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from importlib import import_module
from typing import Any

import msgspec

from .invoice import REPLY


class Status(StrEnum):
    NEW = "NEW"
    PAID = "PAID"


class Currency(StrEnum):
    RWF = "RWF"
    EUR = "EUR"
    GBP = "GBP"
    USD = "USD"


class Kind(StrEnum):
    SINGLE = "SINGLE"
    BATCH = "BATCH"


class PaymentItem(msgspec.Struct):
    code: str
    quantity: int
    unit_amount: Decimal = msgspec.field(name="unitAmount")


class Customer(msgspec.Struct, rename="camel"):
    email: str | None = None
    phone_number: str | int | None = None
    name: str | None = None


class Invoice(msgspec.Struct, rename="camel"):
    invoice_number: str
    transaction_id: str
    payment_account_identifier: str
    payment_items: list[PaymentItem]
    payment_status: Status
    amount: Decimal
    currency: Currency
    type: Kind
    created_at: datetime
    payment_link_url: str
    updated_at: datetime | None = None
    expiry_at: datetime | None = None
    customer: Customer | None = None
    description: str | None = None
    paid_at: datetime | None = None
    payment_reference: str | None = None
    payment_method: str | None = None
    language: str | None = None
    child_invoices: list[str] | None = None
    batch_number: str | None = None


class Envelope(msgspec.Struct):
    success: bool
    data: Invoice


def plain_struct() -> Callable[[], Any]:
    return partial(msgspec.json.decode, REPLY, type=Envelope)


def plain_struct_decoder() -> Callable[[], Any]:
    return partial(msgspec.json.Decoder(Envelope).decode, REPLY)


def engross() -> Callable[[], Any]:
    operation = import_module("irembopay.operations").CREATE_INVOICE
    contract = import_module("irembopay.contract").CONTRACT
    received = import_module("irembopay._runtime.transport_types").Received(201, REPLY)
    core = import_module("irembopay._runtime.client_core")
    keyring = import_module("irembopay._runtime.credentials").Keyring(
        contract.security, contract.webhook_secrets, {"secret_key": "sk"}
    )
    prepared = core.PreparedOperation(
        operation, contract, keyring, "http://127.0.0.1", {}, {}
    )
    return partial(prepared.reader(received), received)


def openapi_python_client() -> Callable[[], Any]:
    response = import_module("opc_client.models").InvoiceResponse
    return lambda: response.from_dict(json.loads(REPLY))


def openapi_generator() -> Callable[[], Any]:
    return partial(import_module("ogc_client").InvoiceResponse.from_json, REPLY)


def clientele() -> Callable[[], Any]:
    response = import_module("clientele_client.schemas").InvoiceResponse
    return lambda: response.model_validate(json.loads(REPLY))

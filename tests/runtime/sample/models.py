"""Models of the till."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from ._runtime.models import (
    UNSET,
    Choice,
    DecimalText,
    Model,
    OpenEnum,
    UnixMilliseconds,
    UnsetType,
)


class PaymentStatus(OpenEnum):
    """Whether an invoice is paid."""

    NEW = "NEW"
    PAID = "PAID"


class Item(Model, kw_only=True, rename={"unit_amount": "unitAmount"}):
    """One product on an invoice."""

    code: str
    quantity: int
    unit_amount: Decimal


class Customer(Model, kw_only=True, rename={"phone_number": "phoneNumber"}):
    """Who pays."""

    email: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET


class InvoiceRequest(
    Model,
    kw_only=True,
    rename={
        "transaction_id": "transactionId",
        "payment_items": "paymentItems",
        "expiry_at": "expiryAt",
        "sent_at": "sentAt",
        "request_type": "requestType",
    },
):
    """What creates an invoice."""

    transaction_id: str
    payment_items: list[Item]
    request_type: Literal["invoice"] = "invoice"
    language: str = "EN"
    customer: Customer | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    expiry_at: datetime | UnsetType = UNSET
    sent_at: UnixMilliseconds | UnsetType = UNSET


class Invoice(
    Model,
    kw_only=True,
    rename={
        "invoice_number": "invoiceNumber",
        "transaction_id": "transactionId",
        "payment_status": "paymentStatus",
        "created_at": "createdAt",
        "payment_items": "paymentItems",
    },
):
    """An invoice."""

    invoice_number: str
    transaction_id: str
    amount: Decimal
    payment_status: PaymentStatus
    created_at: datetime | UnsetType = UNSET
    customer: Customer | UnsetType = UNSET
    payment_items: list[Item] | UnsetType = UNSET


class Payment(Model, kw_only=True):
    """A payment."""

    id: int
    amount: DecimalText
    date: date
    note: str | UnsetType | None = UNSET


class PaymentRequest(Model, kw_only=True):
    """What records a payment."""

    amount: DecimalText
    date: date
    note: str | UnsetType | None = UNSET
    details: dict[str, str] | UnsetType = UNSET


class Entry(Model, kw_only=True, rename={"at": "atMs"}):
    """A line of the journal."""

    id: str
    at: UnixMilliseconds
    source: Source | UnsetType = UNSET


class Card(Model, kw_only=True):
    """Paid by card."""

    kind: str
    last4: str


class Bank(Model, kw_only=True):
    """Paid through a bank."""

    kind: str
    iban: str
    fee: Decimal | UnsetType = UNSET


if TYPE_CHECKING:
    Source: TypeAlias = Card | Bank
    """Where money comes from."""
else:

    class Source(
        Choice, members=(Card, Bank), tag="kind", mapping={"card": Card, "bank": Bank}
    ):
        """Where money comes from."""


class Problem(Model, kw_only=True):
    """An error body."""

    message: str
    errors: list[ProblemDetail] | UnsetType = UNSET


class ProblemDetail(Model, kw_only=True):
    """One error."""

    code: str
    detail: str | UnsetType = UNSET

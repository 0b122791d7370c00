"""One invoice of 25 fields: its schema, payloads, and the models of other libraries."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

import msgspec
import pydantic

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
INSTANT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
EMAIL = "^[^@ ]+@[^@ ]+$"
PHONE = "^[+]?[0-9]{6,15}$"

ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "minLength": 1, "maxLength": 32},
        "description": {"type": "string", "maxLength": 255},
        "quantity": {"type": "integer", "exclusiveMinimum": 0},
        "unitAmount": {"type": "integer", "minimum": 0},
    },
    "required": ["code", "quantity", "unitAmount"],
    "additionalProperties": False,
}

ADDRESS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "street": {"type": "string", "minLength": 1, "maxLength": 100},
        "city": {"type": "string", "minLength": 1, "maxLength": 60},
        "region": {"type": "string", "maxLength": 60},
        "country": {"type": "string", "enum": ["RW", "NG", "ZA", "LK"]},
    },
    "required": ["street", "city", "country"],
    "additionalProperties": False,
}

CUSTOMER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "email": {"type": "string", "pattern": EMAIL, "maxLength": 254},
        "phone": {"type": "string", "pattern": PHONE},
        "address": ADDRESS,
    },
    "required": ["name", "email"],
    "additionalProperties": False,
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": UUID},
        "number": {"type": "string", "pattern": "^INV-[0-9]{4,10}$"},
        "transactionId": {"type": "string", "minLength": 1, "maxLength": 64},
        "status": {"type": "string", "enum": ["draft", "open", "paid", "void"]},
        "currency": {"type": "string", "enum": ["RWF", "EUR", "GBP", "USD"]},
        "language": {"type": "string", "enum": ["EN", "FR", "RW"]},
        "description": {"type": "string", "maxLength": 500},
        "createdAt": {"type": "string", "pattern": INSTANT},
        "createdBy": {"type": "string", "minLength": 1, "maxLength": 64},
        "note": {"type": ["string", "null"], "maxLength": 500},
        "dueDate": {"type": "string", "pattern": DATE},
        "amount": {"type": "integer", "minimum": 0},
        "tax": {"type": "integer", "minimum": 0},
        "discount": {"type": "number", "minimum": 0, "maximum": 100},
        "total": {"type": "integer", "minimum": 0},
        "paid": {"type": "boolean"},
        "reminders": {"type": "integer", "minimum": 0, "maximum": 10},
        "rate": {"type": "number", "exclusiveMinimum": 0},
        "account": {"type": "string", "minLength": 3, "maxLength": 34},
        "reference": {"type": ["string", "null"], "maxLength": 64},
        "returnUrl": {"type": "string", "pattern": "^https://", "maxLength": 2000},
        "customer": CUSTOMER,
        "items": {"type": "array", "minItems": 1, "maxItems": 1000, "items": ITEM},
        "tags": {
            "type": "array",
            "items": {"type": "string", "maxLength": 20},
            "maxItems": 10,
        },
        "metadata": {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": 100},
        },
    },
    "required": [
        "id",
        "number",
        "transactionId",
        "status",
        "currency",
        "createdAt",
        "amount",
        "total",
        "paid",
        "customer",
        "items",
    ],
    "additionalProperties": False,
}

VALID: dict[str, Any] = {
    "id": "6f1d3c2a-9b8e-4c7d-a1b2-c3d4e5f60718",
    "number": "INV-100254",
    "transactionId": "TST-10020",
    "status": "open",
    "currency": "RWF",
    "language": "FR",
    "description": "Two months of service",
    "createdAt": "2030-01-15T09:30:00Z",
    "createdBy": "ada",
    "note": None,
    "dueDate": "2030-02-14",
    "amount": 4000,
    "tax": 720,
    "discount": 2.5,
    "total": 4720,
    "paid": False,
    "reminders": 2,
    "rate": 1.18,
    "account": "TST-RWF",
    "reference": None,
    "returnUrl": "https://shop.example/thanks",
    "customer": {
        "name": "Ada Umutoni",
        "email": "ada@example.com",
        "phone": "+250780000001",
        "address": {
            "street": "KG 7 Ave",
            "city": "Kigali",
            "region": "Gasabo",
            "country": "RW",
        },
    },
    "items": [
        {"code": "PC-aaf751b73f", "quantity": 1, "unitAmount": 2000},
        {
            "code": "PC-22cc6f49a5",
            "description": "Second month",
            "quantity": 2,
            "unitAmount": 1000,
        },
        {"code": "PC-0b7d3a51c2", "quantity": 4, "unitAmount": 180},
    ],
    "tags": ["monthly", "service"],
    "metadata": {"order": "A-17", "channel": "web"},
}


def with_six_faults() -> dict[str, Any]:
    """Give the invoice with six faults that every library can see."""
    payload = copy.deepcopy(VALID)
    payload["number"] = "100254"
    payload["status"] = "unknown"
    payload["amount"] = -1
    payload["customer"]["email"] = "nobody"
    payload["items"][1]["quantity"] = 0
    del payload["transactionId"]
    return payload


def with_many_items(count: int) -> dict[str, Any]:
    """Give the invoice with many items."""
    payload = copy.deepcopy(VALID)
    payload["items"] = [
        {"code": f"PC-{n}", "quantity": n + 1, "unitAmount": 100} for n in range(count)
    ]
    return payload


Text = pydantic.StringConstraints
_CONFIG = pydantic.ConfigDict(strict=True, extra="forbid")


class PydanticItem(pydantic.BaseModel):
    """An item, for pydantic."""

    model_config = _CONFIG
    code: Annotated[str, Text(min_length=1, max_length=32)]
    description: Annotated[str, Text(max_length=255)] | None = None
    quantity: Annotated[int, pydantic.Field(gt=0)]
    unitAmount: Annotated[int, pydantic.Field(ge=0)]


class PydanticAddress(pydantic.BaseModel):
    """An address, for pydantic."""

    model_config = _CONFIG
    street: Annotated[str, Text(min_length=1, max_length=100)]
    city: Annotated[str, Text(min_length=1, max_length=60)]
    region: Annotated[str, Text(max_length=60)] | None = None
    country: Literal["RW", "NG", "ZA", "LK"]


class PydanticCustomer(pydantic.BaseModel):
    """A customer, for pydantic."""

    model_config = _CONFIG
    name: Annotated[str, Text(min_length=1, max_length=120)]
    email: Annotated[str, Text(pattern=EMAIL, max_length=254)]
    phone: Annotated[str, Text(pattern=PHONE)] | None = None
    address: PydanticAddress | None = None


class PydanticInvoice(pydantic.BaseModel):
    """The invoice, for pydantic."""

    model_config = _CONFIG
    id: Annotated[str, Text(pattern=UUID)]
    number: Annotated[str, Text(pattern="^INV-[0-9]{4,10}$")]
    transactionId: Annotated[str, Text(min_length=1, max_length=64)]
    status: Literal["draft", "open", "paid", "void"]
    currency: Literal["RWF", "EUR", "GBP", "USD"]
    language: Literal["EN", "FR", "RW"] | None = None
    description: Annotated[str, Text(max_length=500)] | None = None
    createdAt: Annotated[str, Text(pattern=INSTANT)]
    createdBy: Annotated[str, Text(min_length=1, max_length=64)] | None = None
    note: Annotated[str, Text(max_length=500)] | None = None
    dueDate: Annotated[str, Text(pattern=DATE)] | None = None
    amount: Annotated[int, pydantic.Field(ge=0)]
    tax: Annotated[int, pydantic.Field(ge=0)] | None = None
    discount: Annotated[float, pydantic.Field(ge=0, le=100)] | None = None
    total: Annotated[int, pydantic.Field(ge=0)]
    paid: bool
    reminders: Annotated[int, pydantic.Field(ge=0, le=10)] | None = None
    rate: Annotated[float, pydantic.Field(gt=0)] | None = None
    account: Annotated[str, Text(min_length=3, max_length=34)] | None = None
    reference: Annotated[str, Text(max_length=64)] | None = None
    returnUrl: Annotated[str, Text(pattern="^https://", max_length=2000)] | None = None
    customer: PydanticCustomer
    items: Annotated[list[PydanticItem], pydantic.Field(min_length=1, max_length=1000)]
    tags: (
        Annotated[
            list[Annotated[str, Text(max_length=20)]], pydantic.Field(max_length=10)
        ]
        | None
    ) = None
    metadata: dict[str, Annotated[str, Text(max_length=100)]] | None = None


class MsgspecItem(msgspec.Struct, forbid_unknown_fields=True):
    """An item, for msgspec."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    quantity: Annotated[int, msgspec.Meta(gt=0)]
    unitAmount: Annotated[int, msgspec.Meta(ge=0)]
    description: Annotated[str, msgspec.Meta(max_length=255)] | None = None


class MsgspecAddress(msgspec.Struct, forbid_unknown_fields=True):
    """An address, for msgspec."""

    street: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    city: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    country: Literal["RW", "NG", "ZA", "LK"]
    region: Annotated[str, msgspec.Meta(max_length=60)] | None = None


class MsgspecCustomer(msgspec.Struct, forbid_unknown_fields=True):
    """A customer, for msgspec."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    email: Annotated[str, msgspec.Meta(pattern=EMAIL, max_length=254)]
    phone: Annotated[str, msgspec.Meta(pattern=PHONE)] | None = None
    address: MsgspecAddress | None = None


class MsgspecInvoice(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The invoice, for msgspec."""

    id: Annotated[str, msgspec.Meta(pattern=UUID)]
    number: Annotated[str, msgspec.Meta(pattern="^INV-[0-9]{4,10}$")]
    transactionId: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    status: Literal["draft", "open", "paid", "void"]
    currency: Literal["RWF", "EUR", "GBP", "USD"]
    language: Literal["EN", "FR", "RW"] | None = None
    description: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    createdAt: Annotated[str, msgspec.Meta(pattern=INSTANT)]
    createdBy: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    dueDate: Annotated[str, msgspec.Meta(pattern=DATE)] | None = None
    amount: Annotated[int, msgspec.Meta(ge=0)]
    tax: Annotated[int, msgspec.Meta(ge=0)] | None = None
    discount: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    total: Annotated[int, msgspec.Meta(ge=0)]
    paid: bool
    reminders: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None
    rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    account: Annotated[str, msgspec.Meta(min_length=3, max_length=34)] | None = None
    reference: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    returnUrl: (
        Annotated[str, msgspec.Meta(pattern="^https://", max_length=2000)] | None
    ) = None
    customer: MsgspecCustomer
    items: Annotated[list[MsgspecItem], msgspec.Meta(min_length=1, max_length=1000)]
    tags: (
        Annotated[
            list[Annotated[str, msgspec.Meta(max_length=20)]],
            msgspec.Meta(max_length=10),
        ]
        | None
    ) = None
    metadata: dict[str, Annotated[str, msgspec.Meta(max_length=100)]] | None = None

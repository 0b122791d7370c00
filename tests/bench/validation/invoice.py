"""One invoice of 25 fields: its schema, and payloads."""

from __future__ import annotations

import copy
from typing import Any

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
    """Return the invoice with six errors that every library detects."""
    payload = copy.deepcopy(VALID)
    payload["number"] = "100254"
    payload["status"] = "unknown"
    payload["amount"] = -1
    payload["customer"]["email"] = "nobody"
    payload["items"][1]["quantity"] = 0
    del payload["transactionId"]
    return payload


def with_many_items(count: int) -> dict[str, Any]:
    """Return the invoice with many items."""
    payload = copy.deepcopy(VALID)
    payload["items"] = [
        {"code": f"PC-{n}", "quantity": n + 1, "unitAmount": 100} for n in range(count)
    ]
    return payload

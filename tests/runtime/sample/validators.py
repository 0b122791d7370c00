"""Validators of the till, as straight-line functions."""

from ._runtime.validation import Violation


def is_invoice_request(payload: object) -> bool:
    return not invoice_request_violations(payload)


def invoice_request_violations(payload: object) -> tuple[Violation, ...]:
    found = []
    if not isinstance(payload, dict):
        return (
            Violation("", "type", "must be an object", "object", payload, "#/invoice"),
        )
    if "transactionId" not in payload:
        found.append(
            Violation("/transactionId", "required", "is required", None, None, "#/t")
        )
    items = payload.get("paymentItems", [])
    if not items:
        found.append(
            Violation(
                "/paymentItems",
                "minItems",
                "must have at least 1 item, got 0",
                1,
                items,
                "#/i",
                "PRODUCT_MISSING",
            )
        )
    for index, item in enumerate(items):
        quantity = item.get("quantity") if isinstance(item, dict) else None
        if not isinstance(quantity, int) or quantity <= 0:
            found.append(
                Violation(
                    f"/paymentItems/{index}/quantity",
                    "exclusiveMinimum",
                    f"must be greater than 0, got {quantity!r}",
                    0,
                    quantity,
                    "#/q",
                    "BAD_PRODUCT",
                )
            )
    return tuple(found)


def is_per_page(value: object) -> bool:
    return value in (2, 20, 60)


def per_page_violations(value: object) -> tuple[Violation, ...]:
    if is_per_page(value):
        return ()
    message = f"must be one of 2, 20, 60, got {value!r}"
    return (Violation("", "enum", message, (2, 20, 60), value, "#/per_page"),)


def is_invoice_reply(payload: object) -> bool:
    return not invoice_reply_violations(payload)


def invoice_reply_violations(payload: object) -> tuple[Violation, ...]:
    if isinstance(payload, dict) and isinstance(payload.get("data"), dict):
        amount = payload["data"].get("amount")
        if str(amount).startswith("-"):
            message = f"must not be negative, got {amount}"
            return (Violation("/data/amount", "minimum", message, 0, amount, "#/a"),)
    return ()

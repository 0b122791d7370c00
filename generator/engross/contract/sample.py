"""A value that fits a schema, for calls and replies that the contract shows no example of."""

from __future__ import annotations

from decimal import Decimal

from engross.contract.classify import properties_of, required_of
from engross.contract.describe import Facts, mapping, sequence
from engross.source import Location, Source

_DEEPEST = 12
_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "7f1f2a4e-4a5c-4b57-9f0e-2f1c5a1c9a10",
    "decimal": "10.00",
    "byte": "AA==",
}


def sample(source: Source, at: Location, *, depth: int = 0) -> object:
    """The schema's own example, or the smallest value that its keywords describe."""
    target = source.follow(at)
    schema = mapping(source.value(target))
    for keyword in ("examples", "example", "const", "default"):
        if keyword in schema:
            value = schema[keyword]
            if keyword == "examples" and isinstance(value, list):
                if value:
                    return value[0]
            else:
                return value
    for keyword in ("enum", "x-extensible-enum"):
        values = sequence(schema.get(keyword))
        if values:
            return values[0]
    if depth > _DEEPEST:
        return None
    for keyword in ("oneOf", "anyOf"):
        if sequence(schema.get(keyword)):
            return sample(source, target / keyword / 0, depth=depth + 1)
    properties = properties_of(source, target)
    kind = _kind(schema, properties)
    if kind == "object":
        return {
            name: sample(source, properties[name], depth=depth + 1)
            for name in dict.fromkeys(required_of(source, target))
            if name in properties
        }
    if kind == "array":
        count = schema.get("minItems")
        items = mapping(schema.get("items"))
        if not isinstance(count, int) or not items:
            return []
        return [sample(source, target / "items", depth=depth + 1) for _ in range(count)]
    return _scalar(kind, schema)


def _kind(schema: Facts, properties: object) -> str:
    kinds = [kind for kind in sequence(schema.get("type")) if kind != "null"]
    if kinds:
        return str(kinds[0])
    if properties:
        return "object"
    return "array" if "items" in schema else "string"


def _scalar(kind: str, schema: Facts) -> object:
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "null":
        return None
    text = _TEXTS.get(str(schema.get("format")), "text")
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if isinstance(shortest, int):
        text = text.ljust(shortest, "x")
    return text[:longest] if isinstance(longest, int) else text


def _number(schema: Facts) -> object:
    """The smallest number from one on, or the nearest to it, that the limits allow."""
    step = _decimal(schema.get("multipleOf")) or Decimal(1)
    low = _decimal(schema.get("minimum", schema.get("exclusiveMinimum")))
    high = _decimal(schema.get("maximum"))
    value = step
    if low is not None and low >= step:
        value = (
            low if "minimum" in schema and low % step == 0 else (low // step + 1) * step
        )
    elif high is not None and high < step:
        value = high
    return int(value) if value == value.to_integral_value() else float(value)


def _decimal(value: object) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else None

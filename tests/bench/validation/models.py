"""A schema as the classes that some libraries need."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, Literal

import msgspec


def pydantic_model(schema: dict[str, Any]) -> Any:
    """Return the schema of an object as a strict pydantic model."""
    pydantic = import_module("pydantic")

    def constrained(kind: Any, **bounds: Any) -> Any:
        if kind is str:
            return Annotated[str, pydantic.StringConstraints(**bounds)]
        return Annotated[kind, pydantic.Field(**bounds)]

    def model(schema: dict[str, Any]) -> Any:
        fields = {}
        for name, part in schema["properties"].items():
            required = name in schema["required"]
            kind = _type_of(part, constrained, model)
            fields[name] = (kind, ...) if required else (kind | None, None)
        config = pydantic.ConfigDict(strict=True, extra="forbid")
        return pydantic.create_model("Model", __config__=config, **fields)

    return model(schema)


def msgspec_struct(schema: dict[str, Any]) -> Any:
    """Return the schema of an object as a msgspec struct."""

    def constrained(kind: Any, **bounds: Any) -> Any:
        return Annotated[kind, msgspec.Meta(**bounds)]

    def struct(schema: dict[str, Any]) -> Any:
        fields: list[Any] = []
        for name, part in schema["properties"].items():
            kind = _type_of(part, constrained, struct)
            if name in schema["required"]:
                fields.append((name, kind))
            else:
                fields.append((name, kind | None, None))
        return msgspec.defstruct(
            "Struct", fields, kw_only=True, forbid_unknown_fields=True
        )

    return struct(schema)


_KINDS = {"string": str, "integer": int, "number": float, "boolean": bool}
_BOUNDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
}


def _type_of(schema: dict[str, Any], constrained: Any, model: Any) -> Any:
    names = schema["type"]
    if isinstance(names, list):
        (name,) = set(names) - {"null"}
        return _type_of({**schema, "type": name}, constrained, model) | None
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "properties" in schema:
        return model(schema)
    if names == "object":
        values = _type_of(schema["additionalProperties"], constrained, model)
        return dict.__class_getitem__((str, values))
    kind: Any = _KINDS.get(names)
    if names == "array":
        items = _type_of(schema["items"], constrained, model)
        kind = list.__class_getitem__(items)
    bounds = {_BOUNDS[key]: schema[key] for key in _BOUNDS if key in schema}
    return constrained(kind, **bounds) if bounds else kind

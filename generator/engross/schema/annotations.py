"""What a schema says of its values without holding any value to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from engross.data import dataclass
from engross.schema.json_values import JSON
from engross.schema.tree import Constant


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that tells the members of a union apart."""

    property_name: str
    mapping: tuple[tuple[str, str], ...] = ()
    """Value of the property and the reference, or the name of a schema, that it selects."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of one schema object; what is absent is None or empty."""

    title: str = ""
    description: str = ""
    default: Constant | None = None
    examples: tuple[JSON, ...] = ()
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    format: str | None = None
    content_encoding: str | None = None
    content_media_type: str | None = None
    discriminator: Discriminator | None = None
    tag: str | None = None
    """`x-ms-discriminator-value`: what a discriminator calls objects of the schema."""
    known_values: tuple[JSON, ...] = ()
    """`x-extensible-enum`: values that the author knows, of a set that may grow."""
    value_names: tuple[str, ...] = ()
    """The author's names for the values of `enum`, in their order."""
    value_descriptions: tuple[str, ...] = ()
    """What the values of `enum` mean, in their order."""
    extension: Mapping[str, JSON] = field(default_factory=dict)
    """The `x-engross` object."""


_NONE = Annotations()

_VALUE_NAMES: Final = ("x-enum-varnames", "x-enumNames", "x-enum-names")
"""What tools call a list of names for the values of `enum`."""

_VALUE_DESCRIPTIONS: Final = ("x-enum-descriptions", "x-enumDescriptions")
"""What tools call a list, or an object, of the meanings of these values."""

_KEYWORDS: Final = frozenset(
    (
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "format",
        "contentEncoding",
        "contentMediaType",
        "discriminator",
        "x-ms-discriminator-value",
        "x-extensible-enum",
        *_VALUE_NAMES,
        "x-ms-enum",
        *_VALUE_DESCRIPTIONS,
        "x-engross",
    )
)
"""Most schemas within others have none of them."""


def read_annotations(schema: JSON) -> Annotations:
    """Return the annotations of a schema object; what is malformed counts as absent."""
    if not isinstance(schema, dict) or _KEYWORDS.isdisjoint(schema):
        return _NONE
    return Annotations(
        title=_text(schema, "title") or "",
        description=_text(schema, "description") or "",
        default=Constant(schema["default"]) if "default" in schema else None,
        examples=_examples(schema),
        deprecated=schema.get("deprecated") is True,
        read_only=schema.get("readOnly") is True,
        write_only=schema.get("writeOnly") is True,
        format=_text(schema, "format"),
        content_encoding=_text(schema, "contentEncoding"),
        content_media_type=_text(schema, "contentMediaType"),
        discriminator=read_discriminator(schema.get("discriminator")),
        tag=_text(schema, "x-ms-discriminator-value"),
        known_values=_items(schema, "x-extensible-enum"),
        value_names=_value_names(schema),
        value_descriptions=_value_descriptions(schema),
        extension=_members(schema.get("x-engross")),
    )


def _text(schema: Mapping[str, JSON], keyword: str) -> str | None:
    value = schema.get(keyword)
    return value if isinstance(value, str) else None


def _items(schema: Mapping[str, JSON], keyword: str) -> tuple[JSON, ...]:
    value = schema.get(keyword)
    return tuple(value) if isinstance(value, list) else ()


def _members(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, dict) else {}


def _value_names(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the names of values: of a list, or of AutoRest's objects for each value."""
    for keyword in _VALUE_NAMES:
        if keyword in schema:
            return tuple(map(str, _items(schema, keyword)))
    if "x-ms-enum" not in schema:
        return ()
    described = _items(_members(schema["x-ms-enum"]), "values")
    names = {
        str(one["value"]): str(one["name"])
        for one in map(_members, described)
        if "value" in one and "name" in one
    }
    values = [str(value) for value in _items(schema, "enum") if value is not None]
    is_complete = names.keys() >= set(values)
    return tuple(names[value] for value in values) if is_complete else ()


def _value_descriptions(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return what values mean: of a list, or of an object with a member for each value."""
    for keyword in _VALUE_DESCRIPTIONS:
        by_value = _members(schema.get(keyword))
        if by_value:
            values = _items(schema, "enum")
            return tuple(str(by_value.get(str(value), "")) for value in values)
        if keyword in schema:
            return tuple(map(str, _items(schema, keyword)))
    return ()


def _examples(schema: Mapping[str, JSON]) -> tuple[JSON, ...]:
    shown = _items(schema, "examples")
    return (*shown, schema["example"]) if "example" in schema else shown


def read_discriminator(value: JSON) -> Discriminator | None:
    """Return a `discriminator`; None if it is malformed or absent."""
    if not isinstance(value, dict) or not isinstance(value.get("propertyName"), str):
        return None
    mapping = _members(value.get("mapping"))
    return Discriminator(
        str(value["propertyName"]),
        tuple((key, str(target)) for key, target in mapping.items()),
    )

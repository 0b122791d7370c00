"""Checks of members that are simple enough for one call.

Most members of most objects are plain texts, numbers, booleans and enums. One line for each
keeps the modules of a large contract small. Written out, checks list violations about a
fifth faster, so that other contracts have them.
"""

from __future__ import annotations

from collections.abc import Set
from types import NoneType

from engross.layout import compact_call, string
from engross.layout.statements import Line
from engross.schema.formats import FORMATS
from engross.schema.json_values import Number
from engross.schema.tree import Key, Schema
from engross.validation import names
from engross.validation.equal_schemas import keywords_of
from engross.validation.scalars import (
    allowed_constants,
    constant,
    pattern_constant,
    pattern_text,
)
from engross.validation.value import Value, token
from engross.validation.writer import Writer

# These ask whether the member may be null; enums and functions answer that themselves.
_OF_TYPE = frozenset(
    {
        "check_text",
        "check_length",
        "check_fit",
        "check_boolean",
        "check_integer",
        "check_number",
    }
)


def plain_member(
    writer: Writer, value: Value, name: str, key: Key, *, required: bool
) -> Line | None:
    """Write the check of a member as one call; None if it takes more, or speed counts more.

    Args:
        writer: writes the function.
        value: the object.
        name: name of the member.
        key: schema of the member.
        required: whether the object must have it.
    """
    if not writer.units.compact:
        return None
    if value.is_child or value.codes or value.report != "report":
        return None
    if "/" in name or "~" in name:
        return None
    key = writer.units.plain(key)
    schema = writer.units.graph[key]
    label = names.local(name).rstrip("_")
    member = value.part("member", token(name), label=label)
    is_declared_here = writer.is_member(member, schema)
    if writer.calls(key, member):
        unit = writer.unit_of(key)
        if unit.recursive or schema.codes or (unit.has_place and not is_declared_here):
            return None
        method = "check_shared" if unit.has_place else "check_part"
        details = [unit.check]
    elif is_declared_here:
        said = keywords_of(schema).keys()
        scalar = _scalar(writer, member, schema, said - {"types"})
        if _is_plain_enum(schema, said):
            method = "check_enum"
            details = [allowed_constants(writer, member, schema.enum or ())]
        elif scalar is not None:
            method, details = scalar
        else:
            return None
    else:
        return None
    presence = "REQUIRED" if required else "OPTIONAL"
    if method in _OF_TYPE and "null" in (schema.types or ()):
        presence += "_OR_NULL"
    needed = [] if presence == "OPTIONAL" and not details else [presence]
    place = ("report", value.name, writer.text(name), "at", "schema")
    return Line(compact_call(method, (*place, *needed, *details)))


def _is_plain_enum(schema: Schema, said: Set[str]) -> bool:
    """Tell whether a schema lists texts, and perhaps null, and its types allow them all."""
    if not (schema.enum and said <= {"types", "enum"}):
        return False
    needed = {"string"} | {"null" for value in schema.enum if value is None}
    is_of_texts = all(value is None or isinstance(value, str) for value in schema.enum)
    return is_of_texts and (schema.types is None or needed <= schema.types)


def _scalar(
    writer: Writer, member: Value, schema: Schema, others: Set[str]
) -> tuple[str, list[str]] | None:
    """Return method and arguments for a type and what holds beside it; None if not plain."""
    types = (schema.types or frozenset()) - {"null"}
    (type_,) = types if len(types) == 1 else ("",)
    if type_ == "string":
        return _text(writer, member, schema, others)
    if type_ == "boolean" and not others:
        return "check_boolean", []
    if type_ in ("integer", "number") and others <= {"minimum", "maximum"}:
        return _limited(f"check_{type_}", schema.minimum, schema.maximum)
    return None


def _text(
    writer: Writer, member: Value, schema: Schema, others: Set[str]
) -> tuple[str, list[str]] | None:
    if not others:
        return "check_text", []
    if others <= {"min_length", "max_length"}:
        return _limited("check_length", schema.min_length or 0, schema.max_length)
    # What rules read as an instant has no check of its own.
    if schema.format is not None and others - {"instant"} == {"format"}:
        expected = string(schema.format)
        return "check_fit", ['"format"', expected, FORMATS[schema.format]]
    pattern = schema.pattern
    if others == {"pattern"} and pattern is not None and pattern.is_callable:
        expected = constant(writer, pattern_text(pattern), "pattern_text", member.label)
        fits = pattern_constant(writer, pattern, member.label)
        return "check_fit", ['"pattern"', expected, fits]
    return None


def _limited(
    method: str, least: Number | None, most: Number | None
) -> tuple[str, list[str]] | None:
    """Return method and arguments for limits, those at the end left out if there are none."""
    limits = [least, most]
    if not all(type(limit) in (int, NoneType) for limit in limits):
        return None
    while limits and limits[-1] is None:
        limits.pop()
    return method, list(map(str, limits))

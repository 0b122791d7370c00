"""Checks of members that are simple enough for one call.

Most members of most objects are plain texts, numbers, booleans and enums. One line for each
keeps the modules of a large contract small. Written out, checks list violations about a
fifth faster, so that other contracts have them.
"""

from __future__ import annotations

from collections.abc import Set
from types import NoneType
from typing import TypeAlias

from engross.layout import Group, compact_call, string
from engross.layout.conditions import compare
from engross.layout.statements import LEAVE, Block, Line, mentioned, when
from engross.patterns import Method
from engross.schema.formats import FORMATS
from engross.schema.json_values import Number
from engross.schema.tree import Key, Schema
from engross.validation import names
from engross.validation.equal_schemas import is_within
from engross.validation.json_types import ARRAY, NULL, OBJECT, STRING, possible
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
    {"text", "length", "prefix", "format", "pattern", "boolean", "integer", "number"}
)

_LIMITED = frozenset({"integer", "number"})
"""Methods whose limits, which few members have, come after the presence."""


def member_checks(writer: Writer, value: Value) -> Line:
    """Write the statement that makes the checks of the members of a function's payload."""
    return Line(_made("MemberChecks", writer), f"{value.checks} = ")


def checks_of_object(writer: Writer, value: Value) -> Block:
    """Write the same for a payload that must be an object, and nothing else reads."""
    start = Line(_made("checks_of", writer), f"{value.checks} = ")
    return (start, *when(compare(value.checks, "is", "None"), (LEAVE,)))


def parts_of_checks(value: Value, block: Block) -> Block:
    """Write the variables that a function needs beside the checks of its payload's members."""
    known = [value.name, "at", "report", "schema"]
    needed = mentioned(block, known)
    parts = ", ".join(f"{value.checks}.{name}" for name in needed)
    if needed == known:
        parts = f"{value.checks}.parts"
    return (Line(parts, f"{', '.join(needed)} = "),) if needed else ()


def _made(function: str, writer: Writer) -> Group:
    depth = ("depth",) if writer.unit.recursive else ()
    return compact_call(function, ("report", "payload", "at", "schema", *depth))


def plain_member(
    writer: Writer, value: Value, name: str, key: Key, *, required: bool
) -> Block:
    """Write the check of a member as one call; nothing if it takes more.

    Args:
        writer: writes the function.
        value: the object; has the variable with the checks of its members.
        name: name of the member.
        key: schema of the member.
        required: whether the object must have it.
    """
    member = _member(writer, value, name)
    if member is None:
        return ()
    schema = writer.units.graph[writer.units.plain(key)]
    found = _method(writer, member, schema)
    if found is None:
        return ()
    method, details, is_nullable = found
    may_be_null = is_nullable or (method in _OF_TYPE and "null" in (schema.types or ()))
    arguments = [*details]
    at = 0 if method in _LIMITED else len(details)
    arguments.insert(at, _presence(required=required, may_be_null=may_be_null))
    while arguments and arguments[-1] == "OPTIONAL":
        arguments.pop()
    call = compact_call(f"{value.checks}.{method}", (writer.text(name), *arguments))
    return (Line(call),)


def plain_object(
    writer: Writer, value: Value, name: str, key: Key, *, required: bool
) -> tuple[Line, Value] | None:
    """Write the check that a member is an object, with members to be checked in turn.

    Returns the statement, which assigns to the variable with the checks of its members,
    and the member; None if it is not plain.

    Args:
        writer: writes the function.
        value: the object that has the member.
        name: name of the member.
        key: schema of the member.
        required: whether the object must have it.
    """
    member = _member(writer, value, name)
    schema = writer.units.graph[writer.units.plain(key)]
    if member is None or not writer.is_member(member, schema):
        return None
    types = schema.types or frozenset()
    if not {"object"} <= types <= {"object", "null"} or schema.codes:
        return None
    if not schema.keywords.keys() <= _OF_OBJECTS or writer.calls(key, member):
        return None
    variable = value.variable(names.of_member_checks(name, value.indent))
    member = member._replace(
        name=f"{variable}.payload",
        types=OBJECT,
        taken=member.taken | {variable},
        checks=variable,
    )
    presence = _presence(required=required, may_be_null="null" in types)
    arguments = [writer.text(name)]
    if presence != "OPTIONAL":
        arguments.append(presence)
    call = compact_call(f"{value.checks}.inner", arguments)
    return Line(call, f"{variable} = "), member


_OF_OBJECTS = frozenset({"types", "properties", "required", "additional_properties"})
"""Keywords of an object that is nothing but its members."""


def _member(writer: Writer, value: Value, name: str) -> Value | None:
    """Return a member that may have a plain check; None if it cannot."""
    if not value.checks or value.codes or "/" in name or "~" in name:
        return None
    label = names.local(name).rstrip("_")
    return value.part("member", token(name), label=label)


def _presence(*, required: bool, may_be_null: bool) -> str:
    presence = "REQUIRED" if required else "OPTIONAL"
    return f"{presence}_OR_NULL" if may_be_null else presence


_Method: TypeAlias = tuple[str, list[str], bool]
"""A method, its arguments, and whether it is to allow null beside what it checks."""


def _method(writer: Writer, member: Value, schema: Schema) -> _Method | None:
    """Return what checks a member; None if it is not plain."""
    key = schema.key
    is_declared_here = writer.is_member(member, schema)
    if writer.calls(key, member):
        return _part(writer, schema, is_declared_here=is_declared_here)
    if not is_declared_here:
        return None
    said = schema.keywords.keys()
    if _is_plain_enum(schema, said):
        return "enum", [allowed_constants(writer, member, schema.enum or ())], False
    if said == {"any_of"}:
        return _part_or_else(writer, member, schema)
    if said == {"types", "items"} and schema.items:
        return _each(writer, member, schema, schema.items)
    scalar = _scalar(writer, member, schema, said - {"types"})
    return None if scalar is None else (*scalar, False)


def _part(writer: Writer, schema: Schema, *, is_declared_here: bool) -> _Method | None:
    """Return what calls the function of a member's schema."""
    unit = writer.unit_of(schema.key)
    if schema.codes or (unit.has_place and unit.recursive):
        return None
    if unit.has_place and not is_declared_here:
        return "placed", [unit.check, writer.place(schema.key.place)], False
    method = "deep" if unit.recursive else "shared" if unit.has_place else "part"
    return method, [unit.check], False


def _part_or_else(writer: Writer, member: Value, schema: Schema) -> _Method | None:
    """Return what checks a member that is an object with a function, or null, or a text."""
    graph, plain = writer.units.graph, writer.units.plain
    keys = [*map(plain, schema.any_of)]
    others = [key for key in keys if graph[key].keywords != {"types": NULL}]
    is_nullable = len(others) < len(keys)
    first, *others = others or [schema.key]
    most = graph[first].max_length
    is_text = graph[first].keywords == {"types": STRING, "max_length": most}
    if is_text and most is not None and len(others) == 1 and first == keys[0]:
        (key,) = others
    elif others or not is_nullable:
        return None
    else:
        key, most = first, None
    if possible(graph, key) != OBJECT or not writer.calls(key, member.indented()):
        return None
    found = _part(writer, graph[key], is_declared_here=False)
    if found is None:
        return None
    method, details, _ = found
    if most is None:
        return method, details, is_nullable
    if method == "placed" or not is_within(first.place, schema.key.place):
        return None
    return f"text_or_{method}", [str(most), *details], is_nullable


def _each(writer: Writer, member: Value, list_: Schema, key: Key) -> _Method | None:
    """Return what checks a list, of which each item has a function."""
    types = list_.types or frozenset()
    if not ARRAY <= types <= ARRAY | NULL:
        return None
    item = member.part("item", "/{index}")
    key = writer.units.plain(key)
    schema = writer.units.graph[key]
    if schema.always is not None or not writer.calls(key, item):
        return None
    is_inside = is_within(key.place, writer.unit.key.place)
    found = _part(writer, schema, is_declared_here=is_inside)
    if found is None or found[0] == "placed":
        return None
    return f"each_{found[0]}", found[1], "null" in types


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
        return "boolean", []
    if type_ in _LIMITED and others <= {"minimum", "maximum"}:
        return _limited(type_, schema.minimum, schema.maximum)
    return None


def _text(
    writer: Writer, member: Value, schema: Schema, others: Set[str]
) -> tuple[str, list[str]] | None:
    if not others:
        return "text", []
    if others <= {"min_length", "max_length"}:
        return "length", [str(schema.min_length or 0), str(schema.max_length)]
    # What rules read as an instant has no check of its own.
    if schema.format is not None and others - {"instant"} == {"format"}:
        expected = string(schema.format)
        return "format", [expected, FORMATS[schema.format]]
    pattern = schema.pattern
    most = schema.max_length
    if (
        others == {"pattern", "max_length"}
        and pattern is not None
        and pattern.method is Method.STARTS_WITH
        and pattern.source
    ):
        texts = pattern.source, pattern_text(pattern)
        return "prefix", [str(most), *map(writer.text, texts)]
    if others == {"pattern"} and pattern is not None and pattern.is_callable:
        expected = constant(writer, pattern_text(pattern), "pattern_text", member.label)
        fits = pattern_constant(writer, pattern, member.label)
        return "pattern", [expected, fits]
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

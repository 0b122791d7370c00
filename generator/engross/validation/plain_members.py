"""Checks of members that are simple enough for one call of the report.

Most members of most objects are plain texts, numbers, booleans and enums. One line for each
keeps the module of a large contract readable, and small.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from types import NoneType

from engross.layout import compact_call, string
from engross.layout.statements import Line
from engross.schema.formats import FORMATS
from engross.schema.json_values import Number
from engross.schema.tree import Key, Schema
from engross.validation.equal_schemas import keywords_of
from engross.validation.scalars import allowed_constants
from engross.validation.value import Value, token
from engross.validation.writer import Writer

_TYPES = frozenset({"string", "boolean", "integer", "number", "null"})
_TEXT = frozenset({"string", "null"})
_NUMBER = frozenset({"integer", "number", "null"})


def plain_member(
    writer: Writer, value: Value, name: str, key: Key, *, required: bool
) -> Line | None:
    """Write the check of a member; None if it takes more than one call.

    Args:
        writer: writes the function.
        value: the object.
        name: name of the member.
        key: schema of the member.
        required: whether the object must have it.
    """
    if value.is_child or value.codes or value.report != "report":
        return None
    key = writer.units.plain(key)
    schema = writer.units.graph[key]
    member = value.part("member", token(name), label=name)
    is_declared_here = writer.is_member(member, schema)
    if writer.calls(key, member):
        unit = writer.unit_of(key)
        if unit.recursive or schema.codes or (unit.has_place and not is_declared_here):
            return None
        method = "check_shared" if unit.has_place else "check_part"
        details = [unit.check]
    elif is_declared_here:
        said = keywords_of(schema).keys()
        limits = _limits(schema, said - {"types"})
        if _is_plain_enum(schema, said):
            method = "check_enum"
            details = [allowed_constants(writer, member, schema.enum or ())]
        elif limits is not None:
            method = "check_type"
            details = [_written(sorted(schema.types or ())), *limits]
        else:
            return None
    else:
        return None
    needed = ("required=True",) if required else ()
    arguments = (value.name, writer.text(name), "at", "schema", *details, *needed)
    return Line(compact_call(f"report.{method}", arguments))


def _is_plain_enum(schema: Schema, said: Set[str]) -> bool:
    """Tell whether a schema lists texts, and perhaps null, and its types allow them all."""
    if not (schema.enum and said <= {"types", "enum"}):
        return False
    needed = {"string"} | {"null" for value in schema.enum if value is None}
    is_of_texts = all(value is None or isinstance(value, str) for value in schema.enum)
    return is_of_texts and (schema.types is None or needed <= schema.types)


def _limits(schema: Schema, others: Set[str]) -> list[str] | None:
    """Return the arguments for what holds beside the type; None if it is not plain."""
    types = schema.types
    if not types or not types <= _TYPES:
        return None
    if not others:
        return []
    limits: dict[str, Number | None]
    if types <= _TEXT and others <= {"min_length", "max_length"}:
        limits = {"min_length": schema.min_length, "max_length": schema.max_length}
    elif types <= _NUMBER and others <= {"minimum", "maximum"}:
        limits = {"minimum": schema.minimum, "maximum": schema.maximum}
        if not all(type(bound) in (int, NoneType) for bound in limits.values()):
            return None
    elif types <= _TEXT and schema.format is not None and others == {"format"}:
        return [f"format_={string(schema.format)}", f"fits={FORMATS[schema.format]}"]
    else:
        return None
    return [f"{name}={bound}" for name, bound in limits.items() if bound is not None]


def _written(types: Sequence[str]) -> str:
    names = ", ".join(map(string, types))
    return f"({names})" if len(types) > 1 else names

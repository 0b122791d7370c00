"""Checks of members that are simple enough for one call of the report.

Most members of most objects are plain texts, numbers, booleans and enums. One line for each
keeps the module of a large contract readable, and small.
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
from engross.validation.scalars import allowed_constants
from engross.validation.value import Value, token
from engross.validation.writer import Writer

_METHODS = {
    "string": "check_text",
    "boolean": "check_boolean",
    "integer": "check_integer",
    "number": "check_number",
}


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
        scalar = _scalar(schema, said - {"types"})
        if _is_plain_enum(schema, said):
            method = "check_enum"
            details = [allowed_constants(writer, member, schema.enum or ())]
        elif scalar is not None:
            method, details = scalar
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


def _scalar(schema: Schema, others: Set[str]) -> tuple[str, list[str]] | None:
    """Return method and arguments for a type and what holds beside it; None if not plain."""
    types = schema.types or frozenset()
    if len(types - {"null"}) != 1:
        return None
    (type_,) = types - {"null"}
    if type_ not in _METHODS:
        return None
    limits: dict[str, Number | None] = {}
    required: list[str] = []
    method = _METHODS[type_]
    if not others:
        pass
    elif type_ == "string" and others <= {"min_length", "max_length"}:
        limits = {"min_length": schema.min_length, "max_length": schema.max_length}
    elif type_ == "string" and schema.format is not None and others == {"format"}:
        method = "check_format"
        required = [string(schema.format), FORMATS[schema.format]]
    elif type_ in ("integer", "number") and others <= {"minimum", "maximum"}:
        limits = {"minimum": schema.minimum, "maximum": schema.maximum}
        if not all(type(bound) in (int, NoneType) for bound in limits.values()):
            return None
    else:
        return None
    null = ["null=True"] if "null" in types else []
    written = [f"{name}={bound}" for name, bound in limits.items() if bound is not None]
    return method, [*required, *null, *written]

"""All keywords of a schema, in order: types first, then what applies to each type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from engross.layout import string
from engross.layout.conditions import negate
from engross.layout.statements import FAIL, LEAVE, Block, Line, mentions, when
from engross.schema.tree import Schema
from engross.validation import (
    applicators,
    arrays,
    objects,
    rule_checks,
    scalars,
    unevaluated,
)
from engross.validation.json_types import (
    ARRAY,
    EVERY,
    NUMBER,
    OBJECT,
    STRING,
    constants_of,
    split,
    type_of,
    type_test,
)
from engross.validation.plain_members import (
    checks_of_object,
    member_checks,
    parts_of_checks,
)
from engross.validation.value import Value
from engross.validation.writer import Writer

_Group: TypeAlias = Callable[[Writer, Schema, Value], Block]

_GROUPS: tuple[tuple[frozenset[str], Callable[[Schema], bool], _Group], ...] = (
    (STRING, scalars.constrains_strings, scalars.strings),
    (NUMBER, scalars.constrains_numbers, scalars.numbers),
    (ARRAY, arrays.constrains, arrays.write),
    (OBJECT, objects.constrains, objects.write),
)


def write(
    writer: Writer, schema: Schema, value: Value, *, outermost: bool = False
) -> Block:
    """Write all checks of a schema object.

    Args:
        writer: writes the function.
        schema: has the keywords.
        value: is checked.
        outermost: whether the schema is the whole function's, which may return early.
    """
    if schema.rules and not writer.predicts:
        # A rule is evaluated when what it reads has passed, so count what failed before.
        start = value.variable("start")
        counted = value.taking(start)._replace(start=start)
        count = Line(f"{start} = len({value.report})")
        return (count, *_checks(writer, schema, counted, outermost=outermost))
    return _checks(writer, schema, value, outermost=outermost)


def _checks(writer: Writer, schema: Schema, value: Value, *, outermost: bool) -> Block:
    constants = constants_of(schema)
    if constants is None:
        return _typed(writer, schema, value, outermost=outermost)
    types = frozenset(map(type_of, constants)) & value.types
    block = scalars.constants(writer, schema, value)
    if not types:
        return block
    rest = _typed(writer, schema, value.typed(types))
    return (*block, *when(type_test(value.name, types, value.types), rest))


def _typed(
    writer: Writer, schema: Schema, value: Value, *, outermost: bool = False
) -> Block:
    wanted = split(schema.types) & value.types
    wrong = _wrong_type(writer, schema, value)
    if not wanted:
        return wrong
    groups = [
        (types & wanted, group)
        for types, constrains, group in _GROUPS
        if types & wanted and constrains(schema)
    ]
    if len(groups) > 1 or (groups and not wanted <= groups[0][0]):
        by_type = _by_type(writer, schema, value, wanted, groups)
        if writer.predicts or not value.types - wanted:
            return (*by_type, *_for_any_type(writer, schema, value.typed(wanted)))
        known = value.typed(wanted).indented()
        rest = _for_any_type(writer, schema, known)
        return (*by_type, *when(type_test(value.name, wanted, value.types), rest))
    early = outermost and not writer.predicts
    known = value.typed(wanted)
    if not writer.predicts and value.types - wanted and not early:
        known = known.indented()
    rest = (
        *(part for _, group in groups for part in group(writer, schema, known)),
        *_for_any_type(writer, schema, known),
    )
    unwanted = negate(type_test(value.name, wanted, value.types))
    if early and rest:
        start = member_checks(writer, value)
        if start in rest and wanted == OBJECT and value.types == EVERY:
            checked = tuple(part for part in rest if part != start)
            if not (writer.unit.recursive or schema.rules):
                writer.unit.of_members = True
                return (*parts_of_checks(value, checked), *checked)
            if not mentions(checked, value.name):
                return (*checks_of_object(writer, value), *checked)
        return (*when(unwanted, (*wrong, LEAVE)), *rest)
    if writer.predicts:
        return (*when(unwanted, wrong), *rest)
    return when(unwanted, wrong, rest)


def _for_any_type(writer: Writer, schema: Schema, value: Value) -> Block:
    return (
        *applicators.write(writer, schema, value),
        *unevaluated.write(writer, schema, value),
        *rule_checks.write(writer, schema, value),
    )


def _by_type(
    writer: Writer,
    schema: Schema,
    value: Value,
    wanted: frozenset[str],
    groups: Sequence[tuple[frozenset[str], _Group]],
) -> Block:
    """Write a chain of `if` and `elif`, one arm for each type with checks."""
    arms = []
    left = value.types
    for types, group in groups:
        test = type_test(value.name, types, left)
        arms.append((test, group(writer, schema, value.indented().typed(types))))
        left -= types
    plain = left & wanted
    block: Block = ()
    if left - plain:
        test = type_test(value.name, plain, left)
        block = when(negate(test), _wrong_type(writer, schema, value))
    for test, body in reversed(arms):
        block = when(test, body or (Line("pass"),), block)
    return block


def _wrong_type(writer: Writer, schema: Schema, value: Value) -> Block:
    if writer.predicts:
        return (FAIL,)
    kinds = sorted(schema.types or ())
    expected = ", ".join(map(string, kinds))
    if len(kinds) > 1:
        expected = f"({expected})"
    return (writer.addition("add_type", value, schema, "type", expected),)

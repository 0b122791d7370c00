"""Checks of `unevaluatedProperties` and `unevaluatedItems`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engross.layout import string
from engross.layout.conditions import Test, atom, compare, every, negate, some
from engross.layout.statements import FAIL, Block, For, Line, when
from engross.schema.tree import Key, Schema
from engross.validation import objects
from engross.validation.evaluated import (
    Choice,
    Condition,
    Evaluated,
    Invalid,
    Valid,
    of_items,
    of_members,
)
from engross.validation.json_types import ARRAY, OBJECT, type_test
from engross.validation.scalars import pattern_test
from engross.validation.value import Value
from engross.validation.writer import Writer

_FEW = 3


def write(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of what no other keyword has evaluated."""
    graph = writer.units.graph
    block: Block = ()
    if schema.unevaluated_properties is not None and value.types & OBJECT:
        evaluated = of_members(graph, schema)
        test = type_test(value.name, OBJECT, value.types)
        inner = value if value.types <= OBJECT else value.indented().typed(OBJECT)
        checks = _members(writer, schema, inner, evaluated)
        block += when(test, checks)
    if schema.unevaluated_items is not None and value.types & ARRAY:
        evaluated = of_items(graph, schema)
        test = type_test(value.name, ARRAY, value.types)
        inner = value if value.types <= ARRAY else value.indented().typed(ARRAY)
        checks = _items(writer, schema, inner, evaluated, schema.unevaluated_items)
        block += when(test, checks)
    return block


def _members(
    writer: Writer, schema: Schema, value: Value, evaluated: Evaluated
) -> Block:
    key = schema.unevaluated_properties
    if evaluated.everything or key is None:
        return ()
    rest = objects.Rest(
        key, "unevaluatedProperties", evaluated.names, evaluated.patterns
    )
    if not evaluated.choices:
        return objects.rest(writer, schema, value, rest)
    seen = value.variable("seen")
    value = value.taking(seen)
    checks = objects.rest(writer, schema, value, replace(rest, seen=seen))
    if not checks:
        return ()
    if evaluated.names:
        start = f"{seen} = set({objects.member_names(writer, evaluated.names, value.label)})"
    else:
        start = f"{seen}: set[object] = set()"

    def note(more: Evaluated) -> Block:
        if more.everything:
            return (Line(f"{seen}.update({value.name})"),)
        block: Block = ()
        if more.names:
            block += (Line(f"{seen} |= {_names(writer, more.names, value.label)}"),)
        for regex in more.patterns:
            name = value.variable("key")
            is_text = atom(f"isinstance({name}, str)")
            fits = every((is_text, pattern_test(writer, regex, value.part(name, ""))))
            found = when(fits, (Line(f"{seen}.add({name})"),))
            block += (For(f"{name} in {value.name}", found),)
        return block

    return (Line(start), *_choices(writer, value, evaluated.choices, note), *checks)


def _names(writer: Writer, names: tuple[str, ...], label: str) -> str:
    if len(names) <= _FEW:
        return f"{{{', '.join(map(string, names))}}}"
    return objects.member_names(writer, names, label)


def _items(
    writer: Writer, schema: Schema, value: Value, evaluated: Evaluated, key: Key
) -> Block:
    if evaluated.everything:
        return ()
    item, index = value.variable("item"), value.variable("index")
    part = value.part(item, f"/{{{index}}}").taking(index)
    if writer.units.graph[writer.units.plain(key)].always is not False:
        checks = writer.statements(key, part.indented())
    elif writer.predicts:
        checks = (FAIL,)
    else:
        checks = (writer.violation(part, schema, "unevaluatedItems", "False"),)
    if not checks:
        return ()
    tests = [negate(writer.test(kind, part)) for kind in evaluated.kinds]
    if not evaluated.choices:
        start = evaluated.prefix
        rest = f"{value.name}[{start}:], {start}" if start else value.name
        body = when(every(tests), checks)
        return (For(f"{index}, {item} in enumerate({rest})", body),) if body else ()
    seen = value.variable("seen")
    value = value.taking(seen)

    def note(more: Evaluated) -> Block:
        if more.everything:
            return (Line(f"{seen}.update(range(len({value.name})))"),)
        block: Block = ()
        if more.prefix:
            block += (Line(f"{seen}.update(range({more.prefix}))"),)
        for kind in more.kinds:
            found = when(writer.test(kind, part), (Line(f"{seen}.add({index})"),))
            if found:
                block += (For(f"{index}, {item} in enumerate({value.name})", found),)
        return block

    body = when(every((compare(index, "not in", seen), *tests)), checks)
    if not body:
        return ()
    return (
        Line(f"{seen} = set(range({evaluated.prefix}))"),
        *_choices(writer, value, evaluated.choices, note),
        For(f"{index}, {item} in enumerate({value.name})", body),
    )


def _choices(
    writer: Writer,
    value: Value,
    choices: tuple[Choice, ...],
    note: Callable[[Evaluated], Block],
) -> Block:
    """Write what notes down the parts covered under conditions."""
    block: Block = ()
    for choice in choices:
        tests: list[Test] = []
        for condition, more in choice.cases:
            test = _condition(writer, condition, value)
            tests.append(test)
            inner = note(more) + _choices(writer, value, more.choices, note)
            block += when(test, inner)
        if choice.exhaustive and not writer.predicts:
            # Reported already: nobody knows what was evaluated, so report nothing more.
            block += when(negate(some(tests)), note(Evaluated(everything=True)))
    return block


def _condition(writer: Writer, condition: Condition, value: Value) -> Test:
    if isinstance(condition, Valid):
        return writer.test(condition.key, value)
    if isinstance(condition, Invalid):
        return negate(writer.test(condition.key, value))
    return compare(writer.text(condition.name), "in", value.name)

"""Checks of the keywords that apply further schemas to the same value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engross.layout import list_of, string, tuple_of
from engross.layout.conditions import (
    FALSE,
    TRUE,
    Test,
    breakable,
    compare,
    every,
    is_boolean,
    negate,
    some,
    text_of,
)
from engross.layout.statements import FAIL, Block, Line, require, when
from engross.schema.tree import Key, Schema
from engross.validation.json_types import possible, split, type_test
from engross.validation.units import Units
from engross.validation.value import Value
from engross.validation.writer import Writer

_OBJECT: Final = frozenset({"object"})
_LONGEST_LIST: Final = 30
_INTEGER: Final = re.compile(r"(?:0|-?[1-9]\d{0,17})\Z")


def write(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write `$ref`, `allOf`, `anyOf`, `oneOf`, `not` and `if`."""
    block: Block = ()
    for applied in schema.every:
        block += writer.statements(applied.key, value)
        if writer.predicts and not writer.calls(applied.key, value):
            # What is of another type has returned by now, before the reader's eyes.
            value = value.typed(split(writer.units.graph[applied.key].types))
    if schema.any_of:
        block += _alternatives(writer, schema, value, schema.any_of, "anyOf")
    if schema.one_of:
        block += _alternatives(writer, schema, value, schema.one_of, "oneOf")
    if schema.not_ is not None:
        excluded = writer.test(schema.not_, value)
        block += writer.demand(negate(excluded), value, schema, "not", "None")
    if schema.if_ is not None and (schema.then or schema.else_):
        block += _conditional(writer, schema, value, schema.if_)
    return block


def _conditional(writer: Writer, schema: Schema, value: Value, key: Key) -> Block:
    inner = value.indented()
    then = writer.statements(schema.then, inner) if schema.then else ()
    otherwise = writer.statements(schema.else_, inner) if schema.else_ else ()
    if not then and not otherwise:
        return ()
    return when(writer.test(key, value), then, otherwise)


def _alternatives(
    writer: Writer, schema: Schema, value: Value, keys: tuple[Key, ...], keyword: str
) -> Block:
    if len(keys) == 1:
        return writer.statements(keys[0], value)
    named: dict[Key, list[str]] = {}
    for text, key in schema.selections if "object" in value.types else ():
        if key in keys:
            named.setdefault(key, []).append(text)
    block = _among(writer, schema, value, keys, keyword)
    for key, texts in reversed(named.items()):
        then = writer.statements(key, value.typed(_OBJECT).indented())
        block = when(_is_named(writer, schema, value, texts), then, block)
    return block


def _is_named(writer: Writer, schema: Schema, value: Value, texts: list[str]) -> Test:
    """Return the condition that the discriminator of an object has one of some values."""
    tag = f"{value.name}.get({string(str(schema.tag))})"
    constants = [constant for text in texts for constant in _constants(text)]
    is_single = len(constants) == 1
    listed = constants[0] if is_single else f"({', '.join(constants)})"
    if len(listed) > _LONGEST_LIST:
        listed = writer.constant("names", tuple_of(constants))
    has_tag = compare(tag, "==" if is_single else "in", listed)
    return every([type_test(value.name, _OBJECT, value.types), has_tag])


def _constants(text: str) -> Iterator[str]:
    """Yield the values that a mapping means by a text."""
    yield string(text)
    if text in ("true", "false"):
        yield text.capitalize()
    if _INTEGER.match(text):
        yield text


def _among(
    writer: Writer, schema: Schema, value: Value, keys: tuple[Key, ...], keyword: str
) -> Block:
    """Write alternatives among which no discriminator decides."""
    by_type = _types_apart(writer.units, value, keys)
    if by_type is not None:
        return _by_type(writer, schema, value, by_type, keyword)
    tests = [writer.test(key, value) for key in keys]
    if keyword == "anyOf":
        if writer.predicts:
            return require(some(tests))
        if some(tests) == TRUE:
            return ()
        return when(
            negate(some(tests)), _no_match(writer, schema, value, keys, keyword)
        )
    matches = value.variable("matches")
    verdicts = list_of(breakable(_as_bool(test)) for test in tests)
    block: Block = (Line(verdicts, f"{matches} = "),)
    if writer.predicts:
        return (*block, *require(compare(f"{matches}.count(True)", "==", "1")))
    many = writer.addition("add_ambiguous", value, schema, "oneOf", matches)
    return block + when(
        compare("True", "not in", matches),
        _no_match(writer, schema, value, keys, keyword),
        when(compare(f"{matches}.count(True)", ">", "1"), (many,)),
    )


def _as_bool(test: Test) -> str:
    return text_of(test) if is_boolean(test) else f"bool({text_of(test)})"


def _no_match(
    writer: Writer, schema: Schema, value: Value, keys: tuple[Key, ...], keyword: str
) -> Block:
    """Report that the value matches no alternative, and what the nearest one lacks."""
    checks = [writer.check_of(writer.units.plain(key)) for key in keys]
    return (writer.addition("add_unfit", value, schema, keyword, further=checks),)


def _types_apart(
    units: Units, value: Value, keys: tuple[Key, ...]
) -> list[tuple[frozenset[str], Key]] | None:
    """Return each alternative with its types, unless some type suits two of them."""
    apart = []
    seen: frozenset[str] = frozenset()
    for key in map(units.plain, keys):
        types = possible(units.graph, key) & value.types
        if types & seen:
            return None
        seen |= types
        apart.append((types, key))
    return apart


def _by_type(
    writer: Writer,
    schema: Schema,
    value: Value,
    alternatives: list[tuple[frozenset[str], Key]],
    keyword: str,
) -> Block:
    """Write alternatives that the type of the value decides between."""
    arms = []
    left = value.types
    plain: frozenset[str] = frozenset()
    for types, key in alternatives:
        if not types:
            continue
        body = writer.statements(key, value.indented().typed(types))
        if body:
            arms.append((type_test(value.name, types, left), body))
            left -= types
        else:
            plain |= types
    block: Block = ()
    if left - plain:
        test = type_test(value.name, plain, left) if plain else FALSE
        block = when(
            negate(test), _no_type_matches(writer, schema, value, alternatives, keyword)
        )
    for test, body in reversed(arms):
        block = when(test, body, block)
    return block


def _no_type_matches(
    writer: Writer,
    schema: Schema,
    value: Value,
    alternatives: list[tuple[frozenset[str], Key]],
    keyword: str,
) -> Block:
    if writer.predicts:
        return (FAIL,)
    types: frozenset[str] = frozenset().union(*(types for types, _ in alternatives))
    if "fraction" in types:
        types = types - {"fraction", "integer"} | {"number"}
    expected = "".join(f"{string(name)}, " for name in sorted(types)).rstrip(" ")
    if len(types) != 1:
        expected = expected.rstrip(",")
    return (writer.violation(value, schema, keyword, f"({expected})"),)

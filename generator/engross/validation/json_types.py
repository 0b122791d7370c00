"""Sets of JSON types, and the conditions that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from engross.layout.conditions import (
    TRUE,
    Test,
    atom,
    compare,
    every,
    negate,
    some,
)
from engross.schema.json_values import JSON, is_number
from engross.schema.tree import Key, Schema
from engross.validation.runtime import same

# `number` is split, so that sets of types can be intersected.
FRACTION = "fraction"
NUMBER = frozenset({"integer", FRACTION})
STRING = frozenset({"string"})
ARRAY = frozenset({"array"})
OBJECT = frozenset({"object"})
NULL = frozenset({"null"})
EVERY = frozenset({"null", "boolean", "string", "array", "object"}) | NUMBER

_CLASSES = {"string": "str", "object": "dict", "array": "list", "boolean": "bool"}
_LONG = 16


def split(types: frozenset[str] | None) -> frozenset[str]:
    """Return the set for the names in a `type` keyword."""
    if types is None:
        return EVERY
    return types - {"number"} | (NUMBER if "number" in types else frozenset())


def type_of(value: JSON) -> str:
    """Return the type of a constant."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    if isinstance(value, dict):
        return "object"
    return "integer" if is_number(value) and value == int(value) else FRACTION


@lru_cache(maxsize=4096)
def type_test(name: str, wanted: frozenset[str], known: frozenset[str]) -> Test:
    """Return the condition that a value of known types has one of the wanted types."""
    if known <= wanted:
        return TRUE
    wanted &= known
    if known - wanted == NULL:
        return compare(name, "is not", "None")
    tests: list[Test] = []
    if "null" in wanted:
        tests.append(compare(name, "is", "None"))
    classes = [_CLASSES[kind] for kind in _CLASSES if kind in wanted]
    if len(classes) == 1:
        tests.append(atom(f"isinstance({name}, {classes[0]})"))
    elif classes:
        tests.append(atom(f"isinstance({name}, ({', '.join(classes)}))"))
    if wanted >= NUMBER or (FRACTION in wanted and "integer" not in known):
        tests.append(_number_test(name, "numeric"))
    elif "integer" in wanted:
        tests.append(_number_test(name, "integral"))
    elif FRACTION in wanted:
        number, whole = atom(f"numeric({name})"), atom(f"integral({name})")
        tests.append(every((number, negate(whole))))
    return some(tests)


def _number_test(name: str, function: str) -> Test:
    helper = atom(f"{function}({name})")
    if len(name) > _LONG:
        return helper
    return some((compare(f"type({name})", "is", "int"), helper))


def accepted(schema: Schema) -> frozenset[str]:
    """Return the types that the schema's own keywords leave possible."""
    if schema.always is False:
        return frozenset()
    types = split(schema.types)
    constants = constants_of(schema)
    if constants is not None:
        types &= frozenset(map(type_of, constants))
    return types


def possible(graph: Mapping[Key, Schema], key: Key) -> frozenset[str]:
    """Return the types that a schema, with all that it applies, leaves possible."""
    schema = graph[key]
    types = accepted(schema)
    for applied in schema.every:
        types &= possible(graph, applied.key)
    for keys in (schema.any_of, schema.one_of):
        if keys:
            types &= frozenset[str]().union(*(possible(graph, key) for key in keys))
    return types


def constants_of(schema: Schema) -> tuple[JSON, ...] | None:
    """Return the values of the schema's types that `const` and `enum` leave possible."""
    values: tuple[JSON, ...] | None = schema.enum
    if schema.const is not None:
        only = schema.const.value
        fits = values is None or any(same(only, value) for value in values)
        values = (only,) if fits else ()
    if values is None:
        return None
    types = split(schema.types)
    return tuple(value for value in values if type_of(value) in types)

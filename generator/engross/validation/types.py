"""Sets of JSON types, and the conditions that tell them apart."""

from __future__ import annotations

from engross.validation.code import TRUE, Atom, Test, atom, compare, every, some
from engross.validation.model import Schema
from engross.validation.values import JSON, is_number

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
    """Give the set for the names in a `type` keyword."""
    if types is None:
        return EVERY
    return types - {"number"} | (NUMBER if "number" in types else frozenset())


def type_of(value: JSON) -> str:
    """Give the type of a constant."""
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


def type_test(name: str, wanted: frozenset[str], known: frozenset[str]) -> Test:
    """Give the condition that a value of known types is of the wanted ones."""
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
        tests.append(_number_test(name, "is_number"))
    elif "integer" in wanted:
        tests.append(_number_test(name, "is_integer"))
    elif FRACTION in wanted:
        number = atom(f"is_number({name})")
        tests.append(
            every((number, Atom(f"not is_integer({name})", f"is_integer({name})")))
        )
    return some(tests)


def _number_test(name: str, function: str) -> Test:
    helper = atom(f"{function}({name})")
    if len(name) > _LONG:
        return helper
    return some((compare(f"type({name})", "is", "int"), helper))


def accepted(schema: Schema) -> frozenset[str]:
    """Give the types that the schema's own keywords leave possible."""
    if schema.always is False:
        return frozenset()
    types = split(schema.types)
    constants = constants_of(schema)
    if constants is not None:
        types &= frozenset(map(type_of, constants))
    return types


def constants_of(schema: Schema) -> tuple[JSON, ...] | None:
    """Give the values that `const` or else `enum` leave, of the schema's types."""
    types = split(schema.types)
    if schema.const is not None:
        values: tuple[JSON, ...] = (schema.const.value,)
    elif schema.enum is not None:
        values = schema.enum
    else:
        return None
    return tuple(value for value in values if type_of(value) in types)

"""JSON Schema (2020-12) as predicates: whether a value fits, not why, and so fast."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final, TypeAlias, cast

from engross.data import dataclass
from engross.patterns import PatternError, read_pattern
from engross.source.document import Value

JsonSchema: TypeAlias = dict[str, Value]
Predicate: TypeAlias = Callable[[Value], bool]


def _requires_all(_schema: JsonSchema, _name: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Dialect:
    """How schemas are read, beyond their keywords.

    Attributes:
        refer: the predicate of what a `$ref` leads to; None where everything fits.
        formats: predicates of the formats that are asserted.
        may_lack: whether an object may lack a property that the schema requires.
        trusts_patterns: whether patterns mean the same to Python, and are known to be
            quick in any text.
    """

    refer: Callable[[str], Predicate | None]
    formats: Mapping[str, Callable[[str], bool]]
    may_lack: Callable[[JsonSchema, str], bool] = _requires_all
    trusts_patterns: bool = False


class UnknownKeywordError(Exception):
    """A keyword that decides what fits, and is left to a full validator."""


class UntellableError(Exception):
    """A pattern for names of members that cannot be read."""


def compile_predicate(schema: Value, dialect: Dialect) -> Predicate | None:
    """Return a predicate for a well-formed schema; None if every value matches.

    Raises:
        UnknownKeywordError: the schema takes a full validator.
        UntellableError: not even that could tell.
    """
    if isinstance(schema, bool):
        return None if schema else never
    keywords = cast(JsonSchema, schema)
    checks: list[Predicate] = []
    for keyword, value in keywords.items():
        compile_keyword = _KEYWORDS.get(keyword)
        if compile_keyword is not None:
            check = compile_keyword(value, keywords, dialect)
            if check is not None:
                checks.append(check)
        elif keyword in _LEFT:
            raise UnknownKeywordError(keyword)
    return _all(checks)


def never(_value: Value) -> bool:
    """Return False: no value matches."""
    return False


def always(_value: Value) -> bool:
    """Return True: every value matches."""
    return True


def _all(checks: list[Predicate]) -> Predicate | None:
    if not checks:
        return None
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) and second(value)
    return lambda value: all(check(value) for check in checks)


# Types and values


def _is_integer(value: Value) -> bool:
    kind = value.__class__
    return kind is int or (kind is float and cast(float, value).is_integer())


def _is_number(value: Value) -> bool:
    return value.__class__ in (int, float, Decimal)


_TYPES: Final[dict[str, Predicate]] = {
    "array": lambda value: value.__class__ is list,
    "boolean": lambda value: value.__class__ is bool,
    "integer": _is_integer,
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: value.__class__ is dict,
    "string": lambda value: value.__class__ is str,
}


def _type(names: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
    if isinstance(names, str):
        return _TYPES[names]
    checks = [_TYPES[cast(str, name)] for name in cast(list[Value], names)]
    return lambda value: any(check(value) for check in checks)


def same(one: Value, other: Value) -> bool:
    """Return whether two values are equal as JSON: 1 equals 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same(value, other[key]) for key, value in one.items()
        )
    return one == other


def _enum(values: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
    allowed = cast(list[Value], values)
    if all(isinstance(value, str) for value in allowed):
        names = frozenset(cast(list[str], allowed))
        return lambda value: value.__class__ is str and value in names
    return lambda value: any(same(value, each) for each in allowed)


def _const(expected: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
    return lambda value: same(value, expected)


# Numbers


def _number_keyword(
    fits: Callable[[int, int], bool],
) -> Callable[[Value, JsonSchema, Dialect], Predicate]:
    """Return a keyword that compares numbers; other values match."""

    def keyword(limit: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
        bound = cast(int, limit)
        return lambda value: not _is_number(value) or fits(cast(int, value), bound)

    return keyword


def _is_multiple(number: float, divisor: float) -> bool:
    # By decimal digits as they are written: 0.3 is a multiple of 0.1.
    return Fraction(str(number)) % Fraction(str(divisor)) == 0


# Texts


def _pattern(pattern: Value, _schema: JsonSchema, dialect: Dialect) -> Predicate:
    text = cast(str, pattern)

    @cache  # on first use: most patterns meet no value in a run
    def matcher() -> Callable[[str], object] | None:
        if dialect.trusts_patterns:
            return re.compile(text, re.ASCII).search
        return matcher_of(text)

    def check(value: Value) -> bool:
        if not isinstance(value, str):
            return True
        matches = matcher()
        return matches is None or bool(matches(value))

    return check


def _format(name: Value, _schema: JsonSchema, dialect: Dialect) -> Predicate | None:
    fits = dialect.formats.get(cast(str, name))
    if fits is None:
        return None
    return lambda value: not isinstance(value, str) or fits(value)


# Sizes


def _size_keyword(
    kind: type, fits: Callable[[int, int], bool]
) -> Callable[[Value, JsonSchema, Dialect], Predicate]:
    """Return a keyword that limits the size of values of one kind; others match."""

    def keyword(limit: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
        bound = cast(int, limit)
        return lambda value: (
            value.__class__ is not kind or fits(len(cast(list[Value], value)), bound)
        )

    return keyword


# Arrays


def _unique_items(wanted: Value, _schema: JsonSchema, _dialect: Dialect) -> Predicate:
    def check(value: Value) -> bool:
        if not isinstance(value, list):
            return True
        if all(isinstance(item, str) for item in value):
            return len({*map(str, value)}) == len(value)
        return not any(
            same(item, other)
            for index, item in enumerate(value)
            for other in value[:index]
        )

    return check if wanted else always


def _items(schema: Value, outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    check = compile_predicate(schema, dialect)
    if check is None:
        return None
    start = len(cast(list[Value], outer.get("prefixItems", [])))
    return lambda value: not isinstance(value, list) or all(map(check, value[start:]))


def _prefix_items(schemas: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate:
    checks = [
        compile_predicate(schema, dialect) for schema in cast(list[Value], schemas)
    ]
    return lambda value: (
        not isinstance(value, list)
        or all(
            check(item)
            for check, item in zip(checks, value, strict=False)
            if check is not None
        )
    )


# Objects


def _required(names: Value, outer: JsonSchema, dialect: Dialect) -> Predicate:
    wanted = frozenset(
        name for name in cast(list[str], names) if not dialect.may_lack(outer, name)
    )
    return lambda value: not isinstance(value, dict) or value.keys() >= wanted


def _properties(
    schemas: Value, _outer: JsonSchema, dialect: Dialect
) -> Predicate | None:
    checks = _compiled(schemas, dialect)
    if not checks:
        return None
    return lambda value: (
        not isinstance(value, dict)
        or all(check(value[key]) for key, check in checks.items() if key in value)
    )


def _pattern_properties(
    schemas: Value, _outer: JsonSchema, dialect: Dialect
) -> Predicate | None:
    checks = [
        (_named_like(key), check) for key, check in _compiled(schemas, dialect).items()
    ]
    if not checks:
        return None
    return lambda value: (
        not isinstance(value, dict)
        or all(
            check(member)
            for key, member in value.items()
            for is_like, check in checks
            if is_like(key)
        )
    )


def _additional_properties(
    schema: Value, outer: JsonSchema, dialect: Dialect
) -> Predicate | None:
    check = compile_predicate(schema, dialect)
    if check is None:
        return None
    own = frozenset(cast(JsonSchema, outer.get("properties", {})))
    patterns = cast(JsonSchema, outer.get("patternProperties", {}))
    likenesses = [_named_like(key) for key in patterns]
    return lambda value: (
        not isinstance(value, dict)
        or all(
            check(member)
            for key, member in value.items()
            if key not in own and not any(is_like(key) for is_like in likenesses)
        )
    )


def matcher_of(pattern: str) -> Callable[[str], bool] | None:
    """Return a predicate for texts that match; None if the pattern cannot be read."""
    try:
        return read_pattern(pattern).regex.fits
    except PatternError:
        return None


def _named_like(pattern: str) -> Callable[[str], bool]:
    matches = matcher_of(pattern)
    if matches is None:
        raise UntellableError(pattern)
    return matches


def _property_names(
    schema: Value, _outer: JsonSchema, dialect: Dialect
) -> Predicate | None:
    check = compile_predicate(schema, dialect)
    if check is None:
        return None
    return lambda value: not isinstance(value, dict) or all(map(check, value))


def _dependent_required(
    wanted: Value, _outer: JsonSchema, _dialect: Dialect
) -> Predicate:
    listed = cast(dict[str, list[str]], wanted)
    return lambda value: (
        not isinstance(value, dict)
        or all(
            name in value
            for key, names in listed.items()
            if key in value
            for name in names
        )
    )


# Compositions


def _reference(text: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    return dialect.refer(cast(str, text))


def _all_of(schemas: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    compiled = (
        compile_predicate(schema, dialect) for schema in cast(list[Value], schemas)
    )
    return _all([check for check in compiled if check is not None])


def _any_of(schemas: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    checks = _alternatives(schemas, dialect)
    return lambda value: any(check(value) for check in checks)


def _one_of(schemas: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    checks = _alternatives(schemas, dialect)
    return lambda value: sum(check(value) for check in checks) == 1


def _alternatives(schemas: Value, dialect: Dialect) -> list[Predicate]:
    return [
        compile_predicate(schema, dialect) or always
        for schema in cast(list[Value], schemas)
    ]


def _not(schema: Value, _outer: JsonSchema, dialect: Dialect) -> Predicate:
    check = compile_predicate(schema, dialect)
    return never if check is None else lambda value: not check(value)


def _if(schema: Value, outer: JsonSchema, dialect: Dialect) -> Predicate | None:
    condition = compile_predicate(schema, dialect)
    then = compile_predicate(outer.get("then", True), dialect) or always
    other = compile_predicate(outer.get("else", True), dialect) or always
    if condition is None:
        return then
    return lambda value: then(value) if condition(value) else other(value)


def _compiled(schemas: Value, dialect: Dialect) -> dict[str, Predicate]:
    listed: Mapping[str, Value] = cast(JsonSchema, schemas)
    compiled = {
        key: compile_predicate(schema, dialect) for key, schema in listed.items()
    }
    return {key: check for key, check in compiled.items() if check is not None}


_KEYWORDS: Final[
    dict[str, Callable[[Value, JsonSchema, Dialect], Predicate | None]]
] = {
    "$ref": _reference,
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "anyOf": _any_of,
    "const": _const,
    "dependentRequired": _dependent_required,
    "enum": _enum,
    "exclusiveMaximum": _number_keyword(lambda number, bound: number < bound),
    "exclusiveMinimum": _number_keyword(lambda number, bound: number > bound),
    "format": _format,
    "if": _if,
    "items": _items,
    "maxItems": _size_keyword(list, lambda size, bound: size <= bound),
    "maxLength": _size_keyword(str, lambda size, bound: size <= bound),
    "maxProperties": _size_keyword(dict, lambda size, bound: size <= bound),
    "maximum": _number_keyword(lambda number, bound: number <= bound),
    "minItems": _size_keyword(list, lambda size, bound: size >= bound),
    "minLength": _size_keyword(str, lambda size, bound: size >= bound),
    "minProperties": _size_keyword(dict, lambda size, bound: size >= bound),
    "minimum": _number_keyword(lambda number, bound: number >= bound),
    "multipleOf": _number_keyword(_is_multiple),
    "not": _not,
    "oneOf": _one_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "propertyNames": _property_names,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}

_LEFT: Final = frozenset(
    (
        "$dynamicRef",
        "$id",
        "contains",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)

"""Checks of constants, strings and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engross.layout import (
    Expression,
    compact_call,
    is_word,
    json_literal,
    list_of,
    literal,
    set_of,
    string,
)
from engross.layout.conditions import (
    FALSE,
    TRUE,
    Test,
    atom,
    compare,
    every,
    some,
    truth,
)
from engross.layout.statements import Block, require, when
from engross.patterns import Method, Regex
from engross.schema.formats import FORMATS
from engross.schema.json_values import JSON, Number
from engross.schema.tree import Schema
from engross.validation.json_types import NUMBER, STRING, split, type_of, type_test
from engross.validation.names import LINEAR
from engross.validation.value import Value
from engross.validation.writer import Writer

_FEW = 4
_SHORT = 40


def constants(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of `const` and `enum`; values of other types are left out."""
    types = split(schema.types)
    block: Block = ()
    if schema.const is not None:
        only = schema.const.value
        test = _is_one_of(writer, value, [only] if type_of(only) in types else [])
        expected = constant(writer, only, label=value.label)
        block += writer.demand(test, value, schema, "const", expected)
    if schema.enum is not None:
        allowed = [constant for constant in schema.enum if type_of(constant) in types]
        test = _is_one_of(writer, value, allowed)
        expected = allowed_constants(writer, value, allowed)
        if expected.startswith("_") and _are_texts(allowed):
            expected = f"sorted({expected})"
        block += writer.demand(test, value, schema, "enum", expected)
    return block


def _are_texts(allowed: Sequence[JSON]) -> bool:
    return all(isinstance(constant, str) for constant in allowed)


def _is_one_of(writer: Writer, value: Value, allowed: Sequence[JSON]) -> Test:
    texts = [value for value in allowed if isinstance(value, str)]
    others = [value for value in allowed if not isinstance(value, str)]
    tests = [_equals(writer, value, other) for other in others]
    if texts:
        # Comparing or hashing anything but a string might fail.
        is_text = type_test(value.name, STRING, value.types)
        if len(texts) == 1:
            known = compare(value.name, "==", json_literal(texts[0]))
        else:
            known = compare(value.name, "in", allowed_constants(writer, value, texts))
        tests.insert(0, every((is_text, known)))
    if len(others) > _FEW:
        return atom(f"among({value.name}, {allowed_constants(writer, value, allowed)})")
    return some(tests)


def _equals(writer: Writer, value: Value, other: JSON) -> Test:
    if other is None or isinstance(other, bool):
        return compare(value.name, "is", json_literal(other))
    if type_of(other) in NUMBER and value.types <= NUMBER and _is_plain(other):
        return compare(value.name, "==", json_literal(other))
    return atom(f"same({value.name}, {constant(writer, other, label=value.label)})")


def _is_plain(number: JSON) -> bool:
    """Tell whether Python compares the number's literal by its exact digits."""
    if isinstance(number, float):
        return Decimal(number) == Decimal(repr(number))
    return isinstance(number, int)


def constant(
    writer: Writer, value: JSON, purpose: str = "value", label: str = ""
) -> str:
    """Return the expression for a value of the contract."""
    if isinstance(value, Decimal):
        number = compact_call("Decimal", (string(str(value)),))
        return writer.constant(purpose, number, label)
    text = json_literal(value)
    if len(text) <= _SHORT:
        return text
    return writer.constant(purpose, literal(value, breakable=False), label)


def allowed_constants(writer: Writer, value: Value, allowed: Sequence[JSON]) -> str:
    """Return the expression for the constants of an enum."""
    if len(allowed) <= _FEW:
        members = ", ".join(map(json_literal, allowed))
        if len(members) <= _SHORT:
            comma = "," if len(allowed) == 1 else ""
            return f"({members}{comma})"
    if _are_texts(allowed):
        texts = frozenset_of([*map(str, allowed)], compact=writer.units.compact)
        return writer.constant("values", texts, value.label)
    values = [literal(member, breakable=False) for member in allowed]
    return writer.constant("values", list_of(values), value.label)


def frozenset_of(texts: Sequence[str], *, compact: bool) -> Expression:
    """Return a frozenset of at least one text; a compact one lists words in one text."""
    if compact and all(map(is_word, texts)):
        return compact_call("words", (literal(" ".join(texts)),))
    return compact_call("frozenset", (set_of(map(string, texts)),))


def constrains_strings(schema: Schema) -> bool:
    """Tell whether the schema has checks for strings."""
    return (
        schema.min_length is not None
        or schema.max_length is not None
        or schema.pattern is not None
        or schema.format is not None
    )


def strings(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of a string."""
    block: Block = ()
    if schema.pattern is not None:
        block = writer.demand(
            pattern_test(writer, schema.pattern, value),
            value,
            schema,
            "pattern",
            constant(writer, pattern_text(schema.pattern), "pattern_text", value.label),
        )
    # A string that is too long is not matched: the pattern may rely on that.
    bounds = schema.min_length, schema.max_length
    block = sizes(writer, schema, value, "Length", bounds, block)
    if schema.format is not None:
        block += writer.demand(
            atom(f"{FORMATS[schema.format]}({value.name})"),
            value,
            schema,
            "format",
            string(schema.format),
        )
    return block


def pattern_test(writer: Writer, regex: Regex, value: Value) -> Test:
    """Return the condition that a string matches a pattern."""
    text, name = regex.source, value.name
    if regex.method is Method.EQUALS:
        return compare(name, "==", writer.text(text))
    if regex.method is Method.CONTAINS:
        return compare(writer.text(text), "in", name) if text else TRUE
    if regex.method in (Method.STARTS_WITH, Method.ENDS_WITH):
        call = f"{name}.{regex.method.value}({writer.text(text)})"
        return atom(call) if text else TRUE
    matches = truth(f"{pattern_constant(writer, regex, value.label)}({name})")
    if regex.longest is None:
        return matches
    return every((compare(f"len({name})", "<=", str(regex.longest)), matches))


def pattern_text(regex: Regex) -> str:
    """Return a pattern as violations show it, with the limit of what can be matched."""
    if regex.longest is None:
        return regex.original
    return f"{regex.original} in at most {regex.longest:,} characters"


def pattern_constant(writer: Writer, regex: Regex, label: str) -> str:
    """Return the constant that matches a pattern."""
    source = _raw_literal(regex.source)
    if regex.program:
        limit, program = str(regex.limit), _raw_literal(regex.program)
        arguments = (source, string(regex.method.value), limit, program)
        return writer.constant("pattern", compact_call(LINEAR, arguments), label)
    compiled = compact_call("re.compile", (source, "re.ASCII"))
    method = compiled._replace(closing=f").{regex.method.value}")
    return writer.constant("pattern", method, label)


def _raw_literal(source: str) -> str:
    """Return the literal of a regular expression, a raw one if it can be."""
    if "\\" not in source or '"' in source or not source.isprintable():
        return string(source)
    return string(source) if source.endswith("\\") else f'r"{source}"'


def constrains_numbers(schema: Schema) -> bool:
    """Tell whether the schema has checks for numbers."""
    return (
        schema.minimum is not None
        or schema.maximum is not None
        or schema.exclusive_minimum is not None
        or schema.exclusive_maximum is not None
        or schema.multiple_of is not None
    )


def numbers(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of a number."""
    block: Block = ()
    for keyword, bound, operator in (
        ("minimum", schema.minimum, ">="),
        ("exclusiveMinimum", schema.exclusive_minimum, ">"),
        ("maximum", schema.maximum, "<="),
        ("exclusiveMaximum", schema.exclusive_maximum, "<"),
    ):
        if bound is not None:
            test = _bound_test(writer, value, bound, operator)
            expected = constant(writer, bound, "limit", value.label)
            block += writer.demand(test, value, schema, keyword, expected)
    if schema.multiple_of is not None:
        divisor = constant(writer, schema.multiple_of, "step", value.label)
        test = atom(f"multiple({value.name}, {divisor})")
        block += writer.demand(test, value, schema, "multipleOf", divisor)
    return block


def _bound_test(writer: Writer, value: Value, bound: Number, operator: str) -> Test:
    if _is_plain(bound):
        return compare(value.name, operator, json_literal(bound))
    exact = Decimal(repr(bound)) if isinstance(bound, float) else bound
    limit = constant(writer, exact, "limit", value.label)
    return compare(f"exact({value.name})", operator, limit)


def sizes(
    writer: Writer,
    schema: Schema,
    value: Value,
    noun: str,
    bounds: tuple[int | None, int | None],
    unless_too_many: Block = (),
) -> Block:
    """Write the checks of `min<noun>` and `max<noun>`.

    Args:
        writer: writes the function.
        schema: has the keywords.
        value: is checked.
        noun: `Length`, `Items` or `Properties`.
        bounds: the values of the keywords.
        unless_too_many: further checks, left out where the maximum is exceeded.
    """
    size = f"len({value.name})"
    least, most = bounds
    if writer.predicts:
        return (*require(size_test(size, least, most)), *unless_too_many)
    too_few: Block = ()
    if least is not None:
        call = writer.violation(value, schema, f"min{noun}", str(least))
        too_few = when(compare(size, "<", str(least)), (call,))
    if most is None:
        return too_few + unless_too_many
    call = writer.violation(value, schema, f"max{noun}", str(most))
    return when(compare(size, ">", str(most)), (call,), too_few + unless_too_many)


def size_test(size: str, lower: int | None, upper: int | None) -> Test:
    """Return the condition that a size is within bounds."""
    if lower is not None and lower == upper:
        return compare(size, "==", str(lower))
    if lower == 1 and size.startswith("len("):
        some = truth(size[4:-1])
        return some if upper is None else every((some, compare(size, "<=", str(upper))))
    if lower is not None and upper is not None:
        test = f"{lower} <= {size} <= {upper}"
        return FALSE if lower > upper else atom(test)
    if lower is not None:
        return compare(size, ">=", str(lower))
    if upper is not None:
        return compare(size, "<=", str(upper))
    return every(())

"""Checks of constants, texts and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from engross.patterns import Method, Regex
from engross.schema.formats import FORMATS
from engross.schema.tree import Schema
from engross.schema.values import JSON, Number
from engross.validation.code import (
    Block,
    Definition,
    literal_text,
    quote,
    require,
    when,
)
from engross.validation.conditions import (
    FALSE,
    TRUE,
    Atom,
    Test,
    atom,
    compare,
    every,
    some,
)
from engross.validation.support import LINEAR
from engross.validation.types import NUMBER, STRING, split, type_of, type_test
from engross.validation.value import Value

if TYPE_CHECKING:
    from engross.validation.writer import Writer

_FEW = 4
_SHORT = 40


def constants(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of `const` and `enum`; values of another type never count."""
    types = split(schema.types)
    block: Block = ()
    if schema.const is not None:
        only = schema.const.value
        test = _is_one_of(writer, value, [only] if type_of(only) in types else [])
        expected = constant(writer, only, label=value.label)
        block += writer.demand(test, value, schema, "const", expected)
    if schema.enum is not None:
        allowed = [each for each in schema.enum if type_of(each) in types]
        test = _is_one_of(writer, value, allowed)
        expected = _constants(writer, value, allowed)
        if expected.startswith("_") and _are_texts(allowed):
            expected = f"sorted({expected})"
        block += writer.demand(test, value, schema, "enum", expected)
    return block


def _are_texts(allowed: Sequence[JSON]) -> bool:
    return all(isinstance(each, str) for each in allowed)


def _is_one_of(writer: Writer, value: Value, allowed: Sequence[JSON]) -> Test:
    texts = [each for each in allowed if isinstance(each, str)]
    others = [each for each in allowed if not isinstance(each, str)]
    tests = [_equals(writer, value, other) for other in others]
    if texts:
        # What is no text might not even compare, or hash.
        is_text = type_test(value.name, STRING, value.types)
        if len(texts) == 1:
            known = compare(value.name, "==", literal_text(texts[0]))
        else:
            known = compare(value.name, "in", _constants(writer, value, texts))
        tests.insert(0, every((is_text, known)))
    if len(others) > _FEW:
        return atom(f"among({value.name}, {_constants(writer, value, allowed)})")
    return some(tests)


def _equals(writer: Writer, value: Value, other: JSON) -> Test:
    if other is None or isinstance(other, bool):
        return compare(value.name, "is", literal_text(other))
    if type_of(other) in NUMBER and value.types <= NUMBER and _is_plain(other):
        return compare(value.name, "==", literal_text(other))
    return atom(f"same({value.name}, {constant(writer, other, label=value.label)})")


def _is_plain(number: JSON) -> bool:
    """Tell whether Python compares the number's literal as its digits say."""
    if isinstance(number, float):
        return Decimal(number) == Decimal(repr(number))
    return isinstance(number, int)


def constant(
    writer: Writer, value: JSON, purpose: str = "value", label: str = ""
) -> str:
    """Give the expression for a value of the contract."""
    text = literal_text(value)
    if len(text) <= _SHORT and not isinstance(value, Decimal):
        return text
    if isinstance(value, Decimal):
        definition = Definition(quote(str(value)), str(value), "Decimal")
    else:
        definition = Definition(text, value)
    return writer.constant(purpose, definition, label)


def _constants(writer: Writer, value: Value, allowed: Sequence[JSON]) -> str:
    members = ", ".join(map(literal_text, allowed))
    if len(members) <= _SHORT and len(allowed) <= _FEW:
        comma = "," if len(allowed) == 1 else ""
        return f"({members}{comma})"
    if _are_texts(allowed):
        definition = Definition(f"{{{members}}}", list(allowed), "frozenset")
    else:
        definition = Definition(f"[{members}]", list(allowed))
    return writer.constant("values", definition, value.label)


def constrains_strings(schema: Schema) -> bool:
    """Tell whether the schema has checks for texts."""
    return (
        schema.min_length is not None
        or schema.max_length is not None
        or schema.pattern is not None
        or schema.format is not None
    )


def strings(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of a text."""
    block: Block = ()
    if schema.pattern is not None:
        block = writer.demand(
            pattern_test(writer, schema.pattern, value),
            value,
            schema,
            "pattern",
            constant(writer, pattern_text(schema.pattern), "pattern_text", value.label),
        )
    # A text that is too long is not matched: the pattern may count on that.
    bounds = schema.min_length, schema.max_length
    block = sizes(writer, schema, value, "Length", bounds, block)
    if schema.format is not None:
        block += writer.demand(
            atom(f"{FORMATS[schema.format]}({value.name})"),
            value,
            schema,
            "format",
            quote(schema.format),
        )
    return block


def pattern_test(writer: Writer, regex: Regex, value: Value) -> Test:
    """Return the condition that a text matches a pattern."""
    text, method, name = regex.source, regex.method, value.name
    if method is Method.EQUALS:
        return compare(name, "==", writer.text(text))
    if method is Method.CONTAINS:
        return compare(writer.text(text), "in", name) if text else TRUE
    if method in (Method.STARTS_WITH, Method.ENDS_WITH):
        call = f"{name}.{method.value}({writer.text(text)})"
        return atom(call) if text else TRUE
    constant_name = writer.constant("pattern", pattern_definition(regex), value.label)
    call = f"{constant_name}({name})"
    matches = Atom(call, f"not {call}", boolean=False)
    if regex.longest is None:
        return matches
    return every((compare(f"len({name})", "<=", str(regex.longest)), matches))


def pattern_text(regex: Regex) -> str:
    """Return a pattern as violations show it, with the limit of what can be matched."""
    if regex.longest is None:
        return regex.original
    return f"{regex.original} in at most {regex.longest:,} characters"


def pattern_definition(regex: Regex) -> Definition:
    """Return the definition of a pattern's constant."""
    source, method = raw_literal(regex.source), regex.method.value
    if not regex.program:
        flags = ("re.ASCII",)
        return Definition(source, regex.source, "re.compile", flags, f".{method}")
    options = (quote(method), str(regex.limit), raw_literal(regex.program))
    return Definition(source, regex.source, LINEAR, options)


def raw_literal(source: str) -> str:
    """Write a regular expression as a literal, raw if it can be."""
    if "\\" not in source or '"' in source or not source.isprintable():
        return quote(source)
    return quote(source) if source.endswith("\\") else f'r"{source}"'


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
        return compare(value.name, operator, literal_text(bound))
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
    """Write the checks of `min<noun>` and `max<noun>`, and what depends on the latter."""
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
    """Give the condition that a size lies within bounds."""
    if lower is not None and lower == upper:
        return compare(size, "==", str(lower))
    if lower == 1 and size.startswith("len("):
        some = Atom(size[4:-1], f"not {size[4:-1]}", boolean=False)
        return some if upper is None else every((some, compare(size, "<=", str(upper))))
    if lower is not None and upper is not None:
        test = f"{lower} <= {size} <= {upper}"
        return FALSE if lower > upper else Atom(test, f"not {test}")
    if lower is not None:
        return compare(size, ">=", str(lower))
    if upper is not None:
        return compare(size, "<=", str(upper))
    return every(())

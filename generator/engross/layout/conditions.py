"""Conditions: combined, negated, and laid out as the head of an `if`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from engross.data import dataclass
from engross.layout.expressions import Expression, compact_call, lay_out, tuple_of
from engross.layout.strings import INDENT, fits


class Atom(NamedTuple):
    """A condition without `and` or `or`."""

    yes: str
    no: str
    """Source of the opposite."""
    boolean: bool = True
    """Whether the expression is a bool, not just something true or false."""
    operator: str = ""
    """The comparison's operator, where a line that is too long may be split."""


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions joined by `and`."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions joined by `or`."""

    tests: tuple[Test, ...]


Test: TypeAlias = Atom | Every | Some
TRUE = Atom("True", "False")
FALSE = Atom("False", "True")

_OPPOSITES = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
COMPARISONS = frozenset(_OPPOSITES)


def atom(expression: str) -> Atom:
    """Make a condition of an expression that is a bool and binds tightly."""
    return Atom(expression, f"not {expression}")


def truth(expression: str) -> Atom:
    """Make a condition of an expression that is true or false, but no bool."""
    return Atom(expression, f"not {expression}", boolean=False)


def compare(left: str, operator: str, right: str) -> Atom:
    """Make a condition of a comparison."""
    opposite = _OPPOSITES[operator]
    return Atom(
        f"{left} {operator} {right}", f"{left} {opposite} {right}", operator=operator
    )


def every(tests: Iterable[Test]) -> Test:
    """Join conditions by `and`."""
    flat: list[Test] = []
    for test in tests:
        flat += test.tests if isinstance(test, Every) else (test,)
    if FALSE in flat:
        return FALSE
    parts = tuple(test for test in dict.fromkeys(flat) if test != TRUE)
    return Every(parts) if len(parts) > 1 else (*parts, TRUE)[0]


def some(tests: Iterable[Test]) -> Test:
    """Join conditions by `or`."""
    flat: list[Test] = []
    for test in tests:
        flat += test.tests if isinstance(test, Some) else (test,)
    if TRUE in flat:
        return TRUE
    parts = tuple(test for test in dict.fromkeys(flat) if test != FALSE)
    return Some(parts) if len(parts) > 1 else (*parts, FALSE)[0]


def negate(test: Test) -> Test:
    """Return the opposite condition."""
    if isinstance(test, Atom):
        opposite = _OPPOSITES.get(test.operator, "")
        return Atom(test.no, test.yes, test.boolean, opposite)
    if isinstance(test, Every):
        return some(map(negate, test.tests))
    return every(map(negate, test.tests))


def is_boolean(test: Test) -> bool:
    """Tell whether the condition is a bool, not just something true or false."""
    if isinstance(test, Atom):
        return test.boolean
    return all(map(is_boolean, test.tests))


def text_of(test: Test) -> str:
    """Return a condition on one line."""
    if isinstance(test, Atom):
        return test.yes
    return _joiner(test).join([_operand(operand) for operand in test.tests])


def _operand(test: Test) -> str:
    """Return a condition as part of another, in brackets if it needs them."""
    return test.yes if isinstance(test, Atom) else f"({text_of(test)})"


def _joiner(test: Every | Some) -> str:
    return " and " if isinstance(test, Every) else " or "


def breakable(source: str) -> Expression:
    """Return the source of a call so that it can be split at its last brackets.

    Its arguments are plain: none holds a comma followed by a space.
    """
    head, bracket, rest = source.rpartition("(")
    if not bracket or not rest.endswith(")"):
        return source
    return compact_call(head, rest[:-1].split(", "))


def lay_out_head(word: str, test: Test, *, indent: int) -> str:
    """Lay out the head of an `if` or `elif`, indented."""
    pad = " " * indent
    line = f"{pad}{word} {text_of(test)}:"
    if fits(line):
        return line
    opposite = negate(test)
    if isinstance(test, Atom) or isinstance(opposite, Atom):
        return _long_atom(word, test, pad)
    # Under `not (...)` the brackets are the one place to split at.
    inner = text_of(opposite)
    line = f"{pad}{word} not ({inner}):"
    if fits(line):
        return line
    inner = f"{pad}{INDENT}{inner}"
    if not fits(inner):
        inner = _operands(opposite, indent + 4)
    return f"{pad}{word} not (\n{inner}\n{pad}):"


def _long_atom(word: str, test: Test, pad: str) -> str:
    """Lay out the head of an `if` whose one condition is too long for a line."""
    text = text_of(test)
    head, bracket, rest = text.rpartition("(")
    if bracket and rest.endswith(")"):
        arguments = rest[:-1].removesuffix(",").split(", ")
        before, expression = f"{word} ", compact_call(head, arguments)
        if head.endswith("in "):
            before, expression = f"{word} {head}", tuple_of(arguments)
        return pad + lay_out(expression, indent=len(pad), before=before, after=":")
    inner = f"{pad}{INDENT}{text}"
    if not fits(inner):
        operator = test.operator if isinstance(test, Atom) else ""
        left, right = _halves(text, operator)
        inner = f"{pad}{INDENT}{left}\n{pad}{INDENT}{operator} {right}"
    return f"{pad}{word} (\n{inner}\n{pad}):"


def _operands(test: Every | Some, indent: int) -> str:
    """Lay out the operands of `and` or `or`, each on a line of its own."""
    joiner = _joiner(test).lstrip()
    return "\n".join(
        _lay_out_operand(operand, joiner if index else "", indent)
        for index, operand in enumerate(test.tests)
    )


def _lay_out_operand(test: Test, before: str, indent: int) -> str:
    """Lay out an operand, split where it can be if it is too long."""
    pad = " " * indent
    text = _operand(test)
    line = f"{pad}{before}{text}"
    if fits(line):
        return line
    if not isinstance(test, Atom):
        inner = f"{pad}{INDENT}{text_of(test)}"
        if not fits(inner):
            inner = _operands(test, indent + 4)
        return f"{pad}{before}(\n{inner}\n{pad})"
    if test.operator:
        left, right = _halves(text, test.operator)
        return f"{pad}{before}{left}\n{pad}{test.operator} {right}"
    return pad + lay_out(breakable(text), indent=indent, before=before)


def _halves(text: str, operator: str) -> tuple[str, str]:
    """Split a comparison at its operator, not at the same word in a literal."""
    divide = text.rpartition if text.startswith(("'", '"')) else text.partition
    left, _, right = divide(f" {operator} ")
    return left, right

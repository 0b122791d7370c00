"""Conditions of emitted code: combined, negated and written on one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition without operators, and the words for its opposite."""

    yes: str
    no: str
    boolean: bool = True
    """Whether the expression gives a bool, not just something true or false."""
    operator: str = ""
    """The comparison's operator, where a line that is too long may be split."""


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions that must all hold."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions of which one must hold."""

    tests: tuple[Test, ...]


Test: TypeAlias = Atom | Every | Some
TRUE = Atom("True", "False")
FALSE = Atom("False", "True")


def atom(expression: str) -> Atom:
    """Make a condition of an expression that gives a bool and binds tightly."""
    return Atom(expression, f"not {expression}")


def compare(left: str, operator: str, right: str) -> Atom:
    """Make a condition of a comparison."""
    opposite = _OPPOSITES[operator]
    return Atom(
        f"{left} {operator} {right}", f"{left} {opposite} {right}", operator=operator
    )


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
    """Give the opposite condition."""
    if isinstance(test, Atom):
        opposite = _OPPOSITES.get(test.operator, "")
        return Atom(test.no, test.yes, test.boolean, opposite)
    if isinstance(test, Every):
        return some(map(negate, test.tests))
    return every(map(negate, test.tests))


def is_boolean(test: Test) -> bool:
    """Tell whether the expression gives a bool."""
    if isinstance(test, Atom):
        return test.boolean
    return all(map(is_boolean, test.tests))


def text_of(test: Test) -> str:
    """Write a condition on one line."""
    if isinstance(test, Atom):
        return test.yes
    word = " and " if isinstance(test, Every) else " or "
    return word.join(map(operand_text, test.tests))


def operand_text(test: Test) -> str:
    """Write a condition as part of another, in brackets if it needs them."""
    return text_of(test) if isinstance(test, Atom) else f"({text_of(test)})"

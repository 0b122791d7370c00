"""Statements of emitted code, as a small tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engross.schema.values import JSON
from engross.validation.conditions import (
    FALSE,
    TRUE,
    Test,
    every,
    negate,
    some,
    text_of,
)

_LONGEST_JOINED = 60

# Plain literals and comments; f-strings hold code.
_INERT = re.compile(r"""[fr]?"(?:\\.|[^"\\\n])*"|[fr]?'(?:\\.|[^'\\\n])*'|#.*""")
_REPLACEMENT = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that is short by construction."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call or a subscript, which may be split at its brackets."""

    head: str
    arguments: tuple[str, ...]
    brackets: str = "()"


@dataclass(frozen=True, slots=True)
class Listing:
    """An assignment of a list."""

    name: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """An assignment of a text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Guard:
    """`return False` unless the condition holds."""

    test: Test


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with what to do under each, and what to do under none."""

    arms: tuple[tuple[Test, Block], ...]
    otherwise: Block = ()


@dataclass(frozen=True, slots=True)
class For:
    """A loop."""

    head: str
    body: Block
    otherwise: Block = ()
    """What to do unless the loop was left by `break`."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Words for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A blank line between paragraphs of a function."""


Statement: TypeAlias = (
    Line | Call | Constant | Listing | Guard | If | For | Comment | Gap
)


Block: TypeAlias = tuple[Statement, ...]
FAIL = Line("return False")
LEAVE = Line("return")


def require(test: Test) -> Block:
    """Make a guard, unless the condition is settled."""
    if test == TRUE:
        return ()
    return (FAIL,) if test == FALSE else (Guard(test),)


def when(test: Test, then: Block, otherwise: Block = ()) -> Block:
    """Make an `if`, unless the condition is settled or nothing depends on it.

    An `else` that holds one `if` alone becomes `elif`.
    """
    if test == TRUE or then == otherwise:
        return then
    if test == FALSE:
        return otherwise
    if not then:
        return when(negate(test), otherwise)
    return (_if(test, then, otherwise),)


def _if(test: Test, then: Block, otherwise: Block) -> Statement:
    if then == (FAIL,) and not otherwise:
        return Guard(negate(test))
    if len(then) == 1 and not otherwise and isinstance(then[0], If):
        inner = then[0]
        if len(inner.arms) == 1 and not inner.otherwise:
            both = every((test, inner.arms[0][0]))
            if len(text_of(both)) <= _LONGEST_JOINED:
                return If(((both, inner.arms[0][1]),))
    if len(otherwise) == 1 and isinstance(otherwise[0], Guard):
        return If(((test, then), (negate(otherwise[0].test), (FAIL,))))
    if len(otherwise) == 1 and isinstance(otherwise[0], If):
        inner = otherwise[0]
        return If(((test, then), *inner.arms), inner.otherwise)
    return If(((test, then),), otherwise)


def as_test(block: Block, limit: int) -> Test | None:
    """Give a block of guards as one condition, if it is one and short enough."""
    tests: list[Test] = []
    for statement in block:
        test = _statement_test(statement, limit)
        if test is None:
            return None
        tests.append(test)
    if not tests:
        return None
    joined = every(tests)
    return joined if len(text_of(joined)) <= limit else None


def _statement_test(statement: Statement, limit: int) -> Test | None:
    if isinstance(statement, Guard):
        return statement.test
    if isinstance(statement, If) and len(statement.arms) == 1:
        condition, body = statement.arms[0]
        if body == (FAIL,) and not statement.otherwise:
            return negate(condition)
        inner = as_test(body, limit)
        if inner is None:
            return None
        if not statement.otherwise:
            return some((negate(condition), inner))
        if statement.otherwise == (FAIL,):
            return every((condition, inner))
    return None


@dataclass(frozen=True, slots=True)
class Definition:
    """The value of a constant: a literal, or what a function makes of one."""

    literal: str
    """The literal on one line; it also tells definitions apart."""
    value: JSON
    function: str = ""
    options: tuple[str, ...] = ()
    """Further arguments of the function."""
    attribute: str = ""
    """What is taken of the result, such as `.fullmatch`."""


def literal_text(value: JSON) -> str:
    """Write a JSON value as a Python literal on one line."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Decimal):
        return f'Decimal("{value}")'
    if isinstance(value, list):
        return f"[{', '.join(map(literal_text, value))}]"
    if isinstance(value, dict):
        members = (f"{quote(name)}: {literal_text(value[name])}" for name in value)
        return f"{{{', '.join(members)}}}"
    return repr(value).replace("e+", "e")


def mentions(block: Block, name: str) -> bool:
    """Tell whether statements read a variable."""
    return any(name in text and name in words(text) for text in _texts(block))


def _texts(block: Block) -> Iterator[str]:
    """Give all code in statements, as it comes."""
    for statement in block:
        if isinstance(statement, Line):
            yield statement.text
        elif isinstance(statement, Call):
            yield statement.head
            yield from statement.arguments
        elif isinstance(statement, Listing):
            yield from statement.items
        elif isinstance(statement, Guard):
            yield text_of(statement.test)
        elif isinstance(statement, For):
            yield statement.head
            yield from _texts(statement.body)
            yield from _texts(statement.otherwise)
        elif isinstance(statement, If):
            for test, body in statement.arms:
                yield text_of(test)
                yield from _texts(body)
            yield from _texts(statement.otherwise)


def words(source: str) -> set[str]:
    """Give the names that source mentions outside of plain literals and comments."""

    def code_in(match: re.Match[str]) -> str:
        return " ".join(_REPLACEMENT.findall(match[0]) if match[0][0] == "f" else ())

    return set(_WORD.findall(_INERT.sub(code_in, source)))


def quote(text: str) -> str:
    """Write a text as a literal, with the quotes that black would choose."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    body = "".join(
        f"\\{mark}" if char == mark else char if char in "'\"" else repr(char)[1:-1]
        for char in text
    )
    return f"{mark}{body}{mark}"

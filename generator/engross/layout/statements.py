"""Statements as a small tree, simplified where they are made, and laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from engross.data import dataclass
from engross.layout.conditions import (
    FALSE,
    TRUE,
    Every,
    Test,
    every,
    lay_out_head,
    negate,
    some,
    text_of,
)
from engross.layout.expressions import Expression, flat, lay_out, lay_out_value
from engross.layout.prose import comment
from engross.layout.strings import fits

_LONGEST_JOINED = 60

# Plain literals and comments hold no names; f-strings may.
_TOKEN = re.compile(
    r"""
    r?"(?:\\.|[^"\\\n])*" | r?'(?:\\.|[^'\\\n])*' | \#.*
    | ( f"(?:\\.|[^"\\\n])*" | f'(?:\\.|[^'\\\n])*' | [A-Za-z_]\w* )
    """,
    re.VERBOSE,
)
_REPLACEMENT = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")


class Line(NamedTuple):
    """An expression with what stands before it: `return `, `name = ` or nothing."""

    code: Expression
    before: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """An assignment; a value that cannot be split goes in brackets if it must."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Guard:
    """`return False` unless the condition is true."""

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


Statement: TypeAlias = Line | Constant | Guard | If | For | Comment | Gap
Block: TypeAlias = tuple[Statement, ...]
FAIL = Line("return False")
LEAVE = Line("return")


def require(test: Test) -> Block:
    """Make a guard, unless the outcome of the condition is known."""
    if test == TRUE:
        return ()
    return (FAIL,) if test == FALSE else (Guard(test),)


def when(test: Test, then: Block, otherwise: Block = ()) -> Block:
    """Make an `if`, unless the condition's outcome is known or nothing depends on it.

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
    """Return a block of guards as one condition, if it is one of at most `limit` characters."""
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


def mentions(block: Block, name: str) -> bool:
    """Tell whether statements read a variable."""
    return bool(mentioned(block, (name,)))


def mentioned(block: Block, names: Iterable[str]) -> list[str]:
    """Return which of some variables statements read."""
    texts = [*_texts(block)]
    return [
        name
        for name in names
        if any(name in text and _reads(text, name) for text in texts)
    ]


def _reads(source: str, name: str) -> bool:
    if '"' in source or "'" in source or "#" in source:
        return name in names_in(source)
    return name in _WORD.findall(source)


def _texts(block: Block) -> Iterator[str]:
    """Yield all code in statements, in order."""
    for statement in block:
        if isinstance(statement, Line):
            yield statement.before
            yield flat(statement.code)
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


def names_in(source: str) -> set[str]:
    """Return the names that source mentions outside plain literals and comments."""
    found = set(_TOKEN.findall(source))
    texts = [each for each in found if each.endswith(('"', "'"))]
    found.difference_update(texts, ("",))
    for text in texts:
        for code in _REPLACEMENT.findall(text):
            found.update(_WORD.findall(code))
    return found


def render(block: Iterable[Statement], *, indent: int = 0) -> Iterator[str]:
    """Lay out statements; yield one or more lines for each."""
    gap = started = False
    for statement in _merge_guards(block, indent):
        if isinstance(statement, Gap):
            gap = started
            continue
        if gap:
            yield ""
        yield from _render(statement, indent)
        gap, started = False, True


def _render(statement: Statement, indent: int) -> Iterator[str]:
    pad = " " * indent
    if isinstance(statement, Line):
        yield pad + lay_out(statement.code, indent=indent, before=statement.before)
    elif isinstance(statement, If):
        word = "if"
        for test, body in statement.arms:
            yield lay_out_head(word, test, indent=indent)
            yield from render(body, indent=indent + 4)
            word = "elif"
        yield from _render_else(statement.otherwise, indent)
    elif isinstance(statement, Guard):
        yield lay_out_head("if", negate(statement.test), indent=indent)
        yield f"{pad}    return False"
    elif isinstance(statement, For):
        yield f"{pad}for {statement.head}:"
        yield from render(statement.body, indent=indent + 4)
        yield from _render_else(statement.otherwise, indent)
    elif isinstance(statement, Comment):
        yield comment(statement.text, indent=indent)
    elif isinstance(statement, Constant):
        before, value = f"{statement.name} = ", statement.value
        if isinstance(value, str):
            yield pad + lay_out_value(value, indent=indent, before=before)
        else:
            yield pad + lay_out(value, indent=indent, before=before)


def _render_else(block: Block, indent: int) -> Iterator[str]:
    if block:
        yield f"{' ' * indent}else:"
        yield from render(block, indent=indent + 4)


def _merge_guards(block: Iterable[Statement], indent: int) -> Iterator[Statement]:
    """Join neighbouring guards that fit on a line; split one that does not."""
    pending: Guard | None = None
    for statement in block:
        if not isinstance(statement, Guard):
            if pending:
                yield pending
            pending = None
            yield statement
            continue
        parts = statement.test.tests if isinstance(statement.test, Every) else None
        for test in parts or (statement.test,):
            if pending is not None:
                joined = Guard(every((pending.test, test)))
                if fits(f"{' ' * indent}if {text_of(negate(joined.test))}:"):
                    pending = joined
                    continue
                yield pending
            pending = Guard(test)
    if pending:
        yield pending

"""Statements -> lines, laid out the way black would.

A line that fits in 88 columns stays one line; a call that does not is split at its
brackets.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from engross.schema.values import JSON
from engross.validation.code import (
    Block,
    Call,
    Comment,
    Constant,
    Definition,
    For,
    Gap,
    Guard,
    If,
    Line,
    Listing,
    Statement,
    literal_text,
    quote,
)
from engross.validation.conditions import (
    Atom,
    Every,
    Test,
    every,
    negate,
    operand_text,
    text_of,
)

WIDTH = 88
_BEFORE_BRACKETS = ("return", "if", "elif")
_INDENT = 4


def fits(line: str) -> bool:
    """Tell whether a line is short enough; wide characters take two columns."""
    if line.isascii():
        return len(line) <= WIDTH
    return sum(map(_columns, line)) <= WIDTH


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def render(block: Iterable[Statement], depth: int = 0) -> Iterator[str]:
    """Write statements as lines."""
    gap = started = False
    for statement in _merge_guards(tuple(block), depth):
        if isinstance(statement, Gap):
            gap = started
            continue
        if gap:
            yield ""
        yield from _statement(statement, depth)
        gap, started = False, True


def _statement(statement: Statement, depth: int) -> Iterator[str]:
    margin = " " * (_INDENT * depth)
    if isinstance(statement, Line):
        yield margin + statement.text
    elif isinstance(statement, Comment):
        yield from comment(statement.text, depth)
    elif isinstance(statement, Call):
        head, brackets = statement.head, statement.brackets
        yield from bracketed(head, statement.arguments, depth, brackets=brackets)
    elif isinstance(statement, Constant):
        yield from literal(statement.text, depth, f"{statement.name} = ")
    elif isinstance(statement, Listing):
        yield from _listing(statement, depth)
    elif isinstance(statement, Guard):
        yield from _head("if", negate(statement.test), depth)
        yield margin + "    return False"
    elif isinstance(statement, For):
        yield f"{margin}for {statement.head}:"
        yield from render(statement.body, depth + 1)
        if statement.otherwise:
            yield f"{margin}else:"
            yield from render(statement.otherwise, depth + 1)
    elif isinstance(statement, If):
        word = "if"
        for test, body in statement.arms:
            yield from _head(word, test, depth)
            yield from render(body, depth + 1)
            word = "elif"
        if statement.otherwise:
            yield f"{margin}else:"
            yield from render(statement.otherwise, depth + 1)


def define(name: str, definition: Definition) -> list[str]:
    """Write the assignment of a constant."""
    function, value = definition.function, definition.value
    if not function:
        return literal(value, head=f"{name} = ")
    arguments = [definition.literal, *definition.options]
    head = f"{name} = {function}"
    if not isinstance(value, list):
        return list(bracketed(head, arguments, 0, tail=definition.attribute))
    line = f"{head}({definition.literal})"
    if fits(line):
        return [line]
    inner = f"    {definition.literal}"
    if fits(inner):
        return [f"{head}(", inner, ")"]
    members = [f"        {literal_text(member)}," for member in value]
    return [f"{head}(", "    {", *members, "    }", ")"]


def _listing(statement: Listing, depth: int) -> Iterator[str]:
    margin = " " * (_INDENT * depth)
    line = f"{margin}{statement.name} = [{', '.join(statement.items)}]"
    if fits(line):
        yield line
        return
    yield f"{margin}{statement.name} = ["
    for item in statement.items:
        yield from _split_call(item, depth + 1, ",")
    yield f"{margin}]"


def _split_call(text: str, depth: int, tail: str = "") -> Iterator[str]:
    """Write an expression; a call that is too long is split at its brackets."""
    head, bracket, rest = text.rpartition("(")
    line = f"{' ' * (_INDENT * depth)}{text}{tail}"
    if fits(line) or not bracket or not rest.endswith(")"):
        yield line
    else:
        yield from bracketed(head, rest[:-1].split(", "), depth, tail=tail)


def comment(text: str, depth: int) -> list[str]:
    """Write a comment, wrapped."""
    margin = " " * (_INDENT * depth) + "# "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def bracketed(
    head: str,
    parts: Sequence[str],
    depth: int,
    *,
    tail: str = "",
    brackets: str = "()",
) -> Iterator[str]:
    """Write a call: on one line, its arguments on a line of their own, or one a line."""
    margin = " " * (_INDENT * depth)
    opening, closing = brackets[0], brackets[1]
    joined = ", ".join(parts)
    line = f"{margin}{head}{opening}{joined}{closing}{tail}"
    inner = f"{margin}    {joined}"
    if fits(line) or not parts:
        yield line
        return
    word, space, rest = head.partition(" ")
    if word in _BEFORE_BRACKETS and space and not fits(f"{margin}{head}{opening}"):
        within = list(bracketed(rest, parts, depth + 1, brackets=brackets))
        if fits(within[0]):
            yield from (f"{margin}{word} (", *within, f"{margin}){tail}")
            return
    yield f"{margin}{head}{opening}"
    if fits(inner) or len(parts) == 1:
        yield inner
    else:
        for part in parts:
            yield f"{margin}    {part},"
    yield f"{margin}{closing}{tail}"


def literal(value: JSON, depth: int = 0, head: str = "", tail: str = "") -> list[str]:
    """Write a JSON value as a Python literal, split where it must be."""
    margin = " " * (_INDENT * depth)
    line = f"{margin}{head}{literal_text(value)}{tail}"
    if fits(line) or not value:
        return [line]
    if not isinstance(value, (list, dict)):
        inner = f"{margin}    {literal_text(value)}"
        if not head.endswith(" = ") or not fits(inner):
            return [line]
        return [f"{margin}{head}(", inner, f"{margin})"]
    if isinstance(value, list):
        opening, closing = "[]"
        members = [literal(item, depth + 1, tail=",") for item in value]
    else:
        opening, closing = "{}"
        members = [
            literal(value[name], depth + 1, f"{quote(name)}: ", ",") for name in value
        ]
    lines = [line for member in members for line in member]
    return [f"{margin}{head}{opening}", *lines, f"{margin}{closing}{tail}"]


def _head(word: str, test: Test, depth: int) -> Iterator[str]:
    """Write the head of an `if`."""
    margin = " " * (_INDENT * depth)
    line = f"{margin}{word} {text_of(test)}:"
    opposite = negate(test)
    if fits(line):
        yield line
        return
    if isinstance(test, Atom) or isinstance(opposite, Atom):
        yield from _long_atom(word, test, depth)
        return
    # Under `not (...)` the brackets are the one place to split at.
    joiner = "and" if isinstance(opposite, Every) else "or"
    operands = [operand_text(part) for part in opposite.tests]
    line = f"{margin}{word} not ({f' {joiner} '.join(operands)}):"
    if fits(line):
        yield line
        return
    yield f"{margin}{word} not ("
    inner = f"{margin}    {f' {joiner} '.join(operands)}"
    if fits(inner):
        yield inner
    else:
        for index, part in enumerate(opposite.tests):
            prefix = f"{joiner} " if index else ""
            yield from _operand_lines(part, prefix, depth + 1)
    yield f"{margin}):"


def _operand_lines(test: Test, prefix: str, depth: int) -> Iterator[str]:
    """Write an operand; what is too long is split where it can be."""
    margin = " " * (_INDENT * depth)
    line = f"{margin}{prefix}{operand_text(test)}"
    operator = test.operator if isinstance(test, Atom) else ""
    if not isinstance(test, Atom) and not fits(line):
        joiner = "and" if isinstance(test, Every) else "or"
        inner = f"{margin}    {text_of(test)}"
        yield f"{margin}{prefix}("
        if fits(inner):
            yield inner
        else:
            for index, part in enumerate(test.tests):
                yield from _operand_lines(part, f"{joiner} " * (index > 0), depth + 1)
        yield f"{margin})"
    elif operator and not fits(line):
        left, right = _halves(operand_text(test), operator)
        yield f"{margin}{prefix}{left}"
        yield f"{margin}{operator} {right}"
    else:
        yield from _split_call(f"{prefix}{operand_text(test)}", depth)


def _halves(text: str, operator: str) -> tuple[str, str]:
    """Part a comparison at its operator, not at the same word in a literal."""
    divide = text.rpartition if text.startswith(("'", '"')) else text.partition
    left, _, right = divide(f" {operator} ")
    return left, right


def _long_atom(word: str, test: Test, depth: int) -> Iterator[str]:
    """Write the head of an `if` whose one condition is too long for a line."""
    margin = " " * (_INDENT * depth)
    text = text_of(test)
    head, bracket, rest = text.rpartition("(")
    if bracket and rest.endswith(")"):
        parts = rest[:-1].split(", ")
        if head.endswith("in "):  # a tuple: always one item a line
            yield f"{margin}{word} {head}("
            yield from (f"{margin}    {part}," for part in parts)
            yield f"{margin}):"
        else:
            yield from bracketed(f"{word} {head}", parts, depth, tail=":")
        return
    yield f"{margin}{word} ("
    if fits(f"{margin}    {text}"):
        yield f"{margin}    {text}"
    else:
        operator = test.operator if isinstance(test, Atom) else ""
        left, right = _halves(text, operator)
        yield f"{margin}    {left}"
        yield f"{margin}    {operator} {right}"
    yield f"{margin}):"


def _merge_guards(block: Block, depth: int) -> Iterator[Statement]:
    """Join neighbouring guards while their line fits; part one whose line does not."""
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
                if _guard_fits(joined, depth):
                    pending = joined
                    continue
                yield pending
            pending = Guard(test)
    if pending:
        yield pending


def _guard_fits(guard: Guard, depth: int) -> bool:
    return fits(f"{' ' * (_INDENT * depth)}if {text_of(negate(guard.test))}:")

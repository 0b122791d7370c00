"""Python source as a small tree, written out the way black would.

A line that fits in 88 columns stays one line; a call that does not is split at its
brackets. Conditions that would not fit are never built: see `fits`.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engross.validation.values import JSON

WIDTH = 88
_INDENT = 4
_LONGEST_JOINED = 60

_INERT = re.compile(r"""[fr]?"(?:\\.|[^"\\\n])*"|[fr]?'(?:\\.|[^'\\\n])*'|#.*""")
_REPLACEMENT = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")


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
    return word.join(map(_operand, test.tests))


def _operand(test: Test) -> str:
    return text_of(test) if isinstance(test, Atom) else f"({text_of(test)})"


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


def fits(line: str) -> bool:
    """Tell whether a line is short enough; wide characters take two columns."""
    if line.isascii():
        return len(line) <= WIDTH
    return sum(map(_columns, line)) <= WIDTH


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


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


@dataclass(frozen=True, slots=True)
class Definition:
    """The value of a constant: a literal, or what a function makes of one."""

    literal: str
    """The literal on one line; it also tells definitions apart."""
    value: JSON
    function: str = ""
    options: tuple[str, ...] = ()
    """Further arguments of the function."""


def define(name: str, definition: Definition) -> list[str]:
    """Write the assignment of a constant."""
    function, value = definition.function, definition.value
    if not function:
        return literal(value, head=f"{name} = ")
    arguments = [definition.literal, *definition.options]
    head = f"{name} = {function}"
    if not isinstance(value, list):
        return list(bracketed(head, arguments, 0))
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
    yield from (f"{margin}    {item}," for item in statement.items)
    yield f"{margin}]"


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
    operands = [_operand(part) for part in opposite.tests]
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
            yield from _operand_lines(part, f"{margin}    {prefix}", f"{margin}    ")
    yield f"{margin}):"


def _operand_lines(test: Test, start: str, margin: str) -> Iterator[str]:
    """Write an operand; a comparison that is too long goes on two lines."""
    line = start + _operand(test)
    if fits(line) or not isinstance(test, Atom) or not test.operator:
        yield line
        return
    left, _, right = line.rpartition(f" {test.operator} ")
    yield left
    yield f"{margin}{test.operator} {right}"


def _long_atom(word: str, test: Test, depth: int) -> Iterator[str]:
    """Write the head of an `if` whose one condition is too long for a line."""
    margin = " " * (_INDENT * depth)
    text = text_of(test)
    head, bracket, rest = text.rpartition("(")
    if bracket and rest.endswith(")"):
        parts = rest[:-1].split(", ")
        yield from bracketed(f"{word} {head}", parts, depth, tail=":")
        return
    yield f"{margin}{word} ("
    if fits(f"{margin}    {text}"):
        yield f"{margin}    {text}"
    else:
        operator = test.operator if isinstance(test, Atom) else ""
        left, _, right = text.rpartition(f" {operator} ")
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

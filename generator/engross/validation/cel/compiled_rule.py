"""A rule -> the body of a Python function."""

from __future__ import annotations

from collections.abc import Callable

from engross.data import dataclass
from engross.layout import WIDTH, compact_call
from engross.layout.conditions import (
    COMPARISONS,
    Atom,
    Test,
    atom,
    compare,
    every,
    negate,
    some,
)
from engross.layout.statements import FAIL, Block, For, If, Line, Statement
from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.tree import Key
from engross.validation.cel.compiler import compile_expression
from engross.validation.cel.python import NOT, SUM, Path, Py

_ROOM = WIDTH - 12
"""Columns for a statement, three levels in."""

_LONGEST_CONDITION = _ROOM - 8
_JOINERS = {"and": every, "or": some}
_ACCEPT = Line("return True")


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule as the body of a function of `this`."""

    body: Block
    reads: tuple[Path, ...]
    """Parts of the payload that it reads; the empty path is the whole."""


def compile_rule(
    text: str, graph: Graph, key: Key, constant: Callable[[Regex], str]
) -> CompiledRule:
    """Compile a rule of a schema.

    Args:
        text: the rule, in CEL.
        graph: all schemas.
        key: the schema that the rule belongs to.
        constant: returns the name of the constant that matches a pattern.

    Raises:
        CelError: the rule is malformed, breaks the types that the schemas state, or is
            outside what is supported.
    """
    expression = compile_expression(text, graph, key, constant)
    return CompiledRule(_body(expression.value), expression.reads)


def _body(expression: Py) -> Block:
    """Return the statements that return a verdict, each short enough for a line."""
    line = f"return {_as_bool(expression)}"
    if len(line) <= _ROOM:
        return (Line(line),)
    parts = expression.operands
    if expression.operator == "and":
        return (_leave(negate(_test(parts[0])), FAIL), *_body(parts[1]))
    if expression.operator == "or":
        return (_leave(_test(parts[0]), _ACCEPT), *_body(parts[1]))
    if expression.operator == "if":
        condition, then, otherwise = parts
        return (If(((_test(condition), _body(then)),)), *_body(otherwise))
    if expression.operator in ("both", "either"):
        branches = tuple(f"lambda: {part.text}" for part in parts)
        if max(map(len, branches)) < _ROOM:
            return (Line(compact_call(expression.operator, branches), "return "),)
    if expression.operator in COMPARISONS:
        before_left, left = _short(parts[0], "left")
        before_right, right = _short(parts[1], "right")
        comparison = f"return {left} {expression.operator} {right}"
        return (*before_left, *before_right, _line(comparison))
    return (_line(line),)


def _as_bool(expression: Py) -> str:
    return expression.text if expression.is_bool else f"bool({expression.text})"


def _leave(test: Test, statement: Statement) -> Statement:
    return If(((test, (statement,)),))


def _test(expression: Py, *, within: str = "") -> Test:
    """Return a condition, made of its operands if it is too long for a line.

    Args:
        expression: the condition.
        within: the operator that joins it to others, if there is one.
    """
    operator, operands = expression.operator, expression.operands
    join = _JOINERS.get(operator)
    is_long = len(expression.text) > _LONGEST_CONDITION
    if join is not None and (is_long or operator == within):
        return join(_test(operand, within=operator) for operand in operands)
    if not within:
        return Atom(expression.text, f"not {expression.within(NOT)}")
    if operator in COMPARISONS:
        left, right = operands
        return compare(left.within(SUM), operator, right.within(SUM))
    return atom(expression.within(NOT))


def _short(operand: Py, name: str) -> tuple[Block, str]:
    """Return the statements that prepare an operand, and a short expression for it."""
    if len(operand.text) <= _ROOM // 2 - 8:
        return (), operand.within(SUM)
    if operand.operator == "sum" and operand.operands:
        result, loop = operand.operands
        head = loop.text.removeprefix("for ")
        source, _, only = head.partition(" if ")
        addition: Block = (_line(f"{name} += {result.text}"),)
        if only:
            addition = (If(((atom(only), addition),)),)
        return (Line(f"{name}: int | Decimal = 0"), For(source, addition)), name
    return (_line(f"{name} = {operand.text}"),), name


def _line(text: str) -> Line:
    return Line(text if len(text) <= _ROOM else f"{text}  # fmt: skip")

"""A rule's expression -> the statements of a function, short enough for a line each."""

from __future__ import annotations

from engross.validation.cel.python import Py
from engross.validation.code import FAIL, Block, Call, For, If, Line, Statement
from engross.validation.conditions import Atom
from engross.validation.layout import WIDTH

_ROOM = WIDTH - 12
_ACCEPT = Line("return True")


def body(expression: Py) -> Block:
    """Give the statements that return the verdict of a rule."""
    text = f"return {_as_bool(expression)}"
    if len(text) <= _ROOM:
        return (Line(text),)
    parts = expression.operands
    if expression.operator == "and":
        return (_leave(f"not {parts[0].within(3)}", FAIL), *body(parts[1]))
    if expression.operator == "or":
        return (_leave(parts[0].text, _ACCEPT), *body(parts[1]))
    if expression.operator == "if":
        condition, then, otherwise = parts
        test = Atom(condition.text, f"not {condition.within(3)}")
        return (If(((test, body(then)),)), *body(otherwise))
    if expression.operator in ("both", "either"):
        branches = tuple(f"lambda: {part.text}" for part in parts)
        if max(map(len, branches)) < _ROOM:
            return (Call(f"return {expression.operator}", branches),)
    if expression.operator in ("==", "!=", "<", "<=", ">", ">="):
        before_left, left = _short(parts[0], "left")
        before_right, right = _short(parts[1], "right")
        comparison = f"return {left} {expression.operator} {right}"
        return (*before_left, *before_right, _line(comparison))
    return (_line(text),)


def _as_bool(expression: Py) -> str:
    return expression.text if expression.is_bool else f"bool({expression.text})"


def _leave(condition: str, statement: Statement) -> Statement:
    return If(((Atom(condition, ""), (statement,)),))


def _short(operand: Py, name: str) -> tuple[Block, str]:
    """Give an operand as a short expression, and the statements that prepare it."""
    if len(operand.text) <= _ROOM // 2 - 8:
        return (), operand.within(5)
    if operand.operator == "sum" and operand.operands:
        result, loop = operand.operands
        head = loop.text.removeprefix("for ")
        source, _, only = head.partition(" if ")
        addition: Block = (_line(f"{name} += {result.text}"),)
        if only:
            addition = (If(((Atom(only, ""), addition),)),)
        return (Line(f"{name}: int | Decimal = 0"), For(source, addition)), name
    return (_line(f"{name} = {operand.text}"),), name


def _line(text: str) -> Line:
    return Line(text if len(text) <= _ROOM else f"{text}  # fmt: skip")

"""The syntax tree of CEL."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from engross.data import dataclass


class CelError(ValueError):
    """An expression that is malformed, or outside what is supported.

    Attributes:
        line: line in the expression, from 1.
        column: column in the line, from 1.
    """

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class At:
    """A place in an expression."""

    line: int
    column: int

    def error(self, message: str) -> CelError:
        """Make an error that points here."""
        return CelError(message, self.line, self.column)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, a boolean or null."""

    at: At
    value: bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class Ident:
    """A variable."""

    at: At
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """A member of an object."""

    at: At
    operand: Expr
    field: str


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an object has a member."""

    at: At
    field: Select


@dataclass(frozen=True, slots=True)
class Index:
    """An item of a list or a member of an object."""

    at: At
    operand: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or a method of its target."""

    at: At
    function: str
    target: Expr | None
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Macro:
    """A comprehension over a list: `all`, `exists`, `exists_one`, `map`, `filter`."""

    at: At
    name: str
    operand: Expr
    variable: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`!` or `-`."""

    at: At
    operator: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and the operator between them."""

    at: At
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    at: At
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    at: At
    items: tuple[Expr, ...]


Expr: TypeAlias = (
    Literal
    | Ident
    | Select
    | Has
    | Index
    | Call
    | Macro
    | Unary
    | Binary
    | Conditional
    | ListOf
)

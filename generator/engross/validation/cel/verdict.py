"""Rules that are true, or false, whatever the value is.

What a rule says of parts of the value is compared with itself and with what the schemas
say. Nothing is concluded where that does not decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeAlias

from engross.data import dataclass
from engross.schema.reader import Graph
from engross.schema.tree import Key
from engross.validation.cel.cel_syntax import (
    At,
    Binary,
    Call,
    Conditional,
    Expr,
    Has,
    Ident,
    Index,
    ListOf,
    Literal,
    Select,
    Unary,
)
from engross.validation.cel.kinds import Kind, Schemas, Type

_OPPOSITES: Final = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_MOST_CASES: Final = 64
"""Ways in which a rule can be true that are looked at."""

_Wanted: TypeAlias = tuple[Expr, bool]
"""A condition, and what it should be."""


@dataclass(frozen=True, slots=True)
class _Range:
    """Numbers between two limits."""

    least: Decimal | None = None
    most: Decimal | None = None
    is_least_out: bool = False
    is_most_out: bool = False

    def limited(self, operator: str, limit: Decimal) -> _Range:
        """Return the numbers of the range that compare so to a limit."""
        found = self
        if operator in ("==", ">=", ">"):
            found = found._above(limit, is_out=operator == ">")
        if operator in ("==", "<=", "<"):
            found = found._below(limit, is_out=operator == "<")
        return found

    def _above(self, limit: Decimal, *, is_out: bool) -> _Range:
        if self.least is None or (limit, is_out) > (self.least, self.is_least_out):
            return replace(self, least=limit, is_least_out=is_out)
        return self

    def _below(self, limit: Decimal, *, is_out: bool) -> _Range:
        if self.most is None or (-limit, is_out) > (-self.most, self.is_most_out):
            return replace(self, most=limit, is_most_out=is_out)
        return self

    @property
    def is_empty(self) -> bool:
        """Return whether there is no number between the limits."""
        if self.least is None or self.most is None:
            return False
        is_out = self.is_least_out or self.is_most_out
        return self.least > self.most or (self.least == self.most and is_out)


def constant_verdict(text: str, graph: Graph, key: Key) -> bool | None:
    """Return what a rule of a schema always is; None if it depends on the value.

    Args:
        text: the rule, in CEL that compiles.
        graph: all schemas.
        key: the schema that the rule belongs to.
    """
    # The grammar takes a while to load, and most contracts have no rules.
    from engross.validation.cel.cel_parser import parse  # noqa: PLC0415

    tree = parse(text)
    cases = _Cases(graph, key)
    if not cases.can_be(((tree, True),)):
        return False
    return None if cases.can_be(((tree, False),)) else True


class _Cases:
    """Decides whether conditions can be as wanted at the same time."""

    def __init__(self, graph: Graph, key: Key) -> None:
        self._schemas = Schemas(graph)
        self._self = self._schemas.type_of(key)

    def can_be(self, wanted: tuple[_Wanted, ...]) -> bool:
        """Return whether it is possible, as far as is known."""
        return any(map(self._is_consistent, _alternatives(wanted)))

    def _is_consistent(self, wanted: tuple[_Wanted, ...]) -> bool:
        ranges: dict[Expr, _Range] = {}
        texts: dict[Expr, str] = {}
        verdicts: dict[Expr, bool] = {}
        for tree, verdict in wanted:
            condition = _anywhere(tree)
            if verdicts.setdefault(condition, verdict) is not verdict:
                return False
            if isinstance(condition, Literal) and condition.value is not verdict:
                return False
            if (
                not isinstance(condition, Binary)
                or condition.operator not in _OPPOSITES
            ):
                continue
            left, right, operator = condition.left, condition.right, condition.operator
            operator = operator if verdict else _OPPOSITES[operator]
            if _constant(left) is not None and _constant(right) is None:
                left, right, operator = right, left, _MIRRORED[operator]
            if left == right and operator in ("!=", "<", ">"):
                return False
            limit = _constant(right)
            if isinstance(limit, Decimal):
                known = ranges.get(left) or self._range(left)
                ranges[left] = known.limited(operator, limit)
                is_other = operator == "!=" and _only(known) == limit
                if ranges[left].is_empty or is_other:
                    return False
            if isinstance(limit, str):
                text = _constant(left) if isinstance(left, Literal) else texts.get(left)
                if operator == "==" and text not in (None, limit):
                    return False
                if operator == "!=" and text == limit:
                    return False
                if operator == "==":
                    texts[left] = limit
        return True

    def _range(self, tree: Expr) -> _Range:
        """Return the numbers that an expression can be, as the schemas say."""
        value = _constant(tree)
        if isinstance(value, Decimal):
            return _Range(value, value)
        if isinstance(tree, Call) and tree.function == "size":
            measured = tree.target or (tree.arguments[0] if tree.arguments else None)
            known = None if measured is None else self._type(measured)
            return _Range(Decimal(0)) if known is None else self._sizes(known)
        known = self._type(tree)
        if known is None or not known.kind.is_number:
            return _Range()
        found = _Range()
        for schema in self._schemas.applied(known.keys):
            for operator, limit in (
                (">=", schema.minimum),
                (">", schema.exclusive_minimum),
                ("<=", schema.maximum),
                ("<", schema.exclusive_maximum),
            ):
                if limit is not None:
                    found = found.limited(operator, Decimal(str(limit)))
        return found

    def _sizes(self, measured: Type) -> _Range:
        part = {Kind.TEXT: "length", Kind.LIST: "items", Kind.OBJECT: "properties"}
        found = _Range(Decimal(0))
        name = part.get(measured.kind)
        for schema in self._schemas.applied(measured.keys) if name else ():
            least, most = (getattr(schema, f"{end}_{name}") for end in ("min", "max"))
            found = found if least is None else found.limited(">=", Decimal(least))
            found = found if most is None else found.limited("<=", Decimal(most))
        return found

    def _type(self, tree: Expr) -> Type | None:
        """Return the type of a part of the value; None for anything else."""
        if isinstance(tree, Ident):
            return self._self if tree.name == "self" else None
        if isinstance(tree, Select):
            owner = self._type(tree.operand)
            member = None if owner is None else self._schemas.member(owner, tree.field)
            return None if member is None else member[0]
        return None


def _alternatives(wanted: tuple[_Wanted, ...]) -> Iterator[tuple[_Wanted, ...]]:
    """Yield the ways in which conditions are as wanted, each as plain conditions."""
    waiting = [wanted]
    count = 1
    while waiting:
        case = waiting.pop()
        for position, (tree, verdict) in enumerate(case):
            ways = _ways(tree, verdict)
            if ways is not None and count + len(ways) <= _MOST_CASES:
                count += len(ways) - 1
                others = (*case[:position], *case[position + 1 :])
                waiting += [(*others, *way) for way in ways]
                break
        else:
            yield case


def _ways(tree: Expr, verdict: bool) -> list[tuple[_Wanted, ...]] | None:
    """Return the ways in which a condition is as wanted; None if it is a plain one."""
    if isinstance(tree, Unary) and tree.operator == "!":
        return [((tree.operand, not verdict),)]
    if isinstance(tree, Conditional):
        return [
            ((tree.condition, True), (tree.then, verdict)),
            ((tree.condition, False), (tree.otherwise, verdict)),
        ]
    if isinstance(tree, Binary) and tree.operator in ("&&", "||"):
        both = ((tree.left, verdict), (tree.right, verdict))
        is_every = (tree.operator == "&&") is verdict
        return [both] if is_every else [(each,) for each in both]
    return None


def _constant(tree: Expr) -> Decimal | str | None:
    """Return the number or text that an expression is, if it is written there."""
    if isinstance(tree, Literal):
        value = tree.value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        return value if isinstance(value, str) else None
    if isinstance(tree, Unary) and tree.operator == "-":
        inner = _constant(tree.operand)
        return -inner if isinstance(inner, Decimal) else None
    return None


def _only(known: _Range) -> Decimal | None:
    return known.least if known.least == known.most else None


def _selected(tree: Select) -> Select:
    return Select(_ANYWHERE, _anywhere(tree.operand), tree.field)


_ANYWHERE: Final = At(0, 0)


def _anywhere(tree: Expr) -> Expr:
    """Return an expression without its places, so that equal ones are equal."""
    match tree:
        case Select():
            return _selected(tree)
        case Has(_, member):
            return Has(_ANYWHERE, _selected(member))
        case Index(_, operand, index):
            return Index(_ANYWHERE, _anywhere(operand), _anywhere(index))
        case Call(_, function, target, arguments):
            owner = None if target is None else _anywhere(target)
            return Call(_ANYWHERE, function, owner, tuple(map(_anywhere, arguments)))
        case Unary(_, operator, operand):
            return Unary(_ANYWHERE, operator, _anywhere(operand))
        case Binary(_, operator, left, right):
            return Binary(_ANYWHERE, operator, _anywhere(left), _anywhere(right))
        case ListOf(_, items):
            return ListOf(_ANYWHERE, tuple(map(_anywhere, items)))
        case Literal() | Ident():
            return replace(tree, at=_ANYWHERE)
    return tree

"""Fields that hold money, other numbers with a fraction, and dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engross.contract.ir import (
    Contract,
    Kind,
    ListOf,
    MapOf,
    Model,
    Money,
    MoneyUnit,
    Nullable,
    Primitive,
    Type,
    Union,
)
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, table

_MOST_NAMED = 40

_NUMBERS: Mapping[Kind, tuple[str, str]] = {
    Kind.DECIMAL: ("Decimal", "number"),
    Kind.DECIMAL_TEXT: ("Decimal", "text"),
    Kind.INTEGER: ("int", "number"),
    Kind.NUMBER: ("float", "number"),
}

_INSTANTS: Mapping[Kind, tuple[str, str]] = {
    Kind.DATE: ("datetime.date", "text, `YYYY-MM-DD`"),
    Kind.DATE_TIME: ("datetime.datetime", "text, RFC 3339"),
    Kind.UNIX_SECONDS: ("datetime.datetime", "integer, seconds since 1970"),
    Kind.UNIX_MILLISECONDS: ("datetime.datetime", "integer, milliseconds since 1970"),
}


class Quantity(NamedTuple):
    """A field of a model, with the kind of value that it holds."""

    path: str
    kind: Kind
    money: Money | None


def quantities_of(contract: Contract, names: PythonNames) -> list[Quantity]:
    """Return the fields of all models in requests and responses that hold numbers or dates."""
    found: list[Quantity] = []
    for definition in contract.definitions:
        is_used = definition.in_request or definition.in_reply
        if isinstance(definition, Model) and is_used:
            owner = names.class_of(definition)
            for field in definition.fields:
                kind = _kind(field.type)
                if kind is not None and (kind in _NUMBERS or kind in _INSTANTS):
                    path = f"{owner}.{names.field(definition, field)}"
                    found.append(Quantity(path, kind, field.docs.money))
    return found


def money(found: Iterable[Quantity]) -> str:
    """Return the table of fields that hold money, by unit and type."""
    rows: dict[tuple[str, Kind], list[str]] = {}
    for each in found:
        if each.money is not None and each.kind in _NUMBERS:
            rows.setdefault((_unit(each.money), each.kind), []).append(each.path)
    return table(
        ("Fields", "Unit", "Python", "JSON or form"),
        (
            (_named(paths), unit, code(_NUMBERS[kind][0]), _NUMBERS[kind][1])
            for (unit, kind), paths in rows.items()
        ),
    )


def _unit(money: Money) -> str:
    unit = "major units" if money.unit is MoneyUnit.MAJOR else "the smallest unit"
    return f"{unit} of {money.currency or 'the currency'}"


def money_types(found: Iterable[Quantity]) -> frozenset[str]:
    """Return the Python types of fields that hold money."""
    return frozenset(
        _NUMBERS[each.kind][0]
        for each in found
        if each.money is not None and each.kind in _NUMBERS
    )


def decimals(found: Iterable[Quantity]) -> str:
    """Return the exact numbers that are not marked as money."""
    kinds = (Kind.DECIMAL, Kind.DECIMAL_TEXT)
    return _named(
        each.path for each in found if each.kind in kinds and each.money is None
    )


def floats(found: Iterable[Quantity]) -> str:
    """Return the numbers that are binary floats."""
    return _named(each.path for each in found if each.kind is Kind.NUMBER)


def dates(found: Iterable[Quantity], contract: Contract, names: PythonNames) -> str:
    """Return the table of fields and parameters that hold dates and times."""
    rows: dict[Kind, list[str]] = {kind: [] for kind in _INSTANTS}
    for each in found:
        if each.kind in rows:
            rows[each.kind].append(each.path)
    for operation in contract.operations:
        for parameter in operation.parameters:
            kind = _kind(parameter.type)
            if kind is not None and kind in rows and not parameter.constant:
                argument = names.argument(operation, parameter.id)
                rows[kind].append(f"{names.method(operation)}({argument})")
    return table(
        ("Fields", "Python", "JSON or form"),
        (
            (_named(paths), code(_INSTANTS[kind][0]), _INSTANTS[kind][1])
            for kind, paths in rows.items()
            if paths
        ),
    )


def _kind(type_: Type) -> Kind | None:
    """Return the kind of value that a type holds, directly or in a list or map."""
    match type_:
        case Primitive(kind):
            return kind
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            return _kind(inner)
        case Union(members):
            return next(filter(None, map(_kind, members)), None)
    return None


def _named(paths: Iterable[str]) -> str:
    """Return the paths as code; the count of those beyond the first 40."""
    listed = list(paths)
    more = len(listed) - _MOST_NAMED
    text = codes(listed[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text

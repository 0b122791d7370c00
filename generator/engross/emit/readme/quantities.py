"""Fields that hold money, other numbers with a fraction, and dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engross.contract.ir import (
    Contract,
    Field,
    Kind,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Primitive,
    Type,
    Union,
)
from engross.emit.naming import PythonNames
from engross.emit.readme.highlights import MONEY_NOTE, is_money
from engross.emit.readme.markdown import code, codes, prose, table

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


def money(contract: Contract, names: PythonNames) -> str:
    """The fields that hold money, by unit and type."""
    rows: dict[tuple[str, Kind], list[str]] = {}
    for path, each in _fields(contract, names):
        kind = _kind(each.type)
        note = next((n for n in each.docs.notes if n.startswith(MONEY_NOTE)), None)
        if note is not None and kind is not None and kind in _NUMBERS:
            unit = prose(note.removeprefix(MONEY_NOTE).rstrip("."))
            rows.setdefault((unit, kind), []).append(path)
    return table(
        ("Fields", "Counted in", "Python", "JSON or form"),
        (
            (_named(paths), unit, code(_NUMBERS[kind][0]), _NUMBERS[kind][1])
            for (unit, kind), paths in rows.items()
        ),
    )


def money_types(contract: Contract, names: PythonNames) -> frozenset[str]:
    """The Python types that money has."""
    kinds = {_kind(each.type) for _, each in _fields(contract, names) if is_money(each)}
    return frozenset(_NUMBERS[kind][0] for kind in kinds & _NUMBERS.keys() if kind)


def decimals(contract: Contract, names: PythonNames) -> str:
    """Exact numbers that the contract does not call money."""
    kinds = (Kind.DECIMAL, Kind.DECIMAL_TEXT)
    return _named(
        path
        for path, each in _fields(contract, names)
        if _kind(each.type) in kinds and not is_money(each)
    )


def floats(contract: Contract, names: PythonNames) -> str:
    """Numbers with a fraction that are held in binary."""
    return _named(
        path
        for path, each in _fields(contract, names)
        if _kind(each.type) is Kind.NUMBER
    )


def dates(contract: Contract, names: PythonNames) -> str:
    """Fields and parameters that hold dates and instants."""
    rows: dict[Kind, list[str]] = {kind: [] for kind in _INSTANTS}
    for path, each in _fields(contract, names):
        kind = _kind(each.type)
        if kind is not None and kind in rows:
            rows[kind].append(path)
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


def _fields(contract: Contract, names: PythonNames) -> Iterator[tuple[str, Field]]:
    """Fields of all models that travel, by their paths."""
    for definition in contract.definitions:
        travels = definition.in_request or definition.in_reply
        if isinstance(definition, Model) and travels:
            for each in definition.fields:
                field = names.field(definition, each)
                yield f"{names.class_of(definition)}.{field}", each


def _kind(type_: Type) -> Kind | None:
    """The kind of plain value that a type holds, be it in a list or a map."""
    match type_:
        case Primitive(kind):
            return kind
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            return _kind(inner)
        case Union(members):
            return next(filter(None, map(_kind, members)), None)
    return None


def _named(paths: Iterable[str]) -> str:
    """The paths as code, as many as a reader bears."""
    listed = list(paths)
    more = len(listed) - _MOST_NAMED
    text = codes(listed[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text

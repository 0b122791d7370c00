"""The most useful fields of a response, and the code that prints them."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from decimal import Decimal

from engross.contract.ir import (
    Enum,
    Field,
    Kind,
    ListOf,
    Literal,
    Model,
    Nullable,
    Primitive,
    Ref,
    Type,
)
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import snake
from engross.layout import WIDTH

_MOST = 4
_DEEPEST = 3
_LONGEST = 48
_IDENTIFIERS = ("id", "number", "reference", "ref", "key")
_STATES = ("status", "state")
_LINKS = ("url", "link", "uri")
_AMOUNTS = ("amount", "total", "price")
_PRINTED_AS_SENT = (Kind.STRING, Kind.INTEGER, Kind.DECIMAL, Kind.DECIMAL_TEXT)


class Variables:
    """Variables of snippets that share a namespace: each type has its own."""

    def __init__(self, names: PythonNames, taken: Iterable[str]) -> None:
        self._names = names
        self._scope = Namespace(
            "a variable",
            {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *taken},
        )

    def of(self, type_: Type, *fallbacks: str) -> str:
        """Return the variable of a type, named for its model or by the first free fallback."""
        match type_:
            case (Ref() as ref) | Nullable(Ref() as ref):
                wanted = [snake(self._names.class_of(ref))]
            case ListOf(Ref() as ref):
                wanted = [f"{snake(self._names.class_of(ref))}_list"]
            case _:
                wanted = []
        return self._scope.claim(type_, *(*wanted, *fallbacks) or ("value",))


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented response, or a sample.

    Attributes:
        documented: Whether the printed values are documented, and so worth showing.
        given: Wire names that the request contained; their values are already known.
    """

    documented: bool
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Shown:
    name: str
    field: Field
    value: object


@dataclass(frozen=True, slots=True)
class _Place:
    """An object within a response; `is_sure` if it is always present."""

    path: str
    model: Model
    value: object
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Highlights:
    """Writes prints of the most useful fields of a value."""

    names: PythonNames
    variables: Variables

    def lines(self, type_: Type, name: str, value: object, reply: Reply) -> list[str]:
        """Return statements that print the value of a variable; none if it is empty."""
        match type_:
            case Nullable(inner):
                lines = self.lines(inner, name, value, reply)
                return [f"if {name}:", *_indented(lines)] if lines else []
            case ListOf(item):
                first = value[0] if isinstance(value, list) and value else None
                each = self.variables.of(item, "item")
                lines = self.lines(item, each, first, reply) or [f"print({each})"]
                return [f"for {each} in {name}:", *_indented(lines)]
            case Ref():
                definition = self.names.definition(type_)
                if isinstance(definition, Model):
                    return self._model(definition, name, value, reply)
                return [f"print({name})"]
            case Primitive(Kind.BINARY):
                return [f"print(len({name}))"]
        return [f"print({name})"]

    def _model(self, model: Model, name: str, value: object, reply: Reply) -> list[str]:
        best = self._best(model, value, reply)
        lines = [_print(name, each, reply) for each in best]
        within = self._within(model, name, value, reply, _DEEPEST)
        useful = self._best(within.model, within.value, reply) if within else []
        if within is None or len(useful) <= len(best):
            plain = lines or [
                _print(name, each, reply) for each in self._scalars(model, value)[:2]
            ]
            return plain or [f"print({name})"]
        if within.is_sure:
            return lines + [_print(within.path, each, reply) for each in useful]
        field = within.path.rpartition(".")[2]
        held = self.variables.of(Ref(within.model.at), field)
        return [
            *lines,
            f"{held} = {within.path}",
            f"if {held}:",
            *_indented([_print(held, each, reply) for each in useful]),
        ]

    def _within(
        self, model: Model, path: str, value: object, reply: Reply, depth: int
    ) -> _Place | None:
        """Return the most useful object within a model."""
        places: list[_Place] = []
        held = value if isinstance(value, dict) and depth else {}
        for field in model.fields:
            inner = field.type.inner if isinstance(field.type, Nullable) else field.type
            is_object = isinstance(held.get(field.wire), dict)
            if not isinstance(inner, Ref) or not is_object:
                continue
            definition = self.names.definition(inner)
            if isinstance(definition, Model):
                is_sure = field.required and inner is field.type
                step = f"{path}.{self.names.field(model, field)}"
                place = _Place(step, definition, held[field.wire], is_sure)
                places.append(place)
                if is_sure:
                    deeper = self._within(
                        definition, place.path, place.value, reply, depth - 1
                    )
                    places += [deeper] if deeper else []
        return max(
            places,
            key=lambda place: len(self._best(place.model, place.value, reply)),
            default=None,
        )

    def _best(self, model: Model, value: object, reply: Reply) -> list[_Shown]:
        """Return identifier, status, link and amount, as far as there are any."""
        scalars = self._scalars(model, value)
        news = [each for each in scalars if each.field.wire not in reply.given]
        money = [each for each in scalars if each.field.docs.money is not None]
        found = (
            _first(news, _IDENTIFIERS) or _first(scalars, _IDENTIFIERS),
            _first(scalars, _STATES),
            _first(news, _LINKS),
            next((each for each in money if _is_amount(each)), None)
            or next(iter(money), None),
        )
        unique: list[_Shown] = []
        for shown in found:
            if shown is not None and shown not in unique:
                unique.append(shown)
        return unique[:_MOST]

    def _scalars(self, model: Model, value: object) -> list[_Shown]:
        """Return the scalar fields in a response; all, if no response is documented."""
        held = value if isinstance(value, dict) else None
        return [
            _Shown(
                self.names.field(model, each),
                each,
                None if held is None else held[each.wire],
            )
            for each in model.fields
            if (held is None or held.get(each.wire) is not None)
            and self._is_scalar(each.type)
        ]

    def _is_scalar(self, type_: Type) -> bool:
        match type_:
            case Nullable(inner):
                return self._is_scalar(inner)
            case Primitive(kind):
                return kind not in (Kind.ANY, Kind.BINARY, Kind.NULL)
            case Ref():
                return isinstance(self.names.definition(type_), Enum)
        return isinstance(type_, Literal)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _first(fields: Iterable[_Shown], endings: tuple[str, ...]) -> _Shown | None:
    """Return the field whose name is, or else ends in, one of the words."""
    candidates = list(fields)
    for candidate in candidates:
        if candidate.name == endings[0]:
            return candidate
    for candidate in candidates:
        if candidate.name.rpartition("_")[2] in endings:
            return candidate
    return None


def _is_amount(shown: _Shown) -> bool:
    return not set(_AMOUNTS).isdisjoint(shown.name.split("_"))


def _print(path: str, shown: _Shown, reply: Reply) -> str:
    """Return a print of a field, with its output if that is short and known."""
    statement = f"print({path}.{shown.name})"
    text = _as_printed(shown) if reply.documented else ""
    line = f"{statement}  # {text}"
    return line if text and len(line) <= WIDTH - 8 else statement


def _as_printed(shown: _Shown) -> str:
    """Return the output of `print` for a value; empty if it is long or unclear."""
    type_ = shown.field.type
    inner = type_.inner if isinstance(type_, Nullable) else type_
    as_sent = isinstance(inner, Ref | Literal) or (
        isinstance(inner, Primitive) and inner.kind in _PRINTED_AS_SENT
    )
    value = shown.value
    if not as_sent or isinstance(value, bool | float):
        return ""
    text = str(value) if isinstance(value, str | int | Decimal) else ""
    is_plain = text.isascii() and text.isprintable() and text == text.strip()
    return text if is_plain and len(text) <= _LONGEST else ""

"""Wire bodies derived from documented ones: reduced to what is required, or invalid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engross.contract.ir import (
    Contract,
    Kind,
    ListOf,
    Literal,
    Model,
    Nullable,
    Operation,
    Primitive,
    Ref,
    Type,
)
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.emit.testing.wire import Filler
from engross.validation import Validator, Violation, validator_of

Path = tuple[str | int, ...]

_WRONG: Mapping[Kind, tuple[object, ...]] = {
    Kind.STRING: ("",),
    Kind.INTEGER: (0, -1),
    Kind.NUMBER: (-1,),
    Kind.DECIMAL: (0, -1),
    Kind.DECIMAL_TEXT: ("-1",),
    Kind.DATE_TIME: ("2000-01-01T00:00:00Z",),
}
"""Values of the right type that contracts often forbid."""

_MISTYPED: Mapping[Kind, object] = {
    Kind.STRING: 12,
    Kind.BOOLEAN: "perhaps",
    Kind.INTEGER: "a few",
    Kind.NUMBER: "a few",
    Kind.DECIMAL: "a lot",
    Kind.DECIMAL_TEXT: "a lot",
    Kind.DATE: "tomorrow",
    Kind.DATE_TIME: "tomorrow",
    Kind.UNIX_SECONDS: "tomorrow",
    Kind.UNIX_MILLISECONDS: "tomorrow",
    Kind.UUID: "unknown",
}
"""Values that a type checker rejects."""

_UNLISTED = "something else"

_MOST_BROKEN = 3


def within(
    operation: Operation, change: Callable[[object], object], body: object
) -> object:
    """Return a wire body with the caller's part changed."""
    steps = operation.body.wrap if operation.body else ()
    return _within(steps, change, body)


def inner(operation: Operation, body: object) -> object:
    """Return the part of a wire body that the caller gives."""
    for step in operation.body.wrap if operation.body else ():
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _within(
    steps: tuple[str, ...], change: Callable[[object], object], body: object
) -> object:
    if not steps or not isinstance(body, dict):
        return change(body)
    inner = _within(steps[1:], change, body.get(steps[0]))
    return {**body, steps[0]: inner}


@dataclass(frozen=True, slots=True)
class Bodies:
    """Changes values as their types allow."""

    names: PythonNames

    def required(
        self, value: object, type_: Type, kept: frozenset[Path] = frozenset()
    ) -> object:
        """Return a value reduced to required and kept members, with one item in each list."""
        return self._required(value, type_, kept, ())

    def _required(
        self, value: object, type_: Type, kept: frozenset[Path], at: Path
    ) -> object:
        match type_, value:
            case Nullable(inner), _:
                return self._required(value, inner, kept, at)
            case ListOf(item), [first, *_]:
                return [self._required(first, item, kept, (*at, 0))]
            case Ref() as ref, dict() if isinstance(
                model := self.names.definition(ref), Model
            ):
                return {
                    field.wire: self._required(
                        value[field.wire], field.type, kept, (*at, field.wire)
                    )
                    for field in model.fields
                    if field.wire in value
                    and (field.required_in_request or _leads((*at, field.wire), kept))
                }
        return value

    def in_python(self, value: object, type_: Type) -> object:
        """Return a wire value under Python names, without constants."""
        match type_, value:
            case Nullable(inner), _:
                return self.in_python(value, inner)
            case ListOf(item), list():
                return [self.in_python(each, item) for each in value]
            case Ref() as ref, dict() if isinstance(
                model := self.names.definition(ref), Model
            ):
                return {
                    self.names.field(model, field): self.in_python(
                        value[field.wire], field.type
                    )
                    for field in model.fields
                    if field.wire in value and not field.constant
                }
        return value

    def as_arguments(self, value: object, operation: Operation) -> object:
        """Return the members of a wire body by the arguments that carry them."""
        if not isinstance(value, dict):
            return value
        given = {each.wire: each for each in operation.arguments if each.in_body}
        return {
            self.names.argument(operation, given[wire].id): self.in_python(
                member, given[wire].type
            )
            for wire, member in value.items()
            if wire in given
        }

    def wrong(
        self, value: object, type_: Type, *, typed: bool, at: Path = ()
    ) -> Iterator[tuple[Path, object]]:
        """Yield places in a value, each with a replacement that may be invalid.

        If `typed`, a replacement has the right type, so a type checker accepts it.
        """
        match type_, value:
            case Nullable(inner), _ if value is not None:
                yield from self.wrong(value, inner, typed=typed, at=at)
            case ListOf(item), [first, *_]:
                if typed:
                    yield at, []
                yield from self.wrong(first, item, typed=typed, at=(*at, 0))
            case Primitive(kind), _ if value is not None:
                values = _WRONG.get(kind, ()) if typed else (_MISTYPED.get(kind),)
                yield from ((at, each) for each in values if each is not None)
            case Ref() as ref, dict() if isinstance(
                model := self.names.definition(ref), Model
            ):
                for field in model.fields:
                    if field.wire in value and not field.constant:
                        inside = (*at, field.wire)
                        yield from self.wrong(
                            value[field.wire], field.type, typed=typed, at=inside
                        )
            case (Ref() | Literal()), str() if not typed:
                yield at, _UNLISTED


def _leads(at: Path, kept: frozenset[Path]) -> bool:
    return any(path[: len(at)] == at for path in kept)


def replaced(value: object, at: Path, new: object) -> object:
    """Return a value with another one at a place."""
    if not at:
        return new
    step, rest = at[0], at[1:]
    if isinstance(value, dict):
        return {**value, str(step): replaced(value[step], rest, new)}
    if isinstance(value, list) and isinstance(step, int):
        return [
            replaced(item, rest, new) if index == step else item
            for index, item in enumerate(value)
        ]
    return value


@dataclass(frozen=True, slots=True)
class Refused:
    """An invalid wire body with its violations."""

    body: object
    violations: tuple[Violation, ...]
    typed: bool
    """Whether a type checker accepts it."""


def refused(operation: Operation, contract: Contract, bodies: Bodies) -> Refused | None:
    """Return a documented request with some values made invalid; None if all are allowed."""
    body = operation.body
    if body is None or body.schema is None or not operation.request_examples:
        return None
    validator = validator_of(body.schema, contract.schema_tree.graph)
    # The fullest request has the most to break.
    filler = Filler(bodies.names)
    sent = [filler.body(operation, each.value) for each in operation.request_examples]
    original = max(sent, key=_size)
    if not validator.is_valid(original):
        return None
    breaker = _Breaker(operation, body.type, bodies, original)
    found = breaker.search(validator, typed=True)
    if found is None or len(found.violations) < 2:
        return breaker.search(validator, typed=False) or found
    return found


@dataclass(frozen=True, slots=True)
class _Breaker:
    operation: Operation
    type_: Type
    bodies: Bodies
    original: object

    def search(self, validator: Validator, *, typed: bool) -> Refused | None:
        """Return a body with a few wrong values that violate different keywords."""
        given = inner(self.operation, self.original)
        chosen: dict[Path, object] = {}
        seen: set[tuple[str, str | None, str]] = set()
        for at, value in self.bodies.wrong(given, self.type_, typed=typed):
            if any(_overlap(at, other) for other in chosen):
                continue
            tried = {**chosen, at: value}
            found = validator.violations(self.broken(tried))
            marks = {(each.keyword, each.code, repr(each.actual)) for each in found}
            if len(found) >= len(tried) and not marks <= seen:
                chosen, seen = tried, seen | marks
            if len(chosen) == _MOST_BROKEN:
                break
        if not chosen:
            return None
        wire = self.broken(chosen)
        return Refused(wire, validator.violations(wire), typed)

    def broken(self, chosen: Mapping[Path, object]) -> object:
        """Return the wire body with wrong values, otherwise only with what is required."""

        def change(value: object) -> object:
            cut = self.bodies.required(value, self.type_, frozenset(chosen))
            for at, wrong in chosen.items():
                cut = replaced(cut, at, wrong)
            return cut

        return within(self.operation, change, self.original)


def _size(value: object) -> int:
    """Return the number of scalar values."""
    match value:
        case dict():
            return sum(map(_size, value.values()))
        case list():
            return sum(map(_size, value))
    return 1


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]

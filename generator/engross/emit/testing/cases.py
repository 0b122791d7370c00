"""Changes of a documented request, and the places in it that they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engross.contract.schemas import Facts, code_for
from engross.source import Location
from engross.source.pointer import Pointer

Codes = tuple[Mapping[str, str], ...]
"""Provider codes of the schemas around a value, outermost first."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LongText:
    """A text of many equal characters."""

    length: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The property is left out."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The list holds its first item this many times."""

    count: int


@dataclass(frozen=True, slots=True)
class Case:
    """One change of a documented request.

    Attributes:
        pointer: what is changed, in the wire body or, as `query:page`, among the parameters.
        value: what it is changed to; a JSON value, LongText, Removed or Repeated.
        finding: pointer that the refusal names.
        keyword: keyword that the refusal names; empty where the change is accepted.
        code: the provider's code that the refusal names.
        lacks: name of the property that is missing, where the change does not tell.
    """

    pointer: str
    value: object
    finding: str
    keyword: str = ""
    code: str | None = None
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the example in whose place any other is as good."""

    pointer: str
    as_text: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands in a request.

    One that the documented request lacks stands in a sample, which a change has to add as a
    whole.

    Attributes:
        pointer: where it stands in the end.
        anchor: where the sample is added.
        sample: what is added; NONE where the value is in the documented request.
        path: the way to the value, from the sample or from the body.
    """

    pointer: str
    anchor: str = ""
    sample: object = None
    path: Path = ()
    is_added: bool = False

    def child(self, token: str | int) -> Spot:
        """A member or an item."""
        name = str(token)
        pointer = f"{self.pointer}{Pointer.of(name)}"
        return replace(self, pointer=pointer, path=(*self.path, name))

    def holding(self, sample: object) -> Spot:
        """The same place, where nothing stands and a sample is put."""
        if not self.is_added:
            return Spot(self.pointer, self.pointer, sample, (), is_added=True)
        whole = changed(self.sample, self.path, lambda _: sample)
        return replace(self, sample=whole)


@dataclass(frozen=True, slots=True)
class Here:
    """A schema object, and the value of the request that it applies to.

    Attributes:
        whole: the schema that led here, with all that it refers to.
        place: where the object stands.
        facts: its keywords.
        codes: provider codes of all schemas around, the object's own last.
    """

    whole: Location
    place: Location
    facts: Facts
    value: object
    spot: Spot
    codes: Codes

    def breach(self, value: object, keyword: str) -> Case:
        """The case of a value that breaks a keyword."""
        at, new = self._change(value)
        code = code_for(self.codes, keyword)
        return Case(at, new, self.spot.pointer, keyword, code)

    def edge(self, value: object) -> Case:
        """The case of a value that is right."""
        at, new = self._change(value)
        return Case(at, new, self.spot.pointer)

    def lacking(self, name: str, code: str | None, keyword: str = "required") -> Case:
        """The case of a property that is left out."""
        spot = self.spot
        if not spot.is_added:
            at = spot.child(name).pointer
            return Case(at, Removed(), spot.pointer, keyword, code)
        rest = changed(spot.sample, spot.path, lambda value: without(value, name))
        return Case(spot.anchor, rest, spot.pointer, keyword, code, lacks=name)

    def value_in(self, case: Case) -> object:
        """The value here once a case that lies in it has changed it."""
        if self.spot.is_added:
            return part(case.value, self.spot.path)
        steps = Pointer.parse(case.pointer[len(self.spot.pointer) :]).tokens
        match case.value:
            case Removed():
                last = steps[-1]
                return changed(self.value, steps[:-1], lambda v: without(v, last))
            case Repeated(count):
                return changed(self.value, steps, lambda v: repeated(v, count))
            case LongText(length):
                return changed(self.value, steps, lambda _: "x" * length)
            case new:
                return changed(self.value, steps, lambda _: new)

    def _change(self, value: object) -> tuple[str, object]:
        """What to change, and to what, so that the value stands here."""
        spot = self.spot
        if not spot.is_added:
            return spot.pointer, value
        if isinstance(value, LongText):
            value = "x" * value.length
        if isinstance(value, Repeated):
            value = repeated(self.value, value.count)
        return spot.anchor, changed(spot.sample, spot.path, lambda _: value)


def changed(value: object, path: Path, change: Callable[[object], object]) -> object:
    """A copy of a value with the part at a path changed."""
    if not path:
        return change(value)
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        items = list(value)
        items[int(first)] = changed(items[int(first)], rest, change)
        return items
    members = dict(value) if isinstance(value, dict) else {}
    members[first] = changed(members.get(first), rest, change)
    return members


def part(value: object, path: Path) -> object:
    """The part of a value at a path; None where there is none."""
    for step in path:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def without(value: object, name: str) -> object:
    """A copy of an object without a property."""
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key != name}


def repeated(value: object, count: int) -> object:
    """A list that holds the first item of a list some times."""
    return value[:1] * count if isinstance(value, list) else value

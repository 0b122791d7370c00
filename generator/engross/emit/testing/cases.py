"""Changes of a documented request, and the places in it that they concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from engross.data import dataclass
from engross.schema.json_values import JSON
from engross.source.pointer import Token, Tokens, write_tokens


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
class Given:
    """A sample that a request needs before a change within it can be made.

    Attributes:
        pointer: where the sample is put.
        value: the sample, and whatever else has to be there with it.
    """

    pointer: str
    value: JSON


class Case(NamedTuple):
    """One change of a documented request that the contract refuses.

    Attributes:
        pointer: what is changed, in the wire body or, as `query:page`, among the parameters.
        value: what it is changed to; a JSON value, LongText, Removed or Repeated.
        finding: pointer that the refusal names.
        keyword: keyword that the refusal names.
        code: the provider's code that the refusal names.
        lacks: name of the property that is missing, where the change does not tell.
        given: the sample that is changed, where the request has nothing to change.
        edge: what the contract just accepts in the place of the value, if that is known.
    """

    pointer: str
    value: object
    finding: str
    keyword: str
    code: str | None = None
    lacks: str | None = None
    given: Given | None = None
    edge: Change | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the example in whose place any other is as good."""

    pointer: str
    as_text: bool


Change: TypeAlias = "JSON | LongText | Removed | Repeated"


class Spot(NamedTuple):
    """Where a value stands in a request.

    One that the documented request lacks stands in a sample, which has to be added first. In
    a sample another one can be added.

    Attributes:
        root: pointer of the whole value; empty for a body, `query:page` for a parameter.
        whole: the whole value, with all samples.
        tokens: the way from the whole value to this one.
        added: how many of the tokens lead to the first sample; None where none is added.
        last: the same of the last sample.
        before: the whole value without the last sample.
    """

    root: str
    whole: JSON
    tokens: Tokens = ()
    added: int | None = None
    last: int | None = None
    before: JSON = None

    @classmethod
    def of_parameter(cls, name: str, example: JSON, *, is_given: bool) -> Spot:
        """Return where the value of a parameter stands, which may have to be added."""
        return cls(name, example) if is_given else cls(name, None).holding(example)

    @property
    def pointer(self) -> str:
        """Where the value stands in the request."""
        return self.root + write_tokens(self.tokens)

    @property
    def is_added(self) -> bool:
        """Whether the documented request lacks the value."""
        return self.added is not None

    def child(self, token: Token) -> Spot:
        """Return where a member or an item stands."""
        return self._replace(tokens=(*self.tokens, token))

    def holding(self, sample: JSON) -> Spot:
        """Return the same place with a sample in it."""
        whole = changed(self.whole, self.tokens, lambda _: sample)
        last = len(self.tokens)
        added = last if self.added is None else self.added
        return self._replace(whole=whole, added=added, last=last, before=self.whole)

    def after(self, change: Change) -> JSON:
        """Return the whole value once the value here is changed."""
        match change:
            case Removed():
                name = str(self.tokens[-1])
                return changed(
                    self.whole, self.tokens[:-1], lambda value: without(value, name)
                )
            case Repeated(count):
                return changed(
                    self.whole, self.tokens, lambda value: repeated(value, count)
                )
            case LongText(length):
                return changed(self.whole, self.tokens, lambda _: "x" * length)
            case value:
                return changed(self.whole, self.tokens, lambda _: value)

    def given(self, change: Change) -> Given | None:
        """Return the sample without which the value here cannot be changed."""
        # What replaces the last sample is put where it would have been.
        is_last = self.last == len(self.tokens) and not isinstance(change, Repeated)
        if self.added is None or (is_last and self.added == self.last):
            return None
        anchor = self.tokens[: self.added]
        whole = self.before if is_last else self.whole
        return Given(self.root + write_tokens(anchor), part(whole, anchor))


def changed(value: JSON, path: Tokens, change: Callable[[JSON], JSON]) -> JSON:
    """Return a copy of a value with the part at a path changed."""
    if not path:
        return change(value)
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        items = list(value)
        items[int(first)] = changed(items[int(first)], rest, change)
        return items
    members = dict(value) if isinstance(value, dict) else {}
    members[str(first)] = changed(members.get(str(first)), rest, change)
    return members


def part(value: JSON, path: Tokens) -> JSON:
    """Return the part of a value at a path; None where there is none."""
    for step in path:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(str(step)) if isinstance(value, dict) else None
    return value


def without(value: JSON, name: str) -> JSON:
    """Return a copy of an object without a property."""
    if not isinstance(value, dict):
        return value
    return {key: member for key, member in value.items() if key != name}


def repeated(value: JSON, count: int) -> JSON:
    """Return a list that holds the first item of a list some times."""
    return value[:1] * count if isinstance(value, list) else value

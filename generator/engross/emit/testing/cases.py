"""Changes of a documented request, and the places in it that they concern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

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


Change: TypeAlias = "JSON | LongText | Removed | Repeated"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands in a request.

    One that the documented request lacks stands in a sample, which a change has to add as a
    whole.

    Attributes:
        root: pointer of the whole value; empty for a body, `query:page` for a parameter.
        whole: the whole value, with the sample.
        tokens: the way from the whole value to this one.
        added: how many of the tokens lead to the sample; None where none is added.
    """

    root: str
    whole: JSON
    tokens: Tokens = ()
    added: int | None = None

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
        return replace(self, tokens=(*self.tokens, token))

    def holding(self, sample: JSON) -> Spot:
        """Return the same place with a sample in it."""
        whole = changed(self.whole, self.tokens, lambda _: sample)
        added = len(self.tokens) if self.added is None else self.added
        return replace(self, whole=whole, added=added)

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

    def request(self, change: Change) -> tuple[str, Change]:
        """Return what to change in the documented request, and to what."""
        if self.added is None:
            return self.pointer, change
        anchor = self.tokens[: self.added]
        return self.root + write_tokens(anchor), part(self.after(change), anchor)


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

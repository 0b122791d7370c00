"""What a fake keeps, and the values that it makes up: reproducible, and never twice."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final, TypeAlias
from uuid import UUID

from msgspec import UNSET, Struct

from .._runtime.pointers import Pointer, resolve
from .life import Clock, Resource

Place: TypeAlias = tuple[str, tuple[str, ...]]
"""A resource, and the items that its own are within."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEPT: Final = re.compile(r"[A-Za-z]+[_-]")
_CAPITALS: Final = re.compile(r"[A-Z]+")
_ALL_BUT_LAST: Final = re.compile(r".*(?=.{8}$|.{4}$)")
"""What stays of a sample at the start of a value like it, less to more."""

_TRIES: Final = 100


class Record(Struct):
    """An item that a fake keeps."""

    value: dict[str, object]
    """Its members, as the provider sends them."""


class Records:
    """All items of a fake, in the order in which they were created."""

    def __init__(self) -> None:
        self._kept: dict[Place, list[Record]] = {}

    def add(self, place: Place, record: Record) -> None:
        """Keep an item."""
        self._kept.setdefault(place, []).append(record)

    def remove(self, place: Place, record: Record) -> None:
        """Forget an item."""
        self._kept[place].remove(record)

    def of(self, place: Place) -> list[Record]:
        """Return the items of a place."""
        return [*self._kept.get(place, ())]

    def named(self, place: Place, resource: Resource, name: object) -> Record | None:
        """Return the item that a request names; None if there is none."""
        wanted = str(name)
        for pointer in resource.identity:
            for record in reversed(self._kept.get(place, ())):
                if str(resolve(record.value, pointer)) == wanted:
                    return record
        return None

    def places(self) -> Iterator[Place]:
        """Return the places with items."""
        return (place for place, kept in self._kept.items() if kept)


class Maker:
    """Makes up values that look like those of a sample."""

    def __init__(self, seed: int, now: datetime) -> None:
        self._random = Random(seed)
        self._made: set[object] = set()
        self._last = 0
        self.now = now

    def tick(self, seconds: float = 1) -> datetime:
        """Let time pass, and return what the clock shows."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def time(self, clock: Clock) -> object:
        """Return the time of the clock as a member holds it."""
        match clock:
            case "date-time":
                return self.now.isoformat(timespec="seconds").replace("+00:00", "Z")
            case "date":
                return self.now.date().isoformat()
            case "unix-s":
                return int(self.now.timestamp())
            case "unix-ms":
                return int(self.now.timestamp() * 1000)

    def alike(self, sample: object, check: Callable[[object], bool]) -> object:
        """Return a value like a sample that was not returned before.

        Args:
            sample: A value of this kind.
            check: Whether a value is of this kind. What it allows is not known, so ever
                more of the sample is kept until it allows the value; if it allows none,
                any is returned.
        """
        if isinstance(sample, (int, float, Decimal)):
            self._last = max(self._last, int(sample)) + 1
            return self._last
        text = sample if isinstance(sample, str) and sample else "item-0000"
        first = ""
        for like in self._ways(text):
            found = self._new(text, like)
            first = first or found
            if check(found):
                first = found
                break
        self._made.add(first)
        return first

    def _ways(self, text: str) -> Iterator[Callable[[], str]]:
        """Yield what makes texts like another, the most readable first."""
        if _UUID.fullmatch(text):
            yield lambda: str(UUID(int=self._random.getrandbits(128), version=4))
            return
        rest = text[_start(text, _KEPT) :]
        if rest.isalpha() and text.islower():
            yield partial(self._numbered, f"{text}-")
        for kept in (_KEPT, _CAPITALS, _ALL_BUT_LAST):
            yield partial(self._varied, text, kept)
        yield partial(self._numbered, text)

    def _new(self, text: str, like: Callable[[], str]) -> str:
        for _ in range(_TRIES):
            found = like()
            if found not in self._made:
                return found
        return f"{text}-{len(self._made) + 1}"

    def _numbered(self, text: str) -> str:
        return f"{text}{self._random.randrange(10_000):04}"

    def _varied(self, text: str, kept: re.Pattern[str]) -> str:
        start = _start(text, kept)
        varied = [each.lower() for each in text[start:] if each.isalnum()]
        is_hex = all(each in "0123456789abcdef" for each in varied)
        return text[:start] + "".join(
            self._character(each, is_hex=is_hex) for each in text[start:]
        )

    def _character(self, sample: str, *, is_hex: bool) -> str:
        random = self._random
        if sample.isdecimal() or (is_hex and sample.isalpha()):
            digits = "0123456789abcdef" if is_hex and not sample.isdecimal() else ""
            return random.choice(digits or "123456789")
        if sample.isascii() and sample.isalpha():
            letter = random.choice("abcdefghijklmnopqrstuvwxyz")
            return letter.upper() if sample.isupper() else letter
        return sample


def _start(text: str, kept: re.Pattern[str]) -> int:
    """Return where the part of a text begins that is not kept."""
    prefix = kept.match(text)
    return prefix.end() if prefix else 0


def with_member(
    value: Mapping[str, object], pointer: Pointer, new: object
) -> dict[str, object]:
    """Return an object with another value at a pointer; UNSET removes the member."""
    first, *rest = pointer
    if rest:
        inner = value.get(first)
        new = with_member(inner if isinstance(inner, Mapping) else {}, tuple(rest), new)
    if new is UNSET:
        return {name: member for name, member in value.items() if name != first}
    return {**value, first: new}


def without_text(value: object, old: str, new: str) -> object:
    """Return a value in whose texts another text stands for an old one."""
    if isinstance(value, Mapping):
        return {name: without_text(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [without_text(each, old, new) for each in value]
    return value.replace(old, new) if isinstance(value, str) else value

"""One file as data, with the place of each key and value found on demand."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from functools import cached_property
from typing import Final, Protocol, TypeAlias

from engross.data import dataclass
from engross.findings import Span
from engross.source.gc_pause import gc_paused
from engross.source.pointer import Token, Tokens
from engross.source.text import Text

Value: TypeAlias = (
    "dict[str, Value] | list[Value] | str | int | float | Decimal | bool | None"
)

_Holder: TypeAlias = "dict[str, Value] | list[Value]"

Extent: TypeAlias = tuple[int, int]
"""Character offsets of the start of a key or value and of what follows it."""

DEEPEST: Final = 200
"""Levels of nesting beyond which a document is refused."""


class Mark(Protocol):
    """The position of a value, and the marks of what is in it."""

    @property
    def extent(self) -> Extent: ...

    def member(self, key: str) -> "tuple[Extent, Mark] | None":
        """Return the extent of the key and the mark of the value; None if there is none."""

    def item(self, index: int) -> "Mark | None":
        """Return the mark of an item; None if there is none."""


Origin: TypeAlias = "tuple[Document | None, Tokens]"
"""Where a value was written: a place in an overlay, or one in the document itself (None)."""


def origin_of(origins: Mapping[Tokens, Origin], at: Tokens) -> "Origin | None":
    """Return where the value at a place was written; None if nothing moved or set it."""
    for size in range(len(at), -1, -1):
        found = origins.get(at[:size])
        if found is not None:
            return found[0], (*found[1], *at[size:])
    return None


def value_at(value: Value, at: Tokens) -> Value:
    """Return the value at a place inside another; None if there is none."""
    for token in at:
        if isinstance(value, dict):
            value = value.get(str(token))
        elif isinstance(value, list) and isinstance(token, int) and token < len(value):
            value = value[token]
        else:
            return None
    return value


@dataclass(frozen=True)
class Document:
    """A parsed file.

    Values are plain data. Marks are made only when a position is asked for, since most
    documents are read without any.
    """

    name: str
    text: Text
    value: Value
    make_marks: Callable[[], Mark]
    origins: Mapping[Tokens, Origin] = field(default_factory=dict)
    """Where overlays wrote values, and from where they moved others, by place."""
    _moved: "dict[int, tuple[_Holder, dict[Token, Token]]]" = field(
        default_factory=dict, repr=False, compare=False
    )
    """Names and indexes that repairs changed, by `id` of what is around."""

    @cached_property
    def _marks(self) -> Mark:
        with gc_paused():
            return self.make_marks()

    def forget_positions(self) -> None:
        """Forget what tells positions; it is made again when one is asked for."""
        vars(self).pop("_marks", None)
        self.text.forget()

    @property
    def overlays(self) -> "Iterator[Document]":
        """Yield the overlay of each value that one wrote."""
        for overlay, _ in self.origins.values():
            if overlay is not None:
                yield overlay

    def span(self, tokens: Tokens, *, key: bool = False) -> Span:
        """Return the span of the value at `tokens`, or of its key if `key`.

        What the upgrade to 3.1 added has no text of its own: its span is that of the
        keyword that it came from, or else of the value around it.
        """
        document, place = self._place(tokens)
        return document.text.span(*document._extent(place, key=key))

    def written(self, tokens: Tokens) -> str:
        """Return the value at `tokens` as it is written in the text."""
        document, place = self._place(tokens)
        start, end = document._extent(place)
        return document.text.between(start, end)

    def note_move(self, holder: "_Holder", token: Token, written: Token) -> None:
        """Note that a repair gave a member or item another name or index."""
        self._moved.setdefault(id(holder), (holder, {}))[1][token] = written

    def as_written(self, holder: Value, token: Token) -> Token:
        """Return the name or index that a member or item has in the text."""
        found = self._moved.get(id(holder))
        return token if found is None else found[1].get(token, token)

    def _tokens_as_written(self, tokens: Tokens) -> Iterator[Token]:
        value = self.value
        for token in tokens:
            yield self.as_written(value, token)
            value = value_at(value, (token,))

    def _place(self, tokens: Tokens) -> "tuple[Document, Tokens]":
        """Return the document in which a value was written, and its place there."""
        written = tuple(self._tokens_as_written(tokens)) if self._moved else tokens
        overlay, place = origin_of(self.origins, written) or (None, written)
        return overlay or self, place

    def _extent(self, tokens: Tokens, *, key: bool = False) -> Extent:
        mark = self._marks
        extent = mark.extent
        way = deque(tokens)
        while way:
            token = way.popleft()
            if isinstance(token, int):
                item = mark.item(token)
                if item is not None:
                    mark, extent = item, item.extent
                continue
            found = mark.member(token)
            if found is None:
                found = _member_before_upgrade(mark, token, way)
            if found is not None:
                key_extent, mark = found
                extent = key_extent if key else mark.extent
        return extent


def _member_before_upgrade(
    mark: Mark, token: str, way: deque[Token]
) -> tuple[Extent, Mark] | None:
    """Return what the upgrade made `token` of; drop the tokens that it added from `way`."""
    match token:
        case "examples":
            example = mark.member("example")
            if example is not None and way:
                way.popleft()
            return example
        case "anyOf":
            if list(way)[:2] == [0, "allOf"]:
                way.popleft()
                return None
            return mark.member("allOf")
        case "exclusiveMaximum":
            return mark.member("maximum")
        case "exclusiveMinimum":
            return mark.member("minimum")
    return None

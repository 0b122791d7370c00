"""Which values of documents are written alike, as most schemas of large documents are."""

import marshal
from typing import Final

from engross.data import dataclass
from engross.source.document import Value

_REFERENCES: Final = (b"$ref", b"$dynamicRef")
_EXTENSION: Final = b"x-engross"

_WITHOUT_SHARING: Final = 2
"""Format of `marshal` in which it does not matter what is the same object."""


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """What values that are written alike have in common; another one is never equal.

    Attributes:
        refers: whether they may refer to others.
        is_extended: whether they may hold an `x-engross`.
    """

    refers: bool
    is_extended: bool


class Wordings:
    """Knows values by their words: the same ones, with members in one order."""

    def __init__(self) -> None:
        self._by_words: dict[bytes, Wording] = {}

    def of(self, value: Value) -> Wording | None:
        """Return the wording of a value; None of one with decimals, which is like no other."""
        words = words_of(value)
        if words is None:
            return None
        found = self._by_words.get(words)
        if found is None:
            refers = any(name in words for name in _REFERENCES)
            found = self._by_words[words] = Wording(refers, _EXTENSION in words)
        return found


def words_of(value: Value) -> bytes | None:
    """Return the words of a value; None of one with decimals."""
    try:
        return marshal.dumps(value, _WITHOUT_SHARING)  # type: ignore[arg-type]
    except ValueError:
        return None

"""Did you mean."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

_MEANT: Final = {
    "bool": "boolean",
    "cent": "minor",
    "cents": "minor",
    "dict": "object",
    "double": "number",
    "float": "number",
    "int": "integer",
    "list": "array",
    "map": "object",
    "str": "string",
    "text": "string",
}
"""What other languages and people call things -> what it is called here."""


def closest(word: str, choices: Iterable[str], cutoff: float = 0.65) -> str | None:
    """Return the choice most like `word`, if any is similar; case counts little.

    Where none is, a choice that means the same will do.
    """
    by_folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded.get(found[0] if found else _MEANT.get(word.casefold(), ""))


_MOST_CHOICES: Final = 1000


def did_you_mean(word: str, choices: Collection[str]) -> str | None:
    """Return a hint that names the choice most like `word`, or None.

    Among too many choices none is looked for, since that takes long.
    """
    found = closest(word, choices) if len(choices) <= _MOST_CHOICES else None
    return None if found is None else f"did you mean {found!r}?"

"""Sets of characters as sorted ranges of code points."""

from __future__ import annotations

import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from typing import Final, TypeAlias

MAX_CODE_POINT = sys.maxunicode

Ranges: TypeAlias = tuple[tuple[int, int], ...]


def union(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges, and join those that touch."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """Return all other code points."""
    gaps = []
    start = 0
    for first, last in ranges:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    if start <= MAX_CODE_POINT:
        gaps.append((start, MAX_CODE_POINT))
    return tuple(gaps)


def overlap(left: Ranges, right: Ranges) -> bool:
    """Return whether two sets share a character."""
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i][1] < right[j][0]:
            i += 1
        elif right[j][1] < left[i][0]:
            j += 1
        else:
            return True
    return False


DIGITS: Ranges = ((0x30, 0x39),)
WORDS = union([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
NEWLINES = union([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])
SPACES = union(
    [
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
)

POSIX: Final[dict[str, Ranges]] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGITS,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": WORDS,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
"""The POSIX classes, such as `[:alpha:]`, as RE2 defines them."""

# Long names of general categories; the short ones are what `unicodedata` gives.
_CATEGORIES = {
    "Cased_Letter": "LC",
    "Close_Punctuation": "Pe",
    "Connector_Punctuation": "Pc",
    "Control": "Cc",
    "Currency_Symbol": "Sc",
    "Dash_Punctuation": "Pd",
    "Decimal_Number": "Nd",
    "Enclosing_Mark": "Me",
    "Final_Punctuation": "Pf",
    "Format": "Cf",
    "Initial_Punctuation": "Pi",
    "Letter": "L",
    "Letter_Number": "Nl",
    "Line_Separator": "Zl",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Math_Symbol": "Sm",
    "Modifier_Letter": "Lm",
    "Modifier_Symbol": "Sk",
    "Nonspacing_Mark": "Mn",
    "Number": "N",
    "Open_Punctuation": "Ps",
    "Other": "C",
    "Other_Letter": "Lo",
    "Other_Number": "No",
    "Other_Punctuation": "Po",
    "Other_Symbol": "So",
    "Paragraph_Separator": "Zp",
    "Private_Use": "Co",
    "Punctuation": "P",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Spacing_Mark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecase_Letter": "Lt",
    "Unassigned": "Cn",
    "Uppercase_Letter": "Lu",
    "cntrl": "Cc",
    "digit": "Nd",
    "punct": "P",
}
_SHORT = frozenset(_CATEGORIES.values())


def property_ranges(name: str) -> Ranges | None:
    """Return the characters of a Unicode property, or None if it is not known.

    Known are the general categories, by short or long name, and `Any`, `ASCII` and
    `Assigned`. Python has no table of scripts.
    """
    if name == "Any":
        return ((0, MAX_CODE_POINT),)
    if name == "ASCII":
        return ((0, 0x7F),)
    if name == "Assigned":
        return complement(_of_category("Cn"))
    prefix, equals, value = name.partition("=")
    if equals and prefix in ("General_Category", "gc"):
        name = value
    short = _CATEGORIES.get(name, name)
    return _of_category(short) if short in _SHORT else None


@cache
def _of_category(short: str) -> Ranges:
    wanted = ("Lu", "Ll", "Lt") if short == "LC" else (short,)
    category = unicodedata.category
    return union(
        (code, code)
        for code in range(MAX_CODE_POINT + 1)
        if category(chr(code)).startswith(wanted)
    )


_LAST_WITH_CASE: Final = 0x1FFFF

# Unicode folds these pairs since 15.1, which is newer than the tables of some Pythons.
_NEWER_FOLDS: Final = {0x1FD3: 0x0390, 0x1FE3: 0x03B0, 0xFB05: 0xFB06}


def simple_fold(code: int) -> int:
    """Fold the case of a character as ECMA-262 does in Unicode mode.

    That is Unicode's simple case folding, from one character to one.
    """
    char = chr(code)
    folded = char.casefold()
    if len(folded) != 1:  # the full folding; the simple one is to lower case, if any
        folded = char.lower()
    if len(folded) != 1:
        folded = char
    return _NEWER_FOLDS.get(code, ord(folded))


@cache
def with_other_cases(ranges: Ranges) -> Ranges:
    """Add all characters that differ from one of the set by case alone."""
    cases = _cases()
    codes = tuple(cases)
    added = [
        other_cases
        for first, last in ranges
        for code in codes[bisect_left(codes, first) : bisect_right(codes, last)]
        for other_cases in cases[code]
    ]
    return union((*ranges, *added)) if added else ranges


@cache
def _cases() -> dict[int, Ranges]:
    """Return each character with those that differ by case alone, itself included."""
    alike: dict[int, set[int]] = {}
    for code in range(_LAST_WITH_CASE + 1):
        folded = simple_fold(code)
        if folded != code:
            alike.setdefault(folded, {folded}).add(code)
    cases: dict[int, Ranges] = {}
    for codes in alike.values():
        cases |= dict.fromkeys(codes, union((code, code) for code in codes))
    return dict(sorted(cases.items()))

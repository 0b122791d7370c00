"""Regular expressions of JSON Schema (ECMA-262) as those of Python."""

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

from engross.source.ecma import PatternError, read

_Substitute: TypeAlias = "str | Callable[[re.Match[str]], str]"


def _code_point(found: re.Match[str]) -> str:
    return re.escape(chr(int(found[1], 16)))


# Same meaning, other spelling.
_SPELLINGS: Final[tuple[tuple[re.Pattern[str], _Substitute], ...]] = (
    (re.compile(r"\(\?<(?![=!])(\w+)>"), r"(?P<\1>"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\u\{0*([0-9a-fA-F]{1,5}|10[0-9a-fA-F]{4})\}"), _code_point),
    (re.compile(r"\[\^\]"), r"[\\s\\S]"),
    (re.compile(r"(\\[dDwWsS])-"), r"\1\\-"),
    (re.compile(r"-(\\[dDwWsS])"), r"\\-\1"),
)

# Python has nothing of the kind; a stand-in of the same form shows other mistakes.
_STAND_INS: Final = (
    (re.compile(r"\\[pP](?:\{[^{}]*\})?"), r"\\w"),
    (re.compile(r"\\c[A-Za-z]"), "x"),
    (re.compile(r"\(\?<[=!]"), "(?:"),
    (re.compile(r"\(\?[a-z-]+:"), "(?:"),
    (re.compile(r"\(\?[a-z]+\)"), "(?:)"),
    (re.compile(r"\\([aceg-jlmoqyzACE-RTUVX-Z])"), r"\1"),
)
_ESCAPED_BACKSLASH: Final = re.compile(r"\\\\")
_ASIDE: Final = "\ue000"


@cache
def regex_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, or None."""
    python, _ = _translated(pattern, stand_ins=True)
    try:
        _compiled(python)
    except (re.error, OverflowError, RecursionError) as error:
        is_read = _is_read(pattern)
        return None if is_read else str(error).partition(" at position")[0]
    return None


def _is_read(pattern: str) -> bool:
    """Whether a pattern is read all the same, such as one that quotes with `\\Q`."""
    try:
        read(pattern)
    except PatternError:
        return False
    return True


@cache
def python_regex(pattern: str) -> re.Pattern[str] | None:
    """The pattern compiled; None where Python cannot say the same."""
    python, is_exact = _translated(pattern, stand_ins=False)
    if not is_exact:
        return None
    try:
        return _compiled(python)
    except (re.error, OverflowError, RecursionError):
        return None


def _compiled(python: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # Python warns of what may mean something else one day, such as `[[`.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(python, re.ASCII)


def _translated(pattern: str, *, stand_ins: bool) -> tuple[str, bool]:
    """The pattern for Python, and whether it says exactly the same."""
    # Escaped backslashes step aside, so as not to look like the start of an escape.
    python = _ESCAPED_BACKSLASH.sub(_ASIDE, pattern)
    for ecma, substitute in _SPELLINGS:
        python = ecma.sub(substitute, python)
    is_exact = not any(ecma.search(python) for ecma, _ in _STAND_INS)
    if stand_ins:
        for ecma, stand_in in _STAND_INS:
            python = ecma.sub(stand_in, python)
    return python.replace(_ASIDE, r"\\"), is_exact


_TOKEN: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|P?<\w+>))?|[)|]|[^\\\[()|]",
    re.DOTALL,
)
_QUANTIFIER: Final = re.compile(r"([*+?])|\{(\d{1,9})(?:(,)(\d{0,9}))?\}", re.ASCII)
_MOST_WAYS: Final = 1e7


def is_quick(pattern: str, length: int) -> bool:
    """Whether a search in a text of some length must end soon.

    Python tries the ways to match one by one. This is an upper bound of how many there
    are: whatever repeats more than once and has more than one way in itself has too
    many, even if it happens to be harmless.
    """
    # The ways through each group that is open, and through its other alternatives.
    open_groups = [(1.0, 0.0)]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return False
        at = token.end()
        ways, others = open_groups[-1]
        if token[0].startswith("("):
            open_groups.append((1.0, 0.0))
        elif token[0] == "|":
            open_groups[-1] = (1.0, others + ways)
        else:
            inner = 1.0
            if token[0] == ")" and len(open_groups) > 1:
                open_groups.pop()
                inner = ways + others
                ways, others = open_groups[-1]
            least, most, at = _repeats(pattern, at, length)
            if inner > 1 and most > 1:
                return False
            ways *= inner * (most - least + 1)
            open_groups[-1] = (ways, others)
        if ways > _MOST_WAYS:
            return False
    return sum(open_groups[0]) * (length + 1) <= _MOST_WAYS


def _repeats(pattern: str, at: int, length: int) -> tuple[int, int, int]:
    """Least and most times that what ends at `at` is repeated, and where to go on."""
    found = _QUANTIFIER.match(pattern, at)
    if found is None:
        return 1, 1, at
    end = found.end() + (pattern[found.end() : found.end() + 1] in ("?", "+"))
    if found[1]:
        return (found[1] == "+") + 0, 1 if found[1] == "?" else max(length, 1), end
    least = min(int(found[2]), length)
    most = int(found[4]) if found[4] else (length if found[3] else int(found[2]))
    return least, max(least, min(most, length)), end

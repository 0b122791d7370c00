"""Plain YAML scalars by the core schema of YAML 1.2, with exact numbers.

`NO` stays a string, and so do dates and `12:30:00`.
"""

import math
import re
from decimal import Decimal
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | Decimal | bool | None


class UnusableNumberError(ValueError):
    """A number that JSON lacks or that no reader could hold."""


_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_STARTS_NUMBER: Final = frozenset("+-.0123456789")

_INTEGER: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT: Final = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_RADIX: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_NOT_JSON: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_MOST_DIGITS: Final = 1000
_LARGEST_EXPONENT: Final = 6144  # of decimal128


def plain(text: str) -> Scalar:
    """Return the value of an unquoted scalar.

    Raises:
        UnusableNumberError: infinite, not a number, or beyond all measure.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return number(text)
    if _RADIX.fullmatch(text):
        return int(text, 0)
    if _NOT_JSON.fullmatch(text):
        raise UnusableNumberError(f"JSON has no {text}")
    return text


def integer(text: str) -> int:
    """Return the integer that decimal digits are."""
    if len(text) > _MOST_DIGITS:
        raise UnusableNumberError(f"the number has too many digits: {len(text)}")
    return int(text)


def number(text: str) -> float | Decimal:
    """Return a float if it keeps every digit, otherwise a Decimal."""
    if len(text) < 16 and "e" not in text and "E" not in text:
        return float(text)  # 15 significant digits always survive
    if len(text) > _MOST_DIGITS:
        raise UnusableNumberError(f"the number has too many digits: {len(text)}")
    exact = Decimal(text)
    if not exact.is_finite() or abs(exact.adjusted()) > _LARGEST_EXPONENT:
        raise UnusableNumberError("the exponent is too large")
    rounded = float(text)
    if math.isfinite(rounded) and Decimal(repr(rounded)) == exact:
        return rounded
    return exact

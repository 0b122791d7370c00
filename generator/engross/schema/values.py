"""Values of JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from engross.source import Value

JSON: TypeAlias = Value
Number: TypeAlias = int | float | Decimal


def is_number(value: object) -> bool:
    """Return whether the value is a number; booleans are not."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)

"""Python expressions that rules become, and what is known about them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engross.validation.cel.kinds import NULL_TYPE, Kind, Type
from engross.validation.cel.syntax import At

Path = tuple[str, ...]

# How tightly Python binds: a part is put in brackets where it binds less.
CONDITION, OR, AND, NOT, COMPARE, SUM, PRODUCT, NEGATIVE, ATOM = range(9)


@dataclass(frozen=True, slots=True)
class Py:
    """A Python expression."""

    text: str
    type: Type
    binds: int = ATOM
    fails: bool = False
    """Whether it can raise on a payload that passed the other checks."""
    is_bool: bool = False
    """Whether a type checker sees that it gives a bool."""
    path: Path | None = None
    """Which part of the payload it is, if it is a part."""
    operator: str = ""
    operands: tuple[Py, ...] = ()
    """What it is made of, where it can be written as statements."""

    def within(self, binds: int) -> str:
        """Give the text, in brackets where something binds more tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


NONE = Py("None", NULL_TYPE)


def need(value: Py, at: At, kind: Kind) -> None:
    """Refuse a value of another type."""
    if value.type.kind is not kind:
        raise at.error(f"this needs {kind.words}, not {value.type.kind.words}")


def number_of(value: Py, at: At) -> Py:
    """Give a number that computes exactly."""
    if not value.type.kind.is_number:
        raise at.error(f"this needs a number, not {value.type.kind.words}")
    if value.path is None and not value.type.keys:
        return value
    text = f"exact({value.text})"
    return replace(value, text=text, type=Type(value.type.kind), path=None, binds=ATOM)

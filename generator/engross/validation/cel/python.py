"""Python expressions that rules become, and what is known about them."""

from __future__ import annotations

from dataclasses import replace

from engross.data import dataclass
from engross.validation.cel.cel_syntax import At
from engross.validation.cel.kinds import BOOLEAN, NULL_TYPE, Kind, Type

Path = tuple[str, ...]

# How tightly operators bind in Python; a part that binds less goes in brackets.
CONDITION, OR, AND, NOT, COMPARE, SUM, PRODUCT, NEGATIVE, ATOM = range(9)


@dataclass(frozen=True, slots=True)
class Py:
    """A Python expression."""

    text: str
    type: Type
    binds: int = ATOM
    fails: bool = False
    """Whether it can raise for a payload that passed the other checks."""
    is_bool: bool = False
    """Whether a type checker sees that it is a bool."""
    path: Path | None = None
    """The part of the payload that it is, if it is one."""
    operator: str = ""
    operands: tuple[Py, ...] = ()
    """What it is made of, if it can be written as statements."""

    def within(self, binds: int) -> str:
        """Return the text, in brackets if it binds less tightly than `binds`."""
        return self.text if self.binds >= binds else f"({self.text})"


NONE = Py("None", NULL_TYPE)


def need(value: Py, at: At, kind: Kind) -> None:
    """Demand a value of one type.

    Raises:
        CelError: it has another type.
    """
    if value.type.kind is not kind:
        raise at.error(f"this needs {kind.words}, not {value.type.kind.words}")


def number_of(value: Py, at: At) -> Py:
    """Return a number for exact arithmetic.

    Raises:
        CelError: the value is not a number.
    """
    if not value.type.kind.is_number:
        raise at.error(f"this needs a number, not {value.type.kind.words}")
    if value.path is None and not value.type.keys:
        return value
    text = f"exact({value.text})"
    return replace(value, text=text, type=Type(value.type.kind), path=None, binds=ATOM)


def contained(member: Py, container: Py) -> Py:
    """Return the condition that a string or an object contains a value."""
    return Py(
        f"{member.within(SUM)} in {container.within(SUM)}",
        BOOLEAN,
        COMPARE,
        member.fails or container.fails,
        is_bool=True,
        operator="in",
        operands=(member, container),
    )

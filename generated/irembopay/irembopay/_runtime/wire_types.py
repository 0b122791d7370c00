"""What types and wire forms have in common: the smallest part of the runtime."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

Convert: TypeAlias = Callable[[Any], object]

ADDITIONAL: Final = "(additional properties)"
"""Wire name of the field with the members that the contract describes without naming them.
No provider has a member of this name."""


class WireType:
    """Base of types whose wire form neither JSON nor msgspec knows."""

    __slots__ = ()

    @classmethod
    def wire_converter(cls) -> Convert | None:
        """Return the function that converts values; None: they are sent unchanged."""
        raise NotImplementedError

    @classmethod
    def from_wire(cls, value: object) -> object:
        """Return the value that a decoded JSON value stands for.

        Raises:
            ValueError: it stands for none.
            OverflowError: it stands for one that Python cannot represent.
        """
        raise NotImplementedError


class Text:
    """Marks a Decimal whose wire form is a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Text()"


DecimalText: TypeAlias = Annotated[Decimal, Text()]
"""A Decimal that is sent as a string; a plain Decimal is sent as a JSON number."""


class WireTypeError(TypeError):
    """A value that has no faithful wire form."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.problem = problem
        self.path = path

    def within(self, step: str) -> "WireTypeError":
        """Return the error with a step added before its path."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return WireTypeError(self.problem, f"{step}{joint}{self.path}")


class RawObject(dict[str, object]):
    """An object of the provider that is of no model of the contract, under wire names."""

    __slots__ = ()


_MOST_DIGITS: Final = 1000


def is_whole(number: Decimal) -> bool:
    """Return whether a number is an integer of a size that is worth writing out."""
    return number.adjusted() < _MOST_DIGITS and number == number.to_integral_value()

"""Instants that a provider counts from 1970, as datetimes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Final, Self

from .conversion import Convert, WireType, is_whole
from .wire import aware

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UnixTime(datetime, WireType):
    """An instant whose wire form is a count of units since 1970."""

    unit: ClassVar[timedelta]

    @classmethod
    def at(cls, count: int) -> Self:
        """Return the instant of a count."""
        instant = _EPOCH + count * cls.unit
        return cls.combine(instant.date(), instant.timetz())

    @classmethod
    def count(cls, instant: datetime) -> int:
        """Return the count of an instant; fractions of the unit are cut off."""
        return (instant - _EPOCH) // cls.unit

    @classmethod
    def wire_converter(cls) -> Convert | None:
        def count(value: object) -> object:
            return cls.count(aware(value)) if isinstance(value, datetime) else value

        return count

    @classmethod
    def from_wire(cls, value: object) -> object:
        if isinstance(value, Decimal) and is_whole(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"Expected `int`, got `{type(value).__name__}`")
        return cls.at(value)


class UnixMilliseconds(UnixTime):
    """An instant whose wire form is a count of milliseconds."""

    unit = timedelta(milliseconds=1)


class UnixSeconds(UnixTime):
    """An instant whose wire form is a count of seconds."""

    unit = timedelta(seconds=1)

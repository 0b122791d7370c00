"""Instants that a provider counts from 1970, as datetimes."""

from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnixMilliseconds(datetime):
    """An instant whose wire form is a count of milliseconds."""

    @classmethod
    def at(cls, count: int) -> Self:
        """Return the instant of a count."""
        return _as(cls, EPOCH + timedelta(milliseconds=count))

    @staticmethod
    def count(instant: datetime) -> int:
        """Return the count of an instant; what is finer than a millisecond is cut."""
        return (instant - EPOCH) // timedelta(milliseconds=1)


class UnixSeconds(datetime):
    """An instant whose wire form is a count of seconds."""

    @classmethod
    def at(cls, count: int) -> Self:
        """Return the instant of a count."""
        return _as(cls, EPOCH + timedelta(seconds=count))

    @staticmethod
    def count(instant: datetime) -> int:
        """Return the count of an instant; what is finer than a second is cut."""
        return (instant - EPOCH) // timedelta(seconds=1)


T = TypeVar("T", bound=datetime)


def _as(cls: type[T], instant: datetime) -> T:
    return cls.combine(instant.date(), instant.timetz())


def rfc3339(instant: datetime) -> str:
    """Return an instant as RFC 3339 writes it."""
    text = instant.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text

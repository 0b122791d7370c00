"""How long to wait before a retry, and how many retries a client may add."""

from _thread import allocate_lock
from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

NOTHING_DONE: Final = 429
"""Status of a response that says that nothing was done."""

FIRST_WAIT: Final = 0.5
"""Longest first wait, in seconds."""

LONGEST_WAIT: Final = 8.0
"""Longest wait that the client chooses, in seconds."""

LONGEST_RETRY_AFTER: Final = 60.0
"""Longest wait that the provider may ask for, in seconds; beyond it the error is raised."""


def backoff(retry: int) -> float:
    """Return the seconds before a retry, counted from 1: exponential with full jitter."""
    from random import uniform

    return uniform(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(retry - 1, 16)))


def retry_after(milliseconds: str | None, other: str | None) -> float | None:
    """Return the seconds that a response asks to wait; None if it asks for none.

    ``milliseconds`` is the header ``retry-after-ms``; ``other`` is ``Retry-After``, in
    seconds or as an HTTP date.
    """
    if milliseconds is not None:
        wait = _number(milliseconds)
        if wait is not None:
            return wait / 1000
    if other is None:
        return None
    wait = _number(other)
    return _until(other) if wait is None else wait


def _number(text: str) -> float | None:
    digits = text.strip()
    if not digits.isascii() or not digits.replace(".", "", 1).isdigit():
        return None
    return float(digits)


def _until(date: str) -> float | None:
    from datetime import UTC
    from email.utils import parsedate_to_datetime
    from time import time

    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:  # as in the oldest form of HTTP dates
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return None


class Bucket:
    """Bounds the load that retries add to a failing provider.

    Every retry takes from it, every success gives back; while it is empty, errors are
    raised without a retry.
    """

    __slots__ = ("_level", "_lock", "is_low")

    CAPACITY: Final = 100.0
    COST: Final = 5.0
    REFUND: Final = 1.0

    def __init__(self) -> None:
        self._level = self.CAPACITY
        self._lock = allocate_lock()
        self.is_low = False
        """Whether retries have taken from it."""

    def take(self) -> bool:
        """Take the cost of a retry; return False if there is not enough."""
        with self._lock:
            if self._level < self.COST:
                return False
            self._level -= self.COST
            self.is_low = True
            return True

    def success(self, retried: bool) -> None:
        """Give back after a success; the whole cost if a retry brought it."""
        with self._lock:
            refund = self.COST if retried else self.REFUND
            self._level = min(self.CAPACITY, self._level + refund)
            self.is_low = self._level < self.CAPACITY


class Clock:
    """The clock of waits; tests make them take no time."""

    __slots__ = ("now", "waits")

    def __init__(self) -> None:
        self.waits: list[float] | None = None
        self.now: Callable[[], float] = monotonic
        """Returns the seconds of a monotonic clock."""

    def seconds(self, wait: float) -> float:
        """Return how long to sleep for a wait."""
        if self.waits is None:
            return wait
        self.waits.append(wait)
        return 0.0

    def use(self, waits: list[float] | None) -> None:
        """Wait for real, or only record the waits as time that passed."""
        self.waits = waits
        self.now = monotonic
        if waits is not None:
            self.now = lambda: monotonic() + sum(waits)


clock: Final = Clock()


def instant_waits() -> "AbstractContextManager[list[float]]":
    """Make waits between attempts take no time, for tests.

    ``with instant_waits() as waits`` collects the seconds that would have passed; they
    count towards the time that a call may take.
    """
    from contextlib import contextmanager

    @contextmanager
    def instant() -> Iterator[list[float]]:
        before, waits = clock.waits, list[float]()
        clock.use(waits)
        try:
            yield waits
        finally:
            clock.use(before)

    return instant()

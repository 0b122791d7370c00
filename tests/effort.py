"""Bounds on the work of a test, which hold on a slow and on a busy machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

_TURNS = 1_000_000
_SECONDS = 0.05
"""What so many turns of a loop take on an idle machine of 2026."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Assert that what is done within takes at most so much time of the processor.

    A machine that is slower, or busy, gets as much more as a plain loop takes on it. What
    the garbage collector would spend on the objects of other tests does not count.

    Args:
        seconds: the bound on an idle machine of 2026.
    """
    gc.disable()
    try:
        start = process_time()
        yield
        taken = process_time() - start
    finally:
        gc.enable()
    assert taken < seconds or taken < seconds * _slowness()


def _slowness() -> float:
    start = process_time()
    total = 0
    for turn in range(_TURNS):
        total += turn & 3
    return (process_time() - start) / _SECONDS

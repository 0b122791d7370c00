"""Pause cyclic garbage collection while a contract is read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause cyclic garbage collection.

    Reading makes many objects that all live to the end; looking through them again and
    again takes most of the time otherwise.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # What is there now counts as old, or the next collection would look through it.
            gc.freeze()
            gc.unfreeze()
            gc.enable()

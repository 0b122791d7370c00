"""What is done in another process, forked from this one."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable


def in_child(act: Callable[[], object]) -> bool:
    """Whether something can be done in a forked child."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0

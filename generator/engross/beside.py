"""Work in a second process, beside the work of this one."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final, TypeVar

CAN_FORK: Final = sys.platform == "linux"
"""Whether a process can be forked safely, with all that it knows."""

Made = TypeVar("Made")


@contextmanager
def beside(
    work: Callable[[], Made], *, in_two: bool = True
) -> Iterator[Callable[[], Made]]:
    """Do work in a forked process, while this one does what is in the block.

    Args:
        work: Returns what can be pickled, and changes nothing.
        in_two: Whether it may be another process; if not, or if none can be forked,
            the work is done when it is waited for.

    Yields:
        A function that waits for the work, and returns what it returned. If the other
        process failed, the work is done again in this one, where its error belongs.
    """
    if not (in_two and CAN_FORK):
        yield work
        return
    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, sending))
    with receiving:
        with sending:
            is_started = _is_started(process)
        if not is_started:
            yield work
            return
        try:
            yield lambda: _received(receiving.recv, work)
        finally:
            process.terminate()
            process.join()


def divided(tasks: Sequence[Callable[[], Made]], *, in_two: bool = True) -> list[Made]:
    """Do tasks in this process and in a forked one, each of which takes the next one.

    Args:
        tasks: Up to 256. The forked process begins with the last, so that should take
            longest. Each returns what can be pickled, and changes nothing.
        in_two: Whether there may be another process.

    Returns:
        What each task returned.
    """
    if not (in_two and CAN_FORK):
        return [task() for task in tasks]
    waiting, listed = os.pipe()
    try:
        os.write(listed, bytes(range(len(tasks) - 1)))
    finally:
        os.close(listed)

    def taken() -> Iterator[int]:
        while number := os.read(waiting, 1):
            yield number[0]

    def others() -> dict[int, Made]:
        made = {len(tasks) - 1: tasks[-1]()}
        return made | {number: tasks[number]() for number in taken()}

    try:
        with beside(others) as received:
            found = {number: tasks[number]() for number in taken()}
            found |= received()
    finally:
        os.close(waiting)
    # A process that fails has taken tasks along.
    return [
        found[number] if number in found else task()
        for number, task in enumerate(tasks)
    ]


def _is_started(process: BaseProcess) -> bool:
    """Start a process; return whether there may be one more."""
    try:
        process.start()
    except OSError:
        return False
    return True


def _send(work: Callable[[], Made], sending: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process handles it
    with suppress(Exception):  # the other process meets it as well
        sending.send(work())


def _received(receive: Callable[[], Made], work: Callable[[], Made]) -> Made:
    try:
        return receive()
    except (EOFError, OSError):  # it ended before it sent all
        return work()

"""Work in a second process."""

import errno
import os
import signal
import time
from collections.abc import Callable
from functools import partial

import pytest

from engross.beside import beside, divided


def test_work_is_done_in_another_process() -> None:
    with beside(os.getpid) as made:
        assert made() not in (0, os.getpid())


def test_work_goes_on_beside_the_block() -> None:
    read, write = os.pipe()
    with beside(lambda: os.read(read, 1)) as made:
        os.write(write, b"x")
        assert made() == b"x"


def test_error_is_raised_where_the_work_is_asked_for() -> None:
    with pytest.raises(ZeroDivisionError), beside(lambda: 1 // 0) as made:
        made()


def work_only_here() -> Callable[[], int]:
    """Return work that kills any process but this one, and tells which did it."""
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return here

    return work


def test_work_of_a_process_that_is_killed_is_done_again() -> None:
    with beside(work_only_here()) as made:
        assert made() == os.getpid()


def test_work_of_a_process_that_is_killed_while_it_sends_is_done_again() -> None:
    here = os.getpid()

    def work() -> tuple[int, bytes]:
        if os.getpid() != here:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, 0.5)
        return os.getpid(), bytes(10_000_000)  # more than a pipe holds

    with beside(work) as made:
        time.sleep(1)
        assert made()[0] == here


def test_work_is_done_here_where_no_process_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    with beside(os.getpid) as made:
        assert made() == os.getpid()


def test_work_is_done_here_where_one_process_is_wanted() -> None:
    with beside(os.getpid, in_two=False) as made:
        assert made() == os.getpid()


def test_process_ends_with_the_block() -> None:
    start = time.monotonic()
    with pytest.raises(KeyError), beside(partial(time.sleep, 60)):
        raise KeyError
    assert time.monotonic() - start < 30


def test_each_of_two_processes_takes_the_task_that_is_next() -> None:
    def quick() -> int:
        return os.getpid()

    def slow() -> int:
        time.sleep(0.5)
        return os.getpid()

    made = divided([quick, quick, quick, slow])
    assert made[:3] == [os.getpid()] * 3
    assert made[3] not in (0, os.getpid())


def test_tasks_are_returned_in_their_order_whoever_does_them() -> None:
    tasks = [partial(pow, number, 2) for number in range(20)]
    expected = [number**2 for number in range(20)]
    assert divided(tasks) == expected
    assert divided(tasks, in_two=False) == expected


def test_tasks_of_a_process_that_is_killed_are_done_again() -> None:
    assert divided([work_only_here()] * 8) == [os.getpid()] * 8


def test_error_of_a_task_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        divided([lambda: 1, lambda: 1 // 0])
    with pytest.raises(ZeroDivisionError):
        divided([lambda: 1 // 0, lambda: time.sleep(60)])

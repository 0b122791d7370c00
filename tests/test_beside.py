"""Work in a second process."""

import errno
import os
import signal
import time
from functools import partial

import pytest

from engross.beside import beside


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


def test_work_of_a_process_that_is_killed_is_done_again() -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with beside(work) as made:
        assert made() == here


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

"""Processes that repeat one subject each, and the server that they call."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import IO

from .bench import Bench, show_progress
from .figures import Series
from .processes import RunFailedError, alternate, variables
from .project import ROOT


@dataclass(frozen=True, slots=True)
class Repeated:
    """Mean duration of a number of repetitions."""

    seconds: float
    cpu: float
    resident: int
    """Memory of the process at the end, in bytes."""


class Worker:
    """One subject in its own process."""

    def __init__(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._process = process
        self._errors = errors
        self._read()

    def repeat(self, times: int) -> Repeated:
        """Repeat the subject.

        Raises:
            RunFailedError: the process ended.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % times)
        self._process.stdin.flush()
        answer = self._read()
        return Repeated(
            answer["seconds"] / times, answer["cpu"] / times, int(answer["resident"])
        )

    def _read(self) -> Mapping[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").splitlines()
            raise RunFailedError("\n".join(lines[-3:]))
        answer: Mapping[str, float] = json.loads(line)
        return answer


@contextmanager
def working(bench: Bench, kind: str, name: str, url: str) -> Iterator[Worker]:
    """Start a subject, and end its process afterwards.

    Raises:
        RunFailedError: it does not work.
    """
    site = bench.project.site
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            [bench.peers.python, "-m", "tests.bench.subjects.worker", kind, name, url],
            cwd=site,
            env=variables({"PYTHONPATH": f"{ROOT}{os.pathsep}{site}"}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with process:
            try:
                yield Worker(process, errors)
            finally:
                process.kill()


@contextmanager
def serving() -> Iterator[str]:
    """Start the loopback server and yield its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.subjects.server"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Pace:
    """Number of turns of each subject."""

    rounds: int
    seconds: float
    """Duration of one turn."""


def compared(
    bench: Bench, title: str, kind: str, urls: Mapping[str, str], pace: Pace
) -> tuple[list[Series], list[str]]:
    """Measure subjects in turn, in microseconds; also return why some were not.

    Args:
        bench: Where the subjects are installed.
        title: Name of the table.
        kind: What is measured of them.
        urls: The names of the subjects, and what each calls.
        pace: How often.
    """
    problems: list[str] = []
    subjects: dict[str, Callable[[], Repeated]] = {}
    with ExitStack() as stack:
        for name, url in urls.items():
            show_progress(f"{title}: starting {name}")
            try:
                worker = stack.enter_context(working(bench, kind, name, url))
            except RunFailedError as error:
                problems.append(f"{name} does not work: {error}")
            else:
                subjects[name] = partial(worker.repeat, _in_one_go(worker, pace))
        results = alternate(
            subjects,
            pace.rounds,
            progress=lambda step: show_progress(f"{title}: {step}"),
        )
    series = [
        Series(
            name,
            tuple(one.seconds * 1e6 for one in repeated),
            tuple(one.cpu * 1e6 for one in repeated),
        )
        for name, repeated in results.items()
    ]
    return series, problems


def _in_one_go(worker: Worker, pace: Pace) -> int:
    """Return how often a subject is repeated in one turn."""
    worker.repeat(50)
    fastest = min(worker.repeat(20).seconds for _ in range(5))
    return max(3, round(pace.seconds / fastest))

"""Runs whole processes and measures time and memory."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process, including all processes that it waited for."""

    output: str
    """What it printed, errors included."""
    status: int
    seconds: float
    cpu: float
    peak: int
    """Bytes; of the largest process, and never less than this process takes itself."""


class RunFailedError(Exception):
    """A process failed that has to succeed."""


def run(
    *command: str | Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] = {},
    limit: float | None = None,
) -> Run:
    """Run a command to its end, or kill it after `limit` seconds."""
    with TemporaryFile() as output:
        begin = perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=variables(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        timer = Timer(limit or 0, process.kill)
        if limit is not None:
            timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        seconds = perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Run(
        output=text,
        status=process.returncode,
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    )


def succeed(
    *command: str | Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] = {},
) -> Run:
    """Run a command to its end.

    Raises:
        RunFailedError: it ended with another status than 0.
    """
    done = run(*command, cwd=cwd, environment=environment)
    if done.status:
        shown = " ".join(map(str, command))
        raise RunFailedError(f"{shown}\nended with {done.status}:\n{done.output}")
    return done


def variables(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process that is measured.

    Python keeps the modules that it compiles, as it does where nobody forbids it.
    """
    kept = {**os.environ, **changes}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def alternate(
    subjects: Mapping[str, Callable[[], T]],
    rounds: int,
    *,
    progress: Callable[[str], None],
) -> dict[str, list[T]]:
    """Call every subject once a round, every second round in reverse order.

    One call of each comes first and does not count: it fills caches.
    """
    results: dict[str, list[T]] = {name: [] for name in subjects}
    order = list(subjects)
    for number in range(rounds + 1):
        progress(f"round {number} of {rounds}")
        for name in order:
            result = subjects[name]()
            if number:
                results[name].append(result)
        order.reverse()
    return results

"""Calls of a client to what plays its provider in tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory

from tests.fakes.servers import free_port, prism, running

from .bench import Bench, show_progress
from .figures import Series, Table, Target
from .project import CONTRACT, ROOT
from .workers import Pace, compared

TITLE = "Call to a fake"
IN_PROCESS = "fake in process"
SERVED = "fake over HTTP"
PRISM = "Prism"
STARLETTE = "Starlette"
TARGETS = (
    Target(IN_PROCESS, (PRISM, STARLETTE), 1.0),
    Target(SERVED, (PRISM,), 1.0),
)
ANSWERS = """\
The emitted client creates an invoice, each time another one. Both fakes check and keep it.
Prism checks it, and replies with the example of the contract. A Starlette application of
a few lines always replies with the same bytes; uvicorn serves it, as it serves the fake."""


def measured(bench: Bench) -> list[Table]:
    """Measure whole calls, within the process and over HTTP."""
    pace = Pace(bench.scaled(60, 12), seconds=0.02)
    urls, problems = {IN_PROCESS: ""}, list[str]()
    with TemporaryDirectory(prefix="engross-bench-") as folder, ExitStack() as stack:
        for name in (SERVED, PRISM, STARLETTE):
            show_progress(f"{TITLE}: starting {name}")
            try:
                url = stack.enter_context(_served(bench, name, Path(folder)))
            except (CalledProcessError, OSError, RuntimeError) as error:
                problems.append(f"not measured: {name}: {error}")
            else:
                urls[name] = url
        series, failed = compared(bench, TITLE, "fake", urls, pace)
    notes = (ANSWERS, *map(_per_second, series), *problems, *failed)
    return [Table(TITLE, "us", series, IN_PROCESS, TARGETS, notes)]


@contextmanager
def _served(bench: Bench, name: str, folder: Path) -> Iterator[str]:
    """Run what answers the calls of a subject, and yield its URL."""
    port = str(free_port())
    python, application = str(bench.peers.python), "tests.bench.subjects.application"
    quiet = ("--log-level", "warning")
    commands = {
        SERVED: lambda: [python, "-m", f"{CONTRACT}.testing", "--port", port],
        PRISM: lambda: prism("mock", str(bench.project.contract), "--port", port),
        STARLETTE: lambda: [
            *(python, "-m", "uvicorn", f"{application}:app", "--port", port, *quiet)
        ],
    }
    place = bench.project.site if name == SERVED else ROOT
    log = folder / f"{name}.txt"
    with running(commands[name](), int(port), log, cwd=place) as url:
        yield url


def _per_second(series: Series) -> str:
    return f"{series.name}: {1e6 / series.median:,.0f} calls a second"

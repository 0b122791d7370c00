"""Generation of all four packages, as a user runs it."""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .bench import Bench, show_progress
from .contracts import PLAINER
from .environment import Environment
from .figures import Series, Table, Target
from .peers import OPENAPI_PYTHON_CLIENT
from .processes import Run, alternate, run, succeed
from .project import ENGROSS, Project

PLAIN = f"{OPENAPI_PYTHON_CLIENT}, plain"
GENERATE = "engross generate"
CHECK = "engross check"
UNCHANGED = "engross check, nothing changed"
IMPORTS = "python -c 'import yaml, jinja2'"
TARGETS = (
    Target(GENERATE, (OPENAPI_PYTHON_CLIENT,), 0.5),
    Target(CHECK, (OPENAPI_PYTHON_CLIENT,), 0.5),
    Target(UNCHANGED, (IMPORTS,), 2.0),
)


def measured(bench: Bench) -> list[Table]:
    """Measure whole processes: one of engross, one a contract of the peer.

    Raises:
        RunFailedError: engross could not do its work.
    """
    project = bench.project
    complaints: dict[str, str] = {}
    plain = [project.plain(contract) for contract in project.contracts]

    def peer(contracts: Sequence[Path]) -> Run:
        return _peer(contracts, project.root / "peer", bench.peers, complaints)

    subjects: dict[str, Callable[[], Run]] = {
        GENERATE: lambda: _generate(project),
        CHECK: lambda: _engross(project, "check"),  # what the other one wrote
        UNCHANGED: lambda: _unchanged(project),
        IMPORTS: lambda: succeed(sys.executable, "-c", "import yaml, jinja2"),
    }
    if _command(bench.peers).exists():
        subjects[OPENAPI_PYTHON_CLIENT] = lambda: peer(project.contracts)
        subjects[PLAIN] = lambda: peer(plain)
    results = alternate(
        subjects,
        bench.scaled(9, 3),
        progress=lambda step: show_progress(f"Generation: {step}"),
    )
    series = [
        Series(
            name,
            tuple(one.seconds * 1e3 for one in runs),
            tuple(one.cpu * 1e3 for one in runs),
            tuple(one.peak for one in runs),
        )
        for name, runs in results.items()
    ]
    notes = [
        f"{OPENAPI_PYTHON_CLIENT} runs once for each contract, with its default hooks.",
        PLAINER,
        *complaints.values(),
    ]
    title = f"Generation of {len(project.contracts)} packages"
    return [Table(title, "ms", series, OPENAPI_PYTHON_CLIENT, TARGETS, notes)]


def _generate(project: Project) -> Run:
    project.clear()
    return _engross(project, "generate")


def _unchanged(project: Project) -> Run:
    """Run `check` with what an earlier one found out about the same packages."""
    if not (project.root / "cache" / "entries").exists():
        _engross(project, "check", "--cached")
    return _engross(project, "check", "--cached")


def _engross(project: Project, command: str, cached: str = "--no-cached") -> Run:
    return succeed(
        *ENGROSS,
        *(command, cached),
        cwd=project.root,
        environment={"ENGROSS_CACHE_DIR": str(project.root / "cache")},
    )


def _command(peers: Environment) -> Path:
    return peers.bin / "openapi-python-client"


def _peer(
    contracts: Sequence[Path],
    output: Path,
    peers: Environment,
    complaints: dict[str, str],
) -> Run:
    """Run the peer for each contract, and return the runs as one."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    runs: list[Run] = []
    for contract in contracts:
        done = run(
            *(_command(peers), "generate", "--path", contract),
            *("--output-path", output / contract.stem),
            environment=peers.on_path(),
        )
        runs.append(done)
        shown = f"{contract.parent.name}/{contract.name}"
        complaint = _complaint(done)
        if complaint:
            complaints[shown] = f"{OPENAPI_PYTHON_CLIENT} on {shown}:\n{complaint}"
    return Run(
        output="",
        status=max(one.status for one in runs),
        seconds=sum(one.seconds for one in runs),
        cpu=sum(one.cpu for one in runs),
        peak=max(one.peak for one in runs),
    )


def _complaint(done: Run) -> str:
    """Return the lines on what was left out."""
    if done.status:
        return f"exit {done.status}\n{done.output}"
    lines = done.output.splitlines()
    told: list[str] = []
    for number, line in enumerate(lines):
        if line.startswith(("WARNING", "ERROR")):
            reason = next((one for one in lines[number + 1 :] if one.strip()), "")
            told.append(f"  {line} {reason}")
    return "\n".join(dict.fromkeys(told))

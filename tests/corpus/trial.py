"""One document: generated, checked, imported, tested, played and type-checked."""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.processes import Run, run
from tests.corpus.documents import Document, copy

BIN: Final = Path(sys.executable).parent
FAKE_CALLS: Final = Path(__file__).with_name("fake_calls.py")

_OPERATION: Final = re.compile(r"^\w+: \w*Operation\[", re.MULTILINE)
_UNLIMITED: Final = ("sh", "-c", 'ulimit -S -v unlimited && exec "$0" "$@"')
"""Runs a command without the limit of addresses, of which Node reserves more than it uses."""

_PASSED: Final = re.compile(r"(\d+) passed")


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that failed."""

    step: str
    output: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a document."""

    document: Document
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By step."""
    cpu: float = 0.0
    """Seconds of all steps together, as a busy machine measures them too."""
    memory: int = 0
    """Most bytes that generating took."""
    operations: int = 0
    files: int = 0
    lines: int = 0
    findings: int = 0
    passed: int = 0
    """Tests of the package."""
    fake: str = ""
    """How many of the things that paths say can be done with items work with the fake."""
    unplayed: tuple[str, ...] = ()
    """Those that do not."""
    refusal: str = ""
    """First error that is reported instead of a package."""
    failures: tuple[Failure, ...] = ()

    @property
    def is_good(self) -> bool:
        """Return whether there is a package without faults, or a refusal that is right."""
        return not self.failures and not (self.refusal and self.document.is_valid)


def tried(document: Document, folder: Path, *, limit: float) -> Trial:
    """Generate the package of a document, and put it to every test.

    Args:
        folder: Where the package and its document stay; emptied first.
        limit: Seconds that a step may take.
    """
    shutil.rmtree(folder, ignore_errors=True)
    copy(document, folder / "specs")
    (folder / "pyproject.toml").write_text("[tool.engross]\n", encoding="utf-8")
    engross, provider = BIN / "engross", document.path.stem
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}

    generated = run(
        *(engross, "generate", provider, "--format", "json"),
        cwd=folder,
        environment=environment,
        limit=limit,
    )
    findings = _findings(generated)
    packages = [*(folder / "generated").glob("*/pyproject.toml")]
    if findings and generated.status == 1 and not packages:
        errors = [one for one in findings if one["severity"] == "error"]
        return Trial(
            document,
            seconds={"generate": generated.seconds},
            cpu=generated.cpu,
            memory=generated.peak,
            findings=len(findings),
            refusal=f"{errors[0]['rule']}: {errors[0]['message']}",
        )
    if generated.status or findings is None or len(packages) != 1:
        return Trial(
            document,
            seconds={"generate": generated.seconds},
            cpu=generated.cpu,
            memory=generated.peak,
            failures=(Failure("generate", generated.output),),
        )

    home = packages[0].parent
    package = home.name
    texts = [
        path.read_text(encoding="utf-8") for path in home.rglob("*") if path.is_file()
    ]
    modules_of_operations = (
        *(home / package).glob("operations.py"),
        *(home / package / "operations").glob("*.py"),
    )
    operations = "".join(
        path.read_text(encoding="utf-8") for path in modules_of_operations
    )
    cache = f"--cache-dir={folder.parent / '.mypy_cache'}"
    modules = f"{package}.client, {package}.async_client, {package}.validators"
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps(_pyright_settings(home)), encoding="utf-8")
    steps: dict[str, tuple[Path, list[str | Path]]] = {
        "check": (folder, [engross, "check", provider]),
        "import": (home, [sys.executable, "-c", f"import {package}, {modules}"]),
        "tests": (home, [BIN / "pytest", "-q", "-p", "no:cacheprovider", "-Werror"]),
        "fake": (home, [sys.executable, FAKE_CALLS, home]),
        # Our own settings would apply, since the package is below them.
        "mypy": (home, [BIN / "mypy", "--strict", "--config-file=", cache, "."]),
        "pyright": (folder, [*_UNLIMITED, BIN / "basedpyright", "--project", settings]),
    }
    runs = {
        step: run(*command, cwd=cwd, environment=environment, limit=limit)
        for step, (cwd, command) in steps.items()
    }
    passed = _PASSED.search(runs["tests"].output)
    played = [""] if runs["fake"].status else runs["fake"].output.splitlines()
    return Trial(
        document,
        seconds={
            "generate": generated.seconds,
            **{step: done.seconds for step, done in runs.items()},
        },
        cpu=generated.cpu + sum(done.cpu for done in runs.values()),
        memory=generated.peak,
        operations=len(_OPERATION.findall(operations)),
        files=len(texts),
        lines=sum(text.count("\n") for text in texts),
        findings=len(findings),
        passed=int(passed[1]) if passed else 0,
        fake=played[0],
        unplayed=tuple(played[1:]),
        failures=tuple(
            Failure(step, done.output) for step, done in runs.items() if done.status
        ),
    )


def _pyright_settings(home: Path) -> dict[str, object]:
    """Return settings for pyright, which checks a package alone, as its users do."""
    return {
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
        "include": [str(home)],
        "executionEnvironments": [{"root": str(home), "extraPaths": []}],
        "venvPath": str(BIN.parents[1]),
        "venv": BIN.parent.name,
    }


def _findings(generated: Run) -> list[dict[str, str]] | None:
    """Return the findings that a run printed; None if it printed something else."""
    try:
        found: list[dict[str, str]] = json.loads(generated.output)
    except ValueError:
        return None
    return found

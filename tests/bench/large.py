"""Generation from large documents of a corpus, and how it grows with a document."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from tests.corpus.documents import CORPUS

from .bench import Bench, show_progress
from .figures import Series, Table, Target
from .first_calls import first_call, small_package
from .peers import OPENAPI_GENERATOR, OPENAPI_PYTHON_CLIENT
from .processes import Run, run, succeed
from .project import ENGROSS
from .scaling import picture, wide_document

DOCUMENTS: Final = {
    "Stripe": "*stripe.com*.json",
    "GitHub": "*api.github.com*.json",
    "Paystack": "paystack__*.yaml",
}
"""Names of files in the corpus."""

COLD = "engross generate"
IN_ONE = "engross generate --jobs 1"
UNCHANGED = "engross check, nothing changed"
CHANGED = "engross generate, one schema changed"
DATAMODEL = "datamodel-code-generator"
UNIHTTP = "unihttp-openapi-generator"
CLIENTS = (OPENAPI_PYTHON_CLIENT, UNIHTTP, OPENAPI_GENERATOR)
TARGETS = (Target(COLD, CLIENTS, 1.0),)

READY: Final = {
    OPENAPI_PYTHON_CLIENT: (
        "client/*/client.py",
        "from {package} import Client; Client(base_url='http://localhost')",
    ),
    UNIHTTP: ("client/client/client.py", "import {package}.client"),
    OPENAPI_GENERATOR: (
        "client/openapi_client/__init__.py",
        """\
import {package} as made
getattr(made, next(name for name in made.__all__ if name.endswith("Api")))(made.ApiClient())
""",
    ),
}
"""A file of what each peer wrote, and what makes a client of its package."""

SIZES: Final = (10, 100, 1_000, 10_000)
"""Operations of the documents of the curve."""

CURVE: Final = Path(__file__).with_name("scaling.svg")
FIRST = "Import, client and first call, whole processes"
SMALL = "IremboPay"
JOBS = "Generation of all of these at once"

_SCHEMAS: Final = re.compile(rb'"schemas"|\n  schemas:')
_DESCRIPTION: Final = re.compile(rb'"description":\s*"|\n +description: (?=\w)')

LIMIT: Final = 900.0
"""Seconds that a peer may take."""


def measured(bench: Bench) -> list[Table]:
    """Measure whole processes, each cold but for the two that say otherwise.

    Raises:
        RunFailedError: engross could not do its work.
    """
    found = {name: [*CORPUS.rglob(files)] for name, files in DOCUMENTS.items()}
    documents = {name: paths[0] for name, paths in found.items() if paths}
    place = bench.project.root / "large"
    tables = [
        _document(name, document, bench, place / name)
        for name, document in documents.items()
    ]
    if documents:
        tables += [_calls([*documents], bench, place), _jobs(documents, bench, place)]
    return [*tables, *_curve(bench)]


def _document(name: str, document: Path, bench: Bench, place: Path) -> Table:
    notes: list[str] = []
    series: list[Series] = []
    for subject, once in _subjects(document, bench, place, notes):
        show_progress(f"{name}: {subject}")
        done = [once() for _ in range(bench.scaled(3, 1))]
        failed = [one for one in done if one.status]
        if failed:
            last = failed[0].output.strip().splitlines() or ["no output"]
            notes.append(f"{subject} failed: {last[-1][:90]}")
            continue
        series.append(_series(subject, done))
    return Table(f"{name}, {_mib(document)} MiB", "ms", series, COLD, TARGETS, notes)


def _calls(names: list[str], bench: Bench, place: Path) -> Table:
    """Measure import, client and first call of the packages that were generated."""
    rounds = bench.scaled(15, 3)
    homes = {SMALL: small_package(bench)}
    homes |= {name: place / name / "engross" / "generated" / "api" for name in names}
    series: list[Series] = []
    for name, home in homes.items():
        show_progress(f"{FIRST}: {name}")
        series.append(first_call(name, home, bench, rounds))
    notes: list[str] = []
    for name in names:
        series += _ready_peers(name, place / name, bench, notes)
    targets = [Target(name, (SMALL,), 1.5) for name in names]
    return Table(FIRST, "ms", series, SMALL, targets, notes)


def _ready_peers(
    name: str, place: Path, bench: Bench, notes: list[str]
) -> Iterator[Series]:
    """Measure import and client of the packages that peers wrote, without a call."""
    for peer, (marker, statements) in READY.items():
        subject = f"{name}, {peer}: no call"
        show_progress(f"{FIRST}: {subject}")
        for home in sorted((place / peer).glob(marker))[:1]:
            program = statements.format(package=home.parent.name)
            command = (bench.peers.python, "-c", program)
            rounds = bench.scaled(3, 1)  # one of these takes eleven seconds
            done = [run(*command, cwd=home.parents[1]) for _ in range(rounds + 1)][1:]
            if done[-1].status:
                notes.append(f"{subject}: {done[-1].output.splitlines()[-1][:90]}")
            else:
                yield _series(subject, done)


def _jobs(documents: Mapping[str, Path], bench: Bench, place: Path) -> Table:
    """Measure the generation of all documents at once, cold."""
    home = place / "jobs"
    specs = home / "specs"
    specs.mkdir(parents=True)
    (home / "pyproject.toml").write_text("[tool.engross]\n")
    for name, document in documents.items():
        shutil.copy(document, specs / f"{name.lower()}{document.suffix}")

    def once(jobs: str) -> Run:
        show_progress(f"{JOBS}: {jobs}")
        shutil.rmtree(home / "generated", ignore_errors=True)
        options = ("--no-cached", "--quiet", "--jobs", jobs)
        return succeed(*ENGROSS, "generate", *options, cwd=home)

    series = [
        _series(name, [once(jobs) for _ in range(bench.scaled(3, 1))])
        for name, jobs in (("one job", "1"), ("two jobs", "2"))
    ]
    return Table(JOBS, "ms", series, "one job")


def _series(name: str, runs: list[Run]) -> Series:
    return Series(
        name,
        tuple(one.seconds * 1e3 for one in runs),
        tuple(one.cpu * 1e3 for one in runs),
        tuple(one.peak for one in runs),
    )


def _subjects(
    document: Path, bench: Bench, place: Path, notes: list[str]
) -> Iterator[tuple[str, Callable[[], Run]]]:
    """Yield what is measured; the size of what each wrote is noted afterwards."""
    home = place / "engross"
    specs = home / "specs"
    specs.mkdir(parents=True)
    (home / "pyproject.toml").write_text("[tool.engross]\n")
    contract = specs / f"api{document.suffix}"
    shutil.copy(document, contract)

    def engross(*arguments: str) -> Run:
        cache = {"ENGROSS_CACHE_DIR": str(home / "cache")}
        return succeed(*ENGROSS, *arguments, "--quiet", cwd=home, environment=cache)

    def cold(*options: str) -> Run:
        shutil.rmtree(home / "generated", ignore_errors=True)
        return engross("generate", "--no-cached", *options)

    yield IN_ONE, partial(cold, "--jobs", "1")
    yield COLD, cold
    notes.append(f"{COLD}: {_written(home / 'generated')}")
    engross("generate", "--cached")
    yield UNCHANGED, lambda: engross("check", "--cached")
    texts = _changes(contract.read_bytes())

    def changed() -> Run:
        contract.write_bytes(next(texts))
        return engross("generate", "--cached")

    yield CHANGED, changed
    for peer, command in _commands(document, bench.peers.bin).items():
        if Path(command[0]).exists():
            output = place / peer
            yield peer, partial(_peer, command, output, bench)
            notes.append(f"{peer}: {_written(output)}")


def _peer(command: tuple[str | Path, ...], output: Path, bench: Bench) -> Run:
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    return run(*command, cwd=output, environment=bench.peers.on_path(), limit=LIMIT)


def _commands(document: Path, folder: Path) -> Mapping[str, tuple[str | Path, ...]]:
    """Return the command of each peer; each writes into its working directory."""
    return {
        OPENAPI_PYTHON_CLIENT: (
            *(folder / "openapi-python-client", "generate", "--path", document),
            *("--output-path", "client"),
        ),
        UNIHTTP: (
            *(folder / "unihttp-openapi-generator", "generate", document),
            *("--output-dir", "client", "--package-name", "client"),
            *("--serializer", "msgspec", "--client", "both"),
        ),
        OPENAPI_GENERATOR: (
            *(folder / "openapi-generator-cli", "generate", "-g", "python"),
            *("-i", document, "-o", "client", "--skip-validate-spec"),
        ),
        DATAMODEL: (
            *(folder / "datamodel-codegen", "--input", document, "--output", "m.py"),
            *("--output-model-type", "msgspec.Struct"),
        ),
    }


def _changes(text: bytes) -> Iterator[bytes]:
    """Yield the document with one description in its schemas changed, another each time.

    It is never parsed: a process counts the memory of the one that started it as its own.
    """
    schemas = _SCHEMAS.search(text)
    assert schemas is not None
    for found in _DESCRIPTION.finditer(text, schemas.end()):
        yield text[: found.end()] + b"Changed. " + text[found.end() :]


def _written(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 2**20
    return f"{len(files):,} files, {size:.1f} MiB"


def _mib(path: Path) -> str:
    return f"{path.stat().st_size / 2**20:.1f}"


def _curve(bench: Bench) -> list[Table]:
    """Measure documents of more and more operations, and draw the curve."""
    points: dict[int, Run] = {}
    for size in SIZES[: bench.scaled(len(SIZES), 2)]:
        show_progress(f"{size:,} operations")
        home = bench.project.root / "large" / str(size)
        (home / "specs").mkdir(parents=True)
        (home / "pyproject.toml").write_text("[tool.engross]\n")
        (home / "specs" / "api.json").write_text(json.dumps(wide_document(size)))
        points[size] = succeed(
            *(*ENGROSS, "generate", "--no-cached", "--quiet"), cwd=home
        )
    if not bench.quick:
        seconds = {size: one.seconds for size, one in points.items()}
        CURVE.write_text(picture(seconds), encoding="utf-8")
    series = [_series(f"{size:,} operations", [one]) for size, one in points.items()]
    each = (f"{one.seconds / size * 1e3:.1f} ms" for size, one in points.items())
    notes = [f"For each operation: {', '.join(each)}, on {sys.implementation.name}."]
    return [Table("Growth with the document", "ms", series, "", (), notes)]

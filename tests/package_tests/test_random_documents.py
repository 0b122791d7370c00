"""Packages of random documents import and pass their own tests.

The same documents are tried every time; `RANDOM_DOCUMENTS` sets how many random ones are
tried instead. A document that fails is shrunk.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import multiprocessing
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from engross.findings import FindingsError
from engross.source import load
from engross.tree.rendering import make
from tests.package_tests.random_documents import Json, documents

pytestmark = pytest.mark.long

Run: TypeAlias = Callable[[Sequence[Json]], str]
"""Returns what the tests of the packages of documents print if one fails."""

_REQUESTED: Final = int(os.environ.get("RANDOM_DOCUMENTS", "0"))
_PART: Final = 100
"""Documents of one test, so that tests may run side by side."""
_BATCH: Final = 10
"""Packages that one process tests."""

OPTIONS: Final = ("-q", "-p", "no:cacheprovider", "-W", "error")
QUICK: Final = ("--capture=no", "--assert=plain", "-p", "no:logging")
"""Without the details of a failure."""
LEFT_OUT: Final = ("-k", "not strict_type_checks and not needs_no_asyncio")
"""Type checks take longer than all the rest; `make corpus` has them.

That the sync client needs no asyncio is seen when it is imported, without an interpreter
of its own.
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return what tests the packages of documents."""
    folder = tmp_path_factory.mktemp("random")
    with processes() as pool:
        yield lambda batch: complaint_about(batch, folder, pool)


@pytest.mark.parametrize("part", range(-(-(_REQUESTED or 300) // _PART)))
def test_packages_of_random_documents_pass_their_own_tests(part: int, run: Run) -> None:
    start = random.randrange(2**32) if _REQUESTED else part
    drawn: list[Json] = []
    draw(start, drawn.append)

    for first in range(0, len(drawn), _BATCH):
        complaint = run(drawn[first : first + _BATCH])
        if complaint:
            shrink(start, drawn[:first], run)
            pytest.fail(f"alone, the packages of these documents pass:\n{complaint}")


def draw(start: int, judge: Callable[[Json], None]) -> None:
    """Pass random documents to a function, the same ones for the same start.

    If it raises an exception, the document is shrunk as long as it does.
    """

    @seed(start)
    @settings(
        max_examples=_PART,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(document=documents())
    def each(document: Json) -> None:
        judge(document)

    each()


def shrink(start: int, sound: Sequence[Json], run: Run) -> None:
    """Fail with a small document whose package fails, after those that are sound."""
    known = {json.dumps(document) for document in sound}

    def judge(document: Json) -> None:
        text = json.dumps(document)
        if text not in known:
            complaint = run([document])
            assert not complaint, f"{text}\n{complaint}"

    draw(start, judge)


def processes() -> Pool:
    """Return a pool that forks a process for each batch, with all imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "pyreqwest.client", "httpx2", "pytest"])
    return context.Pool(1, maxtasksperchild=1)


def complaint_about(batch: Sequence[Json], folder: Path, pool: Pool) -> str:
    """Return what the tests of the batch's packages print if one fails; else nothing."""
    homes: list[Path] = []
    for number, document in enumerate(batch):
        name = f"dice_{number}"
        home = folder / f"with_{name}"
        source = folder / f"{name}.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        try:
            _, files, _ = make(load(source, root=folder))
        except FindingsError as error:
            return f"refused: {error}"
        # A package around the tests keeps apart those of one package and of another.
        update(home, {**files, "__init__.py": b""})
        homes.append(home)
    return pool.apply(run_tests, (homes, QUICK if len(batch) > 1 else ()))


def run_tests(homes: Sequence[Path], options: Sequence[str]) -> str:
    """Import packages and run their tests, in this process, which is of no use after it."""
    root = homes[0].parent
    os.chdir(root)
    gc.freeze()  # what is imported stays
    sys.dont_write_bytecode = False  # whatever the environment says
    # Plugins are imported already, too early for pytest's taste.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        import_clients(homes)
        options = [*OPTIONS, *LEFT_OUT, *options, f"--rootdir={root}"]
        status = pytest.main([*options, *map(str, homes)])
    return output.getvalue() if status else ""


def import_clients(homes: Sequence[Path]) -> None:
    """Import the sync clients, which need no asyncio, then the others."""
    packages = [home.name.removeprefix("with_") for home in homes]
    sys.path[:0] = map(str, homes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "asyncio", None)
        patch.setitem(sys.modules, "httpx2", None)
        for package in packages:
            import_module(f"{package}.client")
    for package in packages:
        import_module(f"{package}.async_client")


def update(home: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold just these files.

    Those that stay the same keep their bytecode, which saves most of the time.
    """
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            content = files.get(path.relative_to(home).as_posix())
            if content != path.read_bytes():
                path.unlink()
                for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
                    compiled.unlink()
    for name, content in files.items():
        path = home / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

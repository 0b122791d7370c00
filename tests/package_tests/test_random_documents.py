"""Packages of random documents import and pass their own tests.

The same documents are tried every time; `RANDOM_DOCUMENTS` sets how many random ones are
tried instead.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from multiprocessing.pool import Pool
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from engross.findings import FindingsError
from engross.source import load
from engross.tree.rendering import make
from tests.package_tests.random_documents import Json, documents

Complaint: TypeAlias = Callable[[Json], str]

DOCUMENTS = int(os.environ.get("RANDOM_DOCUMENTS", "25"))

OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "error")
LEFT_OUT = ("-k", "not strict_type_checks")
"""Type checks take longer than all the rest; `make corpus` has them."""


@pytest.fixture(scope="module")
def complaint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Complaint]:
    """Return what the tests of a document's package print if one fails."""
    folder = tmp_path_factory.mktemp("random")
    with processes() as pool:
        yield lambda document: complaint_about(document, folder, pool)


@settings(
    max_examples=DOCUMENTS,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    derandomize="RANDOM_DOCUMENTS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(document=documents())
def test_package_of_a_random_document_passes_its_own_tests(
    document: Json, complaint: Complaint
) -> None:
    found = complaint(document)
    assert not found, found


def processes() -> Pool:
    """Return a pool that forks a process for each package, with all imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "pyreqwest.client", "httpx2", "pytest"])
    return context.Pool(1, maxtasksperchild=1)


def complaint_about(document: Json, folder: Path, pool: Pool) -> str:
    """Return what the package's tests print if one fails; empty if all pass."""
    source = folder / "dice.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    try:
        package, files, _ = make(load(source, root=folder))
    except FindingsError as error:
        return f"refused: {error}"
    home = folder / "package"
    update(home, files)
    return pool.apply(run_tests, (package, home))


def run_tests(package: str, home: Path) -> str:
    """Import a package and run its tests, in this process, which is of no use after it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    sys.path.insert(0, str(home))
    os.chdir(home)
    import_module(f"{package}.client")
    import_module(f"{package}.async_client")
    # Plugins are imported already, too early for pytest's taste.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main([*OPTIONS, *LEFT_OUT])
    return output.getvalue() if status else ""


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

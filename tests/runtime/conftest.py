"""The runtime is tested within a package as it is emitted, against real sockets."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.server import Server
from tests.runtime.till_server import Provider

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "templates/python/package/_runtime"
VALIDATION = ROOT / "generator/engross/validation/runtime.py"


def assemble() -> Path:
    """Return a folder that holds the package `till`: the sample and the runtime."""
    folder = Path(tempfile.mkdtemp(prefix="till-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(__file__).parent / "sample", folder / "till", ignore=ignore)
    shutil.copytree(RUNTIME, folder / "till/_runtime", ignore=ignore)
    shutil.copy(VALIDATION, folder / "till/_runtime/validation.py")
    return folder


FOLDER = assemble()
sys.path.insert(0, str(FOLDER))


@pytest.fixture(scope="session")
def package_folder() -> Path:
    """Where the package `till` can be imported from by another process."""
    return FOLDER


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of these tests are on this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("TILL_SECRET_KEY", "TILL_CLIENT_SECRET", "TILL_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """Waits take no time; the list holds what they would have taken."""
    from till._runtime.retry import instant_waits

    with instant_waits() as collected:
        yield collected


@pytest.fixture
def provider() -> Provider:
    """A provider in good health, and what it did."""
    return Provider()


@pytest.fixture
def server(provider: Provider) -> Iterator[Server]:
    """A loopback server in front of the provider."""
    with Server([provider.answers]) as running:
        yield running

"""The runtime is tested within a package as it is emitted, against real sockets."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.sample import generate
from tests.runtime.server import Server
from tests.runtime.till_server import Provider


def generated() -> Path:
    """Return a temporary folder that holds the package `till`."""
    folder = Path(tempfile.mkdtemp(prefix="till-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return generate(folder)


FOLDER = generated()
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
    for name in (
        "TILL_SECRET_KEY",
        "TILL_CLIENT_SECRET",
        "TILL_CLIENT_ID",
        "TILL_BASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """Waits take no time; the list holds what they would have taken."""
    from till._runtime.retry_policy import instant_waits

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

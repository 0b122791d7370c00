"""A copy of the project for each test that runs what the docs show."""

from pathlib import Path

import pytest

from tests.docs.replay import copied, copied_again


@pytest.fixture(scope="session")
def current(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project that no test changes."""
    return copied(tmp_path_factory.mktemp("docs"))


@pytest.fixture
def copy(current: Path, tmp_path: Path) -> Path:
    """Return a copy of the project, set up and with current packages."""
    return copied_again(current, tmp_path)

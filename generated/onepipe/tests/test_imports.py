"""What importing the package costs, offers and hides."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest

from .package import SECRETS, AsyncClient, Client, async_client, client

PACKAGE = sys.modules[Client.__module__.partition(".")[0]]

SYNC_ONLY = """
import sys
from {package} import {client}
assert "asyncio" not in sys.modules, "asyncio was imported"
assert "httpx2" not in sys.modules, "httpx2 was imported"
"""


def modules() -> list[ModuleType]:
    """The package and its public modules."""
    found = walk_packages(PACKAGE.__path__, f"{PACKAGE.__name__}.")
    public = (each.name for each in found if "._" not in each.name)
    return [PACKAGE, *map(import_module, public)]


def test_the_sync_client_needs_no_asyncio() -> None:
    script = SYNC_ONLY.format(package=PACKAGE.__name__, client=Client.__name__)
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(PACKAGE.__path__[0]).parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr


def test_every_public_name_is_there() -> None:
    for name in PACKAGE.__all__:
        assert getattr(PACKAGE, name, None) is not None, name
        assert name in dir(PACKAGE), name


def test_every_module_has_the_names_that_it_lists() -> None:
    for module in modules():
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), f"{module.__name__}.{name}"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(PACKAGE, "no_such_name")  # noqa: B009


def test_clients_are_public() -> None:
    assert {Client.__name__, AsyncClient.__name__} <= set(PACKAGE.__all__)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_client_shows_no_secret(secret: str) -> None:
    for made in (client("http://127.0.0.1:9"), async_client("http://127.0.0.1:9")):
        assert secret not in repr(made)
        assert secret not in str(made)
        assert secret not in repr(vars(made))

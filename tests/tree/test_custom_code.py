"""Code that users write into a package by hand: kept, imported, typed and in the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["run"]

CUSTOM = '''\
"""What the shop does with orders."""

from decimal import Decimal

from . import Shop
from .models import Order


class QuickShop(Shop):
    """A client that needs no list of items."""

    def order_one(self, code: str) -> Order:
        """Order one thing."""
        return self.orders.create(items=[{"code": code, "quantity": 1}])


def total(prices: list[Decimal]) -> Decimal:
    """Return the sum of prices."""
    return sum(prices, Decimal())
'''

USE = """\
from decimal import Decimal

from shop import Order, QuickShop, total

reveal_type(total([Decimal(1)]))
with QuickShop(token="t") as client:
    order: Order = client.order_one("a")
total("text")
"""


@pytest.fixture
def package(project: Path, run: Run) -> Path:
    """Return the folder of a package of Python that was just generated."""
    assert run("generate").status == 0
    return project / "generated" / "shop" / "shop"


@pytest.fixture(params=["custom.py", "custom/__init__.py"])
def custom(package: Path, request: pytest.FixtureRequest) -> Path:
    """Return the place of code by hand, which is a module or a package."""
    path = package / str(request.param)
    path.parent.mkdir(exist_ok=True)
    text = CUSTOM if path.parent == package else CUSTOM.replace("from .", "from ..")
    path.write_text(text.replace("from .. import", "from shop import"))
    return path


def python(package: Path, script: str) -> str:
    """Run a script beside a package, and return its output."""
    command = [sys.executable, "-W", "error", "-c", script]
    ran = subprocess.run(
        command, cwd=package.parent, capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr


def test_custom_code_is_kept_and_not_reported(
    project: Path, package: Path, custom: Path, run: Run
) -> None:
    before = custom.read_bytes()
    assert run("check", "--no-cached").status == 0
    contract = project / "specs" / "shop.yaml"
    contract.write_text(contract.read_text().replace("maxLength: 80", "maxLength: 90"))
    assert "custom" not in run("check", "--diff").out
    ran = run("generate", "--force")
    assert (ran.status, "custom" in ran.out) == (0, False)
    assert custom.read_bytes() == before
    contract.unlink()
    (project / "specs" / "other.yaml").write_text(
        "openapi: 3.1.1\ninfo: {title: A, version: '1'}\n"
    )
    run("generate", "--force")
    assert [each for each in package.rglob("*") if each.is_file()] == [custom]


def test_names_of_custom_code_are_imported_from_the_package(
    package: Path, custom: Path
) -> None:
    script = (
        "import shop, sys\n"
        "assert 'shop.custom' not in sys.modules\n"
        "from shop import QuickShop, Shop, total\n"
        "print(issubclass(QuickShop, Shop), total([1, 2]), shop.custom.__name__)"
    )
    assert python(package, script) == "True 3 shop.custom\n"


def test_package_without_custom_code_has_only_its_own_names(package: Path) -> None:
    script = (
        "import shop\ntry: shop.total\nexcept AttributeError as error: print(error)"
    )
    assert python(package, script) == "module 'shop' has no attribute 'total'\n"


def test_fault_in_custom_code_is_not_hidden(package: Path) -> None:
    (package / "custom.py").write_text("import there_is_no_such_module\n")
    output = python(package, "from shop import total")
    assert output.endswith(
        "ModuleNotFoundError: No module named 'there_is_no_such_module'\n"
    )


def test_custom_code_cannot_take_a_name_of_the_package(package: Path) -> None:
    (package / "custom.py").write_text(
        "class Shop: ...\n_own = 1\n__all__ = ['Shop']\nfree = 1\n"
    )
    script = "import shop\nprint(shop.Shop.__module__, *(hasattr(shop, n) for n in ('_own', 'free')))"
    assert python(package, script) == "shop.client False False\n"


def test_custom_code_is_in_the_wheel(
    package: Path, custom: Path, tmp_path: Path
) -> None:
    script = f"import hatchling.build as it; print(it.build_wheel({str(tmp_path)!r}))"
    wheel = tmp_path / python(package, script).split()[-1]
    names = zipfile.ZipFile(wheel).namelist()
    assert custom.relative_to(package.parent).as_posix() in names


def test_type_checkers_know_custom_code(package: Path, custom: Path) -> None:
    (package.parent / "use.py").write_text(USE)
    mypy = python(
        package,
        "from mypy.main import main; main(args=['--strict', 'use.py', 'shop'], clean_exit=True)",
    )
    revealed, error, found = mypy.splitlines()
    assert revealed.endswith('Decimal"')
    assert error == (
        'use.py:8: error: Argument 1 to "total" has incompatible type "str"; '
        'expected "list[Decimal]"  [arg-type]'
    )
    assert found.startswith("Found 1 error in 1 file")


def test_type_checkers_accept_a_package_without_custom_code(package: Path) -> None:
    mypy = python(
        package,
        "from mypy.main import main; main(args=['--strict', 'shop'], clean_exit=True)",
    )
    assert mypy.startswith("Success: ")

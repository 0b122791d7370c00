"""`engross scaffold tests`: what is written, once, into a tree of one's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.black_clean import is_black_clean
from tests.cli.conftest import Run, run
from tests.conftest import ROOT

__all__ = ["run"]

PROVIDERS = sorted(path.stem for path in ROOT.glob("specs/*.yaml"))
GENERATED = [ROOT / "generated" / name for name in PROVIDERS]

RETRIEVE = '''\
"""`invoices.retrieve`: Retrieve an invoice."""

import pytest
from irembopay import IremboPay, NotFoundError
from irembopay.testing import FakeIremboPay


def test_invoices_retrieve_returns_invoice(
    fake_irembopay: FakeIremboPay,
    irembopay: IremboPay,
) -> None:
    fake_irembopay.add("invoices", transactionId="TST-10020")

    invoice = irembopay.invoices.retrieve("TST-10020")

    assert invoice.transaction_id == "TST-10020"
    fake_irembopay.calls.assert_one("invoices.retrieve")


def test_invoices_retrieve_raises_not_found_error(
    fake_irembopay: FakeIremboPay,
    irembopay: IremboPay,
) -> None:
    fake_irembopay.fail_next(status=404, operation="invoices.retrieve")

    with pytest.raises(NotFoundError):
        irembopay.invoices.retrieve("TST-10020")
'''


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tests of all contracts of this repository, as the command writes them."""
    folder = tmp_path_factory.mktemp("consumer") / "tests"
    for provider in PROVIDERS:
        command = [sys.executable, "-m", "engross", "scaffold", "tests", provider]
        subprocess.run(
            [*command, "--output", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
            check=True,
            capture_output=True,
        )
    return folder


def consumer(written: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool among the tests, with the packages at hand."""
    packages = os.pathsep.join(map(str, GENERATED))
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=written,
        env={**os.environ, "PYTHONPATH": packages, "MYPYPATH": packages},
        check=False,
        capture_output=True,
        text=True,
    )


def test_operation_has_a_call_and_a_documented_failure(written: Path) -> None:
    path = written / "test_irembopay_invoices_retrieve.py"

    assert path.read_text() == RETRIEVE


def test_each_operation_has_a_file(written: Path) -> None:
    assert len([*written.glob("*.py")]) == 12


def test_written_tests_pass_as_they_are(written: Path) -> None:
    plugins = [part for name in PROVIDERS for part in ("-p", f"{name}.testing.plugin")]
    ran = consumer(written, "pytest", "-q", "-p", "no:cacheprovider", *plugins)

    assert "24 passed" in ran.stdout, ran.stdout + ran.stderr


def test_written_tests_are_typed(written: Path) -> None:
    ran = consumer(written, "mypy", "--strict", ".")

    assert ran.returncode == 0, ran.stdout


def test_written_tests_are_as_black_prints_them(written: Path) -> None:
    for path in written.glob("*.py"):
        assert is_black_clean(path.read_text()), path.name


def test_files_that_exist_are_named_and_kept(project: Path, run: Run) -> None:
    first = run("scaffold", "tests", "shop")
    path, *others = sorted((project / "tests").iterdir())
    path.write_text("# mine\n")
    others[0].unlink()
    again = run("scaffold", "tests", "shop")

    assert first.status == 0
    assert again.status == 1
    assert f"  kept     tests/{path.name}\n" in again.out
    assert f"  written  tests/{others[0].name}\n" in again.out
    kept = len(others)
    message = f"engross: {kept} of {kept + 1} files already existed; nothing was overwritten\n"
    assert again.err == message
    assert path.read_text() == "# mine\n"
    assert others[0].exists()


def test_directory_may_be_any(project: Path, run: Run) -> None:
    ran = run("scaffold", "tests", "shop", "--output", "checks/shop")

    assert ran.status == 0
    assert [*(project / "checks" / "shop").glob("test_shop_*.py")]
    assert not (project / "tests").exists()


def test_file_in_place_of_the_directory_is_a_usage_error(
    project: Path, run: Run
) -> None:
    (project / "checks").write_text("")
    ran = run("scaffold", "tests", "shop", "--output", "checks")

    message = "engross: --output checks is not a directory\n"
    assert (ran.status, ran.err) == (2, message)


def test_document_without_a_project_has_tests_too(tmp_path: Path, run: Run) -> None:
    document = tmp_path / "petstore.yaml"
    document.write_text(
        "openapi: 3.1.1\n"
        'info: { title: Pets, version: "1" }\n'
        "paths:\n"
        "  /pets:\n"
        "    get:\n"
        "      responses:\n"
        '        "204": { description: None. }\n'
    )
    ran = run("scaffold", "tests", "petstore.yaml", cwd=tmp_path)

    assert ran.out == "  written  tests/test_petstore_pets_list.py\n"

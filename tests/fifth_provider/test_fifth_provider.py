"""A new provider needs only one new file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.black_clean import is_black_clean

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with this interpreter and capture its output."""
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the package of the fifth contract, generated in an empty project."""
    project = tmp_path_factory.mktemp("project")
    (project / "pyproject.toml").write_text("[tool.engross]\n")
    (project / "specs").mkdir()
    contract = (HERE / "specs" / "parcelpost.yaml").read_text()
    (project / "specs" / "parcelpost.yaml").write_text(contract)
    done = run("-m", "engross", "generate", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "generated" / "parcelpost"


def test_fifth_provider_passes_its_own_tests(package: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_fifth_provider_passes_strict_type_checks(package: Path) -> None:
    done = run("-m", "mypy", "--strict", "--python-version", "3.11", ".", cwd=package)
    assert done.returncode == 0, done.stdout


def test_fifth_provider_is_formatted(package: Path) -> None:
    for path in package.rglob("*.py"):
        assert is_black_clean(path.read_text()), path


def test_fifth_provider_is_current(package: Path) -> None:
    done = run("-m", "engross", "check", cwd=package.parents[1])
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", ["generator", "templates"])
def test_generator_and_templates_name_no_provider(folder: str) -> None:
    names = [path.stem for path in (ROOT / "specs").glob("*.yaml")]
    paths = ["/manager/businesses", "/payments/invoices", "/invs/", "/v2/transact"]
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in {".py", ".jinja"}:
            text = path.read_text().casefold()
            assert not [
                word for word in (*names, *paths) if word.casefold() in text
            ], path

"""Emitted tests pass for their package, and fail for a broken one."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source.loader import load
from tests.black_clean import is_black_clean

HERE = Path(__file__).parent
CONTRACTS = (
    "beacon",
    "bells",
    "depot",
    "haven",
    "ledger",
    "lodge",
    "mint",
    "odd_ones",
    "petstore",
    "quest",
    "snags",
    "uploads",
    "vault",
)


@cache
def emitted(contract: str) -> dict[str, bytes]:
    """Return the files of a contract's package."""
    return emit(build(load(HERE / "specs" / f"{contract}.yaml", root=HERE)))


def write(contract: str, folder: Path) -> None:
    """Write a package."""
    for path, content in emitted(contract).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def run_tests(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a package's own tests, except those of its README."""
    return run(folder, "--deselect", "tests/test_readme.py", *arguments)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests of a package."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "-W", "error", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("contract", CONTRACTS)
def test_package_passes_its_own_tests(contract: str, tmp_path: Path) -> None:
    write(contract, tmp_path)

    done = run_tests(tmp_path)

    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("contract", ["depot", "haven", "snags"])
def test_readme_of_a_package_runs(contract: str, tmp_path: Path) -> None:
    write(contract, tmp_path)

    done = run(tmp_path, "tests/test_readme.py")

    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("contract", ["depot", "uploads"])
def test_package_and_its_tests_pass_strict_type_checks(
    contract: str, tmp_path: Path
) -> None:
    write(contract, tmp_path)

    command = [sys.executable, "-m", "mypy", "--strict", contract, "tests"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_emitted_tests_are_formatted(contract: str) -> None:
    for path, content in emitted(contract).items():
        if path.startswith("tests/") and path.endswith(".py"):
            assert is_black_clean(content.decode()), path


@pytest.mark.parametrize("contract", CONTRACTS)
def test_emitted_tests_have_no_long_line(contract: str) -> None:
    for path, content in emitted(contract).items():
        if path.startswith("tests/") and path.endswith(".py"):
            long = [line for line in content.decode().splitlines() if len(line) > 88]
            assert long == [], path


def test_operation_without_a_valid_request_is_named(tmp_path: Path) -> None:
    write("odd_ones", tmp_path)

    done = run_tests(tmp_path, "-rs", "tests/test_requests.py")

    assert "no request that fits is known" in done.stdout


BROKEN = [
    # contract, file, original text, replacement, tests that must fail
    ("petstore", "operations", '"PATCH"', '"PUT"', "test_requests"),
    ("petstore", "operations", 'style="deepObject"', 'style="form"', "test_requests"),
    ("petstore", "contract", '"api_key"', '"apikey"', "test_requests"),
    ("petstore", "models", "price: Decimal", "price: float", "test_models"),
    ("petstore", "models", "(OpenEnum)", "(__import__('enum').StrEnum)", "test_models"),
    ("petstore", "validators", "len(name) > 64", "len(name) > 65", "test_validation"),
    (
        "ledger",
        "operations",
        'CursorStyle(cursor="after"',
        'CursorStyle(cursor="id"',
        "test_paging",
    ),
    ("uploads", "operations", '"deepObject"', '"form"', "test_requests"),
    ("uploads", "operations", '"application/xml"', '"text/xml"', "test_requests"),
    ("mint", "contract", '("coins.read"', '("coins.make"', "test_requests"),
    (
        "vault",
        "contract",
        'authenticate_in="body"',
        'authenticate_in="header"',
        "test_requests",
    ),
    ("vault", "contract", '"sid", "cookie"', '"sid", "header"', "test_requests"),
    ("vault", "contract", 'place="query"', 'place="header"', "test_requests"),
    ("vault", "contract", 'Http("Token"', 'Http("Bearer"', "test_requests"),
    (
        "vault",
        "contract",
        'password=Credential("half"',
        'username=Credential("half"',
        "test_requests",
    ),
    (
        "vault",
        "operations",
        '(("header", "cookie"), ("bearer",))',
        '(("bearer",),)',
        "test_requests",
    ),
    ("ledger", "contract", 'digest="sha256"', 'digest="sha1"', "test_requests"),
    ("ledger", "contract", '("error", "code")', '("code",)', "test_errors"),
    ("ledger", "contract", '"X-Ledger-Id"', '"X-Id"', "test_errors"),
    ("ledger", "webhooks", 'digest="sha512"', 'digest="sha256"', "test_webhooks"),
    ("ledger", "webhooks", "tolerance=60", "tolerance=0", "test_webhooks"),
    ("ledger", "webhooks", '"X-Ledger-Time"', '"X-Time"', "test_webhooks"),
    ("ledger", "webhooks", '("entry.gone",)', '("entry.left",)', "test_webhooks"),
    ("ledger", "webhooks", 'unwrap=("data",)', 'unwrap=("meta",)', "test_webhooks"),
    ("bells", "webhooks", '"Bell {secret}!"', '"Bell {secret}"', "test_webhooks"),
    ("bells", "webhooks", "|{bell_secret}|", "||", "test_webhooks"),
    (
        "ledger",
        "errors",
        "class Broken(InternalServerError)",
        "class Broken(ConflictError)",
        "test_errors",
    ),
]


@pytest.mark.parametrize(("contract", "file", "right", "wrong", "tests"), BROKEN)
def test_broken_package_fails_its_own_tests(
    contract: str, file: str, right: str, wrong: str, tests: str, tmp_path: Path
) -> None:
    write(contract, tmp_path)
    module = tmp_path / contract / f"{file}.py"
    source = module.read_text()
    assert right in source
    module.write_text(source.replace(right, wrong))

    done = run_tests(tmp_path, "-x", f"tests/{tests}.py")

    assert " failed" in done.stdout, done.stdout[-4000:]

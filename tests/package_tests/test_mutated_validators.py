"""A package's tests fail when a check of its validators is left out or has another limit."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.package_tests.test_package_tests import run

GENERATED = Path(__file__).parents[2] / "generated"
PACKAGES = ("irembopay", "hiveage")
EVERY = 6
"""One mutant of so many is tried, since each takes a run of the tests."""

UNBREAKABLE = (
    'report.add_type(at, "object", payload, schema)',
    'report.add(at, "required", "payment", payload, schema)',
)
"""Checks of what callers cannot change: that a body is an object, and its wrapping."""


class Mutant(NamedTuple):
    """A change of a module of validators."""

    package: str
    line: int
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.package}:{self.line} {self.what}"


def mutants(package: str) -> Iterator[Mutant]:
    """Yield the module with one check of requests changed, for each of these checks."""
    source = (GENERATED / package / package / "validators.py").read_text()
    for function in _checks_of_requests(ast.parse(source)):
        for node in ast.walk(function):
            if _reports(node):
                assert isinstance(node, ast.Expr)
                if ast.get_source_segment(source, node) not in UNBREAKABLE:
                    yield _with(package, source, node, "pass", "left out")
            elif isinstance(node, ast.Compare):
                limit = node.comparators[0]
                if isinstance(limit, ast.Constant) and type(limit.value) is int:
                    # A stricter check alone changes nothing: the predicate decides first.
                    is_least = isinstance(node.ops[0], ast.Lt | ast.LtE)
                    other = limit.value + (-1 if is_least else 1)
                    what = f"{limit.value} is {other}"
                    yield _with(package, source, limit, str(other), what)


def _checks_of_requests(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that report violations of requests: those with a predicate."""
    functions = {
        node.name: node for node in module.body if isinstance(node, ast.FunctionDef)
    }
    waiting = [
        f"{name.removeprefix('is_')}_violations"
        for name in functions
        if name.startswith("is_")
    ]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in functions:
            continue
        seen.add(name)
        inside = ast.walk(functions[name])
        waiting += [node.id for node in inside if isinstance(node, ast.Name)]
        if name.startswith("_check_"):
            yield functions[name]


def _reports(node: ast.AST) -> bool:
    """Tell whether a statement adds a violation to the report."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr.startswith("add")
    )


def _with(
    package: str, source: str, node: ast.expr | ast.stmt, new: str, what: str
) -> Mutant:
    """Return the module with a part of its source replaced."""
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    before = lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :]
    text = [*lines[: node.lineno - 1], before, new, after, *lines[node.end_lineno :]]
    return Mutant(package, node.lineno, what, "".join(text))


SAMPLE = [mutant for package in PACKAGES for mutant in mutants(package)][::EVERY]


@pytest.mark.parametrize("mutant", SAMPLE, ids=str)
def test_changed_check_fails_the_tests_of_its_package(
    mutant: Mutant, tmp_path: Path
) -> None:
    home = tmp_path / mutant.package
    caches = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(GENERATED / mutant.package, home, ignore=caches)
    (home / mutant.package / "validators.py").write_text(mutant.source)

    done = run(home, "-x", "tests/test_validation.py")

    assert " failed" in done.stdout, done.stdout[-4000:]

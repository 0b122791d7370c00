"""No two modules import each other, not even under `TYPE_CHECKING` or within a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.runtime.sample import generate

Graph = Mapping[str, frozenset[str]]

RUNTIMES = sorted(ROOT.glob("generated/*/*/_runtime"))


def modules(folder: Path, package: str) -> dict[str, Path]:
    """Return the modules below a folder, by their full names."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        steps = parts[:-1] if parts[-1] == "__init__" else parts
        found[".".join([package, *steps])] = path
    return found


def import_graph(folder: Path, package: str) -> Graph:
    """Return the modules below a folder, and which of them each imports."""
    known = modules(folder, package)
    return {
        name: frozenset(_imported(name, path, known)) - {name}
        for name, path in known.items()
    }


def _imported(name: str, path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                steps = name.split(".")
                kept = len(steps) - node.level + is_package
                base = ".".join([*steps[:kept], *([base] if base else [])])
            inner = [f"{base}.{alias.name}" for alias in node.names]
            yield from (module for module in inner if module in known)
            if base in known and any(module not in known for module in inner):
                yield base


def cycle(graph: Graph) -> list[str]:
    """Return a shortest cycle, its first module repeated at its end; empty if none."""
    best: list[str] = []
    for start in sorted(graph):
        found = _way_back(graph, start)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _way_back(graph: Graph, start: str) -> list[str]:
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for module in sorted(graph[way[-1]]):
            if module == start:
                return [*way, start]
            if module not in seen:
                seen.add(module)
                ways.append([*way, module])
    return []


@pytest.mark.parametrize("runtime", RUNTIMES, ids=lambda path: path.parent.name)
def test_emitted_runtime_has_no_import_cycle(runtime: Path) -> None:
    package = f"{runtime.parent.name}._runtime"
    assert " -> ".join(cycle(import_graph(runtime, package))) == ""


def test_runtime_with_all_its_parts_has_no_import_cycle(tmp_path: Path) -> None:
    runtime = generate(tmp_path) / "till" / "_runtime"
    assert " -> ".join(cycle(import_graph(runtime, "till._runtime"))) == ""


def test_generator_has_no_import_cycle() -> None:
    graph = import_graph(ROOT / "generator" / "engross", "engross")
    assert " -> ".join(cycle(graph)) == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from . import two", "p.one -> p.two -> p.one"),
        ("from .two import x", "p.one -> p.two -> p.one"),
        ("import p.two", "p.one -> p.two -> p.one"),
        ("def f():\n    from .two import x", "p.one -> p.two -> p.one"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.two",
            "p.one -> p.two -> p.one",
        ),
        ("import json", ""),
    ],
)
def test_cycle_is_found_however_it_is_written(
    tmp_path: Path, source: str, expected: str
) -> None:
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "one.py").write_text(source)
    (tmp_path / "two.py").write_text("from .one import y\n")
    assert " -> ".join(cycle(import_graph(tmp_path, "p"))) == expected

"""Packages of documents that a test writes, rendered and imported for it."""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from typing import Any

from engross.source import load
from engross.tree.rendering import make

_NUMBERS = itertools.count()


def rendered(document: str, name: str, folder: Path) -> Path:
    """Write the package of a document below a folder, and return that folder."""
    source = folder / f"{name}.yaml"
    source.write_text(document, encoding="utf-8")
    out = folder / f"generated-{next(_NUMBERS)}"
    package, files, _ = make(load(source, root=folder))
    for path, content in files.items():
        if path.startswith(f"{package}/"):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return out


def imported(document: str, name: str, folder: Path) -> Any:
    """Return the package of a document; one that was imported under its name is forgotten."""
    for module in [each for each in sys.modules if each.partition(".")[0] == name]:
        del sys.modules[module]
    sys.path.insert(0, str(rendered(document, name, folder)))
    try:
        package = importlib.import_module(name)
        for module in ("client", "async_client", "errors", "models"):
            importlib.import_module(f"{name}.{module}")
        return package
    finally:
        sys.path.pop(0)

"""The package `till`, which the tests of the runtime import, generated from `till.yaml`."""

from __future__ import annotations

import sys
from pathlib import Path

from engross.source import load
from engross.tree.rendering import make

CONTRACT = Path(__file__).with_name("till.yaml")


def generate(folder: Path) -> Path:
    """Write the package below a folder, and return that folder."""
    package, files, _ = make(load(CONTRACT, root=CONTRACT.parent))
    for name, content in files.items():
        if name.startswith(f"{package}/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


if __name__ == "__main__":
    generate(Path(sys.argv[1]))

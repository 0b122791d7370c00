"""Which documents a corpus has, and the files that each of them needs."""

import csv
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

_BESIDE: Final = Path(__file__).parents[3] / "shared" / "corpus"
CORPUS: Final = Path(os.environ.get("OPENAPI_CORPUS", _BESIDE))
"""Documents of others: too many to stand here, and not ours to hand on."""

_SUFFIXES: Final = {".json", ".yaml", ".yml"}
_VERSION: Final = re.compile(rb"""(?:^|[{,\s])["']?openapi["']?\s*:\s*["']?3\.""")


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a corpus."""

    path: Path
    name: str
    """Path in the corpus."""
    is_valid: bool
    """Whether the index of the corpus calls it valid; false where there is none."""


def documents(corpus: Path) -> list[Document]:
    """Return the documents below a folder, the largest first.

    A corpus may have an `index.tsv` with the columns `path` and `valid`.
    """
    valid = {each.name for each in indexed(corpus) if each.is_valid}
    paths = [path for path in _files(corpus) if _is_document(path)]
    paths.sort(key=lambda path: (-path.stat().st_size, path))
    names = {path: path.relative_to(corpus).as_posix() for path in paths}
    return [Document(path, name, name in valid) for path, name in names.items()]


def indexed(corpus: Path, *, below: float = inf) -> list[Document]:
    """Return the documents that the index of a corpus lists, of fewer bytes than this."""
    index = corpus / "index.tsv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as lines:
        found = [
            Document(corpus / row["path"], row["path"], row["valid"] == "yes")
            for row in csv.DictReader(lines, delimiter="\t")
        ]
    return [each for each in found if each.path.stat().st_size < below]


def copy(document: Document, folder: Path) -> None:
    """Copy a document, and what is beside it and may be a part of it."""
    folder.mkdir(parents=True)
    shutil.copy(document.path, folder)
    beside = document.path.parent
    for path in _files(beside):
        target = folder / path.relative_to(beside)
        if path.suffix in _SUFFIXES and not _is_document(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_document(path: Path) -> bool:
    return path.suffix in _SUFFIXES and bool(_VERSION.search(path.read_bytes()))

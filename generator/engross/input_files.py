"""The files that contracts are read from: their names, and digests of their content."""

from hashlib import sha256
from os.path import realpath, relpath
from pathlib import Path
from typing import Final

ENDINGS: Final = (".yaml", ".yml", ".json")

MARK: Final = ".overlay"
"""What the name of an overlay has before its ending."""


def overlay_names(name: str) -> tuple[str, ...]:
    """Return the names that an overlay of the document `name` may have."""
    stem = name.rpartition(".")[0]
    return tuple(f"{stem}{MARK}{ending}" for ending in ENDINGS)


def input_digest(root: Path, name: str, content: bytes) -> str:
    """Return the digest of a file below `root`: of its content, and where links lead."""
    place = relpath(realpath(root / name), realpath(root))
    return sha256(
        b"\0".join([place.encode(errors="surrogateescape"), content])
    ).hexdigest()


def digest_on_disk(root: Path, name: str) -> str | None:
    """Return the digest of a file as it is now; None if there is none to read."""
    try:
        return input_digest(root, name, (root / name).read_bytes())
    except OSError:
        return None

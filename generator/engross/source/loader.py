"""Load a contract: its text, its structure, and every file that it refers to."""

import re
from os.path import relpath
from pathlib import Path
from typing import Final

from engross.findings import Finding, FindingsError, in_order
from engross.source.gc_pause import gc_paused
from engross.source.library import Library
from engross.source.metaschema import metaschema
from engross.source.reference_walk import ReferenceWalk
from engross.source.resolver import BadReferenceError
from engross.source.source import Source
from engross.source.version import declared_version, unsupported_version

_UNSAFE_NAME: Final = re.compile(r"""[\\:*?"<>|`]|coding=""")
"""What files cannot hold on every platform, and what means something in a comment of Python.

The first line of each generated file names the contract; `coding:` would set its encoding.
"""


def load(path: Path, *, root: Path) -> Source:
    """Read a contract and everything that it references.

    Args:
        path: the entry file, YAML or JSON.
        root: the project's root; files are shown relative to it, and nothing outside of
            it is read.

    Raises:
        FindingsError: with every finding of text, structure and references.
    """
    with gc_paused():
        return _load(Path(relpath(path, root)).as_posix(), root)


def _load(name: str, root: Path) -> Source:
    if _UNSAFE_NAME.search(name) or not name.isprintable():
        message = f"{name!r} cannot be the name of a contract"
        hint = "rename it: letters, digits, '.', '_' and '-' are safe"
        raise FindingsError([Finding("unsafe-file-name", message, hint=hint)])
    library = Library(root)
    try:
        entry = library.open(name)
    except BadReferenceError as error:
        raise FindingsError([Finding(error.rule, error.message)]) from None
    if entry is None:
        raise FindingsError(in_order(library.findings))
    unsupported = unsupported_version(entry)
    if unsupported is not None:
        raise FindingsError([unsupported])
    walk = ReferenceWalk(library, metaschema(declared_version(entry)))
    walk.explore(entry)
    findings = in_order([*library.findings, *walk.findings()])
    if findings:
        raise FindingsError(findings)
    return Source(name, library, walk.walks)

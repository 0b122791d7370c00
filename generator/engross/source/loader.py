"""Load a contract: its text, its structure, and every file that it refers to."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from os.path import relpath
from pathlib import Path
from typing import Final

from engross.findings import Finding, FindingsError, in_order
from engross.selection import Slice
from engross.source.document import Document
from engross.source.gc_pause import gc_paused
from engross.source.library import Library
from engross.source.location import Location
from engross.source.metaschema import EXTENSION, metaschema
from engross.source.omission import omitting_broken
from engross.source.path_items import LeftOut
from engross.source.reference_walk import ReferenceWalk
from engross.source.repair import Defect, Repair, apply, edits_of
from engross.source.resolver import BadReferenceError
from engross.source.slices import cut
from engross.source.source import Source
from engross.source.version import declared_version, unsupported_version

_MOST_ROUNDS: Final = 20
"""Repairs can uncover further faults, but not for ever."""

_UNSAFE_NAME: Final = re.compile(r"""[\\:*?"<>|`]|coding=""")
"""What files cannot hold on every platform, and what means something in a comment of Python.

The first line of each generated file names the contract; `coding:` would set its encoding.
"""

_TOLERABLE: Final = {
    "duplicate-key": Repair("the last one is used"),
    "unknown-tag": Repair("ignored"),
    "unusable-key": Repair("ignored"),
    "unusable-merge": Repair("ignored"),
    "unusable-number": Repair("read as null"),
}
"""Faults of text that leave the rest of a document readable."""


def load(
    path: Path,
    *,
    root: Path,
    strict: bool = False,
    skip_broken: bool = False,
    wanted: Slice | None = None,
) -> Source:
    """Read a contract and everything that it references.

    A document without any `x-engross` is repaired where a fault concerns only a part of
    it; the source's warnings say how.

    Args:
        path: the entry file, YAML or JSON.
        root: the project's root; files are shown relative to it, and nothing outside of
            it is read.
        strict: whether to refuse a document for faults that could be repaired.
        skip_broken: whether to leave out operations for faults that cannot be repaired.
        wanted: the operations to read, if not all.

    Raises:
        FindingsError: with every finding of text, structure and references.
    """
    name = _shown(path, root)
    if _UNSAFE_NAME.search(name) or not name.isprintable():
        message = f"{name!r} cannot be the name of a contract"
        hint = "rename it: letters, digits, '.', '_' and '-' are safe"
        raise FindingsError([Finding("unsafe-file-name", message, hint=hint)])
    library = Library(root)
    return _loaded(name, library, wanted, strict=strict, skip_broken=skip_broken)


def files_read(
    path: Path, *, root: Path, wanted: Slice | None = None
) -> Mapping[str, str | None]:
    """Return the digest of each file that a contract is read from, even an invalid one.

    Files that were looked for in vain have None.

    Args:
        path: the entry file, YAML or JSON.
        root: the project's root.
        wanted: the operations to read, if not all.
    """
    library = Library(root)
    with suppress(FindingsError):
        _loaded(_shown(path, root), library, wanted, strict=False, skip_broken=False)
    return library.inputs


def _shown(path: Path, root: Path) -> str:
    return Path(relpath(path, root)).as_posix()


def load_files(
    name: str,
    files: Mapping[str, bytes],
    *,
    skip_broken: bool = False,
    wanted: Slice | None = None,
) -> Source:
    """Read a contract of a folder that is not on disk, such as one of an earlier commit.

    Args:
        name: the path of the entry file.
        files: contents of all files of the folder, by path.
        skip_broken: whether to leave out operations for faults that cannot be repaired.
        wanted: the operations to read, if not all.

    Raises:
        FindingsError: with every finding of text, structure and references.
    """
    library = Library(None, files, is_whole=True)
    return _loaded(name, library, wanted, strict=False, skip_broken=skip_broken)


def _loaded(
    name: str,
    library: Library,
    wanted: Slice | None,
    *,
    strict: bool,
    skip_broken: bool,
) -> Source:
    with gc_paused():
        entry = _opened(name, library)
        left_out = LeftOut() if wanted is None else cut(entry, library, wanted)
        return _walked(
            entry,
            library,
            (),
            strict=strict,
            skip_broken=skip_broken,
            left_out=left_out,
        )


def load_content(
    name: str, content: bytes, *, strict: bool = False, skip_broken: bool = False
) -> Source:
    """Read a document that is not a file, such as a download; it refers to nothing else.

    Args:
        name: its URL, or another name for people to recognize it.
        content: its bytes.
        strict: whether to refuse it for faults that could be repaired.
        skip_broken: whether to leave out operations for faults that cannot be repaired.

    Raises:
        FindingsError: with every finding of text, structure and references.
    """
    with gc_paused():
        library = Library(None, {name: content})
        return _walked(
            _opened(name, library),
            library,
            (),
            strict=strict,
            skip_broken=skip_broken,
            left_out=LeftOut(),
        )


def repaired(source: Source, defects: Iterable[Defect]) -> Source:
    """Return the source after repairs of its data, which they change in place.

    Raises:
        FindingsError: with every fault that the repairs led to.
    """
    defects = tuple(defects)
    apply(edits_of(defects), source.library.documents)
    source.library.reread()
    entry = source.library.documents[source.entry]
    warnings = (*source.warnings, *_warnings(defects))
    return _walked(
        entry,
        source.library,
        warnings,
        strict=False,
        skip_broken=source.skips_broken,
        left_out=source.left_out,
    )


def _opened(name: str, library: Library) -> Document:
    """Return the entry document of a contract."""
    try:
        entry = library.open(name)
    except BadReferenceError as error:
        raise FindingsError([Finding(error.rule, error.message)]) from None
    if entry is None:
        raise FindingsError(in_order(library.findings))
    unsupported = unsupported_version(entry)
    if unsupported is not None:
        raise FindingsError([unsupported])
    return entry


def _walked(
    entry: Document,
    library: Library,
    warnings: tuple[Finding, ...],
    *,
    strict: bool,
    skip_broken: bool,
    left_out: LeftOut,
) -> Source:
    """Return the source of documents that are sound, or sound after repairs."""
    rounds = 0
    while True:
        walk = ReferenceWalk(library, metaschema(declared_version(entry)))
        walk.explore(entry)
        of_text = [_of_text(finding, entry) for finding in library.findings]
        defects = [*of_text, *map(_unless_ours, walk.defects())]
        is_of_ours = strict or walk.is_of_ours
        if is_of_ours and defects:
            raise FindingsError(in_order(defect.finding for defect in defects))
        if any(defect.repair is None for defect in defects):
            described = walk.operations()
            defects = [
                *omitting_broken(defects, entry.name, described, requested=skip_broken)
            ]
        warnings += _warnings(defects)
        if not apply(edits_of(defects), library.documents):
            errors = [defect.finding for defect in defects if defect.repair is None]
            break
        rounds += 1
        if rounds == _MOST_ROUNDS:  # repairs undo each other
            errors = [defect.finding for defect in defects]
            break
        library.reread()
    if errors:
        raise FindingsError(in_order((*errors, *warnings)))
    return Source(
        entry.name,
        library,
        {name: found.places for name, found in walk.walks.items()},
        is_of_ours=is_of_ours,
        skips_broken=skip_broken,
        left_out=left_out,
        warnings=in_order(warnings),
    )


def _of_text(finding: Finding, entry: Document) -> Defect:
    return Defect(finding, Location(entry.name), _TOLERABLE.get(finding.rule))


def _unless_ours(defect: Defect) -> Defect:
    """Return the defect; what `x-engross` says is never repaired."""
    return replace(defect, repair=None) if EXTENSION in defect.at.tokens else defect


def _warnings(defects: Iterable[Defect]) -> tuple[Finding, ...]:
    return tuple(defect.reported for defect in defects if defect.repair is not None)

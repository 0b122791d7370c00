"""The manifest of a generated package: what engross wrote, and from which contract.

It contains neither times nor absolute paths, so that the same contract gives the same
bytes everywhere.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from hashlib import sha256
from typing import Final, TypeAlias

from engross.data import dataclass

NAME: Final = ".engross.json"

NEXT: Final = ".engross.next.json"
"""The manifest of a run in progress; left behind only if that run was interrupted."""

FORMAT: Final = 4

_FILES_LISTED: Final = 3
"""An earlier format, in which each file has its whole path and a longer digest."""

_FLAT: Final = 1
"""An earlier format, in which each element has its whole key."""

_ALL_NAMED: Final = 2
"""An earlier format, in which each element of a large contract has a key."""

_PART = re.compile(r"/[^/]*|[^/]+")

_NO_NAMES: Final = frozenset({"", ".", ".."})
"""What no file and no folder on the way to it is called."""

_DIGEST: Final = re.compile(r"[0-9a-f]{32}")

_LONG_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""One of an earlier format; the short one is its beginning."""


class ManifestError(ValueError):
    """A manifest that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one run of `generate` wrote into a package.

    Attributes:
        contract: Path of the contract, relative to the project root.
        sha256: Digest of the contract and all files that it references.
        engross: Version of the generator.
        files: Path in the package -> digest of the content written there.
        elements: Element of the contract -> short digest of its content; in a large
            contract also those of what is inside.
    """

    contract: str
    sha256: str
    engross: str
    files: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, str] = field(default_factory=dict)

    def dump(self) -> bytes:
        """Return the bytes of the manifest: sorted, one file or component per line."""
        record: _Tree = {
            "contract": self.contract,
            "elements": _nested(self.elements),
            "engross": self.engross,
            "files": _nested(self.files),
            "format": FORMAT,
            "sha256": self.sha256,
        }
        return "".join([*_lines(record, 0), "\n"]).encode()


def parse(content: bytes) -> Manifest:
    """Return the manifest that bytes represent.

    Raises:
        ManifestError: It is damaged, or in the format of another version.
    """
    try:
        record = json.loads(content)
    except UnicodeDecodeError:
        raise ManifestError("not valid UTF-8") from None
    except json.JSONDecodeError as error:
        if re.search(rb"^(<{7}|={7}|>{7})", content, re.MULTILINE):
            raise ManifestError("unresolved merge conflict") from None
        raise ManifestError(f"invalid JSON at line {error.lineno}") from None
    except RecursionError:
        raise ManifestError("not a manifest") from None
    if not isinstance(record, dict):
        raise ManifestError("not a manifest")
    if record.get("format") not in (_FLAT, _ALL_NAMED, _FILES_LISTED, FORMAT):
        raise ManifestError("written by another version of engross")
    files = _files(record)
    return Manifest(
        contract=_text(record, "contract"),
        sha256=_text(record, "sha256"),
        engross=_text(record, "engross"),
        files=files,
        elements=_elements(record),
    )


def is_safe(path: str) -> bool:
    """Return whether `path` is a plain relative path inside its package."""
    return (
        path not in (NAME, NEXT)
        and path.isprintable()
        and "\\" not in path
        and ":" not in path
        and _NO_NAMES.isdisjoint(path.split("/"))
    )


def digest(content: bytes) -> str:
    """Return the digest of a file's content: 128 bits, against edits and not against forgers."""
    return sha256(content).hexdigest()[:32]


_Tree: TypeAlias = "dict[str, str | int | _Tree]"
"""Parts of keys of elements; the empty part has the digest of the element itself."""

_DEEPEST_DIVIDED: Final = 3
"""Objects of the manifest around those that are on one line: a component, an operation."""


def _lines(tree: _Tree, depth: int) -> Iterator[str]:
    """Yield the JSON text of a tree."""
    if depth > _DEEPEST_DIVIDED or not tree:
        yield json.dumps(tree, sort_keys=True, ensure_ascii=False)
        return
    before = "{"
    for key, value in sorted(tree.items()):
        yield f"{before}\n{' ' * (depth + 1)}{json.dumps(key, ensure_ascii=False)}: "
        if isinstance(value, dict):
            yield from _lines(value, depth + 1)
        else:
            yield json.dumps(value, ensure_ascii=False)
        before = ","
    yield f"\n{' ' * depth}}}"


def _nested(elements: Mapping[str, str]) -> _Tree:
    """Return elements as a tree, in which what keys have in common is written once."""
    root: _Tree = {}
    for key, value in elements.items():
        *outer, last = _PART.findall(key) or [""]
        node = root
        for part in outer:
            inner = node.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = node[part] = {"": inner}
            node = inner
        known = node.get(last)
        if isinstance(known, dict):
            known[""] = value
        else:
            node[last] = value
    return root


def _files(record: dict[str, object]) -> dict[str, str]:
    is_listed = record["format"] != FORMAT
    files = _digests(record, "files") if is_listed else _leaves(record, "files")
    form = _LONG_DIGEST if is_listed else _DIGEST
    for path, value in files.items():
        if not is_safe(path) or not form.fullmatch(value):
            raise ManifestError(f"invalid entry {path!r}")
    return {path: value[:32] for path, value in files.items()}


def _elements(record: dict[str, object]) -> dict[str, str]:
    is_flat = record["format"] == _FLAT
    return (_digests if is_flat else _leaves)(record, "elements")


def _leaves(record: dict[str, object], key: str) -> dict[str, str]:
    """Return the entries of a tree by their whole keys."""
    tree = record.get(key)
    if not isinstance(tree, dict):
        raise ManifestError(f"invalid entry {key!r}")
    return dict(_flat(tree, ""))


def _flat(tree: dict[str, object], outer: str) -> Iterator[tuple[str, str]]:
    for part, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, outer + part)
        elif isinstance(value, str):
            yield outer + part, value
        else:
            raise ManifestError(f"invalid entry {outer + part!r}")


def _text(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise ManifestError(f"invalid entry {key!r}")
    return value


def _digests(record: dict[str, object], key: str) -> dict[str, str]:
    value = record.get(key)
    if not isinstance(value, dict):
        raise ManifestError(f"invalid entry {key!r}")
    for name, entry in value.items():
        if not isinstance(entry, str):
            raise ManifestError(f"invalid entry {name!r}")
    return value

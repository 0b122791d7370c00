"""The documents of one contract, read from below one folder as references need them."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engross.findings import Finding
from engross.input_files import input_digest, overlay_names
from engross.source.document import Document, Value
from engross.source.location import Location
from engross.source.overlay import applied
from engross.source.parse import parse
from engross.source.resolver import BadReferenceError, Loaded, Resolver, is_absolute

_IDENTIFIERS: Final = ("$id", "$anchor", "$dynamicAnchor")


class Library:
    """Documents by name, each read once.

    Names are posix paths relative to the root folder, out of which nothing is read. A
    document that was downloaded is named by its URL; without a root, no file is read.

    Args:
        root: the root folder.
        given: contents of documents that are not read from files, by name.
        is_whole: whether `given` stands for all files of a folder, so that documents may
            refer to one another, and overlays are applied.
    """

    def __init__(
        self,
        root: Path | None,
        given: Mapping[str, bytes] = MappingProxyType({}),
        *,
        is_whole: bool = False,
    ) -> None:
        self.findings: list[Finding] = []
        self.inputs: dict[str, str | None] = {}
        """Digest of each file that was read; None of what may yet become readable."""
        self.resolver = Resolver({}, retrieve=self._retrieve)
        self._documents: dict[str, Document] = {}
        self._overlays: dict[str, Document] = {}
        self._unusable: set[str] = set()
        self._root = root
        self._real_root = None if root is None else root.resolve()
        self._given = given
        self._is_whole = is_whole

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents read so far, by name."""
        return self._documents

    @property
    def overlays(self) -> Mapping[str, Document]:
        """The overlays that were applied to these documents, by name."""
        return self._overlays

    def open(self, name: str) -> Document | None:
        """Read the entry document.

        Returns:
            None if the document is unusable; there are findings that say why.

        Raises:
            BadReferenceError: there is no such file that may be read.
        """
        try:
            self.resolver.add(name, self._load(name))
        except _UnusableDocumentError:
            return None
        return self._documents[name]

    def reread(self) -> None:
        """Forget where references lead, since the data of documents has changed."""
        self.resolver = Resolver({}, retrieve=self._retrieve)
        for document in self._documents.values():
            self.resolver.add(document.name, _loaded(document))

    def resolve(self, at: Location, reference: str) -> Location | None:
        """Return what a reference at `at` points to, in one step.

        Returns:
            None if the document that it points to is unusable; there are findings that
            say why.

        Raises:
            BadReferenceError: it points to nothing.
        """
        try:
            return self.resolver.resolve(at, reference)
        except _UnusableDocumentError:
            return None

    def value(self, at: Location) -> Value:
        """Return the value at a location.

        Raises:
            LookupError: there is none.
        """
        return self.resolver.value(at)

    def _retrieve(self, name: str) -> Loaded:
        """Load a document that a reference names."""
        if self._root is None and not self._is_whole:
            raise _alone()
        if is_absolute(name):
            raise BadReferenceError(
                "remote-reference",
                "references to other hosts are not followed",
                "save it beside the contract and refer to it by its relative path",
            )
        if name.startswith("/") or "\\" in name or not name.isprintable():
            raise BadReferenceError(
                "absolute-reference",
                "not a relative path",
                "write the path relative to this file, with forward slashes",
            )
        if name == ".." or name.startswith("../"):
            raise _outside_root(name)
        return self._load(name)

    def _load(self, name: str) -> Loaded:
        document = None
        if name not in self._unusable:
            document, findings = parse(name, self._read(name))
            self.findings += findings
        if document is not None:
            document = self._with_overlays(document)
        if document is None:
            self._unusable.add(name)
            raise _UnusableDocumentError("unusable-document", f"{name} is unusable")
        self._documents[name] = document
        return _loaded(document)

    def _with_overlays(self, document: Document) -> Document | None:
        """Return the document with the overlay beside it; None if that is unusable."""
        if self._root is None and not self._is_whole:
            return document
        for name in overlay_names(document.name):
            if not self._has(name):
                self.inputs[name] = None
            else:
                overlay, findings = parse(name, self._read(name))
                self.findings += findings
                if overlay is None:
                    return None
                self._overlays[name] = overlay
                document, findings = applied(document, overlay)
                self.findings += findings
        return document

    def _has(self, name: str) -> bool:
        if self._root is None:
            return name in self._given
        return (self._root / name).is_file()

    def _read(self, name: str) -> bytes:
        if name in self._given:
            return self._given[name]
        if self._is_whole:
            raise BadReferenceError("no-such-file", f"there is no file {name}")
        if self._root is None or self._real_root is None:
            raise _alone()
        path = self._root / name
        self.inputs[name] = None
        try:
            if not path.resolve().is_relative_to(self._real_root):
                raise _outside_root(name)
            if not path.exists():
                raise BadReferenceError("no-such-file", f"there is no file {name}")
            if not path.is_file():
                raise BadReferenceError("unreadable-file", f"{name} is not a file")
            content = path.read_bytes()
        except (OSError, RuntimeError) as error:  # the latter: symlinks in a circle
            reason = getattr(error, "strerror", None) or "symlinks in a circle"
            message = f"{name} cannot be read: {reason}"
            raise BadReferenceError("unreadable-file", message) from None
        self.inputs[name] = input_digest(self._root, name, content)
        return content


def _loaded(document: Document) -> Loaded:
    overlays = {overlay.name: overlay for overlay in document.overlays}
    texts = [each.text.content for each in (document, *overlays.values())]
    may_identify = any(keyword in text for text in texts for keyword in _IDENTIFIERS)
    return Loaded(document.value, may_identify)


class _UnusableDocumentError(BadReferenceError):
    """A document is there, but its text has faults, which are findings already."""


def _alone() -> BadReferenceError:
    return BadReferenceError(
        "remote-reference",
        "of a document that is not a file, no references to others are followed",
        "save it and the others as files, and give engross the path of the first",
    )


def _outside_root(file: str) -> BadReferenceError:
    return BadReferenceError(
        "outside-root",
        f"{file} lies outside of the project",
        "move the file into the project",
    )

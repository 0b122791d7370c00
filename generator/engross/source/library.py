"""The documents of one contract, read from below one folder as references need them."""

from pathlib import Path

from engross.findings import Finding
from engross.source.document import Document, Value
from engross.source.location import Location, Token, Tokens
from engross.source.parse import parse
from engross.source.references import (
    BadReferenceError,
    anchors,
    locate,
    outside_root,
    parse_reference,
)


class Library:
    """Documents by name, each read once.

    Names are posix paths relative to the root folder, out of which nothing is read.
    """

    def __init__(self, root: Path) -> None:
        self.documents: dict[str, Document] = {}
        self.findings: list[Finding] = []
        self._root = root
        self._real_root = root.resolve()
        self._unusable: set[str] = set()
        self._anchors: dict[str, dict[str, Tokens]] = {}
        self._resolved: dict[tuple[str, str], Location | BadReferenceError | None] = {}

    def open(self, name: str) -> Document | None:
        """A document; None, once its findings are noted, where it cannot be used.

        Raises:
            BadReferenceError: there is no such file that may be read.
        """
        if name in self.documents:
            return self.documents[name]
        if name in self._unusable:
            return None
        document, findings = parse(name, self._read(name))
        self.findings += findings
        if document is None:
            self._unusable.add(name)
        else:
            self.documents[name] = document
        return document

    def _read(self, name: str) -> bytes:
        path = self._root / name
        try:
            if not path.resolve().is_relative_to(self._real_root):
                raise outside_root(name)
            if not path.exists():
                raise BadReferenceError("no-such-file", f"there is no file {name}")
            if not path.is_file():
                raise BadReferenceError("unreadable-file", f"{name} is not a file")
            return path.read_bytes()
        except (OSError, RuntimeError) as error:  # the latter: symlinks in a circle
            reason = getattr(error, "strerror", None) or "symlinks in a circle"
            message = f"{name} cannot be read: {reason}"
            raise BadReferenceError("unreadable-file", message) from None

    def resolve(self, document: str, text: str) -> Location | None:
        """Where a reference in `document` leads, in one step; None if unreadable.

        Raises:
            BadReferenceError: it leads nowhere.
        """
        key = (document, text)
        if key not in self._resolved:
            try:
                self._resolved[key] = self._resolve(document, text)
            except BadReferenceError as error:
                self._resolved[key] = error
        found = self._resolved[key]
        if isinstance(found, BadReferenceError):
            raise found
        return found

    def _resolve(self, document: str, text: str) -> Location | None:
        target = parse_reference(document, text)
        opened = self.open(target.document)
        if opened is None:
            return None
        if target.anchor is None:
            return locate(opened.value, target)
        if opened.name not in self._anchors:
            self._anchors[opened.name] = anchors(opened.value)
        tokens = self._anchors[opened.name].get(target.anchor)
        if tokens is None:
            message = f"no schema has the anchor {target.anchor!r}"
            raise BadReferenceError("dangling-reference", message)
        return Location(opened.name, tokens)

    def value(self, at: Location) -> Value:
        """The value at a location.

        Raises:
            LookupError: there is none.
        """
        value = self.documents[at.document].value
        for token in at.tokens:
            value = _child(value, token, at)
        return value


def _child(value: Value, token: Token, at: Location) -> Value:
    if isinstance(value, dict) and token in value:
        return value[str(token)]
    if isinstance(value, list) and isinstance(token, int) and 0 <= token < len(value):
        return value[token]
    raise LookupError(f"nothing at {at}")

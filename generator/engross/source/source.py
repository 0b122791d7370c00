"""A loaded contract, as its readers see it."""

import hashlib
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from engross.findings import Finding, Span
from engross.source.document import Document, Value
from engross.source.library import Library
from engross.source.location import Location, Path, tokens_of
from engross.source.metaschema import EXTENSION
from engross.source.path_items import LeftOut
from engross.source.resolver import BadReferenceError, Resolver, is_absolute


class Source:
    """One contract with all documents that it references, in the form of OpenAPI 3.1.

    Made by `load`, which answers for its structure and for every reference in it.
    """

    def __init__(
        self,
        entry: str,
        library: Library,
        paths: Mapping[str, Mapping[str, list[Path]]],
        *,
        is_of_ours: bool,
        skips_broken: bool = False,
        left_out: LeftOut,
        warnings: tuple[Finding, ...] = (),
    ) -> None:
        self.entry = entry
        self.root = Location(entry)
        self.sha256 = _digest(entry, {**library.documents, **library.overlays})
        self.library = library
        self.is_of_ours = is_of_ours
        """Whether it has an `x-engross`, or is to be as sound as if it had one."""
        self.skips_broken = skips_broken
        """Whether operations that cannot be generated are left out."""
        self.left_out = left_out
        """What a slice leaves out."""
        self.warnings = warnings
        """What was repaired."""
        self._paths = {document: dict(found) for document, found in paths.items()}
        """The paths of all objects in each document, by their kinds; then places instead."""
        self._places: dict[str, tuple[Location, ...]] = {}

    @property
    def resources(self) -> Mapping[str, Value]:
        """The data of each document, by its shown path."""
        return {name: document.value for name, document in self._documents.items()}

    @property
    def resolver(self) -> Resolver:
        """Follows references within the documents."""
        return self.library.resolver

    def text(self, document: str) -> str:
        """Return the text of a document or an overlay, by its path as shown to users."""
        found = self._documents.get(document) or self.library.overlays[document]
        return found.text.content

    def value(self, at: Location) -> Value:
        """Return the plain data at a location.

        Raises:
            LookupError: there is none.
        """
        return self.library.value(at)

    def follow(self, at: Location) -> Location:
        """Return the end of the references that begin at `at`; `at` itself if it is none."""
        value = self.value(at)
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            at = self.resolve(at, str(value["$ref"]))
            value = self.value(at)
        return at

    def resolve(self, at: Location, reference: str) -> Location:
        """Return what a reference at `at` points to, in one step.

        Raises:
            LookupError: it leads nowhere.
        """
        try:
            found = self.library.resolve(at, reference)
        except BadReferenceError as error:
            raise LookupError(f"{reference}: {error.message}") from error
        if found is None:
            raise LookupError(f"{reference}: unusable document")
        return found

    def span(self, at: Location, *, key: bool = False) -> Span:
        """Return the span of the value at `at`, or of its key if `key`."""
        return self._documents[at.document].span(at.tokens, key=key)

    def located(self, url: str, document: str = "") -> str:
        """Return the URL of a server; in full if it is relative and was downloaded.

        Args:
            url: the URL as it is written.
            document: the document that it is written in; by default the entry.
        """
        document = document or self.entry
        if not is_absolute(document) or url.startswith("{") or "://" in url:
            return url
        return urljoin(document, url).rstrip("/")

    def forget_positions(self) -> None:
        """Forget what tells positions; it is made again when one is asked for.

        Texts and their marks take as much memory as the data, and are seldom needed once
        a contract is known to be sound.
        """
        for document in (*self._documents.values(), *self.library.overlays.values()):
            document.forget_positions()

    def schema_span(self, at: Location, *, key: bool = False) -> Span:
        """Return where the schema or keyword at `at` is written, or its key if `key`.

        A pattern under `patternProperties` is its own key.
        """
        return self.span(at, key=key or at.tokens[-2:-1] == ("patternProperties",))

    def places(self, kind: str) -> tuple[Location, ...]:
        """Return the locations of all objects of a kind, such as `operation` or `schema`.

        Kinds are the definitions of `schemas/contract.schema.json`; objects in
        `x-engross` have kinds such as `x-engross/operation`.
        """
        if kind not in self._places:
            # Two references can lead to an object and to one within it.
            found = dict.fromkeys(
                Location(document, tokens_of(path))
                for document, paths in self._paths.items()
                for path in paths.get(kind, ())
            )
            self._places[kind] = tuple(found)
            for paths in self._paths.values():
                if kind in paths:
                    paths[kind] = []
        return self._places[kind]

    def extensions(self) -> Iterator[Location]:
        """Yield the location of each `x-engross`."""
        kinds = dict.fromkeys(
            kind
            for paths in self._paths.values()
            for kind in paths
            if kind.startswith(EXTENSION)
        )
        for kind in kinds:
            for at in self.places(kind):
                if at.tokens[-1] == EXTENSION:
                    yield at

    @property
    def _documents(self) -> Mapping[str, Document]:
        return self.library.documents


def _digest(entry: str, documents: Mapping[str, Document]) -> str:
    """Return the SHA-256 of all texts, the same for every form of line end.

    That of a lone entry file is the plain digest of its bytes.
    """
    digest = hashlib.sha256(_canonical(documents[entry]))
    for name in sorted(documents.keys() - {entry}):
        digest.update(f"\0{name}\0".encode())
        digest.update(_canonical(documents[name]))
    return digest.hexdigest()


def _canonical(document: Document) -> bytes:
    return document.text.content.replace("\r\n", "\n").encode()

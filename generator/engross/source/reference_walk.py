"""A visit to everything that a contract consists of, in every file."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from engross.findings import Finding, Span
from engross.source.document import Document, Value, origin_of
from engross.source.library import Library
from engross.source.location import Location, Path, path_of, tokens_of
from engross.source.messages import kind_of, phrase
from engross.source.metaschema import (
    EXTENSION,
    OR_REFERENCE,
    REFERENCE,
    ROOT,
    Metaschema,
    Walk,
)
from engross.source.pointer import Pointer, Tokens
from engross.source.repair import Defect, Repair, replacement
from engross.source.resolver import BadReferenceError
from engross.source.structure import structure_defects
from engross.source.structure_repairs import of_reference
from engross.source.upgrade import IGNORED
from engross.suggest import closest


class ReferenceWalk:
    """Visits a document, then whatever the references found so far lead to."""

    def __init__(self, library: Library, metaschema: Metaschema) -> None:
        self.walks: dict[str, Walk] = {}
        self._library = library
        self._metaschema = metaschema
        self._kind_of: dict[int, str] = {}
        self._defects: list[Defect] = []
        self.targets: dict[Location, Location] = {}
        """What each reference leads to, in one step, by its place."""
        self._expected: dict[Location, str] = {}
        self._compared = 0

    def explore(self, entry: Document, root: Value = None) -> None:
        """Visit the entry document and all that it refers to, near and far.

        Args:
            entry: The document.
            root: What to visit of it, if not all.
        """
        self._spread_components(entry)
        start = entry.value if root is None else root
        self._metaschema.kind(ROOT).visit(self._walk(entry.name), start, None)
        done: dict[str, int] = {}
        while True:
            waiting = [
                (name, reference)
                for name, walk in self.walks.items()
                for reference in walk.references[done.get(name, 0) :]
            ]
            if not waiting:
                return
            done = {name: len(walk.references) for name, walk in self.walks.items()}
            for name, (path, text, kind) in waiting:
                self._follow(Location(name, tokens_of(path)), text, kind)

    def _spread_components(self, entry: Document) -> None:
        """Let `components/schemas` and its like be one `$ref` to a file of them all.

        OpenAPI does not provide for that, but bundlers do. Each member becomes a
        reference of its own.
        """
        components = _members(_members(entry.value).get("components"))
        for section, value in components.items():
            reference = _members(value).get("$ref")
            if not isinstance(reference, str):
                continue
            place = Location(entry.name, ("components", section, "$ref"))
            try:
                target = self._library.resolve(place, reference)
            except BadReferenceError as error:
                repair = Repair("ignored")
                self._defects.append(self._bad_reference(place, error, repair))
                target = None
            names = self._library.value(target) if target is not None else {}
            file, _, fragment = reference.partition("#")
            components[section] = {
                name: {"$ref": f"{file}#{fragment}{Pointer.of(name).fragment}"}
                for name in _members(names)
            }

    def defects(self) -> Iterator[Defect]:
        """Yield what is wrong with structure and references."""
        yield from self._defects
        for name, walk in self.walks.items():
            yield from structure_defects(self._library.documents[name], walk)
        edges = {
            place.parent: target
            for place, target in self.targets.items()
            if place.tokens[-1] == "$ref"
        }
        for place in _first_of_cycles(edges):
            at = place / "$ref"
            finding = Finding(
                "circular-reference", "refers only to itself", self._span(at)
            )
            yield Defect(finding, at, of_reference(self._expected[place], at))

    def operations(self) -> frozenset[Location]:
        """Return the locations of all operations and path items."""
        return frozenset(
            Location(name, tokens_of(path))
            for name, walk in self.walks.items()
            for kind in ("operation", "path-item")
            for path in walk.places.get(kind, ())
        )

    @property
    def is_of_ours(self) -> bool:
        """Return whether any document has, or is meant to have, an `x-engross`.

        What an overlay adds leaves a document the work of others.
        """
        return any(
            EXTENSION in walk.foreign
            or any(
                not self._is_of_overlay(name, tokens_of(path))
                for path in _extensions(walk)
            )
            for name, walk in self.walks.items()
        )

    def _is_of_overlay(self, name: str, at: Tokens) -> bool:
        origin = origin_of(self._library.documents[name].origins, at)
        return origin is not None and origin[0] is not None

    def _walk(self, document: str) -> Walk:
        if document not in self.walks:
            self.walks[document] = Walk(kinds=self._kind_of)
        return self.walks[document]

    def _follow(self, place: Location, text: str, kind: str) -> None:
        if kind == "operation" and "://" in text:
            return  # another API's operation, which a link may name
        if kind == "schema" and place.tokens[-1] != "$ref":
            text = self._mapped(place.document, text)
        try:
            target = self._library.resolve(place, text)
        except BadReferenceError as error:
            repair = of_reference(kind, place)
            self._defects.append(self._bad_reference(place, error, repair))
            return
        if target is None:  # its own findings say why
            return
        self._restate(place, text, target)
        self.targets[place] = target
        if place.tokens[-1] == "$ref":
            self._expected[place.parent] = kind
        value = self._library.value(target)
        is_schema = kind == "schema" and isinstance(value, bool)
        if not isinstance(value, dict) and not is_schema:
            self._note_wrong(place, kind_of(value), kind)
        elif id(value) not in self._kind_of:
            walk = self._walk(target.document)
            self._metaschema.kind(kind).visit(walk, value, path_of(target.tokens))
        elif self._kind_of[id(value)] not in (
            kind.removesuffix(OR_REFERENCE),
            REFERENCE,
        ):
            self._note_wrong(place, phrase(self._kind_of[id(value)]), kind)

    def _note_wrong(self, place: Location, got: str, kind: str) -> None:
        message = f"points to {got}; expected {phrase(kind)}"
        finding = Finding("wrong-reference", message, self._span(place))
        self._defects.append(Defect(finding, place, of_reference(kind, place)))

    def _restate(self, place: Location, text: str, target: Location) -> None:
        """Rewrite a reference to something that the upgrade moved."""
        file, _, fragment = text.partition("#")
        may_be_moved = IGNORED in target.tokens or "anyOf" in target.tokens
        if not may_be_moved or not fragment.startswith("/"):
            return
        written = Pointer.from_fragment(fragment)
        root = self._library.resolver.resource(target).root
        within = Pointer.of(*target.tokens[len(root.tokens) :])
        if written not in (target.pointer, within):
            holder = _members(self._library.value(place.parent))
            holder[str(place.tokens[-1])] = f"{file}#{target.pointer.fragment}"

    def _mapped(self, document: str, text: str) -> str:
        """Return the reference that a discriminator's mapping means: a name comes first."""
        is_name = text in self._schemas(document) or not _REFERENCE_SIGNS.search(text)
        if not is_name:
            return text
        return f"#{Pointer.of('components', 'schemas', text).fragment}"

    def _schemas(self, document: str) -> dict[str, Value]:
        root = _members(self._library.documents[document].value)
        return _members(_members(root.get("components")).get("schemas"))

    def _bad_reference(
        self, place: Location, error: BadReferenceError, repair: Repair | None
    ) -> Defect:
        hint = error.hint
        if str(self._library.value(place))[:1] in _CURLY_QUOTES:
            hint = "use straight quotes; curly ones are part of the text"
        if error.reached is not None:
            there = _members(self._library.value(error.reached))
            self._compared += len(there)
            enough = self._compared > _MOST_COMPARED
            near = None if enough else closest(error.missing, there)
            if near is not None:
                span = self._span(error.reached / near, key=True)
                hint = f"did you mean {near!r} (line {span.start.line})?"
            text = self._library.value(place)
            meant = _unescaped(str(text), error.missing, there)
            if meant is not None:
                repair = replacement(place, meant, f"read as {meant}")
        named = self._named(place)
        if named is not None:
            repair = replacement(place, named, f"read as {named}")
        finding = Finding(error.rule, error.message, self._span(place), hint)
        return Defect(finding, place, repair)

    def _named(self, place: Location) -> str | None:
        """Return the schema that a bare name, or a reference of Swagger 2, means."""
        text = str(self._library.value(place))
        name = text.removeprefix("#/definitions/")
        if name not in self._schemas(place.document) or place.tokens[-1] != "$ref":
            return None
        return f"#{Pointer.of('components', 'schemas', name).fragment}"

    def _span(self, place: Location, *, key: bool = False) -> Span:
        document = self._library.documents[place.document]
        return document.span(place.tokens, key=key)


# Names compared for hints, since that takes long where thousands are wrong.
_CURLY_QUOTES: Final = frozenset("\u201c\u201d\u2018\u2019\u201e")
_MOST_COMPARED: Final = 50_000

_REFERENCE_SIGNS: Final = re.compile(r"[#/]|\.(?:json|ya?ml)$")


def _extensions(walk: Walk) -> Iterator[Path]:
    """Yield where a document has an `x-engross`, or a slip of one."""
    for kind, paths in walk.places.items():
        if kind.startswith(EXTENSION):
            yield from paths
    for broken, _, path in walk.broken:
        if broken.name.startswith(EXTENSION):
            yield path
    for _, path, key, intended in walk.misspelt:
        if intended == EXTENSION:
            yield path, key


def _unescaped(text: str, missing: str, there: Mapping[str, Value]) -> str | None:
    """Return a reference with the slashes in its last name escaped, if that is there."""
    file, _, fragment = text.partition("#")
    if not fragment.startswith("/"):
        return None
    names = Pointer.from_fragment(fragment).tokens
    start = names.index(missing) if missing in names else len(names)
    name = "/".join(names[start:])
    if name not in there:
        return None
    return f"{file}#{Pointer.of(*names[:start], name).fragment}"


def _members(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _first_of_cycles(edges: Mapping[Location, Location]) -> Iterator[Location]:
    """Yield one location of each cycle of references that leads to nothing else."""
    finished: set[Location] = set()
    for start in edges:
        chain: dict[Location, None] = {}
        place = start
        while place in edges and place not in finished and place not in chain:
            chain[place] = None
            place = edges[place]
        if place in chain:
            yield place
        finished.update(chain)

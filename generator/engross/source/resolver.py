"""Follow references: to files, `$id`, anchors, and by JSON pointer."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import Enum, auto
from typing import Final, NamedTuple, TypeAlias, cast
from urllib.parse import unquote, urljoin

from engross.data import dataclass
from engross.source.document import Value
from engross.source.location import Location, Path, tokens_of
from engross.source.pointer import Pointer, Token, Tokens
from engross.source.upgrade import IGNORED
from engross.source.wordings import Wording, Wordings


class Loaded(NamedTuple):
    """A document, and whether it may hold `$id`, `$anchor` or `$dynamicAnchor`."""

    value: Value
    has_identifiers: bool = True


Retrieve: TypeAlias = Callable[[str], Loaded]
"""Loads a document by its name or URI, or raises `BadReferenceError`."""

_DEEPEST: Final = 400
"""Tokens to a schema beyond which a document is refused."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class BadReferenceError(Exception):
    """A reference that cannot be followed: rule, message and hint of the finding.

    Where a pointer ends early, `reached` is the last location on its way and `missing`
    the name that is not there.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        hint: str | None = None,
        *,
        reached: Location | None = None,
        missing: str = "",
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.reached = reached
        self.missing = missing


def is_absolute(uri: str) -> bool:
    """Return whether a URI begins with a scheme or names a host."""
    return uri.startswith("//") or _SCHEME.match(uri) is not None


def retrieve_nothing(uri: str) -> Loaded:
    """Retrieve nothing: every document is known beforehand.

    Raises:
        BadReferenceError: always.
    """
    raise BadReferenceError("unknown-document", f"no document {uri!r} is known")


@dataclass(slots=True)
class Resource:
    """A document, or a schema within one that has an `$id` of its own."""

    uri: str
    root: Location
    anchors: dict[str, Location] = field(default_factory=dict)
    dynamic_anchors: dict[str, Location] = field(default_factory=dict)
    resolved: dict[str, "Location | BadReferenceError"] = field(
        default_factory=dict, repr=False
    )
    """References resolved before, by their text."""


class Resolver:
    """Documents by name or URI, and what references in them point to.

    A relative reference is relative to the `$id` around it, or else to the document.
    Where no schema has the `$id` that this makes, it is relative to the document
    nevertheless, since many authors write an `$id` and mean files.
    """

    def __init__(
        self, documents: Mapping[str, Value], *, retrieve: Retrieve = retrieve_nothing
    ) -> None:
        self.problems: list[tuple[Location, str]] = []
        """Unusable `$id` and anchors, with what is wrong with them."""
        self.has_dynamic_anchors = False
        self._documents: dict[str, Value] = {}
        self._retrieve = retrieve
        self._by_uri: dict[str, Resource] = {}
        self._by_root: dict[str, dict[Tokens, Resource]] = {}
        self._wordings = Wordings()
        self._wording_of: dict[Location, Wording | None] = {}
        for name, value in documents.items():
            self.add(name, Loaded(value))

    def add(self, name: str, document: Loaded) -> None:
        """Add a document under its name or URI."""
        self._documents[name] = document.value
        resource = Resource(name, Location(name))
        self._register(resource)
        value = document.value
        own = value.get("$self") if isinstance(value, dict) else None
        if isinstance(own, str):
            self._by_uri.setdefault(own, resource)
        if document.has_identifiers:
            self._scan(resource, document.value)

    @property
    def documents(self) -> Mapping[str, Value]:
        """The documents that are known so far."""
        return self._documents

    def value(self, at: Location) -> Value:
        """Return the value at a location.

        Raises:
            LookupError: there is none.
        """
        value = self._documents[at.document]
        for token in at.tokens:
            if value.__class__ is dict:
                value = cast("dict[Token, Value]", value)[token]
            elif isinstance(value, list) and isinstance(token, int) and token >= 0:
                value = value[token]
            else:
                raise LookupError(f"nothing at {at}")
        return value

    def wording(self, at: Location) -> Wording | None:
        """Return what the value at a location shares with all that are written alike.

        None of a value with decimals, which is like no other.

        Raises:
            LookupError: there is none.
        """
        try:
            return self._wording_of[at]
        except KeyError:
            found = self._wording_of[at] = self._wordings.of(self.value(at))
            return found

    def is_one_resource(self, document: str) -> bool:
        """Return whether no schema within a document has an `$id` of its own."""
        return len(self._by_root[document]) == 1

    def resource(self, at: Location) -> Resource:
        """Return the resource that a location belongs to."""
        resources = self._by_root[at.document]
        if len(resources) > 1:
            for size in range(len(at.tokens), 0, -1):
                found = resources.get(at.tokens[:size])
                if found is not None:
                    return found
        return resources[()]

    def entry(self, uri: str) -> Location:
        """Return the location that a URI points to, which is relative to nothing.

        Raises:
            BadReferenceError: it points to nothing.
        """
        document, _, fragment = uri.partition("#")
        name = document if is_absolute(document) else unquote(document)
        return self._within(self._resource([name]), unquote(fragment))

    def resolve(self, at: Location, reference: str) -> Location:
        """Return the location that a reference at `at` points to, in one step.

        Raises:
            BadReferenceError: it points to nothing.
        """
        resource = self.resource(at)
        found = resource.resolved.get(reference)
        if found is None:
            try:
                found = self._resolve(resource, reference)
            except BadReferenceError as error:
                found = error
            resource.resolved[reference] = found
        if isinstance(found, BadReferenceError):
            raise found
        return found

    def dynamic_anchor(self, at: Location, reference: str) -> str | None:
        """Return the name of the dynamic anchor that a reference points to, if any."""
        file, _, fragment = reference.partition("#")
        resource = self.resource(at)
        if file:
            resource = self._resource(_uris(resource, file))
        return fragment if fragment in resource.dynamic_anchors else None

    def _resolve(self, resource: Resource, reference: str) -> Location:
        file, _, fragment = reference.partition("#")
        if file:
            resource = self._resource(_uris(resource, file))
        return self._within(resource, unquote(fragment))

    def _resource(self, uris: list[str]) -> Resource:
        """Return the resource with one of several URIs, the first that there is."""
        for uri in uris:
            if uri in self._by_uri:
                return self._by_uri[uri]
        *others, last = uris
        for uri in others:
            try:
                return self._retrieved(uri)
            except BadReferenceError:
                continue
        return self._retrieved(last)

    def _retrieved(self, uri: str) -> Resource:
        self.add(uri, self._retrieve(uri))
        return self._by_uri[uri]

    def _within(self, resource: Resource, fragment: str) -> Location:
        if not fragment:
            return resource.root
        if fragment.startswith("/"):
            return self._locate(resource, Pointer.parse(fragment))
        found = resource.anchors.get(fragment)
        if found is None:
            message = f"no schema has the anchor {fragment!r}"
            raise BadReferenceError("dangling-reference", message)
        return found

    def _locate(self, resource: Resource, pointer: Pointer) -> Location:
        """Return what a pointer leads to in a resource, or else in its document."""
        try:
            return _locate(self.value(resource.root), resource.root, pointer)
        except BadReferenceError:
            if not resource.root.tokens:
                raise
        document = Location(resource.root.document)
        return _locate(self.value(document), document, pointer)

    # Identifiers

    def _register(self, resource: Resource) -> None:
        root = resource.root
        known = self._by_uri.setdefault(resource.uri, resource)
        if known.root != root and self.value(known.root) != self.value(root):
            self.problems.append((root, f"{resource.uri!r} is the URI of two schemas"))
        self._by_root.setdefault(root.document, {})[root.tokens] = resource

    def _scan(self, resource: Resource, value: Value) -> None:
        """Note the `$id` and the anchors of all schemas of a document."""
        document = resource.root.document
        is_api = isinstance(value, dict) and "openapi" in value
        role = _Role.API if is_api else _Role.UNKNOWN
        waiting = [_Part(None, 0, value, role, resource)]
        while waiting:
            part = waiting.pop()
            if part.depth > _DEEPEST:
                at = Location(document, tokens_of(part.path))
                self.problems.append((at, "the schema is nested too deeply"))
                return
            role, resource = part.role, part.resource
            if isinstance(part.value, dict):
                if role is _Role.UNKNOWN and not _SIGNS.isdisjoint(part.value):
                    role = _Role.SCHEMA
                if role is _Role.SCHEMA and not _IDENTIFIERS.isdisjoint(part.value):
                    at = Location(document, tokens_of(part.path))
                    resource = self._identify(at, part.value, resource)
            inner = _subschemas(part) if role is _Role.SCHEMA else _members(part, role)
            children = [
                _Part(path, part.depth + steps, member, member_role, resource)
                for path, steps, member, member_role in inner
                if member.__class__ in (dict, list)
            ]
            waiting += reversed(children)

    def _identify(
        self, at: Location, schema: dict[str, Value], resource: Resource
    ) -> Resource:
        """Register the names of one schema and return the resource that it is in."""
        identifier = schema.get("$id")
        if identifier is not None:
            if not isinstance(identifier, str):
                self.problems.append((at / "$id", "must be a string"))
            elif "#" in identifier.removesuffix("#"):
                self.problems.append((at / "$id", "must not have a fragment"))
            else:
                uri = _join(resource.uri, identifier.removesuffix("#"))
                if at == resource.root:
                    resource.uri = uri
                else:
                    resource = Resource(uri, at)
                self._register(resource)
        for keyword in ("$anchor", "$dynamicAnchor"):
            name = schema.get(keyword)
            if isinstance(name, str):
                if resource.anchors.setdefault(name, at) != at:
                    message = f"{name!r} is the anchor of two schemas"
                    self.problems.append((at / keyword, message))
                if keyword == "$dynamicAnchor":
                    resource.dynamic_anchors[name] = at
                    self.has_dynamic_anchors = True
            elif name is not None:
                self.problems.append((at / keyword, "must be a string"))
        return resource


class _Role(Enum):
    """What is known of a part of a document when identifiers are looked for."""

    SCHEMA = auto()
    API = auto()
    """A part of an OpenAPI document, outside of its schemas."""
    UNKNOWN = auto()
    """A part of another file, which is a schema if it looks like one."""


class _Part(NamedTuple):
    path: Path
    depth: int
    value: Value
    role: _Role
    resource: Resource


_Inner: TypeAlias = Iterator[tuple[Path, int, Value, _Role]]

_IDENTIFIERS: Final = frozenset(("$id", "$anchor", "$dynamicAnchor"))

_ONE: Final = frozenset(
    (
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
_LISTED: Final = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_NAMED: Final = frozenset(
    (
        "$defs",
        "definitions",
        "dependentSchemas",
        "patternProperties",
        "properties",
    )
)

_SIGNS: Final = frozenset(
    (
        *(_ONE - {"if", "then", "else", "not"}),
        *_LISTED,
        *_NAMED,
        *_IDENTIFIERS,
        "$dynamicRef",
        "$schema",
        "const",
        "enum",
        "type",
    )
)
"""Keywords by which a schema is recognized where nothing says that it is one."""

_LITERAL: Final = frozenset(("example", "examples", "x-engross"))
"""Members that hold values, which are no schemas however they look."""


def _subschemas(part: _Part) -> _Inner:
    """Yield what a schema consists of."""
    path = part.path
    if not isinstance(part.value, dict):
        return
    for keyword, value in part.value.items():
        if value.__class__ not in (dict, list):
            continue
        if keyword in _ONE:
            yield (path, keyword), 1, value, _Role.SCHEMA
        elif keyword in _LISTED and isinstance(value, list):
            for index, item in enumerate(value):
                yield ((path, keyword), index), 2, item, _Role.SCHEMA
        elif keyword in _NAMED and isinstance(value, dict):
            for name, member in value.items():
                yield ((path, keyword), name), 2, member, _Role.SCHEMA


def _members(part: _Part, role: _Role) -> _Inner:
    """Yield the members or items of something that is no schema."""
    path = part.path
    if isinstance(part.value, list):
        for index, item in enumerate(part.value):
            yield (path, index), 1, item, role
    elif isinstance(part.value, dict):
        for name, member in part.value.items():
            if member.__class__ not in (dict, list):
                continue
            if name in ("schema", "itemSchema"):
                yield (path, name), 1, member, _Role.SCHEMA
            elif path == (None, "components") and name == "schemas":
                for key, schema in member.items() if isinstance(member, dict) else ():
                    yield ((path, name), key), 2, schema, _Role.SCHEMA
            elif name not in _LITERAL:
                yield (path, name), 1, member, role


def _uris(resource: Resource, file: str) -> list[str]:
    """Return what a relative or absolute URI in a resource may mean, best first."""
    bases = dict.fromkeys((resource.uri, resource.root.document))
    return list(dict.fromkeys(_join(base, file) for base in bases))


def _join(base: str, reference: str) -> str:
    """Resolve a URI without fragment against a base: a URI, or the path of a file."""
    if is_absolute(base) or is_absolute(reference):
        return urljoin(base, reference)
    return posixpath.normpath(
        posixpath.join(posixpath.dirname(base), unquote(reference))
    )


def _locate(value: Value, root: Location, pointer: Pointer) -> Location:
    """Return the location that a pointer leads to from `value`, which is at `root`.

    Raises:
        BadReferenceError: it leads to nothing.
    """
    location = root
    for name in pointer.tokens:
        step = _step(value, name)
        if step is None:
            place = f"#{location.pointer}" if location.tokens else location.document
            raise BadReferenceError(
                "dangling-reference",
                f"no {name!r} in {place}",
                reached=location,
                missing=name,
            )
        tokens, value = step
        location = Location(location.document, location.tokens + tokens)
    return location


def _step(value: Value, name: str) -> tuple[Tokens, Value] | None:
    """Return what a token of a pointer leads to in `value`, with the tokens to it."""
    if isinstance(value, dict):
        if name in value:
            return (name,), value[name]
        # The upgrade to 3.1 may have moved it.
        alternatives = value.get("anyOf")
        if name == "allOf" and isinstance(alternatives, list) and alternatives:
            first = alternatives[0]
            if isinstance(first, dict) and "allOf" in first:
                return ("anyOf", 0, "allOf"), first["allOf"]
            return ("anyOf",), alternatives
        ignored = value.get(IGNORED)
        if isinstance(ignored, dict) and name in ignored:
            return (IGNORED, name), ignored[name]
    elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
        return (int(name),), value[int(name)]
    return None


_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)

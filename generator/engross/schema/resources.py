"""Where schemas stand: documents, `$id`, anchors, and what references lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote, urldefrag, urljoin

from engross.schema.dialect import (
    STANDARD,
    Dialect,
    from_vocabulary,
    well_known,
)
from engross.schema.errors import SchemaError
from engross.schema.values import (
    JSON,
    Tokens,
    from_fragment,
    lookup,
    to_pointer,
)

MAX_SCHEMA_DEPTH = 200

_SINGLE = (
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
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = (
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a document."""

    document: str
    tokens: Tokens = ()

    def __truediv__(self, token: str) -> Place:
        return Place(self.document, (*self.tokens, token))

    def __str__(self) -> str:
        return f"{self.document}#{to_pointer(self.tokens)}"


@dataclass(slots=True)
class Resource:
    """A schema resource: a document, or a subschema with its own `$id`."""

    uri: str
    root: Place
    dialect: Dialect | None = None
    anchors: dict[str, Place] = field(default_factory=dict)
    dynamic: dict[str, Place] = field(default_factory=dict)


class Registry:
    """All documents that a schema may refer to."""

    def __init__(self, documents: Mapping[str, object]) -> None:
        self.documents: dict[str, JSON] = {}
        self._resources: dict[str, Resource] = {}
        self._owners: dict[Place, Resource] = {}
        self.dynamic_names: set[str] = set()
        """Names that some `$dynamicRef` in the documents looks for."""
        for uri, document in documents.items():
            self._add(urldefrag(uri).url, cast("JSON", document))

    def value(self, place: Place) -> JSON:
        """Give what stands at a place that is known to exist."""
        return lookup(self.documents[place.document], place.tokens)

    def owner(self, place: Place) -> Resource:
        """Give the resource that a place belongs to."""
        tokens = place.tokens
        while True:
            found = self._owners.get(Place(place.document, tokens))
            if found is not None:
                return found
            tokens = tokens[:-1]

    def dialect(self, place: Place) -> Dialect:
        """Give the dialect in force at a place.

        Raises:
            SchemaError: `$schema` names a meta-schema that cannot be honoured.
        """
        resource = self.owner(place)
        if resource.dialect is None:
            resource.dialect = self._read_dialect(resource)
        return resource.dialect

    def resolve(self, at: Place, reference: str) -> Place:
        """Give the place that a reference at a place leads to.

        Raises:
            SchemaError: nothing stands there.
        """
        uri, fragment = urldefrag(_join(self.owner(at).uri, reference))
        resource = self._resources.get(uri)
        if resource is None:
            raise SchemaError(
                str(at), f"{reference!r} leads to {uri!r}, which is not at hand"
            )
        if not fragment:
            return resource.root
        if fragment.startswith("/"):
            root = resource.root
            place = Place(root.document, root.tokens + from_fragment(fragment))
            try:
                self.value(place)
            except KeyError:
                raise SchemaError(str(at), f"{reference!r} leads to nothing") from None
            return place
        anchored = resource.anchors.get(unquote(fragment))
        if anchored is None:
            raise SchemaError(str(at), f"{reference!r} names no anchor")
        return anchored

    def dynamic_anchor(self, at: Place, reference: str) -> str | None:
        """Give the name of the dynamic anchor that a reference leads to, if it does."""
        uri, fragment = urldefrag(_join(self.owner(at).uri, reference))
        resource = self._resources.get(uri)
        return fragment if resource and fragment in resource.dynamic else None

    def _add(self, uri: str, document: JSON) -> None:
        self.documents[uri] = document
        root = Place(uri)
        resource = Resource(uri, root)
        self._register(resource, root)
        if isinstance(document, dict) and isinstance(document.get("openapi"), str):
            for tokens, schema in _schemas_of_openapi(document, ()):
                self._scan(Place(uri, tokens), schema, resource)
        else:
            self._scan(root, document, resource)

    def _register(self, resource: Resource, at: Place) -> None:
        known = self._resources.setdefault(resource.uri, resource)
        if known.root != resource.root and self.value(known.root) != self.value(at):
            raise SchemaError(str(at), f"{resource.uri!r} is the URI of two schemas")
        self._owners[resource.root] = resource

    def _scan(self, at: Place, schema: JSON, resource: Resource) -> None:
        if not isinstance(schema, dict):
            return
        if len(at.tokens) > 2 * MAX_SCHEMA_DEPTH:
            raise SchemaError(str(at), "the schema is nested too deeply")
        identifier = schema.get("$id")
        if identifier is not None:
            if not isinstance(identifier, str):
                raise SchemaError(str(at / "$id"), "must be a text")
            uri = _join(resource.uri, identifier).removesuffix("#")
            if "#" in uri:
                raise SchemaError(str(at / "$id"), "must not have a fragment")
            if at == resource.root:
                resource.uri = uri
            else:
                resource = Resource(uri, at)
            self._register(resource, at)
        for keyword, names in (
            ("$anchor", (resource.anchors,)),
            ("$dynamicAnchor", (resource.anchors, resource.dynamic)),
        ):
            name = schema.get(keyword)
            if name is None:
                continue
            if not isinstance(name, str):
                raise SchemaError(str(at / keyword), "must be a text")
            for places in names:
                if places.setdefault(name, at) != at:
                    raise SchemaError(
                        str(at / keyword), f"{name!r} is the anchor of two schemas"
                    )
        dynamic = schema.get("$dynamicRef")
        if isinstance(dynamic, str):
            fragment = urldefrag(dynamic).fragment
            if fragment and not fragment.startswith("/"):
                self.dynamic_names.add(fragment)
        for tokens, child in _subschemas(schema):
            self._scan(Place(at.document, at.tokens + tokens), child, resource)

    def _read_dialect(self, resource: Resource) -> Dialect:
        root = self.value(resource.root)
        if not isinstance(root, dict):
            return STANDARD
        name = root.get("$schema", root.get("jsonSchemaDialect"))
        if name is None:
            parent = resource.root.tokens[:-1]
            if not resource.root.tokens:
                return STANDARD
            return self.dialect(Place(resource.root.document, parent))
        at = str(resource.root / "$schema")
        if not isinstance(name, str):
            raise SchemaError(at, "must be a text")
        known = well_known(name)
        if known is not None:
            return known
        meta = self._resources.get(name.removesuffix("#"))
        if meta is None:
            raise SchemaError(at, f"the dialect {name!r} is not supported")
        schema = self.value(meta.root)
        try:
            return from_vocabulary(
                schema.get("$vocabulary") if isinstance(schema, dict) else None
            )
        except ValueError as error:
            raise SchemaError(at, str(error)) from None


def _join(base: str, reference: str) -> str:
    """Resolve a reference; a URN is a base for fragments only."""
    if reference.startswith("#"):
        return base + reference
    return urljoin(base, reference)


def _subschemas(schema: dict[str, JSON]) -> Iterator[tuple[Tokens, JSON]]:
    for keyword, value in schema.items():
        if keyword in _SINGLE:
            yield (keyword,), value
        elif keyword in _LISTS and isinstance(value, list):
            for index, item in enumerate(value):
                yield (keyword, str(index)), item
        elif keyword in _MAPS and isinstance(value, dict):
            for name, member in value.items():
                yield (keyword, name), member


def _schemas_of_openapi(value: JSON, at: Tokens) -> Iterator[tuple[Tokens, JSON]]:
    """Find the outermost schemas of an OpenAPI document."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _schemas_of_openapi(item, (*at, str(index)))
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "schema" or at == ("components", "schemas"):
                yield (*at, name), member
            elif name not in ("example", "examples", "x-engross"):
                yield from _schemas_of_openapi(member, (*at, name))

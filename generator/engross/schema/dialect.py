"""Which keywords a schema's dialect gives a meaning."""

from __future__ import annotations

from typing import cast

from engross.data import dataclass
from engross.schema.json_values import JSON
from engross.schema.schema_error import SchemaError
from engross.source import Location
from engross.source.resolver import (
    BadReferenceError,
    Loaded,
    Resolver,
    retrieve_nothing,
)

_DRAFT = "https://json-schema.org/draft/2020-12/"
_VOCABULARIES = f"{_DRAFT}vocab/"
DRAFT_2020_12 = f"{_DRAFT}schema"
_OPENAPI = "https://spec.openapis.org/oas/"

_STANDARD = frozenset(
    {
        "core",
        "applicator",
        "unevaluated",
        "validation",
        "meta-data",
        "format-annotation",
        "content",
    }
)
_KNOWN = _STANDARD | {"format-assertion"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The vocabularies in force, by their short names."""

    vocabularies: frozenset[str] = _STANDARD

    @property
    def applies(self) -> bool:
        """Whether subschemas are applied."""
        return "applicator" in self.vocabularies

    @property
    def evaluates(self) -> bool:
        """Whether `unevaluatedProperties` and `unevaluatedItems` count."""
        return "unevaluated" in self.vocabularies

    @property
    def validates(self) -> bool:
        """Whether `type`, `minimum` and their like count."""
        return "validation" in self.vocabularies

    @property
    def names_formats(self) -> bool:
        """Whether `format` means anything."""
        return not self.vocabularies.isdisjoint(
            {"format-annotation", "format-assertion"}
        )

    @property
    def asserts_formats(self) -> bool:
        """Whether `format` is more than an annotation."""
        return "format-assertion" in self.vocabularies


STANDARD = Dialect()


class Dialects:
    """The dialects of the resources of a resolver, each read once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._by_root: dict[Location, Dialect] = {}

    def at(self, place: Location) -> Dialect:
        """Return the dialect in force at a place.

        Raises:
            SchemaError: `$schema` names a meta-schema that cannot be honoured.
        """
        root = self._resolver.resource(place).root
        found = self._by_root.get(root)
        if found is None:
            found = self._by_root[root] = self._read(root)
        return found

    def _read(self, root: Location) -> Dialect:
        schema = self._resolver.value(root)
        if not isinstance(schema, dict):
            return STANDARD
        keyword = "$schema" if "$schema" in schema else "jsonSchemaDialect"
        name = schema.get(keyword)
        if name is None:
            return self.at(root.parent) if root.tokens else STANDARD
        at = root / keyword
        if not isinstance(name, str):
            raise SchemaError(at, "must be a string")
        if _is_standard(name):
            return STANDARD
        try:
            meta = self._resolver.value(self._resolver.entry(name))
        except BadReferenceError:
            raise SchemaError(at, f"the dialect {name!r} is not supported") from None
        if not isinstance(meta, dict):
            return STANDARD
        return _from_vocabulary(meta.get("$vocabulary"), at)


def _is_standard(uri: str) -> bool:
    """Return whether a meta-schema needs no lookup."""
    plain = uri.rstrip("#")
    if plain == DRAFT_2020_12:
        return True
    return plain.startswith(_OPENAPI) and "/dialect/" in plain


def _from_vocabulary(vocabulary: JSON, at: Location) -> Dialect:
    """Read the `$vocabulary` of the meta-schema that is named at `at`."""
    if vocabulary is None:
        return STANDARD
    if not isinstance(vocabulary, dict):
        raise SchemaError(at, "$vocabulary must be an object")
    active = set()
    for uri, required in vocabulary.items():
        name = uri.removeprefix(_VOCABULARIES)
        if name in _KNOWN:
            active.add(name)
        elif required and not uri.startswith(_OPENAPI):
            message = f"the vocabulary {uri} is required, and not supported"
            raise SchemaError(at, message)
    return Dialect(frozenset(active))


def retrieve_official(uri: str) -> Loaded:
    """Retrieve a meta-schema of draft 2020-12.

    Raises:
        BadReferenceError: the URI is not that of one.
    """
    if not uri.startswith(_DRAFT):
        return retrieve_nothing(uri)
    # Imported late: few schemas refer to a meta-schema.
    from jsonschema_specifications import REGISTRY  # noqa: PLC0415

    if uri not in REGISTRY:
        return retrieve_nothing(uri)
    return Loaded(cast("JSON", REGISTRY[uri].contents))

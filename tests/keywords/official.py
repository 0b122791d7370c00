"""The keywords in the official schemas of OpenAPI and of JSON Schema 2020-12."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from jsonschema_specifications import REGISTRY

from engross.source import Value
from tests.conftest import as_object

VERSIONS: Final = ("3.0", "3.1", "3.2")

_FILES: Final = {
    "": ("openapi_spec_validator", "resources/schemas/v{}/schema.json"),
    "schemas": ("openapi_schema_validator", "schemas/oas{}/meta/2025-09-17.json"),
}
"""Official schemas of documents, and of what OpenAPI adds to JSON Schema."""
_VOCABULARIES: Final = "https://json-schema.org/draft/2020-12/meta/"
_IN_PLACE: Final = ("allOf", "anyOf", "oneOf", "if", "then", "else")
_NAMES: Final = re.compile(r"\^\(?((?:\\?\$?[A-Za-z]+\|?)+)\)?\$")
"""A pattern that only lists names."""


@cache
def keywords(pointers: tuple[str, ...]) -> frozenset[str]:
    """Return the keywords of definitions.

    Args:
        pointers: Where the definitions are: `3.1#/$defs/info` in the schema of documents,
            `schemas-3.2#/$defs/xml` in what OpenAPI adds to JSON Schema; `json-schema` is
            JSON Schema itself.
    """
    found: set[str] = set()
    for pointer in pointers:
        if pointer == "json-schema":
            found.update(_json_schema_keywords())
        else:
            name, _, fragment = pointer.partition("#")
            found.update(_keywords(_schema(name), fragment))
    return frozenset(found)


def _json_schema_keywords() -> Iterator[str]:
    """Yield the keywords of all vocabularies of JSON Schema."""
    for uri in REGISTRY:
        if uri.startswith(_VOCABULARIES):
            vocabulary = REGISTRY.contents(uri)
            assert isinstance(vocabulary, Mapping)
            yield from vocabulary["properties"]


@cache
def _schema(name: str) -> dict[str, Value]:
    """Return an official schema: `3.1`, or `schemas-3.1`."""
    kind, _, version = name.rpartition("-")
    package, path = _FILES[kind]
    return as_object(json.loads((files(package) / path.format(version)).read_text()))


def _keywords(root: dict[str, Value], fragment: str) -> Iterator[str]:
    here: Value = root
    for token in fragment.split("/")[1:]:
        here = as_object(here)[token]
    yield from _within(root, as_object(here))


def _within(root: dict[str, Value], schema: dict[str, Value]) -> Iterator[str]:
    """Yield the keywords of an object, also those that depend on others."""
    yield from as_object(schema.get("properties", {}))
    for pattern in as_object(schema.get("patternProperties", {})):
        names = _NAMES.fullmatch(pattern)
        if names is not None:
            yield from names[1].replace("\\", "").split("|")
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _keywords(root, reference.removeprefix("#"))
    for keyword in _IN_PLACE:
        inner = schema.get(keyword, [])
        for part in inner if isinstance(inner, list) else [inner]:
            yield from _within(root, as_object(part))
    for part in as_object(schema.get("dependentSchemas", {})).values():
        yield from _within(root, as_object(part))

"""The vocabulary `x-engross`, read from the JSON Schemas that editors use."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias, cast

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.conftest import ROOT

EVERYWHERE = "everywhere"
"""The place of keys that are allowed in every place: provenance."""

Schema: TypeAlias = Mapping[str, object]
Key: TypeAlias = tuple[str, str]
"""A place and the path of a key in the extension there: `operation`, `retry.class`."""

_FOLDER = ROOT / "generator" / "engross" / "source" / "schemas" / "x-engross"
_BASE = "https://engross.example/"


@cache
def keys() -> Mapping[Key, str]:
    """Return every key, with the address of the schema of its value."""
    found: dict[Key, str] = {}
    for file in _files():
        place = file.removesuffix(".schema.json").replace("-", " ")
        for path, address in _members(file):
            is_shared = path.partition(".")[0] in _provenance()
            found[EVERYWHERE if is_shared else place, path] = address
    return found


def fits(key: Key, value: Any) -> bool:
    """Return whether a value is valid for a key."""
    schema = {"$ref": f"{_BASE}{keys()[key]}"}
    return Draft202012Validator(schema, registry=_registry()).is_valid(value)


def _files() -> list[str]:
    """Return the schemas of the places that may have `x-engross`."""
    contract = (_FOLDER.parent / "contract.schema.json").read_text(encoding="utf-8")
    return [
        path.name
        for path in sorted(_FOLDER.iterdir())
        if f'"x-engross/{path.name}"' in contract
    ]


def _provenance() -> Schema:
    """Return the properties for provenance: those of an example, which has no others."""
    return _objects(_schema("example.schema.json"), "properties")


def _members(address: str, *, within: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the keys of an object and of nested objects, with their addresses.

    Keys for provenance within a part of an extension are left out.
    """
    address = _followed(address)
    for name in _objects(_at(address), "properties"):
        member = f"{address}{'' if '#' in address else '#'}/properties/{name}"
        if within and _at(member) == _provenance().get(name):
            continue
        yield name, member
        for inner, there in _members(_held(member), within=True):
            yield f"{name}.{inner}", there


def _held(address: str) -> str:
    """Return the address of a value's members, or of the items of a list or map."""
    address = _followed(address)
    for part in ("items", "additionalProperties"):
        if isinstance(_at(address).get(part), dict):
            return _held(f"{address}/{part}")
    return address


def _followed(address: str) -> str:
    """Return the address that references point to."""
    reference = _at(address).get("$ref")
    if not isinstance(reference, str):
        return address
    file, _, pointer = reference.partition("#")
    return _followed(f"{file or address.partition('#')[0]}#{pointer}")


def _at(address: str) -> Schema:
    file, _, pointer = address.partition("#")
    schema = _schema(file)
    for token in pointer.split("/")[1:]:
        schema = _objects(schema, token)
    return schema


def _objects(schema: Schema, name: str) -> Schema:
    value = schema.get(name, {})
    return cast(Schema, value) if isinstance(value, dict) else {}


@cache
def _schema(file: str) -> Schema:
    return cast(Schema, json.loads((_FOLDER / file).read_text(encoding="utf-8")))


@cache
def _registry() -> "Registry[bool | Mapping[str, Any]]":
    return Registry[bool | Mapping[str, Any]]().with_resources(
        (f"{_BASE}{path.name}", Resource.from_contents(_schema(path.name)))
        for path in _FOLDER.iterdir()
    )

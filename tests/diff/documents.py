"""Real contracts as plain data, and the schemas that their operations use."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engross.diff import Change, Side, compare
from engross.diff.rules import Way
from engross.source import Source, load_files
from tests.conftest import ROOT
from tests.corpus.documents import CORPUS

_LARGEST = 60_000
"""Bytes of the documents of a corpus that are used."""

METHODS = ("get", "put", "post", "delete", "patch")

Data = dict[str, Any]


@cache
def own() -> tuple[Path, ...]:
    """Return our own contracts."""
    return tuple(sorted(ROOT.glob("specs/*.yaml")))


@cache
def foreign() -> tuple[Path, ...]:
    """Return the small documents of a corpus, if there is one."""
    found = sorted(CORPUS.glob("specs/*.*"))
    return tuple(path for path in found if path.stat().st_size < _LARGEST)


@cache
def _text_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        text = json.dumps(yaml.load(text, yaml.CBaseLoader), default=str)
        loaded = load_files(path.name, {path.name: path.read_bytes()}, skip_broken=True)
        text = json.dumps(loaded.resources[path.name], default=_number)
    return text


def _number(value: object) -> float:
    return float(str(value))


def data_of(path: Path) -> Data:
    """Return a fresh copy of a document; that of YAML is upgraded to 3.1."""
    found: Data = json.loads(_text_of(path))
    return found


@cache
def side_of(path: Path) -> Side:
    """Return a document as it is before any change."""
    return Side.of(read(path, data_of(path)))


def read(path: Path, data: Data) -> Source:
    """Return a document that was changed."""
    name = f"{path.stem}.json"
    content = json.dumps(data, indent=1).encode()
    return load_files(name, {name: content}, skip_broken=True)


def changes(path: Path, data: Data) -> tuple[Change, ...]:
    """Return the changes of a document."""
    return compare(side_of(path), Side.of(read(path, data)))


def operations(data: Data) -> Iterator[tuple[str, str, Data]]:
    """Yield path, method and description of each operation on a path."""
    for path, item in data.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield path, method, item[method]


def target(data: Data, value: Data) -> Data:
    """Return what references within the document lead to."""
    while isinstance(value.get("$ref"), str) and value["$ref"].startswith("#/"):
        found: Any = data
        for token in value["$ref"][2:].split("/"):
            key = token.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        value = found
    return value


def schemas(data: Data) -> list[tuple[Data, frozenset[Way]]]:
    """Return the schemas below bodies, outside of unions, and the ways of their values."""
    found: dict[int, tuple[Data, set[Way]]] = {}
    in_unions: set[int] = set()

    def visit(schema: Any, way: Way, *, in_union: bool) -> None:
        if not isinstance(schema, dict):
            return
        schema = target(data, schema)
        if in_union:
            in_unions.add(id(schema))
        if way in found.setdefault(id(schema), (schema, set()))[1]:
            return
        found[id(schema)][1].add(way)
        for member in schema.get("properties", {}).values():
            visit(member, way, in_union=False)
        for keyword in ("items", "additionalProperties"):
            visit(schema.get(keyword), way, in_union=False)
        for keyword in ("oneOf", "anyOf", "allOf"):
            for member in schema.get(keyword, ()):
                visit(member, way, in_union=True)

    for _, _, operation in operations(data):
        bodies = [(Way.REQUEST, operation.get("requestBody", {}))]
        answers = operation.get("responses", {}).values()
        bodies += [(Way.RESPONSE, answer) for answer in answers]
        for way, body in bodies:
            for media in target(data, body).get("content", {}).values():
                visit(target(data, media).get("schema"), way, in_union=False)
    return [
        (schema, frozenset(ways))
        for key, (schema, ways) in found.items()
        if key not in in_unions
    ]

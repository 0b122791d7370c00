"""Samples of every schema of real contracts, judged by `jsonschema`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from engross.patterns import Method, PatternError, read_pattern
from engross.schema.composition import Composer
from engross.schema.evaluation import Evaluator
from engross.schema.format_checks import has_format
from engross.schema.formats import FORMATS
from engross.schema.reader import Graph
from engross.schema.samples import EVERYTHING, NECESSARY, Sampler
from engross.schema.tree import Direction
from engross.source import Location, Source, load
from tests.conftest import ROOT
from tests.corpus.documents import CORPUS, indexed

from .test_samples import as_floats

CONTRACTS = sorted((ROOT / "specs").glob("*.yaml"))
AT_MOST = 60
"""Schemas of one document of the corpus that are sampled."""

Json = Any
Errors = Iterator[ValidationError]


def corpus() -> list[Path]:
    """Return the valid documents of the corpus that are quickly read."""
    found = indexed(CORPUS, below=1_000_000)
    return [each.path for each in found if each.is_valid]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.stem)
def test_every_schema_of_a_contract_has_a_sample(contract: Path) -> None:
    source = load(contract, root=ROOT)
    places = source.places("schema")
    found, wrong = judged(source, places)
    assert wrong == []
    assert found == len(places)


@pytest.mark.skipif(not corpus(), reason="OPENAPI_CORPUS names no corpus of documents")
@pytest.mark.parametrize("document", corpus() or [None], ids=str)
def test_samples_of_foreign_schemas_satisfy_jsonschema(document: Path) -> None:
    source = load(document, root=CORPUS)
    places = source.places("schema")
    some = random.Random(0).sample(places, min(AT_MOST, len(places)))
    found, wrong = judged(source, tuple(some))
    assert wrong == []
    assert found >= len(some) * 0.95


def judged(source: Source, places: tuple[Location, ...]) -> tuple[int, list[str]]:
    """Return how many schemas have samples, and what `jsonschema` says of wrong ones."""
    graph = Graph(source.resolver, assert_formats=True)
    composer, evaluator = Composer(graph), Evaluator(graph)
    judge = Judge(source)
    found = 0
    wrong = []
    for direction in (Direction.REQUEST, Direction.RESPONSE):
        sampler = Sampler(composer, evaluator, direction)
        for place in places:
            key = graph.enter(place, direction=direction)
            for levels in (NECESSARY, EVERYTHING):
                sample = sampler.sample((key,), levels)
                if sample is None or sample.size > 100_000:
                    continue
                found += 1
                wrong += judge.errors(place, as_floats(sample.value), direction)
    return found // 4, wrong


class Judge:
    """Judges values as `jsonschema` does, apart from what OpenAPI says differently."""

    def __init__(self, source: Source) -> None:
        documents = source.resources.items()
        self._registry = Registry().with_resources(
            (uri(name), DRAFT202012.create_resource(with_python_patterns(document)))
            for name, document in documents
        )
        self._formats = FormatChecker(formats=())
        for name in FORMATS:
            self._formats.checks(name)(partial(has_the_format, name))
        self._one_way = {
            (name, keyword)
            for _, document in documents
            for name, keyword in one_way(document)
        }

    def errors(self, place: Location, value: Json, direction: Direction) -> list[str]:
        """Return what is wrong with a value of a direction."""
        hidden = "readOnly" if direction is Direction.REQUEST else "writeOnly"

        def required(
            validator: Any, names: list[str], instance: Json, schema: Json
        ) -> Errors:
            needed = [name for name in names if (name, hidden) not in self._one_way]
            check = Draft202012Validator.VALIDATORS["required"]
            yield from check(validator, needed, instance, schema) or ()

        made = extend(Draft202012Validator, {"required": required})  # type: ignore[no-untyped-call]
        reference = {"$ref": f"{uri(place.document)}#{place.pointer.fragment}"}
        validator = made(
            reference, registry=self._registry, format_checker=self._formats
        )
        return [
            f"{place}: {error.message[:300]}" for error in validator.iter_errors(value)
        ]


def has_the_format(name: str, value: object) -> bool:
    return not isinstance(value, str) or has_format(name, value)


def uri(document: str) -> str:
    return f"https://contract.invalid/{document}"


def with_python_patterns(value: Json) -> Json:
    """Return a document with patterns that mean the same to Python."""
    if isinstance(value, list):
        return [with_python_patterns(item) for item in value]
    if not isinstance(value, dict):
        return value
    copied = {key: with_python_patterns(member) for key, member in value.items()}
    if isinstance(value.get("pattern"), str):
        copied["pattern"] = python_pattern(value["pattern"])
    if isinstance(value.get("patternProperties"), dict):
        copied["patternProperties"] = {
            python_pattern(pattern): schema
            for pattern, schema in copied["patternProperties"].items()
        }
    return copied


def python_pattern(pattern: str) -> str:
    try:
        regex = read_pattern(pattern).regex
    except PatternError:
        return pattern  # refused for its cost alone
    match regex.method:
        case Method.SEARCH:
            return regex.source
        case Method.MATCH | Method.STARTS_WITH:
            return rf"\A(?:{regex.source})"
        case Method.FULL_MATCH | Method.EQUALS:
            return rf"\A(?:{regex.source})\Z"
        case Method.ENDS_WITH:
            return rf"(?:{regex.source})\Z"
    return regex.source


def one_way(value: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the names of properties that only one direction has."""
    if isinstance(value, list):
        for item in value:
            yield from one_way(item)
    elif isinstance(value, dict):
        for keyword in ("readOnly", "writeOnly"):
            if value.get(keyword) is True:
                yield name, keyword
        for key, member in value.items():
            yield from one_way(member, key)

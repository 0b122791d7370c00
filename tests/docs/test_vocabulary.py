"""The table of the vocabulary matches the JSON Schemas that editors use."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from tests.docs.page import CONTRACTS, code_spans
from tests.docs.vocabulary import Key, fits, keys


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table in specs/README.md."""

    places: tuple[str, ...]
    path: str
    meaning: str
    example: str

    @property
    def value(self) -> object:
        """Return the value of the key in the example; digests are abbreviated there."""
        (member,) = yaml.safe_load(self.example.replace("…", "0" * 56)).items()
        assert member[0] == self.path.rpartition(".")[2]
        return member[1]

    def names(self) -> Iterator[Key]:
        """Yield the keys of the row: its own, and nested ones that it names."""
        words = {*code_spans(self.meaning), *_words(self.value)}
        for place in self.places:
            yield place, self.path
            for other, path in keys():
                within = other == place and path.startswith(f"{self.path}.")
                if within and path.rpartition(".")[2] in words:
                    yield place, path


def _words(value: object) -> Iterator[str]:
    """Yield every key in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


ROWS = [
    Row(tuple(places.split(", ")), code_spans(key)[0], meaning, code_spans(example)[0])
    for places, key, meaning, example in CONTRACTS.tables("The vocabulary")[1]
]


def test_vocabulary_table_lists_exactly_the_keys_of_the_schemas() -> None:
    named = {key for row in ROWS for key in row.names()}
    # `retry` is named by naming `retry.class` and the others.
    named |= {
        (place, path[:at])
        for place, path in named
        for at, char in enumerate(path)
        if char == "."
    }
    assert sorted(keys().keys() - named) == []
    assert sorted(named - keys().keys()) == []


def test_vocabulary_table_lists_each_key_once() -> None:
    listed = [(place, row.path) for row in ROWS for place in row.places]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.places[0]} {row.path}")
def test_vocabulary_example_is_valid(row: Row) -> None:
    assert all(fits((place, row.path), row.value) for place in row.places)

"""Whatever the data, it loads as it was written, and each key knows its place."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engross.source import Location, Source, Value
from tests.source.contracts import loaded

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["NO", "0o17", "1e3", "~", "<<", "&a", "*a", "a: b", "- a", "#"])
)
KEYS = st.text(min_size=1, max_size=8) | st.sampled_from(["200", "no", "<<", "a/b~c"])
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def as_json(data: object, indent: int | None) -> str:
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": {},
        "x-data": data,
    }
    return json.dumps(document, indent=indent, ensure_ascii=False)


def as_yaml(data: object) -> str:
    head = "openapi: 3.1.1\ninfo: { title: Shop, version: '1' }\npaths: {}\n"
    return f"{head}x-data:{''.join(block(data, 1))}\n"


def block(data: object, depth: int) -> Iterator[str]:
    """Block style; text is double-quoted, as JSON is but for what YAML refuses."""
    margin = "\n" + "  " * depth
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield f"{margin}{scalar(key)}:"
            yield from block(value, depth + 1)
    elif isinstance(data, list) and data:
        for value in data:
            yield f"{margin}-"
            yield from block(value, depth + 1)
    else:
        yield f" {scalar(data)}"


def scalar(data: object) -> str:
    if not isinstance(data, str):
        return json.dumps(data)
    return '"' + "".join(map(escaped, data)) + '"'


def escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable() and char.isascii():
        return char
    return f"\\U{ord(char):08x}"


def fresh(text: str, name: str) -> Source:
    with tempfile.TemporaryDirectory() as folder:
        return loaded(Path(folder), text, name)


def members(value: Value, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield at / key, key
            yield from members(inner, at / key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from members(inner, at / index)


def text_at(source: Source, location: Location) -> str:
    """The text of the key of a location."""
    span = source.span(location, key=True)
    line = source.text(source.entry).split("\n")[span.start.line - 1]
    return line[span.start.column - 1 : span.end.column - 1]


@settings(deadline=None, max_examples=150)
@given(DATA)
def test_yaml_loads_as_it_was_written(data: object) -> None:
    source = fresh(as_yaml(data), "contract.yaml")
    assert source.value(source.root / "x-data") == data


@settings(deadline=None, max_examples=150)
@given(DATA, st.sampled_from([None, 0, 2]))
def test_json_loads_as_it_was_written(data: object, indent: int | None) -> None:
    source = fresh(as_json(data, indent), "contract.json")
    assert source.value(source.root / "x-data") == data


@settings(deadline=None, max_examples=100)
@given(DATA)
def test_each_key_of_yaml_stands_where_its_position_says(data: object) -> None:
    source = fresh(as_yaml(data), "contract.yaml")
    start = source.root / "x-data"
    for location, key in members(source.value(start), start):
        assert text_at(source, location) == scalar(key)


@settings(deadline=None, max_examples=100)
@given(DATA, st.sampled_from([None, 0, 2]))
def test_each_key_of_json_stands_where_its_position_says(
    data: object, indent: int | None
) -> None:
    source = fresh(as_json(data, indent), "contract.json")
    start = source.root / "x-data"
    for location, key in members(source.value(start), start):
        assert text_at(source, location) == json.dumps(key, ensure_ascii=False)


@settings(deadline=None, max_examples=100)
@given(DATA)
def test_json_is_read_the_same_as_yaml(data: object) -> None:
    # YAML refuses control characters as they are and half surrogates as escapes.
    text = json.dumps(
        {
            "openapi": "3.1.1",
            "info": {"title": "Shop", "version": "1"},
            "paths": {},
            "x-data": data,
        }
    )
    if "\\ud" in text:
        return
    one, other = fresh(text, "contract.json"), fresh(text, "contract.yaml")
    start = one.root / "x-data"
    assert one.value(start) == other.value(other.root / "x-data")
    for location, _ in members(one.value(start), start):
        there = Location(other.entry, location.tokens)
        assert one.span(location).start == other.span(there).start
        assert one.span(location, key=True).end == other.span(there, key=True).end

"""What a place in a contract is called or allows, to be looked for in a document."""

import re
from collections.abc import Iterable, Iterator, Sequence

from engross.contract.citations import LineRange, ranges_of
from engross.contract.index import EXTENSION, Index, mapping, sequence
from engross.source import Location, Value

_MOST_PROPOSED = 5
"""Places that are proposed; a name that is everywhere says nothing about a line."""


def stated_words(index: Index, at: Location) -> tuple[str, ...]:
    """Return the names and values that a document must contain if it states this.

    These are names of properties, parameters, headers and error codes, the fixed parts of
    paths, and values of constants and enums.
    """
    return tuple(dict.fromkeys(word for word in _words(index, at) if word))


def absent_words(words: Iterable[str], lines: Sequence[str]) -> tuple[str, ...]:
    """Return the words that no line contains, not even across the end of one."""
    texts = ("\n".join(lines), "".join(line.strip() for line in lines))
    return tuple(
        word for word in words if not any(_contains(text, word) for text in texts)
    )


def proposed_lines(words: Iterable[str], lines: Sequence[str]) -> tuple[LineRange, ...]:
    """Return the lines that contain any of the words, unless there are many."""
    wanted = tuple(words)
    found = [
        number
        for number, line in enumerate(lines, 1)
        if any(_contains(line, word) for word in wanted)
    ]
    return ranges_of(found) if len(found) <= _MOST_PROPOSED else ()


def _contains(text: str, word: str) -> bool:
    """Return whether a text has a word that is not a part of a longer one."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _words(index: Index, at: Location) -> Iterator[str]:
    value = index.value(at)
    match at.tokens:
        case (*_, "x-engross", "errors", "codes", str(code)):
            yield code
        case (*_, "properties", str(name)) if EXTENSION not in at.tokens:
            yield name
            yield from _values(value)
        case (*_, "components", "schemas", _):
            yield from _values(value)
        case ("components", "securitySchemes", _):
            yield str(value.get("name") or "")
        case _ if isinstance(value.get("in"), str):
            yield str(value.get("name") or "")
            yield from _values(mapping(value.get("schema")))
        case _:
            for operation in index.operations:
                if operation.at == at:
                    segments = operation.path.split("/")
                    yield from (part for part in segments if "{" not in part)


def _values(schema: "dict[str, Value] | object") -> Iterator[str]:
    """Yield the values that a schema itself lists."""
    facts = schema if isinstance(schema, dict) else {}
    for keyword in ("enum", "x-extensible-enum"):
        yield from (_written(value) for value in sequence(facts.get(keyword)))
    if "const" in facts:
        yield _written(facts["const"])


def _written(value: Value) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)

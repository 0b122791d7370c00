"""JSON text becomes plain data by the standard parser, far faster than as YAML.

The standard parser tells no positions, so tokens are read once more where one is asked
for, and when the quick reading met something that needs a closer look.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from engross.data import dataclass
from engross.findings import Finding
from engross.source.document import DEEPEST, Extent, Value
from engross.source.text import Text
from engross.source.yaml_scalars import UnusableNumberError, integer, number

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\],:])|([^\s{}\[\],:"]+))',
    re.DOTALL,
)
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)
"""Finds the end of a value that is known to be JSON."""

_SPACE: Final = " \t\r\n"
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONSTANTS: Final = frozenset(("NaN", "Infinity", "-Infinity"))


def parse(text: Text) -> tuple[Value, list[Finding]]:
    """Return the data of a JSON text and what is wrong with the text."""
    reading = _Reading()
    try:
        value: Value = json.loads(
            text.content,
            object_pairs_hook=reading.members,
            parse_int=reading.integer,
            parse_float=reading.number,
            parse_constant=reading.constant,
        )
    except json.JSONDecodeError as error:
        return None, [_syntax_finding(text, error)]
    except RecursionError:
        return None, _scan(text)
    escapes = "\\ud" in text.content or "\\uD" in text.content
    if reading.suspicious or escapes or _is_too_deep(value):
        findings = _scan(text)
        too_deep = any(finding.rule == "too-deep" for finding in findings)
        return None if too_deep else value, findings
    return value, []


def marks(text: Text) -> "JsonMark":
    """Return the positions in a text that `parse` found to be sound."""
    content = text.content
    start = len(content) - len(content.lstrip(_SPACE))
    return JsonMark(content, start, len(content.rstrip(_SPACE)))


@dataclass(slots=True)
class JsonMark:
    """The position of a value; the marks of what is in it are made when asked for.

    Most values are on the way to nothing that a position is asked of.
    """

    content: str
    start: int
    end: int
    _parts: "_Parts | None" = None

    @property
    def extent(self) -> Extent:
        return self.start, self.end

    def member(self, key: str) -> "tuple[Extent, JsonMark] | None":
        return self._inside().members.get(key)

    def item(self, index: int) -> "JsonMark | None":
        items = self._inside().items
        return items[index] if 0 <= index < len(items) else None

    def _inside(self) -> "_Parts":
        if self._parts is None:
            self._parts = _parts(self.content, self.start)
        return self._parts


class _Parts(NamedTuple):
    """The marks of what is in a value, in one step."""

    members: dict[str, tuple[Extent, JsonMark]]
    items: list[JsonMark]


def _mark(content: str, token: re.Match[str]) -> JsonMark:
    """Return the mark of the value that begins with a token."""
    start, end = token.span(token.lastindex or 0)
    if content[start] in "[{":
        _, end = _DECODER.raw_decode(content, start)
    return JsonMark(content, start, end)


def _parts(content: str, start: int) -> _Parts:
    """Return the marks of what is in the value that begins at an offset."""
    members: dict[str, tuple[Extent, JsonMark]] = {}
    items: list[JsonMark] = []
    is_object = content[start] == "{"
    is_scalar = content[start] not in "[{"
    key: tuple[str, Extent] | None = None
    at = start + 1
    while not is_scalar and (token := _TOKEN.match(content, at)):
        first, at = token.span(token.lastindex or 0)
        if content[first] in "]}":
            break
        if content[first] in ",:":
            continue
        if is_object and key is None:
            key = _string(content[first:at]), (first, at)
            continue
        mark = _mark(content, token)
        at = mark.end
        if key is None:
            items.append(mark)
        else:
            members[key[0]] = key[1], mark
            key = None
    return _Parts(members, items)


class _Reading:
    """Hooks of the standard parser; they note only that something is unusual."""

    def __init__(self) -> None:
        self.suspicious = False

    def members(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        data = dict(pairs)
        if len(data) != len(pairs):
            self.suspicious = True
        return data

    def integer(self, text: str) -> Value:
        return self._read(integer, text)

    def number(self, text: str) -> Value:
        return self._read(number, text)

    def constant(self, _text: str) -> None:
        self.suspicious = True

    def _read(self, read: Callable[[str], Value], text: str) -> Value:
        try:
            return read(text)
        except UnusableNumberError:
            self.suspicious = True
            return None


def _scan(text: Text) -> list[Finding]:
    """Return what the standard parser lets pass in a JSON text.

    The text is known to be JSON, except where it is too deep to tell.
    """
    content = text.content
    findings: list[Finding] = []
    open_values: list[tuple[str, dict[str, int]]] = [("", {})]
    """How each begins, and the offsets of the keys that it has so far."""
    follows_key = False
    for token in _TOKEN.finditer(content):
        group = token.lastindex or 0
        start, end = token.span(group)
        first = content[start]
        kind, keys = open_values[-1]
        if first in "]}":
            open_values.pop()
            continue
        if first in ",:":
            continue
        if group == 1:
            findings += _surrogate_findings(text, start, end)
            if kind == "{" and not follows_key:
                name = _string(content[start:end])
                if name in keys:
                    findings.append(_duplicate(text, name, keys[name], (start, end)))
                keys[name] = start
                follows_key = True
                continue
        elif group == 3:
            findings += _number_findings(text, start, end)
        follows_key = False
        if first in "[{":
            open_values.append((first, {}))
            if len(open_values) > DEEPEST + 1:
                message = f"nested deeper than {DEEPEST} levels"
                findings.append(Finding("too-deep", message, text.span(start, end)))
                break
    return findings


def _string(token: str) -> str:
    return str(json.loads(token)) if "\\" in token else token[1:-1]


def _surrogate_findings(text: Text, start: int, end: int) -> Iterable[Finding]:
    token = text.content[start:end]
    if "\\u" in token and _LONE_SURROGATE.search(_string(token)):
        message = "half of a surrogate pair is not a character"
        yield Finding("unusable-text", message, text.span(start, end))


def _number_findings(text: Text, start: int, end: int) -> Iterable[Finding]:
    token = text.content[start:end]
    span = text.span(start, end)
    if token in _CONSTANTS:
        yield Finding("unusable-number", f"JSON has no {token}", span)
    elif token[0] in "-0123456789":
        read = integer if token.lstrip("-").isdigit() else number
        try:
            read(token)
        except UnusableNumberError as error:
            yield Finding("unusable-number", str(error), span)


def _duplicate(text: Text, name: str, known: int, extent: Extent) -> Finding:
    line = text.position(known).line
    return Finding(
        "duplicate-key",
        f"{name!r} is already defined on line {line}",
        text.span(*extent),
        "keep one of them",
    )


def _is_too_deep(value: Value) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _syntax_finding(text: Text, error: json.JSONDecodeError) -> Finding:
    content, at = text.content, error.pos
    message, hint = error.msg[0].lower() + error.msg[1:], None
    before, sign = content[:at].rstrip(), content[at : at + 1]
    # Since Python 3.13, the error is at the comma.
    if (sign in ("}", "]") and before.endswith(",")) or "trailing comma" in message:
        at = at if sign == "," else len(before) - 1
        message, hint = "nothing follows this comma", "remove it"
    elif not content[at:].strip():
        message, hint = "the text ends too early", "the file may have been cut off"
    elif message.startswith("unterminated string"):
        message = "the quote is not closed"
    elif sign in ("\n", "\r"):
        message = "a quote is not closed before the end of the line"
    elif sign == "'":
        hint = "JSON has double quotes only"
    elif sign == "#" or content[at : at + 2] in ("//", "/*"):
        hint = "JSON has no comments"
    return Finding("json-syntax", message, text.span(at, at + 1), hint)

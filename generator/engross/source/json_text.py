"""JSON text becomes plain data by the standard parser, far faster than as YAML.

The standard parser tells no positions, so tokens are read once more where one is asked
for, and when the quick reading met something that needs a closer look.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import field
from typing import Final

from engross.data import dataclass
from engross.findings import Finding
from engross.source.document import DEEPEST, Extent, Value
from engross.source.text import Text
from engross.source.yaml_scalars import UnusableNumberError, integer, number

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\],:])|([^\s{}\[\],:"]+))',
    re.DOTALL,
)
_PLAIN: Final = r'[^"{}\[\]]*+'
_STRING: Final = rf'"[^"\\]*+(?:\\.[^"\\]*+)*+"{_PLAIN}'
_FLAT: Final = re.compile(rf"[{{\[]{_PLAIN}(?:{_STRING})*+[}}\]]", re.DOTALL)
"""A value that has none with brackets in it."""

_BRACKET: Final = re.compile(
    rf"{_PLAIN}(?:(?:{_STRING}|{_FLAT.pattern}){_PLAIN})*+([{{}}\[\]])", re.DOTALL
)
"""A bracket of a value that has others in it, with all that is before it."""

_SPACE: Final = (" ", "\t", "\r", "\n")
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


def marks(text: Text, findings: Collection[Finding]) -> "JsonMark":
    """Return the positions in a text.

    Args:
        text: JSON.
        findings: what `parse` found in it. Of equal keys, the last counts.
    """
    content = text.outline
    start, end = 0, len(content)
    while content.startswith(_SPACE, start, end):
        start += 1
    while content.endswith(_SPACE, start, end):
        end -= 1
    return JsonMark(_Ends(text, has_equal_keys=bool(findings)), start, end)


class _Ends:
    """Where the values of a JSON text end; it is read as far as it is asked about."""

    def __init__(self, text: Text, *, has_equal_keys: bool) -> None:
        self.text = text
        self.content = text.outline
        self.has_equal_keys = has_equal_keys
        """Whether an object may have two members of one name."""
        self._open: list[int] = []
        """Where values begin whose ends are not met yet."""
        self._known: dict[int, int] = {}
        self._brackets = _BRACKET.finditer(self.content)

    def of(self, token: re.Match[str]) -> int:
        """Return the end of the value that begins with a token."""
        start, end = token.span(token.lastindex or 0)
        if self.content[start] not in "[{":
            return end
        flat = _FLAT.match(self.content, start)
        return self._end(start) if flat is None else flat.end()

    def _end(self, start: int) -> int:
        while start not in self._known:
            end = next(self._brackets).end()
            if self.content[end - 1] in "[{":
                self._open.append(end - 1)
            else:
                self._known[self._open.pop()] = end
        return self._known[start]


@dataclass(slots=True)
class JsonMark:
    """The position of a value; the marks of what is in it are made when asked for.

    Most values are on the way to nothing that a position is asked of.
    """

    ends: _Ends
    start: int
    end: int
    _rest: "Iterator[tuple[str | None, Extent, JsonMark]] | None" = None
    _members: "dict[str, tuple[Extent, JsonMark]]" = field(default_factory=dict)
    _items: "list[JsonMark]" = field(default_factory=list)

    @property
    def extent(self) -> Extent:
        return self.start, self.end

    def member(self, key: str) -> "tuple[Extent, JsonMark] | None":
        while self.ends.has_equal_keys or key not in self._members:
            if not self._read_one():
                break
        return self._members.get(key)

    def item(self, index: int) -> "JsonMark | None":
        while index >= len(self._items) and self._read_one():
            pass
        return self._items[index] if 0 <= index < len(self._items) else None

    def _read_one(self) -> bool:
        """Read one member or item; return whether there was one."""
        if self._rest is None:
            self._rest = _parts(self.ends, self.start)
        for key, extent, mark in self._rest:
            if key is None:
                self._items.append(mark)
            else:
                self._members[key] = extent, mark
            return True
        return False


def _parts(ends: _Ends, start: int) -> "Iterator[tuple[str | None, Extent, JsonMark]]":
    """Yield key, extent and mark of each member of the value at an offset, or item."""
    content = ends.content
    if content[start] not in "[{":
        return
    is_object = content[start] == "{"
    key: str | None = None
    extent: Extent = (start, start)
    at = start + 1
    while token := _TOKEN.match(content, at):
        first, at = token.span(token.lastindex or 0)
        if content[first] in "]}":
            return
        if content[first] in ",:":
            continue
        if is_object and key is None:
            key, extent = _string(ends.text.between(first, at)), (first, at)
            continue
        at = ends.of(token)
        yield key, extent, JsonMark(ends, first, at)
        key = None


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

"""JSON text becomes plain data by the standard parser, far faster than as YAML.

The standard parser tells no positions, so a scanner of tokens finds them when one is
asked for, and when the quick reading met something that needs a closer look.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from engross.findings import Finding
from engross.source.document import DEEPEST, Extent, Value
from engross.source.text import Text
from engross.source.yaml_scalars import UnusableNumberError, integer, number

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\],:])|([^\s{}\[\],:"]+))',
    re.DOTALL,
)
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
        return None, _scan(text)[1]
    escapes = "\\ud" in text.content or "\\uD" in text.content
    if reading.suspicious or escapes or _is_too_deep(value):
        findings = _scan(text)[1]
        too_deep = any(finding.rule == "too-deep" for finding in findings)
        return None if too_deep else value, findings
    return value, []


def marks(text: Text) -> "JsonMark":
    """Return the positions in a text that `parse` found to be sound."""
    return _scan(text)[0]


@dataclass(slots=True)
class JsonMark:
    """The position of a value, and the marks of what is in it."""

    start: int
    end: int
    members: dict[str, tuple[Extent, "JsonMark"]] = field(default_factory=dict)
    items: list["JsonMark"] = field(default_factory=list)

    @property
    def extent(self) -> Extent:
        return self.start, self.end

    def member(self, key: str) -> "tuple[Extent, JsonMark] | None":
        return self.members.get(key)

    def item(self, index: int) -> "JsonMark | None":
        return self.items[index] if 0 <= index < len(self.items) else None


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


def _scan(text: Text) -> tuple[JsonMark, list[Finding]]:
    """Return the marks of a JSON text, and what the standard parser lets pass.

    The text is known to be JSON, except where it is too deep to tell.
    """
    content = text.content
    findings: list[Finding] = []
    root = JsonMark(0, 0)
    root.end = len(content)
    open_marks = [root]
    key: tuple[str, Extent] | None = None
    for token in _TOKEN.finditer(content):
        group = token.lastindex or 0
        start, end = token.span(group)
        first = content[start]
        holder = open_marks[-1]
        if first in "]}":
            holder.end = end
            open_marks.pop()
            continue
        if first in ",:":
            continue
        if group == 1:
            findings += _surrogate_findings(text, start, end)
            if key is None and content[holder.start] == "{" and holder is not root:
                name = _string(content[start:end])
                if name in holder.members:
                    findings.append(_duplicate(text, name, holder, (start, end)))
                key = (name, (start, end))
                continue
        elif group == 3:
            findings += _number_findings(text, start, end)
        mark = JsonMark(start, end)
        if key is None:
            holder.items.append(mark)
        else:
            holder.members[key[0]] = (key[1], mark)
            key = None
        if first in "[{":
            open_marks.append(mark)
            if len(open_marks) > DEEPEST + 1:
                message = f"nested deeper than {DEEPEST} levels"
                findings.append(Finding("too-deep", message, text.span(start, end)))
                break
    return root.items[0], findings


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


def _duplicate(text: Text, name: str, holder: JsonMark, extent: Extent) -> Finding:
    line = text.position(holder.members[name][0][0]).line
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

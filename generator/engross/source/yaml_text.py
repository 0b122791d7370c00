"""YAML text becomes plain data by libyaml's composer and the core schema of YAML 1.2.

Aliases and merge keys are expanded, so that the data is a tree. Keys are strings, as
they are written: `200` and `on` are keys like any other.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final, TypeAlias

import yaml
import yaml._yaml  # libyaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engross.data import dataclass
from engross.findings import Finding, Span
from engross.source.document import DEEPEST, Extent, Value
from engross.source.text import Text
from engross.source.yaml_scalars import Scalar, UnusableNumberError, plain

_TAG: Final = "tag:yaml.org,2002:"
_CONTAINER_TAGS: Final = frozenset(("", f"{_TAG}map", f"{_TAG}seq"))

# How much larger aliases may make the data than the text, and what is always fine.
_LARGEST_GROWTH: Final = 10
_SMALL: Final = 100_000

_Entries: TypeAlias = dict[str, tuple[Node, Node]]


class _TooDeepError(Exception):
    """Nesting beyond `DEEPEST`; has the node and what is wrong with it."""

    def __init__(self, node: Node | None, message: str) -> None:
        super().__init__(message)
        self.node = node
        self.message = message

    def finding(self, text: Text) -> Finding:
        # What is still being composed has a start only.
        start = 0 if self.node is None else self.node.start_mark.index
        return Finding("too-deep", self.message, text.span(start, start + 1))


class _Composer(yaml._yaml.CParser):
    """libyaml's composer, which leaves untagged nodes untagged and bounds depth.

    The bound matters: the composer recurses in C and would exhaust the stack.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.composed = 0
        self._depth = 0

    def resolve(self, _kind: type[Node], _value: str | None, _implicit: object) -> str:
        return ""

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self.composed += 1
        self._depth += 1
        if self._depth > DEEPEST + 1:
            raise _TooDeepError(parent, f"nested deeper than {DEEPEST} levels")

    def ascend_resolver(self) -> None:
        self._depth -= 1


def parse(text: Text) -> tuple[Value, list[Finding]]:
    """Return the data of a YAML text and what is wrong with the text."""
    composer = _Composer(text.content)
    root = _compose(text, composer)
    if isinstance(root, Finding):
        return None, [root]
    if root is None:
        empty = Finding("empty-document", "the file has only comments", text.span(0, 0))
        return None, [empty]
    builder = _Builder(text, max(_SMALL, _LARGEST_GROWTH * composer.composed))
    try:
        value = builder.build(root, 0)
    except _TooDeepError as error:
        return None, [error.finding(text)]
    return None if builder.refused else value, builder.findings


def marks(text: Text) -> "YamlMark":
    """Return the positions in a text that `parse` found to be sound."""
    root = _compose(text, _Composer(text.content))
    assert isinstance(root, Node)
    return YamlMark(root)


def _compose(text: Text, composer: _Composer) -> Node | Finding | None:
    try:
        root: Node | None = composer.get_single_node()
    except _TooDeepError as error:
        return error.finding(text)
    except yaml.reader.ReaderError as error:
        return _reader_finding(text, error)
    except yaml.MarkedYAMLError as error:
        return _syntax_finding(text, error)
    return root


class _Builder:
    """Makes data of nodes and notes what has no place in data."""

    def __init__(self, text: Text, most: int) -> None:
        self.findings: list[Finding] = []
        self.refused = False
        self._text = text
        self._built = 0
        self._most = most

    def build(self, node: Node, depth: int) -> Value:
        if isinstance(node, ScalarNode):
            if not node.tag:
                return node.value if node.style else self._plain(node, node.value)
            return self._tagged(node)
        if depth >= DEEPEST or self._built > self._most:
            self._refuse(node, depth)
            return None
        if node.tag not in _CONTAINER_TAGS:
            self._note(node, "unknown-tag", f"unknown tag {node.tag}", _TAG_HINT)
        self._built += len(node.value)
        if isinstance(node, MappingNode):
            return self._mapping(node, depth)
        return [self.build(item, depth + 1) for item in node.value]

    def _mapping(self, node: MappingNode, depth: int) -> Value:
        for key, _ in node.value:
            if key.__class__ is not ScalarNode or key.value == "<<":
                return self._unusual_mapping(node, depth)
        data: dict[str, Value] = {
            key.value: self.build(value, depth + 1) for key, value in node.value
        }
        if len(data) != len(node.value):
            self._note_duplicates(node)
        return data

    def _plain(self, node: ScalarNode, text: str) -> Scalar:
        try:
            return plain(text)
        except UnusableNumberError as error:
            self._note(node, "unusable-number", str(error), "quote it, if it is text")
            return None

    def _tagged(self, node: ScalarNode) -> Scalar:
        name = node.tag.removeprefix(_TAG)
        if name == "str":
            return str(node.value)
        value = self._plain(node, node.value)
        if name not in _SCALAR_TAGS:
            self._note(node, "unknown-tag", f"unknown tag {node.tag}", _TAG_HINT)
        elif isinstance(value, _SCALAR_TAGS[name]):
            return float(value) if name == "float" and type(value) is int else value
        else:
            message = f"{node.value!r} is not a valid {name}"
            self._note(node, "unknown-tag", message, _TAG_HINT)
        return None

    def _unusual_mapping(self, node: MappingNode, depth: int) -> Value:
        """Return a mapping with merge keys, or with keys that are not scalars."""
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, "unusable-key", "only a scalar can be a key")
            elif _is_merge(key) and any(
                not isinstance(merged, MappingNode) for merged in _merged(value)
            ):
                self._note(value, "unusable-merge", "only mappings can be merged by <<")
        self._note_duplicates(node)
        entries = _entries(node)
        # A mapping may be merged into itself through an alias: depth counts that.
        return {
            key: self.build(value, depth + 1) for key, (_, value) in entries.items()
        }

    def _note_duplicates(self, node: MappingNode) -> None:
        seen: dict[str, Node] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                continue
            first = seen.setdefault(key.value, key)
            if first is not key:
                line = self._text.position(first.start_mark.index).line
                self._note(
                    key,
                    "duplicate-key",
                    f"{key.value!r} is already defined on line {line}",
                    "keep one of them",
                )

    def _refuse(self, node: Node, depth: int) -> None:
        """Note once that aliases make the data too deep or too large."""
        if self.refused:
            return
        self.refused = True
        if depth >= DEEPEST:
            message = (
                f"an alias nests this deeper than {DEEPEST} levels, or within itself"
            )
            self._note(node, "too-deep", message)
        else:
            message = f"aliases expand to more than {self._most:,} values"
            self._note(node, "too-large", message)

    def _note(self, node: Node, rule: str, message: str, hint: str = "") -> None:
        span = _span(self._text, node)
        self.findings.append(Finding(rule, message, span, hint or None))


_TAG_HINT: Final = "remove the tag, or write the value as JSON data"

_SCALAR_TAGS: Final[dict[str, type | tuple[type, ...]]] = {
    "bool": bool,
    "int": int,
    "float": (int, float),
    "null": type(None),
}


def _is_merge(key: ScalarNode) -> bool:
    return key.value == "<<" and not key.style and not key.tag


def _merged(value: Node) -> Iterable[Node]:
    return value.value if isinstance(value, SequenceNode) else (value,)


def _entries(
    node: MappingNode, done: dict[int, _Entries] | None = None, depth: int = 0
) -> _Entries:
    """Return keys and values with merges applied: own keys win, then the first merged.

    `done` has what is merged already, by node: it makes a mapping that merges itself
    end, and many merges of the same mapping cheap.

    Raises:
        _TooDeepError: the merged mapping merges another, and so on, too often.
    """
    done = {} if done is None else done
    if id(node) in done:
        return done[id(node)]
    if depth > DEEPEST:
        message = f"`<<` merges more than {DEEPEST} mappings"
        raise _TooDeepError(node, message)
    done[id(node)] = {}
    own: _Entries = {}
    inherited: _Entries = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        if not _is_merge(key):
            own[key.value] = (key, value)
            continue
        for other in _merged(value):
            if isinstance(other, MappingNode):
                inherited = {**_entries(other, done, depth + 1), **inherited}
    done[id(node)] = {**inherited, **own}
    return done[id(node)]


@dataclass(frozen=True)
class YamlMark:
    """The mark of a composed node."""

    node: Node

    @property
    def extent(self) -> Extent:
        return self.node.start_mark.index, self.node.end_mark.index

    @cached_property
    def _members(self) -> dict[str, tuple[Extent, "YamlMark"]]:
        if not isinstance(self.node, MappingNode):
            return {}
        return {
            key: (YamlMark(at).extent, YamlMark(value))
            for key, (at, value) in _entries(self.node).items()
        }

    @cached_property
    def _items(self) -> list["YamlMark"]:
        if not isinstance(self.node, SequenceNode):
            return []
        return [YamlMark(item) for item in self.node.value]

    def member(self, key: str) -> "tuple[Extent, YamlMark] | None":
        return self._members.get(key)

    def item(self, index: int) -> "YamlMark | None":
        return self._items[index] if 0 <= index < len(self._items) else None


def _span(text: Text, node: Node) -> Span:
    return text.span(node.start_mark.index, node.end_mark.index)


def _reader_finding(text: Text, error: yaml.reader.ReaderError) -> Finding:
    # libyaml counts bytes here.
    before = text.content.encode()[: error.position].decode(errors="ignore")
    at = len(before)
    return Finding(
        "control-character",
        f"control character U+{ord(text.content[at]):04X}",
        text.span(at, at + 1),
        hint="remove it, or escape it in a double-quoted string",
    )


def _syntax_finding(text: Text, error: yaml.MarkedYAMLError) -> Finding:
    problem = error.problem or "not YAML"
    mark = error.problem_mark or error.context_mark
    start = min(mark.index, len(text.content)) if mark else 0
    span = text.span(start, start + 1)
    if "another document" in problem:
        return Finding(
            "multiple-documents",
            "a second YAML document begins here",
            span,
            hint="keep one document in a file",
        )
    found = _unclosed(text, error) or _misaligned(text, error) or _no_key(text, error)
    if found is not None:
        return found
    context = f", {error.context}" if error.context else ""
    hint = next((hint for part, hint in _SYNTAX_HINTS if part in problem), None)
    return Finding("yaml-syntax", f"{problem}{context}", span, hint)


def _unclosed(text: Text, error: yaml.MarkedYAMLError) -> Finding | None:
    """Return a finding where a quote or a bracket opens that nothing closes."""
    if error.context_mark is None or error.problem_mark is None:
        return None
    start, context = error.context_mark.index, str(error.context)
    opened, surfaced = (
        text.position(mark.index).line
        for mark in (error.context_mark, error.problem_mark)
    )
    is_flow = "flow mapping" in context or "flow sequence" in context
    sign = text.content[start : start + 1]
    if "quoted scalar" in context and "end of stream" in str(error.problem):
        message = f"the quote {sign} is not closed"
    elif is_flow and surfaced > opened:
        closing = "}" if sign == "{" else "]"
        message = f"the {sign} here needs a , or {closing} before line {surfaced}"
    else:
        return None
    line = text.content[start:].partition("\n")[0]
    hint = (
        "quote text that contains '#', where comments begin" if " #" in line else None
    )
    return Finding("yaml-syntax", message, text.span(start, start + 1), hint)


def _no_key(text: Text, error: yaml.MarkedYAMLError) -> Finding | None:
    """Return a finding for a line that should be a key and a value, and has no colon."""
    problem, start = str(error.problem), -1
    if "could not find expected ':'" in problem and error.context_mark is not None:
        start = error.context_mark.index
    elif "mapping values" in problem and error.problem_mark is not None:
        begin = text.content.rfind("\n", 0, error.problem_mark.index) + 1
        above = text.content.rfind("\n", 0, max(begin - 1, 0)) + 1
        key = _KEY.match(text.content, begin)
        words = _WORDS.match(text.content, above)
        if key and words and key["margin"] == words["margin"]:
            start = words.end("margin")
    if start < 0:
        return None
    end = text.content.find("\n", start)
    span = text.span(start, end if end >= 0 else len(text.content))
    hint = "a key needs a colon and a space"
    return Finding("yaml-syntax", "expected `key: value`", span, hint)


def _misaligned(text: Text, error: yaml.MarkedYAMLError) -> Finding | None:
    """Return a finding for a key that is not aligned with the key above it."""
    problem, mark = str(error.problem), error.problem_mark
    if mark is None or not ("mapping values" in problem or "expected key" in problem):
        return None
    begin = text.content.rfind("\n", 0, mark.index) + 1
    key = _KEY.match(text.content, begin)
    above = text.content[:begin].splitlines(keepends=True)
    while above and above[-1].strip()[:1] in ("", "#"):
        begin -= len(above.pop())
    other = _KEY.match(above[-1]) if above else None
    if key is None or other is None or not other["value"]:
        return None
    wrong, right = len(key["margin"]), len(other["margin"])
    if wrong == right or mark.index not in (key.start("name"), key.end("name")):
        return None
    number = text.position(begin - 1).line
    message = (
        f"{key['name']!r} begins in column {wrong + 1}, and {other['name']!r} in line "
        f"{number} in column {right + 1}"
    )
    span = text.span(*key.span("name"))
    return Finding("yaml-syntax", message, span, "align the keys of an object")


_KEY: Final = re.compile(
    r"(?P<margin> *)(?P<name>[^\s:#'\"-][^:#\r\n]*):(?: +(?P<value>\S))?"
)


_WORDS: Final = re.compile(r"(?P<margin> *)[^\s:#'\"-][^:#\r\n]*(?:\r?\n)")
"""A line that is neither a key nor an item, a comment or a quote."""

_SYNTAX_HINTS: Final[tuple[tuple[str, str], ...]] = (
    ("tab character", "indent with spaces"),
    ("cannot start any token", "indent with spaces, and quote text such as '@x'"),
    ("mapping values are not allowed", "quote text that contains ': '"),
    (
        "unknown escape character",
        r"use single quotes, in which a backslash is itself, or write \\",
    ),
    ("undefined alias", "define it before, as &name, or quote text that begins with *"),
    (
        "expected '-' indicator",
        "the lines above are a list: begin an item with '- ', or indent what belongs to one",
    ),
    ("expected <block end>", "check the indentation of this line and those above"),
)

"""Translate patterns to Python's `re`, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from functools import cache
from typing import Final

from engross.data import dataclass
from engross.patterns.automaton import program_of
from engross.patterns.characters import (
    DIGITS,
    MAX_CODE_POINT,
    WORDS,
    Ranges,
    complement,
)
from engross.patterns.cost import longest_text
from engross.patterns.matching import LinearPattern
from engross.patterns.parser import PatternError
from engross.patterns.syntax import (
    Alternatives,
    Backreference,
    Boundary,
    Chars,
    End,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    Start,
    simplified,
    walk,
)

_SPECIAL = frozenset(".^$*+?{}[]\\|()")
_SPECIAL_IN_CLASS = frozenset("\\]^-[&|~")
_SPELLED = {
    DIGITS: r"\d",
    complement(DIGITS): r"\D",
    WORDS: r"\w",
    complement(WORDS): r"\W",
}
_ESCAPES = {
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\f": "\\f",
    "\v": "\\v",
    # These differ from s and k by case only, and look like other letters.
    "\u017f": r"\u017f",
    "\u212a": r"\u212a",
}


class Method(Enum):
    """How a text is matched; those of a plain text come first."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS_WITH = "startswith"
    ENDS_WITH = "endswith"
    SEARCH = "search"
    MATCH = "match"
    FULL_MATCH = "fullmatch"


_EXPRESSIONS: Final = frozenset({Method.SEARCH, Method.MATCH, Method.FULL_MATCH})
_FROM_START: Final = frozenset(
    {Method.EQUALS, Method.STARTS_WITH, Method.MATCH, Method.FULL_MATCH}
)
_TO_END: Final = frozenset({Method.EQUALS, Method.ENDS_WITH, Method.FULL_MATCH})


@dataclass(frozen=True, slots=True)
class Regex:
    """How Python matches a pattern."""

    original: str
    """The pattern as the contract has it."""
    source: str
    """A regular expression for `re.ASCII`, or a plain text, as the method says."""
    method: Method
    limit: int | None = None
    """The longest text that Python's backtracking reads fast enough; None for any."""
    program: str = ""
    """What `matching.LinearPattern` reads longer texts with; none if it is empty."""

    @property
    def longest(self) -> int | None:
        """The longest text that can match at all; None for any."""
        return None if self.program else self.limit

    @property
    def is_callable(self) -> bool:
        """Whether one function of a text tells whether it matches, however long it is."""
        return self.method in _EXPRESSIONS and self.longest is None

    @property
    def searched(self) -> str | None:
        """The pattern for `re.search` without flags; None if Python may be slow."""
        if self.limit is not None:
            return None
        source = self.source if self.method in _EXPRESSIONS else re.escape(self.source)
        start = r"\A" if self.method in _FROM_START else ""
        end = r"\Z" if self.method in _TO_END else ""
        return f"(?a:{start}(?:{source}){end})"

    def up_to(self, length: int | None) -> Regex:
        """Return how to match texts that are no longer than a length; None for any."""
        if length is None or self.limit is None or length > self.limit:
            return self
        return replace(self, limit=None, program="")

    def fits(self, text: str) -> bool:
        """Return whether a text matches; one that is longer than `longest` does not."""
        return _matcher(self)(text)


@cache
def _matcher(regex: Regex) -> Callable[[str], bool]:
    source, method = regex.source, regex.method
    if method is Method.EQUALS:
        return source.__eq__
    if method is Method.CONTAINS:
        return lambda text: source in text
    if method is Method.STARTS_WITH:
        return lambda text: text.startswith(source)
    if method is Method.ENDS_WITH:
        return lambda text: text.endswith(source)
    longest = regex.limit
    if regex.program and longest is not None:
        return LinearPattern(source, method.value, longest, regex.program)
    match = getattr(re.compile(source, re.ASCII), method.value)
    if longest is None:
        return lambda text: match(text) is not None
    return lambda text: len(text) <= longest and match(text) is not None


def translated(pattern: str, node: Node) -> Regex:
    """Return how Python matches a pattern.

    Raises:
        PatternError: Python cannot match it exactly.
    """
    references = _references(node)
    node = _unwrapped(simplified(node, references))
    parts = node.parts if isinstance(node, Sequence) else (node,)
    starts = isinstance(parts[0], Start) if parts else False
    ends = isinstance(parts[-1], End) if parts else False
    inner = Sequence(parts[starts : max(len(parts) - ends, starts)])
    plain = _plain(pattern, inner, starts, ends)
    if plain is not None:
        return plain
    source = _Printer(references).write(inner)
    method = Method.SEARCH
    if starts:
        method = Method.FULL_MATCH if ends else Method.MATCH
    elif ends:
        source += r"\Z"
    program = program_of(node)
    if not _is_expressible(source, node):
        if program is None:
            raise PatternError(
                "Python's look-behind needs a fixed width where groups are referred to"
            )
        return Regex(pattern, "", method, -1, program)
    judged = inner if ends else _without_tail(inner)
    limit = longest_text(judged, is_anchored=starts, has_automaton=program is not None)
    if limit is None:
        return Regex(pattern, source, method)
    return Regex(pattern, source, method, limit, program or "")


def _is_expressible(source: str, node: Node) -> bool:
    """Return whether Python can compile a pattern; its look-behind has a fixed width."""
    if not any(isinstance(part, Look) and part.behind for part in walk(node)):
        return True
    try:
        re.compile(source, re.ASCII)
    except re.error:
        return False
    return True


def _unwrapped(node: Node) -> Node:
    """Return what is in a group around the whole pattern, such as `(?i:...)`."""
    while isinstance(node, Group) and node.number is None:
        node = node.body
    return node


def _without_tail(node: Sequence) -> Sequence:
    """Remove repetitions of plain characters from the end, of which no more is asked."""
    parts = [*node.parts]
    while parts and isinstance(last := parts[-1], Repeat):
        if not all(
            isinstance(part, (Chars, Sequence, Group)) for part in walk(last.body)
        ):
            break
        parts.pop()
        if last.least:
            parts.append(replace(last, most=last.least))
            break
    return Sequence(tuple(parts))


def _plain(pattern: str, inner: Sequence, starts: bool, ends: bool) -> Regex | None:
    """Return how to match a pattern that asks for a plain text, if it is one."""
    text = ""
    for part in inner.parts:
        if not isinstance(part, Chars) or len(part.ranges) != 1:
            return None
        ((first, last),) = part.ranges
        if first != last:
            return None
        text += chr(first)
    methods = {
        (True, True): Method.EQUALS,
        (True, False): Method.STARTS_WITH,
        (False, True): Method.ENDS_WITH,
        (False, False): Method.CONTAINS,
    }
    return Regex(pattern, text, methods[starts, ends])


class _Printer:
    """Writes a pattern as a regular expression of Python's."""

    def __init__(self, references: frozenset[int]) -> None:
        self._references = references
        self._numbers: dict[int, int] = {}
        """Number of a group -> its number in Python, where only groups capture that are
        referred to; negative while the group is open."""

    def write(self, node: Node) -> str:
        if isinstance(node, Chars):
            return _chars(node)
        if isinstance(node, Sequence):
            return "".join(map(self._part, node.parts))
        if isinstance(node, Alternatives):
            return "|".join(map(self.write, node.parts))
        if isinstance(node, Group):
            return self._group(node)
        if isinstance(node, Look):
            mark = ("<" if node.behind else "") + ("!" if node.negative else "=")
            return f"(?{mark}{self.write(node.body)})"
        if isinstance(node, Repeat):
            text = self._part(node.body)
            if text == r"\d" and node.least == node.most and node.least in (2, 3):
                return text * node.least  # faster than the quantifier
            return text + _quantifier(node)
        if isinstance(node, Start):
            return "^"
        if isinstance(node, End):
            return r"\Z"
        if isinstance(node, Boundary):
            # Python's \B does not match an empty text.
            return r"(?!\b)" if node.negative else r"\b"
        return self._backreference(node)

    def _part(self, node: Node) -> str:
        text = self.write(node)
        return f"(?:{text})" if isinstance(node, Alternatives) else text

    def _group(self, node: Group) -> str:
        if node.number not in self._references or node.number is None:
            return f"(?:{self.write(node.body)})"
        number = len(self._numbers) + 1
        self._numbers[node.number] = -number
        text = f"({self.write(node.body)})"
        self._numbers[node.number] = number
        return text

    def _backreference(self, node: Backreference) -> str:
        number = self._numbers.get(node.number, 0)
        if number <= 0:
            raise PatternError("a reference to a group that is not closed before it")
        # In ECMA-262 a group that did not take part matches the empty text.
        return f"(?({number})\\{number})"


def _quantifier(node: Repeat) -> str:
    lazy = "?" if node.lazy else ""
    least, most = node.least, node.most
    if (least, most) == (0, None):
        return f"*{lazy}"
    if (least, most) == (1, None):
        return f"+{lazy}"
    if (least, most) == (0, 1):
        return f"?{lazy}"
    if most is None:
        return f"{{{least},}}{lazy}"
    if most == least:
        return f"{{{least}}}{lazy}"
    return f"{{{least},{most}}}{lazy}"


def _chars(node: Chars) -> str:
    ranges = node.ranges
    if ranges in _SPELLED:
        return _SPELLED[ranges]
    if not ranges:
        return "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _char(ranges[0][0], _SPECIAL)
    inverse = complement(ranges)
    if not inverse:
        return r"[\s\S]"
    if ranges[-1][1] == MAX_CODE_POINT and len(inverse) <= len(ranges):
        return f"[^{_class(inverse)}]"
    return f"[{_class(ranges)}]"


def _class(ranges: Ranges) -> str:
    return "".join(_range(first, last) for first, last in ranges)


def _range(first: int, last: int) -> str:
    start = _char(first, _SPECIAL_IN_CLASS)
    if first == last:
        return start
    hyphen = "" if last == first + 1 else "-"
    return f"{start}{hyphen}{_char(last, _SPECIAL_IN_CLASS)}"


def _char(code: int, special: frozenset[str]) -> str:
    char = chr(code)
    if char in special:
        return f"\\{char}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _references(node: Node) -> frozenset[int]:
    """Return the groups that are referred to, each of which must be safe to refer to.

    ECMA-262 forgets what a group captured when a loop around it starts over, and when
    a negative assertion around it ends; it also looks behind from right to left. Python
    does not.
    """
    numbers = {part.number for part in walk(node) if isinstance(part, Backreference)}
    for part, is_fragile in _walk(node) if numbers else ():
        if isinstance(part, Group) and part.number in numbers and is_fragile:
            raise PatternError("a reference to a group inside a loop or an assertion")
    return frozenset(numbers)


def _walk(node: Node, is_fragile: bool = False) -> Iterator[tuple[Node, bool]]:
    yield node, is_fragile
    if isinstance(node, (Sequence, Alternatives)):
        for part in node.parts:
            yield from _walk(part, is_fragile)
    elif isinstance(node, Group):
        yield from _walk(node.body, is_fragile)
    elif isinstance(node, Look):
        yield from _walk(node.body, is_fragile or node.negative or node.behind)
    elif isinstance(node, Repeat):
        yield from _walk(node.body, is_fragile or node.most != 1)

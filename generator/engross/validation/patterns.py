"""ECMA-262 regular expressions -> Python's, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engross.schema.tree import Regex, Slow
from engross.source.ecma import ECMA, RE2, PatternError, Syntax, parse
from engross.source.pattern_tree import (
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
)
from engross.source.unicode_classes import (
    DIGITS,
    MAX_CODE_POINT,
    WORDS,
    Ranges,
    complement,
)
from engross.validation.backtracking import (
    END,
    START,
    Automaton,
    automaton_of,
    longest_text,
)

__all__ = ["PatternError", "translate", "translate_re2"]

_SPECIAL = frozenset(".^$*+?{}[]\\|()")
_SPECIAL_IN_CLASS = frozenset("\\]^-[&|~")
_SPELLED = {
    DIGITS: r"\d",
    complement(DIGITS): r"\D",
    WORDS: r"\w",
    complement(WORDS): r"\W",
}
_MARKS = {START: "^", END: "$"}
_ESCAPES = {
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\f": "\\f",
    "\v": "\\v",
    # The letters that differ from s and k by case look like others.
    "\u017f": r"\u017f",
    "\u212a": r"\u212a",
}


def translate(pattern: str, *, longest: int | None = None) -> Regex:
    """Translate a pattern; the result is meant for `re.ASCII`.

    Args:
        pattern: as ECMA-262 writes it, in Unicode mode.
        longest: how long a text can be that it is matched with.

    Raises:
        PatternError: it is malformed, Python cannot express it, or it could take very
            long and cannot be matched in any other way.
    """
    return _translate(pattern, ECMA, longest)


def translate_re2(pattern: str) -> Regex:
    """Translate a pattern of RE2, which CEL uses.

    Raises:
        PatternError: it is malformed, or Python cannot express it.
    """
    return _translate(pattern, RE2, None)


def _translate(pattern: str, syntax: Syntax, longest: int | None) -> Regex:
    node = _unwrapped(parse(pattern, syntax))
    parts = node.parts if isinstance(node, Sequence) else (node,)
    starts = isinstance(parts[0], Start) if parts else False
    ends = isinstance(parts[-1], End) if parts else False
    inner = Sequence(parts[starts : max(len(parts) - ends, starts)])
    plain = _plain(pattern, inner, starts, ends)
    if plain is not None:
        return plain
    printer = _Printer(_references(node))
    source = printer.write(inner)
    method = "search"
    if starts:
        method = "fullmatch" if ends else "match"
    elif ends:
        # An alternative at the top would be cut in two by what follows.
        source += r"\Z"
    try:
        re.compile(source, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"Python cannot express {pattern!r}: {error}") from None
    judged = inner if ends else _without_tail(inner)
    limit = longest_text(judged, anchored=starts)
    if limit is None or (longest is not None and longest <= limit):
        return Regex(pattern, source, method)
    automaton = automaton_of(node)
    if automaton is None:
        raise PatternError(
            f"{pattern!r} can take too long for texts of more than {limit} characters",
            "set a smaller maxLength, or write fewer loops and assertions",
        )
    return Regex(pattern, source, method, Slow(limit, _rows(automaton)))


def _unwrapped(node: Node) -> Node:
    """Give what stands in a group around the whole pattern, such as `(?i:...)`."""
    while isinstance(node, Group) and node.number is None:
        node = node.body
    return node


def _without_tail(node: Sequence) -> Sequence:
    """Leave out rounds at the end that nothing after them makes necessary."""
    *parts, last = node.parts or (node,)
    if isinstance(last, Repeat):
        parts += [last.body] * min(last.least, 1)
        return Sequence(tuple(parts)) if last.least < 2 else node
    return node


def _rows(automaton: Automaton) -> tuple[str, ...]:
    """Write an automaton as rows: the start, the end, and then each position."""

    def listed(positions: tuple[int, ...]) -> str:
        return ",".join(map(str, positions))

    return (
        listed(automaton.first),
        listed(automaton.last) + (",-1" if automaton.empty else ""),
        *(
            f"{listed(following)}:{_MARKS.get(ranges) or _chars(Chars(ranges))}"
            for following, ranges in zip(
                automaton.follow, automaton.classes, strict=True
            )
        ),
    )


def _plain(pattern: str, inner: Sequence, starts: bool, ends: bool) -> Regex | None:
    """Give a pattern that asks for a text as it stands, if it is one."""
    text = ""
    for part in inner.parts:
        if not isinstance(part, Chars) or len(part.ranges) != 1:
            return None
        ((first, last),) = part.ranges
        if first != last:
            return None
        text += chr(first)
    names = {
        (True, True): "equals",
        (True, False): "startswith",
        (False, True): "endswith",
        (False, False): "contains",
    }
    return Regex(pattern, text, names[starts, ends])


class _Printer:
    """Writes the tree of a pattern as Python's regular expression."""

    def __init__(self, references: frozenset[int]) -> None:
        self._references = references
        self._numbers: dict[int, int] = {}
        """ECMA's number of a captured group -> ours; only what is read is captured."""

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
    bounds = (node.least, node.most)
    if bounds == (0, None):
        return f"*{lazy}"
    if bounds == (1, None):
        return f"+{lazy}"
    if bounds == (0, 1):
        return f"?{lazy}"
    if node.most is None:
        return f"{{{node.least},}}{lazy}"
    if node.most == node.least:
        return f"{{{node.least}}}{lazy}"
    return f"{{{node.least},{node.most}}}{lazy}"


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
    return "".join(_range(*each) for each in ranges)


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
    """Give the groups that are read, each of which must be safe to read.

    ECMA-262 forgets what a group captured when a loop around it starts over, and when
    a negative assertion around it ends; Python does not.
    """
    read = {each.number for each, _ in _walk(node) if isinstance(each, Backreference)}
    for each, fragile in _walk(node):
        if isinstance(each, Group) and each.number in read and fragile:
            raise PatternError("a reference to a group inside a loop or an assertion")
    return frozenset(read)


def _walk(node: Node, fragile: bool = False) -> Iterator[tuple[Node, bool]]:
    yield node, fragile
    if isinstance(node, (Sequence, Alternatives)):
        for part in node.parts:
            yield from _walk(part, fragile)
    elif isinstance(node, Group):
        yield from _walk(node.body, fragile)
    elif isinstance(node, Look):
        yield from _walk(node.body, fragile or node.negative)
    elif isinstance(node, Repeat):
        yield from _walk(node.body, fragile or node.most != 1)

"""Regular expressions of ECMA-262, in Unicode mode, as a tree.

Where Unicode mode only forbids what browsers accept in older patterns (`\\-`, a lone
`{`), the older meaning is taken. What means nothing in ECMA-262 is an error, even where
Python would give it a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engross.validation.unicode_classes import (
    DIGITS,
    MAX_CODE_POINT,
    NEWLINES,
    SPACES,
    WORDS,
    Ranges,
    complement,
    property_ranges,
    union,
)

_MAX_NESTING = 100
_SYNTAX = "^$\\.*+?()[]{}|/"
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}


class PatternError(ValueError):
    """A pattern that is malformed, or that Python cannot honour exactly."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Parts of which the first that fits is taken."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group; it captures if it has a number."""

    body: Node
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """An assertion about what follows or precedes."""

    body: Node
    behind: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part repeated."""

    body: Node
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of the text."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the text."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place between a word and what is none, or any other place."""

    negative: bool


@dataclass(frozen=True, slots=True)
class Backreference:
    """What a group captured."""

    number: int


Node: TypeAlias = (
    Chars
    | Sequence
    | Alternatives
    | Group
    | Look
    | Repeat
    | Start
    | End
    | Boundary
    | Backreference
)


@dataclass(frozen=True, slots=True)
class Syntax:
    """In what the languages that share this syntax differ."""

    newlines: Ranges = NEWLINES
    """What `.` leaves out."""
    spaces: Ranges = SPACES
    """What `\\s` stands for."""
    regular: bool = False
    """Whether assertions and references to groups are left out."""


ECMA = Syntax()
RE2 = Syntax(((0x0A, 0x0A),), ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)), regular=True)


def parse(pattern: str, syntax: Syntax = ECMA) -> Node:
    """Parse a pattern.

    Raises:
        PatternError: it is malformed.
    """
    return _Parser(pattern, syntax).parse()


class _Parser:
    """Recursive descent over the characters of a pattern."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self._text = text
        self._syntax = syntax
        self._at = 0
        self._groups = 0
        self._names: dict[str, int] = {}
        self._nesting = 0
        self._wanted: list[int | str] = []

    def parse(self) -> Node:
        node = self._alternatives()
        if self._at < len(self._text):
            raise self._error("unmatched ')'")
        for wanted in self._wanted:
            if isinstance(wanted, int) and wanted > self._groups:
                raise PatternError(f"there is no group {wanted}")
        return node

    def _error(self, message: str) -> PatternError:
        return PatternError(f"{message} at position {self._at} of {self._text!r}")

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        if not self._peek(text):
            return False
        self._at += len(text)
        return True

    def _next(self, what: str) -> str:
        if self._at >= len(self._text):
            raise self._error(f"{what} is cut off")
        self._at += 1
        return self._text[self._at - 1]

    def _alternatives(self) -> Node:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise self._error("groups are nested too deeply")
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        self._nesting -= 1
        return parts[0] if len(parts) == 1 else Alternatives(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self) -> Node:
        node = self._atom()
        bounds = self._quantifier()
        if bounds is None:
            return node
        if isinstance(node, (Start, End, Boundary, Look)):
            raise self._error("nothing to repeat")
        lazy = self._take("?")
        if self._at < len(self._text) and self._text[self._at] in "*+?":
            raise self._error("a quantifier has nothing to repeat")
        return Repeat(node, *bounds, lazy)

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        closing = self._text.find("}", self._at)
        if not self._peek("{") or closing < 0:
            return None
        least, comma, most = self._text[self._at + 1 : closing].partition(",")
        if not _is_digits(least) or (most and not _is_digits(most)):
            return None
        self._at = closing + 1
        low = int(least)
        high = int(most) if most else None if comma else low
        if high is not None and high < low:
            raise self._error("a quantifier's bounds are out of order")
        return low, high

    def _atom(self) -> Node:
        char = self._next("the pattern")
        if char == "^":
            return Start()
        if char == "$":
            return End()
        if char == ".":
            return Chars(complement(self._syntax.newlines))
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char in "*+?":
            raise self._error("a quantifier has nothing to repeat")
        return _one(char)

    def _group(self) -> Node:
        number = None
        look = None
        if self._take("?:"):
            pass
        elif self._take("?="):
            look = (False, False)
        elif self._take("?!"):
            look = (False, True)
        elif self._take("?<="):
            look = (True, False)
        elif self._take("?<!"):
            look = (True, True)
        elif self._take("?<"):
            number = self._named_group()
        elif self._peek("?"):
            raise self._error("ECMA-262 has no such group")
        else:
            self._groups += 1
            number = self._groups
        body = self._alternatives()
        if not self._take(")"):
            raise self._error("a group is not closed")
        if look and self._syntax.regular:
            raise self._error("RE2 has no assertions")
        return Look(body, *look) if look else Group(body, number)

    def _named_group(self) -> int:
        closing = self._text.find(">", self._at)
        name = self._text[self._at : closing] if closing >= 0 else ""
        if not name.replace("$", "_").isidentifier():
            raise self._error("a group's name is malformed")
        if name in self._names:
            raise self._error(f"two groups are named {name!r}")
        self._at = closing + 1
        self._groups += 1
        self._names[name] = self._groups
        return self._groups

    def _escape(self) -> Node:
        if self._peek("b") or self._peek("B"):
            return Boundary(self._next("") == "B")
        if self._syntax.regular and self._text[self._at : self._at + 1] in "k123456789":
            raise self._error("RE2 has no references to groups")
        if self._take("k<"):
            closing = self._text.find(">", self._at)
            name = self._text[self._at : closing] if closing >= 0 else ""
            if name not in self._names:
                raise self._error(f"no group before is named {name!r}")
            self._at = closing + 1
            return Backreference(self._names[name])
        if self._at < len(self._text) and self._text[self._at] in "123456789":
            start = self._at
            while self._at < len(self._text) and _is_digits(self._text[self._at]):
                self._at += 1
            number = int(self._text[start : self._at])
            self._wanted.append(number)
            return Backreference(number)
        return self._character_escape()

    def _character_escape(self, *, in_class: bool = False) -> Chars:
        char = self._next("an escape")
        if char.lower() in "dws":
            plain = {"d": DIGITS, "w": WORDS, "s": self._syntax.spaces}
            ranges = plain[char.lower()]
            return Chars(ranges if char.islower() else complement(ranges))
        if char in "pP":
            return self._property(negative=char == "P")
        if in_class and char == "b":
            return _one("\b")
        if char == "0" and self._text[self._at : self._at + 1].isdigit():
            raise self._error("ECMA-262 has no octal escape")
        if char in _CONTROLS:
            return _one(_CONTROLS[char])
        if char == "c":
            letter = self._next("an escape")
            if not (letter.isascii() and letter.isalpha()):
                raise self._error("a control escape needs a letter")
            return _one(chr(ord(letter) % 32))
        if char == "x":
            return _one(chr(self._hexadecimal(2)))
        if char == "u":
            return _one(chr(self._unicode()))
        if char.isalnum() and char not in _SYNTAX:
            raise self._error(f"ECMA-262 has no escape \\{char}")
        return _one(char)

    def _hexadecimal(self, digits: int) -> int:
        text = self._text[self._at : self._at + digits]
        if len(text) < digits or not _is_hexadecimal(text):
            raise self._error(f"{digits} hexadecimal digits are needed")
        self._at += digits
        return int(text, 16)

    def _unicode(self) -> int:
        if self._take("{"):
            closing = self._text.find("}", self._at)
            text = self._text[self._at : closing] if closing >= 0 else ""
            if not _is_hexadecimal(text) or int(text, 16) > MAX_CODE_POINT:
                raise self._error("a code point is malformed")
            self._at = closing + 1
            return int(text, 16)
        code = self._hexadecimal(4)
        if 0xD800 <= code < 0xDC00 and self._peek("\\u"):
            start = self._at
            self._at += 2
            if not self._peek("{"):
                low = self._hexadecimal(4)
                if 0xDC00 <= low < 0xE000:
                    return 0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00
            self._at = start
        return code

    def _property(self, *, negative: bool) -> Chars:
        closing = self._text.find("}", self._at)
        if not self._take("{") or closing < 0:
            raise self._error("a Unicode property is malformed")
        name = self._text[self._at : closing]
        ranges = property_ranges(name)
        if ranges is None:
            raise self._error(f"the Unicode property {name!r} is not supported")
        self._at = closing + 1
        return Chars(complement(ranges) if negative else ranges)

    def _class(self) -> Chars:
        negative = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            low = self._class_atom()
            if self._peek("-") and not self._peek("-]"):
                start = self._at
                self._at += 1
                high = self._class_atom()
                if _is_single(low) and _is_single(high):
                    first, last = low.ranges[0][0], high.ranges[0][0]
                    if last < first:
                        raise self._error("a range is out of order")
                    ranges.append((first, last))
                    continue
                # With a class at one end, the hyphen stands for itself.
                self._at = start
            ranges += low.ranges
        joined = union(ranges)
        return Chars(complement(joined) if negative else joined)

    def _class_atom(self) -> Chars:
        char = self._next("a class")
        if char == "\\":
            return self._character_escape(in_class=True)
        return _one(char)


def _one(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


def _is_single(chars: Chars) -> bool:
    return len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and all(char in "0123456789abcdefABCDEF" for char in text)

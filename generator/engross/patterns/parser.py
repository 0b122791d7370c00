"""Parse regular expressions of ECMA-262, in Unicode mode, into a syntax tree.

Where Unicode mode only forbids what browsers accept in older patterns (`\\-`, a lone
`{`), the older meaning is taken. Syntax that ECMA-262 lacks, and that means the same in
every language that has it, is accepted and noted as foreign: `(?i)` and the like at the
start, `\\A`, `\\Z`, `\\z`, `(?P<name>...)`, `(?P=name)`, `\\Q...\\E`, and a JavaScript
literal `/^...$/i`. Anything else is an error, even where Python would accept it.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import Final

from engross.data import dataclass
from engross.patterns.characters import (
    DIGITS,
    MAX_CODE_POINT,
    NEWLINES,
    POSIX,
    SPACES,
    WORDS,
    Ranges,
    complement,
    property_ranges,
    union,
    with_other_cases,
)
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
)

_MAX_NESTING = 100
_SYNTAX = "^$\\.*+?()[]{}|/"
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_QUANTIFIERS = "*+?{"
_CATEGORIES = "CLMNPSZ"
_POSIX_CLASS: Final = re.compile(rf":(\^?)({'|'.join(POSIX)}):\]")
_BLANKS = " \t\n\f\r"
_FOREIGN_FLAGS: Final = re.compile(r"\(\?([imsx]+)\)")
_MODIFIERS: Final = re.compile(r"\?([ims]*)(?:-([ims]*))?:")
_OTHER_GROUPS: Final = (
    (re.compile(r"\?#"), "remove the comment"),
    (
        re.compile(r"\?>"),
        "write (?:...) if what follows the group cannot match the same text",
    ),
    (re.compile(r"\?[A-Za-z]+\)"), "write (?i:...) around the part that it applies to"),
    (re.compile(r"\?'"), "write (?<name>...)"),
)
_OTHER_ESCAPES: Final = {
    "R": r"write (?:\r\n|\n|\r)",
    "Z": "write $ outside of brackets",
    "a": r"write \x07",
    "e": r"write \x1b",
    "h": r"it is a blank in Perl and a digit in Ruby; write [ \t] or [0-9A-Fa-f]",
    "z": "write $ outside of brackets",
}


# A slash before `^`, or one after `$`, can never match, so this must be a literal.
_LITERAL: Final = re.compile(r"/(\^.*|.*(?<!\\)\$)/([dgimsu]*)", re.DOTALL)
_FLAGS_WITHOUT_EFFECT: Final = frozenset("dgu")


class PatternError(ValueError):
    """A pattern that cannot be read, or that cannot be matched exactly.

    Attributes:
        problem: what is wrong, without the pattern.
        hint: what to write instead, if there is such a thing.
        is_malformed: whether the pattern means nothing in any language, such as `[a-z`.
    """

    def __init__(
        self,
        problem: str,
        hint: str | None = None,
        *,
        where: str = "",
        is_malformed: bool = False,
    ) -> None:
        super().__init__(f"{problem} {where}".rstrip())
        self.problem, self.hint, self.is_malformed = problem, hint, is_malformed


@dataclass(frozen=True, slots=True)
class Syntax:
    """The differences between the languages that share this syntax."""

    name: str = "ECMA-262"
    newlines: Ranges = NEWLINES
    """What `.` does not match."""
    spaces: Ranges = SPACES
    """What `\\s` matches."""
    regular: bool = False
    """Whether the language has neither look-around nor references to groups."""


ECMA = Syntax()
RE2 = Syntax(
    "RE2",
    ((0x0A, 0x0A),),
    ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)),
    regular=True,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pattern means."""

    node: Node
    foreign: tuple[str, ...]
    """The parts that are not ECMA-262, in order of appearance."""
    plain: str | None
    """The same pattern in ECMA-262, if parts are foreign and there is a simple way."""


@dataclass(frozen=True, slots=True)
class _Flags:
    """The flags that apply to a part of a pattern."""

    ignores_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    verbose: bool = False

    def changed(self, letters: str, to: bool) -> _Flags:
        """Return the flags with those of some letters set or cleared."""
        names = {
            "i": "ignores_case",
            "m": "multiline",
            "s": "dot_all",
            "x": "verbose",
        }
        return replace(self, **{names[letter]: to for letter in letters})


_NO_FLAGS = _Flags()


@dataclass(slots=True)
class _Foreign:
    """The foreign parts of a pattern, and how ECMA-262 writes them."""

    names: list[str] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    """Start, end and replacement of parts of the pattern."""
    closing: str = ""
    """What to append to the pattern."""

    def note(self, name: str, start: int, end: int, text: str) -> None:
        """Record a foreign part and its replacement."""
        self.names.append(name)
        self.edits.append((start, end, text))

    def corrected(self, pattern: str) -> str:
        """Return the pattern with all edits made."""
        done = 0
        parts = []
        for start, end, text in self.edits:
            parts += [pattern[done:start], text]
            done = end
        return "".join((*parts, pattern[done:], self.closing))


def parse(pattern: str, syntax: Syntax = ECMA) -> Reading:
    """Parse a pattern.

    Raises:
        PatternError: the pattern cannot be read.
    """
    literal = None if syntax.regular else _LITERAL.fullmatch(pattern)
    if literal is not None:
        return _parse_literal(*literal.groups())
    foreign = _Foreign()
    node = _Parser(pattern, syntax, foreign).parse()
    plain = foreign.corrected(pattern) if foreign.names else None
    return _reading(node, foreign.names, plain)


def _parse_literal(body: str, letters: str) -> Reading:
    """Parse a pattern that is written as a literal of JavaScript, slashes included."""
    foreign = _Foreign()
    modifiers = "".join(sorted(set(letters) - _FLAGS_WITHOUT_EFFECT))
    flags = _NO_FLAGS.changed(modifiers, to=True)
    node = _Parser(body, ECMA, foreign, flags).parse()
    plain = foreign.corrected(body)
    if modifiers:
        plain = f"(?{modifiers}:{plain})"
    return _reading(node, [f"/.../{letters}", *foreign.names], plain)


def _reading(node: Node, foreign: list[str], plain: str | None) -> Reading:
    is_same = plain is not None and _means(plain, node)
    return Reading(node, tuple(dict.fromkeys(foreign)), plain if is_same else None)


def _means(pattern: str, node: Node) -> bool:
    """Return whether a pattern is ECMA-262 and has the given syntax tree."""
    try:
        reading = parse(pattern)
    except PatternError:
        return False
    return not reading.foreign and _ungrouped(reading.node) == _ungrouped(node)


def _ungrouped(node: Node) -> Node:
    """Return a pattern without groups that only hold flags at its end."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    if parts and isinstance(parts[-1], Group) and parts[-1].number is None:
        body = _ungrouped(parts[-1].body)
        inner = body.parts if isinstance(body, Sequence) else (body,)
        parts = (*parts[:-1], *inner)
    return parts[0] if len(parts) == 1 else Sequence(parts)


class _Parser:
    """Recursive descent over the characters of a pattern."""

    def __init__(
        self,
        text: str,
        syntax: Syntax,
        foreign: _Foreign,
        flags: _Flags = _NO_FLAGS,
    ) -> None:
        self._text = text
        self._syntax = syntax
        self._foreign = foreign
        self._flags = flags
        self._at = 0
        self._groups = 0
        self._names: dict[str, int] = {}
        self._nesting = 0
        self._wanted: list[int | str] = []
        self._has_late_flags = False
        self._dot_is_unclear = False

    def parse(self) -> Node:
        node = self._alternatives()
        if self._at < len(self._text):
            raise self._malformed("unmatched ')'")
        for wanted in self._wanted:
            if isinstance(wanted, int) and wanted > self._groups:
                raise self._malformed(f"there is no group {wanted}")
        return node

    def _error(
        self, problem: str, hint: str | None = None, *, is_malformed: bool = False
    ) -> PatternError:
        where = f"at position {self._at} of {self._text!r}"
        return PatternError(problem, hint, where=where, is_malformed=is_malformed)

    def _malformed(self, problem: str) -> PatternError:
        return self._error(problem, is_malformed=True)

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        if not self._peek(text):
            return False
        self._at += len(text)
        return True

    def _next(self, what: str) -> str:
        if self._at >= len(self._text):
            raise self._malformed(f"unterminated {what}")
        self._at += 1
        return self._text[self._at - 1]

    def _alternatives(self) -> Node:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise self._error("groups are nested too deeply")
        parts = [self._sequence()]
        while self._take("|"):
            if self._has_late_flags and self._nesting == 1:
                raise self._error(
                    "alternatives after flags have another meaning in Ruby",
                    "put the flags first",
                )
            parts.append(self._sequence())
        self._nesting -= 1
        return parts[0] if len(parts) == 1 else Alternatives(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "|)":
                break
            if not (
                (char == "(" and self._take_flags())
                or (char == "\\" and self._take_quoted(parts))
                or (self._flags.verbose and self._take_blank(char))
            ):
                parts.append(self._repeated())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _take_flags(self) -> bool:
        """Take flags such as `(?i)` that apply to the whole pattern."""
        if self._at > 2 or self._text[: self._at] not in ("", "^", r"\A"):
            return False
        found = _FOREIGN_FLAGS.match(self._text, self._at)
        if found is None or self._syntax.regular:
            return False
        letters = found[1]
        if len(set(letters)) < len(letters):
            raise self._error("a flag is repeated")
        self._flags = self._flags.changed(letters, to=True)
        self._has_late_flags = self._at > 0
        self._dot_is_unclear = "m" in letters and "s" not in letters
        self._at = found.end()
        modifiers = letters.replace("x", "")
        opening = f"(?{modifiers}:" if modifiers else ""
        self._foreign.note(found[0], found.start(), found.end(), opening)
        self._foreign.closing = ")" if modifiers else ""
        return True

    def _take_blank(self, char: str) -> bool:
        """Take white space and comments, which `(?x)` makes meaningless."""
        if not (char == "#" or char.isspace()):
            return False
        start = self._at
        while self._at < len(self._text) and self._text[self._at] in _BLANKS:
            self._at += 1
        if self._take("#"):
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end + 1
        blank = self._text[start : self._at]
        if not blank or len(blank.rstrip(_BLANKS).splitlines()) > 1:
            raise self._error("with (?x), languages differ on what white space is")
        if self._text[self._at : self._at + 1] in tuple(_QUANTIFIERS):
            message = "white space before a quantifier"
            raise self._error(message, "remove the white space")
        self._foreign.edits.append((start, self._at, ""))
        return True

    def _take_quoted(self, parts: list[Node]) -> bool:
        """Take `\\Q...\\E`, which quotes its characters."""
        if self._syntax.regular or not self._peek(r"\Q"):
            return False
        if self._flags.verbose:
            raise self._error(r"with (?x), languages differ on \Q")
        start = self._at
        closing = self._text.find(r"\E", start)
        quoted = self._text[start + 2 : closing]
        if closing < 0 or not quoted:
            raise self._error(r"\Q without text and \E")
        self._at = closing + 2
        if self._text[self._at : self._at + 1] in tuple(_QUANTIFIERS):
            raise self._error("a quantifier after \\E")
        parts += (self._in_any_case(_one(char)) for char in quoted)
        plain = "".join(f"\\{char}" if char in _SYNTAX else char for char in quoted)
        self._foreign.note(r"\Q...\E", start, self._at, plain)
        return True

    def _repeated(self) -> Node:
        node = self._atom()
        bounds = self._quantifier()
        if bounds is None:
            if isinstance(node, Boundary) and self._flags.ignores_case:
                return _boundary_in_any_case(node)
            return node
        if isinstance(node, (Start, End, Boundary)):
            raise self._malformed("nothing to repeat")
        if isinstance(node, Look):
            raise self._error("an assertion cannot be repeated")
        lazy = self._take("?")
        if self._peek("+"):
            raise self._error(
                "ECMA-262 has no possessive quantifiers",
                "remove the second sign if what follows the repeated part cannot match "
                "the same text",
            )
        if self._at < len(self._text) and self._text[self._at] in "*+?":
            raise self._malformed("multiple quantifiers")
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
            raise self._malformed("bounds of a quantifier are out of order")
        return low, high

    def _atom(self) -> Node:
        char = self._next("pattern")
        if char == "^":
            return _LINE_START if self._flags.multiline else Start()
        if char == "$":
            return _LINE_END if self._flags.multiline else End()
        if char == ".":
            return self._dot()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char in "*+?":
            raise self._malformed("nothing to repeat")
        return self._in_any_case(_one(char))

    def _in_any_case(self, chars: Chars) -> Chars:
        """Add the characters that differ by case only, if case is ignored."""
        if not self._flags.ignores_case:
            return chars
        return Chars(with_other_cases(chars.ranges))

    def _dot(self) -> Chars:
        if self._dot_is_unclear and not self._flags.dot_all:
            raise self._error(
                "(?m) with a dot has another meaning in Ruby",
                "write (?m:...) if ^ and $ match at each line, (?s:...) if a dot "
                "matches line breaks",
            )
        left_out = () if self._flags.dot_all else self._syntax.newlines
        return Chars(complement(left_out))

    def _group(self) -> Node:
        flags = self._flags
        node = self._group_of_any_kind()
        self._flags = flags
        return node

    def _group_of_any_kind(self) -> Node:
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
        elif not self._syntax.regular and self._take("?P<"):
            self._foreign.note("(?P<...>...)", self._at - 2, self._at - 1, "")
            number = self._named_group()
        elif not self._syntax.regular and self._take("?P="):
            return self._foreign_reference()
        elif self._peek("?"):
            self._take_modifiers()
        else:
            self._groups += 1
            number = self._groups
        body = self._alternatives()
        if not self._take(")"):
            raise self._malformed("unterminated group")
        if look and self._syntax.regular:
            raise self._error("RE2 has no assertions")
        return Look(body, *look) if look else Group(body, number)

    def _take_modifiers(self) -> None:
        """Take the modifiers of ES2025, as in `(?i:...)`."""
        found = _MODIFIERS.match(self._text, self._at)
        if found is None or self._syntax.regular:
            hints = (
                hint
                for form, hint in _OTHER_GROUPS
                if form.match(self._text, self._at) and not self._syntax.regular
            )
            raise self._error(
                f"{self._syntax.name} has no such group", next(hints, None)
            )
        added, removed = found[1], found[2] or ""
        letters = added + removed
        if not letters or len(set(letters)) < len(letters):
            raise self._error("modifiers must be i, m or s, each at most once")
        self._at = found.end()
        flags = self._flags.changed(added, to=True).changed(removed, to=False)
        self._flags = flags

    def _foreign_reference(self) -> Node:
        """Take the rest of `(?P=name)`."""
        start = self._at - len("(?P=")
        closing = self._text.find(")", self._at)
        name = self._text[self._at : closing] if closing >= 0 else ""
        self._at = closing + 1 if closing >= 0 else self._at
        self._foreign.note("(?P=...)", start, self._at, rf"\k<{name}>")
        return self._reference(name)

    def _reference(self, name: str) -> Backreference:
        if name not in self._names:
            raise self._error(f"no group named {name!r} before the reference")
        return self._backreference(self._names[name])

    def _backreference(self, number: int) -> Backreference:
        if self._flags.ignores_case:
            raise self._error("a reference to a group cannot ignore case")
        return Backreference(number)

    def _named_group(self) -> int:
        closing = self._text.find(">", self._at)
        name = self._text[self._at : closing] if closing >= 0 else ""
        if not name.replace("$", "_").isidentifier():
            raise self._malformed("invalid group name")
        if name in self._names:
            raise self._malformed(f"two groups are named {name!r}")
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
            reference = self._reference(name)
            self._at = closing + 1
            return reference
        if self._at < len(self._text) and self._text[self._at] in "123456789":
            start = self._at
            while self._at < len(self._text) and _is_digits(self._text[self._at]):
                self._at += 1
            number = int(self._text[start : self._at])
            self._wanted.append(number)
            return self._backreference(number)
        if self._at < len(self._text) and self._text[self._at] in "AZz":
            anchor = self._foreign_anchor()
            if anchor is not None:
                return anchor
        return self._in_any_case(self._character_escape())

    def _foreign_anchor(self) -> Node | None:
        r"""Take `\A`, `\Z` or `\z`."""
        if self._syntax.regular:
            return None
        letter = self._next("")
        sign = "^" if letter == "A" else "$"
        if self._flags.multiline:
            sign = f"(?-m:{sign})"
        self._foreign.note(f"\\{letter}", self._at - 2, self._at, sign)
        return Start() if letter == "A" else End()

    def _character_escape(self, *, in_class: bool = False) -> Chars:
        char = self._next("escape")
        if char.lower() in "dws":
            words = self._in_any_case(Chars(WORDS)).ranges
            plain = {"d": DIGITS, "w": words, "s": self._syntax.spaces}
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
            letter = self._next("escape")
            if not (letter.isascii() and letter.isalpha()):
                raise self._error("expected a letter after \\c")
            return _one(chr(ord(letter) % 32))
        if char == "x":
            return _one(chr(self._hexadecimal(2)))
        if char == "u":
            return _one(chr(self._unicode()))
        if char.isalnum() and char not in _SYNTAX:
            hint = None if self._syntax.regular else _OTHER_ESCAPES.get(char)
            raise self._error(f"{self._syntax.name} has no escape \\{char}", hint)
        return _one(char)

    def _hexadecimal(self, digits: int) -> int:
        text = self._text[self._at : self._at + digits]
        if len(text) < digits or not _is_hexadecimal(text):
            raise self._malformed(f"expected {digits} hexadecimal digits")
        self._at += digits
        return int(text, 16)

    def _unicode(self) -> int:
        if self._take("{"):
            closing = self._text.find("}", self._at)
            text = self._text[self._at : closing] if closing >= 0 else ""
            if not _is_hexadecimal(text) or int(text, 16) > MAX_CODE_POINT:
                raise self._malformed("invalid code point")
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
            name = self._text[self._at : self._at + 1]
            hint = f"write \\p{{{name}}}" if name in _CATEGORIES else None
            raise self._error("invalid Unicode property", hint)
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
                        raise self._malformed("a range is out of order")
                    ranges.append((first, last))
                    continue
                # With a class at one end, the hyphen stands for itself.
                self._at = start
            ranges += low.ranges
        joined = self._in_any_case(Chars(union(ranges))).ranges
        return Chars(complement(joined) if negative else joined)

    def _class_atom(self) -> Chars:
        char = self._next("character class")
        if char == "\\":
            return self._character_escape(in_class=True)
        if char == "[" and self._peek(":"):
            found = _POSIX_CLASS.match(self._text, self._at)
            if found is not None:
                return self._posix_class(found)
        if self._flags.verbose and (char == "#" or char.isspace()):
            raise self._error("with (?x), languages differ on white space in a class")
        return _one(char)

    def _posix_class(self, found: re.Match[str]) -> Chars:
        ranges = POSIX[found[2]]
        if not self._syntax.regular:
            listed = "".join(map(_spelled, ranges))
            raise self._error(
                f"ECMA-262 has no class [{found[0]}", f"write {listed} in its place"
            )
        self._at = found.end()
        return Chars(complement(ranges) if found[1] else ranges)


_LINE_START: Final = Look(Chars(complement(NEWLINES)), behind=True, negative=True)
_LINE_END: Final = Look(Chars(complement(NEWLINES)), behind=False, negative=True)


def _boundary_in_any_case(node: Boundary) -> Group:
    """Return the boundary of words whose letters include those that fold to ASCII."""
    words = Chars(with_other_cases(WORDS))

    def between(before: bool, after: bool) -> Sequence:
        return Sequence(
            (
                Look(words, behind=True, negative=not before),
                Look(words, behind=False, negative=not after),
            )
        )

    is_same = node.negative
    return Group(Alternatives((between(True, is_same), between(False, not is_same))))


def _spelled(codes: tuple[int, int]) -> str:
    """Return a range of ASCII as a class writes it."""
    first, last = (
        chr(code) if chr(code).isalnum() else f"\\x{code:02x}" for code in codes
    )
    return first if first == last else f"{first}-{last}"


def _one(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


def _is_single(chars: Chars) -> bool:
    return len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and all(char in "0123456789abcdefABCDEF" for char in text)

"""Texts that match a pattern, for patterns of the usual kind.

Characters, classes, groups and repetitions are understood; of alternatives the first is taken.
What comes out is held against the pattern itself, so a construct that is not understood yields
nothing rather than a wrong text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_FILLERS = "a0A"
_PLAIN = "a0A-_ .:/@"
_REPETITION = re.compile(r"\{(\d+)(?:,\d*)?\}")


def matching(pattern: str, shortest: int = 0) -> str | None:
    """A text that matches and is not too short; None if none was found."""
    try:
        compiled = re.compile(pattern)
    except re.error:
        return None
    try:
        text = _Reader(pattern).alternatives()
    except (IndexError, ValueError):
        return None
    if len(text) >= shortest:
        return text if compiled.search(text) else None
    longer = (each * shortest for each in _FILLERS)
    return next((each for each in longer if compiled.search(each)), None)


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right."""

    pattern: str
    at: int = 0

    def alternatives(self) -> str:
        """The first of the alternatives up to the end of the group."""
        first: str | None = None
        while True:
            text = self._sequence()
            first = text if first is None else first
            if self._peek() != "|":
                return first
            self.at += 1

    def _sequence(self) -> str:
        text = ""
        while self._peek() not in ("", "|", ")"):
            text += self._piece()
        return text

    def _piece(self) -> str:
        piece = self._atom()
        following = self._peek()
        if following == "{" and (found := _REPETITION.match(self.pattern, self.at)):
            self.at = found.end()
            piece *= int(found[1])
        elif following and following in "*?":
            self.at += 1
            piece = ""
        elif following == "+":
            self.at += 1
        if self._peek() == "?":
            self.at += 1
        return piece

    def _atom(self) -> str:
        character = self._next()
        match character:
            case "^" | "$":
                return ""
            case ".":
                return "a"
            case "\\":
                escaped = self._next()
                if escaped in "bBAZz":
                    return ""
                return _CLASSES.get(escaped, escaped)
            case "[":
                return self._class()
            case "(":
                return self._group()
            case _:
                return character

    def _group(self) -> str:
        if self._peek() == "?":
            self.at += 1
            kind = self._next()
            if kind in "=!":
                self.alternatives()
                self.at += 1
                return ""
            if kind != ":":
                raise ValueError(self.pattern)
        text = self.alternatives()
        self.at += 1
        return text

    def _class(self) -> str:
        """One character of a class."""
        start = self.at - 1
        if self._peek() == "^":
            self.at += 1
        if self._peek() == "]":
            self.at += 1
        while (character := self._next()) != "]":
            if character == "\\":
                self.at += 1
        members = re.compile(self.pattern[start : self.at])
        candidates: list[str] = [*_PLAIN, *map(chr, range(33, 127))]
        return next(each for each in candidates if members.fullmatch(each))

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _next(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

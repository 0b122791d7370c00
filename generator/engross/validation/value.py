"""The value that emitted statements check."""

from __future__ import annotations

import re
from typing import NamedTuple

from engross.schema.tree import Codes
from engross.source.pointer import write_tokens
from engross.validation import names
from engross.validation.json_types import EVERY

_SPECIAL = re.compile(r"""[{}"'\\]""")


class Value(NamedTuple):
    """A value under check, as the emitted function sees it."""

    name: str
    """Expression that evaluates to it: mostly a local variable."""

    at: str
    """Its JSON pointer, as the inside of an f-string."""

    types: frozenset[str] = EVERY
    """The types that it can still have."""

    taken: frozenset[str] = frozenset()
    """Local variables in use."""

    codes: tuple[Codes, ...] = ()
    """Provider codes of the enclosing schemas, outermost first."""

    indent: int = 0
    """How many levels the statements about it are indented."""

    is_child: bool = False
    """Whether it is a part of the function's own payload."""

    as_expression: bool = False
    """Whether members are subscripts instead of local variables."""

    label: str = ""
    """What the value is called in names of constants."""

    start: str = "start"
    """Variable with the number of violations reported before, for rules."""

    report: str = "report"
    """Variable of the report."""

    checks: str = ""
    """Variable with the checks of its members, in compact modules."""

    def typed(self, types: frozenset[str]) -> Value:
        """Return the value once it is known to have one of the types."""
        return self._replace(types=types & self.types)

    def variable(self, name: str) -> str:
        """Return a name for a variable that is not in use."""
        return names.unused(name, self.taken)

    def part(
        self, name: str, at: str, indent: int = 1, label: str | None = None
    ) -> Value:
        """Return a member or an item of the value."""
        return Value(
            name,
            self.at + at,
            taken=self.taken | {name},
            codes=self.codes,
            indent=self.indent + indent,
            is_child=True,
            as_expression=self.as_expression,
            label=self.label if label is None else label,
            start=self.start,
            report=self.report,
        )

    def taking(self, name: str) -> Value:
        """Return the value where one more variable is in use."""
        return self._replace(taken=self.taken | {name})

    def indented(self, levels: int = 1) -> Value:
        """Return the value where statements are indented further."""
        return self._replace(indent=self.indent + levels)

    def pointer(self) -> str:
        """Return the expression for its JSON pointer."""
        return pointer(self.at)

    def code_for(self, keyword: str) -> str | None:
        """Return the provider's code for a violation of a keyword."""
        return code_for(self.codes, keyword)


def code_for(codes: tuple[Codes, ...], keyword: str) -> str | None:
    """Return the code that the innermost of nested schemas has for a keyword."""
    for mapping in reversed(codes):
        code = mapping.get(keyword, mapping.get("default"))
        if code is not None:
            return code
    return None


def merged_codes(codes: tuple[Codes, ...]) -> dict[str, str]:
    """Return the codes of nested schemas as one mapping."""
    merged: dict[str, str] = {}
    for mapping in reversed(codes):
        for keyword, code in mapping.items():
            merged.setdefault(keyword, code)
        if "default" in merged:
            break
    return merged


def pointer(at: str) -> str:
    """Return the expression for a JSON pointer, from the inside of an f-string."""
    return at[1:-1] if at in ("{at}", "{schema}") else f'f"{at}"'


def token(name: str) -> str:
    """Return a member's name as it is written in the f-string of a pointer."""
    return f_string(write_tokens((name,)))


def f_string(text: str) -> str:
    """Return a text as it is written in an f-string with double quotes."""
    if text.isprintable() and not _SPECIAL.search(text):
        return text
    return "".join(map(_f_string_character, text))


def _f_string_character(character: str) -> str:
    if character in "{}":
        return character * 2
    if character in "\"'":
        return f"\\x{ord(character):02x}"
    return repr(character)[1:-1]

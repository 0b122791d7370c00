"""The value that emitted statements check."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engross.schema.tree import Codes
from engross.validation import names
from engross.validation.types import EVERY


@dataclass(frozen=True, slots=True)
class Value:
    """A value under check, as the emitted function sees it."""

    name: str
    """Expression that gives it: mostly a local variable."""

    at: str
    """Its JSON pointer, as the inside of an f-string."""

    types: frozenset[str] = EVERY
    """The types that it can still have."""

    taken: frozenset[str] = frozenset()
    """Local variables in use."""

    codes: tuple[Codes, ...] = ()
    """Provider codes of the enclosing schemas, outermost first."""

    indent: int = 0
    is_child: bool = False
    """Whether it is a part of the function's own payload."""

    as_expression: bool = False
    """Whether members are named by subscripts instead of assigned."""

    label: str = ""
    """What the value is called, for names of constants."""

    start: str = "start"
    """Variable that holds how many violations the report had before, for rules."""

    report: str = "report"

    def typed(self, types: frozenset[str]) -> Value:
        """Give the value once it is known to have one of the types."""
        return replace(self, types=types & self.types)

    def variable(self, name: str) -> str:
        """Give a name for a variable that is not in use."""
        return names.unused(name, self.taken)

    def part(
        self, name: str, at: str, indent: int = 1, label: str | None = None
    ) -> Value:
        """Give a member or an item of the value."""
        return replace(
            self,
            label=self.label if label is None else label,
            name=name,
            at=self.at + at,
            types=EVERY,
            taken=self.taken | {name},
            indent=self.indent + indent,
            is_child=True,
        )

    def taking(self, name: str) -> Value:
        """Give the value where a further variable is in use."""
        return replace(self, taken=self.taken | {name})

    def indented(self, levels: int = 1) -> Value:
        """Give the value where statements stand further in."""
        return replace(self, indent=self.indent + levels)


def code_for(codes: tuple[Codes, ...], keyword: str) -> str | None:
    """Give the provider's code that the nearest enclosing schema has for a keyword."""
    for mapping in reversed(codes):
        code = mapping.get(keyword, mapping.get("default"))
        if code is not None:
            return code
    return None


def merged_codes(codes: tuple[Codes, ...]) -> dict[str, str]:
    """Give one mapping for the nested ones."""
    merged: dict[str, str] = {}
    for mapping in reversed(codes):
        for keyword, code in mapping.items():
            merged.setdefault(keyword, code)
        if "default" in merged:
            break
    return merged

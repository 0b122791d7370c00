"""Schemas -> the statements that check a value, for both functions of a unit.

One writer serves both: in a predicate a failed condition returns False, in a check it
adds a violation to the report and continues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from engross.data import dataclass
from engross.layout import (
    Expression,
    Group,
    Item,
    compact_call,
    json_literal,
    literal,
    string,
)
from engross.layout.conditions import FALSE, TRUE, Test, atom, compare, negate
from engross.layout.statements import (
    FAIL,
    LEAVE,
    Block,
    Comment,
    Constant,
    Line,
    as_test,
    mentions,
    require,
    when,
)
from engross.schema.tree import Key, Schema
from engross.source import Location
from engross.source.pointer import write_tokens
from engross.validation import names
from engross.validation.equal_schemas import is_within
from engross.validation.units import LONG, Function, Unit, Units
from engross.validation.value import Value, f_string, merged_codes, pointer

_DEEPEST = 4
_OF_MEMBERS = ("add", "add_type")
"""Methods of the report that have another for members, whose name ends with `_of`."""

_LONGEST_TEST = 56
_LONGEST_INLINE = 50
_LONGEST_CONSTANT = 44


class WriteKeywords(Protocol):
    """Writes the checks of a schema object's keywords."""

    def __call__(
        self, writer: Writer, schema: Schema, value: Value, *, outermost: bool
    ) -> Block: ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one function of a unit."""

    units: Units
    unit: Unit
    function: Function
    write_keywords: WriteKeywords
    has_memo: bool = False
    """Whether the function remembers its answers, in the variable `memo`."""

    @property
    def predicts(self) -> bool:
        """Whether the function tells only whether a payload is valid."""
        return self.function is Function.PREDICATE

    def predicate(self) -> Writer:
        """Return a writer of conditions for the same unit."""
        return replace(self, function=Function.PREDICATE)

    def body(self) -> Block:
        """Write the statements of the whole function."""
        checks = "check" if self.units.compact and not self.predicts else ""
        taken = frozenset({"payload", checks})
        value = Value("payload", "{at}", taken=taken, checks=checks)
        block = self.own(self.units.graph[self.unit.key], value, outermost=True)
        has_place = self.unit.has_place or self.unit.of_members
        if not (self.predicts or has_place) and mentions(block, "schema"):
            place = self.units.place(self.unit.key.place)
            block = (Constant("schema", place), *block)
        if self.unit.recursive:
            too_deep = compare("depth", ">", "MAX_DEPTH")
            start = when(too_deep, (Line("raise RecursionError"),))
            if self.unit.branching and not self.predicts:
                visited = f"report.visited({string(self.unit.name)}, at)"
                start += when(atom(visited), (LEAVE,))
            block = (*start, *block)
        return block

    def statements(self, key: Key, value: Value) -> Block:
        """Write the checks of a schema that is met inside the unit."""
        key = self.units.plain(key)
        schema = self.units.graph[key]
        if self._is_apart(key, schema, value):
            return self._call(key, schema, value)
        return self.own(schema, value)

    def own(self, schema: Schema, value: Value, *, outermost: bool = False) -> Block:
        """Write the checks of a schema's own keywords."""
        if schema.always is not None:
            return () if schema.always else self._nothing_allowed(schema, value)
        if schema.codes is not None:
            value = value._replace(codes=(*value.codes, schema.codes))
        block = self.write_keywords(self, schema, value, outermost=outermost)
        if self.predicts and FAIL in block:
            block = block[: block.index(FAIL) + 1]
        return block

    def test(self, key: Key, value: Value) -> Test:
        """Return the condition that a value is valid against a schema."""
        key = self.units.plain(key)
        schema = self.units.graph[key]
        if schema.always is not None:
            return TRUE if schema.always else FALSE
        predicate = self.predicate()
        value = value._replace(checks="")
        if not self._is_apart(key, schema, value) and _is_simple(self.units, key):
            inline = value._replace(as_expression=True)
            block = predicate.statements(key, inline)
            if block in ((), (FAIL,)):
                return FALSE if block else TRUE
            found = as_test(block, _LONGEST_TEST)
            if found is not None:
                return found
        return predicate._call_predicate(key, value)

    def demand(
        self, test: Test, value: Value, schema: Schema, keyword: str, expected: str
    ) -> Block:
        """Demand a condition: where it is false, return False or report a violation."""
        if self.predicts:
            return require(test)
        return when(negate(test), (self.violation(value, schema, keyword, expected),))

    def violation(
        self,
        value: Value,
        schema: Schema,
        keyword: str,
        expected: str,
        *,
        code: str | None = None,
    ) -> Line:
        """Write the call that adds a violation."""
        return self.addition("add", value, schema, keyword, expected, code=code)

    def addition(
        self,
        method: str,
        value: Value,
        schema: Schema,
        keyword: str,
        *details: str,
        code: str | None = None,
        further: Sequence[Expression] = (),
    ) -> Line:
        """Write the call of one of the report's methods.

        Args:
            method: name of the method.
            value: is reported.
            schema: has the keyword.
            keyword: is violated.
            details: arguments between the pointer and the value.
            code: the provider's, if it is not the one for the keyword.
            further: arguments after the code.
        """
        code = code or value.code_for(keyword)
        if code:
            further = (string(code), *further)
        elif further:
            further = ("None", *further)
        keywords = (string(keyword),) if method in ("add", "add_unfit") else ()
        member = self._member(value, schema) if method in _OF_MEMBERS else None
        if member is not None:
            method += "_of"
        before = (value.pointer(),) if member is None else ("at", member)
        place = self.place(schema.key.place) if member is None else "schema"
        arguments = (*before, *keywords, *details, value.name, place, *further)
        return Line(compact_call(f"{value.report}.{method}", arguments))

    def is_member(self, value: Value, schema: Schema) -> bool:
        """Tell whether a schema is that of a member of the payload, where it is declared."""
        return self._member(value, schema) is not None

    def _member(self, value: Value, schema: Schema) -> Expression | None:
        """Return the path to a member of the payload that has its schema where it is declared."""
        home, place = self.unit.key.place, schema.key.place
        path = value.at.removeprefix("{at}")
        if not path or "{" in path or not is_within(place, home):
            return None
        rest = write_tokens(place.tokens[len(home.tokens) :])
        if f_string(rest) != path.replace("/", "/properties/"):
            return None
        return f'"{path}"'

    def place(self, place: Location) -> str:
        """Return the expression for a place in the contract."""
        home = self.unit.key.place
        if not is_within(place, home):
            return self.units.place(place)
        rest = f_string(write_tokens(place.tokens[len(home.tokens) :]))
        return pointer("{schema}" + rest)

    def check_of(self, key: Key) -> Expression:
        """Return the expression for the function that reports violations of a schema."""
        unit = self.unit_of(key)
        if not unit.has_place:
            return unit.check
        arguments = Item("", unit.check), Item("schema=", self.place(key.place))
        return Group("partial(", arguments, ")", compact=True)

    def constant(self, purpose: str, value: Expression, label: str = "") -> str:
        """Return the name of a module-level constant; equal ones are shared.

        Args:
            purpose: last word of the name.
            value: its value.
            label: the part of the unit that it is for.
        """
        known = self.unit.constants.get(value)
        if known is None:
            words = "_".join(filter(None, (self.unit.name, label, purpose)))
            short = names.shortened(words, _LONGEST_CONSTANT)
            known = self.units.claim(f"_{short}".upper())
            self.unit.constants[value] = known
        return known

    def text(self, text: str) -> str:
        """Return the expression for a text: its literal, or a constant if it is long."""
        written = string(text)
        if len(written) <= _LONGEST_INLINE:
            return written
        return self.constant("name", written)

    def comment(self, key: Key) -> Block:
        """Return the comment above the checks of a schema."""
        if self.predicts:
            return ()
        text = self.units.comments(key.place)
        return (Comment(text),) if text else ()

    def unit_of(self, key: Key) -> Unit:
        """Return the unit whose check is called for a schema."""
        unit = self.units.unit(key)
        unit.wanted.add(Function.CHECK)
        return unit

    def calls(self, key: Key, value: Value) -> bool:
        """Tell whether the checks of a schema are the call of another function."""
        key = self.units.plain(key)
        return self._is_apart(key, self.units.graph[key], value)

    def _is_apart(self, key: Key, schema: Schema, value: Value) -> bool:
        """Tell whether a schema is checked by a function of its own."""
        if key == self.unit.key or self.units.shared(key):
            return True
        size = self.units.size(key)
        deep = value.indent > _DEEPEST
        return size > LONG or (deep and (size > 3 or bool(schema.of_children())))

    def _call(self, key: Key, schema: Schema, value: Value) -> Block:
        if self.predicts:
            return require(self._call_predicate(key, value))
        unit = self.unit_of(key)
        place = self.place(key.place) if unit.has_place else ""
        depth = self._depth(unit, value).removeprefix(", ")
        arguments = value.name, value.pointer(), value.report, place, depth
        call = Line(compact_call(unit.check, filter(None, arguments)))
        codes = merged_codes(value.codes)
        if not codes or "default" in (schema.codes or {}):
            return (call,)
        written = json_literal(codes)
        if len(written) > _LONGEST_INLINE:
            written = self.constant("codes", literal(codes, breakable=False))
        start = value.variable("start")
        recode = Line(compact_call(f"{value.report}.recode", (start, written)))
        return (Line(f"{start} = len({value.report})"), call, recode)

    def _call_predicate(self, key: Key, value: Value) -> Test:
        if self.units.compact:
            return self._ask_check(key, value)
        unit = self.units.unit(key)
        unit.wanted.add(Function.PREDICATE)
        memo = ", memo" if unit.branching and self.has_memo else ""
        depth = self._depth(unit, value)
        return atom(f"{unit.predicate}({value.name}{depth}{memo})")

    def _ask_check(self, key: Key, value: Value) -> Test:
        """Ask the function that reports violations, so that no other is needed."""
        unit = self.unit_of(key)
        # Nobody reads the place of a schema in the answer.
        place = ', ""' if unit.has_place else ""
        depth = self._depth(unit, value)
        return atom(f"fits({unit.check}, {value.name}, {value.report}{place}{depth})")

    def _depth(self, unit: Unit, value: Value) -> str:
        """Return the argument that counts the levels of a recursive unit."""
        if not (unit.recursive and self.unit.recursive):
            return ""
        return ", depth + 1" if value.is_child else ", depth"

    def _nothing_allowed(self, schema: Schema, value: Value) -> Block:
        if self.predicts:
            return (FAIL,)
        place = schema.key.place
        tokens = place.tokens
        keyword = str(tokens[-1]) if tokens else "false"
        home = Schema(schema.key._replace(place=place.parent))
        return (self.violation(value, home, keyword, "False"),)


def _is_simple(units: Units, key: Key) -> bool:
    """Tell whether a schema is worth writing as one expression."""
    schema = units.graph[units.plain(key)]
    if units.size(key) > 8 or units.recursive(schema.key) or schema.rules:
        return False
    beyond = (
        schema.items,
        schema.contains,
        schema.additional_properties,
        schema.property_names,
        schema.unevaluated_items,
        schema.unevaluated_properties,
        schema.if_,
        *schema.prefix_items,
        *(child for _, child in schema.pattern_properties),
        *schema.one_of,
        *(child for _, child in schema.dependent_schemas),
    )
    if any(child is not None for child in beyond):
        return False
    within = (*schema.in_place(), *(child for _, child in schema.properties))
    return all(_is_simple(units, child) for child in within)

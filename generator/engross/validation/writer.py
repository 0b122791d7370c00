"""Schemas -> the statements that check a value, for both functions of a unit.

One writer serves both: as a predicate a failed condition returns False, as a check it
adds a violation to the report and goes on.
"""

from __future__ import annotations

from dataclasses import replace

from engross.schema.tree import Key, Schema
from engross.schema.values import JSON
from engross.source import Location
from engross.validation import dispatch, names
from engross.validation.code import (
    FAIL,
    LEAVE,
    Block,
    Call,
    Comment,
    Constant,
    Definition,
    Line,
    as_test,
    literal_text,
    mentions,
    quote,
    require,
    when,
)
from engross.validation.conditions import FALSE, TRUE, Test, atom, compare, negate
from engross.validation.expressions import f_string, pointer
from engross.validation.session import CHECK, PREDICATE, Session, Unit
from engross.validation.value import Value, code_for, merged_codes

_DEEPEST = 4
_LONGEST_TEST = 56
_SHORT_CODES = 50
_LONGEST_CONSTANT = 44


class Writer:
    """Writes one function of a unit."""

    def __init__(
        self, session: Session, unit: Unit, mode: str, *, remembers: bool = False
    ) -> None:
        self.session = session
        self.unit = unit
        self.predicts = mode == PREDICATE
        self._remembers = remembers

    def predicate(self) -> Writer:
        """Give a writer of conditions for the same unit."""
        return self if self.predicts else Writer(self.session, self.unit, PREDICATE)

    def body(self) -> Block:
        """Write the whole function's statements."""
        value = Value("payload", "{at}", taken=frozenset({"payload"}))
        block = self.own(self.session.graph[self.unit.key], value, outermost=True)
        if not self.predicts and mentions(block, "schema"):
            block = (Constant("schema", str(self.unit.key.place)), *block)
        if self.unit.recursive:
            too_deep = compare("depth", ">", "MAX_DEPTH")
            start = when(too_deep, (Line("raise RecursionError"),))
            if self.unit.branching and not self.predicts:
                visited = f"report.visited({quote(self.unit.name)}, at)"
                start += when(atom(visited), (LEAVE,))
            block = (*start, *block)
        return block

    def statements(self, key: Key, value: Value) -> Block:
        """Write the checks of a schema that is met inside the unit."""
        key = self.session.plain(key)
        schema = self.session.graph[key]
        if self._is_apart(key, schema, value):
            return self._call(key, schema, value)
        return self.own(schema, value)

    def own(self, schema: Schema, value: Value, *, outermost: bool = False) -> Block:
        """Write the checks of a schema's own keywords."""
        if schema.always is not None:
            return () if schema.always else self._nothing_allowed(schema, value)
        if schema.codes is not None:
            value = replace(value, codes=(*value.codes, schema.codes))
        block = dispatch.write(self, schema, value, outermost=outermost)
        if self.predicts and FAIL in block:
            block = block[: block.index(FAIL) + 1]
        return block

    def test(self, key: Key, value: Value) -> Test:
        """Give the condition that a schema holds for a value."""
        key = self.session.plain(key)
        schema = self.session.graph[key]
        if schema.always is not None:
            return TRUE if schema.always else FALSE
        predicate = self.predicate()
        if not self._is_apart(key, schema, value) and is_simple(self.session, key):
            inline = replace(value, as_expression=True)
            block = predicate.statements(key, inline)
            if block in ((), (FAIL,)):
                return FALSE if block else TRUE
            found = as_test(block, _LONGEST_TEST)
            if found is not None:
                return found
        return predicate.call_test(key, value)

    def call_test(self, key: Key, value: Value) -> Test:
        """Give the condition that a unit's predicate holds."""
        unit = self.session.unit(key)
        unit.wanted.add(PREDICATE)
        memo = ", memo" if unit.branching and self._remembers else ""
        depth = self.depth(unit, value)
        return atom(f"{unit.predicate}({value.name}{depth}{memo})")

    def depth(self, unit: Unit, value: Value) -> str:
        """Give the argument that counts levels for a recursive unit."""
        if not (unit.recursive and self.unit.recursive):
            return ""
        return ", depth + 1" if value.is_child else ", depth"

    def demand(
        self, test: Test, value: Value, schema: Schema, keyword: str, expected: str
    ) -> Block:
        """Demand a condition: return False, or report, where it does not hold."""
        if self.predicts:
            return require(test)
        call = self.violation(value, schema, keyword, expected)
        return when(negate(test), (call,))

    def violation(
        self,
        value: Value,
        schema: Schema,
        keyword: str,
        expected: str,
        *,
        code: str | None = None,
    ) -> Call:
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
    ) -> Call:
        """Write the call of one of the report's methods."""
        code = code or code_for(value.codes, keyword)
        return Call(
            f"{value.report}.{method}",
            (
                pointer(value.at),
                *((quote(keyword),) if method in ("add", "add_unfit") else ()),
                *details,
                value.name,
                self.location(schema),
                *((quote(code),) if code else ()),
            ),
        )

    def location(self, schema: Schema) -> str:
        """Give the expression for where a schema stands."""
        return self.place(schema.key.place)

    def place(self, place: Location) -> str:
        """Give the expression for a place in the contract."""
        home = self.unit.key.place
        size = len(home.tokens)
        if place.document != home.document or place.tokens[:size] != home.tokens:
            return quote(str(place))
        rest = str(place)[len(str(home)) :]
        return pointer("{schema}" + f_string(rest))

    def constant(self, purpose: str, definition: Definition, label: str = "") -> str:
        """Give the name of a module-level constant.

        Args:
            purpose: last word of the name.
            definition: its value; one that is there already is used again.
            label: what within the unit it is for.
        """
        constants = self.unit.constants
        for name, known in constants.items():
            if known == definition:
                return name
        words = "_".join(filter(None, (self.unit.name, label, purpose)))
        short = names.shortened(words, _LONGEST_CONSTANT)
        name = self.session.claim(f"_{short}".upper())
        constants[name] = definition
        return name

    def text(self, text: str) -> str:
        """Give the expression for a text: its literal, or a constant if it is long."""
        written = quote(text)
        if len(written) <= 50:
            return written
        return self.constant("name", Definition(written, text))

    def comment(self, key: Key) -> Block:
        """Give the words that stand above the checks of a schema."""
        if self.predicts:
            return ()
        text = self.session.comments(key.place)
        return (Comment(text),) if text else ()

    def _is_apart(self, key: Key, schema: Schema, value: Value) -> bool:
        if key == self.unit.key or self.session.shared(key):
            return True
        size = self.session.size(key)
        deep = value.indent > _DEEPEST
        return size > 40 or (deep and (size > 3 or bool(schema.of_children())))

    def _call(self, key: Key, schema: Schema, value: Value) -> Block:
        if self.predicts:
            return require(self.call_test(key, value))
        unit = self.session.unit(key)
        unit.wanted.add(CHECK)
        arguments = (value.name, pointer(value.at), value.report)
        depth = self.depth(unit, value).removeprefix(", ")
        call = Call(unit.check, (*arguments, *((depth,) if depth else ())))
        codes = merged_codes(value.codes)
        if not codes or "default" in (schema.codes or {}):
            return (call,)
        members: JSON = dict(codes)
        written = literal_text(members)
        if len(written) > _SHORT_CODES:
            written = self.constant("codes", Definition(written, members))
        start = value.variable("start")
        recode = Call(f"{value.report}.recode", (start, written))
        return (Line(f"{start} = len({value.report})"), call, recode)

    def _nothing_allowed(self, schema: Schema, value: Value) -> Block:
        if self.predicts:
            return (FAIL,)
        place = schema.key.place
        tokens = place.tokens
        keyword = str(tokens[-1]) if tokens else "false"
        home = Schema(key=Key(place.parent, schema.key.scope))
        return (self.violation(value, home, keyword, "False"),)


def is_simple(session: Session, key: Key) -> bool:
    """Tell whether a schema is worth writing as one expression."""
    schema = session.graph[session.plain(key)]
    if session.size(key) > 8 or session.recursive(schema.key) or schema.rules:
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
        *(key for _, key in schema.pattern_properties),
        *schema.one_of,
        *(key for _, key in schema.dependent_schemas),
    )
    if any(child is not None for child in beyond):
        return False
    within = (*schema.in_place(), *(key for _, key in schema.properties))
    return all(is_simple(session, child) for child in within)

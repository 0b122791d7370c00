"""Checks of rules across members, written in CEL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engross.schema.errors import SchemaError
from engross.schema.tree import Key, Rule, Schema
from engross.validation.code import Block, Call, quote, require, when
from engross.validation.conditions import atom, negate
from engross.validation.expressions import pointer
from engross.validation.layout import comment, render
from engross.validation.names import snake
from engross.validation.scalars import pattern_definition
from engross.validation.value import Value, code_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engross.schema.reader import Graph
    from engross.validation.cel import CompiledRule
    from engross.validation.writer import Writer


def write(writer: Writer, schema: Schema, value: Value, start: str) -> Block:
    """Write the checks of the schema's rules.

    Args:
        writer: writes the function.
        schema: has the rules.
        value: is what they call `self`.
        start: variable that holds how many violations were found before this schema.
    """
    block: Block = ()
    for rule in schema.rules:
        name, reads = _function(writer, schema, rule)
        evaluate = "holds_exactly" if _computes(writer.unit.rules[name]) else "holds"
        holds = atom(f"{evaluate}({name}, {value.name})")
        if writer.predicts:
            block += require(holds)
            continue
        parts = "".join(f", {quote(part)}" for part in reads)
        passed = atom(f"{value.report}.passed({start}, {pointer(value.at)}{parts})")
        broken = when(negate(holds), (_report(writer, rule, name, value),))
        block += when(passed, broken)
    return block


def _computes(function: Sequence[str]) -> bool:
    """Tell whether a function does arithmetic, all of whose operands are read exactly."""
    return any("exact(" in line or "unix_instant(" in line for line in function)


def _report(writer: Writer, rule: Rule, name: str, value: Value) -> Call:
    code = rule.code or code_for(value.codes, "rule")
    return Call(
        f"{value.report}.add_rule",
        (
            pointer(value.at),
            name,
            quote(rule.message),
            quote(rule.cel),
            value.name,
            writer.place(rule.place),
            *((quote(code),) if code else ()),
        ),
    )


def _function(
    writer: Writer, schema: Schema, rule: Rule
) -> tuple[str, tuple[str, ...]]:
    """Write the rule's function; give its name, and the members that it reads."""
    session = writer.session
    known = session.rules.get((schema.key, rule))
    if known is None:
        known = compiled(session.graph, schema.key, rule)
        session.rules[schema.key, rule] = known
    lines = list(render(known.body, 1))
    for placeholder, regex in known.patterns.items():
        definition = pattern_definition(regex)
        constant = writer.constant("pattern", definition, snake(rule.id))
        lines = [line.replace(placeholder, constant) for line in lines]
    rules = writer.unit.rules
    function = [*comment(rule.cel, 1), *lines]
    name = next((used for used, each in rules.items() if each == function), "")
    if not name:
        words = f"_{writer.unit.name}_{snake(rule.id) or 'rule'}"
        name = writer.session.claim(words)
        rules[name] = function
    reads = tuple(path[0] for path in known.reads if path)
    return name, reads if () not in known.reads else ()


def compiled(graph: Graph, key: Key, rule: Rule) -> CompiledRule:
    """Compile a rule; the graph notes what cannot be honoured, and nothing stands in."""
    # The grammar takes a while to load, and most contracts have no rules.
    from engross.validation.cel import (  # noqa: PLC0415
        CelError,
        CompiledRule,
        compile_rule,
    )

    try:
        return compile_rule(rule.cel, graph, key)
    except CelError as error:
        message = f"{error}, at {error.line}:{error.column} of {rule.cel!r}"
        graph.errors.append(SchemaError(rule.place / "cel", message))
        return CompiledRule((), (), {})

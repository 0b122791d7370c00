"""Checks of rules across members, written in CEL."""

from __future__ import annotations

from collections.abc import Callable

from engross.layout import comment, compact_call, string
from engross.layout.conditions import atom, negate
from engross.layout.statements import Block, Line, mentions, render, require, when
from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.schema_error import SchemaError
from engross.schema.tree import Key, Rule, Schema
from engross.validation.cel import CelError, CompiledRule, compile_rule
from engross.validation.names import snake
from engross.validation.scalars import pattern_constant
from engross.validation.units import RuleFunction
from engross.validation.value import Value
from engross.validation.writer import Writer


def write(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of the schema's rules, in which the value is called `self`."""
    block: Block = ()
    for rule in schema.rules:
        function = _function(writer, schema, rule)
        evaluate = "holds_exactly" if function.is_exact else "holds"
        holds = atom(f"{evaluate}({function.name}, {value.name})")
        if writer.predicts:
            block += require(holds)
            continue
        members = "".join(f", {string(member)}" for member in function.reads)
        arguments = f"{value.start}, {value.pointer()}{members}"
        broken = when(negate(holds), (_report(writer, rule, function.name, value),))
        block += when(atom(f"{value.report}.passed({arguments})"), broken)
    return block


def _report(writer: Writer, rule: Rule, function: str, value: Value) -> Line:
    code = rule.code or value.code_for("rule")
    arguments = (
        value.pointer(),
        function,
        string(rule.message),
        string(rule.cel),
        value.name,
        writer.place(rule.place),
        *((string(code),) if code else ()),
    )
    return Line(compact_call(f"{value.report}.add_rule", arguments))


def _function(writer: Writer, schema: Schema, rule: Rule) -> RuleFunction:
    """Return the rule's function; write it when it is first asked for."""
    functions = writer.unit.rules
    function = functions.get((schema.key, rule))
    if function is None:
        function = _write_function(writer, schema, rule)
        functions[schema.key, rule] = function
    return function


def _write_function(writer: Writer, schema: Schema, rule: Rule) -> RuleFunction:
    def constant(regex: Regex) -> str:
        return pattern_constant(writer, regex, snake(rule.id))

    compiled = _compile(writer.units.graph, schema.key, rule, constant)
    lines = (comment(rule.cel, indent=4), *render(compiled.body, indent=4))
    for known in writer.unit.rules.values():
        if known.lines == lines:
            return known
    whole = () in compiled.reads
    return RuleFunction(
        name=writer.units.claim(f"_{writer.unit.name}_{snake(rule.id) or 'rule'}"),
        lines=lines,
        reads=() if whole else tuple(path[0] for path in compiled.reads),
        is_exact=any(
            mentions(compiled.body, reader) for reader in ("exact", "unix_instant")
        ),
    )


def check_rule(graph: Graph, key: Key, rule: Rule) -> None:
    """Append what cannot be honoured in a rule to the errors of the graph."""
    _compile(graph, key, rule, lambda _regex: "PATTERN")


def _compile(
    graph: Graph, key: Key, rule: Rule, constant: Callable[[Regex], str]
) -> CompiledRule:
    """Compile a rule; if it cannot be honoured, append the error and return no code."""
    try:
        return compile_rule(rule.cel, graph, key, constant)
    except CelError as error:
        inside = error.line, error.column, rule.cel
        graph.errors.append(SchemaError(rule.place / "cel", str(error), inside=inside))
        return CompiledRule((), ())

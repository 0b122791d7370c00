"""The validators' module of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from engross.contract.ir import Contract
from engross.emit.naming import PythonNames
from engross.findings import Finding, FindingsError, Severity, Span, in_order
from engross.layout import docstring
from engross.schema.tree import Direction
from engross.source import Location, Source
from engross.validation import (
    SchemaError,
    Target,
    Units,
    constant_verdict,
    refusals,
    write_module,
)

_RULE = "schema-not-honoured"
_CEL = "invalid-cel"
_CONSTANT = "constant-rule"
_HINT = "a check that cannot be exact is never left out: state the rule in another way"


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of a package.

    Attributes:
        source: source of `validators.py`, without the first line that every emitted file has.
        units: which schemas have functions of their own in it.
    """

    source: str
    units: Units


def validators(contract: Contract, names: PythonNames) -> Validators:
    """Compile the validators of a contract.

    Raises:
        FindingsError: schemas or rules cannot be honoured as they stand; holds all of
            these, and the contract's warnings.
    """
    try:
        return _compile(contract, names)
    except SchemaError as error:
        found = _findings((error, *error.others), contract.locate)
        raise FindingsError(in_order([*contract.warnings, *found])) from error


def schema_findings(source: Source) -> tuple[Finding, ...]:
    """What cannot be honoured in the schemas of a document that is broken elsewhere."""
    if source.resolver.problems:
        return ()  # a rule reports these, and no schema can be read
    errors = refusals(
        source.places("schema"), resolver=source.resolver, assert_formats=True
    )
    return _findings(errors, source.schema_span)


def rule_findings(contract: Contract) -> tuple[Finding, ...]:
    """Return warnings about rules that no value, or every value, keeps."""
    graph = contract.schema_tree.graph
    found = []
    for schema in tuple(graph.values()):
        for rule in schema.rules:
            verdict = constant_verdict(rule.cel, graph, schema.key)
            if verdict is not None:
                words = (
                    "true: it allows every" if verdict else "false: it refuses every"
                )
                message = f"the rule is always {words} value"
                at = contract.locate(rule.place / "cel")
                severity = Severity.WARNING
                found.append(Finding(_CONSTANT, message, at, None, severity))
    return in_order(found)


def _findings(
    errors: Iterable[SchemaError], locate: Callable[[Location], Span]
) -> tuple[Finding, ...]:
    return tuple(_finding(each, locate(each.at)) for each in errors)


def _finding(error: SchemaError, span: Span) -> Finding:
    if error.inside is None:
        return Finding(_RULE, error.message, span, error.hint or _HINT)
    line, column, text = error.inside
    start, end = span.start, span.end
    if line == 1 and start.line == end.line:
        # Plain text begins at once, quoted text behind the quote.
        quote = (end.column - start.column) - len(text)
        if quote in (0, 2):
            at = start.column + quote // 2 + column - 1
            where = replace(start, column=at)
            span = replace(span, start=where, end=replace(where, column=at + 1))
            return Finding(_CEL, error.message, span, error.hint)
    message = f"{error.message}, at {line}:{column} of the rule"
    return Finding(_CEL, message, span, error.hint)


def _compile(contract: Contract, names: PythonNames) -> Validators:
    sent = {each.name for each in names.targets if each.direction is Direction.REQUEST}
    targets = [
        Target(
            each.name,
            each.schema,
            each.docs,
            each.direction,
            has_predicate=each.name in sent,
        )
        for each in {each.name: each for each in names.targets}.values()
    ]
    units = Units(contract.schema_tree.graph, targets, contract.comments.get)
    title = f"Validators of {contract.title}: what breaks each of its schemas."
    return Validators(write_module(units, header=docstring([title], indent=0)), units)

"""The validators' module of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from engross.contract.ir import Contract
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.parts import (
    WEBHOOKS,
    Parts,
    Spread,
    by_module,
    loading,
    partition,
)
from engross.findings import Finding, FindingsError, Severity, Span, in_order
from engross.layout import docstring
from engross.schema.tree import Direction
from engross.source import Location, Source
from engross.validation import (
    SchemaError,
    Section,
    Support,
    Target,
    Units,
    assembled,
    constant_verdict,
    refusals,
    write_sections,
)

_RULE = "schema-not-honoured"
_CEL = "invalid-cel"
_CONSTANT = "constant-rule"
_FOLDER = "validators"
_HINT = "a check that cannot be exact is never left out: state the rule in another way"


def validator_units(contract: Contract, names: PythonNames) -> Units:
    """Return which schemas of a contract have functions of their own in its validators.

    Args:
        contract: has the schemas.
        names: the names of the validators.

    Raises:
        FindingsError: as of `validators`.
    """
    with _refusing(contract):
        return _units(contract, names)


def validators(
    units: Units, contract: Contract, names: PythonNames, parts: Parts | None
) -> Spread[str]:
    """Compile the validators of a contract.

    Args:
        units: which schemas have functions of their own.
        contract: has the schemas.
        names: the names of the validators.
        parts: the module of each operation; None if there is one module for all.

    Returns:
        The sources of the modules, without the first line that every emitted file has.

    Raises:
        FindingsError: schemas or rules cannot be honoured as they stand; holds all of
            these, and the contract's warnings.
    """
    with _refusing(contract):
        sections = write_sections(units)
    title = f"Validators of {contract.title}: what breaks each of its schemas."
    header = docstring([title], indent=0)
    if parts is None:
        return Spread(assembled(sections, header=header))
    return _spread(units, sections, contract, names, parts, header)


@contextmanager
def _refusing(contract: Contract) -> Iterator[None]:
    """Raise what is wrong with schemas as findings."""
    try:
        yield
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


def _units(contract: Contract, names: PythonNames) -> Units:
    sent = {each.name for each in names.targets if each.direction is Direction.REQUEST}
    compact = contract.is_large
    named: dict[str, Target] = {}
    others: list[Target] = []
    for each in names.targets:
        target = Target(
            each.name,
            each.schema,
            # The name says the same.
            "" if compact else each.docs,
            each.direction,
            has_predicate=each.name in sent,
        )
        if named.setdefault(each.name, target) is not target:
            others.append(target)
    return Units(
        contract.schema_tree.graph,
        tuple(named.values()),
        contract.comments.get,
        others=others,
        compact=compact,
    )


def _spread(
    units: Units,
    sections: Sequence[Section],
    contract: Contract,
    names: PythonNames,
    parts: Parts,
    header: str,
) -> Spread[str]:
    """Return the modules of validators, a part for what each resource alone checks."""
    by_name = {name: each for each in sections for name in each.defined}
    mentioned = {each: each.mentioned & by_name.keys() for each in sections}
    roots: dict[str, list[Section]] = {}
    for part, name in _used(contract, names, parts):
        roots.setdefault(part, []).append(by_name[f"{name}_violations"])
    edges = {
        section: [by_name[name] for name in sorted(used) if by_name[name] != section]
        for section, used in mentioned.items()
    }
    homes = partition(edges, roots)
    modules: dict[str, str] = {}
    public: dict[str, list[str]] = {}
    for part, own in by_module(sections, homes.__getitem__).items():
        imports = Imports(folder=_FOLDER)
        for name in sorted(set().union(*(mentioned[section] for section in own))):
            home = homes[by_name[name]]
            if home != part:
                imports.add(f".{_FOLDER}.{home}", name)
        modules[part] = assembled(
            own,
            header=header,
            support=Support().from_folder(),
            imports=imports.render(),
            prefixes=units.prefixes,
        )
        defined = (name for section in own for name in section.defined)
        public[part] = [name for name in defined if not name.startswith("_")]
    return Spread(None, modules, loading(public, ending="_violations"))


def _used(
    contract: Contract, names: PythonNames, parts: Parts
) -> Iterator[tuple[str, str]]:
    """Yield the validators that calls use, each with the module of the operation."""
    for operation in contract.operations:
        part = parts.operations[operation.id]
        for parameter in operation.parameters:
            if parameter.schema is not None:
                yield part, names.parameter_validator(operation, parameter.id)
        body = operation.body
        for each in (body, *body.others) if body is not None else ():
            if each.schema is not None:
                yield part, names.body_validator(operation, each)
        for reply in operation.successes:
            for media in (reply, *reply.others):
                if media.schema is not None:
                    yield part, names.reply_validator(operation, media)
    for target in names.targets:
        if target.use.part == "webhook":
            yield WEBHOOKS, target.name

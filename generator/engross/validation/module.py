"""Schemas -> the source of one module of validators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from engross.schema.dialect import retrieve_official
from engross.schema.errors import raise_all
from engross.schema.reader import Graph
from engross.source import Location, Value
from engross.source.resolver import Resolver
from engross.validation.code import FAIL, Block, Line, quote, words
from engross.validation.layout import bracketed, comment, define, fits, render
from engross.validation.session import CHECK, PREDICATE, Session, Target, Unit
from engross.validation.support import LINEAR, SUPPORT
from engross.validation.writer import Writer

RUNTIME = "._runtime.validation"
PATTERNS = "._runtime.patterns"

_STANDARD = (("datetime", "timedelta"), ("decimal", "Decimal"), ("typing", "Any"))
VALID = Line("return True")


def _no_comment(_schema: Location) -> str | None:
    return None


def compile_module(
    targets: Sequence[Target],
    *,
    resources: Mapping[str, Value],
    comments: Callable[[Location], str | None] = _no_comment,
    assert_formats: bool = False,
    header: str = "",
    runtime: str = RUNTIME,
    patterns: str = PATTERNS,
) -> str:
    """Write the module that holds `is_<name>` and `<name>_violations` of each target.

    Args:
        targets: the schemas, and the names of their functions.
        resources: every document that the schemas stand in or refer to, by URI; file
            names relative to one another will do. OpenAPI documents count as well.
        comments: returns the comment above the checks of a schema, if there is one.
        assert_formats: whether `format` is checked, or an annotation.
        header: first lines of the module.
        runtime: where the module imports its run-time support from.
        patterns: where it imports `LinearPattern` from, if patterns need that.

    Raises:
        SchemaError: a schema is malformed or cannot be honoured exactly; the first, with
            all others.
    """
    resolver = Resolver(resources, retrieve=retrieve_official)
    graph = Graph(resolver, assert_formats=assert_formats)
    session = Session(graph, targets, comments)
    bodies = _write_bodies(session)
    raise_all(graph.errors)
    sections = [
        _section(session, unit, bodies) for unit in tuple(session.units.values())
    ]
    sections += [_alias(target, unit) for target, unit in session.aliases]
    body = "\n\n\n".join(filter(None, sections))
    if not body:
        return f"{header.rstrip()}\n" if header else ""
    imports = "\n".join(_imports(body, runtime, patterns))
    head = f"{header.rstrip()}\n\n" if header else ""
    first = next(line for line in body.splitlines() if not line.startswith("#"))
    gap = "\n\n\n" if first.startswith(("def ", "@")) else "\n\n"
    return f"{head}{imports}{gap}{body}\n"


def _write_bodies(session: Session) -> dict[tuple[str, str], Block]:
    """Write the functions that the targets need, and those that these need in turn."""
    bodies: dict[tuple[str, str], Block] = {}
    for unit in session.units.values():
        unit.wanted.update((PREDICATE, CHECK))
    while True:
        missing = [
            (unit, mode)
            for unit in session.units.values()
            for mode in (PREDICATE, CHECK)
            if mode in unit.wanted and (unit.name, mode) not in bodies
        ]
        if not missing:
            return bodies
        for unit, mode in missing:
            remembers = unit.branching and mode == PREDICATE
            writer = Writer(session, unit, mode, remembers=remembers)
            bodies[unit.name, mode] = writer.body()


def _section(
    session: Session, unit: Unit, bodies: Mapping[tuple[str, str], Block]
) -> str:
    """Write a unit: its constants, then its functions."""
    functions = ["\n".join(lines) for lines in _functions(unit, bodies)]
    text = "\n".join(functions)
    constants = []
    for name, definition in unit.constants.items():
        if re.search(rf"\b{name}\b", text):
            constants += define(name, definition)
    docs = unit.target.docs if unit.target else session.comments(unit.key.place)
    parts = ["\n".join(constants), *functions] if constants else functions
    heading = "".join(f"{line}\n" for line in comment(docs, 0)) if docs else ""
    return heading + "\n\n\n".join(parts)


def _functions(
    unit: Unit, bodies: Mapping[tuple[str, str], Block]
) -> Iterator[list[str]]:
    depth = ", depth: int = 0" if unit.recursive else ""
    memo = ", depth: int, memo: Memo" if unit.branching else depth
    predicate = bodies.get((unit.name, PREDICATE))
    check = bodies.get((unit.name, CHECK))
    used = words("\n".join(render((*(predicate or ()), *(check or ())))))
    for name, lines in unit.rules.items():
        if name in used:
            yield [*_signature(name, "this: Any", "bool"), *lines]
    if unit.target and unit.guarded:
        yield _public_predicate(unit)
    if predicate is not None:
        yield [
            *(["@remembered"] if unit.branching else []),
            *_signature(unit.predicate, f"payload: object{memo}", "bool"),
            *([_valid(unit.name)] if unit.predicate.startswith("is_") else []),
            *render((*predicate, *(() if FAIL in predicate else (VALID,))), 1),
        ]
    if unit.target:
        yield _public_violations(unit)
    if check is not None:
        parameters = f"payload: object, at: str, report: Report{depth}"
        yield [
            *_signature(unit.check, parameters, "None"),
            *render(check or (Line("pass"),), 1),
        ]


def _public_predicate(unit: Unit) -> list[str]:
    return [
        *_signature(f"is_{unit.name}", "payload: object", "bool"),
        _valid(unit.name),
        "    try:",
        *bracketed(f"return {unit.predicate}", ["payload"], 2),
        "    except RecursionError:",
        "        return False",
    ]


def _public_violations(unit: Unit) -> list[str]:
    arguments = ["payload", '""', "report"]
    guarded = [
        "    try:",
        *bracketed(unit.check, arguments, 2),
        "    except RecursionError:",
        *bracketed(
            "report.add",
            ['""', '"depth"', "MAX_DEPTH", "payload", quote(str(unit.key.place))],
            2,
        ),
    ]
    return [
        *_signature(
            f"{unit.name}_violations", "payload: object", "tuple[Violation, ...]"
        ),
        _listed(unit.name),
        "    report = Report()",
        *(guarded if unit.guarded else bracketed(unit.check, arguments, 1)),
        "    return tuple(report)",
    ]


def _alias(target: Target, unit: Unit) -> str:
    """Write the functions of a target whose schema is another target's too."""
    name = target.name
    stem = unit.target.name if unit.target else unit.name
    lines = [
        *_signature(f"is_{name}", "payload: object", "bool"),
        _valid(name),
        *bracketed(f"return is_{stem}", ["payload"], 1),
        "",
        "",
        *_signature(f"{name}_violations", "payload: object", "tuple[Violation, ...]"),
        _listed(name),
        *bracketed(f"return {stem}_violations", ["payload"], 1),
    ]
    heading = "".join(f"{line}\n" for line in comment(target.docs, 0))
    return heading + "\n".join(lines)


def _valid(name: str) -> str:
    line = f'    """Tell whether the payload is a valid {name.replace("_", " ")}."""'
    return line if fits(line) else '    """Tell whether the payload is valid."""'


def _listed(name: str) -> str:
    article = "an" if name[0] in "aeiou" else "a"
    line = f'    """List all violations in {article} {name.replace("_", " ")}."""'
    return line if fits(line) else '    """List all violations in a payload."""'


def _signature(name: str, parameters: str, result: str) -> list[str]:
    line = f"def {name}({parameters}) -> {result}:"
    if fits(line):
        return [line]
    comma = "" if ", " in parameters else ","
    return [f"def {name}(", f"    {parameters}{comma}", f") -> {result}:"]


def _imports(body: str, runtime: str, patterns: str) -> list[str]:
    """Write the imports of what the body mentions."""
    mentioned = words(body)
    lines = ["import re"] if "re" in mentioned else []
    lines += [
        f"from {module} import {name}"
        for module, name in _STANDARD
        if name in mentioned
    ]
    lines += [""] if lines else []
    if LINEAR in mentioned:
        lines.append(f"from {patterns} import {LINEAR}")
    names = [name for name in SUPPORT if name in mentioned]
    line = f"from {runtime} import {', '.join(names)}"
    if fits(line):
        return [*lines, line]
    return [
        *lines,
        f"from {runtime} import (",
        *(f"    {name}," for name in names),
        ")",
    ]

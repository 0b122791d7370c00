"""Schemas -> the source of one module of validators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from engross.data import dataclass
from engross.layout import (
    Expression,
    Group,
    Item,
    comment,
    compact_call,
    fits,
    lay_out,
    lay_out_value,
    string,
)
from engross.layout.statements import (
    FAIL,
    Block,
    Constant,
    Line,
    names_in,
    render,
)
from engross.schema.reader import Graph
from engross.schema.recursion import cycles, reachable
from engross.schema.schema_error import SchemaError, raise_all
from engross.schema.tree import Key
from engross.source import Location
from engross.source.resolver import Resolver
from engross.validation import keywords, rule_checks
from engross.validation.cycles import endless
from engross.validation.names import LINEAR, MEMBER_CHECKS, SUPPORT
from engross.validation.units import Function, Target, Unit, Units
from engross.validation.writer import Writer

_STANDARD = (
    ("datetime", "timedelta"),
    ("decimal", "Decimal"),
    ("functools", "partial"),
    ("typing", "Any"),
)
_VALID = Line("return True")
_NAME = re.compile(r"\w+")
_DEFINED = re.compile(r"^(?:def )?(\w+)(?:\(| = )", re.MULTILINE)

_Bodies = Mapping[tuple[str, Function], Block]


def _no_comment(_schema: Location) -> str | None:
    return None


class Support(NamedTuple):
    """The modules that an emitted one imports its support from."""

    validation: str = "._runtime.validation"
    patterns: str = "._runtime.patterns"
    """Has `LinearPattern`, for patterns that need it."""
    member_checks: str = "._runtime.member_checks"
    """Has the checks of plain members, where modules are compact."""

    def from_folder(self) -> Support:
        """Return the same modules for a module that is one folder further in."""
        return Support._make(f".{module}" for module in self)


_OF_PACKAGE = Support()


def compile_module(
    targets: Sequence[Target],
    *,
    graph: Graph,
    comments: Callable[[Location], str | None] = _no_comment,
    header: str = "",
    support: Support = _OF_PACKAGE,
) -> str:
    """Write the module that has `<name>_violations`, and mostly `is_<name>`, of targets.

    Args:
        targets: the schemas, and the names of their functions.
        graph: the tree that has the schemas.
        comments: returns the comment above the checks of a schema, if there is one.
        header: first lines of the module.
        support: the modules that the emitted one imports its support from.

    Raises:
        SchemaError: a schema is malformed or cannot be honoured exactly; the first, with
            all others.
    """
    units = Units(graph, targets, comments)
    return assembled(write_sections(units), header=header, support=support)


@dataclass(frozen=True, eq=False)
class Section:
    """Functions of a module of validators that belong together, and their constants."""

    source: str
    is_alias: bool = False
    """Whether it only gives functions other names."""

    @cached_property
    def defined(self) -> tuple[str, ...]:
        """Return the names that the section defines."""
        return tuple(_DEFINED.findall(self.source))

    @cached_property
    def mentioned(self) -> Set[str]:
        """Return all names in the code of the section."""
        return names_in(self.source)


def write_sections(units: Units) -> list[Section]:
    """Write the functions of units, in the order in which a module has them.

    Raises:
        SchemaError: as of `compile_module`.
    """
    bodies = _write_bodies(units)
    raise_all(units.graph.errors)
    return [
        *(Section(_section(units, unit, bodies)) for unit in units.by_key.values()),
        *(
            Section(_alias(units, target, key), is_alias=True)
            for target, key in units.aliases
        ),
    ]


def assembled(
    sections: Sequence[Section],
    *,
    header: str = "",
    support: Support = _OF_PACKAGE,
    imports: str = "",
    prefixes: Mapping[str, str] = {},
) -> str:
    """Write a module of some sections.

    Args:
        sections: what it has.
        header: its first lines.
        support: the modules that it imports its support from.
        imports: imports of what other modules define.
        prefixes: constants that several sections may mention, with their values.
    """
    if not sections:
        return f"{header.rstrip()}\n" if header else ""
    mentioned = set[str]().union(*(section.mentioned for section in sections))
    needed = "\n".join([*_imports(mentioned, support), *filter(None, [imports])])
    constants = [
        f"{name} = {value}" for name, value in prefixes.items() if name in mentioned
    ]
    if constants:
        needed = "\n".join([needed, "", *constants])
    blocks = [section.source for section in sections if not section.is_alias]
    aliases = [section.source for section in sections if section.is_alias]
    if aliases:
        blocks.append("\n".join(aliases))
    body = "\n\n\n".join(blocks)
    head = f"{header.rstrip()}\n\n" if header else ""
    first = next(line for line in body.splitlines() if not line.startswith("#"))
    gap = "\n\n\n" if first.startswith(("def ", "@")) else "\n\n"
    return f"{head}{needed.lstrip()}{gap}{body}\n"


def refusals(
    schemas: Iterable[Location],
    *,
    resolver: Resolver,
    assert_formats: bool = False,
) -> tuple[SchemaError, ...]:
    """Return what `compile_module` would refuse in some schemas, without compiling.

    Schemas that never end are left out: a check of the contract reports them.

    Args:
        schemas: the locations of the schemas.
        resolver: every document that contains one of the schemas or that they refer to.
        assert_formats: whether `format` is checked, or an annotation.
    """
    try:
        graph = Graph(resolver, assert_formats=assert_formats)
        edges = reachable(graph, [graph.entry(schema) for schema in schemas])
    except SchemaError as error:
        return (error, *error.others)
    if not endless(graph, cycles(edges)):
        for schema in tuple(graph.values()):
            for rule in schema.rules:
                rule_checks.check_rule(graph, schema.key, rule)
    return tuple(graph.errors)


def _write_bodies(units: Units) -> _Bodies:
    """Write the functions that the targets need, and those that these need in turn."""
    bodies: dict[tuple[str, Function], Block] = {}
    for unit in units.by_key.values():
        unit.wanted.add(Function.CHECK)
        if unit.is_public:
            unit.wanted.add(Function.PREDICATE)
    while True:
        missing = [
            (unit, function)
            for unit in units.by_key.values()
            for function in Function
            if function in unit.wanted and (unit.name, function) not in bodies
        ]
        if not missing:
            return bodies
        for unit, function in missing:
            has_memo = unit.branching and function is Function.PREDICATE
            writer = Writer(units, unit, function, keywords.write, has_memo)
            bodies[unit.name, function] = writer.body()


def _section(units: Units, unit: Unit, bodies: _Bodies) -> str:
    """Write a unit: its constants, then its functions."""
    place = units.place(unit.key.place)
    functions = ["\n".join(lines) for lines in _functions(unit, bodies, place)]
    used = set(_NAME.findall("\n".join(functions))) if unit.constants else set()
    constants = render(
        Constant(name, value) for value, name in unit.constants.items() if name in used
    )
    parts = filter(None, ["\n".join(constants), *functions])
    docs = unit.target.docs if unit.target else units.comments(unit.key.place)
    heading = f"{comment(docs)}\n" if docs else ""
    return heading + "\n\n\n".join(parts)


def _functions(unit: Unit, bodies: _Bodies, place: str) -> Iterator[list[str]]:
    """Yield the lines of the functions of a unit.

    Args:
        unit: has them.
        bodies: the statements of all functions.
        place: the expression for the place of the schema.
    """
    depth = ", depth: int = 0" if unit.recursive else ""
    memo = ", depth: int, memo: Memo" if unit.branching else depth
    predicate = bodies.get((unit.name, Function.PREDICATE))
    check = bodies.get((unit.name, Function.CHECK))
    statements = (
        [] if predicate is None else [*render(predicate, indent=4)],
        [] if check is None else [*render(check or (Line("pass"),), indent=4)],
    )
    yield from _rules(unit, statements)
    if unit.is_public and unit.guarded:
        yield _public_predicate(unit)
    if predicate is not None:
        yield [
            *(["@remembered"] if unit.branching else []),
            *_signature(unit.predicate, f"payload: object{memo}", "bool"),
            *([_valid(unit.name)] if unit.predicate.startswith("is_") else []),
            *statements[0],
            *render(() if FAIL in predicate else (_VALID,), indent=4),
        ]
    if unit.target and not unit.is_listed:
        yield _public_violations(unit.name, unit, unit.key)
    if check is not None:
        schema = ", schema: str" if unit.has_place else ""
        parameters = f"payload: object, at: str, report: Report{schema}{depth}"
        if unit.of_members:
            parameters = "check: MemberChecks"
        name = unit.check.partition(".")[0]
        yield [
            *_decorator(unit, place),
            *_signature(name, parameters, "None"),
            *statements[1],
        ]


def _rules(unit: Unit, statements: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    """Write the functions of the rules that some statement evaluates."""
    if not unit.rules:
        return
    used = names_in("\n".join(line for lines in statements for line in lines))
    for rule in dict.fromkeys(unit.rules.values()):
        if rule.name in used:
            yield [*_signature(rule.name, "this: Any", "bool"), *rule.lines]


def _public_predicate(unit: Unit) -> list[str]:
    return [
        *_signature(f"is_{unit.name}", "payload: object", "bool"),
        _valid(unit.name),
        "    try:",
        _call(unit.predicate, "payload", indent=8, before="return "),
        "    except RecursionError:",
        "        return False",
    ]


def _public_violations(name: str, unit: Unit, key: Key) -> list[str]:
    """Write the function of a target that returns violations.

    Args:
        name: stem of the function's name.
        unit: has the check.
        key: the target's schema, which may be another one than the unit's.
    """
    place = string(str(key.place))
    head = [
        *_signature(f"{name}_violations", "payload: object", "tuple[Violation, ...]"),
        _listed(name),
    ]
    if unit.guarded:
        check: Expression = unit.check
        if unit.has_place:
            bound = Item("", unit.check), Item("schema=", place)
            check = Group("partial(", bound, ")", compact=True)
        deep = "deep_violations", check, "payload", place
        return [*head, _call(*deep, indent=4, before="return ")]
    places = (place,) if unit.has_place else ()
    return [
        *head,
        "    report = Report()",
        _call(unit.check, "payload", '""', "report", *places, indent=4),
        "    return tuple(report)",
    ]


def _alias(units: Units, target: Target, key: Key) -> str:
    """Write the functions of a target that shares the unit of another one."""
    name, unit = target.name, units.unit(key)
    stem = unit.target.name if unit.target else unit.name
    lines = [comment(target.docs)] if target.docs else []
    if units.has_predicate(target):
        lines.append(lay_out_value(f"is_{stem}", before=f"is_{name} = "))
    if unit.has_place:
        lines.append(_listing(name, unit, units.place(key.place)))
    else:
        before = f"{name}_violations = "
        lines.append(lay_out_value(f"{stem}_violations", before=before))
    return "\n".join(lines)


def _decorator(unit: Unit, place: str) -> Iterator[str]:
    """Yield the decorator of a check, in compact modules."""
    function = "_members" if unit.of_members else ""
    at = "_at" if unit.has_place else ""
    if unit.is_listed:
        yield lay_out(compact_call(f"lists{function}{at}", [place]), before="@")
    elif unit.has_place and unit.of_members:
        yield "@of_members_at"
    elif unit.of_members:
        yield lay_out(compact_call("of_members", [place]), before="@")


def _listing(name: str, unit: Unit, place: str) -> str:
    """Write the assignment that makes the function of a target that returns violations.

    Args:
        name: stem of the function's name.
        unit: has the check, which is told the place of a schema.
        place: the expression for the place of the target's schema.
    """
    call = compact_call("listing", [unit.check, place])
    before = f"{name}_violations = "
    plain = lay_out(call, before=before)
    if fits(plain.partition("\n")[0]):
        return plain
    # Black wraps what follows a long name, unless that leaves a line too long.
    wrapped = f"{before}(\n    {lay_out(call, indent=4)}\n)"
    return wrapped if all(map(fits, wrapped.splitlines())) else plain


def _call(function: str, *arguments: Expression, indent: int, before: str = "") -> str:
    call = compact_call(function, arguments)
    return " " * indent + lay_out(call, indent=indent, before=before)


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


def _imports(mentioned: Set[str], support: Support) -> Iterator[str]:
    """Write the imports of what sections mention."""
    standard = ["import re"] if "re" in mentioned else []
    standard += [
        f"from {module} import {name}"
        for module, name in _STANDARD
        if name in mentioned
    ]
    yield from standard
    if standard:
        yield ""
    for module, names in (
        (support.member_checks, MEMBER_CHECKS),
        (support.patterns, (LINEAR,)),
        (support.validation, SUPPORT),
    ):
        yield from _import(module, [name for name in names if name in mentioned])


def _import(module: str, names: Sequence[str]) -> Iterator[str]:
    line = f"from {module} import {', '.join(names)}"
    if not names:
        return
    if fits(line):
        yield line
        return
    yield f"from {module} import ("
    yield from (f"    {name}," for name in names)
    yield ")"

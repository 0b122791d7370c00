"""Rules of paths, operations, parameters, security and tags."""

import re
from typing import Final

from engross.contract.checks.outline import Outline, Parameter, mapping, sequence
from engross.contract.checks.rule import Fault, Faults, rule
from engross.source import Location
from engross.source.suggest import closest, did_you_mean

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")


@rule("duplicate-operation-id", "An operationId names one operation only.")
def duplicate_operation_id(outline: Outline) -> Faults:
    seen: dict[str, Location] = {}
    for at in outline.source.places("operation"):
        own = outline.value(at).get("operationId")
        if not isinstance(own, str):
            continue
        first = seen.setdefault(own, at)
        if first != at:
            line = outline.source.span(first / "operationId").start.line
            message = f"line {line} has an operation of this name"
            yield Fault(at / "operationId", message, "give it a name of its own")


@rule("undeclared-path-variable", "Each variable of a path is declared as a parameter.")
def undeclared_path_variable(outline: Outline) -> Faults:
    for operation in outline.operations:
        declared = {each.name for each in operation.parameters if each.place == "path"}
        for variable in _VARIABLE.findall(operation.path or ""):
            if variable not in declared:
                message = f"needs a path parameter {variable!r}"
                unused = declared - set(_VARIABLE.findall(operation.path or ""))
                near = closest(variable, sorted(unused))
                hint = f"or rename the parameter {near!r}" if near else None
                yield Fault(operation.at, message, hint, key=True)


@rule("unused-path-parameter", "Each path parameter is a variable of the path.")
def unused_path_parameter(outline: Outline) -> Faults:
    for operation in outline.operations:
        variables = _VARIABLE.findall(operation.path or "")
        for each in operation.parameters:
            if each.place == "path" and each.name not in variables:
                message = f"{operation.path} has no {{{each.name}}}"
                hint = did_you_mean(each.name, variables)
                yield Fault(_name_place(each), message, hint)


@rule("duplicate-parameter", "A list has one parameter of a name and place.")
def duplicate_parameter(outline: Outline) -> Faults:
    for kind in ("path-item", "operation"):
        for holder in outline.source.places(kind):
            seen: set[tuple[str, str]] = set()
            for each in outline.parameters(holder):
                if (each.name, each.place) in seen:
                    message = (
                        f"the {each.place} parameter {each.name!r} is listed twice"
                    )
                    yield Fault(_name_place(each), message, "remove one")
                seen.add((each.name, each.place))


@rule(
    "duplicate-path",
    "No two paths differ only in the names of their variables.",
    needed=False,
)
def duplicate_path(outline: Outline) -> Faults:
    seen: dict[str, str] = {}
    for path in mapping(outline.root.get("paths")):
        first = seen.setdefault(_VARIABLE.sub("{}", path), path)
        if first != path:
            at = outline.source.root / "paths" / path
            yield Fault(at, f"the same path as {first}", "join the two", key=True)


@rule("unknown-security-scheme", "Security names schemes that are defined.")
def unknown_security_scheme(outline: Outline) -> Faults:
    components = mapping(outline.root.get("components"))
    schemes = mapping(components.get("securitySchemes"))
    for at in outline.source.places("security-requirement"):
        for name in outline.value(at):
            if name not in schemes:
                message = f"no security scheme {name!r}"
                hint = did_you_mean(name, schemes)
                yield Fault(at / name, message, hint, key=True)


@rule("duplicate-tag", "A tag is described once.", needed=False)
def duplicate_tag(outline: Outline) -> Faults:
    seen: set[str] = set()
    for at in outline.source.places("tag"):
        name = str(outline.value(at).get("name"))
        if name in seen:
            yield Fault(at / "name", f"{name!r} is described twice", "remove one")
        seen.add(name)


@rule(
    "misspelt-tag", "A tag is not almost that of another, described one.", needed=False
)
def misspelt_tag(outline: Outline) -> Faults:
    described = [
        str(outline.value(at).get("name")) for at in outline.source.places("tag")
    ]
    for operation in outline.operations:
        for index, tag in enumerate(sequence(operation.value.get("tags"))):
            if not isinstance(tag, str) or tag in described:
                continue
            near = closest(tag, described, _ALMOST)
            if near is not None:
                at = operation.at / "tags" / index
                yield Fault(at, f"no tag {tag!r} is described", f"use {near!r}")


_ALMOST: Final = 0.85


@rule("unknown-operation", "Links name operations that exist.", needed=False)
def unknown_operation(outline: Outline) -> Faults:
    known = outline.operations_by_id
    places = [*outline.source.places("link"), *outline.source.places(_READ)]
    for at in places:
        name = outline.value(at).get("operationId")
        if isinstance(name, str) and name not in known:
            hint = did_you_mean(name, known)
            yield Fault(at / "operationId", f"no operation {name!r}", hint)


@rule(
    "unknown-parameter",
    "Arguments given by a link belong to its operation.",
    needed=False,
)
def unknown_parameter(outline: Outline) -> Faults:
    places = [*outline.source.places("link"), *outline.source.places(_READ)]
    for at in places:
        target = outline.operations_by_id.get(str(outline.value(at).get("operationId")))
        if target is None:
            continue
        known = {each.name for each in target.parameters}
        qualified = {f"{each.place}.{each.name}" for each in target.parameters}
        for name in mapping(outline.value(at).get("parameters")):
            if name not in known | qualified:
                message = f"{target.id} has no parameter {name!r}"
                hint = did_you_mean(name, sorted(known))
                yield Fault(at / "parameters" / name, message, hint, key=True)


_READ: Final = "x-engross/retry/read"


def _name_place(parameter: Parameter) -> Location:
    """The name where the parameter stands in the list, else the reference to it."""
    if parameter.listed == parameter.at:
        return parameter.at / "name"
    return parameter.listed / "$ref"

"""Names of classes: models, enums and unions, what stands in for them, and errors."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterable, Iterator
from keyword import iskeyword

from engross.contract.ir import (
    Contract,
    Definition,
    Enum,
    Model,
    ProviderError,
    UnionType,
    is_component,
)
from engross.data import dataclass
from engross.emit.naming.namespace import Namespace, hidden_builtin
from engross.emit.naming.place_names import PlaceNames, own_name
from engross.emit.naming.reserved import (
    BASE_ERRORS,
    EXPORTED,
    IN_ANNOTATIONS,
    IN_MODELS,
    PAGINATION_ERROR,
    UNKNOWN_EVENT,
    WEBHOOK_ERROR,
)
from engross.emit.naming.words import constant, pascal, snake, spelled, words
from engross.findings import Finding
from engross.source import Location

_LONGEST_TITLE = 6
"""Words of a title that can be the name of a class."""


@dataclass(frozen=True, slots=True)
class TypeNames:
    """Names of all classes, of their members, and findings about these."""

    classes: dict[Location, str]
    dicts: dict[Location, str]
    exports: dict[Location, str]
    fields: dict[tuple[Location, str], str]
    members: dict[tuple[Location, str | int], str]
    errors: dict[str, str]
    findings: tuple[Finding, ...]


def type_names(contract: Contract, client: str) -> TypeNames:
    """Name every class of the package."""
    models = Namespace("a class")
    classes = _classes(contract, models)
    root = Namespace("a public name", _exported(contract, client))
    explicit, derived = _errors(contract)
    findings: list[Finding] = []
    codes = Location(contract.path) / "x-engross" / "errors" / "codes"
    for error, name in explicit:
        at = contract.locate(codes / error.code / "exception")
        if hasattr(builtins, name) and not iskeyword(name):
            findings.append(hidden_builtin(name, at))
        root.choose(error.code, name, at)
    chosen = {each.explicit: each for each in reversed(contract.definitions)}
    for own, definition in chosen.items():
        if own is not None:  # of two that are equal, `models` tells
            root.choose(definition.at, own, definition.span)
    components = [each for each in contract.definitions if is_component(each.at)]
    inline = [each for each in contract.definitions if not is_component(each.at)]
    exports = {each.at: _exported_as(each, classes, root) for each in components}
    errors = {error.code: name for error, name in explicit}
    for error, name in derived:
        errors[error.code] = root.claim(error.code, name, f"{name}Error")
    exports |= {each.at: _exported_as(each, classes, root) for each in inline}
    dicts = {
        each.at: root.claim(("dict", each.at), *_dict(classes[each.at], each, models))
        for each in contract.definitions
        if each.in_request and is_given_otherwise(each)
    }
    fields, of_fields = _fields(contract.definitions)
    return TypeNames(
        classes=classes,
        dicts=dicts,
        exports=exports,
        fields=fields,
        members=_members(contract.definitions),
        errors=errors,
        findings=(*models.findings, *root.findings, *findings, *of_fields),
    )


# Classes


def _classes(contract: Contract, models: Namespace) -> dict[Location, str]:
    """Name the definitions: chosen names, then components, then the rest by their places."""
    explicit = [each for each in contract.definitions if each.explicit is not None]
    for definition in explicit:
        models.choose(definition.at, str(definition.explicit), definition.span)
    found = {each.at: str(each.explicit) for each in explicit}
    components = [
        each
        for each in contract.definitions
        if is_component(each.at) and each.at not in found
    ]
    # A name that needs no change comes before one that becomes equal to it.
    for definition in sorted(components, key=lambda each: not _is_exact(each)):
        found[definition.at] = models.claim(
            definition.at, *_component_candidates(definition)
        )
    places = PlaceNames.of(contract)
    rest = [each for each in contract.definitions if each.at not in found]
    titles = Counter(_title(each) for each in rest)
    titles.update(map(_class_of_title, contract.left_out.titles))
    for definition in sorted(rest, key=lambda each: _order(each.at)):
        title = _title(definition)
        by_place = pascal(places.name(definition.at, found.get))
        parent = found.get(definition.at.parent)
        if parent is not None and definition.at.tokens[-1] == "discriminator":
            by_place = f"Any{parent}"
        candidates = [title] if title and titles[title] == 1 else []
        candidates += [by_place, by_place + _kind(definition)]
        found[definition.at] = models.claim(definition.at, *candidates)
    return found


def _is_exact(definition: Definition) -> bool:
    text = str(definition.at.tokens[-1])
    return pascal(text) == text


def _component_candidates(definition: Definition) -> Iterator[str]:
    text = str(definition.at.tokens[-1])
    yield pascal(text)
    if text.isidentifier() and text[0].isupper():
        yield text
    yield pascal(text) + _kind(definition)


def _title(definition: Definition) -> str:
    """Return the class that the title of an inline schema stands for; empty if for none."""
    if own_name(definition.at) is not None:
        return ""
    return _class_of_title(definition.title or "")


def _class_of_title(title: str) -> str:
    return pascal(title) if 0 < len(words(title)) <= _LONGEST_TITLE else ""


def _order(at: Location) -> tuple[str, tuple[str, ...]]:
    """Sort what holds a schema before the schema, whatever else is in the document."""
    return at.document, tuple(map(str, at.tokens))


def _kind(definition: Definition) -> str:
    match definition:
        case Model():
            return "Model"
        case Enum():
            return "Enum"
    return "Union"


def is_given_otherwise(definition: Definition) -> bool:
    """Return whether callers may pass something of another name in place of a definition."""
    return not isinstance(definition, UnionType) or definition.recursive


def _dict(name: str, definition: Definition, models: Namespace) -> Iterator[str]:
    """Yield names of what a caller may pass in place of a model or an enum."""
    endings = ("Dict", "Params") if isinstance(definition, Model) else ("Value", "Text")
    for ending in endings:
        if not models.has(name + ending):
            yield name + ending
    yield f"{name}{endings[0]}_"


# The root of the package


def _exported(contract: Contract, client: str) -> Iterator[str]:
    yield from EXPORTED
    yield from (*BASE_ERRORS, PAGINATION_ERROR)
    yield from (client, f"Async{client}", f"{client}Error")
    if contract.webhooks is not None:
        yield from (WEBHOOK_ERROR, UNKNOWN_EVENT)


def _exported_as(
    definition: Definition, classes: dict[Location, str], root: Namespace
) -> str:
    """Return the public name of a class: its own, unless the package itself has that."""
    name = classes[definition.at]
    is_judged = definition.explicit is not None
    return root.claim(
        definition.at, name, name + _kind(definition), gives_way=is_judged
    )


def _errors(
    contract: Contract,
) -> tuple[list[tuple[ProviderError, str]], list[tuple[ProviderError, str]]]:
    """Return the errors with a name that the author chose, and those with one that is derived."""
    explicit: list[tuple[ProviderError, str]] = []
    derived: list[tuple[ProviderError, str]] = []
    for error in contract.errors.classes:
        if error.explicit is not None:
            explicit.append((error, error.explicit))
        else:
            code = error.code
            name = pascal(code.lower() if code.isupper() else code)
            derived.append((error, name))
    return explicit, derived


# Members


def _fields(
    definitions: Iterable[Definition],
) -> tuple[dict[tuple[Location, str], str], list[Finding]]:
    found: dict[tuple[Location, str], str] = {}
    findings: list[Finding] = []
    for model in definitions:
        if not isinstance(model, Model):
            continue
        scope = Namespace("a field", (*IN_MODELS, *IN_ANNOTATIONS))
        for field in model.fields:
            if field.explicit is not None:
                scope.choose(field.wire, field.explicit, field.span)
        # A name that needs no change comes before one that becomes equal to it.
        names = [(snake(field.wire), field.wire) for field in model.fields]
        for name, wire in sorted(names, key=lambda each: each[0] != each[1]):
            found[model.at, wire] = scope.claim(
                wire, name, f"{name}_", then=map(_in_full, (wire,))
            )
        findings += scope.findings
    return found, findings


def _in_full(wire: str) -> str:
    return snake(spelled(wire))


def _members(
    definitions: Iterable[Definition],
) -> dict[tuple[Location, str | int], str]:
    found: dict[tuple[Location, str | int], str] = {}
    for enum in definitions:
        if not isinstance(enum, Enum):
            continue
        scope = Namespace("a member")
        texts = {
            member.value: member.label or str(member.value) for member in enum.members
        }
        # A name that needs no change comes before one that becomes equal to it.
        for value, text in sorted(texts.items(), key=lambda each: _is_changed(each[1])):
            candidates = _member_names(text, value)
            found[enum.at, value] = scope.claim(
                value, next(candidates), then=candidates
            )
    return found


def _is_changed(text: str) -> tuple[bool, bool]:
    """Return whether a member is named otherwise than its value, and not only in case."""
    name = constant(text).removeprefix("VALUE_")
    return text != name, text.upper() != name


def _member_names(text: str, value: str | int) -> Iterator[str]:
    """Yield names of a member, each telling it apart from values that the last would not."""
    yield constant(text)
    yield constant(spelled(text))
    in_full = constant(
        spelled(text.replace(" ", " space ").replace("_", " underscore "))
    )
    yield in_full
    yield f"{constant(text)}_{_case(text)}"
    yield f"{in_full}_{_case(text)}"
    yield constant(spelled(str(value)))


def _case(text: str) -> str:
    """Return what the case of a text is called."""
    if text.islower():
        return "LOWERCASE"
    if text.isupper():
        return "UPPERCASE"
    if text in (text.capitalize(), text.title()):
        return "CAPITALIZED"
    return "CAMEL_CASE" if text[:1].islower() else "MIXED_CASE"

"""Rules of schemas."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.checks.shape_rules import components, parts, reach
from engross.contract.index import Index, mapping, sequence, strings
from engross.patterns import PatternError, read_pattern
from engross.schema.dialect import Dialects
from engross.schema.formats import FORMATS
from engross.schema.json_values import identity
from engross.schema.schema_error import SchemaError
from engross.source import Location, Value
from engross.source.messages import shown
from engross.source.repair import removal
from engross.suggest import closest

_APPLICATORS: Final = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
)
_IDENTIFIERS: Final = ("$id", "$anchor", "$dynamicAnchor")
_SAYS_MORE: Final = _APPLICATORS | {
    "$ref",
    "$dynamicRef",
    "additionalProperties",
    "patternProperties",
    "unevaluatedProperties",
}


@rule(
    "unknown-required-property",
    "Required properties are described.",
    needed=False,
)
def unknown_required_property(index: Index) -> Faults:
    source = index.source
    lacking = [*index.schemas_where(lambda value: any(_undescribed(value)))]
    composed = _composed(index) if lacking else set()
    for at in lacking:
        if at in composed:
            continue
        properties = mapping(index.value(at).get("properties"))
        for position, name in _undescribed(index.value(at)):
            near = closest(name, properties)
            hint = None
            if near is not None:
                line = source.span(at / "properties" / near, key=True).start.line
                hint = f"did you mean {near!r} (line {line})?"
            message = f"no such property in {_called(at)}"
            yield Fault(at / "required" / position, message, hint)


def _undescribed(value: Mapping[str, Value]) -> Iterator[tuple[int, str]]:
    """Yield the required names that a schema does not describe, with their positions."""
    if "required" not in value or not _SAYS_MORE.isdisjoint(value):
        return
    properties = mapping(value.get("properties"))
    for position, name in enumerate(strings(value["required"])):
        if properties and name not in properties:
            yield position, name


def _composed(index: Index) -> set[Location]:
    """Return schemas that are parts of others, which may have the properties they lack."""
    places = index.source.places("schema")
    waiting = [at for at in places if not _APPLICATORS.isdisjoint(at.tokens[-2:])]
    waiting += index.schemas_where(_extends)
    found: set[Location] = set()
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += components(index, at)
    return found


def _extends(schema: Mapping[str, Value]) -> bool:
    """Return whether a schema adds to one that it refers to."""
    return "$ref" in schema and bool(schema.keys() & {"properties", *_APPLICATORS})


def _called(at: Location) -> str:
    """Return what messages call a schema."""
    if at.tokens[:2] == ("components", "schemas") and len(at.tokens) == 3:
        return str(at.tokens[2])
    return "this schema"


@rule("endless-schema", "A schema is not composed of itself.")
def endless_schema(index: Index) -> Faults:
    for inner in (_everything_in, _alternatives_in):
        for circle in _circles(index, inner, _COMPOSING):
            message = f"{_called(circle[0])} is composed of itself endlessly"
            # Only a reference leads back to a schema around it.
            repair = removal(circle[-1] / "$ref", _NOT_OF_IT)
            yield Fault(circle[0], message, key=True, repair=repair)


_NOT_OF_IT: Final = "the reference to itself is ignored"


@rule("requires-itself", "A value of a schema can be finite.", needed=False)
def requires_itself(index: Index) -> Faults:
    for circle in _circles(index, _necessary_in, _HOLDING):
        if any(_is_within(part) for part in circle):
            message = f"a value of {_called(circle[0])} contains another, endlessly"
            yield Fault(circle[0], message, "make a property optional", key=True)


def _is_within(at: Location) -> bool:
    """Return whether a schema describes a part of a value, rather than all of it."""
    return at.tokens[-2:-1] == ("properties",) or at.tokens[-1:] == ("items",)


def _necessary_in(index: Index, at: Location) -> Iterator[Location]:
    """Yield the schemas that some part of each value satisfies, or the value itself."""
    value = index.value(at)
    types = strings(value.get("type"))
    if "null" in types or value.keys() & {"enum", "const", "examples", "default"}:
        return
    yield from _everything_in(index, at)
    if not types or types == ["object"]:
        properties = mapping(value.get("properties"))
        for name in strings(value.get("required")):
            if not _HOLDING.isdisjoint(mapping(properties.get(name))):
                yield at / "properties" / name
    fewest = value.get("minItems")
    has_items = types == ["array"] and isinstance(fewest, int) and fewest > 0
    if (
        has_items
        and isinstance(value.get("items"), dict)
        and "prefixItems" not in value
    ):
        yield at / "items"


_COMPOSING: Final = frozenset({"$ref", "allOf", "oneOf", "anyOf"})
"""Keywords that name schemas for the same value."""

_HOLDING: Final = frozenset({"$ref", "allOf", "required", "minItems"})
"""Keywords of which a schema has one if each of its values holds another."""


def _circles(
    index: Index,
    inner: Callable[[Index, Location], Iterator[Location]],
    keywords: frozenset[str],
) -> Iterator[tuple[Location, ...]]:
    """Yield cycles of schemas within schemas, found depth first without recursion.

    Args:
        index: the contract.
        inner: tells which schemas are within one.
        keywords: those of which a schema has at least one if any is.
    """
    done: set[Location] = set()
    above: dict[Location, None] = {}
    waiting: list[tuple[Location, bool]] = []
    for start in index.schemas_where(lambda value: not keywords.isdisjoint(value)):
        waiting.append((start, False))
        while waiting:
            at, leaving = waiting.pop()
            if leaving:
                above.pop(at)
                done.add(at)
            elif at in above:
                entered = [*above]
                yield tuple(entered[entered.index(at) :])
            elif at not in done:
                inside = [*inner(index, at)]
                if not inside:
                    done.add(at)
                    continue
                above[at] = None
                waiting.append((at, True))
                waiting += [(part, False) for part in inside]


def _alternatives_in(index: Index, at: Location) -> Iterator[Location]:
    """Yield the members of a union; what extends another schema is a member of none."""
    value = index.value(at)
    if "$ref" in value and not value.keys() & {"properties", "allOf"}:
        yield index.source.resolve(at, str(value["$ref"]))
    for keyword in ("oneOf", "anyOf"):
        listed = value.get(keyword)
        if isinstance(listed, list):
            yield from (at / keyword / position for position in range(len(listed)))


def _everything_in(index: Index, at: Location) -> Iterator[Location]:
    value = index.value(at)
    if "$ref" in value:
        yield index.source.resolve(at, str(value["$ref"]))
    listed = value.get("allOf")
    if isinstance(listed, list):
        yield from (at / "allOf" / position for position in range(len(listed)))


@rule("foreign-pattern", "Patterns are ECMA-262.", harmless=True)
def foreign_pattern(index: Index) -> Faults:
    for text, at, is_key in _patterns(index):
        yield from _foreign(text, at, key=is_key)


@rule("unreadable-pattern", "Patterns can be read.")
def unreadable_pattern(index: Index) -> Faults:
    if index.is_curated:
        return  # the compiler of validators reports it with all that it refuses
    for text, at, is_key in _patterns(index):
        try:
            _ = read_pattern(text).regex
        except PatternError as error:
            repair = removal(at, "not checked")
            yield Fault(at, str(error), error.hint, is_key, repair)


@rule("unknown-dialect", "Schemas are of a dialect that is known.")
def unknown_dialect(index: Index) -> Faults:
    if index.is_curated:
        return  # the compiler of validators reports it with all that it refuses
    dialects, reported = Dialects(index.source.resolver), set[Location]()
    for at in index.source.places("schema"):
        try:
            dialects.at(at)
        except SchemaError as error:
            if error.at not in reported:
                reported.add(error.at)
                repair = removal(error.at, "read as JSON Schema 2020-12")
                yield Fault(error.at, error.message, error.hint, False, repair)


@rule("unusable-identifier", "Identifiers and anchors each name one schema.")
def unusable_identifier(index: Index) -> Faults:
    for at, message in index.source.resolver.problems:
        is_name = at.tokens[-1:] and at.tokens[-1] in _IDENTIFIERS
        repair = removal(at, "not used") if is_name else None
        yield Fault(at, message, None, False, repair)


def _patterns(index: Index) -> Iterator[tuple[str, Location, bool]]:
    """Yield patterns, where they are, and whether they are keys there."""
    for at in index.schemas_where(lambda value: not _PATTERNS.isdisjoint(value)):
        value = index.value(at)
        own = value.get("pattern")
        if isinstance(own, str):
            yield own, at / "pattern", False
        for name in mapping(value.get("patternProperties")):
            yield name, at / "patternProperties" / name, True


_PATTERNS: Final = frozenset({"pattern", "patternProperties"})


def _foreign(text: str, at: Location, *, key: bool = False) -> Faults:
    try:
        pattern = read_pattern(text)
    except PatternError:
        return  # the compiler of validators reports it
    if pattern.foreign:
        are = "is" if len(pattern.foreign) == 1 else "are"
        message = f"{' and '.join(pattern.foreign)} {are} not ECMA-262"
        hint = "other tools may reject the pattern"
        if pattern.plain is not None:
            hint += f"; the same in ECMA-262: {pattern.plain}"
        yield Fault(at, message, hint, key)


@rule("repeated-name", "Required properties are listed once.", harmless=True)
def repeated_name(index: Index) -> Faults:
    for at in index.schemas_where(lambda value: any(_repeated_names(value))):
        for position, name in _repeated_names(index.value(at)):
            message = f"{name!r} is listed already"
            yield Fault(at / "required" / position, message, "remove it")


def _repeated_names(value: Mapping[str, Value]) -> Iterator[tuple[int, str]]:
    """Yield the required names that are listed before, with their positions."""
    names = strings(value.get("required"))
    if len(set(names)) < len(names):
        for position, name in enumerate(names):
            if name in names[:position]:
                yield position, name


@rule("repeated-value", "Values of an enum are listed once.", harmless=True)
def repeated_value(index: Index) -> Faults:
    for at in index.schemas_where(lambda value: any(_repeated_values(value))):
        for position, value in _repeated_values(index.value(at)):
            place = at / "enum" / position
            yield Fault(place, f"{shown(value)} is listed already", "remove it")


def _repeated_values(schema: Mapping[str, Value]) -> Iterator[tuple[int, Value]]:
    """Yield the values of an `enum` that are listed before, with their positions."""
    seen: set[Hashable] = set()
    for position, value in enumerate(sequence(schema.get("enum"))):
        known = identity(value)
        if known in seen:
            yield position, value
        seen.add(known)


@rule("misspelt-format", "Formats are spelt as JSON Schema spells them.", harmless=True)
def misspelt_format(index: Index) -> Faults:
    for at in index.schemas_where(lambda value: _meant_format(value) is not None):
        value = index.value(at)
        message = f"no format {value['format']!r} is known, so texts may be anything"
        yield Fault(at / "format", message, f"use {_meant_format(value)!r}")


def _meant_format(value: Mapping[str, Value]) -> str | None:
    """Return the format that a schema misspells; None if it is right, or its own."""
    name = value.get("format")
    if isinstance(name, str) and name not in FORMATS:
        return closest(name, FORMATS, _NEARLY_SAME)
    return None


_NEARLY_SAME: Final = 0.9
"""How alike a misspelt format is to the right one; `uuid4` is a format of its own."""


@rule("money-not-number", "Money is a number, or a decimal in text.")
def money_not_number(index: Index) -> Faults:
    for extension, own in index.extensions("schema"):
        schema = extension.parent
        if "money" not in own:
            continue
        kinds = _types(index, schema)
        if kinds and not kinds & {"integer", "number", "string"}:
            found = " or ".join(sorted(kinds))
            yield Fault(
                extension / "money", f"money cannot be of type {found}", key=True
            )
        elif mapping(own["money"]).get("unit") == "minor" and "number" in kinds:
            message = "minor units are integers, not numbers"
            yield Fault(extension / "money" / "unit", message)


@rule("unknown-currency-member", "The member with the currency exists.")
def unknown_currency_member(index: Index) -> Faults:
    for extension, own in index.extensions("schema"):
        currency = mapping(own.get("money")).get("currency")
        if not isinstance(currency, str) or not currency.startswith("../"):
            continue
        names = currency.split("/")
        up = names.count("..")
        holder = _object_above(extension.parent, up)
        if holder is None:
            continue
        found = reach(index, holder, tuple(names[up:]))
        if found.missing is not None:
            near = closest(found.missing, found.known)
            hint = f"did you mean {near!r}?" if near else None
            message = f"no member {found.missing!r} beside this one"
            yield Fault(extension / "money" / "currency", message, hint)


def _object_above(at: Location, levels: int) -> Location | None:
    """Return the schema around a property, `levels` up; None if it is elsewhere."""
    tokens = at.tokens
    for _ in range(levels):
        while tokens and tokens[-2:-1] != ("properties",):
            tokens = tokens[:-1]
        tokens = tokens[:-2]
        if not tokens:
            return None
    return Location(at.document, tokens)


@rule("time-not-integer", "Unix time is an integer.")
def time_not_integer(index: Index) -> Faults:
    for extension, own in index.extensions("schema"):
        kinds = _types(index, extension.parent)
        if "time" in own and kinds and "integer" not in kinds:
            found = " or ".join(sorted(kinds))
            yield Fault(extension / "time", f"the schema is of type {found}", key=True)


def _types(index: Index, schema: Location) -> set[str]:
    """Return the types that a schema and its parts name, without null."""
    kinds: set[str] = set()
    for at in parts(index, schema):
        kinds.update(strings(index.value(at).get("type")))
    return kinds - {"null"}

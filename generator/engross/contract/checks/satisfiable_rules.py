"""The rule that some value fits each schema."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import ceil, floor
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.checks.shape_rules import COMPOSING, parts
from engross.contract.index import Index, sequence
from engross.data import dataclass
from engross.schema.composition import Effective
from engross.schema.json_values import Number, exact, type_of
from engross.schema.schema_error import SchemaError
from engross.schema.tree import ALL_TYPES
from engross.source import Location, Value
from engross.source.messages import shown

_RIVALS: Final = (
    frozenset({"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}),
    frozenset({"minLength", "maxLength"}),
    frozenset({"minItems", "maxItems"}),
    frozenset({"minProperties", "maxProperties", "required"}),
)
"""Keywords of which two can contradict each other."""

_VALUES: Final = frozenset({"enum", "const"})
"""Keywords that any other can contradict."""

_LIMITS: Final = frozenset({"type"}).union(_VALUES, *_RIVALS)
"""Keywords that can contradict those of another schema."""


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """Why no value fits a schema, and the keywords that say so, the most telling first."""

    message: str
    keywords: tuple[str, ...]
    hint: str | None = None


@rule("impossible-schema", "Some value fits each schema.", harmless=True)
def impossible_schema(index: Index) -> Faults:
    found: dict[Location, _Contradiction] = {}
    for at in index.schemas_where(_may_contradict):
        contradiction = _contradiction(index, at)
        if contradiction is not None:
            found[at] = contradiction
    for at, contradiction in found.items():
        # What is made of an impossible schema is so for that reason.
        if not found.keys() & {*parts(index, at)} - {at}:
            own = index.value(at)
            keywords = (*contradiction.keywords, "allOf", "anyOf", "oneOf")
            place = next((at / each for each in keywords if each in own), at)
            yield Fault(place, contradiction.message, contradiction.hint, key=True)


def _may_contradict(value: Mapping[str, Value]) -> bool:
    """Tell whether a schema says two things about the same; that is quick to see."""
    stated = value.keys()
    if len(stated) > 1 and not _VALUES.isdisjoint(stated):
        return True
    if any(len(rivals & stated) > 1 for rivals in _RIVALS):
        return True
    own = not _LIMITS.isdisjoint(stated)
    parts_of_it = sum(len(sequence(value.get(each))) for each in COMPOSING)
    return own + ("$ref" in value) + parts_of_it > 1


def _contradiction(index: Index, at: Location) -> _Contradiction | None:
    try:
        schema = index.schemas.effective(at)
        is_meant = any(node.always is False for node in schema.nodes)
        return None if is_meant else next(_contradictions(index, schema, at), None)
    except SchemaError:
        return None  # reported by itself


def _contradictions(
    index: Index, schema: Effective, at: Location
) -> Iterator[_Contradiction]:
    stated = [node.types for node in schema.nodes if node.types is not None]
    types = ALL_TYPES
    for each in stated:
        if not types & _with_integers(each):
            message = f"no value is both {_words(types)} and {_words(each)}"
            yield _Contradiction(message, ("type",))
            return
        types &= _with_integers(each)
    yield from _of_constants(index, schema, types, at)
    if not schema.types and schema.base_types:
        message = f"none of the alternatives is {_words(schema.base_types)}"
        yield _Contradiction(message, ("oneOf", "anyOf"))
    if schema.constants is None:
        yield from _of_numbers(schema)
        yield from _of_sizes(schema)


def _with_integers(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _of_constants(
    index: Index, schema: Effective, types: frozenset[str], at: Location
) -> Iterator[_Contradiction]:
    listed = [node.enum for node in schema.nodes if node.enum is not None]
    fixed = [node.const.value for node in schema.nodes if node.const is not None]
    constants = schema.constants
    if constants is None:
        return
    keyword = "const" if fixed else "enum"
    values = [fixed[0]] if fixed else [value for each in listed for value in each]
    if constants:
        if all(index.schemas.violations(at, value) for value in constants):
            message = f"no value of `{keyword}` fits the other keywords"
            yield _Contradiction(message, (keyword,))
    elif types.isdisjoint(map(type_of, values)):
        message = f"no value of `{keyword}` is {_words(types)}"
        is_quotable = types == {"string"} and not any(
            isinstance(value, list | dict) or value is None for value in values
        )
        hint = "put them in quotes" if len(values) > 1 else "put it in quotes"
        yield _Contradiction(message, (keyword,), hint if is_quotable else None)
    elif listed and fixed:
        message = f"`enum` does not have the value of `const`, {shown(fixed[0])}"
        yield _Contradiction(message, ("const",))
    else:
        yield _Contradiction("the lists of values have none in common", ("enum",))


def _of_numbers(schema: Effective) -> Iterator[_Contradiction]:
    least, is_least_out = _tighter(schema.minimum, schema.exclusive_minimum, max)
    most, is_most_out = _tighter(schema.maximum, schema.exclusive_maximum, min)
    if least is None or most is None:
        return
    is_empty = least > most or (least == most and (is_least_out or is_most_out))
    is_of_integers = schema.types == {"integer"}
    first = floor(least) + 1 if is_least_out else ceil(least)
    last = ceil(most) - 1 if is_most_out else floor(most)
    if is_empty or (is_of_integers and first > last):
        kind = "integer" if is_of_integers else "number"
        above = f"{'greater than' if is_least_out else 'at least'} {least}"
        below = f"{'less than' if is_most_out else 'at most'} {most}"
        message = f"no {kind} is both {above} and {below}"
        keywords = ("exclusiveMinimum", "minimum", "exclusiveMaximum", "maximum")
        yield _Contradiction(message, keywords[not is_least_out :])


def _tighter(
    inclusive: Number | None,
    exclusive: Number | None,
    tightest: Callable[[Decimal, Decimal], Decimal],
) -> tuple[Decimal | None, bool]:
    """Return the limit that counts, and whether its own value is out."""
    if exclusive is None:
        return (None if inclusive is None else exact(inclusive)), False
    out = exact(exclusive)
    if inclusive is None:
        return out, True
    found = tightest(exact(inclusive), out)
    return found, found == out


_SIZES: Final = {
    "Length": ("text has", "characters"),
    "Items": ("list has", "items"),
    "Properties": ("object has", "members"),
}
"""Endings of keywords that limit a size, with what they limit."""


def _of_sizes(schema: Effective) -> Iterator[_Contradiction]:
    for ending, (holder, measured) in _SIZES.items():
        least = schema.fewest(f"min_{ending.lower()}")
        most = schema.most(f"max_{ending.lower()}")
        if most is not None and least > most:
            message = f"no {holder} both at least {least} and at most {most} {measured}"
            yield _Contradiction(message, (f"min{ending}", f"max{ending}"))
    most = schema.most("max_properties")
    required = len(schema.required)
    if most is not None and required > most:
        message = f"{required} members are required, and at most {most} allowed"
        yield _Contradiction(message, ("maxProperties",))


_NAMES: Final = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def _words(types: frozenset[str]) -> str:
    shown_types = types - {"integer"} if "number" in types else types
    return " or ".join(_NAMES[name] for name in sorted(shown_types))

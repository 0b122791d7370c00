"""What a developer reads about an element: description, unit, limits and provenance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from decimal import Decimal

from engross.contract.facts import Facts, extension, mapping, optional_text, text
from engross.contract.ir import ADDITIONAL, Docs, Money, MoneyUnit, Provenance
from engross.contract.origins import Origins
from engross.contract.types import are_named_integers
from engross.data import dataclass
from engross.schema.composition import Effective
from engross.schema.schemas import Schemas
from engross.source import Location, Source


@dataclass(frozen=True, slots=True)
class Describer:
    """Reads descriptions and provenance of elements of one contract."""

    source: Source
    origins: Origins
    schemas: Schemas
    _of_members: dict[Effective, Docs] = field(default_factory=dict, repr=False)

    def docs(
        self, at: Location, *, summary: bool = False, schema: Effective | None = None
    ) -> Docs:
        """Return the docs of an element that is not a schema.

        What is written beside a `$ref` takes precedence over its target.

        Args:
            at: Location of the element.
            summary: Whether to include its summary.
            schema: Schema of its values. It supplies their limits, and the description
                of an element that has none.
        """
        here = mapping(self.source.value(at))
        there = mapping(self.source.value(self.source.follow(at)))
        facts = {**extension(there), **extension(here)}
        described = text(here.get("description") or there.get("description"))
        of_values = None if schema is None else self.of_schema(schema, described)
        return Docs(
            summary=(
                text(here.get("summary") or there.get("summary")) if summary else ""
            ),
            description=described or (of_values.description if of_values else ""),
            notes=of_values.notes if of_values else (),
            money=of_values.money if of_values else None,
            provenance=self.provenance(facts),
            deprecated=bool(here.get("deprecated") or there.get("deprecated")),
        )

    def of_schema(self, schema: Effective, description: str = "") -> Docs:
        """Return the docs of a schema; its own words take precedence over its target's.

        Args:
            schema: The schema.
            description: What to show in place of the schema's own description.
        """
        nearest = schema.nearest
        facts: dict[str, object] = {}
        for own in reversed(nearest):
            facts |= own.extension
        written = next((own.description for own in nearest if own.description), "")
        shown = text(description or written)
        return Docs(
            description=shown,
            notes=tuple(self._notes(schema, facts, shown)),
            money=_money(facts),
            provenance=self.provenance(facts),
            deprecated=any(own.deprecated for own in nearest),
        )

    def of_member(self, wire: str, schema: Effective) -> Docs:
        """Return the docs of a field of an object."""
        if wire == ADDITIONAL:
            return Docs(description="Other members, by their names on the wire.")
        found = self._of_members.get(schema)
        if found is None:
            found = self._of_members[schema] = self.of_schema(schema)
        return found

    def provenance(self, facts: Facts) -> Provenance:
        """Return the provenance that the `x-engross` object of an element states."""
        return self.origins.provenance(facts)

    def _notes(
        self, schema: Effective, facts: Facts, description: str
    ) -> Iterator[str]:
        """Yield unit, limits and default, as far as the description does not state them."""
        if facts:
            yield from _units(facts, description.lower())
        yield from _names_of_values(schema)
        if any(node.has_limits for node in schema.nodes):
            yield from _bounds(schema, description)
            yield from _sizes(schema, description)
        media_type = next(
            (
                own.content_media_type
                for own in schema.nearest
                if own.content_media_type
            ),
            "",
        )
        if media_type and not _states(description, media_type):
            yield f"Holds {media_type}."
        default = self.schemas.default(schema)
        value = None if default is None else default.value
        if isinstance(value, str | int) and not _states(description, value):
            yield f"Default: {value}."


def _units(facts: Facts, description: str) -> Iterator[str]:
    money = _money(facts)
    if money is not None:
        is_minor = money.unit is MoneyUnit.MINOR
        currency = f" of {money.currency}" if money.currency else ""
        unit = "smallest unit" if is_minor else "major units"
        if unit not in description:
            yield f"In {'the ' if is_minor else ''}{unit}{currency}."
    unit = str(facts.get("unit") or "")
    if unit and unit.lower() not in description:
        yield f"Unit: {unit}."


def _names_of_values(schema: Effective) -> Iterator[str]:
    """Yield the author's names for numbers that are no members of an enum."""
    names = schema.named_values
    if not names:
        return
    values = schema.constants or schema.known_values
    if are_named_integers(schema, tuple(v for v in values if v is not None)):
        return
    named = [
        f"{value} is {name}"
        for value, name in names
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    ]
    if named:
        yield f"{', '.join(named)}."


def _money(facts: Facts) -> Money | None:
    money = mapping(facts.get("money"))
    if not money:
        return None
    currency = optional_text(money.get("currency"))
    is_code = currency is not None and len(currency) == 3 and currency.isupper()
    return Money(MoneyUnit(str(money["unit"])), currency if is_code else None)


def _bounds(schema: Effective, description: str) -> Iterator[str]:
    bounds = (
        (schema.minimum, "Must be at least {}."),
        (schema.exclusive_minimum, "Must be greater than {}."),
        (schema.maximum, "Must be at most {}."),
        (schema.exclusive_maximum, "Must be less than {}."),
        *((step, "Must be a multiple of {}.") for step in schema.multiples),
    )
    for number, sentence in bounds:
        if number is not None and not _states(description, number):
            yield sentence.format(number)


def _sizes(schema: Effective, description: str) -> Iterator[str]:
    for unit, fewest, most in (
        ("character", schema.fewest("min_length"), schema.most("max_length")),
        ("item", schema.fewest("min_items"), schema.most("max_items")),
    ):
        if fewest == 1 and not (_states(description, 1) or "empty" in description):
            yield "Must not be empty."
        if fewest > 1 and not _states(description, fewest):
            yield f"At least {fewest} {unit}s."
        if most is not None and not _states(description, most):
            yield f"At most {most} {unit}{'' if most == 1 else 's'}."


def _states(description: str, value: object) -> bool:
    """Return whether a description states a value, in digits or, up to two, as a word."""
    spelled = rf"(?<![\w.]){re.escape(str(value))}(?!\w|\.\d)"
    word = _WORDS.get(str(value))
    if word is not None:
        spelled = rf"{spelled}|\b{word}\b"
    return re.search(spelled, description, re.IGNORECASE) is not None


_WORDS = {"0": "zero", "1": "one", "2": "two"}

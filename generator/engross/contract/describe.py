"""What a developer is told about an element: descriptions, limits and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engross.contract.facts import Facts, extension, mapping, text
from engross.contract.ir import Docs, Provenance
from engross.contract.origins import Origins
from engross.schema.composition import Effective
from engross.source import Location, Source


@dataclass(frozen=True, slots=True)
class Describer:
    """Reads descriptions and provenance of elements of one contract."""

    source: Source
    origins: Origins

    def docs(
        self, at: Location, *, summary: bool = False, schema: Effective | None = None
    ) -> Docs:
        """Return the docs of an element that is no schema.

        What is written beside a `$ref` comes before what its target says.

        Args:
            at: where the element is.
            summary: whether its summary is wanted.
            schema: the schema of its values, which has their limits and, if the element
                itself has no description, may have one.
        """
        here = mapping(self.source.value(at))
        there = mapping(self.source.value(self.source.follow(at)))
        facts = {**extension(there), **extension(here)}
        said = None if schema is None else self.of_schema(schema)
        described = text(here.get("description") or there.get("description"))
        return Docs(
            summary=(
                text(here.get("summary") or there.get("summary")) if summary else ""
            ),
            description=described or (said.description if said else ""),
            notes=said.notes if said else (),
            provenance=self.provenance(facts),
            deprecated=bool(here.get("deprecated") or there.get("deprecated")),
        )

    def of_schema(self, schema: Effective) -> Docs:
        """Return the docs of a schema; its own words come before those of its target."""
        said = schema.nearest
        facts: dict[str, object] = {}
        for own in reversed(said):
            facts |= own.extension
        description = next((own.description for own in said if own.description), "")
        return Docs(
            description=text(description),
            notes=tuple(_notes(schema, facts)),
            provenance=self.provenance(facts),
            deprecated=any(own.deprecated for own in said),
        )

    def provenance(self, facts: Facts) -> Provenance:
        """Return where an element comes from, by its `x-engross` object."""
        return self.origins.provenance(facts)


def _notes(schema: Effective, facts: Facts) -> Iterator[str]:
    money = mapping(facts.get("money"))
    if money:
        currency = money.get("currency")
        known = str(currency) if _is_code(currency) else "its currency"
        unit = "the smallest unit" if money.get("unit") == "minor" else "units"
        yield f"Money in {unit} of {known}."
    if facts.get("unit"):
        yield f"Unit: {facts['unit']}."
    yield from _limits(schema)
    default = next((a.default for a in schema.nearest if a.default), None)
    if default is not None and isinstance(default.value, str | int):
        yield f"Default: {default.value}."


def _is_code(currency: object) -> bool:
    return isinstance(currency, str) and len(currency) == 3 and currency.isupper()


def _limits(schema: Effective) -> Iterator[str]:
    limits = (
        (schema.minimum, "At least {}."),
        (schema.exclusive_minimum, "Greater than {}."),
        (schema.maximum, "At most {}."),
        (schema.exclusive_maximum, "Less than {}."),
    )
    for number, sentence in limits:
        if number is not None:
            yield sentence.format(number)
    for step in schema.multiples:
        yield f"A multiple of {step}."
    for unit, fewest, most in (
        ("character", schema.fewest("min_length"), schema.most("max_length")),
        ("item", schema.fewest("min_items"), schema.most("max_items")),
    ):
        if fewest:
            yield f"At least {_counted(fewest, unit)}."
        if most is not None:
            yield f"At most {_counted(most, unit)}."


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

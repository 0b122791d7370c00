"""What a developer is told about an element: descriptions, limits and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engross.contract.ir import Discrepancy, Docs, Provenance, Reference, SourceDocument
from engross.schema.composition import Effective
from engross.source import Location, Source
from engross.source.pointer import Pointer

Facts = Mapping[str, object]


def mapping(value: object) -> Facts:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> tuple[object, ...]:
    """The value's items if it is a list, else the value itself unless it is absent."""
    if isinstance(value, list):
        return tuple(value)
    return () if value is None else (value,)


def extension(value: object) -> Facts:
    """The `x-engross` object of an element."""
    return mapping(mapping(value).get("x-engross"))


def text(value: object) -> str:
    """A description as one string; blocks of YAML keep their line ends."""
    return value.strip() if isinstance(value, str) else ""


def pointer(value: object) -> Pointer:
    """Return the JSON pointer that a text is; the empty one where there is none."""
    return Pointer.parse(value) if isinstance(value, str) else Pointer()


def optional_text(value: object) -> str | None:
    """A string, or None where there is none."""
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Describer:
    """Reads descriptions and provenance of elements of one contract."""

    source: Source
    documents: Mapping[str, SourceDocument]
    references: Mapping[str, Reference]
    discrepancies: Mapping[str, Discrepancy]

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
        """Where an element stands, from its `x-engross` object."""
        lines = optional_text(facts.get("lines"))
        document: str | None = None
        if lines is not None and self.documents:
            key = facts.get("document")
            chosen = (
                self.documents.get(str(key))
                if key
                else next(iter(self.documents.values()))
            )
            document = chosen.title if chosen else None
        given = facts.get("supplement")
        supplement = mapping(given) if isinstance(given, dict) else {"from": given}
        origin = supplement.get("from")
        reference = self.references.get(str(origin)) if origin is not None else None
        confidence = "documented" if given is None else "supplemented"
        return Provenance(
            lines=lines,
            document=document,
            supplement=reference.title if reference else None,
            confidence=str(supplement.get("confidence") or confidence),
            because=optional_text(supplement.get("because")),
            discrepancies=tuple(
                self.discrepancies[str(name)]
                for name in sequence(facts.get("discrepancy"))
                if str(name) in self.discrepancies
            ),
        )


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

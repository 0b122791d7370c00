"""What a developer is told about an element: descriptions, limits and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engross.contract.ir import Discrepancy, Docs, Provenance, Reference, SourceDocument
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


def states(source: Source, at: Location, keyword: str) -> bool:
    """Whether the schema at a location, or what it refers to, says yes to a keyword."""
    here, there = source.value(at), source.value(source.follow(at))
    return mapping(here).get(keyword) is True or mapping(there).get(keyword) is True


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

    def docs(self, at: Location, *, summary: bool = False) -> Docs:
        """Docs of the element at a location; what stands beside a `$ref` goes before its target."""
        here = mapping(self.source.value(at))
        there = mapping(self.source.value(self.source.follow(at)))
        # Parameters and headers keep their limits in a schema of their own.
        schema = mapping(there.get("schema"))
        if "$ref" in schema:
            schema = mapping(
                self.source.value(self.source.follow(self.source.follow(at) / "schema"))
            )
        facts = {**extension(there), **extension(here)}
        heading = text(here.get("summary") or there.get("summary")) if summary else ""
        described = here.get("description") or there.get("description")
        return Docs(
            summary=heading,
            description=text(described or schema.get("description")),
            notes=tuple(
                _notes({**schema, **there, **here}, {**extension(schema), **facts})
            ),
            provenance=self.provenance(facts),
            deprecated=bool(here.get("deprecated") or there.get("deprecated")),
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


def _notes(schema: Facts, facts: Facts) -> Iterator[str]:
    money = mapping(facts.get("money"))
    if money:
        currency = money.get("currency")
        known = str(currency) if _is_code(currency) else "its currency"
        unit = "the smallest unit" if money.get("unit") == "minor" else "units"
        yield f"Money in {unit} of {known}."
    if facts.get("unit"):
        yield f"Unit: {facts['unit']}."
    yield from _limits(schema)
    if "default" in schema and isinstance(schema["default"], str | int | bool):
        yield f"Default: {schema['default']}."


def _is_code(currency: object) -> bool:
    return isinstance(currency, str) and len(currency) == 3 and currency.isupper()


def _limits(schema: Facts) -> Iterator[str]:
    spans = (
        ("minimum", "At least {}."),
        ("exclusiveMinimum", "Greater than {}."),
        ("maximum", "At most {}."),
        ("exclusiveMaximum", "Less than {}."),
        ("multipleOf", "A multiple of {}."),
        ("minLength", "At least {} characters."),
        ("maxLength", "At most {} characters."),
        ("minItems", "At least {} items."),
        ("maxItems", "At most {} items."),
    )
    for keyword, sentence in spans:
        if keyword in schema:
            line = sentence.format(schema[keyword])
            yield line.replace(" 1 items", " 1 item").replace(
                " 1 characters", " 1 character"
            )

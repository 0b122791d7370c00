"""Where a contract comes from: documents, references and discrepancies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engross.contract.facts import (
    Facts,
    entries,
    mapping,
    optional_text,
    sequence,
    text,
)
from engross.contract.ir import (
    Confidence,
    Discrepancy,
    DiscrepancyKind,
    Provenance,
    Publisher,
    Reference,
    SourceDocument,
)
from engross.data import dataclass
from engross.source import Location, Source

_DOCUMENTED: Final = Provenance()
"""That of an element without an `x-engross`."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The sources of a contract's elements, by id."""

    documents: Mapping[str, SourceDocument]
    references: Mapping[str, Reference]
    discrepancies: Mapping[str, Discrepancy]

    @classmethod
    def of(cls, own: Facts) -> Origins:
        """Return the sources that the document's `x-engross` lists."""
        return cls(
            documents={
                key: SourceDocument(
                    key,
                    str(facts.get("title")),
                    str(facts.get("file")),
                    str(facts.get("sha256")),
                )
                for key, facts in entries(own.get("documents"))
            },
            references={
                key: Reference(
                    key,
                    str(facts.get("title")),
                    str(facts.get("url")),
                    Publisher(text(facts.get("publisher"))),
                )
                for key, facts in entries(own.get("references"))
            },
            discrepancies={
                key: Discrepancy(
                    id=key,
                    kind=DiscrepancyKind(text(facts.get("kind"))),
                    lines=optional_text(facts.get("lines")),
                    says=text(facts.get("says")),
                    chosen=text(facts.get("chosen")),
                    because=text(facts.get("because")),
                    caller=text(facts.get("caller")),
                )
                for key, facts in entries(own.get("discrepancies"))
            },
        )

    def provenance(self, own: Facts) -> Provenance:
        """Return where an element comes from, by its `x-engross` object."""
        if not own:
            return _DOCUMENTED
        lines = optional_text(own.get("lines"))
        given = own.get("supplement")
        supplement = mapping(given) if isinstance(given, dict) else {"from": given}
        reference = self.references.get(str(supplement.get("from")))
        confidence = Confidence.DOCUMENTED if given is None else Confidence.SUPPLEMENTED
        return Provenance(
            lines=lines,
            document=self._title(own) if lines is not None else None,
            supplement=reference.title if reference else None,
            confidence=Confidence(str(supplement.get("confidence") or confidence)),
            because=optional_text(supplement.get("because")),
            discrepancies=tuple(
                self.discrepancies[str(name)]
                for name in sequence(own.get("discrepancy"))
                if str(name) in self.discrepancies
            ),
        )

    def _title(self, own: Facts) -> str | None:
        """Return the title of the document that an element has its lines in."""
        first = next(iter(self.documents), None)
        document = self.documents.get(str(own.get("document") or first))
        return document.title if document else None


def line_comments(source: Source) -> Mapping[Location, str]:
    """Return the lines of the provider's document for each element that states them."""
    found = ((at, mapping(source.value(at)).get("lines")) for at in source.extensions())
    return {
        at.parent: f"line{'' if str(lines).isdigit() else 's'} {lines}"
        for at, lines in found
        if lines is not None and at.document == source.entry
    }

"""Where a fact comes from, beside the lines that state it."""

from collections.abc import Iterator, Mapping, Sequence

from engross.audit.document_text import DocumentText
from engross.audit.fact_lookup import FactLookup
from engross.audit.facts import proposed_lines, stated_words
from engross.contract.citations import Citation, citations, written_ranges
from engross.contract.index import EXTENSION, Index, mapping
from engross.contract.origins import Origins
from engross.data import dataclass
from engross.findings import split_lines, visible
from engross.source import Location

_MOST_LINES = 12
"""Lines of the contract that are shown."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains places of one contract.

    Attributes:
        texts: The documents that are at hand, by id.
    """

    index: Index
    lookup: FactLookup
    texts: Mapping[str, DocumentText]

    def text(self, at: Location) -> str:
        """Return what is known about the origin of a place."""
        span = self.index.source.span(at, key=bool(at.tokens))
        end = self.index.source.span(at).end.line
        place = f"{span.file}:{span.start.line}"
        blocks = [[f"{self.lookup.label(at)}  {place}"]]
        blocks.append([*self._contract(at.document, span.start.line, end)])
        cited = self._cited(at)
        blocks += [[*self._citation(citation)] for citation in cited]
        blocks.append([*self._other_sources(at)])
        if not cited:
            blocks.append([*self._proposals(at)])
        shown = ["\n".join(block) for block in blocks if block]
        return "\n\n".join(shown) + "\n"

    def _contract(self, document: str, first: int, last: int) -> Iterator[str]:
        lines = split_lines(self.index.source.text(document))
        shown = lines[first - 1 : min(last, first - 1 + _MOST_LINES)]
        yield from _listing(shown, first)
        if last - first >= _MOST_LINES:
            yield f"  {last - first + 1 - _MOST_LINES} more lines"

    def _cited(self, at: Location) -> list[Citation]:
        """Return the citations of a place and its parts, else of what is around it.

        What has a supplement of its own is not stated by what is around it.
        """
        found = citations(self.index)
        own = [
            citation
            for citation in found
            if citation.element == at or _is_within(citation.at, at / EXTENSION)
        ]
        has_source = "supplement" in mapping(self.index.value(at).get(EXTENSION))
        while not own and at.tokens and not has_source:
            at = at.parent
            own = [citation for citation in found if citation.element == at]
        return own

    def _citation(self, citation: Citation) -> Iterator[str]:
        facts = mapping(self.index.named("documents").get(citation.document))
        title = visible(str(facts.get("title")))
        name = self.lookup.label(citation.element)
        lines = written_ranges(citation.ranges)
        noun = f"line{'' if lines.isdigit() else 's'}"
        yield f"{title}, {noun} {lines}, for {name}:"
        text = self.texts.get(citation.document)
        if text is None:
            yield "  --documents DIR shows them"
        elif text.sha256 != facts.get("sha256"):
            yield "  the file is another version than the contract states"
        else:
            for each in citation.ranges:
                yield from _listing(text.lines[each.first - 1 : each.last], each.first)

    def _other_sources(self, at: Location) -> Iterator[str]:
        value = self.index.value(at)
        own = mapping(value.get(EXTENSION)) or value
        origin = Origins.of(self.index.extension).provenance(own)
        if origin.supplement is not None:
            yield visible(f"Supplement: {origin.supplement}")
        if origin.because is not None:
            yield visible(f"Because: {origin.because}")
        for discrepancy in origin.discrepancies:
            yield visible(f"Discrepancy {discrepancy.id}: {discrepancy.says}")
            yield visible(f"  chosen: {discrepancy.chosen}")

    def _proposals(self, at: Location) -> Iterator[str]:
        words = stated_words(self.index, at)
        for name, text in self.texts.items():
            lines = proposed_lines(words, text.lines)
            if lines:
                where = written_ranges(lines)
                noun = f"line{'' if where.isdigit() else 's'}"
                yield f"It cites no lines. Its name is in {noun} {where} of {name}:"
                for each in lines:
                    yield from _listing(
                        text.lines[each.first - 1 : each.last], each.first
                    )


def _listing(lines: Sequence[str], first: int) -> Iterator[str]:
    """Yield lines with their numbers."""
    for number, line in enumerate(lines, first):
        text = "\t".join(map(visible, line.split("\t")))
        yield f" {number:>4} | {text}".rstrip()


def _is_within(at: Location, outer: Location) -> bool:
    size = len(outer.tokens)
    return at.document == outer.document and at.tokens[:size] == outer.tokens

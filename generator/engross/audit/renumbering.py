"""The numbers of lines in a contract, brought up to date with a newer document."""

from collections.abc import Iterator

from engross.audit.document_text import DocumentText
from engross.audit.line_changes import LineChanges
from engross.audit.rereading import ranges_now
from engross.contract.citations import (
    citations,
    considered,
    written_ranges,
)
from engross.contract.index import EXTENSION, Index
from engross.findings import Span
from engross.source.text_edits import Edit


def renumbering(
    index: Index, document: str, changes: LineChanges, text: DocumentText
) -> tuple[Edit, ...]:
    """Return the edits that make a contract state a newer version of a document.

    Lines that are nowhere in it keep their numbers.
    """
    return tuple(sorted(set(_edits(index, document, changes, text))))


def _edits(
    index: Index, document: str, changes: LineChanges, text: DocumentText
) -> Iterator[Edit]:
    source = index.source
    for citation in (*citations(index), *considered(index)):
        now = ranges_now(citation.ranges, changes)
        if citation.document == document and now and now != citation.ranges:
            span = source.span(citation.written)
            written = written_ranges(now)
            yield Edit(span, _quoted(written, span, needed="," in written))
    at = source.root / EXTENSION / "documents" / document
    span = source.span(at / "sha256")
    like_number = text.sha256.replace("e", "").isdigit()
    yield Edit(span, _quoted(text.sha256, span, needed=like_number))
    yield Edit(source.span(at / "lines"), str(len(text.lines)))


def _quoted(text: str, span: Span, *, needed: bool) -> str:
    """Return a text as its file writes it; YAML quotes what it would read otherwise."""
    is_json = span.file.endswith(".json") and not text.isdigit()
    return f'"{text}"' if needed or is_json else text

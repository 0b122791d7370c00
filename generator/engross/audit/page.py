"""An audit as one page of HTML: the lines of documents beside what cites them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from engross.audit.contract_audit import ContractAudit, DocumentAudit
from engross.audit.document_text import DocumentText
from engross.audit.labels import Labels
from engross.contract.citations import (
    Citation,
    citations,
    considered,
    written_ranges,
)
from engross.contract.index import EXTENSION, Index, mapping
from engross.findings import Finding, Span


class LineState(StrEnum):
    """What is known of a line."""

    CITED = "cited"
    CONSIDERED = "considered"
    BLANK = "blank"
    UNREAD = "not cited"
    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"


_PROBLEMS = (LineState.UNREAD, LineState.CHANGED, LineState.GONE, LineState.NEW)


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract that was audited; `result` and `index` are missing if it is invalid."""

    provider: str
    findings: Sequence[Finding]
    index: Index | None
    result: ContractAudit | None
    texts: Mapping[str, DocumentText]


@dataclass(frozen=True, slots=True)
class CitingView:
    """Something that cites lines."""

    id: str
    label: str
    place: str
    lines: str
    first: str
    """The anchor of its first line."""
    note: str
    is_discrepancy: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a document, and what cites it, the narrowest first."""

    id: str
    number: str
    text: str
    state: LineState
    is_problem: bool
    citing: tuple[CitingView, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document."""

    id: str
    title: str
    note: str
    counts: tuple[tuple[str, int], ...]
    lines: tuple[LineView, ...]
    citing: tuple[CitingView, ...]


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract with its findings."""

    id: str
    provider: str
    findings: tuple[tuple[str, str, str, str], ...]
    """Severity, rule, place and message of each."""
    documents: tuple[DocumentView, ...]


def audit_page(subjects: Iterable[Subject]) -> str:
    """Return the page; it has the text of documents that are at hand, and of no others."""
    contracts = [_contract(subject) for subject in subjects]
    return _template().render(contracts=contracts) + "\n"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    path = Path(__file__).with_name("page.html.jinja")
    return environment.from_string(path.read_text(encoding="utf-8"))


def _contract(subject: Subject) -> ContractView:
    documents: tuple[DocumentView, ...] = ()
    if subject.index is not None and subject.result is not None:
        documents = tuple(
            _Page(subject.provider, subject.index, document, subject.texts).view()
            for document in subject.result.documents
        )
    findings = tuple(
        (each.severity.value, each.rule, _place(each.span), each.message)
        for each in subject.findings
    )
    return ContractView(subject.provider, subject.provider, findings, documents)


class _Page:
    """The view of one document."""

    def __init__(
        self,
        provider: str,
        index: Index,
        document: DocumentAudit,
        texts: Mapping[str, DocumentText],
    ) -> None:
        self._id = f"{provider}.{document.id}"
        self._index = index
        self._document = document
        self._facts = mapping(index.named("documents").get(document.id))
        self._changes = document.changes
        text = texts.get(document.id)
        is_known = text is not None and (
            self._changes is not None or text.sha256 == self._facts.get("sha256")
        )
        self._text = text.lines if text is not None and is_known else ()
        self._labels = Labels(index.source)
        self._changed = {each.citation.at for each in document.rereadings}
        self._cited = self._of(citations(index))
        self._considered = self._of(considered(index))
        self._views = {
            citation.at: self._citing(number, citation)
            for number, citation in enumerate((*self._cited, *self._considered), 1)
        }

    def view(self) -> DocumentView:
        """Return the view."""
        lines = tuple(self._lines())
        counts = tuple(
            (state.value, number)
            for state in LineState
            if (number := sum(line.state is state for line in lines))
        )
        note = "" if self._text else "The text is shown if the document is at hand."
        if self._changes is not None:
            note = "This is a newer version than the contract states."
        title = str(self._facts.get("title"))
        citing = tuple(self._views.values())
        return DocumentView(self._id, title, note, counts, lines, citing)

    def _of(self, found: Iterable[Citation]) -> tuple[Citation, ...]:
        return tuple(each for each in found if each.document == self._document.id)

    def _citing(self, number: int, citation: Citation) -> CitingView:
        facts = self._index.value(citation.at)
        is_discrepancy = citation.at.tokens[:2] == (EXTENSION, "discrepancies")
        note = str(facts.get("because", "")) if "because" in facts else ""
        if is_discrepancy:
            note = f"{facts.get('says')} Chosen: {facts.get('chosen')}"
        elif "discrepancy" in facts:
            names = facts["discrepancy"]
            listed = names if isinstance(names, list) else [names]
            note = f"discrepancies: {', '.join(map(str, listed))}"
        first = citation.ranges[0].first if citation.ranges else 1
        return CitingView(
            id=f"{self._id}.c{number}",
            label=self._labels.of(citation.element),
            place=_place(self._index.source.span(citation.written)),
            lines=written_ranges(citation.ranges),
            first=self._anchor(first),
            note=note,
            is_discrepancy=is_discrepancy or "discrepancy" in facts,
            is_changed=citation.at in self._changed,
        )

    def _anchor(self, line: int) -> str:
        """Return the anchor of a line of the version that the contract states."""
        return f"{self._id}.l{line}"

    def _lines(self) -> Iterator[LineView]:
        """Yield the lines of the newest version; those that are gone after their neighbors."""
        changes = self._changes
        if changes is None:
            for line in range(1, self._count() + 1):
                yield self._line(line, line)
            return
        old_of = {new: old for old, new in {**changes.changed, **changes.kept}.items()}
        gone_after: dict[int, list[int]] = {}
        before = 0
        for line in changes.old_order:
            if line in changes.gone:
                gone_after.setdefault(before, []).append(line)
            else:
                before = line
        for new in range(len(self._text) + 1):
            old = old_of.get(new)
            if new:
                yield self._line(old, new)
            for gone in gone_after.get(0 if not new else old or -1, ()):
                yield self._line(gone, None)

    def _line(self, old: int | None, new: int | None) -> LineView:
        """Return a line that was `old` when it was read, and is `new` now."""
        citing = self._citing_line(old)
        state = self._state(old, new, citing)
        number = old if self._changes is None else new
        text = ""
        if new is not None and new <= len(self._text):
            text = self._text[new - 1]
        return LineView(
            id=self._anchor(old) if old else f"{self._id}.n{new}",
            number="" if number is None else str(number),
            text=text,
            state=state,
            is_problem=state in _PROBLEMS,
            citing=citing,
        )

    def _state(
        self, old: int | None, new: int | None, citing: tuple[CitingView, ...]
    ) -> LineState:
        changes = self._changes
        if changes is not None and new in changes.new:
            return LineState.NEW
        if new is None:
            return LineState.GONE
        if changes is not None and old in changes.changed:
            return LineState.CHANGED
        if self._text and not self._text[new - 1].strip():
            return LineState.BLANK
        coverage = self._document.coverage
        if coverage is None:  # nothing is locked
            return LineState.CITED if citing else LineState.UNREAD
        for state, lines in (
            (LineState.BLANK, coverage.blank),
            (LineState.CITED, coverage.cited),
            (LineState.CONSIDERED, coverage.considered),
        ):
            if old in lines:
                return state
        return LineState.UNREAD

    def _citing_line(self, line: int | None) -> tuple[CitingView, ...]:
        found = [each for each in (*self._cited, *self._considered) if _has(each, line)]
        found.sort(key=lambda each: _extent(each, line))
        return tuple(self._views[each.at] for each in found)

    def _count(self) -> int:
        lines = self._facts.get("lines")
        return lines if isinstance(lines, int) else 0


def _has(citation: Citation, line: int | None) -> bool:
    return line is not None and any(line in each for each in citation.ranges)


def _extent(citation: Citation, line: int | None) -> int:
    """Return the number of lines of the range that has a line."""
    return min(
        len(each.lines) for each in citation.ranges if line is None or line in each
    )


def _place(span: Span | None) -> str:
    return "" if span is None else f"{span.file}:{span.start.line}"

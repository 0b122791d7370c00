"""An audit as one page of HTML: the lines of documents beside what cites them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from engross.audit.contract_audit import ContractAudit, DocumentAudit, is_nearly_all
from engross.audit.document_text import DocumentText
from engross.audit.labels import Labels
from engross.contract.citations import (
    Citation,
    citations,
    considered,
)
from engross.contract.index import EXTENSION, Index, mapping, strings
from engross.data import dataclass
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


class CitingKind(StrEnum):
    """What cites lines."""

    ELEMENT = "element"
    DISCREPANCY = "discrepancy"
    CONSIDERED = "considered"


@dataclass(frozen=True, slots=True)
class LinkView:
    """A text that leads to a place of the page, if it has one."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class CitingView:
    """Something that cites lines.

    Attributes:
        id: Its anchor.
        place: File and line of the contract.
        ranges: The lines, each range with the anchor of its first one.
        facts: What the contract says of it: terms and texts.
        discrepancies: Those that concern it.
        is_changed: Whether it must be read again.
    """

    id: str
    kind: CitingKind
    label: str
    place: str
    ranges: tuple[LinkView, ...]
    facts: tuple[tuple[str, str], ...]
    discrepancies: tuple[LinkView, ...]
    is_changed: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a document.

    Attributes:
        id: Its anchor.
        number: Its number, if it is in the newest version.
        cited_as: Its number in the version that the contract cites, if it is there.
        begins: What cites it and not the line before, and what alone is still about it.
        is_disputed: Whether a discrepancy cites it.
    """

    id: str
    number: int | None
    cited_as: int | None
    text: str
    state: LineState
    is_problem: bool
    begins: tuple[CitingView, ...]
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """Lines in a row that are alike, for a picture of the coverage; the first is 0."""

    state: LineState
    is_problem: bool
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document."""

    id: str
    title: str
    note: str
    has_text: bool
    counts: tuple[tuple[LineState, int], ...]
    runs: tuple[RunView, ...]
    lines: tuple[LineView, ...]
    citing: tuple[CitingView, ...]
    discrepancies: int
    problems: int


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding."""

    severity: str
    rule: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract with its findings."""

    provider: str
    findings: tuple[FindingView, ...]
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
        FindingView(each.severity.value, each.rule, _place(each.span), each.message)
        for each in subject.findings
    )
    return ContractView(subject.provider, findings, documents)


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
        self._anchors = {
            citation.at: f"{self._id}.c{number}"
            for number, citation in enumerate((*self._cited, *self._considered), 1)
        }
        self._views = {
            citation.at: self._citing(citation, kind)
            for kind, found in (
                (CitingKind.ELEMENT, self._cited),
                (CitingKind.CONSIDERED, self._considered),
            )
            for citation in found
        }

    def view(self) -> DocumentView:
        """Return the view."""
        lines = tuple(self._lines())
        note = ""
        if self._changes is not None:
            note = "This is a newer version than the one that the contract cites."
        elif not self._text:
            note = "The text is not in this page; --documents DIR adds it."
        citing = tuple(self._views.values())
        return DocumentView(
            id=self._id,
            title=str(self._facts.get("title")),
            note=note,
            has_text=bool(self._text),
            counts=tuple(
                (state, number)
                for state in LineState
                if (number := sum(line.state is state for line in lines))
            ),
            runs=tuple(_runs(lines)),
            lines=lines,
            citing=citing,
            discrepancies=sum(each.kind is CitingKind.DISCREPANCY for each in citing),
            problems=sum(line.is_problem for line in lines),
        )

    def _of(self, found: Iterable[Citation]) -> tuple[Citation, ...]:
        return tuple(each for each in found if each.document == self._document.id)

    def _citing(self, citation: Citation, kind: CitingKind) -> CitingView:
        facts = self._index.value(citation.at)
        label = self._labels.of(citation.element)
        terms = {"because": "Because"}
        discrepancies = self._index.source.root / EXTENSION / "discrepancies"
        if citation.at.parent == discrepancies:
            kind, label = CitingKind.DISCREPANCY, str(citation.at.tokens[-1])
            terms = {
                "says": "Document",
                "chosen": "Chosen",
                **terms,
                "caller": "Callers",
            }
        elif kind is CitingKind.CONSIDERED:
            label = "States no fact"
        return CitingView(
            id=self._anchors[citation.at],
            kind=kind,
            label=label,
            place=_place(self._index.source.span(citation.written)),
            ranges=tuple(
                LinkView(str(each), self._anchor(each.first))
                for each in citation.ranges
            ),
            facts=tuple(
                (term, str(facts[key])) for key, term in terms.items() if key in facts
            )
            + tuple(
                ("Coverage", f"{each} is nearly all, so it accounts for no line.")
                for each in citation.ranges
                if is_nearly_all(each, self._count())
            ),
            discrepancies=tuple(
                LinkView(name, self._anchors.get(discrepancies / name, ""))
                for name in strings(facts.get("discrepancy"))
            ),
            is_changed=citation.at in self._changed,
        )

    def _anchor(self, line: int) -> str:
        """Return the anchor of a line of the version that the contract states."""
        return f"{self._id}.l{line}"

    def _lines(self) -> Iterator[LineView]:
        """Yield the lines, each with what cites it and not the one before."""
        before: tuple[CitingView, ...] = ()
        for old, new in self._numbers():
            citing = self._citing_line(old)
            line = self._line(old, new, citing, before)
            if line.state is LineState.BLANK:
                yield replace(line, begins=())
            else:
                yield line
                before = citing

    def _numbers(self) -> Iterator[tuple[int | None, int | None]]:
        """Yield the numbers of lines as they are cited and as they are in the newest version.

        Those that are gone come after their neighbors.
        """
        changes = self._changes
        if changes is None:
            yield from ((line, line) for line in range(1, self._count() + 1))
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
                yield old, new
            for gone in gone_after.get(0 if not new else old or -1, ()):
                yield gone, None

    def _line(
        self,
        old: int | None,
        new: int | None,
        citing: tuple[CitingView, ...],
        before: tuple[CitingView, ...],
    ) -> LineView:
        state = self._state(old, new, citing)
        is_news = citing[:1] != before[:1]
        return LineView(
            id=self._anchor(old) if old else f"{self._id}.n{new}",
            number=new,
            cited_as=old,
            text="".join(self._text[new - 1 : new]) if new is not None else "",
            state=state,
            is_problem=state in _PROBLEMS,
            begins=tuple(
                each
                for place, each in enumerate(citing)
                if each not in before or (is_news and not place)
            ),
            is_disputed=any(each.kind is CitingKind.DISCREPANCY for each in citing),
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


def _runs(lines: Iterable[LineView]) -> Iterator[RunView]:
    first = 0
    for (state, is_problem), run in groupby(
        lines, key=lambda line: (line.state, line.is_problem)
    ):
        count = len(list(run))
        yield RunView(state, is_problem, first, count)
        first += count


def _has(citation: Citation, line: int | None) -> bool:
    return line is not None and any(line in each for each in citation.ranges)


def _extent(citation: Citation, line: int | None) -> int:
    """Return the number of lines of the range that has a line."""
    return min(
        len(each.lines) for each in citation.ranges if line is None or line in each
    )


def _place(span: Span | None) -> str:
    return "" if span is None else f"{span.file}:{span.start.line}"

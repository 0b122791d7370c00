"""A contract against the provider's documents: as they were read, and as they are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from engross.audit.document_text import DocumentText
from engross.audit.facts import absent_words, proposed_lines, stated_words
from engross.audit.labels import Labels
from engross.audit.line_changes import LineChanges, line_changes
from engross.audit.lock import Lock, LockedDocument
from engross.audit.rereading import Rereading, rereadings, unplaced
from engross.contract.citations import (
    Citation,
    LineRange,
    citations,
    considered,
    ranges_of,
    written_ranges,
)
from engross.contract.index import EXTENSION, Index, mapping, strings
from engross.data import dataclass
from engross.findings import Finding, Severity, in_order
from engross.source import Location, Source, Value

_NEARLY_ALL: Final = 0.9
"""Part of a document from which a range accounts for no line of it."""

_FEW: Final = 10
"""Lines of a document that can be read at once."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the lines of a document are; each is one of these."""

    cited: frozenset[int]
    considered: frozenset[int]
    blank: frozenset[int]
    unread: frozenset[int]

    @property
    def total(self) -> int:
        """The number of all lines."""
        return len(self.cited | self.considered | self.blank | self.unread)


@dataclass(frozen=True, slots=True)
class DocumentAudit:
    """What became of one document.

    Attributes:
        id: Its id in the contract.
        coverage: Its lines, if they are known.
        changes: What another version of it has in place of each line, if it is at hand.
        rereadings: What must be read again because of that.
    """

    id: str
    coverage: Coverage | None = None
    changes: LineChanges | None = None
    rereadings: tuple[Rereading, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractAudit:
    """What an audit of a contract found."""

    findings: tuple[Finding, ...]
    documents: tuple[DocumentAudit, ...]


def audit(
    index: Index,
    provider: str,
    lock: Lock | None,
    texts: Mapping[str, DocumentText],
) -> ContractAudit:
    """Compare a contract with the documents that it lists.

    Args:
        index: The contract, whose own checks have passed.
        provider: What the command calls it.
        lock: Its lock file, if there is one.
        texts: The documents that are at hand, by id.
    """
    return _Audit(index, provider, lock, texts).result()


def differences(
    source: Source, at: Location, facts: Mapping[str, Value], text: DocumentText
) -> Iterator[Finding]:
    """Yield what a contract says of a document and is not so of the text at hand."""
    if facts.get("sha256") != text.sha256:
        message = f"the file is another one: its SHA-256 is {text.sha256}"
        hint = "compare it with the contract, then write its new digest here"
        yield Finding("other-document", message, source.span(at / "sha256"), hint)
    count = len(text.lines)
    if facts.get("lines") != count:
        message = f"the file has {count} lines"
        yield Finding("other-document", message, source.span(at / "lines"))


class _Audit:
    """One run over one contract."""

    def __init__(
        self,
        index: Index,
        provider: str,
        lock: Lock | None,
        texts: Mapping[str, DocumentText],
    ) -> None:
        self._index = index
        self._source = index.source
        self._listed = index.named("documents")
        self._at = index.source.root / EXTENSION / "documents"
        self._provider = provider
        self._lock = lock
        self._texts = texts
        self._labels = Labels(index.source)
        self._cited = citations(index)
        self._considered = considered(index)

    def result(self) -> ContractAudit:
        """Return all findings, and what became of each document."""
        findings = [*self._of_lock()]
        documents: list[DocumentAudit] = []
        for name, listed in self._listed.items():
            documents.append(self._document(name, mapping(listed), findings))
        return ContractAudit(in_order(findings), tuple(documents))

    def _of_lock(self) -> Iterator[Finding]:
        """Yield what is wrong with the lock file as a whole."""
        if not self._listed:
            return
        if self._lock is None:
            message = "the lines of the documents are not locked"
            span = self._source.span(self._at, key=True)
            yield Finding("no-lock", message, span, self._lock_hint())
            return
        for name, locked in self._lock.documents.items():
            if name not in self._listed:
                message = f"the contract lists no document {name!r}"
                yield self._stale(locked, message)

    def _document(
        self, name: str, facts: Mapping[str, Value], found: list[Finding]
    ) -> DocumentAudit:
        at, text = self._at / name, self._texts.get(name)
        locked = None if self._lock is None else self._lock.documents.get(name)
        if self._lock is not None:
            found.extend(self._staleness(name, facts, locked))
        is_other = text is not None and text.sha256 != facts.get("sha256")
        digests: Sequence[str] | None = None
        if locked is not None and locked.sha256 == facts.get("sha256"):
            digests = locked.digests
        elif text is not None and not is_other:
            digests = text.digests(name)
        coverage = None
        if digests is not None:
            found.extend(self._blank_lines(name, digests))
            coverage = self._coverage(name, digests)
            found.extend(self._unread_lines(at, coverage.unread))
        if text is None:
            return DocumentAudit(name, coverage)
        if not is_other:
            found.extend(self._absent_names(name, text))
            return DocumentAudit(name, coverage)
        found.extend(differences(self._source, at, facts, text))
        if digests is None:
            return DocumentAudit(name, coverage)
        changes = line_changes(digests, text.digests(name))
        again = rereadings(self._citing(name), changes)
        found.extend(map(self._rereading, again))
        found.extend(self._new_lines(at, unplaced(again, changes)))
        return DocumentAudit(name, coverage, changes, again)

    def _staleness(
        self, name: str, facts: Mapping[str, Value], locked: LockedDocument | None
    ) -> Iterator[Finding]:
        """Yield why the lock file is not that of a document."""
        if locked is None:
            message = f"the lock file lacks the document {name!r}"
            span = self._source.span(self._at / name, key=True)
            yield Finding("stale-lock", message, span, self._lock_hint())
            return
        if locked.sha256 != facts.get("sha256"):
            message = "this is not the version of the document that the contract states"
            yield self._stale(locked, message)
            return
        count = len(locked.digests)
        if count != facts.get("lines"):
            stated = facts.get("lines")
            message = f"it has {count} lines; the contract states {stated}"
            yield self._stale(locked, message)
        text = self._texts.get(name)
        if text is None or text.sha256 != locked.sha256:
            return
        pairs = zip(locked.digests, text.digests(name), strict=False)
        wrong = [line for line, (one, other) in enumerate(pairs, 1) if one != other]
        if wrong:
            message = f"the digests of {_lines(wrong)} are not those of the document"
            yield self._stale(locked, message)

    def _stale(self, locked: LockedDocument, message: str) -> Finding:
        return Finding("stale-lock", message, locked.span, self._lock_hint())

    def _lock_hint(self) -> str:
        return f"run: engross audit {self._provider} --lock --documents DIR"

    def _citing(self, name: str) -> tuple[Citation, ...]:
        """Return what cites a document, and what lists lines of it as considered."""
        every = (*self._cited, *self._considered)
        return tuple(citation for citation in every if citation.document == name)

    def _blank_lines(self, name: str, digests: Sequence[str]) -> Iterator[Finding]:
        for citation in self._citing(name):
            ends = {end for each in citation.ranges for end in (each.first, each.last)}
            blank = [
                end for end in ends if end <= len(digests) and not digests[end - 1]
            ]
            if blank:
                verb = "is" if len(blank) == 1 else "are"
                message = f"{_lines(blank)} {verb} blank"
                span = self._source.span(citation.written)
                hint = "a range begins and ends with lines that say something"
                yield Finding("blank-lines", message, span, hint)

    def _unread_lines(self, at: Location, unread: frozenset[int]) -> Iterator[Finding]:
        if unread:
            verb = "is" if len(unread) == 1 else "are"
            message = f"{_lines(unread)} {verb} not cited"
            hint = "cite them where they say something, or list them under `considered`"
            span = self._source.span(at, key=True)
            yield Finding("unread-lines", message, span, hint)

    def _coverage(self, name: str, digests: Sequence[str]) -> Coverage:
        count = len(digests)
        full = {line for line, digest in enumerate(digests, 1) if digest}
        cited = full & _read(self._cited, name, count)
        read = full & _read(self._considered, name, count) - cited
        return Coverage(
            cited=frozenset(cited),
            considered=frozenset(read),
            blank=frozenset(range(1, count + 1)) - full,
            unread=frozenset(full - cited - read),
        )

    def _absent_names(self, name: str, text: DocumentText) -> Iterator[Finding]:
        """Yield a warning for what lines do not name, unless the contract says why."""
        for citation in self._cited:
            if citation.document != name or self._is_explained(citation):
                continue
            lines = [
                text.lines[line - 1]
                for each in citation.ranges
                for line in each.lines
                if line <= len(text.lines)
            ]
            words = stated_words(self._index, citation.element)
            absent = absent_words(words, lines)
            if absent:
                shown = ", ".join(map(repr, absent))
                message = f"these lines do not contain {shown}"
                found = proposed_lines(absent, text.lines)
                where = _counted(written_ranges(found))
                hint = (
                    f"{where} of the document: is that what is meant?"
                    if found
                    else None
                )
                span = self._source.span(citation.written)
                yield Finding("absent-name", message, span, hint, Severity.WARNING)

    def _is_explained(self, citation: Citation) -> bool:
        """Return whether a contract says that its words are not those of the lines.

        It has them from elsewhere, or a discrepancy is about one of the lines.
        """
        own = self._index.value(citation.at)
        named = strings(own.get("discrepancy"))
        about = {
            line
            for other in self._cited
            if other.at.tokens[:-1] == (EXTENSION, "discrepancies")
            and other.at.tokens[-1] in named
            and other.document == citation.document
            for each in other.ranges
            for line in each.lines
        }
        lines = {line for each in citation.ranges for line in each.lines}
        return "supplement" in own or not about.isdisjoint(lines)

    def _rereading(self, rereading: Rereading) -> Finding:
        citation = rereading.citation
        name = self._labels.of(citation.element)
        message = f"read {name} again: {'; '.join(rereading.reasons)}"
        hint = None
        if rereading.now:
            where = written_ranges(rereading.now)
            hint = f"it is in {_counted(where)} of the newer version"
        span = self._source.span(citation.written)
        return Finding("changed-lines", message, span, hint)

    def _new_lines(self, at: Location, new: frozenset[int]) -> Iterator[Finding]:
        if new:
            verb = "is" if len(new) == 1 else "are"
            message = f"{_lines(new)} of the newer version {verb} new"
            hint = "read them: do they state something that the contract lacks?"
            span = self._source.span(at, key=True)
            yield Finding("new-lines", message, span, hint)


def _read(found: Iterable[Citation], document: str, count: int) -> frozenset[int]:
    """Return the lines of a document that citations account for.

    Who cites nearly all of it at once has read none of it closely.
    """
    return frozenset(
        line
        for citation in found
        if citation.document == document
        for lines in citation.ranges
        if not is_nearly_all(lines, count)
        for line in lines.lines
    )


def is_nearly_all(lines: LineRange, count: int) -> bool:
    """Return whether a range is so much of a document of `count` lines that it says nothing."""
    return count >= _FEW and len(lines.lines) >= count * _NEARLY_ALL


def _lines(lines: Sequence[int] | frozenset[int]) -> str:
    return _counted(written_ranges(ranges_of(lines)))


def _counted(ranges: str) -> str:
    """Return ranges with their noun."""
    return f"line{'' if ranges.isdigit() else 's'} {ranges}"

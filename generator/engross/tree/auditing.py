"""Audits of the contracts of a project: reads files, writes lock files, reports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from engross.audit import (
    ContractAudit,
    DocumentAudit,
    DocumentText,
    audit,
    written_lock,
)
from engross.audit.facts import proposed_lines, stated_words
from engross.audit.line_changes import LineChanges
from engross.audit.renumbering import renumbering
from engross.contract.check import checked
from engross.contract.checks.provenance_rules import no_provenance
from engross.contract.citations import LineRange, ranges_of, written_ranges
from engross.contract.index import Index
from engross.data import dataclass
from engross.findings import (
    Finding,
    FindingsError,
    Severity,
    Span,
    in_order,
    judged,
    visible,
)
from engross.source import load
from engross.source.text_edits import Edit
from engross.tree.edited_files import edit_files
from engross.tree.project import Project
from engross.tree.provider_documents import (
    document_findings,
    lock_of,
    lock_path,
    provider_documents,
)
from engross.tree.write import replace_file


@dataclass(frozen=True, slots=True)
class Audited:
    """A contract that was audited.

    Attributes:
        index: The contract; None if it is invalid.
        result: What the audit found; None if there was none.
    """

    provider: str
    findings: tuple[Finding, ...]
    index: Index | None = None
    result: ContractAudit | None = None
    texts: Mapping[str, DocumentText] | None = None

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


class UnclearDocumentError(ValueError):
    """It is not clear of which document a file is a newer version."""


def contract_index(project: Project, path: Path) -> Index:
    """Return a contract of which all operations are read and nothing is at fault.

    Raises:
        FindingsError: It is invalid.
    """
    index, _ = checked(load(path, root=project.root))
    return index


def audited(
    project: Project,
    provider: str,
    *,
    documents: Path | None = None,
    against: Path | None = None,
    strict: bool = False,
) -> Audited:
    """Audit a contract of a project.

    Args:
        project: The project.
        provider: The name of the contract.
        documents: A directory with the documents that it lists.
        against: A newer version of one of these.
        strict: Whether warnings are errors.

    Raises:
        UnclearDocumentError: It is not clear which document `against` is.
        OSError: A file could not be read.
    """
    path = project.contracts()[provider]
    try:
        index = contract_index(project, path)
    except FindingsError as error:
        faults = error.findings
        if documents is not None:
            faults = tuple(_with_proposals(project, path, documents, faults))
        return Audited(provider, faults)
    texts: dict[str, DocumentText] = {}
    findings: list[Finding] = []
    if documents is not None:
        found = provider_documents(index, documents)
        texts.update(found.texts)
        findings += found.missing
    if against is not None:
        texts[_document_of(index, against)] = DocumentText(against.read_bytes())
    try:
        lock = lock_of(path, project.root)
    except FindingsError as error:
        findings += error.findings
        return Audited(provider, in_order(findings), index, texts=texts)
    result = audit(index, provider, lock, texts)
    findings += result.findings
    errors = [each for each in findings if each.severity is Severity.ERROR]
    warnings = [each for each in findings if each.severity is Severity.WARNING]
    try:
        warnings = [*judged(warnings, project.levels, strict=strict)]
    except FindingsError as error:
        warnings = [*error.findings]
    found_in_order = in_order([*errors, *warnings])
    return Audited(provider, found_in_order, index, result, texts)


def _with_proposals(
    project: Project, path: Path, documents: Path, findings: tuple[Finding, ...]
) -> Iterator[Finding]:
    """Yield findings; those of facts without provenance propose lines that name them."""
    if not any(finding.rule == no_provenance.id for finding in findings):
        yield from findings
        return
    index = Index(load(path, root=project.root))
    proposed: dict[Span, str] = {}
    for fault in no_provenance.faults(index):
        for name, text in provider_documents(index, documents).texts.items():
            lines = proposed_lines(stated_words(index, fault.at), text.lines)
            if lines:
                where = written_ranges(lines)
                noun = f"line{'' if where.isdigit() else 's'}"
                span = index.source.span(fault.at, key=fault.key)
                proposed[span] = f"{noun} {where} of {name} may state it: {fault.hint}"
    for finding in findings:
        hint = None if finding.span is None else proposed.get(finding.span)
        is_bare = finding.rule == no_provenance.id and hint is not None
        yield replace(finding, hint=hint) if is_bare else finding


def locked(project: Project, provider: str, documents: Path) -> Path | None:
    """Write the lock file of a contract, and return its path.

    Returns:
        None if the contract lists no documents.

    Raises:
        FindingsError: The contract is invalid, or the documents are other versions.
        OSError: A file could not be read or written.
    """
    path = project.contracts()[provider]
    index = contract_index(project, path)
    findings = tuple(document_findings(index.source, documents))
    if findings:
        raise FindingsError(in_order(findings))
    texts = provider_documents(index, documents).texts
    if not texts:
        return None
    target = lock_path(path)
    content = written_lock(project.shown(path), provider, texts).encode()
    if not target.is_file() or target.read_bytes() != content:
        replace_file(target, content)
    return target


def _document_of(index: Index, path: Path) -> str:
    """Return the id of the document that a file is a newer version of."""
    listed = index.named("documents")
    names = {
        str(facts.get("file")).rpartition("/")[2]: name
        for name, facts in listed.items()
        if isinstance(facts, dict)
    }
    if path.name in names:
        return names[path.name]
    if len(listed) != 1:
        raise UnclearDocumentError(
            f"{path.name} could be a newer version of several documents, or of none; "
            f"name it like one of: {', '.join(names)}"
            if names
            else "the contract lists no documents"
        )
    return next(iter(listed))


def write_audit_page(path: Path, audits: Iterable[Audited]) -> None:
    """Write a page about audits.

    Raises:
        OSError: It could not be written.
    """
    from engross.audit.page import Subject, audit_page  # noqa: PLC0415 - loads Jinja

    page = audit_page(
        Subject(each.provider, each.findings, each.index, each.result, each.texts or {})
        for each in audits
    )
    replace_file(path, page.encode())


def renumber(project: Project, audits: Iterable[Audited]) -> list[Path]:
    """Write into contracts the newer versions of documents that they were audited with.

    These are the numbers of lines, the digests and the numbers of all lines.

    Returns:
        The files that were changed.

    Raises:
        OSError: A file could not be read or written.
    """
    edits: set[Edit] = set()
    for each in audits:
        documents = () if each.result is None else each.result.documents
        for document in documents:
            text = (each.texts or {}).get(document.id)
            if each.index is None or document.changes is None or text is None:
                continue
            edits |= {*renumbering(each.index, document.id, document.changes, text)}
    return [*edit_files(project.root, edits)]


def audit_report(audits: Iterable[Audited]) -> str:
    """Return a line for each document, and below it what changed in another version."""
    audits = tuple(audits)
    names = max((len(each.provider) for each in audits), default=0)
    states = max((len(_state(each)) for each in audits), default=0)
    lines: list[str] = []
    for each in audits:
        head = f"  {visible(each.provider):<{names}}  {_state(each):<{states}}"
        documents = () if each.result is None else each.result.documents
        for document in documents:
            lines.append(f"{head}  {_coverage(document)}")
            if document.changes is not None:
                lines += [f"      {row}" for row in _rows(document.changes)]
            head = " " * len(head)
        if not documents:
            lines.append(head)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _state(audited: Audited) -> str:
    if audited.index is None:
        return "invalid"
    if audited.errors:
        return f"{audited.errors} error{'' if audited.errors == 1 else 's'}"
    if audited.result is not None and not audited.result.documents:
        return "no documents"
    return "good"


def _coverage(document: DocumentAudit) -> str:
    name, coverage = visible(document.id), document.coverage
    if coverage is None:
        return name
    parts = [f"{len(coverage.cited)} cited"]
    for lines, what in (
        (coverage.considered, "considered"),
        (coverage.blank, "blank"),
        (coverage.unread, "not cited"),
    ):
        if lines:
            parts.append(f"{len(lines)} {what}")
    return f"{name}: {coverage.total} lines, {', '.join(parts)}"


def _rows(changes: LineChanges) -> Iterator[str]:
    """Yield which lines of a document are what in the newer version."""
    stayed = {old: new for old, new in changes.kept.items() if old not in changes.moved}
    moved = {old: changes.kept[old] for old in changes.moved}
    rows = (
        ("changed", _arrows(changes.changed)),
        ("gone", written_ranges(ranges_of(changes.gone))),
        ("new", written_ranges(ranges_of(changes.new))),
        ("moved", _arrows(moved)),
        ("renumbered", _arrows({o: n for o, n in stayed.items() if o != n})),
    )
    found = [(what, lines) for what, lines in rows if lines]
    for what, lines in found or [("only blank lines and space differ", "")]:
        yield f"{what:<10}  {lines}".rstrip()


def _arrows(lines: Mapping[int, int]) -> str:
    """Return old and new numbers of lines, in ranges."""
    rows = []
    by_offset = groupby(sorted(lines.items()), key=lambda pair: pair[1] - pair[0])
    for offset, pairs in by_offset:
        for old in ranges_of(old for old, _ in pairs):
            new = LineRange(old.first + offset, old.last + offset)
            rows.append(str(old) if old == new else f"{old} -> {new}")
    return ", ".join(rows)

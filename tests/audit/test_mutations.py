"""A newer version of a document: an audit names exactly what cites the lines that changed."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from engross.audit import DocumentText, Lock, audit, read_lock, written_lock
from engross.contract.check import checked
from engross.contract.citations import citations, considered
from engross.contract.index import Index, mapping
from engross.findings import Span
from engross.source import load
from tests.audit.mutations import Cited, Kind, Mutation, Mutations
from tests.conftest import ROOT

# The documents are the providers', and are not ours to hand on.
_BESIDE = ROOT.parent / "shared" / "documents"
DOCUMENTS = Path(os.environ.get("PROVIDER_DOCUMENTS", _BESIDE))

CONTRACTS = sorted((ROOT / "specs").glob("*.yaml"))
MUTATIONS = int(os.environ.get("AUDIT_MUTATIONS", "600"))
"""Mutations for each kind of documents: real and invented ones."""

WORDS = ["String", "Integer", "Yes", "No", "400", "}", "{", "", "", "Optional text."]


class Subject:
    """A contract with one document."""

    def __init__(self, index: Index, text: DocumentText) -> None:
        (self.document,) = index.named("documents")
        self.index = index
        self.text = text
        lock = written_lock("contract.yaml", "contract", {self.document: text})
        self.lock: Lock = read_lock("contract.lock", lock.encode())

    @property
    def cited(self) -> Cited:
        """Return the lines that each object cites, by the line that lists them."""
        every = (*citations(self.index), *considered(self.index))
        return {
            _line(self.index.source.span(citation.written)): [
                range(lines.first - 1, lines.last) for lines in citation.ranges
            ]
            for citation in every
        }

    def named(self, lines: tuple[str, ...]) -> frozenset[str]:
        """Return what an audit of another version says must be read again."""
        text = DocumentText("".join(f"{line}\n" for line in lines).encode())
        result = audit(self.index, "contract", self.lock, {self.document: text})
        return frozenset(
            _line(finding.span)
            for finding in result.findings
            if finding.rule == "changed-lines"
        )


def _line(span: Span | None) -> str:
    assert span is not None
    return f"{span.start.line}:{span.start.column}"


def real(path: Path) -> Subject:
    """Return a contract of this repository with its document."""
    index, _ = checked(load(path, root=ROOT))
    (facts,) = index.named("documents").values()
    content = DOCUMENTS.joinpath(str(mapping(facts)["file"])).read_bytes()
    return Subject(index, DocumentText(content))


def invented(seed: int, folder: Path) -> Subject:
    """Return a contract that cites an invented document: rows, tables and stray lines."""
    chance = random.Random(seed)
    lines: list[str] = []
    cited: list[str] = []
    for table in range(chance.randint(1, 5)):
        lines += [f"Table {table}", *chance.choices(WORDS, k=chance.randint(0, 2))]
        first = len(lines) + 1
        for row in range(chance.randint(1, 5)):
            start = len(lines) + 1
            lines += [f"row {chance.choice([row, table * 10 + row])}"]
            lines += chance.choices(WORDS, k=chance.randint(0, 4))
            lines += ["end"] if not lines[-1] else []
            cited.append(f"{start}-{len(lines)}")
        cited.append(f"{chance.choice([first - 1, first])}-{len(lines)}")
        if chance.random() < 0.5:
            lines += ["", *chance.choices(WORDS, k=chance.randint(0, 3))]
    full = [i for i, line in enumerate(lines, 1) if line]
    for _ in range(3):  # discrepancies cite lines here and there
        some = sorted(chance.sample(full, k=min(3, len(full))))
        cited.append(", ".join(map(str, some)))
    entries = "".join(
        f'    d{number}: {{ kind: unclear, lines: "{lines}", says: A, chosen: B, because: C }}\n'
        for number, lines in enumerate(cited)
    )
    text = DocumentText("".join(f"{line}\n" for line in lines).encode())
    path = folder / f"shop{seed}.yaml"
    path.write_text(f"""\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths: {{}}
x-engross:
  documents:
    page: {{ title: Page, file: page.txt, sha256: {text.sha256}, lines: {len(lines)} }}
  discrepancies:
{entries}""")
    index, _ = checked(load(path, root=folder))
    return Subject(index, text)


def judged(
    subject: Subject, mutations: Mutations, number: int
) -> tuple[list[str], "Counter[Kind]"]:
    """Return what an audit gets wrong of so many mutations, and how many there were of each kind."""
    wrong: list[str] = []
    tried: Counter[Kind] = Counter()
    for _ in range(number):
        same = mutations.one()
        named = subject.named(same[0].lines)
        if named not in {mutation.named for mutation in same}:
            wrong.append(_told(same[0], named))
        tried[same[0].kind] += 1
    return wrong, tried


def _told(mutation: Mutation, named: frozenset[str]) -> str:
    missing, extra = mutation.named - named, named - mutation.named
    return f"{mutation.about}: missed {sorted(missing)}, made up {sorted(extra)}"


@pytest.mark.skipif(
    not DOCUMENTS.is_dir(), reason="PROVIDER_DOCUMENTS names no folder of documents"
)
@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_audit_names_what_cites_changed_lines_of_real_documents(path: Path) -> None:
    subject = real(path)
    mutations = Mutations(subject.text.lines, subject.cited, seed=7)
    wrong, tried = judged(subject, mutations, MUTATIONS // 4)
    assert wrong == []
    assert set(tried) == set(Kind)


def test_audit_names_what_cites_changed_lines_of_invented_documents(
    tmp_path: Path,
) -> None:
    wrong: list[str] = []
    for seed in range(30):
        subject = invented(seed, tmp_path)
        mutations = Mutations(subject.text.lines, subject.cited, seed)
        found, _ = judged(subject, mutations, MUTATIONS // 30)
        wrong += [f"document {seed}: {each}" for each in found]
    assert wrong == []


def test_audit_names_what_cites_lines_that_changed_together(tmp_path: Path) -> None:
    for seed in range(30):
        subject = invented(seed, tmp_path)
        chance = random.Random(seed)
        full = [i for i, line in enumerate(subject.text.lines) if line]
        lines, changed = [*subject.text.lines], chance.sample(full, k=3)
        for number, line in enumerate(changed):
            lines[line] = f"changed {number}"
        named = {
            name
            for name, ranges in subject.cited.items()
            if any(line in cited for cited in ranges for line in changed)
        }
        assert subject.named(tuple(lines)) == named, f"document {seed}"

"""Which documents a corpus has, and what is reported about each."""

from pathlib import Path

from tests.corpus.__main__ import report
from tests.corpus.documents import Document, copy, documents
from tests.corpus.trial import Failure, Trial

DOCUMENT = Document(Path("a.yaml"), "a.yaml", is_valid=True)


def test_documents_are_found_by_their_version(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\n")
    (tmp_path / "more/b.json").write_text('{"info": {}, "openapi":"3.0.3"}')
    (tmp_path / "part.yaml").write_text("type: object\n")
    (tmp_path / "index.tsv").write_text("path\tvalid\na.yaml\tyes\nmore/b.json\tno\n")
    found = [(document.name, document.is_valid) for document in documents(tmp_path)]
    assert found == [("more/b.json", False), ("a.yaml", True)]


def test_document_is_copied_with_its_parts_alone(tmp_path: Path) -> None:
    corpus, copied = tmp_path / "corpus", tmp_path / "copied"
    (corpus / "parts").mkdir(parents=True)
    (corpus / "a.yaml").write_text("openapi: 3.1.0\n")
    (corpus / "b.yaml").write_text("openapi: 3.1.0\n")
    (corpus / "parts/part.yaml").write_text("type: object\n")
    copy(Document(corpus / "a.yaml", "a.yaml", is_valid=True), copied)
    names = {path.relative_to(copied).as_posix() for path in copied.rglob("*.yaml")}
    assert names == {"a.yaml", "parts/part.yaml"}


def test_refusal_is_good_unless_the_document_is_valid() -> None:
    faulty = Document(Path("a.yaml"), "a.yaml", is_valid=False)
    assert not Trial(DOCUMENT, refusal="endless-schema: no end").is_good
    assert Trial(faulty, refusal="endless-schema: no end").is_good


def test_report_has_a_line_for_a_document_and_what_failed() -> None:
    seconds = {"generate": 1.25, "mypy": 8.0}
    failures = (Failure("mypy", "client.py:1: error: no such name"),)
    trial = Trial(
        DOCUMENT,
        seconds,
        memory=2_000_000,
        fake="3 of 4",
        unplayed=("delete /a: x is still there",),
        failures=failures,
    )
    text = report([trial], 10.0)
    row = (
        "| a.yaml | 0 | 1.2 s | 2 MB | 0 | 0 | 0 | 0 | 3 of 4 | 9 s "
        "| **failed**: mypy |"
    )
    assert row in text
    assert "1 documents: 1 failed." in text
    assert "- a.yaml: delete /a: x is still there" in text
    assert "## a.yaml: mypy\n\n```\nclient.py:1: error: no such name\n```" in text

"""`check --documents` compares the provider's documents with what contracts say of them."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PAGE = b"Create an invoice.\r\nIt has an id.\r\nThe end"


def state(project: Path, digest: str, lines: int) -> Path:
    """Let the contract list a page; return the directory that has it."""
    spec = project / "specs" / "shop.yaml"
    spec.write_text(f"""\
x-engross:
  documents:
    page:
      title: Create invoice
      file: page.txt
      sha256: {digest}
      lines: {lines}
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
servers: [{{ url: "https://shop.example", x-engross: {{ lines: 1 }} }}]
paths: {{}}
""")
    documents = project / "pages"
    documents.mkdir()
    (documents / "page.txt").write_bytes(PAGE)
    return documents


def test_documents_that_are_as_stated_are_no_finding(project: Path, run: Run) -> None:
    state(project, sha256(PAGE).hexdigest(), 3)
    assert run("generate").status == 0
    ran = run("check", "--documents", "pages")
    assert (ran.status, ran.err) == (0, "")


def test_another_version_of_a_document_is_a_finding(project: Path, run: Run) -> None:
    state(project, "f" * 64, 4)
    assert run("generate").status == 0
    ran = run("check", "--documents", "pages")
    assert ran.status == 1
    assert ran.out.startswith(f"""\
specs/shop.yaml:6:15  error  other-document
    5 |       file: page.txt
    6 |       sha256: {"f" * 64}
      |               {"^" * 64} the file is another one: its SHA-256 is {sha256(PAGE).hexdigest()}
   hint: compare it with the contract, then write its new digest here

specs/shop.yaml:7:14  error  other-document
    6 |       sha256: {"f" * 64}
    7 |       lines: 4
      |              ^ the file has 3 lines

2 errors.
""")


def test_document_that_is_not_there_is_a_finding(project: Path, run: Run) -> None:
    documents = state(project, sha256(PAGE).hexdigest(), 3)
    (documents / "page.txt").rename(documents / "pages.txt")
    ran = run("check", "--documents", "pages")
    assert ran.status == 1
    assert ran.out.startswith("""\
specs/shop.yaml:5:13  error  other-document
    4 |       title: Create invoice
    5 |       file: page.txt
      |             ^^^^^^^^ pages has no such file
   hint: did you mean 'pages.txt'?

1 error.
""")


@pytest.mark.parametrize("name", ["nowhere", "pyproject.toml"])
def test_documents_are_in_a_directory(project: Path, run: Run, name: str) -> None:
    ran = run("check", "--documents", name)
    assert ran.status == 2
    assert ran.err == f"engross: --documents {name} is not a directory\n"

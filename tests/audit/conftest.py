"""A contract and the document that it cites."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["run"]

PAGE = "<script>alert(1)</script>\n\nquantity\nnumber & more\nfooter\nforgotten\n"

CONTRACT = f"""\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths: {{}}
components:
  schemas:
    Order:
      type: object
      x-engross: {{ lines: 1-4 }}
      properties:
        quantity: {{ type: number, x-engross: {{ lines: 3-4, discrepancy: exact }} }}
x-engross:
  documents:
    page:
      title: How to <b>order</b>
      file: page.txt
      sha256: {sha256(PAGE.encode()).hexdigest()}
      lines: 6
      considered: [{{ lines: 5, because: It is the footer. }}]
  discrepancies:
    exact: {{ kind: unclear, lines: 4, says: A number., chosen: Exact., because: It is money. }}
"""


def write_contract(root: Path) -> Path:
    """Write the contract and its document into a project; return the document's folder."""
    folder = root / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE)
    (root / "specs" / "shop.yaml").write_text(CONTRACT)
    return folder


@pytest.fixture
def pages(project: Path, run: Run) -> Path:
    """Return the folder of the document, in a project whose contract is locked."""
    folder = write_contract(project)
    assert run("audit", "--lock", "--documents", "pages").status == 0
    return folder

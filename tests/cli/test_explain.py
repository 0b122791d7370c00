"""`engross explain` says what a rule is for, and where a fact comes from."""

from hashlib import sha256
from pathlib import Path

import pytest

from engross.rulebook import rule_pages
from tests.cli.conftest import Run

RULE = """\
duplicate-tag

  A tag is described once.

  Which of two descriptions applies is unknown.

Wrong:

    tags: [{ name: pets }, { name: pets, description: Animals. }]

Right:

    tags: [{ name: pets, description: Animals. }]
"""


def test_rule_is_explained_outside_of_a_project(run: Run, tmp_path: Path) -> None:
    ran = run("explain", "duplicate-tag", cwd=tmp_path)
    assert (ran.status, ran.out, ran.err) == (0, RULE, "")


def test_all_rules_are_listed_with_their_purpose(run: Run) -> None:
    lines = run("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(rule_pages())
    assert "duplicate-tag " in "\n".join(lines)


def test_unknown_rule_gets_a_suggestion(run: Run) -> None:
    ran = run("explain", "duplicate-tags")
    assert (ran.status, ran.out) == (2, "")
    assert (
        ran.err == "engross: no rule 'duplicate-tags'; did you mean 'duplicate-tag'?\n"
    )


CONTRACT = """\
openapi: 3.1.1
info: { title: Shop, version: "1" }
paths:
  /orders:
    post:
      operationId: createOrder
      x-engross: { method: orders.create, lines: 1 }
      requestBody:
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Order" }
      responses: { "204": { description: Done. } }
components:
  schemas:
    Order:
      type: object
      x-engross: { lines: 2-5 }
      properties:
        items:
          type: array
          items: { $ref: "#/components/schemas/Item" }
    Item:
      type: object
      x-engross: { lines: 2-5, supplement: { confidence: inferred, because: It must be one. } }
      properties:
        quantity:
          type: integer
          x-engross: { lines: "2, 4-5", discrepancy: whole }
        color:
          type: string
          x-engross: { supplement: sdk }
x-engross:
  documents:
    page: { title: How to order, file: page.txt, sha256: DIGEST, lines: 7 }
  references:
    sdk: { title: The SDK, url: "https://sdk.example", publisher: official }
  discrepancies:
    whole: { kind: unclear, lines: 5, says: A number., chosen: An integer., because: Things are whole. }
"""

PAGE = """\
POST /orders
quantity

number
How many things are wanted
color
Red or blue
"""

QUANTITY = """\
Item.quantity  specs/shop.yaml:26

   26 |         quantity:
   27 |           type: integer
   28 |           x-engross: { lines: "2, 4-5", discrepancy: whole }

How to order, lines 2, 4-5, for Item.quantity:
    2 | quantity
    4 | number
    5 | How many things are wanted

Discrepancy whole: A number.
  chosen: An integer.
"""


@pytest.fixture
def pages(project: Path) -> Path:
    folder = project / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE)
    digest = sha256(PAGE.encode()).hexdigest()
    (project / "specs" / "shop.yaml").write_text(CONTRACT.replace("DIGEST", digest))
    return folder


@pytest.mark.parametrize(
    "fact",
    ["createOrder.items.quantity", "orders.create.items.quantity", "Item.quantity"],
)
def test_fact_is_shown_beside_its_lines(pages: Path, run: Run, fact: str) -> None:
    ran = run("explain", "shop", fact, "--documents", "pages")
    assert (ran.status, ran.out, ran.err) == (0, QUANTITY, "")


def test_fact_without_lines_gets_a_proposal(pages: Path, run: Run) -> None:
    ran = run("explain", "specs/shop.yaml", "Item.color", "--documents", "pages")
    assert ran.out == """\
Item.color  specs/shop.yaml:29

   29 |         color:
   30 |           type: string
   31 |           x-engross: { supplement: sdk }

Supplement: The SDK

It cites no lines. Its name is in line 6 of page:
    6 | color
"""


def test_lines_of_a_fact_are_those_of_what_it_is_in(pages: Path, run: Run) -> None:
    ran = run("explain", "shop", "Order.items")
    assert ran.out == """\
Order.items  specs/shop.yaml:19

   19 |         items:
   20 |           type: array
   21 |           items: { $ref: "#/components/schemas/Item" }

How to order, lines 2-5, for Order:
  --documents DIR shows them
"""


def test_lines_of_another_version_are_not_shown(pages: Path, run: Run) -> None:
    (pages / "page.txt").write_text(PAGE + "more\n")
    ran = run("explain", "shop", "whole", "--documents", "pages")
    assert ran.out == """\
discrepancies.whole  specs/shop.yaml:38

   38 |     whole: { kind: unclear, lines: 5, says: A number., chosen: An integer., because: Things are whole. }

How to order, line 5, for discrepancies.whole:
  the file is another version than the contract states
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shop", "Itme"], "shop has no 'Itme'; did you mean 'Item'?"),
        (["shop", "zzz"], "shop has no 'zzz'; name a component or an operation"),
        (["shpo", "Item"], "no provider 'shpo'; did you mean 'shop'?"),
        (
            ["--documents", "pages"],
            "--documents goes with a fact, as in: engross explain acme Order.id",
        ),
    ],
)
def test_unknown_facts(
    pages: Path, run: Run, arguments: list[str], message: str
) -> None:
    ran = run("explain", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"engross: {message}\n")

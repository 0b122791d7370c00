"""`engross lint` finds what a maintainer will regret, and writes down what engross assumes."""

import json
from pathlib import Path

import pytest

from engross.findings import Position, Span
from engross.source.text_edits import edited, written_first
from tests.cli.conftest import Run

CONTRACT = """\
openapi: 3.1.1
info: { title: Charges, version: "1" }
x-engross: { package: charges }
paths:
  /charges:
    # Charges a card.
    post:
      # Who named it that?
      operationId: 2ndCharge  # not I
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Charge" } } }
      responses: { "204": { description: Done. } }
    get:
      operationId: listCharges
      parameters: [{ name: page, in: query, schema: { type: integer } }]
      responses:
        "200": { description: Charges., content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Charge" } } } } }
        "404": { description: None., content: { application/json: { schema: { type: object, properties: { reason: { type: string } } } } } }
components:
  schemas:
    Charge: { type: object, properties: { total_amount: { type: integer } } }
"""

FOUND = """\
specs/charges.yaml:3:1  warning  unstated-name
    2 | info: { title: Charges, version: "1" }
    3 | x-engross: { package: charges }
      | ^^^^^^^^^ the client is called 'Charges' after the title; another title would break its users
   hint: state `client: Charges`

specs/charges.yaml:7:5  warning  awkward-name
    6 |     # Charges a card.
    7 |     post:
      |     ^^^^ POST /charges is called 'charges.value_2nd'
   hint: choose a name with `method`, such as invoices.create

specs/charges.yaml:7:5  warning  post-without-retry
    6 |     # Charges a card.
    7 |     post:
      |     ^^^^ nothing says whether POST /charges may be repeated
   hint: state `retry.class`; without it, engross takes the call for unsafe

specs/charges.yaml:13:5  warning  list-without-pagination
   12 |       responses: { "204": { description: Done. } }
   13 |     get:
      |     ^^^ nothing says how GET /charges continues, though it has 'page'
   hint: state `pagination`, so that callers can iterate over all items

specs/charges.yaml:18:9  warning  error-without-code
   17 |         "200": { description: Charges., content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Charge" } } } } }
   18 |         "404": { description: None., content: { application/json: { schema: { type: object, properties: { reason: { type: string } } } } } }
      |         ^^^^^ the error 404 of GET /charges has no code that tells it from others
   hint: state `errors.code`, where bodies have it, or else `errors.message` alone

specs/charges.yaml:21:43  warning  money-without-unit
   20 |   schemas:
   21 |     Charge: { type: object, properties: { total_amount: { type: integer } } }
      |                                           ^^^^^^^^^^^^ 'total_amount' looks like money, and does not say what it counts
   hint: state `money` with its unit, major or minor, and the currency

6 warnings.
"""


@pytest.fixture
def contract(project: Path) -> Path:
    """Return a contract with a fault of each kind, in a project of its own."""
    (project / "specs" / "shop.yaml").unlink()
    path = project / "specs" / "charges.yaml"
    path.write_text(CONTRACT)
    return path


def test_each_kind_of_regret_is_found(contract: Path, run: Run) -> None:
    ran = run("lint")
    assert ran.status == 1
    assert (
        ran.out.partition("\n6 warnings.\n")[0] == FOUND.partition("\n6 warnings.\n")[0]
    )


def test_contract_without_a_fault_gives_no_output(run: Run, project: Path) -> None:
    shop = project / "specs" / "shop.yaml"
    stated = "x-engross: { retry: { class: unsafe } }"
    text = shop.read_text()
    shop.write_text(
        text.replace(
            "      operationId: createOrder\n",
            f"      operationId: createOrder\n      {stated}\n",
        )
    )
    ran = run("lint")
    assert (ran.status, ran.out) == (0, "")


def test_rule_is_turned_off_with_a_reason(
    contract: Path, project: Path, run: Run
) -> None:
    settings = project / "pyproject.toml"
    reason = 'awkward-name = { off = "the provider calls it that" }'
    settings.write_text(f"{settings.read_text()}\n[tool.engross.rules]\n{reason}\n")
    found = json.loads(run("lint", "--format", "json").out)
    assert "awkward-name" not in {each["rule"] for each in found}


def test_fix_states_what_is_assumed_and_keeps_comments(
    contract: Path, run: Run
) -> None:
    ran = run("lint", "--fix", "charges")
    assert ran.out.startswith(
        "  fixed  specs/charges.yaml: states what engross assumes, in 2 places\n"
    )
    fixed = CONTRACT.replace(
        "      operationId: 2ndCharge",
        "      x-engross: { retry: { class: unsafe } }\n      operationId: 2ndCharge",
    )
    fixed = fixed.replace("{ package", "{ client: Charges, package")
    assert contract.read_text() == fixed
    assert "unstated-name" not in run("lint").out
    assert "post-without-retry" not in run("lint").out


def test_fix_changes_nothing_that_is_generated(contract: Path, run: Run) -> None:
    contract.write_text(CONTRACT.replace(" package: charges ", ""))
    run("generate", "--no-cached")
    assert run("lint", "--fix").status == 1  # which changes no more
    folder = contract.parents[1] / "generated" / "charges"

    def files() -> dict[Path, bytes]:
        found = (path for path in folder.rglob("*") if path.is_file())
        return {each: each.read_bytes() for each in found if each.suffix != ".json"}

    before = files()
    run("generate", "--no-cached")
    assert files() == before


def test_fix_leaves_a_document_of_others_alone(project: Path, run: Run) -> None:
    document = project / "foreign.yaml"
    document.write_text(CONTRACT.replace("x-engross: { package: charges }\n", ""))
    before = document.read_bytes()
    assert run("lint", "--fix", "foreign.yaml").status == 1
    assert document.read_bytes() == before


def test_invalid_contract_is_reported_as_such(contract: Path, run: Run) -> None:
    contract.write_text(CONTRACT.replace("post:", "pots:"))
    ran = run("lint")
    assert ran.status == 1
    assert "unknown-key" in ran.out


def test_invalid_contract_holds_up_no_other(
    contract: Path, project: Path, run: Run
) -> None:
    (project / "specs" / "bad.yaml").write_text("openapi: [\n")
    (project / "specs" / "zoo.yaml").write_text("x-engross: {}\npahts: {}\n")
    for arguments in ((), ("--fix",)):
        ran = run("lint", *arguments)
        assert ran.status == 1
        for finding in (
            "specs/bad.yaml:2:1  error  yaml-syntax",
            "specs/charges.yaml:7:5  warning  awkward-name",
            "specs/zoo.yaml:2:1  error  unknown-key",
        ):
            assert finding in ran.out
    assert "retry: { class: unsafe }" in contract.read_text()


def test_element_without_provenance_is_found(contract: Path, run: Run) -> None:
    documents = (
        "{ package: charges, documents: { api: "
        "{ title: API, file: api.txt, sha256: "
        f"{'a' * 64}, lines: 90 }} }} }}"
    )
    contract.write_text(CONTRACT.replace("{ package: charges }", documents))
    ran = run("lint")
    assert "specs/charges.yaml:7:5  error  no-provenance\n" in ran.out


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("post: { a: 1 }\n", 7, "post: { x: 2, a: 1 }\n"),
        ("post: {}\n", 7, "post: { x: 2 }\n"),
        ("  a: 1\r\n  b: 2\r\n", 3, "  x: 2\r\n  a: 1\r\n  b: 2\r\n"),
    ],
    ids=["brackets", "empty brackets", "lines"],
)
def test_members_are_written_before_all_others(
    text: str, column: int, expected: str
) -> None:
    span = Span("shop.yaml", Position(1, column), Position(1, column))
    assert edited(text, [written_first(["x: 2"], span, text)]) == expected


def test_fix_keeps_a_byte_order_mark(contract: Path, run: Run) -> None:
    contract.write_bytes(b"\xef\xbb\xbf" + contract.read_bytes())
    assert "fixed" in run("lint", "--fix").out
    assert contract.read_bytes().startswith(b"\xef\xbb\xbfopenapi")
    assert "retry: { class: unsafe }" in contract.read_text(encoding="utf-8-sig")

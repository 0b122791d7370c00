"""`engross audit` compares contracts with the lines of the providers' documents."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PAGE = """\
How to order

item
text
What is ordered

quantity
number
How many

note
text
"""

CONTRACT = """\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths: {{}}
components:
  schemas:
    Order:
      type: object
      x-engross: {{ lines: 3-12 }}
      properties:
        item: {{ type: string, x-engross: {{ lines: 3-5 }} }}
        quantity: {{ type: number, x-engross: {{ lines: 7-9 }} }}
        note: {{ type: string, x-engross: {{ lines: 11-12 }} }}
x-engross:
  documents:
    page:
      title: How to order
      file: page.txt
      sha256: {digest}
      lines: 12
      considered:
        - {{ lines: 1, because: The title. }}
"""

OLD = sha256(PAGE.encode()).hexdigest()


@pytest.fixture
def pages(project: Path) -> Path:
    """Return the folder of the documents of a project with the contract `shop`."""
    folder = project / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE)
    (project / "specs" / "shop.yaml").write_text(CONTRACT.format(digest=OLD))
    return folder


@pytest.fixture
def locked(pages: Path, run: Run) -> Path:
    """Return the same, with the lock file written."""
    assert run("audit", "--lock", "--documents", "pages").status == 0
    return pages


def test_contract_without_a_lock_file_is_a_finding(pages: Path, run: Run) -> None:
    ran = run("audit")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out == """\
specs/shop.yaml:14:3  error  no-lock
   13 | x-engross:
   14 |   documents:
      |   ^^^^^^^^^ the lines of the documents are not locked
   hint: run: engross audit shop --lock --documents DIR

1 error.

  shop  1 error  page
"""


def test_lock_file_has_a_digest_of_each_line(pages: Path, run: Run) -> None:
    ran = run("audit", "shop", "--lock", "--documents", "pages")
    assert (ran.status, ran.out, ran.err) == (
        0,
        "  shop  locked  specs/shop.lock\n",
        "",
    )
    lock = pages.parent / "specs" / "shop.lock"
    assert lock.read_text() == f"""\
# Digests of the lines of the documents that specs/shop.yaml cites, without their text.
# Written by: engross audit shop --lock --documents DIR
format: 1
documents:
  "page":
    sha256: "{OLD}"
    lines:
      - "{digest("How to order")}"
      - ""
      - "{digest("item")}"
      - "{digest("text")}"
      - "{digest("What is ordered")}"
      - ""
      - "{digest("quantity")}"
      - "{digest("number")}"
      - "{digest("How many")}"
      - ""
      - "{digest("note")}"
      - "{digest("text")}"
"""


def digest(line: str) -> str:
    return sha256(f"page\0{line}".encode()).hexdigest()[:8]


def test_audit_of_a_locked_contract_is_good(locked: Path, run: Run) -> None:
    expected = "  shop  good  page: 12 lines, 8 cited, 1 considered, 3 blank\n"
    for arguments in ([], ["--documents", "pages"], ["--against", "pages/page.txt"]):
        ran = run("audit", "shop", *arguments)
        assert (ran.status, ran.out, ran.err) == (0, expected, "")


def test_lock_is_not_written_for_another_version(locked: Path, run: Run) -> None:
    lock = locked.parent / "specs" / "shop.lock"
    before = lock.read_bytes()
    new = (PAGE + "more\n").encode()
    (locked / "page.txt").write_bytes(new)
    ran = run("audit", "--lock", "--documents", "pages")
    assert ran.status == 1
    assert ran.out == f"""\
specs/shop.yaml:18:15  error  other-document
   17 |       file: page.txt
   18 |       sha256: {OLD}
      |               {"^" * 64} the file is another one: its SHA-256 is {sha256(new).hexdigest()}
   hint: compare it with the contract, then write its new digest here

specs/shop.yaml:19:14  error  other-document
   18 |       sha256: {OLD}
   19 |       lines: 12
      |              ^^ the file has 13 lines

2 errors.
"""
    assert lock.read_bytes() == before


def test_changed_lines_name_what_cites_them(locked: Path, run: Run) -> None:
    new = PAGE.replace("How many", "How many, up to 10").replace(
        "note\n", "color\nnote\n"
    )
    (locked / "new.txt").write_text(new)
    ran = run("audit", "shop", "--against", "pages/new.txt")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out == f"""\
specs/shop.yaml:8:27  error  changed-lines
    7 |       type: object
    8 |       x-engross: {{ lines: 3-12 }}
      |                           ^^^^ read Order again: line 9 changed; lines 3-12 are apart now: 3-9, 12-13
   hint: it is in lines 3-9, 12-13 of the newer version

specs/shop.yaml:11:55  error  changed-lines
   10 |         item: {{ type: string, x-engross: {{ lines: 3-5 }} }}
   11 |         quantity: {{ type: number, x-engross: {{ lines: 7-9 }} }}
      |                                                       ^^^ read Order.quantity again: line 9 changed
   hint: it is in lines 7-9 of the newer version

specs/shop.yaml:18:15  error  other-document
   17 |       file: page.txt
   18 |       sha256: {OLD}
      |               {"^" * 64} the file is another one: its SHA-256 is {sha256(new.encode()).hexdigest()}
   hint: compare it with the contract, then write its new digest here

specs/shop.yaml:19:14  error  other-document
   18 |       sha256: {OLD}
   19 |       lines: 12
      |              ^^ the file has 13 lines

4 errors.

  shop  4 errors  page: 12 lines, 8 cited, 1 considered, 3 blank
      changed     9
      new         11
      renumbered  11-12 -> 12-13
"""


def test_lines_that_moved_are_no_alarm_for_elements(locked: Path, run: Run) -> None:
    new = "\nHow to order\nitem\ntext\nWhat is ordered\nnote\ntext\nquantity\nnumber\nHow many\n"
    (locked / "page.txt").write_text(new)
    ran = run("audit", "--documents", "pages")
    assert ran.status == 1
    assert [line for line in ran.out.splitlines() if "error  " in line] == [
        "specs/shop.yaml:18:15  error  other-document",
        "specs/shop.yaml:19:14  error  other-document",
    ]
    assert ran.out.endswith("""\
2 errors.

  shop  2 errors  page: 12 lines, 8 cited, 1 considered, 3 blank
      moved       11-12 -> 6-7
      renumbered  1 -> 2, 7-9 -> 8-10
""")


def test_line_numbers_are_written_into_the_contract(locked: Path, run: Run) -> None:
    new = "\n" + PAGE.replace("How many", "Up to 10").replace(
        "number\n", "unit\nnumber\n"
    )
    (locked / "page.txt").write_text(new)
    spec = locked.parent / "specs" / "shop.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"\n", b"\r\n"))
    ran = run("audit", "--documents", "pages", "--renumber")
    assert ran.status == 1
    assert ran.out.count("changed-lines") == 2
    assert ran.out.endswith("  renumbered  specs/shop.yaml\n")
    text = spec.read_bytes().decode().replace("\r\n", "\n")
    expected = CONTRACT.format(digest=sha256(new.encode()).hexdigest())
    for old, now in (
        ("lines: 3-12", 'lines: "4-8, 10-14"'),
        ("lines: 3-5", "lines: 4-6"),
        ("lines: 7-9", 'lines: "8, 10-11"'),
        ("lines: 11-12", "lines: 13-14"),
        ("lines: 12\n", "lines: 14\n"),
        ("lines: 1, because", "lines: 2, because"),
    ):
        assert old in expected
        expected = expected.replace(old, now)
    assert text == expected


def test_new_lines_beside_what_is_cited_are_a_finding(locked: Path, run: Run) -> None:
    (locked / "page.txt").write_text(PAGE + "\ncolor\ntext\n")
    ran = run("audit", "--documents", "pages")
    assert ran.status == 1
    assert ran.out.startswith("""\
specs/shop.yaml:15:5  error  new-lines
   14 |   documents:
   15 |     page:
      |     ^^^^ lines 14-15 of the newer version are new
   hint: read them: do they state something that the contract lacks?
""")


def test_lines_that_nothing_cites_are_a_finding(locked: Path, run: Run) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    spec.write_text(spec.read_text().replace("3-12", "3-10").replace("11-12", "11"))
    ran = run("audit")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.yaml:8:27  error  blank-lines
    7 |       type: object
    8 |       x-engross: { lines: 3-10 }
      |                           ^^^^ line 10 is blank
   hint: a range begins and ends with lines that say something

specs/shop.yaml:15:5  error  unread-lines
   14 |   documents:
   15 |     page:
      |     ^^^^ line 12 is not cited
   hint: cite them where they say something, or list them under `considered`

2 errors.

  shop  2 errors  page: 12 lines, 7 cited, 1 considered, 3 blank, 1 not cited
"""


def test_range_of_nearly_all_lines_accounts_for_none(locked: Path, run: Run) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    text = spec.read_text().replace("lines: 3-12", "lines: 1-12")
    spec.write_text(text.replace("lines: 11-12", "lines: 1-12"))
    ran = run("audit")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.yaml:15:5  error  unread-lines
   14 |   documents:
   15 |     page:
      |     ^^^^ lines 11-12 are not cited
   hint: cite them where they say something, or list them under `considered`

1 error.

  shop  1 error  page: 12 lines, 6 cited, 1 considered, 3 blank, 2 not cited
"""


def test_lock_of_another_version_is_a_finding(locked: Path, run: Run) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    spec.write_text(spec.read_text().replace(OLD, "f" * 64))
    ran = run("audit")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.lock:5:3  error  stale-lock
    4 | documents:
    5 |   "page":
      |   ^^^^^^ this is not the version of the document that the contract states
   hint: run: engross audit shop --lock --documents DIR

1 error.

  shop  1 error  page
"""


def test_damaged_lock_is_a_finding(locked: Path, run: Run) -> None:
    lock = locked.parent / "specs" / "shop.lock"
    lock.write_text(lock.read_text().replace(digest("item"), "item"))
    ran = run("audit")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.lock:10:9  error  bad-lock
    9 |       - ""
   10 |       - "item"
      |         ^^^^^^ expected 8 hexadecimal digits in quotes
   hint: write it anew with: engross audit --lock --documents DIR

1 error.

  shop  1 error
"""


def test_digests_that_were_edited_are_a_finding(locked: Path, run: Run) -> None:
    lock = locked.parent / "specs" / "shop.lock"
    lock.write_text(lock.read_text().replace(digest("item"), "0" * 8))
    ran = run("audit", "--documents", "pages")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.lock:5:3  error  stale-lock
    4 | documents:
    5 |   "page":
      |   ^^^^^^ the digests of line 3 are not those of the document
   hint: run: engross audit shop --lock --documents DIR

1 error.

  shop  1 error  page: 12 lines, 8 cited, 1 considered, 3 blank
"""


@pytest.fixture
def two(locked: Path, run: Run) -> Path:
    """Return the same, with a second document that a webhook cites."""
    second = "paid\nthe id\n"
    (locked / "hooks.txt").write_text(second)
    spec = locked.parent / "specs" / "shop.yaml"
    digest = sha256(second.encode()).hexdigest()
    text = re.sub(r"\{ (?=lines: \d+-)", "{ document: page, ", spec.read_text())
    text = text.replace(
        "x-engross:\n  documents:\n",
        f"""\
    Paid: {{ type: object, x-engross: {{ lines: 1-2 }} }}
x-engross:
  documents:
    hooks: {{ title: Hooks, file: hooks.txt, sha256: {digest}, lines: 2 }}
""",
    )
    spec.write_text(text)
    assert run("audit", "--lock", "--documents", "pages").status == 0
    return locked


def test_each_document_has_its_own_lines(two: Path, run: Run) -> None:
    assert run("audit", "--documents", "pages").out == """\
  shop  good  hooks: 2 lines, 2 cited
              page: 12 lines, 8 cited, 1 considered, 3 blank
"""
    new = "paid\nthe number\n"
    (two / "hooks.txt").write_text(new)
    ran = run("audit", "--documents", "pages", "--format", "json")
    assert [each["message"] for each in json.loads(ran.out)] == [
        "read Paid again: line 2 changed",
        f"the file is another one: its SHA-256 is {sha256(new.encode()).hexdigest()}",
    ]


def test_newer_version_is_of_the_document_with_its_name(two: Path, run: Run) -> None:
    newer = two / "newer"
    newer.mkdir()
    (newer / "hooks.txt").write_text("paid\nthe number\n")
    ran = run("audit", "shop", "--against", "pages/newer/hooks.txt")
    assert "read Paid again: line 2 changed" in ran.out
    (newer / "hooks.txt").rename(newer / "new.txt")
    ran = run("audit", "shop", "--against", "pages/newer/new.txt")
    assert (ran.status, ran.err) == (
        2,
        (
            "engross: --against: new.txt could be a newer version of several documents, or of "
            "none; name it like one of: hooks.txt, page.txt\n"
        ),
    )


def test_invalid_contract_is_not_audited(locked: Path, run: Run) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    spec.write_text(spec.read_text().replace(" 7-9 ", " 7-99 "))
    ran = run("audit")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.yaml:11:55  error  bad-lines
   10 |         item: { type: string, x-engross: { lines: 3-5 } }
   11 |         quantity: { type: number, x-engross: { lines: 7-99 } }
      |                                                       ^^^^ 7-99 is outside of the document, which has 12 lines

1 error.

  shop  invalid
"""


def test_contract_without_documents_has_nothing_to_audit(
    project: Path, run: Run
) -> None:
    ran = run("audit")
    assert (ran.status, ran.out) == (0, "  shop  no documents\n")


def test_findings_are_printed_in_every_format(locked: Path, run: Run) -> None:
    (locked / "new.txt").write_text(PAGE.replace("How many", "Up to 10"))
    again = ("audit", "shop", "--against", "pages/new.txt", "--format")
    found = json.loads(run(*again, "json").out)
    assert [(each["rule"], each["start"]) for each in found] == [
        ("changed-lines", {"line": 8, "column": 27}),
        ("changed-lines", {"line": 11, "column": 55}),
        ("other-document", {"line": 18, "column": 15}),
    ]
    assert run(*again, "github").out.startswith(
        "::error file=specs/shop.yaml,line=8,col=27,endLine=8,endColumn=31,"
        "title=changed-lines::read Order again: line 9 changed%0A"
        "hint: it is in lines 3-12 of the newer version\n"
    )
    assert 'failures="3"' in run(*again, "junit").out
    log = json.loads(run(*again, "sarif").out)
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == [
        "changed-lines",
        "changed-lines",
        "other-document",
    ]


def test_lines_that_do_not_name_what_cites_them_are_a_warning(
    locked: Path, run: Run
) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    spec.write_text(spec.read_text().replace("lines: 7-9", "lines: 3-5"))
    ran = run("audit", "--documents", "pages")
    assert ran.status == 0
    assert ran.out == """\
specs/shop.yaml:11:55  warning  absent-name
   10 |         item: { type: string, x-engross: { lines: 3-5 } }
   11 |         quantity: { type: number, x-engross: { lines: 3-5 } }
      |                                                       ^^^ these lines do not contain 'quantity'
   hint: line 7 of the document: is that what is meant?

1 warning.

  shop  good  page: 12 lines, 8 cited, 1 considered, 3 blank
"""
    assert run("audit", "--documents", "pages", "--strict").status == 1
    assert run("audit", "--documents", "pages", "--quiet").out == ""


def test_supplement_explains_why_lines_do_not_name_a_fact(
    locked: Path, run: Run
) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    source = "lines: 3-5, supplement: { confidence: inferred, because: It must be. }"
    spec.write_text(spec.read_text().replace("lines: 7-9", source))
    ran = run("audit", "--documents", "pages")
    assert (ran.status, ran.out.splitlines()[0]) == (
        0,
        "  shop  good  page: 12 lines, 8 cited, 1 considered, 3 blank",
    )


def test_lines_are_proposed_for_facts_without_provenance(
    locked: Path, run: Run
) -> None:
    spec = locked.parent / "specs" / "shop.yaml"
    codes = "  errors: { codes: { note: { status: 400, meaning: No note. } } }\n"
    spec.write_text(spec.read_text() + codes)
    ran = run("audit", "--documents", "pages")
    assert ran.status == 1
    assert ran.out == """\
specs/shop.yaml:22:22  error  no-provenance
   21 |         - { lines: 1, because: The title. }
   22 |   errors: { codes: { note: { status: 400, meaning: No note. } } }
      |                      ^^^^ has no provenance
   hint: line 11 of page may state it: add `lines` or `supplement`

1 error.

  shop  invalid
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shpo"], "no provider 'shpo'; did you mean 'shop'?"),
        (
            ["shop", "--renumber"],
            "--renumber goes with --against FILE or --documents DIR",
        ),
        (["--lock"], "--lock goes with --documents DIR, and not with --against"),
        (["--documents", "nowhere"], "--documents nowhere is not a directory"),
        (["shop", "--against", "nothing"], "--against nothing is not a file"),
        (
            ["--against", "pages/page.txt"],
            "--against needs one provider, as in: engross audit acme --against new.txt",
        ),
        (
            ["shop", "--against", "pages/page.txt", "--documents", "pages"],
            "--against cannot be combined with --documents",
        ),
    ],
)
def test_usage_errors(
    pages: Path, run: Run, arguments: list[str], message: str
) -> None:
    ran = run("audit", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"engross: {message}\n")

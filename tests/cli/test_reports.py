"""What the command says, word for word."""

import json
from pathlib import Path

import pytest

from engross import __version__
from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("plain_packages")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def shop(project: Path) -> Path:
    return project / "specs" / "shop.yaml"


@pytest.fixture
def package(project: Path, run: Run) -> Path:
    """The package of a project that is current."""
    assert run("generate").status == 0
    return project / "generated" / "shop"


def test_a_first_generation_is_one_line(project: Path, run: Run) -> None:
    ran = run("generate")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "  shop  created       3 files\n"


def test_a_generation_names_what_it_changed(
    project: Path, package: Path, shop: Path, run: Run
) -> None:
    edit(shop, "    Item:\n", "    Thing:\n")
    edit(shop, "schemas/Item", "schemas/Thing")
    (package / "mine.py").write_text("")
    assert run("generate").out == """\
  shop  updated       3 of 3 files
      shop/Order.json    changed
      shop/Thing.json    created
      shop/Item.json     deleted
      mine.py            orphan       not made by engross; move it to a folder of your own
"""


def test_a_generation_with_nothing_to_do_says_so(package: Path, run: Run) -> None:
    assert run("generate").out == "  shop  unchanged     3 files\n"


def test_a_comment_updates_the_manifest_alone(
    package: Path, shop: Path, run: Run
) -> None:
    edit(shop, "paths:", "# all of them\npaths:")
    assert run("check").out == """\
  shop  stale         0 of 3 files
      .engross.json    stale        specs/shop.yaml changed in comments, order or layout only
  run: engross generate shop
"""
    assert run("generate").out == "  shop  updated       3 files, the manifest alone\n"


def test_a_current_package_is_one_line(package: Path, run: Run) -> None:
    ran = run("check")
    assert (ran.status, ran.out) == (0, "  shop  current       3 files\n")


def test_check_says_what_each_file_is_and_why(
    package: Path, shop: Path, run: Run
) -> None:
    edit(shop, "minimum: 1", "minimum: 2")
    edit(shop, "title: Shop", "title: Store")
    (package / "shop" / "Order.json").unlink()
    (package / "shop" / "helpers.py").write_text("")
    ran = run("check")
    assert ran.status == 1
    assert ran.out == """\
  shop  stale         3 of 3 files
      README.md          stale        specs/shop.yaml:2 changed info
                                      specs/shop.yaml:67 changed Item.quantity
      shop/Item.json     stale        same
      shop/Order.json    missing      deleted since it was made
      shop/helpers.py    orphan       not made by engross; move it to a folder of your own
  run: engross generate shop
"""


def test_a_hand_edit_is_named_and_the_way_out_is_told(
    package: Path, shop: Path, run: Run
) -> None:
    (package / "shop" / "Order.json").write_text("{}")
    assert run("check").out == """\
  shop  hand-edited   1 of 3 files
      shop/Order.json    hand-edited  changed by hand; move the change to specs/shop.yaml
  to give up what was made by hand, run: engross generate --force shop
"""
    ran = run("generate")
    assert ran.status == 1
    assert ran.out == """\
  shop  refused      nothing was written
      shop/Order.json    hand-edited  changed by hand; move the change to specs/shop.yaml
  to give up what was made by hand, run: engross generate --force shop
"""
    assert run("generate", "--force").status == 0
    assert run("check").status == 0


def test_a_foreign_file_in_the_way_is_refused(
    package: Path, shop: Path, run: Run
) -> None:
    (package / "shop" / "Thing.json").write_text("mine")
    edit(shop, "    Item:\n", "    Thing:\n")
    edit(shop, "schemas/Item", "schemas/Thing")
    assert run("generate").out == """\
  shop  refused      nothing was written
      shop/Thing.json    orphan       not made by engross, which must write here; move it away
  to give up what was made by hand, run: engross generate --force shop
"""


def test_a_contract_that_is_gone_makes_its_package_an_orphan(
    package: Path, shop: Path, run: Run
) -> None:
    shop.rename(shop.with_name("store.yaml"))
    ran = run("check")
    assert ran.status == 1
    assert ran.out == """\
  shop   orphan        3 files
      README.md          orphan       specs/shop.yaml is gone
      shop/Item.json     orphan       same
      shop/Order.json    orphan       same
  store  missing       3 of 3 files
      README.md           missing      never made before
      store/Item.json     missing      same
      store/Order.json    missing      same
      .engross.json       missing      same
  run: engross generate
"""
    assert run("generate").out == """\
  shop   deleted       3 files
      README.md          deleted
      shop/Item.json     deleted
      shop/Order.json    deleted
  store  created       3 files
"""


def test_a_lost_manifest_explains_itself(package: Path, run: Run) -> None:
    (package / ".engross.json").unlink()
    (package / "README.md").write_text("")
    assert run("check").out == """\
  shop  orphan        1 of 3 files
      README.md        orphan       made by an unknown hand, as there is no .engross.json
      .engross.json    missing      never made before
  to give up what was made by hand, run: engross generate --force shop
"""


def test_a_merge_conflict_in_the_manifest_is_called_that(
    package: Path, run: Run
) -> None:
    (package / ".engross.json").write_text("{\n<<<<<<< ours\n")
    assert run("check").out == """\
  shop  stale         0 of 3 files
      .engross.json    stale        .engross.json is damaged: unresolved merge conflict
  run: engross generate shop
"""


def test_another_version_of_engross_is_a_cause(
    package: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rendering", "report"):
        monkeypatch.setattr(f"engross.tree.{module}.__version__", "9.0")
    assert f"engross {__version__} became 9.0" in run("check").out


def test_many_changes_are_counted_not_listed(
    package: Path, shop: Path, run: Run
) -> None:
    more = "".join(f"        p{n}: {{type: string}}\n" for n in range(9))
    edit(shop, "        note:", f"{more}        note:")
    out = run("check").out
    assert out.count("added Order.p") == 4
    assert "and 5 more changes" in out


def test_strays_are_named(project: Path, package: Path, run: Run) -> None:
    (project / "generated" / "notes.txt").write_text("")
    ran = run("check")
    assert ran.status == 1
    assert ran.out == """\
  shop                 current       3 files
  generated/notes.txt  orphan       not made by engross; move it to a folder of your own
"""


def test_a_diff_shows_what_generate_would_do(
    package: Path, shop: Path, run: Run
) -> None:
    edit(shop, "title: Shop", "title: Store")
    assert run("check", "--diff").out.split("\n\n")[1] == """\
--- a/shop/README.md
+++ b/shop/README.md
@@ -1 +1 @@
-# Shop
+# Store
"""


def test_findings_as_json_name_every_path(package: Path, shop: Path, run: Run) -> None:
    edit(shop, "minimum: 1", "minimum: 2")
    (package / "README.md").unlink()
    ran = run("check", "--format", "json")
    assert ran.status == 1
    assert [
        (f["rule"], f["file"], f["start"]["line"], f["message"], f["hint"])
        for f in json.loads(ran.out)
    ] == [
        (
            "stale",
            "specs/shop.yaml",
            67,
            "generated/shop/shop/Item.json: specs/shop.yaml:67 changed Item.quantity",
            "run: engross generate shop",
        ),
        (
            "missing",
            "generated/shop/README.md",
            1,
            "generated/shop/README.md: deleted since it was made",
            "run: engross generate shop",
        ),
    ]


def test_github_shows_findings_at_the_line_of_the_contract(
    package: Path, shop: Path, run: Run
) -> None:
    edit(shop, "title: Shop", "title: Store")
    edit(shop, "minimum: 1", "minimum: 2")
    ran = run("check", "--format", "github")
    assert ran.status == 1
    table, annotation = ran.out.split("  run: engross generate shop\n")
    assert "README.md" in table
    assert annotation == (
        "::error file=specs/shop.yaml,line=2,col=1,endLine=2,endColumn=5,title=stale::"
        "generated/shop/README.md, generated/shop/shop/Item.json: "
        "specs/shop.yaml:2 changed info; specs/shop.yaml:67 changed Item.quantity"
        "%0Ahint: run: engross generate shop\n"
    )


@pytest.mark.parametrize("command", ["check", "generate"])
def test_json_of_a_good_run_is_an_empty_list(
    package: Path, run: Run, command: str
) -> None:
    ran = run(command, "--format", "json")
    assert (ran.status, json.loads(ran.out)) == (0, [])


def test_a_refusal_is_a_finding_too(package: Path, run: Run) -> None:
    (package / "README.md").write_text("mine")
    ran = run("generate", "--format", "json")
    assert ran.status == 1
    (finding,) = json.loads(ran.out)
    assert finding["rule"] == "hand-edited"
    assert finding["hint"] == "run: engross generate --force shop"

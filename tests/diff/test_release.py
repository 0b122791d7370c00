"""`engross release` proposes the next version of a package, and what its changelog says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engross.contract.facts import released_version, releases
from engross.diff.advice import advice
from engross.diff.changes import Change
from engross.diff.release import Release, ReleaseError, proposed, release_edits
from engross.diff.rules import RULES, Rating, Way
from engross.source import load_files
from engross.source.text_edits import edited
from tests.cli.conftest import Run
from tests.diff.comparison import changes
from tests.diff.conftest import git


def of(rule: str) -> Change:
    return Change(rule, "shop", "", "", "it has changed")


@pytest.mark.parametrize(
    ("version", "rule", "following"),
    [
        ("0.3.1", "operation-removed", "0.4.0"),
        ("0.3.1", "server-changed", "0.3.2"),
        ("0.3.1", "operation-added", "0.3.2"),
        ("1.3.1", "operation-removed", "2.0.0"),
        ("1.3.1", "server-changed", "1.4.0"),
        ("1.3.1", "operation-added", "1.4.0"),
        ("1.3.1", "property-required", "2.0.0"),
        ("1.3.1", "deprecated", "1.3.2"),
    ],
)
def test_version_follows_from_the_worst_change(
    version: str, rule: str, following: str
) -> None:
    release = proposed(version, [of(rule)])
    assert release is not None
    assert release.version == following


def test_without_changes_there_is_no_release() -> None:
    assert proposed("1.0.0", []) is None


@pytest.mark.parametrize("rule", RULES)
def test_entry_says_what_callers_must_do(rule: str) -> None:
    for way in Way:
        change = replace(of(rule), operations={way: ("createItem",)})
        if change.rating is Rating.COMPATIBLE:
            assert advice(change) == ""
        else:
            assert advice(change).endswith(".")


CLOSED = (
    "components: { schemas: { Item: { type: object, additionalProperties: false, "
    "properties: { a: { type: string } } } } }"
)


def test_entries_are_sentences_with_the_worst_first() -> None:
    before = CLOSED.replace("a: { type: string }", "a: { type: integer, maximum: 9 }")
    after = CLOSED.replace(
        "a: { type: string }", "a: { type: integer, maximum: 10 }, b: {}"
    )
    release = proposed("1.0.0", changes(before, after))
    assert release is not None
    assert release.entries == (
        "Breaking: Item.b is new. Expect it.",
        "Check: Item.a: at most 10, was 9. Expect values beyond the old limit.",
        "New: `items.create` has an argument `b`.",
        "New: `Item` has a field `b`.",
    )


def test_version_that_is_no_plain_one_is_refused() -> None:
    with pytest.raises(ReleaseError, match=r"1\.0rc1 is not of three numbers"):
        proposed("1.0rc1", [of("deprecated")])


NEXT = Release("0.4.0", ('Breaking: "a" is gone.', "New: b."))

WRITTEN = {
    "version with a comment": (
        "x-engross:\n  package: shop\n  # The package's.\n  version: 0.3.1  # soon\n",
        (
            "x-engross:\n  package: shop\n  # The package's.\n  version: 0.4.0  # soon\n"
            '  releases:\n    0.4.0:\n      - "Breaking: \\"a\\" is gone."\n      - "New: b."\n'
        ),
    ),
    "earlier releases": (
        (
            'x-engross:\n  version: "0.3.1"\n\n  releases:  # all\n  # Fixes.\n'
            "    0.3.1: [Fixes.]\n  package: shop\n"
        ),
        (
            "x-engross:\n  version: 0.4.0\n\n  releases:  # all\n  # Fixes.\n"
            '    0.4.0:\n      - "Breaking: \\"a\\" is gone."\n      - "New: b."\n'
            "    0.3.1: [Fixes.]\n  package: shop\n"
        ),
    ),
    "no version": (
        "x-engross:\n    package: shop\n",
        (
            "x-engross:\n    releases:\n      0.4.0:\n"
            '        - "Breaking: \\"a\\" is gone."\n        - "New: b."\n'
            "    version: 0.4.0\n    package: shop\n"
        ),
    ),
    "brackets": (
        "x-engross: { package: shop, version: 0.3.1 }\n",
        (
            'x-engross: { releases: { 0.4.0: ["Breaking: \\"a\\" is gone.", "New: b."] }, '
            "package: shop, version: 0.4.0 }\n"
        ),
    ),
    "earlier releases in brackets": (
        "x-engross: { version: 0.3.1, releases: { 0.3.1: [Fixes.] } }\n",
        (
            "x-engross: { version: 0.4.0, releases: "
            '{ 0.4.0: ["Breaking: \\"a\\" is gone.", "New: b."], 0.3.1: [Fixes.] } }\n'
        ),
    ),
    "lines of Windows": (
        "x-engross:\r\n  version: 0.3.1\r\n",
        (
            "x-engross:\r\n  version: 0.4.0\r\n  releases:\r\n    0.4.0:\r\n"
            '      - "Breaking: \\"a\\" is gone."\r\n      - "New: b."\r\n'
        ),
    ),
    "no end of the last line": (
        "x-engross:\n  version: 0.3.1",
        (
            "x-engross:\n  version: 0.4.0\n  releases:\n    0.4.0:\n"
            '      - "Breaking: \\"a\\" is gone."\n      - "New: b."'
        ),
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_release_is_written_as_its_contract_is(case: str) -> None:
    before, after = WRITTEN[case]
    head = HEAD.replace("\n", "\r\n") if "\r" in before else HEAD
    source = load_files("shop.yaml", {"shop.yaml": f"{head}{before}".encode()})
    text = edited(source.text("shop.yaml"), release_edits(source, NEXT))
    assert text == f"{head}{after}"
    again = load_files("shop.yaml", {"shop.yaml": text.encode()})
    assert released_version(again) == "0.4.0"
    assert next(iter(releases(again).values())) == [*NEXT.entries]


HEAD = 'openapi: 3.1.1\ninfo: { title: Shop, version: "1" }\npaths: {}\n'


def test_release_is_written_into_json() -> None:
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": {},
        "x-engross": {"version": "0.3.1"},
    }
    content = json.dumps(document, indent=2).encode()
    source = load_files("shop.json", {"shop.json": content})
    text = edited(source.text("shop.json"), release_edits(source, NEXT))
    document["x-engross"] = {
        "version": "0.4.0",
        "releases": {"0.4.0": [*NEXT.entries]},
    }
    assert json.loads(text) == document


def test_release_is_written_into_the_overlay_that_states_the_version() -> None:
    document = HEAD.encode()
    overlay = (
        'overlay: 1.0.0\ninfo: { title: Ours, version: "1" }\nactions:\n'
        "  - target: $\n    update:\n      x-engross:\n        version: 0.3.1\n"
    )
    files = {"shop.yaml": document, "shop.overlay.yaml": overlay.encode()}
    source = load_files("shop.yaml", files)
    edits = release_edits(source, NEXT)
    assert {edit.span.file for edit in edits} == {"shop.overlay.yaml"}
    assert edited(overlay, edits) == overlay.replace("0.3.1", "0.4.0") + (
        '        releases:\n          0.4.0:\n            - "Breaking: \\"a\\" is gone."\n'
        '            - "New: b."\n'
    )


def test_contract_without_x_engross_has_no_release() -> None:
    source = load_files("shop.yaml", {"shop.yaml": HEAD.encode()})
    with pytest.raises(ReleaseError, match="has no x-engross that states a version"):
        release_edits(source, NEXT)


OWN = """\
x-engross:
  package: shop
  version: 0.1.0
"""


@pytest.fixture
def shop(repository: Path) -> Path:
    """Return the contract of a repository, which states a version but no release."""
    contract = repository / "specs/shop.yaml"
    contract.write_text(contract.read_text() + OWN)
    return contract


def test_first_release_is_the_version_that_is_stated(shop: Path, run: Run) -> None:
    text = shop.read_text()
    ran = run("release", "shop")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "  shop  0.1.0\n\n  - First release.\n\n"
        "Wrote specs/shop.yaml. Review it, then run: engross generate shop\n"
    )
    assert shop.read_text() == (
        f'{text}  releases:\n    0.1.0:\n      - "First release."\n'
    )


def test_next_release_says_what_changed_since_the_last(shop: Path, run: Run) -> None:
    run("release", "shop")
    git(shop.parent, "commit", "--all", "--quiet", "--message=Release")
    text = shop.read_text().replace("minItems: 1", "minItems: 2")
    shop.write_text(text)
    git(shop.parent, "commit", "--all", "--quiet", "--message=Tighten")
    entry = RELEASED
    ran = run("release", "shop", "--dry-run")
    shown = f"  shop  0.1.0 -> 0.2.0\n\n  - {entry}\n\n"
    assert (ran.status, ran.out) == (0, f"{shown}Nothing was written.\n")
    assert shop.read_text() == text
    ran = run("release", "shop")
    assert (ran.status, ran.out) == (
        0,
        f"{shown}Wrote specs/shop.yaml. Review it, then run: engross generate shop\n",
    )
    assert run("generate").status == 0
    changelog = (shop.parents[1] / "generated/shop/CHANGELOG.md").read_text()
    assert changelog.endswith(
        f"\n## 0.2.0\n\n- {entry}\n\n## 0.1.0\n\n- First release.\n"
    )


RELEASED = (
    "Breaking: Order.items: at least 2 items, was 1. Send only values within the limit."
)


def test_releases_that_cannot_be_made_say_why(shop: Path, run: Run) -> None:
    run("release", "shop")
    ran = run("release", "shop")
    assert (ran.status, ran.err) == (
        2,
        (
            "engross: no commit has the release of 0.1.0 in specs/shop.yaml yet; commit it "
            "first\n"
        ),
    )
    git(shop.parent, "commit", "--all", "--quiet", "--message=Release")
    commit = run("release", "shop").out
    assert commit.startswith("No changes since ")
    assert commit.endswith("; nothing to release.\n")
    shop.write_text(shop.read_text().replace("version: 0.1.0", "version: 0.2.0"))
    assert run("release", "shop").err == (
        "engross: specs/shop.yaml states 0.2.0, which its `releases` do not list; list "
        "it, or name the commit of the last release with --since\n"
    )
    assert run("release", "shop", "--since", "HEAD").err == (
        "engross: specs/shop.yaml states 0.2.0, and 0.1.0 in HEAD; the release is there "
        "already\n"
    )
    assert run("release", "shop", "--since", "v9").err == (
        "engross: git knows no commit 'v9'; is it fetched?\n"
    )
    assert run("release", "shpo").err == (
        "engross: no contract 'shpo'; did you mean 'shop'?\n"
    )

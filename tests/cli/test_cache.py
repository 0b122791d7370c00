"""A run with nothing new is answered from what earlier ones found out."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import black
import pytest

from engross import cache
from engross.cache import Memo
from engross.tree.rendering import Fresh, Make, render
from engross.tree.request import Request
from tests.cli.conftest import Run
from tests.cli.test_warnings import CONTRACT as ODD
from tests.conftest import PYPROJECT, ROOT, SHOP

IN_TWO_FILES = SHOP.replace('"#/components/schemas/Item"', '"parts/item.yaml"', 1)
ITEM = "type: object\nproperties: { code: { type: string } }\n"
OVERLAY = """\
overlay: 1.0.0
info: { title: More, version: "1" }
actions:
  - target: $.info
    update: { title: Store }
"""


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch, plain_packages: None) -> list[str]:
    """Return the contracts that were rendered, in a list that grows."""
    names: list[str] = []

    def noted(request: Request, make: Make, memo: Memo, jobs: int) -> Fresh:
        names.append(request.contract)
        return render(request, make, memo, jobs)

    monkeypatch.setattr("engross.tree.rendering.render", noted)
    monkeypatch.delenv("CI", raising=False)
    return names


@pytest.fixture
def generated(project: Path, run: Run, rendered: list[str]) -> Path:
    """Return a project with a contract of two files, whose package is current."""
    parts = project / "specs" / "parts"
    parts.mkdir()
    (parts / "item.yaml").write_text(ITEM)
    (project / "specs" / "shop.yaml").write_text(IN_TWO_FILES)
    assert run("generate").status == 0
    rendered.clear()
    return project


def edit(path: str, old: str, new: str) -> Callable[[Path], object]:
    def carry_out(project: Path) -> None:
        text = (project / path).read_text()
        assert old in text
        (project / path).write_text(text.replace(old, new, 1))

    return carry_out


def write(path: str, text: str) -> Callable[[Path], object]:
    def carry_out(project: Path) -> None:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)

    return carry_out


def delete(path: str) -> Callable[[Path], object]:
    return lambda project: (project / path).unlink()


def turn_into_link(path: str) -> Callable[[Path], object]:
    def carry_out(project: Path) -> None:
        elsewhere = project / "elsewhere.yaml"
        (project / path).rename(elsewhere)
        (project / path).symlink_to(elsewhere)

    return carry_out


def settings(text: str) -> Callable[[Path], object]:
    return write("pyproject.toml", PYPROJECT + text)


CHANGES = {
    "contract": edit("specs/shop.yaml", "Sells things", "Sells much"),
    "comment in contract": edit("specs/shop.yaml", "paths:", "# all of them\npaths:"),
    "file that is referred to": edit("specs/parts/item.yaml", "string", "integer"),
    "link to the same file": turn_into_link("specs/parts/item.yaml"),
    "overlay of the contract": write("specs/shop.overlay.yaml", OVERLAY),
    "overlay of another file": write("specs/parts/item.overlay.json", OVERLAY),
    "level of a rule": settings('[tool.engross.rules]\nexample-mismatch = "error"\n'),
    "slice": settings('[tool.engross.contracts.shop]\nexclude = { tags = ["x"] }\n'),
    "file of the package that is edited": edit(
        "generated/shop/README.md", "Shop", "Edited"
    ),
    "file of the package that is deleted": delete("generated/shop/README.md"),
    "manifest that is edited": edit("generated/shop/.engross.json", "0.1.0", "0.0.9"),
    "manifest that is deleted": delete("generated/shop/.engross.json"),
}


def test_check_with_nothing_changed_renders_nothing(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    ran = run("check")
    assert (ran.status, ran.out) == (0, "  shop  current       3 files\n")
    assert rendered == []


def test_generate_with_nothing_changed_renders_nothing(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    ran = run("generate")
    assert (ran.status, ran.out) == (0, "  shop  unchanged     3 files\n")
    assert rendered == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changed_is_examined_in_full(
    change: Callable[[Path], object], generated: Path, run: Run, rendered: list[str]
) -> None:
    change(generated)
    cached = run("check")
    assert rendered == ["specs/shop.yaml"]
    assert cached == run("check", "--no-cached")


@pytest.mark.parametrize("option", ["--strict", "--skip-broken"])
def test_option_that_changes_what_is_found_is_part_of_the_question(
    option: str, generated: Path, run: Run, rendered: list[str]
) -> None:
    run("check", option)
    assert rendered == ["specs/shop.yaml"]


def test_overlay_that_is_deleted_is_noticed(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    overlay = generated / "specs" / "shop.overlay.yaml"
    overlay.write_text(OVERLAY)
    run("generate")
    overlay.unlink()
    rendered.clear()
    assert run("check").status == 1
    assert rendered == ["specs/shop.yaml"]


def test_file_that_is_added_to_a_package_is_noticed(generated: Path, run: Run) -> None:
    (generated / "generated" / "shop" / "shop" / "helpers.py").touch()
    cached = run("check")
    assert cached.status == 1
    assert "helpers.py" in cached.out
    assert cached == run("check", "--no-cached")


def test_interrupted_run_is_noticed(generated: Path, run: Run) -> None:
    package = generated / "generated" / "shop"
    shutil.copy(package / ".engross.json", package / ".engross.next.json")
    cached = run("check")
    assert cached.status == 1
    assert cached == run("check", "--no-cached")


def test_change_back_is_known_again(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    contract = generated / "specs" / "shop.yaml"
    text = contract.read_text()
    contract.write_text(text.replace("Shop", "Store"))
    run("check")
    contract.write_text(text)
    rendered.clear()
    assert run("check").status == 0
    assert rendered == []


def test_only_what_changed_is_rendered_again(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    (generated / "specs" / "till.yaml").write_text(SHOP)
    assert run("generate").status == 0
    edit("specs/shop.yaml", "Sells things", "Sells much")(generated)
    rendered.clear()
    assert run("generate").status == 0
    assert rendered == ["specs/shop.yaml"]


def test_other_code_renders_again(
    generated: Path, run: Run, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "code_digest", lambda: "other")
    assert run("check").status == 0
    assert rendered == ["specs/shop.yaml"]


def test_nothing_is_taken_on_trust_in_ci_unless_asked_for(
    generated: Path, run: Run, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    run("check", "--cached")
    assert rendered == []
    run("check")
    assert rendered == ["specs/shop.yaml"]


def test_damaged_entry_is_ignored(
    generated: Path, run: Run, rendered: list[str]
) -> None:
    for entry in Path(os.environ["ENGROSS_CACHE_DIR"], "entries").iterdir():
        content = entry.read_bytes()
        entry.write_bytes(content.replace(b"shop", b"show"))
    assert run("check").status == 0
    assert rendered == ["specs/shop.yaml"]


def test_cache_can_be_deleted(generated: Path, run: Run, rendered: list[str]) -> None:
    shutil.rmtree(os.environ["ENGROSS_CACHE_DIR"])
    assert run("check").status == 0
    assert rendered == ["specs/shop.yaml"]


def test_cache_that_cannot_be_written_is_done_without(
    generated: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGROSS_CACHE_DIR", str(generated / "pyproject.toml"))
    assert run("check").status == 0


def test_entries_that_were_used_longest_ago_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_LARGEST", 250)
    for number, key in enumerate(("old", "used", "new")):
        cache.Cache(tmp_path).put(key, b"1234")
        os.utime(tmp_path / "entries" / key, (number, number))
        cache.Cache(tmp_path).get("old")
    cache.Cache(tmp_path).put("last", b"1234")
    found = {
        key for key in ("old", "used", "new", "last") if cache.Cache(tmp_path).get(key)
    }
    assert found == {"old", "new", "last"}


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif", "junit"])
def test_warnings_are_printed_again(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    (project / "specs" / "odd.yaml").write_text(ODD)
    run("generate", "odd")
    first, again = (
        run("check", "odd", "--format", style, cached)
        for cached in ("--no-cached", "--cached")
    )
    assert "example-mismatch" in again.out
    assert again == first


def test_run_with_nothing_changed_loads_neither_yaml_nor_templates(
    project: Path,
) -> None:
    code = (
        "import sys; from engross.cli import main; status = main(); "
        "print(status, sorted({'yaml', 'jinja2', 'black', 'celpy'} & {*sys.modules}))"
    )
    out = [
        subprocess.run(
            [sys.executable, "-c", code, command, "--quiet", "--cached"],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in ("generate", "check", "generate")
    ]
    assert out[1:] == ["0 []\n", "0 []\n"]


@pytest.mark.parametrize(
    "path",
    [
        "generator/engross/layout/prose.py",
        "generator/engross/rulebook.toml",
        "templates/python/README.md.jinja",
        "templates/python/macros/added.jinja",
    ],
)
def test_every_file_of_engross_is_part_of_its_digest(path: str, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("generator/engross", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)

    def digest() -> str:
        code = "from engross.cache import code_digest; print(code_digest())"
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(tmp_path / "generator")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    before = digest()
    assert digest() == before
    with (tmp_path / path).open("a") as file:
        file.write("\n")
    assert digest() != before


def test_text_that_the_last_run_worked_out_is_not_worked_out_again() -> None:
    first = Memo()
    assert first.result(str.upper, "a") == "A"
    second = Memo(first.used)

    def upper(text: str) -> str:
        raise AssertionError(text)

    assert second.result(upper, "a") == "A"
    assert second.result(str.lower, "a") == "a"


def test_text_that_the_last_run_did_not_need_is_forgotten() -> None:
    first = Memo()
    first.result(str.upper, "a")
    second = Memo(first.used)
    second.result(str.upper, "b")
    assert [*second.used.values()] == ["B"]


def test_change_of_a_schema_lays_out_nothing_else_again(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []
    format_str = black.format_str

    def noted(text: str, *, mode: black.Mode) -> str:
        laid_out.append(text)
        return format_str(text, mode=mode)

    monkeypatch.setattr(black, "format_str", noted)
    name = "a_name_that_is_so_long_that_only_black_can_lay_out_what_it_is_in_" * 2
    edit("specs/shop.yaml", "note:", f"{name}:")(project)
    assert run("generate", "--cached").status == 0
    first = {*laid_out}
    laid_out.clear()
    edit("specs/shop.yaml", "One thing", "An article")(project)
    assert run("generate", "--cached").status == 0
    assert first
    assert first.isdisjoint(laid_out)

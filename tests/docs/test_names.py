"""Everything that the docs name exists: files, targets, headings, settings, hooks."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from engross.config import DEFAULTS
from engross.printers import STYLES
from tests.conftest import ROOT
from tests.docs.page import (
    COMMAND,
    CONTRACTS,
    CONTRIBUTING,
    PAGES,
    TESTS,
    Page,
    code_spans,
    links,
)
from tests.docs.replay import run
from tests.docs.site.sources import helps

PROVIDER = "irembopay"
"""Replaces placeholders for a provider in the docs."""

CREATED = ("parcelpost", "build/")
"""Created by the steps for a new provider, which another test follows, and by make."""

_FOLDERS = ".ci|.github|generated|generator|specs|templates|tests"
_FROM_ROOT = re.compile(rf"(?<![\w./-])(?:{_FOLDERS})/[\w./<>\[\]*-]*")
_PATH = re.compile(r"[\w.<>\[\]-]+/[\w./<>\[\]*-]*|[\w.-]*\w\.(?:py|toml|yaml|md|json)")
_WRITTEN = re.compile(r"^# (\S+\.yaml)$", re.MULTILINE)
"""A file that a block of a page becomes."""
_TARGET = re.compile(r"(?:^|`)make ([a-z][a-z<>-]*)", re.MULTILINE)

of_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def filled(text: str) -> str:
    """Return the text with its placeholders replaced."""
    return re.sub("<(?:package|provider)>", PROVIDER, text)


def fenced(page: Page, language: str, section: str) -> str:
    """Return the only block of a language in a section."""
    (code,) = (
        block.code
        for block in page.blocks
        if (block.language, block.section) == (language, section)
    )
    return code


@of_each_page
def test_named_path_exists(page: Page, current: Path) -> None:
    package = current / "generated" / PROVIDER
    roots = (ROOT, current, package, package / PROVIDER)
    shown = [each.code for each in page.blocks if each.language != "console"]
    text = "\n".join([page.prose, *shown])
    named = {path.rstrip(".") for path in _FROM_ROOT.findall(text)}
    named |= {span for span in page.spans if _PATH.fullmatch(span)}
    named -= {*_WRITTEN.findall("\n".join(shown))}
    missing = [
        path
        for path in sorted(named)
        if not any(part in path for part in CREATED)
        and not any(exists(root, filled(path)) for root in roots)
    ]
    assert missing == []


def exists(root: Path, path: str) -> bool:
    """Return whether a path, which may have wildcards, exists."""
    return any(root.glob(path.rstrip("/").replace("[", "[[]")))


@of_each_page
def test_named_make_target_exists(page: Page) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = re.findall(r"^([a-z][a-z-]*%?):", makefile, re.MULTILINE)
    pattern = re.compile("|".join(known).replace("%", ".+"))
    named = set(_TARGET.findall(page.text))
    assert [target for target in named if not pattern.fullmatch(target)] == []


def test_listed_make_target_is_documented(current: Path) -> None:
    listed = re.findall(r"^  make (\w+)", run(current, "make").stdout, re.MULTILINE)
    section = CONTRIBUTING.section("Run")
    assert [target for target in listed if f"`make {target}`" not in section] == [
        "help"
    ]


@of_each_page
def test_relative_link_has_a_target(page: Page) -> None:
    for link in links(page.text):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.path.parent / name if name else page.path
        assert target.exists(), link
        if anchor:
            text = target.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            assert anchor in map(anchor_of, headings), link


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_documented_layers_are_enforced() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        rules
        for rules in project["tool"]["importlinter"]["contracts"]
        if rules["type"] == "layers"
    )
    helpers = {"__main__", "paths"}
    held = [
        layer
        for layer in (
            ", ".join(each.split(" | ")) for each in reversed(contract["layers"])
        )
        if layer not in helpers
    ]
    (rows,) = CONTRIBUTING.tables("Architecture")
    assert [name for name, *_ in rows] == held
    for name, folders, _ in rows:
        modules = [Path(span).stem for span in code_spans(folders)]
        assert modules == name.split(", ")


def test_setting_is_documented_with_its_default() -> None:
    shown = tomllib.loads(fenced(COMMAND, "toml", "Settings"))
    assert shown == {"tool": {"engross": DEFAULTS}}


def test_command_option_and_format_are_documented() -> None:
    commands, options, *_ = COMMAND.tables("The command")
    described = " ".join(name for name, _ in commands)
    for command, text in helps():
        assert f"`engross {command}" in described, command
        having = {
            name
            for span, users, _ in options
            if f"`{command}`" in users
            for name in code_spans(span)
        }
        written = " ".join(having)
        for option in re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE):
            assert re.search(rf"{option}\b", written), f"{command} {option}"
    for style in STYLES:
        assert f"`--format {style}`" in COMMAND.section("The command")


ACTION = ROOT / ".github/actions/generated-is-current/action.yml"


def test_action_and_hooks_match_their_definitions() -> None:
    action = yaml.safe_load(ACTION.read_text("utf-8"))
    defined = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    blocks = [
        yaml.safe_load(block.code)
        for block in COMMAND.blocks
        if block.section == "In CI and before a commit"
    ]
    steps, hooks = blocks
    assert steps[-1]["with"].keys() <= action["inputs"].keys()
    (repository,) = hooks["repos"]
    ids = {hook["id"] for hook in defined}
    assert {hook["id"] for hook in repository["hooks"]} <= ids
    assert all(each in COMMAND.section("In CI and before a commit") for each in ids)


def test_contracts_name_the_documented_editor_schema() -> None:
    line = fenced(CONTRACTS, "yaml", "Editors")
    name = line.strip().partition("$schema=")[2]
    for contract in sorted(ROOT.glob("specs/*.yaml")):
        assert contract.read_text(encoding="utf-8").startswith(line), contract.name
        assert (contract.parent / name).is_file()


def test_documented_parts_of_the_bench_exist() -> None:
    source = (ROOT / "tests" / "bench" / "__main__.py").read_text(encoding="utf-8")
    listed = re.search(r"^PARTS.*?\{(.*?)^\}", source, re.MULTILINE | re.DOTALL)
    assert listed
    parts = set(re.findall(r'"(\w+)":', listed[1]))
    used = fenced(CONTRIBUTING, "sh", "Benchmarks")
    words = used.partition("tests.bench ")[2].split()
    assert {word for word in words if not word.startswith("-")} <= parts


def test_changelog_is_machine_readable() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    assert text.startswith("# Changelog\n")
    assert headings[0] == "[Unreleased]"
    assert "Added" in headings


def test_the_page_of_the_tests_lists_every_folder() -> None:
    folders = (path for path in (ROOT / "tests").iterdir() if path.is_dir())
    wanted = sorted(path.name for path in folders if path.name[0] not in "_.")
    (table,) = TESTS.tables("Tests")
    assert [folder.strip("`") for folder, _ in table] == wanted

"""`engross new` starts a contract, and a project if there is none."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from engross.config import DEFAULTS
from engross.source.metaschema import SCHEMAS
from tests.cli.conftest import Run
from tests.conftest import SHOP
from tests.loopback_files import Answer, serving

CREATED = """\
  created  pyproject.toml
  created  specs/pet-shop.yaml
  created  specs/.schema

Generate the package:

  engross generate pet-shop
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty directory outside any project."""
    empty = tmp_path / "empty"
    empty.mkdir()
    return empty


def test_new_contract_generates_without_a_finding(run: Run, folder: Path) -> None:
    ran = run("new", "pet-shop", cwd=folder)
    assert (ran.status, ran.out, ran.err) == (0, CREATED, "")
    ran = run("generate", "pet-shop", "--strict", cwd=folder)
    assert ran.status == 0
    assert ran.out.startswith("  pet_shop  created ")
    assert run("check", cwd=folder).status == 0


def test_new_contract_names_the_schema_for_editors(run: Run, folder: Path) -> None:
    run("new", "pet-shop", cwd=folder)
    first = (folder / "specs/pet-shop.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=.schema/contract.schema.json"
    copied = folder / "specs/.schema"
    for schema in SCHEMAS.rglob("*.json"):
        assert (
            copied / schema.relative_to(SCHEMAS)
        ).read_bytes() == schema.read_bytes()


def test_new_project_has_the_default_settings(run: Run, folder: Path) -> None:
    run("new", "pet-shop", cwd=folder)
    settings = tomllib.loads((folder / "pyproject.toml").read_text())
    assert settings == {"tool": {"engross": DEFAULTS}}


def test_settings_are_added_to_an_existing_file(run: Run, folder: Path) -> None:
    before = '[project]\nname = "shop"  # mine\n'
    (folder / "pyproject.toml").write_text(before)
    ran = run("new", "pet-shop", cwd=folder)
    assert "  extended  pyproject.toml\n" in ran.out
    text = (folder / "pyproject.toml").read_text()
    assert text.startswith(f"{before}\n[tool.engross]\n")
    assert run("generate", cwd=folder).status == 0


@pytest.mark.parametrize("before", [b"[project]\r\nname = 'x'\r\n", b"[a]\nb = 1"])
def test_existing_settings_keep_their_bytes(
    run: Run, folder: Path, before: bytes
) -> None:
    (folder / "pyproject.toml").write_bytes(before)
    run("new", "pet-shop", cwd=folder)
    assert (folder / "pyproject.toml").read_bytes().startswith(before)
    assert run("generate", cwd=folder).status == 0


def test_contract_is_added_to_the_project_around(run: Run, project: Path) -> None:
    settings = (project / "pyproject.toml").read_text()
    ran = run("new", "pet-shop", cwd=project / "specs")
    assert ran.out.startswith("  created  pet-shop.yaml\n")
    assert (project / "pyproject.toml").read_text() == settings
    assert run("generate", cwd=project).status == 0


def test_existing_contract_is_not_overwritten(run: Run, project: Path) -> None:
    ran = run("new", "shop")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "engross: specs/shop.yaml exists; choose another name\n"
    assert (project / "specs/shop.yaml").read_text() == SHOP


@pytest.mark.parametrize("name", ["Pet Shop", "../shop", "1st", "shop.yaml", ""])
def test_impossible_name_is_a_usage_error(run: Run, folder: Path, name: str) -> None:
    ran = run("new", name, cwd=folder)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"engross: {name!r} is not a name such as pet-shop\n"
    assert [*folder.iterdir()] == []


def test_document_is_kept_as_it_is_beside_an_overlay(run: Run, folder: Path) -> None:
    (folder / "old.yml").write_text(SHOP)
    ran = run("new", "tea", "--from", "old.yml", cwd=folder)
    assert ran.status == 0
    assert "  created  specs/tea.yaml\n  created  specs/tea.overlay.yaml\n" in ran.out
    assert (folder / "specs/tea.yaml").read_text() == SHOP
    assert run("generate", cwd=folder).out.startswith("  tea  created ")
    assert "class Tea(" in (folder / "generated/tea/tea/client.py").read_text()


def test_faulty_document_is_still_foreign_with_its_overlay(
    run: Run, folder: Path
) -> None:
    (folder / "faulty.yaml").write_text(SHOP.replace("summary:", "sumary:"))
    assert run("new", "tea", "--from", "faulty.yaml", cwd=folder).status == 0
    ran = run("generate", cwd=folder)
    assert ran.status == 0
    assert "warning  unknown-key" in ran.out


def test_name_of_a_standard_module_is_qualified(run: Run, folder: Path) -> None:
    run("new", "email", cwd=folder)
    assert run("generate", cwd=folder).out.startswith("  email_api  created ")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            'swagger: "2.0"\ninfo: { title: Old, version: "1" }\npaths: {}\n',
            "unsupported-version",
        ),
        ("openapi: [\n", "yaml-syntax"),
        (SHOP.replace("#/components/schemas/Item", "part.yaml"), "has-parts"),
    ],
)
def test_unusable_document_starts_nothing(
    run: Run, folder: Path, text: str, rule: str
) -> None:
    (folder / "part.yaml").write_text("type: string\n")
    (folder / "old.yaml").write_text(text)
    ran = run("new", "tea", "--from", "old.yaml", cwd=folder)
    assert ran.status == 1
    assert f"error  {rule}\n" in ran.out
    assert {path.name for path in folder.iterdir()} == {"part.yaml", "old.yaml"}


@pytest.fixture
def pages() -> Iterator[dict[str, Answer]]:
    with serving() as answers:
        yield answers


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ("", ""),
        ("servers: [{ url: ../v2 }]\n", "/v2"),
        ("servers: [{ url: /a/ }, { url: /b }]\n", "/a"),
    ],
)
def test_relative_server_of_a_download_is_written_in_full(
    run: Run,
    folder: Path,
    pages: dict[str, Answer],
    servers: str,
    expected: str,
) -> None:
    base = pages["base"].body
    written = "servers:\n  - url: https://shop.example\n"
    pages["/docs/shop.yaml"] = Answer(body=SHOP.replace(written, servers))
    assert run("new", "tea", "--from", f"{base}/docs/shop.yaml", cwd=folder).status == 0
    assert yaml.safe_load((folder / "specs/tea.overlay.yaml").read_text())
    assert run("generate", cwd=folder).status == 0
    contract = (folder / "generated/tea/tea/contract.py").read_text()
    assert f'"{base}{expected}"' in contract


def test_missing_name_shows_the_usage(run: Run, folder: Path) -> None:
    ran = run("new", cwd=folder)
    assert ran.status == 2
    assert "usage: engross new" in ran.err

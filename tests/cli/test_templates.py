"""Templates of a project, in place of those of engross."""

from __future__ import annotations

from pathlib import Path

import pytest

from engross.paths import templates_root
from tests.cli.conftest import Run

VERSION = (templates_root() / "python" / "VERSION").read_text()
PAGE = "CHANGELOG.md.jinja"


@pytest.fixture
def mine(project: Path) -> Path:
    """The folder that the project names."""
    settings = project / "pyproject.toml"
    head = "[tool.engross]\n"
    text = settings.read_text()
    settings.write_text(text.replace(head, f'{head}templates = "mine"\n'))
    folder = project / "mine"
    folder.mkdir()
    (folder / "VERSION").write_text(VERSION)
    return folder


def test_template_of_the_project_is_printed(mine: Path, run: Run) -> None:
    (mine / PAGE).write_text("Changes of {{ contract.title }}.\n")
    assert run("generate").status == 0
    package = mine.parent / "generated" / "shop"
    assert (package / "CHANGELOG.md").read_text() == "Changes of Shop.\n"
    assert (package / "README.md").exists()
    assert run("check").status == 0


def test_file_that_is_copied_may_be_another_one(mine: Path, run: Run) -> None:
    (mine / "tests").mkdir()
    (mine / "tests" / "recipes.py").write_text('"""Mine."""\n')
    assert run("generate").status == 0
    recipes = mine.parent / "generated" / "shop" / "tests" / "recipes.py"
    assert recipes.read_text() == '"""Mine."""\n'


def test_macros_of_the_project_are_used(mine: Path, run: Run) -> None:
    (mine / "macros").mkdir()
    text = "{% macro module(operations) %}\n# mine\n{% endmacro %}\n"
    (mine / "macros" / "operations.jinja").write_text(text)
    assert run("generate").status == 0
    made = mine.parent / "generated" / "shop" / "shop" / "operations.py"
    assert made.read_text().endswith("# mine\n")


def test_changed_template_makes_a_package_not_current(mine: Path, run: Run) -> None:
    (mine / PAGE).write_text("One.\n")
    assert run("generate", "--cached").status == 0
    assert run("check", "--cached").status == 0
    (mine / PAGE).write_text("Two.\n")
    ran = run("check", "--cached")
    assert ran.status == 1
    assert "CHANGELOG.md" in ran.out


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "VERSION",
            "99\n",
            f"""\
mine/VERSION:1:1  error  templates
    1 | 99
      | ^ written for version '99', and this engross has {VERSION.strip()}
   hint: compare with templates/README.md, then write {VERSION.strip()}
""",
        ),
        (
            "CHANGLOG.md.jinja",
            "Changes.\n",
            """\
mine/CHANGLOG.md.jinja:1:1  error  templates
    1 | Changes.
      | ^ replaces no template
   hint: did you mean 'CHANGELOG.md.jinja'?
""",
        ),
        (
            PAGE,
            "Changes\n{% if contract %}\n",
            """\
mine/CHANGELOG.md.jinja:2:1  error  templates
    1 | Changes
    2 | {% if contract %}
      | ^^^^^^^^^^^^^^^^^ Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.
   hint: templates/README.md lists the names that a template may use
""",
        ),
        (
            PAGE,
            "Changes\n\n{{ contrakt.title }}\n",
            """\
mine/CHANGELOG.md.jinja:3:1  error  templates
    3 | {{ contrakt.title }}
      | ^^^^^^^^^^^^^^^^^^^^ 'contrakt' is undefined
   hint: templates/README.md lists the names that a template may use
""",
        ),
        (
            PAGE,
            "{{ 1 // (contract.title | length - 4) }}\n",
            """\
mine/CHANGELOG.md.jinja:1:1  error  templates
    1 | {{ 1 // (contract.title | length - 4) }}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ integer division or modulo by zero
   hint: templates/README.md lists the names that a template may use
""",
        ),
    ],
    ids=["version", "path", "syntax", "name", "value"],
)
def test_mistake_is_shown_at_its_line_and_nothing_is_written(
    path: str, text: str, said: str, mine: Path, run: Run
) -> None:
    (mine / path).write_text(text)
    ran = run("generate")
    assert ran.status == 1
    assert ran.out.startswith(f"{said}\n1 error.")
    assert not (mine.parent / "generated").exists()


def test_version_must_be_stated(mine: Path, run: Run) -> None:
    (mine / "VERSION").unlink()
    ran = run("generate")
    assert ran.status == 1
    assert "mine/VERSION is missing" in ran.out


def test_directory_must_exist(mine: Path, run: Run) -> None:
    (mine / "VERSION").unlink()
    mine.rmdir()
    ran = run("generate")
    assert ran.status == 1
    assert "no directory mine" in ran.out


def test_directory_must_be_in_the_project(project: Path, run: Run) -> None:
    (project / "pyproject.toml").write_text('[tool.engross]\ntemplates = "../mine"\n')
    ran = run("generate")
    assert ran.status == 1
    assert "templates must be a directory inside the project" in ran.out


def test_module_that_is_derived_cannot_be_replaced(mine: Path, run: Run) -> None:
    runtime = mine / "package" / "_runtime"
    runtime.mkdir(parents=True)
    (runtime / "sync_client.py").write_text("# mine\n")
    ran = run("generate")
    assert ran.status == 1
    assert "replaces no template" in ran.out
    assert "did you mean 'package/_runtime/async_client.py'?" in ran.out


def test_file_that_is_no_text_is_a_finding(mine: Path, run: Run) -> None:
    (mine / PAGE).write_bytes(b"\xff\xfe")
    ran = run("generate")
    assert ran.status == 1
    assert "mine/CHANGELOG.md.jinja:1:1  error  templates" in ran.out
    assert "not valid UTF-8" in ran.out

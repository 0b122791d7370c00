"""Compiled templates are kept, and never outlive what they were made from."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from engross.emit.template_cache import TemplateCache


def rendered(templates: Path, *, trim: bool = False) -> str:
    environment = Environment(
        loader=FileSystemLoader(templates),
        bytecode_cache=TemplateCache(templates),
        trim_blocks=trim,
        autoescape=False,
    )
    return environment.get_template("greeting").render(name="Ada")


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "greeting").write_text("{% if name %}\nHello {{ name }}{% endif %}")
    return tmp_path


def kept(templates: Path) -> list[Path]:
    return list((templates / "__pycache__").glob("*"))


def test_a_compiled_template_is_kept_and_used(templates: Path) -> None:
    assert rendered(templates) == "\nHello Ada"
    [file] = kept(templates)
    before = file.stat().st_mtime_ns
    assert rendered(templates) == "\nHello Ada"
    assert [each.stat().st_mtime_ns for each in kept(templates)] == [before]


def test_a_changed_template_is_compiled_again(templates: Path) -> None:
    rendered(templates)
    (templates / "greeting").write_text("Bye {{ name }}")
    assert rendered(templates) == "Bye Ada"


def test_another_option_is_compiled_again(templates: Path) -> None:
    rendered(templates)
    assert rendered(templates, trim=True) == "Hello Ada"


@pytest.mark.parametrize("size", [0, 2, 20, 60, 80, 200])
def test_a_file_that_was_cut_off_is_replaced(templates: Path, size: int) -> None:
    rendered(templates)
    [file] = kept(templates)
    file.write_bytes(file.read_bytes()[:size])
    assert rendered(templates) == "\nHello Ada"


def test_nothing_is_written_where_python_keeps_no_bytecode(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(templates) == "\nHello Ada"
    assert kept(templates) == []


def test_a_directory_that_cannot_be_made_does_no_harm(templates: Path) -> None:
    (templates / "__pycache__").write_text("a file")
    assert rendered(templates) == "\nHello Ada"

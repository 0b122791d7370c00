"""JSON pointers are read and written in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engross
from engross.source.pointer import Pointer

GENERATOR = Path(engross.__file__).parent

# It is copied into packages, which have no generator.
RUNTIME_OF_VALIDATORS = GENERATOR / "validation" / "runtime.py"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("/", ("",)),
        ("//a", ("", "a")),
        ("/a~1b/c~0d/~01", ("a/b", "c~d", "~1")),
        ("/0/ ", ("0", " ")),
    ],
)
def test_pointer_has_unescaped_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert Pointer.parse(text).tokens == tokens
    assert str(Pointer(tokens)) == text


@given(st.lists(st.text()).map(tuple))
def test_pointer_survives_writing_and_reading(tokens: tuple[str, ...]) -> None:
    pointer = Pointer(tokens)
    assert Pointer.parse(str(pointer)) == pointer
    assert Pointer.from_fragment(pointer.fragment) == pointer


def test_pointer_begins_with_a_slash() -> None:
    with pytest.raises(ValueError, match="begins with '/'"):
        Pointer.parse("a/b")


def test_escapes_of_pointers_are_known_to_one_module() -> None:
    knowing = {
        path.relative_to(GENERATOR).as_posix()
        for path in GENERATOR.rglob("*.py")
        if path != RUNTIME_OF_VALIDATORS
        for text in _strings(path)
        if "~1" in text or "~0" in text
    }
    assert knowing == {"source/pointer.py"}


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value

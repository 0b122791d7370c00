"""JSON pointers are read and written in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engross.source.pointer import Pointer


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

"""Lines and columns of characters."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from engross.findings import Position
from engross.source.text import Text


def position_by_counting(content: str, offset: int, end: str) -> Position:
    """The position as one would count it."""
    before = content[:offset].split(end)
    return Position(len(before), len(before[-1]) + 1)


@given(
    content=st.text("ab\n\ré?😀\ud800"),
    block=st.integers(1, 9),
    data=st.data(),
)
def test_a_position_is_where_counting_from_the_start_leads(
    content: str, block: int, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(content)))
    end = "\n" if "\n" in content else "\r"
    with (
        patch("engross.source.text._BLOCK", block),
        patch("engross.source.text._PIECE", block),
    ):
        found = Text.of("a.yaml", content).position(offset)
    assert found == position_by_counting(content, offset, end)


@given(content=st.text("ab\n?é😀"), data=st.data())
def test_what_is_between_two_offsets_is_in_the_text(
    content: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    assert Text.of("a.yaml", content).between(start, end) == content[start:end]

"""Comments are wrapped as `textwrap` wraps them, whatever is between their words."""

from __future__ import annotations

import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from engross.layout import comment

_WORDS = st.lists(st.text("ab", min_size=1, max_size=100), min_size=1, max_size=30)
_BETWEEN = st.sampled_from((" ", " ", " ", "  ", "\N{NO-BREAK SPACE}"))


@given(words=_WORDS, between=_BETWEEN)
@example(words=["a" * 86, "b"], between=" ")
@example(words=["a" * 85, "b"], between=" ")
@example(words=["a", "b" * 100, "c"], between=" ")
def test_a_comment_is_wrapped_as_by_the_standard_library(
    words: list[str], between: str
) -> None:
    text = between.join(words)

    wrapped = textwrap.wrap(
        text if text.isprintable() else text.replace(between, " "),
        88,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )

    assert comment(text).split("\n") == wrapped

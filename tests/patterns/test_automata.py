"""Automata, and samples, agree with Python's own verdict on random patterns."""

from __future__ import annotations

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engross.patterns import Regex, read_pattern
from engross.patterns.matching import LinearPattern

CHARS = "abc01_- \n"
ATOMS = st.one_of(
    st.sampled_from("abc01_-"),
    st.sampled_from([r"\d", r"\D", r"\w", r"\W", r"\n", "[a-b]", "[^b0]", "[^]"]),
)
EDGES = st.sampled_from([r"\b", "(?!\\b)", "^", "$", "(?<=a)", "(?<!b)", "(?<=[ab]c)"])
PATTERNS = st.recursive(
    st.one_of(ATOMS, ATOMS, ATOMS, EDGES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join).map("(?:{})".format),
        st.tuples(
            inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,3}", "*?"])
        ).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        st.tuples(st.sampled_from(["?=", "?!"]), inner).map(
            lambda pair: f"({pair[0]}{pair[1]})"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.lists(st.text(CHARS, max_size=7), min_size=4, max_size=12)


def reference(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for Python, where `$` and an empty class are written otherwise."""
    python = pattern.replace("$", r"\Z").replace("[^]", r"[\s\S]")
    return re.compile(python, re.ASCII)


def by_automaton(regex: Regex) -> LinearPattern:
    """Return what matches texts of every length with the automaton."""
    return LinearPattern(regex.source, regex.method.value, -1, regex.program)


def with_automaton(pattern: str) -> Regex:
    """Return a pattern that means the same and is too slow for Python."""
    return read_pattern(f"(?:{pattern})(?:(?:(?:a|a)*!)|)").regex


@settings(max_examples=400, deadline=None)
@given(PATTERNS, TEXTS)
def test_automaton_agrees_with_python(pattern: str, texts: list[str]) -> None:
    expected = reference(pattern)
    regex = with_automaton(pattern)
    assume(regex.program)  # assertions may be nested too deeply
    fits = by_automaton(regex)
    for text in texts:
        assert fits(text) == (expected.search(text) is not None), text


@settings(max_examples=400, deadline=None)
@given(PATTERNS, TEXTS)
def test_translation_agrees_with_python(pattern: str, texts: list[str]) -> None:
    expected = reference(pattern)
    fits = read_pattern(pattern).regex.fits
    for text in texts:
        assert fits(text) == (expected.search(text) is not None), text


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.integers(0, 6), st.integers(0, 6))
@example("(?!aa|aa)", 0, 0)  # what it excludes is longer than what is asked for
def test_samples_match_and_counterexamples_do_not(
    pattern: str, shortest: int, spare: int
) -> None:
    reading, expected = read_pattern(pattern), reference(pattern)
    longest = shortest + spare
    sample = reading.sample(shortest, longest)
    assert sample is None or shortest <= len(sample) <= longest
    assert sample is None or expected.search(sample)
    other = reading.counterexample(shortest, longest)
    assert other is None or shortest <= len(other) <= longest
    assert other is None or not expected.search(other)


@settings(max_examples=150, deadline=None)
@given(PATTERNS, st.lists(st.text(CHARS, min_size=1, max_size=3), max_size=4))
def test_pattern_that_matches_a_short_text_has_a_sample(
    pattern: str, texts: list[str]
) -> None:
    is_plain = not re.search(r"\(\?[=!<]|\\b|[$^]", pattern)
    if is_plain and any(reference(pattern).search(text) for text in texts):
        assert read_pattern(pattern).sample() is not None


def test_look_behind_of_any_width_is_matched() -> None:
    fits = read_pattern(r"(?<=\$ *)\d+(?![\d,]*\.)").regex.fits
    assert fits("costs $  12")
    assert not fits("costs 12")
    assert not fits("costs $ 12.50")


def test_nested_assertions_are_matched() -> None:
    fits = read_pattern("^(?=(?!(a+)+c)[ab]*(?<=b(?=!)))").regex.fits
    assert fits("aab!")
    assert not fits("aaba!")
    assert not fits("aac")


def test_line_anchors_are_matched_in_long_texts() -> None:
    fits = read_pattern("(?m)^(a+)+$").regex.fits
    assert fits("b\n" * 1000 + "aaa\nb")
    assert not fits("ab\n" * 1000)

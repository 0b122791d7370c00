"""Samples match their pattern, look natural and have the length that is asked for."""

from __future__ import annotations

import pytest

from engross.patterns import read_pattern


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        ("^[A-Z]{3}-[0-9]{4}$", "ABC-1234"),
        ("^(EUR|USD)$", "EUR"),
        (r"^\d{4}-\d{2}$", "1234-56"),
        ("^[a-z]+@[a-z]+$", "a@b"),
        ("^https://", "https://"),
        (r"^\+?[1-9]\d{1,14}$", "12"),
        ("^(?<a>[a-z])-\\k<a>$", "a-a"),
        ("^a|b$", "a"),
        (r"^\p{Lu}$", "A"),
        ("^[^a-z]$", "1"),
        ("x{3}", "xxx"),
        (r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$", "0"),
        ("(?<=a+)b", "ab"),
        ("^(?=(a+)+b)", "ab"),
        ("^(?=[a-z]*x$)[a-z]{2}", None),
        ("^[\u03b1-\u03c9]$", "\u03b1"),
        ("^[^]$", "a"),
        (".^", None),
        ("[]", None),
        ("^a{20000}$", None),
    ],
)
def test_shortest_sample_is_readable(pattern: str, sample: str | None) -> None:
    found = read_pattern(pattern).sample()
    if sample is not None or found is None:
        assert found == sample
    else:
        assert read_pattern(pattern).regex.fits(found)


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [
        ("^[a-z]+$", 10, 10),
        ("^[a-z]*$", 0, 0),
        ("^(ab)+$", 6, 6),
        ("^(ab|cde)+$", 7, 7),
        ("^[a-z]{2,5}(-[a-z]{2,5})*$", 12, 20),
        ("^x", 9, 9),
        ("x$", 9, 9),
        ("b", 3, 3),
        ("^(cat|elephant)$", 4, 10),
        ("^(elephant|cat)$", 0, 5),
        (r"^(\w+) \1$", 9, 9),
        ("^(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]+$", 12, 16),
        ("^.{1,300}$", 300, 300),
        ("^(a?){60}$", 60, 60),
        (r"^(?!\d+$)\w+$", 5, 5),
    ],
)
def test_sample_has_a_length_within_the_bounds(
    pattern: str, shortest: int, longest: int
) -> None:
    reading = read_pattern(pattern)
    sample = reading.sample(shortest, longest)
    assert sample is not None
    assert shortest <= len(sample) <= longest
    assert reading.regex.fits(sample)


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [
        ("^[A-Z]{3}$", 4, None),
        ("^[A-Z]{3}$", 0, 2),
        ("^[A-Z]+$", 10**22, None),
        ("^[A-Z]+$", 5, 4),
        ("^a{100000000}$", 0, None),
    ],
)
def test_sample_of_impossible_length_is_none(
    pattern: str, shortest: int, longest: int | None
) -> None:
    assert read_pattern(pattern).sample(shortest, longest) is None


def test_sample_matches_other_patterns_too() -> None:
    first, second = read_pattern("^[A-Za-z0-9]{4}$"), read_pattern("[0-9].*[A-Z]")
    sample = first.sample(others=[second])
    assert sample is not None
    assert first.regex.fits(sample)
    assert second.regex.fits(sample)


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest", "expected"),
    [
        ("^[A-Z]{3}$", 0, None, "no match"),
        ("^[A-Z]{3}$", 3, 3, "!!!"),
        ("^[a-z ]+$", 0, None, "!"),
        ("^.{2,}$", 0, None, "!"),
        ("", 0, None, None),
        ("^[^x]*$", 0, None, "x"),
        ("^(?!(a+)+b)", 0, None, "ab"),
        ("^[A-Z]{3}$", 10**22, None, None),
    ],
)
def test_counterexample_does_not_match(
    pattern: str, shortest: int, longest: int | None, expected: str | None
) -> None:
    assert read_pattern(pattern).counterexample(shortest, longest) == expected


def test_samples_are_the_same_in_every_run() -> None:
    pattern = "^(?=.*[A-Z])(?=.*[0-9])(?=.*[!?])[!-~]{9,}$"
    read_pattern.cache_clear()
    first = read_pattern(pattern).sample()
    read_pattern.cache_clear()
    assert read_pattern(pattern).sample() == first
    assert first is not None

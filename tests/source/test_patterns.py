"""Patterns of ECMA-262 are judged as such, and none can hold the command up."""

import pytest

from engross.source.regexes import is_quick, python_regex, regex_problem


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+$",
        r"^\p{Lu}\P{L}$",
        r"(?<year>\d{4})-\k<year>",
        r"\u{1F600}",
        "[^]",
        r"(?<=a+)b",
        r"\/\-\cA\e",
        "[\\w-.]",
        r"\\d\\p",
        "(?i)^(all|none)$",
        "^(?i)all$",
        "a(?i-s:b)",
        r"\Q(\E",
    ],
)
def test_what_ecma_allows_is_allowed(pattern: str) -> None:
    assert regex_problem(pattern) is None


@pytest.mark.parametrize("pattern", ["[a-z", "(a", "a)", "*a", "a{2,1}", "[z-a]", "\\"])
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    assert regex_problem(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"(?<a>x)\k<a>", "xx", True),
        (r"^\d$", "٣", False),
        (r"\u{41}", "A", True),
        (r"\u{2e}", "A", False),
        (r"^[^]$", "\n", True),
        (r"\\d", r"\d", True),
    ],
)
def test_a_pattern_means_in_python_what_it_means_in_ecma(
    pattern: str, text: str, matches: bool
) -> None:
    regex = python_regex(pattern)
    assert regex is not None
    assert bool(regex.search(text)) is matches


@pytest.mark.parametrize(
    "pattern", [r"\p{L}", r"(?<=a)b", r"\cA", "(?i)k", "(?m:^k)", r"\Q(\E", "("]
)
def test_what_python_cannot_say_is_not_tried(pattern: str) -> None:
    assert python_regex(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])([.][0-9]+)?$",
        "^.*$",
        r"[\]a(]+",
        "(ab)+",
    ],
)
def test_common_patterns_are_quick(pattern: str) -> None:
    assert is_quick(pattern, 100)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|aa)*$", "(a*)*", "(a{1,30}){1,30}", "a?" * 30 + "a" * 30, ".*" * 9],
)
def test_patterns_with_countless_ways_are_not(pattern: str) -> None:
    assert not is_quick(pattern, 30)

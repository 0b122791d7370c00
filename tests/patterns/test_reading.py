"""Patterns are read as ECMA-262, and whatever they ask for, texts are matched soon."""

from __future__ import annotations

import pytest

from engross.patterns import PatternError, read_pattern, syntax_error


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
        r"\p{Script=Greek}",
        "(?>a)",
        "a++",
    ],
)
def test_pattern_of_some_language_is_not_malformed(pattern: str) -> None:
    assert syntax_error(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("[a-z", "unterminated character class"),
        ("(a", "unterminated group"),
        ("a)", "unmatched ')'"),
        ("*a", "nothing to repeat"),
        ("a**", "multiple quantifiers"),
        ("a{2,1}", "bounds of a quantifier are out of order"),
        ("[z-a]", "a range is out of order"),
        ("\\", "unterminated escape"),
        (r"(a)\2", "there is no group 2"),
        (r"\u12", "expected 4 hexadecimal digits"),
    ],
)
def test_malformed_pattern_is_explained(pattern: str, problem: str) -> None:
    assert syntax_error(pattern) == problem


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"(?<a>x)\k<a>", "xx", True),
        (r"^\d$", "٣", False),
        (r"\u{41}", "A", True),
        (r"\u{2e}", "A", False),
        (r"^[^]$", "\n", True),
        (r"\\d", r"\d", True),
        (r"^\p{L}$", "é", True),
        ("(?<=a)b", "ab", True),
        ("(?<=a+)b", "aab", True),
        ("(?<=a+)b", "cb", False),
        (r"^\cA$", "\x01", True),
        ("(?i)k", "K", True),
        ("(?m:^k)", "a\nk", True),
        (r"\Q(\E", "(", True),
    ],
)
def test_pattern_means_what_ecma_262_says(
    pattern: str, text: str, matches: bool
) -> None:
    assert read_pattern(pattern).regex.fits(text) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])([.][0-9]+)?$",
        "^.*$",
        r"[\]a(]+",
        "(ab)+",
        "^[^@]+@[a-z]+$",
        "^.{1,10000}$",
        "^(?!.*--)[a-z-]+$",
        r"^\d{10}[A-Z0-9]{10}$",
        r"^(?:GET|POST|PUT|DELETE) /",
    ],
)
def test_common_pattern_is_left_to_python(pattern: str) -> None:
    assert read_pattern(pattern).regex.limit is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|a)+$",
        "(a|aa)*$",
        "(a*b*)*$",
        "(a{1,30}){1,30}$",
        "a?" * 30 + "a" * 30 + "$",
        "((b*|c*)a)+$",
        "((b+){30}a?)*",
    ],
)
def test_pattern_with_countless_ways_is_never_left_to_python(pattern: str) -> None:
    regex = read_pattern(pattern).regex
    assert regex.limit == 0
    assert regex.program


@pytest.mark.parametrize(
    ("pattern", "foreign", "plain"),
    [
        ("/^[a-z]+$/i", "/.../i", "(?i:^[a-z]+$)"),
        ("/^[a-z]+$/", "/.../", "^[a-z]+$"),
        (r"/^\d+$/gu", "/.../gu", r"^\d+$"),
        ("/^a.b$/sm", "/.../sm", "(?ms:^a.b$)"),
        ("/^a|b/", "/.../", "^a|b"),
    ],
)
def test_javascript_literal_is_read_as_intended(
    pattern: str, foreign: str, plain: str
) -> None:
    reading = read_pattern(pattern)
    assert (reading.foreign, reading.plain) == ((foreign,), plain)


def test_javascript_literal_matches_without_its_slashes() -> None:
    fits = read_pattern("/^[a-z]+$/i").regex.fits
    assert fits("Abc")
    assert not fits("/abc/i")
    assert not fits("a1")


@pytest.mark.parametrize(
    ("pattern", "text"), [("/users/i", "/users/i"), (r"/price\$/", "/price$/")]
)
def test_path_between_slashes_is_no_literal(pattern: str, text: str) -> None:
    reading = read_pattern(pattern)
    assert reading.foreign == ()
    assert reading.regex.fits(text)


def test_unreadable_pattern_says_where_and_what() -> None:
    with pytest.raises(PatternError) as caught:
        read_pattern(r"a\hb")
    assert str(caught.value) == r"ECMA-262 has no escape \h at position 3 of 'a\\hb'"
    assert not caught.value.is_malformed

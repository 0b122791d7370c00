"""ECMA-262 patterns mean in Python what they mean in ECMA-262, or are refused."""

from __future__ import annotations

import pytest

from engross.validation import SchemaError, compile_validator

MATCHES: list[tuple[str, list[str], list[str]]] = [
    ("^abc$", ["abc"], ["abc\n", "xabc", "abcd"]),
    ("b", ["abc", "b"], ["", "ac"]),
    ("^ab", ["abc"], ["cab"]),
    ("ab$", ["cab"], ["ab\n", "abc"]),
    ("", ["", "anything"], []),
    ("^$", [""], ["\n", "a"]),
    (r"^\d+$", ["0", "42"], ["\u07c0", "4a"]),
    (r"^\w$", ["a", "_"], ["é", "-"]),
    (r"^\W$", ["é", "-"], ["a"]),
    (r"^\s$", ["\ufeff", "\u00a0", "\u2029", "\t"], ["\u200b", "\x1c", "a"]),
    (r"^\S$", ["\u200b", "\x1c"], ["\ufeff"]),
    ("^.$", ["a", "\u0085", "🐲"], ["\n", "\r", "\u2028", "\u2029"]),
    ("^[^]$", ["\n", "a"], [""]),
    ("^[]$", [], ["", "a"]),
    (r"^\cA\x41\u0042\u{43}\uD83D\uDC32$", ["\x01ABC🐲"], ["cAABC"]),
    (r"^[\b]$", ["\b"], ["b"]),
    (r"\bab\b", ["ab", "x ab!"], ["xab", "abé"[0:1]]),
    (r"^\B$", [""], ["a"]),
    (r"^[\w-.]+$", ["a-b.c"], ["a b"]),
    (r"^[a\-z]$", ["a", "-", "z"], ["b"]),
    ("^[[&&~~|-]+$", ["[&~|-"], ["]"]),
    (r"^\-\@\/\ $", ["-@/ "], []),
    ("^a{,2}$", ["a{,2}"], ["a", "aa"]),
    ("^x{2}y{1,}z{0,1}$", ["xxy", "xxyyz"], ["xy", "xxyzz"]),
    (r"^(?<year>\d{4})-\k<year>$", ["2030-2030"], ["2030-2031"]),
    (r"^(?:(a)|b)\1$", ["aa", "b"], ["ab", "ba"]),
    ("^(?=.*[0-9])(?!.*x)[a-z0-9]+$", ["a1"], ["a", "1x"]),
    ("(?<!a)b", ["b", "cb"], ["ab"]),
    ("(?<=a+)b", ["ab", "caab"], ["b", "cb"]),
    ("^(?<!a|bc)d$", ["d"], ["ad", "bcd"]),
    (r"^\p{Lu}\p{Letter}+$", ["Éé", "Ab"], ["éé", "A1"]),
    (r"^\P{L}$", ["1", "\u0663"], ["a"]),
    (r"^\p{gc=Nd}$", ["\u0663"], ["x"]),
    ("^(a|b|)c?$", ["a", "bc", "", "c"], ["ab"]),
    ("^(cat|dog)$|^$", ["cat", ""], ["cow", "cat\n"]),
    ("^[\u0000-\u001f]$", ["\n"], [" "]),
    ('^"\\\\"$', ['"\\"'], []),
]


@pytest.mark.parametrize(("pattern", "fitting", "others"), MATCHES)
def test_a_pattern_means_what_ecma_262_says(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    validator = compile_validator({"pattern": pattern})
    assert [text for text in fitting if not validator.is_valid(text)] == []
    assert [text for text in others if validator.is_valid(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a**",
        "*a",
        "[a",
        "[z-a]",
        "[|--]",
        "a{3,1}",
        "\\",
        r"\a",
        r"[\Z]",
        r"\u12",
        r"\u{110000}",
        r"\p{Script=Greek}",
        r"\p{Nonsense}",
        "(?P<a>x)(?P<a>y)",
        "(?P=a)",
        "(?P>a)",
        "a(?i)bc",
        "^(?i)a|b",
        "(?ii)a",
        "(?u)a",
        "(?-i)a",
        "(?-:a)",
        "(?x:a)",
        "(?i)*",
        r"(?i)(a)\1",
        r"(?i)\b*",
        "(?m)^.$",
        "(?x)a +",
        "(?x)[a b]",
        "(?x)a\u2028b",
        "(?x)a # b\r c",
        r"(?x)\Qa b\E",
        r"\Qa",
        r"\Qab\E+",
        r"\A*",
        "a++",
        r"\h",
        r"\pL",
        "[[:alpha:]]",
        "[^[:space:]_]",
        "(?>a)",
        "(?#comment)",
        "(?<a>x)(?<a>y)",
        r"\1",
        r"\1(a)",
        r"(a\1)",
        r"(?:(a)|b)*\1",
        "^*",
        r"(?=a)+",
        "a" * 10 + "(" * 200 + ")" * 200,
    ],
)
def test_what_is_malformed_or_beyond_python_is_refused(pattern: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_validator({"properties": {"a": {"pattern": pattern}}})
    assert str(caught.value.at) == "#/properties/a/pattern"


def test_slow_pattern_with_assertions_is_matched_in_texts_of_any_length() -> None:
    pattern = r"^(?!.*--)[a-z-]*[a-z]\b.*$"
    validator = compile_validator({"pattern": pattern})
    assert validator.is_valid("a-b" * 10_000)
    assert not validator.is_valid("a-b" * 10_000 + "--")
    assert validator.is_valid("a-b")


def test_slow_pattern_with_a_reference_names_the_longest_text_it_matches() -> None:
    validator = compile_validator({"pattern": r"^(a*)b*\1c$"})
    assert validator.is_valid("aabaac")
    (found,) = validator.violations("a" * 100_000)
    assert found.keyword == "pattern"
    assert "in at most 3,162 characters" in found.message


def test_a_text_that_is_too_long_is_not_matched_by_a_slow_pattern() -> None:
    schema = {"pattern": r"^(?!.*--)[a-z-]*[a-z]\b.*$", "maxLength": 60}
    (found,) = compile_validator(schema).violations("a" * 100_000)
    assert found.keyword == "maxLength"


@pytest.mark.parametrize(
    ("pattern", "source"),
    [
        ("^https://", '.startswith("https://")'),
        ("x$", '.endswith("x")'),
        ("^exact$", '== "exact"'),
        ("inside", '"inside" not in'),
        ("^[A-Z]{3}$", 're.compile("[A-Z]{3}", re.ASCII).fullmatch'),
        (r"^\d{2}", r're.compile(r"\d\d", re.ASCII).match'),
    ],
)
def test_plain_texts_need_no_regular_expression(pattern: str, source: str) -> None:
    validator = compile_validator({"type": "string", "pattern": pattern})
    assert source in validator.source or source.replace("==", "!=") in validator.source

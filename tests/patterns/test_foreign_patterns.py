"""What other languages' patterns say in one voice is read; what they differ on is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engross.patterns import PatternError, read_pattern
from engross.validation import SchemaError, compile_validator

MATCHES: list[tuple[str, list[str], list[str]]] = [
    ("(?i)^(all|none)$", ["all", "ALL", "nOnE"], ["al", "all\n"]),
    ("^(?i)all$", ["ALL"], ["xall"]),
    (r"\A(?i)all\z", ["ALL"], ["xall", "all\n"]),
    ("(?i)^a|b$", ["Ax", "xB"], ["xAx"]),
    ("^a(?i:b)c$", ["abc", "aBc"], ["ABc", "abC"]),
    ("(?i)^a(?-i:b)$", ["Ab"], ["AB"]),
    ("(?i)^[a-c]+$", ["aBC"], ["d"]),
    ("(?i)^[^a-c]+$", ["dE"], ["A", "b"]),
    (r"(?i)^[\u0041]$", ["a"], ["b"]),
    (r"\A(\*\.)?[a-z]+\Z", ["*.ab", "ab"], ["ab\n", "\nab", "AB"]),
    (r"\Aab|cd\z", ["abx", "xcd"], ["xabx", "cdx"]),
    ("(?s)^a.b$", ["a\nb", "axb"], ["ab"]),
    ("^a(?s:.).$", ["a\nb"], ["ab\n"]),
    ("(?s)^a(?-s:.)$", ["ab"], ["a\n"]),
    ("(?m)^b$", ["a\nb\nc", "b", "a\r\nb\r\n", "a\u2028b"], ["ab"]),
    (r"(?m)\Ab$", ["b\nc"], ["a\nb"]),
    (r"(?m)^b\Z", ["a\nb"], ["b\nc"]),
    ("(?m:^b$)", ["a\nb"], ["ab"]),
    ("(?x) ^ a \\  b # the letters\n $", ["a b"], ["ab", "a  b"]),
    ("(?xi) ^ a \t b $", ["AB"], ["a b"]),
    (r"^(?P<year>\d{4})-(?P=year)$", ["2030-2030"], ["2030-2031"]),
    (r"^\Qa.b*\E$", ["a.b*"], ["axb", "a.bb"]),
    (r"(?i)^\Qa.b\E$", ["A.b"], ["axb"]),
]

# As `CaseFolding.txt` of Unicode has it; JavaScript engines agree with `/iu`.
CASES: list[tuple[str, list[str], list[str]]] = [
    ("k", ["K", "\u212a"], ["x"]),
    ("\u212a", ["k", "K"], []),
    ("s", ["S", "\u017f"], ["\u00df"]),
    ("[a-z]", ["\u212a", "\u017f"], ["\u0131", "\u0130", "\u00e9"]),
    ("[^k]", ["a"], ["K", "\u212a"]),
    (r"\w", ["\u212a", "\u017f"], ["\u00e9"]),
    (r"\W", ["\u00e9"], ["\u212a", "\u017f", "s"]),
    (r"\b.\b", ["a", "\u017f"], ["\u00e9"]),
    (r"\B.\B", ["\u00e9"], ["a", "\u017f"]),
    ("i", ["I"], ["\u0130", "\u0131"]),
    ("\u0130", [], ["i", "I", "\u0131"]),
    ("\u00df", ["\u1e9e"], ["ss", "SS"]),
    ("\u03c3", ["\u03c2", "\u03a3"], ["s"]),
    ("\u01c5", ["\u01c4", "\u01c6"], []),
    ("\u2126", ["\u03c9", "\u03a9"], []),
    ("\u212b", ["\u00e5", "\u00c5"], ["a"]),
    ("\u00b5", ["\u03bc", "\u039c"], []),
    ("\u1f88", ["\u1f80"], ["\u1f00"]),
    ("\u1fb3", ["\u1fbc"], ["\u03b1"]),
    ("\u0390", ["\u1fd3"], []),
    ("\ufb05", ["\ufb06"], ["st"]),
    ("\uab70", ["\u13a0"], []),
    ("\U00010400", ["\U00010428"], []),
    (r"\p{Lu}", ["A", "a", "\u00e9"], ["1", "\u05d0"]),
    (r"\P{Lu}", ["A", "a", "1"], []),
]


@pytest.mark.parametrize(("pattern", "fitting", "others"), MATCHES)
def test_a_foreign_pattern_means_what_it_means_abroad(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    validator = compile_validator({"pattern": pattern, "maxLength": 30})
    assert [text for text in fitting if not validator.is_valid(text)] == []
    assert [text for text in others if validator.is_valid(text)] == []


@pytest.mark.parametrize(("pattern", "fitting", "others"), CASES)
def test_case_is_ignored_as_ecma_262_does_in_unicode_mode(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    validator = compile_validator({"pattern": f"^(?i:{pattern})$", "maxLength": 30})
    assert [text for text in fitting if not validator.is_valid(text)] == []
    assert [text for text in others if validator.is_valid(text)] == []


@pytest.mark.parametrize(
    ("pattern", "foreign", "plain"),
    [
        ("(?i)^(all|none)$", ("(?i)",), "(?i:^(all|none)$)"),
        ("^(?i)all$", ("(?i)",), "^(?i:all$)"),
        (r"\A(\*\.)?[a-z]+\Z", (r"\A", r"\Z"), r"^(\*\.)?[a-z]+$"),
        (r"\Aa\z|\Ab\z", (r"\A", r"\z"), "^a$|^b$"),
        ("(?P<a>x)", ("(?P<...>...)",), "(?<a>x)"),
        (r"(?P<a>x)(?P=a)", ("(?P<...>...)", "(?P=...)"), r"(?<a>x)\k<a>"),
        ("(?ix) a b # c", ("(?ix)",), "(?i:ab)"),
        (r"\Qa.b\E", (r"\Q...\E",), r"a\.b"),
        ("(?s)a.b", ("(?s)",), "(?s:a.b)"),
        (r"(?x)(a)\1 2", ("(?x)",), None),
        ("^(?i:a)$", (), None),
        ("^[a-z]{2}$", (), None),
    ],
)
def test_what_is_foreign_is_told_with_the_words_of_ecma_262(
    pattern: str, foreign: tuple[str, ...], plain: str | None
) -> None:
    reading = read_pattern(pattern)
    assert (reading.foreign, reading.plain) == (foreign, plain)


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("a(?i)b", "write (?i:...)"),
        ("(?m)^.$", "write (?m:...)"),
        ("a++b", "remove the second sign"),
        ("(?>a)b", "write (?:...)"),
        ("(?#a)b", "remove the comment"),
        ("(?'a'b)", "write (?<name>...)"),
        ("(?x)a +", "remove the white space"),
        (r"\h", r"[ \t]"),
        (r"\R", r"\r\n"),
        (r"\a\e", r"\x07"),
        (r"\pL", r"\p{L}"),
        (r"[[:alpha:]_]", "write A-Za-z in its place"),
        (r"[[:punct:]]", r"write \x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e in its place"),
    ],
)
def test_what_is_refused_comes_with_what_to_write(pattern: str, hint: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_validator({"pattern": pattern})
    assert hint in (caught.value.hint or "")


def test_re2_has_classes_of_posix() -> None:
    rule = {"id": "a", "cel": "self.matches('^[[:alpha:]_]+[[:^digit:]]$')"}
    rules = [{**rule, "message": "must be a name"}]
    validator = compile_validator({"type": "string", "x-engross": {"rules": rules}})
    assert validator.is_valid("a_b-")
    assert not validator.is_valid("a1")
    assert not validator.is_valid("ab1")


CHARS = "aAbBkKsSzZ01_-. \n"
ATOMS = st.one_of(
    st.sampled_from("aAbBkKsSz0_-"),
    st.sampled_from([r"\d", r"\D", r"\w", r"\W", r"\.", ".", "[a-k]", "[^A-K]"]),
    st.sampled_from(["[aS_]", "[^s0]", r"[\w-]", r"[^\Wk]", r"\x4b", r"\u0073"]),
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join).map("(?:{})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.text(CHARS, max_size=8), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(PATTERNS, TEXTS)
def test_ignoring_case_agrees_with_python_on_ascii(
    pattern: str, texts: list[str]
) -> None:
    theirs = re.compile(pattern, re.IGNORECASE | re.ASCII)
    ours = compile_validator({"pattern": f"(?i){pattern}", "maxLength": 8})
    for text in texts:
        assert ours.is_valid(text) == (theirs.search(text) is not None), text


@settings(max_examples=200, deadline=None)
@given(PATTERNS, TEXTS)
def test_the_ends_of_a_text_are_those_of_fullmatch(
    pattern: str, texts: list[str]
) -> None:
    theirs = re.compile(pattern, re.ASCII)
    foreign = compile_validator({"pattern": rf"\A(?:{pattern})\Z", "maxLength": 8})
    plain = compile_validator({"pattern": f"^(?:{pattern})$", "maxLength": 8})
    for text in texts:
        expected = theirs.fullmatch(text) is not None
        assert foreign.is_valid(text) == plain.is_valid(text) == expected, text


@settings(max_examples=100, deadline=None)
@given(PATTERNS, TEXTS)
def test_the_automaton_ignores_case_too(pattern: str, texts: list[str]) -> None:
    """Two ways to go round leave every text to the automaton."""
    foreign = rf"(?i)\A(?:{pattern}|{pattern})+\Z"
    assert read_pattern(foreign).regex.limit == 0
    theirs = re.compile(f"(?:{pattern})+", re.IGNORECASE | re.ASCII)
    ours = compile_validator({"pattern": foreign})
    for text in texts:
        assert ours.is_valid(text) == (theirs.fullmatch(text) is not None), text


SIGNS = r"aA^$.|()[]?+*{}\QEAZzhiPmsx<>=:#- " + "\n"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["", "(?i)", "(?x)", "(?m)", "(?s)", "^(?i)", r"\A"]),
    st.text(SIGNS, max_size=12),
    st.lists(st.text(SIGNS, max_size=8), max_size=8),
)
def test_the_words_of_ecma_262_mean_the_same(
    flags: str, pattern: str, texts: list[str]
) -> None:
    try:
        plain = read_pattern(flags + pattern).plain
        theirs = compile_validator({"pattern": flags + pattern, "maxLength": 8})
    except (PatternError, SchemaError):
        return
    if plain is not None:
        ours = compile_validator({"pattern": plain, "maxLength": 8})
        assert [*map(ours.is_valid, texts)] == [*map(theirs.is_valid, texts)]

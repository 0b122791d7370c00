"""No pattern makes a validator or the generator slow, and none is refused for its cost."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from engross.patterns import Pattern, read_pattern
from engross.validation import compile_validator
from tests.effort import within

LENGTH = 100_000

NESTED_LOOPS = [
    "^(a+)+$",
    "(a+)+b",
    "^(a*)*$",
    "(a*)*b",
    "^(a|a)*$",
    "(a|a)*b",
    "^(a|aa)+$",
    "(aa|a)*b",
    "^([a-z]+)*$",
    "^([a-zA-Z0-9])(([a-zA-Z0-9.+-]*)*)@x$",
    "(x+x+)+y",
    r"^(\w+\s?)*$",
    r"^(\w+\s*)+:$",
    r"(\d+)*x",
    r"^((\d+)?[a-z]*)*$",
    "(.+)+x",
    "((a?b?)*)*c",
    "(a|b|ab)*c",
    "^(a|b|ab|ba)*$",
    "(a*b*)*c",
    "(a?a?a?a?a?a?)*b",
    r"(\s*\S*)*$",
    r"(?i)^(k|K|\u212a)*x$",
    r"(?s)(.|\n)*x",
    "(?m)^(a+)+$",
    r"^\p{Lu}+(\p{Lu}|\p{M})*\p{Lu}*$",
    # Python tries a loop at the end too, and nothing may be tried in two ways.
    r"(?:a?a?\w[ab](?:a+){30}b(?:a)*)*",
    "^(?:(?:(?:a+|a)){30})*",
    r"^(?:(?:a+){0,3}(?!\w)){0,3}",
    "^(?:(?:b*)*?(?!.)b){0,3}",
    r"(?:(?:b*)?\d)+$",
    r"(?:(?:b*|c*)\d)+$",
    "^(?:(?:b*){30}){30}x",
]
LOOPS_IN_A_ROW = [
    "x+x+y",
    "(.*)(.*)(.*)x",
    ".*.*=.*",
    "^(.*a){20}$",
    ".*" * 9 + "x",
    "^" + "(.*,)" * 11 + "P",
    "^(?:a|b)*(?:a|c)*(?:a|d)*e$",
    r"\s+$",
    r"^\s+|\s+$",
    "[ab]*a[ab]{300}b",
    "(a|b)*a(a|b){200}$",
    "(a|b)*a(a|b){4900}$",
]
COUNTS = [
    "(a?){60}a{60}",
    "^(a?){60}a{60}$",
    "^(a?){40}a{40}$",
    "(a{0,30}){0,30}b",
    "(a{1,30}){1,30}$",
    "^(a{1,5}){1,5}(a{1,5}){1,5}b",
    "a?" * 30 + "a" * 30,
    "^a{100000000}$",
    "a{1,100000000}",
    "(a{1000}){1000}",
    "((a{1000}){1000}){1000}",
    "^.{1,10000}$",
    "(?:a{1,1000}){1,1000}b",
    "(a{99999999999999999999})",
    "a{0,99999999999999999999}b",
    "(){99999999}",
    "(|a){99999999}",
    r"(\b){99999999}",
    "(?:(?=a)){100000}a",
    "([a-z]{1,500}){1,500}!",
    "(.{0,999}a){3}b",
    "(a{0,70}b{0,70}){30}c",
    "((?:ab?){0,400}b){5}c",
    "^(?:(?:a|b?){1,800})*c",
    "(?:(?:a{1,8}b{1,8}){1,8}(?:b{1,8}a{1,8}){1,8}){1,8}c",
]
ASSERTIONS = [
    "^(?!(a+)+b)",
    "^(?=(a+)+b)",
    "^(?!.*(a+)+b)",
    "(?=a*a*b)",
    "(?!(a|a)*b).*$",
    "^(?:(?=.*x)a)*$",
    "(?:(?!.*b)a)*c",
    "(?:(?=(a+)+)a)*b",
    r"^(?!.*--)[a-z-]*[a-z]\b.*$",
    "^((?!ab).)*$",
    "^((?!(a+)+b).)*$",
    "(?<=(a|aa)b)c",
    "(?<=a+)b",
    "(?<!a*b)c",
    "(?<=(a+)+)b",
    "(?<=(?=.*x)a)b",
    "(?=(?=(?=(a*)*)b*)c*|)",
    "(?!(?!(?!(a+)+b)))",
    "(?=(?=(?=(?=(?=(a+)+b)))))",
    r"(\b|a)*c",
    r"(?:\b\w+\b\s*)*!",
    r"(?:\Ba)*b",
    "^(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e).*$",
    "(?=.*a.{14})(?=.*b.{14})(?=.*c.{14})x",
    "(?=.*a.{400}b).*c",
    "(?:(?=.*a.{14})|(?=.*b.{14}))*d",
    "^(?=(.*a){8})x",
]
REFERENCES = [
    r"(a*)\1b",
    r"^(a*)b*\1c$",
    r"(a+)+(b)\2",
    r"^(a|aa)*(b)\2$",
    r"(\w+) \1",
    r"(.*)\1\1x",
    r"(a?)(a?)(a?)(a?)(a?)\1\2\3\4\5b",
    r"^(.*)(.*)\1\2$",
    r"(?=(a+))\1b",
    r"^(a*)*(b)\2$",
    r"""^(["'])(?:\\.|.)*\1$""",
]
WELL_KNOWN = [
    r"^(([a-zA-Z0-9])+(\.|-|_)?)+@x$",
    r"^[^@]+@[^@]+\.[^@]+$",
    r"^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*)+$",
    r"^([0-9a-zA-Z]([-.\w]*[0-9a-zA-Z])*@([0-9a-zA-Z][-\w]*[0-9a-zA-Z]\.)+[a-zA-Z]{2,9})$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"<[^>]*>.*</[^>]*>",
    r"^(https?://)?([\da-z.-]+)\.([a-z.]{2,6})([/\w .-]*)*/?$",
    r"([^/]*/)*[^/]*\.js$",
    r'^"(\\.|[^"\\]|\\)*"$',
    r"^(-?\d+,?)+$",
    r"(?:\+|-)?(?:\d+\.?\d*|\.\d+)*e",
    r"^\d+(\.\d+)*(\.\d+)*$",
    r"(<!--(.|\s)*?-->)*x",
    r"^(\s*[^\s,]+\s*,?)*$",
    r"(?:[^%]|%[0-9A-F]{2}|%)*#",
    r"^(?:(?:\r\n)?[ \t])*(?:\w+\s?)*x",
]
HOSTILE = [
    *NESTED_LOOPS,
    *LOOPS_IN_A_ROW,
    *COUNTS,
    *ASSERTIONS,
    *REFERENCES,
    *WELL_KNOWN,
]

DECIMAL = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"
DURATION = (
    r"^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$"
)
ZOD_EMAIL = (
    r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]"
    r"@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$"
)
ARN = r"^arn:(aws[a-zA-Z-]*)?:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$"
ROLE = r"^arn:aws(-[^:]+)?:iam::[0-9]{12}:role(/|(/[!-~]+/))[a-zA-Z0-9+=,.@_-]{1,64}$"
CHARGEBEE = r"^[a-zA-Z0-9]((?![_-]{2,})[a-zA-Z0-9-_])+[a-zA-Z0-9]$"
PASSWORD = r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[^\w\s]).{8,}$"
SLUG = "^(?!-)(?!.*--)[a-z0-9-]{1,63}(?<!-)$"
COMMON = {
    DECIMAL: (["0", "-12.50", "+.5", "007", "1" * 60], ["", "-", ".", "+-.", "1.2.3"]),
    DURATION: (["P1D", "PT1H", "P1Y2M3DT4H5M6.7S"], ["P", "PT", "P1", "1D", "P1S"]),
    ZOD_EMAIL: (["a@b.co", "a.b'c+d@x-y.z.org"], [".a@b.co", "a..b@c.de", "a@b", "@"]),
    ARN: (["arn:aws:s3:::bucket", "arn:aws-cn:iam::123456789012:x"], ["arn:", "arn:x"]),
    ROLE: (["arn:aws:iam::123456789012:role/a/b/c"], ["arn:aws:iam::1:role/a"]),
    CHARGEBEE: (["abc", "a-b_c", "a1b2"], ["ab", "a--b", "-ab", "a_-b"]),
    PASSWORD: (["Aa1-aaaa", "zzZZ99!!"], ["Aa1-aaa", "aaaaaaa1-", "AAAAAAA1-"]),
    SLUG: (["a", "a-b", "a" * 63], ["-a", "a-", "a--b", "a" * 64, ""]),
}


def attacks(pattern: Pattern) -> Iterator[str]:
    """Yield long texts that are nearly what a pattern asks for."""
    chance = random.Random(7)
    signs = [char for char in dict.fromkeys(pattern.text) if char.isalnum()] or ["a"]
    yield "a" * LENGTH + "!"
    yield "".join(chance.choices(signs, k=LENGTH))
    yield "".join(chance.choices(signs[:2], k=LENGTH))
    sample = pattern.sample() or "ab"
    yield (sample * (LENGTH // max(len(sample), 1)))[:LENGTH] + "\n!"
    yield " " * LENGTH + "\x00"


def test_there_are_a_hundred_hostile_patterns() -> None:
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_pattern_is_read_and_sampled_soon(pattern: str) -> None:
    with within(1):
        reading = read_pattern(pattern)
        regex = reading.regex
        samples = [
            reading.sample(),
            reading.sample(20, 40),
            reading.sample(LENGTH),
            reading.sample(10**22),
            reading.sample(0, 3),
        ]
        others = [reading.counterexample(), reading.counterexample(20, 40)]
    assert all(regex.fits(text) for text in samples if text is not None)
    assert not any(regex.fits(text) for text in others if text is not None)


@pytest.mark.parametrize("pattern", [*HOSTILE, *COMMON])
def test_hostile_pattern_matches_long_texts_soon(pattern: str) -> None:
    reading = read_pattern(pattern)
    limit = reading.regex.limit or 0
    for text in attacks(reading):
        with within(2):
            reading.regex.fits(text)
        # The longest texts that are left to Python, many at a time.
        parts = [
            text[start : start + limit] for start in range(0, 5 * limit, limit or 1)
        ]
        with within(2):
            for part in parts:
                reading.regex.fits(part)


@pytest.mark.parametrize("pattern", [*HOSTILE, *COMMON])
def test_validator_accepts_hostile_pattern(pattern: str) -> None:
    validator = compile_validator({"type": "string", "pattern": pattern})
    with within(2):
        found = validator.violations("a" * LENGTH + "!")
    assert {violation.keyword for violation in found} <= {"pattern"}


@pytest.mark.parametrize("pattern", COMMON)
def test_common_pattern_is_matched_exactly(pattern: str) -> None:
    validator = compile_validator({"type": "string", "pattern": pattern})
    fitting, others = COMMON[pattern]
    assert [text for text in fitting if not validator.is_valid(text)] == []
    assert [text for text in others if validator.is_valid(text)] == []
    expected = re.compile(pattern, re.ASCII)
    chance = random.Random(3)
    for text in (*fitting, *others):
        for _ in range(50):
            index = chance.randrange(len(text) + 1)
            changed = text[:index] + chance.choice("a0-._@:T ") + text[index + 1 :]
            assert validator.is_valid(changed) == bool(expected.search(changed))


@pytest.mark.parametrize("pattern", COMMON)
def test_common_pattern_has_samples_and_counterexamples(pattern: str) -> None:
    reading = read_pattern(pattern)
    sample, other = reading.sample(), reading.counterexample()
    assert sample is not None
    assert sample.isascii()
    assert reading.regex.fits(sample)
    assert other is not None
    assert not reading.regex.fits(other)


def test_text_that_is_too_long_for_a_reference_is_a_violation() -> None:
    validator = compile_validator({"pattern": r"^(a|a)+(b)\2$"})
    assert validator.is_valid("abb")
    (found,) = validator.violations("a" * 50 + "bb")
    assert re.search(r"in at most \d+ characters", found.message)

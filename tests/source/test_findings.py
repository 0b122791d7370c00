"""Findings are printed for people, for programs and for GitHub."""

import json
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from engross import __version__
from engross.findings import (
    Finding,
    FindingsError,
    Position,
    Severity,
    Span,
    in_order,
)
from engross.printers import STYLES, render, summary, totals

TEXT = "one\n  two: 請求 three\n\tfour: [\n"
SPAN = Span("specs/shop.yaml", Position(2, 3), Position(2, 6))
FOUND = Finding("some-rule", "is wrong", SPAN, hint="mend it")


def text_of(*findings: Finding, color: bool = False, text: str | None = TEXT) -> str:
    return render(findings, "text", read_source=lambda _file: text, color=color)


def test_text_quotes_the_line_with_a_caret_below() -> None:
    assert text_of(FOUND) == (
        "specs/shop.yaml:2:3  error  some-rule\n"
        "    1 | one\n"
        "    2 |   two: 請求 three\n"
        "      |   ^^^ is wrong\n"
        "   hint: mend it\n"
    )


def test_a_caret_stands_below_wide_characters_and_tabs() -> None:
    after_wide = Finding("r", "m", Span("f", Position(2, 11), Position(2, 16)))
    assert f"\n      | {' ' * 12}^^^^^ m\n" in text_of(after_wide)
    wide = Finding("r", "m", Span("f", Position(2, 8), Position(2, 10)))
    assert f"\n      | {' ' * 7}^^^^ m\n" in text_of(wide)
    after_tab = Finding("r", "m", Span("f", Position(3, 2), Position(3, 6)))
    assert "\n      | \t^^^^ m\n" in text_of(after_tab)


def test_a_span_of_several_lines_is_marked_in_its_first() -> None:
    finding = Finding("r", "m", Span("f", Position(2, 3), Position(4, 1)))
    assert f"\n      |   {'^' * 15} m\n" in text_of(finding)


def test_a_finding_without_a_place_or_a_readable_file_is_told_without_lines() -> None:
    assert text_of(Finding("r", "m")) == "error  r\n   m\n"
    expected = "specs/shop.yaml:2:3  error  some-rule\n   is wrong\n   hint: mend it\n"
    assert text_of(FOUND, text=None) == expected
    assert text_of(FOUND, text="") == expected


def test_control_characters_never_reach_the_terminal() -> None:
    span = Span("f", Position(1, 1), Position(1, 2))
    assert "\x1b" not in text_of(Finding("r", "m", span), text="\x1b[31m")


def test_control_and_bidi_characters_are_escaped_in_every_text() -> None:
    bad = "a\x1b[2J\u202e\n::error::b"
    finding = Finding("r", bad, Span(bad, Position(1, 1), Position(1, 2)), bad)
    for style in STYLES:
        text = render([finding], style, read_source=lambda _file: None)
        assert not {"\x1b", "\u202e"} & set(text)
        assert "\n::error::b" not in text
    assert str(FindingsError([finding])).isprintable()


def test_colour_adds_nothing_but_colour() -> None:
    coloured = text_of(FOUND, color=True)
    for code in ("31;1", "36", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == text_of(FOUND)


def test_json_has_every_part() -> None:
    text = render([FOUND, Finding("r", "m")], "json", read_source=lambda _file: None)
    one, other = json.loads(text)
    assert one == {
        "rule": "some-rule",
        "severity": "error",
        "message": "is wrong",
        "hint": "mend it",
        "file": "specs/shop.yaml",
        "start": {"line": 2, "column": 3},
        "end": {"line": 2, "column": 6},
    }
    assert other["file"] is None


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render([], "json", read_source=lambda _file: None)) == []


def test_github_commands_are_escaped() -> None:
    span = Span("a,b:c.yaml", Position(1, 2), Position(3, 4))
    finding = Finding("r", "50% of it: a, b", span, "mend", Severity.WARNING)
    assert render([finding], "github", read_source=lambda _file: None) == (
        "::warning file=a%2Cb%3Ac.yaml,line=1,col=2,endLine=3,endColumn=4,title=r"
        "::50%25 of it: a, b%0Ahint: mend\n"
    )


def test_every_style_prints_every_finding() -> None:
    for style in STYLES:
        text = render([FOUND, Finding("r", "m")], style, read_source=lambda _file: None)
        assert "is wrong" in text
        assert "some-rule" in text


def test_findings_are_ordered_by_place_and_told_once() -> None:
    later = Finding("a", "m", Span("f", Position(10, 1), Position(10, 2)))
    sooner = Finding("z", "m", Span("f", Position(9, 1), Position(9, 2)))
    nowhere = Finding("a", "m")
    assert in_order([nowhere, later, sooner, later]) == (sooner, later, nowhere)


def test_a_summary_counts_by_severity() -> None:
    warning = Finding("r", "m", severity=Severity.WARNING)
    assert summary([FOUND]) == "1 error"
    assert summary([FOUND, FOUND, warning]) == "2 errors, 1 warning"
    assert summary([warning, warning]) == "2 warnings"
    assert summary([]) == "0 errors"


def test_an_error_of_findings_reads_as_lines() -> None:
    error = FindingsError([FOUND, Finding("r", "m")])
    assert str(error) == "specs/shop.yaml:2:3: some-rule: is wrong\nr: m"


def alike(number: int, rule: str = "unknown-key") -> list[Finding]:
    """Return warnings that differ in their place and in a name."""
    return [
        Finding(
            rule,
            f"'x{line}' is unknown",
            Span("f", Position(line, 1), Position(line, 2)),
            severity=Severity.WARNING,
        )
        for line in range(1, number + 1)
    ]


def short(findings: Sequence[Finding]) -> str:
    return render(findings, "text", read_source=lambda _file: None, verbose=False)


def test_first_three_of_many_that_are_alike_are_shown() -> None:
    other = Finding("other", "m", Span("f", Position(9, 1), Position(9, 2)))
    assert short([*alike(6), other]) == (
        "f:1:1  warning  unknown-key\n   'x1' is unknown\n\n"
        "f:2:1  warning  unknown-key\n   'x2' is unknown\n\n"
        "f:3:1  warning  unknown-key\n   'x3' is unknown\n\n"
        "   and 3 more unknown-key like these; --verbose shows them\n\n"
        "f:9:1  error  other\n   m\n"
    )


def test_all_are_shown_where_only_one_would_be_left_out() -> None:
    assert short(alike(4)).count("warning") == 4


def test_all_are_shown_on_request() -> None:
    assert text_of(*alike(6)).count("warning") == 6


def test_totals_count_by_rule_where_there_are_many() -> None:
    assert totals(alike(10)) == ""
    assert totals([*alike(9), *alike(12, "other")]) == (
        "      12  other\n"
        "       9  unknown-key\n"
        "  engross explain RULE says what a rule is for\n"
    )


def test_sarif_is_a_log_of_one_run() -> None:
    odd = Finding("r", "m", Span("a b/ü.yaml", Position(1, 1), Position(1, 2)))
    url = Finding("r", "m", Span("https://a.example/b", Position(1, 1), Position(1, 2)))
    bare = Finding("bare", "m", severity=Severity.WARNING)
    text = render([FOUND, odd, url, bare], "sarif", read_source=lambda _file: None)
    log = json.loads(text)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("engross", __version__)
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == ["bare", "r", "some-rule"]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
    first, second, third, last = run["results"]
    assert first["message"]["text"] == "is wrong\nhint: mend it"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/shop.yaml"},
                "region": {
                    "startLine": 2,
                    "startColumn": 3,
                    "endLine": 2,
                    "endColumn": 6,
                },
            }
        }
    ]
    uris = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in (second, third)
    ]
    assert uris == ["a%20b/%C3%BC.yaml", "https://a.example/b"]
    assert "locations" not in last


def test_sarif_describes_its_rules() -> None:
    found = Finding("duplicate-tag", "m")
    text = render([found], "sarif", read_source=lambda _file: None)
    (rule,) = json.loads(text)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == {"text": "A tag is described once."}
    assert "Right:" in rule["help"]["text"]


def test_junit_fails_a_test_for_each_error() -> None:
    odd = Finding("r", 'a <b> & "c"\x07', hint="]]>", severity=Severity.WARNING)
    text = render([FOUND, odd], "junit", read_source=lambda _file: None)
    suites = ElementTree.fromstring(text)
    (suite,) = suites
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    error, warning = suite
    assert (error.get("classname"), error.get("name")) == (
        "specs/shop.yaml",
        "some-rule at 2:3",
    )
    (failure,) = error
    assert (failure.tag, failure.get("message")) == ("failure", "is wrong")
    assert failure.text == "specs/shop.yaml at 2:3\nhint: mend it"
    (out,) = warning
    assert out.tag == "system-out"
    assert out.text == 'warning: a <b> & "c"\\x07\nhint: ]]>'


@pytest.mark.parametrize("style", ["sarif", "junit"])
def test_report_without_findings_is_a_passed_one(style: str) -> None:
    text = render([], style, read_source=lambda _file: None)  # type: ignore[arg-type]
    if style == "sarif":
        assert json.loads(text)["runs"][0]["results"] == []
    else:
        (suite,) = ElementTree.fromstring(text)
        assert (suite.get("tests"), suite.get("failures")) == ("1", "0")

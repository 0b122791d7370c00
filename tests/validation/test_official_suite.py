"""The official test suite says what right means."""

from __future__ import annotations

import pytest

from engross.validation import SchemaError, compile_validator

from . import suite

# What is optional in the suite and done here.
OPTIONAL = (
    "optional/anchor.json",
    "optional/bignum.json",
    "optional/dynamicRef.json",
    "optional/ecmascript-regex.json",
    "optional/float-overflow.json",
    "optional/format-assertion.json",
    "optional/id.json",
    "optional/no-schema.json",
    "optional/non-bmp-regex.json",
    "optional/refOfUnknownKeyword.json",
    "optional/unknownKeyword.json",
)
# What is optional and not done, and why.
LEFT_OUT = {
    "optional/cross-draft.json": "other drafts are refused, not guessed at",
    "optional/dependencies-compatibility.json": "draft 2020-12 has no such keyword",
}


def test_the_suite_is_read_whole() -> None:
    known = {*OPTIONAL, *LEFT_OUT}
    assert set(suite.files("optional")) == known
    assert len(suite.files()) >= 46


@pytest.mark.parametrize("file", suite.files())
def test_every_required_test_passes(file: str) -> None:
    assert _failures(file, assert_formats=False) == []


@pytest.mark.parametrize("file", OPTIONAL)
def test_optional_behaviour_that_is_claimed_passes(file: str) -> None:
    assert _failures(file, assert_formats=False) == []


@pytest.mark.parametrize("file", suite.files("optional/format"))
def test_every_format_is_asserted_when_asked(file: str) -> None:
    assert _failures(file, assert_formats=True) == []


def test_a_schema_of_another_draft_is_refused_with_its_place() -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#"}
    with pytest.raises(SchemaError, match="dialect") as caught:
        compile_validator(schema)
    assert str(caught.value.at) == "#/$schema"


def _failures(file: str, *, assert_formats: bool) -> list[str]:
    failures = []
    for case in suite.cases(file):
        validator = compile_validator(
            case.schema, resources=suite.remotes(), assert_formats=assert_formats
        )
        for test in case.tests:
            valid = validator.is_valid(test["data"])
            violations = validator.violations(test["data"])
            if valid != test["valid"] or bool(violations) == valid:
                failures.append(f"{case.description}: {test['description']}")
    return failures

"""Random schemas and payloads: our verdict is that of `jsonschema`.

`VALIDATION_CASES` sets how many pairs of a schema and a payload are tried.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engross.validation import compile_validator

PAYLOADS = 8
CASES = int(os.environ.get("VALIDATION_CASES", "2000"))

NAMES = st.sampled_from(["a", "b", "c", "aa"])
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([0.0, 1.0, 0.5, -1.5, 2**70, 1e300]),
    st.sampled_from(["", "a", "b", "aa", "ab", "bb", "é", "🐲"]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda values: st.one_of(
        st.lists(values, max_size=4), st.dictionaries(NAMES, values, max_size=4)
    ),
    max_leaves=8,
)
COUNTS = st.integers(0, 3)
TYPES = st.sampled_from(
    ["null", "boolean", "integer", "number", "string", "array", "object"]
)
PATTERNS = st.sampled_from(["a", "^a", "b$", "^a+$", "^.$", "^(a|b)*$", "[^a]"])
REFERENCES = st.sampled_from(
    ["#/$defs/a", "#/$defs/b", "#node", "#/$defs/a/properties/a"]
)


def schemas(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give schema objects of a few keywords each."""
    some = st.lists(children, min_size=1, max_size=3)
    named = st.dictionaries(NAMES, children, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
        "const": VALUES,
        "enum": st.lists(VALUES, min_size=1, max_size=4),
        "minimum": st.integers(-2, 4),
        "maximum": st.sampled_from([-1, 0, 0.5, 3]),
        "exclusiveMinimum": st.integers(-2, 4),
        "exclusiveMaximum": st.sampled_from([-1, 1.0, 4]),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": COUNTS,
        "maxLength": COUNTS,
        "pattern": PATTERNS,
        "minItems": COUNTS,
        "maxItems": COUNTS,
        "uniqueItems": st.booleans(),
        "prefixItems": some,
        "items": children,
        "contains": children,
        "minContains": COUNTS,
        "maxContains": COUNTS,
        "minProperties": COUNTS,
        "maxProperties": COUNTS,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(
            NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2
        ),
        "properties": named,
        "patternProperties": st.dictionaries(PATTERNS, children, max_size=2),
        "additionalProperties": children,
        "propertyNames": children,
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": children,
        "if": children,
        "then": children,
        "else": children,
        "dependentSchemas": named,
        "unevaluatedItems": children,
        "unevaluatedProperties": children,
    }
    return st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: keywords[n] for n in names})
    )


SCHEMAS = st.recursive(
    st.one_of(st.booleans(), schemas(st.booleans())), schemas, max_leaves=6
)


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """Give a schema, sometimes with definitions that refer to each other."""
    schema = draw(SCHEMAS)
    if not isinstance(schema, dict) or draw(st.booleans()):
        return schema
    # A reference below a member cannot apply to the same value again.
    below = {"properties": {draw(NAMES): {"$ref": draw(REFERENCES)}}}
    through = {"items": {"$ref": draw(REFERENCES)}}
    definitions = {
        "a": {"$anchor": "node", **through, "properties": {"a": draw(SCHEMAS)}},
        "b": {**below, "allOf": [draw(SCHEMAS)]},
    }
    return {**schema, "$defs": definitions, "$ref": draw(REFERENCES)}


@settings(
    max_examples=max(CASES // PAYLOADS, 1),
    deadline=None,
    derandomize=CASES <= 2000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.lists(VALUES, min_size=PAYLOADS, max_size=PAYLOADS))
def test_verdicts_agree(schema: Any, payloads: list[Any]) -> None:
    peer = Draft202012Validator(schema)
    ours = compile_validator(schema)
    for payload in payloads:
        expected = peer.is_valid(payload)
        assert ours.is_valid(payload) is expected
        found = ours.violations(payload)
        assert (not found) is expected
        for violation in found:
            assert violation.message
            if violation.keyword != "propertyNames":
                assert at(payload, violation.pointer) == violation.actual


def at(payload: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        payload = payload[int(token) if isinstance(payload, list) else token]
    return payload

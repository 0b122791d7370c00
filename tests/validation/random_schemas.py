"""Random schemas and payloads for tests against `jsonschema`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

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

"""What random schemas brought to light, each as a test of its own."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engross.validation import compile_validator

CASES: list[tuple[Any, list[object]]] = [
    (
        # Every item is covered by `contains`, so there is nothing left to look at.
        {
            "contains": True,
            "unevaluatedItems": False,
            "anyOf": [{"additionalProperties": False, "contains": False}],
        },
        [None, [], [1], [[]], {}],
    ),
    ({"enum": [None], "const": False}, [None, False]),
    ({"enum": [0, 1], "const": 1.0, "type": "integer"}, [0, 1, True]),
    (
        # What is neither an object nor null has no members to look for.
        {
            "type": ["object", "null"],
            "properties": {"a": {"type": "string"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        [None, 1, "a", [], {}, {"a": 1}, {"a": "x"}],
    ),
]


@pytest.mark.parametrize(("schema", "payloads"), CASES)
def test_verdicts_agree(schema: Any, payloads: list[Any]) -> None:
    peer, ours = Draft202012Validator(schema), compile_validator(schema)
    for payload in payloads:
        expected = peer.is_valid(payload)
        assert ours.is_valid(payload) is expected
        assert (not ours.violations(payload)) is expected

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

from .random_schemas import VALUES, documents

PAYLOADS = 8
CASES = int(os.environ.get("VALIDATION_CASES", "2000"))


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

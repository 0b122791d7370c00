"""Generation does not depend on how large the bounds of a contract are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.source import load
from engross.tree.rendering import make
from tests.conftest import SHOP
from tests.effort import within

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "minLength": 10**22},
    {"type": "string", "minLength": 1, "maxLength": 2**31 - 1, "pattern": "^[a-z]+$"},
    {"type": "string", "minLength": 10**22, "pattern": "^[a-z]+$"},
    {"type": "string", "pattern": "^a{100000000}$"},
    {"type": "string", "pattern": "(a?){60}a{60}", "maxLength": 10**22},
    {"type": "array", "items": {"type": "string"}, "minItems": 10**22},
    {"type": "object", "minProperties": 10**8, "additionalProperties": True},
    {"type": "number", "minimum": -1e300, "maximum": 1e300, "multipleOf": 1e-300},
    {  # unions that multiply
        "allOf": [
            {"anyOf": [{"properties": {f"p{i}{j}": {}}} for j in range(8)]}
            for i in range(8)
        ]
    },
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_huge_bound_costs_no_time(tmp_path: Path, schema: dict[str, Any]) -> None:
    contract = yaml.safe_load(SHOP)
    properties = contract["components"]["schemas"]["Order"]["properties"]
    properties["note"] = schema
    path = tmp_path / "shop.yaml"
    path.write_text(yaml.safe_dump(contract, sort_keys=False))
    with within(5):
        _, files, _ = make(load(path, root=tmp_path))
    assert max(map(len, files.values())) < 1_000_000

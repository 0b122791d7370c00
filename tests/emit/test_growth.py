"""Packages grow with their operations, however large the schemas are that these share."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source.loader import load
from tests.bench.scaling import sharing_document

LARGE = "engross.contract.shared_definitions.MOST_WITH_OWN_NAMES"
"""How many types a package may have that is not large."""


def size(operations: int, schemas: int, folder: Path) -> int:
    """Return the bytes of a package whose operations all share the schemas."""
    path = folder / "sharing.json"
    path.write_text(json.dumps(sharing_document(operations, schemas)))
    return sum(map(len, emit(build(load(path, root=folder))).values()))


@pytest.mark.parametrize("most_types", [1_000, 10])
def test_bytes_of_an_operation_do_not_depend_on_their_number(
    most_types: int, tmp_path: Path
) -> None:
    with patch(LARGE, most_types):
        few, more, most = (size(each, 20, tmp_path) for each in (10, 30, 50))
    assert abs((most - more) - (more - few)) < (more - few) / 50


def test_bytes_of_an_operation_do_not_depend_on_the_schemas_it_shares(
    tmp_path: Path,
) -> None:
    def added(schemas: int) -> int:
        return size(30, schemas, tmp_path) - size(10, schemas, tmp_path)

    with patch(LARGE, 10):
        assert abs(added(40) - added(20)) < added(20) / 50

"""Examples that are cut short are no payloads of tests that read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source.loader import load

CONTRACT = """\
openapi: 3.1.0
info: { title: Seals, version: "1" }
paths:
  /seals:
    post:
      operationId: addSeal
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [data]
              properties: { data: { type: string, format: byte } }
            example: { data: "%s" }
      responses: { "204": { description: ok } }
"""


@pytest.mark.parametrize(
    ("data", "is_read"), [("iVBORw0KGgoAAAA=", True), ("iVBORw0KGgoAAAA...", False)]
)
def test_bytes_are_read_only_from_whole_base64(
    data: str, is_read: bool, tmp_path: Path
) -> None:
    source = tmp_path / "seals.yaml"
    source.write_text(CONTRACT % data)
    files = emit(build(load(source, root=tmp_path)))
    read = b"test_a_documented_payload_survives_its_type"
    assert (read in files.get("tests/test_examples.py", b"")) is is_read

"""Examples of bytes that are cut short are not used."""

from __future__ import annotations

import subprocess
import sys
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


WHOLE, CUT = "iVBORw0KGgoAAAA=", "iVBORw0KGgoAAAA..."


@pytest.mark.parametrize(("data", "is_used"), [(WHOLE, True), (CUT, False)])
def test_example_of_bytes_is_used_only_if_it_is_whole(
    data: str, is_used: bool, tmp_path: Path
) -> None:
    source = tmp_path / "seals.yaml"
    source.write_text(CONTRACT % data)
    contract = build(load(source, root=tmp_path))
    (example,) = contract.operations[0].request_examples
    assert example.documented is is_used
    examples = emit(contract)["seals/testing/examples.json"].decode()
    assert (data in examples) is is_used


def test_example_of_bytes_that_is_cut_short_is_reported(tmp_path: Path) -> None:
    (tmp_path / "seals.yaml").write_text(CONTRACT % CUT)
    command = [sys.executable, "-m", "engross", "generate", "seals.yaml"]
    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert f'is not whole base64: "{CUT}"' in ran.stdout

"""Operations for which no sample is found are named."""

from __future__ import annotations

from pathlib import Path

from engross.contract import build
from engross.source import load

DOCUMENT = """\
openapi: 3.1.1
info: { title: Ferry, version: "1" }
servers: [{ url: https://ferry.example }]
paths:
  /tickets:
    get:
      responses:
        "200":
          description: Done.
          content: { application/json: { schema: { type: string, not: {} } } }
    post:
      requestBody:
        content: { application/json: { schema: { type: string, not: {} } } }
      responses: { "204": { description: Done. } }
    delete:
      responses: { "204": { description: Done. } }
"""


def test_operation_without_a_sample_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "ferry.yaml"
    path.write_text(DOCUMENT)

    found = build(load(path, root=tmp_path)).warnings

    assert [each.message for each in found if each.rule == "no-sample"] == [
        "no value that fits the response was found, so the operation is not tested",
        "no value that fits the request was found, so the operation is not tested",
    ]

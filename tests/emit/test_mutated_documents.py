"""Whatever a document says, generation ends soon: with a package that compiles, or findings.

`ENGROSS_FUZZ=50000` tries so many documents, with faults that differ from run to run, and
`OPENAPI_CORPUS` adds the small documents of a folder to our own.
"""

from __future__ import annotations

import ast
import os
import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

import pytest
import yaml

from engross.cache import Memo
from engross.findings import Finding, FindingsError
from engross.source import Value
from engross.tree.rendering import make, render
from engross.tree.request import Request
from tests.conftest import SHOP
from tests.corpus.documents import CORPUS
from tests.source.mutations import MARKER, mutated, text_of

_REQUESTED: Final = int(os.environ.get("ENGROSS_FUZZ", "0"))
_PART: Final = 100
"""Documents of one test, so that tests may run side by side."""
_LONGEST: Final = 10
"""Seconds of processor time for one document."""
_SMALL: Final = 20_000
"""Bytes of the largest document of a corpus to take; parts of documents are not taken."""

WEATHER: Final = """
openapi: 3.0.3
info: { title: Weather, version: 1.0.0 }
servers: [{ url: "https://{region}.weather.example/v1", variables: { region: { default: eu } } }]
paths:
  /stations/{id}/readings:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string, pattern: "^[a-z]{2,8}$" } }
    get:
      tags: [readings]
      parameters:
        - { name: since, in: query, schema: { type: string, format: date-time } }
        - { name: kinds, in: query, explode: false, schema: { type: array, items: { $ref: "#/components/schemas/Kind" } } }
        - { name: X-Trace, in: header, schema: { type: string } }
      responses:
        "200":
          description: Readings.
          headers: { X-Total: { schema: { type: integer } } }
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Reading" } } } }
        default: { $ref: "#/components/responses/Problem" }
    post:
      operationId: addReading
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Reading" }, example: { kind: rain, value: 1.5 } }
          multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary }, note: { type: string } } } }
      responses: { "201": { description: Added. }, "422": { $ref: "#/components/responses/Problem" } }
      callbacks:
        stored: { "{$request.body#/url}": { post: { responses: { "200": { description: Ok. } } } } }
  /login:
    post:
      security: []
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, required: [user], properties: { user: { type: string } } } } } }
      responses: { "204": { description: Done. } }
security: [{ key: [] }, { basic: [] }]
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    basic: { type: http, scheme: basic }
  responses:
    Problem: { description: Problem., content: { application/problem+json: { schema: { $ref: "#/components/schemas/Problem" } } } }
  schemas:
    Kind: { type: string, enum: [rain, wind] }
    Problem: { type: object, properties: { title: { type: string }, causes: { type: array, items: { $ref: "#/components/schemas/Problem" } } } }
    Base: { type: object, required: [kind], discriminator: { propertyName: kind, mapping: { rain: "#/components/schemas/Rain" } }, properties: { kind: { type: string } } }
    Rain: { allOf: [{ $ref: "#/components/schemas/Base" }, { type: object, properties: { value: { type: number, nullable: true, minimum: 0 } } }] }
    Reading: { oneOf: [{ $ref: "#/components/schemas/Rain" }, { type: object, required: [speed], properties: { speed: { type: integer, default: 3 } } }] }
"""


def _seeds() -> list[Value]:
    texts = [SHOP, WEATHER]
    if _REQUESTED:
        found = (*CORPUS.rglob("*.yaml"), *CORPUS.rglob("*.json"))
        files = sorted(each for each in found if each.is_file())
        texts += [each.read_text() for each in files if each.stat().st_size <= _SMALL]
    documents = map(yaml.safe_load, texts)
    return [each for each in documents if isinstance(each, dict) and "openapi" in each]


def _hangs(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"took longer than {_LONGEST} s")


@pytest.fixture
def bounded() -> Iterator[None]:
    """Let a document that takes too long fail with the place where it hangs."""
    before = signal.signal(signal.SIGPROF, _hangs)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def outcome(path: Path, memo: Memo, note: str) -> Mapping[str, bytes] | None:
    """Return the files of a document's package; None if it has findings instead.

    Args:
        path: Where the document is.
        memo: Which texts are known to be Python. Most are the same in all packages.
        note: added to any other error.
    """
    found: Sequence[Finding] = ()
    signal.setitimer(signal.ITIMER_PROF, _LONGEST)
    try:
        return render(Request(path, path.parent), make, memo).rendering.files
    except FindingsError as error:
        found = error.findings
    except BaseException as error:
        error.add_note(note)
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    rules = {finding.rule for finding in found}
    assert rules, note
    assert rules.isdisjoint(("invalid-module", "unsafe-path")), note
    return None


def assert_sound(path: str, content: bytes) -> None:
    """Assert that a file is Python, and that nothing planted is code.

    The marker may well be a name: that of an operation's path, say.
    """
    tree = ast.parse(content, path)  # compiled already, as part of rendering
    for node in ast.walk(tree):
        is_planted = isinstance(node, ast.Name) and node.id == "__import__"
        assert not is_planted, f"{path}:{getattr(node, 'lineno', 0)} became code"


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="needs SIGPROF")
@pytest.mark.parametrize("part", range(-(-(_REQUESTED or 500) // _PART)))
def test_mutated_document_becomes_sound_code_or_findings(
    part: int, tmp_path: Path, bounded: None
) -> None:
    seeds = _seeds()
    first = random.randrange(2**32) if _REQUESTED else part * _PART
    path = tmp_path / "shop.json"
    generated, memo = 0, Memo()
    for number in range(first, first + _PART):
        text = text_of(mutated(seeds[number % len(seeds)], number))
        path.write_text(text)
        files = outcome(path, memo, f"document {number}: {text}")
        if files is None:
            continue
        generated += 1
        for name, content in files.items():
            if MARKER.encode() in content and name.endswith(".py"):
                assert_sound(name, content)
    assert generated

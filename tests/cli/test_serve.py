"""`engross serve` plays a provider without generating anything into the project."""

import json
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.cli.conftest import Run

PETS = """\
openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [{ url: https://pets.example/v1 }]
paths:
  /pets:
    get:
      responses:
        "200":
          description: Pets.
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Pet" } } } }
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string } } } } }
      responses:
        "201": { description: A pet., content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
        "400": { description: Refused. }
  /pets/{petId}:
    parameters: [{ name: petId, in: path, required: true, schema: { type: integer } }]
    get:
      responses:
        "200": { description: A pet., content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
        "404": { description: None. }
    delete:
      responses: { "204": { description: Gone. }, "404": { description: None. } }
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties: { id: { type: integer }, name: { type: string } }
"""


def call(method: str, url: str, body: object = None) -> tuple[int, object]:
    """Return status and body of a call."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} if data else {}
    try:
        with urlopen(Request(url, data, headers, method=method), timeout=10) as reply:
            content = reply.read()
            return reply.status, json.loads(content) if content else None
    except HTTPError as error:
        return error.code, None


def test_document_is_served_with_a_memory(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    (tmp_path / "pets.yaml").write_text(PETS)
    command = [sys.executable, "-m", "engross", "serve", "pets.yaml", "--port", "4019"]
    base = "http://127.0.0.1:4019/v1/pets"
    serving = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                call("GET", base)
                break
            except OSError:
                time.sleep(0.2)
        status, made = call("POST", base, {"name": "Rex"})
        assert (status, made) == (201, {"id": made["id"], "name": "Rex"})  # type: ignore[index]
        one = f"{base}/{made['id']}"  # type: ignore[index]
        assert call("GET", one) == (200, made)
        assert call("GET", base) == (200, [made])
        assert call("DELETE", one) == (204, None)
        assert call("GET", one) == (404, None)
        assert call("POST", base, {"name": 7}) == (400, None)
    finally:
        serving.terminate()
        serving.wait()
    with pytest.raises(OSError, match="refused"):
        call("GET", base)
    assert [path.name for path in tmp_path.iterdir()] == ["pets.yaml"]


def test_several_contracts_are_not_served_at_once(run: Run) -> None:
    ran = run("serve", "nothing.yaml")

    assert ran.status == 2
    assert "nothing.yaml" in ran.err

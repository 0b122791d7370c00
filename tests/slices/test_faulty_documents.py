"""A slice of whatever document ends with a contract or with findings."""

import random
from pathlib import Path
from typing import Final

import pytest
import yaml

from engross.contract import build
from engross.findings import FindingsError
from engross.selection import Criterion, Slice
from engross.source import Value, load
from tests.source.mutations import mutated, text_of

_DOCUMENTS: Final = 300

_CRITERIA: Final = (
    ("operations", "*"),
    ("operations", "GET **"),
    ("operations", "get*"),
    ("paths", "/*"),
    ("paths", "/**"),
    ("tags", "*"),
    ("webhooks", "*"),
)

_CASES: Final = Path(__file__).parent / "cases"


def test_slice_of_a_faulty_document_is_a_contract_or_findings(tmp_path: Path) -> None:
    files = sorted(_CASES.glob("*/specs/shop.yaml"))
    seeds: list[Value] = [yaml.safe_load(file.read_text()) for file in files]
    built = 0
    for seed in range(_DOCUMENTS):
        chance = random.Random(seed)
        path = tmp_path / "shop.yaml"
        path.write_text(text_of(mutated(chance.choice(seeds), seed)))
        criteria = (Criterion(*chance.choice(_CRITERIA)),)
        wanted = Slice(include=criteria) if seed % 2 else Slice(exclude=criteria)
        try:
            build(load(path, root=tmp_path, wanted=wanted))
        except FindingsError:
            continue
        except BaseException as error:
            error.add_note(f"document {seed}, {wanted}")
            raise
        built += 1
    assert built > _DOCUMENTS / 4


@pytest.mark.parametrize("reference", ["#", "#/paths", "#/components"])
def test_reference_to_a_large_part_is_read(tmp_path: Path, reference: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(f"""\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths:
  /a: {{ get: {{ responses: {{ "204": {{ description: x }} }} }} }}
  /b:
    get:
      responses:
        "200":
          description: x
          content: {{ application/json: {{ schema: {{ $ref: "{reference}" }} }} }}
components: {{}}
""")
    wanted = Slice(include=(Criterion("paths", "/b"),))
    warnings = build(load(path, root=tmp_path, wanted=wanted)).warnings
    assert "wrong-reference" in {warning.rule for warning in warnings}

"""Contracts that are made to hold the command up do not."""

from pathlib import Path

import pytest

from engross.contract.check import check
from engross.findings import FindingsError
from engross.source import Source, load
from tests.effort import within

HEAD = 'openapi: 3.1.1\ninfo: { title: Shop, version: "1" }\npaths: {}\n'
SCHEMAS = f"{HEAD}components:\n  schemas:\n"

HOSTILE = {
    "a pattern that backtracks": SCHEMAS
    + f"    A: {{ pattern: '(a+)+$', examples: ['{'a' * 40}!'] }}\n",
    "names of members that backtrack": SCHEMAS
    + f"    A: {{ patternProperties: {{ '(a+)+$': {{}} }}, examples: [{{ {'a' * 40}!: 1 }}] }}\n",
    "alternatives that double": SCHEMAS
    + "".join(
        f"    S{i}: {{ anyOf: [{{ $ref: '#/components/schemas/S{i + 1}' }}, "
        f"{{ $ref: '#/components/schemas/S{i + 1}' }}] }}\n"
        for i in range(40)
    )
    + "    S40: { type: string }\n"
    + "    Top: { $ref: '#/components/schemas/S0', examples: [1] }\n",
    "alternatives that double beside a misfit": SCHEMAS
    + "".join(
        f"    S{i}: {{ anyOf: [{{ $ref: '#/components/schemas/S{i + 1}' }}, "
        f"{{ $ref: '#/components/schemas/S{i + 1}' }}] }}\n"
        for i in range(40)
    )
    + "    S40: { type: string }\n"
    + "    Top: { type: string, $ref: '#/components/schemas/S0', examples: [1] }\n",
    "many references to nothing": SCHEMAS
    + "".join(
        f"    Schema{i}: {{ items: {{ $ref: '#/components/schemas/Schemb{i}' }} }}\n"
        for i in range(1000)
    ),
    "many anchors of nothing": SCHEMAS
    + "".join(f"    S{i}: {{ items: {{ $ref: '#a{i}' }} }}\n" for i in range(1000)),
    "many keys that nobody knows": SCHEMAS
    + "    A:\n"
    + "".join(f"      foreign{i}: 1\n" for i in range(5000)),
    "a long chain of references": SCHEMAS
    + "".join(
        f"    S{i}: {{ allOf: [{{ $ref: '#/components/schemas/S{i + 1}' }}] }}\n"
        for i in range(1000)
    )
    + "    S1000: true\n",
    "merges that double": HEAD
    + "x-0: &m0 { a: 1 }\n"
    + "".join(
        f"x-{i}: &m{i} {{ <<: [*m{i - 1}, *m{i - 1}] }}\n" for i in range(1, 150)
    ),
    "an endless text": HEAD + "x-text: '" + "\\" * 500_000 + "'\n",
}


def judge(path: Path) -> None:
    """Load and check, whatever comes of it."""
    found: Source | FindingsError
    try:
        found = load(path, root=path.parent)
    except FindingsError as error:
        found = error
    if isinstance(found, Source):
        check(found)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_contract_is_judged_in_seconds(name: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(HOSTILE[name])
    with within(5):
        judge(path)

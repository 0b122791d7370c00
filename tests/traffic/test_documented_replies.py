"""What a contract itself shows as a reply is known, whatever its schemas look like."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engross.contract import build
from engross.source import Source, load
from engross.traffic import Cassette, Exchange, compare
from tests.conftest import ROOT

SPECS = sorted(ROOT.glob("specs/*.yaml"))


def exchanges(source: Source) -> Iterator[Exchange]:
    """Yield a call of each operation for each of its replies, with a sample of the body."""
    contract = build(source)
    for operation in contract.operations:
        path = operation.id.path
        for parameter in operation.parameters:
            path = path.replace(f"{{{parameter.wire}}}", "x")
        media_types = {each.status: each.media_type for each in operation.replies}
        for status, example in operation.reply_examples:
            kind = media_types.get(status)
            if kind is None or status[0] in "45":  # samples have made-up codes
                continue
            sent = status.upper().replace("DEFAULT", "2XX").replace("XX", "99")
            yield Exchange(
                cassette="documented",
                number=1,
                method=operation.http_method,
                url=f"http://localhost{path}",
                requested={},
                status=int(sent),
                received=(("content-type", kind),),
                media_type=kind,
                body=json.dumps(example.value, default=number).encode(),
            )


def number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_documented_replies_are_known(path: Path) -> None:
    sent = (*exchanges(load(path, root=ROOT)),)
    found = compare(load(path, root=ROOT), [Cassette("documented", sent)])

    assert found.compared == len(sent) > 0
    assert [f"{each.rule}: {each.message}" for each in found.findings] == []

"""What oasdiff has a rule for is compared, with its rating or a reason for another."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.diff.rules import RULES, Rating, Way
from engross.rulebook import rule_pages
from tests.diff.comparison import changes

TABLE = yaml.safe_load((Path(__file__).parent / "oasdiff.yaml").read_text())

Row = dict[str, Any]


def expanded(ids: str) -> Iterator[str]:
    """Yield the ids that a pattern stands for."""
    parts = re.split(r"\{([^{}]*)\}", ids)
    choices = [part.split(",") if n % 2 else [part] for n, part in enumerate(parts)]
    yield from map("".join, product(*choices))


def rows(section: str) -> list[tuple[str, Row]]:
    return [(each, row) for row in TABLE[section] for each in expanded(row["ids"])]


def way_of(name: str) -> Way:
    """Return which way the values travel that a rule of oasdiff is about."""
    return Way.RESPONSE if "response" in name else Way.REQUEST


def assert_rated(name: str, row: Row) -> None:
    """Check that our rating is theirs, or that a reason says why it is not."""
    theirs, way = row["theirs"], way_of(name)
    if isinstance(theirs, list):
        theirs = theirs[way is Way.RESPONSE]
    same = RULES[row["rule"]].of(way) is Rating[theirs.upper()]
    assert same or row.get("because"), (name, RULES[row["rule"]].of(way))


CONTRACT = """\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths:
  /items:
    post:
      operationId: createItem
      parameters: [{{ name: filter, in: query, content: {{ application/json: {{ schema: {parameter} }} }} }}]
      requestBody: {{ content: {{ application/json: {{ schema: {sent} }} }} }}
      responses:
        "200":
          description: Done.
          headers: {{ X-Rest: {{ schema: {header} }} }}
          content: {{ application/json: {{ schema: {received} }} }}
"""


def contract(name: str, schema: object) -> str:
    """Return a contract with a schema at the place that a rule of oasdiff is about."""
    text = yaml.safe_dump(schema, default_flow_style=True, width=1000).strip()
    text = text.removesuffix("\n...")
    if "-property-" in name or name.startswith(
        ("request-property", "response-property")
    ):
        text = f"{{ type: object, properties: {{ member: {text} }} }}"
    place = next(
        place
        for start, place in (
            ("request-parameter", "parameter"),
            ("request", "sent"),
            ("response-header", "header"),
            ("response", "received"),
        )
        if name.startswith(start)
    )
    places = dict.fromkeys(("parameter", "sent", "header", "received"), "{}")
    return CONTRACT.format_map({**places, place: text})


@pytest.mark.parametrize(("name", "row"), rows("schemas"))
def test_change_of_a_schema_is_found(name: str, row: Row) -> None:
    assert_rated(name, row)
    before, after = (contract(name, row[key]) for key in ("before", "after"))
    found = [each for each in changes(before, after) if each.operations]
    assert row["rule"] in {each.rule for each in found}
    assert {way for each in found for way in each.ratings} == {way_of(name)}


@pytest.mark.parametrize(("name", "row"), rows("examples"))
def test_change_of_the_document_is_found(name: str, row: Row) -> None:
    assert_rated(name, row)
    assert rule_pages()[row["rule"]].is_checked  # see test_rules.py


def test_no_kind_of_change_is_listed_twice() -> None:
    listed = [name for section in TABLE for name, _ in rows(section)]
    assert len(listed) == len({*listed})


def test_what_is_not_compared_has_a_reason() -> None:
    others = [*TABLE["elsewhere"], *TABLE["not_compared"]]
    assert all(row["because"] for row in others)
    named = re.findall(
        r"`([a-z]+(?:-[a-z]+)+)`", " ".join(r["because"] for r in others)
    )
    assert set(named) <= rule_pages().keys()

"""Times that the provider writes without an offset are in a timezone that somebody names."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from engross.findings import FindingsError
from engross.source import load
from tests.runtime.rendered import SYNC, WAYS, Way, contract, operation, package
from tests.runtime.server import Server, answer
from tests.runtime.test_unions import obj, ref

INSTANT = {"type": "string", "format": "date-time"}
SHIP = obj(
    departs=INSTANT,
    calls={"type": "array", "items": INSTANT},
    ports={"type": "object", "additionalProperties": ref("Port")},
    arrives={"anyOf": [INSTANT, {"type": "null"}]},
)
KIGALI = timezone(timedelta(hours=2))
NAIVE = "2026-03-01T10:00:00"
BODY = {
    "departs": NAIVE,
    "calls": [NAIVE, "2026-03-01T10:00:00Z"],
    "ports": {"north": {"opens": NAIVE}},
    "arrives": None,
}


def ships(zone: str | None = None) -> str:
    """Return a contract of ships, which may name a timezone."""
    get = operation("readThing", reply=ref("Ship"))
    get["responses"]["400"] = get["responses"]["200"]
    post = operation("createThing", body=ref("Ship"))
    schemas = {"Ship": SHIP, "Port": obj(opens=INSTANT)}
    document = yaml.safe_load(
        contract({"/things": {"get": get, "post": post}}, schemas)
    )
    if zone is not None:
        document["x-engross"] = {"timezone": zone}
    return yaml.safe_dump(document, sort_keys=False)


def read(server: Server, zone: Any, **members: object) -> Any:
    """Return the ship that a client with a timezone reads."""
    made = package(ships())
    server.does(answer(200, {**BODY, **members}))
    kind = getattr(made, made.__name__.capitalize())
    with kind(base_url=server.url, timezone=zone) as client:
        return client.things.read()


def test_time_without_an_offset_is_naive_without_a_timezone(server: Server) -> None:
    assert read(server, None).departs == datetime.fromisoformat(NAIVE)


def test_last_moment_of_dotnet_is_read_without_its_last_digit(server: Server) -> None:
    ship = read(server, None, departs="9999-12-31T23:59:59.9999999Z")
    assert ship.departs == datetime.max.replace(tzinfo=UTC)


def test_client_places_times_at_any_depth(server: Server) -> None:
    ship = read(server, KIGALI)
    expected = datetime(2026, 3, 1, 10, tzinfo=KIGALI)
    assert (ship.departs, ship.ports["north"].opens) == (expected, expected)
    assert ship.calls == [expected, datetime(2026, 3, 1, 10, tzinfo=UTC)]
    assert ship.arrives is None


def test_time_that_was_placed_can_be_sent_back(server: Server) -> None:
    text = ships()
    departs = read(server, KIGALI).departs
    sent = SYNC.sent(text, server, "things.create", departs=departs)
    assert sent.json() == {"departs": "2026-03-01T10:00:00+02:00"}


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", UTC),
        ("+02:00", KIGALI),
        ("-03:30", timezone(timedelta(hours=-3, minutes=-30))),
        ("Africa/Kigali", ZoneInfo("Africa/Kigali")),
    ],
)
def test_contract_names_the_timezone(
    zone: str, expected: Any, way: Way, server: Server
) -> None:
    found = way.received(ships(zone), server, "things.read", BODY)
    assert found.departs == datetime(2026, 3, 1, 10, tzinfo=expected)
    assert found.departs.utcoffset() == expected.utcoffset(found.departs)


def test_body_of_an_error_is_placed_too(server: Server) -> None:
    server.does(answer(400, BODY))
    with pytest.raises(package(ships("UTC")).BadRequestError) as caught:
        SYNC.call(ships("UTC"), server, "things.read")
    assert caught.value.body.departs == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_timezone_that_is_none_is_refused(server: Server) -> None:
    with pytest.raises(TypeError, match=r"timezone must be a datetime\.tzinfo"):
        read(server, "UTC")


def test_text_that_names_no_timezone_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "ships.yaml"
    path.write_text(ships("Kigali"))
    with pytest.raises(FindingsError, match="a timezone is UTC"):
        load(path, root=tmp_path)


def test_client_without_times_takes_no_timezone() -> None:
    text = contract({"/things": {"get": operation("readThing")}})
    made = package(text)
    with pytest.raises(TypeError, match="timezone"):
        getattr(made, made.__name__.capitalize())(timezone=UTC)


@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize("given", [None, KIGALI])
def test_times_in_webhooks_are_placed_too(zone: str | None, given: Any) -> None:
    document = yaml.safe_load(ships(zone))
    content = {"application/json": {"schema": ref("Ship")}}
    document["webhooks"] = {
        name: {
            "post": {
                "requestBody": {"content": content},
                "responses": {"200": {"description": "Taken."}},
            }
        }
        for name in ("departed", "arrived")
    }
    made = package(yaml.safe_dump(document, sort_keys=False))
    client = getattr(made, made.__name__.capitalize())(timezone=given)
    ship = client.webhooks.departed.parse(json.dumps(BODY))
    assert ship.departs.tzinfo == (given or (UTC if zone else None))

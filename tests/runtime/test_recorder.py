"""Traffic is recorded as others read it, and without secrets."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from till._runtime.arguments import encode_json
from till._runtime.credentials import ApiKey, Basic, Credential, Http, Scheme
from till._runtime.operation import Body, ContractInfo, Operation, Reply, Unsafe
from till._runtime.sync_client import SyncClient
from till.async_client import AsyncTill
from till.client import Till
from till.errors import APIConnectionError, BadRequestError
from till.testing import FakeTill, Recorder
from till.testing.answers import Answer
from till.testing.reading import Taken
from till.testing.transport import FakeTransport

from engross.source import load
from engross.traffic import compare, read_cassette
from tests.runtime.sample import CONTRACT as CONTRACT_FILE
from tests.runtime.server import Server, answer
from tests.runtime.till_server import Provider

ITEMS: Any = [{"code": "PC-1", "quantity": 2, "unit_amount": 1500}]


def entries(path: Path) -> list[Any]:
    """Return the exchanges of a cassette, as any reader of HAR sees them."""
    log = json.loads(path.read_bytes())["log"]
    assert log["version"] == "1.2"
    found: list[Any] = log["entries"]
    return found


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    return tmp_path / "traffic.har"


def create(client: Till, reference: str = "T-1") -> object:
    return client.invoices.create(transaction_id=reference, payment_items=ITEMS)


def test_call_and_reply_are_recorded(server: Server, cassette: Path) -> None:
    with Till(
        secret_key="sk-secret", base_url=server.url, http_client=Recorder(cassette)
    ) as client:
        create(client)

    (entry,) = entries(cassette)
    assert entry["request"]["method"] == "POST"
    assert entry["request"]["url"] == f"{server.url}/payments/invoices"
    assert json.loads(entry["request"]["postData"]["text"])["transactionId"] == "T-1"
    assert entry["response"]["status"] == 201
    content = entry["response"]["content"]
    assert json.loads(content["text"])["data"]["transactionId"] == "T-1"
    assert content["mimeType"] == "application/json"


def test_async_client_is_recorded_alike(server: Server, cassette: Path) -> None:
    async def call() -> None:
        async with AsyncTill(
            secret_key="sk-secret", base_url=server.url, http_client=Recorder(cassette)
        ) as client:
            await client.invoices.retrieve("EXISTING")

    asyncio.run(call())

    (entry,) = entries(cassette)
    assert entry["request"]["url"] == f"{server.url}/payments/invoices/EXISTING"
    assert entry["response"]["status"] == 200
    assert "sk-secret" not in cassette.read_text()


def test_each_attempt_is_an_exchange(
    server: Server, provider: Provider, cassette: Path, waits: list[float]
) -> None:
    server.does(answer(500, {"message": "no"}), provider.answers)
    with Till(
        secret_key="sk-secret", base_url=server.url, http_client=Recorder(cassette)
    ) as client:
        client.invoices.retrieve("EXISTING")

    assert [each["response"]["status"] for each in entries(cassette)] == [500, 200]


def test_attempt_without_a_response_says_why(cassette: Path) -> None:
    with (
        Till(
            secret_key="sk-secret",
            base_url="http://127.0.0.1:9",
            max_retries=0,
            http_client=Recorder(cassette),
        ) as client,
        pytest.raises(APIConnectionError),
    ):
        client.invoices.retrieve("EXISTING")

    (entry,) = entries(cassette)
    assert entry["response"]["status"] == 0
    assert "connect" in entry["response"]["comment"]


def test_fake_is_recorded_in_place_of_a_provider(cassette: Path) -> None:
    fake = FakeTill()
    with fake.client(http_client=Recorder(cassette, fake.transport)) as client:
        create(client)

    assert [each["response"]["status"] for each in entries(cassette)] == [200]


def test_clients_of_one_recorder_share_its_file(cassette: Path) -> None:
    fake = FakeTill()
    recorder = Recorder(cassette, fake.transport)
    for reference in ("T-1", "T-2"):
        with fake.client(http_client=recorder) as client:
            create(client, reference)

    assert len(entries(cassette)) == 2


def test_file_of_an_earlier_recording_is_replaced(cassette: Path) -> None:
    cassette.write_text("not HAR")
    fake = FakeTill()
    with fake.client(http_client=Recorder(cassette, fake.transport)) as client:
        create(client)

    assert len(entries(cassette)) == 1
    assert [*cassette.parent.iterdir()] == [cassette]


def test_file_is_whole_after_each_exchange(cassette: Path) -> None:
    fake = FakeTill()
    with fake.client(http_client=Recorder(cassette, fake.transport)) as client:
        assert entries(cassette) == []
        for number in range(1, 4):
            create(client, f"T-{number}")
            assert len(entries(cassette)) == number


def test_crash_leaves_what_came_before_it(cassette: Path, package_folder: Path) -> None:
    script = (
        "import os; from till.testing import FakeTill, Recorder; fake = FakeTill()\n"
        f"client = fake.client(http_client=Recorder({str(cassette)!r}, fake.transport))\n"
        "fake.add('invoices', transactionId='T-1')\n"
        "client.invoices.retrieve('T-1'); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=package_folder, check=False
    )

    assert done.returncode == 9
    assert len(entries(cassette)) == 1


def test_write_that_fails_leaves_the_file_whole(
    cassette: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    fake = FakeTill()
    with fake.client(http_client=Recorder(cassette, fake.transport)) as client:
        create(client)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = cassette.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
        try:
            with pytest.raises(OSError, match="could not be written"):
                create(client, "T-2")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert len(entries(cassette)) == 1


def test_streamed_body_is_left_to_the_caller(server: Server, cassette: Path) -> None:
    server.does(answer(200, b"%PDF", {"Content-Type": "application/pdf"}))
    with (
        Till(
            secret_key="sk-secret", base_url=server.url, http_client=Recorder(cassette)
        ) as client,
        client.with_streaming_response.files.download("a") as response,
    ):
        assert response.read() == b"%PDF"

    (entry,) = entries(cassette)
    assert entry["response"]["content"] == {"size": -1, "mimeType": "application/pdf"}


# Secrets

TOKEN = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=40
)
KEY, OTHER = Credential("key"), Credential("other", may_be_empty=True)
SCHEMES: dict[str, Scheme] = {
    "header": ApiKey("X-Till", "header", KEY),
    "query": ApiKey("k", "query", KEY),
    "cookie": ApiKey("sid", "cookie", KEY),
    "bearer": Http("Bearer", KEY),
    "basic": Basic(KEY, OTHER),
}


def strings(value: object) -> list[str]:
    """Return every text within a value, and within JSON that is a text."""
    if isinstance(value, dict):
        return [
            each for pair in value.items() for part in pair for each in strings(part)
        ]
    if isinstance(value, list):
        return [each for part in value for each in strings(part)]
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            return [value]
        return [value, *(strings(inner) if isinstance(inner, dict | list) else ())]
    return []


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(key=TOKEN, other=TOKEN, pin=TOKEN, session=TOKEN)
def test_no_secret_stands_in_the_cassette(
    scheme: str, cassette: Path, key: str, other: str, pin: str, session: str
) -> None:
    """Whatever the provider repeats of it, and wherever."""
    assume(scheme != "cookie" or not set(key) & set('",;\\'))
    contract = ContractInfo(
        "C",
        "till",
        "1",
        (),
        security={scheme: SCHEMES[scheme]},
        required=((scheme,),),
        secret_names=("PIN",),
    )

    def echo(taken: Taken) -> Answer:
        words = [*map(str, taken.headers.values()), taken.path, unquote(taken.query)]
        said = {"heard": words, "asked": taken.content.decode(), "pin": pin}
        headers = {"set-cookie": f"s={session}", "x-echo": " ".join(words)}
        return Answer(400, encode_json(said), headers)

    client = SyncClient(
        contract,
        credentials={"key": key, "other": other},
        base_url="https://till.test",
        http_client=Recorder(cassette, FakeTransport(echo)),
    )
    operation: Operation[object] = Operation(
        "pay",
        "pay",
        "POST",
        "/pay",
        body=Body("application/json"),
        replies={"2XX": Reply()},
        retry=Unsafe(),
        security=((scheme,),),
    )
    with pytest.raises(BadRequestError):
        client._send(operation, body={"pin": pin, "cards": [{"password": other}]})

    pair = base64.b64encode(f"{key}:{other}".encode()).decode()
    found = strings(json.loads(cassette.read_bytes()))
    for secret in (key, other, pin, session, pair):
        for form in (secret, quote(secret, safe=""), quote_plus(secret)):
            assert not [each for each in found if form in each]
    assert "***" in cassette.read_text()


def test_tokens_of_oauth_are_hidden(cassette: Path) -> None:
    fake = FakeTill()
    client = fake.client(
        client_id="id-abcdefgh",
        client_secret="secret/abcdefgh+",
        http_client=Recorder(cassette, fake.transport),
    )
    create(client)

    text = cassette.read_text()
    assert "abcdefgh" not in text


# What was recorded, held against the contract


def drift(cassette: Path) -> list[tuple[str, str]]:
    """Return the rule and the message of what the contract does not know."""
    source = load(CONTRACT_FILE, root=CONTRACT_FILE.parent)
    recorded = read_cassette("traffic.har", cassette.read_bytes())
    found = compare(source, [recorded])
    assert found.compared == len(recorded.exchanges) > 0
    return [(each.rule, each.message.partition(" (")[0]) for each in found.findings]


def record(server: Server, cassette: Path) -> None:
    """Call a provider on this machine."""
    with Till(
        secret_key="sk-secret",
        base_url=server.url,
        max_retries=0,
        http_client=Recorder(cassette),
    ) as client:
        create(client)
        client.invoices.retrieve("T-1")


def test_traffic_of_a_provider_that_keeps_its_contract_is_known(
    server: Server, cassette: Path
) -> None:
    record(server, cassette)

    assert drift(cassette) == []


def test_drift_of_a_provider_is_exactly_what_is_reported(
    server: Server, provider: Provider, cassette: Path
) -> None:
    process = provider.process

    def drifted(request: Any) -> tuple[int, object]:
        status, body = process(request)
        if isinstance(body, dict) and status < 300:
            body = {**body, "data": {**body["data"], "loyaltyPoints": 7}}
        return status, body

    provider.process = drifted  # type: ignore[method-assign]
    record(server, cassette)

    assert drift(cassette) == [
        ("undocumented-field", "the provider sends 'loyaltyPoints'"),
    ]

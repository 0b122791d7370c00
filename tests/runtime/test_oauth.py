"""OAuth 2 client credentials: one token for all, fetched anew before and when it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from till._runtime.async_client import AsyncClient
from till._runtime.async_oauth import AsyncTokens
from till._runtime.credentials import Credential
from till._runtime.errors import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    OutcomeUnknownError,
)
from till._runtime.oauth import OAuth2ClientCredentials
from till._runtime.operation import (
    Body,
    ContractInfo,
    Keyed,
    Operation,
    Reply,
    Safe,
    Unsafe,
)
from till._runtime.operation import (
    Server as Address,
)
from till._runtime.pointers import FromBody
from till._runtime.retry_policy import instant_waits
from till._runtime.sync_client import SyncClient
from till._runtime.sync_oauth import SyncTokens

from tests.runtime.forks import in_child
from tests.runtime.server import Connection, Server

ID, SECRET = "the client", "s3cr:t/1234567890"
ADDRESS = "https://api.test/v1"


def contract(authenticate: Any = "header") -> ContractInfo:
    scheme = OAuth2ClientCredentials(
        token_url=f"{ADDRESS}/token",
        client_id=Credential("client_id"),
        client_secret=Credential("client_secret"),
        scopes=("read", "write"),
        authenticate_in=authenticate,
    )
    return ContractInfo(
        name="Bank",
        package="till",
        version="1",
        servers=(Address(ADDRESS),),
        security={"oauth": scheme},
        required=(("oauth",),),
    )


def operation(retry: Any = Safe()) -> Operation[dict[str, int]]:  # noqa: B008
    return Operation(
        id="thing",
        name="thing",
        method="POST",
        path="/thing",
        body=Body("application/json"),
        replies={200: Reply(dict[str, int])},
        retry=retry,
        security=(("oauth",),),
    )


THING = operation()


@dataclass
class Bank:
    """Issues tokens, and takes the last one that it issued."""

    life: object = 3600
    issued: int = 0
    slow: float = 0.0
    revoked: bool = False
    refuses: bool = False
    asked: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def answers(self, connection: Connection) -> bool:
        request = connection.take()
        if request is None:
            return False
        if request.path.endswith("/token"):
            time.sleep(self.slow)
            self.asked.append(request)
            if self.refuses:
                error = {"error": "invalid_client", "error_description": SECRET}
                connection.reply(401, error)
                return True
            self.issued += 1
            answer = {"access_token": f"token-{self.issued}", "token_type": "Bearer"}
            more = {} if self.life is None else {"expires_in": self.life}
            connection.reply(200, {**answer, **more})
            return True
        token = request.headers.get("authorization", "")
        self.tokens.append(token)
        if self.statuses:
            connection.reply(self.statuses.pop(0), {})
            return True
        held = token == f"Bearer token-{self.issued}" and not self.revoked
        self.revoked = False
        connection.reply(200 if held else 401, {"n": 1})
        return True


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def address(bank: Bank) -> Iterator[str]:
    with Server([bank.answers]) as running:
        yield running.url


def client(address: str, authenticate: Any = "header", **more: Any) -> SyncClient:
    return SyncClient(
        contract(authenticate),
        token_source=SyncTokens,
        credentials={"client_id": ID, "client_secret": SECRET},
        base_url=address,
        **more,
    )


class TestTokens:
    def test_one_token_serves_many_calls(self, bank: Bank, address: str) -> None:
        made = client(address, default_headers={"X-Mine": "private"})
        for _ in range(3):
            assert made._send(THING, body={}) == {"n": 1}
        assert made.with_options(max_retries=0)._send(THING, body={}) == {"n": 1}
        assert bank.tokens == ["Bearer token-1"] * 4
        (asked,) = bank.asked
        assert asked.target == "/token"
        assert parse_qs(asked.body.decode()) == {
            "grant_type": ["client_credentials"],
            "scope": ["read write"],
        }
        pair = b64decode(asked.headers["authorization"].removeprefix("Basic "))
        assert pair == b"the+client:s3cr%3At%2F1234567890"
        assert "x-mine" not in asked.headers

    def test_id_and_secret_may_travel_in_the_form(
        self, bank: Bank, address: str
    ) -> None:
        client(address, "body")._send(THING, body={})
        form = parse_qs(bank.asked[0].body.decode())
        assert (form["client_id"], form["client_secret"]) == ([ID], [SECRET])
        assert "authorization" not in bank.asked[0].headers

    @pytest.mark.parametrize(("life", "spare"), [(3600, 60), ("100", 10)])
    def test_a_token_is_replaced_before_it_expires(
        self, bank: Bank, address: str, life: Any, spare: int
    ) -> None:
        bank.life = life
        made = client(address)
        with instant_waits() as waits:
            made._send(THING, body={})
            waits.append(float(life) - spare - 1)
            made._send(THING, body={})
            assert bank.issued == 1
            waits.append(2.0)
            made._send(THING, body={})
        assert bank.issued == 2
        assert bank.tokens[-1] == "Bearer token-2"

    @pytest.mark.parametrize("life", [None, "soon", 0, -1])
    def test_a_token_without_an_end_is_kept(
        self, bank: Bank, address: str, life: Any
    ) -> None:
        bank.life = life
        made = client(address)
        made._send(THING, body={})
        made._send(THING, body={})
        assert bank.issued == 1

    @pytest.mark.parametrize("retry", [Safe(), Unsafe()])
    def test_a_token_that_is_refused_is_replaced_once(
        self, bank: Bank, address: str, retry: Any
    ) -> None:
        made = client(address, max_retries=0)
        made._send(THING, body={})
        bank.revoked = True
        assert made._send(operation(retry), body={}) == {"n": 1}
        assert bank.issued == 2
        bank.statuses = [401, 401, 401]
        with pytest.raises(AuthenticationError):
            made._send(THING, body={})
        assert len(bank.statuses) == 1

    def test_a_new_token_that_cannot_be_had_does_not_hide_what_may_have_happened(
        self, bank: Bank, address: str, waits: list[float]
    ) -> None:
        made = client(address)
        made._send(THING, body={})
        bank.statuses = [500, 401]
        bank.refuses = True
        with pytest.raises(OutcomeUnknownError):
            made._send(operation(Keyed(FromBody(("k",)))), body={"k": 1})

    def test_an_issuer_that_refuses_is_told_without_the_secret(
        self, bank: Bank, address: str
    ) -> None:
        bank.refuses = True
        with pytest.raises(AuthenticationError) as caught:
            client(address)._send(THING, body={})
        assert caught.value.code == "invalid_client"
        assert SECRET not in str(caught.value)
        assert bank.tokens == []

    def test_a_token_in_a_message_is_not_shown(self, bank: Bank, address: str) -> None:
        made = client(address)
        made._send(THING, body={})
        assert made._core.keyring.redacted("a token-1 b") == "a *** b"
        assert "token-1" not in repr(made)

    def test_a_missing_half_is_named(self) -> None:
        with pytest.raises(ConfigurationError, match=r"pass client_secret=\.\.\."):
            SyncClient(contract(), credentials={"client_id": ID})


class TestSingleFlight:
    def test_many_threads_share_one_fetch(self, bank: Bank, address: str) -> None:
        bank.slow = 0.05
        made = client(address)
        results: list[object] = []

        def run() -> None:
            results.append(made._send(THING, body={}))

        threads = [threading.Thread(target=run) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 24
        assert bank.issued == 1

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_many_tasks_share_one_fetch_even_if_the_first_is_cancelled(
        self, bank: Bank, address: str, transport: str
    ) -> None:
        bank.slow = 0.2

        async def run() -> list[object]:
            own = httpx2.AsyncClient() if transport == "httpx2" else None
            made = AsyncClient(
                contract(),
                token_source=AsyncTokens,
                credentials={"client_id": ID, "client_secret": SECRET},
                base_url=address,
                http_client=own,
            )
            first = asyncio.create_task(made._send(THING, body={}))
            await asyncio.sleep(0.05)
            calls = [asyncio.create_task(made._send(THING, body={})) for _ in range(24)]
            await asyncio.sleep(0.05)
            first.cancel()
            results: list[object] = [*await asyncio.gather(*calls)]
            await made.close()
            if own is not None:
                await own.aclose()
            return results

        assert len(asyncio.run(run())) == 24
        assert bank.issued == 2

    def test_a_fetch_that_fails_lets_the_next_one_try(
        self, bank: Bank, address: str, waits: list[float]
    ) -> None:
        made = client("http://127.0.0.1:9")
        with pytest.raises(APIConnectionError):
            made._send(THING, body={})
        with pytest.raises(APIConnectionError):
            made._send(THING, body={})

    def test_a_fetch_takes_no_longer_than_the_call_may(
        self, bank: Bank, address: str
    ) -> None:
        bank.slow = 1.0
        before = time.monotonic()
        with pytest.raises(APITimeoutError):
            client(address, max_retries=0)._send(
                THING, body={}, options={"timeout": 0.1}
            )
        assert time.monotonic() - before < 0.8

    def test_tasks_of_one_event_loop_after_the_other_share_a_fetch(
        self, bank: Bank, address: str
    ) -> None:
        bank.slow = 0.02
        bank.life = 0.5
        made = AsyncClient(
            contract(),
            token_source=AsyncTokens,
            credentials={"client_id": ID, "client_secret": SECRET},
            base_url=address,
        )

        async def crowd() -> list[dict[str, int]]:
            calls = [made._send(THING, body={}) for _ in range(5)]
            return list(await asyncio.gather(*calls))

        assert asyncio.run(crowd()) == [{"n": 1}] * 5
        time.sleep(0.5)
        assert asyncio.run(crowd()) == [{"n": 1}] * 5
        assert bank.issued == 2

    def test_a_child_forked_during_a_fetch_makes_its_own(
        self, bank: Bank, address: str
    ) -> None:
        bank.slow = 0.3
        made = client(address)
        fetching = threading.Thread(target=made._send, args=(THING, {}, {}))
        fetching.start()
        time.sleep(0.1)
        assert in_child(lambda: made._send(THING, body={}))
        fetching.join()
        assert bank.issued == 2

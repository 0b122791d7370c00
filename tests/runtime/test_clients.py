"""Clients: credentials, addresses, options, transports, and what they never show."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pyreqwest.client import ClientBuilder, SyncClientBuilder
from pyreqwest.proxy import ProxyBuilder
from till._runtime.errors import (
    APIStatusError,
    ClientError,
    ConfigurationError,
    OutcomeUnknownError,
)
from till._runtime.options import Timeout
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.forks import in_child
from tests.runtime.server import Server, answer
from tests.runtime.till_server import Provider, invoice

SECRET = "sk-secret-1234567890"
FOUND = {"success": True, "data": invoice("T-1")}


@pytest.fixture
def client(server: Server) -> Iterator[Till]:
    with Till(secret_key=SECRET, base_url=server.url) as made:
        yield made


class TestMaking:
    def test_a_missing_credential_is_named_with_its_environment_variable(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            Till()
        assert str(caught.value) == (
            "Till needs credentials: pass secret_key=... (or set TILL_SECRET_KEY)"
        )

    def test_credentials_and_address_come_from_the_environment(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TILL_SECRET_KEY", "from-env")
        monkeypatch.setenv("TILL_BASE_URL", server.url + "/")
        server.does(answer(200, FOUND))
        Till().invoices.retrieve("T-1")
        assert server.taken[-1].headers["till-secretkey"] == "from-env"
        assert server.taken[-1].target == "/payments/invoices/T-1"

    def test_a_credential_that_one_operation_lacks_is_named_when_it_is_called(
        self, client: Till
    ) -> None:
        with pytest.raises(
            ConfigurationError,
            match=r"transfers\.send needs credentials: pass client_secret",
        ):
            client.transfers.send(body={})

    def test_an_address_has_its_variables_filled_in(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "https://www.till.test/api" in repr(Till(secret_key=SECRET))
        assert "//shop.till.test/" in repr(Till(secret_key=SECRET, subdomain="shop"))
        monkeypatch.setenv("TILL_SUBDOMAIN", "env")
        assert "//env.till.test/" in repr(Till(secret_key=SECRET))

    @pytest.mark.parametrize("subdomain", ["evil.test/", "a@b", "a b", "a#"])
    def test_an_address_cannot_be_redirected_by_a_variable(
        self, subdomain: str
    ) -> None:
        with pytest.raises(ConfigurationError, match="subdomain cannot be part"):
            Till(secret_key=SECRET, subdomain=subdomain)

    @pytest.mark.parametrize("timeout", [0, -1, float("nan")])
    def test_a_timeout_is_a_positive_number(self, timeout: float) -> None:
        with pytest.raises(ValueError, match="greater than 0"):
            Till(secret_key=SECRET, timeout=timeout)

    def test_retries_are_not_negative(self) -> None:
        with pytest.raises(ConfigurationError, match="must not be negative"):
            Till(secret_key=SECRET, max_retries=-1)

    def test_retries_of_one_call_are_not_negative(
        self, client: Till, server: Server
    ) -> None:
        with pytest.raises(ConfigurationError, match="must not be negative, got -1"):
            client.invoices.retrieve("1", max_retries=-1)
        assert server.taken == []

    @pytest.mark.parametrize(
        "make",
        [object, httpx2.AsyncClient, ClientBuilder().build, SyncClientBuilder],
    )
    def test_a_foreign_http_client_is_refused(self, make: Any) -> None:
        with pytest.raises(
            TypeError, match=r"pyreqwest.client.SyncClient or an httpx2"
        ):
            Till(secret_key=SECRET, http_client=make())

    @pytest.mark.parametrize("make", [httpx2.Client, SyncClientBuilder().build])
    def test_a_sync_http_client_is_refused_by_an_async_client(self, make: Any) -> None:
        with pytest.raises(TypeError, match=r"pyreqwest.client.Client or an httpx2"):
            AsyncTill(secret_key=SECRET, http_client=make())


class TestOptions:
    def test_headers_of_client_and_call_are_sent_and_the_nearer_wins(
        self, server: Server
    ) -> None:
        server.does(answer(200, FOUND))
        client = Till(
            secret_key=SECRET,
            base_url=server.url,
            default_headers={"X-A": "client", "X-B": "client"},
            default_query={"q": "client", "r": [1, 2]},
        )
        client.invoices.retrieve(
            "T-1", extra_headers={"x-b": "call"}, extra_query={"q": "call"}
        )
        taken = server.taken[-1]
        assert (taken.headers["x-a"], taken.headers["x-b"]) == ("client", "call")
        assert taken.query == "r=1&r=2&q=call"

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_headers_that_are_not_ascii_are_sent_as_utf8(
        self, server: Server, transport: str
    ) -> None:
        server.does(answer(200, FOUND))
        with httpx2.Client() as own:
            client = Till(
                secret_key="schlüssel",
                base_url=server.url,
                http_client=own if transport == "httpx2" else None,
            )
            client.invoices.retrieve("T-1", extra_headers={"X-Name": "日本"})
        found = server.taken[-1].headers
        assert found["x-name"].encode("latin-1").decode() == "日本"
        assert found["till-secretkey"].encode("latin-1").decode() == "schlüssel"

    def test_with_options_changes_a_copy_and_shares_connections(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, FOUND))
        other = client.with_options(default_headers={"X-A": "1"}, max_retries=0)
        client.invoices.retrieve("T-1")
        other.invoices.retrieve("T-1")
        assert "x-a" not in server.taken[0].headers
        assert server.taken[1].headers["x-a"] == "1"
        assert server.connections == 1
        other.close()
        client.invoices.retrieve("T-1")

    def test_undocumented_calls_carry_credentials_and_stay_below_the_address(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, {"ok": True}))
        reply = client.request("post", "/new/thing?a=1", query={"b": 2}, json={"c": 3})
        assert reply.json() == {"ok": True}
        taken = server.taken[-1]
        assert (taken.method, taken.target) == ("POST", "/new/thing?a=1&b=2")
        assert taken.headers["till-secretkey"] == SECRET
        assert taken.json() == {"c": 3}
        for path in ("https://evil.test/", "//evil.test/", "/../x", "\\\\evil"):
            with pytest.raises(ConfigurationError):
                client.request("GET", path)

    @pytest.mark.parametrize("path", ["/%2e%2e/x", "/a/.%2E/x", "/%2e", "/../x"])
    def test_undocumented_calls_cannot_step_up(self, client: Till, path: str) -> None:
        with pytest.raises(ConfigurationError, match="plain path"):
            client.request("GET", path)

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "LINK"])
    def test_undocumented_call_that_may_act_is_not_retried(
        self, client: Till, server: Server, method: str
    ) -> None:
        server.does(answer(500))
        with pytest.raises(OutcomeUnknownError):
            client.request(method, "/new")
        assert len(server.taken) == 1

    @pytest.mark.parametrize("method", ["GET", "head", "OPTIONS", "TRACE", "QUERY"])
    def test_undocumented_call_that_only_reads_is_retried(
        self, client: Till, server: Server, method: str, waits: list[float]
    ) -> None:
        server.does(answer(503), answer(204))
        assert client.request(method, "/new").status_code == 204
        assert len(server.taken) == 2

    def test_a_call_may_have_a_timeout_of_its_own(
        self, client: Till, server: Server
    ) -> None:
        server.does(lambda connection: server.done.wait(5))
        with pytest.raises(ClientError, match="no response arrived in time"):
            client.invoices.retrieve("T-1", timeout=0.1, max_retries=0)

    def test_timeouts_of_many_calls_do_not_make_ever_more_connections(
        self, client: Till, server: Server
    ) -> None:
        for hundredths in range(100, 200):
            client.invoices.retrieve("EXISTING", timeout=hundredths / 100)
        assert server.connections <= 10


class TestClosing:
    def test_a_closed_client_sends_nothing(self, server: Server) -> None:
        server.does(answer(200, FOUND))
        client = Till(secret_key=SECRET, base_url=server.url)
        copy = client.with_options(max_retries=0)
        client.invoices.retrieve("T-1")
        client.close()
        client.close()
        for closed in (client, copy):
            with pytest.raises(RuntimeError, match="the client is closed"):
                closed.invoices.retrieve("T-1")
        assert len(server.taken) == 1

    def test_a_closed_async_client_sends_nothing(self, server: Server) -> None:
        server.does(answer(200, FOUND))

        async def run() -> None:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                await client.invoices.retrieve("T-1")
            with pytest.raises(RuntimeError, match="the client is closed"):
                await client.invoices.retrieve("T-1")

        asyncio.run(run())
        assert len(server.taken) == 1


class TestProxies:
    @pytest.mark.parametrize("way", ["environment", "pyreqwest", "httpx2"])
    def test_requests_go_through_the_proxy(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        server.does(answer(200, FOUND))
        own: Any = None
        if way == "environment":
            monkeypatch.setenv("HTTP_PROXY", server.url)
        elif way == "pyreqwest":
            proxy = ProxyBuilder.http(server.url)
            own = SyncClientBuilder().follow_redirects(False).proxy(proxy).build()
        else:
            own = httpx2.Client(proxy=server.url)
        address = "http://till.invalid"
        with Till(secret_key=SECRET, base_url=address, http_client=own) as client:
            client.invoices.retrieve("T-1")
        if own is not None:
            own.close()
        assert server.taken[-1].target == f"{address}/payments/invoices/T-1"
        assert server.taken[-1].headers["host"] == "till.invalid"


class TestOwnHttpClients:
    def test_a_pyreqwest_client_is_used_and_left_open(self, server: Server) -> None:
        server.does(answer(200, FOUND), answer(404), answer(200, FOUND))
        own = SyncClientBuilder().error_for_status(True).build()
        with Till(secret_key=SECRET, base_url=server.url, http_client=own) as client:
            client.invoices.retrieve("T-1")
            with pytest.raises(APIStatusError):
                client.invoices.retrieve("T-1")
        assert own.get(server.url).build().send().status == 200

    def test_an_httpx2_client_is_used_and_left_open(self, server: Server) -> None:
        server.does(answer(200, FOUND))
        with httpx2.Client(headers={"X-Own": "1"}) as own:
            with Till(
                secret_key=SECRET, base_url=server.url, http_client=own
            ) as client:
                client.invoices.retrieve("T-1")
            assert not own.is_closed
        assert server.taken[-1].headers["x-own"] == "1"

    @pytest.mark.parametrize("own", [False, True])
    def test_a_redirect_is_not_followed_and_carries_nothing_elsewhere(
        self, server: Server, own: bool
    ) -> None:
        with (
            Server([answer(200, FOUND)]) as elsewhere,
            httpx2.Client(follow_redirects=True) as follower,
        ):
            server.does(answer(302, b"", {"Location": elsewhere.url}))
            client = Till(
                secret_key=SECRET,
                base_url=server.url,
                http_client=follower if own else None,
            )
            with pytest.raises(APIStatusError, match="302: redirects are not followed"):
                client.invoices.retrieve("T-1")
            assert elsewhere.taken == []


class TestSharing:
    def test_one_client_serves_64_threads(
        self, server: Server, provider: Provider
    ) -> None:
        client = Till(secret_key=SECRET, base_url=server.url)
        numbers: list[int] = []

        def pay() -> None:
            for _ in range(5):
                payment = client.payments.create(
                    "inv", amount=Decimal(1), date=date(2024, 1, 31)
                )
                numbers.append(payment.id)

        threads = [threading.Thread(target=pay) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(provider.payments) == len(numbers) == 320

    def test_one_async_client_serves_many_tasks(self, server: Server) -> None:
        async def run() -> list[object]:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                calls = [client.invoices.retrieve("EXISTING") for _ in range(300)]
                return list(await asyncio.gather(*calls))

        assert len(asyncio.run(run())) == 300

    def test_a_cancelled_call_leaves_the_client_usable(
        self, server: Server, provider: Provider
    ) -> None:
        server.does(lambda c: server.done.wait(1), provider.answers)

        async def run() -> object:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await client.invoices.retrieve("EXISTING")
                return await client.invoices.retrieve("EXISTING")

        assert asyncio.run(run())

    def test_an_async_client_awaits_its_secrets(self, server: Server) -> None:
        async def secret() -> str:
            await asyncio.sleep(0)
            return "awaited"

        async def run() -> None:
            async with AsyncTill(secret_key=secret, base_url=server.url) as client:
                await client.invoices.retrieve("EXISTING")

        asyncio.run(run())
        assert server.taken[-1].headers["till-secretkey"] == "awaited"

    def test_a_sync_client_refuses_a_coroutine_function(self, server: Server) -> None:
        async def secret() -> str:
            return "never"

        client = Till(secret_key=secret, base_url=server.url)  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="needs the async client"):
            client.invoices.retrieve("EXISTING")


class TestSecrets:
    def test_a_client_is_printed_without_its_secrets(self) -> None:
        client = Till(
            secret_key=SECRET, client_secret=SECRET, base_url="https://me:pw@h.test/a"
        )
        assert repr(client) == (
            "Till(base_url='https://h.test/a', secret_key='***', client_secret='***')"
        )

    def test_secrets_are_not_pickled(self) -> None:
        with pytest.raises(TypeError, match="secrets are not pickled"):
            pickle.dumps(Till(secret_key=SECRET))

    @pytest.mark.parametrize("status", [400, 401, 500])
    def test_a_provider_that_echoes_the_secret_does_not_get_it_into_the_message(
        self, client: Till, server: Server, status: int
    ) -> None:
        server.does(answer(status, {"message": f"bad key {SECRET}"}))
        with pytest.raises(APIStatusError) as caught:
            client.invoices.retrieve("T-1", max_retries=0)
        assert SECRET not in str(caught.value)
        assert "bad key ***" in str(caught.value)


class TestLogs:
    def test_attempts_are_logged_under_the_package_without_secrets(
        self, server: Server, waits: list[float], caplog: pytest.LogCaptureFixture
    ) -> None:
        server.does(answer(503), answer(200, FOUND))
        client = Till(secret_key=SECRET, base_url=server.url)
        with caplog.at_level("DEBUG", logger="till"):
            client.invoices.retrieve("T-1")
        lines = [
            record.getMessage() for record in caplog.records if record.name == "till"
        ]
        address = f"GET {server.url}/payments/invoices/T-1"
        assert lines[:2] == [f"{address}, attempt 1", f"{address} -> 503"]
        assert lines[2].startswith(f"{address} again in")
        assert lines[3:] == [f"{address}, attempt 2", f"{address} -> 200"]
        assert SECRET not in caplog.text


class TestForks:
    def test_a_client_works_in_a_forked_child(self, server: Server) -> None:
        client = Till(secret_key=SECRET, base_url=server.url)
        client.invoices.retrieve("EXISTING")
        assert in_child(lambda: client.invoices.retrieve("EXISTING", timeout=5.0))
        assert len(server.taken) == 2
        assert client.invoices.retrieve("EXISTING")

    def test_clients_made_in_a_forked_child_work(self, server: Server) -> None:
        Till(secret_key=SECRET, base_url=server.url).invoices.retrieve("EXISTING")

        async def later() -> object:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                return await client.invoices.retrieve("EXISTING")

        def both() -> None:
            Till(secret_key=SECRET, base_url=server.url).invoices.retrieve("EXISTING")
            asyncio.run(later())

        assert in_child(both)
        assert len(server.taken) == 3

    def test_an_async_client_works_in_a_forked_child(self, server: Server) -> None:
        client = AsyncTill(secret_key=SECRET, base_url=server.url)

        async def call() -> object:
            return await client.invoices.retrieve("EXISTING", timeout=5.0)

        asyncio.run(call())
        assert in_child(lambda: asyncio.run(call()))
        assert asyncio.run(call())

    def test_a_fork_beside_busy_threads_harms_nobody(self, server: Server) -> None:
        client = Till(secret_key=SECRET, base_url=server.url)
        client.invoices.retrieve("EXISTING")
        done = threading.Event()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                while not done.is_set():
                    client.invoices.retrieve("EXISTING")
            except ClientError as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        good = [in_child(lambda: client.invoices.retrieve("EXISTING")) for _ in "abc"]
        done.set()
        for thread in threads:
            thread.join()
        assert (good, failed) == ([True, True, True], [])

    def test_a_fork_of_a_fork_is_told_what_to_do(self, server: Server) -> None:
        client = Till(secret_key=SECRET, base_url=server.url)
        client.invoices.retrieve("EXISTING")

        def grandchild() -> None:
            with pytest.raises(ConfigurationError, match="the method 'spawn'"):
                client.invoices.retrieve("EXISTING")

        def child() -> None:
            client.invoices.retrieve("EXISTING")
            assert in_child(grandchild)

        assert in_child(child)


class TestStart:
    def test_the_sync_client_starts_without_what_it_does_not_need(
        self, package_folder: Path
    ) -> None:
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from till.client import Till\n"
            "Till(secret_key='x').invoices\n"
            "unwanted = {'asyncio', 'logging', 'json', 'email', 'urllib.parse', 'random',"
            " 'dataclasses', 'threading', 'ssl', 'httpx2', 'hashlib', 'zlib'}\n"
            "print(sorted(unwanted & set(sys.modules)))"
        )
        found = subprocess.run(
            [sys.executable, "-I", "-c", code, str(package_folder)],
            check=True,
            capture_output=True,
            text=True,
        )
        assert found.stdout.strip() == "[]"

    def test_a_timeout_is_given_by_each_limit(self) -> None:
        timeout = Timeout(connect=1.0)
        assert (timeout.connect, timeout.total) == (1.0, 180.0)

"""A client under stress: interrupts, crowds, time; and what it must never show."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import signal
import ssl
import subprocess
import sys
import threading
import traceback
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from till._runtime.errors import APIConnectionError, ClientError
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.server import Connection, Server, answer
from tests.runtime.till_server import Provider, invoice

SECRET = "sk-secret-1234567890"
OTHER = "shh-secret-0987654321"
FOUND = {"success": True, "data": invoice("T-1")}
CERTIFICATE = Path(__file__).parent / "certificate.pem"
"""Self-signed for 127.0.0.1, with its key; nobody trusts it."""

TRANSPORTS = ["pyreqwest", "httpx2"]


class TestTls:
    @pytest.fixture
    def secure(self) -> Iterator[Server]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        with Server([answer(200, FOUND)], certificate=context) as running:
            yield running

    @pytest.mark.parametrize("transport", TRANSPORTS)
    def test_a_certificate_that_is_not_trusted_ends_the_call_before_it_is_sent(
        self, secure: Server, transport: str, waits: list[float]
    ) -> None:
        url = secure.url.replace("http:", "https:")
        with httpx2.Client() as own:
            http_client = own if transport == "httpx2" else None
            client = Till(secret_key=SECRET, base_url=url, http_client=http_client)
            with pytest.raises(APIConnectionError, match="nothing was sent") as caught:
                client.payments.create("inv", amount=Decimal(1), date=date(2024, 1, 31))
        assert "certificate" in str(caught.value).lower()
        assert secure.taken == []

    def test_an_own_http_client_may_trust_it(self, secure: Server) -> None:
        url = secure.url.replace("http:", "https:")
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        with httpx2.Client(verify=trusting) as own:
            client = Till(secret_key=SECRET, base_url=url, http_client=own)
            assert client.invoices.retrieve("T-1").transaction_id == "T-1"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT interrupts, even where this run was started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class TestInterrupts:
    @pytest.mark.usefixtures("interruptible")
    @pytest.mark.parametrize("transport", TRANSPORTS)
    def test_a_keyboard_interrupt_leaves_the_pool_sound(
        self, server: Server, provider: Provider, transport: str
    ) -> None:
        with httpx2.Client(
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1)
        ) as own:
            http_client = own if transport == "httpx2" else None
            client = Till(
                secret_key=SECRET, base_url=server.url, http_client=http_client
            )
            client.invoices.retrieve("EXISTING")

            def stall(connection: Connection) -> None:
                connection.take()
                assert main is not None
                signal.pthread_kill(main, signal.SIGINT)
                connection.server.done.wait(1)

            main = threading.main_thread().ident
            for _ in range(3):
                server.does(stall, provider.answers)
                with pytest.raises(KeyboardInterrupt):
                    client.invoices.retrieve("EXISTING", timeout=3.0)
                assert client.invoices.retrieve("EXISTING", timeout=3.0)

    def test_an_interrupt_of_the_first_call_ends_the_call_and_not_the_process(
        self, server: Server, package_folder: Path
    ) -> None:
        code = (
            "import signal, sys, threading; sys.path.insert(0, sys.argv[1])\n"
            "from till.client import Till\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "main = threading.main_thread().ident\n"
            "threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT)).start()\n"
            "client = Till(secret_key='x', base_url=sys.argv[2], max_retries=0)\n"
            "try:\n"
            "    client.invoices.retrieve('T-1')\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted')\n"
        )

        def stall(connection: Connection) -> None:
            connection.take()
            connection.server.done.wait(0.4)

        server.does(stall)
        found = subprocess.run(
            [sys.executable, "-I", "-c", code, str(package_folder), server.url],
            check=False,
            capture_output=True,
            text=True,
        )
        assert (found.stdout, found.returncode) == ("interrupted\n", 0)

    @pytest.mark.parametrize("transport", TRANSPORTS)
    def test_cancelling_at_any_instant_leaves_the_pool_sound(
        self, server: Server, transport: str
    ) -> None:
        dice = random.Random(5)

        async def run() -> int:
            limits = httpx2.Limits(max_connections=5)
            cancelled = 0
            async with (
                httpx2.AsyncClient(limits=limits) as own,
                AsyncTill(
                    secret_key=SECRET,
                    base_url=server.url,
                    http_client=own if transport == "httpx2" else None,
                ) as client,
            ):
                for _ in range(250):
                    task = asyncio.create_task(client.invoices.retrieve("EXISTING"))
                    for _ in range(dice.randrange(40)):
                        await asyncio.sleep(0)
                    task.cancel()
                    ends = await asyncio.gather(task, return_exceptions=True)
                    cancelled += isinstance(ends[0], asyncio.CancelledError)
                calls = [client.invoices.retrieve("EXISTING") for _ in range(20)]
                assert all(await asyncio.gather(*calls))
            return cancelled

        assert asyncio.run(run()) > 25

    def test_a_cancelled_payment_notes_that_it_may_exist(self, server: Server) -> None:
        def stall(connection: Connection) -> None:
            connection.take()
            connection.server.done.wait(1)

        server.does(stall)

        async def run() -> None:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                async with asyncio.timeout(0.1):
                    await client.payments.create(
                        "inv", amount=Decimal(1), date=date(2024, 1, 31)
                    )

        with pytest.raises(TimeoutError) as caught:
            asyncio.run(run())
        report = "".join(traceback.format_exception(caught.value))
        assert "the payment may exist: the call ended" in report
        assert "find out: client.payments.list('inv')" in report

    def test_cancelled_tasks_leave_the_pool_sound(
        self, server: Server, provider: Provider
    ) -> None:
        def stall(connection: Connection) -> None:
            connection.take()
            connection.server.done.wait(1)

        async def run() -> object:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                server.does(stall)
                calls = [client.invoices.retrieve("EXISTING") for _ in range(20)]
                tasks = [asyncio.create_task(call) for call in calls]
                await asyncio.sleep(0.1)
                for task in tasks:
                    task.cancel()
                ends = await asyncio.gather(*tasks, return_exceptions=True)
                assert all(isinstance(end, asyncio.CancelledError) for end in ends)
                server.does(provider.answers)
                return await client.invoices.retrieve("EXISTING")

        assert asyncio.run(run())


class TestCrowds:
    def test_one_async_client_serves_a_thousand_tasks(self, server: Server) -> None:
        async def run() -> list[object]:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                calls = [client.invoices.retrieve("EXISTING") for _ in range(1000)]
                return list(await asyncio.gather(*calls))

        assert len(asyncio.run(run())) == 1000

    def test_memory_is_flat_over_many_calls(self, server: Server) -> None:
        client = Till(secret_key=SECRET, base_url=server.url)
        server.does(answer(200, FOUND))

        def calls(count: int) -> int:
            for _ in range(count):
                client.invoices.retrieve("T-1")
            server.taken.clear()
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        calls(100)
        tracemalloc.start()
        before = calls(200)
        after = calls(1000)
        tracemalloc.stop()
        assert after - before < 20_000


class TestTheEndOfAProgram:
    PROGRAM = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from till.async_client import AsyncTill
async def run():
    async with AsyncTill(secret_key="sk", base_url=sys.argv[2]) as client:
        await client.invoices.retrieve("T-1")
asyncio.run(run())
"""

    def test_a_program_may_end_as_soon_as_its_client_is_closed(
        self, server: Server, package_folder: Path
    ) -> None:
        server.does(answer(200, FOUND))
        command = [sys.executable, "-c", self.PROGRAM, str(package_folder), server.url]
        statuses = {
            subprocess.run(command, check=False, capture_output=True).returncode
            for _ in range(25)
        }
        assert statuses == {0}


class TestAddresses:
    def test_a_password_in_the_address_is_not_shown(
        self, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        url = server.url.replace("://", f"://me:{OTHER}@")
        with caplog.at_level(logging.DEBUG, logger="till"):
            client = Till(secret_key=SECRET, base_url=url)
            reply = client.with_raw_response.invoices.retrieve("EXISTING")
            server.does(lambda connection: connection.reset())
            with pytest.raises(ClientError) as caught:
                client.payments.create("inv", amount=Decimal(1), date=date(2024, 1, 31))
        shown = "".join(traceback.format_exception(caught.value))
        assert reply.url == f"{server.url}/payments/invoices/EXISTING"
        assert server.taken[0].headers["authorization"].startswith("Basic ")
        assert OTHER not in caplog.text + shown + repr(client)

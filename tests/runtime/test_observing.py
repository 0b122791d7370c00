"""Hooks and traces: what onlookers are told, and that no secret is among it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from till._runtime.errors import APIConnectionError, ConfigurationError, NotFoundError
from till._runtime.observers import Attempt, Outcome
from till._runtime.operation import Operation, Safe
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.server import Connection, Server, answer
from tests.runtime.till_server import Provider, invoice

SECRET = "sk-secret-1234567890"
FOUND = {"success": True, "data": invoice("T-1")}


class TestHooks:
    def test_hooks_are_told_of_each_attempt_and_what_came_of_it(
        self, server: Server, waits: list[float]
    ) -> None:
        server.does(
            answer(503, b"", {"X-Request-Id": "one"}),
            lambda connection: connection.reset(),
            answer(200, FOUND),
        )
        attempts: list[Attempt] = []
        outcomes: list[Outcome] = []
        client = Till(
            secret_key=SECRET,
            base_url=server.url,
            before_attempt=attempts.append,
            after_reply=outcomes.append,
        )
        client.invoices.retrieve("T-1")
        assert [each.number for each in attempts] == [1, 2, 3]
        assert attempts[0].operation == "invoices.retrieve"
        assert attempts[0].url == f"{server.url}/payments/invoices/T-1"
        assert [each.status_code for each in outcomes] == [503, None, 200]
        assert outcomes[0].request_id == "one"
        assert outcomes[1].problem == "the connection was reset"
        assert [each.attempt for each in outcomes] == attempts
        assert all(each.seconds > 0 for each in outcomes)

    @pytest.mark.parametrize(
        "scheme", ["secret_key", "bearer", "basic", "in_query", "in_cookie"]
    )
    def test_hooks_see_no_secret(self, server: Server, scheme: str) -> None:
        seen: list[object] = []
        operation: Operation[None] = Operation(
            "x", "x", "GET", "/x", retry=Safe(), security=((scheme,),)
        )
        server.does(
            answer(404, b"", {"X-Echo": SECRET, "Set-Cookie": f"session={SECRET}"})
        )
        client = Till(
            secret_key=SECRET,
            base_url=server.url,
            default_headers={"X-Mine": f"a {SECRET}", "X-Other": "b"},
            before_attempt=seen.append,
            after_reply=seen.append,
        )
        with pytest.raises(NotFoundError):
            client._send(operation)
        assert len(seen) == 2
        assert SECRET not in repr(seen)
        assert "'x-mine': 'a ***', 'x-other': 'b'" in repr(seen)
        assert "'x-echo': '***'" in repr(seen)

    def test_an_async_client_awaits_its_hooks(self, server: Server) -> None:
        seen: list[str] = []

        async def before(attempt: Attempt) -> None:
            await asyncio.sleep(0)
            seen.append(attempt.method)

        def after(outcome: Outcome) -> None:
            seen.append(str(outcome.status_code))

        async def run() -> None:
            async with AsyncTill(
                secret_key=SECRET,
                base_url=server.url,
                before_attempt=before,
                after_reply=after,
            ) as client:
                await client.invoices.retrieve("EXISTING")

        asyncio.run(run())
        assert seen == ["GET", "200"]

    def test_a_sync_client_refuses_a_coroutine_function(self, server: Server) -> None:
        async def before(attempt: Attempt) -> None:
            raise AssertionError

        client = Till(secret_key=SECRET, base_url=server.url, before_attempt=before)  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="for before_attempt needs"):
            client.invoices.retrieve("EXISTING")
        assert server.taken == []

    def test_what_a_hook_raises_ends_the_call_before_it_is_sent(
        self, server: Server
    ) -> None:
        def before(attempt: Attempt) -> None:
            raise LookupError("no budget left")

        client = Till(secret_key=SECRET, base_url=server.url, before_attempt=before)
        with pytest.raises(LookupError, match="no budget"):
            client.payments.create("inv", amount=Decimal(1), date=date(2024, 1, 31))
        assert server.taken == []

    @pytest.mark.parametrize("hook", ["before_attempt", "after_reply"])
    def test_what_a_hook_raises_notes_what_may_have_been_done(
        self, server: Server, provider: Provider, waits: list[float], hook: str
    ) -> None:
        told: list[object] = []

        def failing(what: object) -> None:
            told.append(what)
            if hook == "after_reply" or len(told) == 2:
                raise LookupError("no budget left")

        server.does(provider.then(lambda connection: connection.reset()))
        hooks: Any = {hook: failing}
        client = Till(secret_key=SECRET, base_url=server.url, **hooks)
        with pytest.raises(LookupError, match="no budget") as caught:
            client.invoices.create(
                transaction_id="T-1",
                payment_items=[
                    {"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}
                ],
            )
        assert provider.created == 1
        assert caught.value.__notes__ == [
            (
                "the invoice may exist: the call ended after the request may have been "
                "sent\n"
                "  sent: POST /payments/invoices, transactionId 'T-1', attempt 1 of 3\n"
                "  find out: client.invoices.retrieve('T-1')"
            )
        ]


class TestTraces:
    @pytest.fixture
    def spans(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        sdk = pytest.importorskip("opentelemetry.sdk.trace")
        from opentelemetry import trace
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
            InMemorySpanExporter,
        )

        exporter = InMemorySpanExporter()
        provider = sdk.TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
        monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
        return exporter.get_finished_spans

    def test_each_attempt_is_a_span_by_the_conventions(
        self, spans: Any, server: Server, waits: list[float]
    ) -> None:
        server.does(answer(503), answer(200, FOUND))
        Till(secret_key=SECRET, base_url=server.url).invoices.retrieve("T-1")
        first, second = spans()
        assert first.name == "GET /payments/invoices/{invoice_reference}"
        assert first.kind.name == "CLIENT"
        assert dict(first.attributes) == {
            "http.request.method": "GET",
            "server.address": "127.0.0.1",
            "server.port": server.port,
            "url.full": f"{server.url}/payments/invoices/T-1",
            "url.template": "/payments/invoices/{invoice_reference}",
            "http.response.status_code": 503,
            "error.type": "503",
        }
        assert first.status.status_code.name == "ERROR"
        assert second.attributes["http.request.resend_count"] == 1
        assert second.status.status_code.name == "UNSET"
        parent = server.taken[1].headers["traceparent"]
        assert f"{second.context.span_id:016x}" in parent
        assert SECRET not in "".join(each.to_json() for each in spans())

    def test_an_address_of_ipv6_is_told_without_its_brackets(self, spans: Any) -> None:
        client = Till(secret_key=SECRET, base_url="http://[::1]:9", max_retries=0)
        with pytest.raises(APIConnectionError):
            client.invoices.retrieve("T-1")
        attributes = spans()[0].attributes
        assert (attributes["server.address"], attributes["server.port"]) == ("::1", 9)

    def test_a_failure_and_a_cancellation_end_their_span(
        self, spans: Any, server: Server
    ) -> None:
        server.does(lambda connection: connection.reset())
        client = Till(secret_key=SECRET, base_url=server.url)
        with pytest.raises(APIConnectionError):
            client.invoices.retrieve("T-1", max_retries=0)
        assert "error.type" in spans()[0].attributes

        def stall(connection: Connection) -> None:
            connection.server.done.wait(2)

        server.does(stall)

        async def run() -> None:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as other:
                async with asyncio.timeout(0.1):
                    await other.invoices.retrieve("T-1")

        with pytest.raises(TimeoutError):
            asyncio.run(run())
        assert spans()[1].attributes["error.type"] == "CancelledError"

    def test_nothing_is_loaded_or_recorded_unless_traces_are_set_up(
        self, server: Server, package_folder: Path
    ) -> None:
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from till.client import Till\n"
            "Till(secret_key='x', base_url=sys.argv[2]).invoices.retrieve('EXISTING')\n"
            "print([name for name in sys.modules if 'opentelemetry' in name])"
        )
        found = subprocess.run(
            [sys.executable, "-I", "-c", code, str(package_folder), server.url],
            check=True,
            capture_output=True,
            text=True,
        )
        assert found.stdout.strip() == "[]"
        assert "traceparent" not in server.taken[-1].headers

"""The law of retries, on real sockets: what the provider did, and what the caller knows.

For each class of operation, each fault, both transports, sync and async: nothing is
created twice, and nothing is created without the caller knowing or being told to look.
"""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx2
import pytest
from till._runtime.errors import (
    APIConnectionError,
    ClientError,
    OutcomeUnknownError,
    ResponseInvalidError,
)
from till._runtime.options import Timeout
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.faults import FAULTS, Fault
from tests.runtime.server import Server
from tests.runtime.till_server import Provider

TIMEOUT = Timeout(connect=0.5, read=0.12, attempt=1.0, total=30.0)
PATIENT = Timeout(connect=0.5, read=3.0, attempt=5.0, total=30.0)
KINDS = ["safe", "keyed", "unsafe"]
TRANSPORTS = ["pyreqwest", "httpx2"]
MODES = ["sync", "async"]
TLS = ssl.create_default_context()
TODAY = datetime.date(2024, 1, 31)


def act(client: Till, kind: str, size: int) -> object:
    """Call one operation of a class."""
    if kind == "safe":
        return client.invoices.retrieve("EXISTING")
    if kind == "keyed":
        return client.invoices.create(
            transaction_id="T-1",
            payment_items=[{"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}],
            description="x" * size,
        )
    return client.payments.create(
        "inv", amount=Decimal("10.00"), date=TODAY, note="x" * size
    )


def sync_call(
    base_url: str, transport: str, kind: str, size: int, warm: bool, patient: bool
) -> object:
    def run(http_client: httpx2.Client | None) -> object:
        with Till(
            secret_key="sk-secret",
            base_url=base_url,
            timeout=PATIENT if patient else TIMEOUT,
            http_client=http_client,
        ) as client:
            if warm:
                client.invoices.retrieve("EXISTING")
            return act(client, kind, size)

    if transport == "pyreqwest":
        return run(None)
    with httpx2.Client(verify=TLS) as http_client:
        return run(http_client)


def async_call(
    base_url: str, transport: str, kind: str, size: int, warm: bool, patient: bool
) -> object:
    async def run(http_client: httpx2.AsyncClient | None) -> object:
        async with AsyncTill(
            secret_key="sk-secret",
            base_url=base_url,
            timeout=PATIENT if patient else TIMEOUT,
            http_client=http_client,
        ) as client:
            if warm:
                await client.invoices.retrieve("EXISTING")
            result: Awaitable[object] = act(client, kind, size)  # type: ignore[arg-type,assignment]
            return await result

    async def choose() -> object:
        if transport == "pyreqwest":
            return await run(None)
        async with httpx2.AsyncClient(verify=TLS) as http_client:
            return await run(http_client)

    return asyncio.run(choose())


CALLS: dict[str, Callable[..., object]] = {"sync": sync_call, "async": async_call}


def address(fault: Fault, server: Server) -> str:
    if fault.name == "refused":
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            return f"http://127.0.0.1:{unused.getsockname()[1]}"
    if fault.name.startswith("TLS"):
        return server.url.replace("http:", "https:")
    return server.url


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_created_twice_and_nothing_created_is_lost(
    fault: Fault,
    kind: str,
    transport: str,
    mode: str,
    server: Server,
    provider: Provider,
    waits: list[float],
) -> None:
    faulty = fault.act(provider)
    warm = [provider.answers] if fault.warm else []
    server.does(*warm, faulty, *([] if fault.always else [provider.answers]))
    size = 2_000_000 if fault.large else 10
    # Only a stall is to run into a timeout, however busy this machine is.
    patient = "stall" not in fault.name
    expected = getattr(fault, kind)
    if fault.large and kind == "safe":
        pytest.skip("reading has no body")
    if fault.costly and kind != "unsafe":
        pytest.skip("the same for each class")

    error: ClientError | None = None
    try:
        call = CALLS[mode]
        where = address(fault, server)
        value = call(where, transport, kind, size, fault.warm, patient)
    except ClientError as raised:
        error = raised

    got = "value" if error is None else type(error).__name__
    if expected == "APIConnectionError":
        assert isinstance(error, APIConnectionError)
    else:
        assert got == expected, error
    creating = kind != "safe"
    sent = sum(request.method == "POST" for request in server.taken)
    assert provider.created <= 1, "created twice"
    if kind == "unsafe" and not fault.name.startswith("429"):
        assert sent <= 1, "an unsafe operation was sent again after it may have left"
    if error is None:
        assert provider.created == int(creating)
        assert value is not None
    elif not isinstance(error, (OutcomeUnknownError, ResponseInvalidError)):
        assert provider.created == 0, "created, and the caller was told otherwise"
    assert "sk-secret" not in repr(error) + str(error)

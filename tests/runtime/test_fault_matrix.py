"""The law of retries, on real sockets: what the provider did, and what the caller knows.

For each class of operation, each fault, both transports, sync and async: nothing is
created twice, and nothing is created without the caller knowing or being told to look.

What was seen is the table `fault_matrix.md`; with `FAULT_MATRIX=write` it is written anew.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

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

pytestmark = pytest.mark.long

TIMEOUT = Timeout(connect=0.5, read=0.12, attempt=1.0, total=30.0)
PATIENT = Timeout(connect=0.5, read=3.0, attempt=5.0, total=30.0)
KINDS = {
    "safe": "safe (read)",
    "keyed": "keyed (create)",
    "escaped": "keyed, key at an escaped pointer",
    "keyless": "keyed, without a key",
    "empty": "keyed, empty key",
    "unsafe": "unsafe (create)",
}
"""Kinds of calls, as the table names them."""

TREATED_AS = {"escaped": "keyed", "keyless": "unsafe", "empty": "unsafe"}
"""The class of operation whose expectations a kind of call shares."""

TRANSPORTS = ["pyreqwest", "httpx2"]
MODES = ["sync", "async"]
TLS = ssl.create_default_context()
TODAY = datetime.date(2024, 1, 31)
TABLE = Path(__file__).parent / "fault_matrix.md"

LONGEST = 8.0
"""Seconds that a call may take on a busy machine; a server without end goes on for ten."""

SEEN: dict[tuple[str, str], set[str]] = {}
"""What was seen of a fault and a class of operations: one text, if all ways agree."""


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
    if kind == "escaped":
        return client.orders.create(reference="R-1")
    if kind == "keyless":
        return client.orders.create()
    if kind == "empty":
        return client.orders.create(reference="")
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


def outcome(requests: int, reads: int, created: int, got: str) -> str:
    """Put what was seen into words."""
    taken = f"{requests} taken"
    if reads:
        taken += f", {reads} read back" if reads == 1 else f", {reads} reads"
    return f"{taken}; {created} created; {got}"


def is_run(fault: Fault, kind: str) -> bool:
    """Whether a class of operations can meet a fault, or need not."""
    is_small = kind not in ("keyed", "unsafe")
    return not (fault.large and is_small) and not (fault.costly and kind != "unsafe")


def table() -> str:
    """Return what was seen, as the page shows it."""
    lines = [
        "# What faults do to a call",
        "",
        "Made by `test_fault_matrix.py`: a real server meets the first attempt with the",
        "fault, and later ones in good health. Each cell holds for both transports, sync",
        "and async: how many requests the server took whole, how many things it created,",
        "and what the caller got. Up to two repetitions are allowed.",
        "",
        f"| fault | {' | '.join(KINDS.values())} |",
        "|---" * (len(KINDS) + 1) + "|",
    ]
    for fault in FAULTS:
        cells = [
            " or ".join(sorted(SEEN.get((fault.name, kind), {"-"}))) for kind in KINDS
        ]
        lines.append(f"| {fault.name} | {' | '.join(cells)} |")
    ways = len(TRANSPORTS) * len(MODES)
    lines += [
        "",
        f"{len(SEEN) * ways} calls. Created twice: 0. Created and lost: 0.",
        "",
    ]
    return "\n".join(lines)


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
    # Nothing else is to run into a timeout, however busy this machine is.
    patient = "stall" not in fault.name and "without end" not in fault.name
    expected = getattr(fault, TREATED_AS.get(kind, kind))
    if not is_run(fault, kind):
        pytest.skip("reading has no body, or it is the same for each class")

    started = time.monotonic()
    error: ClientError | None = None
    value: object = None
    try:
        call = CALLS[mode]
        where = address(fault, server)
        value = call(where, transport, kind, size, fault.warm, patient)
    except ClientError as raised:
        error = raised

    assert time.monotonic() - started < LONGEST, "the timeouts were not kept"
    got = "value" if error is None else type(error).__name__
    if expected == "APIConnectionError":
        assert isinstance(error, APIConnectionError)
    else:
        assert got == expected, error
    creating = kind != "safe"
    sent = sum(request.method == "POST" for request in server.taken)
    assert provider.created <= 1, "created twice"
    is_unsafe = TREATED_AS.get(kind, kind) == "unsafe"
    if is_unsafe and not fault.name.startswith("429"):
        assert sent <= 1, "an unsafe operation was sent again after it may have left"
    if error is None:
        assert provider.created == int(creating)
        assert value is not None
    elif not isinstance(error, (OutcomeUnknownError, ResponseInvalidError)):
        assert provider.created == 0, "created, and the caller was told otherwise"
    assert "sk-secret" not in repr(error) + str(error)
    reads = len(server.taken) - sent - fault.warm
    requests, reads = (sent, reads) if creating else (reads, 0)
    seen = outcome(requests, reads, provider.created, got)
    SEEN.setdefault((fault.name, kind), set()).add(seen)


def test_the_page_shows_what_was_seen() -> None:
    expected = sum(is_run(fault, kind) for fault in FAULTS for kind in KINDS)
    if len(SEEN) < expected:
        pytest.skip("the table is made of the whole matrix")
    if os.environ.get("FAULT_MATRIX") == "write":
        TABLE.write_text(table(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table()

"""Sync modules of the runtime are derived from the async ones."""

from __future__ import annotations

import re
from pathlib import Path

import black
import pytest

from engross.emit.sync_variant import sync_path, sync_variant
from tests.conftest import ROOT

RUNTIME = ROOT / "templates" / "python" / "package" / "_runtime"
ASYNC = sorted(RUNTIME.glob("*async*.py"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f() -> None:\n    await g()\n", "def f() -> None:\n    g()\n"),
        ("async with a as b:\n    pass\n", "with a as b:\n    pass\n"),
        ("async for a in b:\n    pass\n", "for a in b:\n    pass\n"),
        ("x: Callable[[A], Awaitable[B[C]]]\n", "x: Callable[[A], B[C]]\n"),
        ("class AsyncClient:\n    pass\n", "class SyncClient:\n    pass\n"),
        ("x = AsyncPager(async_raw)\n", "x = Pager(raw)\n"),
        ("from asyncio import sleep\n", "from time import sleep\n"),
        (
            "from collections.abc import AsyncIterator, Awaitable, Callable\n",
            "from collections.abc import Callable, Iterator\n",
        ),
        (
            "from .async_client import AsyncClient\nfrom .call import Call\n",
            "from .call import Call\nfrom .sync_client import SyncClient\n",
        ),
        ('"""A call: ``async with ...``."""\n', '"""A call: ``with ...``."""\n'),
        ('"""The async client."""\n', '"""The sync client."""\n'),
    ],
)
def test_words_are_replaced(source: str, expected: str) -> None:
    assert sync_variant(source) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("package/_runtime/async_client.py", "package/_runtime/sync_client.py"),
        ("package/_runtime/httpx2_async.py", "package/_runtime/httpx2_sync.py"),
        ("package/_runtime/call.py", "package/_runtime/call.py"),
        ("package/async_client.py.jinja", "package/async_client.py.jinja"),
    ],
)
def test_only_async_modules_of_the_runtime_have_a_variant(
    path: str, expected: str
) -> None:
    assert sync_path(path) == expected


@pytest.mark.parametrize("path", ASYNC, ids=lambda path: path.stem)
def test_variant_is_formatted_and_nothing_in_it_is_async(path: Path) -> None:
    source = sync_variant(path.read_text())
    assert black.format_str(source, mode=black.Mode()) == source
    assert not re.findall(r"\basync\b|\bawait\b|asyncio|Async[A-Z]", source)


@pytest.mark.parametrize("path", ASYNC, ids=lambda path: path.stem)
def test_variant_of_a_variant_is_the_same(path: Path) -> None:
    source = sync_variant(path.read_text())
    assert sync_variant(source) == source

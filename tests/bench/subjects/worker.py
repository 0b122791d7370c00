"""A process that repeats one subject as often as requested.

It reads one number per line, and prints the duration of that many repetitions, after a
few warm-up repetitions that do not count.
"""

import asyncio
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, process_time

from . import bare, decoders, emitted, invoice, others

Sync = Callable[[], object]
Async = Callable[[], Awaitable[object]]

CALLS: dict[str, Callable[[str], Callable[[], str]]] = {
    "engross": emitted.engross,
    "engross on httpx2": emitted.engross_httpx2,
    "pyreqwest": bare.pyreqwest,
    "httpx2": bare.httpx2,
    "openapi-python-client": others.openapi_python_client,
    "openapi-generator": others.openapi_generator,
    "clientele": others.clientele,
}
ASYNC_CALLS: dict[str, Callable[[str], Callable[[], Awaitable[str]]]] = {
    "engross": emitted.engross_async,
    "engross on httpx2": emitted.engross_httpx2_async,
    "pyreqwest": bare.pyreqwest_async,
    "httpx2": bare.httpx2_async,
    "openapi-python-client": others.openapi_python_client_async,
    "openapi-generator": others.openapi_generator_async,
    "clientele": others.clientele_async,
}
FAKES: dict[str, Callable[[str], Callable[[], str]]] = {
    "fake in process": emitted.fake_in_process,
    "fake over HTTP": emitted.fake_over_http,
    "Prism": emitted.fake_over_http,
    "Starlette": emitted.fake_over_http,
}
DECODERS: dict[str, Callable[[], Sync]] = {
    "engross": decoders.engross,
    "msgspec.json.decode": decoders.plain_struct,
    "msgspec.json.Decoder": decoders.plain_struct_decoder,
    "openapi-python-client": decoders.openapi_python_client,
    "openapi-generator": decoders.openapi_generator,
    "clientele": decoders.clientele,
}


def repeat(subject: Sync, times: int) -> None:
    for _ in range(times):
        subject()


def repeat_async(runner: asyncio.Runner, subject: Async, times: int) -> None:
    async def run() -> None:
        for _ in range(times):
            await subject()

    runner.run(run())


def repeater(kind: str, name: str, url: str) -> Callable[[int], None]:
    """Return a function that repeats the subject, which has succeeded once."""
    if kind == "decode":
        decode = DECODERS[name]()
        decode()
        return lambda times: repeat(decode, times)
    if kind in ("call", "fake"):
        call = (CALLS if kind == "call" else FAKES)[name](url)
        _see(call(), invoice.NUMBER if kind == "call" else invoice.ACCOUNT)
        return lambda times: repeat(call, times)
    runner = asyncio.Runner()
    async_call = ASYNC_CALLS[name](url)

    async def once() -> str:
        return await async_call()

    _see(runner.run(once()), invoice.NUMBER)
    return lambda times: repeat_async(runner, async_call, times)


def _see(found: str, expected: str) -> None:
    if found != expected:
        raise ValueError(f"the reply was not decoded, it says {found!r}")


def resident_bytes() -> int:
    """Return the current memory of this process; its peak if that is unknown."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    kind, name, url = sys.argv[1:]
    repeated = repeater(kind, name, url)
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        times = int(line)
        repeated(max(1, times // 4))  # what others have put out of the caches
        wall, cpu = perf_counter(), process_time()
        repeated(times)
        answer = {
            "seconds": perf_counter() - wall,
            "cpu": process_time() - cpu,
            "resident": resident_bytes(),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

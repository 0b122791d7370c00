"""Each package works in an environment with only its own dependencies."""

import os
import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PACKAGES = sorted(path.parent for path in ROOT.glob("generated/*/pyproject.toml"))

SESSION = """\
import importlib.util
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

package, client = sys.argv[1:]


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
base_url = f"http://127.0.0.1:{server.server_port}"

module = __import__(package)
assert module.__file__.startswith(sys.prefix), module.__file__
with getattr(module, client)(base_url=base_url) as it:
    reply = it.request("GET", "/anything")
assert reply.status_code == 200, reply
for name in module.__all__:
    getattr(module, name)
for absent in ("engross", "httpx2", "jinja2", "yaml", "black"):
    assert importlib.util.find_spec(absent) is None, absent
server.shutdown()
"""


def bring(requirement: str, target: Path) -> None:
    """Copy an installed distribution and its dependencies into an environment."""
    name = re.match(r"[\w.-]+", requirement)
    assert name
    found = distribution(name[0])
    for file in found.files or ():
        if ".." not in file.parts:
            destination = target / file
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(found.locate_file(file)), destination)
    for further in found.requires or ():
        if ";" not in further:
            bring(further, target)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_package_works_in_an_empty_environment(package: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = tmp_path.glob("env/lib/python*/site-packages")
    for requirement in ("msgspec", "pyreqwest"):
        bring(requirement, site)

    # pip may resolve dependencies only from what is installed there.
    source = tmp_path / package.name
    shutil.copytree(
        package, source, ignore=shutil.ignore_patterns("__pycache__", ".*_cache")
    )
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    options = ["--no-index", "--no-build-isolation", str(source)]
    backend = {"PYTHONPATH": str(distribution("hatchling").locate_file(""))}
    subprocess.run([*pip, *options], check=True, env={**os.environ, **backend})

    contract = yaml.safe_load((ROOT / "specs" / f"{package.name}.yaml").read_text())
    schemes = contract["components"]["securitySchemes"].values()
    variables = set(re.findall(r"\benv: ([A-Z_]+)", yaml.safe_dump(list(schemes))))
    ran = subprocess.run(
        [python, "-I", "-c", SESSION, package.name, contract["x-engross"]["client"]],
        cwd=tmp_path,
        env=dict.fromkeys(variables, "secret"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

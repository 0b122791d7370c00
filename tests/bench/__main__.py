"""Compare engross with similar tools in one run.

Each round measures every subject once, so that ratios are reliable on a noisy machine.
The median of the ratios of all rounds is compared.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from . import calls, decoding, fakes, generation, imports, large, memory
from .bench import Bench, show_progress
from .environment import prepared
from .figures import Table
from .peers import add_clients
from .processes import RunFailedError, run
from .project import ROOT, add_package, copied
from .tables import as_json, as_text

PARTS: dict[str, Callable[[Bench], list[Table]]] = {
    "generation": generation.measured,
    "import": imports.measured,
    "call": calls.measured,
    "fake": fakes.measured,
    "decode": decoding.measured,
    "memory": memory.measured,
    "large": large.measured,
}
VALIDATION = "validation"
"""Measured by a separate program."""


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join([*PARTS, VALIDATION])
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all values")
    options = parser.parse_args()
    parts = options.parts or [*PARTS, VALIDATION]
    unknown = set(parts).difference(PARTS, [VALIDATION])
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    try:
        return _measure(parts, quick=options.quick, file=options.json)
    except RunFailedError as error:
        print(error, file=sys.stderr)
        return 1


def _measure(parts: Sequence[str], *, quick: bool, file: Path | None) -> int:
    tables: list[Table] = []
    failed: list[str] = []
    peers = prepared(ROOT, show_progress)
    with TemporaryDirectory(prefix="engross-bench-") as folder:
        bench = Bench(copied(Path(folder)), peers, quick)
        missing = [*peers.missing, *_add_clients(parts, bench, Path(folder))]
        for part, measured in PARTS.items():
            if part in parts:
                try:
                    found = measured(bench)
                except RunFailedError as error:
                    failed.append(f"{part}: {error}")
                    continue
                tables += found
                show_progress("")
                print("\n".join(map(as_text, found)), flush=True)
    if VALIDATION in parts and not _validation(bench):
        failed.append(VALIDATION)
    for problem in missing:
        print(f"not measured: {problem}")
    for problem in failed:
        print(f"failed: {problem}")
    if file:
        file.write_text(json.dumps(as_json(tables), indent=2) + "\n")
    verdicts = [verdict for table in tables for verdict in table.verdicts()]
    missed = sum(not verdict.holds for verdict in verdicts)
    print(f"{len(verdicts) - missed} targets hold, {missed} missed")
    return int(bool(missed or failed))


def _add_clients(parts: Sequence[str], bench: Bench, folder: Path) -> list[str]:
    """Generate what the parts import; return errors."""
    if {"import", "call", "fake", "decode", "memory"}.isdisjoint(parts):
        return []
    add_package(bench.project)
    if {"import", "call", "decode"}.isdisjoint(parts):
        return []
    return add_clients(bench.project, bench.peers, folder, show_progress)


def _validation(bench: Bench) -> bool:
    """Run the bench of the validators; False if it fails or misses a target."""
    show_progress("Validation")
    done = run(
        *(bench.peers.python, "-m", "tests.bench.validation"),
        *(["--quick"] if bench.quick else []),
        cwd=ROOT,
        environment={"PYTHONPATH": str(ROOT / "generator")},
    )
    show_progress("")
    print(done.output, flush=True)
    return not done.status


if __name__ == "__main__":
    sys.exit(main())

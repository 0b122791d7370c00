"""Cost of an emitted module before its first check: size and import."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from engross.schema.reader import graph_of
from engross.validation import Target, compile_module, runtime
from tests.bench.figures import Series, Table
from tests.bench.validation import invoice

_PROGRAM = """\
import decimal, re, time, typing
start = time.perf_counter()
import {module}
print((time.perf_counter() - start) * 1e3)
"""


def measured(rounds: int) -> Table:
    """Measure the import of the invoice's module, in fresh processes."""
    source = compile_module(
        [Target("invoice", "invoice.json")],
        graph=graph_of({"invoice.json": invoice.SCHEMA}),
    )
    with TemporaryDirectory() as folder:
        package = Path(folder) / "emitted"
        (package / "_runtime").mkdir(parents=True)
        (package / "validators.py").write_text(source, encoding="utf-8")
        support = package / "_runtime" / "validation.py"
        shutil.copy(runtime.__file__, support)
        compileall.compile_dir(folder, quiet=1)
        imports = {
            "run-time support": "emitted._runtime.validation",
            "support and validators": "emitted.validators",
        }
        values: dict[str, list[float]] = {name: [] for name in imports}
        for _ in range(min(rounds, 11)):
            for name, module in imports.items():
                values[name].append(_imported(folder, module))
        size = f"support {_size(support)}, validators {len(source) / 1024:.0f} KiB"
    series = [Series(name, tuple(found)) for name, found in values.items()]
    note = f"{size}; re, decimal and typing are loaded before, as msgspec loads them"
    return Table("Import of an emitted module", "ms", series, "", (), (note,))


def _imported(folder: str, module: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(module=module)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024:.0f} KiB"

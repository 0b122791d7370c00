"""A recording of a terminal for the README: a package is generated, and called."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from tests.conftest import ROOT
from tests.docs.provider import loopback
from tests.docs.replay import environment, run

RECORDING: Final = ROOT / "tests" / "docs" / "recording.svg"
_TITLE: Final = (
    "A terminal: engross generates the package irembopay, which creates an invoice, and "
    "refuses another one with a quantity of 0 before anything is sent."
)
_FORMAT: Final = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" role="img">
<title>{_TITLE}</title>
<style>
.{{unique_id}}-matrix {{{{ font: {{char_height}}px ui-monospace, Menlo, Consolas, monospace; }}}}
{{styles}}
</style>
<defs>{{lines}}</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})">
<g class="{{unique_id}}-matrix">{{matrix}}</g>
</g>
</svg>
"""
"""Rich's format with a title for readers, and without fonts from elsewhere."""

_COMMAND: Final = "engross generate irembopay"
_STATEMENTS: Final = (
    "from irembopay import IremboPay",
    'client = IremboPay(secret_key="...")',
    'item = {"code": "PC-aaf751b73f", "quantity": 1, "unit_amount": 2000}',
    'order = {"transaction_id": "TST-10020", "payment_account_identifier": "TST-RWF"}',
    "invoice = client.invoices.create(**order, payment_items=[item])",
    "invoice.payment_status, invoice.amount, invoice.payment_link_url",
    "client.invoices.create(**order, payment_items=[item | {'quantity': 0}])",
)
_PROMPT: Final = ">>> "


def recording(root: Path) -> str:
    """Return the recording as SVG, of commands run in a copy of the project.

    The package that is generated there is deleted before.
    """
    shutil.rmtree(root / "generated" / "irembopay")
    console = Console(record=True, width=92, file=StringIO(), color_system="truecolor")
    for line in _session(root):
        console.print(_colored(line), soft_wrap=True)
    return console.export_svg(
        title="", theme=DIMMED_MONOKAI, unique_id="recording", code_format=_FORMAT
    )


def _session(root: Path) -> Iterator[str]:
    yield f"$ {_COMMAND}"
    yield from run(root, _COMMAND).stdout.splitlines()
    yield "$ python"
    startup = (
        root / "startup.py"
    )  # leaves tracebacks out, and says where statements end
    startup.write_text("import sys; sys.tracebacklimit = 0; sys.ps1 = '\\x1e'")
    with loopback(ROOT / "specs") as addresses:
        paths = {"PYTHONPATH": str(root / "generated" / "irembopay")}
        done = subprocess.run(
            [sys.executable, "-q", "-i"],
            env={
                **environment(root),
                **addresses,
                **paths,
                "PYTHONSTARTUP": str(startup),
                "PYTHON_COLORS": "0",
            },
            input="\n".join(_STATEMENTS) + "\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
    outputs = done.stdout.split("\x1e")[1:]
    for statement, output in zip(_STATEMENTS, outputs, strict=False):
        yield f"{_PROMPT}{statement}"
        yield from output.splitlines()


def _colored(line: str) -> Text:
    for prompt in ("$ ", _PROMPT):
        if line.startswith(prompt):
            return Text.assemble((prompt, "green"), (line.removeprefix(prompt), "bold"))
    is_error = "Error: " in line or line.startswith("  /")
    return Text(line, "#ff8a80" if is_error else "")

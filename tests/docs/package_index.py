"""The index of packages in generated/README.md, made from the contracts."""

from __future__ import annotations

import re
from pathlib import Path

from engross.contract.build import build
from engross.contract.ir import Contract
from engross.emit.naming import python_names
from engross.source import load
from tests.conftest import ROOT

_INDEX = re.compile(
    r"(?<=<!-- packages -->\n\n).*?(?=\n\n<!-- /packages -->)", re.DOTALL
)
_HEAD = """\
| Package | Version | Client | Provider's API | Operations |
| --- | --- | --- | --- | --- |"""


def with_index(text: str) -> str:
    """Return the text of the page with the current index."""
    rows = [_row(build(load(path, root=ROOT))) for path in _contracts()]
    return _INDEX.sub(lambda _: "\n".join([_HEAD, *rows]), text)


def _contracts() -> list[Path]:
    """Return the files of the contracts."""
    return sorted((ROOT / "specs").glob("*.yaml"))


def _row(contract: Contract) -> str:
    names = python_names(contract)
    package = f"[{names.package}]({names.package}/README.md)"
    api = f"{contract.title} {contract.api_version}: {contract.docs.summary}"
    methods = ", ".join(f"`{names.method(each)}`" for each in contract.operations)
    cells = package, contract.version, f"`{names.client}`", api, methods
    return f"| {' | '.join(cells)} |"

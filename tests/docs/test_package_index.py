"""The index of packages is what the contracts say."""

import yaml

from tests.conftest import ROOT
from tests.docs.package_index import with_index
from tests.docs.page import PACKAGES, code_spans

STALE = "generated/README.md is stale; run `.venv/bin/python -m tests.docs`"


def test_index_of_packages_is_current() -> None:
    assert with_index(PACKAGES.text) == PACKAGES.text, STALE


def test_index_of_packages_is_complete() -> None:
    (rows,) = PACKAGES.tables("Packages")
    listed = {name: code_spans(client)[0] for name, _, client, _, _ in rows}
    clients = {}
    for path in sorted(ROOT.glob("specs/*.yaml")):
        names = yaml.safe_load(path.read_text(encoding="utf-8"))["x-engross"]
        package = names.get("package", path.stem)
        clients[f"[{package}]({package}/README.md)"] = names["client"]
    assert listed == clients


def test_index_names_the_methods() -> None:
    assert "`invoices.create`" in PACKAGES.text

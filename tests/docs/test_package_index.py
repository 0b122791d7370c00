"""The index of packages is what the contracts say."""

from tests.docs.package_index import with_index
from tests.docs.page import PACKAGES

STALE = "generated/README.md is stale; run `.venv/bin/python -m tests.docs`"


def test_index_of_packages_is_current() -> None:
    assert with_index(PACKAGES.text) == PACKAGES.text, STALE


def test_index_lists_every_package_with_its_methods() -> None:
    folders = {
        path.parent.name for path in PACKAGES.path.parent.glob("*/pyproject.toml")
    }
    assert folders
    for folder in folders:
        assert f"| [{folder}]({folder}/README.md) | " in PACKAGES.text
    assert "`invoices.create`" in PACKAGES.text

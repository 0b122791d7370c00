"""What a user sees of faults that only a whole project can have, from first to last line."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from engross.emit import emit
from tests.cli.conftest import Ran, Run
from tests.conftest import SHOP

OVERLAY = "overlay: 1.0.0\ninfo: { title: Ours, version: '1' }\nactions:\n"

UNTESTABLE = """\
openapi: 3.1.1
info: { title: Ferry, version: "1" }
servers: [{ url: "https://ferry.example" }]
paths:
  /tickets:
    post:
      requestBody:
        content: { application/json: { schema: { type: string, not: {} } } }
      responses: { "204": { description: Done. } }
"""

EXPECTED = Path(__file__).parent / "expected"


def put(project: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


CASES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "overlay-with-a-fault": (
        {
            "specs/shop.overlay.yaml": f"{OVERLAY}"
            "  - target: $.info[\n    remove: true\n"
        },
        ("generate",),
    ),
    "overlay-that-matches-nothing": (
        {
            "specs/shop.overlay.yaml": f"{OVERLAY}"
            "  - target: $.paths['/order'].post\n    update: { tags: [a] }\n"
        },
        ("generate",),
    ),
    "overlay-without-a-contract": (
        {"specs/shpo.overlay.yaml": f"{OVERLAY}  - target: $\n    update: {{}}\n"},
        ("generate",),
    ),
    "contracts-with-one-name": ({"specs/shop.json": "{}"}, ("generate",)),
    "contracts-of-one-package": (
        {
            "specs/shop.yaml": f"{SHOP}x-engross: {{ package: shop }}\n",
            "specs/store.yaml": f"{SHOP}x-engross: {{ package: shop }}\n",
        },
        ("generate",),
    ),
    "unsafe-name": ({"specs/a`b.yaml": SHOP}, ("generate",)),
    "document-with-parts": (
        {
            "shop.yaml": SHOP.replace("#/components/schemas/Item", "part.yaml"),
            "part.yaml": "type: string\n",
        },
        ("new", "kiosk", "--from", "shop.yaml"),
    ),
    "operation-without-a-sample": (
        {"specs/shop.yaml": UNTESTABLE},
        ("check", "--strict"),
    ),
}

MODULES: Mapping[str, tuple[str, bytes]] = {
    "file-outside-the-package": ("../a.py", b""),
    "module-that-is-not-python": ("shop/a.py", b"a b\n"),
}


def told(case: str, ran: Ran) -> None:
    """Compare what a user sees with what is expected; `ENGROSS_ACCEPT` accepts it."""
    text = re.sub(r"\d+ files", "N files", ran.out + ran.err)
    expected = EXPECTED / f"{case}.txt"
    if os.environ.get("ENGROSS_ACCEPT"):
        expected.write_text(text)
    assert (ran.status, text) == (1, expected.read_text())


@pytest.mark.parametrize("case", CASES)
def test_fault_of_a_project_is_told_in_whole(
    project: Path, run: Run, case: str
) -> None:
    files, arguments = CASES[case]
    put(project, files)
    told(case, run(*arguments))


@pytest.mark.parametrize("case", MODULES)
def test_what_can_only_be_a_bug_is_told_in_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    path, content = MODULES[case]
    monkeypatch.setattr(
        "engross.tree.rendering.emit",
        lambda *given, **options: {**emit(*given, **options), path: content},
    )
    told(case, run("generate", "--no-cached"))

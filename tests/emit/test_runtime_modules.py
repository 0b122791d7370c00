"""A package holds the parts of the runtime that its contract needs, and no others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.emit.runtime_modules import OPTIONAL
from engross.source import load
from engross.tree.rendering import make
from tests.black_clean import is_black_clean
from tests.conftest import SHOP
from tests.runtime.sample import CONTRACT

Contract = dict[str, Any]
Change = Callable[[Contract], None]

IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
for name in package.__all__:
    getattr(package, name)
"""


def generated(folder: Path, text: str) -> Path:
    """Write the distribution of a contract below a folder, and return its root."""
    contract = folder / "shop.yaml"
    contract.write_text(text)
    package, files, _ = make(load(contract, root=folder))
    root = folder / package
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def parts(root: Path) -> set[str]:
    """Return the optional modules of a package's runtime and of its fake."""
    package = root / root.name
    runtime = {path.stem for path in (package / "_runtime").glob("*.py")}
    fake = {f"testing/{path.stem}" for path in (package / "testing").glob("*.py")}
    return (runtime | fake) & OPTIONAL.keys()


def run(root: Path, *arguments: str) -> None:
    """Run Python in a distribution; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def order(contract: Contract) -> Contract:
    post: Contract = contract["paths"]["/orders"]["post"]
    return post


def items(contract: Contract) -> Contract:
    properties: Contract = contract["components"]["schemas"]["Order"]["properties"]
    return properties


def query(schema: Contract) -> Change:
    def change(contract: Contract) -> None:
        parameter = {"name": "filter", "in": "query", "schema": schema}
        order(contract)["parameters"] = [parameter]

    return change


def body(media_type: str, schema: Contract) -> Change:
    def change(contract: Contract) -> None:
        order(contract)["requestBody"]["content"] = {media_type: {"schema": schema}}

    return change


def with_oauth(contract: Contract) -> None:
    flow = {"tokenUrl": "https://shop.example/token", "scopes": {}}
    scheme = {"type": "oauth2", "flows": {"clientCredentials": flow}}
    contract["components"]["securitySchemes"]["token"] = scheme


def with_paging(contract: Contract) -> None:
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
    reply = {
        "description": "Orders.",
        "content": {"application/json": {"schema": listed}},
    }
    contract["paths"]["/orders"]["get"] = {
        "operationId": "listOrders",
        "summary": "List orders.",
        "tags": ["orders"],
        "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}],
        "responses": {"200": reply},
        "x-engross": {"pagination": {"style": "page", "page": "page", "items": ""}},
    }


def with_events(contract: Contract) -> None:
    content = {"text/event-stream": {"schema": {"type": "string"}}}
    reply = {"description": "Events.", "content": content}
    contract["paths"]["/orders/{id}"]["get"]["responses"]["200"] = reply


def with_signature(contract: Contract) -> None:
    contract["components"]["securitySchemes"]["token"] = {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "x-engross": {
            "argument": "secret",
            "signature": {"digest": "sha256", "hmac": True, "template": "{body}"},
        },
    }


def with_tracing(contract: Contract) -> None:
    contract["x-engross"] = {"tracing": True}


def with_union(contract: Contract) -> None:
    order_ref = {"$ref": "#/components/schemas/Order"}
    item_ref = {"$ref": "#/components/schemas/Item"}
    contract["components"]["schemas"]["Thing"] = {"oneOf": [order_ref, item_ref]}
    items(contract)["thing"] = {"$ref": "#/components/schemas/Thing"}


def with_unix_time(contract: Contract) -> None:
    items(contract)["at"] = {"type": "integer", "x-engross": {"time": "unix-s"}}


def with_webhook(contract: Contract) -> None:
    schema = {"$ref": "#/components/schemas/Order"}
    contract["webhooks"] = {
        "orderPaid": {
            "post": {
                "operationId": "orderPaid",
                "summary": "An order was paid.",
                "requestBody": {"content": {"application/json": {"schema": schema}}},
                "responses": {"200": {"description": "Taken."}},
            }
        }
    }


OBJECT = {"type": "object", "properties": {"note": {"type": "string"}}}
FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
}
PAGES = {"paging", "sync_pager", "async_pager", "testing/pages"}
STREAMS = {
    *("stream_decoders", "sync_stream", "async_stream"),
    *("sync_responses", "async_responses"),
}
TOKENS = {"oauth", "sync_oauth", "async_oauth", "forms", "styles"}
FEATURES: dict[str, tuple[Change, set[str]]] = {
    "bytes": (body("application/octet-stream", {}), {"files"}),
    "events": (with_events, STREAMS),
    "form": (body("application/x-www-form-urlencoded", OBJECT), {"forms", "styles"}),
    "multipart": (body("multipart/form-data", FILE), {"multipart", "files", "styles"}),
    "oauth": (with_oauth, TOKENS),
    "paging": (with_paging, PAGES),
    "query of a list": (
        query({"type": "array", "items": {"type": "string"}}),
        {"styles"},
    ),
    "query of a text": (query({"type": "string"}), set()),
    "signature": (with_signature, {"signatures"}),
    "tracing": (with_tracing, {"tracing"}),
    "union": (with_union, {"unions"}),
    "unix time": (with_unix_time, {"unix_time"}),
    "webhook": (with_webhook, {"testing/webhooks", "webhooks"}),
}


def test_contract_without_features_needs_no_optional_module(tmp_path: Path) -> None:
    root = generated(tmp_path, SHOP)
    assert parts(root) == set()
    run(root, "-c", IMPORT_ALL, root.name)
    run(root, "-m", "mypy", "--strict", "--python-version", "3.11", ".")
    run(root, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.parametrize("name", FEATURES)
def test_feature_brings_its_modules_and_no_others(tmp_path: Path, name: str) -> None:
    change, expected = FEATURES[name]
    contract = yaml.safe_load(SHOP)
    change(contract)
    root = generated(tmp_path, yaml.safe_dump(contract, sort_keys=False))
    assert parts(root) == expected
    run(root, "-c", IMPORT_ALL, root.name)


def test_contract_with_every_feature_has_every_module(tmp_path: Path) -> None:
    of_large_ones = {"lazy", "member_checks"}
    in_tests = {"tests/exchanges", "tests/test_fake"}
    made = generated(tmp_path, CONTRACT.read_text())
    assert parts(made) == OPTIONAL.keys() - of_large_ones - in_tests


@pytest.mark.parametrize("has_item", [True, False])
def test_fake_is_tested_if_it_keeps_anything(tmp_path: Path, has_item: bool) -> None:
    contract = yaml.safe_load(SHOP)
    members = contract["components"]["schemas"]["Order"]["properties"]
    members["id"] = {"type": "string"}
    if not has_item:
        del contract["paths"]["/orders/{id}"]
    root = generated(tmp_path, yaml.safe_dump(contract))
    assert (root / "tests" / "test_fake.py").exists() == has_item


@pytest.mark.parametrize(
    ("pattern", "is_slow"), [("^[a-z]+$", False), ("^(?!x)([a-z]+\\.?)+=$", True)]
)
def test_slow_pattern_brings_its_matcher(
    tmp_path: Path, pattern: str, is_slow: bool
) -> None:
    contract = yaml.safe_load(SHOP)
    items(contract)["slug"] = {"type": "string", "pattern": pattern}
    root = generated(tmp_path, yaml.safe_dump(contract, sort_keys=False))
    assert (root / root.name / "_runtime" / "patterns.py").exists() is is_slow
    if is_slow:
        run(root, "-c", IMPORT_ALL, root.name)
        run(root, "-m", "mypy", "--strict", "--python-version", "3.11", ".")
        for path in root.rglob("*.py"):
            assert is_black_clean(path.read_text()), path
        run(root, "-m", "pytest", "-q", "-p", "no:cacheprovider")

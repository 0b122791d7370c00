"""Packages pass their own tests with every kind of credential."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.contract import build
from engross.emit import emit
from engross.source.loader import load
from tests.package_tests.test_package_tests import run

HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}
QUERY = {"type": "apiKey", "in": "query", "name": "key"}
COOKIE = {"type": "apiKey", "in": "cookie", "name": "sid"}
BEARER = {"type": "http", "scheme": "bearer"}
OAUTH = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "https://login.example.com/token",
            "scopes": {"things": "All things."},
        }
    },
}
BY_BODY = {**OAUTH, "x-engross": {"authenticate": "body"}}
SIGNED = {
    **HEADER,
    "x-engross": {
        "argument": "secret",
        "signature": {"digest": "sha256", "template": "{method} {path}{secret}"},
    },
}

WAYS: dict[str, tuple[dict[str, Any], list[dict[str, list[str]]]]] = {
    "header": ({"a": HEADER}, [{"a": []}]),
    "query": ({"a": QUERY}, [{"a": []}]),
    "cookie": ({"a": COOKIE}, [{"a": []}]),
    "basic": ({"a": {"type": "http", "scheme": "basic"}}, [{"a": []}]),
    "bearer": ({"a": BEARER}, [{"a": []}]),
    "another word": ({"a": {"type": "http", "scheme": "Token"}}, [{"a": []}]),
    "OAuth in a header": ({"a": OAUTH}, [{"a": ["things"]}]),
    "OAuth in a form": ({"a": BY_BODY}, [{"a": ["things"]}]),
    "a login": (
        {"a": {"type": "openIdConnect", "openIdConnectUrl": "/x"}},
        [{"a": []}],
    ),
    "signature": ({"a": SIGNED}, [{"a": []}]),
    "all": (
        {"a": HEADER, "b": QUERY, "c": COOKIE, "d": OAUTH},
        [{"a": [], "b": [], "c": [], "d": []}],
    ),
    "either": ({"a": HEADER, "b": OAUTH}, [{"a": []}, {"b": []}]),
    "either, the other first": ({"a": HEADER, "b": OAUTH}, [{"b": []}, {"a": []}]),
    "optional": ({"a": BEARER}, [{"a": []}, {}]),
    "none at first": ({"a": BEARER}, [{}, {"a": []}]),
}


@pytest.mark.parametrize("way", WAYS)
def test_package_sends_credentials_as_documented(way: str, tmp_path: Path) -> None:
    schemes, security = WAYS[way]
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    content = {"application/json": {"schema": number}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Vault", "version": "1"},
        "servers": [{"url": "https://vault.example.com/api"}],
        "security": security,
        "paths": {
            "/things": {
                "get": {
                    "operationId": "listThings",
                    "responses": {"200": {"description": "All.", "content": content}},
                },
                "post": {
                    "operationId": "makeThing",
                    "requestBody": {"required": True, "content": content},
                    "responses": {"204": {"description": "Made."}},
                },
            }
        },
        "components": {"securitySchemes": schemes},
    }
    path = tmp_path / "vault.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    package = tmp_path / "vault"
    for name, source in emit(build(load(path, root=tmp_path))).items():
        target = package / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source)

    tests = ["tests/test_requests.py", "tests/test_errors.py", "tests/test_imports.py"]
    done = run(package, *tests)

    assert done.returncode == 0, done.stdout[-4000:]

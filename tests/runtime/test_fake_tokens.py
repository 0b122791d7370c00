"""Where clients of a fake get their tokens."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.runtime.rendered import contract, module, operation, package

TEXT = {"type": "string"}
ISSUED = {"type": "object", "properties": {"access_token": TEXT}}


def secured(server: str, token_url: str, **paths: Any) -> str:
    """Return a contract whose operations need a token, with further paths."""
    kind = {"name": "kind", "in": "path", "required": True, "schema": TEXT}
    post = operation("createThing", body=TEXT, parameters=[kind])
    get = operation("listThings", reply=TEXT)
    text = contract({"/things": {"get": get}, "/{kind}": {"post": post}, **paths})
    document = yaml.safe_load(text)
    document["servers"] = [{"url": server}]
    document["security"] = [{"oauth": []}]
    flow = {"tokenUrl": token_url, "scopes": {}}
    document["components"]["securitySchemes"] = {
        "oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}},
        "basic": {"type": "http", "scheme": "basic"},
    }
    return yaml.safe_dump(document, sort_keys=False)


def fake_of(text: str) -> Any:
    name = package(text).__name__.capitalize()
    return getattr(module(text, "testing"), f"Fake{name}")()


def client_of(text: str) -> Any:
    """Return a client of a fake that asks for tokens where the contract says."""
    made = getattr(package(text), package(text).__name__.capitalize())
    secrets = {"oauth_client_id": "i", "oauth_client_secret": "s"}
    return made(**secrets, http_client=fake_of(text).transport)


@pytest.mark.parametrize(
    ("server", "token_url"),
    [
        ("https://shop.example/v1", "https://login.example/token"),
        ("https://shop.example/v1", "https://shop.example/v1/token"),
        ("https://shop.example/v1", "/token"),
        ("https://shop.example", "/oauth/token"),
    ],
)
def test_clients_get_tokens_where_the_contract_says(
    server: str, token_url: str
) -> None:
    text = secured(server, token_url)
    with client_of(text) as client:
        assert client.things.list() == "text"
    with fake_of(text).client() as client:
        assert client.things.list() == "text"


def test_an_operation_of_any_name_takes_no_request_for_a_token() -> None:
    text = secured("https://shop.example", "https://login.example/oauth/token")
    with fake_of(text).client() as client:
        assert client.things.list() == "text"


def test_an_operation_may_describe_the_address_of_tokens() -> None:
    issue = {
        **operation("issueToken", bodies={"multipart/form-data": ISSUED}, reply=ISSUED),
        "security": [{"basic": []}],
    }
    text = secured("https://shop.example", "/token", **{"/token": {"post": issue}})
    with client_of(text) as client:
        assert client.things.list() == "text"
    with fake_of(text).client() as client:
        issued = client.things.issue_token(access_token="given")
        assert issued.access_token == "given"

"""Where requests go: servers of operations, variables of servers, and `base_url`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from till._runtime.errors import ClientError, ConfigurationError
from till._runtime.operation import Server as Address
from till._runtime.operation import Variable
from till._runtime.servers import filled, own_url
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.foreign import imported
from tests.runtime.server import Server, answer

DOCKS = """
openapi: 3.1.0
info: { title: Docks, version: "1" }
servers: [{ url: "URL/api/v1/" }, { url: "URL/api/v2" }]
paths:
  /ships:
    get: { operationId: listShips, tags: [ships], responses: { "204": { description: None. } } }
    post:
      operationId: uploadShip
      tags: [ships]
      servers: [{ url: "UPLOADS/upload/{area}", variables: { area: { default: north/1 } } }]
      responses: { "204": { description: Taken. } }
  /docks:
    servers: [{ url: /docks-api }]
    get: { operationId: listDocks, tags: [docks], responses: { "204": { description: None. } } }
    put:
      operationId: replaceDocks
      tags: [docks]
      servers: [{ url: deep }]
      responses: { "204": { description: Replaced. } }
"""


def docks(main: Server, uploads: Server, folder: Path) -> Any:
    text = DOCKS.replace("URL", main.url).replace("UPLOADS", uploads.url)
    return imported(text, "docks", folder)


def call_all(client: Any) -> None:
    client.ships.list()
    client.ships.upload()
    client.docks.list()
    client.docks.replace()


def test_servers_of_operations_and_path_items_are_used(
    server: Server, tmp_path: Path
) -> None:
    with Server([answer(204)]) as uploads:
        server.does(answer(204))
        package = docks(server, uploads, tmp_path)
        with package.Docks() as client:
            call_all(client)
            client.request("GET", "/raw")
        with package.Docks(area="south") as client:
            client.ships.upload()

        async def call() -> None:
            async with package.AsyncDocks() as client:
                await client.ships.upload()

        asyncio.run(call())
    assert [taken.target for taken in server.taken] == [
        "/api/v1/ships",
        "/docks-api/docks",
        "/api/v1/deep/docks",
        "/api/v1/raw",
    ]
    assert [taken.target for taken in uploads.taken] == [
        "/upload/north/1/ships",
        "/upload/south/ships",
        "/upload/north/1/ships",
    ]


def test_base_url_moves_every_operation(server: Server, tmp_path: Path) -> None:
    with Server([answer(204)]) as uploads:
        package = docks(server, uploads, tmp_path)
        with (
            Server([answer(204)]) as other,
            package.Docks(base_url=f"{other.url}/v9") as client,
        ):
            call_all(client)
    assert server.taken == uploads.taken == []
    assert [taken.target for taken in other.taken] == [
        "/v9/ships",
        "/upload/north/1/ships",
        "/docks-api/docks",
        "/v9/deep/docks",
    ]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("api.till.test/v1", "base_url needs a scheme, such as https://"),
        ("//api.till.test", "base_url needs a scheme"),
        ("", "base_url needs a scheme"),
        ("ftp://api.till.test", "has the scheme 'ftp'; expected http or https"),
        ("https://api.till.test/v1?key=1", "must not have a query"),
        ("https://api.till.test/v1#top", "must not have a fragment"),
        ("https://", "names no host"),
        ("https:///v1", "names no host"),
        ("https://:80/v1", "names no host"),
        ("https://[::1", "has the invalid host"),
        ("https://[till]/v1", "has the invalid host"),
        ("https://1.2.3.999", "has the invalid host '1.2.3.999'"),
        ("https://till..test/v1", "has the invalid host"),
        ("https://till.test,other.test", "has the invalid host"),
        (f"https://{'t' * 64}.test", "has the invalid host"),
        ("https://till.test:http", "has the invalid port 'http'"),
        ("https://till.test:99999", "has the invalid port"),
        ("https://till.test/a b", "has a character that a URL cannot contain"),
        ("https://till.test/a\n", "has a character that a URL cannot contain"),
        (b"https://till.test", "base_url must be text, got bytes"),
    ],
)
def test_wrong_base_url_raises_when_the_client_is_made(
    url: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (Till, AsyncTill):
        with pytest.raises(ConfigurationError, match=message):
            kind(secret_key="sk", base_url=url)
    if isinstance(url, str) and url.strip():
        monkeypatch.setenv("TILL_BASE_URL", url)
        with pytest.raises(
            ConfigurationError, match=message.replace("base_url", "TILL_BASE_URL")
        ):
            Till(secret_key="sk")


@pytest.mark.parametrize("own_client", [False, True], ids=["pyreqwest", "httpx2"])
@pytest.mark.parametrize(
    "host", ["a.b.0x1", "xn--", "xn--a.test", "[::1%25eth0]", "\u3002"]
)
def test_host_that_no_library_can_read_is_an_error_of_the_client(
    host: str, own_client: bool
) -> None:
    options: dict[str, Any] = {"secret_key": "sk", "max_retries": 0}
    options["base_url"] = f"http://{host}"

    async def call() -> None:
        own = httpx2.AsyncClient() if own_client else None
        async with AsyncTill(http_client=own, **options) as client:
            await client.invoices.retrieve("1")

    with pytest.raises(ClientError, match="nothing was sent"):
        asyncio.run(call())
    with (
        pytest.raises(ClientError, match="nothing was sent"),
        Till(http_client=httpx2.Client() if own_client else None, **options) as client,
    ):
        client.invoices.retrieve("1")


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1]:80",
        "HTTPS://Till.test",
        "http://till.test:8080/a/b/",
        "http://me:pw@till.test",
    ],
)
def test_right_base_url_is_accepted(url: str) -> None:
    client = Till(secret_key="sk", base_url=url)
    assert "pw" not in repr(client)


@pytest.mark.parametrize("servers", ["servers: [{ url: /api/v2 }]", "servers: []"])
def test_document_without_a_full_address_needs_base_url(
    servers: str, server: Server, tmp_path: Path
) -> None:
    document = f"""
openapi: 3.1.0
info: {{ title: Quay, version: "1" }}
{servers}
paths:
  /ropes: {{ get: {{ operationId: listRopes, tags: [ropes], responses: {{ "204": {{ description: None. }} }} }} }}
"""
    quay = imported(document, "quay", tmp_path)
    with pytest.raises(quay.ConfigurationError, match=r"Quay needs base_url=\.\.\."):
        quay.Quay()
    server.does(answer(204))
    with quay.Quay(base_url=server.url) as client:
        assert server.url in repr(client)
        client.ropes.list()
    assert server.taken[0].target == "/ropes"


def address(url: str, **defaults: str) -> Address:
    variables = tuple(
        Variable(name, name, "", default) for name, default in defaults.items()
    )
    return Address(url, variables)


@pytest.mark.parametrize(
    ("template", "given", "url"),
    [
        (
            address("https://{host}/v1", host="till.test:8443"),
            {},
            "https://till.test:8443/v1",
        ),
        (
            address("https://{host}/v1", host="a.test"),
            {"host": "[::1]:80"},
            "https://[::1]:80/v1",
        ),
        (
            address("{scheme}://a.test", scheme="https"),
            {"scheme": "http"},
            "http://a.test",
        ),
        (address("https://a.test/{path}", path="api/v3"), {}, "https://a.test/api/v3"),
        (address("https://a.test/{path}", path="/"), {}, "https://a.test"),
        (address("/all/{area}", area="north/1"), {}, "/all/north/1"),
        (address("https://a.test/{path}/x", path="/"), {}, "https://a.test/x"),
        (address("https://a.test/{path}", path="v3"), {"path": ""}, "https://a.test"),
        (
            address("{base}/api", base="https://demo.test:1/x"),
            {},
            "https://demo.test:1/x/api",
        ),
        (
            address("https://{host}:{port}", host="a.test", port="443"),
            {"port": "8"},
            "https://a.test:8",
        ),
        (address("https://{a}.test/{a}", a="eu"), {}, "https://eu.test/eu"),
        (
            address("https://a.test{base}", base="/sell/v1"),
            {},
            "https://a.test/sell/v1",
        ),
        (address("https://a.test{base}/x", base="/v1/"), {}, "https://a.test/v1/x"),
        (address("https://a.test{base}", base="/v1"), {"base": "/"}, "https://a.test"),
    ],
)
def test_server_variables_may_contain_ports_and_slashes(
    template: Address, given: dict[str, str], url: str
) -> None:
    assert filled(template, dict(given), "Till") == url


@pytest.mark.parametrize(
    ("template", "value"),
    [
        (address("https://{v}.till.test", v="www"), "evil.test/"),
        (address("https://{v}.till.test", v="www"), "evil.test:80"),
        (address("https://{v}.till.test", v="www"), "me@evil"),
        (address("https://api.{v}/x", v="test"), "a/b"),
        (address("https://{v}/x", v="test"), "a@b"),
        (address("https://{v}/x", v="test"), "a/b"),
        (address("https://a.test/{v}", v="x"), "y?z"),
        (address("https://a.test/{v}", v="x"), "y#z"),
        (address("{v}://a.test", v="https"), "https://evil.test/"),
        (address("https://a.test{v}", v="/v1"), ".evil.test/"),
        (address("https://a.test{v}", v="/v1"), "@evil.test"),
        (address("https://a.test{v}.test", v="/v1"), "/x"),
        (address("https://a.test{v}", v="/v1"), "/v1?x"),
    ],
)
def test_server_variable_cannot_lead_elsewhere(template: Address, value: str) -> None:
    with pytest.raises(ConfigurationError, match="v cannot be part of an address"):
        filled(template, {"v": value}, "Till")


def test_a_host_that_counts_for_nothing_needs_no_variables() -> None:
    far = address("https://{v}.till.test/v2/{area}", v="", area="north")
    with pytest.raises(ConfigurationError, match="Till needs its address"):
        filled(far, {}, "Till")
    url = filled(far, {}, "Till", is_moved=True)
    assert own_url(url, "http://a.test/v1", is_moved=True) == "http://a.test/v2/north"
    for url in ("https://{v}.till.test/{area}", "/all/{area}"):
        lost = address(url, v="", area="")
        with pytest.raises(ConfigurationError, match="address: pass area"):
            filled(lost, {}, "Till", is_moved=True)


def test_own_server_without_a_scheme_is_below_the_main_server() -> None:
    main = "https://a.test/v1"
    assert own_url("/x/", main, is_moved=False) == "https://a.test/x"
    assert own_url("x", main, is_moved=False) == "https://a.test/v1/x"
    assert own_url("https://b.test/x", main, is_moved=False) == "https://b.test/x"
    assert own_url("https://b.test/x", main, is_moved=True) == "https://a.test/x"
    assert own_url("https://b.test", main, is_moved=True) == "https://a.test"


def test_repr_of_a_client_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_SUBDOMAIN", "here")
    client = Till(secret_key="sk")
    monkeypatch.setenv("TILL_SUBDOMAIN", "not/here")
    assert (
        repr(client) == "Till(base_url='https://here.till.test/api', secret_key='***')"
    )
    assert repr(object.__new__(Till)) == "<Till>"

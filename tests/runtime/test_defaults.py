"""What requests carry when the caller says little: credentials, queries, lengths, cookies."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.runtime.foreign import imported
from tests.runtime.server import Server, Taken, answer

GATE = """
openapi: 3.0.3
info: { title: Gate, version: "1" }
security: [{}, { key: [] }, { bearer: [] }]
paths:
  /optional: { get: { operationId: optional, tags: [g], responses: { "204": { description: ok } } } }
  /last: { get: { operationId: last, tags: [g], security: [{ key: [] }, {}], responses: { "204": { description: ok } } } }
  /both: { get: { operationId: both, tags: [g], security: [{ key: [], bearer: [] }], responses: { "204": { description: ok } } } }
  /either: { get: { operationId: either, tags: [g], security: [{ bearer: [] }, { key: [] }], responses: { "204": { description: ok } } } }
  /other: # a tag of nearly all operations would name no resource
    get: { operationId: getOther, tags: [other], security: [], responses: { "204": { description: ok } } }
    post: { operationId: postOther, tags: [other], security: [], responses: { "204": { description: ok } } }
    put: { operationId: putOther, tags: [other], security: [], responses: { "204": { description: ok } } }
    patch: { operationId: patchOther, tags: [other], security: [], responses: { "204": { description: ok } } }
    delete: { operationId: deleteOther, tags: [other], security: [], responses: { "204": { description: ok } } }
  /open: { get: { operationId: open, tags: [g], security: [], responses: { "204": { description: ok } } } }
  /digest: { get: { operationId: digest, tags: [g], security: [{ digest: [] }, { key: [] }], responses: { "204": { description: ok } } } }
  /only-digest: { get: { operationId: onlyDigest, tags: [g], security: [{ digest: [] }], responses: { "204": { description: ok } } } }
  /certificate: { get: { operationId: certificate, tags: [g], security: [{ mutual: [], key: [] }], responses: { "204": { description: ok } } } }
  /session:
    get:
      operationId: session
      tags: [g]
      security: [{ session: [] }]
      parameters:
        - { name: lang, in: cookie, schema: { type: string } }
        - { name: Cookie, in: header, schema: { type: string } }
      responses: { "204": { description: ok } }
  /list:
    get:
      operationId: list
      tags: [g]
      security: []
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
        - { name: must, in: query, required: true, schema: { type: integer, default: 7 } }
        - { name: kind, in: query, schema: { type: array, items: { type: string } } }
      responses: { "204": { description: ok } }
  /things:
    post: { operationId: addThing, tags: [g], security: [], responses: { "204": { description: ok } } }
    put: { operationId: storeThing, tags: [g], security: [], responses: { "204": { description: ok } } }
    patch:
      operationId: changeThing
      tags: [g]
      security: []
      parameters:
        - { name: X-Mode, in: header, schema: { type: string } }
        - { name: Content-Length, in: header, schema: { type: integer } }
        - { name: Host, in: header, schema: { type: string } }
      requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { "204": { description: ok } }
    options: { operationId: login, tags: [g], security: [{ login: [] }], responses: { "204": { description: ok } } }
    delete: { operationId: dropThing, tags: [g], security: [], responses: { "204": { description: ok } } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    session: { type: apiKey, in: cookie, name: session }
    bearer: { type: http, scheme: bearer }
    login: { type: http, scheme: basic }
    digest: { type: http, scheme: digest }
    mutual: { type: mutualTLS }
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package of the document above."""
    return imported(GATE, "gate", tmp_path_factory.mktemp("gate"))


Send = Callable[..., Taken]


@pytest.fixture(params=["sync", "async", "sync httpx2", "async httpx2"])
def send(gate: Any, server: Server, request: pytest.FixtureRequest) -> Send:
    """Call a method with options of the client; return what arrived."""
    server.does(answer(204))
    with_httpx2 = "httpx2" in request.param

    def in_sync(
        method: str, options: dict[str, Any], arguments: dict[str, Any]
    ) -> None:
        own: AbstractContextManager[Any] = (
            httpx2.Client() if with_httpx2 else nullcontext()
        )
        with (
            own as http_client,
            gate.Gate(
                base_url=server.url, http_client=http_client, **options
            ) as client,
        ):
            getattr(client.g, method)(**arguments)

    async def in_async(
        method: str, options: dict[str, Any], arguments: dict[str, Any]
    ) -> None:
        http_client = httpx2.AsyncClient() if with_httpx2 else None
        async with gate.AsyncGate(
            base_url=server.url, http_client=http_client, **options
        ) as client:
            await getattr(client.g, method)(**arguments)
        if http_client is not None:
            await http_client.aclose()

    def call(
        method: str, options: dict[str, Any] | None = None, **arguments: Any
    ) -> Taken:
        if "async" in request.param:
            asyncio.run(in_async(method, options or {}, arguments))
        else:
            in_sync(method, options or {}, arguments)
        return server.taken[-1]

    return call


def authentication(taken: Taken) -> dict[str, str]:
    names = ("x-key", "authorization", "cookie")
    return {name: taken.headers[name] for name in names if name in taken.headers}


@pytest.mark.parametrize(
    ("method", "secrets", "sent"),
    [
        ("optional", {}, {}),
        ("optional", {"key": "k"}, {"x-key": "k"}),
        ("optional", {"bearer": "b"}, {"authorization": "Bearer b"}),
        ("optional", {"key": "k", "bearer": "b"}, {"x-key": "k"}),
        ("last", {}, {}),
        ("last", {"key": "k"}, {"x-key": "k"}),
        (
            "both",
            {"key": "k", "bearer": "b"},
            {"x-key": "k", "authorization": "Bearer b"},
        ),
        ("either", {"key": "k"}, {"x-key": "k"}),
        ("either", {"key": "k", "bearer": "b"}, {"authorization": "Bearer b"}),
        ("open", {"key": "k"}, {}),
        ("digest", {"key": "k"}, {"x-key": "k"}),
        ("only_digest", {"key": "k"}, {}),
        ("certificate", {"key": "k"}, {"x-key": "k"}),
    ],
)
def test_first_alternative_whose_secrets_are_present_is_used(
    send: Send, method: str, secrets: dict[str, str], sent: dict[str, str]
) -> None:
    arguments = {"key": "key", "bearer": "bearer_token"}
    options = {arguments[name]: secret for name, secret in secrets.items()}
    assert authentication(send(method, options)) == sent


def test_message_without_credentials_names_every_alternative(send: Send) -> None:
    with pytest.raises(
        Exception, match=r"pass bearer_token=.* \(or set GATE_\w+\), or key=\.\.\."
    ) as raised:
        send("either")
    assert type(raised.value).__name__ == "ConfigurationError"


def test_half_of_a_basic_login_may_be_empty(send: Send) -> None:
    secrets = {"login_username": "sk_test", "login_password": ""}
    taken = send("login", secrets)
    assert taken.headers["authorization"] == "Basic c2tfdGVzdDo="


def test_every_scheme_has_an_argument_that_says_nothing_twice(tmp_path: Path) -> None:
    latch = imported(
        """
openapi: 3.0.3
info: { title: Latch, version: "1" }
servers: [{ url: "https://{timeout}.latch.test", variables: { timeout: { default: eu } } }]
security: [{ api-key: [], api_key: [] }]
paths:
  /x: { get: { operationId: getX, tags: [x], responses: { "204": { description: ok } } } }
components:
  securitySchemes:
    api-key: { type: apiKey, in: header, name: X-A }
    api_key: { type: apiKey, in: header, name: X-B }
    apiKeyAuth: { type: apiKey, in: header, name: X-C }
    base_url: { type: apiKey, in: header, name: X-D }
    BearerAuth-JWT: { type: http, scheme: Bearer }
    bearerToken: { type: http, scheme: Bearer }
    login: { type: http, scheme: basic }
""",
        "latch",
        tmp_path,
    )
    names = list(inspect.signature(latch.Latch.__init__).parameters)
    assert names[1 : names.index("base_url")] == [
        "api_key",
        "api_key_",
        "api_key_auth",
        "base_url_api_key",
        "bearer_auth_jwt_token",
        "bearer_token",
        "login_username",
        "login_password",
        "server_timeout",
    ]


def test_argument_of_a_call_replaces_a_default_query(send: Send) -> None:
    options = {"default_query": {"limit": 5, "must": 1, "kind": ["a", "b"], "x": 9}}
    defaults = "limit=5&must=1&kind=a&kind=b&x=9"
    assert send("list").query == "must=7"
    assert send("list", options).query == defaults
    assert send("list", options, limit=3).query == "must=1&kind=a&kind=b&x=9&limit=3"
    assert send("list", options, must=2).query == "limit=5&kind=a&kind=b&x=9&must=2"
    assert send("list", options, kind=["c"]).query == "limit=5&must=1&x=9&kind=c"
    extra = {"limit": 4}
    assert send("list", options, limit=3, extra_query=extra).query.endswith("&limit=4")


@pytest.mark.parametrize("method", ["add_thing", "store_thing", "change_thing"])
def test_request_without_a_body_says_that_it_has_none(send: Send, method: str) -> None:
    taken = send(method)
    assert taken.headers["content-length"] == "0"
    assert "content-type" not in taken.headers
    assert "transfer-encoding" not in taken.headers


def test_request_with_a_body_has_its_length(send: Send, server: Server) -> None:
    for arguments in ({"a": "b"}, {"a": "b", "x_mode": "m"}):
        taken = send("change_thing", **arguments)
        assert (taken.headers["content-length"], taken.json()) == ("9", {"a": "b"})
        assert taken.headers["content-type"] == "application/json"
    assert send("change_thing", x_mode="m").headers["content-length"] == "0"
    assert "content-length" not in send("drop_thing").headers
    assert send("add_thing").headers["host"] == server.url.removeprefix("http://")


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_header_that_delimits_a_message_is_refused(gate: Any, name: str) -> None:
    with pytest.raises(ValueError, match="is set by the client"):
        gate.Gate(base_url="http://x.test", default_headers={name: "1"})


def test_cookies_of_secret_parameter_and_header_are_joined(send: Send) -> None:
    taken = send("session", {"session_api_key": "s"}, lang="e n", cookie="a=b")
    assert sorted(taken.headers["cookie"].split("; ")) == [
        "a=b",
        "lang=e%20n",
        "session=s",
    ]


@pytest.mark.parametrize("secret", ["a;b", "a,b", 'a"b', "a b", "a\\b", "é"])
def test_secret_that_a_cookie_cannot_contain_is_refused(
    gate: Any, send: Send, server: Server, secret: str
) -> None:
    with pytest.raises(
        gate.ConfigurationError, match="cookie cannot contain"
    ) as raised:
        send("session", {"session_api_key": secret})
    assert secret not in str(raised.value)
    assert server.taken == []


@pytest.mark.parametrize(
    ("secret", "kind", "message"),
    [
        ("", "ConfigurationError", "key is empty"),
        (b"abc", "TypeError", "key must be text, or a callable that returns text"),
    ],
)
def test_wrong_secret_raises_when_the_client_is_made(
    gate: Any, secret: object, kind: str, message: str
) -> None:
    expected = TypeError if kind == "TypeError" else gate.ConfigurationError
    for client in (gate.Gate, gate.AsyncGate):
        with pytest.raises(expected, match=message):
            client(key=secret, base_url="http://x.test")


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("a\nb", "session_api_key contains a line break"),
        ("\ud800", "session_api_key contains a character that cannot be encoded"),
    ],
)
def test_secret_that_cannot_be_sent_is_refused_by_the_call(
    gate: Any, send: Send, server: Server, secret: str, message: str
) -> None:
    with pytest.raises(gate.ConfigurationError, match=message):
        send("session", {"session_api_key": secret})
    assert server.taken == []


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("list", {"kind": ["\ud800"]}),
        ("change_thing", {"a": "\ud800"}),
        ("change_thing", {"x_mode": "\ud800"}),
        ("session", {"lang": "\ud800"}),
        ("list", {"extra_query": {"x": "\ud800"}}),
        ("list", {"extra_headers": {"X": "\ud800"}}),
    ],
)
def test_lone_surrogate_is_refused_before_anything_is_sent(
    send: Send, server: Server, method: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises((TypeError, ValueError), match="surrogate") as raised:
        send(method, {"session_api_key": "s"}, **arguments)
    assert not isinstance(raised.value, UnicodeEncodeError)
    assert server.taken == []

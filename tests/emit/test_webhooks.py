"""From `webhooks` in a contract to what a client reads."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source import load

HEAD = """\
openapi: 3.1.1
info: { title: Chime, version: "1" }
servers: [{ url: "https://chime.example" }]
x-engross: { package: %s, client: Chime, env_prefix: CHIME }
"""

SIGNATURE = (
    '{ header: X-Sign, format: "t={timestamp},s={signature}", digest: sha256, '
    'hmac: true, template: "{timestamp}.{body}", argument: webhook_secret }'
)


def webhook(name: str, *, proven: bool = True, event: bool = True) -> str:
    """A webhook of a contract, and the schema of what it says."""
    own = [f"signature: {SIGNATURE}"] if proven else []
    own += [f"event: {{ at: /type, equals: [{name}] }}"] if event else []
    says = f"{{ type: {{ type: string }}, {name}: {{ type: integer }} }}"
    schema = f"{{ type: object, required: [{name}], properties: {says} }}"
    return f"""\
  {name}:
    post:
      x-engross: {{ {", ".join(own)} }}
      requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}
"""


def files(contract: str, package: str, folder: Path) -> dict[str, bytes]:
    """The files of a contract's package."""
    (folder / "chime.yaml").write_text(HEAD % package + contract)
    return emit(build(load(folder / "chime.yaml", root=folder)))


Make = Callable[..., Any]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes the package of webhooks and imports it."""

    def made(*webhooks: str) -> Any:
        name = "chime_" + re.sub(r"\W", "_", tmp_path.name)
        contract = f"webhooks:\n{''.join(webhooks)}"
        for path, content in files(contract, name, tmp_path).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delenv("CHIME_WEBHOOK_SECRET", raising=False)
        return import_module(name)

    return made


def body(**members: object) -> bytes:
    return json.dumps(members).encode()


def signed(content: bytes, secret: str) -> dict[str, str]:
    """What proves a body."""
    moment = str(int(time.time()))
    text = moment.encode() + b"." + content
    digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"x-sign": f"t={moment},s={digest}"}


def test_a_contract_without_webhooks_emits_nothing_of_them(tmp_path: Path) -> None:
    found = files("paths: {}\n", "chime", tmp_path)
    assert [path for path in found if "webhook" in path] == []
    assert b"WebhookInvalidError" not in found["chime/errors.py"]
    assert b"webhooks" not in found["chime/client.py"]
    assert b"Webhooks" not in found["README.md"]


def test_one_address_receives_all_that_is_proven_alike(make: Make) -> None:
    chime = make(webhook("paid"), webhook("refunded"))
    webhooks = chime.Chime(webhook_secret="s-1").webhooks
    for content, kind in (
        (body(type="paid", paid=5, more=1), chime.PaidPayload),
        (body(type="refunded", refunded=5), chime.RefundedPayload),
        (body(type="new", of="tomorrow"), chime.UnknownEvent),
    ):
        assert isinstance(webhooks.unwrap(content, signed(content, "s-1")), kind)
    content = body(type="paid", paid=5, more=1)
    paid = webhooks.paid.unwrap(content, signed(content, "s-1"))
    assert (paid.paid, paid.unknown_fields) == (5, {"more": 1})
    with pytest.raises(chime.WebhookInvalidError, match="about 'paid'"):
        webhooks.refunded.unwrap(content, signed(content, "s-1"))


def test_messages_that_nothing_tells_apart_are_read_one_by_one(make: Make) -> None:
    chime = make(webhook("paid", event=False), webhook("refunded", event=False))
    webhooks = chime.Chime(webhook_secret="s-1").webhooks
    assert not hasattr(webhooks, "unwrap")
    content = body(paid=5)
    assert webhooks.paid.unwrap(content, signed(content, "s-1")).paid == 5


def test_a_message_that_nothing_proves_is_never_called_proven(make: Make) -> None:
    webhooks = make(webhook("paid", proven=False, event=False)).Chime().webhooks
    assert webhooks.parse(body(paid=5)).paid == 5
    for reader in (webhooks, webhooks.paid):
        assert not hasattr(reader, "verify")
        assert not hasattr(reader, "unwrap")


def test_a_constant_of_each_schema_tells_messages_apart(make: Make) -> None:
    both = [
        webhook(name, proven=False, event=False)
        .replace(f"required: [{name}]", "required: [type]")
        .replace("type: { type: string }", f"type: {{ const: it.{name} }}")
        for name in ("paid", "refunded")
    ]
    chime = make(*both)
    found = chime.Chime().webhooks.parse(body(type="it.refunded", refunded=5))
    assert isinstance(found, chime.RefundedPayload)


def test_a_secret_comes_from_the_client_the_environment_or_the_call(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    chime = make(webhook("paid"))
    content = body(type="paid", paid=5)
    headers = signed(content, "s-1")
    for client in (chime.Chime(), chime.AsyncChime()):
        with pytest.raises(chime.ConfigurationError, match="set CHIME_WEBHOOK_SECRET"):
            client.webhooks.verify(content, headers)
        client.webhooks.verify(content, headers, secret="s-1")
    chime.AsyncChime(webhook_secret="s-1").webhooks.verify(content, headers)
    monkeypatch.setenv("CHIME_WEBHOOK_SECRET", "s-1")
    chime.Chime().webhooks.verify(content, headers)


def test_a_client_shows_no_secret_of_webhooks(make: Make) -> None:
    client = make(webhook("paid")).Chime(webhook_secret="s-1-hidden")
    assert "s-1-hidden" not in f"{client!r} {vars(client)!r} {client.webhooks!r}"


def test_a_resource_keeps_its_name_beside_webhooks(tmp_path: Path) -> None:
    resource = """\
paths:
  /webhooks:
    get: { tags: [webhooks], operationId: list, responses: { "200": { description: Addresses. } } }
"""
    found = files(f"webhooks:\n{webhook('paid')}{resource}", "chime", tmp_path)
    client = found["chime/client.py"].decode()
    assert "def webhooks(self) -> Webhooks:" in client
    assert "def incoming_webhooks(self) -> IncomingWebhooks:" in client
    assert "chime/resources/webhooks.py" in found


def test_importing_the_client_loads_nothing_of_webhooks(make: Make) -> None:
    import sys

    chime = make(webhook("paid"))
    client = chime.Chime(webhook_secret="s-1")
    assert f"{chime.__name__}._runtime.webhooks" not in sys.modules
    assert client.webhooks is client.webhooks
    assert f"{chime.__name__}._runtime.webhooks" in sys.modules

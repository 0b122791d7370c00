"""Messages of the provider: signed or with a secret, recent, unchanged, and readable."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from till._runtime.credentials import Credential, Keyring
from till._runtime.errors import ConfigurationError, WebhookInvalidError
from till._runtime.models import Model
from till._runtime.webhooks import (
    Event,
    Messages,
    ProvenMessages,
    SecretHeader,
    SignedHeader,
    UnknownEvent,
    Webhook,
)

SECRET = "whsec-1234567890"
BODY = (
    b'{"success": true, "data": {"id": "I-1", "paidAt": "2023-04-19T11:58:02.895+02"}}'
)


class Paid(Model, kw_only=True, rename={"paid_at": "paidAt"}):
    id: str
    paid_at: datetime


SIGNED = SignedHeader(
    "till-signature",
    "t={timestamp}, s={signature}",
    "{timestamp}#{body}",
    Credential("webhook_secret", "TILL_WEBHOOK_SECRET"),
    hmac=True,
    timestamp="ms",
)
BEARING = SecretHeader("Authorization", "Secret {secret}", Credential("webhook_secret"))


def webhooks(proof: Any = SIGNED, secret: Any = SECRET, kind: Any = Paid) -> Any:
    webhook: Webhook[Any] = Webhook("paid", kind, ("data",))
    keyring = Keyring({}, (proof.credential,), {"webhook_secret": secret})
    return ProvenMessages(keyring, proof, webhook)


def signed(
    body: bytes = BODY,
    *,
    ago: float = 0.0,
    secret: str = SECRET,
    form: str = "t={}, s={}",
) -> dict[str, str]:
    moment = str(int((time.time() - ago) * 1000))
    message = moment.encode() + b"#" + body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return {"Till-Signature": form.format(moment, digest)}


class TestSigned:
    @pytest.mark.parametrize("form", ["t={}, s={}", "t={},s={}", "t={},s=00,s={}"])
    def test_a_message_of_the_provider_is_unwrapped(self, form: str) -> None:
        paid = webhooks().unwrap(BODY, signed(form=form))
        assert isinstance(paid, Paid)
        assert paid.id == "I-1"
        assert paid.paid_at.utcoffset() == timedelta(hours=2)
        assert paid.raw.endswith(b'"}')
        webhooks().verify(BODY.decode(), signed(form=form))

    @pytest.mark.parametrize(
        ("headers", "problem"),
        [
            (dict, "the header till-signature is missing"),
            (
                lambda: {"till-signature": "s=1"},
                "does not have the format t={timestamp}",
            ),
            (lambda: {"till-signature": "t=now, s=00"}, "is not a number"),
            (lambda: signed(secret="another"), "the secret is wrong"),
            (lambda: signed(BODY + b" "), "or the body was changed"),
            (lambda: signed(ago=400), "signed 400 s ago; at most 300 s are allowed"),
            (lambda: signed(ago=-400), "s ahead of this clock"),
        ],
    )
    def test_any_other_message_is_refused_and_says_why(
        self, headers: Callable[[], dict[str, str]], problem: str
    ) -> None:
        with pytest.raises(WebhookInvalidError, match=problem) as caught:
            webhooks().unwrap(BODY, headers())
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize("signature", ["é", "\udcff", "ab" * 32])
    def test_a_signature_of_any_text_is_refused(self, signature: str) -> None:
        moment = str(int(time.time() * 1000))
        headers = {"till-signature": f"t={moment}, s={signature}"}
        with pytest.raises(WebhookInvalidError, match="does not match"):
            webhooks().verify(BODY, headers)

    def test_a_message_that_cannot_be_read_is_refused(self) -> None:
        for body in (b"{", b"[]", b'{"data": {"id": 5}}'):
            with pytest.raises(WebhookInvalidError, match="it cannot be read"):
                webhooks().unwrap(body, signed(body))

    def test_a_plain_digest_in_base64_with_the_secret_within(self) -> None:
        proof = SignedHeader(
            "X-Sign",
            "{signature}",
            "{body};{webhook_secret}",
            Credential("webhook_secret"),
            digest="sha512",
            encoding="base64",
        )
        digest = hashlib.sha512(BODY + b";" + SECRET.encode()).digest()
        headers = {"x-sign": base64.b64encode(digest).decode()}
        webhooks(proof).verify(BODY, headers)
        with pytest.raises(WebhookInvalidError, match="does not match"):
            webhooks(proof).verify(BODY + b" ", headers)


class TestSecrets:
    def test_a_message_with_the_secret_is_unwrapped(self) -> None:
        body = b'{"data": {"id": "I-1", "paidAt": "2023-04-19T11:58:02Z"}}'
        paid = webhooks(BEARING).unwrap(body, {"authorization": f"Secret {SECRET}"})
        assert paid.id == "I-1"

    @pytest.mark.parametrize(
        "value", ["Secret wrong", f"Bearer {SECRET}", "", "Secret", "Secret \udcff"]
    )
    def test_a_message_without_it_is_refused(self, value: str) -> None:
        with pytest.raises(WebhookInvalidError):
            webhooks(BEARING).verify(BODY, {"Authorization": value})

    def test_a_missing_secret_is_named_when_it_is_needed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"set TILL_WEBHOOK_SECRET"):
            webhooks(secret=None).verify(BODY, signed())
        monkeypatch.setenv("TILL_WEBHOOK_SECRET", SECRET)
        webhooks(secret=None).verify(BODY, signed())

    def test_a_secret_may_come_from_a_function(self) -> None:
        webhooks(secret=lambda: SECRET).verify(BODY, signed())

        async def later() -> str:
            return SECRET

        with pytest.raises(ConfigurationError, match="plain function"):
            webhooks(secret=later).verify(BODY, signed())

    def test_a_secret_of_one_call_stands_in_for_that_of_the_client(self) -> None:
        webhooks(secret=None).verify(BODY, signed(secret="other"), secret="other")
        with pytest.raises(WebhookInvalidError, match="the secret is wrong"):
            webhooks().verify(BODY, signed(), secret="other")

    def test_a_webhook_is_data(self) -> None:
        assert msgspec.structs.asdict(BEARING)["format"] == "Secret {secret}"


class TestOtherForms:
    def test_time_and_other_signed_headers_may_stand_by_themselves(self) -> None:
        proof = SignedHeader(
            "X-Sign",
            "v0={signature}",
            "{header:X-Id}.{timestamp}.{body}",
            Credential("webhook_secret"),
            hmac=True,
            timestamp_header="X-Time",
        )
        moment = str(int(time.time()))
        message = f"m-1.{moment}.".encode() + BODY
        digest = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
        headers = {"x-sign": f"v0={digest}", "x-time": moment, "X-ID": "m-1"}
        webhooks(proof).verify(BODY, headers)
        for name, problem in (("X-ID", "X-Id is missing"), ("x-time", "X-Time is")):
            rest = {key: value for key, value in headers.items() if key != name}
            with pytest.raises(WebhookInvalidError, match=problem):
                webhooks(proof).verify(BODY, rest)
        with pytest.raises(WebhookInvalidError, match="does not match"):
            webhooks(proof).verify(BODY, {**headers, "X-ID": "m-2"})
        with pytest.raises(WebhookInvalidError, match="was signed"):
            webhooks(proof).verify(BODY, {**headers, "x-time": "1"})

    def test_a_header_without_a_time_never_counts_as_recent(self) -> None:
        message = b"#" + BODY
        digest = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
        with pytest.raises(WebhookInvalidError, match="is not a number"):
            webhooks().verify(BODY, {"till-signature": f"t=, s={digest}"})

    def test_a_time_cannot_bring_the_secret_in(self) -> None:
        proof = msgspec.structs.replace(
            SIGNED, tolerance=0.0, template="{timestamp}{webhook_secret}{body}"
        )
        text = b"{webhook_secret}" + SECRET.encode() + BODY
        digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        header = {"till-signature": f"t={{webhook_secret}}, s={digest}"}
        webhooks(proof).verify(BODY, header)

    def test_bytes_that_are_no_text_are_refused_and_break_nothing(self) -> None:
        with pytest.raises(WebhookInvalidError, match="does not match"):
            webhooks().verify(
                BODY, {"till-signature": signed()["Till-Signature"] + "\udcff"}
            )
        with pytest.raises(WebhookInvalidError, match="is wrong"):
            webhooks(BEARING).verify(BODY, {"Authorization": "Secret \udcff"})

    @pytest.mark.parametrize("proof", [SIGNED, BEARING])
    def test_headers_can_be_made_to_test_what_receives_messages(
        self, proof: Any
    ) -> None:
        made = webhooks(proof).headers_for(BODY)
        assert isinstance(webhooks(proof).unwrap(BODY, made), Paid)


class Refunded(Model, kw_only=True):
    id: str


KNOWN: tuple[Webhook[Any], ...] = (
    Webhook("paid", Paid, ("data",), event=Event(("type",), ("paid", "paid.late"))),
    Webhook("refunded", Refunded, ("data",), event=Event(("type",), ("refunded",))),
)


def event(name: object) -> bytes:
    data = {"id": "I-1", "paidAt": "2023-04-19T11:58:02Z"}
    return msgspec.json.encode({"type": name, "data": data})


class TestEvents:
    def test_one_address_receives_messages_of_several_kinds(self) -> None:
        messages = Messages(*KNOWN, unknown=UnknownEvent)
        assert isinstance(messages.parse(event("paid.late")), Paid)
        assert isinstance(messages.parse(b"\xef\xbb\xbf" + event("refunded")), Refunded)

    def test_an_event_that_the_contract_does_not_know_is_kept(self) -> None:
        found = Messages(*KNOWN, unknown=UnknownEvent).parse(event("new"))
        assert found == UnknownEvent("new", event("new"))

    @pytest.mark.parametrize("body", [b"{", b"[]", b"{}", event(None), event(5)])
    def test_a_message_without_an_event_is_refused(self, body: bytes) -> None:
        with pytest.raises(WebhookInvalidError, match="it cannot be read"):
            Messages(*KNOWN, unknown=UnknownEvent).parse(body)

    def test_a_message_of_one_kind_is_not_taken_for_another(self) -> None:
        messages = Messages(KNOWN[1])
        assert isinstance(messages.parse(event("refunded")), Refunded)
        with pytest.raises(
            WebhookInvalidError, match="is about 'paid', not 'refunded'"
        ):
            messages.parse(event("paid"))

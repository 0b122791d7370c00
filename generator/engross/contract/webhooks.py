"""Webhooks: what the provider sends unasked, how it is proven, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engross.contract.examples import ExampleReader
from engross.contract.facts import Facts, extension, mapping, pointer, sequence
from engross.contract.index import IndexedOperation
from engross.contract.ir import (
    CredentialRole,
    Event,
    Proof,
    SecretHeader,
    SignedHeader,
    TimestampUnit,
    Webhook,
    Webhooks,
)
from engross.contract.media_types import is_json, preferred
from engross.contract.operation import OperationBuilder
from engross.contract.security import credential_of, signature_of
from engross.data import dataclass
from engross.schema.tree import Direction
from engross.source.pointer import Pointer

TOLERANCE = 300.0
"""Seconds that a signed message may be old, where the contract does not say."""

TIMESTAMP = "{timestamp}"

_RECEIVED = Direction.RESPONSE
"""The provider sends the message, as it does with a response."""


@dataclass(frozen=True, slots=True)
class WebhookBuilder:
    """Builds the webhooks of one contract."""

    builder: OperationBuilder
    examples: ExampleReader

    def build(self) -> Webhooks | None:
        """Return every webhook in the order of the document; None where there are none."""
        found = tuple(self._webhooks())
        if len(found) > 1 and not any(each.event for each in found):
            found = self._told_apart(found)
        return Webhooks(found) if found else None

    def _webhooks(self) -> Iterator[Webhook]:
        for operation in self.builder.index.webhooks:
            yield self._webhook(operation)

    def _webhook(self, operation: IndexedOperation) -> Webhook:
        builder, at = self.builder, operation.at
        own = extension(operation.value)
        body_at = operation.request_body
        content = builder.index.content(body_at) if body_at is not None else {}
        media_type = next(iter(preferred(content)), None)
        found = Webhook(
            id=operation.identity,
            at=at,
            media_type=media_type,
            payload=None,
            unwrap=(),
            bare=False,
            result=None,
            schema=None,
            proof=self._proof(own, operation.path),
            event=_event(mapping(own.get("event"))),
            examples=(),
            docs=builder.docs(operation),
            span=builder.source.span(at, key=True),
        )
        if media_type is None:
            return found
        media_at = content[media_type]
        media = mapping(builder.source.value(media_at))
        unwrap = pointer(extension(media).get("unwrap")).tokens
        payload = builder.received_type(media_type, media_at)
        is_validated = is_json(media_type) and "schema" in media
        return replace(
            found,
            payload=payload,
            unwrap=unwrap,
            bare=bool(extension(media).get("bare")),
            result=builder.unwrap(payload, unwrap),
            schema=builder.validated(media_at / "schema") if is_validated else None,
            examples=tuple(self.examples.of_media(media_type, media_at, _RECEIVED)),
        )

    def _told_apart(self, webhooks: tuple[Webhook, ...]) -> tuple[Webhook, ...]:
        """The webhooks with the event that their schemas imply.

        A member that each of them has, with one text that no other has, tells them apart.
        """
        constants = [self._constants(each) for each in webhooks]
        for wire in constants[0]:
            values = [each.get(wire) for each in constants]
            texts = [each for each in values if each is not None]
            if len(set(texts)) == len(webhooks):
                return tuple(
                    replace(each, event=Event(Pointer.of(wire), (text,)))
                    for each, text in zip(webhooks, texts, strict=True)
                )
        return webhooks

    def _constants(self, webhook: Webhook) -> dict[str, str]:
        """Required members of a message that can have one text only."""
        if webhook.schema is None:
            return {}
        types = self.builder.types
        schema = types.schema(webhook.schema)
        found: dict[str, str] = {}
        for wire, member in schema.properties.items():
            at = webhook.schema / "properties" / wire
            values = types.composer.together(at, member.schemas).constants or ()
            if member.required and len(values) == 1 and isinstance(values[0], str):
                found[wire] = values[0]
        return found

    def _proof(self, own: Facts, key: str) -> Proof | None:
        signature, secret = mapping(own.get("signature")), mapping(own.get("secret"))
        if signature:
            return self._signed(signature, key)
        if secret:
            return SecretHeader(
                header=str(secret["header"]),
                format=str(secret.get("format") or "{secret}"),
                credential=credential_of(secret, key, CredentialRole.SECRET),
                provenance=self.builder.describer.provenance(secret),
            )
        return None

    def _signed(self, own: Facts, key: str) -> SignedHeader:
        form = str(own.get("format") or "{signature}")
        apart = own.get("timestamp_header")
        is_timed = TIMESTAMP in str(own["template"]) and (apart or TIMESTAMP in form)
        tolerance = own.get("tolerance", TOLERANCE)
        return SignedHeader(
            header=str(own["header"]),
            format=form,
            signature=signature_of(own),
            credential=credential_of(own, key, CredentialRole.SECRET),
            unit=TimestampUnit(str(own.get("timestamp") or TimestampUnit.SECONDS)),
            timestamp_header=str(apart) if apart else None,
            tolerance=float(str(tolerance)) if is_timed else 0.0,
            provenance=self.builder.describer.provenance(own),
        )


def _event(own: Facts) -> Event | None:
    if not own:
        return None
    return Event(pointer(own["at"]), tuple(map(str, sequence(own.get("equals")))))

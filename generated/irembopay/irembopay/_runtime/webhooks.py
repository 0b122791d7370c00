"""Messages that the provider sends: whether they are genuine, and what they say."""

import hmac
import re
from collections.abc import Mapping
from datetime import tzinfo
from time import time
from typing import Final, Generic, Literal, TypeAlias, TypeVar, cast

from msgspec import Struct

from .credentials import (
    Credential,
    Digest,
    Encoding,
    Keyring,
    digested,
    hidden,
)
from .decoding import ReadReply, reader, zoned
from .errors import ConfigurationError, WebhookInvalidError
from .operation import Reply
from .pointers import Pointer, pointer_text, resolve
from .response import BROKEN, exact
from .transport_types import Received, UnreadableError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PLACE: Final = re.compile(r"\{([^{}]*)\}")


class SignedHeader(Struct, frozen=True):
    """A header with a signature of the message."""

    header: str
    """Name of the header."""

    format: str
    """Its format, with ``{signature}`` and perhaps ``{timestamp}``; several parts are
    separated by commas, and spaces around them are ignored."""

    template: str
    """What is digested: ``{timestamp}``, ``{body}`` (its bytes), ``{header:Name}`` and
    the name of the secret's argument are replaced by their values."""

    credential: Credential
    """The secret."""

    digest: Digest = "sha256"
    """Digest algorithm."""

    hmac: bool = False
    """Whether the secret is the key of an HMAC."""

    encoding: Encoding = "hex"
    """How the digest is written."""

    timestamp: Literal["s", "ms"] = "s"
    """Unit of the timestamp, counted from 1970."""

    timestamp_header: str = ""
    """Name of the header with the timestamp; empty: it is in ``header``."""

    tolerance: float = 300.0
    """Most seconds between the timestamp and now; 0: any."""


class SecretHeader(Struct, frozen=True):
    """A header with a secret."""

    header: str
    """Name of the header."""

    format: str
    """Its format, with ``{secret}``."""

    credential: Credential
    """The secret."""


Proof: TypeAlias = SignedHeader | SecretHeader


class Event(Struct, frozen=True):
    """What distinguishes a message from others that are sent to the same URL."""

    at: Pointer
    """Where the body has the event."""

    equals: tuple[str, ...]
    """Values of the event."""


class Webhook(Struct, Generic[T_co], frozen=True, eq=False):
    """A message that the provider sends; ``T_co`` is the type of its value."""

    name: str
    """Name in the contract."""

    type: object = None
    """Type of the body, without the members of ``unwrap``; None: there is no body."""

    unwrap: tuple[str, ...] = ()
    """Members that lead from the body to the value."""

    bare: bool = False
    """Whether the value also comes without the members around it."""

    event: Event | None = None
    """How it is distinguished from others; None: it is the only one."""


class UnknownEvent(Struct, frozen=True):
    """A message of an event that the contract does not know."""

    event: str
    """The event, as the provider names it."""

    body: bytes
    """The body as received."""


class Messages(Generic[T]):
    """Messages that nothing proves to be the provider's."""

    __slots__ = ("_readers", "_unknown", "_webhooks", "_zone")

    def __init__(
        self,
        *webhooks: Webhook[T],
        unknown: type[UnknownEvent] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self._webhooks = webhooks
        self._unknown = unknown
        self._zone = zone
        self._readers: dict[Webhook[T], ReadReply] = {}

    def parse(self, body: bytes | str) -> T:
        """Return the value of a message, whoever sent it.

        Anybody who knows the URL can send such a message. Ask the provider whether it is
        true before money or goods change hands.

        Raises:
            WebhookInvalidError: it cannot be read; the message says why.
        """
        content = _raw(body)
        event = self._event(content)
        webhook = self._of(event)
        if webhook is None:
            return cast(T, UnknownEvent(event, content))
        read = self._readers.get(webhook)
        if read is None:
            reply = Reply(webhook.type, unwrap=webhook.unwrap, bare=webhook.bare)
            read = zoned(reader(reply, None), self._zone)
            self._readers[webhook] = read
        try:
            return cast(T, read(_Message(200, content)))
        except UnreadableError as error:
            raise WebhookInvalidError(f"it cannot be read: {error}") from None

    def _event(self, content: bytes) -> str:
        """Return the event of a message; empty if there is only one webhook."""
        event = self._webhooks[0].event
        if event is None:
            return ""
        try:
            body = exact.decode(content.removeprefix(b"\xef\xbb\xbf"))
        except BROKEN as error:
            raise WebhookInvalidError(f"it cannot be read: {error}") from None
        found = resolve(body, event.at)
        if not isinstance(found, str):
            raise WebhookInvalidError(
                f"it cannot be read: it has no text at {pointer_text(event.at)}"
            )
        return found

    def _of(self, event: str) -> Webhook[T] | None:
        """Return the webhook of an event; None if the contract does not know it."""
        for webhook in self._webhooks:
            if webhook.event is None or event in webhook.event.equals:
                return webhook
        if self._unknown is None:
            names = " or ".join(repr(each.name) for each in self._webhooks)
            raise WebhookInvalidError(f"it is about {event!r}, not {names}")
        return None


class ProvenMessages(Messages[T]):
    """Messages that the provider proves to be its own."""

    __slots__ = ("_keyring", "_proof")

    def __init__(
        self,
        keyring: Keyring,
        proof: Proof,
        *webhooks: Webhook[T],
        unknown: type[UnknownEvent] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(*webhooks, unknown=unknown, zone=zone)
        self._keyring = keyring
        self._proof = proof

    def verify(
        self,
        body: bytes | str,
        headers: Mapping[str, str],
        *,
        secret: str | None = None,
    ) -> None:
        """Verify that a message is the provider's, unchanged and recent.

        Args:
            body: The body as received, before anything has decoded it.
            headers: The headers; names match in any case.
            secret: Used in place of the client's secret.

        Raises:
            WebhookInvalidError: it is not; the message says why.
            ConfigurationError: there is no secret.
        """
        proof, content = self._proof, _raw(body)
        key = self._secret(secret)
        found = _found(proof.format, _header(proof.header, headers), proof.header)
        if isinstance(proof, SignedHeader):
            _check_signature(proof, key, content, found, headers)
        elif not _is_among(key, found["secret"]):
            raise WebhookInvalidError(f"the secret in {proof.header} is wrong")

    def unwrap(
        self,
        body: bytes | str,
        headers: Mapping[str, str],
        *,
        secret: str | None = None,
    ) -> T:
        """Return the value of a message after verifying that it is the provider's.

        The arguments are those of ``verify``.

        Raises:
            WebhookInvalidError: it is not, or cannot be read; the message says why.
            ConfigurationError: there is no secret.
        """
        self.verify(body, headers, secret=secret)
        return self.parse(body)

    def headers_for(
        self,
        body: bytes | str,
        headers: Mapping[str, str] = {},
        *,
        secret: str | None = None,
    ) -> dict[str, str]:
        """Return the headers that prove a body, to test code that receives messages.

        ``headers`` are other headers that the proof includes.

        Raises:
            WebhookInvalidError: one of these is missing.
            ConfigurationError: there is no secret.
        """
        proof, key = self._proof, self._secret(secret)
        if isinstance(proof, SecretHeader):
            return {**headers, proof.header: proof.format.replace("{secret}", key)}
        moment = str(int(time() * (1000 if proof.timestamp == "ms" else 1)))
        signature = _signature(proof, key, moment, _raw(body), headers)
        value = proof.format.replace("{timestamp}", moment)
        made = {**headers, proof.header: value.replace("{signature}", signature)}
        if proof.timestamp_header:
            made[proof.timestamp_header] = moment
        return made

    def _secret(self, given: str | None) -> str:
        credential = self._proof.credential
        secret = given if given is not None else self._keyring.known(credential)
        if secret is None:
            hint = f" (or set {credential.env})" if credential.env else ""
            raise ConfigurationError(
                f"webhooks need a secret: pass {credential.argument}=...{hint}"
            )
        if not isinstance(secret, str):
            found = secret()
            if not isinstance(found, str):
                getattr(found, "close", lambda: None)()
                raise ConfigurationError(
                    "webhooks need a secret that is a string or a plain function"
                )
            secret = found
        return credential.sendable(hidden(secret))


class _Message(Received):
    """The body of a message."""

    __slots__ = ()

    def header(self, name: str) -> None:
        """Return None: messages are JSON in UTF-8, whatever their headers say."""

    def headers(self) -> list[tuple[str, str]]:
        """Return no headers."""
        return []


def _raw(body: bytes | str) -> bytes:
    return _encoded(body) if isinstance(body, str) else bytes(body)


def _encoded(text: str) -> bytes:
    # Servers may pass on invalid bytes as lone surrogates.
    return text.encode("utf-8", "surrogatepass")


def _header(name: str, headers: Mapping[str, str]) -> str:
    for key, value in headers.items():
        if key.lower() == name.lower():
            return value
    raise WebhookInvalidError(f"the header {name} is missing")


def _found(pattern: str, value: str, name: str) -> dict[str, list[str]]:
    """Return the values of a pattern's placeholders: ``t={timestamp}, s={signature}``.

    A part may occur several times, for example while a secret is rotated.
    """
    parts = [part.strip() for part in pattern.split(",")]
    given = [part.strip() for part in value.split(",")] if len(parts) > 1 else [value]
    found: dict[str, list[str]] = {}
    for part in parts:
        before, _, rest = part.partition("{")
        place, _, after = rest.partition("}")
        values = [
            one[len(before) : len(one) - len(after)]
            for one in given
            if one.startswith(before)
            and one.endswith(after)
            and len(one) >= len(before) + len(after)
        ]
        if not values:
            raise WebhookInvalidError(
                f"the header {name} does not have the format {pattern}"
            )
        found[place] = values
    return found


def _check_signature(
    proof: SignedHeader,
    secret: str,
    body: bytes,
    found: Mapping[str, list[str]],
    headers: Mapping[str, str],
) -> None:
    moment = found.get("timestamp", [""])[0]
    if proof.timestamp_header:
        moment = _header(proof.timestamp_header, headers)
    if proof.tolerance and (proof.timestamp_header or "timestamp" in found):
        _check_age(proof, moment)
    given = found["signature"]
    if proof.encoding == "hex":
        given = [one.lower() for one in given]
    if not _is_among(_signature(proof, secret, moment, body, headers), given):
        raise WebhookInvalidError(
            f"the signature in {proof.header} does not match: the secret is wrong, or "
            "the body was changed"
        )


def _check_age(proof: SignedHeader, moment: str) -> None:
    if not (moment.isascii() and moment.isdigit()):
        where = proof.timestamp_header or proof.header
        raise WebhookInvalidError(f"the time in {where} is not a number")
    age = time() - int(moment[:18]) / (1000 if proof.timestamp == "ms" else 1)
    if abs(age) > proof.tolerance:
        when = f"{age:.0f} s ago" if age > 0 else f"{-age:.0f} s ahead of this clock"
        raise WebhookInvalidError(
            f"it was signed {when}; at most {proof.tolerance:g} s are allowed"
        )


def _signature(
    proof: SignedHeader,
    secret: str,
    moment: str,
    body: bytes,
    headers: Mapping[str, str],
) -> str:
    """Return the signature that a message must have."""
    signed = bytearray()
    for index, part in enumerate(_PLACE.split(proof.template)):
        if index % 2 == 0:
            signed += part.encode()
        elif part == "body":
            signed += body
        elif part == "timestamp":
            signed += _encoded(moment)
        elif part == proof.credential.argument:
            signed += _encoded(secret)
        else:
            signed += _encoded(_header(part.removeprefix("header:"), headers))
    return digested(
        bytes(signed), secret, proof.digest, keyed=proof.hmac, encoding=proof.encoding
    )


def _is_among(right: str, given: list[str]) -> bool:
    """Return whether a value is among the given ones, in constant time."""
    key = _encoded(right)
    matches = [hmac.compare_digest(key, _encoded(value)) for value in given]
    return any(matches)

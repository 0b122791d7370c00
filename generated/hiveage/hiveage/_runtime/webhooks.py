"""Messages that the provider sends: whether they are its own, and what they say."""

from collections.abc import Mapping
from time import time
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar, cast

from msgspec import Struct

from .credentials import hidden, one_line
from .errors import ConfigurationError, WebhookInvalidError
from .exchange import Received
from .operation import Credential, Digest, Encoding, Reply
from .reading import Reader, UnreadableError

if TYPE_CHECKING:
    from .credentials import Keyring

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class SignedHeader(Struct, frozen=True):
    """A header of a message that holds a signature of it."""

    header: str
    """Name of the header."""

    format: str
    """Its form, with ``{signature}`` and, if it is there, ``{timestamp}``."""

    template: str
    """What is digested: ``{timestamp}``, ``{body}`` (its bytes) and the name of the
    secret's argument stand for their values; the rest stands for itself."""

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

    tolerance: float = 300.0
    """Seconds that a message may be old, or ahead; 0: any."""


class SecretHeader(Struct, frozen=True):
    """A header of a message that holds a secret."""

    header: str
    """Name of the header."""

    format: str
    """Its form, with ``{secret}``."""

    credential: Credential
    """The secret."""


Proof: TypeAlias = SignedHeader | SecretHeader


class Webhook(Struct, Generic[T_co], frozen=True, eq=False):
    """A message that the provider sends; ``T_co`` is what its body says."""

    name: str
    """Name in the contract."""

    proof: Proof
    """How it is known to be the provider's."""

    type: object = None
    """Type of the body, without the members of ``unwrap``."""

    unwrap: tuple[str, ...] = ()
    """Members that lead from the body to the value."""


class Webhooks(Generic[T]):
    """Messages of one kind that the provider sends."""

    __slots__ = ("_keyring", "_reader", "_webhook")

    def __init__(self, webhook: Webhook[T], keyring: "Keyring") -> None:
        self._webhook = webhook
        self._keyring = keyring
        self._reader: Reader | None = None

    def verify(self, body: bytes | str, headers: Mapping[str, str]) -> None:
        """Make sure that a message is the provider's, unchanged and recent.

        ``body`` is the body as it came, before anything has decoded it; names of
        ``headers`` are matched in any case.

        Raises:
            WebhookInvalidError: it is not; says why.
            ConfigurationError: the client was made without the secret.
        """
        proof = self._webhook.proof
        secret = self._secret(proof.credential)
        found = _filled(proof.format, _header(proof.header, headers), proof.header)
        if isinstance(proof, SignedHeader):
            _check_signature(proof, secret, _raw(body), found)
        elif not _is_among(secret, found["secret"]):
            raise WebhookInvalidError(f"the secret in {proof.header} is another one")

    def unwrap(self, body: bytes | str, headers: Mapping[str, str]) -> T:
        """Return what a message says, after making sure that it is the provider's.

        Raises:
            WebhookInvalidError: it is not, or cannot be read; says why.
            ConfigurationError: the client was made without the secret.
        """
        self.verify(body, headers)
        if self._reader is None:
            self._reader = Reader(
                Reply(self._webhook.type, unwrap=self._webhook.unwrap), None
            )
        try:
            return cast(T, self._reader(_Message(200, _raw(body))))
        except UnreadableError as error:
            raise WebhookInvalidError(f"it cannot be read: {error}") from None

    def _secret(self, credential: Credential) -> str:
        secret = self._keyring.known(credential)
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
                    "webhooks need a secret that is a text or a plain function"
                )
            secret = hidden(found)
        return one_line(secret, credential.argument)


class _Message(Received):
    """The body of a message."""

    __slots__ = ()

    def header(self, name: str) -> None:
        """Messages are JSON in UTF-8, whatever their headers say."""

    def headers(self) -> list[tuple[str, str]]:
        """Return no headers."""
        return []


def _raw(body: bytes | str) -> bytes:
    if isinstance(body, str):
        return body.encode(errors="surrogateescape")
    return bytes(body)


def _header(name: str, headers: Mapping[str, str]) -> str:
    for key, value in headers.items():
        if key.lower() == name.lower():
            return value
    raise WebhookInvalidError(f"the header {name} is missing")


def _filled(pattern: str, value: str, name: str) -> dict[str, list[str]]:
    """Return what stands in the places of a pattern: ``t={timestamp}, s={signature}``.

    A part that comes several times, as while a secret is rotated, counts as often.
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
            if one.startswith(before) and one.endswith(after)
        ]
        if not values:
            raise WebhookInvalidError(f"the header {name} is not of the form {pattern}")
        found[place] = values
    return found


def _check_signature(
    proof: SignedHeader, secret: str, body: bytes, found: Mapping[str, list[str]]
) -> None:
    moment = found.get("timestamp", [""])[0]
    if proof.tolerance and "timestamp" in found:
        _check_age(proof, moment)
    if _digest(proof, secret, moment, body, found["signature"]):
        return
    raise WebhookInvalidError(
        f"the signature in {proof.header} does not match: the secret is another one, "
        "or the body is not as it came"
    )


def _check_age(proof: SignedHeader, moment: str) -> None:
    if not (moment.isascii() and moment.isdigit()):
        raise WebhookInvalidError(f"the time in {proof.header} is no number")
    age = time() - int(moment[:18]) / (1000 if proof.timestamp == "ms" else 1)
    if abs(age) > proof.tolerance:
        when = f"{age:.0f} s ago" if age > 0 else f"{-age:.0f} s ahead of this clock"
        raise WebhookInvalidError(
            f"it was signed {when}; {proof.tolerance:g} s are tolerated"
        )


def _digest(
    proof: SignedHeader, secret: str, moment: str, body: bytes, given: list[str]
) -> bool:
    """Whether one of the signatures that were given is the right one."""
    import hashlib
    import hmac

    before, _, after = proof.template.partition("{body}")

    def filled(text: str) -> bytes:
        text = text.replace("{timestamp}", moment)
        return text.replace(f"{{{proof.credential.argument}}}", secret).encode()

    signed = filled(before) + (body if "{body}" in proof.template else b"")
    signed += filled(after)
    if proof.hmac:
        digest = hmac.digest(secret.encode(), signed, proof.digest)
    else:
        digest = hashlib.new(proof.digest, signed).digest()
    if proof.encoding == "base64":
        from binascii import b2a_base64

        return _is_among(b2a_base64(digest, newline=False).decode(), given)
    return _is_among(digest.hex(), [one.lower() for one in given])


def _is_among(right: str, given: list[str]) -> bool:
    """Compare in a time that tells nothing about what is right."""
    from hmac import compare_digest

    # Frameworks hand bytes of a header that are no text over as surrogates.
    known = right.encode()
    matches = [compare_digest(known, one.encode(errors="replace")) for one in given]
    return any(matches)

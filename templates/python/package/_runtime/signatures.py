"""Signatures: values computed from a request and a secret."""

from typing import Literal, TypeAlias

from msgspec import UNSET, Struct

from .credentials import (
    Credential,
    Digest,
    Encoding,
    HiddenBytes,
    Placed,
    Scheme,
    Secrets,
    digested,
)
from .pointers import FromBody, FromParameter, SentValues
from .transport_types import Request
from .wire import text


class Secret(Struct, frozen=True):
    """The secret itself."""


class Method(Struct, frozen=True):
    """The HTTP method."""


class Path(Struct, frozen=True):
    """The path of the URL."""


class WholeBody(Struct, frozen=True):
    """The bytes of the body."""


SignedPart: TypeAlias = (
    str | FromBody | FromParameter | Secret | Method | Path | WholeBody
)


class Signature(Scheme, frozen=True):
    """A value computed from the request and a secret."""

    name: str
    """Name of the header or query parameter."""

    credential: Credential
    """The secret."""

    template: tuple[SignedPart, ...]
    """What is digested: texts, parts of the request, the secret."""

    digest: Digest
    """Digest algorithm."""

    hmac: bool = False
    """Whether the secret is also the key of an HMAC."""

    encoding: Encoding = "hex"
    """How the digest is written."""

    place: Literal["header", "query"] = "header"
    """Where it is sent."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        return (self.credential,)

    @property
    def header(self) -> str:
        return self.name.lower() if self.place == "header" else ""

    @property
    def is_per_call(self) -> bool:
        return True

    def authenticate(
        self, secrets: Secrets, request: Request | None, sent: SentValues | None
    ) -> Placed:
        assert request is not None
        assert sent is not None
        secret = secrets[self.credential.argument]
        parts = [_signed(part, secret, request, sent) for part in self.template]
        value = digested(
            HiddenBytes(b"".join(parts)),
            secret,
            self.digest,
            keyed=self.hmac,
            encoding=self.encoding,
        )
        return Placed(self.place, self.name, value)


def _signed(part: SignedPart, secret: str, request: Request, sent: SentValues) -> bytes:
    match part:
        case str():
            return part.encode()
        case Secret():
            return HiddenBytes(secret.encode())
        case Method():
            return request.method.encode()
        case Path():
            _, _, after = request.url.partition("://")
            return f"/{after.partition('/')[2].partition('?')[0]}".encode()
        case WholeBody():
            return request.content if isinstance(request.content, bytes) else b""
        case FromBody() | FromParameter():
            value = sent.value(part)
            return text("" if value is UNSET else value).encode()

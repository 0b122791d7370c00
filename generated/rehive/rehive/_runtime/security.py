"""Authenticating a request, as the contract says."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import UNSET

from .credentials import HiddenBytes, Keyring, hidden, one_line
from .errors import ConfigurationError
from .operation import (
    ApiKey,
    Basic,
    Credential,
    Http,
    OAuth2ClientCredentials,
    Scheme,
    Signature,
)
from .pointers import resolve
from .styles import text

if TYPE_CHECKING:
    from .call import Call


class Await:
    """Asks the sender to await what a function of the caller's returned; only the async
    one can."""

    __slots__ = ("awaitable", "purpose")

    def __init__(self, awaitable: Awaitable[object], purpose: str) -> None:
        self.awaitable = awaitable
        self.purpose = purpose

    def discard(self) -> None:
        """Drop a coroutine that nobody will await."""
        if isinstance(self.awaitable, Coroutine):
            self.awaitable.close()


Secrets: TypeAlias = Generator[Await, str, str]


def is_static(scheme: Scheme, keyring: Keyring) -> bool:
    """Whether a scheme sends the same with every request."""
    match scheme:
        case ApiKey() | Http():
            return isinstance(keyring.secret(scheme.credential), str)
        case Basic():
            return all(
                half is None or isinstance(keyring.secret(half), str)
                for half in (scheme.username, scheme.password)
            )
        case Signature() | OAuth2ClientCredentials():
            return False


def reveal(credential: Credential, keyring: Keyring) -> Secrets:
    """Return a secret, asked for anew where it is a function."""
    secret = keyring.secret(credential)
    if not isinstance(secret, str):
        found = hidden(secret())
        if not isinstance(found, str):
            found = hidden((yield Await(found, "a secret")))
        keyring.note(credential.argument, found)
        secret = found
    return one_line(secret, credential.argument)


def authenticate(
    scheme: Scheme, keyring: Keyring, call: "Call[Any] | None"
) -> Generator[Await, str, tuple[str, str, str]]:
    """Return place, wire name and value that authenticate a request."""
    match scheme:
        case ApiKey():
            secret = yield from reveal(scheme.credential, keyring)
            return scheme.place, scheme.name, secret
        case Http():
            secret = yield from reveal(scheme.credential, keyring)
            return "header", "authorization", hidden(f"{scheme.scheme} {secret}")
        case Basic():
            from binascii import b2a_base64

            halves = ["", ""]
            for index, half in enumerate((scheme.username, scheme.password)):
                if half is not None:
                    halves[index] = yield from reveal(half, keyring)
            pair = b2a_base64(":".join(halves).encode(), newline=False).decode()
            keyring.note(f"basic {scheme}", pair)
            return "header", "authorization", hidden(f"Basic {pair}")
        case Signature():
            assert call is not None
            secret = yield from reveal(scheme.credential, keyring)
            return scheme.place, scheme.name, _signature(scheme, secret, call)
        case OAuth2ClientCredentials():
            raise AssertionError("tokens are fetched, which is a call of its own")


def _signature(scheme: Signature, secret: str, call: "Call[Any]") -> str:
    import hashlib

    text_to_sign = HiddenBytes(b"".join(_pieces(scheme, secret, call)))
    if scheme.hmac:
        import hmac

        digest = hmac.digest(secret.encode(), text_to_sign, scheme.digest)
    else:
        digest = hashlib.new(scheme.digest, text_to_sign).digest()
    if scheme.encoding == "base64":
        from binascii import b2a_base64

        return b2a_base64(digest, newline=False).decode()
    return digest.hex()


def _pieces(scheme: Signature, secret: str, call: "Call[Any]") -> list[bytes]:
    pieces: list[bytes] = []
    rest = scheme.template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        pieces.append(before.encode())
        pieces.append(HiddenBytes(_piece(name, scheme, secret, call)))
    pieces.append(rest.encode())
    return pieces


def _piece(name: str, scheme: Signature, secret: str, call: "Call[Any]") -> bytes:
    request = call.request
    if name == scheme.credential.argument:
        return secret.encode()
    if name == "method":
        return request.method.encode()
    if name == "path":
        _, _, after = request.url.partition("://")
        return f"/{after.partition('/')[2].partition('?')[0]}".encode()
    if name == "body":
        return request.content if isinstance(request.content, bytes) else b""
    kind, _, key = name.partition(":")
    if kind == "body":
        return text(_known(resolve(call.payload, key))).encode()
    if kind == "header":
        return request.headers.get(key.lower(), "").encode()
    if kind in ("query", "path"):
        return text(_known(call.sent(kind, key))).encode()
    raise ConfigurationError(f"no way to sign {{{name}}}")


def _known(value: object) -> object:
    return "" if value is UNSET else value

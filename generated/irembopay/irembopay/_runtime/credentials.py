"""Secrets of a client: where they come from, how requests carry them, hiding them."""

from binascii import b2a_base64
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from os import environ
from typing import Final, Literal, TypeAlias, TypeVar, cast

from msgspec import Struct

from .errors import ConfigurationError
from .pointers import SentValues
from .transport_types import Request
from .urls import quote

KnownSecret: TypeAlias = str | Callable[[], str | Awaitable[str]]
AnySecret: TypeAlias = KnownSecret | None
Secrets: TypeAlias = Mapping[str, str]
"""Secrets by the argument of the client that they were given as."""

HIDDEN: Final = "***"

Digest: TypeAlias = Literal["md5", "sha1", "sha256", "sha512"]
Encoding: TypeAlias = Literal["hex", "base64"]

T = TypeVar("T")


class HiddenText(str):
    """A secret that is not printed, not even among the variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(HIDDEN)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; create the client where it is used")


class HiddenBytes(bytes):
    """Secret bytes that are not printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b{HIDDEN!r}"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; create the client where it is used")


S = TypeVar("S")


def hidden(secret: S) -> S:
    """Return a secret in the form that is not printed; callables stay unchanged."""
    if isinstance(secret, str) and not isinstance(secret, HiddenText):
        return cast(S, HiddenText(secret))
    return secret


async def awaited(result: Awaitable[T] | T, purpose: str) -> T:
    """Return what a caller's callable returned, awaited if it has to be."""
    return cast(T, await result) if isinstance(result, Awaitable) else result


def unawaited(result: Awaitable[T] | T, purpose: str) -> T:
    """Return what a caller's callable returned.

    Raises:
        ConfigurationError: it has to be awaited, which the sync client cannot do.
    """
    if isinstance(result, Awaitable):
        if isinstance(result, Coroutine):
            result.close()
        raise ConfigurationError(
            f"a coroutine function for {purpose} needs the async client"
        )
    return result


# Security schemes


class Credential(Struct, frozen=True):
    """A secret or name that a client is created with."""

    argument: str
    """Argument of the client."""

    env: str = ""
    """Environment variable that is read if the argument is not given."""

    may_be_empty: bool = False
    """Whether an empty text is sent, such as the password beside an API key."""

    def sendable(self, secret: str) -> str:
        """Return a secret that can be sent.

        Raises:
            ConfigurationError: it is empty or has characters that cannot be sent; the
                message does not show it.
        """
        if self.may_be_empty and not secret:
            return secret
        return one_line(secret, self.argument)


class Placed(Struct, frozen=True):
    """A value that authenticates a request, and where it is sent."""

    place: Literal["header", "query", "cookie"]
    """Where it is sent."""

    name: str
    """Name on the wire."""

    value: str
    """The value; it is secret."""

    def __repr__(self) -> str:
        return f"<{self.place} {self.name}>"


class Scheme(Struct, frozen=True):
    """A security scheme: how a request is authenticated."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """Return what the scheme needs from the caller."""
        raise NotImplementedError

    @property
    def header(self) -> str:
        """Return the lower-case name of the header that holds a secret; else empty."""
        return "authorization"

    @property
    def is_per_call(self) -> bool:
        """Return whether each call has to be authenticated anew."""
        return False

    def authenticate(
        self, secrets: Secrets, request: Request | None, sent: SentValues | None
    ) -> Placed:
        """Return what authenticates a request.

        ``request`` and ``sent`` are there if the scheme is per call.
        """
        raise NotImplementedError


class ApiKey(Scheme, frozen=True):
    """A secret that is sent unchanged."""

    name: str
    """Name of the header, query parameter or cookie."""

    place: Literal["header", "query", "cookie"]
    """Where it is sent."""

    credential: Credential
    """The secret."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        return (self.credential,)

    @property
    def header(self) -> str:
        return self.name.lower() if self.place == "header" else ""

    def authenticate(
        self, secrets: Secrets, request: Request | None, sent: SentValues | None
    ) -> Placed:
        return Placed(self.place, self.name, secrets[self.credential.argument])


class Http(Scheme, frozen=True):
    """``Authorization: <scheme> <credential>``."""

    scheme: str
    """Name as it is sent: ``Bearer``, ``Token``."""

    credential: Credential
    """The secret."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        return (self.credential,)

    def authenticate(
        self, secrets: Secrets, request: Request | None, sent: SentValues | None
    ) -> Placed:
        secret = secrets[self.credential.argument]
        return Placed("header", "authorization", hidden(f"{self.scheme} {secret}"))


class Basic(Scheme, frozen=True):
    """HTTP basic authentication; a half without a credential is empty."""

    username: Credential | None = None
    """First half."""

    password: Credential | None = None
    """Second half."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        halves = (self.username, self.password)
        return tuple(half for half in halves if half is not None)

    def authenticate(
        self, secrets: Secrets, request: Request | None, sent: SentValues | None
    ) -> Placed:
        user, password = (
            "" if half is None else secrets[half.argument]
            for half in (self.username, self.password)
        )
        pair = hidden(f"{user}:{password}").encode()
        value = b2a_base64(HiddenBytes(pair), newline=False).decode()
        return Placed("header", "authorization", hidden(f"Basic {value}"))


Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives, each a set of scheme names that are needed together."""


class TokenScheme(Scheme, frozen=True):
    """A scheme whose token has to be fetched before a request is sent."""

    @property
    def is_per_call(self) -> bool:
        return True


def digested(
    text: bytes, secret: str, digest: Digest, *, keyed: bool, encoding: Encoding
) -> str:
    """Return the digest of a text, an HMAC if it is keyed with the secret."""
    import hashlib

    if keyed:
        import hmac

        key = secret.encode("utf-8", "surrogatepass")
        value = hmac.digest(key, text, digest)
    else:
        value = hashlib.new(digest, text).digest()
    if encoding == "base64":
        return b2a_base64(value, newline=False).decode()
    return value.hex()


class Keyring:
    """The secrets that a client was given, or found in the environment."""

    __slots__ = ("_revealed", "_schemes", "_secrets")

    def __init__(
        self,
        schemes: Mapping[str, Scheme],
        others: tuple[Credential, ...],
        given: Mapping[str, AnySecret],
    ) -> None:
        self._schemes = schemes
        self._secrets: dict[str, KnownSecret] = {}
        self._revealed: dict[str, HiddenText] = {}
        for scheme in schemes.values():
            for credential in scheme.credentials:
                self._take(credential, given)
        for credential in others:
            self._take(credential, given)

    def _take(self, credential: Credential, given: Mapping[str, AnySecret]) -> None:
        secret = hidden(given.get(credential.argument))
        if secret is None and credential.env:
            secret = hidden(environ.get(credential.env) or None)
        # Its characters are checked when it is used: a traceback from here shows the locals
        # of the constructor, with all secrets.
        if secret == "" and not credential.may_be_empty:
            raise ConfigurationError(f"{credential.argument} is empty")
        if secret is not None and not isinstance(secret, str | Callable):
            raise TypeError(
                f"{credential.argument} must be text, or a callable that returns text, "
                f"got {type(secret).__name__}"
            )
        if secret is not None:
            self._secrets[credential.argument] = secret

    def __repr__(self) -> str:
        return f"<{', '.join(f'{name}={HIDDEN}' for name in self._secrets)}>"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; create the client where it is used")

    def names(self) -> Iterator[str]:
        """Return the arguments that have a secret."""
        return iter(self._secrets)

    def secret(self, credential: Credential) -> KnownSecret:
        """Return a secret, or the callable that returns it."""
        return self._secrets[credential.argument]

    def static(self, credential: Credential) -> str:
        """Return a secret that is not a callable.

        Raises:
            ConfigurationError: it cannot be sent.
        """
        secret = self._secrets[credential.argument]
        assert isinstance(secret, str)
        return credential.sendable(secret)

    def known(self, credential: Credential) -> KnownSecret | None:
        """Return a secret, or the callable that returns it; None if there is none."""
        return self._secrets.get(credential.argument)

    def note(self, name: str, secret: str) -> None:
        """Remember a secret that is sent, so that it can be removed from texts."""
        self._revealed[name] = HiddenText(secret)

    def is_static(self, scheme: Scheme) -> bool:
        """Return whether a scheme sends the same with every request."""
        secrets = (self.secret(credential) for credential in scheme.credentials)
        return not scheme.is_per_call and all(
            isinstance(secret, str) for secret in secrets
        )

    def chosen(self, alternatives: Security, purpose: str) -> tuple[Scheme, ...]:
        """Return the schemes of the first alternative whose secrets are all known.

        Raises:
            ConfigurationError: there is none; it names arguments and variables.
        """
        if not alternatives:
            return ()
        for names in alternatives:
            schemes = tuple(self._schemes[name] for name in names)
            if not any(self._missing(schemes)):
                return schemes
        ways = dict.fromkeys(map(self._lacking, alternatives))
        raise ConfigurationError(
            f"{purpose} needs credentials: pass {', or '.join(ways)}"
        )

    def _lacking(self, names: tuple[str, ...]) -> str:
        schemes = tuple(self._schemes[name] for name in names)
        return " and ".join(
            f"{credential.argument}=..."
            + (f" (or set {credential.env})" if credential.env else "")
            for credential in self._missing(schemes)
        )

    def _missing(self, schemes: tuple[Scheme, ...]) -> Iterator[Credential]:
        for scheme in schemes:
            for credential in scheme.credentials:
                if credential.argument not in self._secrets:
                    yield credential

    def redacted(self, text: str) -> str:
        """Return a text without the known secrets."""
        for secret in (*self._secrets.values(), *self._revealed.values()):
            if isinstance(secret, str) and len(secret) > 3:
                for form in (secret, quote(secret)):
                    text = text.replace(form, HIDDEN)
        return text


def one_line(secret: str, name: str) -> str:
    """Return a secret that can be sent; the error does not show it."""
    if not secret:
        raise ConfigurationError(f"{name} is empty")
    if any(ord(character) < 32 or ord(character) == 127 for character in secret):
        raise ConfigurationError(
            f"{name} contains a line break or another control character"
        )
    if any("\ud800" <= character <= "\udfff" for character in secret):
        raise ConfigurationError(f"{name} contains a character that cannot be encoded")
    if secret != secret.strip():
        raise ConfigurationError(f"{name} begins or ends with a space")
    return secret

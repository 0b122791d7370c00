"""Secrets of a client: where they come from, and that they are never shown."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from os import environ
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from .errors import ConfigurationError
from .operation import (
    ApiKey,
    Basic,
    ContractInfo,
    Credential,
    Http,
    OAuth2ClientCredentials,
    Scheme,
    Security,
    Signature,
)
from .percent import quote

if TYPE_CHECKING:
    from .oauth import Tokens

KnownSecret: TypeAlias = str | Callable[[], str | Awaitable[str]]
AnySecret: TypeAlias = KnownSecret | None

HIDDEN = "***"


class HiddenText(str):
    """A secret that is not printed, not even among the variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(HIDDEN)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; make the client where it is used")


class HiddenBytes(bytes):
    """The same, as bytes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b{HIDDEN!r}"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; make the client where it is used")


S = TypeVar("S")


def hidden(secret: S) -> S:
    """Return a secret in the form that is not printed; functions stay as they are."""
    if isinstance(secret, str) and not isinstance(secret, HiddenText):
        return cast(S, HiddenText(secret))
    return secret


def credentials_of(scheme: Scheme) -> tuple[Credential, ...]:
    """Return what a security scheme needs from the caller."""
    match scheme:
        case ApiKey() | Http():
            return (scheme.credential,)
        case Signature():
            return (scheme.credential,)
        case Basic():
            halves = (scheme.username, scheme.password)
            return tuple(half for half in halves if half is not None)
        case OAuth2ClientCredentials():
            return (scheme.client_id, scheme.client_secret)


class Keyring:
    """The secrets that a client was given, or found in the environment."""

    __slots__ = ("_contract", "_revealed", "_secrets", "_tokens")

    def __init__(self, contract: ContractInfo, given: Mapping[str, AnySecret]) -> None:
        self._contract = contract
        self._secrets: dict[str, KnownSecret] = {}
        self._revealed: dict[str, HiddenText] = {}
        self._tokens: dict[OAuth2ClientCredentials, Tokens] = {}
        for scheme in contract.security.values():
            for credential in credentials_of(scheme):
                self._take(credential, given)
        for credential in contract.webhook_secrets:
            self._take(credential, given)
        self.chosen(contract.required, contract.name)

    def _take(self, credential: Credential, given: Mapping[str, AnySecret]) -> None:
        secret = hidden(given.get(credential.argument))
        if secret is None and credential.env:
            secret = hidden(environ.get(credential.env) or None)
        if secret is not None:
            self._secrets[credential.argument] = secret

    def __repr__(self) -> str:
        return f"<{', '.join(f'{name}={HIDDEN}' for name in self._secrets)}>"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; make the client where it is used")

    def tokens(self, scheme: OAuth2ClientCredentials) -> "Tokens":
        """Return the token of a scheme, shared by all who share the secrets."""
        found = self._tokens.get(scheme)
        if found is None:
            from .oauth import Tokens

            found = self._tokens.setdefault(scheme, Tokens())
        return found

    def names(self) -> Iterator[str]:
        """Return the arguments that have a secret."""
        return iter(self._secrets)

    def secret(self, credential: Credential) -> KnownSecret:
        """Return a secret, or the function that knows it."""
        return self._secrets[credential.argument]

    def known(self, credential: Credential) -> KnownSecret | None:
        """Return a secret, or the function that knows it; None if there is none."""
        return self._secrets.get(credential.argument)

    def note(self, name: str, secret: str) -> None:
        """Remember what is sent under a name, so that it can be taken out of texts."""
        self._revealed[name] = HiddenText(secret)

    def chosen(self, alternatives: Security, purpose: str) -> tuple[Scheme, ...]:
        """Return the schemes of the first alternative for which all secrets are there.

        Raises:
            ConfigurationError: there is none; names arguments and environment variables.
        """
        if not alternatives:
            return ()
        for names in alternatives:
            schemes = tuple(self._contract.security[name] for name in names)
            if not any(self._missing(schemes)):
                return schemes
        first = tuple(self._contract.security[name] for name in alternatives[0])
        missing = " and ".join(
            f"{credential.argument}=..."
            + (f" (or set {credential.env})" if credential.env else "")
            for credential in self._missing(first)
        )
        raise ConfigurationError(f"{purpose} needs credentials: pass {missing}")

    def _missing(self, schemes: tuple[Scheme, ...]) -> Iterator[Credential]:
        for scheme in schemes:
            for credential in credentials_of(scheme):
                if credential.argument not in self._secrets:
                    yield credential

    def redacted(self, text: str) -> str:
        """Return a text without the secrets that are known as such."""
        for secret in (
            *self._secrets.values(),
            *self._revealed.values(),
            *(tokens.token for tokens in self._tokens.values()),
        ):
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
            f"{name} holds a line break or another control character"
        )
    if secret != secret.strip():
        raise ConfigurationError(f"{name} begins or ends with a space")
    return secret

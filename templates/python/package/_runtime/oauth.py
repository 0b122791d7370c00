"""OAuth 2 client credentials: how tokens are requested and kept."""

from _thread import allocate_lock
from binascii import b2a_base64
from collections.abc import Callable
from os import environ
from typing import Final, Literal, TypeVar, cast

from msgspec import Struct

from .call import Call
from .client_core import ClientCore
from .credentials import Credential, Keyring, Secrets, TokenScheme, hidden, one_line
from .forms import FormEncoder
from .operation import Body, ContractInfo, ErrorRules, Operation, Reply, Safe
from .options import CallOptions, Timeout
from .retry_policy import clock
from .transport_types import SentHeaders
from .urls import quote_form

MARGIN: Final = 60.0
"""Seconds before its expiry at which a token is replaced; a tenth of its life, if less."""

L = TypeVar("L")
_creating: Final = allocate_lock()


class OAuth2ClientCredentials(TokenScheme, frozen=True):
    """A bearer token fetched with an id and a secret, and again before it expires."""

    token_url: str
    """URL that issues tokens."""

    client_id: Credential
    """Id of the client."""

    client_secret: Credential
    """The secret."""

    scopes: tuple[str, ...] = ()
    """Scopes to ask for."""

    authenticate_in: Literal["header", "body"] = "header"
    """Whether id and secret are sent as HTTP basic authentication or in the form."""

    issuer: Credential | None = None
    """Argument of the client that replaces ``token_url``; it is not secret."""

    @property
    def credentials(self) -> tuple[Credential, ...]:
        return (self.client_id, self.client_secret)


class Issued(Struct):
    """The response of an issuer."""

    access_token: str
    expires_in: float | str | None = None

    def __repr__(self) -> str:
        return "Issued(access_token='***')"


class KeptToken:
    """The token of one scheme of one client, and the lock of those who fetch it."""

    __slots__ = ("_ends", "_keyring", "_lock", "_owner", "_token")

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._token = ""
        self._ends: float | None = None
        self._lock: object = None
        self._owner: object = None

    def __repr__(self) -> str:
        return "<token>"

    def lock(self, owner: object, create: Callable[[], L]) -> L:
        """Return the lock of an owner, the process or event loop that can wait for it.

        A lock of another owner could not be waited for, or would never be released.
        """
        with _creating:
            if self._owner != owner:
                self._lock, self._owner = create(), owner
            return cast("L", self._lock)

    def current(self, stale: str) -> str:
        """Return the token if it is valid and not the stale one; else empty."""
        if self._token == stale or (
            self._ends is not None and clock.now() >= self._ends
        ):
            return ""
        return self._token

    def keep(self, issued: Issued) -> str:
        """Keep a token until shortly before it expires; return it."""
        token = one_line(hidden(issued.access_token), "the token that was issued")
        life = _seconds(issued.expires_in)
        self._ends = None
        if life is not None:
            self._ends = clock.now() + life - min(MARGIN, life / 10)
        self._token = token
        self._keyring.note("token", token)
        return token


def _seconds(given: float | str | None) -> float | None:
    try:
        life = float(given) if given is not None else None
    except ValueError:
        return None
    return life if life is not None and life > 0 else None


class _HiddenForm(dict[str, str]):
    """A form that is not printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<form>"


def token_call(
    scheme: OAuth2ClientCredentials,
    core: ClientCore,
    secrets: Secrets,
    timeout: Timeout,
) -> Call[Issued]:
    """Return the call that fetches a token."""
    form = _HiddenForm(grant_type="client_credentials")
    if scheme.scopes:
        form["scope"] = " ".join(scheme.scopes)
    client_id = secrets[scheme.client_id.argument]
    client_secret = secrets[scheme.client_secret.argument]
    headers = SentHeaders()
    if scheme.authenticate_in == "header":
        pair = hidden(f"{quote_form(client_id)}:{quote_form(client_secret)}")
        encoded = hidden(b2a_base64(pair.encode(), newline=False).decode())
        headers["authorization"] = hidden(f"Basic {encoded}")
        core.keyring.note(scheme.token_url, encoded)
    else:
        form["client_id"], form["client_secret"] = client_id, client_secret
    issuer = _issuer(scheme, core)
    options: CallOptions = {"extra_headers": headers, "timeout": timeout}
    return Call(issuer, FETCH, {}, form, options, wired=True, at=issuer.base_url)


def _issuer(scheme: OAuth2ClientCredentials, core: ClientCore) -> ClientCore:
    """Return settings for the issuer of tokens, which receives no other credentials.

    An issuer below the contract's server moves with ``base_url``.
    """
    chosen = None
    if scheme.issuer is not None:
        chosen = core.variables.get(scheme.issuer.argument)
        chosen = chosen or environ.get(scheme.issuer.env or "-")
    url = chosen or scheme.token_url
    contract = core.contract
    if "://" not in url:
        url = f"{core.url}/{url.lstrip('/')}"
    elif core.base_url is not None and contract.servers:
        own = contract.servers[0].url.rstrip("/")
        if url.startswith(f"{own}/"):
            url = core.url + url.removeprefix(own)
    issuer = core.changed({})
    issuer.contract = ContractInfo(
        name=contract.name,
        package=contract.package,
        version=contract.version,
        servers=(),
        errors=ErrorRules(code=(("error",),), message=(("error_description",),)),
        trace=contract.trace,
    )
    issuer.base_url = issuer.url = url
    issuer.default_headers = SentHeaders()
    issuer.default_query = {}
    issuer.validate_replies = False
    issuer.operations = {}
    return issuer


FETCH: Final[Operation[Issued]] = Operation(
    id="",
    name="fetching a token",
    method="POST",
    path="/",
    body=Body("application/x-www-form-urlencoded", encoder=FormEncoder),
    replies={200: Reply(Issued)},
    retry=Safe(),
)
"""How tokens are requested, by RFC 6749."""

"""OAuth 2 client credentials: tokens, fetched once for all calls that wait for one."""

from binascii import b2a_base64
from collections.abc import Callable, Generator
from os import environ
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from msgspec import Struct

from .credentials import hidden, one_line
from .exchange import SentHeaders
from .operation import Body, OAuth2ClientCredentials, Operation, Reply, Safe
from .options import CallOptions, Timeout
from .percent import quote_form
from .retry import clock
from .security import reveal

if TYPE_CHECKING:
    from .call import Call
    from .conversation import Step
    from .core import Core

MARGIN: Final = 60.0
"""Seconds before its end at which a token is replaced; a tenth of its life, if less."""


class Lock(Protocol):
    """What lets one thread or task pass at a time."""

    def release(self) -> None:
        """Let the next one pass."""
        ...


L = TypeVar("L", bound=Lock)


class Turn:
    """Asks the sender to wait until no one else fetches the token."""

    __slots__ = ("tokens",)

    def __init__(self, tokens: "Tokens") -> None:
        self.tokens = tokens


class Issued(Struct):
    """What an issuer of tokens answers."""

    access_token: str
    expires_in: float | str | None = None

    def __repr__(self) -> str:
        return "Issued(access_token='***')"


class Tokens:
    """The token of one scheme of one client."""

    __slots__ = ("_ends", "_lock", "_owner", "token")

    def __init__(self) -> None:
        self.token = ""
        self._ends: float | None = None
        self._lock: Any = None
        self._owner: object = None

    def lock(self, owner: object, make: "Callable[[], L]") -> "L":
        """Return the lock of those who can wait for each other.

        ``owner`` is the process or the event loop that they share: in another one a
        lock cannot be waited for, or would never be released.
        """
        if self._owner != owner:
            self._lock, self._owner = make(), owner
        return cast("L", self._lock)

    def __repr__(self) -> str:
        return "<tokens>"

    def current(self, stale: str) -> str:
        """Return the token if it holds and is not the one known as stale; else empty."""
        if self.token == stale or (
            self._ends is not None and clock.now() >= self._ends
        ):
            return ""
        return self.token

    def keep(self, issued: Issued) -> str:
        """Keep a token until shortly before it expires; return it."""
        token = hidden(issued.access_token)
        self.token = one_line(token, "the token that was issued")
        life = _seconds(issued.expires_in)
        self._ends = None
        if life is not None:
            self._ends = clock.now() + life - min(MARGIN, life / 10)
        return self.token


def _seconds(given: float | str | None) -> float | None:
    try:
        life = float(given) if given is not None else None
    except ValueError:
        return None
    return life if life is not None and life > 0 else None


MakeCall = Callable[["Core", Operation[Issued], object, CallOptions, str], "Call[Any]"]
Converse = Callable[["Call[Any]"], Generator["Step", Any, Issued]]


def access_token(
    scheme: OAuth2ClientCredentials,
    core: "Core",
    stale: str,
    make: MakeCall,
    converse: Converse,
    timeout: "Callable[[], Timeout]",
) -> Generator["Step", Any, str]:
    """Return a token that holds, fetching one if there is none.

    ``timeout`` tells how long to wait for the issuer.

    Raises:
        APIError: the issuer could not be reached, or refused.
    """
    tokens = core.keyring.tokens(scheme)
    token = tokens.current(stale)
    if token:
        return token
    lock: Lock = yield Turn(tokens)
    try:
        token = tokens.current(stale)
        if token:
            return token
        issued = yield from _fetched(scheme, core, make, converse, timeout())
        return tokens.keep(issued)
    finally:
        lock.release()


def _fetched(
    scheme: OAuth2ClientCredentials,
    core: "Core",
    make: MakeCall,
    converse: Converse,
    timeout: "Timeout",
) -> Generator["Step", Any, Issued]:
    form = Secretive(grant_type="client_credentials")
    if scheme.scopes:
        form["scope"] = " ".join(scheme.scopes)
    headers = SentHeaders()
    pair = SentHeaders()
    pair["id"] = yield from reveal(scheme.client_id, core.keyring)
    pair["secret"] = yield from reveal(scheme.client_secret, core.keyring)
    if scheme.authenticate == "header":
        headers["authorization"] = basic = hidden(_basic(pair))
        core.keyring.note(scheme.token_url, basic.removeprefix("Basic "))
    else:
        form["client_id"], form["client_secret"] = pair["id"], pair["secret"]
    issuer = core.issuer(_token_url(scheme, core))
    options: CallOptions = {"extra_headers": headers, "timeout": timeout}
    call = make(issuer, FETCH, form, options, issuer.base_url or "")
    return (yield from converse(call))


def _token_url(scheme: OAuth2ClientCredentials, core: "Core") -> str:
    chosen = None
    if scheme.issuer is not None:
        chosen = core.variables.get(scheme.issuer.argument)
        chosen = chosen or environ.get(scheme.issuer.env or "-")
    return chosen or scheme.token_url


def _basic(pair: SentHeaders) -> str:
    halves = ":".join([quote_form(half) for half in pair.values()])
    return f"Basic {b2a_base64(halves.encode(), newline=False).decode()}"


class Secretive(dict[str, str]):
    """A form that is not printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<form>"


FETCH: Final[Operation[Issued]] = Operation(
    id="",
    name="fetching a token",
    method="POST",
    path="/",
    body=Body("application/x-www-form-urlencoded"),
    replies={200: Reply(Issued)},
    retry=Safe("a token that is not used does nothing"),
)
"""How issuers are asked, by RFC 6749."""

"""What callers may set, for a client and for one call."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias, TypedDict

from msgspec import Struct

Secret: TypeAlias = str | Callable[[], str] | None
"""A secret, or a callable that returns the current secret; None: it is taken from the
environment."""

AsyncSecret: TypeAlias = str | Callable[[], str | Awaitable[str]] | None
"""A ``Secret``; the callable may also be a coroutine function."""


class Default(Enum):
    """Marker of an option that was not given."""

    DEFAULT = "default"

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default.DEFAULT
"""Use the setting of the client."""


class Timeout(Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds; None waits forever.

    ``total`` bounds the call with all its attempts and the waits between them, all
    others bound one attempt.
    """

    connect: float | None = 5.0
    """For connecting, TLS included; with pyreqwest, at most nine tenths of ``attempt``
    and ``total``, so that a timeout proves that nothing was sent."""

    read: float | None = 30.0
    """Between two pieces of the response; with pyreqwest, the first piece includes the
    time of sending."""

    write: float | None = 30.0
    """Between two pieces of the request; pyreqwest has no such limit, so ``attempt``
    applies."""

    pool: float | None = 30.0
    """For a free connection of the pool."""

    attempt: float | None = 60.0
    """For one attempt."""

    total: float | None = 180.0
    """For the call, with all attempts and waits."""


TimeoutTypes: TypeAlias = float | Timeout | Literal[Default.DEFAULT] | None
"""Seconds for one attempt, or each limit by name; None waits forever."""


def as_timeout(value: float | Timeout | None) -> Timeout:
    """Return the limits for a timeout that a caller gave.

    Raises:
        TypeError: it is neither a number of seconds nor a ``Timeout``.
        ValueError: it is not greater than 0.
    """
    if isinstance(value, Timeout):
        return value
    if value is None:
        return Timeout(
            connect=None, read=None, write=None, pool=None, attempt=None, total=None
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(
            f"timeout must be a number of seconds, a Timeout or None, got {value!r}"
        )
    if not value > 0:
        raise ValueError(f"timeout must be greater than 0 seconds, got {value!r}")
    return Timeout(
        connect=min(5.0, value),
        read=value,
        write=value,
        pool=value,
        attempt=value,
        total=max(180.0, value),
    )


class CallOptions(TypedDict, total=False):
    """What every method takes besides its own arguments."""

    timeout: TimeoutTypes
    """How long to wait."""

    max_retries: int
    """How often a request may be retried, where the contract allows retries."""

    extra_headers: Mapping[str, str]
    """Headers to add; they replace the client's headers of the same name."""

    extra_query: Mapping[str, object]
    """Query parameters to add; they replace the call's of the same name."""

    extra_body: Mapping[str, object]
    """Members to add to the wire body, by wire name; they are validated too."""


NO_OPTIONS: Final[CallOptions] = {}

_CALL_OPTIONS: Final = frozenset(CallOptions.__annotations__)


class ClientOptions(TypedDict, total=False):
    """What ``with_options`` changes."""

    timeout: TimeoutTypes
    """How long to wait."""

    max_retries: int | None
    """How often a request may be retried; None leaves it unchanged."""

    default_headers: Mapping[str, str] | None
    """Headers of every request, added to those of the client."""

    default_query: Mapping[str, object] | None
    """Query parameters of every request, added to those of the client."""


_CLIENT_OPTIONS: Final = frozenset(ClientOptions.__annotations__)


def check_call_options(
    options: Iterable[str], method: str, arguments: Callable[[], Iterable[str]]
) -> None:
    """Refuse keyword arguments that a method does not have.

    Args:
        options: Names of what was given besides the method's own arguments.
        method: Name of the method, for the message.
        arguments: Returns the names of its own arguments, to suggest one.

    Raises:
        TypeError: it has no such argument.
    """
    if not _CALL_OPTIONS.issuperset(options):
        _refuse(options, method, (*arguments(), *_CALL_OPTIONS), _CALL_OPTIONS)


def check_client_options(options: Iterable[str]) -> None:
    """Refuse keyword arguments that ``with_options`` does not have.

    Raises:
        TypeError: it has no such argument.
    """
    if not _CLIENT_OPTIONS.issuperset(options):
        _refuse(options, "with_options", _CLIENT_OPTIONS, _CLIENT_OPTIONS)


def _refuse(
    options: Iterable[str], method: str, known: Iterable[str], allowed: frozenset[str]
) -> None:
    name = next(name for name in options if name not in allowed)
    raise TypeError(
        f"{method}() got an unexpected keyword argument {name!r}{suggestion(name, known)}"
    )


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a message that suggests the name that was meant, if any."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted({*known} - {name}), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def checked_mapping(given: object, option: str) -> Mapping[str, object]:
    """Return a mapping that a caller gave.

    Raises:
        TypeError: it is none, or a name is not text.
    """
    if not isinstance(given, Mapping) or not all(
        isinstance(name, str) for name in given
    ):
        raise TypeError(
            f"{option} must be a mapping whose keys are text, got {given!r}"
        )
    return given

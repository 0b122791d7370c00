"""What callers may set, for a client and for one call."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias, TypedDict

from msgspec import Struct

Secret: TypeAlias = str | Callable[[], str] | None
"""A secret, or a function that returns the one that holds now; None: read from the
environment."""

AsyncSecret: TypeAlias = str | Callable[[], str | Awaitable[str]] | None
"""As ``Secret``; the function may also be a coroutine function."""


class Default(Enum):
    """Marks an option that was not given."""

    DEFAULT = "default"

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default.DEFAULT
"""Use what the client was made with."""


class Timeout(Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds; None waits forever.

    ``total`` bounds the call with all its attempts and the waits between them, all
    others bound one attempt.
    """

    connect: float | None = 5.0
    """Until the connection stands, TLS included; with pyreqwest, at most nine tenths of
    ``attempt`` and ``total``, so that it is known that nothing was sent."""

    read: float | None = 30.0
    """Between two pieces of the reply; with pyreqwest, the time that sending takes
    counts towards the first."""

    write: float | None = 30.0
    """Between two pieces of the request; pyreqwest knows no such limit, there
    ``attempt`` applies."""

    pool: float | None = 30.0
    """For a free connection of the pool."""

    attempt: float | None = 60.0
    """For one attempt as a whole; with a sync httpx2 client, for its reply's body only:
    before that, ``write`` and ``read`` bound each piece."""

    total: float | None = 180.0
    """For the whole call."""


TimeoutTypes: TypeAlias = float | Timeout | Literal[Default.DEFAULT] | None
"""Seconds for one attempt, or each limit by name; None waits forever."""


def as_timeout(value: float | Timeout | None) -> Timeout:
    """Return the limits that a value given by a caller stands for."""
    if isinstance(value, Timeout):
        return value
    if value is None:
        return Timeout(
            connect=None, read=None, write=None, pool=None, attempt=None, total=None
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


def whole_retries(count: int) -> int:
    """Return how often a call may be repeated.

    Raises:
        ConfigurationError: it is negative.
    """
    if count < 0:
        from .errors import ConfigurationError

        raise ConfigurationError(f"max_retries must not be negative, got {count}")
    return count


class CallOptions(TypedDict, total=False):
    """What every method takes beside its own arguments."""

    timeout: TimeoutTypes
    """How long to wait."""

    max_retries: int
    """How often a request may be repeated, where the contract allows it at all."""

    extra_headers: Mapping[str, str]
    """Headers to add, or to send in place of those of the client."""

    extra_query: Mapping[str, object]
    """Query parameters to add, or to send in place of those of the call."""

    extra_body: Mapping[str, object]
    """Members to add to the wire body, by wire name; they are validated too."""


NO_OPTIONS: Final[CallOptions] = {}

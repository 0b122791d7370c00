"""What callers may set, for a client and for one call."""

from collections.abc import Awaitable, Callable, Mapping
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
    """For one attempt; with a sync httpx2 client, for the response's body only: before
    that, ``write`` and ``read`` bound each piece."""

    total: float | None = 180.0
    """For the call, with all attempts and waits."""


TimeoutTypes: TypeAlias = float | Timeout | Literal[Default.DEFAULT] | None
"""Seconds for one attempt, or each limit by name; None waits forever."""


def as_timeout(value: float | Timeout | None) -> Timeout:
    """Return the limits for a timeout that a caller gave."""
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

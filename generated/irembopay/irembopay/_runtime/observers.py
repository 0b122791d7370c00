"""Who observes attempts: the log, the caller's hooks, spans.

Observers see no secrets: neither authenticating headers nor bodies. The log is written
under the name of the package: methods, URLs, statuses and waits.
"""

from collections.abc import Awaitable, Callable, Iterable
from sys import modules
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from msgspec import Struct

from .response import RawResponse, raw_response
from .transport_types import Failed, Received, Request

if TYPE_CHECKING:
    from logging import Logger

_HIDDEN: Final = "***"
SECRET_HEADERS: Final = frozenset(
    ("authorization", "cookie", "proxy-authorization", "set-cookie")
)
"""Headers that hold secrets, whatever a contract says."""
_DEBUG: Final = 10
_loggers: Final[dict[str, "Logger"]] = {}


class Attempt(Struct, frozen=True, kw_only=True):
    """A request that is about to be sent, without its secrets and its body."""

    operation: str
    """Name of the method: ``invoices.create``."""

    method: str
    """HTTP method."""

    url: str
    """URL, without secrets."""

    headers: dict[str, str]
    """Headers under lower-case names; secret values are ``***``."""

    number: int
    """Number of the attempt within the call, from 1."""


class Outcome(Struct, frozen=True, kw_only=True):
    """The outcome of an attempt, without secrets and bodies."""

    attempt: Attempt
    """What was sent."""

    status_code: int | None
    """HTTP status; None if there is no response."""

    headers: dict[str, str]
    """Headers of the response under lower-case names; secret values are ``***``."""

    request_id: str | None
    """The provider's identifier of the request, if the response has one."""

    problem: str | None
    """Why there is no complete response: 'the connection was reset'."""

    seconds: float
    """Duration of the attempt."""


BeforeAttempt: TypeAlias = Callable[[Attempt], None]
AfterReply: TypeAlias = Callable[[Outcome], None]
AsyncBeforeAttempt: TypeAlias = Callable[[Attempt], Awaitable[None] | None]
AsyncAfterReply: TypeAlias = Callable[[Outcome], Awaitable[None] | None]


class Hooks(Struct, frozen=True):
    """The caller's hooks; whatever a hook raises ends the call."""

    before_attempt: BeforeAttempt | AsyncBeforeAttempt | None = None
    after_reply: AfterReply | AsyncAfterReply | None = None


class Subject(Struct, frozen=True):
    """What observers know of an operation."""

    package: str
    """Import name of the package."""

    version: str
    """Version of the package."""

    operation: str
    """Name of the method: ``invoices.create``."""

    path: str
    """Path with the wire names of its parameters in braces."""

    redacted: Callable[[str], str]
    """Returns a text without the client's secrets."""

    secret_headers: frozenset[str]
    """Lower-case names of authenticating headers."""

    request_id_header: str
    """Header of the response with the identifier of the request."""


class Trace(Protocol):
    """Records the attempts of one call as spans."""

    def start(self, request: Request, number: int) -> None:
        """Open the span of an attempt; may add headers to the request."""
        ...

    def end(self, outcome: Received | Failed) -> None:
        """Close the span of an attempt."""
        ...

    def broken(self, error: BaseException) -> None:
        """Close the span of an attempt that was given up."""
        ...


class Observer:
    """Reports the attempts of one call to the log, hooks and spans."""

    __slots__ = ("_attempt", "_hooks", "_logger", "_started", "_subject", "_trace")

    def __init__(
        self,
        subject: Subject,
        logger: "Logger | None",
        hooks: Hooks | None,
        trace: Trace | None,
    ) -> None:
        self._subject = subject
        self._logger = logger
        self._hooks = hooks or Hooks()
        self._trace = trace
        self._attempt: Attempt | None = None
        self._started = 0.0

    def before(self, request: Request, number: int) -> Awaitable[None] | None:
        """Report an attempt to log and hook; return what the hook returned."""
        if self._logger is not None:
            self._logger.debug(
                "%s %s, attempt %d", request.method, request.shown_url, number
            )
        hooks = self._hooks
        if hooks.before_attempt is None and hooks.after_reply is None:
            return None
        subject = self._subject
        self._attempt = Attempt(
            operation=subject.operation,
            method=request.method,
            url=subject.redacted(request.shown_url),
            headers=self._shown(request.headers.items()),
            number=number,
        )
        if hooks.before_attempt is None:
            return None
        return hooks.before_attempt(self._attempt)

    def start(self, request: Request, number: int) -> None:
        """Start the clock and the span of an attempt."""
        if self._trace is not None:
            self._trace.start(request, number)
        self._started = perf_counter()

    def after(
        self, request: Request, outcome: Received | Failed, number: int
    ) -> Awaitable[None] | None:
        """Report the outcome of an attempt; return what the hook returned."""
        seconds = perf_counter() - self._started
        if self._logger is not None:
            result = outcome.problem if isinstance(outcome, Failed) else outcome.status
            self._logger.debug("%s %s -> %s", request.method, request.shown_url, result)
        if self._trace is not None:
            self._trace.end(outcome)
        hook = self._hooks.after_reply
        if hook is None or self._attempt is None:
            return None
        received = outcome.part if isinstance(outcome, Failed) else outcome
        header = self._subject.request_id_header
        shown: RawResponse[object] | None = None
        if received is not None:
            shown = raw_response(request, received, number, header)
        return hook(
            Outcome(
                attempt=self._attempt,
                status_code=None if shown is None else shown.status_code,
                headers={} if shown is None else self._shown(shown.headers.items()),
                request_id=None if shown is None else shown.request_id,
                problem=outcome.problem if isinstance(outcome, Failed) else None,
                seconds=seconds,
            )
        )

    def pause(self, request: Request, seconds: float) -> None:
        """Report that the request is retried after a wait."""
        if self._logger is not None:
            self._logger.debug(
                "%s %s again in %.2f s", request.method, request.shown_url, seconds
            )

    def broken(self, error: BaseException) -> None:
        """Report that an attempt was given up, for example cancelled."""
        if self._trace is not None:
            self._trace.broken(error)

    def _shown(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        subject = self._subject
        secret = SECRET_HEADERS | subject.secret_headers
        return {
            name: _HIDDEN if name in secret else subject.redacted(value)
            for name, value in headers
        }


def observer(
    subject: Subject,
    hooks: Hooks | None,
    trace_of: Callable[[Subject], Trace | None] | None,
) -> Observer | None:
    """Return what reports the attempts of a call; None if nobody observes them.

    Nobody can read a log who has not imported ``logging``, so it is not imported here.
    """
    logger = _listener(subject.package) if "logging" in modules else None
    trace = None if trace_of is None else trace_of(subject)
    if logger is None and hooks is None and trace is None:
        return None
    return Observer(subject, logger, hooks, trace)


def _listener(package: str) -> "Logger | None":
    """Return the package's logger if it is enabled for debug messages."""
    logger = _loggers.get(package)
    if logger is None:
        from logging import getLogger

        logger = _loggers[package] = getLogger(package)
    return logger if logger.isEnabledFor(_DEBUG) else None

"""Who looks on while a call is sent: the log, hooks of the caller, traces.

Nothing of it is loaded, and next to nothing spent, unless someone looks on. What they
see holds no secret: neither headers that authenticate nor bodies.
"""

from collections.abc import Awaitable, Callable, Generator
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from .exchange import Failed, Received
from .logs import log_attempt, log_outcome, log_pause
from .security import Await

if TYPE_CHECKING:
    from logging import Logger

    from .call import Call
    from .exchange import Request
    from .tracing import Trace

HIDDEN: Final = "***"
_SECRET_HEADERS: Final = frozenset(
    ("authorization", "cookie", "proxy-authorization", "set-cookie")
)


class Attempt(Struct, frozen=True, kw_only=True):
    """A request that is about to be sent, without its secrets and its body."""

    operation: str
    """Name of the method: ``invoices.create``."""

    method: str
    """HTTP method."""

    url: str
    """Address, without secrets."""

    headers: dict[str, str]
    """Headers under lower-case names; the values of those that hold secrets are
    ``***``."""

    number: int
    """Which attempt of the call it is, counted from 1."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of an attempt, without secrets and bodies."""

    attempt: Attempt
    """What was sent."""

    status_code: int | None
    """HTTP status; None if no reply came."""

    headers: dict[str, str]
    """Headers of the reply under lower-case names, redacted."""

    request_id: str | None
    """The provider's name for the request, if the reply names one."""

    problem: str | None
    """Why no whole reply came, as in 'the connection was reset'."""

    seconds: float
    """How long the attempt took."""


BeforeAttempt: TypeAlias = Callable[[Attempt], None]
AfterReply: TypeAlias = Callable[[Outcome], None]
AsyncBeforeAttempt: TypeAlias = Callable[[Attempt], Awaitable[None] | None]
AsyncAfterReply: TypeAlias = Callable[[Outcome], Awaitable[None] | None]


class Hooks:
    """What callers want to be told; whatever a hook raises ends the call."""

    __slots__ = ("after_reply", "before_attempt")

    def __init__(
        self,
        before_attempt: "BeforeAttempt | AsyncBeforeAttempt | None",
        after_reply: "AfterReply | AsyncAfterReply | None",
    ) -> None:
        self.before_attempt = before_attempt
        self.after_reply = after_reply


class Observer:
    """Tells those who look on about one call."""

    __slots__ = ("_attempt", "_call", "_hooks", "_logger", "_started", "_trace")

    def __init__(
        self,
        call: "Call[Any]",
        logger: "Logger | None",
        hooks: Hooks | None,
        trace: "Trace | None",
    ) -> None:
        self._call = call
        self._logger = logger
        self._hooks = hooks
        self._trace = trace
        self._attempt: Attempt | None = None
        self._started = 0.0

    def before(self, request: "Request") -> Generator[Await, Any, None]:
        """An attempt is about to be sent."""
        number = self._call.attempts + 1
        if self._logger is not None:
            log_attempt(self._logger, request, number)
        hooks = self._hooks
        if hooks is not None:
            self._attempt = self._shown(request, number)
            if hooks.before_attempt is not None:
                told = hooks.before_attempt(self._attempt)
                if told is not None:
                    yield Await(told, "before_attempt")
        if self._trace is not None:
            self._trace.start(request, number)
        self._started = perf_counter()

    def after(
        self, request: "Request", outcome: Received | Failed
    ) -> Generator[Await, Any, None]:
        """An attempt has ended."""
        seconds = perf_counter() - self._started
        if self._logger is not None:
            log_outcome(self._logger, request, outcome)
        if self._trace is not None:
            self._trace.end(outcome)
        hooks = self._hooks
        if hooks is not None and hooks.after_reply is not None:
            told = hooks.after_reply(self._reply(outcome, seconds))
            if told is not None:
                yield Await(told, "after_reply")

    def pause(self, request: "Request", seconds: float) -> None:
        """It will be sent again after a wait."""
        if self._logger is not None:
            log_pause(self._logger, request, seconds)

    def broken(self, error: BaseException) -> None:
        """The attempt was given up from outside, as by a cancellation."""
        if self._trace is not None:
            self._trace.broken(error)

    def _shown(self, request: "Request", number: int) -> Attempt:
        binding = self._call.binding
        return Attempt(
            operation=binding.plan.operation.name,
            method=request.method,
            url=binding.redacted(request.shown_url),
            headers=self._redacted(request.headers.items()),
            number=number,
        )

    def _reply(self, outcome: Received | Failed, seconds: float) -> Outcome:
        assert self._attempt is not None
        received = outcome.part if isinstance(outcome, Failed) else outcome
        shown = None if received is None else self._call.response(received)
        return Outcome(
            attempt=self._attempt,
            status_code=None if shown is None else shown.status_code,
            headers={} if shown is None else self._redacted(shown.headers.items()),
            request_id=None if shown is None else shown.request_id,
            problem=outcome.problem if isinstance(outcome, Failed) else None,
            seconds=seconds,
        )

    def _redacted(self, headers: Any) -> dict[str, str]:
        binding = self._call.binding
        secret = _SECRET_HEADERS | binding.secret_headers()
        return {
            name: HIDDEN if name in secret else binding.redacted(value)
            for name, value in headers
        }

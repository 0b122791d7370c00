"""One call: what is sent, when it is sent again, and what the caller gets.

The law of retries lives here, once, without any input or output: ``converse`` is a
generator that yields what is to be done and is sent what came of it.

- What provably never left is sent again, whatever the operation.
- A 429 says that nothing was done: it is sent again, whatever the operation.
- After anything else that may have left, a 408, 5xx or 1xx, a *safe* operation is sent
  again, and so is a *keyed* one, with the same key; 'already done' on a later attempt
  means that an earlier one was ours, and its result is read back.
- An *unsafe* operation is never sent again then; the outcome is unknown, and said so.

Attempts, time and load are bounded: by ``max_retries``, ``Timeout.total`` and the
client's bucket.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from .binding import placed
from .call import Call
from .credentials import hidden
from .errors import (
    APIError,
    APIStatusError,
    AuthenticationError,
    NotFoundError,
    RequestInvalidError,
)
from .exchange import Failed, Received, Request, SentHeaders
from .logs import observer
from .operation import OAuth2ClientCredentials
from .query import with_query
from .reading import FailureWithinSuccessError
from .response import RawResponse
from .security import Await, authenticate

if TYPE_CHECKING:
    from .core import Core
    from .oauth import Turn
    from .observing import Observer
    from .operation import Operation
    from .options import CallOptions

T = TypeVar("T")


class Pause:
    """Asks the sender to wait."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Open:
    """Asks the sender to send, and to leave the body of a success to be read."""

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request


Step: TypeAlias = "Request | Open | Pause | Await | Turn"
Steps: TypeAlias = Generator[Step, Any, T]


def converse(call: Call[T], outcome: Received | Failed | None = None) -> Steps[T]:
    """Carry out a call and return what its method returns.

    ``outcome`` is what came of the first attempt, where a sender has made it already.
    """
    return cast("Steps[T]", _converse(call, outcome, raw=False))


def converse_raw(call: Call[T]) -> Steps[RawResponse[T]]:
    """Carry out a call and return the reply as it came."""
    return cast("Steps[RawResponse[T]]", _converse(call, None, raw=True))


def converse_open(call: Call[T]) -> Steps[Received | RawResponse[object]]:
    """Carry out a call up to the head of its reply.

    Returns the reply, ``Opened``; where the operation was done before, the whole reply
    that was read back.
    """
    return cast(
        "Steps[Received | RawResponse[object]]",
        _converse(call, None, raw=True, opened=True),
    )


def _converse(
    call: Call[Any],
    outcome: Received | Failed | None,
    *,
    raw: bool,
    opened: bool = False,
) -> Steps[object]:
    if call.binding.schemes and outcome is None:
        yield from _authenticated(call)
    if isinstance(outcome, Failed):
        outcome.redact(call.binding.redacted)
    watch = observer(call)
    while True:
        if outcome is None:
            outcome = yield from _attempt(call, watch, opened=opened)
        problem: Failed | APIStatusError
        received = outcome if isinstance(outcome, Received) else call.refusal(outcome)
        if received is None:
            problem = cast(Failed, outcome)
        elif 200 <= received.status < 300:
            if opened:
                return call.opened(received)
            try:
                return call.raw(received) if raw else call.value(received)
            except FailureWithinSuccessError:
                problem = call.status_problem(received)
        else:
            problem = call.status_problem(received)
        outcome = None
        if call.binding.schemes and (yield from _renewed(call, problem)):
            continue
        if not call.was_done_before(problem):
            if call.may_repeat(problem):
                wait = call.wait_before_repeating(received)
                if wait is not None:
                    if watch is not None:
                        watch.pause(call.request, wait)
                    yield from _noted(call, _paused(wait))
                    continue
            if not call.uncertain or call.read is None:
                raise call.final(problem)
        found = yield from _settled(call, problem)
        return found if raw else found.parse()


def _attempt(
    call: Call[Any], watch: "Observer | None", *, opened: bool
) -> Steps[Received | Failed]:
    """Send once, and tell those who look on."""
    request = call.request
    if watch is not None:
        yield from _noted(call, watch.before(request))
    step = call.next_attempt()
    outcome: Received | Failed
    try:
        outcome = yield step if not opened else _without_end(step)
    except BaseException as error:
        if watch is not None:
            watch.broken(error)
        if not isinstance(error, Exception):
            call.note(error)
        raise
    if isinstance(outcome, Failed):
        outcome.redact(call.binding.redacted)
    if watch is not None:
        yield from _noted(call, watch.after(request, outcome))
    return outcome


def _authenticated(call: Call[Any]) -> Steps[None]:
    """Add what is asked for, or computed, anew for each call."""
    request = call.request
    request.headers = SentHeaders(request.headers)
    query = ""
    for scheme in call.binding.schemes:
        if isinstance(scheme, OAuth2ClientCredentials):
            yield from _with_token(call, scheme)
            continue
        place, name, secret = yield from authenticate(scheme, call.core.keyring, call)
        query = placed(request.headers, query, place, name, secret)
    if query:
        request.url = with_query(request.url, query)


def _with_token(
    call: Call[Any], scheme: OAuth2ClientCredentials, stale: str = ""
) -> Steps[None]:
    """Add a token, other than the one that is known as stale."""
    from .oauth import access_token

    token = yield from access_token(
        scheme, call.core, stale, _fetch, converse, call.time_left
    )
    call.request.headers["authorization"] = f"Bearer {token}"


def _renewed(call: Call[Any], problem: Failed | APIStatusError) -> Steps[bool]:
    """Get a new token after a 401, once; whether the call is to be sent again.

    Whoever refuses the token has done nothing, so that any operation may be.
    """
    if call.renewed or not isinstance(problem, AuthenticationError):
        return False
    if problem.status_code != 401 or not call.is_replayable:
        return False
    for scheme in call.binding.schemes:
        if isinstance(scheme, OAuth2ClientCredentials):
            call.renewed = True
            call.allowed += 1
            headers = call.request.headers
            stale = hidden(headers["authorization"].removeprefix("Bearer "))
            try:
                yield from _with_token(call, scheme, stale)
            except APIError:
                if call.uncertain:
                    return False
                raise
            return True
    return False


def _fetch(
    core: "Core",
    operation: "Operation[T]",
    body: object,
    options: "CallOptions",
    at: str,
) -> Call[T]:
    return Call(core, operation, {}, body, options, wired=True, at=at)


def _settled(
    call: Call[Any], problem: Failed | APIStatusError
) -> Steps[RawResponse[object]]:
    """Find out what became of a keyed call: its result, or an error."""
    read = call.read
    if read is None:
        raise call.final(problem)
    try:
        found = yield from converse_raw(call.reading(read))
        found.parse()
    except NotFoundError as error:
        if isinstance(problem, APIStatusError) and call.refuses(problem):
            raise problem from None
        raise call.final(problem) from error
    except (APIError, RequestInvalidError) as error:
        raise call.final(problem) from error
    if not call.is_own(found):
        raise call.final(problem)
    return found


def _noted(call: Call[Any], steps: Steps[None]) -> Steps[None]:
    """Do something between attempts; what ends the call then says what was sent."""
    try:
        yield from steps
    except BaseException as error:
        call.note(error)
        raise


def _paused(seconds: float) -> Steps[None]:
    yield Pause(seconds)


def _without_end(request: Request) -> Open:
    """Leave the time of reading a body to the caller; ``Timeout.read`` holds."""
    request.within = None
    return Open(request)

"""One call: what is sent, when it is sent again, and what the caller gets.

The law of retries lives here, once, without any input or output: ``converse`` is a
generator that yields what is to be done and is sent what came of it.

- What provably never left is sent again, whatever the operation.
- A 429 says that nothing was done: it is sent again, whatever the operation.
- After anything else that may have left, or a 408 or 5xx, a *safe* operation is sent
  again, and so is a *keyed* one, with the same key; 'already done' on a later attempt
  means that an earlier one was ours, and its result is read back.
- An *unsafe* operation is never sent again then; the outcome is unknown, and said so.

Attempts, time and load are bounded: by ``max_retries``, ``Timeout.total`` and the
client's bucket.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from msgspec import UNSET

from .core import Core, placed, with_query
from .credentials import hidden
from .errors import (
    APIError,
    APIStatusError,
    AuthenticationError,
    NotFoundError,
    RequestInvalidError,
    ResponseInvalidError,
)
from .exchange import Failed, Received, Request
from .faults import (
    connection_problem,
    evaluated,
    find_out,
    outcome_unknown,
    status_problem,
)
from .logs import observer
from .operation import Keyed, OAuth2ClientCredentials, Operation, Read, Safe
from .options import DEFAULT, CallOptions, Timeout, as_timeout
from .reading import BROKEN, FailureWithinSuccessError, UnreadableError, exact
from .response import RawResponse, raw_response
from .retry import LONGEST_RETRY_AFTER, backoff, clock, retry_after
from .security import Await, authenticate
from .styles import text

if TYPE_CHECKING:
    from .oauth import Turn

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

_NOTHING_DONE: Final = 429


class Call(Generic[T]):
    """The state of one call."""

    __slots__ = (
        "_contract",
        "_core",
        "_deadline",
        "_renewed",
        "_timeout",
        "allowed",
        "attempts",
        "draft",
        "hooks",
        "operation",
        "uncertain",
    )

    def __init__(
        self,
        core: Core,
        operation: Operation[T],
        arguments: Mapping[str, object],
        body: object,
        options: CallOptions,
        *,
        wired: bool = False,
        at: str | None = None,
    ) -> None:
        timeout = core.timeout
        retries = core.max_retries
        if options:
            chosen = options.get("timeout", DEFAULT)
            timeout = timeout if chosen is DEFAULT else as_timeout(chosen)
            retries = options.get("max_retries", retries)
        self._core = core
        self._contract = core.contract
        self.hooks = core.hooks
        self._timeout = timeout
        self._deadline = None if timeout.total is None else clock.now() + timeout.total
        self.operation = operation
        self.allowed = retries + 1
        self.attempts = 0
        self.draft = core.binding(operation).draft(
            arguments, body, options, timeout, wired=wired, at=at
        )
        self._renewed = False
        self.uncertain = False
        """Whether an attempt may have done what was asked, without our knowing."""

    # Sending

    def authenticated(self) -> Steps[None]:
        """Add what is asked for, or computed, anew for each call."""
        request = self.draft.request
        query = ""
        for scheme in self.draft.binding.schemes:
            if isinstance(scheme, OAuth2ClientCredentials):
                yield from self.with_token(scheme)
                continue
            place, name, secret = yield from authenticate(
                scheme, self._core.keyring, self.draft
            )
            query = placed(request.headers, query, place, name, secret)
        if query:
            request.url = with_query(request.url, query)

    def with_token(
        self, scheme: OAuth2ClientCredentials, stale: str = ""
    ) -> Steps[None]:
        """Add a token, other than the one that is known as stale."""
        from .oauth import access_token

        token = yield from access_token(scheme, self._core, stale, _fetch, converse)
        self.draft.request.headers["authorization"] = f"Bearer {token}"

    def renewed(self, problem: Failed | APIStatusError) -> Steps[bool]:
        """Get a new token after a 401, once; whether the call is to be sent again.

        Whoever refuses the token has done nothing, so that any operation may be.
        """
        if self._renewed or not isinstance(problem, AuthenticationError):
            return False
        if problem.status_code != 401 or not self._replayable:
            return False
        for scheme in self.draft.binding.schemes:
            if isinstance(scheme, OAuth2ClientCredentials):
                self._renewed = True
                self.allowed += 1
                headers = self.draft.request.headers
                stale = hidden(headers["authorization"].removeprefix("Bearer "))
                try:
                    yield from self.with_token(scheme, stale)
                except APIError:
                    if self.uncertain:
                        return False
                    raise
                return True
        return False

    def next_attempt(self) -> Request:
        """Return the request, with the time that it may take."""
        self.attempts += 1
        request = self.draft.request
        if self._deadline is not None and self.attempts > 1:
            left = max(0.001, self._deadline - clock.now())
            attempt = self._timeout.attempt
            request.within = left if attempt is None else min(attempt, left)
        return request

    # Replies

    def value(self, received: Received) -> T:
        """Return what the caller gets for a reply of success.

        Raises:
            FailureWithinSuccessError: the reply says that it failed.
            ResponseInvalidError: the reply breaks the contract.
        """
        plan = self.draft.binding.plan
        status = received.status
        kind = None
        if plan.depends_on_media_type(status):
            kind = received.header("content-type")
        try:
            value = plan.reader(status, kind)(received)
        except UnreadableError as error:
            raise self._invalid(received, str(error)) from error.__cause__
        if self._core.validate_replies:
            self._validate(received)
        if self.attempts > 1 or self._core.bucket.is_low:
            self._core.bucket.success(self.attempts > 1)
        return cast("T", value)

    def opened(self, received: Received) -> Received:
        """Take the head of a success whose body is left to the caller."""
        self._core.bucket.success(self.attempts > 1)
        return received

    def cut_off(self, failed: Failed) -> APIError:
        """Return the error for a body that broke off while the caller read it."""
        self.uncertain = True
        failed.redact(self.draft.binding.redacted)
        return self.final(failed)

    def raw(self, received: Received) -> RawResponse[T]:
        """Return a reply of success as it came; what is wrong with it comes later."""
        try:
            value = self.value(received)
        except ResponseInvalidError as error:
            return self.response(received, _raiser(error))
        return self.response(received, lambda: value)

    def response(
        self, received: Received, parse: Callable[[], T] | None = None
    ) -> RawResponse[T]:
        """Return a reply in the form that callers see."""
        header = self._contract.errors.request_id.lower()
        return raw_response(self.draft.request, received, self.attempts, header, parse)

    def _validate(self, received: Received) -> None:
        check = self.draft.binding.plan.reply_check(received.status)
        if check is None:
            return
        try:
            body = exact.decode(received.content)
        except BROKEN:
            return
        if not check.is_valid(body):
            violations = check.violations(body)
            first = violations[0]
            raise ResponseInvalidError(
                f"the reply breaks the contract in {len(violations)} places, the first "
                f"at {first.pointer or '(body)'}: {first.message}",
                response=self.response(received),
                violations=violations,
            )

    def _invalid(self, received: Received, problem: str) -> ResponseInvalidError:
        message = f"the reply with status {received.status} cannot be read: {problem}"
        if not isinstance(self.operation.retry, Safe):
            way = find_out(self.draft)
            message += f"\n  find out: {way}" if way else ""
        return ResponseInvalidError(message, response=self.response(received))

    # Trouble

    def status_problem(self, received: Received) -> APIStatusError:
        """Return the error that a reply stands for."""
        return status_problem(self.draft, received, self.attempts, self._contract)

    def refusal(self, failed: Failed) -> Received | None:
        """Return the part of a reply that came, where it is an answer nonetheless.

        An error status counts without the rest of its body; a success does not.
        """
        part = failed.part
        if part is None or part.status < 300:
            return None
        part.defect = f"{failed.problem} after {len(part.content)} bytes"
        return part

    def may_repeat(self, problem: Failed | APIStatusError) -> bool:
        """Whether the law allows to send again; notes what may have been done."""
        retry = self.operation.retry
        if isinstance(problem, Failed):
            if problem.unsent:
                return self._replayable
            self.uncertain = True
            return isinstance(retry, (Safe, Keyed)) and self._replayable
        status = problem.status_code
        if status == _NOTHING_DONE:
            return self._replayable
        if status == 408 or status >= 500:
            self.uncertain = True
            return isinstance(retry, (Safe, Keyed)) and self._replayable
        return False

    @property
    def _replayable(self) -> bool:
        content = self.draft.request.content
        return (
            content is None
            or isinstance(content, bytes)
            or getattr(content, "replayable", False) is True
        )

    def wait_before_repeating(self, received: Received | None) -> float | None:
        """Return the seconds to wait; None if the bounds are reached."""
        if self.attempts >= self.allowed:
            return None
        wait = None
        if received is not None:
            wait = retry_after(
                received.header("retry-after-ms"), received.header("retry-after")
            )
        if wait is not None and wait > LONGEST_RETRY_AFTER:
            return None
        wait = max(wait or 0.0, backoff(self.attempts) if not wait else 0.0)
        if self._deadline is not None and clock.now() + wait >= self._deadline:
            return None
        return wait if self._core.bucket.take() else None

    def was_done_before(self, problem: Failed | APIStatusError) -> bool:
        """Whether the provider says 'already done' to what may have been our own."""
        retry = self.operation.retry
        return (
            self.uncertain
            and isinstance(retry, Keyed)
            and isinstance(problem, APIStatusError)
            and problem.code in retry.done
        )

    def final(self, problem: Failed | APIStatusError) -> APIError:
        """Return the error that ends the call."""
        if isinstance(self.operation.retry, Safe) or not self.uncertain:
            if isinstance(problem, Failed):
                return connection_problem(problem)
            return problem
        again = isinstance(self.operation.retry, Keyed) and self._replayable
        allowed = self.allowed if again else self.attempts
        return outcome_unknown(self.draft, problem, self.attempts, allowed)

    def refuses(self, problem: APIStatusError) -> bool:
        """Whether a reply settles that nothing was done by it."""
        status = problem.status_code
        return status < 500 and status not in (401, 403, 408, _NOTHING_DONE)

    @property
    def read(self) -> Read | None:
        """The call that finds out by itself what became of this one."""
        retry = self.operation.retry
        return retry.read if isinstance(retry, Keyed) else None

    def reading(self, read: Read) -> "Call[object]":
        """Return the call that reads the original result back."""
        arguments = {
            name: self.draft.value(expression)
            for name, expression in read.arguments.items()
        }
        body = UNSET if read.body is None else evaluated(read.body, self.draft)
        left = self._timeout
        if self._deadline is not None:
            left = _with_total(left, max(0.001, self._deadline - clock.now()))
        return Call(
            self._core, read.operation, arguments, body, {"timeout": left}, wired=True
        )

    def is_own(self, found: RawResponse[object]) -> bool:
        """Whether what was read back carries the key of this call, if it shows one."""
        retry = self.operation.retry
        assert isinstance(retry, Keyed)
        try:
            shown: object = exact.decode(found.content)
        except BROKEN:
            return True
        name = retry.key.replace(".", "/").rpartition("/")[2]
        key = self.draft.value(retry.key)
        return all(text(value) == text(key) for value in _named(name, shown))


def _named(name: str, shown: object) -> Iterator[object]:
    """Return the members of a name in an object and the objects directly within."""
    if isinstance(shown, dict):
        if isinstance(shown.get(name), (str, int)):
            yield shown[name]
        for inner in shown.values():
            if isinstance(inner, dict) and isinstance(inner.get(name), (str, int)):
                yield inner[name]


def _fetch(
    core: Core, operation: Operation[T], body: object, options: CallOptions, at: str
) -> Call[T]:
    return Call(core, operation, {}, body, options, wired=True, at=at)


def converse(call: Call[T]) -> Steps[T]:
    """Carry out a call and return what its method returns."""
    return cast("Steps[T]", _converse(call, raw=False))


def converse_raw(call: Call[T]) -> Steps[RawResponse[T]]:
    """Carry out a call and return the reply as it came."""
    return cast("Steps[RawResponse[T]]", _converse(call, raw=True))


def converse_open(call: Call[T]) -> Steps[Received | RawResponse[object]]:
    """Carry out a call up to the head of its reply.

    Returns the reply, ``Opened``; where the operation was done before, the whole reply
    that was read back.
    """
    return cast(
        "Steps[Received | RawResponse[object]]", _converse(call, raw=True, opened=True)
    )


def _converse(call: Call[Any], *, raw: bool, opened: bool = False) -> Steps[object]:
    if call.draft.binding.schemes:
        yield from call.authenticated()
    request = call.draft.request
    watch = observer(call, call.hooks)
    while True:
        if watch is not None:
            yield from watch.before(request)
        step = call.next_attempt()
        outcome: Received | Failed
        try:
            outcome = yield step if not opened else _without_end(step)
        except BaseException as error:
            if watch is not None:
                watch.broken(error)
            raise
        if isinstance(outcome, Failed):
            outcome.redact(call.draft.binding.redacted)
        if watch is not None:
            yield from watch.after(request, outcome)
        problem: Failed | APIStatusError
        received = outcome if isinstance(outcome, Received) else call.refusal(outcome)
        if received is None:
            problem = cast(Failed, outcome)
        elif received.status < 300:
            if opened:
                return call.opened(received)
            try:
                return call.raw(received) if raw else call.value(received)
            except FailureWithinSuccessError:
                problem = call.status_problem(received)
        else:
            problem = call.status_problem(received)
        if call.draft.binding.schemes and (yield from call.renewed(problem)):
            continue
        if not call.was_done_before(problem):
            if call.may_repeat(problem):
                wait = call.wait_before_repeating(received)
                if wait is not None:
                    if watch is not None:
                        watch.pause(request, wait)
                    yield Pause(wait)
                    continue
            if not call.uncertain or call.read is None:
                raise call.final(problem)
        found = yield from _settled(call, problem)
        return found if raw else found.parse()


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
    except NotFoundError:
        if isinstance(problem, APIStatusError) and call.refuses(problem):
            raise problem from None
        raise call.final(problem) from None
    except (APIError, RequestInvalidError) as error:
        raise call.final(problem) from error
    if not call.is_own(found):
        raise call.final(problem)
    return found


def _without_end(request: Request) -> Open:
    """Leave the time of reading a body to the caller; ``Timeout.read`` holds."""
    request.within = None
    return Open(request)


def _with_total(timeout: Timeout, total: float) -> Timeout:
    return Timeout(
        connect=timeout.connect,
        read=timeout.read,
        write=timeout.write,
        pool=timeout.pool,
        attempt=timeout.attempt,
        total=total,
    )


def _raiser(error: ResponseInvalidError) -> Callable[[], Any]:
    def parse() -> object:
        raise error

    return parse

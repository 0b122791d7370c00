"""One call: what is sent, what is known of it, and what a reply means for it."""

from collections.abc import Callable, Iterator, Mapping
from os import urandom
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from .errors import APIError, APIStatusError, ResponseInvalidError
from .exchange import Failed, Received, Request
from .faults import (
    connection_problem,
    evaluated,
    find_out,
    given_up,
    outcome_unknown,
    status_problem,
)
from .operation import Keyed, Operation, Read, Safe
from .options import DEFAULT, CallOptions, Timeout, as_timeout, whole_retries
from .pointers import resolve
from .reading import BROKEN, UnreadableError, exact
from .response import RawResponse, raw_response
from .retry import LONGEST_RETRY_AFTER, backoff, clock, retry_after
from .styles import text

if TYPE_CHECKING:
    from .binding import Binding
    from .core import Core

T = TypeVar("T")

NOTHING_DONE: Final = 429


class Call(Generic[T]):
    """The state of one call.

    Raises:
        RequestInvalidError: the arguments break the contract.
        TypeError: an argument has no faithful wire form.
    """

    __slots__ = (
        "_deadline",
        "_timeout",
        "allowed",
        "arguments",
        "attempts",
        "binding",
        "core",
        "operation",
        "payload",
        "renewed",
        "request",
        "uncertain",
    )

    binding: "Binding[T]"
    """The operation, as the client sends it."""

    request: Request
    """What is sent."""

    payload: object
    """Wire form of the body; ``UNSET`` if there is none."""

    attempts: int
    """How often it was sent."""

    allowed: int
    """How often it may be sent."""

    uncertain: bool
    """Whether an attempt may have done what was asked, without our knowing."""

    renewed: bool
    """Whether a refused token was exchanged for a new one."""

    def __init__(
        self,
        core: "Core",
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
            retries = whole_retries(options.get("max_retries", retries))
        total = timeout.total
        self._deadline = None if total is None else clock.now() + total
        self._timeout = timeout
        self.core = core
        self.operation = operation
        self.arguments = arguments
        self.binding = core.bindings.get(operation) or core.binding(operation)
        self.request, self.payload = self.binding.request(
            arguments, body, options, timeout, wired=wired, at=at
        )
        self.allowed = retries + 1
        self.attempts = 0
        self.uncertain = False
        self.renewed = False

    # What was sent

    def sent(self, place: str, wire: str) -> object:
        """Return the wire value of a parameter; ``UNSET`` if it was not sent."""
        parameters = self.binding.plan.parameters
        for parameter in (*parameters.path.parameters, *parameters.query):
            if parameter.place == place and parameter.wire == wire:
                return parameter.wire_value(self.arguments, [])
        return UNSET

    def value_of(self, expression: str) -> object:
        """Return what a runtime expression stands for; ``UNSET`` if for nothing."""
        if not expression.startswith("$"):
            return expression
        if expression == "$unique":
            return urandom(16).hex()
        source, _, pointer = expression.partition("#")
        if source == "$request.body":
            return resolve(self.payload, pointer)
        kind, _, name = source.removeprefix("$request.").partition(".")
        if kind == "header":
            return self.request.headers.get(name.lower(), UNSET)
        return self.sent(kind, name)

    def next_attempt(self) -> Request:
        """Return the request, with the time that it may take."""
        self.attempts += 1
        request = self.request
        if self._deadline is not None:
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
        plan = self.binding.plan
        read = plan.readers.get(received.status) or plan.reader(received)
        try:
            value: Any = read(received)
        except UnreadableError as error:
            raise self._invalid(received, str(error)) from error.__cause__
        core = self.core
        if core.validate_replies:
            self._validate(received)
        if self.attempts > 1 or core.bucket.is_low:
            core.bucket.success(self.attempts > 1)
        return value  # type: ignore[no-any-return]

    def opened(self, received: Received) -> Received:
        """Take the head of a success whose body is left to the caller."""
        self.core.bucket.success(self.attempts > 1)
        return received

    def cut_off(self, failed: Failed) -> APIError:
        """Return the error for a body that broke off while the caller read it."""
        self.uncertain = True
        failed.redact(self.binding.redacted)
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
        header = self.core.contract.errors.request_id.lower()
        return raw_response(self.request, received, self.attempts, header, parse)

    def _validate(self, received: Received) -> None:
        check = self.binding.plan.reply_check(received.status)
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
            way = find_out(self)
            message += f"\n  find out: {way}" if way else ""
        return ResponseInvalidError(message, response=self.response(received))

    # Trouble

    def status_problem(self, received: Received) -> APIStatusError:
        """Return the error that a reply stands for."""
        return status_problem(self, received)

    def refusal(self, failed: Failed) -> Received | None:
        """Return the part of a reply that came, where it is an answer nonetheless.

        An error status counts without the rest of its body; a success does not.
        """
        part = failed.part
        if part is None or 200 <= part.status < 300:
            return None
        part.defect = f"{failed.problem} after {len(part.content)} bytes"
        return part

    def may_repeat(self, problem: Failed | APIStatusError) -> bool:
        """Whether the law allows to send again; notes what may have been done."""
        retry = self.operation.retry
        if isinstance(problem, Failed):
            if problem.unsent:
                return self.is_replayable
            self.uncertain = True
            return isinstance(retry, (Safe, Keyed)) and self.is_replayable
        status = problem.status_code
        if status == NOTHING_DONE:
            return self.is_replayable
        if status == 408 or status >= 500 or status < 200:
            self.uncertain = True
            return isinstance(retry, (Safe, Keyed)) and self.is_replayable
        return False

    @property
    def is_replayable(self) -> bool:
        """Whether the body can be sent again."""
        content = self.request.content
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
        return wait if self.core.bucket.take() else None

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
        return outcome_unknown(self, problem)

    def note(self, error: BaseException) -> None:
        """Note on what ends the call from outside that it may have taken effect."""
        if self.attempts and not isinstance(self.operation.retry, Safe):
            error.add_note(given_up(self))

    def refuses(self, problem: APIStatusError) -> bool:
        """Whether a reply settles that nothing was done by it."""
        if self.was_done_before(problem):
            return False
        status = problem.status_code
        return 200 <= status < 500 and status not in (401, 403, 408, NOTHING_DONE)

    @property
    def read(self) -> Read | None:
        """The call that finds out by itself what became of this one."""
        retry = self.operation.retry
        return retry.read if isinstance(retry, Keyed) else None

    def reading(self, read: Read) -> "Call[object]":
        """Return the call that reads the original result back."""
        arguments = {
            name: self.value_of(expression)
            for name, expression in read.arguments.items()
        }
        body = UNSET if read.body is None else evaluated(read.body, self)
        options: CallOptions = {"timeout": self.time_left()}
        return Call(self.core, read.operation, arguments, body, options, wired=True)

    def time_left(self) -> Timeout:
        """Return the limits for what has to be sent beside the call itself."""
        if self._deadline is None:
            return self._timeout
        return replace(self._timeout, total=max(0.001, self._deadline - clock.now()))

    def is_own(self, found: RawResponse[object]) -> bool:
        """Whether what was read back carries the key of this call, if it shows one."""
        retry = self.operation.retry
        assert isinstance(retry, Keyed)
        try:
            shown: object = exact.decode(found.content)
        except BROKEN:
            return True
        name = retry.key.replace(".", "/").rpartition("/")[2]
        key = self.value_of(retry.key)
        return all(text(value) == text(key) for value in _named(name, shown))


def _named(name: str, shown: object) -> Iterator[object]:
    """Return the members of a name in an object and the objects directly within."""
    if isinstance(shown, dict):
        if isinstance(shown.get(name), (str, int)):
            yield shown[name]
        for inner in shown.values():
            if isinstance(inner, dict) and isinstance(inner.get(name), (str, int)):
                yield inner[name]


def _raiser(error: ResponseInvalidError) -> Callable[[], Any]:
    def parse() -> object:
        raise error

    return parse

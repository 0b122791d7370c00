"""One call: its request, what is known of its outcome, and the retry rules.

- A request that provably was not sent is retried, whatever the operation.
- A 429 says that nothing was done: it is retried, whatever the operation.
- After any other failure that may have reached the provider, a 408, 5xx or 1xx, a *safe*
  operation is retried. So is a *keyed* one if this call carries a key, with the same
  key; "already done" on a later attempt means that an earlier attempt succeeded, and its
  result is read back.
- An *unsafe* operation is then never retried; its outcome is unknown.
- After a redirect that the contract does not describe, nothing is retried; the outcome
  of an operation that is not safe is unknown.

Attempts, time and load are bounded by ``max_retries``, ``Timeout.total`` and the
client's bucket.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from .arguments import BytesEncoder
from .client_core import ClientCore, PreparedOperation, checked_retries
from .conversion import WireTypeError
from .error_mapping import (
    SentCall,
    connection_error,
    given_up,
    keywords,
    outcome_unknown,
    read_answer,
    status_error,
)
from .errors import APIError, APIStatusError, ConfigurationError, ResponseInvalidError
from .operation import Body, Keyed, Operation, Read, Reply, Safe, Unsafe
from .options import DEFAULT, CallOptions, Timeout, as_timeout, check_call_options
from .pointers import FromBody, FromParameter, SentValues
from .response import BROKEN, RawResponse, exact, raw_response
from .retry_policy import LONGEST_RETRY_AFTER, NOTHING_DONE, backoff, clock, retry_after
from .transport_types import Failed, Received, Request, UnreadableError
from .urls import quote_path
from .wire import text

T = TypeVar("T")


class Call(Generic[T]):
    """The state of one call.

    Raises:
        RequestInvalidError: the arguments break the contract.
        TypeError: an argument has no faithful wire form.
    """

    __slots__ = (
        "_arguments",
        "_deadline",
        "_timeout",
        "allowed",
        "attempts",
        "core",
        "operation",
        "payload",
        "prepared",
        "request",
        "token_renewed",
        "uncertain",
    )

    prepared: PreparedOperation[T]
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
    """Whether an attempt may have taken effect without a response that says so."""

    token_renewed: bool
    """Whether a rejected token was replaced."""

    def __init__(
        self,
        core: ClientCore,
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
            check_call_options(options, operation.name, operation.arguments)
            chosen = options.get("timeout", DEFAULT)
            timeout = timeout if chosen is DEFAULT else as_timeout(chosen)
            retries = checked_retries(options.get("max_retries", retries))
        total = timeout.total
        self._deadline = None if total is None else clock.now() + total
        self._timeout = timeout
        self.core = core
        self.operation = operation
        prepared: PreparedOperation[T] | None = core.operations.get(operation)
        self.prepared = prepared = prepared or core.prepared(operation)
        if prepared.generated_key:
            arguments = prepared.with_key(arguments)
        self._arguments = arguments
        try:
            self.request, self.payload = prepared.request(
                arguments, body, options, timeout, wired=wired, at=at
            )
        except UnicodeEncodeError as error:
            raise WireTypeError(
                f"{error.object[error.start]!r} is half of a surrogate pair, which "
                f"cannot be encoded; it is in an argument of {operation.name}"
            ) from None
        self.allowed = retries + 1
        self.attempts = 0
        self.uncertain = False
        self.token_renewed = False

    # Requests

    def next_attempt(self) -> Request:
        """Return the request, with the time that the attempt may take."""
        self.attempts += 1
        request = self.request
        if self._deadline is not None:
            left = self._deadline - clock.now()
            attempt = self._timeout.attempt
            if attempt is None or left < attempt:
                attempt = max(0.001, left)
            request.within = attempt
        return request

    def sent(self) -> SentValues:
        """Return what is sent, as expressions and signatures see it."""
        return SentValues(
            self.payload,
            self.request.headers,
            self.prepared.parameters.values(self._arguments),
        )

    def time_left(self) -> Timeout:
        """Return the limits for a request that has to be sent for this call."""
        if self._deadline is None:
            return self._timeout
        return replace(self._timeout, total=max(0.001, self._deadline - clock.now()))

    # Responses

    def value(self, received: Received) -> T:
        """Return the value of a successful response.

        Raises:
            FailureWithinSuccessError: the response reports a failure.
            ResponseInvalidError: the response breaks the contract.
        """
        prepared = self.prepared
        read = prepared.readers.get(received.status) or prepared.reader(received)
        try:
            value: Any = read(received)
        except UnreadableError as error:
            raise self._unreadable(received, str(error)) from error.__cause__
        core = self.core
        if core.validate_replies:
            self._validate(received)
        if self.attempts > 1 or core.bucket.is_low:
            core.bucket.success(self.attempts > 1)
        return value  # type: ignore[no-any-return]

    def opened(self, received: Received) -> Received | RawResponse[T]:
        """Return a successful response whose body is left to the caller."""
        self.core.bucket.success(self.attempts > 1)
        # A documented redirect was read to its end.
        return received if received.status < 300 else self.response(received)

    def raw(self, received: Received) -> RawResponse[T]:
        """Return a successful response; ``parse`` raises what is wrong with it."""
        try:
            value = self.value(received)
        except ResponseInvalidError as error:
            return self.response(received, _raiser(error))
        return self.response(received, lambda: value)

    def response(
        self, received: Received, parse: Callable[[], T] | None = None
    ) -> RawResponse[T]:
        """Return a response in the form that callers see."""
        header = self.prepared.subject.request_id_header
        return raw_response(self.request, received, self.attempts, header, parse)

    def _validate(self, received: Received) -> None:
        listing = self.prepared.reply_violations(received)
        if listing is None:
            return
        try:
            body = exact.decode(received.content)
        except BROKEN:
            return
        violations = listing(body)
        if violations:
            first = violations[0]
            raise ResponseInvalidError(
                f"the response breaks the contract: {len(violations)} violations, the "
                f"first at {first.pointer or '(body)'}: {first.message}",
                response=self.response(received),
                violations=violations,
            )

    def _unreadable(self, received: Received, problem: str) -> ResponseInvalidError:
        message = f"the response with status {received.status} is invalid: {problem}"
        if not isinstance(self.operation.retry, Safe):
            way = self._find_out(self.sent())
            message += f"\n  find out: {way}" if way else ""
        return ResponseInvalidError(message, response=self.response(received))

    # Failures

    def refusal(self, failed: Failed) -> Received | None:
        """Return the received part of a response if it is an answer nonetheless.

        An error status counts without the rest of its body; a success does not.
        """
        part = failed.part
        if part is None or 200 <= part.status < 300:
            return None
        part.defect = f"{failed.problem} after {len(part.content)} bytes"
        return part

    def status_problem(self, received: Received) -> APIStatusError:
        """Return the error that a response stands for."""
        errors = self.prepared.contract.errors
        return status_error(
            read_answer(received, errors),
            errors,
            self.response(received),
            self.prepared.error_body(received.status, received.content),
            self.prepared.keyring.redacted,
        )

    def cut_off(self, failed: Failed) -> APIError:
        """Return the error for a body that was cut off while the caller read it."""
        self.uncertain = True
        failed.redact(self.prepared.keyring.redacted)
        return self.final(failed)

    def final(self, problem: Failed | APIStatusError) -> APIError:
        """Return the error that ends the call."""
        if isinstance(self.operation.retry, Safe) or not self.uncertain:
            if isinstance(problem, Failed):
                return connection_error(problem)
            return problem
        part = problem.part if isinstance(problem, Failed) else None
        partial: RawResponse[object] | None = None
        if part is not None:
            partial = self.response(part)
        return outcome_unknown(self.described(), problem, partial)

    def note(self, error: BaseException) -> None:
        """Note on an error from elsewhere that the operation may have taken place."""
        if self.attempts and not isinstance(self.operation.retry, Safe):
            error.add_note(given_up(self.described()))

    # Retry rules

    def may_retry(self, problem: Failed | APIStatusError) -> bool:
        """Return whether the retry rules allow another attempt.

        Also keeps track of whether an attempt may have taken effect.
        """
        if isinstance(problem, Failed):
            harmless = problem.unsent
            doubtful = not harmless
        else:
            status = problem.status_code
            harmless = status == NOTHING_DONE
            doubtful = status == 408 or status >= 500 or status < 200
            if 300 <= status < 400:  # what redirects may have acted before
                self.uncertain = True
        if doubtful:
            self.uncertain = True
        return self.is_replayable and (harmless or (doubtful and self._repeatable()))

    def _repeatable(self) -> bool:
        """Return whether repeating what may have taken effect is harmless."""
        return isinstance(self.operation.retry, Safe) or self.keyed() is not None

    def keyed(self) -> Keyed | None:
        """Return the retry class of a keyed operation if this call carries a key."""
        retry = self.operation.retry
        if not isinstance(retry, Keyed):
            return None
        key = self.sent().value(retry.key)
        if isinstance(key, str):
            key = key.strip()
        return None if key in (UNSET, None, "") else retry

    @property
    def is_replayable(self) -> bool:
        """Return whether the body can be sent again."""
        content = self.request.content
        return (
            content is None
            or isinstance(content, bytes)
            or getattr(content, "replayable", False) is True
        )

    def wait_before_retry(self, received: Received | None) -> float | None:
        """Return the seconds to wait; None if a bound is reached."""
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

    # Reading back

    def was_done_before(self, problem: Failed | APIStatusError) -> bool:
        """Return whether "already done" may refer to an earlier attempt."""
        if not self.uncertain or not isinstance(problem, APIStatusError):
            return False
        retry = self.keyed()
        return retry is not None and problem.code in retry.done

    def settles(self, problem: Failed | APIStatusError) -> bool:
        """Return whether a response proves that its attempt did nothing."""
        if not isinstance(problem, APIStatusError) or self.was_done_before(problem):
            return False
        status = problem.status_code
        if status in (401, 403, 408, NOTHING_DONE):
            return False
        return 200 <= status < 300 or 400 <= status < 500

    @property
    def read(self) -> Read | None:
        """Return the operation that finds out the outcome of a keyed call."""
        retry = self.keyed()
        return None if retry is None else retry.read

    def reading(self, read: Read) -> "Call[object]":
        """Return the call that reads the original result back."""
        sent = self.sent()
        arguments = {name: sent.filled(value) for name, value in read.arguments.items()}
        body = UNSET if read.body is None else sent.filled(read.body)
        options: CallOptions = {"timeout": self.time_left()}
        return Call(self.core, read.operation, arguments, body, options, wired=True)

    def is_own(self, reading: "Call[object]", found: RawResponse[object]) -> bool:
        """Return whether an object that was read back has the key of this call.

        The key is compared in the place where the request has it. An object that has no
        key there is not proven to be this call's.
        """
        retry = self.keyed()
        pointer = self.prepared.key_pointer()
        if retry is None or pointer is None:
            return False
        own = self.sent().value(retry.key)
        shown = reading.prepared.value_at(pointer, found.status_code, found.content)
        if isinstance(shown, bool) or not isinstance(shown, (str, int)):
            return False
        return text(shown) == text(own)

    # Descriptions

    def described(self) -> SentCall:
        """Return what error messages say of the call."""
        request, sent = self.request, self.sent()
        path = request.shown_url.partition("://")[2].partition("/")[2].partition("?")[0]
        parts = [f"{request.method} /{path}"]
        retry = self.keyed()
        if retry is not None:
            name = "key"
            if isinstance(retry.key, FromBody) and retry.key.pointer:
                name = retry.key.pointer[-1]
            elif isinstance(retry.key, FromParameter):
                name = retry.key.name
            parts.append(f"{name} {sent.value(retry.key)!r}")
        again = retry is not None and self.is_replayable
        total = self.allowed if again else self.attempts
        parts.append(f"attempt {self.attempts} of {total}")
        return SentCall(self.operation.name, ", ".join(parts), self._find_out(sent))

    def _find_out(self, sent: SentValues) -> str | None:
        """Return the call that finds out the outcome, as one would write it."""
        retry = self.operation.retry
        read = None if isinstance(retry, Safe) else retry.read
        if read is None:
            return None
        operation = read.operation
        shown: list[str] = []
        for parameter in operation.parameters:
            if parameter.name in read.arguments:
                value = sent.filled(read.arguments[parameter.name])
                written = "..." if value is UNSET else repr(value)
                positional = parameter.place == "path"
                shown.append(written if positional else f"{parameter.name}={written}")
        if read.body is not None:
            kind = operation.body.type if operation.body else None
            shown += keywords(sent.filled(read.body), kind)
        return f"client.{operation.name}({', '.join(shown)})"


def _raiser(error: ResponseInvalidError) -> Callable[[], Any]:
    def parse() -> object:
        raise error

    return parse


_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "QUERY", "TRACE"))
"""Methods that only read."""


def raw_request(
    core: ClientCore,
    method: str,
    path: str,
    *,
    query: Mapping[str, object] | None,
    json: object,
    content: bytes | None,
    options: CallOptions,
) -> Call[object]:
    """Return the call of a path below the base URL.

    Raises:
        ConfigurationError: the path is not below the base URL.
        TypeError: ``request`` has no such argument.
    """
    check_call_options(options, "request", lambda: ("query", "json", "content"))
    if "://" in path or path.startswith("//") or "\\" in path:
        raise ConfigurationError(
            f"request() takes a path below {core.base_url or 'the base URL'}, "
            f"got {path!r}"
        )
    path = path if path.startswith("/") else f"/{path}"
    steps = path.partition("?")[0].lower().replace("%2e", ".").split("/")
    if "." in steps or ".." in steps:
        raise ConfigurationError(f"request() takes a plain path, got {path!r}")
    body: object = UNSET
    descriptor = None
    if content is not None:
        body, descriptor = content, Body(
            "application/octet-stream", encoder=BytesEncoder
        )
    elif json is not UNSET:
        body, descriptor = json, Body("application/json")
    operation: Operation[object] = Operation(
        id="",
        name=f"{method.upper()} {quote_path(path)}",
        method=method.upper(),
        path=quote_path(path),
        body=descriptor,
        replies={"2XX": Reply(bytes)},
        accept="application/json",
        retry=Safe() if method.upper() in _SAFE else Unsafe(),
        security=core.contract.required,
    )
    if query:
        options = {
            **options,
            "extra_query": {**query, **options.get("extra_query", {})},
        }
    return Call(core, operation, {}, body, options)

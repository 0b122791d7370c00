"""Everything that a client raises.

    ClientError
    ├── ConfigurationError           the client cannot be made or used like this
    ├── RequestInvalidError          breaks the contract; nothing was sent
    ├── WebhookInvalidError          the message is not from the provider
    └── APIError
        ├── APIConnectionError       no reply; nothing that matters was done
        │   └── APITimeoutError
        ├── APIStatusError           a reply that says no
        │   ├── BadRequestError              400
        │   ├── AuthenticationError          401
        │   ├── PermissionDeniedError        403
        │   ├── NotFoundError                404
        │   ├── ConflictError                409
        │   ├── UnprocessableEntityError     422
        │   ├── RateLimitError               429
        │   └── InternalServerError          5xx
        ├── OutcomeUnknownError      it may have happened
        │   └── OutcomeUnknownStatusError    (also an APIStatusError)
        │       └── OutcomeUnknownServerError    (also an InternalServerError)
        └── ResponseInvalidError     the reply breaks the contract

An ``APIConnectionError`` of an operation that must not be repeated means that nothing
was sent: what may have arrived is an ``OutcomeUnknownError``, which is no connection
error, so that code which repeats after connection errors does nothing twice.

No exception holds the request's headers, or any secret.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from .response import RawResponse
    from .validation import Violation


def _rebuild(cls: "type[ClientError]", state: dict[str, object]) -> "ClientError":
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.args = (error.message,)
    return error


class ClientError(Exception):
    """Root of everything that a client raises."""

    message: str
    """What happened."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(
        self,
    ) -> "tuple[Callable[..., ClientError], tuple[type[Self], dict[str, object]]]":
        return _rebuild, (type(self), self.__dict__.copy())


class ConfigurationError(ClientError):
    """The client cannot be made or used like this; the message says what to change."""


class RequestInvalidError(ClientError):
    """The request breaks the contract; nothing was sent."""

    violations: "tuple[Violation, ...]"
    """Everything that is wrong, each with a pointer into the wire body, a message and
    the provider's own code for it."""

    def __init__(self, violations: "tuple[Violation, ...]") -> None:
        super().__init__(_violation_report(violations))
        self.violations = violations


def _violation_report(violations: "tuple[Violation, ...]") -> str:
    count = len(violations)
    title = f"{count} violation{'s' * (count != 1)}, nothing was sent"
    rows = [(one.pointer or "(body)", one.message, one.code) for one in violations]
    pointers = max((len(pointer) for pointer, _, _ in rows), default=0)
    messages = max((len(message) for _, message, _ in rows), default=0)
    lines = [
        f"  {pointer:<{pointers}}  {message:<{messages}}  {f'({code})' if code else ''}"
        for pointer, message, code in rows
    ]
    return "\n".join([title, *(line.rstrip() for line in lines)])


class WebhookInvalidError(ClientError):
    """The message is not from the provider, is too old, or is not readable."""


class APIError(ClientError):
    """The provider could not be reached, or said no, or said something unreadable."""

    request_id: str | None = None
    """The provider's name for the request, if a reply came and names one."""


# No reply


class APIConnectionError(APIError):
    """There is no reply, and asking again is harmless.

    The operation is safe to repeat, or nothing of the request left this machine.
    """


class APITimeoutError(APIConnectionError):
    """The time that was given ran out."""


# A reply that says no


class APIStatusError(APIError):
    """The provider replied with an error."""

    status_code: int
    """HTTP status."""

    code: str | None
    """The provider's own code, if the reply names one."""

    response: "RawResponse[object]"
    """The whole reply."""

    body: object
    """The error body: typed where the contract types it, else decoded JSON, else text.
    None where it is empty."""

    def __init__(
        self,
        message: str,
        *,
        response: "RawResponse[object]",
        code: str | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message)
        self.status_code = response.status_code
        self.request_id = response.request_id
        self.response = response
        self.code = code
        self.body = body


class BadRequestError(APIStatusError):
    """400: the provider rejects the request."""


class AuthenticationError(APIStatusError):
    """401: the credentials are missing, wrong or expired."""


class PermissionDeniedError(APIStatusError):
    """403: the credentials do not allow this."""


class NotFoundError(APIStatusError):
    """404: there is no such thing."""


class ConflictError(APIStatusError):
    """409: it conflicts with what the provider has."""


class UnprocessableEntityError(APIStatusError):
    """422: the provider understands the request and rejects its content."""


class RateLimitError(APIStatusError):
    """429: too many requests; nothing was done."""


class InternalServerError(APIStatusError):
    """5xx: the provider failed."""


# An outcome that is not known


class OutcomeUnknownError(APIError):
    """It may have happened.

    Do not repeat the call: find out first.
    """

    sent: str
    """What was sent, without secrets: method, path, key, attempts."""

    reached: str
    """How far it got."""

    find_out: str | None
    """The call that finds out; None where the contract names none."""

    partial: "RawResponse[object] | None"
    """As much of the reply as came before it broke off, where that is known."""

    def __init__(
        self,
        message: str,
        *,
        sent: str,
        reached: str,
        find_out: str | None,
        partial: "RawResponse[object] | None" = None,
    ) -> None:
        super().__init__(_outcome_report(message, sent, find_out))
        self.sent = sent
        self.reached = reached
        self.find_out = find_out
        self.partial = partial
        self.request_id = None if partial is None else partial.request_id


def _outcome_report(message: str, sent: str, find_out: str | None) -> str:
    lines = [message, f"  sent: {sent}"]
    if find_out:
        lines.append(f"  find out: {find_out}")
    return "\n".join(lines)


class OutcomeUnknownStatusError(OutcomeUnknownError, APIStatusError):
    """It may have happened, and the reply does not settle it."""

    def __init__(
        self,
        message: str,
        *,
        sent: str,
        reached: str,
        find_out: str | None,
        response: "RawResponse[object]",
        code: str | None = None,
        body: object = None,
    ) -> None:
        APIStatusError.__init__(
            self,
            _outcome_report(message, sent, find_out),
            response=response,
            code=code,
            body=body,
        )
        self.sent = sent
        self.reached = reached
        self.find_out = find_out
        self.partial = None


class OutcomeUnknownServerError(OutcomeUnknownStatusError, InternalServerError):
    """The provider failed with a 5xx, perhaps after it had done what was asked."""


# A reply that breaks the contract


class ResponseInvalidError(APIError):
    """The reply breaks the contract. It is kept whole, so nothing is lost.

    Its status says whether the operation took place: a ``response.status_code`` of
    200 to 299 means that it did.
    """

    response: "RawResponse[object]"
    """The whole reply."""

    violations: "tuple[Violation, ...]"
    """What is wrong, where the reply was held against the contract's validators."""

    def __init__(
        self,
        message: str,
        *,
        response: "RawResponse[object]",
        violations: "tuple[Violation, ...]" = (),
    ) -> None:
        super().__init__(message)
        self.response = response
        self.request_id = response.request_id
        self.violations = violations


STATUS_ERRORS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
"""Error of each status that has one of its own."""


def status_error(status: int) -> type[APIStatusError]:
    """Return the error class of a status."""
    if status >= 500:
        return InternalServerError
    return STATUS_ERRORS.get(status, APIStatusError)

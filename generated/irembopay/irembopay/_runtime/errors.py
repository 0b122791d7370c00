"""Everything that a client raises.

    ClientError
    ├── ConfigurationError           the client cannot be created or used like this
    ├── RequestInvalidError          the request breaks the contract; nothing was sent
    ├── WebhookInvalidError          the message is not from the provider
    └── APIError
        ├── APIConnectionError       no response; it is safe to call again
        │   └── APITimeoutError
        ├── APIStatusError           an error response
        │   ├── BadRequestError              400
        │   ├── AuthenticationError          401
        │   ├── PermissionDeniedError        403
        │   ├── NotFoundError                404
        │   ├── ConflictError                409
        │   ├── UnprocessableEntityError     422
        │   ├── RateLimitError               429
        │   └── InternalServerError          5xx
        ├── OutcomeUnknownError      the operation may have taken place
        │   └── OutcomeUnknownStatusError    (also an APIStatusError)
        │       └── OutcomeUnknownServerError    (also an InternalServerError)
        └── ResponseInvalidError     the response breaks the contract
            └── PaginationError          a list could not be read to its end

For an operation that is not safe to repeat, ``APIConnectionError`` means that nothing
was sent. If the request may have arrived, the error is an ``OutcomeUnknownError``, which
is no connection error, so code that retries connection errors does nothing twice.

No exception holds the request's headers, or any secret.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from .response import RawResponse
    from .validation import Violation


def _rebuild(cls: "type[ClientError]", state: dict[str, object]) -> "ClientError":
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.args = (error.message,)
    return error


class ClientError(Exception):
    """Base class of everything that a client raises."""

    message: str
    """What happened."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(
        self,
    ) -> "tuple[Callable[..., ClientError], tuple[type[Self], dict[str, object]]]":
        return _rebuild, (type(self), self.__dict__.copy())


class ConfigurationError(ClientError):
    """The client cannot be created or used like this; the message says what to change."""


class RequestInvalidError(ClientError):
    """The request breaks the contract; nothing was sent."""

    violations: "tuple[Violation, ...]"
    """All violations, each with a pointer into the wire body, a message and the
    provider's code for it."""

    def __init__(self, violations: "tuple[Violation, ...]" = ()) -> None:
        super().__init__(_violation_report(violations))
        self.violations = violations


def _violation_report(violations: "tuple[Violation, ...]") -> str:
    count = len(violations)
    title = f"{count} violation{'s' * (count != 1)}, nothing was sent"
    rows = [
        (violation.pointer or "(body)", violation.message, violation.code)
        for violation in violations
    ]
    pointers = max((len(pointer) for pointer, _, _ in rows), default=0)
    messages = max((len(message) for _, message, _ in rows), default=0)
    lines = [
        f"  {pointer:<{pointers}}  {message:<{messages}}  {f'({code})' if code else ''}"
        for pointer, message, code in rows
    ]
    return "\n".join([title, *(line.rstrip() for line in lines)])


class WebhookInvalidError(ClientError):
    """The message is not from the provider, is too old, or cannot be read."""


class APIError(ClientError):
    """A call failed after it was prepared."""

    request_id: str | None = None
    """The provider's identifier of the request, if a response has one."""


# No response


class APIConnectionError(APIError):
    """There is no response, and it is safe to call again.

    The operation is safe to repeat, or nothing of the request was sent.
    """


class APITimeoutError(APIConnectionError):
    """A timeout elapsed."""


# An error response


class APIStatusError(APIError):
    """The provider responded with an error."""

    status_code: int
    """HTTP status."""

    code: str | None
    """The provider's code of the error, if the response has one."""

    response: "RawResponse[object]"
    """The response."""

    body: object
    """The error body: typed if the contract describes it, else decoded JSON, else text.
    None if it is empty."""

    _status: ClassVar[int] = 400
    """Status of an error that is made without a response, as tests do."""

    _code: ClassVar[str | None] = None
    """Code of an error that is made without one."""

    def __init__(
        self,
        message: str = "",
        *,
        response: "RawResponse[object] | None" = None,
        code: str | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message)
        response = response or _empty(self._status)
        self.status_code = response.status_code
        self.request_id = response.request_id
        self.response = response
        self.code = self._code if code is None else code
        self.body = body


def _empty(status: int) -> "RawResponse[object]":
    """Return a response without a body, for an error that is made without one."""
    from .response import Headers, RawResponse

    return RawResponse(
        status_code=status,
        headers=Headers([]),
        content=b"",
        method="",
        url="",
        request_id=None,
        attempts=1,
    )


class BadRequestError(APIStatusError):
    """400: the provider rejected the request."""


class AuthenticationError(APIStatusError):
    """401: the credentials are missing, wrong or expired."""

    _status = 401


class PermissionDeniedError(APIStatusError):
    """403: the credentials do not allow this."""

    _status = 403


class NotFoundError(APIStatusError):
    """404: the provider has no such object."""

    _status = 404


class ConflictError(APIStatusError):
    """409: the request conflicts with the provider's state."""

    _status = 409


class UnprocessableEntityError(APIStatusError):
    """422: the provider rejected the content of the request."""

    _status = 422


class RateLimitError(APIStatusError):
    """429: too many requests; nothing was done."""

    _status = 429


class InternalServerError(APIStatusError):
    """5xx: the provider failed."""

    _status = 500


# Unknown outcomes


class OutcomeUnknownError(APIError):
    """The operation may have taken place.

    Do not call again before you have found out.
    """

    sent: str
    """The request, without secrets: method, path, key, attempts."""

    reached: str
    """How far the call got."""

    find_out: str | None
    """The call that finds out; None if the contract names none."""

    partial: "RawResponse[object] | None"
    """What was received of a response that was cut off."""

    def __init__(
        self,
        message: str = "",
        *,
        sent: str = "",
        reached: str = "",
        find_out: str | None = None,
        partial: "RawResponse[object] | None" = None,
    ) -> None:
        super().__init__(_outcome_report(message, sent, find_out))
        self.sent = sent
        self.reached = reached
        self.find_out = find_out
        self.partial = partial
        self.request_id = None if partial is None else partial.request_id


def _outcome_report(message: str, sent: str, find_out: str | None) -> str:
    lines = [message]
    if sent:
        lines.append(f"  sent: {sent}")
    if find_out:
        lines.append(f"  find out: {find_out}")
    return "\n".join(lines)


class OutcomeUnknownStatusError(OutcomeUnknownError, APIStatusError):
    """The operation may have taken place; the response does not tell."""

    def __init__(
        self,
        message: str = "",
        *,
        sent: str = "",
        reached: str = "",
        find_out: str | None = None,
        response: "RawResponse[object] | None" = None,
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
    """The provider failed with a 5xx, possibly after the operation took place."""


# A response that breaks the contract


class ResponseInvalidError(APIError):
    """The response breaks the contract.

    Its status tells whether the operation took place: a ``response.status_code`` of 200
    to 299 means that it did. The whole response is kept.
    """

    response: "RawResponse[object]"
    """The response."""

    violations: "tuple[Violation, ...]"
    """All violations, if the response was validated."""

    def __init__(
        self,
        message: str = "",
        *,
        response: "RawResponse[object] | None" = None,
        violations: "tuple[Violation, ...]" = (),
    ) -> None:
        super().__init__(message)
        response = response or _empty(200)
        self.response = response
        self.request_id = response.request_id
        self.violations = violations


class PaginationError(ResponseInvalidError):
    """A list could not be read to its end: the provider repeats a page.

    The items of all pages before it were returned. ``pages(start=error.token)`` walks on
    from the page that the walk stopped at.
    """

    token: str | int | None
    """Token of the page that the walk stopped at; None for the first."""

    def __init__(
        self,
        message: str = "",
        *,
        token: str | int | None = None,
        response: "RawResponse[object] | None" = None,
    ) -> None:
        super().__init__(message, response=response)
        self.token = token


STATUS_ERRORS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
"""Error class of each status that has one."""

# Tracebacks, logs and pickles name the module that callers import the errors from.
for _error in (
    ConfigurationError,
    RequestInvalidError,
    APIError,
    APIConnectionError,
    APITimeoutError,
    APIStatusError,
    *STATUS_ERRORS.values(),
    InternalServerError,
    OutcomeUnknownError,
    OutcomeUnknownStatusError,
    OutcomeUnknownServerError,
    ResponseInvalidError,
    PaginationError,
    WebhookInvalidError,
):
    _error.__module__ = f"{__name__.rpartition('._runtime.')[0]}.errors"

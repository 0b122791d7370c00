"""From an error response or a failed attempt to the exception that is raised."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from msgspec import Struct

from .error_messages import excerpt, message_of, printable
from .errors import (
    STATUS_ERRORS,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    InternalServerError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
)
from .operation import ErrorRules
from .pointers import resolve
from .response import RawResponse, decoded, json_body
from .transport_types import Failed, Received

_READABLE: Final = 1024 * 1024
"""Largest error body, in bytes, that is searched for a code: decoded JSON takes up to
thirty times as much memory."""


class Answer(Struct, frozen=True):
    """What an error response says."""

    body: object
    code: str | None
    message: str | None


class SentCall(Struct, frozen=True):
    """What error messages say of a call, without secrets."""

    operation: str
    """Name of the method: ``invoices.create``."""

    sent: str
    """What was sent: method, path, key, attempts."""

    find_out: str | None
    """The call that finds out the outcome; None if the contract names none."""


def read_answer(received: Received, errors: ErrorRules) -> Answer:
    """Read an error body of any form, as far as possible."""
    content = received.content
    if not content:
        return Answer(None, None, None)
    kind = received.header("content-type")
    try:
        body = json_body(content if len(content) <= _READABLE else b"", kind)
    except ValueError:
        return Answer(decoded(content[:65536], kind), None, None)
    code = message = None
    for pointer in errors.code:
        found = resolve(body, pointer)
        if isinstance(found, (str, int)) and not isinstance(found, bool):
            code = str(found)
            break
    for pointer in errors.message:
        found = resolve(body, pointer)
        if isinstance(found, str) and found:
            message = found
            break
    return Answer(body, code, message)


def status_error(
    answer: Answer,
    errors: ErrorRules,
    response: RawResponse[object],
    typed: object,
    redacted: Callable[[str], str],
) -> APIStatusError:
    """Return the error for a response.

    Args:
        answer: What the response says.
        errors: The contract's rules for errors.
        response: The response.
        typed: The error body as the contract types it; None if it does not.
        redacted: Returns a text without the client's secrets.
    """
    status = response.status_code
    cls = STATUS_ERRORS.get(status, APIStatusError)
    if status >= 500:
        cls = InternalServerError
    named = errors.classes.get(answer.code) if answer.code else None
    if named:
        by_code = cast(
            type[APIStatusError], getattr(import_module(errors.module), named)
        )
        # A code that is documented for a 2xx says less than a status with a class.
        if cls is APIStatusError or by_code.__base__ is not APIStatusError:
            cls = by_code
    return cls(
        _status_message(answer, response, redacted),
        response=response,
        code=answer.code,
        body=answer.body if typed is None else typed,
    )


def _status_message(
    answer: Answer, response: RawResponse[object], redacted: Callable[[str], str]
) -> str:
    """Return status, code, message, method, path and request id, in one line."""
    status, request_id = response.status_code, response.request_id
    location = response.headers.get("location")
    message = answer.message or message_of(answer.body)
    if status < 200:
        message = message or "the provider switches to another protocol"
    elif status in (300, 301, 302, 303, 307, 308):
        message = message or "redirects are not followed"
        message += f", Location: {location}" if location else ""
    message = message or excerpt(answer.body, redacted)
    title = f"{status} {answer.code}" if answer.code else str(status)
    if not message and not answer.code:
        title = f"{status} {_phrase(status)}".rstrip()
    if 200 <= status < 300:
        title = f"failure in a response with status {title}"
    text = f"{title}: {message}" if message else title
    path = response.url.partition("://")[2].partition("/")[2].partition("?")[0]
    sent = f"{response.method} /{path}"
    sent += f", request {request_id}" if request_id else ""
    return f"{printable(text, redacted)} ({printable(sent, redacted)})"


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def connection_error(failed: Failed) -> APIConnectionError:
    """Return the error for a failure after which it is safe to call again."""
    cls = APITimeoutError if failed.timed_out else APIConnectionError
    sent = "nothing was sent" if failed.unsent else "the operation is safe to repeat"
    error = cls(f"{failed.problem}; {sent}")
    error.__cause__ = failed.cause
    return error


def outcome_unknown(
    call: SentCall, last: Failed | APIStatusError, partial: RawResponse[object] | None
) -> OutcomeUnknownError:
    """Return the error that says what is known, and how to find out the rest.

    Args:
        call: What was sent.
        last: How the last attempt ended.
        partial: What was received of a response that was cut off.
    """
    maybe = _maybe(call.operation)
    if isinstance(last, Failed):
        when = (
            "before it was sent again" if last.unsent else "after the request was sent"
        )
        reached = f"{last.problem} {when}"
        error = OutcomeUnknownError(
            f"{reached}; {maybe}",
            sent=call.sent,
            reached=reached,
            find_out=call.find_out,
            partial=partial,
        )
        error.__cause__ = last.cause
        return error
    cls = (
        OutcomeUnknownServerError
        if last.status_code >= 500
        else OutcomeUnknownStatusError
    )
    unknown = cls(
        f"{last.message}; {maybe}",
        sent=call.sent,
        reached=f"the response was {last.status_code}",
        find_out=call.find_out,
        response=last.response,
        code=last.code,
        body=last.body,
    )
    unknown.__cause__ = last
    return unknown


def given_up(call: SentCall) -> str:
    """Return what is known of a call that was ended by an error from elsewhere."""
    lines = [
        f"{_maybe(call.operation)}: the call ended after the request may have been sent",
        f"  sent: {call.sent}",
    ]
    if call.find_out:
        lines.append(f"  find out: {call.find_out}")
    return "\n".join(lines)


def _maybe(name: str) -> str:
    resource, _, verb = name.rpartition(".")
    thing = resource.rpartition(".")[2].replace("_", " ")
    if verb == "create" and thing.endswith("s") and not thing.endswith("ss"):
        return f"the {thing[:-1]} may exist"
    return f"{name} may have taken place"


def keywords(body: object, kind: object) -> list[str]:
    """Return the members of a wire body as keyword arguments of its method."""
    names: Mapping[str, str] = {}
    if isinstance(kind, type) and issubclass(kind, Struct):
        names = dict(
            zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        )
    members = cast(Mapping[str, object], body)
    return [f"{names.get(wire, wire)}={value!r}" for wire, value in members.items()]

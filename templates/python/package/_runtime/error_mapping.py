"""From an error response or a failed attempt to the exception that is raised."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final, cast

from msgspec import Struct
from msgspec import json as _json

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


_LONGEST: Final = 500
_EXCERPT: Final = 200
_MOST: Final = 3
"""Errors of a list that are shown; of the others, the number is."""

_TEXTS: Final = ("message", "detail", "error_description", "title", "msg", "reason")
"""Members that hold a text about what is wrong, the best first."""

_encode: Final = _json.Encoder(decimal_format="number").encode


def message_of(body: object) -> str:
    """Return what a decoded error body says; empty if nothing is found.

    Known are ``message``, ``detail``, ``error``, ``error_description``, ``errors`` and
    ``title``, and the lists of FastAPI and others that say which member is wrong.
    """
    if not isinstance(body, Mapping):
        return ""
    for member in ("message", "detail"):
        found = _said(body.get(member))
        if found:
            return found
    error, described = _said(body.get("error")), _said(body.get("error_description"))
    if error and described:
        return f"{error}: {described}"
    for found in (
        error,
        described,
        _said(body.get("errors")),
        _said(body.get("title")),
    ):
        if found:
            return found
    return ""


def excerpt(body: object, redacted: Callable[[str], str]) -> str:
    """Return the beginning of an error body, without secrets; empty if there is none."""
    if body is None:
        return ""
    if not isinstance(body, str):
        try:
            body = _encode(body).decode()
        except (TypeError, ValueError, RecursionError):
            return ""
    text = " ".join(redacted(body).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."


def printable(text: str, redacted: Callable[[str], str]) -> str:
    """Return a text without secrets, whose control characters are escaped."""
    text = redacted(text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    if text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _said(value: object) -> str:
    """Return what a member of an error body says."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _said_by(value)
    if isinstance(value, list):
        said = [text for text in map(_said, value[: 4 * _MOST]) if text]
        return _listed(said, len(value))
    return ""


def _said_by(error: Mapping[str, object]) -> str:
    for member in _TEXTS:
        text = error.get(member)
        if isinstance(text, str) and text:
            place = _place(error.get("loc"))
            return f"{place}: {text}" if place else text
    # Errors by the name of the member that is wrong, as Rails and Django write them.
    said = [f"{name}: {text}" for name, text in _by_member(error)]
    return _listed(said, len(error)) if said else ""


def _by_member(error: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, problems in error.items():
        if isinstance(problems, list) and problems and isinstance(problems[0], str):
            yield name, ", ".join(map(str, problems[:_MOST]))


def _place(loc: object) -> str:
    """Return where FastAPI says that an error is: ``body.items.0``."""
    if not isinstance(loc, list):
        return ""
    return ".".join(str(step) for step in loc if isinstance(step, (str, int)))


def _listed(said: list[str], count: int) -> str:
    shown = "; ".join(said[:_MOST])
    return f"{shown}; and {count - _MOST} more" if count > _MOST else shown

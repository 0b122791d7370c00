"""From a reply or a failure to the exception that tells it."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import UNSET, Struct

from .errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
    status_error,
)
from .exchange import Failed, Received
from .operation import Keyed, Safe
from .pointers import resolve, tokens
from .response import RawResponse, decoded, json_body

if TYPE_CHECKING:
    from .call import Call
    from .operation import ContractInfo

_SHOWN: Final = 200
_READABLE: Final = 1024 * 1024
"""Bytes of an error body beyond which its code is not looked for: decoded, it takes up
to thirty times as much memory."""


class Answer:
    """What a reply says about an error."""

    __slots__ = ("body", "code", "message")

    def __init__(self, body: object, code: str | None, message: str | None) -> None:
        self.body = body
        self.code = code
        self.message = message


def answer(received: Received, contract: "ContractInfo") -> Answer:
    """Read an error body of any form, as far as it can be read."""
    content = received.content
    if not content:
        return Answer(None, None, None)
    kind = received.header("content-type")
    try:
        body = json_body(content if len(content) <= _READABLE else b"", kind)
    except ValueError:
        text = decoded(content[:65536], kind)
        return Answer(text, None, None)
    code = message = None
    for pointer in contract.errors.code:
        found = resolve(body, pointer)
        if isinstance(found, (str, int)) and not isinstance(found, bool):
            code = str(found)
            break
    for pointer in contract.errors.message:
        found = resolve(body, pointer)
        if isinstance(found, str) and found:
            message = found
            break
    return Answer(body, code, message)


def status_problem(call: "Call[Any]", received: Received) -> APIStatusError:
    """Return the error that a reply stands for."""
    contract = call.core.contract
    said = answer(received, contract)
    status = received.status
    cls = status_error(status)
    named = contract.errors.classes.get(said.code) if said.code else None
    if named:
        by_code = cast(
            type[APIStatusError], getattr(import_module(contract.errors.module), named)
        )
        # A code that is documented for a 2xx says less than a status with a class.
        if cls is APIStatusError or by_code.__base__ is not APIStatusError:
            cls = by_code
    response: RawResponse[object] = call.response(received)
    typed = call.binding.plan.error_body(status, received.content)
    return cls(
        call.binding.redacted(_status_message(status, said, response.request_id)),
        response=response,
        code=said.code,
        body=said.body if typed is None else typed,
    )


def _status_message(status: int, said: Answer, request_id: str | None) -> str:
    words = said.message or ""
    if not words and isinstance(said.body, str):
        words = " ".join(said.body.split())
        words = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."
    title = f"{status} {said.code}" if said.code else str(status)
    if 200 <= status < 300:
        title = f"failure in a reply with status {title}"
    elif status < 200:
        words = words or "the provider goes over to another protocol"
    elif 300 <= status < 400 and status != 304:
        words = words or "the provider sends elsewhere, which is not followed"
    text = f"{title}: {words}" if words else title
    return f"{text} (request {request_id})" if request_id else text


def connection_problem(failed: Failed) -> APIConnectionError:
    """Return the error for a failure after which repeating is harmless."""
    cls = APITimeoutError if failed.timed_out else APIConnectionError
    sent = "nothing was sent" if failed.unsent else "nothing was changed by it"
    error = cls(f"{failed.problem}; {sent}")
    error.__cause__ = failed.cause
    return error


def outcome_unknown(
    call: "Call[Any]", last: "Failed | APIStatusError"
) -> OutcomeUnknownError:
    """Return the error that says what is known, and how to find out."""
    maybe = _maybe(call.operation.name)
    sent = sent_line(call)
    find = find_out(call)
    if isinstance(last, Failed):
        when = (
            "when it was to be sent again"
            if last.unsent
            else "after the request had been sent"
        )
        reached = f"{last.problem} {when}"
        error = OutcomeUnknownError(
            f"{last.problem} {when}; {maybe}",
            sent=sent,
            reached=reached,
            find_out=find,
            partial=None if last.part is None else call.response(last.part),
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
        sent=sent,
        reached=f"the reply was {last.status_code}",
        find_out=find,
        response=last.response,
        code=last.code,
        body=last.body,
    )
    unknown.__cause__ = last
    return unknown


def given_up(call: "Call[Any]") -> str:
    """Return what is known of a call that something else ended than its outcome."""
    maybe = _maybe(call.operation.name)
    lines = [
        f"{maybe}: the call was given up while the request was under way, or after it",
        f"  sent: {sent_line(call)}",
    ]
    find = find_out(call)
    return "\n".join([*lines, f"  find out: {find}"] if find else lines)


def _maybe(name: str) -> str:
    resource, _, verb = name.rpartition(".")
    thing = resource.rpartition(".")[2].replace("_", " ")
    if verb == "create" and thing.endswith("s") and not thing.endswith("ss"):
        return f"the {thing[:-1]} may exist"
    return f"{name} may have taken place"


def sent_line(call: "Call[Any]") -> str:
    """Return what was sent, without secrets."""
    request = call.request
    path = request.shown_url.partition("://")[2].partition("/")[2].partition("?")[0]
    parts = [f"{request.method} /{path}"]
    retry = call.operation.retry
    if isinstance(retry, Keyed):
        key = call.value_of(retry.key)
        if key is not UNSET:
            name = tokens(retry.key.replace(".", "/").partition("#")[2] or retry.key)[
                -1
            ]
            parts.append(f"{name} {key!r}")
    again = isinstance(call.operation.retry, Keyed) and call.is_replayable
    parts.append(
        f"attempt {call.attempts} of {call.allowed if again else call.attempts}"
    )
    return ", ".join(parts)


def find_out(call: "Call[Any]") -> str | None:
    """Return the call that finds out, as one would write it."""
    retry = call.operation.retry
    read = None if isinstance(retry, Safe) else retry.read
    if read is None:
        return None
    operation = read.operation
    shown: list[str] = []
    for parameter in operation.parameters:
        if parameter.name in read.arguments:
            value = call.value_of(read.arguments[parameter.name])
            text = "..." if value is UNSET else repr(value)
            positional = parameter.place == "path"
            shown.append(text if positional else f"{parameter.name}={text}")
    if read.body is not None:
        kind = operation.body.type if operation.body else None
        shown += _keywords(evaluated(read.body, call), kind)
    return f"client.{operation.name}({', '.join(shown)})"


def _keywords(body: object, kind: object) -> list[str]:
    names: Mapping[str, str] = {}
    if isinstance(kind, type) and issubclass(kind, Struct):
        names = dict(
            zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        )
    members = cast(Mapping[str, object], body)
    return [f"{names.get(wire, wire)}={value!r}" for wire, value in members.items()]


def evaluated(template: object, call: "Call[Any]") -> object:
    """Return a wire body with its expressions replaced by what they stand for."""
    if isinstance(template, str):
        return call.value_of(template)
    if isinstance(template, Mapping):
        members = {key: evaluated(item, call) for key, item in template.items()}
        return {key: item for key, item in members.items() if item is not UNSET}
    if isinstance(template, (list, tuple)):
        return [evaluated(item, call) for item in template]
    return template

"""An operation, worked out: done with its first call, used by all later ones."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar, cast

from msgspec import json as _json

from .bodies import BodyPlan
from .checks import Check, load_check
from .exchange import Received
from .operation import ContractInfo, Operation, Reply
from .parameters import ParametersPlan
from .reading import BROKEN, ReadReply, decoder, reader

T = TypeVar("T")

_UNDOCUMENTED: Final = Reply()


class Plan(Generic[T]):
    """How an operation is sent and its replies are read."""

    __slots__ = (
        "_checks",
        "_contract",
        "_errors",
        "body",
        "operation",
        "parameters",
        "readers",
    )

    def __init__(self, operation: Operation[T], contract: ContractInfo) -> None:
        anonymous = cast(Operation[object], operation)
        self.operation = operation
        self.parameters = ParametersPlan(anonymous, contract.validators)
        body = operation.body
        self.body = None if body is None else BodyPlan(body, contract.validators)
        self._contract = contract
        self.readers: dict[int, ReadReply] = {}
        """What reads replies by status, where the status alone decides."""

        self._checks: dict[int, Check | None] = {}
        self._errors: dict[int, _json.Decoder[Any] | None] = {}

    def reader(self, received: Received) -> ReadReply:
        """Return what reads a reply of success; see ``readers`` first."""
        status = received.status
        documented = _documented(self.operation.replies, status)
        failure = self._contract.errors.failure
        if isinstance(documented, tuple):
            kind = received.header("content-type")
            return reader(_of_type(documented, kind), failure)
        read = self.readers[status] = reader(documented, failure)
        return read

    def reply_check(self, status: int) -> Check | None:
        """Return the validators of the whole body of a reply, if there are any."""
        if status not in self._checks:
            documented = _documented(self.operation.replies, status)
            reply = documented[0] if isinstance(documented, tuple) else documented
            self._checks[status] = load_check(
                self._contract.validators, reply.is_valid, reply.violations
            )
        return self._checks[status]

    def error_body(self, status: int, content: bytes) -> object:
        """Return a typed error body; None where the contract types none that fits."""
        if status not in self._errors:
            kind = _by_status(self.operation.errors, status)
            self._errors[status] = None if kind is None else decoder(kind)
        typed = self._errors[status]
        if typed is None:
            return None
        try:
            return cast(object, typed.decode(content))
        except BROKEN:
            return None


def _documented(
    replies: "Mapping[int | str, Reply | tuple[Reply, ...]]", status: int
) -> Reply | tuple[Reply, ...]:
    found = _by_status(replies, status)
    if found is not None:
        return cast(Reply | tuple[Reply, ...], found)
    for other, reply in replies.items():
        if str(other).startswith("2"):
            return reply  # a success that the contract lists under another status
    return _UNDOCUMENTED


def _by_status(table: "Mapping[int | str, object]", status: int) -> object:
    for key in (status, f"{status // 100}XX", "default"):
        if key in table:
            return table[key]
    return None


def _of_type(replies: tuple[Reply, ...], media_type: str | None) -> Reply:
    essence = (media_type or "").partition(";")[0].strip().lower()
    for reply in replies:
        if reply.media_type.lower() == essence:
            return reply
    return replies[0]

"""An operation, worked out: done with its first call, used by all later ones."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar, cast

from msgspec import json as _json

from .bodies import BodyPlan
from .checks import Check, load_check
from .operation import ContractInfo, Operation, Reply
from .parameters import ParametersPlan
from .reading import BROKEN, Reader, decoder

T = TypeVar("T")

_UNDOCUMENTED: Final = Reply()


class Plan(Generic[T]):
    """How an operation is sent and its replies are read."""

    __slots__ = (
        "_checks",
        "_contract",
        "_errors",
        "_readers",
        "body",
        "operation",
        "parameters",
    )

    def __init__(self, operation: Operation[T], contract: ContractInfo) -> None:
        anonymous = cast(Operation[object], operation)
        self.operation = operation
        self.parameters = ParametersPlan(anonymous, contract.validators)
        body = operation.body
        self.body = None if body is None else BodyPlan(body, contract.validators)
        self._contract = contract
        self._readers: dict[int, tuple[Reply, Reader]] = {}
        self._checks: dict[int, Check | None] = {}
        self._errors: dict[int, _json.Decoder[Any] | None] = {}

    def reader(self, status: int, media_type: str | None = None) -> Reader:
        """Return the reader of replies of success with a status."""
        found = self._readers.get(status)
        if found is not None:
            return found[1]
        documented = _documented(self.operation.replies, status)
        if isinstance(documented, tuple):
            return Reader(
                _of_type(documented, media_type), self._contract.errors.failure
            )
        reader = Reader(documented, self._contract.errors.failure)
        self._readers[status] = (documented, reader)
        return reader

    def depends_on_media_type(self, status: int) -> bool:
        """Whether the Content-Type decides what a reply is."""
        return status not in self._readers and isinstance(
            _documented(self.operation.replies, status), tuple
        )

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

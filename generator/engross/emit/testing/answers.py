"""What the emitted tests call, and how their server answers."""

from __future__ import annotations

from collections.abc import Iterable

from engross.contract.ir import (
    Kind,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Parameter,
    Primitive,
    Ref,
    Reply,
    RetryMode,
    Type,
    Union,
    UnionType,
)
from engross.contract.media_types import is_named_json
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.emit.operations import status_code
from engross.emit.testing.example_file import Shown
from engross.emit.testing.example_filler import NOTHING
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import items, part_of, value_at
from engross.layout import WIDTH, Expression, Group, flat, lay_out, string

_CONTENT = "content of a file"


def optional_parameters(operation: Operation) -> list[Parameter]:
    """Parameters that a plain documented call leaves out."""
    return [
        each
        for each in operation.parameters
        if not each.constant
        and each.example is not NOTHING
        and (not each.required or each.default is not None)
    ]


def sent_by(sender: str, call: Group) -> str:
    """`result = send(lambda client: ...)` for a function's body."""
    line = f"{sender}(lambda client: {flat(call)})"
    if len(line) + 4 <= WIDTH:
        return line
    inner = lay_out(call, indent=8, before="lambda client: ")
    return f"{sender}(\n        {inner}\n    )"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of success, as a test lets its server give it.

    Attributes:
        statement: makes the server answer it; an example is in the variable `reply`.
        status: HTTP status.
        shown: the example that is answered, if there is one.
        steps: where in it is what the caller gets.
        expected: source of the JSON value that the caller gets, if it is JSON.
        value: source of the very value that the caller gets, if it is not.
        is_null: whether the caller gets null.
    """

    statement: str
    status: int
    shown: Shown | None = None
    steps: tuple[str, ...] = ()
    expected: str | None = None
    value: str | None = None
    is_null: bool = False

    @property
    def returns(self) -> bool:
        """Whether the caller gets anything."""
        return self.expected is not None or self.value is not None


def answer_to(operation: Operation, scope: Scope) -> Answer:
    """How the server answers an operation when all is well: as documented, if it is."""
    successes = operation.successes
    for reply in successes:
        shown = scope.example_file.reply(operation, reply.status)
        if shown is not None and reply.result not in (None, Primitive(Kind.BINARY)):
            status = status_code(reply.status, operation)
            shows = shows_its_form(reply.result, scope.names)
            media_type = reply.media_type or ""
            is_told_apart = bool(reply.others) and is_named_json(media_type)
            kind = [f"content_type={string(media_type)}"] if is_told_apart else []
            return Answer(
                statement=_answer(str(status), "reply", *kind),
                status=status,
                shown=shown,
                steps=reply.unwrap,
                expected=part_of("reply", reply.unwrap) if shows else None,
                is_null=value_at(shown.value, reply.unwrap) is None,
            )
    for reply in successes:
        return _bare_answer(reply, status_code(reply.status, operation))
    return Answer(_answer("204"), 204)


def _bare_answer(reply: Reply, status: int) -> Answer:
    """An answer for which the contract shows nothing."""
    if reply.result is None:
        return Answer(_answer("204" if status == 200 else str(status)), status)
    content = f"content=b{string(_CONTENT)}"
    kind = f"content_type={string(reply.media_type or 'application/octet-stream')}"
    if reply.result == Primitive(Kind.BINARY):
        statement = _answer(str(status), content, kind)
        return Answer(statement, status, value=f"b{string(_CONTENT)}")
    if reply.result == Primitive(Kind.STRING):
        statement = _answer(str(status), content, kind)
        return Answer(statement, status, value=string(_CONTENT))
    payload = '{"kept": [1]}'
    return Answer(_answer(str(status), payload), status, expected=payload)


def _answer(*arguments: Expression) -> str:
    return lay_out(Group("server.answer(", items(*arguments), ")"), indent=4)


def shows_its_form(
    type_: Type | None, names: PythonNames, seen: frozenset[Ref] = frozenset()
) -> bool:
    """Whether a value that a call returns shows how it was sent.

    Outside of models, nothing says whether a Decimal was text.
    """
    match type_:
        case Primitive(Kind.DECIMAL_TEXT):
            return False
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            return shows_its_form(inner, names, seen)
        case Union(members):
            return all(shows_its_form(each, names, seen) for each in members)
        case Ref() if type_ not in seen:
            definition = names.definition(type_)
            members = definition.members if isinstance(definition, UnionType) else ()
            return all(shows_its_form(each, names, seen | {type_}) for each in members)
        case _:
            return True


def result_class(type_: Type | None, names: PythonNames) -> str:
    """The model that a call returns, if it is one."""
    if isinstance(type_, Nullable):
        type_ = type_.inner
    if isinstance(type_, Ref) and isinstance(names.definition(type_), Model):
        return names.class_of(type_)
    return ""


def simplest(operations: Iterable[Operation]) -> Operation | None:
    """The operation that is easiest to call: safe to repeat if possible, with few arguments."""
    order = (RetryMode.SAFE, RetryMode.UNSAFE, RetryMode.KEYED)

    def effort(operation: Operation) -> tuple[bool, int, int]:
        required = sum(each.required for each in operation.arguments)
        paged = operation.pagination is not None
        return paged, order.index(operation.retry.mode), required

    return min(operations, key=effort, default=None)

"""The methods of a client: what they do, and whether they may be repeated."""

from __future__ import annotations

from collections.abc import Iterable

from engross.contract.ir import (
    Contract,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Ref,
    Type,
    Union,
)
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, paragraph, prose, table
from engross.source import Location

_MOST_SHOWN = 12
_MOST_NAMED = 40

_UNKNOWN = "The contract does not say that a repeat does no harm."


def shown(contract: Contract) -> tuple[Operation, ...]:
    """The methods that the README calls: all of a small contract, some of a large one."""
    return contract.operations[:_MOST_SHOWN]


def first(operations: Iterable[Operation]) -> Operation | None:
    """The method to begin with: one with a documented request, and a result."""

    def rank(operation: Operation) -> tuple[bool, bool, bool]:
        documented = any(each.documented for each in operation.request_examples)
        sends = operation.body is not None and documented
        return operation.docs.deprecated, not sends, operation.result is None

    return min(operations, key=rank, default=None)


def simplest(operations: Iterable[Operation], *, safe: bool) -> Operation | None:
    """The method that takes least to call, of those that may be repeated or of the others."""

    def rank(operation: Operation) -> tuple[bool, bool, bool, bool, int]:
        return (
            operation.docs.deprecated,
            (operation.retry.mode == "safe") is not safe,
            operation.result is None,
            operation.pagination is not None,
            sum(each.required for each in operation.arguments),
        )

    return min(operations, key=rank, default=None)


def methods(contract: Contract, names: PythonNames) -> str:
    """Every method with its HTTP call."""
    return table(
        ("Method", "What it does", "HTTP call", "Repeating"),
        (
            (
                code(_signature(each, names)),
                _summary(each) or code(each.label),
                code(f"{each.http_method} {each.path}"),
                each.retry.mode,
            )
            for each in contract.operations
        ),
    )


def repeating(contract: Contract, names: PythonNames) -> str:
    """What the contract says on repeating; methods of which it says the same stand together."""
    by_id = {
        each.operation_id: names.method(each)
        for each in contract.operations
        if each.operation_id is not None
    }
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in contract.operations:
        key = _mode(each), _reason(each), code(_reader(each, by_id))
        groups.setdefault(key, []).append(names.method(each))
    rows = [(_named(listed), *key) for key, listed in groups.items()]
    headings = ("Method", "Repeating", "Because", "How to find out")
    if any(row[-1] for row in rows):
        return table(headings, rows)
    return table(headings[:-1], (row[:-1] for row in rows))


def _named(methods: list[str]) -> str:
    more = len(methods) - _MOST_NAMED
    text = codes(methods[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def success_status(operation: Operation) -> int:
    """The status of the reply that a call returns from."""
    shown = [status for status, _ in operation.reply_examples]
    declared = [each.status for each in operation.replies]
    status = next((each for each in (*shown, *declared) if each.startswith("2")), "")
    return int(status) if status.isdigit() else 200


def takes_objects(contract: Contract) -> bool:
    """Whether any argument is an object, or holds one."""
    models = {each.at for each in contract.definitions if isinstance(each, Model)}
    return any(
        _holds(each.type, models)
        for operation in contract.operations
        for each in operation.arguments
    )


def _holds(type_: Type, models: set[Location]) -> bool:
    match type_:
        case Ref(at):
            return at in models
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return _holds(inner, models)
        case Union(members):
            return any(_holds(each, models) for each in members)
    return False


def has_placeholders(operation: Operation | None) -> bool:
    """Whether the first documented request holds texts that a caller has to fill in."""
    examples = operation.request_examples if operation is not None else ()
    return any("{{" in str(each.value) for each in examples[:1])


def _signature(operation: Operation, names: PythonNames) -> str:
    """Return the method with the arguments that it needs."""
    by_id = {
        each.id: names.argument(operation, each.id) for each in operation.arguments
    }
    positional = [by_id[each.id] for each in operation.arguments if each.positional]
    named = [each for each in operation.arguments if not each.positional]
    required = [by_id[each.id] for each in named if each.required]
    star = ["*"] if required else []
    more = ["..."] if len(required) < len(named) else []
    listed = ", ".join([*positional, *star, *required, *more])
    return f"{names.method(operation)}({listed})"


def _summary(operation: Operation) -> str:
    docs = operation.docs
    text = prose(sentence(docs.summary)) or paragraph(docs.description)
    return f"Deprecated. {text}".strip() if docs.deprecated else text


def _mode(operation: Operation) -> str:
    retry = operation.retry
    if retry.mode == "keyed" and retry.key is not None:
        return f"keyed by {code(retry.key.label)}"
    return retry.mode


def _reason(operation: Operation) -> str:
    unsaid = _UNKNOWN if operation.retry.mode == "unsafe" else "The contract says so."
    return prose(sentence(operation.retry.because)) or unsaid


def _reader(operation: Operation, by_id: dict[str, str]) -> str:
    read = operation.retry.read
    return by_id.get(read.operation, "") if read is not None else ""

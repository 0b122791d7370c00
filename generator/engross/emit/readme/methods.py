"""The methods of a client: what they do, and when they are retried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from engross.contract.ir import (
    Contract,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Ref,
    RetryMode,
    Type,
    Union,
)
from engross.contract.openapi import SAFE_METHODS
from engross.emit.documentation import meaning, sentence
from engross.emit.naming import PythonNames
from engross.emit.operations import status_code
from engross.emit.readme.markdown import code, codes, paragraph, prose, table
from engross.emit.readme.snippets import is_streamed
from engross.source import Location

_MOST_SHOWN = 12
_MOST_NAMED = 40

_SENTENCES = re.compile(r"(?<=[\w)`>][.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z])")
"""What is between two sentences."""

_UNKNOWN = "Not documented as safe to repeat."


def shown(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the methods that the README calls: all, or the first of many."""
    return tuple(islice(operations, _MOST_SHOWN))


def first(operations: Iterable[Operation]) -> Operation | None:
    """Return the method to begin with: one with a documented request, and a result.

    If there is none, it is one that reads something, with the fewest arguments.
    """

    def rank(operation: Operation) -> tuple[bool, bool, bool, bool, int]:
        documented = any(each.documented for each in operation.request_examples)
        sends = operation.body is not None and documented
        return (
            operation.docs.deprecated,
            not sends,
            operation.result is None,
            not sends and operation.retry.mode is not RetryMode.SAFE,
            0 if sends else sum(each.required for each in operation.arguments),
        )

    return min(operations, key=rank, default=None)


def simplest(operations: Iterable[Operation], *, safe: bool) -> Operation | None:
    """Return the method with the fewest arguments, if possible one (not) safe to retry."""

    def rank(operation: Operation) -> tuple[bool, bool, bool, bool, int]:
        return (
            operation.docs.deprecated,
            (operation.retry.mode is RetryMode.SAFE) is not safe,
            operation.result is None,
            operation.pagination is not None,
            sum(each.required for each in operation.arguments),
        )

    return min(operations, key=rank, default=None)


def easiest(operations: Iterable[Operation]) -> Operation | None:
    """Return the method to try first: it reads something and needs as little as possible."""

    def rank(operation: Operation) -> tuple[bool, bool, bool, bool, int]:
        return (
            operation.docs.deprecated,
            operation.retry.mode is not RetryMode.SAFE,
            operation.result is None or is_streamed(operation),
            bool(operation.security) and () not in operation.security,
            sum(each.required for each in operation.arguments),
        )

    return min(operations, key=rank, default=None)


def methods(contract: Contract, names: PythonNames) -> str:
    """Return the table of methods."""
    return table(
        ("Method", "Description", "HTTP request", "Retries"),
        (
            (
                code(_signature(operation, names)),
                _summary(operation, brief=contract.is_large) or code(operation.label),
                code(f"{operation.http_method} {operation.path}"),
                operation.retry.mode,
            )
            for operation in contract.operations
        ),
    )


def retries(contract: Contract, names: PythonNames) -> str:
    """Return the table of retry classes; methods with the same reason share a row."""
    by_id = {
        operation.operation_id: names.method(operation)
        for operation in contract.operations
        if operation.operation_id is not None
    }
    groups: dict[tuple[str, str, str], list[str]] = {}
    for operation in contract.operations:
        key = _mode(operation), _reason(operation), code(_reader(operation, by_id))
        groups.setdefault(key, []).append(names.method(operation))
    rows = [(_named(listed), *key) for key, listed in groups.items()]
    headings = ("Method", "Retries", "Reason", "Check the outcome with")
    if any(row[-1] for row in rows):
        return table(headings, rows)
    return table(headings[:-1], (row[:-1] for row in rows))


def _named(methods: list[str]) -> str:
    more = len(methods) - _MOST_NAMED
    text = codes(methods[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def success_status(operation: Operation) -> int:
    """Return the status of a successful response."""
    status = next((each.status for each in operation.successes), "204")
    return status_code(status, operation)


def takes_objects(contract: Contract) -> bool:
    """Return whether any argument is or contains an object."""
    models = {each.at for each in contract.definitions if isinstance(each, Model)}
    return any(
        _holds(argument.type, models)
        for operation in contract.operations
        for argument in operation.arguments
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
    """Return whether the first documented request has placeholders to fill in."""
    examples = operation.request_examples if operation is not None else ()
    return any("{{" in str(each.value) for each in examples[:1])


def _signature(operation: Operation, names: PythonNames) -> str:
    """Return the method with its required arguments."""
    arguments = operation.arguments
    by_id = {each.id: names.argument(operation, each.id) for each in arguments}
    positional = [by_id[each.id] for each in arguments if each.positional]
    named = [argument for argument in arguments if not argument.positional]
    required = [by_id[each.id] for each in named if each.required]
    star = ["*"] if required else []
    more = ["..."] if len(required) < len(named) else []
    listed = ", ".join([*positional, *star, *required, *more])
    return f"{names.method(operation)}({listed})"


def _summary(operation: Operation, *, brief: bool) -> str:
    docs = operation.docs
    text = prose(sentence(docs.summary)) or paragraph(docs.description)
    if brief:
        text = _SENTENCES.split(text, maxsplit=1)[0]
    return f"Deprecated. {text}".strip() if docs.deprecated else text


def _mode(operation: Operation) -> str:
    retry = operation.retry
    if retry.mode is RetryMode.KEYED and retry.key is not None:
        generated = ", a UUID if it is not given" if retry.generates_key else ""
        return f"keyed by {code(retry.key.label)}{generated}"
    return retry.mode


def _reason(operation: Operation) -> str:
    fallback = "Documented as safe to repeat."
    if operation.retry.mode is RetryMode.UNSAFE:
        fallback = _UNKNOWN
    elif operation.http_method in SAFE_METHODS:
        fallback = f"{operation.http_method} only reads."
    return prose(sentence(operation.retry.because)) or fallback


def _reader(operation: Operation, by_id: dict[str, str]) -> str:
    read = operation.retry.read
    return by_id.get(read.operation, "") if read is not None else ""


def response_headers(contract: Contract) -> str:
    """Return the table of documented headers of responses."""
    return table(
        ("Header", "Meaning"),
        (
            (code(name), prose(meaning(docs)))
            for name, docs in contract.response_headers
        ),
    )

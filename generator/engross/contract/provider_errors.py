"""How the provider reports failures, and which of them each operation can raise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from engross.contract.facts import (
    Facts,
    entries,
    mapping,
    optional_text,
    pointer,
    sequence,
    text,
)
from engross.contract.ir import (
    Errors,
    Failure,
    Operation,
    OperationId,
    ProviderError,
    type_of_json,
)
from engross.contract.openapi import status_keys
from engross.contract.origins import Origins
from engross.schema.reader import Graph
from engross.source import Location


def provider_errors(own: Facts, origins: Origins) -> Errors:
    """Return what `errors` in the `x-engross` object of the document says."""
    errors = mapping(own.get("errors"))
    failure = mapping(errors.get("failure"))
    return Errors(
        code=tuple(map(pointer, sequence(errors.get("code")))),
        message=tuple(map(pointer, sequence(errors.get("message")))),
        failure=_failure(failure) if failure else None,
        request_id_header=optional_text(
            mapping(errors.get("request_id")).get("header")
        ),
        classes=tuple(_classes(errors, origins)),
    )


def _classes(errors: Facts, origins: Origins) -> Iterator[ProviderError]:
    for code, facts in entries(errors.get("codes")):
        status = facts.get("status")
        yield ProviderError(
            code=code,
            explicit=optional_text(facts.get("exception")),
            status=status if isinstance(status, int) else None,
            meaning=text(facts.get("meaning")),
            provenance=origins.provenance(facts),
            operations=tuple(map(str, sequence(facts.get("operations")))),
        )


def with_errors(
    operations: Sequence[Operation], errors: Iterable[ProviderError], graph: Graph
) -> tuple[Operation, ...]:
    """Return the operations, each with the provider's errors that it can raise.

    An operation must document the status of an error. Beyond that, the author may name the
    operations that report a code. Otherwise a code that a request schema or `retry.done`
    names belongs to the operations that name it, and any other code to all operations.
    """
    known = tuple(errors)
    if not known:
        return tuple(operations)
    codes = {
        operation.id: {*operation.retry.done, *_request_codes(operation, graph)}
        for operation in operations
    }
    claimed = {code for named in codes.values() for code in named}
    return tuple(
        replace(
            operation,
            errors=tuple(
                error
                for error in known
                if _documents_status(operation, error.status)
                and _reports(operation, error, codes, claimed)
            ),
        )
        for operation in operations
    )


def _reports(
    operation: Operation,
    error: ProviderError,
    codes: Mapping[OperationId, Set[str]],
    claimed: Set[str],
) -> bool:
    if error.operations:
        return operation.operation_id in error.operations
    return error.code in codes[operation.id] or error.code not in claimed


def _documents_status(operation: Operation, status: int | None) -> bool:
    if status is None:
        return True
    documented = {response.status.upper() for response in operation.replies}
    return not documented.isdisjoint(status_keys(status)) or (
        status < 300 and any(name.startswith("2") for name in documented)
    )


def _request_codes(operation: Operation, graph: Graph) -> Iterator[str]:
    """Yield the codes that the schemas of a request have for violations."""
    body = operation.body.schema if operation.body else None
    places = (body, *(parameter.schema for parameter in operation.parameters))
    waiting = [graph.enter(place) for place in places if isinstance(place, Location)]
    seen = set(waiting)
    while waiting:
        schema = graph[waiting.pop()]
        yield from (schema.codes or {}).values()
        yield from (rule.code for rule in schema.rules if rule.code is not None)
        fresh = set(schema.children()) - seen
        seen |= fresh
        waiting += fresh


def _failure(facts: Facts) -> Failure:
    return Failure(
        at=pointer(facts.get("at")), equals=tuple(_scalars(facts.get("equals")))
    )


def _scalars(value: object) -> Iterator[type_of_json]:
    for scalar in sequence(value):
        if scalar is None or isinstance(scalar, str | int | float | bool):
            yield scalar

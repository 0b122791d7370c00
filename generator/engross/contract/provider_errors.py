"""How the provider says that something went wrong."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.facts import (
    Facts,
    entries,
    mapping,
    optional_text,
    pointer,
    sequence,
    text,
)
from engross.contract.ir import Errors, Failure, ProviderError, type_of_json
from engross.contract.origins import Origins


def provider_errors(own: Facts, origins: Origins) -> Errors:
    """Read `errors` in the `x-engross` object of the document."""
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
        )


def _failure(facts: Facts) -> Failure:
    return Failure(
        at=pointer(facts.get("at")), equals=tuple(_scalars(facts.get("equals")))
    )


def _scalars(value: object) -> Iterator[type_of_json]:
    for scalar in sequence(value):
        if scalar is None or isinstance(scalar, str | int | float | bool):
            yield scalar

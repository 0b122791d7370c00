"""What is measured: each library's ways to check a payload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fastjsonschema
import jsonschema
import jsonschema_rs
import msgspec
import pydantic

from engross.validation import compile_validator

ENGROSS_IS_VALID = "engross is_valid"
ENGROSS_VIOLATIONS = "engross violations"
JSONSCHEMA = "jsonschema is_valid"
JSONSCHEMA_ALL = "jsonschema iter_errors"
FASTJSONSCHEMA = "fastjsonschema"
FASTJSONSCHEMA_ALL = "fastjsonschema, all errors"
JSONSCHEMA_RS = "jsonschema-rs is_valid"
JSONSCHEMA_RS_ALL = "jsonschema-rs iter_errors"
PYDANTIC = "pydantic strict, errors()"
MSGSPEC = "msgspec.convert, first error"

Check = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Models:
    """The schema as classes, which some libraries need."""

    pydantic: type[pydantic.BaseModel]
    msgspec: type[msgspec.Struct]


def of_schema(schema: Any, models: Models | None) -> dict[str, Check]:
    """Give every library's checks of a schema, by name."""
    ours = compile_validator(schema)
    draft = jsonschema.Draft202012Validator(schema)
    rust = jsonschema_rs.Draft202012Validator(schema)
    checks: dict[str, Check] = {
        ENGROSS_IS_VALID: ours.is_valid,
        ENGROSS_VIOLATIONS: ours.violations,
        JSONSCHEMA: draft.is_valid,
        JSONSCHEMA_ALL: lambda payload: list(draft.iter_errors(payload)),
        JSONSCHEMA_RS: rust.is_valid,
        JSONSCHEMA_RS_ALL: lambda payload: list(rust.iter_errors(payload)),
    }
    # It knows drafts up to 7; the keywords used here mean the same there.
    draft_7 = {**schema, "$schema": "http://json-schema.org/draft-07/schema#"}
    first = fastjsonschema.compile(draft_7)
    every = fastjsonschema.compile(draft_7, fast_fail=False)
    checks[FASTJSONSCHEMA] = _raising(first, fastjsonschema.JsonSchemaException)
    checks[FASTJSONSCHEMA_ALL] = _raising(
        every,
        fastjsonschema.JsonSchemaException,
        fastjsonschema.JsonSchemaValuesException,
    )
    if models is not None:
        checks[PYDANTIC] = _pydantic(models.pydantic)
        kind = models.msgspec
        checks[MSGSPEC] = _raising(
            lambda payload: msgspec.convert(payload, kind), msgspec.ValidationError
        )
    return checks


def _raising(check: Check, *errors: type[Exception]) -> Check:
    def run(payload: object) -> object:
        try:
            return check(payload)
        except errors as error:
            return error

    return run


def _pydantic(model: type[pydantic.BaseModel]) -> Check:
    def run(payload: object) -> object:
        try:
            return model.model_validate(payload)
        except pydantic.ValidationError as error:
            return error.errors()

    return run

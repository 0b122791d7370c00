"""The subjects: each library's ways to validate a payload."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import jsonschema
import msgspec

from engross.validation import compile_validator
from tests.bench.validation.models import msgspec_struct, pydantic_model

ENGROSS_IS_VALID = "engross is_valid"
ENGROSS_VIOLATIONS = "engross violations"
ENGROSS_MESSAGES = "engross violations, worded"
JSONSCHEMA = "jsonschema is_valid"
JSONSCHEMA_ALL = "jsonschema iter_errors"
FASTJSONSCHEMA = "fastjsonschema"
FASTJSONSCHEMA_ALL = "fastjsonschema, all errors"
JSONSCHEMA_RS = "jsonschema-rs is_valid"
JSONSCHEMA_RS_ALL = "jsonschema-rs iter_errors"
PYDANTIC = "pydantic strict, errors()"
MSGSPEC = "msgspec.convert, first error"

Check = Callable[[Any], object]


def of_schema(schema: dict[str, Any], *, models: bool = False) -> dict[str, Check]:
    """Give every library's checks of a schema, by name.

    Args:
        schema: what payloads are held against.
        models: whether it can be written as classes, for libraries that need these.
    """
    ours = compile_validator(schema)
    draft = jsonschema.Draft202012Validator(schema)
    rust = import_module("jsonschema_rs").Draft202012Validator(schema)
    checks: dict[str, Check] = {
        ENGROSS_IS_VALID: ours.is_valid,
        ENGROSS_VIOLATIONS: ours.violations,
        ENGROSS_MESSAGES: lambda payload: [
            found.message for found in ours.violations(payload)
        ],
        JSONSCHEMA: draft.is_valid,
        JSONSCHEMA_ALL: lambda payload: list(draft.iter_errors(payload)),
        JSONSCHEMA_RS: rust.is_valid,
        JSONSCHEMA_RS_ALL: lambda payload: list(rust.iter_errors(payload)),
        **_fastjsonschema(schema),
    }
    if models:
        struct = msgspec_struct(schema)
        checks[PYDANTIC] = _pydantic(pydantic_model(schema))
        checks[MSGSPEC] = _raising(
            lambda payload: msgspec.convert(payload, struct), msgspec.ValidationError
        )
    return checks


def _fastjsonschema(schema: dict[str, Any]) -> dict[str, Check]:
    library = import_module("fastjsonschema")
    # It knows drafts up to 7; the keywords used here mean the same there.
    draft_7 = {**schema, "$schema": "http://json-schema.org/draft-07/schema#"}
    errors = library.JsonSchemaException, library.JsonSchemaValuesException
    return {
        FASTJSONSCHEMA: _raising(library.compile(draft_7), *errors),
        FASTJSONSCHEMA_ALL: _raising(
            library.compile(draft_7, fast_fail=False), *errors
        ),
    }


def _pydantic(model: Any) -> Check:
    failure = import_module("pydantic").ValidationError

    def run(payload: Any) -> object:
        try:
            return model.model_validate(payload)
        except failure as error:
            return error.errors()

    return run


def _raising(check: Check, *errors: type[Exception]) -> Check:
    def run(payload: Any) -> object:
        try:
            return check(payload)
        except errors as error:
            return error

    return run

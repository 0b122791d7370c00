"""The validators' module of a package."""

from __future__ import annotations

from engross.contract.ir import Contract
from engross.emit.layout import docstring
from engross.findings import Finding, FindingsError
from engross.validation import SchemaError, Target, compile_module

_HINT = "a check that cannot be exact is never left out: state the rule in another way"


def validators_source(contract: Contract) -> str:
    """Source of `validators.py`, without the first line that every emitted file has."""
    try:
        return _compile(contract)
    except SchemaError as error:
        hint = error.hint or _HINT
        span = contract.locate(error.pointer)
        finding = Finding("schema-not-honoured", error.message, span, hint)
        raise FindingsError([finding]) from error


def _compile(contract: Contract) -> str:
    return compile_module(
        [Target(each.name, each.uri, each.docs) for each in contract.validators],
        resources=contract.schemas,
        comments=contract.comments.get,
        assert_formats=True,
        header=docstring(
            [f"Validators of {contract.title}: a pair of functions for each schema."],
            indent=0,
        ),
    )

"""The validators' module of a package."""

from __future__ import annotations

from engross.contract.ir import Contract
from engross.validation import Target, compile_module


def validators_source(contract: Contract) -> str:
    """Source of `validators.py`, without the first line that every emitted file has."""
    return compile_module(
        [Target(each.name, each.uri, each.docs) for each in contract.validators],
        resources=contract.schemas,
        comments=contract.comments.get,
        assert_formats=True,
        header=f'"""Validators of {contract.title}: a pair of functions for each schema."""',
    )

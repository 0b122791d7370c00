"""The operations of a document, in its order."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.describe import Facts, mapping
from engross.contract.ir import OperationId
from engross.contract.openapi import METHODS
from engross.source import Location


@dataclass(frozen=True, slots=True)
class Call:
    """An operation before it is built."""

    id: OperationId
    at: Location
    path_at: Location


def calls(paths: Facts, root: Location) -> list[Call]:
    """Return every operation under `paths`, in the order of the document."""
    return [
        Call(OperationId(path, method.upper()), at / method, at)
        for path, item in paths.items()
        for at in (root / "paths" / path,)
        for method in mapping(item)
        if method in METHODS
    ]

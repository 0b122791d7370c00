"""The two contracts that are compared, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import PurePosixPath

from engross.contract import Contract, build_with_index
from engross.contract.index import Index
from engross.contract.ir import Operation, OperationId, Webhook
from engross.data import dataclass
from engross.emit.interface import Interface, interface
from engross.findings import Span
from engross.schema.composition import Composer
from engross.schema.tree import Direction, Key
from engross.source import Location, Source


@dataclass(frozen=True)
class Side:
    """A contract: the index of its document, what it means, and the package made of it."""

    index: Index
    contract: Contract
    interface: Interface

    @classmethod
    def of(cls, source: Source) -> Side:
        """Read a contract.

        Raises:
            FindingsError: the contract is invalid; holds every finding.
        """
        index, contract = build_with_index(source)
        return cls(index, contract, interface(contract))

    @property
    def name(self) -> str:
        """Return the name of the contract: that of its file, without the ending."""
        return PurePosixPath(self.contract.path).stem

    @property
    def composer(self) -> Composer:
        """Return what puts schemas together."""
        return self.contract.schema_tree.composer

    @cached_property
    def operations(self) -> Mapping[OperationId, Operation]:
        """Return what the operations on paths mean."""
        return {operation.id: operation for operation in self.contract.operations}

    @cached_property
    def webhooks(self) -> Mapping[OperationId, Webhook]:
        """Return what the webhooks mean."""
        found = self.contract.webhooks
        return {each.id: each for each in found.members} if found else {}

    def key(self, at: Location, direction: Direction) -> Key:
        """Return the key of the schema at a location."""
        return self.contract.schema_tree.key(at, direction)

    def span(self, at: Location, *, key: bool = False) -> Span:
        """Return where a value, or its key, is written."""
        return self.index.source.span(at, key=key)

    def nearest(self, at: Location, *keywords: str) -> Span:
        """Return where the first of some members is written; else the object around it."""
        try:
            value = self.index.value(at)
        except LookupError:
            return self.nearest(at.parent)
        for keyword in keywords:
            if keyword in value:
                return self.span(at / keyword, key=True)
        return self.span(at, key=bool(at.tokens) and isinstance(at.tokens[-1], str))

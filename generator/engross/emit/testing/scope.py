"""What all emitted test modules are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engross.contract.ir import Contract, Definition, Operation
from engross.contract.schemas import Facts, Schemas
from engross.emit.imports import Imports
from engross.emit.models import by_name
from engross.emit.testing.catalogue import Catalogue
from engross.emit.testing.made_up import MadeUp, can_be_called
from engross.source import Location


@dataclass(frozen=True, slots=True)
class Scope:
    """A contract with all that is looked up in it again and again."""

    contract: Contract
    operations: tuple[Operation, ...]
    """Those that can be called, with examples for all that a call needs."""
    catalogue: Catalogue
    definitions: Mapping[str, Definition]
    schemas: Schemas
    places: Mapping[str, Location]
    """Name of a validator -> the schema that it checks."""

    @classmethod
    def of(cls, contract: Contract) -> Scope:
        """The scope of a contract."""
        made_up = MadeUp.of(contract)
        contract = made_up.contract(contract)
        operations = [each for each in contract.operations if can_be_called(each)]
        return cls(
            contract=contract,
            operations=tuple(operations),
            catalogue=Catalogue.of(operations, contract.webhooks),
            definitions=by_name(contract),
            schemas=made_up.schemas,
            places=made_up.places,
        )

    def imports(self) -> Imports:
        """The imports of a test module, which belongs to the package."""
        return Imports(third_party=frozenset({"pytest", self.contract.package}))

    def facts(self, validator: str | None) -> Facts:
        """Keywords of the schema that a validator checks."""
        if validator is None or validator not in self.places:
            return {}
        return self.schemas.merged(self.places[validator])

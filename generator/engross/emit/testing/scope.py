"""What all emitted test modules are made from."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.ir import Contract, Operation
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.testing.catalogue import Catalogue
from engross.emit.testing.made_up import MadeUp, can_be_called
from engross.schema.schemas import Schemas


@dataclass(frozen=True, slots=True)
class Scope:
    """A contract with all that is looked up in it again and again."""

    contract: Contract
    operations: tuple[Operation, ...]
    """Those that can be called, with examples for all that a call needs."""
    catalogue: Catalogue
    names: PythonNames
    schemas: Schemas

    @classmethod
    def of(cls, contract: Contract, names: PythonNames) -> Scope:
        """The scope of a contract."""
        made_up = MadeUp.of(contract)
        contract = made_up.contract(contract)
        operations = [each for each in contract.operations if can_be_called(each)]
        return cls(
            contract=contract,
            operations=tuple(operations),
            catalogue=Catalogue.of(operations, names, contract.webhooks),
            names=names,
            schemas=made_up.schemas,
        )

    def imports(self) -> Imports:
        """The imports of a test module, which belongs to the package."""
        return Imports(third_party=frozenset({"pytest", self.names.package}))

"""What all emitted test modules are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engross.contract.ir import Contract, Operation
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.naming.namespace import Namespace
from engross.emit.testing.example_file import ExampleFile
from engross.emit.testing.example_filler import (
    ExampleFiller,
    can_be_called,
    can_be_shown,
)
from engross.schema.schemas import Schemas


@dataclass(frozen=True, slots=True)
class Scope:
    """A contract with all that is looked up in it again and again."""

    contract: Contract
    operations: tuple[Operation, ...]
    """Those that can be called, with examples for all that a call needs."""
    readable: tuple[Operation, ...]
    """The same as a README calls them."""
    example_file: ExampleFile
    names: PythonNames
    schemas: Schemas
    stems: Mapping[str, str]
    """Methods and resources in names of tests, each apart from the others."""

    @classmethod
    def of(cls, contract: Contract, names: PythonNames) -> Scope:
        """The scope of a contract."""
        filler = ExampleFiller.of(contract)
        given = {operation.id: operation for operation in contract.operations}
        contract = filler.contract(contract)
        operations = [each for each in contract.operations if can_be_called(each)]
        shown = (each for each in operations if can_be_shown(each))
        readable = (filler.readable(given[each.id], each) for each in shown)
        return cls(
            contract=contract,
            operations=tuple(operations),
            readable=tuple(readable),
            example_file=ExampleFile.of(
                operations, names, contract.webhooks, is_dense=contract.is_large
            ),
            names=names,
            schemas=filler.schemas,
            stems={
                **_stems(map(names.resource, contract.operations)),
                **_stems(map(names.method, contract.operations)),
            },
        )

    def imports(self) -> Imports:
        """The imports of a test module, which belongs to the package."""
        return Imports(third_party=frozenset({"pytest", self.names.package}))


def _stems(paths: Iterable[str]) -> dict[str, str]:
    """Return names for tests of dotted paths: `a.b` and `a_b` must not be one."""
    stems = Namespace("a test")
    return {
        path: stems.claim(
            path, *(path.replace(".", each).rstrip("_") for each in ("_", "__"))
        )
        for path in paths
    }

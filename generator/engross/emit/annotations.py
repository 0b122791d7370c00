"""Types of the contract as Python annotations."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.ir import (
    Enum,
    Kind,
    ListOf,
    Literal,
    MapOf,
    Model,
    Nullable,
    Primitive,
    Ref,
    Type,
    Union,
    UnionType,
)
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.layout import flat, literal

_BUILTIN = {
    Kind.ANY: "object",
    Kind.NULL: "None",
    Kind.BOOLEAN: "bool",
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.STRING: "str",
    Kind.BINARY: "bytes",
    Kind.FILE: "bytes",
    Kind.CONTENT: "bytes",
    Kind.TEXT_CONTENT: "str",
}


@dataclass(frozen=True, slots=True)
class Annotator:
    """Prints types for one module and notes the imports that they need."""

    names: PythonNames
    imports: Imports
    package: str = "."
    """The emitted package as seen from the module."""
    models: str | None = None
    """Module of the models; None inside that module itself."""
    params: str | None = None
    """Module of the dicts; None inside that module itself."""
    prefix: str = ""
    """Written before names of the models' module, `models.` where it is imported as such."""
    hidden: frozenset[str] = frozenset()
    """Builtins that a method of the class hides."""

    def field(self, type_: Type, *, open_literals: bool) -> str:
        """The type of a model's field, which msgspec decodes."""
        match type_:
            case Primitive(kind):
                return self._primitive(kind)
            case Literal(values):
                return _base(values) if open_literals else self._literal(values)
            case ListOf(item):
                return f"{self._builtin('list')}[{self.field(item, open_literals=open_literals)}]"
            case MapOf(value):
                inner = self.field(value, open_literals=open_literals)
                return f"{self._builtin('dict')}[{self._builtin('str')}, {inner}]"
            case Nullable(inner):
                return f"{self.field(inner, open_literals=open_literals)} | None"
            case Ref():
                return self._name(self.names.class_of(type_))
            case Union(members):
                each = [
                    self.field(member, open_literals=open_literals)
                    for member in members
                ]
                return " | ".join(dict.fromkeys(each))

    def argument(self, type_: Type) -> str:
        """The type of what a caller may pass: models or dicts, enums or their values."""
        match type_:
            case Primitive(Kind.ANY):
                return "object"
            case Primitive(kind):
                return self._argument_primitive(kind)
            case Literal(values):
                return self._literal(values)
            case ListOf(item):
                sequence = self.imports.use("collections.abc", "Sequence")
                return f"{sequence}[{self.argument(item)}]"
            case MapOf(value):
                mapping = self.imports.use("collections.abc", "Mapping")
                return f"{mapping}[{self._builtin('str')}, {self.argument(value)}]"
            case Nullable(inner):
                return f"{self.argument(inner)} | None"
            case Ref():
                return self._argument_ref(type_)
            case Union(members):
                each = [self.argument(member) for member in members]
                return " | ".join(dict.fromkeys(each))

    def result(self, type_: Type | None) -> str:
        """The type that a method returns."""
        return "None" if type_ is None else self.field(type_, open_literals=True)

    def _argument_ref(self, ref: Ref) -> str:
        match self.names.definition(ref):
            case Enum() | Model():
                name = self._name(self.names.class_of(ref))
                return f"{name} | {self._param(self.names.dict_of(ref))}"
            case UnionType(members=members):
                each = [self.argument(member) for member in members]
                return " | ".join(dict.fromkeys(each))

    def _param(self, name: str) -> str:
        return name if self.params is None else self.imports.use_own(self.params, name)

    def _name(self, name: str) -> str:
        if self.prefix:
            return self.prefix + name
        return name if self.models is None else self.imports.use_own(self.models, name)

    def _builtin(self, name: str) -> str:
        if name in self.hidden:
            return f"{self.imports.use_module('builtins')}.{name}"
        return name

    def _literal(self, values: tuple[str | int | float | bool | None, ...]) -> str:
        name = self.imports.use("typing", "Literal")
        return f"{name}[{', '.join(flat(literal(value)) for value in values)}]"

    def _argument_primitive(self, kind: Kind) -> str:
        match kind:
            case Kind.DECIMAL | Kind.DECIMAL_TEXT:
                decimal = self.imports.use("decimal", "Decimal")
                return f"{decimal} | {self._builtin('int')}"
            case Kind.UNIX_SECONDS | Kind.UNIX_MILLISECONDS:
                return f"{self.imports.use_module('datetime', 'dt')}.datetime"
            case Kind.FILE:
                return self._of_files("File")
            case Kind.CONTENT | Kind.TEXT_CONTENT:
                return self._of_files("RawBody")
            case _:
                return self._primitive(kind)

    def _of_files(self, name: str) -> str:
        return self.imports.use(f"{self.package}_runtime.files", name)

    def _primitive(self, kind: Kind) -> str:
        runtime = f"{self.package}_runtime.models"
        match kind:
            case Kind.DECIMAL:
                return self.imports.use("decimal", "Decimal")
            case Kind.DECIMAL_TEXT:
                return self.imports.use(runtime, "DecimalText")
            case Kind.DATE | Kind.DATE_TIME:
                module = self.imports.use_module("datetime", "dt")
                return f"{module}.{'date' if kind is Kind.DATE else 'datetime'}"
            case Kind.UNIX_SECONDS | Kind.UNIX_MILLISECONDS:
                name = (
                    "UnixSeconds" if kind is Kind.UNIX_SECONDS else "UnixMilliseconds"
                )
                return self.imports.use(f"{self.package}_runtime.unix_time", name)
            case Kind.UUID:
                return self.imports.use("uuid", "UUID")
            case _:
                return self._builtin(_BUILTIN[kind])


def _base(values: tuple[str | int | float | bool | None, ...]) -> str:
    """The plain type of constants: a reply may hold one that is not known yet."""
    return " | ".join(dict.fromkeys(type(value).__name__ for value in values))

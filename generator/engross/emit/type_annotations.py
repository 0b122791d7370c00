"""Types of the contract as Python annotations."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from itertools import chain

from engross.contract.ir import (
    Definition,
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
from engross.contract.type_walk import within
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.layout import flat, literal
from engross.source import Location

_BUILTIN = {
    Kind.ANY: "object",
    Kind.NULL: "None",
    Kind.BOOLEAN: "bool",
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.STRING: "str",
    Kind.BINARY: "bytes",
    Kind.BASE64: "bytes",
    Kind.FILE_TEXT: "str",
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
    modules: Mapping[str, str] = field(default_factory=dict)
    """The module of each name of the contract's that one of several modules defines."""
    home: str | None = None
    """The one of them that is written."""
    later: str = ""
    """Written before names that another of them defines, in place of an import from it."""
    prefix: str = ""
    """Written before names of the models' module, `models.` where it is imported as such."""
    hidden: frozenset[str] = frozenset()
    """Builtins that a method of the class hides."""
    decoded: bool = True
    """Whether msgspec reads the types of fields, rather than people alone."""

    def field(self, type_: Type, *, open_literals: bool) -> str:
        """The type of a model's field, which msgspec decodes."""
        match type_:
            case Primitive(kind):
                return self._primitive(kind)
            case Literal(values):
                is_open = open_literals and len(values) > 1
                return _base(values) if is_open else self._literal(values)
            case ListOf(item):
                return f"{self._builtin('list')}[{self.field(item, open_literals=open_literals)}]"
            case MapOf(value):
                inner = self.field(value, open_literals=open_literals)
                return f"{self._builtin('dict')}[{self._builtin('str')}, {inner}]"
            case Nullable(inner):
                return f"{self.field(inner, open_literals=open_literals)} | None"
            case Ref():
                return self.class_of(type_)
            case Union(members):
                each = dict.fromkeys(
                    self.field(member, open_literals=open_literals)
                    for member in members
                )
                is_read = self.decoded and len(each) > 1
                if not is_read or not is_ambiguous(type_, self.names.definitions):
                    return " | ".join(each)
                one_of = self.imports.use(f"{self.package}_runtime.unions", "OneOf")
                return f"{one_of}[{', '.join(each)}]"

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
                return self.arguments(members)

    def arguments(self, types: Iterable[Type]) -> str:
        """The type of what a caller may pass for one of several types."""
        return " | ".join(dict.fromkeys(map(self.argument, types)))

    def result(self, type_: Type | None) -> str:
        """The type that a method returns."""
        if type_ is None:
            return "None"
        return replace(self, decoded=False).field(type_, open_literals=True)

    def _argument_ref(self, ref: Ref) -> str:
        match self.names.definition(ref):
            case Enum() | Model():
                name = self.class_of(ref)
                return f"{name} | {self._param(self.names.dict_of(ref))}"
            case UnionType(recursive=True):
                return self._param(self.names.dict_of(ref))
            case UnionType(members=members):
                return self.arguments(members)

    def class_of(self, definition: Ref | Definition) -> str:
        """The class of a definition."""
        return self._name(self.names.class_of(definition))

    def _param(self, name: str) -> str:
        return self._own(name, self.params)

    def _name(self, name: str) -> str:
        if self.prefix:
            return self.prefix + name
        return self._own(name, self.models)

    def _own(self, name: str, elsewhere: str | None) -> str:
        module = self.modules.get(name, elsewhere)
        if module is None or module == self.home:
            return name
        if self.later:
            return self.later + name
        return self.imports.use_own(module, name)

    def names_another_module(self, types: Iterable[Type]) -> bool:
        """Return whether another of several modules defines a class that types name."""
        found = chain.from_iterable(map(within, types))
        classes = (self.names.class_of(each) for each in found if isinstance(each, Ref))
        return any(self.modules.get(name, self.home) != self.home for name in classes)

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


class _Form(enum.Enum):
    """How msgspec tells the members of a union apart."""

    SCALAR = enum.auto()
    TEXT = enum.auto()
    ARRAY = enum.auto()
    OBJECT = enum.auto()
    OTHER = enum.auto()
    """Not at all: a hook decodes it."""


_TEXTS = frozenset(
    {
        Kind.DECIMAL,  # msgspec reads numbers and texts as a Decimal
        Kind.STRING,
        Kind.DECIMAL_TEXT,
        Kind.DATE,
        Kind.DATE_TIME,
        Kind.UUID,
        Kind.BASE64,
        Kind.FILE_TEXT,
    }
)
_PLAIN_TEXTS = frozenset({Primitive(Kind.STRING), Primitive(Kind.FILE_TEXT)})
_DECIMALS = frozenset({Primitive(Kind.DECIMAL), Primitive(Kind.DECIMAL_TEXT)})
_NUMBERS = frozenset({Primitive(Kind.INTEGER), Primitive(Kind.NUMBER)})
_HOOKED = frozenset({Kind.UNIX_SECONDS, Kind.UNIX_MILLISECONDS})


def is_ambiguous(union: Union, definitions: Mapping[Location, Definition]) -> bool:
    """Return whether msgspec cannot tell the members of a union apart.

    It can if at most one is written as text, one as an array and one as an object.
    Constants and plain text go together.
    """
    forms = [(member, _form(member, definitions)) for member in union.members]
    texts = [member for member, form in forms if form is _Form.TEXT]
    plain = [
        member
        for member in texts
        if isinstance(member, Literal) or member in _PLAIN_TEXTS
    ]
    found = [form for _, form in forms]
    decimals = [member for member in union.members if member in _DECIMALS]
    integers = [m for m in union.members if _is_of_integers(m, definitions)]
    numbers = {*decimals, *integers, *_NUMBERS & {*union.members}}
    return (
        _Form.OTHER in found
        or (len(texts) > 1 and len(plain) < len(texts))
        or (bool(decimals) and len(numbers) > 1)
        or (len(integers) > 1 and any(isinstance(m, Ref) for m in integers))
        or max(found.count(_Form.ARRAY), found.count(_Form.OBJECT)) > 1
    )


def _form(type_: Type, definitions: Mapping[Location, Definition]) -> _Form:
    match type_:
        case Primitive(kind) if kind in _TEXTS:
            return _Form.TEXT
        case Primitive(kind):
            return _Form.OTHER if kind in _HOOKED else _Form.SCALAR
        case Literal(values):
            is_text = any(isinstance(value, str) for value in values)
            return _Form.TEXT if is_text else _Form.SCALAR
        case ListOf():
            return _Form.ARRAY
        case MapOf():
            return _Form.OBJECT
        case Nullable(inner):
            return _form(inner, definitions)
        case Ref(at):
            match definitions[at]:
                case UnionType():
                    return _Form.OTHER
                case Model():
                    return _Form.OBJECT
                case Enum(is_of_integers=is_of_integers):
                    return _Form.SCALAR if is_of_integers else _Form.TEXT
        case Union():
            return _Form.OTHER


def _is_of_integers(type_: Type, definitions: Mapping[Location, Definition]) -> bool:
    """Return whether a type is written as an integer and nothing else."""
    match type_:
        case Nullable(inner):
            return _is_of_integers(inner, definitions)
        case Ref(at) if isinstance(definition := definitions[at], Enum):
            return definition.is_of_integers
        case Literal(values):
            return all(type(value) is int for value in values)
    return type_ == Primitive(Kind.INTEGER)


def _base(values: tuple[str | int | float | bool | None, ...]) -> str:
    """The plain type of constants: a reply may hold one that is not known yet."""
    return " | ".join(dict.fromkeys(type(value).__name__ for value in values))

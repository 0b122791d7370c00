"""Models, enums, unions and dicts of a package, laid out as source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engross.contract.ir import Contract, Definition, Enum, Field, Model, UnionAlias
from engross.emit import documentation
from engross.emit.annotations import Annotator
from engross.emit.imports import Imports
from engross.emit.values import ValueWriter
from engross.layout import (
    WIDTH,
    Expression,
    Group,
    Item,
    Typed,
    call,
    dict_of,
    docstring,
    flat,
    lay_out,
    lay_out_type,
    lay_out_value,
    literal,
    string,
    tuple_of,
)


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class: its header and its members, each with a docstring that may be empty."""

    header: str
    docstring: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AliasView:
    """A name for a type; `choice` is the class that decodes it, where msgspec cannot."""

    name: str
    alias: str
    docstring: str
    choice: str = ""
    choice_docstring: str = ""


@dataclass(frozen=True, slots=True)
class ModelsView:
    """What `models.py` holds."""

    imports: str
    enums: tuple[ClassView, ...]
    models: tuple[ClassView, ...]
    unions: tuple[AliasView, ...]


@dataclass(frozen=True, slots=True)
class ParamsView:
    """What `params.py` holds."""

    imports: str
    aliases: tuple[AliasView, ...]
    dicts: tuple[ClassView, ...]


def by_name(contract: Contract) -> dict[str, Definition]:
    """Definitions by their names."""
    return {definition.name: definition for definition in contract.definitions}


def models_view(contract: Contract) -> ModelsView:
    """The view of `models.py`."""
    imports = Imports()
    definitions = by_name(contract)
    writer = _ModelWriter(Annotator(definitions, imports), imports, definitions)
    enums = [
        writer.enum(each) for each in contract.definitions if isinstance(each, Enum)
    ]
    models = [
        writer.model(each) for each in contract.definitions if isinstance(each, Model)
    ]
    unions = [
        writer.union(each)
        for each in contract.definitions
        if isinstance(each, UnionAlias)
    ]
    return ModelsView(imports.render(), tuple(enums), tuple(models), tuple(unions))


@dataclass(frozen=True, slots=True)
class _ModelWriter:
    annotator: Annotator
    imports: Imports
    definitions: Mapping[str, Definition]

    def enum(self, enum: Enum) -> ClassView:
        self.imports.add("._runtime.models", "OpenEnum")
        return ClassView(
            header=_header(enum.name, "OpenEnum"),
            docstring=docstring(
                [*documentation.definition(enum.docs, _title(enum.name))]
            ),
            members=tuple(
                (
                    lay_out_value(
                        string(each.value), indent=4, before=f"{each.name} = "
                    ),
                    "",
                )
                for each in enum.members
            ),
        )

    def model(self, model: Model) -> ClassView:
        self.imports.add("._runtime.models", "Model")
        keywords: dict[str, Expression] = {"kw_only": "True"}
        renames = {
            each.name: each.wire for each in model.fields if each.name != each.wire
        }
        if renames and all(_camel(each.name) == each.wire for each in model.fields):
            keywords["rename"] = '"camel"'
        elif renames:
            pairs = {string(name): string(wire) for name, wire in renames.items()}
            keywords["rename"] = dict_of(dict(pairs))
        header = lay_out(call(f"class {model.name}", "Model", **keywords), after=":")
        return ClassView(
            header=header,
            docstring=docstring(
                [*documentation.definition(model.docs, _title(model.name))]
            ),
            members=tuple(self._field(each, model) for each in model.fields),
        )

    def _field(self, field: Field, model: Model) -> tuple[str, str]:
        annotation = self.annotator.field(field.type, open_literals=model.in_reply)
        value: Expression | None = None
        if field.default is not None:
            value = self._default(field)
        elif not field.required:
            self.imports.add("._runtime.models", "UNSET", "UnsetType")
            annotation += " | UnsetType"
            value = "UNSET"
        doc = docstring([*documentation.element(field.docs)])
        if value is None:
            return lay_out(Typed(field.name, annotation), indent=4), doc
        if isinstance(value, str):
            return lay_out(Typed(field.name, annotation, value), indent=4), doc
        return lay_out(value, indent=4, before=f"{field.name}: {annotation} = "), doc

    def _default(self, field: Field) -> Expression:
        assert field.default is not None
        value = field.default.value
        writer = ValueWriter(self.definitions, self.imports, as_models=True)
        written = writer.write(value, field.type)
        if not isinstance(value, dict | list):
            return written
        self.imports.add("msgspec", "field")
        return call("field", default_factory=_lambda(written))

    def union(self, union: UnionAlias) -> AliasView:
        self.imports.add("typing", "TYPE_CHECKING", "TypeAlias")
        self.imports.add("._runtime.models", "Choice")
        members = [
            self.annotator.field(each, open_literals=True) for each in union.members
        ]
        keywords: dict[str, Expression] = {
            "members": tuple_of(members) if members else "()",
        }
        if union.discriminator is not None:
            keywords["tag"] = string(union.discriminator)
            keywords["mapping"] = dict_of(
                {string(v): name for v, name in union.mapping}
            )
        about = [*documentation.definition(union.docs, _title(union.name))]
        return AliasView(
            name=union.name,
            alias=lay_out_type(
                " | ".join(members), indent=4, before=f"{union.name}: TypeAlias = "
            ),
            docstring=docstring(about),
            choice=lay_out(
                call(f"class {union.name}", "Choice", **keywords), indent=4, after=":"
            ),
            choice_docstring=docstring(about, indent=8),
        )


def _header(name: str, base: str) -> str:
    """The first line of a class."""
    line = f"class {name}({base}):"
    return line if len(line) <= WIDTH else f"class {name}(\n    {base}\n):"


def _lambda(value: Expression) -> Expression:
    if isinstance(value, Group):
        return Group(
            f"lambda: {value.opening}", value.items, value.closing, value.single_comma
        )
    return f"lambda: {flat(value)}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _title(name: str) -> str:
    """A docstring for a class that the contract says nothing of."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]


def params_view(contract: Contract) -> ParamsView:
    """The view of `params.py`: dicts and values that callers may give in place of models."""
    imports = Imports()
    definitions = by_name(contract)
    annotator = Annotator(definitions, imports, models=".models")
    aliases = [
        _values(each, imports)
        for each in contract.definitions
        if isinstance(each, Enum) and each.in_request
    ]
    dicts = [
        _dict(each, annotator, imports)
        for each in contract.definitions
        if isinstance(each, Model) and each.in_request
    ]
    return ParamsView(imports.render(), tuple(aliases), tuple(dicts))


def _values(enum: Enum, imports: Imports) -> AliasView:
    imports.add("typing", "Literal", "TypeAlias")
    values = Group(
        "Literal[", tuple(Item("", literal(each.value)) for each in enum.members), "]"
    )
    return AliasView(
        name=f"{enum.name}Value",
        alias=_alias(f"{enum.name}Value", values),
        docstring=docstring([f"Values of `{enum.name}`."], indent=0),
    )


def _alias(name: str, values: Group) -> str:
    """The name of some values, which black breaks before or within its type if it is long."""
    before = f"{name}: TypeAlias = "
    if len(before + values.opening) <= WIDTH:
        return lay_out(values, before=before)
    if len(before) < WIDTH:
        return f"{before}(\n    {lay_out(values, indent=4)}\n)"
    return f"{name}: (\n    TypeAlias\n{lay_out(values, before=') = ')}"


def _dict(model: Model, annotator: Annotator, imports: Imports) -> ClassView:
    imports.add("typing", "TypedDict")
    return ClassView(
        header=_header(f"{model.name}Dict", "TypedDict"),
        docstring=docstring([f"`{model.name}` as a dict."]),
        members=tuple(_key(each, annotator, imports) for each in model.fields),
    )


def _key(field: Field, annotator: Annotator, imports: Imports) -> tuple[str, str]:
    annotation = annotator.argument(field.type)
    if not field.required or field.default is not None:
        imports.add("typing", "NotRequired")
        annotation = f"NotRequired[{annotation}]"
    key = lay_out(Typed(field.name, annotation), indent=4)
    return key, docstring([documentation.meaning(field.docs)])


def request_dicts(contract: Contract) -> Iterator[str]:
    """Names that `params.py` defines."""
    for each in contract.definitions:
        if isinstance(each, Enum) and each.in_request:
            yield f"{each.name}Value"
        if isinstance(each, Model) and each.in_request:
            yield f"{each.name}Dict"


__all__ = [
    "AliasView",
    "ClassView",
    "ModelsView",
    "ParamsView",
    "by_name",
    "models_view",
    "params_view",
    "request_dicts",
]

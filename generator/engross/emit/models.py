"""Models, enums, unions and dicts of a package, laid out as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import permutations
from typing import Final

from engross.contract.ir import (
    ADDITIONAL,
    Contract,
    Default,
    Definition,
    Enum,
    Field,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Ref,
    Type,
    Union,
    UnionType,
)
from engross.contract.type_walk import types_of
from engross.data import dataclass
from engross.emit import documentation
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.parts import Parts, Spread, loading, single_and_composite
from engross.emit.type_annotations import Annotator
from engross.emit.value_source import ValueWriter
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
from engross.source import Location


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
    enum_aliases: tuple[AliasView, ...]
    """Before the models, whose defaults may name them."""
    models: tuple[ClassView, ...]
    aliases: tuple[AliasView, ...]
    names: tuple[str, ...]
    """Of all these."""


@dataclass(frozen=True, slots=True)
class ParamsView:
    """What `params.py` holds."""

    imports: str
    values: tuple[AliasView, ...]
    dicts: tuple[ClassView, ...]
    aliases: tuple[AliasView, ...]
    names: tuple[str, ...]
    """Of all these."""


_OF_COMPONENT: Final = 3
"""Tokens of the pointer to a component."""


def models_view(
    contract: Contract, names: PythonNames, parts: Parts | None
) -> Spread[ModelsView]:
    """Return the views of the modules of models.

    Args:
        contract: has the definitions.
        names: their names.
        parts: their modules; None if there is one for all.
    """
    if parts is None:
        imports = Imports(taken=names.in_models)
        return Spread(
            _models(contract, contract.definitions, Annotator(names, imports), {})
        )
    spread = _spread(contract, names, parts)
    taken, modules = names.in_models, parts.models.of_names(names.classes, "models")
    views: dict[str, ModelsView] = {}
    for part, own in parts.models.divided(contract.definitions).items():
        imports = Imports(taken=taken, folder="models")
        home = f".models.{part}"
        annotator = Annotator(names, imports, modules=modules, home=home)
        views[part] = _models(contract, own, annotator, spread)
    public = {part: view.names for part, view in views.items()}
    return Spread(None, views, loading(public))


def _spread(
    contract: Contract, names: PythonNames, parts: Parts
) -> dict[Location, str]:
    """Return the models of bodies that only arguments describe, with their methods."""
    return {
        operation.body.type.at: names.method(operation)
        for operation in contract.operations
        if operation.body is not None
        and operation.body.spread
        and isinstance(operation.body.type, Ref)
        and operation.body.type.at not in parts.passed
    }


def _models(
    contract: Contract,
    definitions: Sequence[Definition],
    annotator: Annotator,
    spread: Mapping[Location, str],
) -> ModelsView:
    """Return the view of a module of models.

    Args:
        contract: has the definitions.
        definitions: those of the module.
        annotator: writes types.
        spread: models of bodies whose fields a method describes, with the method.
    """
    names, imports = annotator.names, annotator.imports
    writer = _ModelWriter(annotator, imports, names, spread, contract.is_large)
    first_equal = contract.first_equal
    found = [each for each in definitions if first_equal[each.at] == each.at]
    enums = [writer.enum(each) for each in found if isinstance(each, Enum)]
    models = [writer.model(each) for each in found if isinstance(each, Model)]
    equal = [each for each in definitions if first_equal[each.at] != each.at]
    enum_aliases, aliases = (
        [writer.alias(e, first_equal[e.at]) for e in equal if isinstance(e, kind)]
        for kind in (Enum, Model)
    )
    listed = [each for each in definitions if isinstance(each, UnionType)]
    later = {each.at for each in listed}
    for union in _members_first(listed, first_equal, names):
        first = first_equal[union.at]
        is_first = first == union.at
        aliases.append(
            writer.union(union, later) if is_first else writer.alias(union, first)
        )
        later.remove(union.at)
    return ModelsView(
        imports.render(),
        tuple(enums),
        tuple(enum_aliases),
        tuple(models),
        tuple(aliases),
        tuple(map(names.class_of, definitions)),
    )


@dataclass(frozen=True, slots=True)
class _ModelWriter:
    annotator: Annotator
    imports: Imports
    names: PythonNames
    spread: Mapping[Location, str]
    """Models of bodies whose fields a method describes, with the method."""
    is_brief: bool
    """Whether what two places would say is said at one."""

    def enum(self, enum: Enum) -> ClassView:
        name = self.names.class_of(enum)
        base = "OpenIntEnum" if enum.is_of_integers else "OpenEnum"
        return ClassView(
            header=_header(name, self.imports.use("._runtime.models", base)),
            docstring=docstring([*documentation.definition(enum.docs, _title(name))]),
            members=tuple(
                (
                    lay_out_value(
                        flat(literal(member.value)),
                        indent=4,
                        before=f"{self.names.member(enum, member)} = ",
                    ),
                    docstring([documentation.sentence(member.description)]),
                )
                for member in enum.members
            ),
        )

    def model(self, model: Model) -> ClassView:
        kind = "ClosedModel" if model.closed else "Model"
        base = self.imports.use("._runtime.models", kind)
        keywords: dict[str, Expression] = {"kw_only": "True"}
        wires = {self.names.field(model, field): field.wire for field in model.fields}
        renames = {name: wire for name, wire in wires.items() if name != wire}
        if renames and all(_camel(name) == wire for name, wire in wires.items()):
            keywords["rename"] = '"camel"'
        elif renames:
            pairs = {string(name): string(wire) for name, wire in renames.items()}
            keywords["rename"] = dict_of(dict(pairs))
        class_name = self.names.class_of(model)
        method = self.spread.get(model.at) if not model.in_reply else None
        title = _title(class_name) if method is None else f"Arguments of `{method}`"
        return ClassView(
            header=lay_out(call(f"class {class_name}", base, **keywords), after=":"),
            docstring=docstring([*documentation.definition(model.docs, title)]),
            members=(
                *self._sent(model),
                *(self._field(field, model) for field in model.fields),
            ),
        )

    def _sent(self, model: Model) -> Iterator[tuple[str, str]]:
        """Yield what requests have for values that are not given, where instances differ."""
        sent: dict[str, Expression] = {}
        for field in model.fields:
            if model.in_request and field.sent != field.default:
                name = string(self.names.field(model, field))
                unset = self.imports.use("._runtime.models", "UNSET")
                sent[name] = self._written(field, field.sent) if field.sent else unset
        if sent:
            kind = self.imports.use("typing", "ClassVar")
            before = f"_sent: {kind} = "
            doc = docstring(["What requests have for fields that are not given."])
            yield lay_out(dict_of(sent), indent=4, before=before), doc

    def _field(self, field: Field, model: Model) -> tuple[str, str]:
        name = self.names.field(model, field)
        annotation = self.annotator.field(field.type, open_literals=model.in_reply)
        value: Expression | None = None
        if field.wire == ADDITIONAL:
            made = self.imports.use("msgspec", "field")
            value = call(made, default_factory="dict")
        elif field.default is not None:
            value = self._default(field, field.default)
        elif not field.required:
            unset_type = self.imports.use("._runtime.models", "UnsetType")
            annotation += f" | {unset_type}"
            value = self.imports.use("._runtime.models", "UNSET")
        is_described_elsewhere = model.at in self.spread and not model.in_reply
        about = "" if is_described_elsewhere else documentation.element(field.docs)
        doc = docstring([about])
        if value is None:
            return lay_out(Typed(name, annotation), indent=4), doc
        if isinstance(value, str):
            return lay_out(Typed(name, annotation, value), indent=4), doc
        return lay_out(value, indent=4, before=f"{name}: {annotation} = "), doc

    def _written(self, field: Field, default: Default) -> Expression:
        writer = ValueWriter(self.names, self.imports, self.annotator.class_of)
        return writer.write(default.value, field.type)

    def _default(self, field: Field, default: Default) -> Expression:
        written = self._written(field, default)
        if not isinstance(default.value, dict | list):
            return written
        field_ = self.imports.use("msgspec", "field")
        return call(field_, default_factory=_lambda(written))

    def alias(self, definition: Definition, first: Location) -> AliasView:
        """Return another name of a class, for the place of an equal definition."""
        name = self.names.class_of(definition)
        type_alias = self.imports.use("typing", "TypeAlias")
        # What is written in a property is described there.
        is_described = self.is_brief and len(definition.at.tokens) > _OF_COMPONENT
        about = () if is_described else documentation.definition(definition.docs, "")
        return AliasView(
            name=name,
            alias=lay_out(Typed(name, type_alias, self.names.classes[first])),
            docstring=docstring([*about], indent=0),
        )

    def union(self, union: UnionType, later: Set[Location]) -> AliasView:
        """Return the alias of a union; `later` are it and the unions behind it."""
        self.imports.add("typing", "TYPE_CHECKING")
        alias = self.imports.use("typing", "TypeAlias")
        choice = self.imports.use("._runtime.unions", "Choice")
        divided = single_and_composite(union, self.names)
        looked_up = union.members if divided is None else divided[1]
        is_late = self.annotator.names_another_module(looked_up)
        is_early = any(at in later for at, _ in _unions_in(union, self.names))
        written = self.annotator
        if is_late:
            written = replace(written, later=f"{self.imports.use('.', 'models')}.")
        keywords: dict[str, Expression] = {}
        if divided is None or not is_late:
            members = self._members(union.members, written)
            keywords["members"] = _lambda(members) if is_late or is_early else members
        else:
            single, composites = divided
            if single:
                keywords["members"] = self._members(single, self.annotator)
            keywords["composites"] = _lambda(self._members(composites, written))
        if union.discriminator is not None:
            keywords["tag"] = string(union.discriminator)
            stated = {
                string(value): written.class_of(Ref(at))
                for value, at in union.mapping
                if value not in union.implied
            }
            implied = {
                string(value): written.class_of(Ref(at))
                for value, at in union.mapping
                if value in union.implied
            }
            for keyword, classes in (("mapping", stated), ("names", implied)):
                if classes:
                    named = dict_of(dict(classes))
                    keywords[keyword] = _lambda(named) if is_late else named
        name = self.names.class_of(union)
        about = [*documentation.definition(union.docs, _title(name))]
        shown = replace(written, decoded=False)
        types = " | ".join(
            shown.field(each, open_literals=True) for each in union.members
        )
        before = f"{name}: {alias} = "
        return AliasView(
            name=name,
            alias=(
                lay_out(string(types), indent=4, before=before)
                if is_early
                else lay_out_type(types, indent=4, before=before)
            ),
            docstring=docstring(about),
            choice=lay_out(
                call(f"class {name}", choice, **keywords), indent=4, after=":"
            ),
            choice_docstring=docstring(about, indent=8),
        )

    def _members(self, types: Iterable[Type], annotator: Annotator) -> Expression:
        members = [annotator.field(type_, open_literals=True) for type_ in types]
        return tuple_of(members) if members else "()"


def _unions_in(union: UnionType, names: PythonNames) -> Iterator[tuple[Location, bool]]:
    """Yield the unions that a union names, and whether each is one of its members itself.

    The others are within lists and maps.
    """
    waiting: list[tuple[Type, bool]] = [(member, True) for member in union.members]
    while waiting:
        type_, is_member = waiting.pop()
        match type_:
            case Ref(at) if isinstance(names.definitions[at], UnionType):
                yield at, is_member
            case ListOf(inner) | MapOf(inner):
                waiting.append((inner, False))
            case Nullable(inner):
                waiting.append((inner, is_member))
            case Union(members):
                waiting += [(member, is_member) for member in members]


def _members_first(
    unions: Iterable[UnionType],
    first_equal: Mapping[Location, Location],
    names: PythonNames,
) -> list[UnionType]:
    """Return unions in an order in which each follows its members and its equal."""
    by_place = {union.at: union for union in unions}
    ordered: dict[Location, UnionType] = {}

    def place(union: UnionType) -> None:
        if first_equal[union.at] != union.at:
            place(by_place[first_equal[union.at]])
        if union.at not in ordered:
            for at, is_member in _unions_in(union, names):
                if is_member and at in by_place:
                    place(by_place[at])
            ordered[union.at] = union

    for union in by_place.values():
        place(union)
    return list(ordered.values())


def _header(name: str, base: str) -> str:
    """Return the first line of a class."""
    line = f"class {name}({base}):"
    return line if len(line) <= WIDTH else f"class {name}(\n    {base}\n):"


def _lambda(value: Expression) -> Expression:
    if isinstance(value, Group):
        return Group(
            f"lambda: {value.opening}", value.items, value.closing, value.single_comma
        )
    return f"lambda: {flat(value)}"


def _camel(name: str) -> str:
    """Return the name of a field as msgspec renames it: a digit ends a word."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _title(name: str) -> str:
    """Return the docstring of a class that the contract does not describe."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]


def params_view(
    contract: Contract, names: PythonNames, parts: Parts | None
) -> Spread[ParamsView]:
    """Return the views of the modules of dicts and values accepted in place of models.

    The arguments are those of `models_view`.
    """
    sent = [
        each
        for each in contract.definitions
        if each.in_request and not (isinstance(each, UnionType) and not each.recursive)
    ]
    models = {each.at: each for each in sent if isinstance(each, Model)}
    absent = _absent_keys(contract, models, names)
    if parts is None:
        defined = frozenset(names.dicts.values())
        imports = Imports(taken=names.in_models, defined=defined)
        annotator = Annotator(names, imports, models=".models")
        return Spread(_params(contract, sent, absent, annotator))
    taken, modules = names.in_models, parts.dicts.of_names(names.dicts, "params")
    views = {}
    # A body that is spread over arguments is nothing that anybody passes.
    sent = [each for each in sent if each.at in parts.passed]
    for part, own in parts.dicts.divided(sent).items():
        defined = frozenset(map(names.dict_of, own))
        imports = Imports(taken=taken, defined=defined, folder="params")
        annotator = Annotator(
            names, imports, models=".models", modules=modules, home=f".params.{part}"
        )
        views[part] = _params(contract, own, absent, annotator)
    public = {part: view.names for part, view in views.items()}
    return Spread(None, views, loading(public))


def _params(
    contract: Contract,
    sent: Iterable[Definition],
    absent: Mapping[Location, tuple[str, ...]],
    annotator: Annotator,
) -> ParamsView:
    """Return the view of a module of dicts; `absent` are the keys that dicts never have."""
    names, imports = annotator.names, annotator.imports
    written: dict[tuple[Location, tuple[str, ...]], str] = {}
    values, dicts, aliases = [], [], []
    for each in sent:
        own = names.dict_of(each)
        lacks = absent.get(each.at, ())
        first = written.setdefault((contract.first_equal[each.at], lacks), own)
        if first != own:
            type_alias = imports.use("typing", "TypeAlias")
            aliases.append(AliasView(own, lay_out(Typed(own, type_alias, first)), ""))
        elif isinstance(each, Model):
            dicts.append(_dict(each, annotator, imports, lacks))
        elif isinstance(each, Enum):
            values.append(_values(each, names, imports))
        elif isinstance(each, UnionType):
            values.append(_recursive(each, annotator, imports))
    return ParamsView(
        imports.render(),
        tuple(values),
        tuple(dicts),
        tuple(aliases),
        tuple(map(names.dict_of, sent)),
    )


def _values(enum: Enum, names: PythonNames, imports: Imports) -> AliasView:
    literals, type_alias = (imports.use("typing", n) for n in ("Literal", "TypeAlias"))
    values = Group(
        f"{literals}[",
        tuple(Item("", literal(each.value)) for each in enum.members),
        "]",
    )
    name = names.dict_of(enum)
    return AliasView(
        name=name,
        alias=_alias(name, type_alias, values),
        docstring=docstring([f"Values of `{names.class_of(enum)}`."], indent=0),
    )


def _recursive(union: UnionType, annotator: Annotator, imports: Imports) -> AliasView:
    """Return the alias of what a caller may pass for a union that contains itself."""
    name = annotator.names.dict_of(union)
    before = f"{name}: {imports.use('typing', 'TypeAlias')} = "
    written = string(annotator.arguments(union.members))
    class_name = annotator.names.class_of(union)
    about = docstring([f"`{class_name}`, with dicts in place of models."], indent=0)
    return AliasView(name, lay_out(written, before=before), about)


def _alias(name: str, type_alias: str, values: Group) -> str:
    """Return the alias of a set of values, broken as black breaks a long one."""
    before = f"{name}: {type_alias} = "
    if len(before + values.opening) <= WIDTH:
        return lay_out(values, before=before)
    if len(before) < WIDTH:
        return f"{before}(\n    {lay_out(values, indent=4)}\n)"
    return f"{name}: (\n    {type_alias}\n{lay_out(values, before=') = ')}"


def _absent_keys(
    contract: Contract, models: Mapping[Location, Model], names: PythonNames
) -> dict[Location, tuple[str, ...]]:
    """Return keys that dicts of unions must not have, so that no member is a kind of another.

    A dict with more optional keys is a subtype of the dict without them. Of two such members
    of a union, mypy forgets the longer one, and rejects its keys.
    """
    found: dict[Location, dict[str, None]] = {}
    keys = {at: _keys(model, names) for at, model in models.items()}
    for members in dict.fromkeys(_unions_of(contract)):
        dicts = [each.at for each in members if each.at in models]
        for shorter, longer in permutations(dicts, 2):
            own, others = keys[shorter], keys[longer]
            more = [name for name in others if name not in own]
            is_part = all(others.get(name) == key for name, key in own.items())
            if more and is_part and not any(others[name][1] for name in more):
                absent = found.setdefault(shorter, {})
                if absent.keys().isdisjoint(more):
                    absent[more[0]] = None
    return {at: tuple(absent) for at, absent in found.items()}


def _unions_of(contract: Contract) -> Iterator[tuple[Ref, ...]]:
    """Yield the definitions that are members of each union, those of inner unions too."""
    unions = {
        definition.at: definition.members
        for definition in contract.definitions
        if isinstance(definition, UnionType)
    }

    def members(types: Iterable[Type], seen: frozenset[Location]) -> Iterator[Ref]:
        for type_ in types:
            if isinstance(type_, Ref) and type_.at not in seen:
                inner = unions.get(type_.at)
                if inner is None:
                    yield type_
                else:
                    yield from members(inner, seen | {type_.at})

    for at, listed in unions.items():
        yield tuple(members(listed, frozenset({at})))
    for type_ in types_of(contract):
        if isinstance(type_, Union):
            yield tuple(members(type_.members, frozenset()))


def _keys(model: Model, names: PythonNames) -> dict[str, tuple[Type, bool]]:
    """Return the type of each key of a model's dict, and whether the key is required."""
    return {
        names.field(model, field): (
            field.type,
            field.required_in_request and field.sent is None,
        )
        for field in model.fields
    }


def _dict(
    model: Model, annotator: Annotator, imports: Imports, absent: tuple[str, ...]
) -> ClassView:
    base = imports.use("typing", "TypedDict")
    members = [_key(each, model, annotator, imports) for each in model.fields]
    for name in absent:
        never = (
            f"{imports.use('typing', 'NotRequired')}[{imports.use('typing', 'Never')}]"
        )
        members.append(
            (
                f"{name}: {never}",
                docstring(["Only other members of the union have it."]),
            )
        )
    return ClassView(
        header=_header(annotator.names.dict_of(model), base),
        docstring=docstring([f"`{annotator.names.class_of(model)}` as a dict."]),
        members=tuple(members),
    )


def _key(
    field: Field, model: Model, annotator: Annotator, imports: Imports
) -> tuple[str, str]:
    annotation = annotator.argument(field.type)
    if not field.required_in_request or field.sent is not None:
        annotation = f"{imports.use('typing', 'NotRequired')}[{annotation}]"
    key = lay_out(Typed(annotator.names.field(model, field), annotation), indent=4)
    return key, docstring([documentation.meaning(field.docs)])


__all__ = [
    "AliasView",
    "ClassView",
    "ModelsView",
    "ParamsView",
    "models_view",
    "params_view",
]

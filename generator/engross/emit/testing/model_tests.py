"""`test_models.py`: what replies may hold beyond their examples, and how models take it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import field

from engross.contract.ir import (
    ADDITIONAL,
    Enum,
    Kind,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Primitive,
    Ref,
    Reply,
    Type,
)
from engross.data import dataclass
from engross.emit.example_calls import NamedCall
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import constant
from engross.emit.operations import status_code
from engross.emit.testing.example_file import Shown
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import items, reply_source, row
from engross.layout import (
    Expression,
    Group,
    call,
    compact_call,
    is_word,
    lay_out,
    literal,
    string,
)
from engross.source.pointer import Pointer, write_tokens

_DEEPEST = 6
_AMOUNT = "12345678901234567890.10"


@dataclass(frozen=True, slots=True)
class ModelsView:
    """What `test_models.py` holds beside what holds for every contract.

    Attributes:
        replies: assignments of documented replies.
        enums: places of each field with an enum of texts.
        numbers: rows of reply, pointer and unknown value, one for each enum of numbers.
        amounts: the same for each decimal, with the value as it is on the wire.
        nullable: places of each field that may be null and may be absent.
        objects: places of each model.
    """

    imports: str
    replies: tuple[str, ...]
    enums: str
    numbers: str
    amounts: str
    nullable: str
    objects: str


def models_view(scope: Scope) -> ModelsView:
    """The view of `test_models.py`."""
    imports = scope.imports()
    imports.add_module("pytest")
    imports.add(".package", "Operation", "all_operations", "decoder", "models")
    imports.add("typing", "Any")
    tables = _Tables(scope, imports)
    for operation in scope.operations:
        tables.add(operation)
    if tables.replies:
        imports.add(".documented", "Reply")
        imports.add(".package", "Client")
        imports.add(".server", "Server")
    if tables.numbers:
        imports.add(".json_values", "Json")
    enums = bool(tables.enums or tables.numbers)
    if enums or tables.nullable or tables.objects:
        imports.add(".json_values", "plain", "value_at")
    if enums or tables.nullable or tables.amounts:
        imports.add(".json_values", "field_at")
    if tables.amounts:
        imports.add(".json_values", "Json", "on_the_wire", "value_at")
        imports.add("decimal", "Decimal")
    if tables.nullable:
        imports.add(".package", "UNSET")
    if tables.objects:
        imports.add(".json_values", "unknown_at")
    is_dense = scope.contract.is_large
    enum_places, nullable_places, object_places = (
        _table(_places(pointers, imports, is_dense=is_dense))
        for pointers in (tables.enums, tables.nullable, tables.objects)
    )
    return ModelsView(
        imports=imports.render(),
        replies=tuple(tables.replies),
        enums=enum_places,
        numbers=_table(tables.numbers),
        amounts=_table(tables.amounts),
        nullable=nullable_places,
        objects=object_places,
    )


def _table(rows: list[Expression]) -> str:
    return lay_out(Group("[", items(*rows), "]"), indent=4, after=",") if rows else ""


def _places(
    pointers: Mapping[str, list[str]], imports: Imports, *, is_dense: bool
) -> list[Expression]:
    """Return the rows of places, in a large package with all of a reply in one text."""
    rows: list[Expression] = []
    for reply, each in pointers.items():
        if is_dense and len(each) > 1 and all(map(is_word, each)):
            function = "places_of"
            given = items(reply, literal(" ".join(each)))
        else:
            function = "places"
            given = items(reply, *map(string, each))
        imports.add(".documented", function)
        rows.append(Group(f"*{function}(", given, ")"))
    return rows


@dataclass(slots=True)
class _Tables:
    """Rows that are found in the replies of one operation after the other.

    Attributes:
        enums: pointers by the names of replies.
        nullable: the same.
        objects: the same.
        seen: what has a row already: models, fields of models and types of replies.
    """

    scope: Scope
    imports: Imports
    replies: list[str] = field(default_factory=list)
    enums: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[Expression] = field(default_factory=list)
    amounts: list[Expression] = field(default_factory=list)
    nullable: dict[str, list[str]] = field(default_factory=dict)
    objects: dict[str, list[str]] = field(default_factory=dict)
    seen: set[Hashable] = field(default_factory=set)
    constants: Namespace = field(
        default_factory=lambda: Namespace("a constant", reserved=["UNSET"])
    )

    def add(self, operation: Operation) -> None:
        """Add what a reply of the operation holds and none before it did."""
        found = self._richest(operation)
        if found is None:
            return
        reply, shown = found
        assert reply.result is not None
        paged = operation.pagination
        steps = reply.unwrap if paged is None else paged.items
        kind = reply.result if paged is None else ListOf(paged.item_type)
        if not self._is_new(kind):
            return
        value = shown.value
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        wanted = _model_name(kind, self.scope.names) or operation.label
        name = self.constants.claim(kind, constant(wanted))
        before = len(self.seen)
        self._walk(value, kind, "", name, operation.label)
        if len(self.seen) > before:
            made = NamedCall.first(operation, self.scope.names)
            is_dense = self.scope.contract.is_large
            assigned = _dense_assignment(name, made, shown, steps) if is_dense else ""
            if assigned:
                self.imports.add(".exchanges", "reply_to")
            else:
                self.imports.add(".documented", "Call", "reply_example")
                assigned = _assignment(name, made, reply.status, shown, steps)
            self.replies.append(assigned)

    def _richest(self, operation: Operation) -> tuple[Reply, Shown] | None:
        """The reply of success whose example says most."""
        found: list[tuple[int, Reply, Shown]] = []
        for reply in operation.successes:
            if reply.result is not None:
                for status, shown in self.scope.example_file.replies(operation):
                    if status == reply.status:
                        found.append((len(str(shown.value)), reply, shown))
        if not found:
            return None
        _, reply, shown = max(found, key=lambda each: each[0])
        return reply, shown

    def _is_new(self, *what: Hashable) -> bool:
        if what in self.seen:
            return False
        self.seen.add(what)
        return True

    def _walk(
        self,
        value: object,
        type_: Type,
        at: str,
        name: str,
        holder: Hashable,
        depth: int = 0,
        *,
        in_model: bool = False,
    ) -> None:
        """Add the rows of a value.

        Args:
            value: the value.
            type_: its type.
            at: pointer to it.
            name: name of the reply.
            holder: what the type belongs to, such as a field; it has its rows once.
            depth: how deep in the reply it is.
            in_model: whether a model has it.
        """
        if depth > _DEEPEST:
            return
        below = depth + 1
        match type_, value:
            case Nullable(inner), _:
                self._walk(value, inner, at, name, holder, depth, in_model=in_model)
            case ListOf(item), [first, *_]:
                self._walk(
                    first, item, f"{at}/0", name, holder, below, in_model=in_model
                )
            case MapOf(inner), dict() if value:
                key, first = next(iter(value.items()))
                place = at + write_tokens((key,))
                self._walk(first, inner, place, name, holder, below, in_model=in_model)
            case Primitive(Kind.DECIMAL), _ if self._is_new(holder, "amount"):
                amount = f'Decimal("{_AMOUNT}")'
                self.amounts.append(row(name, string(at), amount))
            case Primitive(Kind.DECIMAL_TEXT), _ if in_model and self._is_new(
                holder, "amount"
            ):
                self.amounts.append(row(name, string(at), string(_AMOUNT)))
            case Ref() as ref, _:
                definition = self.scope.names.definition(ref)
                if isinstance(definition, Enum) and self._is_new(holder, "enum"):
                    self._enum(definition, at, name)
                elif isinstance(definition, Model) and isinstance(value, dict):
                    self._model(value, definition, at, name, depth)

    def _enum(self, enum: Enum, at: str, name: str) -> None:
        numbers = [m.value for m in enum.members if isinstance(m.value, int)]
        if numbers:
            unknown = literal(max(numbers) + 1)
            self.numbers.append(row(name, string(at), unknown))
        else:
            self.enums.setdefault(name, []).append(at)

    def _model(
        self, value: dict[str, object], model: Model, at: str, name: str, depth: int
    ) -> None:
        if ADDITIONAL not in model.wires and self._is_new(model.at):
            self.objects.setdefault(name, []).append(at)
        for each in model.fields:
            field_of = model.at, each.wire
            place = at + write_tokens((each.wire,))
            is_nullable = isinstance(each.type, Nullable) and not each.required
            if is_nullable and self._is_new(*field_of):
                self.nullable.setdefault(name, []).append(place)
            if each.wire in value:
                inner = value[each.wire]
                self._walk(
                    inner, each.type, place, name, field_of, depth + 1, in_model=True
                )


def _assignment(
    name: str, made: NamedCall, status: str, shown: Shown, steps: tuple[str, ...]
) -> str:
    inside = str(Pointer(steps))
    arguments: list[Expression] = [
        call_source(made),
        str(status_code(status, made.operation)),
        reply_source(shown),
    ]
    keywords: dict[str, Expression] = {"inside": string(inside)} if inside else {}
    return lay_out(call("Reply", *arguments, **keywords), before=f"{name} = ")


def _dense_assignment(
    name: str, made: NamedCall, shown: Shown, steps: tuple[str, ...]
) -> str:
    """The same in a large package; empty where that says more."""
    if steps or shown.method != made.method or shown.name != "sample":
        return ""
    given = [made.method, shown.status]
    if made.example is not None:
        given.append(made.example.name)
    return lay_out(compact_call("reply_to", map(string, given)), before=f"{name} = ")


def call_source(made: NamedCall) -> Expression:
    """The expression that makes a documented call in wire terms."""
    names = [made.method]
    if made.example is not None:
        names.append(made.example.name)
    return Group("Call.of(", items(*map(string, names)), ")")


def calls_source(made: Iterable[NamedCall], imports: Imports) -> Group | None:
    """The expression that makes many calls from one text; None if one has another name."""
    words: list[str] = []
    for each in made:
        names = [
            each.method,
            *([each.example.name] if each.example is not None else []),
        ]
        if not all(is_word(name) and "/" not in name for name in names):
            return None
        words.append("/".join(names))
    imports.add(".exchanges", "calls")
    return compact_call("calls", (literal(" ".join(words)),))


def _model_name(type_: Type, names: PythonNames) -> str:
    match type_:
        case Nullable(inner):
            return _model_name(inner, names)
        case ListOf(item):
            name = _model_name(item, names)
            return f"list of {name}" if name else ""
        case Ref():
            return names.class_of(type_)
        case _:
            return ""

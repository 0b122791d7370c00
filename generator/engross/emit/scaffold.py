"""Tests for a consumer's own tree: one file for each operation, to be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from jinja2 import FileSystemLoader, Template

from engross.contract.ir import (
    Act,
    Contract,
    Field,
    Kind,
    Model,
    Operation,
    ParameterId,
    Primitive,
    Ref,
    Resource,
)
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit.example_calls import Call, CallWriter
from engross.emit.fake import called_resources
from engross.emit.formatting import formatted
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames, python_names
from engross.emit.naming.reserved import STATUS_CLASSES
from engross.emit.naming.words import snake
from engross.emit.readme.highlights import Variables
from engross.emit.readme.markdown import plain
from engross.emit.readme.snippets import reply_of
from engross.emit.template_loader import code_environment
from engross.emit.testing import Scope
from engross.layout import (
    Group,
    Item,
    docstring,
    lay_out,
    literal,
    string,
)
from engross.paths import templates_root
from engross.schema.tree import Direction
from engross.source import Value
from engross.source.expression import Expression, Part

_LIKELY: Final = (404, 400, 422, 409, 403)
"""Statuses of failures that are raised at once, the most telling first."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What is written into a consumer's tree.

    Attributes:
        files: content by file name.
        left_out: methods for which no valid call, or no valid reply, is known.
    """

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaffoldedTest:
    """A test: its head, and what it does, each step after an empty line."""

    head: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaffoldedFile:
    """What the file of one operation prints."""

    docstring: str
    imports: str
    tests: tuple[ScaffoldedTest, ...]


def scaffold(contract: Contract) -> Scaffold:
    """Return tests of all operations that use the fake of their package.

    Raises:
        FindingsError: names that the author chose clash.
    """
    names = python_names(contract)
    scope = Scope.of(contract, names)
    files: dict[str, bytes] = {}
    told = [each for each in scope.readable if _has_reply(each)]
    for operation in told:
        view = _Writer(contract, scope, operation).file()
        text = formatted(_template().render(file=view))
        stem = scope.stems[names.method(operation)]
        files[f"test_{names.package}_{stem}.py"] = text.encode()
    shown = {operation.id for operation in told}
    left_out = (each for each in contract.operations if each.id not in shown)
    return Scaffold(files, tuple(map(names.method, left_out)))


def _has_reply(operation: Operation) -> bool:
    """Return whether a fake knows what a call returns."""
    reply = operation.successes[0] if operation.successes else None
    return reply is None or reply.schema is None or _whole(operation) is not None


@cache
def _template() -> Template:
    loader = FileSystemLoader(templates_root() / "scaffold")
    return code_environment(loader).get_template("test_operation.py.jinja")


@dataclass(frozen=True, slots=True)
class _Arranged:
    """What is there before the call: nothing, an item, or a stub of the reply."""

    lines: tuple[str, ...] = ()
    identity: str = ""
    """Member of the item that names it."""
    name: str | int = ""
    """What names it."""


class _Writer:
    """Writes the tests of one operation."""

    def __init__(self, contract: Contract, scope: Scope, operation: Operation) -> None:
        self._contract = contract
        self._scope = scope
        self._operation = operation
        self._names: PythonNames = scope.names
        package = self._names.package
        self._imports = Imports(third_party=frozenset({"pytest", package}))
        self._client, self._fake = package, f"fake_{package}"
        self._method = self._names.method(operation)
        self._variables = Variables(
            self._names, ["known", "pytest", self._client, self._fake]
        )

    def file(self) -> ScaffoldedFile:
        """Return what the file prints."""
        self._imports.add_module("pytest")
        client = self._names.client
        self._imports.add(self._names.package, client)
        self._imports.add(f"{self._names.package}.testing", f"Fake{client}")
        tests = (self._works(), self._fails())
        about = plain(self._operation.docs.summary).rstrip(".")
        text = f"`{self._method}`: {about}." if about else f"Tests of `{self._method}`."
        return ScaffoldedFile(
            docstring([text], indent=0), self._imports.render(), tests
        )

    def _test(self, about: str, *steps: str) -> ScaffoldedTest:
        client = self._names.client
        fixtures = (
            Item(f"{self._fake}: ", f"Fake{client}"),
            Item(f"{self._client}: ", client),
        )
        name = f"test_{self._scope.stems[self._method]}_{about}"
        head = lay_out(Group(f"def {name}(", fixtures, ")"), after=" -> None:")
        return ScaffoldedTest(head, tuple(filter(None, steps)))

    # The call works

    def _works(self) -> ScaffoldedTest:
        made = CallWriter(self._names, self._imports).first(self._operation)
        arranged = self._arranged(made)
        asserted = [*self._asserted(arranged, made)]
        variable = self._variable() if asserted else ""
        sent = self._sent(made, variable)
        asserted = [f"assert {variable}{each}" for each in asserted]
        count = f'{self._fake}.calls.assert_one("{self._method}")'
        return self._test(
            self._outcome(variable),
            _indented(*arranged.lines),
            sent,
            _indented(*asserted, count),
        )

    def _outcome(self, variable: str) -> str:
        return f"returns_{variable}" if variable else "is_sent"

    def _variable(self) -> str:
        """Return the variable of the result."""
        paging, result = self._operation.pagination, self._operation.result
        if paging is not None:
            return self._variables.of(paging.item_type, "item")
        assert result is not None
        return self._variables.of(result, "result")

    def _sent(self, made: Call, variable: str) -> str:
        """Return the call, whose result is given to a variable, if there is one."""
        before = f"{variable} = " if variable else ""
        after = ""
        if self._operation.pagination is not None:
            before, after = f"{before}next(iter(", "), None)"
        before += f"{self._client}.{made.method}"
        return f"    {lay_out(made.brackets, indent=4, before=before, after=after)}"

    # What is there before

    def _arranged(self, made: Call) -> _Arranged:
        life = self._operation.life
        resource = None if life is None else self._resources[life.resource]
        if life is None or resource is None or life.act is Act.CREATE:
            # What a fake makes of a request is an object.
            is_object = self._operation.body is None or self._result is not None
            return _Arranged() if is_object else self._stubbed()
        if not resource.is_created:
            return _Arranged()
        found = self._named(resource, made)
        if found is None:
            return self._stubbed()
        identity, value = found
        name = called_resources(self._contract, self._names)[life.resource]
        given = [
            Item("", string(name)),
            *(Item("", each) for each in self._within(made)),
        ]
        given.append(Item(f"{identity}=", literal(value)))
        for member, values in life.since.items():
            if not member.isidentifier() or not isinstance(values[0], str | int):
                return self._stubbed()
            given.append(Item(f"{member}=", literal(values[0])))
        added = lay_out(Group(f"{self._fake}.add(", tuple(given), ")"), indent=4)
        return _Arranged((added,), identity, value)

    def _stubbed(self) -> _Arranged:
        """Return a stub: the contract's own sample is the reply."""
        return _Arranged((f'{self._fake}.on("{self._method}").respond()',))

    @property
    def _resources(self) -> Mapping[str, Resource]:
        return {each.key: each for each in self._contract.resources}

    def _own_parameter(self) -> str | None:
        """Return the parameter of the path that names the item; None if none does."""
        life = self._operation.life
        item = None if life is None else life.item
        if not isinstance(item, Expression) or item.part is not Part.PATH:
            return None
        return item.name

    def _within(self, made: Call) -> Iterator[str]:
        """Yield the values of the path that say what the items are within."""
        own = self._own_parameter()
        for identity, value in made.parameters.items():
            if identity.location is ParameterLocation.PATH and identity.wire != own:
                yield _flat(str(value))

    def _named(self, resource: Resource, made: Call) -> tuple[str, str | int] | None:
        """Return the member that names an item, and the name that the call has for it."""
        life, pointer = self._operation.life, resource.identity[0].tokens
        shown = self._showing(resource)
        if shown is None or shown.life is None or len(pointer) != 1:
            return None
        identity, sample = pointer[0], _whole(shown)
        item = sample
        for step in shown.life.at:
            item = item.get(step) if isinstance(item, dict) else None
        held = item.get(identity) if isinstance(item, dict) else None
        value: object = held
        if life is None or life.act is not Act.LIST:
            own = ParameterId(ParameterLocation.PATH, self._own_parameter() or "")
            value = made.parameters.get(own)
        elif self._operation.pagination is None:
            return None
        if not isinstance(value, str | int) or type(value) is not type(held):
            return None
        body = _with_member(sample, (*shown.life.at, identity), value)
        is_valid = self._is_reply(shown, body)
        return (identity, value) if is_valid and identity.isidentifier() else None

    def _showing(self, resource: Resource) -> Operation | None:
        """Return the operation whose reply says most about an item, as a fake takes it."""
        order = (Act.RETRIEVE, Act.CREATE, Act.UPDATE, Act.REPLACE, Act.TRANSITION)
        showing = (
            each
            for act in order
            for each in self._scope.operations
            if each.life and each.life.resource == resource.key and each.life.act is act
        )
        return next(showing, None)

    def _is_reply(self, operation: Operation, body: Value) -> bool:
        """Return whether an operation may reply with a body."""
        schema = operation.successes[0].schema if operation.successes else None
        return schema is not None and self._scope.schemas.is_valid(
            schema, body, Direction.RESPONSE
        )

    # What is asserted

    def _asserted(self, arranged: _Arranged, made: Call) -> Iterator[str]:
        """Yield what is asserted of the result, behind its variable."""
        operation = self._operation
        if operation.pagination is not None:
            if arranged.lines:
                yield " is not None"
            return
        model = self._result
        if model is None:
            return
        plain_fields = {
            each.wire: each
            for each in model.fields
            if each.type in (Primitive(Kind.STRING), Primitive(Kind.INTEGER))
            and not each.constant
        }
        found: tuple[Field, str] | None = None
        if arranged.identity:
            field = plain_fields.get(arranged.identity)
            kind = Kind.STRING if isinstance(arranged.name, str) else Kind.INTEGER
            is_alike = field is not None and field.type == Primitive(kind)
            if field is not None and is_alike and self._is_item():
                found = field, lay_out(literal(arranged.name))
        elif operation.life is not None and operation.life.act is Act.CREATE:
            found = self._echoed(made, plain_fields) if self._is_item() else None
        elif arranged.lines or (operation.life is None and operation.body is None):
            found = self._documented(plain_fields)
        if found is not None:
            field, value = found
            yield f".{self._names.field(model, field)} == {value}"

    @property
    def _result(self) -> Model | None:
        """The model that the method returns; None if it returns something else."""
        result = self._operation.result
        model = self._names.definition(result) if isinstance(result, Ref) else None
        return model if isinstance(model, Model) else None

    def _documented(self, fields: Mapping[str, Field]) -> tuple[Field, str] | None:
        """Return a field of the reply that the contract shows, and its value as source."""
        is_documented, value = reply_of(self._operation)
        held = value if isinstance(value, dict) and is_documented else {}
        for wire, field in fields.items():
            shown = held.get(wire)
            is_plain = isinstance(shown, int) and not isinstance(shown, bool)
            if is_plain or isinstance(shown, str):
                return field, lay_out(literal(shown))
        return None

    def _is_item(self) -> bool:
        """Return whether the method returns the item itself."""
        operation = self._operation
        reply = operation.successes[0] if operation.successes else None
        life = operation.life
        return reply is not None and life is not None and reply.unwrap == life.at

    def _echoed(
        self, made: Call, texts: Mapping[str, Field]
    ) -> tuple[Field, str] | None:
        """Return a field that repeats what the request says, and its value."""
        life, operation = self._operation.life, self._operation
        given: object = made.body
        for step in operation.body.wrap if operation.body else ():
            given = given.get(step) if isinstance(given, dict) else None
        if life is None or life.act is not Act.CREATE or not isinstance(given, dict):
            return None
        resource = self._resources[life.resource]
        clocks = {*dict(resource.created), *dict(resource.changed)}
        for wire, field in texts.items():
            value = given.get(wire)
            is_set = wire in life.sets or wire in clocks
            if isinstance(value, str) and not is_set and self._may_be(wire, value):
                return field, _flat(value)
        return None

    def _may_be(self, wire: str, value: str) -> bool:
        """Return whether the reply may have a value in a member of the item."""
        operation = self._operation
        assert operation.life is not None
        body = _with_member(_whole(operation), (*operation.life.at, wire), value)
        return self._is_reply(operation, body)

    # The call fails

    def _fails(self) -> ScaffoldedTest:
        made = CallWriter(self._names, self._imports).first(self._operation)
        asked, raised = self._failure()
        self._imports.add(self._names.package, raised)
        operation = f'operation="{self._method}"'
        failing = Group(
            f"{self._fake}.fail_next(", (Item("", asked), Item("", operation)), ")"
        )
        call = made.on(self._client)
        if self._operation.pagination is not None:
            call = Group("list(", (Item("", call),), ")")
        return self._test(
            f"raises_{snake(raised)}",
            _indented(lay_out(failing, indent=4)),
            f"    with pytest.raises({raised}):\n        {lay_out(call, indent=8)}",
        )

    def _failure(self) -> tuple[str, str]:
        """Return how a failure is asked for, and what it raises: a documented one, if any."""
        operation = self._operation
        done = [each for each in operation.errors if each.code in operation.retry.done]
        for error in (*done, *operation.errors):
            if error.status in _LIKELY:
                return f"code={_flat(error.code)}", self._names.error(error)
        documented = [each.status for each in operation.replies]
        known = [status for status in _LIKELY if str(status) in documented]
        status = (*known, 400)[0]
        return f"status={status}", STATUS_CLASSES[status]


def _flat(text: str) -> str:
    """Return a text as source, in one line."""
    return lay_out(literal(text))


def _indented(*lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _whole(operation: Operation) -> Value:
    """Return the sample of the body with which an operation succeeds."""
    for status, example in operation.reply_examples:
        if status.startswith("2"):
            return example.value  # type: ignore[return-value]
    return None


def _with_member(body: Value, at: tuple[str, ...], value: Value) -> Value:
    if not at:
        return value
    inner = body.get(at[0]) if isinstance(body, dict) else None
    held = body if isinstance(body, dict) else {}
    return {**held, at[0]: _with_member(inner, at[1:], value)}

"""Resources and their methods, sync and async from one description."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engross.contract.ir import (
    Argument,
    Contract,
    Operation,
    ProviderError,
)
from engross.emit import documentation
from engross.emit.annotations import Annotator
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames, Resource
from engross.emit.operations import is_success
from engross.layout import (
    Expression,
    Group,
    Item,
    Typed,
    call,
    dict_of,
    docstring,
    lay_out,
    string,
)


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method: its head, docstring and single statement."""

    name: str
    head: str
    docstring: str
    body: str
    raw: str
    streamed: str
    """Statements that make the variants."""


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A property that makes an object: its head, the import of the class, and what it returns."""

    head: str
    local_import: str
    returned: str


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A module with one resource."""

    module: str
    class_name: str
    raw_class_name: str
    streaming_class_name: str
    base: str
    imports: str
    typing_imports: str
    docstring: str
    summary: str
    """The docstring once more, for the client's property."""
    own: PropertyView
    raw: PropertyView
    streaming: PropertyView
    """The client's properties that return the resource and its variants."""
    raw_init: str
    streaming_init: str
    """Heads of the variants' `__init__`."""
    methods: tuple[MethodView, ...]


def resource_view(
    resource: Resource, contract: Contract, names: PythonNames, *, is_async: bool
) -> ResourceView:
    """The view of a resource's module."""
    imports, typing_imports = Imports(), Imports()
    typing_imports.add("typing", "Unpack")
    prefix = "Async" if is_async else ""
    module = "async_client" if is_async else "sync_client"
    package = "async_resources" if is_async else "resources"
    base = "AsyncResource" if is_async else "SyncResource"
    raw = "async_raw" if is_async else "raw"
    streamed = "async_streamed" if is_async else "streamed"
    imports.add("typing", "TYPE_CHECKING")
    imports.add(f".._runtime.{module}", base, raw, streamed)
    typing_imports.add(".._runtime.options", "CallOptions")
    imports.add("..", "operations")
    by_id = {each.id: each for each in contract.operations}
    operations = [by_id[each] for each in resource.operations]
    writer = _MethodWriter(
        contract=contract,
        names=names,
        annotator=Annotator(
            names,
            typing_imports,
            package="..",
            models="..models",
            params="..params",
            hidden=frozenset(names.verb(each) for each in operations),
        ),
        imports=imports,
        typing_imports=typing_imports,
        is_async=is_async,
    )
    methods = tuple(writer.method(each) for each in operations)
    typing_block = typing_imports.render(indent=4)
    fallback = (
        f"Calls of {contract.title} that concern {resource.name.replace('_', ' ')}."
    )
    about = documentation.sentence(resource.description) or fallback
    name = prefix + resource.class_name
    raw_name = f"{name}WithRawResponse"
    streaming_name = f"{name}WithStreamingResponse"
    place = (package, resource.name)
    given = f"self._client.{resource.name}"
    return ResourceView(
        module=resource.name,
        class_name=name,
        raw_class_name=raw_name,
        streaming_class_name=streaming_name,
        base=base,
        imports=imports.render(),
        typing_imports=typing_block,
        docstring=docstring([about]),
        summary=docstring([about], indent=8),
        own=_property(*place, name, "self"),
        raw=_property(*place, raw_name, given),
        streaming=_property(*place, streaming_name, given),
        raw_init=_init(name),
        streaming_init=_init(name),
        methods=methods,
    )


def _property(package: str, module: str, name: str, given: str) -> PropertyView:
    imports = Imports()
    imports.add(f".{package}.{module}", name)
    head = Group(f"def {module}(", (Item("", "self"),), ")")
    return PropertyView(
        head=lay_out(head, indent=4, after=f" -> {name}:"),
        local_import=imports.render(indent=8),
        returned=lay_out(call(name, given), indent=8, before="return "),
    )


def _init(resource: str) -> str:
    """The head of a variant's `__init__`."""
    arguments = Item("", "self"), Item("", Typed("resource", resource))
    init = Group("def __init__(", arguments, ")")
    return lay_out(init, indent=4, after=" -> None:")


@dataclass(frozen=True, slots=True)
class _MethodWriter:
    contract: Contract
    names: PythonNames
    annotator: Annotator
    imports: Imports
    typing_imports: Imports
    is_async: bool

    def method(self, operation: Operation) -> MethodView:
        prefix = "async_" if self.is_async else ""
        name = self.names.verb(operation)
        raised = raised_by(operation, self.contract.errors.classes)
        return MethodView(
            name=name,
            head=self._head(operation),
            docstring=docstring(
                [
                    *documentation.method(
                        operation,
                        key=_key_argument(operation, self.names),
                        arguments=[
                            (self.names.argument(operation, each.id), each.docs)
                            for each in operation.arguments
                        ],
                        raised=[(self.names.error(each), each) for each in raised],
                        validated=operation.body is not None
                        or bool(operation.parameters),
                    )
                ],
                indent=8,
            ),
            body=self._body(operation),
            raw=_variant(f"{prefix}raw", name),
            streamed=_variant(f"{prefix}streamed", name),
        )

    def _head(self, operation: Operation) -> str:
        items = [Item("", "self")]
        positional = [each for each in operation.arguments if each.positional]
        named = [each for each in operation.arguments if not each.positional]
        items += [Item("", self._argument(each, operation)) for each in positional]
        if named:
            items.append(Item("", "*"))
        items += [Item("", self._argument(each, operation)) for each in named]
        options = self.names.operations[operation.id].options
        items.append(Item("", f"**{options}: Unpack[CallOptions]"))
        paged = operation.pagination is not None
        keyword = "async def" if self.is_async and not paged else "def"
        group = Group(f"{keyword} {self.names.verb(operation)}(", tuple(items), ")")
        return lay_out(group, indent=4, after=f" -> {self._result(operation)}:")

    def _argument(self, argument: Argument, operation: Operation) -> Typed:
        name = self.names.argument(operation, argument.id)
        annotation = self.annotator.argument(argument.type)
        if argument.required:
            return Typed(name, annotation)
        self.imports.add(".._runtime.models", "UNSET")
        self.typing_imports.add(".._runtime.models", "UnsetType")
        return Typed(name, f"{annotation} | UnsetType", "UNSET")

    def _result(self, operation: Operation) -> str:
        if operation.pagination is None:
            return self.annotator.result(operation.result)
        pager = "AsyncPager" if self.is_async else "Pager"
        module = "async_pager" if self.is_async else "pager"
        self.typing_imports.add(f".._runtime.{module}", pager)
        return f"{pager}[{self.annotator.result(operation.pagination.item_type)}]"

    def _body(self, operation: Operation) -> str:
        paged = operation.pagination is not None
        wait = "await " if self.is_async and not paged else ""
        names = self.names.operations[operation.id]
        positional: list[Expression] = [f"operations.{names.constant}"]
        keywords: dict[str, Expression] = {}
        arguments: dict[str, Expression] = {
            string(name): name
            for each in operation.arguments
            if not each.in_body
            for name in (names.arguments[each.id],)
        }
        if arguments:
            positional.append(dict_of(arguments))
        body = [each for each in operation.arguments if each.in_body]
        if operation.body is not None:
            if operation.body.spread:
                keywords["body"] = dict_of(
                    {
                        string(self.names.body_field(operation, each)): (
                            names.arguments[each.id]
                        )
                        for each in body
                    }
                )
            else:
                keywords["body"] = names.arguments[body[0].id]
        keywords["options"] = names.options
        verb = "paginate" if paged else "send"
        statement = call(f"self._client.{verb}", *positional, **keywords)
        return lay_out(statement, indent=8, before=f"return {wait}")


def _variant(helper: str, verb: str) -> str:
    function = call(helper, f"resource.{verb}")
    return lay_out(function, indent=8, before=f"self.{verb} = ")


def _key_argument(operation: Operation, names: PythonNames) -> str | None:
    """The argument that holds the idempotency key."""
    key = operation.retry.key
    if key is None or not key.pointer.tokens:
        return None
    return next(
        (
            names.argument(operation, each.id)
            for each in operation.arguments
            if each.in_body and each.wire == key.label
        ),
        None,
    )


def raised_by(
    operation: Operation, classes: Iterable[ProviderError]
) -> list[ProviderError]:
    """Errors with a provider code that a call may raise: those of statuses that it documents."""
    statuses = {reply.status for reply in operation.replies}
    success = any(is_success(reply, operation) for reply in operation.replies)
    return [
        each
        for each in classes
        if each.status is None
        or str(each.status) in statuses
        or f"{each.status // 100}XX" in statuses
        or (each.status < 300 and success)
    ]

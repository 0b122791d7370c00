"""Resources and their methods, sync and async from one description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from engross.contract.ir import (
    ANY,
    Argument,
    Body,
    Contract,
    MapOf,
    Operation,
    Type,
)
from engross.data import dataclass
from engross.emit import documentation
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames, Resource
from engross.emit.type_annotations import Annotator
from engross.layout import (
    Expression,
    Group,
    Item,
    Typed,
    call,
    class_line,
    dict_of,
    docstring,
    getter,
    lay_out,
    string,
)


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method: its signature, docstring and single statement."""

    name: str
    overload: str
    """Name of the decorator, if there are overloads."""
    overloads: tuple[str, ...]
    head: str
    docstring: str
    body: str


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A property that creates an object: signature, import of the class, and result."""

    head: str
    local_import: str
    returned: str


@dataclass(frozen=True, slots=True)
class InnerResourceView:
    """The property of a resource, or of its variant, that returns a resource within it."""

    property: PropertyView
    summary: str
    """Its docstring; empty where the plain resource has it, or it would say nothing new."""


@dataclass(frozen=True, slots=True)
class VariantView:
    """A class with the same methods in another form, or in either of two."""

    class_name: str
    head: str
    """The line that begins it."""
    docstring: str
    init: str
    """Signature of `__init__`; empty where the base class has it."""
    statements: tuple[str, ...]
    """Statements that create the methods, in `__init__` or else in the class."""
    own: PropertyView
    """The property that returns it, of the variant of the client or of the resource around it."""
    resources: tuple[InnerResourceView, ...]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A module with one resource."""

    module: str
    class_name: str
    base: str
    imports: str
    typing_imports: str
    """Imports of the resources within it, for type checkers alone."""
    resource_property: str
    """Name of the decorator of its resources, if there are any."""
    docstring: str
    summary: str
    """That of the property that returns the resource; empty where it would say nothing new."""
    own: PropertyView
    """The property that returns the resource, of the client or of the resource around it."""
    is_of_client: bool
    resources: tuple[InnerResourceView, ...]
    variant: VariantView
    methods: tuple[MethodView, ...]


def resource_views(
    contract: Contract, names: PythonNames, *, is_async: bool
) -> tuple[ResourceView, ...]:
    """Return the views of the modules of all resources."""
    by_id = {operation.id: operation for operation in contract.operations}
    of_large_package = contract.is_large
    of_types = names.of_types
    return tuple(
        _resource_view(
            resource,
            [by_id[identity] for identity in resource.operations],
            contract,
            names,
            of_types,
            is_async=is_async,
            of_large_package=of_large_package,
        )
        for resource in names.resources
    )


def _resource_view(
    resource: Resource,
    operations: Sequence[Operation],
    contract: Contract,
    names: PythonNames,
    of_types: frozenset[str],
    *,
    is_async: bool,
    of_large_package: bool,
) -> ResourceView:
    prefix = "Async" if is_async else ""
    name = prefix + resource.class_name
    attributes = frozenset(each.attribute for each in resource.resources)
    defined = frozenset(
        prefix + each.class_name + form
        for each in (resource, *resource.resources)
        for form in ("", _RAW, _BOTH)
    )
    imports = Imports(
        taken=of_types,
        in_methods=names.in_methods(operations) | attributes,
        defined=defined,
    )
    module = "async_client" if is_async else "sync_client"
    client_module = f".._runtime.{module}"
    writer = _MethodWriter(
        contract=contract,
        names=names,
        annotator=Annotator(
            names,
            imports,
            package="..",
            models="..models",
            params="..params",
            hidden=attributes.union(map(names.verb, operations)),
        ),
        imports=imports,
        is_async=is_async,
        operations=imports.use("..", "operations") if operations else "",
        options=_options(imports) if operations else "",
        is_brief=of_large_package,
        sync_class=resource.class_name,
    )
    base = imports.use(client_module, "AsyncResource" if is_async else "SyncResource")
    methods = tuple(map(writer.method, operations))
    suffix = variant_suffix(contract)
    variant = (
        writer.both_forms(resource, operations)
        if contract.streams
        else writer.raw_form(resource, operations)
    )
    typing_imports = Imports()
    decorator = ""
    if resource.resources:
        decorator = imports.use(".._runtime.client_core", "resource_property")
        imports.add("typing", "TYPE_CHECKING")
        imports.add("functools", "cached_property")
    for inner in resource.resources:
        plain = prefix + inner.class_name
        typing_imports.add(f".{inner.module}", plain, plain + suffix)
    if of_large_package:
        # Only annotations name them, and a call needs few of them.
        imports.move("..models", typing_imports)
        imports.move("..params", typing_imports)
        if typing_imports.names:
            imports.add("typing", "TYPE_CHECKING")
    about = _about(resource, contract)
    return ResourceView(
        module=resource.module,
        class_name=name,
        base=base,
        imports=imports.render(),
        typing_imports=typing_imports.render(indent=4),
        resource_property=decorator,
        docstring=docstring(
            [about, f"See `{names.client}` for what methods raise."]
            if of_large_package and operations
            else [about]
        ),
        summary=_summary(resource, contract),
        own=_property(
            resource,
            name,
            "self" if resource.is_of_client else "self._client",
            is_async=is_async,
        ),
        is_of_client=resource.is_of_client,
        resources=tuple(
            InnerResourceView(
                _property(
                    inner,
                    prefix + inner.class_name,
                    "self._client",
                    is_async=is_async,
                ),
                _summary(inner, contract),
            )
            for inner in resource.resources
        ),
        variant=variant,
        methods=methods,
    )


def _options(imports: Imports) -> str:
    unpack = imports.use("typing", "Unpack")
    return f"{unpack}[{imports.use('.._runtime.options', 'CallOptions')}]"


def _about(resource: Resource, contract: Contract) -> str:
    words = re.sub(r"[._]", " ", resource.name)
    fallback = f"Operations of {contract.title} on {words}."
    return documentation.sentence(resource.description) or fallback


def _summary(resource: Resource, contract: Contract) -> str:
    """Return the docstring of the property: in a large package only what the author says."""
    if contract.is_large and not resource.description:
        return ""
    return docstring([_about(resource, contract)], indent=8)


def _property(
    resource: Resource, class_name: str, *given: str, is_async: bool, form: str = ""
) -> PropertyView:
    """Return the property that makes a resource, or a variant of one."""
    imports = Imports()
    package = "async_resources" if is_async else "resources"
    module = f".{package}.{resource.module}"
    imports.add(module if resource.is_of_client else f".{resource.module}", class_name)
    result = f"{class_name}[{form}]" if form else class_name
    return PropertyView(
        head=getter(resource.attribute, result),
        local_import=imports.render(indent=8),
        returned=lay_out(call(class_name, *given), indent=8, before="return "),
    )


def _init(resource: str) -> str:
    """Return the signature of a variant's `__init__`."""
    arguments = Item("", "self"), Item("", Typed("resource", resource))
    init = Group("def __init__(", arguments, ")")
    return lay_out(init, indent=4, after=" -> None:")


@dataclass(frozen=True, slots=True)
class _MethodWriter:
    contract: Contract
    names: PythonNames
    annotator: Annotator
    imports: Imports
    is_async: bool
    operations: str
    """Module of the descriptors."""
    options: str
    """Type of the arguments that every method has."""
    is_brief: bool
    """Whether what several methods would say is said once."""
    sync_class: str
    """The sync class of the resource."""

    def method(self, operation: Operation) -> MethodView:
        """Return the view of a method."""
        return MethodView(
            name=self.names.verb(operation),
            overload=self._overload_name(operation),
            overloads=tuple(self._overloads(operation)),
            head=self._head(operation),
            docstring=docstring([*self._docs(operation)], indent=8),
            body=self._body(operation),
        )

    def _docs(self, operation: Operation) -> Iterator[str]:
        if self.is_async and self.is_brief:
            sync_method = f"{self.sync_class}.{self.names.verb(operation)}"
            return documentation.method_in_short(operation, sync_method)
        return documentation.method(
            operation,
            key=_key_argument(operation, self.names),
            arguments=[
                (self.names.argument(operation, argument.id), argument.docs)
                for argument in operation.arguments
            ],
            raised=[(self.names.error(error), error) for error in operation.errors],
            validated=operation.body is not None
            or any(not each.constant for each in operation.parameters),
            read_back=self._read_back(operation),
            linked=self._linked(operation),
            brief=self.is_brief,
        )

    def _read_back(self, operation: Operation) -> str | None:
        """Return the method that tells how a call of an operation ended."""
        read = operation.retry.read
        if read is None:
            return None
        return next(
            (
                self.names.method(other)
                for other in self.contract.operations
                if other.operation_id == read.operation
            ),
            None,
        )

    def _linked(self, operation: Operation) -> list[str]:
        """Return the methods that responses of an operation link to."""
        others = self.contract.operations if operation.links else ()
        return [
            self.names.method(other) for other in others if other.id in operation.links
        ]

    def _overload_name(self, operation: Operation) -> str:
        is_overloaded = operation.body is not None and operation.body.others
        return self.imports.use("typing", "overload") if is_overloaded else ""

    def _overloads(self, operation: Operation) -> Iterator[str]:
        """Yield the heads of a method whose body may be of several media types.

        Those of ranges, which take any text, come last: type checkers take the first.
        """
        body = operation.body
        if body is None or not body.others:
            return
        names = self.names.operations[operation.id]
        annotation = self._media_types([body.media_type])
        chosen = Typed(names.content_type, annotation, string(body.media_type))
        heads = [(annotation, [*self._named(operation), chosen])]
        others: dict[tuple[str, bool], list[str]] = {}
        for other in body.others:
            of_body = self.annotator.argument(_given_whole(other))
            key = of_body, "*" in other.media_type
            others.setdefault(key, []).append(other.media_type)
        for (of_body, _), media_types in others.items():
            annotation = self._media_types(media_types)
            given = Typed(names.body, of_body), Typed(names.content_type, annotation)
            named = [*self._named(operation, members=False), *given]
            heads.append((annotation, named))
        for _, named in sorted(heads, key=lambda head: head[0] == "str"):
            yield self._signature(operation, named, after=": ...")

    def _media_types(self, media_types: list[str]) -> str:
        """Return the type of an argument that takes media types, or any of their range."""
        if any("*" in media_type for media_type in media_types):
            return "str"
        literal_type = self.imports.use("typing", "Literal")
        return f"{literal_type}[{', '.join(map(string, media_types))}]"

    def _named(self, operation: Operation, *, members: bool = True) -> list[Typed]:
        """Return the arguments that are given by name, perhaps without those of the body."""
        return [
            self._argument(argument, operation)
            for argument in operation.arguments
            if not argument.positional and (members or not argument.in_body)
        ]

    def _head(self, operation: Operation) -> str:
        body = operation.body
        if body is None or not body.others:
            return self._signature(operation, self._named(operation), after=":")
        names = self.names.operations[operation.id]
        unset = self.imports.use(".._runtime.models", "UNSET")
        named = [
            *self._named(operation, members=False),
            *(
                self._argument(replace(argument, required=False), operation)
                for argument in operation.arguments
                if argument.in_body and not argument.is_body
            ),
            Typed(names.body, "object", unset),
            Typed(names.content_type, "str", string(body.media_type)),
        ]
        return self._signature(operation, named, after=":")

    def _signature(
        self, operation: Operation, named: list[Typed], *, after: str
    ) -> str:
        items = [Item("", "self")]
        given = operation.arguments
        positional = [argument for argument in given if argument.positional]
        items += [Item("", self._argument(each, operation)) for each in positional]
        if named:
            items.append(Item("", "*"))
        items += [Item("", argument) for argument in named]
        options = self.names.operations[operation.id].options
        items.append(Item("", f"**{options}: {self.options}"))
        paged = operation.pagination is not None
        keyword = "async def" if self.is_async and not paged else "def"
        group = Group(f"{keyword} {self.names.verb(operation)}(", tuple(items), ")")
        return lay_out(group, indent=4, after=f" -> {self._result(operation)}{after}")

    def _argument(self, argument: Argument, operation: Operation) -> Typed:
        name = self.names.argument(operation, argument.id)
        annotation = self.annotator.argument(argument.type)
        if argument.required:
            return Typed(name, annotation)
        unset = self.imports.use(".._runtime.models", "UNSET")
        unset_type = self.imports.use(".._runtime.models", "UnsetType")
        return Typed(name, f"{annotation} | {unset_type}", unset)

    def _result(self, operation: Operation) -> str:
        if operation.pagination is None:
            return self.annotator.result(operation.result)
        return (
            f"{self._pager()}[{self.annotator.result(operation.pagination.item_type)}]"
        )

    def _pager(self) -> str:
        if self.is_async:
            return self.imports.use(".._runtime.async_pager", "AsyncPager")
        return self.imports.use(".._runtime.sync_pager", "Pager")

    def raw_form(
        self, resource: Resource, operations: Iterable[Operation]
    ) -> VariantView:
        """Return the variant of a resource whose methods return the response."""
        class_name = self._class_of(resource)
        statements = ["self._resource = resource"] if resource.resources else []
        for operation in operations:
            verb = self.names.verb(operation)
            is_paged = operation.pagination is not None
            function = self._of_runtime(
                *(("pager", "raw_page") if is_paged else ("client", "raw"))
            )
            made = call(function, f"resource.{verb}")
            statements.append(lay_out(made, indent=8, before=f"self.{verb} = "))
        return VariantView(
            class_name=class_name + _RAW,
            head=class_line(class_name + _RAW, ""),
            docstring=docstring(
                [f"`{class_name}` with methods that return the response."]
            ),
            init=_init(class_name),
            statements=tuple(statements),
            own=self._variant_property(resource),
            resources=self._variant_resources(resource),
        )

    def both_forms(
        self, resource: Resource, operations: Iterable[Operation]
    ) -> VariantView:
        """Return the variant whose methods return the response, or else stream it."""
        class_name = self._class_of(resource)
        kind = "Async" if self.is_async else "Sync"
        module = f".._runtime.{kind.lower()}_responses"
        base = self.imports.use(module, f"{kind}VariantBase")
        form = self.imports.use(module, "FormT")
        statements: list[str] = []
        for operation in operations:
            verb = self.names.verb(operation)
            plain = f"{class_name}.{verb}"
            if self._overload_name(operation) and operation.pagination is None:
                method = self.imports.use(module, f"{kind}Method")
                raw = self._of_runtime("responses", "raw_form")
                streamed = self._of_runtime("responses", "streamed_form")
                # Type checkers lose overloads where one call makes both.
                made = call(method, f"_raw_{verb}", f"_streamed_{verb}")
                for name, written in (
                    (f"_raw_{verb}", call(raw, plain)),
                    (f"_streamed_{verb}", call(streamed, plain)),
                    (verb, made),
                ):
                    statements.append(lay_out(written, indent=4, before=f"{name} = "))
                continue
            paged = operation.pagination is not None
            function = "paged_forms" if paged else "forms"
            made = call(self._of_runtime("responses", function), plain)
            statements.append(lay_out(made, indent=4, before=f"{verb} = "))
        return VariantView(
            class_name=class_name + _BOTH,
            head=class_line(class_name + _BOTH, f"{base}[{form}]"),
            docstring=docstring([f"`{class_name}` with {BOTH_FORMS}."]),
            init="",
            statements=tuple(statements),
            own=self._variant_property(resource),
            resources=self._variant_resources(resource, form),
        )

    def _of_runtime(self, module: str, function: str) -> str:
        """Return the name of a function that has a sync and an async variant."""
        kind = "async" if self.is_async else "sync"
        name = f"async_{function}" if self.is_async else function
        return self.imports.use(f".._runtime.{kind}_{module}", name)

    def _variant_resources(
        self, resource: Resource, form: str = ""
    ) -> tuple[InnerResourceView, ...]:
        return tuple(
            InnerResourceView(
                self._variant_property(inner, form),
                (
                    ""
                    if self.is_brief
                    else docstring([_about(inner, self.contract)], indent=8)
                ),
            )
            for inner in resource.resources
        )

    def _class_of(self, resource: Resource) -> str:
        return f"{'Async' if self.is_async else ''}{resource.class_name}"

    def _variant_property(
        self, resource: Resource, form: str = "FormT"
    ) -> PropertyView:
        """Return the property of a variant.

        Args:
            form: Name of the type variable in the module of the property.
        """
        name = self._class_of(resource) + variant_suffix(self.contract)
        if self.contract.streams:
            given = (f"self._resource.{resource.attribute}", "self._form")
            return _property(resource, name, *given, is_async=self.is_async, form=form)
        holder = "self._client" if resource.is_of_client else "self._resource"
        made_from = f"{holder}.{resource.attribute}"
        return _property(resource, name, made_from, is_async=self.is_async)

    def _body(self, operation: Operation) -> str:
        paged = operation.pagination is not None
        wait = "await " if self.is_async and not paged else ""
        names = self.names.operations[operation.id]
        positional: list[Expression] = [f"{self.operations}.{names.constant}"]
        keywords: dict[str, Expression] = {}
        arguments: dict[str, Expression] = {
            string(name): name
            for argument in operation.arguments
            if not argument.in_body
            for name in (names.arguments[argument.id],)
        }
        if arguments:
            positional.append(dict_of(arguments))
        body = [argument for argument in operation.arguments if argument.in_body]
        if operation.body is not None:
            if operation.body.spread and (body or operation.body.required):
                keywords["body"] = dict_of(
                    {
                        string(self.names.body_field(operation, argument)): (
                            names.arguments[argument.id]
                        )
                        for argument in body
                    }
                )
            elif not operation.body.spread:
                keywords["body"] = names.arguments[body[0].id]
            if operation.body.others:
                descriptor = positional[0]
                positional[0] = call(f"{descriptor}.sending", names.content_type)
                if operation.body.spread:
                    keywords["body"] = call(
                        f"{descriptor}.payload",
                        names.content_type,
                        names.body,
                        keywords.get("body", "{}"),
                    )
        keywords["options"] = names.options
        if paged:
            statement = call(self._pager(), "self._client", *positional, **keywords)
        else:
            statement = call("self._client._send", *positional, **keywords)
        return lay_out(statement, indent=8, before=f"return {wait}")


_RAW = "WithRawResponse"
_BOTH = "WithResponses"
"""Ends of the names of variants: of one whose methods have one form, or either of two."""

BOTH_FORMS = "methods that return, or stream, the response"


def variant_suffix(contract: Contract) -> str:
    """Return the end of the names of the classes whose methods have another form."""
    return _BOTH if contract.streams else _RAW


def _given_whole(body: Body) -> Type:
    """Return the type of a body that is given as a whole."""
    has_files = any(part.file for part in body.parts)
    return MapOf(ANY) if has_files else body.type


def _key_argument(operation: Operation, names: PythonNames) -> str | None:
    """Return the argument that holds the idempotency key."""
    key, body = operation.retry.key, operation.body
    if key is None:
        return None
    wrap = () if body is None else body.wrap
    for argument in operation.arguments:
        if argument.in_body:
            is_key = key.pointer.tokens == (*wrap, argument.wire)
        else:
            is_named = argument.wire.lower() == key.name.lower()
            is_key = is_named and str(argument.id.location) == str(key.part)
        if is_key:
            return names.argument(operation, argument.id)
    return None

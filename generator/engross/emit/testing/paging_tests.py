"""`test_paging.py`: lists, page after page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engross.contract.ir import (
    Field,
    Kind,
    Model,
    Operation,
    Pagination,
    PagingStyle,
    Parameter,
    ParameterId,
    Primitive,
    Ref,
)
from engross.data import dataclass
from engross.emit.example_calls import CallWriter
from engross.emit.imports import Imports
from engross.emit.operations import status_code
from engross.emit.testing.answers import sent_by
from engross.emit.testing.example_file import Shown
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import Function, ModuleView, reply_source
from engross.layout import Expression, Item, call, lay_out, literal, string
from engross.schema.composition import Effective
from engross.source.pointer import Pointer

_FIXTURES = ("send: Send", "server: Server")


def paging_view(scope: Scope) -> ModuleView:
    """The view of `test_paging.py`."""
    imports = scope.imports()
    functions = [
        function
        for operation in scope.operations
        if operation.pagination is not None
        for function in _functions(operation, operation.pagination, scope, imports)
    ]
    if functions:
        imports.add(".documented", "reply_example")
        imports.add(".json_values", "Json", "changed")
        imports.add(".sending", "Send")
        imports.add(".server", "Server")
    return ModuleView.of(imports, functions)


def _functions(
    operation: Operation, paging: Pagination, scope: Scope, imports: Imports
) -> Iterator[Function]:
    reply = operation.successes[0]
    shown = scope.example_file.reply(operation, reply.status)
    told_apart = _told_apart(paging, scope)
    if shown is None or told_apart is None or not _has_items(shown, paging):
        return
    writer = _Writer(operation, paging, scope, imports, shown, told_apart)
    status = status_code(reply.status, operation)
    yield writer.page_function()
    yield writer.pages_test(status)
    yield writer.repeated_page_test(status)
    if paging.style in (PagingStyle.URL, PagingStyle.LINK):
        yield writer.other_origin_test(status)


def _has_items(shown: Shown, paging: Pagination) -> bool:
    value = shown.value
    for step in paging.items:
        value = value.get(step) if isinstance(value, dict) else None
    return isinstance(value, list) and bool(value)


def _told_apart(paging: Pagination, scope: Scope) -> Field | None:
    """The field of an item that numbers can stand in: an identifier if there is one."""
    if not isinstance(paging.item_type, Ref):
        return None
    model = scope.names.definition(paging.item_type)
    if not isinstance(model, Model):
        return None
    plain = [
        each
        for each in model.fields
        if each.type in (Primitive(Kind.INTEGER), Primitive(Kind.STRING))
        and not each.constant
    ]
    return next((each for each in plain if each.wire == "id"), (*plain, None)[0])


@dataclass(frozen=True, slots=True)
class _Writer:
    operation: Operation
    paging: Pagination
    scope: Scope
    imports: Imports
    shown: Shown
    told_apart: Field

    @property
    def stem(self) -> str:
        return self.scope.stems[self.scope.names.method(self.operation)]

    @property
    def page(self) -> str:
        """The function that makes a page."""
        names = self.scope.names
        resource = names.resource(self.operation)
        alike = [
            each
            for each in self.scope.operations
            if each.pagination is not None and names.resource(each) == resource
        ]
        plain = f"page_of_{self.scope.stems[resource]}"
        return plain if len(alike) == 1 else f"{plain}_{names.verb(self.operation)}"

    @property
    def size(self) -> int:
        """Items of a full page: few, as far as the contract lets one ask for few."""
        parameter = self._parameter(self.paging.size)
        if parameter is None or parameter.schema is None:
            return 2
        return _smallest(self.scope.schemas.effective(parameter.schema))

    def _parameter(self, identity: ParameterId | None) -> Parameter | None:
        found = (each for each in self.operation.parameters if each.id == identity)
        return next(found, None)

    def page_function(self) -> Function:
        """The helper that makes a page of numbered items."""
        is_text = self.told_apart.type == Primitive(Kind.STRING)
        mark = "str(number)" if is_text else "number"
        pointer = string(str(Pointer.of(self.told_apart.wire)))
        next_at = str(self.paging.next)
        parameters = ["numbers: range"]
        if next_at:
            parameters.append("following: str | None = None")
        statements = [
            lay_out(reply_source(self.shown), indent=4, before="page = "),
            f"item = page{_steps(self.paging.items)}[0]",
            lay_out(
                f"[changed(item, {pointer}, {mark}) for number in numbers]",
                indent=4,
                before="items: Json = ",
            ),
        ]
        changed = lay_out(
            call("changed", "page", string(str(Pointer(self.paging.items))), "items"),
            indent=4,
        )
        if next_at:
            statements.append(f"page = {changed}")
            statements.append(
                lay_out(
                    call("changed", "page", string(next_at), "following"),
                    indent=4,
                    before="return ",
                )
            )
        else:
            statements.append(f"return {changed}")
        return Function.of(
            self.page,
            parameters,
            ['"""A page of items with these numbers."""', *statements],
            returns="Json",
        )

    def pages_test(self, status: int) -> Function:
        size = self.size
        pages = [range(size), range(size, 2 * size), range(2 * size, 2 * size + 1)]
        total = 2 * size + 1
        is_text = self.told_apart.type == Primitive(Kind.STRING)
        numbers = (
            f"[str(number) for number in range({total})]"
            if is_text
            else f"list(range({total}))"
        )
        assert isinstance(self.paging.item_type, Ref)
        definition = self.scope.names.definition(self.paging.item_type)
        assert isinstance(definition, Model)
        field = self.scope.names.field(definition, self.told_apart)
        checks = [f"assert [each.{field} for each in items] == {numbers}"]
        model = f"models.{self.scope.names.class_of(definition)}"
        self.imports.add(self.scope.names.package, "models")
        checks.append(f"assert all(isinstance(each, {model}) for each in items)")
        return Function.of(
            f"test_{self.stem}_reads_page_after_page",
            _FIXTURES,
            [self._answer(status, each, index) for index, each in enumerate(pages)],
            [self._call("items = send.items")],
            [*checks, *self._asked()],
        )

    def repeated_page_test(self, status: int) -> Function:
        self.imports.add(f"{self.scope.names.package}.errors", "PaginationError")
        self.imports.add_module("pytest")
        answer = self._answer(status, range(self.size), 0)
        made = self._call("    send.items").replace("\n", "\n    ")
        return Function.of(
            f"test_{self.stem}_raises_when_a_page_is_repeated",
            _FIXTURES,
            [answer, answer],
            ["with pytest.raises(PaginationError):", made],
            ["assert len(server.requests) == 2"],
        )

    def other_origin_test(self, status: int) -> Function:
        self.imports.add(".package", "ConfigurationError")
        self.imports.add_module("pytest")
        elsewhere = "https://elsewhere.example/next"
        page = f"{self.page}(range({self.size})"
        if self.paging.style is PagingStyle.LINK:
            header = f'headers={{"Link": \'<{elsewhere}>; rel="next"\'}}'
            answer = call("server.answer", str(status), f"{page})", header)
        else:
            answer = call("server.answer", str(status), f'{page}, "{elsewhere}")')
        made = self._call("    send.items").replace("\n", "\n    ")
        return Function.of(
            f"test_{self.stem}_never_follows_a_page_to_another_origin",
            _FIXTURES,
            [lay_out(answer, indent=4)],
            ["with pytest.raises(ConfigurationError):", made],
            ["assert len(server.requests) == 1"],
        )

    def _answer(self, status: int, numbers: range, index: int) -> str:
        listed = (
            f"range({numbers.stop})"
            if numbers.start == 0
            else f"range({numbers.start}, {numbers.stop})"
        )
        last = index == 2
        arguments: list[Expression] = [str(status)]
        match self.paging.style:
            case PagingStyle.CURSOR:
                following = "None" if last else f'"cursor-{index + 1}"'
                arguments.append(f"{self.page}({listed}, {following})")
            case PagingStyle.URL:
                address = f'f"{{server.url}}{self._address(index + 1)}"'
                following = "None" if last else address
                arguments.append(call(self.page, listed, following))
            case PagingStyle.LINK:
                arguments.append(f"{self.page}({listed})")
                if not last:
                    target = f"<{{server.url}}{self._address(index + 1)}>"
                    arguments.append(f'headers={{"Link": f\'{target}; rel="next"\'}}')
            case _:
                arguments.append(f"{self.page}({listed})")
        return lay_out(call("server.answer", *arguments), indent=4)

    def _address(self, index: int) -> str:
        return f"/next/{index}"

    def _call(self, sender: str) -> str:
        made = CallWriter(self.scope.names, self.imports).first(self.operation)
        arguments = made.arguments
        size = self._parameter(self.paging.size)
        if size is not None and size.default is None and not size.required:
            name = self.scope.names.argument(self.operation, size.id)
            arguments = (*arguments, Item(f"{name}=", str(self.size)))
        return sent_by(sender, replace(made, arguments=arguments).on("client"))

    def _asked(self) -> Iterator[str]:
        """What the requests asked for."""
        parameter = self._parameter(self.paging.page)
        size, start = self.size, self.paging.start
        match self.paging.style:
            case PagingStyle.PAGE:
                expected: list[object] = [None, str(start + 1), str(start + 2)]
            case PagingStyle.OFFSET:
                expected = [None, str(size), str(2 * size)]
            case PagingStyle.CURSOR:
                expected = [None, "cursor-1", "cursor-2"]
            case _:
                targets = f'["{self._address(1)}", "{self._address(2)}"]'
                yield f"assert [each.target for each in server.requests[1:]] == {targets}"
                return
        if parameter is None:
            return
        if parameter.default is not None or parameter.required:
            expected[0] = str(parameter.example)
        name = string(parameter.wire)
        asked = f"[dict(each.query).get({name}) for each in server.requests]"
        yield lay_out(literal(expected), indent=4, before=f"assert {asked} == ")


def _smallest(size: Effective) -> int:
    """Return the smallest page of two or more items that a caller can ask for."""
    if size.constants is not None:
        return min(value for value in size.constants if isinstance(value, int))
    low, high = size.minimum, size.maximum
    smallest = max(2, int(low) if low is not None else 2)
    return min(smallest, int(high)) if high is not None else smallest


def _steps(path: tuple[str, ...]) -> str:
    return "".join(f"[{string(step)}]" for step in path)

"""Python code of the README: calls with documented values, as a developer would write them.

The snippets of a README run one after the other in one namespace, so a variable has one type
throughout, and what a `print` shows stands beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from engross.contract.ir import (
    ADDITIONAL,
    Contract,
    Kind,
    Model,
    Nullable,
    Operation,
    Primitive,
    Ref,
    RetryMode,
    Type,
)
from engross.contract.media_types import essence
from engross.data import dataclass
from engross.emit.example_calls import Call, CallWriter
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.readme import settings
from engross.emit.readme.bodies import Bodies, inner, within
from engross.emit.readme.highlights import Highlights, Reply, Variables
from engross.emit.readme.markdown import plain
from engross.emit.testing.wire import Filler
from engross.emit.value_source import json_source
from engross.layout import Group, Item, call, flat, lay_out, string

CLIENT = "client"
"""The client that the first snippet makes and all others use."""

_OWN_NAMES = (
    CLIENT,
    "BytesIO",
    "after",
    "asyncio",
    "before",
    "body",
    "builder",
    "content",
    "dt",
    "error",
    "event",
    "given",
    "httpx2",
    "item",
    "line",
    "logging",
    "main",
    "message",
    "other_client",
    "others",
    "page",
    "patient",
    "pool",
    "raw",
    "receive",
    "session",
    "streamed",
    "violation",
    "watched",
)


def _result(operation: Operation) -> Type | None:
    """Return what a call returns; None if that is never anything but null."""
    return None if operation.result == Primitive(Kind.NULL) else operation.result


@dataclass(slots=True)
class Block:
    """A snippet while it is written."""

    imports: Imports
    lines: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """Add statements; one may have several lines."""
        self.lines += lines

    def render(self) -> str:
        """The imports and the statements, without a line end."""
        head = self.imports.render()
        body = "\n".join(self.lines).strip("\n")
        gap = "\n\n\n" if body.startswith(("async def ", "def ")) else "\n\n"
        return f"{head}{gap}{body}" if head else body


@dataclass(frozen=True, slots=True)
class Snippets:
    """Writes the snippets of one package."""

    contract: Contract
    names: PythonNames
    highlights: Highlights

    @classmethod
    def of(cls, contract: Contract, names: PythonNames) -> Snippets:
        """Return a writer that has written nothing yet."""
        variables = Variables(names, [*_OWN_NAMES, names.package])
        return cls(contract, names, Highlights(names, variables))

    def first(self, operation: Operation | None) -> str:
        """The client, and the first call that a developer makes with it."""
        block = self.block(self.names.client)
        block.add(f"{CLIENT} = {self.names.client}()")
        if operation is not None:
            self._send(self._call(operation, block), block)
        return block.render()

    def command(self, operation: Operation | None) -> str:
        """Return one line of Python for a shell: a client, and a call that is printed."""
        block = self.block(self.names.client)
        arguments = settings.needed_arguments(self.contract, self.names, operation)
        client = flat(call(self.names.client, **arguments))
        shown = client
        if operation is not None:
            shown = flat(self._shortest(operation, block).on(client))
        if operation is not None and operation.pagination is not None:
            shown = f"next(iter({shown}), None)"
        has_result = operation is None or _result(operation) is not None
        imports = map(ast.unparse, ast.parse(block.imports.render()).body)
        return "; ".join([*imports, f"print({shown})" if has_result else shown])

    def in_async(self, operation: Operation) -> str:
        """The same with the asynchronous client."""
        client = f"Async{self.names.client}"
        block = self.block(client)
        block.imports.add_module("asyncio")
        made = self._call(operation, block)
        block.add(
            "async def main() -> None:", f"    async with {client}() as {CLIENT}:"
        )
        self._send(made, block, indent=8, wait=True)
        block.add("", "", "asyncio.run(main())")
        return block.render()

    def in_test(self, operation: Operation) -> str:
        """A test that calls the fake."""
        package, client = self.names.package, self.names.client
        block = self.block(client)
        block.imports.add(f"{package}.testing", f"Fake{client}")
        made = self._call(operation, block)
        fixtures = (
            Item(f"fake_{package}: ", f"Fake{client}"),
            Item(f"{package}: ", client),
        )
        head = lay_out(Group("def test_a_call(", fixtures, ")"), after=" -> None:")
        sent = lay_out(made.on(package), indent=4)
        count = f'fake_{package}.calls.assert_one("{made.method}")'
        block.add(head, f"    {sent}", "", f"    {count}")
        return block.render()

    def every(self, operations: Iterable[Operation], shown: Operation | None) -> str:
        """Calls of methods, with every documented request but the one that was shown."""
        block = self.block()
        for operation in operations:
            about = plain(operation.docs.summary) or operation.label
            several = len(operation.request_examples) > 1
            for each in _rest(operation) if operation is shown else (operation,):
                writer = CallWriter(self.names, block.imports)
                for made in writer.documented(each):
                    block.add(
                        "",
                        _comment(
                            about, made.example.name if made.example and several else ""
                        ),
                    )
                    self._send(made, block, show=False)
        return block.render() if block.lines else ""

    def paging(self, operation: Operation) -> str:
        """Items of all pages, and page by page."""
        assert operation.pagination is not None
        block = self.block()
        made = self._call(operation, block)
        self._send(made, block)
        before = f"for page in {CLIENT}.{made.method}"
        block.add(
            "",
            lay_out(made.brackets, before=before, after=".pages():"),
            "    print(len(page.items), page.next)",
        )
        return block.render()

    def raw(self, operation: Operation, status: int) -> str:
        """The reply as it came."""
        block = self.block()
        made = self._call(operation, block)
        before = f"raw = {CLIENT}.with_raw_response.{made.method}"
        block.add(
            lay_out(made.brackets, before=before),
            f"print(raw.status_code)  # {status}",
            "print(raw.attempts)  # 1",
            'print(raw.headers.get("content-type"), raw.request_id)',
        )
        result = _result(operation)
        if result is not None and operation.pagination is None:
            block.add(f"{self._variable(result, operation)} = raw.parse()")
        return block.render()

    def unknown(self, operation: Operation) -> str:
        """What a reply held beside the contract; empty where the result is no model."""
        if self._model(operation) is None or operation.result is None:
            return ""
        block = self.block()
        self._send(self._call(operation, block), block, show=False)
        name = self._variable(operation.result, operation)
        documented, value = reply_of(operation)
        is_known = documented and Filler(self.names).knows(value, operation.result)
        shown = "  # {}" if is_known else ""
        block.add(f"print({name}.unknown_fields){shown}", f"print({name}.to_dict())")
        return block.render()

    def options(self, operation: Operation) -> str:
        """Settings for one call, and for many."""
        block = self.block("Timeout")
        made = self._call(operation, block)
        options = (
            Item("timeout=", "10"),
            Item("max_retries=", "0"),
            Item("extra_headers=", '{"X-Trace": "checkout-7"}'),
        )
        self._send(_with_options(made, options), block, show=False)
        limits = call("Timeout", attempt="20", total="60")
        chosen = call(f"{CLIENT}.with_options", timeout=limits, max_retries="5")
        block.add("", lay_out(chosen, before="patient = "))
        self._send(made, block, client="patient", show=False)
        return block.render()

    def watching(self, operation: Operation) -> str:
        """Functions that are told of each attempt."""
        block = self.block(self.names.client, "Attempt", "Outcome")
        made = self._call(operation, block)
        block.add(
            "def before(attempt: Attempt) -> None:",
            "    print(attempt.operation, attempt.number, attempt.url)",
            "",
            "",
            "def after(outcome: Outcome) -> None:",
            "    print(outcome.status_code or outcome.problem, outcome.seconds)",
            "",
            "",
            f"with {self.names.client}(before_attempt=before, after_reply=after) as watched:",
        )
        self._send(made, block, client="watched", indent=4, show=False)
        return block.render()

    def streaming(self, operation: Operation) -> str:
        """A reply that is read as it comes."""
        block = self.block()
        made = self._call(operation, block)
        method = f"with {CLIENT}.with_streaming_response.{made.method}"
        block.add(lay_out(made.brackets, before=method, after=" as streamed:"))
        if is_of_events(operation):
            block.add(
                "    for event in streamed.iter_events():",
                "        print(event.event, event.data)",
            )
        else:
            block.add(
                "    for line in streamed.iter_json_lines():",
                "        print(line)",
            )
        return block.render()

    def uploading(self, operation: Operation) -> str:
        """A file that is read as it is sent."""
        block = self.block()
        block.imports.add("io", "BytesIO")
        made = self._call(operation, block)
        argument = next(each for each in operation.arguments if takes_files(each.type))
        name = self.names.argument(operation, argument.id)
        is_part = argument.type == Primitive(Kind.FILE)
        file = '("report.csv", content, "text/csv")' if is_part else "content"
        items = [
            Item(item.before, file) if item.before == f"{name}=" else item
            for item in made.arguments
        ]
        if items == list(made.arguments):
            items.append(Item(f"{name}=", file))
        block.add(
            'content = BytesIO(b"...")  # or open(path, "rb"), or the path itself'
        )
        given = replace(made, arguments=tuple(items))
        self._send(given, block, show=False)
        return block.render()

    def other_server(self, url: str) -> str:
        """A client of another server."""
        block = self.block(self.names.client)
        made = call(self.names.client, base_url=string(url))
        block.add(lay_out(made, before="other_client = "))
        return block.render()

    def over_pyreqwest(self, operation: Operation) -> str:
        """A client over a pyreqwest client of the caller's."""
        block = self.block(self.names.client)
        block.imports.add("pyreqwest.client", "SyncClientBuilder")
        made = self._call(operation, block)
        block.add(
            "builder = SyncClientBuilder().follow_redirects(False).max_connections(20)",
            "with builder.build() as pool:",
            f"    other_client = {self.names.client}(http_client=pool)",
        )
        self._send(made, block, client="other_client", indent=4, show=False)
        return block.render()

    def over_httpx2(self, operation: Operation) -> str:
        """A client over an httpx2 client of the caller's."""
        block = self.block(self.names.client)
        block.imports.add_module("httpx2")
        made = self._call(operation, block)
        block.add(
            "with httpx2.Client() as session:",
            f"    other_client = {self.names.client}(http_client=session)",
        )
        self._send(made, block, client="other_client", indent=4, show=False)
        return block.render()

    def absent(self, operation: Operation) -> str:
        """How an absent field is told from null; empty where no result has an optional field."""
        model = self._model(operation)
        optional = [
            field
            for field in (model.fields if model else ())
            if not field.required and field.wire != ADDITIONAL
        ]
        nullable = [each for each in optional if isinstance(each.type, Nullable)]
        chosen = next(iter(nullable or optional), None)
        if model is None or chosen is None or operation.result is None:
            return ""
        block = self.block("UNSET")
        self._send(self._call(operation, block), block, show=False)
        result = self._variable(operation.result, operation)
        path = f"{result}.{self.names.field(model, chosen)}"
        block.add(f"if {path} is UNSET:", '    print("not sent")')
        if nullable:
            block.add(f"elif {path} is None:", '    print("null")')
        block.add("else:", f"    print({path})")
        return block.render()

    def errors(self, operation: Operation, classes: Sequence[str]) -> str:
        """Handling what a call may raise, from the particular to the general."""
        root = f"{self.names.client}Error"
        block = self.block("APIStatusError", root, *classes)
        made = self._shortest(operation, block)
        block.add("try:")
        self._send(made, block, indent=4, show=False)
        for each in classes:
            block.add(
                f"except {each} as error:", "    print(error.code, error.message)"
            )
        if operation.retry.mode is not RetryMode.SAFE:
            block.imports.add(self.names.package, "OutcomeUnknownError")
            block.add(
                "except OutcomeUnknownError as error:",
                "    print(error.sent, error.reached, error.find_out)",
            )
        block.add(
            "except APIStatusError as error:",
            "    print(error.status_code, error.code, error.request_id, error.body)",
            f"except {root} as error:",
            "    print(error)",
        )
        return block.render()

    def refused(self, operation: Operation, body: object, *, typed: bool) -> str:
        """A call with a body that breaks the contract, and a print of all that is wrong.

        A body whose values have wrong types comes from elsewhere, as far as a type checker knows.
        """
        block = self.block("RequestInvalidError")
        made = self._call(_with_body(operation, body), block if typed else self.block())
        if not typed:
            block.imports.add("typing", "Any")
            made = self._untyped(made, block)
        block.add("try:")
        self._send(made, block, indent=4, show=False)
        block.add(
            "except RequestInvalidError as error:",
            "    for violation in error.violations:",
            "        print(violation.pointer, violation.code, violation.message)",
        )
        return block.render()

    def block(self, *names: str) -> Block:
        """An empty snippet that imports names of the package."""
        package = self.names.package
        imports = Imports(third_party=frozenset({"httpx2", "pyreqwest", package}))
        if names:
            imports.add(package, *names)
        return Block(imports)

    def _call(self, operation: Operation, block: Block) -> Call:
        """The call with the first documented request."""
        return CallWriter(self.names, block.imports).first(operation)

    def _shortest(self, operation: Operation, block: Block) -> Call:
        """The call with only what is required, and one item in each list."""
        examples = operation.request_examples
        if operation.body is None or not examples:
            return self._call(operation, block)
        type_, bodies = operation.body.type, Bodies(self.names)
        needed = {
            each.wire for each in operation.arguments if each.in_body and each.required
        }

        def shortest(value: object) -> object:
            body = bodies.required(value, type_)
            if not isinstance(body, dict) or not isinstance(value, dict):
                return body
            return {
                k: body.get(k, v) for k, v in value.items() if k in body or k in needed
            }

        body = within(operation, shortest, examples[0].value)
        made = self._call(_with_body(operation, body), block)
        named = any(item.before for item in made.arguments)
        return made if named else self._call(operation, block)

    def _untyped(self, made: Call, block: Block) -> Call:
        """The call with its body in a variable whose type says nothing."""
        operation = made.operation
        assert operation.body is not None
        bodies = Bodies(self.names)
        given = inner(operation, made.body)
        if operation.body.spread:
            body = bodies.as_arguments(given, operation)
        else:
            body = bodies.in_python(given, operation.body.type)
        spread = operation.body.spread
        block.add(
            "# From elsewhere: no type checker has seen it.",
            lay_out(
                json_source(body, block.imports),
                before=f"given: {'dict[str, Any]' if spread else 'Any'} = ",
            ),
            "",
        )
        in_body = {
            f"{self.names.argument(operation, each.id)}="
            for each in operation.arguments
            if each.in_body
        }
        items = [each for each in made.arguments if each.before not in in_body]
        if spread:
            items.append(Item("", "**given"))
        else:
            items += [Item(name, "given") for name in sorted(in_body)]
        return replace(made, arguments=tuple(items))

    def _send(
        self,
        made: Call,
        block: Block,
        *,
        client: str = CLIENT,
        indent: int = 0,
        wait: bool = False,
        show: bool = True,
    ) -> None:
        """Add a call, and prints of what matters in its result."""
        operation, result = made.operation, _result(made.operation)
        method = f"{client}.{made.method}"
        if operation.pagination is not None:
            item = operation.pagination.item_type
            name = self._variable(item, operation)
            before = f"{'async for' if wait else 'for'} {name} in {method}"
            lines = [lay_out(made.brackets, indent=indent, before=before, after=":")]
            prints = self._prints(item, name, made) if show else [f"print({name})"]
            lines += [f"    {line}" for line in prints]
        elif result is None:
            before = f"{'await ' if wait else ''}{method}"
            lines = [lay_out(made.brackets, indent=indent, before=before)]
        else:
            name = self._variable(result, operation)
            before = f"{name} = {'await ' if wait else ''}{method}"
            lines = [lay_out(made.brackets, indent=indent, before=before)]
            if show:
                lines += self._prints(result, name, made)
        block.add(*(f"{' ' * indent}{line}" for line in lines))

    def _prints(self, type_: Type, name: str, made: Call) -> list[str]:
        documented, value = reply_of(made.operation)
        pagination = made.operation.pagination
        if pagination is not None:
            for step in pagination.items:
                value = value.get(step) if isinstance(value, dict) else None
            value = value[0] if isinstance(value, list) and value else None
        reply = Reply(documented, _names(made.body))
        lines = self.highlights.lines(type_, name, value, reply)
        return lines or [f"print({name})"]

    def _variable(self, type_: Type, operation: Operation) -> str:
        return self.highlights.variables.of(
            type_, f"{self.names.verb(operation)}_result"
        )

    def _model(self, operation: Operation) -> Model | None:
        """The model that a method returns, if it returns one and nothing else."""
        type_ = operation.result if operation.pagination is None else None
        definition = self.names.definition(type_) if isinstance(type_, Ref) else None
        return definition if isinstance(definition, Model) else None


def takes_files(type_: Type) -> bool:
    """Whether an argument is a file, or a body that is sent as it is given."""
    inner_type = type_.inner if isinstance(type_, Nullable) else type_
    kinds = (Kind.FILE, Kind.CONTENT, Kind.TEXT_CONTENT)
    return isinstance(inner_type, Primitive) and inner_type.kind in kinds


def is_of_events(operation: Operation) -> bool:
    """Whether a reply is a stream of server-sent events."""
    return "text/event-stream" in _streamed_types(operation)


def is_streamed(operation: Operation) -> bool:
    """Whether a reply is one of events or lines, which come one after the other."""
    return bool(_streamed_types(operation) & _PIECEWISE)


def _streamed_types(operation: Operation) -> frozenset[str]:
    return frozenset(
        essence(reply.media_type or "")
        for reply in operation.replies
        if reply.status.startswith("2")
    )


_PIECEWISE = frozenset(
    {"text/event-stream", "application/jsonl", "application/x-ndjson"}
)
"""Media types of replies that consist of events or of lines of JSON."""


def reply_of(operation: Operation) -> tuple[bool, object]:
    """What the reply of success holds for the caller, and whether the contract shows it."""
    unwraps = {each.status: each.unwrap for each in operation.replies}
    for status, example in operation.reply_examples:
        if status.startswith("2"):
            value = example.value
            for step in unwraps.get(status, ()):
                if isinstance(value, dict) and step in value:
                    value = value[step]
            return example.documented, value
    return False, None


def _with_body(operation: Operation, body: object) -> Operation:
    example = replace(operation.request_examples[0], value=body)
    return replace(operation, request_examples=(example,))


def _rest(operation: Operation) -> tuple[Operation, ...]:
    """The operation without its first documented request; nothing if that is the only one."""
    rest = operation.request_examples[1:]
    return (replace(operation, request_examples=rest),) if rest else ()


def _with_options(made: Call, options: tuple[Item, ...]) -> Call:
    return replace(made, arguments=(*made.arguments, *options))


def _names(body: object) -> frozenset[str]:
    """Names of all members in a wire body."""
    match body:
        case dict():
            return frozenset(body).union(*map(_names, body.values()))
        case list():
            return frozenset[str]().union(*map(_names, body))
    return frozenset()


def _comment(about: str, name: str) -> str:
    text = f"# {about}: {plain(name)}" if name else f"# {about}"
    return text if len(text) <= 88 else f"{text[:87]}…"

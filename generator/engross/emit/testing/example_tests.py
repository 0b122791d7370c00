"""`test_examples.py`: documented payloads are valid, and survive the models."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.ir import Kind, Operation, Primitive, Type
from engross.data import dataclass
from engross.emit.example_calls import NamedCall
from engross.emit.imports import Imports
from engross.emit.operations import status_code
from engross.emit.testing.answers import answer_to, shows_its_form
from engross.emit.testing.example_file import Shown
from engross.emit.testing.model_tests import call_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import (
    Function,
    ModuleView,
    parametrized,
    reply_source,
    request_source,
    row,
)
from engross.emit.testing.wire import Filler
from engross.emit.type_annotations import Annotator
from engross.layout import Expression


def examples_view(scope: Scope) -> ModuleView:
    """The view of `test_examples.py`."""
    imports = scope.imports()
    imports.add_module("pytest")
    writer = _TableWriter(scope, imports)
    return ModuleView.of(imports, writer.functions())


@dataclass(frozen=True, slots=True)
class _TableWriter:
    scope: Scope
    imports: Imports

    def functions(self) -> Iterator[Function]:
        operations = self.scope.operations
        requests = [row for each in operations for row in self._valid_requests(each)]
        requests += self._valid_replies()
        if requests:
            self.imports.add(self.scope.names.package, "validators")
            self.imports.add("typing", "Any")
            self.imports.add("collections.abc", "Callable")
            yield Function.of(
                "test_a_documented_payload_is_valid",
                ("payload: Json", "violations: Callable[[Any], object]"),
                ["assert violations(payload) == ()"],
                decorator=parametrized(("payload", "violations"), requests),
            )
        typed = [row for each in operations for row in self._typed_requests(each)]
        typed += self._typed_replies()
        if typed:
            self.imports.add(".json_values", "plain")
            shared = ("attach", "decoder", "encode_json", "to_wire")
            self.imports.add(".package", *shared)
            yield Function.of(
                "test_a_documented_payload_survives_its_type",
                ("payload: Json", "kind: object"),
                [
                    "content = encode_json(payload)",
                    "value = decoder(kind).decode(content)",
                    "attach(value, content, ())",
                ],
                ["assert plain(to_wire(kind, value)) == plain(payload)"],
                decorator=parametrized(("payload", "kind"), typed),
            )
        answers = [row for each in operations for row in self._answers(each)]
        if answers:
            self.imports.add(".json_values", "plain")
            self.imports.add(".documented", "Call", "reply_example")
            self.imports.add(".package", "Client")
            self.imports.add(".server", "Server")
            yield Function.of(
                "test_a_documented_answer_comes_back_without_its_envelope",
                (
                    "call: Call",
                    "status: int",
                    "answer: Json",
                    "value: Json",
                    "client: Client",
                    "server: Server",
                ),
                ["server.answer(status, answer)"],
                ["assert plain(call.send(client)) == plain(value)"],
                decorator=parametrized(("call", "status", "answer", "value"), answers),
            )
        if requests or typed or answers:
            self.imports.add(".json_values", "Json")

    # Validity

    def _valid_requests(self, operation: Operation) -> Iterator[Expression]:
        if operation.body is None or operation.body.schema is None:
            return
        for example in operation.request_examples:
            if example.documented:
                self.imports.add(".documented", "request_example")
                payload = request_source(self.scope.names.method(operation), example)
                validator = self.scope.names.body_validator(operation, operation.body)
                yield row(payload, _violations(validator))

    def _valid_replies(self) -> list[Expression]:
        rows: list[Expression] = []
        for shown, _, validator in self._shown():
            if shown.documented and validator is not None:
                self.imports.add(".documented", "reply_example")
                rows.append(row(reply_source(shown), _violations(validator)))
        return rows

    def _shown(self) -> Iterator[tuple[Shown, Type | None, str | None]]:
        """Each reply example once, with the type and the validator of its body."""
        seen: set[tuple[str, str, str]] = set()
        for operation in self.scope.operations:
            replies = {each.status: each for each in operation.replies}
            for status, shown in self.scope.example_file.replies(operation):
                if shown.label not in seen:
                    seen.add(shown.label)
                    reply = replies[status]
                    validator = (
                        self.scope.names.reply_validator(operation, reply)
                        if reply.schema is not None
                        else None
                    )
                    yield shown, reply.type, validator

    # Types

    def _typed_requests(self, operation: Operation) -> Iterator[Expression]:
        body = operation.body
        if body is None or not self._is_json(body.media_type):
            return
        for example in operation.request_examples:
            value = example.value
            for name in body.wrap:
                value = value.get(name) if isinstance(value, dict) else None
            if example.documented and self._is_known(value, body.type):
                self.imports.add(".documented", "request_example")
                payload = request_source(
                    self.scope.names.method(operation), example, body.wrap
                )
                yield row(payload, self._annotation(body.type))

    def _typed_replies(self) -> list[Expression]:
        rows: list[Expression] = []
        for shown, kind, _ in self._shown():
            if (
                shown.documented
                and kind is not None
                and self._is_known(shown.value, kind)
            ):
                self.imports.add(".documented", "reply_example")
                rows.append(row(reply_source(shown), self._annotation(kind)))
        return rows

    def _is_known(self, value: object, type_: Type) -> bool:
        """Whether a payload has all that its type needs, and nothing that it does not know."""
        return Filler(self.scope.names).knows(value, type_)

    def _is_json(self, media_type: str) -> bool:
        return "json" in media_type or "x-www-form-urlencoded" in media_type

    def _annotation(self, type_: Type) -> str:
        annotator = Annotator(
            self.scope.names,
            self.imports,
            package=f"{self.scope.names.package}.",
            prefix="models.",
        )
        written = annotator.field(type_, open_literals=True)
        if "models." in written:
            self.imports.add(self.scope.names.package, "models")
        return written

    # Answers

    def _answers(self, operation: Operation) -> Iterator[Expression]:
        if operation.result is None:
            return
        call = NamedCall.first(operation, self.scope.names)
        tested = answer_to(operation, self.scope).shown
        for reply in operation.successes:
            if reply.result in (None, Primitive(Kind.BINARY)):
                continue
            if not shows_its_form(reply.result, self.scope.names):
                continue
            for status, shown in self.scope.example_file.replies(operation):
                if status != reply.status:
                    continue
                unwrap = reply.unwrap
                if operation.pagination is not None:
                    unwrap = operation.pagination.items
                value = reply_source(shown, unwrap)
                code = str(status_code(status, operation))
                # `test_requests.py` has one answer of each operation.
                if shown is not tested:
                    yield row(call_source(call), code, reply_source(shown), value)
                if reply.bare and unwrap:
                    yield row(call_source(call), code, value, value)


def _violations(validator: str) -> str:
    return f"validators.{validator}_violations"

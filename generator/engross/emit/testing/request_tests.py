"""`test_requests.py`: what each documented call puts on the wire, and what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from engross.contract.ir import (
    Kind,
    Operation,
    PagingStyle,
    Parameter,
    Primitive,
    SecurityScheme,
)
from engross.contract.media_types import essence, is_json
from engross.contract.openapi import ParameterLocation
from engross.emit.example_calls import Call, CallWriter
from engross.emit.imports import Imports
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import snake
from engross.emit.testing.answers import (
    Answer,
    answer_to,
    optional_parameters,
    result_class,
    sent_by,
)
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import (
    Function,
    ModuleView,
    equation,
    is_instance,
    items,
    path_equation,
    reply_source,
    request_source,
    value_at,
)
from engross.emit.testing.wire import Filler, Sent, secret
from engross.emit.testing.written_values import form_pairs, part_pairs, text
from engross.emit.value_source import json_source
from engross.layout import (
    Expression,
    Group,
    call,
    dict_of,
    lay_out,
    literal,
    string,
)
from engross.source.pointer import Pointer

_AWKWARD = "a/b?c#d e%é"
_FIXTURES = ("send: Send", "server: Server")


def requests_view(scope: Scope) -> ModuleView:
    """The view of `test_requests.py`."""
    imports = scope.imports()
    imports.add(".sending", "Send")
    imports.add(".server", "Server")
    calls = CallWriter(scope.names, imports)
    writer = _TestWriter(scope, calls, imports, Namespace("a test"))
    functions = [
        function
        for operation in scope.contract.operations
        for function in writer.functions(operation)
    ]
    return ModuleView.of(imports, functions)


@dataclass(frozen=True, slots=True)
class _TestWriter:
    scope: Scope
    calls: CallWriter
    imports: Imports
    functions_named: Namespace

    def functions(self, operation: Operation) -> Iterator[Function]:
        """The tests of an operation; one that says why there are none, if need be."""
        if operation not in self.scope.operations:
            yield self._skipped(operation)
            return
        for made in self.calls.documented(operation):
            ending = "sends_what_the_contract_says"
            if made.example is not None and made.example.documented:
                ending = f"sends_the_{snake(made.example.name)}_request"
            name = f"test_{self.scope.stems[made.method]}_{ending}"
            # Names of two examples may differ only in what no function's name can hold.
            key = operation.id, made.example and made.example.name
            yield self._function(made, self.functions_named.claim(key, name))
        optional = optional_parameters(operation)
        if optional:
            first = next(iter(operation.request_examples), None)
            made = self.calls.call(operation, first, optional)
            yield self._function(
                made, f"test_{self.scope.stems[made.method]}_sends_every_parameter"
            )
        awkward = [each for each in operation.parameters if self._is_free_text(each)]
        if awkward:
            yield self._path_function(operation, awkward)

    def _skipped(self, operation: Operation) -> Function:
        self.imports.add_module("pytest")
        stem = self.scope.stems[self.scope.names.method(operation)]
        return Function.of(
            f"test_{stem}_sends_what_the_contract_says",
            (),
            [
                '"""Add an example of the request to the contract, and this is a test."""'
            ],
            decorator='@pytest.mark.skip(reason="no request that fits is known")',
        )

    def _function(self, made: Call, name: str) -> Function:
        answer = answer_to(made.operation, self.scope)
        return self._printed(
            name,
            self._answers(answer, made.operation),
            [self._call(made, answer)],
            self._arrived(made),
            self._returned(made, answer),
        )

    def _printed(self, name: str, *paragraphs: Iterable[str]) -> Function:
        return Function.of(name, _FIXTURES, *paragraphs)

    def _answers(self, answer: Answer, operation: Operation) -> list[str]:
        """Statements that script the server."""
        for module, name in answer.imports.items():
            self.imports.add(module, name)
        paged = operation.pagination
        if paged is None or answer.shown is None:
            return [answer.statement]
        if paged.style in (PagingStyle.PAGE, PagingStyle.OFFSET):
            # A page that says nothing of its size may be full: another is asked for.
            self.imports.add(".json_values", "changed")
            items_at = string(str(Pointer(paged.items)))
            page = call("changed", reply_source(answer.shown), items_at, "[]")
            last = call("server.answer", str(answer.status), page)
            return [answer.statement, lay_out(last, indent=4)]
        following = paged.next.tokens
        if following and value_at(answer.shown.value, following) is not None:
            self.imports.add(".json_values", "changed")
            pointer = string(str(paged.next))
            page = call("changed", reply_source(answer.shown), pointer, "None")
            return [lay_out(call("server.answer", str(answer.status), page), indent=4)]
        return [answer.statement]

    def _call(self, made: Call, answer: Answer) -> str:
        source = made.on("client")
        if made.operation.pagination is not None:
            return sent_by("items = send.items", source)
        return sent_by("result = send" if answer.returns else "send", source)

    # What arrived

    def _arrived(self, made: Call) -> Iterator[str]:
        operation = made.operation
        body = Filler(self.scope.names).body(operation, made.body)
        # Null is a body, too; an object without members, where none is needed, is not.
        is_null = made.example is not None and made.body is None
        has_body = body is not None or is_null
        sent = Sent(self.scope, operation, made.parameters, body, has_body)
        if operation.pagination is None:
            yield "request = server.only_request()"
        else:
            yield "request = server.requests[0]"
        yield f"assert request.method == {string(operation.http_method)}"
        yield from self._address(sent, "request")
        if sent.issued_by is not None:
            yield from self._token(sent.issued_by)
        headers = dict_of({string(name): value for name, value in sent.headers.items()})
        yield lay_out(headers, indent=4, before="assert request.own_headers == ")
        for recipe in ("basic", "digest"):
            if any(_calls(value, recipe) for value in sent.headers.values()):
                self.imports.add(".recipes", recipe)
        yield self._body(made, body) if has_body else 'assert request.body == b""'

    def _token(self, scheme: SecurityScheme) -> Iterator[str]:
        """How the token was asked for."""
        client_id, client_secret = (
            string(secret(self.scope.names.setting(each).argument))
            for each in (scheme.credential, scheme.password)
            if each is not None
        )
        form = {"grant_type": string("client_credentials")}
        if scheme.scopes:
            form["scope"] = string(" ".join(scheme.scopes))
        if scheme.in_form:
            form |= {"client_id": client_id, "client_secret": client_secret}
        pairs = (Group("(", items(string(k), v), ")") for k, v in sorted(form.items()))
        yield "asked = server.only_token_request()"
        yield 'assert asked.method == "POST"'
        before = "assert asked.form() == "
        yield lay_out(Group("[", items(*pairs), "]"), indent=4, before=before)
        if scheme.in_form:
            yield 'assert "authorization" not in asked.headers'
            return
        self.imports.add(".recipes", "basic")
        expected = call("basic", client_id, client_secret)
        before = 'assert asked.headers["authorization"] == '
        yield lay_out(expected, indent=4, before=before)

    def _address(self, sent: Sent, request: str) -> Iterator[str]:
        signed = sent.signed_query
        part = "path" if sent.query or signed else "target"
        yield path_equation(f"{request}.{part}", sent.path)
        if any(_calls(value, "digest") for _, value in signed):
            self.imports.add(".recipes", "digest")
        if sent.query or signed:
            before = f"assert {request}.query == "
            yield lay_out(_listed(sent.query, signed), indent=4, before=before)

    def _body(self, made: Call, sent: object) -> str:
        body = made.operation.body
        if body is None:
            return 'assert request.body == b""'
        kind = essence(body.media_type)
        if kind == "application/x-www-form-urlencoded":
            pairs = self._pairs(form_pairs(body, sent))
            return lay_out(pairs, indent=4, before="assert request.form() == ")
        if kind == "multipart/form-data":
            pairs = self._pairs(part_pairs(body, sent))
            return lay_out(pairs, indent=4, before="assert request.parts() == ")
        if is_json(kind):
            self.imports.add(".json_values", "plain")
            if made.example is not None and sent == made.body:
                self.imports.add(".documented", "request_example")
                return equation(
                    "request.json()", request_source(made.method, made.example)
                )
            return equation("request.json()", json_source(sent, self.imports))
        content = text(sent)
        expected = f"b{string(content)}"
        if not content.isascii():
            expected = f"{string(content)}.encode()"
        return lay_out(expected, indent=4, before="assert request.body == ")

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> Expression:
        """Return names and texts, sorted as the test's server sorts them."""
        written = sorted(pairs)
        listed = _listed(written)
        if not any(text.startswith(("{", "[")) for _, text in written):
            return listed
        self.imports.add(".server", "in_order")
        return call("in_order", listed)

    # What came back

    def _returned(self, made: Call, answer: Answer) -> Iterator[str]:
        operation = made.operation
        if answer.value is not None:
            yield f"assert result == {answer.value}"
        if answer.expected is None:
            return
        self.imports.add(".json_values", "plain")
        if operation.pagination is not None and answer.shown is not None:
            model = result_class(operation.pagination.item_type, self.scope.names)
            if model:
                self.imports.add(self.scope.names.package, "models")
                yield f"assert all(isinstance(each, models.{model}) for each in items)"
            steps = operation.pagination.items
            yield equation("items", reply_source(answer.shown, steps))
            return
        model = result_class(operation.result, self.scope.names)
        if model and not answer.is_null:
            self.imports.add(self.scope.names.package, "models")
            yield lay_out(is_instance("result", model), indent=4, before="assert ")
        yield equation("result", answer.expected)

    # Paths

    def _path_function(
        self, operation: Operation, awkward: list[Parameter]
    ) -> Function:
        """A test that no text can leave its place in the path."""
        parameters = tuple(
            replace(each, example=_AWKWARD) if each in awkward else each
            for each in operation.parameters
        )
        other = replace(operation, parameters=parameters)
        example = next(iter(operation.request_examples), None)
        made = self.calls.call(other, example)
        sent = Sent(self.scope, other, made.parameters, None, has_body=False)
        paged = operation.pagination is not None
        source = made.on("client")
        return self._printed(
            f"test_{self.scope.stems[made.method]}_keeps_any_text_in_its_place_in_the_path",
            self._answers(answer_to(operation, self.scope), operation),
            [sent_by("send.items" if paged else "send", source)],
            [path_equation("server.requests[0].path", sent.path)],
        )

    def _is_free_text(self, parameter: Parameter) -> bool:
        """Whether a parameter is a part of the path that may be any text."""
        return (
            parameter.location is ParameterLocation.PATH
            and parameter.type == Primitive(Kind.STRING)
            and not parameter.constant
            and parameter.content is None
            and (
                parameter.schema is None
                or self.scope.schemas.is_valid(parameter.schema, _AWKWARD)
            )
        )


def _listed(
    pairs: list[tuple[str, str]], computed: Sequence[tuple[str, Expression]] = ()
) -> Expression:
    values = [(name, literal(value)) for name, value in pairs]
    tuples = (
        Group("(", items(literal(name), value), ")")
        for name, value in (*values, *computed)
    )
    return Group("[", items(*tuples), "]")


def _calls(value: Expression, function: str) -> bool:
    return isinstance(value, Group) and value.opening == f"{function}("

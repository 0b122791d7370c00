"""`test_requests.py`: what each documented call puts on the wire, and what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from urllib.parse import quote

from engross.contract.ir import (
    Body,
    Kind,
    Operation,
    PagingStyle,
    Parameter,
    Primitive,
    SecurityScheme,
)
from engross.contract.media_types import FORMS, essence, is_json
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit.example_calls import Call, CallWriter, NamedCall, first_request
from engross.emit.imports import Imports
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import constant, snake
from engross.emit.runtime_modules import fetches_tokens
from engross.emit.testing.answers import (
    Answer,
    answer_to,
    optional_parameters,
    result_class,
    sent_by,
)
from engross.emit.testing.example_filler import can_be_called
from engross.emit.testing.model_tests import call_source, calls_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import (
    Function,
    ModuleView,
    equation,
    is_instance,
    items,
    parametrized,
    part_of,
    path_equation,
    reply_source,
    request_source,
    row,
    value_at,
)
from engross.emit.testing.wire import Filler, Sent, base_path, secret, server_path
from engross.emit.testing.written_values import form_pairs, part_pairs, segment, text
from engross.emit.value_source import ValueWriter, json_source
from engross.layout import (
    Expression,
    Group,
    Item,
    call,
    compact_call,
    dict_of,
    fits,
    flat,
    lay_out,
    literal,
    string,
)
from engross.source.pointer import Pointer

_AWKWARD = "a/b?c#d e%é"
_LONGEST_WORD = 60
_USUAL_HEADERS = {"accept", "content-type"}
_FIXTURES = ("send: Send", "server: Server")

_EXCHANGE = Function.of(
    "exchange",
    _FIXTURES,
    [
        '"""Make calls with each client, and reply to them."""',
        "return Exchange(send, server)",
    ],
    returns="Exchange",
    decorator="@pytest.fixture",
)


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
    functions += writer.paths()
    if writer.brief:
        imports.add_module("pytest")
        imports.add(".exchanges", "Exchange")
        functions.insert(0, _EXCHANGE)
    return ModuleView.of(imports, functions, writer.credentials.values())


@dataclass(frozen=True, slots=True)
class _TestWriter:
    scope: Scope
    calls: CallWriter
    imports: Imports
    functions_named: Namespace
    constants_named: Namespace = field(default_factory=lambda: Namespace("a constant"))
    credentials: dict[str, str] = field(default_factory=dict)
    """Assignments of headers, by their names."""
    brief: list[str] = field(default_factory=list)
    """Names of the tests that make a call and its reply in one step."""

    def functions(self, operation: Operation) -> Iterator[Function]:
        """The tests of an operation; one that says why there are none, if need be."""
        if not can_be_called(operation):
            yield self._skipped(operation)
            return
        optional = optional_parameters(operation)
        for made in self.calls.documented(operation):
            if optional and self._says_no_more(made):
                continue
            ending = "sends_what_the_contract_says"
            if made.example is not None and made.example.documented:
                ending = f"sends_the_{snake(made.example.name)}_request"
            name = f"test_{self.scope.stems[made.method]}_{ending}"
            # Names of two examples may differ only in what no function's name can hold.
            key = operation.id, made.example and made.example.name
            yield self._function(made, self.functions_named.claim(key, name))
        if optional:
            made = self.calls.call(operation, first_request(operation), optional)
            yield self._function(
                made, f"test_{self.scope.stems[made.method]}_sends_every_parameter"
            )

    def _says_no_more(self, made: Call) -> bool:
        """Whether a call says no more than the same one with every parameter."""
        is_documented = made.example is not None and made.example.documented
        has_default = any(each.default for each in made.operation.parameters)
        return not (is_documented or has_default)

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
        if self._is_usual(made, answer):
            self.brief.append(name)
            arrived = self._arrived(made, is_usual=True)
            return Function.of(
                name, ("exchange: Exchange",), [self._exchange(made, answer), *arrived]
            )
        return self._printed(
            name,
            self._answers(answer, made.operation),
            [self._call(made, answer)],
            self._arrived(made),
            self._returned(made, answer),
        )

    def _is_usual(self, made: Call, answer: Answer) -> bool:
        """Return whether a call of a large package is tested in one step with its reply."""
        shown = answer.shown
        return (
            self.scope.contract.is_large
            and shown is not None
            and shown.label[:2] == (made.method, str(answer.status))
            and answer.statement == f"server.answer({answer.status}, reply)"
            and answer.expected == "reply"
            and not answer.is_null
            and made.operation.pagination is None
            and not fetches_tokens(self.scope.contract)
        )

    def _exchange(self, made: Call, answer: Answer) -> str:
        """Return the statement that makes a call and its reply, and keeps the request."""
        shown = answer.shown
        assert shown is not None
        model = result_class(made.operation.result, self.scope.names)
        after = ""
        if model:
            self.imports.add(self.scope.names.package, "models")
            after += f"        models.{model},\n"
        if answer.status != 200:
            after += f"        status={answer.status},\n"
        if shown.name != "sample":
            after += f"        example={string(shown.name)},\n"
        source = lay_out(
            made.on("client"), indent=8, before="lambda client: ", after=","
        )
        return (
            f"request = exchange(\n        {string(made.method)},\n"
            f"        {source}\n{after}    )"
        )

    def _printed(self, name: str, *paragraphs: Iterable[str]) -> Function:
        return Function.of(name, _FIXTURES, *paragraphs)

    def _answers(self, answer: Answer, operation: Operation) -> list[str]:
        """Statements that script the server."""
        if answer.shown is None:
            return [answer.statement]
        self.imports.add(".documented", "reply_example")
        reply = lay_out(reply_source(answer.shown), indent=4, before="reply = ")
        paged = operation.pagination
        if paged is None:
            return [reply, answer.statement]
        if paged.style in (PagingStyle.PAGE, PagingStyle.OFFSET):
            # A page that says nothing of its size may be full: another is asked for.
            self.imports.add(".json_values", "changed")
            items_at = string(str(Pointer(paged.items)))
            page = call("changed", "reply", items_at, "[]")
            last = call("server.answer", str(answer.status), page)
            return [reply, answer.statement, lay_out(last, indent=4)]
        following = paged.next.tokens
        if following and value_at(answer.shown.value, following) is not None:
            self.imports.add(".json_values", "changed")
            pointer = string(str(paged.next))
            page = call("changed", "reply", pointer, "None")
            statement = call("server.answer", str(answer.status), page)
            return [reply, lay_out(statement, indent=4)]
        return [reply, answer.statement]

    def _call(self, made: Call, answer: Answer) -> str:
        source = made.on("client")
        if made.operation.pagination is not None:
            return sent_by("items = send.items", source)
        return sent_by("result = send" if answer.returns else "send", source)

    # What arrived

    def _arrived(self, made: Call, *, is_usual: bool = False) -> Iterator[str]:
        operation = made.operation
        body = Filler(self.scope.names).body(operation, made.body)
        # Null is a body, too; an object without members, where none is needed, is not.
        is_null = made.example is not None and made.body is None
        has_body = body is not None or is_null
        sent = Sent(self.scope, operation, made.parameters, body, has_body)
        if operation.pagination is not None:
            yield "request = server.requests[0]"
        elif not is_usual:
            yield "request = server.only_request()"
        line = f"{operation.http_method} {sent.path}"
        is_short = fits(f"    assert request.line == {string(line)}")
        if is_usual and is_short and not (sent.query or sent.signed_query):
            yield f"assert request.line == {string(line)}"
        else:
            yield f"assert request.method == {string(operation.http_method)}"
            yield from self._address(sent, "request")
        if sent.issued_by is not None:
            yield from self._token(sent.issued_by)
        credentials, headers = sent.credentials, sent.headers
        yield lay_out(
            self._headers(sent, credentials, headers),
            indent=4,
            before="assert request.own_headers == ",
        )
        values = (*credentials.values(), *headers.values())
        for recipe in ("basic", "digest"):
            if any(_calls(value, recipe) for value in values):
                self.imports.add(".recipes", recipe)
        yield self._body(made, body) if has_body else 'assert request.body == b""'

    def _headers(
        self,
        sent: Sent,
        credentials: Mapping[str, Expression],
        others: Mapping[str, Expression],
    ) -> Expression:
        """Return the headers of a call; in a large package, the name of usual ones."""
        headers = dict_of({string(name): value for name, value in others.items()})
        if credentials:
            known = Item("**", self._credentials(sent, credentials))
            headers = Group("{", (known, *headers.items), "}")
        if not self.scope.contract.is_large or others.keys() - _USUAL_HEADERS:
            return headers
        body = sent.operation.body
        kind = body.media_type if body is not None and sent.has_body else ""
        about = "form" if "form" in kind else kind.rpartition("/")[2]
        wanted = constant(
            " ".join(filter(None, (*sent.scheme_names, about, "headers")))
        )
        name = self.constants_named.claim(flat(headers), wanted)
        self.credentials[name] = lay_out(headers, before=f"{name} = ")
        return name

    def _credentials(self, sent: Sent, credentials: Mapping[str, Expression]) -> str:
        """Return the name of the headers that hold a call's credentials."""
        headers = dict_of({string(name): value for name, value in credentials.items()})
        wanted = constant(" ".join(sent.scheme_names))
        name = self.constants_named.claim(flat(headers), wanted)
        self.credentials[name] = lay_out(headers, before=f"{name} = ")
        return name

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
        query, signed = sent.query, sent.signed_query
        part = "path" if query or signed else "target"
        yield path_equation(f"{request}.{part}", sent.path)
        if any(_calls(value, "digest") for _, value in signed):
            self.imports.add(".recipes", "digest")
        if query or signed:
            before = f"assert {request}.query == "
            words = None if signed else self._words(query)
            listed = words or _listed(query, signed)
            yield lay_out(listed, indent=4, before=before)

    def _body(self, made: Call, sent: object) -> str:
        body = made.operation.body
        if body is None:
            return 'assert request.body == b""'
        kind = essence(body.media_type)
        if kind in FORMS:  # elsewhere, other texts of the same time are equal
            sent = self._as_sent(sent, body, body.wrap)
        is_given = isinstance(body.type, Primitive) and body.type.kind.is_sent_as_given
        if kind == "application/x-www-form-urlencoded" and not is_given:
            pairs = self._pairs(form_pairs(body, sent))
            return lay_out(pairs, indent=4, before="assert request.form() == ")
        if kind == "multipart/form-data":
            pairs = self._pairs(part_pairs(body, sent))
            return lay_out(pairs, indent=4, before="assert request.parts() == ")
        if is_json(kind) and not is_given:
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

    def _as_sent(self, value: object, body: Body, wrap: Sequence[str]) -> object:
        """Return a form as clients write it, within the members around it."""
        if not wrap:
            writer = ValueWriter(self.scope.names, self.imports)
            return writer.as_sent(value, body.type)
        name, *rest = wrap
        if not isinstance(value, dict) or name not in value:
            return value
        return {**value, name: self._as_sent(value[name], body, rest)}

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> Expression:
        """Return names and texts, sorted as the test's server sorts them."""
        written = sorted(pairs)
        words = self._words(written)
        if words is not None:
            return words
        listed = _listed(written)
        if not any(text.startswith(("{", "[")) for _, text in written):
            return listed
        self.imports.add(".server", "in_order")
        return call("in_order", listed)

    def _words(self, pairs: Sequence[tuple[str, str]]) -> Expression | None:
        """Return the pairs of a large package as one text, if that is not ambiguous."""
        if not self.scope.contract.is_large or len(pairs) < 2:
            return None
        for name, text_ in pairs:
            is_plain = name and name.isprintable() and text_.isprintable()
            if not is_plain or "=" in name or text_[:1] in ("{", "["):
                return None
            if " " in name or " " in text_ or len(name) + len(text_) > _LONGEST_WORD:
                return None
        self.imports.add(".exchanges", "pairs")
        words = " ".join(f"{name}={text_}" for name, text_ in pairs)
        return compact_call("pairs", (literal(words),))

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
            yield equation("items", part_of("reply", operation.pagination.items))
            return
        model = result_class(operation.result, self.scope.names)
        if model and not answer.is_null:
            self.imports.add(self.scope.names.package, "models")
            yield lay_out(is_instance("result", model), indent=4, before="assert ")
        yield equation("result", answer.expected)

    # Paths

    def paths(self) -> Iterator[Function]:
        """The test that no text can leave its place in the path, if there are such texts."""
        found = [
            (made, path)
            for operation in self.scope.operations
            for made, path in self._path_with_texts(operation)
        ]
        if not found:
            return
        base = base_path(self.scope.contract)
        given = None
        if self.scope.contract.is_large and all(
            path == base + made.operation.path for made, path in found
        ):
            given = calls_source((made for made, _ in found), self.imports)
        self.imports.add_module("re")
        self.imports.add_module("pytest")
        self.imports.add("contextlib", "suppress")
        self.imports.add(".documented", "Call")
        self.imports.add(".package", "APIStatusError", "Client")
        if given:
            self.imports.add(".package", "BASE_PATH")
        yield Function.of(
            "test_any_text_keeps_its_place_in_the_path",
            (
                *("call: Call", *(() if given else ("path: str",))),
                *("client: Client", "server: Server"),
            ),
            [
                *(["path = BASE_PATH + call.operation.path"] if given else []),
                'for name in re.findall("{(.*?)}", path):',
                f'    call = call.changed(f"path:{{name}}", {string(_AWKWARD)})',
            ],
            ["with suppress(APIStatusError):", "    call.send(client)"],
            [
                f"written = {string(quote(_AWKWARD, safe=''))}",
                'assert server.requests[0].path == re.sub("{.*?}", written, path)',
            ],
            decorator=(
                parametrized(("call",), given, ids="str")
                if given
                else parametrized(
                    ("call", "path"),
                    [row(call_source(made), string(path)) for made, path in found],
                    ids="str",
                )
            ),
        )

    def _path_with_texts(self, operation: Operation) -> Iterator[tuple[NamedCall, str]]:
        """Yield the call of an operation and its path, if texts are parts of that."""
        awkward = [each for each in operation.parameters if self._is_free_text(each)]
        if not awkward:
            return
        parameters = tuple(
            replace(each, example=_AWKWARD) if each in awkward else each
            for each in operation.parameters
        )
        sent = self.calls.parameters(replace(operation, parameters=parameters))
        path = server_path(operation, self.scope.contract) + operation.path
        for each in operation.parameters:
            if each.location is ParameterLocation.PATH and each.id in sent:
                written = segment(each, sent[each.id])
                if each in awkward:
                    place = f"{{{each.wire}}}"
                    written = written.replace(quote(_AWKWARD, safe=""), place)
                path = path.replace(f"{{{each.wire}}}", written)
        made = NamedCall.first(operation, self.scope.names)
        yield made, path.partition("?")[0]

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

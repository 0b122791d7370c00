"""`test_webhooks.py`: messages of the provider, proven as the contract says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from engross.contract.ir import (
    Proof,
    SignatureEncoding,
    SignedHeader,
    TimestampUnit,
    Webhook,
    Webhooks,
)
from engross.contract.media_types import is_json
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import Function, items, row
from engross.emit.testing.wire import secret
from engross.emit.webhook_module import knows_events
from engross.layout import (
    Expression,
    Group,
    call,
    dict_of,
    lay_out,
    string,
)
from engross.source.pointer import Pointer

_HEADERS = "dict[str, str]"


_PROVEN = "PROVEN"
_ROW = "tuple[Message, Prove]"
_MESSAGES = "MESSAGES"


@dataclass(frozen=True, slots=True)
class WebhooksView:
    """What `test_webhooks.py` holds; names of tables are empty where there are none."""

    imports: str
    reader: str
    """Property of the clients."""
    helpers: tuple[str, ...]
    """Functions that prove a message as the provider does."""
    tables: tuple[str, ...]
    proven: str
    signed: str
    timed: str
    unproven: str
    ages: str
    """Seconds that make a message too old, or too young."""
    whole: str
    """The method that reads all that one address receives; empty where none can."""
    event: str
    """Pointer to what tells messages apart; empty where nothing does."""


def readable(webhooks: Webhooks | None) -> tuple[Webhook, ...]:
    """The webhooks of which the tests have a message."""
    return tuple(
        each
        for each in (webhooks.members if webhooks else ())
        if each.examples and is_json(each.media_type or "")
    )


def webhooks_view(scope: Scope) -> WebhooksView | None:
    """The view of `test_webhooks.py`; None where there is no message to test with."""
    webhooks = scope.contract.webhooks
    members = readable(webhooks)
    if webhooks is None or not members:
        return None
    names = scope.names
    helpers = _helper_names(members, names)
    proven = tuple(each for each in members if each.proof is not None)
    signed = tuple(each for each in proven if isinstance(each.proof, SignedHeader))
    timed = tuple(each for each in signed if _tolerance(each.proof))
    unproven = tuple(each for each in members if each.proof is None)
    tables = _Tables(names, helpers)
    written = {
        "proven": tables.add(_PROVEN, proven),
        "signed": tables.add("SIGNED", signed),
        "timed": tables.add("TIMED", timed),
        "unproven": tables.add("UNPROVEN" if proven else _MESSAGES, unproven),
    }
    if proven:
        rest = ", *UNPROVEN" if unproven else ""
        listed = f"message for message, _ in {_PROVEN}"
        whole = f"[*({listed}){rest}]" if rest else f"[{listed}]"
        tables.written.append(f"{_MESSAGES} = {whole}")
    age = int(max((_tolerance(each.proof) for each in timed), default=0)) + 3600
    event = webhooks.members[0].event if knows_events(webhooks) else None
    method = "unwrap" if webhooks.proof is not None else "parse"
    return WebhooksView(
        imports=_imports(scope, members, helpers).render(),
        reader=names.webhooks_property,
        helpers=tuple(
            _helper(name, each, names).text for each, name in helpers.items()
        ),
        tables=tuple(tables.written),
        ages=f"[{age}, -{age}]",
        whole=method if webhooks.at_one_address else "",
        event=string(str(event.at)) if event is not None else "",
        **written,
    )


def _tolerance(proof: Proof | None) -> float:
    return proof.tolerance if isinstance(proof, SignedHeader) else 0.0


def _imports(
    scope: Scope, members: Iterable[Webhook], helpers: Mapping[Proof, str]
) -> Imports:
    contract = scope.contract
    assert contract.webhooks is not None
    names = scope.names
    imports = scope.imports()
    imports.add_module("pytest")
    imports.add("typing", "Any", "NamedTuple")
    imports.add(".documented", "request_example")
    imports.add(".json_values", "Json", "changed", "plain", "value_at")
    imports.add(".package", "Model", "client", "encode_json")
    if knows_events(contract.webhooks):
        imports.add(names.package, "UnknownEvent", "WebhookInvalidError")
    if helpers:
        imports.add("collections.abc", "Callable")
        imports.add("typing", "TypeAlias")
        imports.add(names.package, "WebhookInvalidError")
        imports.add(".package", "async_client")
    if any(isinstance(each, SignedHeader) for each in helpers):
        imports.add(".recipes", "digest")
    if any(_holds_time(each) for each in helpers):
        imports.add_module("time")
    return imports


@dataclass(slots=True)
class _Tables:
    """Writes tables of messages, each with the function that proves it."""

    names: PythonNames
    helpers: Mapping[Proof, str]
    written: list[str] = field(default_factory=list)
    tables: dict[tuple[str, ...], str] = field(default_factory=dict)

    def add(self, name: str, webhooks: tuple[Webhook, ...]) -> str:
        """Write a table unless there is one like it; return the name of the table."""
        listed = tuple(self.names.webhooks[each.id].name for each in webhooks)
        if not webhooks or listed in self.tables:
            return self.tables.get(listed, "")
        rows = [each for webhook in webhooks for each in self._rows(webhook)]
        kind = "Message" if webhooks[0].proof is None else _ROW
        table = Group("[", items(*rows), "]")
        self.written.append(lay_out(table, before=f"{name}: list[{kind}] = "))
        self.tables[listed] = name
        return name

    def _rows(self, webhook: Webhook) -> Iterable[Expression]:
        inside = str(Pointer(webhook.unwrap))
        for example in webhook.examples:
            shown = call(
                "request_example",
                string(self.names.reader(webhook)),
                string(example.name),
            )
            name = self.names.webhooks[webhook.id].name
            message = call("Message", string(name), shown, string(inside))
            if webhook.proof is None:
                yield message
            else:
                yield row(message, self.helpers[webhook.proof])


def _helper_names(webhooks: Iterable[Webhook], names: PythonNames) -> dict[Proof, str]:
    """Name of the function that proves messages, by proof."""
    first: dict[Proof, str] = {}
    for each in webhooks:
        if each.proof is not None:
            first.setdefault(each.proof, names.webhooks[each.id].name)
    if len(first) == 1:
        return dict.fromkeys(first, "headers_of")
    return {proof: f"headers_of_{name}" for proof, name in first.items()}


def _holds_time(proof: Proof) -> bool:
    return isinstance(proof, SignedHeader) and (
        proof.timestamp_header is not None
        or "{timestamp}" in proof.format + proof.signature.template
    )


def _helper(name: str, proof: Proof, names: PythonNames) -> Function:
    argument = names.setting(proof.credential).argument
    given = f"secret: str = {string(secret(argument))}"
    parameters = ("body: bytes", given, "age: int = 0")
    if isinstance(proof, SignedHeader):
        about = '"""The headers of a message that was signed some seconds ago."""'
        return Function.of(
            name, parameters, [about, *_signed(proof, argument)], returns=_HEADERS
        )
    value = _formatted(proof.format, {})
    return Function.of(
        name,
        parameters,
        [
            '"""The headers of a message with the secret; its age does not matter."""',
            lay_out(dict_of({string(proof.header): value}), indent=4, before="return "),
        ],
        returns=_HEADERS,
    )


def _signed(proof: SignedHeader, argument: str) -> Iterable[str]:
    """Statements that sign a body."""
    headers: dict[str, Expression] = {}
    if _holds_time(proof):
        factor = " * 1000" if proof.unit is TimestampUnit.MILLISECONDS else ""
        seconds = "int(time.time() - age)"
        yield f"timestamp = str({seconds}{factor})"
    apart = headers_within(proof)
    template = proof.signature.template
    for header, value in apart.items():
        template = template.replace(f"{{header:{header}}}", value)
        headers[string(header)] = string(value)
    names = {"body": "body.decode()", argument: "secret"}
    keywords: dict[str, Expression] = {}
    if proof.signature.hmac:
        keywords["key"] = "secret"
    if proof.signature.encoding is not SignatureEncoding.HEX:
        keywords["encoding"] = string(proof.signature.encoding)
    made = call(
        "digest",
        string(proof.signature.digest),
        _formatted(template, names),
        **keywords,
    )
    yield lay_out(made, indent=4, before="signature = ")
    headers[string(proof.header)] = _formatted(proof.format, {})
    if proof.timestamp_header is not None:
        headers[string(proof.timestamp_header)] = "timestamp"
    yield lay_out(dict_of(headers), indent=4, before="return ")


def headers_within(proof: SignedHeader) -> dict[str, str]:
    """Other headers that are signed, with what the tests have them say."""
    names = [
        part.partition("}")[0]
        for part in proof.signature.template.split("{header:")[1:]
    ]
    return {each: f"some-{each.lower()}" for each in names}


def _formatted(pattern: str, names: Mapping[str, str]) -> str:
    """A pattern as an f-string; each placeholder names a variable, unless it is renamed."""
    for place, name in names.items():
        pattern = pattern.replace(f"{{{place}}}", f"{{{name}}}")
    inner = pattern[1:-1]
    if pattern[:1] == "{" and pattern[-1:] == "}" and "{" not in inner:
        return inner
    return f"f{string(pattern)}" if "{" in pattern else string(pattern)

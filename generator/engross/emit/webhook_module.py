"""Webhooks: their descriptors, and the class that reads them, laid out as source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engross.contract.ir import (
    Contract,
    HashFunction,
    Proof,
    SecretHeader,
    SignatureEncoding,
    SignedHeader,
    TimestampUnit,
    Type,
    Webhook,
    Webhooks,
)
from engross.data import dataclass
from engross.emit import documentation
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.reserved import UNKNOWN_EVENT
from engross.emit.operations import credential_source, pointer
from engross.emit.runtime_modules import receives_instants
from engross.emit.type_annotations import Annotator
from engross.layout import (
    Expression,
    call,
    class_line,
    docstring,
    lay_out,
    string,
    tuple_of,
)

RUNTIME = "._runtime.webhooks"

_PROOF = "PROOF"
_MESSAGE = "Message"
_KEYRING = "self._keyring"
_ZONE = "self._zone"


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A property that reads messages of one kind."""

    name: str
    annotation: str
    docstring: str
    body: str


@dataclass(frozen=True, slots=True)
class WebhooksView:
    """What `webhooks.py` holds, and the property of the clients that returns it."""

    name: str
    class_name: str
    imports: str
    typing_imports: str
    assignments: tuple[str, ...]
    head: str
    """The line that begins it."""
    docstring: str
    summary: str
    """The same docstring, for the client's property."""
    own_import: str
    made: str
    """The expression with which a client creates it."""
    parameters: str
    statements: tuple[str, ...]
    """Statements of `__init__`; empty if it needs none."""
    properties: tuple[PropertyView, ...]


def knows_events(webhooks: Webhooks) -> bool:
    """Return whether one address receives messages that differ by their event."""
    return webhooks.at_one_address and webhooks.members[0].event is not None


def webhooks_view(contract: Contract, names: PythonNames) -> WebhooksView | None:
    """Return the view of `webhooks.py`; None if the contract has no webhooks."""
    webhooks = contract.webhooks
    if webhooks is None:
        return None
    imports, typing_imports = Imports(), Imports()
    writer = _Writer(
        webhooks,
        names,
        imports,
        _proof_names(webhooks, names),
        has_instants=receives_instants(contract),
    )
    is_proven = any(each.proof for each in webhooks.members)
    if is_proven:
        imports.add("typing", "TYPE_CHECKING")
        typing_imports.add("._runtime.credentials", "Keyring")
    has_instants = receives_instants(contract)
    if has_instants:
        imports.add("typing", "TYPE_CHECKING")
        typing_imports.add("datetime", "tzinfo")
    imports.add("functools", "cached_property")
    imports.add(RUNTIME, "Webhook")
    about = f"Webhooks that {contract.title} sends."
    own = Imports()
    own.add(".webhooks", names.webhooks_class)
    given = {
        "keyring": ("Keyring", "self._core.keyring") if is_proven else None,
        "zone": ("tzinfo | None", "self._core.timezone") if has_instants else None,
    }
    arguments = {name: pair for name, pair in given.items() if pair is not None}
    return WebhooksView(
        name=names.webhooks_property,
        class_name=names.webhooks_class,
        assignments=tuple(writer.assignments()),
        head=class_line(names.webhooks_class, writer.base()),
        docstring=docstring([about, *_about_the_whole(webhooks)]),
        summary=docstring([about], indent=8),
        own_import=own.render(indent=8),
        made=lay_out(
            call(names.webhooks_class, *(value for _, value in arguments.values())),
            indent=8,
        ),
        parameters=", ".join(
            ["self", *(f"{name}: {type_}" for name, (type_, _) in arguments.items())]
        ),
        statements=tuple(writer.statements(is_proven=is_proven)),
        properties=tuple(map(writer.property, webhooks.members)),
        imports=imports.render(),
        typing_imports=typing_imports.render(indent=4),
    )


def _about_the_whole(webhooks: Webhooks) -> Iterator[str]:
    if knows_events(webhooks):
        yield (
            "The methods of this object read every message that one address receives; an "
            "event that is not in the contract is returned as an `UnknownEvent`."
        )


def _proof_names(webhooks: Webhooks, names: PythonNames) -> dict[Proof, str]:
    """Return the name of the constant of each proof."""
    if webhooks.proof is not None:
        return {webhooks.proof: _PROOF}
    constants = {each.id: names.webhooks[each.id].constant for each in webhooks.members}
    scope = Namespace("a proof", constants.values())
    found: dict[Proof, str] = {}
    for webhook in webhooks.members:
        if webhook.proof is not None and webhook.proof not in found:
            name = f"{constants[webhook.id]}_{_PROOF}"
            found[webhook.proof] = scope.claim(webhook.id, name)
    return found


@dataclass(frozen=True, slots=True)
class _Writer:
    webhooks: Webhooks
    names: PythonNames
    imports: Imports
    proofs: Mapping[Proof, str]
    has_instants: bool
    """Whether a message may have a date with a time, which may lack its offset."""

    def assignments(self) -> Iterator[str]:
        """Yield proofs, descriptors, and the type of what one address receives."""
        for proof, name in self.proofs.items():
            yield lay_out(self._proof(proof), before=f"{name} = ")
        yield from map(self._descriptor, self.webhooks.members)
        if self._has_alias():
            self.imports.add("typing", "TypeAlias")
            union = " | ".join(self._results())
            yield f"{_MESSAGE}: TypeAlias = {union}"

    def base(self) -> str:
        """Return the base class: the reader of all messages, if one can read them."""
        if not self.webhooks.at_one_address:
            return ""
        held = _MESSAGE if self._has_alias() else self._results()[0]
        return f"{self._reader(self.webhooks.proof)}[{held}]"

    def statements(self, *, is_proven: bool) -> Iterator[str]:
        """Yield the statements of `__init__`."""
        if not self.webhooks.at_one_address:
            if is_proven:
                yield f"{_KEYRING} = keyring"
            if self.has_instants:
                yield f"{_ZONE} = zone"
            return
        arguments: list[Expression] = []
        proof = self.webhooks.proof
        if proof is not None:
            arguments += ["keyring", self.proofs[proof]]
        arguments += [self._constant(each) for each in self.webhooks.members]
        keywords: dict[str, Expression] = {}
        if knows_events(self.webhooks):
            keywords["unknown"] = UNKNOWN_EVENT
        if self.has_instants:
            keywords["zone"] = "zone"
        yield lay_out(call("super().__init__", *arguments, **keywords), indent=8)

    def property(self, webhook: Webhook) -> PropertyView:
        """Return the property that reads messages of one kind."""
        reader, proof = self._reader(webhook.proof), webhook.proof
        arguments = [_KEYRING, self.proofs[proof]] if proof is not None else []
        zone: dict[str, Expression] = {"zone": _ZONE} if self.has_instants else {}
        made = call(reader, *arguments, self._constant(webhook), **zone)
        return PropertyView(
            name=self.names.webhooks[webhook.id].name,
            annotation=f"{reader}[{self._annotation(webhook.result)}]",
            docstring=docstring([*_property_docs(webhook)], indent=8),
            body=lay_out(made, indent=8, before="return "),
        )

    def _constant(self, webhook: Webhook) -> str:
        return self.names.webhooks[webhook.id].constant

    def _has_alias(self) -> bool:
        return self.webhooks.at_one_address and len(self._results()) > 1

    def _results(self) -> list[str]:
        """Return the types of what one address receives, each once."""
        members = self.webhooks.members
        found = dict.fromkeys(self._annotation(each.result) for each in members)
        if knows_events(self.webhooks):
            self.imports.add(RUNTIME, UNKNOWN_EVENT)
            found[UNKNOWN_EVENT] = None
        return list(found)

    def _reader(self, proof: Proof | None) -> str:
        name = "Messages" if proof is None else "ProvenMessages"
        self.imports.add(RUNTIME, name)
        return name

    def _annotation(self, type_: Type | None) -> str:
        if type_ is None:
            return "None"
        annotator = Annotator(
            self.names,
            self.imports,
            prefix="models.",
            hidden=frozenset(each.name for each in self.names.webhooks.values()),
        )
        written = annotator.field(type_, open_literals=True)
        if "models." in written:
            self.imports.add(".", "models")
        return written

    def _descriptor(self, webhook: Webhook) -> str:
        positional: list[Expression] = [string(webhook.key)]
        keywords: dict[str, Expression] = {}
        result = self._annotation(webhook.result)
        if webhook.result is not None:
            positional.append(result)
        if webhook.unwrap:
            keywords["unwrap"] = tuple_of(string(each) for each in webhook.unwrap)
        if webhook.bare:
            keywords["bare"] = "True"
        if webhook.event is not None:
            self.imports.add(RUNTIME, "Event")
            equals = tuple_of(string(each) for each in webhook.event.equals)
            keywords["event"] = call("Event", pointer(webhook.event.at), equals)
        before = f"{self._constant(webhook)}: Webhook[{result}] = "
        return lay_out(call("Webhook", *positional, **keywords), before=before)

    def _proof(self, proof: Proof) -> Expression:
        made = credential_source(self.names.setting(proof.credential), self.imports)
        positional: list[Expression] = [string(proof.header), string(proof.format)]
        if isinstance(proof, SecretHeader):
            self.imports.add(RUNTIME, "SecretHeader")
            return call("SecretHeader", *positional, made)
        self.imports.add(RUNTIME, "SignedHeader")
        positional += [string(proof.signature.template), made]
        return call("SignedHeader", *positional, **_signed(proof))


def _signed(proof: SignedHeader) -> dict[str, Expression]:
    """Return the settings of a signed header that differ from the defaults."""
    keywords: dict[str, Expression] = {}
    if proof.signature.digest is not HashFunction.SHA256:
        keywords["digest"] = string(proof.signature.digest)
    if proof.signature.hmac:
        keywords["hmac"] = "True"
    if proof.signature.encoding is not SignatureEncoding.HEX:
        keywords["encoding"] = string(proof.signature.encoding)
    if proof.unit is not TimestampUnit.SECONDS:
        keywords["timestamp"] = string(proof.unit)
    if proof.timestamp_header is not None:
        keywords["timestamp_header"] = string(proof.timestamp_header)
    keywords["tolerance"] = f"{proof.tolerance:g}"
    return keywords


def _property_docs(webhook: Webhook) -> Iterator[str]:
    docs = webhook.docs
    yield from documentation.headed(docs, f"Webhook {webhook.key}")
    if webhook.proof is None:
        yield "Not verified: the contract has neither a signature nor a secret for it."
    else:
        yield " ".join(documentation.advice(webhook.proof.provenance.discrepancies))
    yield from documentation.about(docs)


__all__ = ["PropertyView", "WebhooksView", "webhooks_view"]

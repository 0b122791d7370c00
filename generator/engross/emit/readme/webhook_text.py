"""Webhooks in the README: which there are, how they are verified and read."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.ir import (
    Contract,
    Example,
    Proof,
    SecretHeader,
    SignedHeader,
    Webhook,
    Webhooks,
)
from engross.data import dataclass
from engross.emit.documentation import sentence
from engross.emit.imports import Imports
from engross.emit.naming.reserved import UNKNOWN_EVENT, WEBHOOK_ERROR
from engross.emit.readme.highlights import Reply
from engross.emit.readme.markdown import code, prose, table
from engross.emit.readme.snippets import CLIENT, Block, Snippets
from engross.emit.testing.example_file import json_text
from engross.emit.testing.example_filler import ExampleFiller
from engross.emit.testing.webhook_tests import headers_within, readable
from engross.emit.type_annotations import Annotator
from engross.emit.webhook_module import knows_events
from engross.layout import Expression, dict_of, lay_out, string

_LONGEST = 60
"""Most lines of a payload that is shown."""


@dataclass(frozen=True, slots=True)
class WebhooksText:
    """The section on webhooks; the code is empty if no message is known."""

    reader: str
    table: str
    code: str
    has_proven: bool
    has_unproven: bool
    has_timed: bool
    knows_events: bool
    method: str
    """The method that the code shows."""


def webhooks_text(contract: Contract, write: Snippets) -> WebhooksText | None:
    """Return the section on webhooks; None if the contract has none."""
    if contract.webhooks is None:
        return None
    webhooks = ExampleFiller.of(contract).webhooks(contract.webhooks)
    proofs = [each.proof for each in webhooks.members]
    shown = _shown(webhooks)
    return WebhooksText(
        reader=write.names.webhooks_property,
        table=_table(webhooks, write),
        code=_code(webhooks, *shown, write) if shown else "",
        has_proven=any(proofs),
        has_unproven=not all(proofs),
        has_timed=any(isinstance(e, SignedHeader) and e.tolerance for e in proofs),
        knows_events=knows_events(webhooks),
        method="unwrap" if shown and shown[0].proof else "parse",
    )


def _table(webhooks: Webhooks, write: Snippets) -> str:
    annotator = Annotator(write.names, Imports())
    return table(
        ("Reader", "Event", "Returns", "Verified by"),
        (
            (
                code(write.names.reader(each)),
                prose(sentence(each.docs.summary or each.docs.description))
                or code(each.key),
                code(annotator.result(each.result)),
                _proof(each.proof, write),
            )
            for each in webhooks.members
        ),
    )


def _proof(proof: Proof | None, write: Snippets) -> str:
    match proof:
        case None:
            return "Not verified."
        case SecretHeader():
            argument = code(write.names.setting(proof.credential).argument)
            return f"{code(f'{proof.header}: {proof.format}')}, where the secret is {argument}."
    made = proof.signature
    argument = write.names.setting(proof.credential).argument
    digest = f"{'HMAC-' if made.hmac else ''}{made.digest.upper()}"
    key = f", keyed with {code(argument)}" if made.hmac else ""
    age = f" At most {proof.tolerance:g} seconds old." if proof.tolerance else ""
    return (
        f"{code(f'{proof.header}: {proof.format}')}: the {digest} of "
        f"{code(made.template)}{key}.{age}"
    )


def _shown(webhooks: Webhooks) -> tuple[Webhook, Example] | None:
    """Return the message that the code reads: a short one, if possible a verified one."""
    found = [
        (each, example)
        for each in readable(webhooks)
        for example in each.examples
        if isinstance(example.value, dict) and _lines(example.value) <= _LONGEST
    ]
    return min(
        found,
        key=lambda pair: (pair[0].proof is None, not pair[1].documented),
        default=None,
    )


def _lines(value: object) -> int:
    return json_text(value).count("\n")


def _code(
    webhooks: Webhooks, webhook: Webhook, example: Example, write: Snippets
) -> str:
    """Return a handler of webhooks, and a message to try it with."""
    block = write.block(WEBHOOK_ERROR)
    reader = f"{CLIENT}.{write.names.webhooks_property}"
    if not webhooks.at_one_address:
        reader = f"{CLIENT}.{write.names.reader(webhook)}"
    block.add(*_handler(webhooks, webhook, example, reader, write, block), "", "")
    block.add(f"body = {_bytes(example.value)}")
    arguments = "body"
    if webhook.proof is not None:
        others = _others(webhook.proof)
        if others:
            block.add(lay_out(dict_of(others), before="others = "))
        given = "body, others" if others else "body"
        arguments = f"body, {reader}.headers_for({given})"
    block.add(f"print(receive({arguments}))  # 200")
    return block.render()


def _handler(
    webhooks: Webhooks,
    webhook: Webhook,
    example: Example,
    reader: str,
    write: Snippets,
    block: Block,
) -> Iterator[str]:
    parameters, call = "body: bytes", f"{reader}.parse(body)"
    if webhook.proof is not None:
        block.imports.add("collections.abc", "Mapping")
        parameters += ", headers: Mapping[str, str]"
        call = f"{reader}.unwrap(body, headers)"
    name, prints = _result(webhooks, webhook, example, write)
    yield f"def receive({parameters}) -> int:"
    yield '    """Handle a webhook; return the HTTP status to respond with."""'
    yield "    try:"
    yield f"        {name} = {call}" if name else f"        {call}"
    yield f"    except {WEBHOOK_ERROR} as error:"
    yield "        print(error)"
    yield "        return 400"
    if knows_events(webhooks):
        block.imports.add(write.names.package, UNKNOWN_EVENT)
        yield f"    if isinstance({name}, {UNKNOWN_EVENT}):"
        yield f"        print({name}.event)"
        yield "        return 200"
    yield from (f"    {line}" for line in prints)
    yield "    return 200"


def _result(
    webhooks: Webhooks, webhook: Webhook, example: Example, write: Snippets
) -> tuple[str, list[str]]:
    """Return the variable of a message, and prints of its most useful fields."""
    if webhooks.at_one_address and len(webhooks.members) > 1:
        return "message", ["print(type(message).__name__)"]
    if webhook.result is None:
        return "", []
    name = write.highlights.variables.of(webhook.result, "message")
    value = example.value
    for step in webhook.unwrap:
        value = value.get(step) if isinstance(value, dict) else None
    reply = Reply(example.documented, frozenset())
    return name, write.highlights.lines(webhook.result, name, value, reply)


def _others(proof: Proof) -> dict[str, Expression]:
    """Return the other headers that are signed."""
    if not isinstance(proof, SignedHeader):
        return {}
    return {
        string(header): string(value) for header, value in headers_within(proof).items()
    }


def _bytes(value: object) -> str:
    """Return the source of a body, as bytes."""
    text = json_text(value).replace("\\", "\\\\")
    return f'b"""{text}"""' if text.isascii() else f'"""{text}""".encode()'

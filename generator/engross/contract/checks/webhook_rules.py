"""Rules of webhooks: proofs do prove a message, and events can be distinguished."""

import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.index import EXTENSION, Index, mapping, strings
from engross.source import Location, Value
from engross.suggest import did_you_mean

_SIGNATURE: Final = "webhook/signature"
_SECRET: Final = "webhook/secret"
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_BODY: Final = "{body}"
_TIME: Final = "{timestamp}"
_OF_WEBHOOKS: Final = ("signature", "secret", "event")
_OF_CALLS: Final = ("method", "retry", "pagination")


@rule(
    "misplaced-webhook-key", "Keys of webhooks and of calls are used where they apply."
)
def misplaced_webhook_key(index: Index) -> Faults:
    webhooks = {each.at for each in index.webhooks}
    for at, own in index.extensions("operation"):
        is_webhook = at.parent in webhooks
        for key in _OF_CALLS if is_webhook else _OF_WEBHOOKS:
            if key in own:
                where = "paths" if is_webhook else "webhooks"
                yield Fault(at / key, f"only for operations below {where}", key=True)


@rule("unknown-webhook-placeholder", "A proof is made of parts of the message.")
def unknown_webhook_placeholder(index: Index) -> Faults:
    for at, own in index.extensions(_SIGNATURE):
        known = ["body", "timestamp", str(own.get("argument"))]
        yield from _unknown(at / "template", own, known, "{header:Name}")
        yield from _unknown(at / "format", own, ["signature", "timestamp"])
    for at, own in index.extensions(_SECRET):
        yield from _unknown(at / "format", own, ["secret"])


def _unknown(
    at: Location, own: Mapping[str, Value], known: list[str], *more: str
) -> Faults:
    text = own.get(str(at.tokens[-1]))
    if not isinstance(text, str):
        return
    for name in _PLACEHOLDER.findall(text):
        is_header = bool(more) and name.startswith("header:") and len(name) > 7
        if name not in known and not is_header:
            *first, last = [*(f"{{{each}}}" for each in known), *more]
            hint = did_you_mean(name, known) or (
                f"use {', '.join(first)} or {last}" if first else f"use {last}"
            )
            yield Fault(at, f"{{{name}}} is not a known placeholder", hint)
    if re.search("[{}]", _PLACEHOLDER.sub("", text)):
        yield Fault(at, "a brace is never closed, or never opened")


@rule("empty-proof", "A proof covers the whole message and needs the secret.")
def empty_proof(index: Index) -> Faults:
    for at, own in index.extensions(_SIGNATURE):
        template, secret = str(own.get("template")), f"{{{own.get('argument')}}}"
        if _BODY not in template:
            yield Fault(at / "template", "the body is not signed", f"add {_BODY}")
        if own.get("hmac") is not True and secret not in template:
            hint = f"add {secret}, or `hmac: true`"
            yield Fault(at / "template", "anyone could compute this signature", hint)
        yield from _lacking(at, own, "{signature}")
    for at, own in index.extensions(_SECRET):
        yield from _lacking(at, own, "{secret}")


def _lacking(at: Location, own: Mapping[str, Value], wanted: str) -> Faults:
    if wanted not in str(own.get("format", wanted)):
        yield Fault(at / "format", f"has no {wanted}")


@rule("ambiguous-format", "The parts of a header can be distinguished.")
def ambiguous_format(index: Index) -> Faults:
    for kind in (_SIGNATURE, _SECRET):
        for at, own in index.extensions(kind):
            form = str(own.get("format", ""))
            names = _PLACEHOLDER.findall(form)
            for name in sorted({each for each in names if names.count(each) > 1}):
                yield Fault(at / "format", f"{{{name}}} appears twice")
            for part in form.split(","):
                within = dict.fromkeys(_PLACEHOLDER.findall(part))
                if len(within) > 1:
                    both = " and ".join(f"{{{each}}}" for each in within)
                    hint = "separate them with a comma"
                    yield Fault(at / "format", f"{both} cannot be distinguished", hint)


@rule("unsigned-time", "The timestamp of a message is signed.")
def unsigned_time(index: Index) -> Faults:
    for at, own in index.extensions(_SIGNATURE):
        is_signed = _TIME in str(own.get("template"))
        is_within = _TIME in str(own.get("format", ""))
        is_apart = "timestamp_header" in own
        if is_within and is_apart:
            message = f"`format` has the {_TIME} already"
            yield Fault(at / "timestamp_header", message, "remove one", key=True)
        if is_signed and not (is_within or is_apart):
            hint = f"add {_TIME} to `format`, or set `timestamp_header`"
            yield Fault(at / "template", f"no header carries the {_TIME}", hint)
        for key in ("timestamp", "timestamp_header", "tolerance"):
            if key in own and not is_signed:
                hint = f"add {_TIME} to `template`, or remove this"
                yield Fault(at / key, "the time is not signed", hint, key=True)


@rule("duplicate-event", "An event belongs to one webhook only.")
def duplicate_event(index: Index) -> Faults:
    seen: dict[tuple[str, str], Location] = {}
    for operation in index.webhooks:
        at = operation.at / EXTENSION / "event"
        own = mapping(mapping(operation.value.get(EXTENSION)).get("event"))
        for position, event in enumerate(strings(own.get("equals"))):
            first = seen.setdefault(
                (str(own.get("at")), event), at / "equals" / position
            )
            if first != at / "equals" / position:
                line = index.source.span(first).start.line
                yield Fault(at / "equals" / position, f"line {line} has the same event")


@rule("argument-clash", "An argument of the client has one meaning.")
def argument_clash(index: Index) -> Faults:
    seen: dict[str, tuple[Location, str, Value]] = {}
    for at, meaning, own in _arguments(index):
        name, env = str(own.get("argument")), own.get("env")
        if name in _OF_EVERY_CLIENT:
            yield Fault(at / "argument", "every client already has this argument")
            continue
        if iskeyword(name):
            yield Fault(at / "argument", "a keyword of Python", f"use '{name}_'")
        if meaning == _SIGNATURE and name in ("body", "timestamp"):
            yield Fault(at / "argument", f"{{{name}}} has another meaning in templates")
        first, other, variable = seen.setdefault(name, (at, meaning, env))
        line = index.source.span(first / "argument").start.line
        if (meaning == _VARIABLE) != (other == _VARIABLE):
            yield Fault(
                at / "argument", f"line {line} uses this argument for something else"
            )
        elif variable != env:
            hint = f"write `env: {variable}` here too" if variable else None
            message = f"line {line} reads it from another environment variable"
            yield Fault(at / "argument", message, hint)


_VARIABLE: Final = "server-variable"
_OF_EVERY_CLIENT: Final = frozenset(
    {
        "after_reply",
        "base_url",
        "before_attempt",
        "default_headers",
        "default_query",
        "hidden",
        "http_client",
        "max_retries",
        "self",
        "timeout",
        "timezone",
        "validate_replies",
    }
)


def _arguments(
    index: Index,
) -> Iterator[tuple[Location, str, Mapping[str, Value]]]:
    """Yield each object that names an argument of the client, and what it is for."""
    for kind in (_VARIABLE, "security-scheme", _SIGNATURE, _SECRET):
        for at, own in index.extensions(kind):
            if "argument" in own:
                yield at, kind, own
            for half in ("username", "password", "client_id", "client_secret"):
                inner = mapping(own.get(half))
                if "argument" in inner:
                    yield at / half, kind, inner

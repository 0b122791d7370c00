"""Changes of what stands beside operations: security, servers, and what `x-engross` says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from engross.contract.index import Index, IndexedOperation, mapping, sequence, strings
from engross.contract.ir import (
    Operation,
    Pagination,
    ReadBack,
    Retry,
    RetryMode,
    Server,
    Webhook,
)
from engross.diff.operation_changes import Matched, Note
from engross.diff.sides import Side
from engross.findings import Span
from engross.source import Location, Value

Alternative: TypeAlias = frozenset[tuple[str, str]]
"""Schemes, each with a scope or none, that authenticate a request together."""

_STRENGTH = {RetryMode.UNSAFE: 0, RetryMode.KEYED: 1, RetryMode.SAFE: 2}


class SectionComparer:
    """Compares what is described once for many operations, and the meaning of each."""

    def __init__(self, old: Side, new: Side, note: Note) -> None:
        self._old, self._new = old, new
        self._note = note
        self._renamed = _renamed_schemes(old.index, new.index)

    def run(self, calls: Iterable[Matched], webhooks: Iterable[Matched]) -> None:
        """Note all changes."""
        self._schemes()
        self._servers()
        self._errors()
        old, new = self._old.contract.timezone, self._new.contract.timezone
        if old != new:
            message = f"times without an offset are in {new or 'no known zone'}, "
            where = self._roots("x-engross")
            message += f"were in {old or 'no known zone'}"
            self._note("timezone-changed", "timezone", message, *where)
        for pair in calls:
            self._security(pair)
            was = self._old.operations.get(pair.old.identity)
            is_ = self._new.operations.get(pair.new.identity)
            if was is not None and is_ is not None:
                self._operation(pair, was, is_)
        for pair in webhooks:
            sent = self._old.webhooks.get(pair.old.identity)
            is_sent = self._new.webhooks.get(pair.new.identity)
            if sent is not None and is_sent is not None:
                self._webhook(pair, sent, is_sent)

    def _roots(self, keyword: str) -> tuple[Span, Span]:
        sides = (self._old, self._new)
        before, after = (
            side.nearest(side.index.source.root, keyword) for side in sides
        )
        return before, after

    def _where(self, pair: Matched, *keywords: str) -> tuple[Span, Span]:
        """Return where an operation says something, or else the operation."""
        return (
            self._old.nearest(pair.old.at, *keywords),
            self._new.nearest(pair.new.at, *keywords),
        )

    # Security

    def _schemes(self) -> None:
        before, after = _schemes(self._old.index), _schemes(self._new.index)
        for name, was in before.items():
            now = self._renamed.get(name, name)
            if now not in after:
                continue
            is_ = after[now]
            old, new = (
                _said_of_scheme(side.index.value(at))
                for side, at in ((self._old, was), (self._new, is_))
            )
            for key in sorted(old.keys() | new.keys()):
                if old.get(key) != new.get(key):
                    self._note(
                        "security-scheme-changed",
                        name,
                        f"`{key}` of the security scheme {now} is "
                        f"{new.get(key, 'absent')}, was {old.get(key, 'absent')}",
                        self._old.nearest(was, key),
                        self._new.nearest(is_, key),
                    )

    def _security(self, pair: Matched) -> None:
        old = [
            frozenset((self._renamed.get(name, name), scope) for name, scope in each)
            for each in _alternatives(self._old.index, pair.old)
        ]
        new = _alternatives(self._new.index, pair.new)
        sides = (self._old, pair.old), (self._new, pair.new)
        before, after = (
            (
                side.nearest(operation.at, "security")
                if "security" in operation.value
                else side.nearest(side.index.source.root, "security")
            )
            for side, operation in sides
        )
        refused = [each for each in old if not any(other <= each for other in new)]
        if refused:
            shown = " or ".join(map(_shown, new))
            self._note(
                "security-tightened",
                pair.old_label,
                f"{_shown(refused[0])} no longer authenticates {pair.label}; "
                f"it needs {shown}",
                before,
                after,
                detail=" | ".join(sorted(map(_shown, new))),
            )
        accepted = [each for each in new if not any(other <= each for other in old)]
        for each in accepted if not refused else ():
            message = f"{_shown(each)} authenticates {pair.label} as well"
            self._note("security-loosened", pair.old_label, message, before, after)

    # Servers

    def _servers(self) -> None:
        old, new = self._old.contract.servers, self._new.contract.servers
        were, are = ({server.url: server for server in each} for each in (old, new))
        where = self._roots("servers")
        moved: set[str] = set()
        if old and new and old[0].url != new[0].url:
            message = f"requests go to {new[0].url} by default, went to {old[0].url}"
            self._note("server-changed", "servers", message, *where)
            if old[0].url not in are and new[0].url not in were:
                moved = {old[0].url, new[0].url}
        for url in dict.fromkeys((*were, *are)):
            if url in were and url in are:
                self._variables(were[url], are[url], where)
            elif url not in moved:
                kind = "removed" if url in were else "added"
                message = f"the server {url} is {'gone' if url in were else 'new'}"
                self._note(f"server-{kind}", f"servers {url}", message, *where)

    def _variables(self, old: Server, new: Server, where: tuple[Span, Span]) -> None:
        were, are = (
            {each.wire: (each.default, each.values) for each in server.variables}
            for server in (old, new)
        )
        for name in dict.fromkeys((*were, *are)):
            if were.get(name) != are.get(name):
                self._note(
                    "server-variable-changed",
                    f"servers {old.url} {name}",
                    f"the variable `{name}` of the server {new.url} has changed",
                    *where,
                    detail=f"{were.get(name)} -> {are.get(name)}",
                )

    # Errors

    def _errors(self) -> None:
        old, new = self._old.contract.errors, self._new.contract.errors
        where = self._roots("x-engross")
        for name, was, is_ in (
            ("code", _listed(old.code), _listed(new.code)),
            ("message", _listed(old.message), _listed(new.message)),
            ("failure", str(old.failure or ""), str(new.failure or "")),
            ("request_id_header", old.request_id_header, new.request_id_header),
        ):
            if was != is_:
                message = f"`errors.{name}` is {is_ or 'absent'}, was {was or 'absent'}"
                place = f"errors {name}"
                self._note("error-location-changed", place, message, *where)
        were, are = ({each.code: each for each in side.classes} for side in (old, new))
        for code in dict.fromkeys((*were, *are)):
            place = f"errors {code}"
            where = self._code(self._old, code), self._code(self._new, code)
            if code not in are:
                message = f"the error code {code} is gone"
                self._note("error-code-removed", place, message, *where)
            elif code not in were:
                message = f"the error code {code} is new"
                self._note("error-code-added", place, message, *where)
            elif were[code].status != are[code].status:
                message = (
                    f"the error code {code} comes with status "
                    f"{are[code].status or 'any'}, came with {were[code].status or 'any'}"
                )
                self._note("error-code-changed", place, message, *where)

    def _code(self, side: Side, code: str) -> Span:
        at = side.index.source.root / "x-engross" / "errors" / "codes"
        if code in side.index.error_codes:
            return side.span(at / code, key=True)
        return side.nearest(side.index.source.root, "x-engross")

    # Operations

    def _operation(self, pair: Matched, old: Operation, new: Operation) -> None:
        where = self._where(pair, "x-engross")
        place, label = pair.old_label, pair.label
        self._retry(pair, old.retry, new.retry)
        was, is_ = _paged(old.pagination), _paged(new.pagination)
        if was != is_:
            changed = [key for key in {**was, **is_} if was.get(key) != is_.get(key)]
            message = f"pagination of {label} has changed: {', '.join(changed)}"
            if not is_ or not was:
                message = f"{label} is {'no longer ' if was else ''}paginated"
            detail = f"{was} -> {is_}"
            self._note("pagination-changed", place, message, *where, detail=detail)
        wrapped = _joined(old.body.wrap if old.body else ())
        is_wrapped = _joined(new.body.wrap if new.body else ())
        if wrapped != is_wrapped and old.body and new.body:
            message = (
                f"arguments of {label} are at {is_wrapped} of the body, "
                f"were at {wrapped}"
            )
            self._note("envelope-changed", f"{place} body", message, *where)
        replies = {reply.status: reply for reply in new.replies}
        for reply in old.replies:
            now = replies.get(reply.status)
            if now is None or not reply.media_type or not now.media_type:
                continue
            if (reply.unwrap, reply.bare) != (now.unwrap, now.bare):
                message = (
                    f"the result of {label} is at {_joined(now.unwrap)} of response "
                    f"{now.status}, was at {_joined(reply.unwrap)}"
                )
                part = f"{place} {reply.status}"
                self._note("envelope-changed", part, message, *where)
        urls = [each.server.url if each.server else "" for each in (old, new)]
        if urls[0] != urls[1]:
            message = f"{label} goes to {urls[1] or 'the default server'}, "
            message += f"went to {urls[0] or 'the default server'}"
            where = self._where(pair, "servers")
            self._note("server-changed", place, message, *where)

    def _retry(self, pair: Matched, old: Retry, new: Retry) -> None:
        where = self._where(pair, "x-engross")
        place, label = pair.old_label, pair.label
        if old.mode is not new.mode:
            is_weaker = _STRENGTH[new.mode] < _STRENGTH[old.mode]
            rule = "retry-weakened" if is_weaker else "retry-strengthened"
            message = f"the retry class of {label} is {new.mode}, was {old.mode}"
            self._note(rule, place, message, *where)
        was, is_ = (
            None if each.key is None else (str(each.key), each.generates_key)
            for each in (old, new)
        )
        if was != is_:
            message = f"the idempotency key of {label} is {_key(new)}, was {_key(old)}"
            self._note("idempotency-key-changed", place, message, *where)
        if (sorted(old.done), _read(old.read)) != (sorted(new.done), _read(new.read)):
            self._note(
                "read-back-changed",
                place,
                f"how {label} is resolved when it was done before has changed",
                *where,
                detail=f"{sorted(new.done)} {_read(new.read)}",
            )

    def _webhook(self, pair: Matched, old: Webhook, new: Webhook) -> None:
        where = self._where(pair, "x-engross")
        place, label = pair.old_label, pair.label
        if old.proof != new.proof:
            message = f"how {label} is verified has changed"
            detail = f"{old.proof} -> {new.proof}"
            self._note("proof-changed", place, message, *where, detail=detail)
        if old.event != new.event:
            message = f"how {label} is told from others has changed"
            detail = f"{old.event} -> {new.event}"
            self._note("event-changed", place, message, *where, detail=detail)
        if (old.unwrap, old.bare) != (new.unwrap, new.bare):
            message = (
                f"what {label} says is at {_joined(new.unwrap)} of the body, "
                f"was at {_joined(old.unwrap)}"
            )
            self._note("envelope-changed", place, message, *where)


def _schemes(index: Index) -> Mapping[str, Location]:
    at = index.source.root / "components" / "securitySchemes"
    listed = mapping(mapping(index.root.get("components")).get("securitySchemes"))
    return {name: index.source.follow(at / name) for name in listed}


def _said_of_scheme(value: Mapping[str, Value]) -> dict[str, str]:
    """Return what a security scheme says of the wire, as text."""
    found: dict[str, str] = {}
    for key in ("type", "in", "name", "scheme", "openIdConnectUrl"):
        if key in value:
            text = str(value[key])
            found[key] = text.lower() if key == "scheme" else text
    if found.get("in") == "header" and "name" in found:
        found["name"] = found["name"].lower()
    for flow, about in mapping(value.get("flows")).items():
        for key, member in mapping(about).items():
            if key != "scopes" and not key.startswith("x-"):
                found[f"flows.{flow}.{key}"] = str(member)
        for scope in mapping(mapping(about).get("scopes")):
            found[f"flows.{flow}.scopes.{scope}"] = "offered"
    signature = mapping(mapping(value.get("x-engross")).get("signature"))
    for key in ("template", "digest", "hmac", "encoding"):
        if key in signature:
            found[f"signature.{key}"] = str(signature[key])
    return found


def _renamed_schemes(old: Index, new: Index) -> dict[str, str]:
    """Return the schemes that have another name, and are otherwise as they were."""
    before, after = _schemes(old), _schemes(new)
    found: dict[str, str] = {}
    for name, was in before.items():
        if name in after:
            continue
        for other, is_ in after.items():
            taken = other in before or other in found.values()
            if not taken and _said_of_scheme(old.value(was)) == _said_of_scheme(
                new.value(is_)
            ):
                found[name] = other
                break
    return found


def _alternatives(index: Index, operation: IndexedOperation) -> list[Alternative]:
    """Return the ways to authenticate an operation; an empty one needs nothing."""
    said = operation.value.get("security", index.root.get("security"))
    found = [
        frozenset(
            (name, scope)
            for name, scopes in mapping(each).items()
            for scope in ("", *strings(scopes))
        )
        for each in sequence(said)
    ]
    return found or [frozenset()]


def _shown(alternative: Alternative) -> str:
    if not alternative:
        return "nothing"
    names = sorted({name for name, _ in alternative})
    scopes = sorted({scope for _, scope in alternative if scope})
    return " and ".join(names) + (f" ({', '.join(scopes)})" if scopes else "")


def _listed(pointers: Iterable[object]) -> str:
    return ", ".join(map(str, pointers))


def _joined(tokens: Iterable[object]) -> str:
    return "/" + "/".join(map(str, tokens))


def _paged(pagination: Pagination | None) -> dict[str, str]:
    if pagination is None:
        return {}
    return {
        "style": str(pagination.style),
        "page": str(pagination.page),
        "size": str(pagination.size),
        "start": str(pagination.start),
        "items": _joined(pagination.items),
        "next": str(pagination.next),
    }


def _key(retry: Retry) -> str:
    if retry.key is None:
        return "absent"
    made = ", made by the client" if retry.generates_key else ""
    return f"{retry.key}{made}"


def _read(read: ReadBack | None) -> str:
    if read is None:
        return ""
    parameters = sorted(str(value) for _, value in read.parameters)
    body = json.dumps(read.body, sort_keys=True, default=str)
    return f"{parameters} {body}"

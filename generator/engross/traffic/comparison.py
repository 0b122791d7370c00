"""Recorded exchanges beside a contract: statuses, media types, headers, codes and bodies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final

from engross.contract.check import checked
from engross.contract.describe import Describer
from engross.contract.facts import extension, mapping, pointer
from engross.contract.index import Index, IndexedOperation
from engross.contract.ir import Errors, Server
from engross.contract.media_types import essence, is_named_json
from engross.contract.openapi import status_keys
from engross.contract.origins import Origins
from engross.contract.provider_errors import provider_errors
from engross.contract.security import SecurityReader, read_servers
from engross.data import dataclass
from engross.findings import Finding, Severity, in_order
from engross.printers import counted
from engross.schema.json_values import same
from engross.source import Location, Source, Value, json_text
from engross.source.document import value_at
from engross.source.pointer import Pointer, Tokens
from engross.source.text import Text
from engross.traffic.body_walk import BodyWalk, Counted, Difference
from engross.traffic.cassettes import HIDDEN, Cassette, Exchange
from engross.traffic.request_routes import Found, Routes

_NAME: Final = re.compile(r"(?!v\d+(\.\d+)*$)^.*\d")
"""What names a single item in a path: anything with a digit that is no version."""

_WITHOUT_BODY: Final = (204, 205, 304)

_OF_HTTP: Final = frozenset(
    (
        *("accept-ranges", "age", "allow", "alt-svc", "cache-control", "connection"),
        *("clear-site-data", "content-disposition", "content-encoding"),
        *("content-language", "content-length", "content-location"),
        *("content-security-policy", "content-security-policy-report-only"),
        *("content-type", "cross-origin-embedder-policy", "date", "etag"),
        *("cross-origin-opener-policy", "cross-origin-resource-policy", "expect-ct"),
        *("expires", "keep-alive", "last-modified", "nel", "origin-agent-cluster"),
        *("p3p", "permissions-policy", "pragma", "proxy-authenticate"),
        *("proxy-connection", "public-key-pins", "referrer-policy", "report-to"),
        *("reporting-endpoints", "server", "server-timing", "set-cookie"),
        *("strict-transport-security", "te", "timing-allow-origin", "trailer"),
        *("transfer-encoding", "upgrade", "vary", "via", "www-authenticate"),
        *("x-content-type-options", "x-dns-prefetch-control", "x-download-options"),
        *("x-frame-options", "x-permitted-cross-domain-policies", "x-powered-by"),
        *(
            "x-correlation-id",
            "x-request-id",
            "request-id",
            "x-runtime",
            "x-ua-compatible",
            "x-xss-protection",
        ),
    )
)
"""Headers that HTTP, browsers and proxies act upon, so that no contract has to name them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of a comparison.

    Attributes:
        findings: what the contract does not know, as warnings by position.
        compared: how many exchanges were compared.
        unanswered: how many requests had no response.
        elsewhere: how many requests went to hosts that are not the provider's, by host.
    """

    findings: tuple[Finding, ...]
    compared: int
    unanswered: int
    elsewhere: Mapping[str, int]

    @property
    def summary(self) -> str:
        """How much was compared, and how much was not, in one line."""
        parts = [f"Compared {counted(self.compared, 'exchange')}."]
        if self.unanswered:
            parts.append(f"{counted(self.unanswered, 'request')} had no response.")
        if self.elsewhere:
            hosts = ", ".join(sorted(self.elsewhere))
            count = counted(sum(self.elsewhere.values()), "request")
            parts.append(f"Left out {count} to other hosts: {hosts}.")
        return " ".join(parts)


def compare(source: Source, cassettes: Iterable[Cassette]) -> Comparison:
    """Compare recorded traffic with a contract.

    Where some requests of a cassette were sent to a server that the contract names, only
    these are the provider's. Otherwise the host says nothing, as with a server on this
    machine, and paths decide.

    Raises:
        FindingsError: The contract is invalid.
    """
    index, _ = checked(source)
    judge = _Judge.of(index)
    compared = unanswered = 0
    elsewhere: Counter[str] = Counter()
    for cassette in cassettes:
        sent = [each for each in cassette.exchanges if not _is_preflight(each)]
        own = [each for each in sent if judge.routes.names_host(each)]
        anywhere = not own
        found = {
            each: judge.routes.find(each, anywhere=anywhere) for each in own or sent
        }
        # Of several unknown hosts, those are the provider's that have an operation.
        hosts = {each.host for each, called in found.items() if called.operation}
        for exchange in sent:
            called = found.get(exchange)
            if called is None or (anywhere and hosts and exchange.host not in hosts):
                elsewhere[exchange.host] += 1
            elif exchange.status == 0:
                unanswered += 1
            else:
                compared += 1
                judge.exchange(exchange, called)
    return Comparison(judge.findings(), compared, unanswered, elsewhere)


def _is_preflight(exchange: Exchange) -> bool:
    """Return whether a browser asked by itself whether it may send a request."""
    is_asked = "access-control-request-method" in exchange.requested
    return exchange.method == "OPTIONS" and is_asked


@dataclass(slots=True)
class _Sighting:
    """One thing that the contract does not know, and where it was seen first."""

    finding: Finding
    first: Exchange
    pointer: Tokens
    times: int = 0


@dataclass(slots=True)
class _Member:
    """A required member or header, and how often it was there."""

    at: Location
    name: str
    rule: str
    seen: int = 0
    missing: int = 0
    first: Exchange | None = None
    pointer: Tokens = ()


@dataclass(slots=True)
class _Judge:
    """Holds exchanges against one contract."""

    index: Index
    routes: Routes
    errors: Errors
    headers: frozenset[str]
    """Headers that the contract names, in lower case."""
    sightings: dict[tuple[str, Location | None, str], _Sighting] = field(
        default_factory=dict
    )
    members: dict[tuple[Location, str], _Member] = field(default_factory=dict)
    current: Exchange | None = None

    @classmethod
    def of(cls, index: Index) -> _Judge:
        """Return a judge who has seen nothing yet."""
        origins = Origins.of(index.extension)
        describer = Describer(index.source, origins, index.schemas)
        servers = SecurityReader(index, describer).servers()

        def servers_of(operation: IndexedOperation) -> tuple[Server, ...]:
            own = operation.servers
            return servers if own is None else read_servers(index, describer, own)

        errors = provider_errors(index.extension, origins)
        named = {
            name.lower()
            for operation in index.operations
            for response in operation.responses.values()
            for name in mapping(index.value(response).get("headers"))
        }
        if errors.request_id_header:
            named.add(errors.request_id_header.lower())
        routes = Routes.of((each, servers_of(each)) for each in index.operations)
        return cls(index, routes, errors, frozenset(named))

    def exchange(self, exchange: Exchange, called: Found) -> None:
        """Hold an exchange against the contract."""
        self.current = exchange
        operation = called.operation
        if operation is None:
            self._unknown_request(exchange, called)
            return
        response = _documented(operation, exchange.status)
        body = self._json(exchange)
        self._code(exchange, body)
        if response is None:
            self._note(
                "undocumented-status",
                operation.at / "responses",
                f"{operation} answers {exchange.status}, which the contract does not know",
                f'add "{exchange.status}" to `responses`',
            )
            return
        self._headers(exchange, response)
        media = self._media_type(operation, exchange, response)
        if media is not None and body is not None:
            self._body(media, body.value)
        elif media is not None and is_named_json(exchange.media_type):
            self._note(
                "undocumented-media-type",
                media,
                f"{operation} answers {exchange.status} with a body that is not JSON",
                "describe what it is",
            )

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, each thing once."""
        return in_order((*self._unknown(), *self._missing()))

    def _unknown(self) -> Iterator[Finding]:
        for seen in self.sightings.values():
            times = "once" if seen.times == 1 else f"{seen.times} times"
            where = seen.first.place + _within(seen.pointer)
            found = seen.finding
            message = f"{found.message} ({times}, first in {where})"
            yield Finding(found.rule, message, found.span, found.hint, found.severity)

    def _missing(self) -> Iterator[Finding]:
        for member in self.members.values():
            if member.first is None:
                continue
            is_never = member.missing == member.seen
            often = "never sends" if is_never else "does not always send"
            where = member.first.place + _within(member.pointer)
            yield Finding(
                member.rule,
                f"the provider {often} {member.name!r}, which the contract requires "
                f"(missing {member.missing} of {member.seen} times, first in {where})",
                self.index.source.span(member.at),
                "require it no longer",
                Severity.WARNING,
            )

    def _note(
        self,
        rule: str,
        at: Location,
        message: str,
        hint: str,
        pointer: Tokens = (),
        *,
        is_of_all: bool = False,
    ) -> None:
        """Note something unknown: once for each place, or once for the whole contract."""
        assert self.current is not None
        key = rule, None if is_of_all else at, message
        seen = self.sightings.get(key)
        if seen is None:
            span = self.index.source.span(at, key=True)
            finding = Finding(rule, message, span, hint, Severity.WARNING)
            seen = self.sightings[key] = _Sighting(finding, self.current, pointer)
        seen.times += 1

    def _count(self, rule: str, counted: Counted) -> None:
        key = counted.at, counted.name
        member = self.members.get(key)
        if member is None:
            member = self.members[key] = _Member(counted.at, counted.name, rule)
        member.seen += 1
        if counted.is_missing:
            member.missing += 1
            if member.first is None:
                member.first, member.pointer = self.current, counted.pointer

    # Requests

    def _unknown_request(self, exchange: Exchange, called: Found) -> None:
        if called.same_path:
            known = ", ".join(dict.fromkeys(each.method for each in called.same_path))
            self._note(
                "undocumented-request",
                called.same_path[0].listed,
                f"{exchange.method} {called.same_path[0].path} is no operation; the path "
                f"has {known}",
                f"describe `{exchange.method.lower()}`",
            )
            return
        paths = self.index.source.root / "paths"
        has_paths = "paths" in self.index.root
        self._note(
            "undocumented-request",
            paths if has_paths else self.index.source.root,
            f"{exchange.method} {_alike(exchange.path)} matches no path",
            "add its path",
        )

    # Responses

    def _headers(self, exchange: Exchange, response: Location) -> None:
        described = mapping(self.index.value(response).get("headers"))
        sent = {name for name, _ in exchange.received}
        for name in described:
            at = self.index.source.follow(response / "headers" / name)
            if self.index.value(at).get("required") is True:
                missing = name.lower() not in sent
                counted = Counted(at / "required", name, missing, ())
                self._count("missing-header", counted)
        for name in sorted(sent - self.headers - _OF_HTTP):
            if not name.startswith(("access-control-", "sec-", ":")):
                self._note(
                    "undocumented-header",
                    response,
                    f"the provider sends the header {name!r}, which the contract does not "
                    "know",
                    "add it to `headers` of the responses that have it",
                    is_of_all=True,
                )

    def _media_type(
        self, operation: IndexedOperation, exchange: Exchange, response: Location
    ) -> Location | None:
        """Return the media type of a body; None if the contract does not know it."""
        content = self.index.content(response)
        is_bodiless = exchange.method == "HEAD" or exchange.status in _WITHOUT_BODY
        if is_bodiless or exchange.body is None:
            return None
        if not exchange.body:
            if content:
                self._note(
                    "undocumented-media-type",
                    response / "content",
                    f"{operation} answers {exchange.status} without a body",
                    "leave `content` out, or describe another status",
                )
            return None
        found = _of_media_type(content, exchange.media_type)
        if found is None:
            sent = essence(exchange.media_type) or "a body without a media type"
            at = response / "content" if content else response
            known = ", ".join(content) or "no body"
            self._note(
                "undocumented-media-type",
                at,
                f"{operation} answers {exchange.status} with {sent}, and the contract "
                f"knows {known}",
                "add it to `content`",
            )
        return found

    def _json(self, exchange: Exchange) -> _Decoded | None:
        """Return the decoded body of a response; None if it is not JSON."""
        if not exchange.body or not is_named_json(exchange.media_type):
            return None
        content = exchange.body.decode("utf-8-sig", errors="replace")
        value, findings = json_text.parse(Text.of(exchange.place, content))
        return None if findings and value is None else _Decoded(value)

    def _body(self, media: Location, body: Value) -> None:
        described = self.index.value(media)
        if "schema" not in described:
            return
        own = extension(described)
        unwrap = pointer(own.get("unwrap")).tokens if own.get("bare") else ()
        walk = BodyWalk(
            self.index, self._differs, lambda each: self._count("missing-field", each)
        )
        walk.walk(media, body, unwrap)

    def _differs(self, found: Difference) -> None:
        self._note(found.rule, found.at, found.message, found.hint, found.pointer)

    # The provider's codes

    def _code(self, exchange: Exchange, body: _Decoded | None) -> None:
        """Hold the provider's code of a failure against those of the contract."""
        known = {each.code: each for each in self.errors.classes}
        if body is None or not known or not self._is_failure(exchange, body.value):
            return
        code = _first(_values_at(body.value, self.errors.code))
        codes = self.index.source.root / "x-engross" / "errors" / "codes"
        if code is None or code == HIDDEN:
            return
        if code not in known:
            self._note(
                "undocumented-error-code",
                codes,
                f"the provider answers {exchange.status} with the code {code!r}, which the "
                "contract does not know",
                "add it to `codes`, with its meaning",
            )
        elif known[code].status not in (None, exchange.status):
            self._note(
                "error-code-status",
                codes / code / "status",
                f"the provider sends the code {code!r} with {exchange.status}, and the "
                f"contract says {known[code].status}",
                "correct the status, or leave it out if it varies",
            )

    def _is_failure(self, exchange: Exchange, body: Value) -> bool:
        rule = self.errors.failure
        if exchange.status >= 400 or rule is None:
            return exchange.status >= 400
        (found,) = _values_at(body, (rule.at,))
        return any(same(found, each) for each in rule.equals)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A body that is JSON; it may be null."""

    value: Value


def _values_at(body: Value, pointers: Sequence[Pointer]) -> Iterator[Value]:
    """Yield what a body has at each of several pointers."""
    for each in pointers:
        value = body
        for token in each.tokens:
            is_index = isinstance(value, list) and token.isdecimal()
            value = value_at(value, (int(token) if is_index else token,))
        yield value


def _first(values: Iterable[Value]) -> str | None:
    """Return the first text or integer, as a text."""
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return None


def _documented(operation: IndexedOperation, status: int) -> Location | None:
    """Return the response that describes a status; None if none does."""
    by_status = {name.upper(): at for name, at in operation.responses.items()}
    keys = status_keys(status)
    return next((by_status[key] for key in keys if key in by_status), None)


def _of_media_type(content: Mapping[str, Location], sent: str) -> Location | None:
    """Return the documented media type, or range of them, that one is of."""
    described = {essence(name): at for name, at in content.items()}
    kind = essence(sent)
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*", "*"):
        if name in described:
            return described[name]
    return None


def _alike(path: str) -> str:
    """Return a path without what names single items, so that many are one finding."""
    segments = path.split("/")
    return "/".join("{}" if _NAME.search(each) else each for each in segments)


def _within(at: Tokens) -> str:
    text = str(Pointer.of(*at))
    return f", {text}" if text else ""

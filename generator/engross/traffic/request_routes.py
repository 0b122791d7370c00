"""Which operation a recorded request called: its path and host, and those of servers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Final
from urllib.parse import unquote

from engross.contract.index import IndexedOperation
from engross.contract.ir import Server
from engross.contract.openapi import URL_VARIABLE
from engross.contract.security import SERVER_VARIABLE
from engross.data import dataclass
from engross.traffic.cassettes import Exchange

_NOWHERE: Final = re.compile(r"(?!)")
"""Matches no host."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a request.

    Attributes:
        operation: the operation that it called; None if there is none.
        same_path: the operations that have its path, with other methods.
    """

    operation: IndexedOperation | None = None
    same_path: tuple[IndexedOperation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Route:
    """A path of the contract below one server."""

    host: re.Pattern[str] | None
    """Hosts of the server; None where a document leaves that open."""
    segments: tuple[re.Pattern[str], ...]
    order: tuple[int, int]
    """Places that may hold anything, and characters of the rest, negative."""
    shape: str
    operation: IndexedOperation


@dataclass(frozen=True, slots=True)
class Routes:
    """The paths of all operations, the most exact first."""

    _routes: tuple[_Route, ...]
    _known: dict[tuple[bool, str, str], tuple[_Route, ...]] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def of(
        cls, operations: Iterable[tuple[IndexedOperation, tuple[Server, ...]]]
    ) -> Routes:
        """Return the routes of operations, each with its servers."""
        found = [
            route
            for operation, servers in operations
            for route in _routes_of(operation, servers)
        ]
        return cls(tuple(sorted(found, key=lambda route: route.order)))

    def names_host(self, exchange: Exchange) -> bool:
        """Return whether a request was sent to a server that the contract names."""
        host = exchange.host
        return any(each.host and each.host.fullmatch(host) for each in self._routes)

    def find(self, exchange: Exchange, *, anywhere: bool) -> Found:
        """Return what a request called.

        Args:
            exchange: the request.
            anywhere: whether its host does not matter, as with a server on this machine.
        """
        host = "" if anywhere else exchange.host
        key = anywhere, host, exchange.path
        matching = self._known.get(key)
        if matching is None:
            matching = self._known[key] = tuple(self._matching(*key))
        for route in matching:
            if route.operation.method == exchange.method:
                return Found(route.operation)
        return Found(None, tuple(route.operation for route in matching))

    def _matching(self, anywhere: bool, host: str, path: str) -> Iterator[_Route]:
        segments = [unquote(segment) for segment in path.split("/")]
        shape = None
        for route in self._routes:
            is_here = anywhere or not route.host or route.host.fullmatch(host)
            if not is_here or len(route.segments) != len(segments):
                continue
            pairs = zip(route.segments, segments, strict=True)
            if all(pattern.fullmatch(segment) for pattern, segment in pairs):
                shape = shape or route.shape
                if route.shape == shape:  # else, a more exact template has the path
                    yield route


def _routes_of(
    operation: IndexedOperation, servers: tuple[Server, ...]
) -> Iterator[_Route]:
    path = operation.path.partition("?")[0].partition("#")[0]
    bases = dict.fromkeys(map(_base, servers)) or {("", ""): None}
    places = [(_pattern(host) if host else None, base) for host, base in bases]
    if ("", "") not in bases:  # a server on this machine may have a shorter path
        places.append((_NOWHERE, ""))
    for host, base in places:
        template = f"{base}{path}"
        rest = URL_VARIABLE.sub("", template)
        yield _Route(
            host,
            tuple(map(_pattern, template.split("/"))),
            (len(URL_VARIABLE.findall(template)), -len(rest)),
            URL_VARIABLE.sub("{}", template),
            operation,
        )


def _base(server: Server) -> tuple[str, str]:
    """Return host and path of a server, with variables that are a part of either."""
    defaults = {each.wire: each.default for each in server.variables}

    def filled(found: re.Match[str]) -> str:
        default = defaults.get(found[1], "")
        return default if "/" in default else found[0]

    url = SERVER_VARIABLE.sub(filled, server.url)
    _, mark, rest = url.partition("://")
    host, _, path = rest.partition("/") if mark else ("", "", url.strip("/"))
    path = path.strip("/")
    return host.lower(), f"/{path}" if path else ""


def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern for a part of a path or a host, in which places are in braces."""
    texts = map(re.escape, map(unquote, URL_VARIABLE.split(template)))
    return re.compile("(?:.+)".join(texts), re.DOTALL)

"""Which operation a request is meant for, and whether it is authenticated."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl, unquote

from .._runtime.conversion import WireTypeError
from .._runtime.credentials import HIDDEN, Basic, Scheme, Secrets, TokenScheme
from .._runtime.operation import ContractInfo, Operation, Server
from .._runtime.options import Timeout
from .._runtime.pointers import SentValues
from .._runtime.transport_types import Request, SentHeaders
from .answers import Author, Samples
from .life import Knowledge, Life
from .reading import Taken

_PLACE: Final = re.compile(r"\{([^{}]*)\}")


class Endpoint:
    """An operation with what is known of it."""

    def __init__(
        self, operation: Operation[object], knowledge: Knowledge, samples: Samples
    ) -> None:
        self.operation = operation
        self.life: Life | None = knowledge.lives.get(operation.name)
        self.codes = knowledge.codes
        self._contract = knowledge.contract
        self._samples = samples

    @cached_property
    def author(self) -> Author:
        """What writes its answers."""
        return Author(self._contract, self.codes, self.operation, self._samples)


class Routes:
    """All operations by method and path."""

    def __init__(self, knowledge: Knowledge, samples: Samples) -> None:
        servers = knowledge.contract.servers
        self._bases = _bases(servers, [])
        if not _bases(servers[:1], []):
            self._bases.append("")  # clients have to be told where it is
        self._routes: dict[int, list[tuple[str, re.Pattern[str], Endpoint]]] = {}
        self.endpoints: dict[str, Endpoint] = {}
        for operation in knowledge.operations():
            endpoint = Endpoint(operation, knowledge, samples)
            self.endpoints[operation.name] = endpoint
            own = operation.server
            for base in self._bases if own is None else _bases((own,), self._bases):
                template = base + operation.path.partition("?")[0]
                route = (template, _pattern(template), endpoint)
                self._routes.setdefault(template.count("/"), []).append(route)
        for routes in self._routes.values():
            routes.sort(key=lambda each: -len(_PLACE.sub("", each[0])))

    @property
    def begins_with(self) -> str:
        """What paths begin with, for messages."""
        return " or ".join(base for base in self._bases if base)

    def paths_of(self, url: str) -> list[str]:
        """Return the paths of an address, which may be relative to a server."""
        path, is_absolute, rest = url.partition("?")[0].partition("://")
        if is_absolute:
            return [f"/{rest.partition('/')[2]}"]
        return [f"{base}/{path.lstrip('/')}" for base in self._bases]

    def find(
        self, method: str, path: str
    ) -> tuple[Endpoint | None, dict[str, str], tuple[str, ...]]:
        """Return what a request is meant for.

        Returns:
            The endpoint, or None; the raw values of the parameters in the path; the
            methods that the path has.
        """
        found: Endpoint | None = None
        values: dict[str, str] = {}
        methods: dict[str, None] = {}
        for template, pattern, endpoint in self._routes.get(path.count("/"), ()):
            matched = pattern.fullmatch(path)
            if matched is None:
                continue
            methods[endpoint.operation.method] = None
            if found is None and endpoint.operation.method == method:
                found = endpoint
                names = _PLACE.findall(template)[-len(matched.groups()) :]
                values = dict(zip(names, matched.groups(), strict=True))
        return found, values, tuple(methods)


def names_in(path: str) -> list[str]:
    """Return the wire names of the parameters in a path, in its order."""
    return _PLACE.findall(path)


def _bases(servers: tuple[Server, ...], above: list[str]) -> list[str]:
    """Return the paths of servers, each once; variables have their defaults, or any value.

    Args:
        servers: The servers.
        above: Paths that relative addresses are below.
    """
    paths: dict[str, None] = {}
    for server in servers:
        usual = server.url
        for variable in server.variables:
            usual = usual.replace(
                f"{{{variable.name}}}", variable.default or variable.name
            )
        for url in (usual, server.url):
            _, mark, rest = url.partition("://")
            path = f"/{rest.partition('/')[2]}" if mark else url
            if path.startswith("/"):
                paths[path.rstrip("/")] = None
            elif url == usual:
                paths |= dict.fromkeys(f"{base}/{path}".rstrip("/") for base in above)
    return [*paths]


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template)
    texts = [
        "([^/]+)" if index % 2 else "".join(map(_either, part))
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(texts))


def _either(character: str) -> str:
    """Return a pattern for a character of a path, which may be percent-encoded."""
    if character.isalnum() or character in "/-._~":
        return re.escape(character)
    encoded = "".join(f"%{byte:02X}" for byte in character.encode())
    return f"(?:{re.escape(character)}|(?i:{encoded}))"


# Authentication


def is_authenticated(
    operation: Operation[object],
    contract: ContractInfo,
    secrets: Secrets,
    taken: Taken,
    sent: SentValues,
) -> bool:
    """Return whether a request proves who sends it, in one of the documented ways.

    Secrets that are not known may be any text.
    """
    if not operation.security:
        return True
    return any(
        all(_is_proven(contract.security[name], secrets, taken, sent) for name in names)
        for names in operation.security
    )


def is_of_token_client(taken: Taken) -> bool:
    """Return whether a request has the form in which clients ask for a token."""
    form = dict(parse_qsl(taken.content.decode(errors="replace")))
    is_named = "client_id" in form or "authorization" in taken.headers
    return is_named and form.get("grant_type") == "client_credentials"


def _is_proven(
    scheme: Scheme, secrets: Secrets, taken: Taken, sent: SentValues
) -> bool:
    if isinstance(scheme, TokenScheme):
        return taken.headers.get("authorization", "").startswith("Bearer ")
    arguments = [credential.argument for credential in scheme.credentials]
    known = {name: secrets.get(name, HIDDEN) for name in arguments}
    path = f"http://fake{taken.path}"
    headers = SentHeaders(taken.headers)
    request = Request(taken.method, path, headers, taken.content, Timeout(), path)
    try:
        placed = scheme.authenticate(known, request, sent)
    except WireTypeError:
        return False  # what is signed is no text
    given = _given(placed.place, placed.name, taken)
    if given is None or all(name in secrets for name in arguments):
        return given == placed.value
    if scheme.is_per_call:
        return bool(given)
    if isinstance(scheme, Basic):
        return given.startswith("Basic ")
    before, _, after = placed.value.partition(HIDDEN)
    kept = len(before) + len(after)
    return given.startswith(before) and given.endswith(after) and len(given) > kept


def _given(place: str, name: str, taken: Taken) -> str | None:
    """Return what a request has in the place of a secret."""
    if place == "header":
        return taken.headers.get(name.lower())
    if place == "query":
        pairs: Mapping[str, str] = dict(parse_qsl(taken.query, keep_blank_values=True))
        return pairs.get(name)
    for crumb in taken.headers.get("cookie", "").split(";"):
        key, _, value = crumb.strip().partition("=")
        if key == name:
            return unquote(value)
    return None

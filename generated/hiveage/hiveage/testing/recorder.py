"""Records traffic as HAR 1.2, without its secrets."""

import re
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from os import PathLike, replace
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote_plus

from .._runtime.arguments import encode_json
from .._runtime.credentials import HIDDEN
from .._runtime.observers import SECRET_HEADERS
from .._runtime.operation import ContractInfo
from .._runtime.response import BROKEN, exact
from .._runtime.transport_types import Failed, Opened, Received, Request, StandIn
from .._runtime.urls import quote, quote_form, without_user

if TYPE_CHECKING:
    from .._runtime.async_retry_loop import AsyncHttpClient, AsyncOpened, AsyncTransport
    from .._runtime.sync_retry_loop import SyncHttpClient, SyncOpened, SyncTransport

T = TypeVar("T")

_SECRET_NAMES: Final = frozenset(
    (
        *("access_token", "assertion", "client_assertion", "client_id"),
        *("client_secret", "id_token", "password", "refresh_token"),
    )
)
"""What holds a secret in the requests and replies of OAuth, and wherever it is sent."""

_SECRET_HEADER: Final = re.compile(
    "auth|cookie|credential|password|secret|session|signature|token|api-?key"
)
_NAME: Final = re.compile(r"[^\[\]]+")
_FORM: Final = "application/x-www-form-urlencoded"
_SHORTEST: Final = 4
"""Characters of a secret that is searched for in texts."""

_END: Final = b"\n]}}\n"


class Recorder(StandIn):
    """Writes what clients send and receive to a file in the format HAR 1.2.

    It is given to a client as ``http_client``. Secrets become ``***``: what the contract's
    security schemes and its secret fields name, authorization and cookies, and the same
    texts wherever else they occur. Bodies are recorded if they are JSON or a form that was
    not streamed.

    A file of that name is replaced. After each exchange the file is complete, so a crash
    loses the exchange that was under way.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        http_client: "SyncHttpClient | AsyncHttpClient | None" = None,
    ) -> None:
        """Record to a file.

        Args:
            path: The file, by convention with the ending ``.har``.
            http_client: What sends; by default the same as without a recorder.
        """
        self._path = Path(path)
        self._inner: Any = http_client
        self._lock = Lock()
        self._is_begun = False

    def sync_transport(self, contract: ContractInfo) -> "_Transport":
        """Return what a sync client sends over."""
        from .._runtime.sync_retry_loop import sync_transport

        return _Transport(sync_transport(self._inner, contract), self._tape(contract))

    def async_transport(self, contract: ContractInfo) -> "_AsyncTransport":
        """Return what an async client sends over."""
        from .._runtime.async_retry_loop import async_transport

        inner = async_transport(self._inner, contract)
        return _AsyncTransport(inner, self._tape(contract))

    def _tape(self, contract: ContractInfo) -> "_Tape":
        with self._lock:
            if not self._is_begun:
                creator = {"name": contract.package, "version": contract.version}
                log = encode_json({"version": "1.2", "creator": creator, "entries": []})
                fresh = self._path.with_name(f"{self._path.name}.new")
                fresh.write_bytes(b'{"log":' + log.removesuffix(b"]}") + _END)
                replace(fresh, self._path)
                self._is_begun = True
        return _Tape(self._path, self._lock, contract)


class _Transport:
    """Sends the requests of a sync client, and records them."""

    def __init__(self, inner: "SyncTransport", tape: "_Tape") -> None:
        self._inner = inner
        self._tape = tape

    def send(self, request: Request) -> Received | Failed:
        """Send once."""
        start = perf_counter()
        return self._tape.take(request, self._inner.send(request), start)

    def open(self, request: Request) -> "Received | SyncOpened | Failed":
        """Send once, and leave the body to be read."""
        start = perf_counter()
        return self._tape.take(request, self._inner.open(request), start, opened=True)

    def close(self) -> None:
        """Close the connections that the transport opened."""
        self._inner.close()


class _AsyncTransport:
    """Sends the requests of an async client, and records them."""

    def __init__(self, inner: "AsyncTransport", tape: "_Tape") -> None:
        self._inner = inner
        self._tape = tape

    async def send(self, request: Request) -> Received | Failed:
        """Send once."""
        start = perf_counter()
        return self._tape.take(request, await self._inner.send(request), start)

    async def open(self, request: Request) -> "Received | AsyncOpened | Failed":
        """Send once, and leave the body to be read."""
        start = perf_counter()
        found = await self._inner.open(request)
        return self._tape.take(request, found, start, opened=True)

    async def close(self) -> None:
        """Close the connections that the transport opened."""
        await self._inner.close()


class _Tape:
    """Appends the exchanges of one client to the file."""

    def __init__(self, path: Path, lock: Lock, contract: ContractInfo) -> None:
        self._path = path
        self._lock = lock
        self._redactor = _Redactor(contract)

    def take(
        self, request: Request, found: T, start: float, *, opened: bool = False
    ) -> T:
        """Record an exchange, and return what was received."""
        seconds = perf_counter() - start
        is_whole = not (opened and isinstance(found, Opened))
        entry = encode_json(self._entry(request, found, seconds, is_whole))
        with self._lock, self._path.open("r+b", buffering=0) as file:
            at = file.seek(-len(_END), 2)
            file.seek(at - 1)
            comma = b"" if file.read(1) == b"[" else b","
            piece = comma + b"\n" + entry + _END
            try:
                if file.write(piece) != len(piece):
                    raise OSError(f"{self._path} could not be written to its end")
            except OSError:
                file.truncate(at)
                file.seek(at)
                file.write(_END)
                raise
        return found

    def _entry(
        self, request: Request, found: Any, seconds: float, is_whole: bool
    ) -> dict[str, object]:
        redactor, content = self._redactor, request.content
        sent = content if isinstance(content, bytes) else b""
        redactor.learn(request, sent)
        kind = request.headers.get("content-type", "")
        asked: dict[str, object] = {
            "method": request.method,
            "url": redactor.url(request.url),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": redactor.headers(request.headers.items()),
            "queryString": redactor.query(request.url),
            "headersSize": -1,
            "bodySize": len(sent) if content is None or sent else -1,
        }
        if content is not None:
            asked["postData"] = {
                "mimeType": kind,
                "text": redactor.body(sent, kind) or "",
            }
        milliseconds = round(seconds * 1000, 3)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {
            "startedDateTime": now.replace("+00:00", "Z"),
            "time": milliseconds,
            "request": asked,
            "response": self._reply(found, is_whole),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        }

    def _reply(self, found: Any, is_whole: bool) -> dict[str, object]:
        redactor, failed = self._redactor, isinstance(found, Failed)
        kind = "" if failed else found.header("content-type") or ""
        content: dict[str, object] = {"size": -1, "mimeType": kind}
        if is_whole and not failed:
            content["size"] = len(found.content)
            text = redactor.body(found.content, kind)
            if text is not None:
                content["text"] = text
        reply: dict[str, object] = {
            "status": 0 if failed else found.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [] if failed else redactor.headers(found.headers()),
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        }
        if failed:
            reply["comment"] = redactor.text(found.problem)
        return reply


class _Redactor:
    """Removes secrets: by the names that they have, and wherever else they occur."""

    def __init__(self, contract: ContractInfo) -> None:
        schemes = contract.security.values()
        placed = {str(getattr(scheme, "name", "")).lower() for scheme in schemes}
        self._names = _SECRET_NAMES | placed | {*map(str.lower, contract.secret_names)}
        self._headers = SECRET_HEADERS | {scheme.header for scheme in schemes}
        self._secrets: set[str] = set()
        """What was sent of them, in each form that a text may have it in."""

    def learn(self, request: Request, content: bytes) -> None:
        """Remember the secrets that a request sends."""
        for name, value in request.headers.items():
            if self._is_secret_header(name):
                self._learn(_parts(value))
        self._learn(each for name, each in _pairs(request.url) if self._is_secret(name))
        kind = request.headers.get("content-type", "")
        if kind.startswith(_FORM):
            pairs = _pairs(f"?{content.decode(errors='replace')}")
            self._learn(each for name, each in pairs if self._is_secret(name))
        else:
            self._learn(self._secret_members(_json(content)))

    def _learn(self, secrets: Iterable[str]) -> None:
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                escaped = encode_json(str(secret)).decode()[1:-1]
                self._secrets |= {secret, quote(secret), quote_form(secret), escaped}

    def _secret_members(self, value: object, *, within: bool = False) -> Iterator[str]:
        if isinstance(value, dict):
            for name, member in value.items():
                inside = within or self._is_secret(name)
                yield from self._secret_members(member, within=inside)
        elif isinstance(value, list):
            for item in value:
                yield from self._secret_members(item, within=within)
        elif within and isinstance(value, str):
            yield value

    def _is_secret(self, name: str) -> bool:
        """Return whether a member or parameter, such as ``card[cvc]``, is secret."""
        return not self._names.isdisjoint(_NAME.findall(name.lower()))

    def _is_secret_header(self, name: str) -> bool:
        lower = name.lower()
        known = lower in self._headers or lower in self._names
        return known or _SECRET_HEADER.search(lower) is not None

    def text(self, text: str) -> str:
        """Return a text without the secrets that were sent."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return str(text)  # not of a kind that is never written

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        """Return headers without secrets."""
        return [
            {
                "name": name,
                "value": HIDDEN if self._is_secret_header(name) else self.text(value),
            }
            for name, value in headers
        ]

    def query(self, url: str) -> list[dict[str, str]]:
        """Return the query of a URL without secrets."""
        return [
            {
                "name": self.text(name),
                "value": HIDDEN if self._is_secret(name) else self.text(value),
            }
            for name, value in _pairs(url)
        ]

    def url(self, url: str) -> str:
        """Return a URL without secrets."""
        path, mark, query = without_user(url).partition("?")
        return f"{self.text(path)}{mark}{self._form(query)}"

    def _form(self, written: str) -> str:
        pairs = [pair.partition("=") for pair in written.split("&")]
        return "&".join(
            (
                f"{self.text(name)}={HIDDEN}"
                if self._is_secret(unquote_plus(name))
                else self.text(f"{name}{mark}{value}")
            )
            for name, mark, value in pairs
        )

    def body(self, content: bytes, kind: str) -> str | None:
        """Return a body without secrets; None if it is neither JSON nor a form."""
        if kind.startswith(_FORM):
            return self._form(content.decode(errors="replace"))
        value = _json(content)
        if value is _NO_JSON:
            return None
        hidden = self._value(value)
        return content.decode() if hidden == value else encode_json(hidden).decode()

    def _value(self, value: object) -> object:
        if isinstance(value, dict):
            return {
                self.text(name): (
                    _hidden(member) if self._is_secret(name) else self._value(member)
                )
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value


_NO_JSON: Final = object()


def _json(content: bytes) -> object:
    try:
        return exact.decode(content)
    except BROKEN:
        return _NO_JSON


def _hidden(value: object) -> object:
    """Return a secret value of which only the shape is left."""
    if isinstance(value, dict):
        return {name: _hidden(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return value if value is None or isinstance(value, bool) else HIDDEN


def _pairs(url: str) -> Iterator[tuple[str, str]]:
    for pair in url.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if name:
            yield unquote_plus(name), unquote_plus(value)


def _parts(value: str) -> Iterator[str]:
    """Yield the secrets in the value of a header: a token, a user and password, cookies."""
    yield value
    word, _, rest = value.partition(" ")
    yield rest
    if word.lower() == "basic":
        try:
            halves = a2b_base64(rest).decode().split(":", 1)
        except ValueError:
            halves = []
        yield from halves
        yield from map(unquote_plus, halves)
    for crumb in value.split(";"):
        cookie = crumb.strip().partition("=")[2]
        yield cookie
        yield unquote_plus(cookie)

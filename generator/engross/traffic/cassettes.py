"""Cassettes: recorded requests and responses, in the format HAR 1.2."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar
from urllib.parse import urlsplit

from engross.data import dataclass
from engross.findings import Finding, FindingsError
from engross.source import Value, json_text
from engross.source.document import Document, value_at
from engross.source.pointer import Tokens, write_tokens
from engross.source.text import decode

HIDDEN: Final = "***"
"""What a recorder of a package writes in place of a secret."""

_HINT: Final = (
    "a cassette is a file in the format HAR 1.2, as recorders and browsers write it"
)

_KINDS: Final[Mapping[type, str]] = {
    dict: "an object",
    int: "an integer",
    list: "a list",
    str: "a text",
}

V = TypeVar("V", bound="Value")


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """A request, and the response to it.

    Attributes:
        cassette: the file that it is in, as shown to users.
        number: its number in the file, from 1.
        requested: headers of the request, by lower-case names.
        status: status of the response; 0 if none was received.
        received: headers of the response: lower-case names and values.
        media_type: media type of the response, with its parameters; empty if unknown.
        body: body of the response; None if it was not recorded.
    """

    cassette: str
    number: int
    method: str
    url: str
    requested: Mapping[str, str]
    status: int
    received: tuple[tuple[str, str], ...]
    media_type: str
    body: bytes | None

    @property
    def host(self) -> str:
        """Host and port that the request was sent to."""
        return urlsplit(self.url).netloc.rpartition("@")[2].lower()

    @property
    def path(self) -> str:
        """Path of the request, percent-encoded."""
        return urlsplit(self.url).path or "/"

    @property
    def place(self) -> str:
        """Where the exchange is, for people."""
        return f"{self.cassette}, entry {self.number}"


@dataclass(frozen=True, slots=True)
class Cassette:
    """The exchanges of one file, in its order."""

    name: str
    exchanges: tuple[Exchange, ...]


def read_cassette(name: str, data: bytes) -> Cassette:
    """Read a cassette.

    Args:
        name: the file, as shown to users.
        data: its bytes.

    Raises:
        FindingsError: it is no HAR 1.2; has one finding, where that is noticed.
    """
    text = decode(name, data)
    if isinstance(text, Finding):
        raise FindingsError([text])
    value, findings = json_text.parse(text)
    if findings and value is None:
        raise FindingsError(findings[:1])
    document = Document(name, text, value, lambda: json_text.marks(text, findings))
    return Cassette(name, tuple(_Reader(document).exchanges()))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the entries of one document."""

    document: Document

    def exchanges(self) -> Iterator[Exchange]:
        """Yield all exchanges."""
        if not isinstance(self.document.value, dict):
            raise self._fault((), "expected an object")
        entries = self._list((), "log", "entries")
        for index in range(len(entries)):
            yield self._exchange(("log", "entries", index), index + 1)

    def _exchange(self, at: Tokens, number: int) -> Exchange:
        request, response = (*at, "request"), (*at, "response")
        received = tuple(self._headers(response))
        content = self._member(response, "content", dict)
        kinds = [value for name, value in received if name == "content-type"]
        media_type = kinds[0] if kinds else str(content.get("mimeType") or "")
        url = self._member(request, "url", str)
        try:
            urlsplit(url)
        except ValueError as error:
            raise self._fault((*request, "url"), f"not a URL: {error}") from None
        return Exchange(
            cassette=self.document.name,
            number=number,
            method=self._member(request, "method", str).upper(),
            url=url,
            requested=dict(self._headers(request)),
            status=self._member(response, "status", int),
            received=received,
            media_type=media_type,
            body=self._body((*response, "content"), content),
        )

    def _headers(self, at: Tokens) -> Iterator[tuple[str, str]]:
        for index in range(len(self._list(at, "headers"))):
            header = (*at, "headers", index)
            name = self._member(header, "name", str)
            yield name.lower(), self._member(header, "value", str)

    def _body(self, at: Tokens, content: Mapping[str, Value]) -> bytes | None:
        if "text" not in content:
            return b"" if content.get("size") == 0 else None
        text = self._member(at, "text", str)
        if content.get("encoding") != "base64":
            return text.encode("utf-8", "surrogatepass")
        try:
            return b64decode(text)
        except ValueError as error:
            raise self._fault((*at, "text"), f"not base64: {error}") from None

    def _list(self, at: Tokens, *names: str) -> list[Value]:
        for name in names[:-1]:
            self._member(at, name, dict)
            at = (*at, name)
        return self._member(at, names[-1], list)

    def _member(self, at: Tokens, name: str, kind: type[V]) -> V:
        """Return a member of an object.

        Raises:
            FindingsError: there is none of this kind.
        """
        holder = value_at(self.document.value, at)
        if not isinstance(holder, dict):
            raise self._fault(at, "expected an object")
        if name not in holder:
            raise self._fault(at, f"{write_tokens(at) or 'the file'} has no {name!r}")
        value = holder[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self._fault((*at, name), f"expected {_KINDS[kind]}")
        return value

    def _fault(self, at: Tokens, message: str) -> FindingsError:
        span = self.document.span(at)
        return FindingsError([Finding("unusable-cassette", message, span, _HINT)])

"""A response as received, and how its text and JSON are decoded."""

from codecs import lookup
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final, Generic, TypeVar, cast

from msgspec import DecodeError
from msgspec import json as _json

from .transport_types import Received, Request

BROKEN: Final = (DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What decoding a body of any content may raise."""

exact: Final = _json.Decoder(float_hook=Decimal)
"""Decodes any JSON, with all digits of its numbers."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_NO_CHARSETS: Final = frozenset(
    ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")
)
_USUAL_REQUEST_IDS: Final = ("x-request-id", "request-id", "x-correlation-id")


class Headers(Mapping[str, str]):
    """Headers of a response; names match in any case, repeated ones are joined."""

    __slots__ = ("_values",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        values: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            seen = values.get(key)
            values[key] = value if seen is None else f"{seen}, {value}"
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


class RawResponse(Generic[T_co]):
    """A response, and the value that its method returns."""

    __slots__ = (
        "_parse",
        "attempts",
        "content",
        "headers",
        "method",
        "request_id",
        "status_code",
        "url",
    )

    status_code: int
    """HTTP status."""

    headers: Headers
    """Headers of the response."""

    content: bytes
    """The body, decompressed."""

    method: str
    """Method of the request."""

    url: str
    """URL of the request, without secrets."""

    request_id: str | None
    """The provider's identifier of the request, if the response has one."""

    attempts: int
    """How many attempts it took to get this response."""

    def __init__(
        self,
        *,
        status_code: int,
        headers: Headers,
        content: bytes,
        method: str,
        url: str,
        request_id: str | None,
        attempts: int,
        parse: Callable[[], T_co] | None = None,
    ) -> None:
        self.status_code = status_code
        self.headers = headers
        self.content = content
        self.method = method
        self.url = url
        self.request_id = request_id
        self.attempts = attempts
        self._parse = parse

    def __repr__(self) -> str:
        location = self.headers.get("location") if self.status_code // 100 == 3 else ""
        rest = f"Location: {location}" if location else f"{len(self.content)} bytes"
        return f"<{self.status_code} to {self.method} {self.url}, {rest}>"

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: everything except what ``parse`` needs."""
        return {
            name: None if name == "_parse" else getattr(self, name)
            for name in self.__slots__
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    @property
    def is_success(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status_code < 300

    def text(self) -> str:
        """Return the body as text, in the charset of the response, else UTF-8.

        Bytes that are not valid in it become U+FFFD.
        """
        return decoded(self.content, self.headers.get("content-type"))

    def json(self) -> object:
        """Return the body as decoded JSON; numbers with a fraction are ``Decimal``.

        Raises:
            ValueError: the body is not JSON.
        """
        return json_body(self.content, self.headers.get("content-type"))

    def parse(self) -> T_co:
        """Return the value that the method returns without ``with_raw_response``.

        Raises:
            ResponseInvalidError: the response breaks the contract.
            TypeError: the contract does not describe it, as with ``client.request``.
        """
        if self._parse is None:
            raise TypeError("the contract does not describe this response; use .json()")
        return self._parse()


def json_value(content: bytes | str) -> object:
    """Return decoded JSON, with all digits of its numbers.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return cast(object, exact.decode(content))
    except BROKEN as error:
        raise ValueError(f"not valid JSON: {error}") from error


def json_body(content: bytes, content_type: str | None) -> object:
    """Return decoded JSON, in the charset of a response or after a byte order mark.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return json_value(content)
    except ValueError:
        text = decoded(content, content_type).removeprefix("\ufeff")
        if text.encode() == content:
            raise
        return json_value(text)


def charset(content_type: str | None) -> str:
    """Return the charset of a content type; empty if it has none."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""


def codec(content_type: str | None) -> str:
    """Return the codec of a content type; UTF-8 if it names no usable charset.

    Python's codecs that are not charsets of the web are not used: some raise for any
    bytes, others return text that cannot be encoded again.
    """
    named = charset(content_type) or "utf-8"
    try:
        "".encode(named)
        name = lookup(named).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _NO_CHARSETS else name


def decoded(content: bytes, content_type: str | None) -> str:
    """Return a body as text."""
    return content.decode(codec(content_type), "replace")


def raw_response(
    request: Request,
    received: Received,
    attempts: int,
    request_id_header: str,
    parse: Callable[[], T] | None = None,
) -> RawResponse[T]:
    """Return a received response in the form that callers see."""
    names = (request_id_header,) if request_id_header else _USUAL_REQUEST_IDS
    ids = (received.header(header) for header in names)
    return RawResponse(
        status_code=received.status,
        headers=Headers(received.headers()),
        content=received.content,
        method=request.method,
        url=request.shown_url,
        request_id=next(filter(None, ids), None),
        attempts=attempts,
        parse=parse,
    )

"""A reply as it came."""

from codecs import lookup
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

if TYPE_CHECKING:
    from .exchange import Received, Request

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_NO_CHARSETS: Final = frozenset(
    ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")
)
_USUAL_REQUEST_IDS: Final = ("x-request-id", "request-id", "x-correlation-id")


class Headers(Mapping[str, str]):
    """Headers of a reply; names are matched in any case, repeated ones are joined."""

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
    """A reply, and the value that its method returns."""

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
    """Headers of the reply."""

    content: bytes
    """The body, decompressed."""

    method: str
    """Method of the request."""

    url: str
    """Address of the request, without secrets."""

    request_id: str | None
    """The provider's name for the request, if the reply names one."""

    attempts: int
    """How often the request was sent to get this reply."""

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
        size = len(self.content)
        return f"<{self.status_code} to {self.method} {self.url}, {size} bytes>"

    def __getstate__(self) -> dict[str, object]:
        """Return what survives pickling: everything but the way to ``parse``."""
        return {
            name: None if name == "_parse" else getattr(self, name)
            for name in self.__slots__
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status_code < 300

    def text(self) -> str:
        """Return the body as text, in the charset that the reply names, else UTF-8.

        Bytes that are no text in it become U+FFFD.
        """
        return decoded(self.content, self.headers.get("content-type"))

    def json(self) -> object:
        """Return the body as decoded JSON; numbers with a fraction are ``Decimal``.

        Raises:
            ValueError: the body is no JSON.
        """
        return json_body(self.content, self.headers.get("content-type"))

    def parse(self) -> T_co:
        """Return the value that the method returns without ``with_raw_response``.

        Raises:
            ResponseInvalidError: the reply breaks the contract.
            TypeError: nothing is known of the value, as with ``client.request``.
        """
        if self._parse is None:
            raise TypeError("the contract says nothing about this reply; see .json()")
        return self._parse()


def json_value(content: bytes | str) -> object:
    """Return decoded JSON, with the digits that it has.

    Raises:
        ValueError: it is no JSON.
    """
    from .reading import BROKEN, exact

    try:
        return cast(object, exact.decode(content))
    except BROKEN as error:
        raise ValueError(f"no JSON that can be read: {error}") from error


def json_body(content: bytes, content_type: str | None) -> object:
    """Return decoded JSON, in the charset that a reply names or with a mark before it.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json_value(content)
    except ValueError:
        text = decoded(content, content_type).removeprefix("\ufeff")
        if text.encode() == content:
            raise
        return json_value(text)


def charset(content_type: str | None) -> str:
    """Return the charset that a content type names; empty if it names none."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""


def codec(content_type: str | None) -> str:
    """Return the codec of a content type; UTF-8 where it names none that is of use.

    A codec of Python's that is no charset of the web counts for nothing: some raise
    whatever the bytes are, others make text that cannot be encoded again.
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
    request: "Request",
    received: "Received",
    attempts: int,
    request_id_header: str,
    parse: Callable[[], T] | None = None,
) -> RawResponse[T]:
    """Return what a transport received, in the form that callers see."""
    names = (request_id_header,) if request_id_header else _USUAL_REQUEST_IDS
    ids = (received.header(name) for name in names)
    return RawResponse(
        status_code=received.status,
        headers=Headers(received.headers()),
        content=received.content,
        method=request.method,
        url=request.shown_url,
        request_id=next((one for one in ids if one), None),
        attempts=attempts,
        parse=parse,
    )

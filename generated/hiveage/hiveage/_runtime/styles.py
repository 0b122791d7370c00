"""How lists and objects are written in URLs, headers and forms: the styles of OpenAPI.

The styles describe lists and objects of single values. For values nested deeper
``deepObject`` continues with brackets; the other styles refuse them. They also refuse
what the provider could not split correctly: an item that contains the separator of its
list, where the style cannot encode it.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from msgspec import json as _json

from .conversion import WireTypeError
from .operation import Parameter, Part
from .urls import bracketed, quote, quote_reserved, without
from .wire import kind_of, text

Quote: TypeAlias = Callable[[str], str]
Pairs: TypeAlias = list[tuple[str, str]]

_encode_json: Final = _json.Encoder(decimal_format="number").encode
_EXPLODED: Final = ("form", "deepObject", "cookie", "")

DELIMITERS: Final[Mapping[str, str]] = {"spaceDelimited": " ", "pipeDelimited": "|"}
"""Separators of the styles that encode the separator itself."""


def pairs(
    name: str,
    value: object,
    style: str,
    explode: bool,
    encode: Quote = quote,
    encode_name: Quote = quote,
) -> Pairs:
    """Return a wire value as encoded names and values of a query or a form.

    Raises:
        WireTypeError: the style cannot write it.
    """
    try:
        if not isinstance(value, (dict, list)):
            return [(encode_name(name), encode(text(value)))]
        return _several(name, value, style, explode, encode, encode_name)
    except WireTypeError as error:
        raise error.within(name) from None


def is_styled(part: Part) -> bool:
    """Return whether a member of a form is written in a style, not by its media type."""
    return bool(part.style) or part.explode is not None or part.allow_reserved


def of_part(part: Part) -> tuple[str, bool]:
    """Return the style of a member of a form, and whether it is exploded."""
    style = part.style or "form"
    return style, style == "form" if part.explode is None else part.explode


def crumb(text: str) -> str:
    """Return a text for a cookie, which is not encoded.

    Raises:
        WireTypeError: a cookie cannot contain it.
    """
    if all("!" <= character <= "~" and character not in '",;\\' for character in text):
        return text
    raise WireTypeError(f"{text!r} contains a character that a cookie cannot contain")


def _several(
    name: str,
    value: "dict[str, object] | list[object]",
    style: str,
    explode: bool,
    encode: Quote,
    encode_name: Quote,
) -> Pairs:
    if style == "deepObject":
        return [
            (encode_name(inner), encode(text(item)))
            for inner, item in bracketed(name, value)
        ]
    if isinstance(value, dict):
        if explode:
            return [
                (encode_name(text(key)), encode(_item(item, style)))
                for key, item in value.items()
            ]
        value = [part for member in value.items() for part in member]
    elif explode:
        return [(encode_name(name), encode(_item(item, style))) for item in value]
    if not value:
        return []
    return [(encode_name(name), _joined(value, style, encode))]


def _item(value: object, style: str) -> str:
    """Return a value within a list or an object as text."""
    if isinstance(value, (dict, list)):
        raise WireTypeError(
            f"style {style} cannot write {kind_of(value)} within a list or object"
        )
    return text(value)


def _joined(values: list[object], style: str, encode: Quote) -> str:
    delimiter = DELIMITERS.get(style, ",")
    items = [_item(value, style) for value in values]
    if encode is str:
        return delimiter.join([without(item, delimiter, style) for item in items])
    if delimiter == ",":
        # Where reserved characters stay as they are, a comma of an item must not.
        return ",".join([encode(item).replace(",", "%2C") for item in items])
    return quote(delimiter).join(
        [encode(without(item, delimiter, style)) for item in items]
    )


def segment(name: str, value: object, style: str, explode: bool) -> str:
    """Return a wire value as part of a path, encoded.

    Raises:
        WireTypeError: the style cannot write it.
    """
    try:
        if not isinstance(value, (dict, list)):
            return _single_segment(name, quote(text(value)), style)
        return _segment(name, value, style, explode)
    except WireTypeError as error:
        raise error.within(name) from None


def _single_segment(name: str, written: str, style: str) -> str:
    if style == "label":
        return f".{written}"
    if style == "matrix":
        return f";{quote(name)}={written}" if written else f";{quote(name)}"
    return written


def _segment(
    name: str,
    value: "dict[str, object] | list[object]",
    style: str,
    explode: bool,
) -> str:
    # A dot cannot be encoded: %2E is the same, and may be decoded before it is read.
    unsafe = "." if style == "label" and explode else ""
    parts = _parts(value, style, explode, quote, unsafe)
    if style == "label":
        return "".join([f".{part}" for part in parts]) if explode else _list(".", parts)
    if style == "matrix":
        if not explode:
            return _list(f";{quote(name)}=", parts)
        before = ";" if isinstance(value, dict) else f";{quote(name)}="
        return "".join([f"{before}{part}".removesuffix("=") for part in parts])
    return ",".join(parts)


def _list(before: str, parts: list[str]) -> str:
    return before + ",".join(parts) if parts else ""


def header(name: str, value: object, explode: bool) -> str:
    """Return a wire value as a header; headers are not percent-encoded.

    Raises:
        WireTypeError: a header cannot contain it.
    """
    try:
        if isinstance(value, (dict, list)):
            return ",".join(_parts(value, "simple", explode, str, ","))
        return text(value)
    except WireTypeError as error:
        raise error.within(name) from None


def _parts(
    value: "dict[str, object] | list[object]",
    style: str,
    explode: bool,
    encode: Quote,
    unsafe: str,
) -> list[str]:
    """Return the items of a list, or the members of an object, each as one text."""

    def written(item: object, separators: str = unsafe) -> str:
        return encode(without(_item(item, style), separators, style))

    if isinstance(value, list):
        return [written(item) for item in value]
    if explode:
        names = unsafe + "=" if encode is str else unsafe
        return [f"{written(key, names)}={written(item)}" for key, item in value.items()]
    return [written(part) for member in value.items() for part in member]


class StyledWriter:
    """Writes a parameter in a style of OpenAPI, or encoded by a media type."""

    __slots__ = ("_content", "_explode", "_is_whole", "_name", "_quote", "_style")

    def __init__(self, parameter: Parameter) -> None:
        self._name = parameter.wire
        self._content = parameter.content
        self._is_whole = parameter.place == "querystring"
        self._quote = quote_reserved if parameter.allow_reserved else quote
        simple = parameter.place in ("path", "header")
        self._style = parameter.style or ("simple" if simple else "form")
        self._explode = (
            self._style in _EXPLODED if parameter.explode is None else parameter.explode
        )

    def segment(self, value: object) -> str:
        """Return the encoded value for the path."""
        if self._content:
            return quote(self._encoded(value))
        return segment(self._name, value, self._style, self._explode)

    def query(self, value: object) -> list[str]:
        """Return what is between the ``&`` of the query."""
        if self._is_whole:
            return [quote(self._encoded(value))]
        return [f"{name}={part}" for name, part in self._pairs(value)]

    def header(self, value: object) -> str:
        """Return the value for a header."""
        if self._content:
            written = self._encoded(value)
            return _ascii(written) if "json" in self._content else written
        return header(self._name, value, self._explode)

    def cookie(self, value: object) -> str:
        """Return names and values for the Cookie header."""
        if self._style == "cookie" and not self._content:
            written = pairs(self._name, value, self._style, self._explode, crumb, crumb)
        else:
            written = self._pairs(value)
        return "; ".join([f"{name}={part}" for name, part in written])

    def _pairs(self, value: object) -> Pairs:
        if self._content:
            return [(quote(self._name), self._quote(self._encoded(value)))]
        return pairs(self._name, value, self._style, self._explode, self._quote)

    def _encoded(self, value: object) -> str:
        if "json" in self._content:
            return _encode_json(value).decode()
        try:
            return text(value)
        except WireTypeError as error:
            raise error.within(self._name) from None


def _ascii(written: str) -> str:
    """Return JSON in ASCII, the only characters that are safe in headers."""
    if written.isascii():
        return written
    units = written.encode("utf-16-be", "surrogatepass")
    codes = [
        int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)
    ]
    return "".join([chr(code) if code < 128 else f"\\u{code:04x}" for code in codes])

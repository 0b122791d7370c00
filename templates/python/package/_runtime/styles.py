"""How values are written in addresses, headers and forms: the styles of OpenAPI.

The styles say how single values, lists of them and objects of them are written. Of what
is nested deeper they say nothing; there ``deepObject`` goes on with brackets, as Stripe,
Rack, PHP and qs read them (``a[b][c]=1``, ``a[b][]=1`` for a list of single values,
``a[b][0][c]=1`` for any other), and the other styles refuse. They also refuse what the
provider could not take apart again: an item that holds the separator of its list, where
the style has no way to encode it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import UNSET

from .operation import Part
from .percent import quote
from .wire import WireTypeError

Quote: TypeAlias = Callable[[str], str]
Pairs: TypeAlias = list[tuple[str, str]]

DELIMITERS: Final[Mapping[str, str]] = {"spaceDelimited": " ", "pipeDelimited": "|"}
"""Separators of the styles that encode them like any other character."""


def text(value: object) -> str:
    """Return a single wire value as text; null is empty.

    Raises:
        WireTypeError: it is no single value.
    """
    if type(value) is str:
        return value
    if type(value) is int:
        return repr(value)
    if value is None or value is UNSET:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return value.decode()
    raise WireTypeError(f"a single value is due, got {_kind(value)}")


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else type(value).__name__


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
        WireTypeError: the style has no form for it.
    """
    try:
        if not isinstance(value, (dict, list)):
            return [(encode_name(name), encode(text(value)))]
        return _several(name, value, style, explode, encode, encode_name)
    except WireTypeError as error:
        raise error.within(name) from None


def is_styled(part: Part) -> bool:
    """Whether a member of a form is written in a style, not by its media type."""
    return bool(part.style) or part.explode is not None or part.allow_reserved


def of_part(part: Part) -> tuple[str, bool]:
    """Return the style of a member of a form, and whether it is exploded."""
    style = part.style or "form"
    return style, style == "form" if part.explode is None else part.explode


def crumb(text: str) -> str:
    """Return a text that a cookie carries as it is, which is never encoded.

    Raises:
        WireTypeError: a cookie cannot carry it.
    """
    if all("!" <= character <= "~" and character not in '",;\\' for character in text):
        return text
    raise WireTypeError(f"{text!r} holds what a cookie cannot carry unencoded")


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
            for inner, item in _deep(name, value)
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
            f"style {style} has no form for {_kind(value)} within a list or object"
        )
    return text(value)


def _apart(item: str, separators: str, style: str) -> str:
    """Return a text of which the separators around it can be told."""
    for separator in separators:
        if separator in item:
            raise WireTypeError(
                f"{item!r} holds {separator!r}, which separates items in style {style}"
            )
    return item


def _joined(values: list[object], style: str, encode: Quote) -> str:
    delimiter = DELIMITERS.get(style, ",")
    items = [_item(value, style) for value in values]
    if encode is str:
        return delimiter.join([_apart(item, delimiter, style) for item in items])
    if delimiter == ",":
        # Where reserved characters stay as they are, a comma of an item must not.
        return ",".join([encode(item).replace(",", "%2C") for item in items])
    return quote(delimiter).join(
        [encode(_apart(item, delimiter, style)) for item in items]
    )


def _deep(name: str, value: object) -> list[tuple[str, object]]:
    """Return the single values within a value, each under its name with brackets."""
    if isinstance(value, dict):
        members = [
            (f"{name}[{_apart(text(key), '[]', 'deepObject')}]", item)
            for key, item in value.items()
        ]
    elif isinstance(value, list):
        single = not any(isinstance(item, (dict, list)) for item in value)
        members = [
            (f"{name}[]" if single else f"{name}[{index}]", item)
            for index, item in enumerate(value)
        ]
    else:
        return [(name, value)]
    return [found for inner, item in members for found in _deep(inner, item)]


def segment(name: str, value: object, style: str, explode: bool) -> str:
    """Return a wire value as part of a path, encoded.

    Raises:
        WireTypeError: the style has no form for it.
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
        WireTypeError: it has no form in a header.
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
        return encode(_apart(_item(item, style), separators, style))

    if isinstance(value, list):
        return [written(item) for item in value]
    if explode:
        names = unsafe + "=" if encode is str else unsafe
        return [f"{written(key, names)}={written(item)}" for key, item in value.items()]
    return [written(part) for member in value.items() for part in member]

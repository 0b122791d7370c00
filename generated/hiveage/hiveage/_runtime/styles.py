"""How values are written in addresses, headers and forms: the styles of OpenAPI."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from .percent import quote

Quote: TypeAlias = Callable[[str], str]
Pairs: TypeAlias = list[tuple[str, str]]

SEPARATORS: Final[Mapping[str, str]] = {
    "form": ",",
    "spaceDelimited": "%20",
    "pipeDelimited": "%7C",
}


def text(value: object) -> str:
    """Return a single wire value as text; null is empty."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode()
    return str(value)


def pairs(
    name: str,
    value: object,
    style: str,
    explode: bool,
    encode: Quote = quote,
    encode_name: Quote = quote,
) -> Pairs:
    """Return a wire value as encoded names and values of a query or a form."""
    if isinstance(value, dict):
        if style == "deepObject":
            return _deep(name, value, encode, encode_name)
        if explode:
            return [
                (encode_name(key), encode(text(item))) for key, item in value.items()
            ]
        flat = [part for member in value.items() for part in member]
        return [(encode_name(name), _joined(flat, SEPARATORS.get(style, ","), encode))]
    if isinstance(value, list):
        if style == "deepObject":
            return _deep_list(name, value, encode, encode_name)
        if explode:
            return [(encode_name(name), encode(text(item))) for item in value]
        if not value:
            return []
        return [(encode_name(name), _joined(value, SEPARATORS.get(style, ","), encode))]
    return [(encode_name(name), encode(text(value)))]


def _joined(values: list[object], separator: str, encode: Quote) -> str:
    return separator.join([encode(text(value)) for value in values])


def _deep(
    name: str, value: dict[str, object], encode: Quote, encode_name: Quote
) -> Pairs:
    found: Pairs = []
    for key, item in value.items():
        inner = f"{name}[{key}]"
        if isinstance(item, dict):
            found += _deep(inner, item, encode, encode_name)
        elif isinstance(item, list):
            found += _deep_list(inner, item, encode, encode_name)
        else:
            found.append((encode_name(inner), encode(text(item))))
    return found


def _deep_list(
    name: str, value: list[object], encode: Quote, encode_name: Quote
) -> Pairs:
    found: Pairs = []
    for index, item in enumerate(value):
        if isinstance(item, dict):
            found += _deep(f"{name}[{index}]", item, encode, encode_name)
        elif isinstance(item, list):
            found += _deep_list(f"{name}[{index}]", item, encode, encode_name)
        else:
            found.append((encode_name(f"{name}[]"), encode(text(item))))
    return found


def segment(name: str, value: object, style: str, explode: bool) -> str:
    """Return a wire value as part of a path, encoded."""
    if style == "label":
        return _label(value, explode)
    if style == "matrix":
        return _matrix(name, value, explode)
    return _simple(value, explode, quote)


def header(value: object, explode: bool) -> str:
    """Return a wire value as a header; headers are not percent-encoded."""
    return _simple(value, explode, str)


def _simple(value: object, explode: bool, encode: Quote) -> str:
    if isinstance(value, dict):
        return ",".join(_members(value, "=" if explode else ",", encode))
    if isinstance(value, list):
        return _joined(value, ",", encode)
    return encode(text(value))


def _label(value: object, explode: bool) -> str:
    if isinstance(value, dict):
        if explode:
            return "".join([f".{member}" for member in _members(value, "=", quote)])
        return f".{','.join(_members(value, ',', quote))}"
    if isinstance(value, list):
        return f".{_joined(value, '.' if explode else ',', quote)}"
    return f".{quote(text(value))}"


def _matrix(name: str, value: object, explode: bool) -> str:
    key = quote(name)
    if isinstance(value, dict):
        if explode:
            return "".join([f";{member}" for member in _members(value, "=", quote)])
        return f";{key}={','.join(_members(value, ',', quote))}"
    if isinstance(value, list):
        if explode:
            return "".join([f";{key}={quote(text(item))}" for item in value])
        return f";{key}={_joined(value, ',', quote)}"
    content = text(value)
    return f";{key}={quote(content)}" if content else f";{key}"


def _members(value: dict[str, object], joint: str, encode: Quote) -> list[str]:
    return [f"{encode(key)}{joint}{encode(text(item))}" for key, item in value.items()]

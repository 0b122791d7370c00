"""Percent-encoding, and the query of a URL.

URLs are encoded by RFC 3986, forms by the URL standard.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET

from .conversion import WireTypeError
from .wire import text, to_wire

_UNRESERVED: Final = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def _table(kept: bytes) -> list[str]:
    return [chr(byte) if byte in kept else f"%{byte:02X}" for byte in range(256)]


_STRICT: Final = _table(_UNRESERVED)
_RESERVED: Final = _table(_UNRESERVED + b":/?[]@!$()*,;=")
_HEX: Final = frozenset("0123456789ABCDEFabcdef")
_FORM: Final = _table(_UNRESERVED.replace(b"~", b"*"))
_FORM[ord(" ")] = "+"
_FORM_NAME: Final = [*_FORM]
_FORM_NAME[ord("[")], _FORM_NAME[ord("]")] = "[", "]"


def quote(text: str) -> str:
    """Encode everything but the unreserved characters."""
    if text.isalnum() and text.isascii():
        return text
    return "".join([_STRICT[byte] for byte in text.encode()])


def quote_reserved(text: str) -> str:
    """Encode, but keep reserved characters and what is percent-encoded already.

    Not ``#&+'``: the first two end the value, ``+`` is read as a space, and the URL
    standard always encodes ``'``.
    """
    first, *rest = text.split("%")
    written = [_reserved(first)]
    for part in rest:
        is_encoded = len(part) > 1 and _HEX.issuperset(part[:2])
        written.append(("%" if is_encoded else "%25") + _reserved(part))
    return "".join(written)


def _reserved(text: str) -> str:
    return "".join([_RESERVED[byte] for byte in text.encode()])


def quote_form(text: str) -> str:
    """Encode for ``application/x-www-form-urlencoded``."""
    if text.isalnum() and text.isascii():
        return text
    return "".join([_FORM[byte] for byte in text.encode()])


def quote_form_name(text: str) -> str:
    """Encode a name of a form; the brackets of nested names stay, as in ``a[b]=1``."""
    if text.isalnum() and text.isascii():
        return text
    return "".join([_FORM_NAME[byte] for byte in text.encode()])


def with_query(url: str, query: str) -> str:
    """Return a URL with a query added."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


def query_pairs(given: Mapping[str, object]) -> list[str]:
    """Return what is between the ``&`` of a query of values that no contract describes.

    A list repeats its name, an object is written with brackets: ``a[b]=1``.
    """
    written: list[str] = []
    for name, value in given.items():
        if value is UNSET:
            continue
        try:
            written += [
                f"{quote(key)}={quote(text(item))}"
                for key, item in _items(name, to_wire(None, value))
            ]
        except WireTypeError as error:
            raise error.within(name) from None
    return written


def _items(name: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return bracketed(name, value)
    if isinstance(value, list):
        return [(name, item) for item in value]
    return [(name, value)]


def bracketed(name: str, value: object) -> list[tuple[str, object]]:
    """Return the single values within a value, each under its name with brackets.

    ``a[b][c]``, ``a[b][]`` for a list of single values, ``a[b][0][c]`` for any other
    list, as Stripe, Rack, PHP and qs read them.
    """
    if isinstance(value, dict):
        members = [
            (f"{name}[{without(text(key), '[]', 'deepObject')}]", item)
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
    return [pair for inner, item in members for pair in bracketed(inner, item)]


def without(item: str, separators: str, style: str) -> str:
    """Return a text that holds none of the separators of a style.

    Raises:
        WireTypeError: it holds one, so the provider could not split it correctly.
    """
    for separator in separators:
        if separator in item:
            raise WireTypeError(
                f"{item!r} contains {separator!r}, which separates items in style "
                f"{style}"
            )
    return item


def with_extra(query: str, extra: Mapping[str, object]) -> str:
    """Return a query in which the caller's values replace those of the same name."""
    replaced = {quote(name) for name in extra}
    kept = [
        pair
        for pair in query.split("&")
        if pair and pair.partition("=")[0] not in replaced
    ]
    return "&".join([*kept, *query_pairs(extra)])


def quote_path(path: str) -> str:
    """Return a path as it is, with what a URL cannot hold encoded."""
    kept = "/?&=%:@!$'()*+,;~-._"
    return "".join([char if char in kept else quote(char) for char in path])


def without_user(url: str) -> str:
    """Return a URL without the user and password that it may hold."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"

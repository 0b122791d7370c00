"""Percent-encoding, by RFC 3986 for addresses and by the URL standard for forms."""

from typing import Final

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

"""Bodies of ``application/x-www-form-urlencoded``."""

from collections.abc import Mapping
from typing import Final

from . import styles
from .arguments import encode_json
from .operation import Body, Part
from .transport_types import Content
from .urls import quote_form, quote_form_name, quote_reserved
from .wire import text

_DEFAULT: Final = Part()


class FormEncoder:
    """Encodes a body as a form."""

    __slots__ = ("_parts", "content_type")

    def __init__(self, body: Body) -> None:
        self._parts = body.parts
        self.content_type = body.media_type

    def encode(self, payload: object) -> Content:
        """Return an object as a form.

        Raises:
            TypeError: it is not an object, or a member cannot be written.
        """
        return form(payload, self._parts)

    def shown(self, payload: object) -> object:
        """Return what validators see: all of it."""
        return payload


def form(payload: object, parts: Mapping[str, Part]) -> bytes:
    """Return an object as a form.

    Raises:
        TypeError: it is not an object, or a member cannot be written.
    """
    if not isinstance(payload, dict):
        raise TypeError(f"a form needs an object, got {type(payload).__name__}")
    pairs: styles.Pairs = []
    for name, value in payload.items():
        pairs += _members(name, value, parts.get(name, _DEFAULT))
    return "&".join([f"{name}={value}" for name, value in pairs]).encode()


def _members(name: str, value: object, part: Part) -> styles.Pairs:
    """Return the names and values for a member of a form.

    Without a style each item of a list becomes a pair of its own, and objects and
    nested lists become JSON.
    """
    if styles.is_styled(part):
        style, explode = styles.of_part(part)
        encode = quote_reserved if part.allow_reserved else quote_form
        return styles.pairs(name, value, style, explode, encode, quote_form_name)
    as_json = "json" in part.content_type
    items = value if isinstance(value, list) and not as_json else [value]
    return [
        (
            quote_form_name(name),
            quote_form(
                encode_json(item).decode()
                if as_json or isinstance(item, (dict, list))
                else text(item)
            ),
        )
        for item in items
    ]


class FormQueryWriter(styles.StyledWriter):
    """Writes a parameter that is the whole query, as a form."""

    __slots__ = ()

    def query(self, value: object) -> list[str]:
        """Return the query."""
        whole = form(value, {}).decode()
        return [whole] if whole else []

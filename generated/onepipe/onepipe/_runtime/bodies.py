"""From the caller's body to the bytes that are sent."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import UNSET
from msgspec import json as _json

from . import styles
from .checks import load_check, violation
from .exchange import Content
from .operation import Body, Part
from .percent import quote_form, quote_form_name, quote_reserved
from .wire import converter, merged

if TYPE_CHECKING:
    from .validation import Violation

encode_json: Final = _json.Encoder(decimal_format="number").encode
_SINGLE: Final = (str, int, float, Decimal)
_JSON: Final = ("application/json", "text/json")
_DEFAULT_PART: Final = Part()


class BodyPlan:
    """How the body of an operation is built, checked and encoded."""

    __slots__ = ("_body", "_check", "_convert", "_shown", "content_type", "encode")

    def __init__(self, body: Body, validators: str) -> None:
        self._body = body
        self._convert = converter(body.type)
        self._check = load_check(validators, body.is_valid, body.violations)
        self.encode, self._shown, self.content_type = _encoding(body)
        """``encode`` returns what is sent for a wire body of the ``content_type``."""

    def payload(
        self,
        value: object,
        extra: Mapping[str, object] | None,
        wrong: "list[Violation]",
        *,
        wired: bool = False,
    ) -> object:
        """Return the wire body, as JSON types; ``UNSET`` if there is none to send.

        A ``wired`` value is the wire body already.
        """
        body = self._body
        if value is UNSET or (not body.required and _says_nothing(value)):
            if not extra:
                if body.required:
                    wrong.append(violation("", "required", "a body is required", None))
                return UNSET
            value = {}
        payload = value
        if not wired:
            if self._convert is not None:
                payload = self._convert(value)
            for name in reversed(body.wrap):
                payload = {name: payload}
        if extra:
            payload = merged(payload, extra)
        check = self._check
        if check is not None:
            shown = self._shown(payload)
            if shown is not UNSET and not check.is_valid(shown):
                wrong += check.violations(shown)
        return payload


def _says_nothing(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        member is UNSET for member in value.values()
    )


def _without_files(payload: object) -> object:
    from .files import is_file

    if isinstance(payload, dict):
        return {name: _without_files(value) for name, value in payload.items()}
    if isinstance(payload, list):
        return [_without_files(value) for value in payload]
    return "" if is_file(payload) else payload


def _as_it_is(payload: object) -> object:
    return payload


def _single(payload: object) -> object:
    """Return a body that validators can judge; ``UNSET`` for bytes and streams."""
    return payload if isinstance(payload, _SINGLE) else UNSET


Encode: TypeAlias = Callable[[object], Content]
Shown: TypeAlias = Callable[[object], object]


def _encoding(body: Body) -> tuple[Encode, Shown, str]:
    """Return how a body is encoded, what validators see of it, and its media type."""
    media_type = body.media_type
    essence = media_type.partition(";")[0].strip().lower()
    if essence in _JSON or essence.endswith("+json"):
        return encode_json, _as_it_is, media_type
    if essence == "application/x-www-form-urlencoded":
        return lambda payload: form(payload, body.parts), _as_it_is, media_type
    if essence == "multipart/form-data":
        from .multipart import Multipart, new_boundary

        boundary = new_boundary()
        return (
            lambda payload: Multipart.content_of(payload, body.parts, boundary),
            _without_files,
            f"{essence}; boundary={boundary}",
        )
    return _verbatim, _single, media_type


def form(payload: object, parts: Mapping[str, Part]) -> bytes:
    """Return an object as ``application/x-www-form-urlencoded``.

    Raises:
        TypeError: it is no object, or a style has no form for what it holds.
    """
    if not isinstance(payload, dict):
        raise TypeError(f"a form is made of an object, got {type(payload).__name__}")
    pairs: styles.Pairs = []
    for name, value in payload.items():
        pairs += _members(name, value, parts.get(name, _DEFAULT_PART))
    return "&".join([f"{name}={value}" for name, value in pairs]).encode()


def _members(name: str, value: object, part: Part) -> styles.Pairs:
    """Return the names and values that a member of a form becomes.

    Without a style each item of a list is written by itself, and whatever consists of
    others as JSON.
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
                else styles.text(item)
            ),
        )
        for item in items
    ]


def _verbatim(payload: object) -> Content:
    """Return texts and bytes as they are; files and iterables are streamed."""
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    if isinstance(payload, _SINGLE):
        return styles.text(payload).encode()
    from .files import AsyncPieces, Pieces, content_of, is_file

    if is_file(payload) and not isinstance(payload, tuple):
        return content_of(payload)
    if isinstance(payload, AsyncIterable):
        return AsyncPieces(payload)
    if isinstance(payload, Iterable) and not isinstance(payload, Mapping):
        return Pieces(payload)
    raise TypeError(
        "a body of this type is a text, bytes, a file, a path or pieces of bytes, "
        f"got {type(payload).__name__}"
    )

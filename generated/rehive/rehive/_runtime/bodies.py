"""From the caller's body to the bytes that are sent."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, cast

from msgspec import UNSET
from msgspec import json as _json

from . import styles
from .checks import load_check, violation
from .exchange import Content
from .operation import Body, Part
from .percent import quote_form, quote_form_name
from .wire import converter, merged, to_wire

if TYPE_CHECKING:
    from .validation import Violation

encode_json: Final = _json.Encoder(decimal_format="number").encode
_DEFAULT_PART: Final = Part()


class BodyPlan:
    """How the body of an operation is built, checked and encoded."""

    __slots__ = ("_body", "_check", "_convert", "content_type", "encode")

    def __init__(self, body: Body, validators: str) -> None:
        self._body = body
        self._convert = converter(body.type)
        self._check = load_check(validators, body.is_valid, body.violations)
        self.encode, self.content_type = _encoding(body)
        """Returns what is sent for a wire body; and its media type."""

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
            shown = payload
            if body.media_type.startswith("multipart/"):
                shown = _without_files(payload)
            if not check.is_valid(shown):
                wrong += check.violations(shown)
        return payload


def _says_nothing(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        member is UNSET for member in value.values()
    )


def _without_files(payload: object) -> object:
    from .multipart import is_file

    if isinstance(payload, dict):
        return {name: _without_files(value) for name, value in payload.items()}
    if isinstance(payload, list):
        return [_without_files(value) for value in payload]
    return "" if is_file(payload) else payload


Encode = Callable[[object], Content]


def _encoding(body: Body) -> tuple[Encode, str]:
    media_type = body.media_type
    essence = media_type.partition(";")[0].strip().lower()
    if essence == "application/json" or essence.endswith("+json"):
        return encode_json, media_type
    if essence == "application/x-www-form-urlencoded":
        return lambda payload: form(payload, body.parts), media_type
    if essence == "multipart/form-data":
        from .multipart import Multipart, new_boundary

        boundary = new_boundary()
        return (
            lambda payload: Multipart.content_of(payload, body.parts, boundary),
            f"{essence}; boundary={boundary}",
        )
    return _verbatim, media_type


def form(payload: object, parts: Mapping[str, Part]) -> bytes:
    """Return an object as ``application/x-www-form-urlencoded``."""
    if not isinstance(payload, dict):
        raise TypeError(f"a form is made of an object, got {type(payload).__name__}")
    pairs: styles.Pairs = []
    for name, value in payload.items():
        part = parts.get(name, _DEFAULT_PART)
        if "json" in part.content_type:
            pairs.append((quote_form(name), quote_form(encode_json(value).decode())))
            continue
        style = part.style or ("deepObject" if isinstance(value, dict) else "form")
        explode = style == "form" if part.explode is None else part.explode
        pairs += styles.pairs(name, value, style, explode, quote_form, quote_form_name)
    return "&".join([f"{name}={value}" for name, value in pairs]).encode()


def _verbatim(payload: object) -> Content:
    """Return texts and bytes as they are; files and iterables are streamed."""
    if isinstance(payload, str):
        return payload.encode()
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    if hasattr(payload, "read"):
        from .multipart import FileBody

        return FileBody(payload)
    if isinstance(payload, (Iterable, AsyncIterable)):
        return cast(Content, payload)
    wire = to_wire(None, payload)
    raise TypeError(f"a body of this type is bytes, text or a file, got {wire!r}")

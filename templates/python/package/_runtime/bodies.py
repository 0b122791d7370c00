"""From the caller's body to the bytes that are sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec import json as _json

from .checks import load_check, violation
from .operation import Body, BodyEncoder
from .pointers import Pointer, with_new_key
from .transport_types import Content
from .wire import converter, merged

if TYPE_CHECKING:
    from .validation import Violation

encode_json: Final = _json.Encoder(decimal_format="number").encode


class JsonEncoder:
    """Encodes a body as JSON."""

    __slots__ = ("content_type", "encode", "shown")

    def __init__(self, body: Body) -> None:
        self.content_type = body.media_type
        self.encode = encode_json
        self.shown = _unchanged


class BytesEncoder:
    """Sends bytes unchanged."""

    __slots__ = ("content_type",)

    def __init__(self, body: Body) -> None:
        self.content_type = body.media_type

    def encode(self, payload: object) -> Content:
        """Return the bytes.

        Raises:
            TypeError: it is something else.
        """
        if isinstance(payload, (bytes, bytearray, memoryview)):
            return bytes(payload)
        raise TypeError(f"expected bytes, got {type(payload).__name__}")

    def shown(self, payload: object) -> object:
        """Return nothing: bytes are not validated."""
        return UNSET


class BodyPlan:
    """How the body of an operation is built, checked and encoded."""

    __slots__ = (
        "_body",
        "_check",
        "_convert",
        "_key",
        "_shown",
        "content_type",
        "encode",
    )

    def __init__(self, body: Body, validators: str, key: Pointer | None) -> None:
        encode = JsonEncoder if body.encoder is None else body.encoder
        encoder: BodyEncoder | JsonEncoder = encode(body)
        self._body = body
        self._key = key
        is_sent_as_given = body.type is bytes and body.encoder is not None
        self._convert = None if is_sent_as_given else converter(body.type)
        self._check = load_check(validators, body.is_valid, body.violations)
        self._shown = None if type(encoder) is JsonEncoder else encoder.shown
        self.content_type = encoder.content_type
        self.encode = encoder.encode
        """Returns what is sent for a wire body."""

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
        if value is UNSET or (not body.required and _is_empty(value)):
            if not extra and self._key is None:
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
        if self._key is not None:
            payload = with_new_key(payload, self._key)
        check = self._check
        if check is not None:
            shown = payload if self._shown is None else self._shown(payload)
            if shown is not UNSET and not check.is_valid(shown):
                wrong += check.violations(shown)
        return payload


def _is_empty(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        member is UNSET for member in value.values()
    )


def _unchanged(payload: object) -> object:
    return payload

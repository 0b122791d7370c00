"""Base of the emitted models, and the types that JSON has no word for."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self, cast

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec import json as _json

from .choices import Choice
from .instants import UnixMilliseconds, UnixSeconds
from .wire import DecimalText, Text, as_it_came

SOURCE: Final = "_source"
"""Where a model keeps the reply that it came from: the body, the members that lead to
the value, and its index if that is a list. Nothing of it is read until someone asks."""

_exact: Final = _json.Decoder(float_hook=Decimal)
_encoder: Final = _json.Encoder(decimal_format="number")


class Model(Struct, kw_only=True, dict=True):
    """An object of the provider.

    A field that is absent is ``UNSET``; ``None`` is JSON null.
    """

    def to_dict(self) -> dict[str, object]:
        """Return the object as JSON types under wire names.

        Numbers that are Decimals stay so. What the contract does not know is included
        for an object that a method returned.
        """
        known = cast(dict[str, object], as_it_came(type(self), self))
        return cast(dict[str, object], _joined(known, self.unknown_fields))

    def to_json(self) -> bytes:
        """Return the object as JSON, with the same content as ``to_dict``."""
        return _encoder.encode(self.to_dict())

    @property
    def unknown_fields(self) -> dict[str, object]:
        """What the provider sent beside the contract, by wire name.

        Ask the object that a method returned: what objects within it carry stands
        below their names, a list of objects as a list. Empty for other objects.
        """
        raw = self.raw
        if not raw:
            return {}
        return cast(dict[str, object], _unknown(self, _exact.decode(raw)) or {})

    @property
    def raw(self) -> bytes:
        """JSON of this object as it came.

        Empty for an object that a method did not return.
        """
        source = self.__dict__.get(SOURCE)
        if source is None:
            return b""
        try:
            return _part(*source)
        except UnicodeDecodeError:
            # Bytes that are no text stood in a part that the model does not know.
            content, unwrap, index = source
            return _part(content.decode("utf-8", "replace").encode(), unwrap, index)


def _part(content: bytes, unwrap: tuple[str, ...], index: int | None) -> bytes:
    part = content
    part.decode()
    for name in unwrap:
        members = _json.decode(part, type=dict[str, Raw])
        if name not in members:
            break
        part = bytes(members[name])
    return part if index is None else bytes(_json.decode(part, type=list[Raw])[index])


def _unknown(known: object, sent: object) -> object:
    """Return what was sent beside what is known; None if that is nothing."""
    if isinstance(known, Struct) and isinstance(sent, dict):
        found: dict[str, object] = {}
        wires = dict(
            zip(known.__struct_encode_fields__, known.__struct_fields__, strict=True)
        )
        tag = known.__struct_config__.tag_field
        for wire, value in sent.items():
            if wire not in wires:
                if wire != tag:
                    found[wire] = value
                continue
            within = _unknown(getattr(known, wires[wire]), value)
            if within is not None:
                found[wire] = within
        return found or None
    if isinstance(known, list) and isinstance(sent, list):
        items = [_unknown(*pair) for pair in zip(known, sent, strict=False)]
        return [item or {} for item in items] if any(items) else None
    if isinstance(known, dict) and isinstance(sent, dict):
        entries = {key: _unknown(known.get(key), value) for key, value in sent.items()}
        return {key: value for key, value in entries.items() if value} or None
    return None


def _joined(known: object, unknown: object) -> object:
    if isinstance(known, dict) and isinstance(unknown, Mapping):
        for name, value in unknown.items():
            known[name] = _joined(known[name], value) if name in known else value
    elif isinstance(known, list) and isinstance(unknown, list):
        return [_joined(*pair) for pair in zip(known, unknown, strict=False)]
    return known


class OpenEnum(StrEnum):
    """Texts of which the provider may send more than the contract knows.

    An unknown one is a member like the others, equal to its text; it is just not
    listed.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member


__all__ = [
    "UNSET",
    "Choice",
    "DecimalText",
    "Model",
    "OpenEnum",
    "Text",
    "UnixMilliseconds",
    "UnixSeconds",
    "UnsetType",
]

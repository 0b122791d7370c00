"""Base classes of the generated models."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self, cast

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec import json as _json

from .wire import DecimalText, Text, as_it_came

SOURCE: Final = "_source"
"""Key of the response that a model was decoded from: the body, the members that enclose
the value, and its index in a list. None of it is decoded before it is asked for."""

_exact: Final = _json.Decoder(float_hook=Decimal)
_encoder: Final = _json.Encoder(decimal_format="number")


class Model(Struct, kw_only=True, dict=True):
    """An object of the provider.

    A field that is absent is ``UNSET``; ``None`` is JSON null.
    """

    def to_dict(self) -> dict[str, object]:
        """Return the object as JSON types under wire names.

        Decimals stay Decimals. Unknown fields are included if a method returned the
        object.
        """
        known = cast(dict[str, object], as_it_came(type(self), self))
        return cast(dict[str, object], _joined(known, self.unknown_fields))

    def to_json(self) -> bytes:
        """Return the object as JSON, with the same content as ``to_dict``."""
        return _encoder.encode(self.to_dict())

    @property
    def unknown_fields(self) -> dict[str, object]:
        """Fields that the provider sent and the contract does not know, by wire name.

        Those of nested objects are below the name of the object, those of a list of
        objects in a list. Empty for an object that no method returned.
        """
        raw = self.raw
        if not raw:
            return {}
        return cast(dict[str, object], _unknown(self, _exact.decode(raw)) or {})

    @property
    def raw(self) -> bytes:
        """JSON of this object as received; empty if no method returned the object."""
        source = self.__dict__.get(SOURCE)
        if source is None:
            return b""
        try:
            return _part(*source)
        except UnicodeDecodeError:
            # Only an unknown field can hold bytes that are not UTF-8.
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
    """Return what was sent beyond what is known; None if that is nothing."""
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
    """Strings of which the provider may send more than the contract knows.

    An unknown value becomes a member that is equal to its string but is not listed.
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
    "DecimalText",
    "Model",
    "OpenEnum",
    "Text",
    "UnsetType",
]

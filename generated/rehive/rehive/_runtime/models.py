"""Base classes of the generated models."""

from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, Final, Literal, Protocol, Self, cast

from msgspec import UNSET, Struct, UnsetType, ValidationError
from msgspec import json as _json

from .conversion import ADDITIONAL, DecimalText, Text, converted, tolerant
from .sources import SOURCE, Source, held, prepare, source_of, unknown_members
from .wire import as_it_came

_exact: Final = _json.Decoder(float_hook=Decimal)
_encoder: Final = _json.Encoder(decimal_format="number")


class Model(Struct, kw_only=True, dict=True):
    """An object of the provider.

    A field that is absent is ``UNSET``; ``None`` is JSON null.
    """

    _is_closed: ClassVar[bool] = False

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return the object that a dict under wire names describes.

        Values may be JSON types or Python values, as ``to_dict`` returns them.

        Raises:
            ValueError: it is not such an object.
        """
        return cls.from_json(_encoder.encode(as_it_came(None, data)))

    @classmethod
    def from_json(cls, text: bytes | str) -> Self:
        """Return the object that JSON describes.

        Raises:
            ValueError: it is not JSON, or not such an object.
        """
        content = text.encode() if isinstance(text, str) else bytes(text)
        data = _exact.decode(content)
        try:
            found = cast(Self, converted(data, cls))
        except ValidationError:
            found = cast(Self, tolerant(data, cls))
        prepare(cls)
        vars(found)[SOURCE] = Source(content)
        return found

    def to_dict(self, mode: Literal["json", "python"] = "json") -> dict[str, object]:
        """Return the object as a dict under wire names, with its unknown fields.

        Args:
            mode: ``json`` for JSON types, with a ``Decimal`` as text of all its digits;
                ``python`` for Python values, such as ``Decimal`` and ``datetime``.
        """
        if mode == "python":
            return cast(dict[str, object], _python(self))
        return cast(dict[str, object], _texts(as_it_came(type(self), self)))

    def to_json(self) -> bytes:
        """Return the object as JSON, with its unknown fields and all digits of numbers."""
        return _encoder.encode(as_it_came(type(self), self))

    @property
    def unknown_fields(self) -> dict[str, object]:
        """Fields that the provider sent and the contract does not know, by wire name.

        Those of nested objects are below the name of the object, those of a list of
        objects in a list. Empty for an object that the caller made.
        """
        return cast(dict[str, object], _unknown(self) or {})

    @property
    def raw(self) -> bytes:
        """JSON of this object as received; empty for an object that the caller made."""
        source = source_of(self)
        return b"" if source is None else source.text

    def __eq__(self, other: object) -> bool:
        _give_parts(self)
        if isinstance(other, Model):
            _give_parts(other)
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # a model can be changed

    def __copy__(self) -> Self:
        _give_parts(self)
        copied = cast(Self, cast(Any, super()).__copy__())
        vars(copied).update(vars(self))
        return copied

    def __replace__(self, **changes: object) -> Self:
        """Return a copy with some fields changed, as ``copy.replace`` does."""
        known = type(self).__struct_fields__
        for name in changes:
            if name not in known:
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
        copied = self.__copy__()
        for name, value in changes.items():
            setattr(copied, name, value)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        _give_parts(self)
        source = source_of(self)
        state = None if source is None else source.text
        return (*super().__reduce__()[:2], state)

    def __setstate__(self, text: bytes) -> None:
        source = Source(text)
        prepare(type(self))
        source.given.update(type(self).__struct_fields__)
        vars(self)[SOURCE] = source

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in _set_fields(self))
        return f"{type(self).__name__}({', '.join(fields)})"

    def _repr_pretty_(self, printer: "Printer", cycle: bool) -> None:
        """Print in a notebook: a field a line, where they do not fit on one."""
        name = type(self).__name__
        if cycle:
            printer.text(f"{name}(...)")
            return
        with printer.group(4, f"{name}(", ")"):
            for index, (field, value) in enumerate(_set_fields(self)):
                if index:
                    printer.text(",")
                    printer.breakable()
                else:
                    printer.breakable("")
                printer.text(f"{field}=")
                printer.pretty(value)


class ClosedModel(Model, kw_only=True):
    """An object of which the contract lists all fields: no others are sent."""

    _is_closed: ClassVar[bool] = True


class Printer(Protocol):
    """The pretty printer of IPython, as far as it is used."""

    def text(self, text: str) -> None: ...
    def breakable(self, sep: str = " ") -> None: ...
    def pretty(self, value: object) -> None: ...
    def group(self, indent: int, opening: str, closing: str) -> Any: ...


def _set_fields(model: Model) -> list[tuple[str, object]]:
    """Return the names and values of the fields that are not absent."""
    pairs = ((name, getattr(model, name)) for name in model.__struct_fields__)
    return [(name, value) for name, value in pairs if value is not UNSET]


def _give_parts(model: Model) -> None:
    """Give the models within a model their parts of what it was decoded from."""
    for _ in held(model):
        pass


def _unknown(value: object) -> object:
    """Return what a value has beyond what the contract knows; None if that is nothing."""
    if isinstance(value, Model):
        found = unknown_members(value)
        for wire, inner in held(value):
            within = _unknown(inner)
            if within is not None and wire == ADDITIONAL:
                found |= cast(dict[str, object], within)
            elif within is not None:
                found[wire] = within
        return found or None
    if isinstance(value, list):
        items = [_unknown(item) for item in value]
        return [item or {} for item in items] if any(items) else None
    if isinstance(value, dict):
        entries = {key: _unknown(item) for key, item in value.items()}
        return {key: item for key, item in entries.items() if item} or None
    return None


def _python(value: object) -> object:
    """Return a value with models as dicts of Python values under wire names."""
    if isinstance(value, Model):
        found: dict[str, object] = {}
        kind = type(value)
        wires = dict(
            zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
        )
        for name, member in _set_fields(value):
            if wires[name] == ADDITIONAL:
                found |= cast(dict[str, object], _python(member))
            else:
                found[wires[name]] = _python(member)
        return {**unknown_members(value), **found}
    if isinstance(value, list):
        return [_python(item) for item in value]
    if isinstance(value, dict):
        return {name: _python(member) for name, member in value.items()}
    return value


def _texts(value: object) -> object:
    """Return JSON with its Decimals as texts."""
    if isinstance(value, dict):
        return {name: _texts(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return format(value, "f") if isinstance(value, Decimal) else value


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


class OpenIntEnum(IntEnum):
    """Integers of which the provider may send more than the contract knows.

    An unknown value becomes a member that is equal to its integer but is not listed.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not int:
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member


__all__ = [
    "UNSET",
    "ClosedModel",
    "DecimalText",
    "Model",
    "OpenEnum",
    "OpenIntEnum",
    "Text",
    "UnsetType",
]

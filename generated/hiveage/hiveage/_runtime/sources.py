"""The JSON that models were decoded from: each model knows its own part of a response.

A method gives the response to the model that it returns. A model within it gets its part
when it is first read from the field that holds it, and nothing is decoded before it is
asked for. So decoding itself is left to msgspec.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias, cast, get_args, get_origin

from msgspec import Raw, Struct
from msgspec import json as _json
from msgspec.structs import fields as struct_fields

from .conversion import ADDITIONAL, WireType, converted, tolerant

SOURCE: Final = "_source"
"""Key, among the attributes of a model, of what it was decoded from."""

_exact: Final = _json.Decoder(float_hook=Decimal)

Step: TypeAlias = str | int


class Source:
    """The JSON of a value within a response."""

    __slots__ = ("_holder", "_members", "_steps", "given")

    def __init__(
        self, holder: "bytes | Source", steps: tuple[Step, ...] | None = None
    ) -> None:
        """Keep what leads to the JSON.

        Args:
            holder: A whole body, or the JSON of what holds the value.
            steps: Lead from the holder to the value; None: the holder is its JSON.
        """
        self._holder = holder
        self._steps = steps
        self._members: Mapping[Step, Raw] | None = None
        self.given: set[str] = set()
        """Fields whose models have got their parts."""

    @property
    def text(self) -> bytes:
        """Return the JSON."""
        holder, steps = self._holder, self._steps
        if steps is None:
            return cast(bytes, holder)
        if isinstance(holder, Source):
            (step,) = steps
            text = holder.member(step)
        else:
            text = _unwrapped(holder, steps)
        self._holder, self._steps = text, None
        return text

    def members(self) -> Mapping[Step, Raw]:
        """Return the JSON of the members of an object, or of the items of an array."""
        found = self._members
        if found is None:
            decoded = _json.decode(self.text, type=dict[str, Raw] | list[Raw])
            pairs = enumerate(decoded) if isinstance(decoded, list) else decoded.items()
            found = self._members = dict(pairs)
        return found

    def member(self, step: Step) -> bytes:
        """Return the JSON of a member or an item."""
        return bytes(self.members()[step])


def _unwrapped(body: bytes, steps: tuple[Step, ...]) -> bytes:
    """Return the JSON that members lead to; a value that comes bare is all of it."""
    try:
        body.decode()
    except UnicodeDecodeError:
        # Only an unknown field can hold bytes that are not UTF-8.
        body = body.decode("utf-8", "replace").encode()
    source = Source(body)
    for step in steps:
        if step not in source.members():
            break
        source = Source(source.member(step))
    return source.text


def source_of(model: Struct) -> Source | None:
    """Return what a model was decoded from; None if the caller made it."""
    attributes = vars(model)
    found = attributes.get(SOURCE)
    if type(found) is tuple:
        holder, steps = found
        found = attributes[SOURCE] = Source(holder, steps)
    return cast(Source | None, found)


def attach(value: object, body: bytes, steps: tuple[str, ...]) -> None:
    """Tell the models that a method returns what they were decoded from."""
    if isinstance(value, Struct):
        prepare(type(value))
        vars(value)[SOURCE] = (body, steps)
    elif isinstance(value, (list, dict)) and value:
        _give(value, Source(body, steps))


def _give(value: object, source: Source) -> None:
    """Tell the models in a list or a map which part of it they were decoded from."""
    last: type | None = None
    pairs = (
        value.items() if isinstance(value, dict) else enumerate(cast(list[Any], value))
    )
    for step, item in pairs:
        if isinstance(item, (list, dict)):
            _give(item, Source(source, (step,)))
        elif isinstance(item, Struct):
            kind = type(item)
            if kind is not last:
                prepare(kind)
                last = kind
            vars(item).setdefault(SOURCE, (source, (step,)))


class Holder:
    """A field that holds models: they get their parts when it is first read."""

    __slots__ = ("_name", "_slot", "_wire")

    def __init__(self, name: str, wire: str, slot: Any) -> None:
        self._name = name
        self._wire = wire
        self._slot = slot

    def __get__(self, model: Struct | None, owner: type | None = None) -> object:
        if model is None:
            return self
        value = self._slot.__get__(model, owner)
        if SOURCE in model.__dict__:
            source = cast(Source, source_of(model))
            if self._name not in source.given:
                source.given.add(self._name)
                self._first(model, value, source)
                return self._slot.__get__(model, owner)
        return value

    def __set__(self, model: Struct, value: object) -> None:
        self.__get__(model)
        self._slot.__set__(model, value)

    def __delete__(self, model: Struct) -> None:
        self.__get__(model)
        self._slot.__delete__(model)

    def _first(self, model: Struct, value: object, source: Source) -> None:
        if isinstance(value, Struct):
            prepare(type(value))
            vars(value).setdefault(SOURCE, (source, (self._wire,)))
        elif isinstance(value, (list, dict)) and value:
            _give(value, Source(source, (self._wire,)))


class AdditionalMembers(Holder):
    """The field with the members that the contract describes without naming them."""

    __slots__ = ("_kind",)

    def __init__(self, name: str, wire: str, slot: Any, kind: object) -> None:
        super().__init__(name, wire, slot)
        self._kind = kind

    def _first(self, model: Struct, value: object, source: Source) -> None:
        members = source.members()
        found = {
            name: _read(_exact.decode(members[name]), self._kind)
            for name in _unknown_names(model, source)
        }
        self._slot.__set__(model, found)
        _give(found, source)


def _read(value: object, kind: object) -> object:
    """Return a member as a type; what does not fit stays as it was sent."""
    for convert in (converted, tolerant):
        try:
            return convert(value, kind)
        except (ValueError, OverflowError):
            continue
    return value


@cache
def prepare(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    """Make the fields of a model that hold models give them their parts.

    Returns their names, with those on the wire.
    """
    found: list[tuple[str, str]] = []
    for field in struct_fields(kind):
        name, wire = field.name, field.encode_name
        if wire != ADDITIONAL and not holds_models(field.type):
            continue
        found.append((name, wire))
        slot = getattr(kind, name)
        if isinstance(slot, Holder):
            continue
        holder = Holder(name, wire, slot)
        if wire == ADDITIONAL:
            holder = AdditionalMembers(name, wire, slot, get_args(field.type)[1])
        setattr(kind, name, holder)
    return tuple(found)


def holds_models(kind: Any) -> bool:
    """Return whether values of a type may be models or hold some."""
    if get_origin(kind) is not None:
        return any(map(holds_models, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, WireType):
        return hasattr(kind, "members")
    return is_model(kind)


def is_model(kind: Any) -> bool:
    """Return whether a type is a model, which has room for what it was decoded from."""
    return (
        isinstance(kind, type)
        and issubclass(kind, Struct)
        and bool(kind.__struct_config__.dict)
    )


def held(model: Struct) -> Iterator[tuple[str, object]]:
    """Yield the wire names and values of the fields that hold models."""
    for name, wire in prepare(type(model)):
        yield wire, getattr(model, name)


def _unknown_names(model: Struct, source: Source) -> list[str]:
    kind = type(model)
    known = {*kind.__struct_encode_fields__, kind.__struct_config__.tag_field}
    return [str(name) for name in source.members() if name not in known]


def unknown_members(model: Struct) -> dict[str, object]:
    """Return the members of a model's own JSON that the contract does not know."""
    source = source_of(model)
    if source is None or ADDITIONAL in type(model).__struct_encode_fields__:
        return {}
    members = source.members()
    return {
        name: _exact.decode(members[name]) for name in _unknown_names(model, source)
    }

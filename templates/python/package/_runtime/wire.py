"""From Python values to what goes on the wire.

The wire form of a value consists of dicts, lists, strings, numbers (``Decimal`` where
digits count), booleans and None, under wire names. How a type is converted is determined
once, with the first value of that type. A value of the wrong type passes through
unchanged, so that validation reports it with all other violations; only what could
not be detected later is refused here: binary floats for money, datetimes without a
timezone, NaN and infinities.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Final,
    Literal,
    NoReturn,
    Union,
    cast,
    get_args,
    get_origin,
)
from uuid import UUID

from msgspec import NODEFAULT, UNSET, Struct, UnsetType, to_builtins
from msgspec.structs import FieldInfo
from msgspec.structs import fields as struct_fields

from .conversion import (
    ADDITIONAL,
    Convert,
    RawObject,
    Text,
    WireType,
    WireTypeError,
)
from .sources import SOURCE, unknown_members


def to_wire(kind: object, value: object) -> object:
    """Return the wire form of a value of a type; None stands for any type."""
    convert = converter(kind)
    return value if convert is None else convert(value)


_came: Final = ContextVar("came", default=False)


def as_it_came(kind: object, value: object) -> object:
    """Return the wire form of a value that the provider sent.

    An instant without its timezone, which is refused in a request, stays without.
    """
    token = _came.set(True)
    try:
        return to_wire(kind, value)
    finally:
        _came.reset(token)


@cache
def converter(kind: object) -> Convert | None:
    """Return the function that converts values of a type; None: they stay unchanged."""
    origin = get_origin(kind)
    if origin is None:
        return _plain_converter(kind)
    if origin is Annotated:
        inner, *marks = get_args(kind)
        if inner is Decimal and any(isinstance(mark, Text) for mark in marks):
            return _decimal_text
        return converter(inner)
    if origin is Union or origin is UnionType:
        return union_converter(get_args(kind))
    if origin is Literal:
        return None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_converter(converter(get_args(kind)[1]))
    if isinstance(origin, type) and issubclass(origin, (Sequence, set, frozenset)):
        return _sequence_converter(converter(get_args(kind)[0]))
    return converter(origin)


def _plain_converter(kind: object) -> Convert | None:
    if not isinstance(kind, type):
        return _anything
    if issubclass(kind, Struct):
        return _StructConverter(kind)
    if issubclass(kind, WireType):
        return kind.wire_converter()
    if issubclass(kind, Enum):
        return _enum
    if kind is bytes:
        return _base64
    return _PLAIN.get(kind, _anything)


# Single values


def text(value: object) -> str:
    """Return a single wire value as text; null is empty.

    Raises:
        WireTypeError: it is a list or an object.
    """
    if type(value) is str:
        return value
    if type(value) is int:
        return repr(value)
    if value is None or value is UNSET:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return value.decode()
    raise WireTypeError(f"expected a single value, got {kind_of(value)}")


def kind_of(value: object) -> str:
    """Return what a wire value is, in words."""
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else type(value).__name__


def _decimal(value: object) -> object:
    if isinstance(value, float):
        _refuse_float(value)
    if isinstance(value, Decimal) and not value.is_finite():
        raise WireTypeError(f"{value} is not a number that JSON can represent")
    return value


def _decimal_text(value: object) -> object:
    if isinstance(value, float):
        _refuse_float(value)
    if isinstance(value, Decimal):
        return format(cast(Decimal, _decimal(value)), "f")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _refuse_float(value: float) -> NoReturn:
    raise WireTypeError(
        f"a float cannot hold money exactly, got {value!r}; pass Decimal('{value!r}')"
    )


def _float(value: object) -> object:
    if isinstance(value, float) and value - value != 0:
        raise WireTypeError(f"{value!r} is not a number that JSON can represent")
    return value


def _integer(value: object) -> object:
    # A fraction is left to the validator; a whole float would pass it.
    if isinstance(value, float) and value.is_integer():
        raise WireTypeError(f"expected an integer, got {value!r}; pass {int(value)}")
    return value


def _base64(value: object) -> object:
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    return value


def _uuid(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def _enum(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _datetime(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    offset = value.utcoffset()
    if offset is None:
        if _came.get():
            return value.isoformat()
        _refuse_naive(value)
    whole_minutes = not offset.seconds % 60 and not offset.microseconds
    if whole_minutes and type(value) is datetime:
        return to_builtins(value)
    return _rfc3339(value)


def aware(value: datetime) -> datetime:
    """Return a datetime that has a timezone.

    Raises:
        WireTypeError: it has none.
    """
    if value.utcoffset() is None:
        _refuse_naive(value)
    return value


def _rfc3339(value: datetime) -> str:
    written = value.isoformat()
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written


def _refuse_naive(value: datetime) -> NoReturn:
    raise WireTypeError(
        f"needs a timezone, got {value!r}; add tzinfo=timezone.utc or the right one"
    )


def _date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def _time(value: object) -> object:
    return value.isoformat() if isinstance(value, time) else value


def _anything(value: object) -> object:
    if value is None or isinstance(value, (str, bool, int)):
        return _enum(value)
    convert = _PLAIN.get(type(value), _anything)
    if convert is not _anything:
        return value if convert is None else convert(value)
    if isinstance(value, (Struct, WireType)):
        return to_wire(type(value), value)
    if isinstance(value, Mapping):
        return {key: _anything(item) for key, item in value.items()}
    if isinstance(value, tuple) and _is_named_file(value):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_anything(item) for item in value]
    return _datetime(_enum(value))


def _is_named_file(value: tuple[object, ...]) -> bool:
    """Return whether a tuple is a file of a multipart body: name, content, media type."""
    return len(value) in (2, 3) and (
        isinstance(value[1], (bytes, bytearray)) or hasattr(value[1], "read")
    )


_PLAIN: Final[dict[type, Convert | None]] = {
    str: None,
    int: _integer,
    bool: None,
    bytes: None,
    type(None): None,
    UnsetType: None,
    float: _float,
    Decimal: _decimal,
    datetime: _datetime,
    date: _date,
    time: _time,
    UUID: _uuid,
}


_UNCHANGED: Final[dict[Convert, type]] = {_integer: int, _enum: str, _datetime: str}
"""Types of values that a conversion leaves as they are."""

# Values made of values


def _sequence_converter(convert: Convert | None) -> Convert:
    def sequence(value: object) -> object:
        if not isinstance(value, (list, tuple, set, frozenset)) and (
            isinstance(value, (str, bytes)) or not isinstance(value, Sequence)
        ):
            return value
        if convert is None:
            return list(value)
        try:
            return [convert(item) for item in value]
        except WireTypeError:
            pass  # again, to name the item
        index = 0
        items: list[object] = [None] * len(value)
        try:
            for index, item in enumerate(value):
                items[index] = convert(item)
        except WireTypeError as error:
            raise error.within(f"[{index}]") from None
        return items

    return sequence


def _mapping_converter(convert: Convert | None) -> Convert:
    def mapping(value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        if convert is None:
            return dict(value)
        items: dict[object, object] = {}
        for key, item in value.items():
            try:
                items[key] = convert(item)
            except WireTypeError as error:
                raise error.within(f"[{key!r}]") from None
        return items

    return mapping


def union_converter(kinds: tuple[object, ...]) -> Convert | None:
    """Return the function that converts values of one of several types."""
    nullable = type(None) in kinds
    kinds = tuple(kind for kind in kinds if kind not in (type(None), UnsetType))
    if len(kinds) == 1:
        convert = converter(kinds[0])
        if convert is None or not nullable:
            return convert
        return lambda value: None if value is None else convert(value)
    by_type = {_plain_type(kind): kind for kind in reversed(kinds)}
    refuses_floats = Decimal in by_type and float not in by_type

    def union(value: object) -> object:
        if refuses_floats and isinstance(value, float):
            _refuse_float(value)
        kind = by_type.get(type(value))
        if kind is not None:
            return to_wire(kind, value)
        refused: list[WireTypeError] = []
        for kind in _kinds_of(value, kinds):
            try:
                return to_wire(kind, value)
            except WireTypeError as error:
                refused.append(error)
        if refused:
            raise refused[0]
        return _anything(value)

    return union


def _plain_type(kind: object) -> object:
    """Return the class of a type whose values need no closer look; else the type."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return inner if inner in _PLAIN or not isinstance(inner, type) else kind


def _kinds_of(value: object, kinds: tuple[object, ...]) -> Sequence[object]:
    """Return which of several types a value may be of; none: it is of no type.

    They are more than one only where a mapping fits several models alike: then what it
    holds decides.
    """
    if isinstance(value, RawObject):
        return ()
    structs = [
        kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Struct)
    ]
    closest: list[type[Struct]] = []
    if structs and isinstance(value, Mapping):
        closest, distance = _closest(structs, cast(Mapping[str, object], value))
        if not any(distance):
            return closest
    for kind in kinds:
        if _is_of(value, kind):
            return (kind,)
    return closest


def _is_of(value: object, kind: object) -> bool:
    """Return whether a value is of a type, or a mapping of the names of its fields."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _is_of(value, get_args(kind)[0])
    if origin is Literal:
        return value in get_args(kind)
    if origin is Union or origin is UnionType:
        return any(_is_of(value, inner) for inner in get_args(kind))
    if origin is dict:
        inner = get_args(kind)[1]
        return isinstance(value, Mapping) and all(
            _is_of(member, inner) for member in value.values()
        )
    if origin is list:
        (inner,) = get_args(kind)
        return isinstance(value, (list, tuple)) and all(
            _is_of(item, inner) for item in value
        )
    if not isinstance(kind, type):
        return False
    if issubclass(kind, Struct) and isinstance(value, Mapping):
        return not any(_distance(kind, value))
    if isinstance(value, int) and kind is not object:
        return kind in ((bool,) if isinstance(value, bool) else (int, float, Decimal))
    return isinstance(value, kind)


def _closest(
    structs: list[type[Struct]], given: Mapping[str, object]
) -> tuple[list[type[Struct]], tuple[int, int]]:
    """Return the structs that a mapping fits best, and how far it is from fitting."""
    shared = _shared_names(tuple(structs))
    distances = [_distance(struct, given, shared) for struct in structs]
    least = min(distances)
    pairs = zip(structs, distances, strict=True)
    return [struct for struct, distance in pairs if distance == least], least


@cache
def _shared_names(structs: tuple[type[Struct], ...]) -> frozenset[str]:
    """Return the names of fields that several structs have."""
    names = Counter(name for struct in structs for name in struct.__struct_fields__)
    return frozenset(name for name, count in names.items() if count > 1)


def _distance(
    struct: type[Struct], given: Mapping[str, object], shared: Collection[str] = ()
) -> tuple[int, int]:
    """Return how far a mapping is from fitting a struct.

    Args:
        struct: The struct.
        given: The mapping, by the names of fields.
        shared: Names of fields whose constants tell structs apart.

    Returns:
        How many of the shared fields have another constant, and how many of the others
        have one, are strange or missing.
    """
    known = struct_fields(struct)
    contradicted = {
        field.name
        for field in known
        if field.name in given and not _may_be(given[field.name], field.type)
    }
    telling = len(contradicted.intersection(shared))
    strange = given.keys() - {field.name for field in known}
    missing = {field.name for field in known if field.required} - given.keys()
    rest = len(contradicted) - telling
    return telling, 2 * len(strange) + len(missing) + rest


def _may_be(value: object, kind: object) -> bool:
    """Return whether a value can be of a type as far as its constants say."""
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    kinds = tuple(inner for inner in kinds if inner not in (UnsetType, type(None)))
    constants = [inner for inner in kinds if get_origin(inner) is Literal]
    if len(constants) < len(kinds) or value is None or value is UNSET:
        return True
    return any(value in get_args(inner) for inner in constants)


class _StructConverter:
    """Converts a model, or a mapping of its Python names."""

    __slots__ = ("_additional", "_defaults", "_fields", "_is_closed", "_struct", "_tag")

    def __init__(self, struct: type[Struct]) -> None:
        self._struct = struct
        self._additional = ""  # the field with members that have no name
        self._is_closed = getattr(struct, "_is_closed", False)
        self._tag: tuple[str, object] | None = None
        config = struct.__struct_config__
        if config.tag is not None and config.tag_field is not None:
            self._tag = (config.tag_field, config.tag)
        self._fields: dict[str, tuple[str, Convert | None, type | None]] = {}
        self._defaults: list[tuple[str, object]] = []

    def _prepare(self) -> None:
        """Read the fields; done with the first value, since a model may contain itself."""
        known: dict[str, tuple[str, Convert | None, type | None]] = {}
        defaults: list[tuple[str, object]] = []
        sent: Mapping[str, object] = getattr(self._struct, "_sent", {})
        for field in struct_fields(self._struct):
            convert = converter(field.type)
            same = _UNCHANGED.get(convert) if convert else None
            known[field.name] = field.encode_name, convert, same
            if field.encode_name == ADDITIONAL:
                self._additional = field.name
                continue
            default = sent.get(field.name, _default(field))
            if default is not UNSET:
                wired = to_wire(field.type, default)
                defaults.append((field.encode_name, wired))
        self._defaults = defaults
        self._fields = known

    def __call__(self, value: object) -> object:
        fields = self._fields
        if not fields:
            self._prepare()
            fields = self._fields
        given: Mapping[str, object]
        unknown: Mapping[str, object] | None = None
        if type(value) is dict:
            given = value
        elif isinstance(value, Struct):
            if type(value) is not self._struct:
                return to_wire(type(value), value)
            given = {name: getattr(value, name) for name in value.__struct_fields__}
            if SOURCE in value.__dict__ and (_came.get() or not self._is_closed):
                unknown = unknown_members(value)
        elif isinstance(value, Mapping):
            given = value
        else:
            return value
        payload: dict[str, object] = {}
        if self._tag is not None:
            payload[self._tag[0]] = self._tag[1]
        name = ""
        try:
            for name, item in given.items():
                if item is not UNSET:
                    wire, convert, same = fields[name]
                    if convert is None or type(item) is same:
                        payload[wire] = item
                    else:
                        payload[wire] = convert(item)
        except WireTypeError as error:
            raise error.within(name) from None
        except KeyError:
            if name in fields:
                raise
            if not self._additional:
                raise self._unknown(name) from None
            return self(self._sorted(given))
        if self._defaults and not _came.get():
            for wire, default in self._defaults:
                if wire not in payload:
                    payload[wire] = default
        if self._additional:
            self._add_members(payload)
        return {**unknown, **payload} if unknown else payload

    def _sorted(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return a mapping whose members without a field are in the field for them."""
        found = {name: value for name, value in given.items() if name in self._fields}
        others = {
            name: value for name, value in given.items() if name not in self._fields
        }
        stated = found.get(self._additional, {})
        found[self._additional] = {**cast(Mapping[str, object], stated), **others}
        return found

    def _add_members(self, payload: dict[str, object]) -> None:
        """Put members that have no field of their own beside those that have one."""
        members = payload.pop(ADDITIONAL, {})
        if not isinstance(members, Mapping):
            raise WireTypeError("expected a mapping of names to values").within(
                self._additional
            )
        known = {wire: name for name, (wire, *_) in self._fields.items()}
        for wire, value in members.items():
            if wire in known:
                raise WireTypeError(
                    f"pass {wire!r} as the field {known[wire]!r}"
                ).within(self._additional)
            payload[wire] = value

    def _unknown(self, name: str) -> WireTypeError:
        for python, (wire, *_) in self._fields.items():
            if name == wire:
                return WireTypeError(
                    f"{self._struct.__name__} has the field {name!r} as {python!r}"
                )
        from difflib import get_close_matches

        close = get_close_matches(str(name), self._fields, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return WireTypeError(f"{self._struct.__name__} has no field {name!r}{hint}")


def _default(field: FieldInfo) -> object:
    if field.default is not NODEFAULT:
        return field.default
    if field.default_factory is not NODEFAULT:
        return cast(Callable[[], object], field.default_factory)()
    return UNSET


def merged(payload: object, extra: Mapping[str, object]) -> object:
    """Return a wire body with members added, objects within objects included."""
    if not isinstance(payload, Mapping):
        raise WireTypeError(
            f"extra_body cannot be added to a body that is {kind_of(payload)}"
        )
    result = dict(payload)
    for name, value in extra.items():
        inner = result.get(name)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            result[name] = merged(inner, value)
        else:
            result[name] = _anything(value)
    return result

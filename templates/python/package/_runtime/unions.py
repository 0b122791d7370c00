"""Values that are one of several types, which JSON alone does not tell apart."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import fields as struct_fields

from .conversion import (
    ADDITIONAL,
    Convert,
    RawObject,
    Text,
    WireType,
    WireTypeError,
    converted,
    is_whole,
    tolerant,
)
from .wire import to_wire, union_converter

T = TypeVar("T")
Described: TypeAlias = T | Callable[[], T]
"""A part of a choice, or a function that returns it."""

_NONE: Final[Mapping[str, Any]] = {}


def _described(part: Described[T]) -> Callable[[], T]:
    return cache(part) if callable(part) else lambda: part


class ChoiceType(type):
    """Type of the choices; whatever one of them decoded to counts as its instance."""

    def __instancecheck__(cls, value: object) -> bool:
        return True


class Choice(WireType, metaclass=ChoiceType):
    """One of several types: ``class Source(Choice, members=(Card, Bank))``.

    Decoding returns an instance of a member: the one that the discriminator names, else
    the one whose constants, required fields and other fields fit best. What fits none is
    returned as decoded JSON.
    """

    single: ClassVar["staticmethod[[], tuple[Any, ...]]"]
    composites: ClassVar["staticmethod[[], tuple[Any, ...]] | None"]
    tag: ClassVar[str] = ""
    mapping: ClassVar["staticmethod[[], Mapping[str, Any]]"]
    names: ClassVar["staticmethod[[], Mapping[str, Any]]"]

    def __init_subclass__(
        cls,
        *,
        members: Described[tuple[Any, ...]] = (),
        composites: Callable[[], tuple[Any, ...]] | None = None,
        tag: str = "",
        mapping: Described[Mapping[str, Any]] = _NONE,
        names: Described[Mapping[str, Any]] = _NONE,
    ) -> None:
        """Describe the choice.

        A function is called when what it returns is first needed: then all types are
        defined, and only then their modules are loaded.

        Args:
            members: The types.
            composites: Returns further types, of which only objects and arrays are.
            tag: Member of the JSON object that names the type.
            mapping: Values of the tag that the contract lists, and what they name.
            names: Values that follow from the names of schemas alone.
        """
        super().__init_subclass__()
        cls.single = staticmethod(_described(members))
        cls.composites = staticmethod(cache(composites)) if composites else None
        cls.tag = tag
        cls.mapping = staticmethod(_described(mapping))
        cls.names = staticmethod(_described(names))

    @classmethod
    def members(cls) -> tuple[Any, ...]:
        """Return the types."""
        return (*cls.single(), *cls.composites()) if cls.composites else cls.single()

    @classmethod
    def _members_of(cls, value: object) -> tuple[Any, ...]:
        """Return the types that a JSON value may be of."""
        return cls.members() if isinstance(value, (dict, list)) else cls.single()

    @classmethod
    def wire_converter(cls) -> Convert | None:
        def convert(value: object) -> object:
            if isinstance(value, RawObject):
                return to_wire(None, value)
            named = cls.given(value) if isinstance(value, Mapping) else None
            if named:
                return to_wire(named, value)
            # The members may contain this choice: they are looked up with a value.
            try:
                sent = _member_converter(cls)(value)
            except WireTypeError:
                if not (isinstance(value, Mapping) and cls._has_tag(value)):
                    raise
                return to_wire(None, value)  # the validator says that no member fits
            if cls.tag and isinstance(value, Mapping) and isinstance(sent, dict):
                return cls._without_tag(value, sent)
            return sent

        return convert

    @classmethod
    def from_wire(cls, value: object) -> object:
        named = cls.named(value)
        if named is not None:
            try:
                return converted(value, named)
            except ValueError:
                pass
        fits = _best_first([*_fits(cls, value)], value)
        for convert in (converted, tolerant):
            for fit in fits:
                try:
                    found = convert(value, fit.kind)
                    # What was read as a map is no model when it is sent again.
                    return RawObject(found) if type(found) is dict else found
                except (ValueError, OverflowError):
                    continue
        return RawObject(value) if isinstance(value, dict) else value

    @classmethod
    def named(cls, value: object) -> Any:
        """Return the type that the tag of an object names; None if it names none."""
        if not cls.tag or not isinstance(value, dict):
            return None
        name = _tag_text(value.get(cls.tag))
        return cls.mapping().get(name) or cls.names().get(name)

    @classmethod
    def _has_tag(cls, value: Mapping[Any, object]) -> bool:
        """Return whether a caller gives the tag, which then names no member."""
        names = {_tag_field(cls.tag, kind) for kind in _flat(cls)} - {""}
        return not names.isdisjoint(value)

    @classmethod
    def _without_tag(
        cls, value: Mapping[Any, object], sent: dict[str, object]
    ) -> dict[str, object]:
        """Return a wire object without a tag that is only the default of some member."""
        names = _names_of_tag(cls)
        if not names or not names.isdisjoint(value):
            return sent
        return {wire: member for wire, member in sent.items() if wire != cls.tag}

    @classmethod
    def given(cls, value: Mapping[Any, object]) -> Any:
        """Return the type that the tag names among a caller's names of fields."""
        for name, kind in (*cls.mapping().items(), *cls.names().items()):
            field = _tag_field(cls.tag, kind)
            if field in value and _tag_text(value[field]) == name:
                return kind
        choices = (kind for kind in cls.members() if _is_choice(kind))
        return next(filter(None, (choice.given(value) for choice in choices)), None)


if TYPE_CHECKING:
    from typing import Union as OneOf
else:

    class OneOf:
        """A choice without a name: ``OneOf[UUID, str]``."""

        def __class_getitem__(cls, members: tuple[Any, ...]) -> type[Choice]:
            return _unnamed(members)


@cache
def _unnamed(members: tuple[Any, ...]) -> type[Choice]:
    return cast(type[Choice], ChoiceType("OneOf", (Choice,), {}, members=members))


@cache
def _member_converter(choice: type[Choice]) -> Convert:
    return union_converter(tuple(_flat(choice))) or (lambda value: value)


@cache
def _tag_field(tag: str, kind: Any) -> str:
    """Return the field of a model that is the tag; empty if it has none."""
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return ""
    wires = zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
    return dict(wires).get(tag, "")


@cache
def _names_of_tag(choice: type[Choice]) -> frozenset[str]:
    """Return the names that callers may give a tag by; none if it is a constant."""
    models = [kind for kind in _flat(choice) if _tag_field(choice.tag, kind)]
    if any(choice.tag in _shape(kind).constants for kind in models):
        return frozenset()
    return frozenset((choice.tag, *(_tag_field(choice.tag, kind) for kind in models)))


def _flat(kind: Any) -> Iterator[Any]:
    """Yield the members of a choice or a union, and those of choices among them."""
    if _is_choice(kind):
        for member in kind.members():
            yield from _flat(member)
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _flat(member)
    else:
        yield kind


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Choice)


def _may_be_composite(kind: Any) -> bool:
    """Return whether a type is a choice with objects, or a union with such a choice."""
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return any(_is_choice(kind) and kind.composites is not None for kind in kinds)


# How well a value fits

Rank: TypeAlias = tuple[int, ...]
"""How badly a value fits a type; less is better."""


class Fit(NamedTuple):
    """A type that a value may be of."""

    rank: Rank
    kind: Any


class Shape(NamedTuple):
    """What distinguishes the objects of a model."""

    types: Mapping[str, Any]
    """Types of the members that the contract names."""
    required: frozenset[str]
    constants: Mapping[str, tuple[object, ...]]
    known: Mapping[str, frozenset[object]]
    """Values of enums that the contract lists."""
    takes_others: bool
    """Whether the contract gives a type to members that it does not name."""
    others: Any
    """That type."""


_NAMED, _MODEL, _MAP, _INVENTED, _LAST, _LOSSY = range(6)
"""Kinds of fits, best first.

An invented one lacks constants, which decoding adds; a lossy one has no room for members
that were sent.
"""

_UNFIT: Rank = (_LOSSY + 1,)
"""The rank of an item that fits nothing."""


def _fits(kind: Any, value: object) -> Iterator[Fit]:
    """Yield the single types within a type that a value may be of."""
    if _is_choice(kind):
        named = kind.named(value)
        if named is not None:
            yield Fit((_NAMED,), named)
            return
        excluded = set(kind.mapping().values()) if _has(value, kind.tag) else set()
        for member in kind._members_of(value):
            if member not in excluded:
                yield from _fits(member, value)
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _fits(member, value)
    else:
        rank = _rank(kind, value)
        if rank is not None:
            yield Fit(rank, kind)


def _has(value: object, tag: str) -> bool:
    return bool(tag) and isinstance(value, dict) and tag in value


def _tag_text(value: object) -> str:
    """Return the value of a tag as a mapping writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _rank(kind: Any, value: object) -> Rank | None:
    """Return how badly a value fits a single type; None if it cannot be of the type."""
    if kind is object:
        return (_LAST, 0)
    if isinstance(value, dict):
        return _rank_of_object(kind, value)
    if isinstance(value, list):
        return _rank_of_list(kind, value)
    order = _rank_of_scalar(kind, value)
    return None if order is None else (order,)


def _rank_of_list(kind: Any, items: list[object]) -> Rank | None:
    """Return how badly the item fits that fits worst."""
    if get_origin(kind) is not list:
        return None
    (item_kind,) = get_args(kind)
    ranks = (
        min((fit.rank for fit in _fits(item_kind, item)), default=_UNFIT)
        for item in items
    )
    return (0, *max(ranks, default=()))


def _rank_of_object(kind: Any, value: dict[str, object]) -> Rank | None:
    if get_origin(kind) is dict:
        return (_MAP,)
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return None
    shape = _shape(kind)
    sent = value.keys()
    declared = len(sent & shape.types.keys())
    others = len(sent) - declared
    if others and not (declared or shape.takes_others):
        return None
    matched = contradicted = 0
    for wire, constants in shape.constants.items():
        if wire in value:
            if not _is_among(value[wire], constants):
                return None
            matched += 1
    for wire, listed in shape.known.items():
        if isinstance(value.get(wire, ()), (str, int, NoneType)):
            is_listed = value[wire] in listed
            matched += is_listed
            contradicted += not is_listed
    missing = len(shape.required - sent)
    unknown = 0 if shape.takes_others else others
    absent = len(shape.types) - declared
    fit = _MODEL
    if unknown and getattr(kind, "_is_closed", False):
        fit = _LOSSY
    elif not sent >= shape.required & shape.constants.keys():
        fit = _INVENTED
    return (fit, contradicted, -matched, missing, unknown, absent)


def _best_first(fits: list[Fit], value: object) -> list[Fit]:
    """Sort the types that a value may be of by how badly it fits."""
    return sorted(fits, key=_Order(value).key) if len(fits) > 1 else fits


Count: TypeAlias = tuple[int, int]
"""Members that would be lost, and members that a type does not know but keeps."""


class _Order:
    """Compares how badly a value fits types, with all that it holds."""

    def __init__(self, value: object) -> None:
        self._value = value
        self._counted: dict[tuple[Any, int], Count] = {}

    def key(self, fit: Fit) -> tuple[bool, Rank, int]:
        """Return what sorts the types that the value may be of, best first."""
        return self._key(fit, self._value)

    def _key(self, fit: Fit, value: object) -> tuple[bool, Rank, int]:
        lost, unknown = self._strangers(fit.kind, value)
        return lost > 0, fit.rank, unknown

    def _strangers(self, kind: Any, value: object) -> Count:
        """Return how many members a single type has no field for, at any depth."""
        if not isinstance(value, (dict, list)):
            return 0, 0
        key = kind, id(value)
        if key not in self._counted:
            self._counted[key] = self._count(kind, value)
        return self._counted[key]

    def _count(self, kind: Any, value: dict[str, object] | list[object]) -> Count:
        lost = unknown = 0
        parts: list[tuple[Any, object]] = []
        if isinstance(value, list):
            if get_origin(kind) is list:
                parts = [(get_args(kind)[0], item) for item in value]
        elif get_origin(kind) is dict:
            parts = [(get_args(kind)[1], member) for member in value.values()]
        elif isinstance(kind, type) and issubclass(kind, Struct):
            shape = _shape(kind)
            for name, member in value.items():
                if name in shape.types:
                    parts.append((shape.types[name], member))
                elif shape.takes_others and shape.others is not object:
                    parts.append((shape.others, member))
                elif getattr(kind, "_is_closed", False):
                    lost += 1
                else:
                    unknown += 1
        for inner, part in parts:
            fits = [*_fits(inner, part)]
            if not fits:
                unknown += 1
                continue
            best = min(fits, key=lambda fit: self._key(fit, part))
            within = self._strangers(best.kind, part)
            lost += within[0]
            unknown += within[1]
        return lost, unknown


def _is_among(value: object, constants: tuple[object, ...]) -> bool:
    """Return whether a value is a constant; as in JSON, 1 is not true but is 1.0."""
    return any(
        value == constant and isinstance(value, bool) == isinstance(constant, bool)
        for constant in constants
    )


@cache
def _shape(kind: type[Struct]) -> Shape:
    everything = struct_fields(kind)
    fields = [field for field in everything if field.encode_name != ADDITIONAL]
    others = [field.type for field in everything if field.encode_name == ADDITIONAL]
    types: dict[str, Any] = {field.encode_name: field.type for field in fields}
    constants: dict[str, tuple[object, ...]] = {}
    known: dict[str, frozenset[object]] = {}
    for field in fields:
        if _may_be_composite(field.type):
            continue  # neither constants nor an enum
        given = [type_ for type_ in _flat(field.type) if type_ is not UnsetType]
        listed = [type_ for type_ in given if type_ is not NoneType]
        null = (None,) if len(listed) < len(given) else ()
        if all(get_origin(type_) is Literal for type_ in listed):
            values = [value for type_ in listed for value in get_args(type_)]
            constants[field.encode_name] = (*values, *null)
        elif all(
            isinstance(type_, type) and issubclass(type_, Enum) for type_ in listed
        ):
            members = [member.value for type_ in listed for member in type_]
            known[field.encode_name] = frozenset((*members, *null))
    tag = kind.__struct_config__.tag_field
    if tag is not None:
        types[tag] = object
        constants[tag] = (kind.__struct_config__.tag,)
    return Shape(
        types,
        # A field with a default is required too: decoding would invent what was not sent.
        frozenset(field.encode_name for field in fields if field.default is not UNSET),
        constants,
        known,
        takes_others=bool(others),
        others=get_args(others[0])[1] if others else None,
    )


_NARROW, _NUMERIC, _TEXT, _BYTES, _UNLISTED = range(1, 6)
"""Order in which types of single values are tried, after constants."""

_OF_TEXT: Mapping[object, int] = {
    date: _NARROW,
    datetime: _NARROW,
    UUID: _NARROW,
    str: _TEXT,
    bytes: _BYTES,
}


def _is_integer(value: object) -> bool:
    """Return whether a JSON value is an integer, which may be written ``1.0``."""
    is_int = isinstance(value, int) and not isinstance(value, bool)
    return is_int or (isinstance(value, Decimal) and is_whole(value))


_OF_INTEGERS: Mapping[object, int] = {int: 1, Decimal: 2, float: 3}
_OF_FRACTIONS: Mapping[object, int] = {Decimal: 1, float: 2}


def _rank_of_scalar(kind: Any, value: object) -> int | None:
    origin = get_origin(kind)
    if origin is Literal:
        return 0 if _is_among(value, get_args(kind)) else None
    is_text = isinstance(value, str)
    if origin is Annotated:
        inner, *marks = get_args(kind)
        if any(isinstance(mark, Text) for mark in marks):
            return _NUMERIC if is_text else None
        return _rank_of_scalar(inner, value)
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Enum):
        is_of_kind = is_text if issubclass(kind, str) else _is_integer(value)
        if not is_of_kind:
            return None
        return 0 if any(member.value == value for member in kind) else _UNLISTED
    if is_text:
        return _OF_TEXT.get(kind)
    if value is None or isinstance(value, bool):
        return 1 if kind is (NoneType if value is None else bool) else None
    if issubclass(kind, WireType):
        return 1
    if isinstance(value, Decimal) and not is_whole(value):
        return _OF_FRACTIONS.get(kind)
    return _OF_INTEGERS.get(kind)


__all__ = ["Choice", "ChoiceType", "Fit", "OneOf"]

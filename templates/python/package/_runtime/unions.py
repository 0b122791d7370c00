"""Values that are one of several types, which JSON alone does not tell apart."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias, cast

import msgspec
from msgspec import UNSET, Struct, ValidationError

from .wire import Convert, WireType, union_converter

DecHook: TypeAlias = Callable[[type, Any], Any]


class ChoiceType(type):
    """Type of the choices; whatever one of them decoded to counts as its instance."""

    def __instancecheck__(cls, value: object) -> bool:
        return True


class Choice(WireType, metaclass=ChoiceType):
    """One of several types: ``class Source(Choice, members=(Card, Bank))``.

    Decoding returns an instance of a member: the one that the discriminator names, else
    the one whose fields fit best.
    """

    members: ClassVar[tuple[Any, ...]] = ()
    tag: ClassVar[str] = ""
    mapping: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(
        cls,
        *,
        members: tuple[Any, ...] = (),
        tag: str = "",
        mapping: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init_subclass__()
        cls.members = members
        cls.tag = tag
        cls.mapping = mapping or {}

    @classmethod
    def wire_converter(cls) -> Convert | None:
        return union_converter(cls.members)

    @classmethod
    def from_wire(cls, value: object, dec_hook: DecHook) -> object:
        members: list[Any] = list(cls.members)
        if cls.tag and isinstance(value, dict):
            named = cls.mapping.get(cast(str, value.get(cls.tag)))
            if named is not None:
                members = [named]
        if isinstance(value, dict):
            members.sort(key=lambda member: _distance(member, value))
        problems: list[str] = []
        for member in members:
            try:
                return cast(object, msgspec.convert(value, member, dec_hook=dec_hook))
            except ValidationError as error:
                problems.append(str(error))
        raise ValueError(f"matches no member of {cls.__name__}: {'; '.join(problems)}")


def _distance(member: Any, value: dict[str, object]) -> int:
    """Return how badly an object fits a member; the order of members breaks ties."""
    if not (isinstance(member, type) and issubclass(member, Struct)):
        return 1_000_000
    fields = msgspec.structs.fields(member)
    known = {field.encode_name for field in fields}
    # A field with a default is required too: decoding would invent what was not sent.
    missing = sum(
        field.encode_name not in value and field.default is not UNSET
        for field in fields
    )
    return 1_000 * missing + len(value.keys() - known)

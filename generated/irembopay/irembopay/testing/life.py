"""What operations do to the things that the provider keeps, as data.

A *resource* is a kind of thing (invoices), an *item* one of them, a *record* what a
fake keeps of it.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from .._runtime.operation import ContractInfo, Operation
from .._runtime.pointers import Expression, Pointer

Act: TypeAlias = Literal[
    "create", "retrieve", "list", "update", "replace", "delete", "transition"
]
SHOWING: Final[tuple[Act, ...]] = (
    *("retrieve", "create", "update", "replace", "transition", "list"),
)
"""Acts whose replies show an item, those that show most of it first."""

Clock: TypeAlias = Literal["date-time", "date", "unix-s", "unix-ms"]
"""How a time is written."""


class Resource(Struct, frozen=True):
    """A kind of thing that the provider keeps."""

    identity: tuple[Pointer, ...]
    """What names an item, within the item; the provider makes up the first."""

    is_created: bool = True
    """Whether an operation creates items; otherwise every name is that of an item."""

    created: Mapping[str, Clock] = {}
    """Members that hold when an item was created."""

    changed: Mapping[str, Clock] = {}
    """Members that hold when an item was last changed."""


class Life(Struct, frozen=True):
    """What one operation does to an item."""

    resource: str
    """Name of the resource."""

    act: Act
    """What it does."""

    item: Expression | None = None
    """Where a request names the item."""

    at: Pointer = ()
    """Where a reply has the item, or the list of items."""

    sets: Mapping[str, object] = {}
    """Members of the item that the operation sets, and their values."""

    since: Mapping[str, tuple[object, ...]] = {}
    """Members of the item, and the values with which the provider allows the call."""

    unique: tuple[Pointer, ...] = ()
    """Members of the request that no two items may share."""

    refused: str = ""
    """Provider's code if ``since`` or ``unique`` does not hold; empty: it has none."""


class Event(Struct, frozen=True):
    """What a webhook reports."""

    resource: str
    """Name of the resource."""

    at: Pointer = ()
    """Where the message has the item."""

    when: Mapping[str, object] = {}
    """Members of an item that make the provider send it, and their values."""


class Window(Struct, frozen=True):
    """The items of a list that a response has."""

    start: int
    """How many items are before them."""

    end: int
    """The same for the first item that comes after them."""

    at: Pointer = ()
    """Where the body says how the list continues; empty: it does not."""

    next: object = None
    """What it says there."""

    link: str = ""
    """What the header ``Link`` says of it; empty: there is none."""


class Knowledge(Struct, frozen=True, eq=False):
    """All that a fake knows of its provider."""

    contract: ContractInfo
    """What holds for all operations."""

    operations: Callable[[], tuple[Operation[Any], ...]]
    """Returns every operation."""

    resources: Mapping[str, Resource]
    """Resources by name."""

    lives: Mapping[str, Life]
    """What operations do, by the name of their method."""

    codes: Mapping[str, int] = {}
    """Status of the provider's codes."""

    window: Callable[..., Window] | None = None
    """Returns the items of a page; None: the provider returns lists whole."""

    events: Mapping[str, Event] = {}
    """What webhooks report, by the name of the method that reads them."""


def operations_of(module: ModuleType) -> tuple[Operation[Any], ...]:
    """Return the operations that a module defines, or that its own modules do."""
    names = getattr(module, "__all__", [*vars(module)])
    found = (getattr(module, name) for name in names)
    return tuple(each for each in found if isinstance(each, Operation))

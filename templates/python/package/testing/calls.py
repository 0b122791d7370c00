"""The calls that a fake received, and what tests say of them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import overload

from msgspec import UNSET, Struct
from msgspec.structs import fields

from .._runtime.operation import Operation
from .._runtime.validation import Violation


class FakeCall(Struct, frozen=True):
    """A call that a fake received, without its secrets."""

    operation: str
    """Name of its method: ``invoices.create``; empty if the contract has none."""

    method: str
    """HTTP method."""

    path: str
    """Path, percent-encoded."""

    arguments: Mapping[str, object]
    """Parameters and members of the body, as the method is given them, in wire form."""

    body: object
    """Wire body; ``UNSET`` if there was none."""

    status: int
    """Status of the answer, even if it was lost."""

    violations: tuple[Violation, ...] = ()
    """What the contract does not allow."""

    note: str = ""
    """Why the answer is not that of success: a fault or a stub that the test asked for, or
    what the provider found wrong."""

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        note = f" ({self.note})" if self.note else ""
        called = f"{self.operation}({given})" if self.operation else ""
        called = called or f"{self.method} {self.path}"
        wrong = "".join(f"\n    {each}" for each in self.violations)
        return f"{called} -> {self.status}{note}{wrong}"


class Calls(Sequence[FakeCall]):
    """Calls, in the order in which they were received."""

    def __init__(self, calls: Sequence[FakeCall] = ()) -> None:
        self._calls = [*calls]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[FakeCall]:
        return iter(self._calls)

    @overload
    def __getitem__(self, index: int) -> FakeCall: ...
    @overload
    def __getitem__(self, index: slice) -> "Calls": ...
    def __getitem__(self, index: int | slice) -> "FakeCall | Calls":
        if isinstance(index, slice):
            return Calls(self._calls[index])
        return self._calls[index]

    def __repr__(self) -> str:
        return "\n".join(map(str, self._calls)) or "no calls"

    def add(self, call: FakeCall) -> None:
        """Add a call."""
        self._calls.append(call)

    def of(self, operation: str, /, **arguments: object) -> "Calls":
        """Return the calls of a method with these arguments, whatever their others."""
        return Calls(
            [
                call
                for call in self._calls
                if call.operation == operation and not _differences(call, arguments)
            ]
        )

    def assert_one(self, operation: str, /, **arguments: object) -> FakeCall:
        """Return the only call of a method with these arguments.

        Raises:
            AssertionError: there is none, or there are several; it shows the calls of the
                method, and where they differ.
        """
        return self.assert_count(1, operation, **arguments)[0]

    def assert_count(
        self, count: int, operation: str, /, **arguments: object
    ) -> "Calls":
        """Return the calls of a method with these arguments, if there are as many.

        Raises:
            AssertionError: there are more or fewer.
        """
        found = self.of(operation, **arguments)
        if len(found) == count:
            return found
        wanted = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        asked = f"{count} of {operation}({wanted})"
        lines = [f"expected {asked}, got {len(found)} of {len(self)} calls:"]
        for call in self._calls:
            lines.append(f"  {call}")
            if call.operation == operation:
                lines += [f"    {each}" for each in _differences(call, arguments)]
        raise AssertionError("\n".join(lines))


def _differences(call: FakeCall, wanted: Mapping[str, object]) -> list[str]:
    """Return where a call has other arguments than those that are wanted."""
    found: list[str] = []
    for name, value in wanted.items():
        given = call.arguments.get(name, UNSET)
        found += _unequal(name, given, value)
    return found


def _unequal(name: str, given: object, wanted: object) -> list[str]:
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        return [
            line
            for key in {**wanted, **given}
            for line in _unequal(
                f"{name}.{key}", given.get(key, UNSET), wanted.get(key, UNSET)
            )
        ]
    if isinstance(given, list) and isinstance(wanted, list):
        if len(given) != len(wanted):
            return [f"{name}: {len(given)} items, expected {len(wanted)}"]
        pairs = zip(given, wanted, strict=True)
        return [
            line
            for index, pair in enumerate(pairs)
            for line in _unequal(f"{name}[{index}]", *pair)
        ]
    if given == wanted or _is_same_text(given, wanted):
        return []
    shown = "absent" if given is UNSET else repr(given)
    expected = "absent" if wanted is UNSET else repr(wanted)
    return [f"{name}: {shown}, expected {expected}"]


def _is_same_text(given: object, wanted: object) -> bool:
    """Whether a text on the wire says what a test expects: a number, an enum, a date."""
    if not isinstance(given, str) or isinstance(wanted, str):
        return False
    if isinstance(wanted, (int, Decimal)):
        return given == str(wanted)
    return given in (str(wanted), str(getattr(wanted, "value", given + "-")))


def arguments_of(
    operation: Operation[object], arguments: Mapping[str, object], payload: object
) -> dict[str, object]:
    """Return what a call was given: parameters, and members of the body.

    Members have their Python names where the body's model has these.
    """
    body = operation.body
    for name in body.wrap if body is not None else ():
        payload = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(payload, dict):
        return dict(arguments)
    names = wire_names(operation)
    members = {
        names.get(str(name), str(name)): value for name, value in payload.items()
    }
    return {**members, **arguments}


def wire_names(operation: Operation[object]) -> Mapping[str, str]:
    """Return the Python names of the members of a request, by wire name."""
    kind = None if operation.body is None else operation.body.type
    is_model = isinstance(kind, type) and issubclass(kind, Struct)
    return _python_names(kind) if is_model else {}


@cache
def _python_names(model: type[Struct]) -> Mapping[str, str]:
    """Return the Python names of a model's fields, by wire name."""
    return {each.encode_name: each.name for each in fields(model)}

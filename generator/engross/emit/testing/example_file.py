"""The payloads that a contract shows, as one JSON file that tests and people can read."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Final, TypeAlias

from engross.contract.ir import Example, Operation, OperationId, Webhooks
from engross.contract.media_types import is_json
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.source import Location
from engross.source.pointer import Pointer

WIDTH = 88

_STEP: Final = 2
"""Spaces that each level of JSON is indented further."""

_ABOVE_EXAMPLES: Final = 3
"""Levels of the file: methods, kinds of examples, and names or statuses."""

_ANY_METHOD: Final = "*"
"""In place of a method: how those fail of which nothing else is said."""

_Nested: TypeAlias = "dict[str, object] | list[object] | tuple[object, ...]"
_NESTED: Final = (dict, list, tuple)

_LONG: Final = 150
"""Characters from which a value is written once only."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply example under the name that tests call it by."""

    method: str
    status: str
    name: str
    value: object
    documented: bool

    @property
    def label(self) -> tuple[str, str, str]:
        """Arguments of `reply_example`."""
        return self.method, self.status, self.name


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """All examples of a contract; a failure that several operations share stands with the first."""

    operations: tuple[Operation, ...]
    names: PythonNames
    webhooks: Webhooks | None = None
    is_dense: bool = False
    """Whether an example is on one line however long it is."""
    shared: dict[tuple[Location, str, str], Shown] = field(default_factory=dict)
    by_operation: dict[OperationId, list[tuple[str, Shown]]] = field(
        default_factory=dict
    )
    """Statuses and examples of replies, by the ids of operations."""

    @classmethod
    def of(
        cls,
        operations: Iterable[Operation],
        names: PythonNames,
        webhooks: Webhooks | None = None,
        *,
        is_dense: bool = False,
    ) -> ExampleFile:
        """The examples of these operations and webhooks."""
        example_file = cls(tuple(operations), names, webhooks, is_dense)
        for operation in example_file.operations:
            found = example_file.by_operation[operation.id] = []
            for status, example in _json_replies(operation):
                key = _key(operation, status, example)
                shown = Shown(
                    names.method(operation),
                    status,
                    example.name,
                    example.value,
                    example.documented,
                )
                found.append((status, example_file.shared.setdefault(key, shown)))
        return example_file

    def replies(self, operation: Operation) -> list[tuple[str, Shown]]:
        """Examples of an operation's replies: the status here, and where they stand."""
        return self.by_operation.get(operation.id, [])

    def reply(self, operation: Operation, status: str) -> Shown | None:
        """The first example of a reply with a status, a documented one where there is one."""
        found = [shown for at, shown in self.replies(operation) if at == status]
        return next((each for each in found if each.documented), (*found, None)[0])

    def _failures(self, operation: Operation) -> Iterator[tuple[str, object]]:
        """What a fake needs to fail: a validator for each status, and a body if none is shown."""
        shown = {
            status: example.value
            for status, example in operation.reply_examples
            if not example.documented
        }
        method = self.names.method(operation)
        for status, elsewhere in self.replies(operation):
            if elsewhere.method != method:
                shown.setdefault(status, elsewhere.value)
        for reply in operation.failures:
            status = reply.status.upper() if "x" in reply.status else reply.status
            entry: dict[str, object] = {}
            if reply.schema is not None and is_json(reply.media_type or ""):
                entry["check"] = self.names.reply_validator(operation, reply)
                if reply.status in shown:
                    entry["body"] = shown[reply.status]
            yield status, entry

    def _common_failures(self) -> dict[str, object]:
        """How the first operation fails, if the file says that once for all others."""
        first = self.operations[:1] if self.is_dense else ()
        return {key: entry for each in first for key, entry in self._failures(each)}

    def text(self) -> str:
        """The file."""
        listed: dict[str, object] = {}
        common = self._common_failures()
        shown_by_method: dict[str, list[Shown]] = {}
        for shown in self.shared.values():
            shown_by_method.setdefault(shown.method, []).append(shown)
        if common:
            listed[_ANY_METHOD] = {"failures": common}
        for operation in self.operations:
            method = self.names.method(operation)
            entry: dict[str, object] = {}
            arguments = {
                self.names.argument(operation, each.id): each.example
                for each in operation.parameters
                if each.required and each.default is None
            }
            if arguments:
                entry["arguments"] = arguments
            if operation.request_examples:
                entry["requests"] = {
                    each.name: each.value for each in operation.request_examples
                }
            replies: dict[str, dict[str, object]] = {}
            for shown in shown_by_method.get(method, ()):
                replies.setdefault(shown.status, {})[shown.name] = shown.value
            if replies:
                entry["replies"] = replies
            failures = dict(self._failures(operation))
            if self.is_dense and failures == common:
                pass
            elif failures or common:
                entry["failures"] = failures
            listed[method] = entry
        if self.webhooks is not None:
            for webhook in self.webhooks.members:
                examples = {each.name: each.value for each in webhook.examples}
                if examples:
                    reader = self.names.reader(webhook)
                    listed[reader] = {"requests": examples}
        levels = _ABOVE_EXAMPLES if self.is_dense else None
        return f"{json_text(_with_references(listed), levels=levels)}\n"


def _json_replies(operation: Operation) -> Iterator[tuple[str, Example]]:
    """Examples of JSON replies; failures only as the contract shows them."""
    replies = {each.status: each for each in operation.replies}
    successes = {each.status for each in operation.successes}
    for status, example in operation.reply_examples:
        kind = replies[status].media_type or ""
        if is_json(kind) and (example.documented or status in successes):
            yield status, example


def _key(
    operation: Operation, status: str, example: Example
) -> tuple[Location, str, str]:
    is_success = any(each.status == status for each in operation.successes)
    own = f"{operation.id} {status}" if is_success else status
    return example.at, example.name, own


# Each value once


def _with_references(listed: Mapping[str, object]) -> object:
    """Return examples in which a long value that was there before is a reference to it."""
    return _Referring().part(dict(listed), Pointer(()))


@dataclass(frozen=True, slots=True)
class _Referring:
    """Puts references in the place of long values that are in the file already.

    Attributes:
        numbers: equal values have the same number.
        counted: number and size of each value, by its identity.
        places: where the value with a number is written out.
    """

    numbers: dict[Hashable, int] = field(default_factory=dict)
    counted: dict[int, tuple[int, int]] = field(default_factory=dict)
    places: dict[int, Pointer] = field(default_factory=dict)

    def part(self, value: _Nested, at: Pointer) -> object:
        """Return the object or array at a place of the file."""
        number, size = self._counted(value)
        if size > _LONG and self._is_payload(at):
            first = self.places.setdefault(number, at)
            if first != at:
                return {"$ref": f"#{first}"}
        if isinstance(value, dict):
            return {
                name: (
                    self.part(member, at / str(name))
                    if isinstance(member, _NESTED)
                    else member
                )
                for name, member in value.items()
            }
        return [
            self.part(item, at / str(i)) if isinstance(item, _NESTED) else item
            for i, item in enumerate(value)
        ]

    def _is_payload(self, at: Pointer) -> bool:
        """Whether a place is in a payload, and not above it."""
        is_by_status = at.tokens[1:2] in (("replies",), ("failures",))
        return len(at.tokens) > (3 if is_by_status else 2)

    def _counted(self, value: object) -> tuple[int, int]:
        """Return the number of a value, and about as many characters as it has."""
        form: Hashable
        if not isinstance(value, _NESTED):
            written = repr(value)
            form = type(value), written
            return self.numbers.setdefault(form, len(self.numbers)), len(written)
        known = self.counted.get(id(value))
        if known is not None:
            return known
        size = 2
        numbers: list[Hashable] = []
        if isinstance(value, dict):
            for name, member in value.items():
                number, length = self._counted(member)
                numbers.append((name, number))
                size += len(str(name)) + 6 + length
            form = tuple(numbers)
        else:
            for item in value:
                number, length = self._counted(item)
                numbers.append(number)
                size += length + 2
            form = "list", tuple(numbers)
        found = self.numbers.setdefault(form, len(self.numbers)), size
        self.counted[id(value)] = found
        return found


# Text


def json_text(value: object, *, levels: int | None = None) -> str:
    """Return JSON with each digit kept, on one line where it fits.

    Args:
        value: what is written.
        levels: how many levels may be divided into lines; all by default.
    """
    widest = None if levels is None else levels * _STEP
    return _laid_out(value, 0, 0, {}, widest)


def _laid_out(
    value: object, indent: int, before: int, flat: dict[int, str], widest: int | None
) -> str:
    is_dense = widest is not None
    separators = (",", ":") if is_dense else (", ", ": ")
    line = _on_one_line(value, *separators, flat)
    if indent + before + len(line) < WIDTH or not value or indent == widest:
        return line
    deeper = indent + _STEP
    pad, inner = " " * indent, " " * deeper
    if isinstance(value, dict):
        members = []
        for key, member in value.items():
            name = f"{_string(str(key))}: "
            text = _laid_out(member, deeper, len(name), flat, widest)
            members.append(f"{inner}{name}{text}")
        return "{\n" + ",\n".join(members) + f"\n{pad}}}"
    if isinstance(value, _NESTED):
        items = [inner + _laid_out(item, deeper, 0, flat, widest) for item in value]
        return "[\n" + ",\n".join(items) + f"\n{pad}]"
    return line


def flat_json(value: object) -> str:
    """Return JSON on one line."""
    return _on_one_line(value, ", ", ": ", {})


def compact_json(value: object) -> str:
    """Return JSON without spaces."""
    return _on_one_line(value, ",", ":", {})


def _on_one_line(value: object, comma: str, colon: str, known: dict[int, str]) -> str:
    """Return JSON on one line; `known` keeps that of lists and objects by their ids."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, _NESTED):
        return json.dumps(value)
    found = known.get(id(value))
    if found is None:
        if isinstance(value, dict):
            members = [
                f"{_string(str(key))}{colon}{_on_one_line(member, comma, colon, known)}"
                for key, member in value.items()
            ]
            found = f"{{{comma.join(members)}}}"
        else:
            items = [_on_one_line(item, comma, colon, known) for item in value]
            found = f"[{comma.join(items)}]"
        known[id(value)] = found
    return found


def _string(text: str) -> str:
    quote = encode_basestring if _is_plain(text) else encode_basestring_ascii
    return quote(text)


def _is_plain(text: str) -> bool:
    """Whether a text can stand in a file as it is."""
    return text.isprintable()

"""The payloads that a contract shows, as one JSON file that tests and people can read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engross.contract.ir import Example, Operation, Webhooks
from engross.contract.operation import is_json
from engross.emit.naming import PythonNames
from engross.emit.operations import is_success
from engross.findings import Span

WIDTH = 88


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
class Catalogue:
    """All examples of a contract; a failure that several operations share stands with the first."""

    operations: tuple[Operation, ...]
    names: PythonNames
    webhooks: Webhooks | None = None
    shared: dict[tuple[Span, str, str], Shown] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        operations: Iterable[Operation],
        names: PythonNames,
        webhooks: Webhooks | None = None,
    ) -> Catalogue:
        """The examples of these operations and webhooks."""
        catalogue = cls(tuple(operations), names, webhooks)
        for operation in catalogue.operations:
            for status, example in _json_replies(operation):
                key = _key(operation, status, example)
                shown = Shown(
                    names.method(operation),
                    status,
                    example.name,
                    example.value,
                    example.documented,
                )
                catalogue.shared.setdefault(key, shown)
        return catalogue

    def replies(self, operation: Operation) -> Iterator[tuple[str, Shown]]:
        """Examples of an operation's replies: the status here, and where they stand."""
        for status, example in _json_replies(operation):
            yield status, self.shared[_key(operation, status, example)]

    def reply(self, operation: Operation, status: str) -> Shown | None:
        """The first example of a reply with a status, a documented one where there is one."""
        found = [shown for at, shown in self.replies(operation) if at == status]
        return next((each for each in found if each.documented), (*found, None)[0])

    def text(self) -> str:
        """The file."""
        listed: dict[str, object] = {}
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
            for shown in self.shared.values():
                if shown.method == method:
                    replies.setdefault(shown.status, {})[shown.name] = shown.value
            if replies:
                entry["replies"] = replies
            listed[method] = entry
        if self.webhooks is not None:
            for webhook in self.webhooks.members:
                examples = {each.name: each.value for each in webhook.examples}
                if examples:
                    reader = self.names.reader(webhook)
                    listed[reader] = {"requests": examples}
        return f"{json_text(listed)}\n"


def _json_replies(operation: Operation) -> Iterator[tuple[str, Example]]:
    """Examples of JSON replies; failures only as the contract shows them."""
    replies = {each.status: each for each in operation.replies}
    for status, example in operation.reply_examples:
        succeeds = is_success(replies[status], operation)
        kind = replies[status].media_type or ""
        if is_json(kind) and (example.documented or succeeds):
            yield status, example


def _key(operation: Operation, status: str, example: Example) -> tuple[Span, str, str]:
    is_shared = not status.startswith("2")
    own = status if is_shared else f"{operation.id} {status}"
    return example.span, example.name, own


def json_text(value: object, indent: int = 0, before: int = 0) -> str:
    """JSON with each digit kept, on one line where it fits."""
    flat = flat_json(value)
    if indent + before + len(flat) < WIDTH or not value:
        return flat
    pad, inner = " " * indent, " " * (indent + 2)
    if isinstance(value, Mapping):
        members = []
        for key, each in value.items():
            name = f"{flat_json(str(key))}: "
            members.append(f"{inner}{name}{json_text(each, indent + 2, len(name))}")
        return "{\n" + ",\n".join(members) + f"\n{pad}}}"
    if isinstance(value, list | tuple):
        items = [inner + json_text(each, indent + 2) for each in value]
        return "[\n" + ",\n".join(items) + f"\n{pad}]"
    return flat


def flat_json(value: object) -> str:
    """JSON on one line."""
    return _on_one_line(value, ", ", ": ")


def compact_json(value: object) -> str:
    """JSON without spaces."""
    return _on_one_line(value, ",", ":")


def _on_one_line(value: object, comma: str, colon: str) -> str:
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            members = (
                f"{_on_one_line(str(k), comma, colon)}{colon}{_on_one_line(v, comma, colon)}"
                for k, v in value.items()
            )
            return f"{{{comma.join(members)}}}"
        case list() | tuple():
            items = (_on_one_line(each, comma, colon) for each in value)
            return f"[{comma.join(items)}]"
        case str():
            return json.dumps(value, ensure_ascii=not _is_plain(value))
        case _:
            return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Whether a text can stand in a file as it is."""
    return text.isprintable()

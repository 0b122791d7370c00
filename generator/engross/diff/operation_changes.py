"""Changes of operations, webhooks and callbacks: what they take, and what they answer.

What a webhook sends is received by callers, and what it answers is sent by them: there
requests and responses change places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from engross.contract.index import (
    IndexedOperation,
    OperationKind,
    Parameter,
    mapping,
)
from engross.contract.ir import OperationId
from engross.contract.openapi import (
    EXPLODED,
    STYLES,
    URL_VARIABLE,
    ParameterLocation,
    is_success,
)
from engross.data import dataclass
from engross.diff.rules import Rating, Way
from engross.diff.schema_changes import Label, SchemaComparer
from engross.diff.sides import Side
from engross.findings import Span
from engross.source import Location, Value

_STYLE_KEYS: Final = ("style", "explode", "allowReserved")

_KINDS: Final = {
    OperationKind.CALL: "operation",
    OperationKind.WEBHOOK: "webhook",
    OperationKind.CALLBACK: "callback",
}


class Note(Protocol):
    """Notes one change."""

    def __call__(
        self,
        rule: str,
        place: str,
        message: str,
        before: Span | None,
        after: Span | None,
        *,
        detail: str = "",
        operations: Mapping[Way, tuple[str, ...]] | None = None,
        exceptions: Mapping[Way, Rating] | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Matched:
    """One operation in both contracts."""

    old: IndexedOperation
    new: IndexedOperation

    @property
    def label(self) -> str:
        """Return what people call it."""
        return label_of(self.new)

    @property
    def old_label(self) -> str:
        """Return what the old contract calls it, for fingerprints."""
        return label_of(self.old)


def label_of(operation: IndexedOperation) -> str:
    """Return what people call an operation: its operationId, or its method and path."""
    if operation.kind is not OperationKind.CALL:
        return f"{_KINDS[operation.kind]} {operation.path}"
    return operation.id or str(operation)


def matched_operations(
    old: Sequence[IndexedOperation], new: Sequence[IndexedOperation]
) -> tuple[list[Matched], list[IndexedOperation], list[IndexedOperation]]:
    """Pair the operations of two contracts; return those that have no counterpart too.

    An operation is known by its method and path, in which the names of variables have no
    meaning; else by its operationId.
    """
    left, right = list(old), list(new)
    pairs: list[Matched] = []
    for key_of in (_identity, _template, _operation_id):
        by_key: dict[object, list[IndexedOperation]] = {}
        for operation in right:
            by_key.setdefault(key_of(operation), []).append(operation)
        for operation in [*left]:
            key = key_of(operation)
            if key is not None and by_key.get(key):
                other = by_key[key].pop(0)
                left.remove(operation)
                right.remove(other)
                pairs.append(Matched(operation, other))
    order = {id(operation): index for index, operation in enumerate(old)}
    pairs.sort(key=lambda pair: order[id(pair.old)])
    return pairs, left, right


def _identity(operation: IndexedOperation) -> object:
    return operation.identity


def _template(operation: IndexedOperation) -> object:
    return OperationId(URL_VARIABLE.sub("{}", operation.path), operation.method)


def _operation_id(operation: IndexedOperation) -> object:
    return operation.id


class OperationComparer:
    """Compares the operations of one kind."""

    def __init__(
        self, old: Side, new: Side, schemas: SchemaComparer, note: Note
    ) -> None:
        self._old, self._new = old, new
        self._schemas = schemas
        self._note = note

    def run(self, kind: OperationKind) -> tuple[Matched, ...]:
        """Note the changes of all operations of a kind; return those in both contracts."""
        pairs, removed, added = matched_operations(
            _of_kind(self._old, kind), _of_kind(self._new, kind)
        )
        noun = _KINDS[kind]
        for operation in removed:
            label = label_of(operation)
            self._note(
                f"{noun}-removed",
                label,
                f"{_titled(operation)} is gone",
                self._old.span(operation.at, key=True),
                self._section(self._new, operation),
            )
        for operation in added:
            self._note(
                f"{noun}-added",
                label_of(operation),
                f"{_titled(operation)} is new",
                self._section(self._old, operation),
                self._new.span(operation.at, key=True),
            )
        for pair in pairs:
            self._compare(pair)
        return tuple(pairs)

    def _section(self, side: Side, operation: IndexedOperation) -> Span:
        """Return the place of a path in a contract that lacks an operation of it."""
        root = side.index.source.root
        section = "webhooks" if operation.kind is OperationKind.WEBHOOK else "paths"
        return side.nearest(root / section, operation.path)

    def _compare(self, pair: Matched) -> None:
        old, new = pair.old, pair.new
        sent = Way.REQUEST if new.kind is OperationKind.CALL else Way.RESPONSE
        received = Way.RESPONSE if sent is Way.REQUEST else Way.REQUEST
        here = self._old.span(old.at, key=True), self._new.span(new.at, key=True)
        if _template(old) != _template(new):
            message = f"{pair.label} is {new}, was {old}"
            self._note("operation-moved", pair.old_label, message, *here)
        if old.id != new.id and new.kind is OperationKind.CALL:
            message = f"the operationId of {new} is {new.id}, was {old.id}"
            self._note("operation-id-changed", str(old), message, *here)
        was, is_ = (bool(each.value.get("deprecated")) for each in (old, new))
        if was != is_:
            self._deprecation(pair.old_label, pair.label, here, is_deprecated=is_)
        self._parameters(pair, sent)
        self._request_body(pair, sent)
        self._responses(pair, received)

    def _deprecation(
        self,
        place: str,
        label: str,
        where: tuple[Span, Span],
        *,
        is_deprecated: bool,
    ) -> None:
        rule = "deprecated" if is_deprecated else "deprecation-withdrawn"
        what = "is deprecated" if is_deprecated else "is no longer deprecated"
        self._note(rule, place, f"{label} {what}", *where)

    # Parameters

    def _parameters(self, pair: Matched, way: Way) -> None:
        old = _by_place(pair.old.path, pair.old.parameters)
        new = _by_place(pair.new.path, pair.new.parameters)
        gone = {key: each for key, each in old.items() if key not in new}
        come = {key: each for key, each in new.items() if key not in old}
        one = {way: (pair.label,)}
        for key, was in old.items():
            if key in new:
                self._parameter(pair, was, new[key], way)
                continue
            moved = [
                (other, each) for other, each in come.items() if each.name == was.name
            ]
            if len(moved) == 1 and sum(g.name == was.name for g in gone.values()) == 1:
                ((other, is_),) = moved
                del come[other]
                message = (
                    f"{_parameter(is_)} of {pair.label} is in the {is_.location}, "
                    f"was in the {was.location}"
                )
                self._note(
                    "parameter-moved",
                    f"{pair.old_label} {was.location}:{was.name}",
                    message,
                    self._old.nearest(was.at, "in"),
                    self._new.nearest(is_.at, "in"),
                    operations=one,
                )
                self._parameter(pair, was, is_, way)
                continue
            self._note(
                "parameter-removed",
                f"{pair.old_label} {was.location}:{was.name}",
                f"{_parameter(was)} of {pair.label} is gone",
                self._old.span(was.at),
                self._new.nearest(pair.new.at, "parameters"),
                operations=one,
            )
        for is_ in come.values():
            required = bool(self._new.index.value(is_.at).get("required"))
            self._note(
                "required-parameter-added" if required else "parameter-added",
                f"{pair.old_label} {is_.location}:{is_.name}",
                f"{_parameter(is_)} of {pair.label} is new"
                f"{', and required' if required else ''}",
                self._old.nearest(pair.old.at, "parameters"),
                self._new.span(is_.at),
                operations=one,
            )

    def _parameter(
        self, pair: Matched, old: Parameter, new: Parameter, way: Way
    ) -> None:
        was, is_ = self._old.index.value(old.at), self._new.index.value(new.at)
        place = f"{pair.old_label} {old.location}:{old.name}"
        label = f"{_parameter(new)} of {pair.label}"
        one = {way: (pair.label,)}
        if bool(was.get("required")) != bool(is_.get("required")):
            required = bool(is_.get("required"))
            self._note(
                "parameter-required" if required else "parameter-optional",
                place,
                f"{label} is {'' if required else 'no longer '}required",
                self._old.nearest(old.at, "required"),
                self._new.nearest(new.at, "required"),
                operations=one,
            )
        if bool(was.get("deprecated")) != bool(is_.get("deprecated")):
            where = self._old.span(old.at), self._new.span(new.at)
            is_deprecated = bool(is_.get("deprecated"))
            self._deprecation(place, label, where, is_deprecated=is_deprecated)
        before, after = _style(old, was), _style(new, is_)
        if before != after and old.location is new.location:
            self._note(
                "parameter-style-changed",
                place,
                f"{label} is written as {_styled(after)}, was {_styled(before)}",
                self._old.nearest(old.at, *_STYLE_KEYS, "content"),
                self._new.nearest(new.at, *_STYLE_KEYS, "content"),
                operations=one,
            )
        schemas = self._schema_of(self._old, old.at), self._schema_of(self._new, new.at)
        self._use(*schemas, way, pair, f"{old.location}:{old.name}", _parameter(new))

    def _schema_of(self, side: Side, at: Location) -> Location | None:
        """Return the schema of a parameter or a header, or of its only media type."""
        if "schema" in side.index.value(at):
            return at / "schema"
        for media in side.index.content(at).values():
            if "schema" in side.index.value(media):
                return media / "schema"
        return None

    def _body_schema(self, side: Side, media: Location) -> Location | None:
        """Return the schema of a media type."""
        return media / "schema" if "schema" in side.index.value(media) else None

    def _use(
        self,
        old: Location | None,
        new: Location | None,
        way: Way,
        pair: Matched,
        old_part: str,
        new_part: str,
    ) -> None:
        label = Label(f"{pair.old_label} {old_part}", f"{new_part} of {pair.label}")
        self._schemas.use(old, new, way, pair.label, label)

    # Bodies

    def _request_body(self, pair: Matched, way: Way) -> None:
        old, new = pair.old.request_body, pair.new.request_body
        one = {way: (pair.label,)}
        place, label = f"{pair.old_label} body", f"the request body of {pair.label}"
        before = self._old.nearest(pair.old.at, "requestBody")
        after = self._new.nearest(pair.new.at, "requestBody")
        if old is None and new is None:
            return
        if new is None:
            message = f"{label} is gone"
            self._note("body-removed", place, message, before, after, operations=one)
            return
        required = bool(self._new.index.value(new).get("required"))
        if old is None:
            rule = "required-body-added" if required else "body-added"
            message = f"{label} is new{', and required' if required else ''}"
            self._note(rule, place, message, before, after, operations=one)
            return
        if bool(self._old.index.value(old).get("required")) != required:
            self._note(
                "body-required" if required else "body-optional",
                place,
                f"{label} is {'' if required else 'no longer '}required",
                self._old.nearest(old, "required"),
                self._new.nearest(new, "required"),
                operations=one,
            )
        self._media_types(pair, old, new, way, "body", "the request body")

    def _media_types(
        self,
        pair: Matched,
        old: Location,
        new: Location,
        way: Way,
        place: str,
        label: str,
    ) -> None:
        """Compare the media types of a body."""
        one = {way: (pair.label,)}
        before = {n.lower(): at for n, at in self._old.index.content(old).items()}
        after = {n.lower(): at for n, at in self._new.index.content(new).items()}
        for name, was in before.items():
            if name not in after:
                self._note(
                    "media-type-removed",
                    f"{pair.old_label} {place}",
                    f"{label} of {pair.label} can no longer be {name}",
                    self._old.span(was),
                    self._new.nearest(new, "content"),
                    operations=one,
                )
                continue
            is_ = after[name]
            self._encoding(pair, was, is_, way, f"{place} {name}", label)
            schemas = self._body_schema(self._old, was), self._body_schema(
                self._new, is_
            )
            several = f" ({name})" if len(after) > 1 else ""
            self._use(*schemas, way, pair, f"{place} {name}", f"{label}{several}")
        for name, is_ in after.items():
            if name not in before:
                self._note(
                    "media-type-added",
                    f"{pair.old_label} {place}",
                    f"{label} of {pair.label} can be {name}",
                    self._old.nearest(old, "content"),
                    self._new.span(is_),
                    operations=one,
                )

    def _encoding(
        self,
        pair: Matched,
        old: Location,
        new: Location,
        way: Way,
        place: str,
        label: str,
    ) -> None:
        before = mapping(self._old.index.value(old).get("encoding"))
        after = mapping(self._new.index.value(new).get("encoding"))
        for name in dict.fromkeys((*before, *after)):
            keys = (*_STYLE_KEYS, "contentType")
            was, is_ = (
                {key: mapping(each.get(name)).get(key) for key in keys}
                for each in (before, after)
            )
            if was != is_:
                self._note(
                    "body-encoding-changed",
                    f"{pair.old_label} {place} {name}",
                    f"`{name}` in {label} of {pair.label} is encoded in another way",
                    self._old.nearest(old, "encoding"),
                    self._new.nearest(new, "encoding"),
                    detail=f"{was} -> {is_}",
                    operations={way: (pair.label,)},
                )

    # Responses

    def _responses(self, pair: Matched, way: Way) -> None:
        old, new = pair.old.responses, pair.new.responses
        one = {way: (pair.label,)}
        for status, was in old.items():
            if status not in new:
                noun = "success" if is_success(status, old) else "failure"
                self._note(
                    f"{noun}-removed",
                    f"{pair.old_label} {status}",
                    f"{pair.label} no longer answers {status}",
                    self._old.nearest(pair.old.at / "responses", status),
                    self._new.nearest(pair.new.at, "responses"),
                    operations=one,
                )
                continue
            self._response(pair, status, was, new[status], way)
        for status in new:
            if status not in old:
                noun = "success" if is_success(status, new) else "failure"
                self._note(
                    f"{noun}-added",
                    f"{pair.old_label} {status}",
                    f"{pair.label} can answer {status}",
                    self._old.nearest(pair.old.at, "responses"),
                    self._new.nearest(pair.new.at / "responses", status),
                    operations=one,
                )

    def _response(
        self, pair: Matched, status: str, old: Location, new: Location, way: Way
    ) -> None:
        one = {way: (pair.label,)}
        label = f"response {status}"
        had, has = bool(self._old.index.content(old)), bool(
            self._new.index.content(new)
        )
        where = self._old.nearest(old, "content"), self._new.nearest(new, "content")
        place = f"{pair.old_label} {status}"
        if had and not has:
            message = f"{label} of {pair.label} no longer has a body"
            self._note("body-removed", place, message, *where, operations=one)
        elif has and not had:
            message = f"{label} of {pair.label} has a body"
            self._note("body-added", place, message, *where, operations=one)
        else:
            self._media_types(pair, old, new, way, status, label)
        self._headers(pair, status, old, new, way)

    def _headers(
        self, pair: Matched, status: str, old: Location, new: Location, way: Way
    ) -> None:
        one = {way: (pair.label,)}
        before, after = _headers(self._old, old), _headers(self._new, new)
        for name in dict.fromkeys((*before, *after)):
            was, is_ = before.get(name), after.get(name)
            place = f"{pair.old_label} {status} header:{name}"
            label = f"header {name} in response {status}"
            if was is None or is_ is None:
                at = was or is_
                side = self._new if was is None else self._old
                assert at is not None
                required = bool(side.index.value(at).get("required"))
                rule = "parameter-added" if was is None else "parameter-removed"
                exceptions = None
                if is_ is None and not required:
                    exceptions = {way: Rating.DANGEROUS}
                self._note(
                    rule,
                    place,
                    f"{label} of {pair.label} is {'new' if was is None else 'gone'}",
                    (
                        self._old.nearest(old, "headers")
                        if was is None
                        else self._old.span(was)
                    ),
                    (
                        self._new.nearest(new, "headers")
                        if is_ is None
                        else self._new.span(is_)
                    ),
                    operations=one,
                    exceptions=exceptions,
                )
                continue
            required = bool(self._new.index.value(is_).get("required"))
            if bool(self._old.index.value(was).get("required")) != required:
                self._note(
                    "parameter-required" if required else "parameter-optional",
                    place,
                    f"{label} of {pair.label} is "
                    f"{'' if required else 'no longer '}required",
                    self._old.nearest(was, "required"),
                    self._new.nearest(is_, "required"),
                    operations=one,
                )
            schemas = self._schema_of(self._old, was), self._schema_of(self._new, is_)
            self._use(*schemas, way, pair, f"{status} header:{name}", label)


def _of_kind(side: Side, kind: OperationKind) -> Sequence[IndexedOperation]:
    match kind:
        case OperationKind.CALL:
            return side.index.operations
        case OperationKind.WEBHOOK:
            return side.index.webhooks
        case OperationKind.CALLBACK:
            return side.index.callbacks


def _titled(operation: IndexedOperation) -> str:
    label = label_of(operation)
    return (
        label
        if label == str(operation) or not operation.id
        else f"{label} ({operation})"
    )


def _by_place(
    path: str, parameters: Iterable[Parameter]
) -> Mapping[tuple[ParameterLocation, str], Parameter]:
    """Return parameters by what identifies them on the wire.

    Case has no meaning in the names of headers, and that of a variable in the path none
    at all: its position has.
    """
    return dict(_placed(path, parameters))


def _placed(
    path: str, parameters: Iterable[Parameter]
) -> Iterator[tuple[tuple[ParameterLocation, str], Parameter]]:
    variables = {name: str(n) for n, name in enumerate(URL_VARIABLE.findall(path))}
    for each in parameters:
        name = each.name
        if each.location is ParameterLocation.HEADER:
            name = name.lower()
        if each.location is ParameterLocation.PATH:
            name = variables.get(f"{{{name}}}", name)
        yield (each.location, name), each


def _parameter(parameter: Parameter) -> str:
    return f"{parameter.location} parameter `{parameter.name}`"


def _style(parameter: Parameter, value: Mapping[str, Value]) -> tuple[object, ...]:
    """Return how a parameter is written."""
    content = tuple(mapping(value.get("content")))
    if content:
        return (content[0].lower(), False, False)
    usual = STYLES.get(parameter.location)
    style = str(value.get("style") or usual)
    explode = value.get("explode", style in EXPLODED)
    return (style, bool(explode), bool(value.get("allowReserved")))


def _styled(style: tuple[object, ...]) -> str:
    name, explode, reserved = style
    return (
        f"{name}{', exploded' if explode else ''}"
        f"{', with reserved characters' if reserved else ''}"
    )


def _headers(side: Side, response: Location) -> Mapping[str, Location]:
    """Return the headers of a response by lower-case name, references followed."""
    return {
        name.lower(): side.index.source.follow(response / "headers" / name)
        for name in mapping(side.index.value(response).get("headers"))
    }

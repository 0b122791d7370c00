"""Definitions: the models, enums and unions of a contract, described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypedDict

from engross.contract.describe import Describer
from engross.contract.facts import name_span, optional_text
from engross.contract.ir import (
    Definition,
    Docs,
    Enum,
    EnumMember,
    Field,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Ref,
    Type,
    Union,
    UnionType,
    Webhooks,
)
from engross.contract.types import Draft, DraftField, Shape
from engross.data import dataclass
from engross.findings import Span
from engross.source import Location

Drafts = Mapping[Location, Draft]


@dataclass(frozen=True, slots=True)
class Use:
    """Which definitions a request can contain, and which a response or a webhook."""

    in_requests: Set[Location]
    in_replies: Set[Location]

    @classmethod
    def of(
        cls,
        operations: Iterable[Operation],
        webhooks: Webhooks | None,
        drafts: Drafts,
    ) -> Use:
        """Return the use of definitions in all messages."""
        requests: list[Type] = []
        replies: list[Type | None] = []
        for operation in operations:
            requests += [parameter.type for parameter in operation.parameters]
            if operation.body is not None:
                bodies = (operation.body, *operation.body.others)
                requests += [body.type for body in bodies]
            for reply in operation.replies:
                replies += [media.type for media in (reply, *reply.others)]
        replies += [w.payload for w in webhooks.members] if webhooks else []
        sent = (type_ for type_ in replies if type_ is not None)
        return cls(_reached(requests, drafts), _reached(sent, drafts))


def _reached(types: Iterable[Type], drafts: Drafts) -> Set[Location]:
    """Return the definitions that types lead to."""
    found: dict[Location, None] = {}
    waiting = list(types)
    while waiting:
        match waiting.pop():
            case Ref(at) if at not in found:
                found[at] = None
                draft = drafts[at]
                waiting += [*draft.members, *(field.type for field in draft.fields)]
            case ListOf(inner) | MapOf(inner) | Nullable(inner):
                waiting.append(inner)
            case Union(members):
                waiting += members
    return found.keys()


class _Common(TypedDict):
    """The fields of every definition."""

    at: Location
    explicit: str | None
    title: str | None
    docs: Docs
    in_request: bool
    in_reply: bool
    span: Span | None


def definitions(drafts: Drafts, describer: Describer, use: Use) -> Iterator[Definition]:
    """Yield the definitions in the order in which they were found."""
    for at, draft in drafts.items():
        said = draft.schema.nearest[0]
        name = None if draft.is_family else said.extension.get("name")
        explicit = optional_text(name)
        common: _Common = {
            "at": at,
            "explicit": explicit,
            "title": None if draft.is_family else said.title or None,
            "docs": describer.of_schema(draft.schema),
            "in_request": at in use.in_requests,
            "in_reply": at in use.in_replies,
            "span": name_span(describer.source, at, "name", explicit),
        }
        yield _definition(draft, describer, common)


def _definition(draft: Draft, describer: Describer, common: _Common) -> Definition:
    match draft.shape:
        case Shape.ENUM:
            members = (
                EnumMember(
                    value, draft.labels.get(value), draft.descriptions.get(value, "")
                )
                for value in draft.values
            )
            return Enum(members=tuple(members), **common)
        case Shape.UNION:
            return UnionType(
                members=draft.members,
                discriminator=draft.discriminator,
                mapping=draft.mapping,
                implied=draft.implied,
                recursive=draft.recursive,
                **common,
            )
        case Shape.OBJECT:
            in_response = common["in_reply"]
            fields = (_field(f, describer, in_response) for f in draft.fields)
            return Model(fields=tuple(fields), closed=draft.closed, **common)


def _field(found: DraftField, describer: Describer, in_response: bool) -> Field:
    required = found.is_required(in_response=in_response)
    return Field(
        wire=found.wire,
        type=found.type,
        required=required,
        required_in_request=found.required_in_request,
        default=found.default if required else None,
        sent=found.default if found.required_in_request else None,
        constant=found.constant,
        explicit=found.explicit,
        docs=describer.of_member(found.wire, found.schema),
        span=name_span(describer.source, found.at, "argument", found.explicit),
    )

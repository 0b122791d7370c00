"""The naming pass: every class of a package gets its name at once, with all the others in view.

A name depends on the definition's own place in the contract, never on how many came before it, so
a new schema does not rename an old one. Two that want the same name are told apart by what they
are; the one that comes first in the document keeps the plain name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from engross.contract.classify import Draft
from engross.contract.describe import extension
from engross.contract.ir import ListOf, MapOf, Nullable, Ref, Type, Union
from engross.contract.naming import Names, pascal
from engross.source import Source

_SUFFIX = {"object": "Model", "enum": "Enum", "union": "Union"}
_IMPLIED = {"object": "Dict", "enum": "Value", "union": ""}
"""Ends of the names of what a caller may pass in place of each."""

RESERVED = frozenset(
    {
        "APIConnectionError",
        "APIError",
        "APIStatusError",
        "APITimeoutError",
        "AsyncPager",
        "AsyncStreamedResponse",
        "Attempt",
        "AuthenticationError",
        "BadRequestError",
        "CallOptions",
        "Choice",
        "ConfigurationError",
        "ConflictError",
        "Decimal",
        "DecimalText",
        "Enum",
        "InternalServerError",
        "Literal",
        "Mapping",
        "Model",
        "NotFoundError",
        "NotRequired",
        "OpenEnum",
        "Outcome",
        "OutcomeUnknownError",
        "Page",
        "Pager",
        "PermissionDeniedError",
        "RateLimitError",
        "RawResponse",
        "RequestInvalidError",
        "ResponseInvalidError",
        "Sequence",
        "ServerSentEvent",
        "StreamedResponse",
        "Text",
        "Timeout",
        "TypeAlias",
        "TypedDict",
        "UNSET",
        "UUID",
        "UnixMilliseconds",
        "UnixSeconds",
        "UnprocessableEntityError",
        "UnsetType",
        "Violation",
    }
)
"""Names that every package has already."""

RESERVED_BY_WEBHOOKS = frozenset({"UnknownEvent", "WebhookInvalidError"})
"""Names that a package with webhooks has beside those."""


def name_definitions(
    drafts: Mapping[str, Draft], source: Source, names: Names
) -> dict[str, str]:
    """Location -> class name, component schemas first, in the order of the document."""
    settled: dict[str, str] = {}
    ordered = sorted(drafts.values(), key=_is_inline)
    for draft in ordered:
        explicit = extension(source.value(draft.at)).get("name")
        wanted = str(explicit) if explicit else pascal(draft.hint)
        settled[str(draft.at)] = names.claim(
            wanted, wanted + _SUFFIX[draft.shape], implied=_IMPLIED[draft.shape]
        )
    return settled


def _is_inline(draft: Draft) -> bool:
    return len(draft.at.tokens) != 3 or draft.at.tokens[1] != "schemas"


def rename(type_: Type, names: Mapping[str, str]) -> Type:
    """The type with every location replaced by the name that was settled for it."""
    return transform(type_, lambda ref: Ref(names[ref.name]))


def transform(type_: Type, change: Callable[[Ref], Type]) -> Type:
    """The type with every reference replaced."""
    match type_:
        case Ref():
            return change(type_)
        case ListOf(item):
            return ListOf(transform(item, change))
        case MapOf(value):
            return MapOf(transform(value, change))
        case Nullable(inner):
            return Nullable(transform(inner, change))
        case Union(members):
            return replace(
                type_, members=tuple(transform(each, change) for each in members)
            )
        case _:
            return type_

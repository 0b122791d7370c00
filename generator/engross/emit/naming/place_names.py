"""Names of schemas by the place where they are written.

The name depends on the place alone and on the names of what holds it: the component, the
operation, or the schema around it. So no other part of a document can rename a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engross.contract.ir import Contract
from engross.emit.naming.words import camel
from engross.source import Location
from engross.source.pointer import Tokens

_NAMED = ("schemas", "$defs", "definitions")
"""Keywords whose members are schemas with names of their own."""

_SILENT = ("allOf", "schema", "dependentSchemas")
"""Keywords that say nothing about what their schemas describe."""

_KEYED = ("properties", "dependentSchemas")
_LISTED = {"oneOf": "Option", "anyOf": "Option", "prefixItems": "Item", "allOf": ""}
_SPOKEN = {
    "items": "Item",
    "contains": "Item",
    "additionalProperties": "Value",
    "unevaluatedProperties": "Value",
    "unevaluatedItems": "Item",
    "propertyNames": "Key",
    "contentSchema": "Content",
}
_KINDS = {
    "parameters": "",
    "headers": "",
    "requestBodies": "Request",
    "responses": "Response",
}
"""Section of the components -> what the name of an inline schema in it ends in."""


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Names places in the documents of one contract.

    Attributes:
        holders: names of operations and paths, and of parameters below these.
        webhooks: where webhooks are written.
        first_success: the response of each operation that needs no status in its name.
    """

    holders: Mapping[Location, str]
    webhooks: frozenset[Location]
    first_success: frozenset[Location]

    @classmethod
    def of(cls, contract: Contract) -> PlaceNames:
        """Collect what holds inline schemas."""
        holders: dict[Location, str] = {}
        first_success: set[Location] = set()
        for operation in contract.operations:
            holders.setdefault(operation.at, operation.label)
            holders.setdefault(operation.at.parent, _of_path(operation.path))
            for parameter in operation.parameters:
                holder = parameter.at.parent.parent
                if holder in holders:
                    text = f"{holders[holder]} {parameter.wire}"
                    holders.setdefault(parameter.at, text)
            status = _first_success(reply.status for reply in operation.replies)
            if status is not None:
                first_success.add(operation.at / "responses" / status)
        for left_out in contract.left_out.operations:
            holders.setdefault(left_out.at, left_out.label)
            holders.setdefault(left_out.at.parent, _of_path(left_out.path))
            status = _first_success(left_out.statuses)
            if status is not None:
                first_success.add(left_out.at / "responses" / status)
        webhooks = contract.webhooks.members if contract.webhooks else ()
        for webhook in webhooks:
            holders.setdefault(webhook.at, webhook.key)
        return cls(
            holders=holders,
            webhooks=frozenset(each.at for each in webhooks),
            first_success=frozenset(first_success),
        )

    def name(self, at: Location, class_at: Callable[[Location], str | None]) -> str:
        """Return the class name that a place stands for.

        Args:
            class_at: the class of the schema at a location, if it has one.
        """
        own = own_name(at)
        if own is not None:
            return camel(own)
        for length in range(len(at.tokens) - 1, -1, -1):
            holder = Location(at.document, at.tokens[:length])
            known = class_at(holder)
            if known is not None:
                return known + _below(at.tokens[length:])
            if holder in self.holders:
                name = camel(self.holders[holder])
                return name + self._of_operation(holder, at.tokens[length:])
            if own_name(holder) is not None:
                return camel(own_name(holder) or "") + _below(at.tokens[length:])
            if length == 3 and at.tokens[0] == "components":
                section, key = str(at.tokens[1]), camel(str(at.tokens[2]))
                ending = _KINDS.get(section, "")
                kind = "" if key.endswith(ending) else ending
                return key + kind + _below(_within_media_type(at.tokens[length:]))
        return _below(at.tokens)

    def _of_operation(self, holder: Location, tokens: Tokens) -> str:
        """Name what is written below an operation, a path or a parameter."""
        match tokens:
            case ("requestBody", "content", _, *rest):
                kind = "Payload" if holder in self.webhooks else "Request"
                return kind + _below(tuple(rest))
            case ("responses", status, *rest):
                response = holder / "responses" / status
                ending = "" if response in self.first_success else camel(str(status))
                inner = _below(_within_media_type(tuple(rest)))
                return f"Response{ending}{inner}"
            case _:
                return _below(_within_media_type(tokens))


def _within_media_type(tokens: Tokens) -> Tokens:
    """Leave out the media type that a schema is written for."""
    return tokens[2:] if tokens[:1] == ("content",) else tokens


def _below(tokens: Tokens) -> str:
    """Name the way from a schema to one within it."""
    found = ""
    rest = list(tokens)
    while rest:
        keyword = str(rest.pop(0))
        if keyword in _KEYED and rest:
            found += camel(str(rest.pop(0)))
        elif keyword == "patternProperties" and rest:
            rest.pop(0)
            found += "Value"
        elif keyword in _LISTED and rest:
            word, index = _LISTED[keyword], str(rest.pop(0))
            found += f"{word}{int(index) + 1}" if word and index.isdigit() else ""
        elif keyword in _NAMED and rest:
            found = camel(str(rest.pop(0)))
        elif keyword not in _SILENT:
            found += _SPOKEN.get(keyword, camel(keyword))
    return found


def own_name(at: Location) -> str | None:
    """Return the name under which a schema is kept, if it has one."""
    if not at.tokens:
        return at.document.rpartition("/")[2].partition(".")[0]
    if len(at.tokens) > 1 and at.tokens[-2] in _NAMED and _is_keyword(at.tokens[:-2]):
        return str(at.tokens[-1])
    return None


def _is_keyword(before: Tokens) -> bool:
    """Return whether what follows is a keyword, not a property of that name."""
    return before[-1:] != ("properties",)


def _of_path(path: str) -> str:
    """Return the words of a path, without its parameters."""
    return " ".join(part for part in path.split("/") if not part.startswith("{"))


def _first_success(statuses: Iterable[str]) -> str | None:
    return next((each for each in statuses if each.startswith("2")), None)

"""Names of schemas by the place where they are written.

The name depends on the place alone and on the names of what holds it: the component, the
operation, or the schema around it. So no other part of a document can rename a schema.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from engross.contract.ir import (
    Contract,
    Definition,
    Enum,
    Literal,
    Model,
    Ref,
    UnionType,
)
from engross.data import dataclass
from engross.emit.naming.words import camel
from engross.source import Location
from engross.source.pointer import Tokens

_NAMED = ("schemas", "$defs", "definitions")
"""Keywords whose members are schemas with names of their own."""

_SILENT = ("allOf", "schema", "dependentSchemas")
"""Keywords that say nothing about what their schemas describe."""

_KEYED = ("properties", "dependentSchemas")
_UNIONS = (("oneOf",), ("anyOf",))
_LONGEST_TITLE = 30
"""Characters of a title that can end the name of a class."""
_LISTED = {"oneOf": "Option", "anyOf": "Option", "prefixItems": "Item", "allOf": ""}
_PAIRED = (*_KEYED, "patternProperties", *_LISTED, *_NAMED)
"""Keywords below which schemas have names or indices."""
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
        members: what the members of unions that say what they are end in.
    """

    holders: Mapping[Location, str]
    webhooks: frozenset[Location]
    first_success: frozenset[Location]
    members: Mapping[Location, str]

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
            members=union_members(contract.definitions),
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
                return known + self._below(holder, at.tokens[length:])
            if holder in self.holders:
                name = camel(self.holders[holder])
                return name + self._of_operation(holder, at.tokens[length:])
            if own_name(holder) is not None:
                own = camel(own_name(holder) or "")
                return own + self._below(holder, at.tokens[length:])
            if length == 3 and at.tokens[0] == "components":
                section, key = str(at.tokens[1]), camel(str(at.tokens[2]))
                ending = _KINDS.get(section, "")
                kind = "" if key.endswith(ending) else ending
                return key + kind + self._below(holder, at.tokens[length:])
        return self._below(Location(at.document), at.tokens)

    def _of_operation(self, holder: Location, tokens: Tokens) -> str:
        """Name what is written below an operation, a path or a parameter."""
        match tokens:
            case ("requestBody", "content", media_type, *rest):
                kind = "Payload" if holder in self.webhooks else "Request"
                body = holder / "requestBody" / "content" / media_type
                return kind + self._below(body, tuple(rest))
            case ("responses", status, *rest):
                response = holder / "responses" / status
                ending = "" if response in self.first_success else camel(str(status))
                return f"Response{ending}{self._below(response, tuple(rest))}"
            case _:
                return self._below(holder, tokens)

    def _below(self, holder: Location, tokens: Tokens) -> str:
        """Name the way from a place to a schema within it, without its media type."""
        found = ""
        at = holder
        rest = list(tokens)
        if tokens[:1] == ("content",):
            at, rest = at / tokens[0] / tokens[1], rest[2:]
        while rest:
            token = rest.pop(0)
            keyword, at = str(token), at / token
            if keyword in _PAIRED and rest:
                inner = rest.pop(0)
                at /= inner
                if keyword in _NAMED:
                    found = camel(str(inner))
                else:
                    found += self._paired(keyword, str(inner), at)
            elif keyword not in _SILENT:
                found += _SPOKEN.get(keyword, camel(keyword))
        return found

    def _paired(self, keyword: str, key: str, at: Location) -> str:
        """Name a schema that a keyword has under a name or an index."""
        if keyword in _KEYED:
            return camel(key)
        if keyword == "patternProperties":
            return "Value"
        if at in self.members:
            return self.members[at]
        word = _LISTED[keyword]
        return f"{word}{int(key) + 1}" if word and key.isdecimal() else ""


def union_members(definitions: Iterable[Definition]) -> dict[Location, str]:
    """Name the inline members of unions by what they say they are.

    That is the value of a constant, such as `card` for a `type`, or a title. Of the rest,
    the only object and the only enum say by their kind what they are, and several objects
    by a property that the others lack. A list says it by its items.
    """
    known = {each.at: each for each in definitions}
    unions: dict[Location, dict[Location, Definition]] = {}
    for at, definition in known.items():
        for length in (len(at.tokens), len(at.tokens) - 1):
            # A property may be called `oneOf`, and have `items`.
            member = Location(at.document, at.tokens[:length])
            if _is_member(member) and at.tokens[length:] in ((), ("items",)):
                unions.setdefault(member.parent, {})[member] = definition
    found = dict.fromkeys(_only_holders(known), "")
    for members in unions.values():
        listed = sorted(members, key=lambda at: int(at.tokens[-1]))
        found |= _members({at: members[at] for at in listed}, known)
    return found


def _is_member(at: Location) -> bool:
    return at.tokens[-2:-1] in _UNIONS and str(at.tokens[-1]).isdecimal()


def _members(
    listed: Mapping[Location, Definition], known: Mapping[Location, Definition]
) -> dict[Location, str]:
    """Name the members of one union; what others say too gets a number."""
    said = {
        at: _constant(each, known) or _titled(each) or _own_property(at, listed)
        for at, each in listed.items()
    }
    found: dict[Location, str] = {}
    taken: Counter[str] = Counter()
    for at, definition in listed.items():
        name = said[at] or _ENDINGS[type(definition)]
        if said[at] or at in known:
            taken[name] += 1
            found[at] = name if taken[name] == 1 else f"{name}{taken[name]}"
    return found


def _titled(definition: Definition) -> str:
    """Return the title of a definition; empty if it is long, or no name."""
    title = camel(definition.title or "")
    return title if title.isidentifier() and len(title) <= _LONGEST_TITLE else ""


def _own_property(at: Location, listed: Mapping[Location, Definition]) -> str:
    """Name the property that an object of a union has, or requires, and no other does.

    The only object of a union needs none.
    """
    own = _required(listed[at])
    others = [_required(each) for other, each in listed.items() if other != at]
    if not any(others):
        return ""
    elsewhere = {wire for other in others for wire in other}
    required_elsewhere = {
        wire for other in others for wire, required in other.items() if required
    }
    alone = [wire for wire in own if wire not in elsewhere]
    required = [wire for wire in own if own[wire] and wire not in required_elsewhere]
    told = next((wire for wire in required if wire in alone), "")
    name = told or next(iter(alone), "") or next(iter(required), "")
    return f"With{camel(name)}" if name else ""


def _required(definition: Definition) -> dict[str, bool]:
    """Return the properties of a definition, and whether it requires each."""
    fields = definition.fields if isinstance(definition, Model) else ()
    return {each.wire: each.required for each in fields}


def _only_holders(known: Mapping[Location, Definition]) -> Iterator[Location]:
    """Yield the members that alone of their unions hold definitions, and are none.

    Of a union of a list and a text, only the items of the list need a name.
    """
    holders: dict[Location, set[Location]] = {}
    for at in known:
        for length in range(2, len(at.tokens)):
            member = Location(at.document, at.tokens[:length])
            if at.tokens[length - 2 : length - 1] in _UNIONS and member not in known:
                holders.setdefault(member.parent, set()).add(member)
    for members in holders.values():
        if len(members) == 1:
            yield from members


_ENDINGS: Final[Mapping[type[Definition], str]] = {
    Model: "Object",
    Enum: "Enum",
    UnionType: "Choice",
}


def _constant(definition: Definition, known: Mapping[Location, Definition]) -> str:
    """Return the words of the first field that has only one value; empty if none has."""
    for field in definition.fields if isinstance(definition, Model) else ():
        match field.type:
            case Literal((str(value),)):
                pass
            case Ref(at) if isinstance(enum := known.get(at), Enum):
                if len(enum.members) != 1:
                    continue
                value = str(enum.members[0].value)
            case _:
                continue
        name = camel(value.lower() if value.isupper() else value)
        return name if name.isidentifier() else ""
    return ""


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

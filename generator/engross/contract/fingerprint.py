"""What a contract consists of, element by element, each with a digest and a place.

An element is what a maintainer thinks of as one thing: an operation, one of its
parameters, a schema, a property. Comparing the digests that a manifest remembers with
those of today tells which lines of the contract made a package stale.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from engross.contract.index import Index, IndexedOperation
from engross.data import dataclass
from engross.findings import Span
from engross.source import Location, Source, Value
from engross.source.path_items import METHODS
from engross.source.pointer import Pointer, Tokens, write_tokens

_DIGEST_LENGTH: Final = 8
"""Hex digits kept: enough that two contents of one element do not meet by chance."""

_MOST_NAMED: Final = 3_000
"""Elements of a contract up to which a manifest names each; names are most of its size."""

_GROUPED: Final = "="
"""The first character of the digests of a group, which follow each other."""

_NAMED_LENGTH: Final = 3
"""Characters of each of them, of 6 bits: a group has few elements."""

_GROUP: Final = re.compile(r"([^/].*#)?/(components|paths|webhooks)/[^/]*/[^/]*")
"""The key of a component or an operation."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a contract.

    Attributes:
        key: Value pointer, in which list items that have a name go by that.
        digest: of the content, without the elements below; order has no meaning.
    """

    key: str
    digest: str
    location: Location


class ChangeKind(StrEnum):
    """What happened to an element."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """A changed element; a removed one has no location."""

    kind: ChangeKind
    label: str
    span: Span | None

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


def elements(source: Source) -> tuple[Element, ...]:
    """Return the elements of a contract, in the order of the document."""
    found: dict[str, Element] = {}
    index = Index(source)
    operations = (*index.operations, *index.webhooks)
    apart = _Apart(operation.at for operation in operations)
    by_entry: dict[Location, list[IndexedOperation]] = {}
    for operation in operations:
        by_entry.setdefault(operation.listed, []).append(operation)
    names = [source.entry, *sorted(source.resources.keys() - {source.entry})]
    for name in names:
        prefix = "" if name == source.entry else f"{name}#"
        root, whole = Location(name), _object(source.resources[name])
        rest = apart.rest(whole, root)
        for tokens, location, content in _document(root, whole, rest, by_entry):
            key = _unique(prefix + write_tokens(tokens), found)
            found[key] = Element(key, _digest(content), location)
    return tuple(found.values())


class _Apart:
    """Yield the operations, which are separate elements wherever they are described."""

    def __init__(self, operations: Iterable[Location]) -> None:
        self._operations = frozenset(operations)
        self._above = {
            Location(at.document, at.tokens[:size])
            for at in self._operations
            for size in range(len(at.tokens))
        }

    def rest(self, value: Value, at: Location) -> dict[str, Value]:
        """Return an object without the operations in it, and what held only these."""
        found: dict[str, Value] = {}
        for key, member in _object(value).items():
            place = at / key
            if place in self._above:
                inner = self.rest(member, place)
                if inner:
                    found[key] = inner
            elif place not in self._operations:
                found[key] = member
        return found


def digests(found: Sequence[Element]) -> dict[str, str]:
    """Return what a manifest remembers of elements, by key.

    Of many elements it names only components and operations, with the digests of what is
    inside in the same text.
    """
    if len(found) <= _MOST_NAMED:
        return {element.key: element.digest for element in found}
    return {
        key: _GROUPED + "".join(map(_named_digest, members))
        for key, members in _groups(found).items()
    }


def changes(
    before: Mapping[str, str],
    after: Sequence[Element],
    now: Mapping[str, str],
    source: Source,
) -> tuple[Change, ...]:
    """Return what changed, in the order of the document, removed elements last.

    What is inside an added or removed element is not listed on its own.

    Args:
        before: what `digests` returned of earlier elements.
        after: the elements of today.
        now: what `digests` returned of these.
        source: the contract.
    """
    if any(_is_group(each) for each in before.values()):
        groups = _groups(after)
        differ = {key: groups[key] for key in groups if before.get(key) != now.get(key)}
        gone = sorted(before.keys() - groups.keys())
        return (
            *_changed_groups(before, differ, source),
            *(Change(ChangeKind.REMOVED, label(key), None) for key in gone),
        )
    keys = {element.key for element in after}
    added, removed = keys - before.keys(), before.keys() - keys
    found: list[Change] = []
    for element in after:
        if element.key in added:
            kind = ChangeKind.ADDED
            if _inside(element.key, added):
                continue
        elif not before[element.key].startswith(element.digest):
            # Manifests of earlier versions have longer digests.
            kind = ChangeKind.CHANGED
        else:
            continue
        found.append(_change(kind, element, source))
    found += [
        Change(ChangeKind.REMOVED, label(key), None)
        for key in sorted(removed)
        if not _inside(key, removed)
    ]
    return tuple(found)


def _changed_groups(
    before: Mapping[str, str], after: Mapping[str, Sequence[Element]], source: Source
) -> Iterator[Change]:
    """Yield what changed. What was inside a group has no name, nor is known to be new."""
    for key, (first, *inner) in after.items():
        if key not in before:
            yield _change(ChangeKind.ADDED, first, source)
            continue
        known = _digests_of_group(before[key])
        changed = [each for each in inner if _named_digest(each) not in known]
        is_without = len(known) > len(inner) + 1 - len(changed)
        if _named_digest(first) not in known or (not changed and is_without):
            yield _change(ChangeKind.CHANGED, first, source)
        keys = {each.key for each in changed}
        for element in changed:
            if not _inside(element.key, keys):
                yield _change(ChangeKind.CHANGED, element, source)


def _groups(found: Iterable[Element]) -> dict[str, list[Element]]:
    """Return elements by the component or the operation that they are in."""
    groups: dict[str, list[Element]] = {}
    for element in found:
        place = _GROUP.match(element.key)
        key = element.key if place is None else place[0]
        groups.setdefault(key, []).append(element)
    return groups


def _named_digest(element: Element) -> str:
    """Return a digest that tells an element from others with the same content."""
    text = f"{element.key} {element.digest}"
    return _short(sha256(text.encode()).digest())


def _short(digest: bytes) -> str:
    return b64encode(digest)[:_NAMED_LENGTH].decode()


def _is_group(remembered: str) -> bool:
    """Return whether it is the digests of a group; earlier versions put spaces between."""
    return remembered.startswith(_GROUPED) or " " in remembered


def _digests_of_group(remembered: str) -> list[str]:
    """Return what `_named_digest` returned of each element of a group."""
    if not remembered.startswith(_GROUPED):
        return [_short(bytes.fromhex(each)) for each in remembered.split()]
    places = range(len(_GROUPED), len(remembered), _NAMED_LENGTH)
    return [remembered[start : start + _NAMED_LENGTH] for start in places]


def _change(kind: ChangeKind, element: Element, source: Source) -> Change:
    span = source.span(element.location, key=bool(element.location.tokens))
    return Change(kind, label(element.key), span)


def label(key: str) -> str:
    """Return the name of an element for users: `PaymentItem.quantity`, `GET /payments`."""
    within = key if key.startswith("/") else key.partition("#")[2]
    match list(Pointer.parse(within).tokens):
        case ["components", "schemas", name, *rest]:
            return _dotted([name, *_members(rest)])
        case ["components", *rest]:
            return _dotted(rest)
        case ["paths", path, method, *rest]:
            verb = method.upper() if method in METHODS else method
            return " ".join([verb, path, *_part_of_operation(rest)])
        case ["paths", path]:
            return path
        case ["webhooks", name, _, *rest]:
            return " ".join(["webhook", name, *_part_of_operation(rest)])
        case parts:
            return _dotted(parts)


# A place in the contract: tokens of the key, its location, what is digested.
_Entry: TypeAlias = tuple[Tokens, Location, Value]


def _document(
    root: Location,
    whole: dict[str, Value],
    rest: dict[str, Value],
    operations: Mapping[Location, Sequence[IndexedOperation]],
) -> Iterator[_Entry]:
    """Yield the elements of a document.

    Args:
        whole: the document.
        rest: the document without its operations.
        operations: the operations of each entry of `paths` and `webhooks`.
    """
    for section, members in whole.items():
        here, value = root / section, rest.get(section)
        match section:
            case "paths" | "webhooks":
                items = _object(value)
                for path in _object(members):
                    tokens, place = (section, path), here / path
                    if items.get(path):
                        yield tokens, place, items[path]
                    for operation in operations.get(place, ()):
                        yield from _operation(tokens, operation)
            case "components":
                yield from _components(here, _object(value))
            case "x-engross":
                yield from _extension(here, _object(value))
            case _ if section in rest:
                yield (section,), here, value


def _operation(path: Tokens, operation: IndexedOperation) -> Iterator[_Entry]:
    method = operation.method.lower()
    tokens = (*path, method if method in METHODS else operation.method)
    here, members = operation.at, operation.value
    apart = {"parameters", "requestBody", "responses"}
    yield tokens, here, {k: v for k, v in members.items() if k not in apart}
    for index, parameter in enumerate(_list(members.get("parameters"))):
        name = _parameter_name(parameter, index)
        place = here / "parameters" / index
        yield (*tokens, "parameters", name), place, parameter
    if "requestBody" in members:
        place = here / "requestBody"
        yield from _body((*tokens, "requestBody"), place, members["requestBody"])
    for status, response in _object(members.get("responses")).items():
        place = here / "responses" / status
        yield from _body((*tokens, "responses", status), place, response)


def _body(tokens: Tokens, here: Location, body: Value) -> Iterator[_Entry]:
    """Yield a request body or a response, with the properties of its inline schemas."""
    members = dict(_object(body))
    inner: list[_Entry] = []
    content: dict[str, Value] = {}
    for media_type, value in _object(members.get("content")).items():
        media = dict(_object(value))
        way: Tokens = ("content", media_type, "schema")
        if "schema" in media:
            place = here / "content" / media_type / "schema"
            media["schema"], below = _split((*tokens, *way), place, media["schema"])
            inner += below
        content[media_type] = media
    if content:
        members["content"] = content
    yield tokens, here, members or body
    yield from inner


def _components(here: Location, components: dict[str, Value]) -> Iterator[_Entry]:
    for kind, entries in components.items():
        for name, value in _object(entries).items():
            tokens, place = ("components", kind, name), here / kind / name
            if kind == "schemas":
                own, below = _split(tokens, place, value)
                yield tokens, place, own
                yield from below
            elif kind in ("requestBodies", "responses"):
                yield from _body(tokens, place, value)
            else:
                yield tokens, place, value


def _extension(here: Location, extension: dict[str, Value]) -> Iterator[_Entry]:
    """Yield the root's extension; long tables entry by entry."""
    for key, value in extension.items():
        tokens, place = ("x-engross", key), here / key
        if key in ("discrepancies", "documents", "references"):
            yield from _table(tokens, place, value)
        elif key == "errors":
            rest = dict(_object(value))
            codes = rest.pop("codes", None)
            yield tokens, place, rest
            yield from _table((*tokens, "codes"), place / "codes", codes)
        else:
            yield tokens, place, value


def _table(tokens: Tokens, here: Location, table: Value) -> Iterator[_Entry]:
    for name, entry in _object(table).items():
        yield (*tokens, name), here / name, entry


def _split(tokens: Tokens, here: Location, schema: Value) -> tuple[Value, list[_Entry]]:
    """Return a schema without its properties, and the properties, at any depth.

    Whether a property is required counts as a matter of the property.
    """
    if not isinstance(schema, dict):
        return schema, []
    own = dict(schema)
    below: list[_Entry] = []
    properties = own.pop("properties", None)
    if isinstance(properties, dict):
        required = _list(own.pop("required", None))
        undeclared = [name for name in required if name not in properties]
        if undeclared:
            own["required"] = undeclared
        for name, value in properties.items():
            way, place = (*tokens, "properties", name), here / "properties" / name
            content, deeper = _split(way, place, value)
            below.append((way, place, [content, name in required]))
            below += deeper
    if "items" in own:
        way, place = (*tokens, "items"), here / "items"
        own["items"], deeper = _split(way, place, own["items"])
        below += deeper
    if "allOf" in own:
        branches: list[Value] = []
        for index, branch in enumerate(_list(own["allOf"])):
            way, place = (*tokens, "allOf", index), here / "allOf" / index
            content, deeper = _split(way, place, branch)
            branches.append(content)
            below += deeper
        own["allOf"] = branches
    return own, below


def _members(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the names of the properties on the way to a place in a schema."""
    rest = iter(tokens)
    for token in rest:
        if token == "properties":
            yield next(rest, token)


def _part_of_operation(tokens: Sequence[str]) -> Iterator[str]:
    match tokens:
        case ["parameters", name, *_]:
            yield f"parameter {name}"
            return
        case ["requestBody", *rest]:
            yield "request"
        case ["responses", status, *rest]:
            yield f"response {status}"
        case _:
            return
    # The content's media type comes before the schema.
    names = ".".join(_members(rest[3:]))
    if names:
        yield names


def _parameter_name(parameter: Value, index: int) -> str:
    members = _object(parameter)
    name = members.get("name")
    if isinstance(name, str):
        return name
    reference = members.get("$ref")
    if isinstance(reference, str):
        _, _, fragment = reference.partition("#")
        if fragment.startswith("/"):
            return Pointer.from_fragment(fragment).tokens[-1]
    return str(index)


def _unique(key: str, taken: Mapping[str, Element]) -> str:
    """Return the key, numbered if two elements share it (a header and a query `id`)."""
    candidate, number = key, 1
    while candidate in taken:
        number += 1
        candidate = f"{key}~{number}"
    return candidate


def _inside(key: str, others: Set[str]) -> bool:
    """Return whether the element is inside one of the others."""
    while "/" in key:
        key = key.rsplit("/", 1)[0]
        if key in others:
            return True
    return False


def _digest(content: Value) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _object(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _dotted(parts: Iterable[str]) -> str:
    return ".".join(parts)

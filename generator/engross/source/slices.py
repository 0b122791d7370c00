"""Slices: the operations of a document that a project wants, and what these reach.

The rest is taken out of the data before anything else reads it, so faults in it are
nobody's concern.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import Final

from engross.data import dataclass
from engross.findings import Finding, FindingsError, Span, in_order
from engross.selection import CRITERIA, Criterion, Slice
from engross.source.document import Document, Value, value_at
from engross.source.library import Library
from engross.source.location import Location, tokens_of
from engross.source.metaschema import EXTENSION, metaschema
from engross.source.path_items import LeftOut, OperationLeftOut, methods_of
from engross.source.pointer import Pointer
from engross.source.reference_walk import ReferenceWalk
from engross.source.repair import Put, Remove, apply
from engross.source.resolver import BadReferenceError
from engross.source.version import declared_version
from engross.suggest import did_you_mean


def cut(entry: Document, library: Library, wanted: Slice) -> LeftOut:
    """Take out of a document all that a slice leaves out; return what names need of it.

    Raises:
        FindingsError: The slice names something that is not there, or leaves nothing.
    """
    if not wanted.include and not wanted.exclude:
        return LeftOut()
    operations = tuple(_operations(entry, library))
    included = _matched(operations, wanted.include)
    excluded = _matched(operations, wanted.exclude)
    findings = tuple(
        _unmatched(criterion, operations, entry.name)
        for criterion, found in (*included.items(), *excluded.items())
        if not found
    )
    if findings:
        raise FindingsError(in_order(findings))
    asked = set().union(*included.values()) if included else set(operations)
    kept = asked.difference(*excluded.values())
    kept |= _read_by(kept, operations)
    if not any(operation.method for operation in kept):
        message = f"no operation of {entry.name} is left"
        raise FindingsError([Finding("empty-slice", message, wanted.span)])
    dropped = [operation for operation in operations if operation not in kept]
    titles = _Cut(entry, library, kept, dropped).carry_out()
    outlines = tuple(each.outline for each in dropped if each.names_method)
    return LeftOut(outlines, titles)


# Operations and what they match


@dataclass(frozen=True, slots=True, eq=False)
class _Operation:
    """An operation of a path or a webhook.

    Attributes:
        listed: the entry of `paths` or `webhooks`.
        method: the HTTP method; empty for an entry without operations.
        at: where it is described.
    """

    listed: Location
    method: str
    at: Location
    value: Mapping[str, Value]

    @property
    def id(self) -> str | None:
        own = self.value.get("operationId")
        return own if isinstance(own, str) else None

    @property
    def tags(self) -> tuple[str, ...]:
        listed = _items(self.value.get("tags"))
        return tuple(tag for tag in listed if isinstance(tag, str))

    @property
    def names_method(self) -> bool:
        """Whether it is one that callers of the package would send."""
        return bool(self.method) and self.listed.tokens[0] == "paths"

    @property
    def outline(self) -> OperationLeftOut:
        section, path = map(str, self.listed.tokens)
        return OperationLeftOut(
            at=Location(self.at.document, (f"{_ASIDE}{section}", *self.at.tokens[1:])),
            path=path,
            http_method=self.method,
            operation_id=self.id,
            tags=self.tags,
            statuses=tuple(_members(self.value.get("responses"))),
        )

    def names(self, key: str) -> Iterator[str]:
        """Yield what the operation has for criteria of a key."""
        section, path = map(str, self.listed.tokens)
        if key == section:
            yield path
        elif key == "tags":
            yield from self.tags
        elif key == "operations":
            yield f"{self.method} {path}"
            if self.id is not None:
                yield self.id


def _operations(entry: Document, library: Library) -> Iterator[_Operation]:
    """Yield the operations of paths and webhooks, references to path items followed."""
    for section in _SECTIONS:
        for path, item in _members(_members(entry.value).get(section)).items():
            if isinstance(item, dict) and not path.startswith("x-"):
                listed = Location(entry.name, (section, path))
                found = [
                    _Operation(listed, method, at, _members(library.value(at)))
                    for place in _chain(listed, library)
                    for method, at in methods_of(place, _members(library.value(place)))
                ]
                yield from found or [_Operation(listed, "", listed, {})]


_SECTIONS: Final = ("paths", "webhooks")

_ASIDE: Final = "x-left-out-"
"""Begins the names of root members with parts of operations that are left out."""


def _matched(
    operations: Collection[_Operation], criteria: Iterable[Criterion]
) -> dict[Criterion, frozenset[_Operation]]:
    """Return the operations that each criterion matches."""
    found: dict[Criterion, frozenset[_Operation]] = {}
    for criterion in criteria:
        pattern = _compiled(criterion.pattern)
        found[criterion] = frozenset(
            operation
            for operation in operations
            if any(map(pattern.fullmatch, operation.names(criterion.key)))
        )
    return found


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of names as a regular expression."""
    parts = re.split(r"(/\*\*$|\*\*|\*)", pattern)
    meant = "".join(_WILDCARDS.get(part) or re.escape(part) for part in parts)
    return re.compile(meant, re.DOTALL)


_WILDCARDS: Final = {"/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"}


def _unmatched(
    criterion: Criterion, operations: Collection[_Operation], contract: str
) -> Finding:
    names = {name for each in operations for name in each.names(criterion.key)}
    says = CRITERIA[criterion.key]
    message = f"no operation of {contract} {says} {criterion.pattern!r}"
    plain = criterion.pattern.removesuffix("/**")
    hint = did_you_mean(plain, sorted(names))
    return Finding("unmatched-slice", message, criterion.span, hint)


def _read_by(
    kept: Collection[_Operation], operations: Iterable[_Operation]
) -> frozenset[_Operation]:
    """Return the operations with which others read back what they created."""
    read: list[Value] = []
    for operation in kept:
        extension = _members(operation.value.get(EXTENSION))
        reading = _members(_members(extension.get("retry")).get("read"))
        read.append(reading.get("operationId"))
    return frozenset(each for each in operations if each.id and each.id in read)


# What is taken out


class _Cut:
    """Takes operations, and what only they reach, out of the data of a document."""

    def __init__(
        self,
        entry: Document,
        library: Library,
        kept: Collection[_Operation],
        dropped: Collection[_Operation],
    ) -> None:
        self._entry = entry
        self._at = Location(entry.name)
        self._root = _members(entry.value)
        self._library = library
        self._kept_entries = {each.listed for each in kept}
        # Paths may share a path item: it keeps what any of them keeps.
        self._gone = {each.at for each in dropped} - {each.at for each in kept}
        self._gone_values = [each.value for each in dropped if each.at in self._gone]
        self._gone_ids = {each.id for each in dropped} - {each.id for each in kept}

    def carry_out(self) -> frozenset[str]:
        """Change the data of the documents; return the titles in what is left out."""
        elsewhere = [at for at in self._gone if not self._is_inline(at)]
        apply(map(Remove, elsewhere), self._library.documents)
        self._forget_error_codes()
        walk, components = self._reached({**self._root, **self._sections()})
        self._forget_faults(components)
        aside = self._set_aside(walk)
        self._root.update({**self._sections(), **aside})
        titles = frozenset(self._titles(components))
        if "components" in self._root:
            self._root["components"] = self._only(components)
        self._library.reread()
        return titles

    def _is_inline(self, at: Location) -> bool:
        is_below = len(at.tokens) > 1 and at.tokens[0] in _SECTIONS
        return is_below and at.document == self._at.document

    def _sections(self) -> dict[str, Value]:
        """Return paths and webhooks as they are kept."""
        return {
            section: {
                path: self._trimmed(self._at / section / path, item)
                for path, item in _members(self._root[section]).items()
                if path.startswith("x-") or self._is_kept(section, path)
            }
            for section in _SECTIONS
            if section in self._root
        }

    def _is_kept(self, section: str, path: str) -> bool:
        return self._at / section / path in self._kept_entries

    def _trimmed(self, at: Location, item: Value) -> Value:
        """Return a path item without the operations that are left out."""
        trimmed = {
            key: member
            for key, member in _members(item).items()
            if at / key not in self._gone
        }
        more = trimmed.get("additionalOperations")
        if isinstance(more, dict):
            trimmed["additionalOperations"] = {
                method: member
                for method, member in more.items()
                if at / "additionalOperations" / method not in self._gone
            }
        return trimmed

    def _forget_error_codes(self) -> None:
        """Leave out the error codes that only operations that are left out report."""
        errors = _members(_members(self._root.get(EXTENSION)).get("errors"))
        codes = _members(errors.get("codes"))
        for code, error in [*codes.items()]:
            named = _items(_members(error).get("operations"))
            left = [each for each in named if each not in self._gone_ids]
            if named and not left:
                del codes[code]
            elif len(left) < len(named):
                codes[code] = {**_members(error), "operations": left}

    # What is reached

    def _reached(
        self, root: Mapping[str, Value]
    ) -> tuple[ReferenceWalk, Set[Location]]:
        """Return the walk over what is kept, and the components that it reaches.

        Ways to authenticate are kept, since the arguments of clients are made of them.
        """
        schemes = self._components("securitySchemes")
        kept = {self._component("securitySchemes", name) for name in schemes}
        while True:
            version = metaschema(declared_version(self._entry))
            walk = ReferenceWalk(self._library, version)
            walk.explore(self._entry, {**root, "components": self._only(kept)})
            lost = self._lost_links(walk)
            if apply(map(Remove, lost), self._library.documents):
                continue
            reached = {
                target
                for target in walk.targets.values()
                if target.document == self._entry.name
                and target.tokens[:1] == ("components",)
            }
            around = {Location(each.document, each.tokens[:3]) for each in reached}
            more = around | self._children(walk)
            if more <= reached | kept:
                return walk, more | kept
            kept |= more

    def _only(self, kept: Collection[Location]) -> dict[str, Value]:
        """Return the components at these locations."""
        return {
            section: (
                {
                    name: member
                    for name, member in members.items()
                    if self._component(section, name) in kept
                }
                if isinstance(members, dict)
                else members
            )
            for section, members in _members(self._root.get("components")).items()
        }

    def _component(self, section: str, name: str) -> Location:
        return self._at / "components" / section / name

    def _components(self, section: str) -> dict[str, Value]:
        return _members(_members(self._root.get("components")).get(section))

    def _children(self, walk: ReferenceWalk) -> set[Location]:
        """Return the schemas that a discriminator chooses among, by what they extend."""
        parents = [
            target
            for place, target in walk.targets.items()
            if not _extends(place)
            and "discriminator" in _members(self._library.value(target))
        ]
        children: dict[Location, list[Location]] = {}
        for name in self._components("schemas") if parents else ():
            at = self._component("schemas", name)
            for parent in self._extended(at):
                children.setdefault(parent, []).append(at)
        found: set[Location] = set()
        while parents:
            below = children.pop(parents.pop(), [])
            found.update(below)
            parents += below
        return found

    def _extended(self, at: Location) -> Iterator[Location]:
        """Yield the schemas in the `allOf` of a schema."""
        *_, at = _chain(at, self._library)
        parts = _items(_members(self._library.value(at)).get("allOf"))
        for index in range(len(parts)):
            _, *targets = _chain(at / "allOf" / index, self._library)
            yield from targets

    def _lost_links(self, walk: ReferenceWalk) -> set[Location]:
        """Return the links to operations that are left out, and references to these."""
        lost: set[Location] = set()
        for name, found in walk.walks.items():
            for path in found.places.get("link", ()):
                at = Location(name, tokens_of(path))
                target = walk.targets.get(at / "operationRef")
                own = _members(self._library.value(at)).get("operationId")
                if target in self._gone or (
                    isinstance(own, str) and own in self._gone_ids
                ):
                    lost.add(at)
        uses = {place.parent for place, to in walk.targets.items() if to in lost}
        return lost | uses

    # What is referred to within what is left out

    def _set_aside(self, walk: ReferenceWalk) -> dict[str, Value]:
        """Return what references need of operations that are left out, and follow it.

        Bundlers write a schema where it is first used, and elsewhere a reference to it.
        """
        kept = self._sections()
        needed: dict[Location, None] = {}
        edits: list[Put] = []
        for place, target in walk.targets.items():
            if not self._is_inline(target) or value_at(kept, target.tokens) is not None:
                continue
            needed[Location(target.document, target.tokens[:3])] = None
            file, _, _ = str(self._library.value(place)).partition("#")
            section, *below = target.tokens
            fragment = Pointer.of(f"{_ASIDE}{section}", *below).fragment
            edits.append(Put(place, f"{file}#{fragment}"))
        apply(edits, self._library.documents)
        aside: dict[str, Value] = {}
        for at in needed:
            section, path, *rest = map(str, at.tokens)
            self._entry.note_move(self._root, f"{_ASIDE}{section}", section)
            items = _members(aside.setdefault(f"{_ASIDE}{section}", {}))
            held = _members(items.setdefault(path, {}))
            if rest:
                held[rest[0]] = self._library.value(at)
            else:
                trimmed = self._trimmed(at, self._library.value(at))
                held.update(_members(trimmed))
        return aside

    def _titles(self, components: Collection[Location]) -> Iterator[str]:
        """Yield the titles of inline schemas in what is left out."""
        waiting: list[Value] = [*map(dict, self._gone_values)]
        for section, members in _members(self._root.get("components")).items():
            for name, member in _members(members).items():
                if self._component(section, name) not in components:
                    waiting += _members(member).values()
        seen: set[int] = set()  # aliases of YAML share values
        while waiting:
            value = waiting.pop()
            if id(value) in seen:
                continue
            if isinstance(value, dict):
                seen.add(id(value))
                title = value.get("title")
                if isinstance(title, str) and value.keys() & _OF_TYPES:
                    yield title
                waiting += value.values()
            elif isinstance(value, list):
                seen.add(id(value))
                waiting += value

    def _forget_faults(self, components: Collection[Location]) -> None:
        """Forget what is wrong with the text of what is left out."""
        if not self._library.findings:
            return
        gone = [at for at in self._gone if self._is_inline(at)]
        for section, members in _members(self._root.get("components")).items():
            named = [self._component(section, name) for name in _members(members)]
            gone += [at for at in named if at not in components]
        spans = [self._entry.span(at.tokens) for at in gone]
        self._library.findings = [
            finding
            for finding in self._library.findings
            if not any(_contains(span, finding.span) for span in spans)
        ]


def _contains(span: Span, inner: Span | None) -> bool:
    if inner is None or inner.file != span.file:
        return False
    return span.start <= inner.start and inner.end <= span.end


_OF_TYPES: Final = {"properties", "enum", "oneOf", "anyOf"}
"""Keywords of schemas that become types with names."""


def _extends(place: Location) -> bool:
    """Return whether a reference is in the `allOf` of a component."""
    is_schema = place.tokens[:2] == ("components", "schemas")
    return is_schema and place.tokens[3:4] == ("allOf",) and len(place.tokens) == 6


def _chain(at: Location, library: Library) -> list[Location]:
    """Return a location, and those that references from it lead to, one after the other."""
    seen = [at]
    while True:
        reference = _members(library.value(seen[-1])).get("$ref")
        if not isinstance(reference, str):
            return seen
        try:
            target = library.resolve(seen[-1], reference)
        except BadReferenceError:  # found again when what is left is read
            return seen
        if target is None or target in seen:
            return seen
        seen.append(target)


def _members(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []

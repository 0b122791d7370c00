"""What a contract may contain, compiled from the JSON Schemas beside this file.

The JSON Schemas are the one description: editors use them as they are. Here each object
that they describe becomes a `Kind`, whose `visit` runs over data at the speed of plain
loops: it notes places, references, and the objects that break their schema. Why they do
is for the `jsonschema` library to say (see `structure`), which would take a hundred
times as long for all of a contract.
"""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import field
from functools import cache, cached_property
from pathlib import Path as FilePath
from typing import Final, TypeAlias, cast

from engross.data import dataclass
from engross.patterns import syntax_error
from engross.source.document import Value
from engross.source.location import Path
from engross.source.predicates import (
    Dialect,
    JsonSchema,
    Predicate,
    always,
    compile_predicate,
)
from engross.source.upgrade import upgrade_schema
from engross.source.version import Version
from engross.suggest import closest

Visit: TypeAlias = Callable[["Walk", Value, Path], None]
_Member: TypeAlias = tuple[Predicate | None, Visit | None]

SCHEMAS: Final = FilePath(__file__).parent / "schemas"
"""Directory of the JSON Schemas of a contract."""

ROOT: Final = "contract"
REFERENCE: Final = "reference"
EXTENSION: Final = "x-engross"
OR_REFERENCE: Final = "-or-reference"
"""Ends the name of a kind that may be a reference."""

# Likeness from which a foreign key counts as a slip of a known one.
_LIKE_KEYWORD: Final = 0.8
_LIKE_EXTENSION: Final = 0.86

# A guess takes long among a hundred thousand keys that somebody made up.
_MOST_GUESSES: Final = 2000


@dataclass(slots=True)
class Walk:
    """What `Kind.visit` finds in a document."""

    places: dict[str, list[Path]] = field(default_factory=dict)
    """The locations of the objects of each kind, in the order of the document."""

    kinds: dict[int, str] = field(default_factory=dict)
    """Kind of each object visited, by `id`."""

    references: list[tuple[Path, str, str]] = field(default_factory=list)
    """Each reference: its place, its text, and the kind that it must lead to."""

    broken: list[tuple["Kind", Value, Path]] = field(default_factory=list)
    """Objects that break their schema."""

    foreign: set[str] = field(default_factory=set)
    """Keys met that no kind knows by name."""

    misspelt: list[tuple["Kind", Path, str, str]] = field(default_factory=list)
    """Objects with a key that is allowed but looks like a slip, and what it meant."""


class Metaschema:
    """The kinds of one version of OpenAPI.

    That of 3.0 is that of 3.1, since its documents are upgraded on the way.
    """

    def __init__(self, version: Version) -> None:
        self.is_3_0 = version < (3, 1)
        self._with_3_2 = version >= (3, 2)
        self._kinds: dict[str, Kind] = {}

    def kind(self, name: str) -> "Kind":
        """Return the kind of a name such as `operation` or `x-engross/operation`."""
        found = self._kinds.get(name)
        if found is None:
            full = _definition(name)
            schema = full if self._with_3_2 else _without_3_2(full)
            found = self._kinds[name] = Kind(name, schema, full, self)
        return found


@cache
def metaschema(version: Version) -> Metaschema:
    """Return the metaschema of a version such as `(3, 1)`."""
    return Metaschema(version)


class Kind:
    """One sort of object and what it may hold, compiled on first use."""

    def __init__(
        self, name: str, schema: JsonSchema, full_schema: JsonSchema, owner: Metaschema
    ) -> None:
        self.name = name
        self.schema = schema
        self.full_schema = full_schema
        self._owner = owner
        self._slips: dict[str, str | None] = {}

    def keys_of(self, name: str) -> Collection[str]:
        """Return the keys that another kind knows in the same version of OpenAPI."""
        return _object(self._owner.kind(name).schema.get("properties", {})).keys()

    def visit(self, walk: Walk, value: Value, path: Path) -> None:
        """Check `value` and everything in it."""
        if self._choice is not None:
            self._visit_choice(walk, value, path, *self._choice)
        elif isinstance(value, dict) and self._may_be_object:
            self._visit_object(walk, value, path)
        elif not self._check(value):
            walk.broken.append((self, value, path))
        elif self._inside is not None:
            self._inside(walk, value, path)

    def _visit_choice(
        self, walk: Walk, value: Value, path: Path, reference: "Kind", other: "Kind"
    ) -> None:
        if isinstance(value, dict) and "$ref" in value:
            reference.visit(walk, value, path)
            _note_reference(walk, value["$ref"], (path, "$ref"), self.name)
        else:
            other.visit(walk, value, path)

    def _visit_object(self, walk: Walk, value: dict[str, Value], path: Path) -> None:
        if self.name == "schema":
            upgrade_schema(value, self._owner.is_3_0)
        walk.kinds[id(value)] = self.name
        walk.places.setdefault(self.name, []).append(path)
        members = self._members
        sound = True
        for key, member in value.items():
            check, visit = members.get(key) or self._other_member(walk, key, path)
            if check is not None and not check(member):
                sound = False
            if visit is not None:
                visit(walk, member, (path, key))
        if not sound or not self._rest(value):
            walk.broken.append((self, value, path))

    def _other_member(self, walk: Walk, key: str, path: Path) -> _Member:
        """Return how to treat a key that has no entry of its own."""
        walk.foreign.add(key)
        if len(walk.foreign) <= _MOST_GUESSES:
            intended = self._intended(key)
            if intended is not None:
                walk.misspelt.append((self, path, key, intended))
                return None, None
        for pattern, member in self._patterns:
            if pattern.search(key):
                return member
        return self._others

    def _intended(self, key: str) -> str | None:
        """Return the known key that an allowed key was probably meant to be."""
        if key not in self._slips:
            self._slips[key] = self._guessed(key)
        return self._slips[key]

    def _guessed(self, key: str) -> str | None:
        if EXTENSION in self._members and closest(key, [EXTENSION], _LIKE_EXTENSION):
            return EXTENSION
        is_open = not {"additionalProperties", "patternProperties"} & self.schema.keys()
        if is_open and len(key) > 3 and not key.startswith("x-"):
            return closest(key, self._members, _LIKE_KEYWORD)
        return None

    @cached_property
    def _choice(self) -> "tuple[Kind, Kind] | None":
        """The kinds of a reference and of its target, if this may be either."""
        if not self.name.endswith(OR_REFERENCE):
            return None
        then, other = _object(self.schema["then"]), _object(self.schema["else"])
        return self._referred(then), self._referred(other)

    @cached_property
    def _may_be_object(self) -> bool:
        types = self.schema.get("type", "object")
        return "object" in (types if isinstance(types, list) else [types])

    @cached_property
    def _members(self) -> dict[str, _Member]:
        listed = _object(self.schema.get("properties", {}))
        return {key: self._member(schema) for key, schema in listed.items()}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], _Member]]:
        listed = _object(self.schema.get("patternProperties", {}))
        return [(re.compile(key), self._member(value)) for key, value in listed.items()]

    @cached_property
    def _others(self) -> _Member:
        return self._member(self.schema.get("additionalProperties", True))

    @cached_property
    def _check(self) -> Predicate:
        return compile_predicate(self.schema, _ALONE) or always

    @cached_property
    def _rest(self) -> Predicate:
        """What the loop over members leaves to check."""
        rest: JsonSchema = {
            keyword: value
            for keyword, value in self.schema.items()
            if keyword not in _MEMBER_KEYWORDS
        }
        return compile_predicate(rest, _ALONE) or always

    @cached_property
    def _inside(self) -> Visit | None:
        return self._visitor(self.schema)

    def _member(self, schema: Value) -> _Member:
        return compile_predicate(schema, _ALONE), self._visitor(schema)

    def _referred(self, schema: JsonSchema) -> "Kind":
        reference = cast(str, schema["$ref"])
        return self._owner.kind(_name_of(reference, within=self.name))

    def _visitor(self, schema: Value) -> Visit | None:
        """Return what visits the objects of other kinds within a value of `schema`."""
        if not isinstance(schema, dict):
            return None
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema).visit
        if "x-refers-to" in schema:
            return _visit_reference(cast(str, schema["x-refers-to"]))
        if "items" in schema:
            return _visit_items(self._visitor(schema["items"]))
        own = {
            key: visit
            for key, value in _object(schema.get("properties", {})).items()
            if (visit := self._visitor(value)) is not None
        }
        return _visit_members(own, self._visitor(schema.get("additionalProperties")))


# An object is checked alone: what it refers to is visited by itself.
_ALONE: Final = Dialect(
    refer=lambda _text: None,
    formats={"regex": lambda text: syntax_error(text) is None},
    trusts_patterns=True,
)

_MEMBER_KEYWORDS: Final = frozenset(
    ("type", "properties", "patternProperties", "additionalProperties")
)


def _visit_items(inner: Visit | None) -> Visit | None:
    if inner is None:
        return None

    def visit(walk: Walk, value: Value, path: Path) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                inner(walk, item, (path, index))

    return visit


def _visit_members(own: dict[str, Visit], other: Visit | None) -> Visit | None:
    if other is None and not own:
        return None

    def visit(walk: Walk, value: Value, path: Path) -> None:
        if isinstance(value, dict):
            for key, member in value.items():
                inner = own.get(key, other)
                if inner is not None:
                    inner(walk, member, (path, key))

    return visit


def _visit_reference(kind: str) -> Visit:
    return lambda walk, value, path: _note_reference(walk, value, path, kind)


def _note_reference(walk: Walk, value: Value, path: Path, kind: str) -> None:
    if isinstance(value, str):
        walk.references.append((path, value, kind))


def _object(value: Value) -> JsonSchema:
    return cast(JsonSchema, value)


_FILE_REFERENCE: Final = re.compile(
    r"(?:x-engross/)?(?P<file>[a-z-]*)(?:\.schema\.json)?(?:#/\$defs/(?P<name>.+))?"
)


def _name_of(reference: str, *, within: str) -> str:
    """Return the name of the kind that a reference in the schema of `within` points to."""
    found = _FILE_REFERENCE.fullmatch(reference)
    assert found is not None, reference
    file, name = found["file"], found["name"]
    if not file and within.startswith(f"{EXTENSION}/"):
        file = within.split("/")[1]
    return "/".join(part for part in (file and EXTENSION, file, name) if part)


def _definition(name: str) -> JsonSchema:
    if name == ROOT:
        return _without_definitions(_schema_file("contract"))
    if not name.startswith(f"{EXTENSION}/"):
        return _defined(_schema_file("contract"), name)
    _, file, *rest = name.split("/")
    schema = _schema_file(f"{EXTENSION}/{file}")
    return _defined(schema, rest[0]) if rest else _without_definitions(schema)


def _defined(schema: JsonSchema, name: str) -> JsonSchema:
    return _object(_object(schema["$defs"])[name])


def _without_definitions(schema: JsonSchema) -> JsonSchema:
    return {keyword: value for keyword, value in schema.items() if keyword != "$defs"}


@cache
def _schema_file(name: str) -> JsonSchema:
    path = SCHEMAS / f"{name}.schema.json"
    return cast(JsonSchema, json.loads(path.read_bytes()))


def _without_3_2(schema: JsonSchema) -> JsonSchema:
    """Return the schema without the properties that OpenAPI 3.2 introduced."""
    listed = _object(schema.get("properties", {}))
    known = {
        key: value
        for key, value in listed.items()
        if not (isinstance(value, dict) and value.get("x-since") == "3.2")
    }
    return schema if len(known) == len(listed) else {**schema, "properties": known}

"""Raw schemas -> `Schema`, every keyword checked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, NamedTuple

from engross.patterns import Method, PatternError, Regex, read_pattern
from engross.schema.annotations import (
    Annotations,
    read_annotations,
    read_discriminator,
)
from engross.schema.dialect import Dialect, Dialects, retrieve_official
from engross.schema.directions import DirectionReader, outermost
from engross.schema.formats import FORMATS
from engross.schema.json_values import JSON, Number, is_number
from engross.schema.schema_error import SchemaError, raise_all
from engross.schema.tree import (
    ALL_TYPES,
    Applied,
    Codes,
    Constant,
    Direction,
    Key,
    Rule,
    Schema,
)
from engross.source import Location
from engross.source.resolver import BadReferenceError, Resolver
from engross.source.wordings import Wording

_SINGLE_TYPES: Final = {name: frozenset({name}) for name in ALL_TYPES}

_STAND_IN = Regex("", "", Method.CONTAINS)


class Graph(Mapping[Key, Schema]):
    """The schemas that are reachable from the ones asked for, read when needed."""

    def __init__(self, resolver: Resolver, *, assert_formats: bool) -> None:
        """Read schemas of the documents of a resolver.

        Raises:
            SchemaError: an `$id` or an anchor is unusable; the first, with all others.
        """
        raise_all([SchemaError(at, message) for at, message in resolver.problems])
        self._resolver = resolver
        self._dialects = Dialects(resolver)
        self._assert_formats = assert_formats
        self._schemas: dict[Key, Schema] = {}
        self._by_wording: dict[tuple[Dialect, Wording | None], Schema] = {}
        """The first of the schemas that say the same, of those that hold no others."""
        self.errors: list[SchemaError] = []
        """What cannot be honoured, as far as it was met; something else stands in."""
        self._bases: dict[Location, frozenset[Location]] = {}
        self._annotations: dict[Location, Annotations] = {}
        self._directions = DirectionReader(self, resolver)

    def __getitem__(self, key: Key) -> Schema:
        schema = self._schemas.get(key)
        if schema is None:
            try:
                schema = self._read(key)
            except SchemaError as error:
                self.errors.append(error)
                schema = Schema(key)
            self._schemas[key] = schema
        return schema

    def __iter__(self) -> Iterator[Key]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)

    def enter(
        self,
        place: Location,
        scope: tuple[tuple[str, Location], ...] = (),
        direction: Direction = Direction.EITHER,
    ) -> Key:
        """Return the key of a schema that is reached in a dynamic scope."""
        if self._resolver.has_dynamic_anchors:
            bound = {**self._resolver.resource(place).dynamic_anchors, **dict(scope)}
            scope = tuple(sorted(bound.items(), key=lambda pair: pair[0]))
        key = Key(place, scope)
        if direction is Direction.EITHER or not self._directions.matters(key):
            return key
        return key._replace(direction=direction)

    def entry(
        self, target: Location | str, direction: Direction = Direction.EITHER
    ) -> Key:
        """Return the key of the schema at a location or URI.

        Raises:
            SchemaError: there is none.
        """
        if isinstance(target, Location):
            return self.enter(target, direction=direction)
        try:
            return self.enter(self._resolver.entry(target), direction=direction)
        except BadReferenceError as error:
            at = Location(target.partition("#")[0])
            raise SchemaError(at, f"{target!r}: {error.message}") from None

    def meaning(self, key: Key) -> Hashable | None:
        """Return what schemas share that are written alike and mean the same.

        None where that takes more than words: a schema refers to others, has a name or a
        rule of ours, or is extended.
        """
        place = key.place
        is_one = self._resolver.is_one_resource(place.document)
        if key.is_base or key.scope or not is_one:
            return None
        # The schema around a part of it can say which properties have a direction.
        around = outermost(place)
        wording = self._resolver.wording(around)
        if wording is None or wording.refers or wording.is_extended:
            return None
        if around is not place:
            return place.document, wording, self._resolver.wording(place)
        return place.document, wording

    def annotations(self, key: Key) -> Annotations:
        """Return what a schema says that no value is held to."""
        if key.place not in self._annotations:
            _ = self[key]  # what is read of a schema includes them
        return self._annotations[key.place]

    def resolve(self, key: Key, reference: str) -> Key:
        """Return the key of the schema that a reference at a schema points to.

        Raises:
            SchemaError: there is no schema.
        """
        try:
            target = self._resolver.resolve(key.place, reference)
        except BadReferenceError as error:
            message = f"{reference!r}: {error.message}"
            raise SchemaError(key.place, message, error.hint) from None
        return self.enter(target, key.scope, key.direction)

    def bases(self, place: Location) -> frozenset[Location]:
        """Return the schemas that one extends through `$ref` and `allOf`, itself included."""
        found = self._bases.get(place)
        if found is None:
            seen: dict[Location, None] = {}
            waiting = [place]
            while waiting:
                at = waiting.pop()
                if at not in seen:
                    seen[at] = None
                    waiting += self._extended(at)
            found = self._bases[place] = frozenset(seen)
        return found

    def _extended(self, place: Location) -> Iterator[Location]:
        value = self._resolver.value(place)
        if not isinstance(value, dict):
            return
        reference = value.get("$ref")
        if isinstance(reference, str):
            with suppress(BadReferenceError):
                yield self._resolver.resolve(place, reference)
        parts = value.get("allOf")
        for index in range(len(parts) if isinstance(parts, list) else 0):
            yield place / "allOf" / index

    def extended(self, by: Location, key: Key) -> Key:
        """Return the key of a schema as it applies where another one extends it."""
        value = self._resolver.value(key.place)
        for keyword in ("oneOf", "anyOf"):
            members = value.get(keyword) if isinstance(value, dict) else None
            for index in range(len(members) if isinstance(members, list) else 0):
                if by in self.bases(key.place / keyword / index):
                    return key._replace(is_base=True)
        return key

    def missing(self, key: Key) -> frozenset[str]:
        """Return the properties that values of a direction lack and need not have."""
        return self._directions.missing(key)

    def _read(self, key: Key) -> Schema:
        value = self._resolver.value(key.place)
        annotations = self._annotations
        if not isinstance(value, dict):
            annotations[key.place] = read_annotations(value)
            if isinstance(value, bool):
                return Schema(key, {"always": value})
            raise SchemaError(key.place, "must be an object or a boolean")
        is_alone = _WITH_PLACES.isdisjoint(value)
        wording = self._resolver.wording(key.place) if is_alone else None
        said = self._dialects.at(key.place), wording
        alike = self._by_wording.get(said)
        if alike is not None:
            annotations[key.place] = annotations[alike.key.place]
            return alike.placed(key)
        if key.place not in annotations:
            annotations[key.place] = read_annotations(value)
        errors = len(self.errors)
        reader = _Reader(
            self, self._resolver, key, value, said[0], self._assert_formats
        )
        schema = reader.read()
        if wording is not None and len(self.errors) == errors:
            self._by_wording[said] = schema
        return schema


def graph_of(documents: Mapping[str, JSON], *, assert_formats: bool = False) -> Graph:
    """Return the tree of documents that are at hand, and of the official meta-schemas.

    Args:
        documents: JSON Schemas or OpenAPI documents, by URI; file names relative to one
            another will do.
        assert_formats: whether `format` is checked, or an annotation.

    Raises:
        SchemaError: an `$id` or an anchor is unusable; the first, with all others.
    """
    resolver = Resolver(documents, retrieve=retrieve_official)
    return Graph(resolver, assert_formats=assert_formats)


class _Reader:
    """Reads the keywords of one schema object."""

    def __init__(
        self,
        graph: Graph,
        resolver: Resolver,
        key: Key,
        raw: dict[str, JSON],
        dialect: Dialect,
        assert_formats: bool,
    ) -> None:
        self._graph = graph
        self._resolver = resolver
        self._key = key
        self._raw = raw
        self._dialect = dialect
        self._assert_formats = assert_formats or dialect.asserts_formats

    def read(self) -> Schema:
        keywords: dict[str, Any] = {"every": self._every()}
        for keyword in self._raw:
            known = _KEYWORDS.get(keyword)
            if known is not None and known.vocabulary in self._dialect.vocabularies:
                keywords[known.attribute] = known.read(self, keyword)
        if self._dialect.applies and "discriminator" in self._raw:
            keywords |= self._selections(keywords)
        if self._dialect.names_formats and "format" in self._raw:
            name = self._text("format")
            keywords["instant"] = name if name in ("date", "date-time") else None
            keywords["format"] = name if self._asserts(name) else None
        extension = self._raw.get("x-engross")
        if isinstance(extension, dict):
            keywords |= {
                "codes": self._codes(extension),
                "rules": self._rules(extension),
            }
            if extension.get("time") in ("unix-ms", "unix-s"):
                keywords["instant"] = extension["time"]
        return Schema(self._key, keywords)

    def _every(self) -> tuple[Applied, ...]:
        applied: list[tuple[str, Key]] = []
        reference = self._text("$ref")
        if reference is not None:
            applied.append(("$ref", self._follow(reference)))
        dynamic = self._text("$dynamicRef")
        if dynamic is not None:
            applied.append(("$dynamicRef", self._follow_dynamic(dynamic)))
        if self._dialect.applies and "allOf" in self._raw:
            for index, key in enumerate(self._schemas("allOf")):
                applied.append((f"allOf/{index}", key))
        place = self._key.place
        return tuple(
            Applied(keyword, self._graph.extended(place, key))
            for keyword, key in applied
        )

    def _selections(self, keywords: Mapping[str, Any]) -> dict[str, object]:
        """Read which members of a union the values of a discriminator name."""
        discriminator = read_discriminator(self._raw.get("discriminator"))
        if discriminator is None:
            return {}
        members: dict[Location, Key] = {}
        for key in (*keywords.get("one_of", ()), *keywords.get("any_of", ())):
            target = self._target(key.place)
            if target is not None:
                members.setdefault(target, key)
        named = {
            value: members[target]
            for value, reference in discriminator.mapping
            if (target := self._mapped(reference)) is not None and target in members
        }
        for target, key in members.items():
            if key not in named.values():
                named.setdefault(str(target.tokens[-1]), key)
        return {
            "tag": discriminator.property_name,
            "selections": tuple(named.items()),
        }

    def _target(self, member: Location) -> Location | None:
        """Return what a member of a union refers to, where that has a name."""
        value = self._resolver.value(member)
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            return None
        with suppress(BadReferenceError):
            target = self._resolver.resolve(member, reference)
            return target if target.tokens else None
        return None

    def _mapped(self, reference: str) -> Location | None:
        """Return what a discriminator's mapping refers to: a schema's name, or a URI."""
        is_name = "#" not in reference and "/" not in reference
        for text in (f"#/components/schemas/{reference}", reference)[not is_name :]:
            with suppress(BadReferenceError):
                return self._resolver.resolve(self._key.place, text)
        return None

    def _asserts(self, name: str | None) -> bool:
        return self._assert_formats and name in FORMATS

    def _follow(self, reference: str) -> Key:
        return self._refer(self._resolve(reference))

    def _follow_dynamic(self, reference: str) -> Key:
        target = self._resolve(reference)
        name = self._resolver.dynamic_anchor(self._key.place, reference)
        if name is not None:
            target = dict(self._key.scope).get(name, target)
        return self._refer(target)

    def _resolve(self, reference: str) -> Location:
        try:
            return self._resolver.resolve(self._key.place, reference)
        except BadReferenceError as error:
            message = f"{reference!r}: {error.message}"
            raise SchemaError(self._key.place, message, error.hint) from None

    def _refer(self, target: Location) -> Key:
        return self._graph.enter(target, self._key.scope, self._key.direction)

    def _child(self, place: Location, value: JSON) -> Key:
        if not isinstance(value, (bool, dict)):
            raise SchemaError(place, "must be a schema: an object or a boolean")
        return self._graph.enter(place, self._key.scope, self._key.direction)

    def _schema(self, keyword: str) -> Key:
        return self._child(self._key.place / keyword, self._raw[keyword])

    def _schemas(self, keyword: str) -> tuple[Key, ...]:
        value = self._raw[keyword]
        if not isinstance(value, list) or not value:
            raise self._error(keyword, "must be a list of at least one schema")
        place = self._key.place / keyword
        return tuple(
            self._child(place / index, item) for index, item in enumerate(value)
        )

    def _alternatives(self, keyword: str) -> tuple[Key, ...]:
        return () if self._key.is_base else self._schemas(keyword)

    def _named(self, keyword: str) -> tuple[tuple[str, Key], ...]:
        value = self._raw[keyword]
        if not isinstance(value, dict):
            raise self._error(keyword, "must be an object of schemas")
        place = self._key.place / keyword
        return tuple(
            (name, self._child(place / name, member)) for name, member in value.items()
        )

    def _patterns(self, keyword: str) -> tuple[tuple[Regex, Key], ...]:
        return tuple(
            (self._regex(pattern, keyword, pattern), key)
            for pattern, key in self._named(keyword)
        )

    def _text(self, keyword: str) -> str | None:
        value = self._raw.get(keyword)
        if isinstance(value, str) or keyword not in self._raw:
            return value if isinstance(value, str) else None
        raise self._error(keyword, "must be a string")

    def _flag(self, keyword: str) -> bool:
        value = self._raw[keyword]
        if not isinstance(value, bool):
            raise self._error(keyword, "must be true or false")
        return value

    def _constant(self, keyword: str) -> Constant:
        return Constant(self._raw[keyword])

    def _number(self, keyword: str) -> Number:
        value = self._raw[keyword]
        if not isinstance(value, (int, float, Decimal)) or not is_number(value):
            raise self._error(keyword, "must be a number")
        if not Decimal(value).is_finite():
            raise self._error(keyword, "must be a finite number")
        return value

    def _divisor(self, keyword: str) -> Number:
        value = self._number(keyword)
        if value <= 0:
            raise self._error(keyword, "must be greater than 0")
        return value

    def _count(self, keyword: str) -> int:
        value = self._number(keyword)
        if value < 0 or value != int(value):
            raise self._error(keyword, "must be a whole number of at least 0")
        return int(value)

    def _fewest(self, keyword: str) -> int | None:
        return self._count(keyword) or None

    def _pattern(self, keyword: str) -> Regex | None:
        pattern = self._text(keyword)
        if pattern is None:
            return None
        longest = self._count("maxLength") if "maxLength" in self._raw else None
        return self._regex(pattern, keyword, longest=longest)

    def _types(self, keyword: str) -> frozenset[str]:
        value = self._raw[keyword]
        if isinstance(value, str) and value in _SINGLE_TYPES:
            return _SINGLE_TYPES[value]
        names = value if isinstance(value, list) else [value]
        types = frozenset(name for name in names if isinstance(name, str))
        if not names or not types <= ALL_TYPES or len(types) != len(names):
            raise self._error(keyword, "must name types of JSON, each once")
        return types

    def _enum(self, keyword: str) -> tuple[JSON, ...]:
        value = self._raw[keyword]
        if not isinstance(value, list):
            raise self._error(keyword, "must be a list")
        return tuple(value)

    def _names(self, keyword: str, value: JSON) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        texts = tuple(name for name in names if isinstance(name, str))
        if not isinstance(value, list) or len(texts) != len(value):
            raise self._error(keyword, "must be a list of names")
        return tuple(dict.fromkeys(texts))

    def _required(self, keyword: str) -> tuple[str, ...]:
        names = self._names(keyword, self._raw[keyword])
        missing = self._graph.missing(self._key) if names else ()
        return tuple(name for name in names if name not in missing)

    def _dependent_required(
        self, keyword: str
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        value = self._raw[keyword]
        if not isinstance(value, dict):
            raise self._error(keyword, "must be an object of lists")
        return tuple(
            (name, self._names(keyword, names)) for name, names in value.items()
        )

    def _regex(self, pattern: str, *keywords: str, longest: int | None = None) -> Regex:
        try:
            return read_pattern(pattern).regex.up_to(longest)
        except PatternError as error:
            place = self._key.place
            for token in keywords:
                place = place / token
            refusal = SchemaError(place, str(error), error.hint)
            self._graph.errors.append(refusal)
            return _STAND_IN

    def _codes(self, extension: dict[str, JSON]) -> Codes | None:
        value = extension.get("code")
        at = self._key.place / "x-engross" / "code"
        if value is None:
            return None
        if isinstance(value, str):
            return {"default": value}
        if not isinstance(value, dict):
            raise SchemaError(at, "must be a code, or codes by keyword")
        codes = {name: code for name, code in value.items() if isinstance(code, str)}
        if len(codes) != len(value):
            raise SchemaError(at, "every code must be a string")
        return codes

    def _rules(self, extension: dict[str, JSON]) -> tuple[Rule, ...]:
        value = extension.get("rules", [])
        place = self._key.place / "x-engross" / "rules"
        if not isinstance(value, list):
            raise SchemaError(place, "must be a list")
        return tuple(
            self._rule(rule, place / index) for index, rule in enumerate(value)
        )

    def _rule(self, value: JSON, place: Location) -> Rule:
        if not isinstance(value, dict):
            raise SchemaError(place, "must be an object")
        texts = {}
        for name in ("id", "cel", "message"):
            text = value.get(name)
            if not isinstance(text, str):
                raise SchemaError(place, f"needs {name!r}, a string")
            texts[name] = text
        code = value.get("code")
        if code is not None and not isinstance(code, str):
            raise SchemaError(place / "code", "must be a string")
        return Rule(**texts, code=code, place=place)

    def _error(self, keyword: str, message: str) -> SchemaError:
        return SchemaError(self._key.place / keyword, message)


class _Keyword(NamedTuple):
    """What a keyword gives a schema."""

    vocabulary: str
    attribute: str
    read: Callable[[_Reader, str], object]


_APPLICATORS: Final = {
    "anyOf": ("any_of", _Reader._alternatives),
    "oneOf": ("one_of", _Reader._alternatives),
    "not": ("not_", _Reader._schema),
    "if": ("if_", _Reader._schema),
    "then": ("then", _Reader._schema),
    "else": ("else_", _Reader._schema),
    "dependentSchemas": ("dependent_schemas", _Reader._named),
    "prefixItems": ("prefix_items", _Reader._schemas),
    "items": ("items", _Reader._schema),
    "contains": ("contains", _Reader._schema),
    "properties": ("properties", _Reader._named),
    "patternProperties": ("pattern_properties", _Reader._patterns),
    "additionalProperties": ("additional_properties", _Reader._schema),
    "propertyNames": ("property_names", _Reader._schema),
}

_UNEVALUATED: Final = {
    "unevaluatedItems": ("unevaluated_items", _Reader._schema),
    "unevaluatedProperties": ("unevaluated_properties", _Reader._schema),
}

_ASSERTIONS: Final = {
    "minContains": ("min_contains", _Reader._count),
    "maxContains": ("max_contains", _Reader._count),
    "type": ("types", _Reader._types),
    "const": ("const", _Reader._constant),
    "enum": ("enum", _Reader._enum),
    "minimum": ("minimum", _Reader._number),
    "maximum": ("maximum", _Reader._number),
    "exclusiveMinimum": ("exclusive_minimum", _Reader._number),
    "exclusiveMaximum": ("exclusive_maximum", _Reader._number),
    "multipleOf": ("multiple_of", _Reader._divisor),
    "minLength": ("min_length", _Reader._fewest),
    "maxLength": ("max_length", _Reader._count),
    "pattern": ("pattern", _Reader._pattern),
    "minItems": ("min_items", _Reader._fewest),
    "maxItems": ("max_items", _Reader._count),
    "uniqueItems": ("unique_items", _Reader._flag),
    "minProperties": ("min_properties", _Reader._fewest),
    "maxProperties": ("max_properties", _Reader._count),
    "required": ("required", _Reader._required),
    "dependentRequired": (
        "dependent_required",
        _Reader._dependent_required,
    ),
}

_KEYWORDS: Final = {
    keyword: _Keyword(vocabulary, attribute, read)
    for vocabulary, keywords in (
        ("applicator", _APPLICATORS),
        ("unevaluated", _UNEVALUATED),
        ("validation", _ASSERTIONS),
    )
    for keyword, (attribute, read) in keywords.items()
}

_WITH_PLACES: Final = frozenset(
    (
        *_APPLICATORS,
        *_UNEVALUATED,
        "$ref",
        "$dynamicRef",
        "allOf",
        "required",
        "discriminator",
        "x-engross",
    )
)
"""Keywords of which something else is read than they say in so many words."""

"""Evaluation of values: every violation of a schema, found by walking the tree.

This is the plain reading of JSON Schema, one keyword after the other. What it finds is
what compiled validators report, but it shares no code with their compiler, so that each
can be tested against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from engross.data import dataclass
from engross.schema.format_checks import has_format
from engross.schema.json_values import (
    JSON,
    Number,
    exact,
    identity,
    is_multiple,
    is_number,
    same,
    type_of,
)
from engross.schema.tree import ALL_TYPES, Codes, Key, Rule, Schema
from engross.source.pointer import Token, Tokens

_WITH_PARTS: Final = frozenset(("object", "array"))

Judge: TypeAlias = Callable[[Key, Rule, JSON], bool]
"""Tells whether a value keeps a rule of a schema."""


class Violation(NamedTuple):
    """One way in which a value breaks a schema.

    Attributes:
        pointer: leads to the offending part of the value.
        keyword: what the part breaks; `rule` for a rule of `x-engross`.
        key: the schema object with the keyword.
        code: the provider's error code, where the contract has one.
        missing: name of the property that is missing, for `required` and
            `dependentRequired`.
    """

    pointer: Tokens
    keyword: str
    key: Key
    code: str | None = None
    missing: str | None = None


Violations: TypeAlias = tuple[Violation, ...]


class Evaluator:
    """Evaluates values against the schemas of a tree."""

    def __init__(self, graph: Mapping[Key, Schema], keeps: Judge | None = None) -> None:
        """Evaluate with the schemas of a graph.

        Args:
            graph: has the schemas.
            keeps: judges rules; without it, every value keeps every rule.
        """
        self._graph = graph
        self._keeps = keeps
        self._known = _Known({}, {}, {})

    def remembering(self) -> Evaluation:
        """Return an evaluation of several values that share parts."""
        return Evaluation(self._graph, self._keeps, self._known)

    def violations(self, key: Key, value: JSON) -> Violations:
        """Return all violations of a schema, each once.

        A rule is judged once a value has no other violation. A value that is nested too
        deeply has the one violation `depth`, as validators report it.
        """
        return self.remembering().violations(key, value)

    def is_valid(self, key: Key, value: JSON) -> bool:
        """Return whether a value is valid."""
        return not self.violations(key, value)


class Evaluation:
    """The evaluation of values that share parts; each part is evaluated once."""

    def __init__(
        self,
        graph: Mapping[Key, Schema],
        keeps: Judge | None,
        known: _Known,
    ) -> None:
        self._graph = graph
        self._keeps = keeps
        self._types = known.types
        self._facts = known.facts
        self._unions = known.unions
        self._found: dict[tuple[_Facts, int], tuple[JSON, Violations]] = {}
        """What was found, with the value, whose identity is not reused meanwhile."""

    def violations(self, key: Key, value: JSON) -> Violations:
        """Return all violations of a schema, each once."""
        try:
            return self._violations(key, value)
        except RecursionError:
            self._found.clear()
            return (Violation((), "depth", key),)

    def is_valid(self, key: Key, value: JSON) -> bool:
        """Return whether a value is valid."""
        return not self.violations(key, value)

    def _violations(self, key: Key, value: JSON) -> Violations:
        facts = self._facts.get(key)
        if facts is None:
            facts = self._facts[key] = _Facts.of(self._graph[key])
        kind = type_of(value)
        if facts.is_plain and kind in facts.own_types and kind not in _WITH_PARTS:
            return ()
        part = facts, id(value)
        known = self._found.get(part)
        if known is not None:
            return known[1]
        # A schema that applies to the same value again adds nothing to itself.
        self._found[part] = value, ()
        found = self._own(facts, value, kind)
        if not found:
            return ()
        violations = _with_codes(tuple(dict.fromkeys(found)), facts.schema.codes)
        self._found[part] = value, violations
        return violations

    def _is_valid(self, key: Key, value: JSON) -> bool:
        return not self._violations(key, value)

    def _own(self, facts: _Facts, value: JSON, kind: str) -> list[Violation]:
        """Return the violations of a schema without the codes of its own."""
        schema = facts.schema
        if schema.always is not None:
            return [] if schema.always else [_nothing_allowed(schema.key)]
        found = [*_constants(facts, value, kind)] if facts.constants else []
        if kind not in facts.own_types:
            if schema.const is None and schema.enum is None:
                found.append(Violation((), "type", schema.key))
            return found
        if isinstance(value, dict):
            self._object(facts, value, found)
        elif isinstance(value, list):
            found += self._array(schema, value)
        elif facts.limits_scalars:
            found += _scalar(schema, value)
        if facts.has_more:
            self._in_place(facts, value, kind, found)
            if schema.unevaluated_properties or schema.unevaluated_items:
                found += self._unevaluated(schema, value)
            if self._keeps is not None and not found:
                for rule in schema.rules:
                    if not self._keeps(schema.key, rule, value):
                        found.append(Violation((), "rule", schema.key, rule.code))
        return found

    # The same value

    def _in_place(
        self, facts: _Facts, value: JSON, kind: str, found: list[Violation]
    ) -> None:
        schema = facts.schema
        for applied in schema.every:
            found += self._violations(applied.key, value)
        if schema.any_of:
            found += self._union(facts, "anyOf", schema.any_of, value, kind)
        if schema.one_of:
            found += self._union(facts, "oneOf", schema.one_of, value, kind)
        if schema.not_ is not None and self._is_valid(schema.not_, value):
            found.append(Violation((), "not", schema.key))
        if schema.if_ is not None:
            holds = self._is_valid(schema.if_, value)
            chosen = schema.then if holds else schema.else_
            if chosen is not None:
                found += self._violations(chosen, value)

    def _union(
        self,
        facts: _Facts,
        keyword: str,
        members: tuple[Key, ...],
        value: JSON,
        kind: str,
    ) -> Violations:
        """Return what is wrong with a value of a union.

        Where a discriminator or the type tells the members apart, only the one of the
        value counts.
        """
        if len(members) == 1:
            return self._violations(members[0], value)
        named = _named_member(facts.schema, value)
        if named is not None and named in members:
            return self._violations(named, value)
        union = facts.schema.key, keyword
        by_type = self._unions.get(union)
        if by_type is None:
            by_type = self._unions[union] = self._members_by_type(facts, members)
        fitting = by_type.get(kind)
        if fitting is not None:
            return self._violations(fitting, value)
        count = 0
        for key in members:
            count += not self._violations(key, value)
        if count == 0 or (count > 1 and keyword == "oneOf"):
            return (Violation((), keyword, facts.schema.key),)
        return ()

    def _members_by_type(
        self, facts: _Facts, members: tuple[Key, ...]
    ) -> Mapping[str, Key]:
        """Return the member for each type; none if two of them allow the same one."""
        found: dict[str, Key] = {}
        for key in dict.fromkeys(members):
            for kind in self._types_of(key) & facts.own_types:
                if kind in found:
                    return {}
                found[kind] = key
        return found

    def _types_of(self, key: Key) -> frozenset[str]:
        """Return the types that a schema allows, with all that applies to the value."""
        found = self._types.get(key)
        if found is None:
            self._types[key] = ALL_TYPES
            schema = self._graph[key]
            found = own_types(schema)
            for applied in schema.every:
                found &= self._types_of(applied.key)
            for members in (schema.any_of, schema.one_of):
                if members:
                    found &= frozenset().union(*map(self._types_of, members))
            self._types[key] = found
        return found

    # Arrays

    def _array(self, schema: Schema, items: list[JSON]) -> Iterator[Violation]:
        yield from _sizes(
            schema, len(items), "Items", schema.min_items, schema.max_items
        )
        for index, item in enumerate(items):
            key = schema.items
            if index < len(schema.prefix_items):
                key = schema.prefix_items[index]
            broken = () if key is None else self._violations(key, item)
            if broken:
                yield from _below(index, broken)
        if schema.unique_items and len(set(map(identity, items))) < len(items):
            yield Violation((), "uniqueItems", schema.key)
        if schema.contains is not None:
            yield from self._contains(schema, schema.contains, items)

    def _contains(
        self, schema: Schema, key: Key, items: list[JSON]
    ) -> Iterator[Violation]:
        count = sum(self._is_valid(key, item) for item in items)
        if count < schema.min_contains:
            keyword = "contains" if schema.min_contains == 1 else "minContains"
            yield Violation((), keyword, schema.key)
        if schema.max_contains is not None and count > schema.max_contains:
            yield Violation((), "maxContains", schema.key)

    # Objects

    def _object(
        self, facts: _Facts, members: dict[str, JSON], found: list[Violation]
    ) -> None:
        schema, declared = facts.schema, facts.properties
        for name in schema.required:
            if name not in members:
                code = self._code_of_missing(declared.get(name))
                found.append(Violation((), "required", schema.key, code, missing=name))
        for name, member in members.items():
            if schema.pattern_properties:
                keys = _keys_of_member(schema, declared, name)
            else:
                key = declared.get(name, schema.additional_properties)
                keys = () if key is None else (key,)
            for key in keys:
                broken = self._violations(key, member)
                if broken:
                    found += _below(name, broken)
        if schema.property_names is not None:
            for name in members:
                if not self._is_valid(schema.property_names, name):
                    found.append(Violation((name,), "propertyNames", schema.key))
        for name, needed in schema.dependent_required:
            for other in needed if name in members else ():
                if other not in members:
                    keyword = "dependentRequired"
                    found.append(Violation((), keyword, schema.key, missing=other))
        for name, key in schema.dependent_schemas:
            if name in members:
                found += self._violations(key, members)
        fewest, most = schema.min_properties, schema.max_properties
        found += _sizes(schema, len(members), "Properties", fewest, most)

    def _code_of_missing(self, key: Key | None) -> str | None:
        """Return the code that a missing property's own schema has for this."""
        while key is not None:
            schema = self._graph[key]
            code = code_for(schema.codes, "required")
            if code is not None:
                return code
            key = schema.every[0].key if len(schema.every) == 1 else None
        return None

    # What no other keyword is about

    def _unevaluated(self, schema: Schema, value: JSON) -> Iterator[Violation]:
        members_key, items_key = schema.unevaluated_properties, schema.unevaluated_items
        if isinstance(value, dict) and members_key is not None:
            covered = self._covered_members(schema, value)
            for name, member in value.items():
                if name not in covered:
                    yield from _below(name, self._violations(members_key, member))
        if isinstance(value, list) and items_key is not None:
            indices = self._covered_items(schema, value)
            for index, item in enumerate(value):
                if index not in indices:
                    yield from _below(index, self._violations(items_key, item))

    def _covered_members(
        self, schema: Schema, members: dict[str, JSON], *, is_nested: bool = False
    ) -> frozenset[str]:
        """Return the names of the members that the keywords of a schema are about."""
        if schema.additional_properties is not None:
            return frozenset(members)
        if is_nested and schema.unevaluated_properties is not None:
            return frozenset(members)
        found = frozenset(name for name, _ in schema.properties)
        for regex, _ in schema.pattern_properties:
            found |= frozenset(name for name in members if regex.fits(name))
        for key in self._chosen(schema, members):
            if key is None:
                return frozenset(members)
            found |= self._covered_members(self._graph[key], members, is_nested=True)
        return found

    def _covered_items(
        self, schema: Schema, items: list[JSON], *, is_nested: bool = False
    ) -> frozenset[int]:
        """Return the indices of the items that the keywords of a schema are about."""
        everything = frozenset(range(len(items)))
        if schema.items is not None:
            return everything
        if is_nested and schema.unevaluated_items is not None:
            return everything
        found = frozenset(range(len(schema.prefix_items)))
        if schema.contains is not None:
            kind = schema.contains
            found |= frozenset(
                index for index, item in enumerate(items) if self._is_valid(kind, item)
            )
        for key in self._chosen(schema, items):
            if key is None:
                return everything
            found |= self._covered_items(self._graph[key], items, is_nested=True)
        return found

    def _chosen(self, schema: Schema, value: JSON) -> Iterator[Key | None]:
        """Yield the subschemas that apply to a value; None for a union that it breaks.

        What a broken union would have covered is unknown, and reported already.
        """
        for applied in schema.every:
            yield applied.key
        for members in (schema.any_of, schema.one_of):
            fitting = [key for key in members if self._is_valid(key, value)]
            yield from fitting if fitting or not members else [None]
        if schema.if_ is not None:
            holds = self._is_valid(schema.if_, value)
            chosen = (schema.if_, schema.then) if holds else (schema.else_,)
            yield from (key for key in chosen if key is not None)
        for name, key in schema.dependent_schemas:
            if isinstance(value, dict) and name in value:
                yield key


def _named_member(schema: Schema, value: JSON) -> Key | None:
    """Return the member of a union that the discriminator of an object names."""
    if schema.tag is None or not isinstance(value, dict):
        return None
    tag = value.get(schema.tag)
    if not isinstance(tag, str | int):
        return None
    text = str(tag).lower() if isinstance(tag, bool) else str(tag)
    return dict(schema.selections).get(text)


def own_types(schema: Schema) -> frozenset[str]:
    """Return the types that the keywords of one schema object leave possible."""
    if schema.always is False:
        return frozenset()
    types = _declared_types(schema)
    constants = _stated(schema)
    return types if constants is None else types & frozenset(map(type_of, constants))


def code_for(codes: Codes | None, keyword: str) -> str | None:
    """Return the provider's code that a schema has for a keyword."""
    return codes.get(keyword, codes.get("default")) if codes else None


def _with_codes(found: Violations, codes: Codes | None) -> Violations:
    """Return violations with the code of a schema around them where they have none."""
    if not codes:
        return found
    return tuple(
        violation._replace(code=violation.code or code_for(codes, violation.keyword))
        for violation in found
    )


def _keys_of_member(
    schema: Schema, declared: Mapping[str, Key], name: str
) -> tuple[Key, ...]:
    """Return the schemas of a member, apart from `unevaluatedProperties`."""
    keys = [declared[name]] if name in declared else []
    keys += [key for regex, key in schema.pattern_properties if regex.fits(name)]
    if not keys and schema.additional_properties is not None:
        keys.append(schema.additional_properties)
    return tuple(keys)


def _below(token: Token, found: Violations) -> list[Violation]:
    """Return the violations of a part as those of what holds it."""
    return [each._replace(pointer=(token, *each.pointer)) for each in found]


def _nothing_allowed(key: Key) -> Violation:
    """Return the violation of the schema `false`, which its holder states."""
    place = key.place
    if not place.tokens:
        return Violation((), "false", key)
    return Violation((), str(place.tokens[-1]), key._replace(place=place.parent))


def _declared_types(schema: Schema) -> frozenset[str]:
    if schema.types is None:
        return ALL_TYPES
    return schema.types | {"integer"} if "number" in schema.types else schema.types


def _stated(schema: Schema) -> tuple[JSON, ...] | None:
    """Return the values that `const` and `enum` leave; None if neither is there."""
    values = schema.enum
    if schema.const is not None:
        only = schema.const.value
        is_listed = values is None or any(same(only, value) for value in values)
        values = (only,) if is_listed else ()
    return values


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """What is worked out once for a schema object.

    Attributes:
        constants: `const` and `enum`, with the identities of their values.
        limits_scalars: whether it limits texts or numbers.
        has_more: whether other schemas or rules apply to the value as well.
        is_plain: whether it says no more than the type of a value without parts.
    """

    schema: Schema
    own_types: frozenset[str]
    declared_types: frozenset[str]
    constants: tuple[tuple[str, frozenset[Hashable]], ...]
    properties: Mapping[str, Key]
    limits_scalars: bool
    has_more: bool
    is_plain: bool

    @classmethod
    def of(cls, schema: Schema) -> _Facts:
        """Work out the facts of a schema object."""
        constants = []
        if schema.const is not None:
            constants.append(("const", frozenset({identity(schema.const.value)})))
        if schema.enum is not None:
            constants.append(("enum", frozenset(map(identity, schema.enum))))
        limits_scalars = schema.has_any_of(_OF_SCALARS)
        has_more = schema.has_any_of(_MORE)
        return cls(
            schema=schema,
            own_types=own_types(schema),
            declared_types=_declared_types(schema),
            constants=tuple(constants),
            properties=dict(schema.properties) if schema.properties else _NO_MEMBERS,
            limits_scalars=limits_scalars,
            has_more=has_more,
            is_plain=not (constants or limits_scalars or has_more),
        )


_NO_MEMBERS: Final[Mapping[str, Key]] = {}
_OF_SCALARS: Final = frozenset(
    (
        "min_length",
        "max_length",
        "pattern",
        "format",
        "minimum",
        "exclusive_minimum",
        "maximum",
        "exclusive_maximum",
        "multiple_of",
    )
)
_MORE: Final = frozenset(
    (
        "every",
        "any_of",
        "one_of",
        "not_",
        "if_",
        "unevaluated_properties",
        "unevaluated_items",
        "rules",
    )
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What evaluations of one tree share."""

    types: dict[Key, frozenset[str]]
    facts: dict[Key, _Facts]
    unions: dict[tuple[Key, str], Mapping[str, Key]]
    """The member for each type, by the schema with the union and its keyword."""


def _constants(facts: _Facts, value: JSON, kind: str) -> Iterator[Violation]:
    """Yield whether a value is none of the constants that are of the schema's types."""
    is_of_type = kind in facts.declared_types
    for keyword, identities in facts.constants:
        if not is_of_type or identity(value) not in identities:
            yield Violation((), keyword, facts.schema.key)


def _scalar(schema: Schema, value: JSON) -> Iterator[Violation]:
    if isinstance(value, str):
        yield from _text(schema, value)
    elif is_number(value):
        yield from _number(schema, value)


def _text(schema: Schema, text: str) -> Iterator[Violation]:
    yield from _sizes(schema, len(text), "Length", schema.min_length, schema.max_length)
    # A pattern may count on the greatest length.
    is_too_long = schema.max_length is not None and len(text) > schema.max_length
    if schema.pattern is not None and not is_too_long and not schema.pattern.fits(text):
        yield Violation((), "pattern", schema.key)
    if schema.format is not None and not has_format(schema.format, text):
        yield Violation((), "format", schema.key)


def _number(schema: Schema, value: Number) -> Iterator[Violation]:
    digits = exact(value)
    if schema.minimum is not None and digits < exact(schema.minimum):
        yield Violation((), "minimum", schema.key)
    if schema.exclusive_minimum is not None and digits <= exact(
        schema.exclusive_minimum
    ):
        yield Violation((), "exclusiveMinimum", schema.key)
    if schema.maximum is not None and digits > exact(schema.maximum):
        yield Violation((), "maximum", schema.key)
    if schema.exclusive_maximum is not None and digits >= exact(
        schema.exclusive_maximum
    ):
        yield Violation((), "exclusiveMaximum", schema.key)
    if schema.multiple_of is not None and not is_multiple(digits, schema.multiple_of):
        yield Violation((), "multipleOf", schema.key)


def _sizes(
    schema: Schema, size: int, noun: str, fewest: int | None, most: int | None
) -> Iterator[Violation]:
    if fewest is not None and size < fewest:
        yield Violation((), f"min{noun}", schema.key)
    if most is not None and size > most:
        yield Violation((), f"max{noun}", schema.key)

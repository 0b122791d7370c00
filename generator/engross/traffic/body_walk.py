"""A body of a response beside its schema: what it has that the schema does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from engross.contract.index import Index, mapping
from engross.data import dataclass
from engross.schema.composition import Effective, Keys
from engross.schema.evaluation import Evaluation
from engross.schema.json_values import JSON, same, type_of
from engross.schema.schemas import Schemas
from engross.schema.tree import Direction, Key, Schema
from engross.source import Location
from engross.source.pointer import Tokens
from engross.traffic.cassettes import HIDDEN

_CONSTRAINTS: Final = frozenset(
    (
        *("contains", "dependentRequired", "exclusiveMaximum", "exclusiveMinimum"),
        *("format", "maxContains", "maximum", "maxItems", "maxLength"),
        *("maxProperties", "minContains", "minimum", "minItems", "minLength"),
        *("minProperties", "multipleOf", "not", "pattern", "propertyNames"),
        *("rule", "uniqueItems"),
    )
)
"""Keywords that limit values of a known type."""

_LONGEST: Final = 60
"""Characters of a value that a finding shows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a body has, or lacks, and its schema does not say.

    Attributes:
        rule: the rule that it breaks.
        at: the place in the contract that says otherwise.
        message: what the provider sends.
        hint: what to change in the contract if the provider is right.
        pointer: where it is in the body.
    """

    rule: str
    at: Location
    message: str
    hint: str
    pointer: Tokens


@dataclass(frozen=True, slots=True)
class Counted:
    """A member that an object must have."""

    at: Location
    name: str
    is_missing: bool
    pointer: Tokens


@dataclass(frozen=True, slots=True)
class BodyWalk:
    """Walks the bodies of responses beside their schemas.

    Attributes:
        index: the contract.
        differs: is told of each difference.
        counts: is told of each member that is required of an object.
    """

    index: Index
    differs: Callable[[Difference], None]
    counts: Callable[[Counted], None]

    @property
    def _schemas(self) -> Schemas:
        return self.index.schemas

    def walk(self, media: Location, body: JSON, unwrap: tuple[str, ...]) -> None:
        """Compare the body of a response with the schema of its media type.

        Args:
            media: location of the media type.
            body: the decoded body.
            unwrap: members that enclose the value, where the provider may leave them out.
        """
        keys: Keys = (self._schemas.key(media / "schema", Direction.RESPONSE),)
        if unwrap and not (isinstance(body, dict) and unwrap[0] in body):
            for name in unwrap:
                schema = self._schemas.composer.conjunction(keys)
                keys = schema.schemas_of(name) or keys
        evaluation = self._schemas.evaluator.remembering()
        _Walk(self, evaluation).value(keys, body, ())


@dataclass(frozen=True, slots=True)
class _Walk:
    """The walk through one body."""

    outer: BodyWalk
    evaluation: Evaluation

    def value(self, keys: Keys, value: JSON, pointer: Tokens) -> None:
        """Compare a value with the schemas that apply to it."""
        if not keys or value == HIDDEN:
            return
        composer = self.outer.index.schemas.composer
        schema = composer.conjunction(tuple(self._applying(keys, value, pointer)))
        kind = type_of(value)
        for node in schema.nodes:
            if node.types is not None and not _has(node.types, kind):
                known = " or ".join(sorted(node.types))
                self._differs(
                    "undocumented-type",
                    node.key.place / "type",
                    f"the provider sends {_a(kind)}, and the contract knows {known}",
                    f"add `{kind}` to `type`",
                    pointer,
                )
                return
        self._constants(schema, value, pointer)
        self._limits(schema, value, pointer)
        if isinstance(value, dict):
            self._members(schema, value, pointer)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                fixed = schema.prefix_items
                inner = fixed[index] if index < len(fixed) else schema.items
                self.value(inner, item, (*pointer, index))

    # Which schemas apply

    def _applying(self, keys: Keys, value: JSON, pointer: Tokens) -> Iterator[Key]:
        """Yield the schemas that a value is held to, with the members of unions it is of."""
        graph = self.outer.index.schemas.graph
        seen: set[Key] = set()
        waiting = [*reversed(keys)]
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            yield key
            node = graph[key]
            waiting += [applied.key for applied in reversed(node.every)]
            for members in (node.any_of, node.one_of):
                waiting += self._chosen(node, members, value, pointer)
            if node.if_ is not None:
                holds = self.evaluation.is_valid(node.if_, value)
                branches = (node.if_, node.then) if holds else (node.else_,)
                waiting += [branch for branch in branches if branch is not None]
            if isinstance(value, dict):
                waiting += [
                    key for name, key in node.dependent_schemas if name in value
                ]
                waiting += self._extending(key, node, value)

    def _chosen(
        self, node: Schema, members: Keys, value: JSON, pointer: Tokens
    ) -> list[Key]:
        """Return the members of a union that a value is of, or else the nearest one."""
        if not members:
            return []
        if node.tag is not None and isinstance(value, dict) and node.selections:
            tag, known = value.get(node.tag), dict(node.selections)
            if isinstance(tag, str) and tag != HIDDEN:
                if tag in known:
                    return [known[tag]]
                self._differs(
                    "undocumented-value",
                    node.key.place / "discriminator",
                    f"the provider sends {_shown(tag)}, which the discriminator "
                    f"{node.tag!r} does not know",
                    "add it to `mapping`, with its schema",
                    (*pointer, node.tag),
                )
                return []
        found = {key: self.evaluation.violations(key, value) for key in members}
        fitting = [key for key, violations in found.items() if not violations]
        if fitting:
            return fitting

        def distance(key: Key) -> tuple[bool, int]:
            is_other = any(
                not each.pointer and each.keyword in ("type", "enum", "const")
                for each in found[key]
            )
            return is_other, len(found[key])

        return [min(members, key=distance)]

    def _extending(
        self, key: Key, node: Schema, value: dict[str, JSON]
    ) -> Iterator[Key]:
        """Yield the schema that extends one without a union, as its discriminator says."""
        schemas = self.outer.index.schemas
        discriminator = schemas.graph.annotations(key).discriminator
        if discriminator is None or node.any_of or node.one_of:
            return
        tag = value.get(discriminator.property_name)
        components = mapping(self.outer.index.root.get("components"))
        named = {name: name for name in mapping(components.get("schemas"))}
        reference = (named | dict(discriminator.mapping)).get(str(tag))
        found = reference and schemas.composer.mapped(key, reference)
        if found:
            yield schemas.key(found.place, Direction.RESPONSE)

    # Single values

    def _constants(self, schema: Effective, value: JSON, pointer: Tokens) -> None:
        for node, said in zip(schema.nodes, schema.annotations, strict=True):
            if node.enum is not None:
                keyword, known = "enum", node.enum
            elif node.const is not None:
                keyword, known = "const", (node.const.value,)
            elif said.known_values:
                keyword, known = "x-extensible-enum", said.known_values
            else:
                continue
            if not any(same(value, each) for each in known):
                self._differs(
                    "undocumented-value",
                    node.key.place / keyword,
                    f"the provider sends {_shown(value)}, which `{keyword}` does not list",
                    f"add it to `{keyword}`",
                    pointer,
                )
                return

    def _limits(self, schema: Effective, value: JSON, pointer: Tokens) -> None:
        for node in schema.nodes:
            for broken in self.evaluation.violations(node.key, value):
                is_own = broken.key == node.key and not broken.pointer
                if is_own and broken.keyword in _CONSTRAINTS:
                    is_rule = broken.keyword == "rule"
                    at = node.key.place / ("x-engross" if is_rule else broken.keyword)
                    self._differs(
                        "unmet-constraint",
                        at,
                        f"the provider sends values that break `{broken.keyword}`",
                        "widen it, or leave it out",
                        pointer,
                    )

    # Objects

    def _members(
        self, schema: Effective, members: dict[str, JSON], pointer: Tokens
    ) -> None:
        for node in schema.nodes:
            for index, name in enumerate(self._required(node)):
                if name in node.required:
                    at = node.key.place / "required" / index
                    missing = name not in members
                    self.outer.counts(Counted(at, name, missing, pointer))
        is_open = any(
            node.unevaluated_properties is not None and not self._is_false(node)
            for node in schema.nodes
        )
        declaring = [node for node in schema.nodes if node.properties]
        for name, member in members.items():
            inner = schema.schemas_of(name)
            if inner:
                self.value(inner, member, (*pointer, name))
            elif inner is None or (declaring and not is_open):
                at = self._declared_at(schema, declaring)
                self._differs(
                    "undocumented-field",
                    at,
                    f"the provider sends {_shown(name)} ({type_of(member)}), which the "
                    "contract does not know",
                    "add it to `properties`",
                    (*pointer, name),
                )

    def _is_false(self, node: Schema) -> bool:
        graph = self.outer.index.schemas.graph
        key = node.unevaluated_properties
        return key is not None and graph[key].always is False

    def _required(self, node: Schema) -> list[str]:
        """Return the names that a schema requires, in the order in which it lists them."""
        value = self.outer.index.value(node.key.place).get("required")
        return [*map(str, value)] if isinstance(value, list) else []

    def _declared_at(self, schema: Effective, declaring: list[Schema]) -> Location:
        if declaring:
            return (
                declaring[-1].key.place / "properties"
            )  # not those of what it extends
        return schema.nodes[0].key.place

    def _differs(
        self, rule: str, at: Location, message: str, hint: str, pointer: Tokens
    ) -> None:
        self.outer.differs(Difference(rule, at, message, hint, pointer))


def _has(types: frozenset[str], kind: str) -> bool:
    return kind in types or (kind == "integer" and "number" in types)


def _a(kind: str) -> str:
    if kind == "null":
        return kind
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _shown(value: JSON) -> str:
    """Return a value as a finding names it."""
    text = repr(str(value)) if isinstance(value, str) else _written(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _written(value: JSON) -> str:
    """Return a value that is no text as JSON writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict() | list():
            return _a(type_of(value))
    return str(value)

"""From a checked document to the contract's representation, pass by pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from engross.contract.check import findings_of
from engross.contract.checks.fitting import Fitting
from engross.contract.describe import (
    Describer,
    Facts,
    extension,
    mapping,
    optional_text,
    pointer,
    sequence,
    text,
)
from engross.contract.directions import for_both_directions
from engross.contract.index import Index
from engross.contract.ir import (
    Contract,
    Definition,
    Discrepancy,
    Docs,
    Enum,
    EnumMember,
    Errors,
    Failure,
    Field,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    ProviderError,
    Ref,
    Reference,
    SourceDocument,
    Tag,
    Type,
    Union,
    UnionType,
    Webhook,
    type_of_json,
)
from engross.contract.operation import OperationBuilder
from engross.contract.schemas import Schemas
from engross.contract.security import SecurityReader
from engross.contract.types import Draft, DraftField, Shape, TypeBuilder
from engross.contract.webhooks import WebhookBuilder
from engross.findings import FindingsError, Severity, Span
from engross.schema.composition import Composer
from engross.schema.reader import Graph
from engross.source import Location, Source


def build(source: Source) -> Contract:
    """Build the contract of a loaded document.

    Raises:
        FindingsError: the document is well-formed but does not make sense; holds every finding.
    """
    index = Index(source)
    findings = findings_of(index)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(findings)
    contract = replace(_Builder.of(index).contract(), warnings=findings)
    described = Counter(operation.identity for operation in index.operations)
    built = Counter(operation.id for operation in contract.operations)
    assert built == described, f"operations lost or made up: {built} {described}"
    return contract


@dataclass(frozen=True, slots=True)
class _Builder:
    source: Source
    index: Index
    root: Facts
    own: Facts
    describer: Describer
    types: TypeBuilder

    @classmethod
    def of(cls, index: Index) -> _Builder:
        source, root, own = index.source, index.root, index.extension
        documents = {
            key: SourceDocument(
                key,
                str(facts.get("title")),
                str(facts.get("file")),
                str(facts.get("sha256")),
            )
            for key, facts in _objects(own.get("documents"))
        }
        references = {
            key: Reference(
                key,
                str(facts.get("title")),
                str(facts.get("url")),
                str(facts.get("publisher")),
            )
            for key, facts in _objects(own.get("references"))
        }
        discrepancies = {
            key: Discrepancy(
                id=key,
                kind=str(facts.get("kind")),
                lines=optional_text(facts.get("lines")),
                says=text(facts.get("says")),
                chosen=text(facts.get("chosen")),
                because=text(facts.get("because")),
            )
            for key, facts in _objects(own.get("discrepancies"))
        }
        describer = Describer(source, documents, references, discrepancies)
        graph = Graph(source.resolver, assert_formats=True)
        return cls(source, index, root, own, describer, TypeBuilder(Composer(graph)))

    def contract(self) -> Contract:
        security = SecurityReader(self.index, self.describer)
        schemes = security.schemes()
        schemas = for_both_directions(self.source)
        components = self._components()
        builder = OperationBuilder(
            index=self.index,
            types=self.types,
            describer=self.describer,
            default_security=self.root.get("security"),
            schemes=frozenset(scheme.name for scheme in schemes),
            schemas=Schemas(schemas),
            fitting=Fitting(self.source),
        )
        operations = [builder.build(operation) for operation in self.index.operations]
        webhooks = WebhookBuilder(builder).build()
        requests, replies = _directions(
            operations, webhooks.members if webhooks else (), self.types.drafts
        )
        info = mapping(self.root.get("info"))
        return Contract(
            package=optional_text(self.own.get("package")),
            client=optional_text(self.own.get("client")),
            version=str(self.own.get("version") or "0.1.0"),
            title=str(info.get("title")),
            api_version=str(info.get("version")),
            docs=self.describer.docs(self.source.root / "info", summary=True),
            path=self.source.entry,
            env_prefix=optional_text(self.own.get("env_prefix")),
            servers=security.servers(),
            security=schemes,
            operations=tuple(operations),
            tags=tuple(self._tags()),
            definitions=tuple(
                self._definition(draft, at in requests, at in replies)
                for at, draft in self.types.drafts.items()
            ),
            errors=self._errors(),
            documents=tuple(self.describer.documents.values()),
            references=tuple(self.describer.references.values()),
            discrepancies=tuple(self.describer.discrepancies.values()),
            components=components,
            comments=dict(
                _comments(self.source.value(self.source.root), self.source.root)
            ),
            schemas=schemas,
            composer=self.types.composer,
            locate=self.source.schema_span,
            required_security=builder.security({}),
            tracing=self.own.get("tracing") is True,
            webhooks=webhooks,
        )

    def _components(self) -> tuple[Location, ...]:
        """Classify every component schema; return where they are."""
        components = mapping(self.root.get("components"))
        at = self.source.root / "components" / "schemas"
        found = tuple(at / name for name in mapping(components.get("schemas")))
        for component in found:
            self.types.type_of(component)
        return found

    # Definitions

    def _definition(self, draft: Draft, in_request: bool, in_reply: bool) -> Definition:
        schema = draft.schema
        said = schema.nearest[0]
        common: _Common = {
            "at": schema.at,
            "explicit": optional_text(said.extension.get("name")),
            "title": said.title or None,
            "docs": self.describer.of_schema(schema),
            "in_request": in_request,
            "in_reply": in_reply,
            "span": self.source.span(schema.at, key=True),
        }
        match draft.shape:
            case Shape.ENUM:
                labels = draft.labels or (None,) * len(draft.values)
                pairs = zip(draft.values, labels, strict=True)
                return Enum(
                    members=tuple(EnumMember(*pair) for pair in pairs), **common
                )
            case Shape.UNION:
                return UnionType(
                    members=draft.members,
                    discriminator=draft.discriminator,
                    mapping=draft.mapping,
                    **common,
                )
            case Shape.OBJECT:
                fields = (self._field(found, in_reply) for found in draft.fields)
                return Model(fields=tuple(fields), **common)

    def _field(self, found: DraftField, in_reply: bool) -> Field:
        return Field(
            wire=found.wire,
            type=found.type,
            required=found.is_required(in_response=in_reply),
            default=found.default,
            constant=found.constant,
            explicit=found.explicit,
            docs=self.describer.of_schema(found.schema),
            span=self.source.span(found.at, key=True),
        )

    # Tags and errors

    def _tags(self) -> Iterator[Tag]:
        for tag in map(mapping, sequence(self.root.get("tags"))):
            yield Tag(str(tag.get("name")), text(tag.get("description")))

    def _errors(self) -> Errors:
        own = mapping(self.own.get("errors"))
        failure = mapping(own.get("failure"))
        classes = []
        for code, facts in _objects(own.get("codes")):
            status = facts.get("status")
            classes.append(
                ProviderError(
                    code=code,
                    explicit=optional_text(facts.get("exception")),
                    status=status if isinstance(status, int) else None,
                    meaning=text(facts.get("meaning")),
                    provenance=self.describer.provenance(facts),
                )
            )
        return Errors(
            code=tuple(map(pointer, sequence(own.get("code")))),
            message=tuple(map(pointer, sequence(own.get("message")))),
            failure=(
                Failure(
                    at=pointer(failure.get("at")),
                    equals=tuple(_scalars(failure.get("equals"))),
                )
                if failure
                else None
            ),
            request_id_header=optional_text(
                mapping(own.get("request_id")).get("header")
            ),
            classes=tuple(classes),
        )


class _Common(TypedDict):
    """What every definition has."""

    at: Location
    explicit: str | None
    title: str | None
    docs: Docs
    in_request: bool
    in_reply: bool
    span: Span


def _comments(value: object, at: Location) -> Iterator[tuple[Location, str]]:
    """Location -> lines of the document, for everything that states them."""
    if isinstance(value, dict):
        lines = extension(value).get("lines")
        if lines is not None:
            yield at, f"line{'' if str(lines).isdigit() else 's'} {lines}"
        for key, inner in value.items():
            if key != "x-engross":
                yield from _comments(inner, at / key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _comments(inner, at / index)


def _objects(value: object) -> Iterator[tuple[str, Facts]]:
    for key, facts in mapping(value).items():
        yield str(key), mapping(facts)


def _scalars(value: object) -> Iterator[type_of_json]:
    for each in sequence(value):
        if each is None or isinstance(each, str | int | float | bool):
            yield each


def _directions(
    operations: Iterable[Operation],
    webhooks: Iterable[Webhook],
    drafts: Mapping[Location, Draft],
) -> tuple[set[Location], set[Location]]:
    """Which definitions a request can carry, and which a reply or a webhook."""
    requests: set[Location] = set()
    replies: set[Location] = set()
    for operation in operations:
        if operation.body is not None:
            _reach(operation.body.type, drafts, requests)
        for parameter in operation.parameters:
            _reach(parameter.type, drafts, requests)
        for reply in operation.replies:
            if reply.type is not None:
                _reach(reply.type, drafts, replies)
    for webhook in webhooks:
        if webhook.payload is not None:
            _reach(webhook.payload, drafts, replies)
    return requests, replies


def _reach(type_: Type, drafts: Mapping[Location, Draft], found: set[Location]) -> None:
    match type_:
        case Ref(at):
            if at not in found:
                found.add(at)
                draft = drafts[at]
                for inner in (
                    *draft.members,
                    *(each.type for each in draft.fields),
                ):
                    _reach(inner, drafts, found)
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            _reach(inner, drafts, found)
        case Union(members):
            for member in members:
                _reach(member, drafts, found)
        case _:
            pass

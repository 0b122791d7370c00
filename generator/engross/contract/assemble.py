"""From a checked document to the contract's representation, pass by pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from engross.contract.check import check
from engross.contract.checks.fitting import Fitting
from engross.contract.classify import Classifier, Draft, Property
from engross.contract.describe import (
    Describer,
    Facts,
    extension,
    mapping,
    optional_text,
    sequence,
    states,
    text,
)
from engross.contract.directions import for_both_directions
from engross.contract.group import Call, calls
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
    Resource,
    SourceDocument,
    Type,
    Union,
    UnionAlias,
    ValidatorTarget,
    Webhook,
    type_of_json,
)
from engross.contract.name import (
    RESERVED,
    RESERVED_BY_WEBHOOKS,
    name_definitions,
    rename,
)
from engross.contract.naming import Names, constant, pascal, snake
from engross.contract.operation import OperationBuilder, field_names, rename_operation
from engross.contract.schemas import Schemas
from engross.contract.security import SecurityReader
from engross.contract.webhooks import WebhookBuilder, gathered, rename_webhook
from engross.findings import FindingsError, Severity
from engross.source import Location, Source


def build(source: Source) -> Contract:
    """Build the contract of a loaded document.

    Raises:
        FindingsError: the document is well-formed but does not make sense; holds every finding.
    """
    findings = check(source)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(findings)
    return replace(_Builder.of(source).contract(), warnings=tuple(findings))


@dataclass(frozen=True, slots=True)
class _Builder:
    source: Source
    root: Facts
    own: Facts
    describer: Describer
    classifier: Classifier

    @classmethod
    def of(cls, source: Source) -> _Builder:
        root = mapping(source.value(source.root))
        own = extension(root)
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
        return cls(source, root, own, describer, Classifier(source))

    def contract(self) -> Contract:
        package, client = self._names()
        prefix = str(self.own.get("env_prefix") or package.upper())
        security = SecurityReader(self.source, self.describer, prefix)
        schemes = security.schemes()
        found = calls(mapping(self.root.get("paths")), self.source.root, {})
        targets: dict[str, tuple[Location, str]] = {}
        schemas = for_both_directions(self.source)
        self._classify_components(targets)
        builder = OperationBuilder(
            source=self.source,
            classifier=self.classifier,
            describer=self.describer,
            default_security=self.root.get("security"),
            schemes=frozenset(scheme.name for scheme in schemes),
            validators=targets,
            schemas=Schemas(schemas),
            fitting=Fitting(self.source),
        )
        operations = [builder.build(call) for call in found]
        webhooks = WebhookBuilder(builder, security).build()
        requests, replies = _directions(operations, webhooks, self.classifier.drafts)
        reserved = RESERVED | RESERVED_BY_WEBHOOKS if webhooks else RESERVED
        names = Names({*reserved, client, f"Async{client}", f"{client}Error"})
        settled = name_definitions(self.classifier.drafts, self.source, names)

        def renamed(type_: Type) -> Type:
            return rename(type_, settled)

        info = mapping(self.root.get("info"))
        resources = self._resources(
            found, [rename_operation(each, renamed) for each in operations], names
        )
        return Contract(
            package=package,
            client=client,
            version=str(self.own.get("version") or "0.1.0"),
            title=str(info.get("title")),
            api_version=str(info.get("version")),
            docs=self.describer.docs(self.source.root / "info", summary=True),
            path=self.source.entry,
            env_prefix=prefix,
            servers=security.servers(),
            security=schemes,
            resources=resources,
            definitions=tuple(
                self._definition(draft, settled, key in requests, key in replies)
                for key, draft in self.classifier.drafts.items()
            ),
            errors=self._errors(names),
            documents=tuple(self.describer.documents.values()),
            references=tuple(self.describer.references.values()),
            discrepancies=tuple(self.describer.discrepancies.values()),
            validators=tuple(
                ValidatorTarget(name, at, docs) for name, (at, docs) in targets.items()
            ),
            comments=dict(
                _comments(self.source.value(self.source.root), self.source.root)
            ),
            schemas=schemas,
            locate=self.source.schema_span,
            required_security=builder.security({}),
            webhooks=gathered(
                tuple(rename_webhook(each, renamed) for each in webhooks),
                resources,
                names,
            ),
        )

    def _names(self) -> tuple[str, str]:
        """Names of the package and its client; a document without our key is named by its file."""
        stem = self.source.entry.rpartition("/")[2].rpartition(".")[0]
        package = str(self.own.get("package") or snake(stem))
        return package, str(self.own.get("client") or pascal(package))

    def _classify_components(self, targets: dict[str, tuple[Location, str]]) -> None:
        components = mapping(self.root.get("components"))
        taken = Names()
        for name in mapping(components.get("schemas")):
            at = self.source.root / "components" / "schemas" / name
            self.classifier.type_of(at, name)
            targets[taken.claim(snake(name))] = (at, name)

    # Definitions

    def _definition(
        self, draft: Draft, names: Mapping[str, str], in_request: bool, in_reply: bool
    ) -> Definition:
        name = names[str(draft.at)]
        docs = self.describer.docs(draft.at)
        span = self.source.span(draft.at, key=True)
        if draft.shape == "enum":
            members = Names()
            return Enum(
                name=name,
                members=tuple(
                    EnumMember(members.claim(constant(value)), value)
                    for value in draft.values
                ),
                docs=docs,
                in_request=in_request,
                in_reply=in_reply,
                span=span,
            )
        if draft.shape == "union":
            return UnionAlias(
                name=name,
                members=tuple(rename(member, names) for member in draft.members),
                discriminator=draft.discriminator,
                mapping=tuple(
                    (value, names[at]) for value, at in draft.mapping if at in names
                ),
                docs=docs,
                in_request=in_request,
                in_reply=in_reply,
                span=span,
            )
        return Model(
            name=name,
            fields=tuple(self._fields(draft, names, in_reply=in_reply)),
            docs=docs,
            in_request=in_request,
            in_reply=in_reply,
            span=span,
        )

    def _fields(
        self, draft: Draft, names: Mapping[str, str], *, in_reply: bool
    ) -> Iterator[Field]:
        wires = field_names(draft, self.source)
        for each in draft.properties:
            yield Field(
                name=wires[each.wire],
                wire=each.wire,
                type=rename(each.type, names),
                required=each.required and not self._is_lacking(each, in_reply),
                default=each.default,
                constant=each.constant,
                docs=self.describer.docs(each.at),
                span=self.source.span(each.at, key=True),
            )

    def _is_lacking(self, each: Property, in_reply: bool) -> bool:
        """Whether replies, or else requests, have no such property."""
        keyword = "writeOnly" if in_reply else "readOnly"
        return states(self.source, each.at, keyword)

    # Resources and errors

    def _resources(
        self, found: Iterable[Call], operations: Iterable[Operation], names: Names
    ) -> tuple[Resource, ...]:
        groups: dict[str, list[Operation]] = {}
        for call, operation in zip(found, operations, strict=True):
            groups.setdefault(call.resource, []).append(operation)
        tags = {
            snake(str(mapping(tag).get("name"))): mapping(tag)
            for tag in sequence(self.root.get("tags"))
        }
        return tuple(
            Resource(
                name=name,
                class_name=names.claim(pascal(name), f"{pascal(name)}Resource"),
                operations=tuple(members),
                docs=Docs(description=text(tags.get(name, {}).get("description"))),
            )
            for name, members in groups.items()
        )

    def _errors(self, names: Names) -> Errors:
        own = mapping(self.own.get("errors"))
        failure = mapping(own.get("failure"))
        classes = []
        for code, facts in _objects(own.get("codes")):
            wanted = str(
                facts.get("exception")
                or pascal(code.lower() if code.isupper() else code)
            )
            status = facts.get("status")
            classes.append(
                ProviderError(
                    code=code,
                    class_name=names.claim(wanted, f"{wanted}Error"),
                    status=status if isinstance(status, int) else None,
                    meaning=text(facts.get("meaning")),
                    provenance=self.describer.provenance(facts),
                )
            )
        return Errors(
            code=tuple(str(each) for each in sequence(own.get("code"))),
            message=tuple(str(each) for each in sequence(own.get("message"))),
            failure=(
                Failure(
                    at=tuple(str(failure.get("at")).strip("/").split("/")),
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
    drafts: Mapping[str, Draft],
) -> tuple[set[str], set[str]]:
    """Which definitions a request can carry, and which a reply or a webhook."""
    requests: set[str] = set()
    replies: set[str] = set()
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


def _reach(type_: Type, drafts: Mapping[str, Draft], found: set[str]) -> None:
    match type_:
        case Ref(key):
            if key not in found:
                found.add(key)
                draft = drafts[key]
                for inner in (
                    *draft.members,
                    *(each.type for each in draft.properties),
                ):
                    _reach(inner, drafts, found)
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            _reach(inner, drafts, found)
        case Union(members):
            for member in members:
                _reach(member, drafts, found)
        case _:
            pass

"""From a loaded document to the contract's representation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from engross.beside import beside
from engross.contract.alike import Alike
from engross.contract.check import late_warnings, sound
from engross.contract.definitions import Use, definitions
from engross.contract.describe import Describer
from engross.contract.equal_definitions import first_equals
from engross.contract.examples import (
    ExampleReader,
    Examples,
    examples_of,
    with_examples,
)
from engross.contract.facts import (
    extension,
    mapping,
    optional_text,
    sequence,
    stated_version,
    text,
)
from engross.contract.index import Index, strings
from engross.contract.ir import Contract, Docs, Operation, Tag
from engross.contract.life import with_lives
from engross.contract.media_types import is_named_json
from engross.contract.operation import OperationBuilder
from engross.contract.origins import Origins, line_comments
from engross.contract.provider_errors import provider_errors, with_errors
from engross.contract.security import SecurityReader, secret_names
from engross.contract.shared_definitions import (
    Sharing,
    is_large,
    names_many_types,
)
from engross.contract.types import TypeBuilder
from engross.contract.webhooks import WebhookBuilder
from engross.findings import Finding, Severity, in_order
from engross.source import Location, Source


def build(source: Source, *, in_two: bool = False) -> Contract:
    """Build the contract of a loaded document.

    Args:
        source: the document.
        in_two: whether a second process may look at the examples.

    Raises:
        FindingsError: the document is well-formed but does not make sense; holds every
            finding.
    """
    return build_with_index(source, in_two=in_two)[1]


def build_with_index(source: Source, *, in_two: bool = False) -> tuple[Index, Contract]:
    """Build the contract of a loaded document; return the index of the document as well.

    The arguments and errors are those of `build`.
    """
    index, warnings = sound(source)
    with beside(partial(_late, index), in_two=in_two) as late:
        index.source.forget_positions()
        contract = _contract(index)
        late_ones, examples = late()
    operations = with_examples(contract.operations, examples, index)
    contract = replace(contract, operations=operations)
    warnings = in_order((*warnings, *late_ones, *_without_samples(contract)))
    index.source.forget_positions()
    contract = replace(contract, warnings=warnings)
    described = Counter(operation.identity for operation in index.operations)
    built = Counter(operation.id for operation in contract.operations)
    assert built == described, f"operations lost or made up: {built} {described}"
    return index, contract


def _late(index: Index) -> tuple[tuple[Finding, ...], Examples]:
    """Return what takes long, and is not needed until all else is built."""
    return late_warnings(index), examples_of(index)


def _without_samples(contract: Contract) -> Iterator[Finding]:
    """Yield a warning for each operation that its own tests and the README leave out."""
    for operation in contract.operations:
        shown = {status for status, _ in operation.reply_examples}
        documented = [reply.status for reply in operation.replies]
        answers = operation.successes
        body = operation.body
        if body is not None and body.schema and not operation.request_examples:
            missing = "request"
        elif answers and answers[0].schema and shown.isdisjoint(documented):
            missing = "response"
        else:
            continue
        yield Finding(
            "no-sample",
            f"no value that fits the {missing} was found, so the operation is not tested",
            contract.locate(operation.at, key=True),
            "add an example",
            Severity.WARNING,
        )


def _contract(index: Index) -> Contract:
    source, root, own = index.source, index.root, index.extension
    info = mapping(root.get("info"))
    origins = Origins.of(own)
    describer = Describer(source, origins, index.schemas)
    components = tuple(_components(index))
    alike = Alike(index, shares=names_many_types(index, components))
    types = TypeBuilder(index.schemas, components, alike)
    for component in components:
        types.type_of(component)
    security = SecurityReader(index, describer)
    schemes = security.schemes()
    builder = OperationBuilder(
        index=index,
        types=types,
        describer=describer,
        default_security=root.get("security"),
        schemes=frozenset(scheme.name for scheme in schemes),
        transport_schemes=security.transport_schemes(),
        token_schemes=security.token_schemes(),
        schemas=index.schemas,
    )
    errors = provider_errors(own, origins)
    operations = with_errors(
        [builder.build(operation) for operation in index.operations],
        errors.classes,
        types.composer.graph,
    )
    webhooks = WebhookBuilder(builder, ExampleReader(index, origins)).build()
    use = Use.of(operations, webhooks, types.drafts)
    defined = tuple(definitions(types.drafts, describer, use))
    first_equal = first_equals(defined)
    of_many_types = alike.shares or is_large(first_equal)
    if of_many_types:
        sharing = Sharing(first_equal)
        defined = sharing.definitions(defined)
        operations = tuple(map(sharing.operation, operations))
        webhooks = webhooks and sharing.webhooks(webhooks)
        first_equal = {each.at: each.at for each in defined}
    operations, webhooks, resources = with_lives(
        operations,
        webhooks,
        defined,
        {
            each.at: mapping(extension(each.value).get("life"))
            for each in (*index.operations, *index.webhooks)
        },
    )
    return Contract(
        package=optional_text(own.get("package")),
        client=optional_text(own.get("client")),
        version=stated_version(source),
        title=str(info.get("title")),
        api_version=str(info.get("version")),
        docs=describer.docs(source.root / "info", summary=True),
        path=source.entry,
        env_prefix=optional_text(own.get("env_prefix")),
        servers=security.servers(),
        security=schemes,
        operations=operations,
        tags=tuple(_tags(index)),
        definitions=defined,
        first_equal=first_equal,
        is_curated=index.is_curated,
        is_large=of_many_types,
        streams=any(map(_may_be_streamed, operations)),
        errors=errors,
        documents=tuple(origins.documents.values()),
        references=tuple(origins.references.values()),
        discrepancies=tuple(origins.discrepancies.values()),
        components=components,
        comments=line_comments(source),
        schema_tree=index.schemas,
        locate=source.schema_span,
        required_security=builder.security({}),
        secret_names=secret_names(index),
        response_headers=tuple(_response_headers(index, types, describer)),
        timezone=optional_text(own.get("timezone")),
        tracing=own.get("tracing") is True,
        webhooks=webhooks,
        releases=tuple(
            (version, tuple(strings(entries)))
            for version, entries in index.named("releases").items()
        ),
        resources=resources,
        left_out=source.left_out,
    )


def _components(index: Index) -> Iterator[Location]:
    """Yield every component schema, which is emitted even if no call uses it."""
    at = index.source.root / "components" / "schemas"
    named = mapping(mapping(index.root.get("components")).get("schemas"))
    yield from (at / name for name in named)


def _may_be_streamed(operation: Operation) -> bool:
    return any(
        reply.media_type is not None and not is_named_json(reply.media_type)
        for first in operation.replies
        for reply in (first, *first.others)
        if reply.result is not None
    )


def _response_headers(
    index: Index, types: TypeBuilder, describer: Describer
) -> Iterator[tuple[str, Docs]]:
    """Yield the headers that responses of operations have, each name once."""
    seen: set[str] = set()
    for operation in index.operations:
        for response in operation.responses.values():
            for name in mapping(index.value(response).get("headers")):
                if name.lower() in seen:
                    continue
                seen.add(name.lower())
                listed = response / "headers" / name
                at = index.source.follow(listed)
                has_schema = "schema" in index.value(at)
                schema = types.schema(at / "schema") if has_schema else None
                yield name, describer.docs(listed, schema=schema)


def _tags(index: Index) -> Iterator[Tag]:
    for tag in map(mapping, sequence(index.root.get("tags"))):
        about = text(tag.get("description") or tag.get("summary"))
        yield Tag(str(tag.get("name")), about)

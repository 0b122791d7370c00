"""Examples of bodies: those that the document shows, or a sample where none of them fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from engross.contract.facts import extension
from engross.contract.index import Index, IndexedOperation, mapping
from engross.contract.ir import Docs, Example, Operation, OperationId, Primitive
from engross.contract.media_types import preferred, shows_values
from engross.contract.openapi import EXAMPLE_VALUES
from engross.contract.origins import Origins
from engross.data import dataclass
from engross.schema.tree import Direction
from engross.source import Location, Value


@dataclass(frozen=True, slots=True)
class OperationExamples:
    """The examples of one operation; those of the document are without their values.

    Attributes:
        requests: Bodies in the first media type.
        replies: Bodies of responses in their first media types, with the statuses.
    """

    requests: tuple[Example, ...]
    replies: tuple[tuple[str, Example], ...]


Examples: TypeAlias = Mapping[OperationId, OperationExamples]


def examples_of(index: Index) -> Examples:
    """Return the examples of all operations, whether these turn out to have bodies or not.

    This takes long, and what comes of it is small.
    """
    reader = ExampleReader(index, Origins.of(index.extension))
    return {each.identity: reader.of(each) for each in index.operations}


def with_examples(
    operations: Iterable[Operation], examples: Examples, index: Index
) -> tuple[Operation, ...]:
    """Return operations with their examples, and these with their values."""
    described = {each.identity: each for each in index.operations}
    found = []
    for each in operations:
        of_it = examples[each.id]
        requests = _requests(each, of_it.requests, described[each.id], index)
        replies = _replies(each, of_it.replies, index)
        made = replace(
            each, request_examples=tuple(requests), reply_examples=tuple(replies)
        )
        found.append(made)
    return tuple(found)


def _requests(
    operation: Operation,
    examples: Iterable[Example],
    described: IndexedOperation,
    index: Index,
) -> Iterable[Example]:
    body = operation.body
    if body is None or described.request_body is None:
        return ()
    found = [_with_value(each, index) for each in examples]
    if not (isinstance(body.type, Primitive) and body.type.kind.is_sent_as_given):
        return found
    _, media_at = _first(index, described.request_body)
    texts = [each for each in found if isinstance(each.value, str)]
    return texts or [Example("sample", "content", False, Docs().provenance, media_at)]


def _replies(
    operation: Operation, examples: Iterable[tuple[str, Example]], index: Index
) -> Iterator[tuple[str, Example]]:
    with_body = {each.status for each in operation.replies if each.media_type}
    for status, example in examples:
        if status in with_body:
            yield status, _with_value(example, index)


def _with_value(example: Example, index: Index) -> Example:
    if not example.documented:
        return example
    return replace(example, value=index.source.value(example.at))


def _first(index: Index, body: Location) -> tuple[str, Location]:
    """Return the media type of a body that is shown, and its location."""
    content = index.content(body)
    media_type = preferred(content)[0]
    return media_type, content[media_type]


@dataclass(frozen=True, slots=True)
class ExampleReader:
    """Reads the examples of one contract."""

    index: Index
    origins: Origins

    def of(self, operation: IndexedOperation) -> OperationExamples:
        """Return the examples of an operation."""
        body, responses = operation.request_body, operation.responses.items()
        return OperationExamples(
            () if body is None else tuple(self._shown(body, Direction.REQUEST)),
            tuple(
                (status, example)
                for status, at in responses
                for example in self._shown(at, Direction.RESPONSE)
            ),
        )

    def _shown(self, body: Location, direction: Direction) -> Iterator[Example]:
        """Yield the examples of a body, without the values that the document has."""
        if self.index.content(body):
            media_type, at = _first(self.index, body)
            for each in self.of_media(media_type, at, direction):
                yield replace(each, value=None) if each.documented else each

    def of_media(
        self, media_type: str, media_at: Location, direction: Direction
    ) -> Iterator[Example]:
        """Yield the examples of a body that fit, or a sample where there is none."""
        source, schemas = self.index.source, self.index.schemas
        media = self.index.value(media_at)
        found = False

        def fits(value: Value) -> bool:
            return self._fits(media_type, media_at, value, direction)

        if "example" in media and fits(media["example"]):
            at, nowhere = media_at / "example", Docs().provenance
            yield Example("example", media["example"], True, nowhere, at)
            found = True
        for name in mapping(media.get("examples")):
            at = source.follow(media_at / "examples" / name)
            facts = self.index.value(at)
            for key in EXAMPLE_VALUES:
                if key in facts and fits(facts[key]):
                    origin = self.origins.provenance(extension(facts))
                    yield Example(str(name), facts[key], True, origin, at / key)
                    found = True
        if not found and "schema" in media:
            made = schemas.smallest(media_at / "schema", direction)
            if made is not None:
                yield Example("sample", made.value, False, Docs().provenance, media_at)

    def _fits(
        self, media_type: str, media_at: Location, value: Value, direction: Direction
    ) -> bool:
        """Return whether an example fits its schema; a text as it is sent always does."""
        is_text_as_sent = isinstance(value, str) and not shows_values(media_type)
        if is_text_as_sent or "schema" not in self.index.value(media_at):
            return True
        return self.index.schemas.fits_at(media_at / "schema", value, direction)

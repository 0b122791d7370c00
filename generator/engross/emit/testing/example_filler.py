"""Values for what a contract shows no example of.

Tests need a value for each parameter, body and reply. What is made up has to meet the contract; an
operation for which nothing does is not tested, and the tests say so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import field, replace
from typing import Final, cast

from engross.contract.ir import (
    ANY,
    Body,
    Contract,
    Docs,
    Example,
    Kind,
    MapOf,
    Operation,
    Parameter,
    Primitive,
    Webhook,
    Webhooks,
)
from engross.data import dataclass
from engross.emit.testing.example_file import compact_json
from engross.emit.testing.written_values import member_has_a_form, parameter_has_a_form
from engross.schema.composition import Keys
from engross.schema.json_values import JSON, identity
from engross.schema.samples import NECESSARY
from engross.schema.schemas import Schemas
from engross.schema.tree import Direction
from engross.source import Location
from engross.validation import judge_rules

NOTHING: Final = object()
"""Stands for a value that could not be made up."""

_CONTENT = "content of a file"
_MEMBERS: Mapping[str, object] = {"name": "text"}
"""What is sent as a body of which nothing is known, and as such a form."""

_UNSTRUCTURED: Final = (Primitive(Kind.BINARY), Primitive(Kind.STRING))
"""Results for which any content will do."""

_LONGEST = 4000
"""Characters of JSON that a value has at most."""

_LONG = 60
"""Characters of JSON from which a part of a request is sent once only."""


@dataclass(frozen=True, slots=True)
class ExampleFiller:
    """Fills the gaps of one contract.

    Attributes:
        schemas: the schemas of the contract.
        sent: parts of the requests that were made up.
    """

    schemas: Schemas
    sent: set[Hashable] = field(default_factory=set)

    @classmethod
    def of(cls, contract: Contract) -> ExampleFiller:
        """Return what fills the gaps of a contract."""
        return cls(
            contract.schema_tree.with_rules(judge_rules(contract.schema_tree.graph))
        )

    def contract(self, contract: Contract) -> Contract:
        """The contract with examples for all that calls need."""
        operations = tuple(map(self._operation, contract.operations))
        webhooks = self.webhooks(contract.webhooks) if contract.webhooks else None
        return replace(contract, operations=operations, webhooks=webhooks)

    def webhooks(self, webhooks: Webhooks) -> Webhooks:
        """The webhooks with an example of each message that one can be made up for."""
        return replace(webhooks, members=tuple(map(self._webhook, webhooks.members)))

    def _webhook(self, webhook: Webhook) -> Webhook:
        if webhook.schema is None:
            return replace(webhook, examples=())
        place = webhook.schema
        shown = tuple(
            each
            for each in webhook.examples
            if each.documented and self._fits(place, each.value)
        )
        if shown:
            return replace(webhook, examples=shown)
        value = self._value(place, Direction.RESPONSE)
        made = tuple(replace(each, value=value) for each in webhook.examples)
        return replace(webhook, examples=() if value is NOTHING else made)

    def _operation(self, operation: Operation) -> Operation:
        return replace(
            operation,
            parameters=tuple(map(self._parameter, operation.parameters)),
            request_examples=tuple(self._requests(operation)),
            reply_examples=tuple(
                (status, self._reply(operation, status, example))
                for status, example in operation.reply_examples
            ),
        )

    def _parameter(self, parameter: Parameter) -> Parameter:
        if parameter.schema is None:
            return parameter
        place = parameter.schema
        value = parameter.example
        if not self._fits(place, value) or not parameter_has_a_form(parameter, value):
            value = self._value(place)
        if isinstance(value, list) and len(value) == 1:
            several = [*value, self._another(place, value[0])]
            if self._fits(place, several) and parameter_has_a_form(parameter, several):
                value = several
        has_a_form = parameter_has_a_form(parameter, value)
        return replace(parameter, example=value if has_a_form else NOTHING)

    def readable(self, operation: Operation, filled: Operation) -> Operation:
        """Return an operation as a README calls it: with the least that its body needs.

        Args:
            operation: the operation of the contract.
            filled: the same, with all gaps filled.
        """
        body = operation.body
        place = None if body is None else body.schema
        shown = tuple(
            example
            for example in operation.request_examples
            if example.documented or place is None or self._fits(place, example.value)
        )
        return replace(
            operation,
            parameters=filled.parameters,
            request_examples=shown or filled.request_examples,
        )

    def _requests(self, operation: Operation) -> list[Example]:
        body = operation.body
        if body is None:
            return []
        shown = [each for each in operation.request_examples if each.documented]
        return shown or [self._request(body, operation)]

    def _request(self, body: Body, operation: Operation) -> Example:
        value: object = _MEMBERS if isinstance(body.type, MapOf) else _CONTENT
        if body.schema is not None:
            value = self._unsent(self._value(body.schema), body.schema)
        if isinstance(value, dict) and body.schema is not None:
            value = self._writable(value, body, body.schema)
        return Example("sample", value, False, Docs().provenance, operation.at)

    def _unsent(self, value: object, place: Location) -> object:
        """A body in which only what is necessary is left of what was sent before.

        What schemas say that operations share is sent in full once, not by each of them.
        """
        if value is NOTHING:
            return value
        keys = (self.schemas.key(place, Direction.REQUEST),)
        shorter = self._shorter(cast(JSON, value), keys)
        return shorter if self._fits(place, shorter) else value

    def _shorter(self, value: JSON, keys: Keys) -> JSON:
        effective = self.schemas.composer.conjunction(keys)
        match value:
            case dict():
                return {
                    name: self._shorter_part(member, effective.schemas_of(name) or ())
                    for name, member in value.items()
                }
            case list():
                return [self._shorter_part(item, effective.items) for item in value]
            case _:
                return value

    def _shorter_part(self, value: JSON, keys: Keys) -> JSON:
        is_long = len(compact_json(value)) > _LONG
        if not (keys and is_long and isinstance(value, dict | list)):
            return value
        marked = identity(value)
        if marked not in self.sent:
            self.sent.add(marked)
            return self._shorter(value, keys)
        least = self.schemas.sampler(Direction.REQUEST).sample(keys, NECESSARY)
        return value if least is None else least.value

    def _writable(
        self, value: dict[str, object], body: Body, place: Location
    ) -> object:
        """A body without the members for which their styles have no form."""
        is_form = not body.media_type.startswith("multipart/")
        formless = {
            part.name
            for part in body.parts
            if part.name in value
            and not member_has_a_form(part, value[part.name], is_form=is_form)
        }
        kept = {name: each for name, each in value.items() if name not in formless}
        return kept if self._fits(place, kept) else NOTHING

    def _reply(self, operation: Operation, status: str, example: Example) -> Example:
        reply = next(each for each in operation.replies if each.status == status)
        if example.documented or reply.schema is None:
            return example
        value = self._value(reply.schema, Direction.RESPONSE)
        return example if value is NOTHING else replace(example, value=value)

    def _fits(self, place: Location, value: object) -> bool:
        return self.schemas.is_valid(place, cast(JSON, value), Direction.REQUEST)

    def _value(
        self, place: Location, direction: Direction = Direction.REQUEST
    ) -> object:
        """Return a value that has as much as it may have and is not too long."""
        found = self.schemas.fullest(place, direction, _LONGEST)
        return NOTHING if found is None else found.value

    def _another(self, place: Location, item: JSON) -> JSON:
        """Return a second item of a list; the same if there is no other."""
        sampler = self.schemas.sampler(Direction.REQUEST)
        items = sampler.several(self.schemas.effective(place).items, 2)
        others = (other for other in items if identity(other) != identity(item))
        return next(others, item)


def can_be_called(operation: Operation) -> bool:
    """Whether there is a value for all that a call needs, and for an answer to it."""
    parameters = all(
        each.example is not NOTHING
        for each in operation.parameters
        if each.required and each.default is None
    )
    requests = all(each.value is not NOTHING for each in operation.request_examples)
    return parameters and requests and _can_be_answered(operation)


def can_be_shown(operation: Operation) -> bool:
    """Whether a README may call an operation: it is answered with the first success."""
    if not operation.successes:
        return True
    first = operation.successes[0]
    needs_no_sample = first.result in (None, ANY, *_UNSTRUCTURED)
    return needs_no_sample or first.status in dict(operation.reply_examples)


def _can_be_answered(operation: Operation) -> bool:
    shown = dict(operation.reply_examples)
    has_sample = any(each.status in shown for each in operation.successes)
    return has_sample or can_be_shown(operation)

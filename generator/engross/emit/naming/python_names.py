"""Every name that an emitted package has, settled in one pass.

Each scope is one `Namespace`; each name is claimed there under the stable key of what it names, and
is looked up by that key alone. Names that an author chose come first, then those of component
schemas, then the derived ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engross.contract.ir import (
    Argument,
    Body,
    Contract,
    Credential,
    Definition,
    Enum,
    EnumMember,
    Field,
    Model,
    Operation,
    OperationId,
    ParameterId,
    ProviderError,
    Ref,
    Reply,
    ServerVariable,
    Webhook,
)
from engross.data import dataclass
from engross.emit.naming.client_names import (
    Setting,
    WebhookNames,
    client_names,
    package_names,
    webhook_names,
)
from engross.emit.naming.method_names import Resource, method_names
from engross.emit.naming.operation_names import (
    OperationNames,
    Target,
    Use,
    operation_names,
    validator_names,
)
from engross.emit.naming.type_names import type_names
from engross.emit.naming.words import pascal
from engross.findings import FindingsError, Severity, in_order
from engross.source import Location


@dataclass(frozen=True, slots=True)
class PythonNames:
    """The names of one package; looked up by what they name."""

    package: str
    client: str
    env_prefix: str
    """What environment variables begin with."""
    definitions: Mapping[Location, Definition]
    classes: Mapping[Location, str]
    dicts: Mapping[Location, str]
    """What a caller may pass in place of a model or an enum."""
    exports: Mapping[Location, str]
    """Names under which the root of the package exports classes."""
    fields: Mapping[tuple[Location, str], str]
    members: Mapping[tuple[Location, str | int], str]
    errors: Mapping[str, str]
    operations: Mapping[OperationId, OperationNames]
    resources: tuple[Resource, ...]
    credentials: Mapping[tuple[str, ...], Setting]
    variables: Mapping[str, Setting]
    validators: Mapping[Use, str]
    targets: tuple[Target, ...]
    webhooks: Mapping[OperationId, WebhookNames]
    webhooks_property: str
    webhooks_class: str

    @property
    def in_models(self) -> frozenset[str]:
        """Return the names that the code of models, and of dicts in their place, sees."""
        return frozenset({*self.classes.values(), *self.fields.values()})

    @property
    def of_types(self) -> frozenset[str]:
        """Return the names of classes, and of what callers may pass in their place."""
        return frozenset({*self.classes.values(), *self.dicts.values()})

    def in_methods(self, operations: Iterable[Operation]) -> frozenset[str]:
        """Return the names that the code of methods sees, beside those of types."""
        found: set[str] = set()
        for operation in operations:
            found.add(self.verb(operation))
            found.update(self.operations[operation.id].arguments.values())
        return frozenset(found)

    # Definitions

    def definition(self, ref: Ref) -> Definition:
        """Return what a type refers to."""
        return self.definitions[ref.at]

    def class_of(self, definition: Ref | Definition) -> str:
        """Return the class of a definition, in the module of the models."""
        return self.classes[definition.at]

    def dict_of(self, definition: Ref | Definition) -> str:
        """Return the type of what a caller may pass in place of a model or an enum."""
        return self.dicts[definition.at]

    def field(self, model: Model, field: Field) -> str:
        """Return the name of a field."""
        return self.fields[model.at, field.wire]

    def member(self, enum: Enum, member: EnumMember) -> str:
        """Return the name of a member of an enum."""
        return self.members[enum.at, member.value]

    def error(self, error: ProviderError) -> str:
        """Return the exception of a provider's code."""
        return self.errors[error.code]

    # Operations

    def method(self, operation: Operation) -> str:
        """Return how a method is reached from a client, as `invoices.create`."""
        names = self.operations[operation.id].method
        return f"{names.resource}.{names.method}"

    def verb(self, operation: Operation) -> str:
        """Return the name of a method within its resource."""
        return self.operations[operation.id].method.method

    def resource(self, operation: Operation) -> str:
        """Return the name of the resource of an operation."""
        return self.operations[operation.id].method.resource

    def constant(self, operation: Operation) -> str:
        """Return the name of the descriptor of an operation."""
        return self.operations[operation.id].constant

    def argument(self, operation: Operation, identity: ParameterId) -> str:
        """Return the argument for a parameter, or for a member of the body."""
        return self.operations[operation.id].arguments[identity]

    def body_field(self, operation: Operation, argument: Argument) -> str:
        """Return the field of the body's model that an argument fills."""
        assert operation.body is not None
        assert isinstance(operation.body.type, Ref)
        return self.fields[operation.body.type.at, argument.wire]

    # Clients and webhooks

    def setting(self, source: Credential | ServerVariable) -> Setting:
        """Return the client's argument for a secret or for a part of the server's address."""
        if isinstance(source, Credential):
            return self.credentials[source.id]
        return self.variables[source.wire]

    def reader(self, webhook: Webhook) -> str:
        """Return what reads a webhook, as `webhooks.invoice_paid`."""
        return f"{self.webhooks_property}.{self.webhooks[webhook.id].name}"

    # Validators

    def body_validator(self, operation: Operation, body: Body) -> str:
        """Return the validator of the body of a request."""
        is_other = body is not operation.body
        part = f"request {body.media_type}" if is_other else "request"
        return self.validators[Use(operation.id, part)]

    def parameter_validator(self, operation: Operation, identity: ParameterId) -> str:
        """Return the validator of a parameter."""
        return self.validators[Use(operation.id, str(identity))]

    def reply_validator(self, operation: Operation, reply: Reply) -> str:
        """Return the validator of the body of a reply."""
        part = f"reply {reply.status}"
        if not any(reply is first for first in operation.replies):
            part += f" {reply.media_type}"
        return self.validators[Use(operation.id, part)]


def python_names(contract: Contract) -> PythonNames:
    """Settle every name of the package of a contract.

    Raises:
        FindingsError: names that the author chose clash; holds every such finding.
    """
    package = package_names(contract)
    types = type_names(contract, package.client)
    methods = method_names(contract, package.client)
    operations = operation_names(contract, types.fields, methods.methods)
    validators = validator_names(contract)
    client = client_names(contract, package.env_prefix)
    webhooks = webhook_names(contract)
    findings = (
        *(each for each in package.findings if each.severity is Severity.ERROR),
        *types.findings,
        *methods.findings,
        *operations.findings,
        *client.findings,
    )
    if findings:
        raise FindingsError(in_order([*contract.warnings, *findings]))
    return PythonNames(
        package=package.package,
        client=package.client,
        env_prefix=package.env_prefix,
        definitions={each.at: each for each in contract.definitions},
        classes=types.classes,
        dicts=types.dicts,
        exports=types.exports,
        fields=types.fields,
        members=types.members,
        errors=types.errors,
        operations=operations.operations,
        resources=methods.resources,
        credentials=client.credentials,
        variables=client.variables,
        validators={each.use: each.name for each in validators},
        targets=validators,
        webhooks=webhooks,
        webhooks_property=methods.webhooks,
        webhooks_class=pascal(methods.webhooks),
    )

"""Names of what a client is given, and of the webhooks that it reads."""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Hashable, Iterator

from engross.contract.ir import (
    Contract,
    Credential,
    CredentialRole,
    OperationId,
    ServerVariable,
)
from engross.data import dataclass
from engross.emit.naming.namespace import Namespace, hidden_builtin
from engross.emit.naming.reserved import (
    CLIENT_OPTIONS,
    IN_CLIENTS,
    IN_WEBHOOKS,
    WEBHOOK_CONSTANTS,
    is_taken_client,
    taken_package,
)
from engross.emit.naming.words import constant, pascal, snake
from engross.findings import Finding, Severity, Span
from engross.source import Location

_TAKEN = "taken-name"


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument of the client that the environment can give."""

    argument: str
    env: str


@dataclass(frozen=True, slots=True)
class PackageNames:
    """Names of the package as a whole.

    Attributes:
        env_prefix: what its environment variables begin with.
        findings: errors about chosen names, and warnings about derived ones.
    """

    package: str
    client: str
    env_prefix: str
    findings: tuple[Finding, ...]


def package_names(contract: Contract) -> PackageNames:
    """Name the package and its client; a document that names neither is named by its file.

    A name of the file that cannot be that of a package, or that hides a module which the
    package imports, is qualified, with a warning.
    """
    stem = contract.path.rpartition("/")[2].rpartition(".")[0]
    derived = snake(stem)
    package = contract.package or free_package(derived)
    client = contract.client or client_of(package)
    return PackageNames(
        package=package,
        client=client,
        env_prefix=contract.env_prefix or package.upper(),
        findings=tuple(_package_findings(contract, derived, package, client)),
    )


def free_package(name: str) -> str:
    """Return the name for a package, qualified if a package must not have it."""
    return name if _problem(name) is None else f"{name.rstrip('_')}_api"


def _problem(name: str) -> str | None:
    """Return what a derived name is that a package must not have; None if it is free."""
    if name.endswith("_"):
        return "not the name of a distribution, which ends in a letter or digit"
    return taken_package(name)


def client_of(package: str) -> str:
    """Return the name of the client of a package that names none."""
    name = pascal(package)
    return f"{name}Client" if is_taken_client(name) else name


_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "api apis app client definition definitions doc docs documentation http index "
        "json latest main oas open openapi public rest schema schemas sdk server service "
        "services spec specification specs stdin swagger web yaml",
    )
)
"""Words in names of files and titles that do not tell one provider from another."""

_MOST_WORDS = 4


def standalone_name(contract: Contract) -> str:
    """Name the package of a document that belongs to no project and names none.

    It is named by its file; by its title where the file is called something like
    `openapi.json`.
    """
    stem = re.sub(r"\.\w+$", "", contract.path.rpartition("/")[2])
    for text in (stem, contract.title):
        telling = [word for word in snake(text).split("_") if _tells(word)]
        if telling:
            words = telling if text is not stem else [snake(stem)]
            return free_package("_".join(words[:_MOST_WORDS]))
    return "api_client"


def _tells(word: str) -> bool:
    is_version = re.fullmatch(r"v?[0-9]*", word) is not None
    return word not in _GENERIC and not is_version and word.isascii()


def _package_findings(
    contract: Contract, derived: str, package: str, client: str
) -> Iterator[Finding]:
    root = Location(contract.path)
    names = root / "x-engross"
    taken = _problem(package)
    if taken is not None:
        message = f"{package!r} is {taken}"
        at = contract.locate(names / "package")
        yield Finding(_TAKEN, message, at, "choose another name")
    elif contract.package is None and derived != package:
        message = f"{derived!r} is {_problem(derived)}; the package is {package!r}"
        hint = "rename the file, or choose a package in x-engross"
        at = contract.locate(root)
        yield Finding(_TAKEN, message, at, hint, Severity.WARNING)
    if contract.client is not None and is_taken_client(client):
        at = contract.locate(names / "client")
        if hasattr(builtins, client):
            yield hidden_builtin(client, at)
        else:
            message = f"every package has {client!r} or a name derived from it already"
            yield Finding(_TAKEN, message, at, "choose another name")


@dataclass(frozen=True, slots=True)
class WebhookNames:
    """Names of one webhook."""

    name: str
    """Name of the property that reads it."""
    constant: str
    """Name of the emitted descriptor."""


@dataclass(frozen=True, slots=True)
class ClientNames:
    """Names of the arguments of clients, and findings about these."""

    credentials: dict[tuple[str, ...], Setting]
    variables: dict[str, Setting]
    findings: tuple[Finding, ...]


def client_names(contract: Contract, env_prefix: str) -> ClientNames:
    """Name the arguments of clients, and the environment variables beside them."""
    arguments = Namespace("a client's argument", (*CLIENT_OPTIONS, *IN_CLIENTS))
    environment = Namespace("an environment variable", (f"{env_prefix}_BASE_URL",))
    credentials: dict[tuple[str, ...], Credential] = {}
    for credential, span in _credentials(contract):
        key = credential.id
        credentials.setdefault(key, credential)
        if credential.explicit is not None:
            arguments.choose(key, credential.explicit, span)
        if credential.env is not None:
            environment.choose(key, credential.env, span)
    variables: dict[str, ServerVariable] = {}
    for variable, span in _variables(contract):
        wire = variable.wire
        variables.setdefault(wire, variable)
        if variable.explicit is not None:
            arguments.choose(wire, variable.explicit, span)
        if variable.env is not None:
            environment.choose(wire, variable.env, span)
    roles = Counter(credential.role for credential in credentials.values())
    several = len(contract.security) > 1

    def setting(key: Hashable, *candidates: str) -> Setting:
        argument = arguments.claim(key, *candidates)
        env = f"{env_prefix}_{constant(argument)}"
        return Setting(argument, environment.claim(key, env, f"{env}_VALUE"))

    settings: dict[tuple[str, ...], Setting] = {}
    for key, credential in credentials.items():
        role = credential.role or ""
        is_url = role is CredentialRole.TOKEN_URL
        is_shared = roles[credential.role] > 1 if is_url else several
        qualified = _qualified(snake(credential.scheme), role)
        settings[key] = setting(key, qualified if is_shared else role, qualified)
    return ClientNames(
        credentials=settings,
        variables={
            wire: setting(wire, snake(wire), f"server_{snake(wire)}")
            for wire in variables
        },
        findings=(*arguments.findings, *environment.findings),
    )


def _qualified(scheme: str, role: str) -> str:
    """Return the name of a credential of a scheme, which says nothing twice."""
    of_scheme, of_role = scheme.split("_"), role.split("_")
    if of_scheme[-1] == of_role[-1] or f"_{role}_" in f"_{scheme}_":
        return scheme
    return f"{scheme}_{role}"


def _credentials(contract: Contract) -> Iterator[tuple[Credential, Span]]:
    """Yield each credential, and where its scheme or webhook is written."""
    schemes = Location(contract.path) / "components" / "securitySchemes"
    for scheme in contract.security:
        for credential in (scheme.credential, scheme.password, scheme.issuer):
            if credential is not None:
                yield credential, contract.locate(schemes / scheme.name)
    for webhook in contract.webhooks.members if contract.webhooks else ():
        if webhook.proof is not None:
            yield webhook.proof.credential, webhook.span


def _variables(contract: Contract) -> Iterator[tuple[ServerVariable, Span]]:
    servers = Location(contract.path) / "servers"
    for index, server in enumerate(contract.servers):
        for variable in server.variables:
            place = servers / index / "variables" / variable.wire
            at = place / "x-engross" / "argument"
            yield variable, contract.locate(at)
    for operation in contract.operations:
        for variable in operation.server.variables if operation.server else ():
            yield variable, contract.locate(operation.at, key=True)


def webhook_names(contract: Contract) -> dict[OperationId, WebhookNames]:
    """Name the properties that read webhooks, and their descriptors."""
    names = Namespace("a webhook", IN_WEBHOOKS)
    constants = Namespace("a webhook", WEBHOOK_CONSTANTS)
    found: dict[OperationId, WebhookNames] = {}
    for webhook in contract.webhooks.members if contract.webhooks else ():
        full = f"{webhook.key} {webhook.id.method}"
        found[webhook.id] = WebhookNames(
            names.claim(webhook.id, snake(webhook.key), snake(full)),
            constants.claim(webhook.id, constant(webhook.key), constant(full)),
        )
    return found

"""Credentials, environment variables and servers of a client."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.ir import Contract, Operation, SchemeKind, SecurityScheme
from engross.contract.openapi import ParameterLocation
from engross.emit import documentation
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, prose, table
from engross.layout import string

_PROVES = "Verifies [webhooks](#webhooks); no request needs it."
_MOST_NAMED = 8
"""Methods that a sentence names; it counts more."""

_BASE_URL = "URL of the provider. Defaults to the first server below."


def settings(contract: Contract, names: PythonNames) -> str:
    """Return the table of arguments with an environment variable, secrets first."""
    rows: dict[str, tuple[str, str, str]] = {}
    for scheme in contract.security:
        for argument, env, meaning in _secrets(scheme, names):
            rows.setdefault(argument, (code(argument), code(env), meaning))
    for secret in contract.webhook_secrets:
        setting = names.setting(secret)
        row = (code(setting.argument), code(setting.env), _PROVES)
        rows.setdefault(setting.argument, row)
    for variable in contract.server_variables:
        default = (
            " Required."
            if variable.required
            else f" Default: {code(variable.default)}."
        )
        meaning = f"{prose(documentation.variable(variable))}{default}".strip()
        setting = names.setting(variable)
        row = (code(setting.argument), code(setting.env), meaning)
        rows.setdefault(setting.argument, row)
    for scheme in contract.security:
        if scheme.issuer is not None:
            meaning = f"URL that issues tokens. Default: {code(str(scheme.token_url))}."
            setting = names.setting(scheme.issuer)
            row = (code(setting.argument), code(setting.env), meaning)
            rows.setdefault(setting.argument, row)
    base_url = (code("base_url"), code(base_url_variable(names)), _BASE_URL)
    return table(
        ("Argument", "Environment variable", "Meaning"), (*rows.values(), base_url)
    )


def needed_arguments(
    contract: Contract, names: PythonNames, operation: Operation | None
) -> dict[str, str]:
    """Return the arguments without which a client cannot make a call, with placeholders."""
    found: dict[str, str] = {}
    schemes = {scheme.name: scheme for scheme in contract.security}
    alternatives = operation.security if operation is not None else ()
    for scheme in () if () in alternatives else next(iter(alternatives), ()):
        for argument, _, _ in _secrets(schemes[scheme], names):
            found[argument] = string("...")
    url = contract.servers[0].url if contract.servers else ""
    if "://" in url or url.startswith("{"):
        for variable in contract.servers[0].variables:
            if variable.required:
                found[names.setting(variable).argument] = string("...")
    else:
        path = f"/{url.lstrip('/')}".rstrip("/")
        found["base_url"] = string(f"http://localhost:8000{path}")
    return found


def base_url_variable(names: PythonNames) -> str:
    """Return the environment variable of `base_url`."""
    return f"{names.env_prefix}_BASE_URL"


def alternatives(contract: Contract, names: PythonNames) -> str:
    """Return the ways to authenticate; empty if there is only one."""
    ways = contract.required_security
    if len(ways) < 2:
        return ""
    arguments = {
        scheme.name: [argument for argument, _, _ in _secrets(scheme, names)]
        for scheme in contract.security
    }
    written = (
        " with ".join(code(argument) for name in way for argument in arguments[name])
        for way in ways
    )
    return ", or ".join(dict.fromkeys(each or "nothing" for each in written))


def needed_by(contract: Contract, names: PythonNames) -> str:
    """Return which methods need credentials; empty if all do, or none does."""
    needing = [each for each in contract.operations if each.security]
    free = [each for each in contract.operations if not each.security]
    if not needing or not free:
        return ""
    if len(needing) <= min(len(free), _MOST_NAMED):
        verb = "needs" if len(needing) == 1 else "need"
        return f"Only {codes(map(names.method, needing))} {verb} credentials."
    if len(free) <= _MOST_NAMED:
        return f"All methods but {codes(map(names.method, free))} need credentials."
    total = len(contract.operations)
    return f"{len(needing)} of the {total} methods need credentials."


def servers(contract: Contract) -> str:
    """Return the table of servers."""
    return table(
        ("URL", "Environment"),
        (
            (code(server.url), prose(sentence(server.docs.description)))
            for server in contract.servers
        ),
    )


def other_server(contract: Contract) -> str:
    """Return a complete URL other than the first; empty if there is none."""
    for server in contract.servers[1:]:
        if not server.variables and server.url.startswith("http"):
            return server.url
    return ""


def _secrets(
    scheme: SecurityScheme, names: PythonNames
) -> Iterator[tuple[str, str, str]]:
    """Yield argument, environment variable and meaning of each secret of a scheme."""
    # The description of a signature does not describe the secret that it is made with.
    is_sent = scheme.signature is None
    about = prose(sentence(scheme.docs.description)) if is_sent else ""
    if scheme.docs.deprecated:
        about = f"{about} Deprecated.".strip()
    halves = ((scheme.credential, "user name"), (scheme.password, "password"))
    for credential, half in halves:
        if credential is not None:
            setting = names.setting(credential)
            meaning = f"{about} {_way(scheme, half)}".strip()
            yield setting.argument, setting.env, meaning


def _way(scheme: SecurityScheme, half: str) -> str:
    """Return how a secret is sent."""
    match scheme.kind:
        case SchemeKind.BASIC:
            alone = scheme.credential is None or scheme.password is None
            rest = "; the other half is empty" if alone else ""
            return f"Sent as {half} of HTTP basic authentication{rest}."
        case SchemeKind.AUTHORIZATION:
            return f"Sent as {code(f'Authorization: {scheme.wire} ...')}."
        case SchemeKind.OAUTH2:
            place = "the form" if scheme.in_form else "HTTP basic authentication"
            name = "secret" if half == "password" else "id"
            return f"The client's {name}, sent in {place} to the token URL."
        case SchemeKind.SIGNATURE if scheme.signature is not None:
            made = scheme.signature
            digest = f"{'HMAC-' if made.hmac else ''}{made.digest.upper()}"
            return (
                f"Signs each request and is not sent itself: {scheme.location} "
                f"{code(scheme.wire)} is the {digest} of {code(made.template)}, in "
                f"{made.encoding}."
            )
    is_query = scheme.location is ParameterLocation.QUERY
    place = "query parameter" if is_query else scheme.location
    return f"Sent as {place} {code(scheme.wire)}."

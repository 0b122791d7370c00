"""How a client is told who calls and where to."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.ir import Contract, SecurityScheme
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, prose, table

_PROVES = "Proves that [messages](#webhooks) are the provider's; no call needs it."
_BASE_URL = "Where the provider answers, if not at the first of the servers below."


def settings(contract: Contract, names: PythonNames) -> str:
    """Arguments of the client that the environment can give, secrets first."""
    rows: dict[str, tuple[str, str, str]] = {}
    for scheme in contract.security:
        for argument, env, meaning in _secrets(scheme, names):
            rows.setdefault(argument, (code(argument), code(env), meaning))
    for secret in contract.webhook_secrets:
        setting = names.setting(secret)
        row = (code(setting.argument), code(setting.env), _PROVES)
        rows.setdefault(setting.argument, row)
    for server in contract.servers[:1]:
        for each in server.variables:
            default = (
                " Has to be given."
                if each.required
                else f" Default: {code(each.default)}."
            )
            meaning = f"{prose(sentence(each.description))}{default}".strip()
            setting = names.setting(each)
            row = (code(setting.argument), code(setting.env), meaning)
            rows.setdefault(setting.argument, row)
    for scheme in contract.security:
        if scheme.issuer is not None:
            meaning = (
                f"Where tokens are issued, if not at {code(str(scheme.token_url))}."
            )
            setting = names.setting(scheme.issuer)
            row = (code(setting.argument), code(setting.env), meaning)
            rows.setdefault(setting.argument, row)
    base_url = (code("base_url"), code(base_url_variable(names)), _BASE_URL)
    return table(
        ("Argument", "Environment variable", "What it is"), (*rows.values(), base_url)
    )


def base_url_variable(names: PythonNames) -> str:
    """The environment variable that stands in for `base_url`."""
    return f"{names.env_prefix}_BASE_URL"


def alternatives(contract: Contract, names: PythonNames) -> str:
    """The ways to authenticate of which one is enough; empty where there is but one."""
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
    """The methods that need credentials, where a client can be made without; else empty."""
    if contract.required_security:
        return ""
    return codes(names.method(each) for each in contract.operations if each.security)


def servers(contract: Contract) -> str:
    """The addresses that the contract names."""
    return table(
        ("Address", "What answers there"),
        (
            (code(each.url), prose(sentence(each.docs.description)))
            for each in contract.servers
        ),
    )


def other_server(contract: Contract) -> str:
    """An address other than the first that can be used as it is; empty where there is none."""
    for each in contract.servers[1:]:
        if not each.variables and each.url.startswith("http"):
            return each.url
    return ""


def _secrets(
    scheme: SecurityScheme, names: PythonNames
) -> Iterator[tuple[str, str, str]]:
    """Argument, environment variable and meaning of what a scheme needs."""
    # What is said of a signature is not said of the secret that it is made with.
    is_sent = scheme.signature is None
    about = prose(sentence(scheme.docs.description)) if is_sent else ""
    for each, half in ((scheme.credential, "user name"), (scheme.password, "password")):
        if each is not None:
            setting = names.setting(each)
            meaning = f"{about} {_way(scheme, half)}".strip()
            yield setting.argument, setting.env, meaning


def _way(scheme: SecurityScheme, half: str) -> str:
    """How a secret travels."""
    match scheme.kind:
        case "basic":
            alone = scheme.credential is None or scheme.password is None
            rest = ", the other half being empty" if alone else ""
            return f"Sent as {half} of HTTP basic authentication{rest}."
        case "authorization":
            return f"Sent as {code(f'Authorization: {scheme.wire} ...')}."
        case "oauth2":
            place = "the form" if scheme.in_form else "HTTP basic authentication"
            name = "secret" if half == "password" else "id"
            return f"The client's {name}, sent in {place} to whoever issues tokens."
        case "signature" if scheme.signature is not None:
            made = scheme.signature
            digest = f"{'HMAC-' if made.hmac else ''}{made.digest.upper()}"
            return (
                f"Signs each request and is not sent: {scheme.location} {code(scheme.wire)} "
                f"carries the {digest} of {code(made.template)}, in {made.encoding}."
            )
    place = {"query": "query parameter"}.get(scheme.location, scheme.location)
    return f"Sent as {place} {code(scheme.wire)}."

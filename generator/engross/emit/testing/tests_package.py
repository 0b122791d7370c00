"""`package.py` of the tests: the package under test, and clients that talk to a server."""

from __future__ import annotations

from engross.data import dataclass
from engross.emit.client import credentials, issuers
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import items
from engross.emit.testing.wire import TOKENS, base_path, secret
from engross.layout import Expression, Group, call, lay_out, string, tuple_of

SHARED = {
    "_runtime.arguments": ("encode_json", "load_violations"),
    "_runtime.conversion": ("ADDITIONAL", "decoder"),
    "_runtime.decoding": ("reader",),
    "_runtime.models": ("UNSET", "Model"),
    "_runtime.operation": ("Operation", "Reply"),
    "_runtime.retry_policy": ("instant_waits",),
    "_runtime.sources": ("attach",),
    "_runtime.transport_types": ("Received",),
    "_runtime.wire": ("as_it_came", "to_wire"),
    "contract": ("CONTRACT",),
    "errors": ("APIStatusError", "ConfigurationError", "RequestInvalidError"),
}
"""What tests that do not vary with the contract need of the package."""

MODULES = ("models", "operations")


@dataclass(frozen=True, slots=True)
class PackageView:
    """What `package.py` holds."""

    imports: str
    base_path: str
    secrets: str
    exported: str
    client: str
    async_client: str


def package_view(scope: Scope) -> PackageView:
    """The view of `package.py`."""
    contract, names = scope.contract, scope.names
    imports = scope.imports()
    imports.add("typing", "Any")
    imports.add(names.package, *MODULES, names.client, f"Async{names.client}")
    for module, shared_names in SHARED.items():
        imports.add(f"{names.package}.{module}", *shared_names)
    given = [names.setting(each).argument for each in credentials(contract)]
    issued = [names.setting(each).argument for each in issuers(contract)]
    shared = [name for listed in SHARED.values() for name in listed]
    constants = ("AsyncClient", "BASE_PATH", "Client", "SECRETS")
    own = (*constants, "all_operations", "async_client", "client")
    exported = sorted((*shared, *own, *MODULES), key=_export_order)
    return PackageView(
        imports=imports.render(),
        base_path=string(base_path(contract)),
        secrets=lay_out(
            tuple_of(string(secret(each)) for each in given), before="SECRETS = "
        ),
        exported=lay_out(
            Group("[", items(*map(string, exported)), "]"), before="__all__ = "
        ),
        client=_made(names.client, given, issued),
        async_client=_made(f"Async{names.client}", given, issued),
    )


def _made(name: str, given: list[str], issued: list[str]) -> str:
    """The statement that returns a client."""
    arguments: dict[str, Expression] = {each: string(secret(each)) for each in given}
    arguments |= {each: f'f"{{url}}{TOKENS}{each}"' for each in issued}
    made = call(
        name, **arguments, base_url="url", max_retries="0", http_client="http_client"
    )
    return lay_out(made, indent=4, before="return ")


def _export_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as linters sort `__all__`."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)

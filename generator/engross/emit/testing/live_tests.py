"""`test_live.py`: one call of each operation at the provider itself, for those who ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from engross.contract.ir import Operation, RetryMode
from engross.data import dataclass
from engross.emit.example_calls import NamedCall
from engross.emit.imports import Imports
from engross.emit.testing.model_tests import call_source, calls_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import parametrized
from engross.layout import docstring, lay_out, string, tuple_of

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class LiveView:
    """What `test_live.py` holds.

    Attributes:
        needed: environment variables without which nothing is called.
        switch: environment variable that allows calls that change something.
        reading: table of calls that change nothing; empty if there are none.
        changing: table of those that change something; empty if there are none.
    """

    docstring: str
    imports: str
    needed: str
    switch: str
    reading: str
    changing: str


def live_view(scope: Scope) -> LiveView:
    """The view of `test_live.py`."""
    names = scope.names
    imports = scope.imports()
    imports.add_module("os")
    imports.add_module("pytest")
    imports.add("collections.abc", "Iterator")
    imports.add("contextlib", "contextmanager")
    imports.add(names.package, names.client)
    imports.add(".package", "APIStatusError")
    reading = [each for each in scope.operations if not _changes(each)]
    changing = [each for each in scope.operations if _changes(each)]
    if reading or changing:
        imports.add(".documented", "Call")
    switch = f"{names.env_prefix}_LIVE"
    needed = list(dict.fromkeys(_needed(scope))) or [switch]
    tables = [_table(scope, each, imports) for each in (reading, changing)]
    return LiveView(
        docstring=docstring([*_docs(needed, switch if changing else "")], indent=0),
        imports=imports.render(),
        needed=lay_out(tuple_of(map(string, needed)), before="NEEDED = "),
        switch=switch,
        reading=tables[0],
        changing=tables[1],
    )


def _table(scope: Scope, operations: list[Operation], imports: Imports) -> str:
    made = [NamedCall.first(each, scope.names) for each in operations]
    if scope.contract.is_large and made:
        dense = calls_source(made, imports)
        if dense is not None:
            return parametrized(("call",), dense, ids="str")
    rows = [call_source(each) for each in made]
    return parametrized(("call",), rows, ids="str") if rows else ""


def _docs(needed: list[str], switch: str) -> Iterator[str]:
    yield "One call of each operation at the provider itself, for those who ask for it."
    verb = "is" if len(needed) == 1 else "are"
    text = f"They run where {' and '.join(needed)} {verb} set."
    if switch:
        text += f" Calls that change something need {switch}=1 as well."
    yield f"{text} Where they go is what the client makes of the environment."


def _needed(scope: Scope) -> Iterator[str]:
    """Environment variables of the first way to authenticate, and of the address."""
    contract = scope.contract
    schemes = {scheme.name: scheme for scheme in contract.security}
    ways = [contract.required_security, *(each.security for each in scope.operations)]
    names = next((way[0] for way in ways if way and way[0]), ())
    for name in names:
        for credential in (schemes[name].credential, schemes[name].password):
            if credential is not None:
                yield scope.names.setting(credential).env
    for variable in contract.server_variables:
        if variable.required:
            yield scope.names.setting(variable).env


def _changes(operation: Operation) -> bool:
    """Whether a call may change something at the provider."""
    return (
        operation.http_method not in _READING
        and operation.retry.mode is not RetryMode.SAFE
    )

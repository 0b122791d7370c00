"""`test_live.py`: one call of each operation at the provider itself, for those who ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engross.contract.ir import Operation, RetryMode
from engross.emit.example_calls import CallWriter
from engross.emit.imports import Imports
from engross.emit.testing.answers import result_class
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import Function, is_instance
from engross.layout import Group, docstring, lay_out, string, tuple_of

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class LiveView:
    """What `test_live.py` holds.

    Attributes:
        needed: environment variables without which nothing is called.
        switch: environment variable that allows calls that change something.
    """

    docstring: str
    imports: str
    needed: str
    switch: str
    changes: bool
    functions: tuple[str, ...]


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
    writer = _TestWriter(scope, imports, CallWriter(scope.names, imports))
    functions = [writer.function(each) for each in scope.operations]
    switch = f"{names.env_prefix}_LIVE"
    needed = list(dict.fromkeys(_needed(scope))) or [switch]
    changes = any(map(_changes, scope.operations))
    return LiveView(
        docstring=docstring([*_docs(needed, switch if changes else "")], indent=0),
        imports=imports.render(),
        needed=lay_out(tuple_of(map(string, needed)), before="NEEDED = "),
        switch=switch,
        changes=changes,
        functions=tuple(each.text for each in functions),
    )


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


@dataclass(frozen=True, slots=True)
class _TestWriter:
    scope: Scope
    imports: Imports
    calls: CallWriter

    def function(self, operation: Operation) -> Function:
        call = self.calls.first(operation)
        client = self.scope.names.client
        made = call.on("live")
        lines: list[str] = []
        if operation.pagination is not None:
            model = result_class(operation.pagination.item_type, self.scope.names)
            first = Group(f"{made.opening}", made.items, ").first_page()")
            lines.append(lay_out(first, indent=8, before="page = "))
            if model:
                self.imports.add(self.scope.names.package, "models")
                check = f"isinstance(each, models.{model}) for each in page.items"
                lines.append(f"assert all({check})")
        elif model := result_class(operation.result, self.scope.names):
            self.imports.add(self.scope.names.package, "models")
            lines.append(lay_out(made, indent=8, before="result = "))
            is_model = is_instance("result", model)
            lines.append(lay_out(is_model, indent=8, before="assert "))
        else:
            lines.append(lay_out(made, indent=8))
        body = ["with an_answer():", *(f"    {line}" for line in lines)]
        decorator = "@changes_something" if _changes(operation) else ""
        return Function.of(
            f"test_{self.scope.stems[call.method]}_answers_as_the_contract_says",
            [f"live: {client}"],
            body,
            decorator=decorator,
        )

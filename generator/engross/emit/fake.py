"""What the fake of a package knows: the lives of items, laid out as source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engross.contract.ir import (
    Contract,
    Kind,
    Life,
    Operation,
    Resource,
    Webhook,
)
from engross.data import dataclass
from engross.emit.client import credentials, issuers
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.naming.namespace import Namespace
from engross.emit.operations import pointer, runtime_expression
from engross.emit.runtime_modules import pages
from engross.emit.testing.wire import base_path, secret
from engross.layout import (
    Expression,
    call,
    dict_of,
    docstring,
    lay_out,
    literal,
    string,
    tuple_of,
)

_LIFE = ".testing.life"

_CLOCKS: Mapping[Kind, str] = {
    Kind.DATE_TIME: "date-time",
    Kind.DATE: "date",
    Kind.UNIX_SECONDS: "unix-s",
    Kind.UNIX_MILLISECONDS: "unix-ms",
}


@dataclass(frozen=True, slots=True)
class FakeView:
    """What the modules of a package's fake hold.

    Attributes:
        name: class of the fake.
        base: class that it extends.
        imports: imports of the knowledge.
        knowledge: the assignment of the knowledge.
        docstring: that of the class.
        parameters: secrets that the class takes.
        secrets: dictionary of these.
        given: dictionary of what a client is given.
        page: path of the page that shows the fake.
    """

    name: str
    base: str
    has_webhooks: bool
    imports: str
    knowledge: str
    docstring: str
    parameters: tuple[str, ...]
    secrets: str
    given: str
    page: str


def fake_view(contract: Contract, names: PythonNames) -> FakeView:
    """Return the view of a package's fake."""
    imports = Imports(folder="testing")
    imports.add("functools", "partial")
    imports.add(".", "operations")
    imports.add(".contract", "CONTRACT")
    imports.add(_LIFE, "Knowledge", "operations_of")
    knowledge = _Writer(contract, names, imports).knowledge()
    arguments = [names.setting(each).argument for each in credentials(contract)]
    given = {each: secret(each) for each in arguments}
    issued = {names.setting(each).argument: "" for each in issuers(contract)}
    given |= dict.fromkeys(issued, "https://fake.example/__token__")
    given |= {
        names.setting(each).argument: each.default or f"test-{each.wire}"
        for each in contract.server_variables
    }
    given["base_url"] = f"https://fake.example{base_path(contract)}"
    has_webhooks = contract.webhooks is not None
    plays = (
        f"Plays {contract.title} in tests: it keeps what was created, answers with the "
        "provider's own errors, and fails on demand."
    )
    return FakeView(
        name=f"Fake{names.client}",
        base="WebhookFake" if has_webhooks else "Fake",
        has_webhooks=has_webhooks,
        imports=imports.render(),
        knowledge=lay_out(knowledge, before="KNOWLEDGE = "),
        docstring=docstring(
            [plays, "A secret that is not given may be any text."], indent=4
        ),
        parameters=tuple(f"{each}: str | None = None," for each in arguments),
        secrets=lay_out(dict_of({string(each): each for each in arguments}), indent=8),
        given=lay_out(
            dict_of({string(name): string(value) for name, value in given.items()}),
            before="GIVEN: Mapping[str, str] = ",
        ),
        page=(
            "/__fake__" if any(_is_root(each) for each in contract.operations) else "/"
        ),
    )


def _is_root(operation: Operation) -> bool:
    return operation.id.path.strip("/") == ""


def called_resources(contract: Contract, names: PythonNames) -> Mapping[str, str]:
    """Return how a fake calls its resources, as clients do: key -> name."""
    claimed = Namespace("a resource")
    found: dict[str, str] = {}
    firsts: dict[str, Operation] = {}
    for operation in contract.operations:
        if operation.life is not None:
            firsts.setdefault(operation.life.resource, operation)
    for resource in contract.resources:
        name = names.resource(firsts[resource.key])
        found[resource.key] = claimed.claim(
            resource.key, name, resource.key.replace("/{}", "")
        )
    return found


@dataclass(frozen=True, slots=True)
class _Writer:
    """Lays out the knowledge of one contract."""

    contract: Contract
    names: PythonNames
    imports: Imports

    def knowledge(self) -> Expression:
        """Return the call that makes the knowledge."""
        called = called_resources(self.contract, self.names)
        resources = {
            string(called[each.key]): self._resource(each)
            for each in self.contract.resources
        }
        lives = {
            string(self.names.method(each)): self._life(each.life, called)
            for each in self.contract.operations
            if each.life is not None
        }
        keywords: dict[str, Expression] = {
            "contract": "CONTRACT",
            "operations": "partial(operations_of, operations)",
            "resources": dict_of(resources),
            "lives": dict_of(lives),
        }
        if pages(self.contract):
            self.imports.add(".testing.pages", "window")
            keywords["window"] = "window"
        codes = {
            string(each.code): str(each.status)
            for each in self.contract.errors.classes
            if each.status is not None
        }
        if codes:
            keywords["codes"] = dict_of(codes)
        events = dict(self._events(called))
        if events:
            keywords["events"] = dict_of(events)
        return call("Knowledge", **keywords)

    def _resource(self, resource: Resource) -> Expression:
        self.imports.add(_LIFE, "Resource")
        keywords: dict[str, Expression] = {}
        if not resource.is_created:
            keywords["is_created"] = "False"
        for name in ("created", "changed"):
            members = dict(getattr(resource, name))
            if members:
                keywords[name] = dict_of(
                    {
                        string(wire): string(_CLOCKS[kind])
                        for wire, kind in members.items()
                    }
                )
        identity = tuple_of(pointer(each) for each in resource.identity)
        return call("Resource", identity, **keywords)

    def _life(self, life: Life, called: Mapping[str, str]) -> Expression:
        self.imports.add(_LIFE, "Life")
        assert life.act is not None
        keywords: dict[str, Expression] = {}
        if life.item is not None:
            keywords["item"] = runtime_expression(life.item, self.imports)
        if life.at:
            keywords["at"] = tuple_of(map(string, life.at))
        if life.sets:
            keywords["sets"] = literal(dict(life.sets))
        if life.since:
            keywords["since"] = literal(dict(life.since))
        if life.unique:
            keywords["unique"] = tuple_of(pointer(each) for each in life.unique)
        if life.refused:
            keywords["refused"] = string(life.refused)
        name = string(called[life.resource])
        return call("Life", name, string(life.act), **keywords)

    def _events(self, called: Mapping[str, str]) -> Iterator[tuple[str, Expression]]:
        members = self.contract.webhooks.members if self.contract.webhooks else ()
        for webhook in members:
            if webhook.life is not None:
                yield string(self.names.reader(webhook)), self._event(webhook, called)

    def _event(self, webhook: Webhook, called: Mapping[str, str]) -> Expression:
        self.imports.add(_LIFE, "Event")
        life = webhook.life
        assert life is not None
        keywords: dict[str, Expression] = {}
        if life.at:
            keywords["at"] = tuple_of(map(string, life.at))
        if life.sets:
            keywords["when"] = literal(dict(life.sets))
        return call("Event", string(called[life.resource]), **keywords)

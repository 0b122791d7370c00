"""Lets the fake of one package live: create, retrieve, list, change and delete its items.

It runs in the folder of the package, and prints what worked as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    """Try all resources of the package that the command line names."""
    folder, package = Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, str(folder))
    documented = import_module("tests.documented")
    tested = import_module("tests.package")
    testing = import_module(f"{package}.testing")
    fake = getattr(testing, f"Fake{tested.Client.__name__}")()
    client = fake.client(max_retries=0)
    done: Counter[str] = Counter()
    problems: list[str] = []
    for resource in fake.knowledge.resources:
        trial = Trial(fake, client, documented, tested, resource)
        try:
            trial.run(done)
        except Exception as error:  # noqa: BLE001 - whatever fails is reported
            problems.append(f"{resource}: {type(error).__name__}: {error}"[:400])
    print(json.dumps({"done": done, "problems": problems}))


class Trial:
    """The life of one item."""

    def __init__(
        self, fake: Any, client: Any, documented: Any, tested: Any, resource: str
    ) -> None:
        self.fake = fake
        self.client = client
        self.documented = documented
        self.not_found = tested.APIStatusError
        self.resource = resource
        self.methods = {
            life.act: name
            for name, life in reversed(fake.knowledge.lives.items())
            if life.resource == resource
        }

    def run(self, done: Counter[str]) -> None:
        """Create an item and do all that the contract allows with it."""
        examples = self.documented._examples()
        if any(name not in examples for name in self.methods.values()):
            done["left out"] += 1  # the contract has no value for an argument
            return
        place: dict[str, Any] = {}
        if "create" in self.methods:
            call = self.call("create")
            place = {
                parameter.wire: call.arguments[parameter.name]
                for parameter in call.operation.parameters
                if parameter.place == "path" and parameter.name in call.arguments
            }
            before = len(self.fake.items(self.resource))
            call.send(self.client)
            assert len(self.fake.items(self.resource)) == before + 1
            done["create"] += 1
        items = self.fake.items(self.resource)
        item = items[-1] if items else {}
        if "retrieve" in self.methods:
            self.on_item("retrieve", place, item)
            done["retrieve"] += 1
        if "list" in self.methods:
            call = self.call("list", place, optional=False)
            call.send(self.client)
            body = self.fake.calls[-1]
            assert body.status < 300, body
            done["list"] += 1
        for act in ("update", "replace", "transition"):
            if act in self.methods:
                self.on_item(act, place, item)
                done[act] += 1
        if "delete" in self.methods:
            self.on_item("delete", place, item)
            done["delete"] += 1
            if "create" in self.methods and "retrieve" in self.methods:
                try:
                    self.on_item("retrieve", place, item)
                except self.not_found:
                    return
                raise AssertionError("what was deleted is still there")

    def on_item(self, act: str, place: dict[str, Any], item: dict[str, Any]) -> None:
        """Call an operation on the item."""
        life = self.fake.knowledge.lives[self.methods[act]]
        given = dict(place)
        call = self.call(act)
        pointer = self.fake.knowledge.resources[self.resource].identity[0]
        name = item
        for token in pointer:
            name = name.get(token) if isinstance(name, dict) else None
        named = getattr(life.item, "name", "")
        if named and name is not None:
            types = {
                p.wire: call.arguments.get(p.name) for p in call.operation.parameters
            }
            is_text = isinstance(types.get(named), str)
            given[named] = str(name) if is_text else name
        elif name is not None and life.item is not None:
            inside = "/" + "/".join(life.item.pointer)
            call = call.changed(inside, name)
        self.call(act, given, call=call).send(self.client)
        assert self.fake.calls[-1].operation == self.methods[act]

    def call(
        self,
        act: str,
        place: dict[str, Any] | None = None,
        *,
        optional: bool = True,
        call: Any = None,
    ) -> Any:
        """Return the documented call of an act, on the items of a place."""
        method = self.methods[act]
        if call is None:
            requests = self.documented._examples()[method].get("requests", {})
            call = self.documented.Call.of(method, next(iter(requests), ""))
        arguments = dict(call.arguments)
        for parameter in call.operation.parameters:
            if place and parameter.wire in place and parameter.place == "path":
                arguments[parameter.name] = place[parameter.wire]
        return call._replace(arguments=arguments)


if __name__ == "__main__":
    main()

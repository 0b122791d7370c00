"""Creates, retrieves, lists and deletes with the fake of a package, wherever its paths say so.

Usage: fake_calls.py FOLDER, where the package is. Only paths are read here, not what the fake
was told: `POST /a` creates what `GET /a/{id}` retrieves, `GET /a` lists and `DELETE /a/{id}`
deletes. Prints how many of these work, then each that does not: what a fake cannot do may be
what no path, schema or link says, such as which member names an item.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Final, NamedTuple
from urllib.request import ProxyHandler, build_opener

_ITEM: Final = re.compile(
    r"(?P<before>.*)/\{(?P<name>[^{}]*)\}(?P<after>\.json|\.xml)?/?"
)
_NOBODY: Final = "nobody-created-this"


class Collection(NamedTuple):
    """The operations of a path and of its items, by HTTP method."""

    path: str
    own: Mapping[str, Any]
    on_items: Mapping[str, Any]
    parameter: str
    """Wire name of the item's parameter."""


def main() -> None:
    """Judge the fake."""
    home = Path(sys.argv[1])
    (package,) = (each.parent.name for each in home.glob("*/client.py"))
    sys.path.insert(0, str(home))
    assert "<title>" in _page(_fake(package)), "the fake's server has no page"
    count, problems = 0, list[str]()
    for collection in _collections():
        for act, problem in _Life(package, collection).tried():
            count += 1
            if problem:
                problems.append(f"{act} {collection.path}: {problem}")
    print(f"{count - len(problems)} of {count}", *problems, sep="\n")


def _fake(package: str) -> Any:
    module: Any = import_module(f"{package}.testing.fake_provider")
    base: Any = import_module(f"{package}.testing.fake").Fake
    kinds = [each for each in vars(module).values() if isinstance(each, type)]
    kind = next(
        k for k in kinds if issubclass(k, base) and k.__module__ == module.__name__
    )
    return kind()


def _page(fake: Any) -> str:
    """Return the page of the fake's server."""
    import uvicorn

    server_module: Any = import_module(
        f"{type(fake).__module__.partition('.')[0]}.testing.server"
    )
    config = uvicorn.Config(server_module.FakeApp(fake, "/"), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/") as answer:
            shown: str = answer.read().decode()
            return shown
    finally:
        server.should_exit = True
        thread.join()


def _collections() -> Iterator[Collection]:
    """Yield the collections to which something can be posted, and whose items can be had."""
    package: Any = import_module("tests.package")
    documented: Any = import_module("tests.documented")
    known = documented.call_names()
    on_paths: dict[str, dict[str, Any]] = {}
    for operation in package.all_operations():
        if operation.name in known:
            path = operation.path.partition("?")[0]
            on_paths.setdefault(path, {})[operation.method] = operation
    for path, on_items in on_paths.items():
        item = _ITEM.fullmatch(path)
        own = (
            {}
            if item is None
            else on_paths.get(f"{item['before']}{item['after'] or ''}", {})
        )
        if item is not None and "POST" in own and "GET" in on_items:
            yield Collection(own["POST"].path, own, on_items, item["name"])


class _Life:
    """An item, from its creation to its end."""

    def __init__(self, package: str, collection: Collection) -> None:
        self._documented: Any = import_module("tests.documented")
        self._errors: Any = import_module(f"{package}._runtime.errors")
        self._collection = collection
        self._fake = _fake(package)
        self._bodies: list[bytes] = []
        transport: Any = import_module(f"{package}.testing.transport").FakeTransport
        self._client = self._fake.client(
            http_client=transport(self._answer), max_retries=0
        )

    def _answer(self, taken: Any) -> Any:
        answer = self._fake.answer(taken)
        self._bodies.append(answer.content)
        return answer

    def tried(self) -> Iterator[tuple[str, str]]:
        """Yield what is done with an item, and why it does not work; empty if it does."""
        own, on_items = self._collection.own, self._collection.on_items
        posted = self._send(own["POST"])
        yield "create", posted and f"is answered with {posted}"
        if posted:
            return
        names = [*_scalars(self._decoded()), *_scalars(self._fake.calls[-1].body)]
        if "GET" in own and not self._send(own["GET"]):
            names += _scalars(self._decoded())
        if not names:
            return  # whoever creates it does not learn its name
        name = next((n for n in names if not self._send(on_items["GET"], n)), None)
        if name is None:
            yield "retrieve", f"nothing is named {', '.join(names[:5])}"
            return
        unknown = self._send(on_items["GET"], self._unlike(on_items["GET"]))
        yield "retrieve", "" if unknown else "whatever is asked for is there"
        if "GET" in own:
            listed = self._send(own["GET"])
            is_there = name in _scalars(self._decoded())
            yield "list", listed or ("" if is_there else f"{name} is not in the list")
        if "DELETE" in on_items:
            deleted = self._send(on_items["DELETE"], name)
            is_gone = self._send(on_items["GET"], name)
            yield "delete", deleted or ("" if is_gone else f"{name} is still there")

    def _send(self, operation: Any, name: str | None = None) -> str:
        """Send the documented call, about an item; return why it failed, or nothing.

        Optional parameters are left out: what the contract shows may be another page.
        """
        known = self._documented.call_names()[operation.name]
        call = self._documented.Call.of(operation.name, next(iter(known), ""))
        optional = {
            each.name
            for each in operation.parameters
            if each.place != "path" and not each.required
        }
        arguments = {
            each: value
            for each, value in call.arguments.items()
            if each not in optional
        }
        first = self._documented.Call.of(self._collection.own["POST"].name).arguments
        for each in operation.parameters:
            if (
                each.place == "path"
                and each.wire == self._collection.parameter
                and name
            ):
                is_number = isinstance(arguments.get(each.name), int)
                arguments[each.name] = (
                    int(name) if is_number and name.isdecimal() else name
                )
            elif each.place == "path" and each.name in first:
                arguments[each.name] = first[each.name]
        before = len(self._fake.calls)
        problem = ""
        try:
            call._replace(arguments=arguments).send(self._client)
        except (self._errors.ClientError, TypeError, ValueError) as error:
            problem = f"{type(error).__name__}: {error}"
        if len(self._fake.calls) == before:
            return problem
        last = self._fake.calls[-1]
        return "" if last.status < 400 else f"{last.status} {last.note}"

    def _unlike(self, operation: Any) -> str:
        """Return a name of an item that is nowhere, of the type that an operation wants."""
        call = self._documented.Call.of(operation.name)
        named = [
            call.arguments.get(each.name)
            for each in operation.parameters
            if each.wire == self._collection.parameter
        ]
        return "987654321" if any(isinstance(each, int) for each in named) else _NOBODY

    def _decoded(self) -> object:
        try:
            found: object = json.loads(self._bodies[-1], parse_float=str)
        except ValueError:
            return None
        return found


def _scalars(value: object) -> list[str]:
    """Return the texts and whole numbers in a value, those of the outermost members first."""
    found: dict[str, None] = {}
    level = [value]
    while level:
        for each in level:
            if (
                isinstance(each, str | int)
                and not isinstance(each, bool)
                and each != ""
            ):
                found[str(each)] = None
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return [*found]


if __name__ == "__main__":
    main()

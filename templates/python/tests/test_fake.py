"""The fake plays the provider: what calls create is there, is listed, and goes away."""

import re
from collections import Counter
from functools import reduce
from importlib import import_module
from typing import Any

import pytest

from .documented import Call, call_names
from .package import APIStatusError, Client, Operation

_PACKAGE = Client.__module__.partition(".")[0]
KNOWLEDGE = import_module(f"{_PACKAGE}.testing.knowledge").KNOWLEDGE


def shape(operation: Operation[Any]) -> tuple[str, str]:
    """What tells an operation from others: its method, and its path without names."""
    return operation.method, re.sub(r"{[^{}]*}", "{}", operation.path)


SHAPES = Counter(shape(Call.of(method).operation) for method in call_names())
KNOWN = {
    method: names
    for method, names in call_names().items()
    if SHAPES[shape(Call.of(method).operation)] == 1
}
LIVES = {name: life for name, life in KNOWLEDGE.lives.items() if name in KNOWN}


def make_fake() -> Any:
    """A fake that knows nothing yet."""
    module = import_module(f"{_PACKAGE}.testing")
    return getattr(module, f"Fake{Client.__name__}")()


def made_by(*acts: str) -> list[tuple[str, str]]:
    """The methods with these acts, each with one that creates what they are about."""
    creators = {
        life.resource: name for name, life in LIVES.items() if life.act == "create"
    }
    return [
        (creators[life.resource], name)
        for name, life in LIVES.items()
        if life.act in acts and life.resource in creators
    ]


def documented(method: str) -> Call:
    """The call of a method with its first documented request."""
    return Call.of(method, next(iter(KNOWN[method]), ""))


def like(sample: Any, value: Any) -> Any:
    """A name as an argument holds it: a number or a text."""
    if isinstance(value, int | str) and isinstance(sample, int | str):
        return type(sample)(value)
    return value


def created(client: Client, create: str, method: str) -> Call:
    """Send the call that creates an item, within what a method can name too."""
    creation, other = documented(create), documented(method)
    within = {
        each.name: other.arguments[each.name]
        for each in creation.operation.parameters
        if each.place == "path" and isinstance(other.arguments.get(each.name), int)
    }
    given = creation.arguments
    within = {name: like(given[name], value) for name, value in within.items()}
    creation = creation._replace(arguments={**given, **within})
    creation.send(client)
    return creation


def on_item(fake: Any, creation: Call, method: str) -> Call:
    """The call of a method on the item that was created last, where that one is."""
    call, life = documented(method), LIVES[method]
    item: Any = fake.items(life.resource)[-1]
    for step in KNOWLEDGE.resources[life.resource].identity[0]:
        item = item[step]
    if life.item is not None and not hasattr(life.item, "name"):
        pointer = "".join(f"/{step}" for step in life.item.pointer)
        return call.changed(pointer, item)
    known = {
        each.wire: creation.arguments.get(each.name)
        for each in creation.operation.parameters
        if each.place == "path"
    }
    if life.item is not None:
        known[life.item.name] = item
    arguments = dict(call.arguments)
    for each in call.operation.parameters:
        if each.place == "path" and each.wire in known:
            arguments[each.name] = like(arguments.get(each.name), known[each.wire])
    return call._replace(arguments=arguments)


def method_of(client: Client, call: Call) -> Any:
    """What the method of a client returns for a call without a body."""
    method: Any = reduce(getattr, call.operation.name.split("."), client)
    places = {each.name: each.place for each in call.operation.parameters}
    positional = [
        call.arguments[name] for name, place in places.items() if place == "path"
    ]
    named = {k: v for k, v in call.arguments.items() if places.get(k) != "path"}
    return method(*positional, **named)


@pytest.mark.parametrize("method", KNOWN)
def test_each_documented_call_has_an_answer_that_the_contract_allows(
    method: str,
) -> None:
    fake = make_fake()
    life = KNOWLEDGE.lives.get(method)
    client = fake.client(max_retries=0, validate_replies=True)
    if (
        life is not None
        and life.act not in ("create", "list")
        and KNOWLEDGE.resources[life.resource].is_created
    ):
        with pytest.raises(APIStatusError):
            documented(method).send(client)
        assert fake.calls[0].note == "missing"
    else:
        documented(method).send(client)

    assert [call.operation for call in fake.calls] == [method]
    assert fake.calls[0].violations == ()


@pytest.mark.parametrize(("create", "method"), made_by("retrieve", "update", "replace"))
def test_what_was_created_is_there(create: str, method: str) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0, validate_replies=True)
    creation = created(client, create, method)

    on_item(fake, creation, method).send(client)

    assert fake.calls[-1].status < 300
    assert len(fake.items(LIVES[create].resource)) == 1


@pytest.mark.parametrize(("create", "method"), made_by("list"))
def test_what_was_created_is_listed(create: str, method: str) -> None:
    fake = make_fake()
    fake.page_size = 2
    client = fake.client(max_retries=0, validate_replies=True)
    creation = created(client, create, method)
    item = fake.items(LIVES[create].resource)[0]
    within = fake.places(LIVES[create].resource)[0]
    for _ in range(4):
        fake.add(LIVES[create].resource, *within)
    listing = on_item(fake, creation, method)

    if getattr(listing.operation, "pagination", None) is None:
        listing.send(client)
        assert fake.calls[-1].status < 300
    else:
        assert len([*method_of(client, listing)]) == 5
    assert item in fake.items(LIVES[create].resource)


@pytest.mark.parametrize(("create", "method"), made_by("transition"))
def test_what_was_created_goes_from_state_to_state(create: str, method: str) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0, validate_replies=True)
    creation = created(client, create, method)

    on_item(fake, creation, method).send(client)

    (item,) = fake.items(LIVES[create].resource)
    for name, value in LIVES[method].sets.items():
        assert item[name] == value


@pytest.mark.parametrize(("create", "method"), made_by("delete"))
def test_what_was_deleted_is_gone(create: str, method: str) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0, validate_replies=True)
    creation = created(client, create, method)
    deletion = on_item(fake, creation, method)

    deletion.send(client)

    assert fake.items(LIVES[create].resource) == []
    with pytest.raises(APIStatusError):
        deletion.send(client)
    assert fake.calls[-1].note == "missing"


def keyed() -> list[str]:
    """The methods whose second use of a key the provider refuses.

    Only those whose documented request states the key: else each call has its own,
    or none.
    """
    found = []
    for name in KNOWN:
        retry: Any = operation(name).retry
        if getattr(retry, "done", ()) and states(documented(name), retry.key):
            found.append(name)
    return found


def states(call: Call, key: Any) -> bool:
    """Whether a call gives the value of a key, in its body or as a parameter."""
    if not hasattr(key, "pointer"):
        parameters = call.operation.parameters
        given = [each.wire for each in parameters if each.name in call.arguments]
        return key.name in given
    value = call.body
    for step in key.pointer:
        value = value.get(step) if isinstance(value, dict) else None
    return value is not None


def operation(method: str) -> Operation[Any]:
    """The operation of a method."""
    return documented(method).operation


@pytest.mark.parametrize("method", keyed())
def test_second_use_of_a_key_is_refused(method: str) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0)
    documented(method).send(client)

    with pytest.raises(APIStatusError) as caught:
        documented(method).send(client)
    retry: Any = operation(method).retry
    assert caught.value.code == retry.done[0]

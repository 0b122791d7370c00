"""The fake plays the provider: what calls create is there, is listed, and goes away."""

import re
from functools import reduce
from importlib import import_module
from typing import Any

import pytest

from .documented import Call, call_names
from .package import APIStatusError, Client, Operation, RequestInvalidError

_PACKAGE = Client.__module__.partition(".")[0]
_PLACE = re.compile(r"{([^{}]*)}")
KNOWLEDGE = import_module(f"{_PACKAGE}.testing.knowledge").KNOWLEDGE


def path_of(method: str) -> str:
    """The path of a method, with the names of its parameters."""
    return Call.of(method).operation.path.partition("?")[0]


def names_of(method: str) -> list[str]:
    """The arguments in the path of a method, in its order."""
    parameters = Call.of(method).operation.parameters
    names = {each.wire: each.name for each in parameters if each.place == "path"}
    return [names[wire] for wire in _PLACE.findall(path_of(method)) if wire in names]


def argument(call: Call, name: str) -> Any:
    """What a call has for an argument, given or by default."""
    defaults = {each.name: each.default for each in call.operation.parameters}
    return call.arguments.get(name, defaults[name])


def is_clear(method: str) -> bool:
    """Whether nobody can take a documented call for one of another method."""
    call, names = Call.of(method), iter(names_of(method))
    shown = (str(argument(call, name)).replace("/", "") for name in names)
    path = _PLACE.sub(lambda _: next(shown, ""), path_of(method))
    return not any(
        len(_PLACE.sub("", path_of(method))) <= fixed and pattern.fullmatch(path)
        for other, (http_method, fixed, pattern) in PATTERNS.items()
        if other != method and http_method == call.operation.method
    )


PATTERNS = {
    method: (
        Call.of(method).operation.method,
        len(_PLACE.sub("", path_of(method))),
        re.compile(
            "[^/]+".join(map(re.escape, re.split(r"{[^{}]*}", path_of(method))))
        ),
    )
    for method in call_names()
}
KNOWN = {method: names for method, names in call_names().items() if is_clear(method)}
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
    """A name as an argument holds it, a number or a text, if it can be that."""
    is_name = isinstance(value, int | str) and isinstance(sample, int | str)
    if is_name and (isinstance(sample, str) or str(value).isdecimal()):
        return type(sample)(value)
    return value


def created(client: Client, create: str, method: str) -> Call:
    """Send the call that creates an item, within what a method can name too."""
    creation, other = documented(create), documented(method)
    arguments = dict(creation.arguments)
    for own, name in zip(names_of(create), names_of(method), strict=False):
        if name in other.arguments:
            arguments[own] = like(argument(creation, own), other.arguments[name])
    within = creation._replace(arguments=arguments)
    try:
        within.send(client)
    except (RequestInvalidError, TypeError):
        creation.send(client)
        return creation
    return within


def on_item(fake: Any, create: str, creation: Call, method: str) -> Call:
    """The call of a method on the item that was created last, where that one is."""
    call, life = documented(method), LIVES[method]
    item: Any = fake.items(life.resource)[-1]
    for step in KNOWLEDGE.resources[life.resource].identity[0]:
        item = item[step]
    arguments = dict(call.arguments)
    wires = dict(zip(_PLACE.findall(path_of(method)), names_of(method), strict=True))
    parameter = getattr(life.item, "name", "")
    own = wires.pop(parameter) if parameter else ""
    for name, parent in zip(wires.values(), names_of(create), strict=False):
        arguments[name] = like(argument(call, name), argument(creation, parent))
    if own and item == "":
        pytest.skip("the documented request creates an item without a name")
    if own:
        arguments[own] = like(argument(call, own), item)
    call = call._replace(arguments=arguments)
    if life.item is None or parameter:
        return call
    return call.changed("".join(f"/{step}" for step in life.item.pointer), item)


def method_of(client: Client, call: Call) -> Any:
    """What the method of a client returns for a call without a body."""
    method: Any = reduce(getattr, call.operation.name.split("."), client)
    places = {each.name: each.place for each in call.operation.parameters}
    positional = [
        argument(call, name) for name, place in places.items() if place == "path"
    ]
    named = {k: v for k, v in call.arguments.items() if places.get(k) != "path"}
    return method(*positional, **named)


def needs_item(method: str) -> bool:
    """Whether a call is about an item that another call has to create."""
    life = KNOWLEDGE.lives.get(method)
    if life is None or life.act in ("create", "list"):
        return False
    is_put = life.act == "replace" and 201 in documented(method).operation.replies
    return bool(KNOWLEDGE.resources[life.resource].is_created) and not is_put


@pytest.mark.parametrize("method", KNOWN)
def test_each_documented_call_has_an_answer_that_the_contract_allows(
    method: str,
) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0, validate_replies=True)
    if needs_item(method):
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

    on_item(fake, create, creation, method).send(client)

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
    listing = on_item(fake, create, creation, method)

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

    on_item(fake, create, creation, method).send(client)

    (item,) = fake.items(LIVES[create].resource)
    for name, value in LIVES[method].sets.items():
        assert item[name] == value


@pytest.mark.parametrize(("create", "method"), made_by("delete"))
def test_what_was_deleted_is_gone(create: str, method: str) -> None:
    fake = make_fake()
    client = fake.client(max_retries=0, validate_replies=True)
    creation = created(client, create, method)
    deletion = on_item(fake, create, creation, method)

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

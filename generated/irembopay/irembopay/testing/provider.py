"""What a provider does with a valid request: the life of the items that it keeps."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec import UNSET, Struct
from msgspec.structs import replace

from .._runtime.arguments import load_violations
from .._runtime.operation import Body, Keyed, Operation, Parameter
from .._runtime.pointers import FromParameter, Pointer, pointer_text, resolve
from .answers import Answer, Problem
from .calls import wire_names
from .life import SHOWING, Knowledge, Life, Resource, Window
from .reading import Read, typed
from .records import Maker, Place, Record, Records, with_member, without_text
from .routes import Endpoint, names_in

_TELLING: Final = re.compile(r".{3}\d|\d.{3}")
"""Names of samples that are replaced within other texts too; `text` may be anything."""

_TOTALS: Final = frozenset(
    ("total", "totalcount", "totalitems", "count", "totalresults")
)
_MORE: Final = frozenset(("hasmore", "more"))


class RefusedError(Exception):
    """The provider does not do what it is asked to."""

    def __init__(
        self, endpoint: Endpoint, problem: Problem, message: str, code: str = ""
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.answer = endpoint.author.failure(problem, code, message)


class Change(Struct, frozen=True):
    """An item that an operation created or changed."""

    resource: str
    """Name of the resource."""

    before: Mapping[str, object]
    """Members before; empty if it is new."""

    record: Record
    """The item now."""


class Provider:
    """Keeps items, and does to them what operations do."""

    def __init__(
        self, knowledge: Knowledge, endpoints: Mapping[str, Endpoint], maker: Maker
    ) -> None:
        self._knowledge = knowledge
        self._endpoints = endpoints
        self._maker = maker
        self._replays: dict[tuple[str, str], Answer] = {}
        self.records = Records()
        self._gone: set[tuple[Place, str]] = set()
        """Items that were deleted, by what named them."""
        self.changes: list[Change] = []
        self.page_size = 20
        """Items of a page where a request does not say how many it wants."""

    def answer(self, endpoint: Endpoint, asked: Read) -> Answer:
        """Return what the provider answers to a valid request.

        Raises:
            RefusedError: it refuses the request; nothing was changed.
        """
        retry = endpoint.operation.retry
        key: object = UNSET
        if isinstance(retry, Keyed):
            key = asked.sent.value(retry.key)
        if key is UNSET or not isinstance(retry, Keyed):
            return self._done(endpoint, asked)
        used = (endpoint.operation.name, str(key))
        first = self._replays.get(used)
        if first is None:
            first = self._replays[used] = self._done(endpoint, asked)
        elif retry.done:
            message = f"{_label(retry)} {key} is taken"
            raise RefusedError(endpoint, "conflict", message, retry.done[0])
        return first

    def _done(self, endpoint: Endpoint, asked: Read) -> Answer:
        life = endpoint.life
        if life is None:
            return self._plain(endpoint, asked)
        resource = self._knowledge.resources[life.resource]
        place = self._place(endpoint.operation, life, asked)
        match life.act:
            case "create":
                return self._create(endpoint, life, resource, place, asked)
            case "list":
                return self._list(endpoint, life, resource, place, asked)
        record = self._named(endpoint, life, resource, place, asked)
        match life.act:
            case "delete":
                self.records.remove(place, record)
                self._gone |= {
                    (place, str(resolve(record.value, pointer)))
                    for pointer in resource.identity
                }
                return self._deleted(endpoint, life, resource, record)
            case "update" | "replace" | "transition":
                self._update(endpoint, life, resource, record, asked)
        return endpoint.author.about(record.value, life.at)

    def _plain(self, endpoint: Endpoint, asked: Read) -> Answer:
        """Answer as the contract shows it, with what the request says of the same."""
        author = endpoint.author
        at = author.success.reply.unwrap
        sample = author.item(at)
        given = _given(endpoint.operation, at, asked)
        same = {name: value for name, value in given.items() if name in sample}
        if not same:
            return author.answer(author.success.sample)
        return author.about({**sample, **same}, at)

    def _place(self, operation: Operation[object], life: Life, asked: Read) -> Place:
        """Return where items of a request are kept: within those that the path names."""
        own = life.item
        within = [
            str(asked.sent.parameters.get(("path", name), ""))
            for name in names_in(operation.path)
            if own != FromParameter("path", name)
        ]
        return life.resource, tuple(within)

    def _named(
        self,
        endpoint: Endpoint,
        life: Life,
        resource: Resource,
        place: Place,
        asked: Read,
    ) -> Record:
        """Return the item that a request names.

        Raises:
            RefusedError: there is none.
        """
        name = UNSET if life.item is None else asked.sent.value(life.item)
        record = self.records.named(place, resource, name)
        if record is not None:
            return record
        is_put = life.act == "replace" and 201 in endpoint.operation.replies
        is_known = not resource.is_created and (place, str(name)) not in self._gone
        if not is_put and not is_known:
            message = f"there is no {life.resource} {name}"
            raise RefusedError(endpoint, "missing", message)
        item = endpoint.author.item(life.at)
        pointer = resource.identity[0]
        found = resolve(item, pointer)
        made = type(found)(name) if type(found) is str else name
        record = Record(with_member(item, pointer, made))
        self.records.add(place, record)
        return record

    # Acts

    def _create(
        self,
        endpoint: Endpoint,
        life: Life,
        resource: Resource,
        place: Place,
        asked: Read,
    ) -> Answer:
        given = _given(endpoint.operation, life.at, asked)
        self._check_unique(endpoint, life, place, asked)
        own = resolve(given, resource.identity[0])
        if own is not UNSET and not self._is_allowed(life.resource, own):
            given = with_member(given, resource.identity[0], UNSET)
        author = endpoint.author
        sample = author.item(life.at)
        callers = wire_names(endpoint.operation)
        own = {name: each for name, each in sample.items() if name not in callers}
        item = {**sample, **given} if not callers else {**own, **given}
        item = self.named_anew(life.resource, item, sample, given)
        item |= life.sets
        for clocks in (resource.created, resource.changed):
            for name, clock in clocks.items():
                if name not in given and name in item:
                    item[name] = self._maker.time(clock)
        shown = author.fitting(item, life.at) if sample else item
        record = Record({**_storable(item, sample), **shown})
        self.records.add(place, record)
        self.changes.append(Change(life.resource, {}, record))
        return author.about(record.value, life.at)

    def named_anew(
        self,
        name: str,
        item: dict[str, object],
        sample: Mapping[str, object],
        given: Mapping[str, object],
    ) -> dict[str, object]:
        """Return an item of a resource with a name of its own, unless it was given one."""
        pointer = self._knowledge.resources[name].identity[0]
        if resolve(given, pointer) is not UNSET:
            return item
        old = resolve(sample, pointer)
        if old is UNSET and pointer[0] in item:
            return item
        new = self._new_name(name, pointer, old)
        if isinstance(old, str) and isinstance(new, str) and _TELLING.search(old):
            own = {name: each for name, each in item.items() if name not in given}
            renamed = without_text(own, old, new)
            assert isinstance(renamed, dict)
            item = {**item, **renamed}
        return with_member(item, pointer, new)

    def _new_name(self, resource: str, pointer: Pointer, shown: object) -> object:
        """Return a name that was not given before, as bodies hold it and paths allow it.

        Args:
            resource: Name of the resource.
            pointer: Where an item has its name.
            shown: The name in the sample that the new item is made from.
        """
        in_bodies = [shown]
        is_shown: Callable[[object], bool] | None = None
        lives = [
            (method, life)
            for act in (*SHOWING, "delete")
            for method, life in self._knowledge.lives.items()
            if (life.resource, life.act) == (resource, act)
        ]
        for method, life in lives:
            author = self._endpoints[method].author
            in_body = resolve(author.item(life.at), pointer)
            in_bodies.append(in_body)
            if in_body is not UNSET and life.act != "list" and is_shown is None:
                is_shown = partial(author.may_be, life.at, pointer)
        in_paths = [
            endpoint.author.argument(parameter.name)
            for endpoint, parameter in self._naming(resource)
        ]
        known = [each for each in in_bodies if each is not UNSET]
        is_text = bool(known) and type(known[0]) is str

        def fits(new: object) -> bool:
            held = str(new) if is_text else new
            return self._is_allowed(resource, new) and (not is_shown or is_shown(held))

        made: list[object] = []
        for sample in (*known, *in_paths) or (None,):
            new = self._maker.alike(None if sample is UNSET else sample, fits)
            made.append(str(new) if is_text else new)
            if fits(new):
                return made[-1]
        # Bodies that contradict each other show the name of a sample.
        allowed = (each for each in made if self._is_allowed(resource, each))
        return next(allowed, made[0])

    def _is_allowed(self, resource: str, name: object) -> bool:
        """Return whether paths may name an item so."""
        for _, parameter in self._naming(resource):
            check = load_violations(
                self._knowledge.contract.validators, parameter.validator
            )
            if check is not None and typed(str(name), check)[1]:
                return False
        return True

    def _naming(self, resource: str) -> Iterator[tuple[Endpoint, Parameter]]:
        """Yield the parameters that name an item, with what they are of."""
        for method, life in self._knowledge.lives.items():
            if life.resource == resource and isinstance(life.item, FromParameter):
                endpoint = self._endpoints[method]
                for parameter in endpoint.operation.parameters:
                    if parameter.wire == life.item.name:
                        yield endpoint, parameter

    def _check_unique(
        self, endpoint: Endpoint, life: Life, place: Place, asked: Read
    ) -> None:
        for pointer in life.unique:
            value = resolve(asked.payload, pointer)
            if value is UNSET:
                continue
            used = (f"{life.resource}{pointer_text(pointer)}", str(value))
            if used in self._replays:
                message = f"{pointer[-1]} {value} is taken"
                raise RefusedError(endpoint, "conflict", message, life.refused)
        for pointer in life.unique:
            value = resolve(asked.payload, pointer)
            used = (f"{life.resource}{pointer_text(pointer)}", str(value))
            self._replays[used] = Answer(0)

    def _update(
        self,
        endpoint: Endpoint,
        life: Life,
        resource: Resource,
        record: Record,
        asked: Read,
    ) -> None:
        for name, allowed in life.since.items():
            found = record.value.get(name)
            if found not in allowed:
                message = f"{name} is {found}, so {endpoint.operation.name} is refused"
                raise RefusedError(endpoint, "conflict", message, life.refused)
        before = dict(record.value)
        given = _given(endpoint.operation, life.at, asked)
        if life.act == "update":
            given = {
                name: _merged(before.get(name), value) for name, value in given.items()
            }
        changed = {**before, **given, **life.sets}
        for pointer in resource.identity[:1]:
            changed = with_member(changed, pointer, resolve(before, pointer))
        for name, clock in resource.changed.items():
            if name in changed and name not in given:
                changed[name] = self._maker.time(clock)
        author = endpoint.author
        if author.item(life.at):
            changed = {**changed, **author.fitting(changed, life.at)}
        record.value = changed
        self.changes.append(Change(life.resource, before, record))

    def _deleted(
        self, endpoint: Endpoint, life: Life, resource: Resource, record: Record
    ) -> Answer:
        """Answer as the contract shows it, with the name of the item that is gone."""
        author = endpoint.author
        sample = author.item(life.at)
        item = dict(sample)
        for pointer in resource.identity:
            old, new = resolve(sample, pointer), resolve(record.value, pointer)
            if old is not UNSET and new is not UNSET:
                item = with_member(item, pointer, str(new) if type(old) is str else new)
        return author.about(item, life.at)

    # Lists

    def _list(
        self,
        endpoint: Endpoint,
        life: Life,
        resource: Resource,
        place: Place,
        asked: Read,
    ) -> Answer:
        author = endpoint.author
        records = self.records.of(place)
        may_be_empty = resource.is_created and not author.violations(
            author.with_item(life.at, [])
        )
        if not records and not may_be_empty:
            return author.answer(author.success.sample)
        window = Window(0, len(records))
        if self._knowledge.window is not None:
            found = [resolve(each.value, resource.identity[0]) for each in records]
            names = [*map(str, found)]
            window = self._knowledge.window(
                endpoint.operation, asked, names, self.page_size
            )
        items: list[object] = [
            author.fitting(each.value, life.at, in_list=True)
            for each in records[window.start : window.end]
        ]
        body = author.with_item(life.at, items)
        if not author.item(life.at) and author.violations(body):
            return author.answer(author.success.sample)  # no item is known to fit
        body = _counted(body, life.at, len(records), window.end < len(records))
        is_named = window.next is not None or resolve(body, window.at) is not UNSET
        if window.at and isinstance(body, dict) and is_named:
            body = with_member(body, window.at, window.next)
        answer = author.answer(body)
        headers = {"link": window.link} if window.link else {}
        return replace(answer, headers={**answer.headers, **headers})


def _label(retry: Keyed) -> str:
    if isinstance(retry.key, FromParameter):
        return retry.key.name
    return getattr(retry.key, "pointer", ("key",))[-1]


def _merged(old: object, new: object) -> object:
    """Return a member after a change of some of its own members."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        changed = {name: _merged(old.get(name), each) for name, each in new.items()}
        return {**old, **changed}
    return new


def _given(operation: Operation[object], at: Pointer, asked: Read) -> dict[str, object]:
    """Return the members of the item that a request holds."""
    payload = asked.payload
    body: Body | None = operation.body
    for name in body.wrap if body is not None else ():
        payload = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(payload, dict):
        return {}
    name = at[-1] if at else ""
    inner = payload.get(name) if len(payload) == 1 else None
    return dict(inner) if isinstance(inner, dict) else dict(payload)


def _storable(
    item: Mapping[str, object], sample: Mapping[str, object]
) -> dict[str, object]:
    """Return what is kept of an item even if the reply to its creation cannot show it."""
    return {name: value for name, value in item.items() if name not in sample}


def _counted(body: object, at: Pointer, total: int, has_more: bool) -> object:
    """Return a page whose members count the items of all pages."""
    if not at or not isinstance(body, dict):
        return body
    changed = dict(body)
    for name, value in body.items():
        plain = name.replace("_", "").replace("-", "").lower()
        if plain in _TOTALS and isinstance(value, int):
            changed[name] = total
        elif plain in _MORE and isinstance(value, bool):
            changed[name] = has_more
    return changed

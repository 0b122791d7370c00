"""What an operationId says about the name of a method.

Frameworks spell method and path in it, wholly (`PostAccountsAccountPersons`) or behind the name
of a function (`read_item_items__item_id__get`), or the class that has the function
(`UsersController_findAll`). What remains was written by a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from engross.contract.ir import Operation
from engross.data import dataclass
from engross.emit.naming.english import (
    ADJECTIVES,
    CONNECTORS,
    CREATES,
    DELETES,
    EMPTY,
    READS,
    UPDATES,
    is_particle,
    is_verb,
    may_be_verb,
    stem,
)
from engross.emit.naming.path_names import PathName, Segment, Words
from engross.emit.naming.words import words

_SPRING: Final = re.compile(
    r"Using(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)(?:_\d+)?$"
)
_CLASS: Final = re.compile(
    r"(?P<owner>[\w.]*?)_?(?:Controller|Resource|Endpoint|Handler|ViewSet)(?:V\d+|_v\d+)?"
    r"[._#:](?P<function>\w.*)",
    re.DOTALL,
)
_SERVICE: Final = re.compile(
    r"(?P<owner>[A-Z][A-Za-z0-9]*?)(?:Service)?_(?P<function>[A-Z][A-Za-z0-9]*)"
)
_NUMBER: Final = re.compile(r"_\d+$")
_JOINING: Final = ("and", "or")
_ACTIONS: Final[Mapping[str, tuple[Words, ...]]] = {
    "get": (("list",), ("read",), ("retrieve",)),
    "post": (("create",),),
    "put": (("update",),),
    "patch": (("partial", "update"),),
    "delete": (("delete",), ("destroy",)),
}
"""What Django's frameworks write behind the path, in place of the HTTP method."""
_OF_COLLECTIONS: Final = (("list",), ("create",))
_DOTTED: Final = re.compile(r"\w[\w-]*(?:[./]\w[\w-]*)+")


@dataclass(frozen=True, slots=True)
class WrittenId:
    """What a person wrote in an operationId.

    Attributes:
        resource: words of each resource that it names, the outermost first.
        method: words of the method; none if only method and path are spelled.
        of_framework: whether a framework added the rest, so the words name a function.
    """

    resource: tuple[Words, ...]
    method: Words
    of_framework: bool = False


NOTHING: Final = WrittenId((), ())


def numbered(operation_ids: Iterable[str]) -> frozenset[str]:
    """Return the operationIds that only a number at the end tells apart, as in `create_1`.

    Frameworks add it where several classes have functions of one name. The first has none.
    """
    known = frozenset(operation_ids)
    plain = {each: _NUMBER.sub("", each) for each in known}
    counted = Counter(plain.values())
    return frozenset(
        each
        for each, without in plain.items()
        if without in known and counted[without] > 1
    )


def service_of(operation_id: str) -> Words:
    """Return the words of the service in an operationId such as `Articles_ListComments`."""
    found = _SERVICE.fullmatch(operation_id)
    return words(found["owner"]) if found is not None else ()


def written(
    operation: Operation,
    path: PathName,
    *,
    is_spelled: bool,
    service: Words = (),
    is_numbered: bool = False,
) -> WrittenId:
    """Return what a person wrote in an operationId.

    Args:
        operation: the operation.
        path: what its path says.
        is_spelled: whether the operationIds of alike operations begin with the HTTP method.
        service: the only service that operationIds name.
        is_numbered: whether a number tells it apart from others.
    """
    operation_id = operation.operation_id
    text = _SPRING.sub("", operation_id or "")
    if is_numbered:
        text = _NUMBER.sub("", text)
    verb = operation.http_method.lower()
    of_function = re.sub(r"\W", "_", operation.path) + f"_{verb}"
    if text.endswith(of_function):
        function = words(text.removesuffix(of_function))
        return WrittenId((), function, of_framework=True) if function else NOTHING
    in_class = _CLASS.fullmatch(text)
    if in_class is not None:
        function = words(in_class["function"])
        owner = words(in_class["owner"].rpartition(".")[2])
        method = () if _spells(function, verb, path, is_spelled=True) else function
        return WrittenId((owner,) if owner else (), method, of_framework=True)
    of_service = _SERVICE.fullmatch(text)
    if of_service is not None:
        owner, function = words(of_service["owner"]), words(of_service["function"])
        if owner == service:
            return WrittenId((), function)
        return WrittenId((owner,), function)
    if _DOTTED.fullmatch(text):
        *resource, last = map(words, re.split(r"[./]", text))
        if last:
            return WrittenId(tuple(each for each in resource if each), last)
    in_full = _in_full(words(text))
    found = _without_id(in_full, path)
    if any(
        _spells(each, verb, path, is_spelled=is_spelled) for each in (in_full, found)
    ):
        return NOTHING
    if any(_spells_otherwise(each, verb, path) for each in (in_full, found)):
        return NOTHING
    if len(found) > 2 and found[-1] == verb:
        rest = _without_end(found[:-1], path.spelled)
        if rest != found[:-1] and any(map(may_be_verb, rest)):
            return WrittenId((), rest, of_framework=True)
    if len(found) > 2 and found[-1] == verb != found[0] and may_be_verb(found[0]):
        found = found[:-1]
    of_framework = is_numbered or text != (operation_id or "")
    return WrittenId((), found, of_framework=of_framework)


def begins_with_http_method(operation_id: str, http_method: str) -> bool:
    """Return whether an operationId begins, or ends, with its HTTP method."""
    found = words(operation_id)
    return bool(found) and http_method.lower() in (found[0], found[-1])


def _spells(found: Words, verb: str, path: PathName, *, is_spelled: bool) -> bool:
    """Return whether words are the HTTP method and the path, perhaps without parameters.

    A person may write `getInvoice`, but hardly anybody `postInvoices`.
    """
    if len(found) < 2 or verb not in (found[0], found[-1]) or not path.resource:
        return False
    rest = "".join(found[1:] if found[0] == verb else found[:-1])
    if not re.fullmatch(_spelling(path), rest):
        return False
    if is_spelled or verb in ("post", "put", "patch"):
        return True
    if not path.parameters:
        return found[0] != verb
    if found[-1] == verb:
        return re.fullmatch(_spelling(path, in_full=True), rest) is not None
    return re.match(rf"(?:{_before(path)})*{''.join(path.spelled)}", rest) is not None


def _spells_otherwise(found: Words, verb: str, path: PathName) -> bool:
    """Return whether words are the path and no HTTP method, or only that and a parameter."""
    whole = "".join(found)
    if path.parameters and re.fullmatch(_spelling(path, in_full=True), whole):
        return True  # `usersIdTweets`
    named = {"".join(each) for each in path.parameters}
    if found[-1:] == (verb,) and "".join(found[:-1]) in named:
        return True  # `bookIdPUT`
    unnumbered = tuple(word for word in found[:-1] if not word.isdigit())
    if found[-1:] == (verb,) and unnumbered != found[:-1]:
        # `events__3_delete`
        return re.fullmatch(_spelling(path), "".join(unnumbered)) is not None
    return _spells_with_action(found, verb, path)


def _spells_with_action(found: Words, verb: str, path: PathName) -> bool:
    """Return whether words are the path and an action, as in `projects_servers_read`."""
    is_item = bool(path.path) and path.path[-1].is_parameter
    for action in _ACTIONS.get(verb, ()):
        spelled, ending = found[: -len(action)], found[-len(action) :]
        if ending == action and spelled and not (is_item and action in _OF_COLLECTIONS):
            return re.fullmatch(_spelling(path), "".join(spelled)) is not None
    return False


def _in_full(found: Words) -> Words:
    return ("delete", *found[1:]) if found[:1] == ("del",) else found


def _without_id(found: Words, path: PathName) -> Words:
    """Leave out the `id` of the thing that a path begins with, as in `usersIdBlock`."""
    first = path.path[0].words if path.path and not path.path[0].is_parameter else ()
    size = len(first)
    begins = tuple(map(stem, found[:size])) == tuple(map(stem, first))
    if first and begins and found[size : size + 1] == ("id",) and found[size + 1 :]:
        return (*found[:size], *found[size + 1 :])
    return found


def _spelling(path: PathName, *, in_full: bool = False) -> str:
    """Return a pattern for what a framework makes of a path, perhaps without parameters."""
    optional = "" if in_full else "?"
    return f"(?:{_before(path)})*" + "".join(
        (
            f"(?:(?:by|with|for|and)?(?:{_of_segment(each)}|id)){optional}"
            if each.is_parameter
            else f"(?:{_of_segment(each)})"
        )
        for each in path.path
    )


def _before(path: PathName) -> str:
    """Return a pattern for what paths begin with that names nothing."""
    return "|".join(("api", "rest", r"v?\d+", *map(_of_segment, path.prefix)))


def _of_segment(segment: Segment) -> str:
    """Return a pattern for the words of a part of a path, in the singular or the plural."""
    plain = "".join(segment.words)
    single = "".join(map(stem, segment.words))
    last = "".join((*segment.words[:-1], *map(stem, segment.words[-1:])))
    return "|".join(re.escape(each) for each in dict.fromkeys((plain, last, single)))


def _without_end(found: Words, spelled: Words) -> Words:
    """Return words without the path that they end in, or the end of it."""
    for size in range(len(spelled), 0, -1):
        if len(found) > size and found[-size:] == spelled[-size:]:
            return found[:-size]
    return found


# Functions of a framework


def is_usual(function: Words, http_method: str, own: Collection[str]) -> bool:
    """Return whether a function's name says no more than its HTTP method does.

    Args:
        own: stems of the words of the resource and of the path.
    """
    usual = {
        "get": READS | {"one", "by", "id", "many"},
        "post": CREATES,
        "put": UPDATES,
        "patch": UPDATES | {"partial"},
        "delete": DELETES,
    }.get(http_method.lower(), frozenset())
    ignored = CONNECTORS | EMPTY
    rest = [word for word in function if stem(word) not in own and word not in ignored]
    return bool(rest) and all(word in usual for word in rest)


# Methods within a resource


def within(
    method: Words, resource: tuple[Words, ...], path: PathName, http_method: str
) -> Iterator[Words]:
    """Yield the words of a method without what the resource that has it says already.

    The shorter ones come first; none at all if the resource says everything.

    A word is left out only where the rest still says what happens to what: `createInvoice`
    creates an invoice, but `createPaymentInvoice` creates no payment.
    """
    owner = _Owner.of(resource)
    short = _without_own(method, owner)
    is_about_path = bool(path.resource) and owner.is_head(path.resource[-1])
    if is_about_path and path.is_action and path.method[0] == method[0]:
        yield path.method
    elif (
        is_about_path
        and short == method
        and (is_usual(method[:1], http_method, ()) or method[:1] == path.method)
    ):
        # The path names the same thing, so a word before it only says of what kind it is.
        last = next(
            (at for at in range(1, len(method)) if owner.run(method, at) > at), 0
        )
        if last > 1 and owner.run(method, last) == len(method):
            yield method[:1]
    verb = http_method.lower()
    for found in (_without_key(short, path), short):
        shown = _without_articles(found) if found == method else _trimmed(found)
        if verb in ("post", "put", "patch") and shown[:1] == (verb,):
            plain = "create" if verb == "post" else "update"
            if verb not in path.spelled:
                yield (plain, *shown[1:])
        if len(shown) > 2 and shown[:2] == ("get", "list"):
            shown = _trimmed(shown[1:])
        if shown and shown != ("all",):
            yield shown


@dataclass(frozen=True, slots=True)
class _Owner:
    """A resource, as its words may be written in the name of a method."""

    stems: frozenset[str]
    joined: frozenset[str]
    """Several of its words written as one."""
    head: str
    """What its things are: the last word."""

    @classmethod
    def of(cls, resource: tuple[Words, ...]) -> _Owner:
        stems = [stem(word) for each in resource for word in each]
        return cls(
            stems=frozenset(stems),
            joined=frozenset(
                "".join(stems[start:end])
                for start in range(len(stems))
                for end in range(start + 2, len(stems) + 1)
            ),
            head=stems[-1] if stems else "",
        )

    def run(self, method: Words, start: int) -> int:
        """Return where the resource's words that begin at an index end."""
        end = start
        seen: set[str] = set()
        while end < len(method) and stem(method[end]) not in seen:
            taken = self._taken(method, end)
            if not taken:
                break
            seen.add(stem(method[end]))
            end += taken
        return end

    def _taken(self, method: Words, at: int) -> int:
        word = stem(method[at])
        if word in self.stems or word in self.joined:
            return 1
        for size in (2, 3):
            together = stem("".join(method[at : at + size]))
            if len(method) >= at + size and together in self.stems:
                return size
        return 0

    def is_head(self, words_: Words) -> bool:
        """Return whether words say what the things of the resource are."""
        last = stem(words_[-1])
        return self.head in (last, stem("".join(words_))) or last in self.joined


def _without_own(method: Words, owner: _Owner) -> Words:
    """Leave out the words of a resource, with what connects these to the words before."""
    starts = range(len(method))
    if len(method) > 1 and is_verb(method[0]):
        starts = starts[1:]  # `listCredentials` of credential lists
    first = next((at for at in starts if owner.run(method, at) > at), None)
    if first is None:
        return method
    end = owner.run(method, first)
    before, after = method[:first], method[end:]
    if not before:
        if not after:
            return method[len(owner.stems) :]
        return method if after[0] in CONNECTORS else after
    is_connected = before[-1] in CONNECTORS
    if not is_connected and not all(map(_says_no_kind, before[1:])):
        return method
    if not after and not owner.is_head(method[first:end]):
        return method
    while len(before) > 1 and before[-1] in CONNECTORS and not _is_phrasal(before):
        before = before[:-1]
    is_linked = bool(after) and after[0] in CONNECTORS
    return (*before, *(_without_own(after, owner) if is_linked else after))


def _says_no_kind(word: str) -> bool:
    """Return whether a word before a noun does not say what kind of thing the noun means."""
    return word in ADJECTIVES or word in CONNECTORS or word in _JOINING or is_verb(word)


def _is_phrasal(found: Sequence[str]) -> bool:
    """Return whether a method ends in a verb of two words, such as `log in`."""
    verbs = ("log", "sign", "opt", "check", "clock", "turn", "plug", "dial")
    return len(found) > 1 and found[-2] in verbs and is_particle(found[-1])


def _without_key(found: Words, path: PathName) -> Words:
    """Leave out the parameter of the path that a thing is found by."""
    if "by" not in found[1:]:
        return found
    at = found.index("by", 1)
    known = {stem(word) for each in path.parameters for word in each} | {"id"}
    rest = found[at + 1 :]
    if rest and path.parameters and all(stem(word) in known for word in rest):
        return found[:at]
    return found


def _trimmed(found: Words) -> Words:
    """Leave out articles and prepositions that nothing follows, and words without meaning."""
    while found and found[-1] in CONNECTORS and not _is_phrasal(found):
        found = found[:-1]
    while found and found[0] in ("a", "an", "the"):
        found = found[1:]
    if len(found) == 2 and found[1] in EMPTY and found[0] in READS:
        is_needed = found[1] == "all" and found[0] != "list"
        found = found if is_needed else found[:1]
    kept = _without_articles(found)
    return kept[:1] if kept[1:] == ("new",) and kept[0] in CREATES else kept


def _without_articles(found: Words) -> Words:
    kept = tuple(
        word
        for at, word in enumerate(found)
        if word not in ("a", "an", "the") or found[at + 1 : at + 2] == ("to",)
    )
    return kept or found  # `a_to_z` begins with a letter

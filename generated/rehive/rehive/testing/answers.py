"""What a fake answers: samples of the contract, with what requests and records say."""

import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec import json as _json
from msgspec.structs import fields

from .._runtime.arguments import encode_json, load_violations
from .._runtime.conversion import ADDITIONAL
from .._runtime.decoding import ReadReply, is_json_type, reader
from .._runtime.operation import ContractInfo, Operation, Reply
from .._runtime.pointers import Pointer, pointer_text, resolve
from .._runtime.response import exact
from .._runtime.transport_types import Received, UnreadableError
from .._runtime.validation import Violation
from .records import with_member

Problem: TypeAlias = Literal[
    "invalid", "media", "unauthenticated", "missing", "conflict", "limited", "broken"
]
"""Why a provider does not do what it is asked to."""

_STATUSES: Final[Mapping[Problem, tuple[int, ...]]] = {
    "invalid": (400, 422),
    "media": (415, 400, 422),
    "unauthenticated": (401, 403),
    "missing": (404, 410, 400),
    "conflict": (409, 400, 422),
    "limited": (429, 503),
    "broken": (500, 503, 502),
}
_ROUNDS: Final = 12
_DECODED: Final = re.compile(r"at `\$(.*?)`")
_STEP: Final = re.compile(r"[^.\[\]]+")
"""Steps of the place that a decoder names: ``$.lines[0].tax``."""
_ANY_METHOD: Final = "*"
"""Key of what the samples say of all methods of which they do not say it."""


class Answer(Struct, frozen=True):
    """A response of the provider."""

    status: int
    """HTTP status."""

    content: bytes = b""
    """The body."""

    headers: Mapping[str, str] = {}
    """Headers under lower-case names."""

    delay: float = 0.0
    """Seconds that the provider takes for it."""

    is_lost: bool = False
    """Whether the connection breaks before it arrives."""


class Success(Struct, frozen=True):
    """How an operation replies when it succeeds."""

    status: int
    """HTTP status."""

    reply: Reply
    """What the reply carries."""

    sample: object
    """A whole body; ``UNSET`` if none is known."""


class Failing(Struct, frozen=True):
    """How an operation says that it failed."""

    check: str = ""
    """Validator of the body; empty: there is none."""

    body: object = UNSET
    """A body that was made up; ``UNSET``: there is none, or the contract shows one."""


class _Known(Struct, frozen=True):
    """What the file of samples says of one operation, or of one webhook."""

    arguments: dict[str, Raw] = {}
    requests: dict[str, Raw] = {}
    replies: dict[str, dict[str, Raw]] = {}
    failures: dict[str, Failing] | UnsetType = UNSET


class _Body(Received):
    """A body without headers."""

    __slots__ = ()

    def header(self, name: str) -> None:
        """Return None."""


class Samples:
    """The samples of a package; only those that are asked for are decoded."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._methods: dict[str, Raw] | None = None

    def of(self, method: str) -> _Known:
        """Return the samples of a method."""
        raw = self._raw(method)
        return _Known() if raw is None else _json.decode(raw, type=_Known)

    def failures(self, known: _Known) -> dict[str, Failing]:
        """Return how an operation fails: as all do, where its samples do not say."""
        if isinstance(known.failures, dict):
            return known.failures
        common = self.of(_ANY_METHOD).failures
        return common if isinstance(common, dict) else {}

    def message(self, webhook: str) -> object:
        """Return the sample of what a webhook sends; ``UNSET`` if there is none."""
        raw = next(iter(self.of(webhook).requests.values()), None)
        return UNSET if raw is None else self.value(raw)

    def _raw(self, method: str) -> Raw | None:
        if self._methods is None:
            content = self._path.read_bytes()
            self._methods = _json.decode(content, type=dict[str, Raw])
        return self._methods.get(method)

    def value(self, raw: Raw) -> object:
        """Return a sample, with what its references lead to."""
        return self.filled(exact.decode(raw))

    def filled(self, value: object) -> object:
        """Return a decoded sample with what its references lead to."""
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        target = value.get("$ref")
        if len(value) == 1 and isinstance(target, str) and target.startswith("#/"):
            steps = (each.replace("~1", "/") for each in target[2:].split("/"))
            method, *rest = (each.replace("~0", "~") for each in steps)
            raw = self._raw(method)
            found = UNSET if raw is None else resolve(exact.decode(raw), tuple(rest))
            if found is not UNSET:
                return self.filled(found)
        return {name: self.filled(member) for name, member in value.items()}


def status_for(key: int | str, known: Mapping[int | str, object]) -> int:
    """Return a status for a documented one; for a range, one that has no entry itself."""
    if isinstance(key, int):
        return key
    first = int(key[0]) * 100 if key[0].isdecimal() else 200
    codes = (code for code in range(first, first + 100) if code not in (204, 205))
    return next(code for code in codes if code not in known)


class Author:
    """Writes the bodies of one operation."""

    def __init__(
        self,
        contract: ContractInfo,
        codes: Mapping[str, int],
        operation: Operation[object],
        samples: Samples,
    ) -> None:
        self._contract = contract
        self._codes = codes
        self._operation = operation
        self._samples = samples
        self._known = samples.of(operation.name)
        self._failures = samples.failures(self._known)
        self.success = self._success()

    def _success(self) -> Success:
        """Return the reply of success that the contract says most about."""
        found: list[Success] = []
        for key, listed in self._operation.replies.items():
            replies = listed if isinstance(listed, tuple) else (listed,)
            reply = next((r for r in replies if is_json_type(r.media_type)), replies[0])
            shown = self._replies(str(key))
            raw = next(iter(shown.values()), None)
            sample = UNSET if raw is None else self._samples.value(raw)
            status = status_for(key, self._operation.replies)
            found.append(Success(status, reply, sample))
        found.sort(key=lambda each: each.sample is UNSET)
        return found[0] if found else Success(204, Reply(), UNSET)

    def _replies(self, status: str) -> dict[str, Raw]:
        known = self._known.replies
        return known.get(status) or known.get(status.lower(), {})

    def item(self, at: Pointer) -> dict[str, object]:
        """Return the sample of an item; empty if there is none."""
        found = resolve(self.success.sample, at)
        if isinstance(found, list):
            found = found[0] if found else None
        return dict(found) if isinstance(found, dict) else {}

    def argument(self, name: str) -> object:
        """Return what the contract shows of an argument; ``UNSET`` if it does not."""
        raw = self._known.arguments.get(name)
        return UNSET if raw is None else self._samples.value(raw)

    def violations(self, body: object) -> tuple[Violation, ...]:
        """Return what the contract does not allow in a body of success."""
        return self.violations_of(self.success.reply, body)

    def _unreadable(self, body: object) -> tuple[Violation, ...]:
        """Return what clients cannot decode, though the contract gives it no type."""
        reply = self.success.reply
        if reply.type is None or not is_json_type(reply.media_type):
            return ()
        try:
            self._read(_Body(self.success.status, encode_json(body)))
        except UnreadableError as error:
            place = _DECODED.search(str(error))
            steps = [] if place is None else _STEP.findall(place[1])
            pointer = pointer_text(tuple(steps))
            return (Violation(pointer, "type", str(error), None, body, ""),)
        return ()

    @cached_property
    def _read(self) -> ReadReply:
        return reader(self.success.reply, None)

    def described(self, status: int) -> "Reply | Failing | None":
        """Return what the contract says of a status; None if it does not list it."""
        for key in (status, f"{status // 100}XX", "default"):
            reply = self._operation.replies.get(key)
            if reply is not None:
                return reply[0] if isinstance(reply, tuple) else reply
            failing = self._failures.get(str(key))
            if failing is not None:
                return failing
        return None

    def violations_of(
        self, known: "Reply | Failing", body: object
    ) -> tuple[Violation, ...]:
        """Return what the contract does not allow in the body of a reply."""
        name = known.validator if isinstance(known, Reply) else known.check
        check = load_violations(self._contract.validators, name)
        return () if check is None else check(body)

    def with_item(self, at: Pointer, item: object) -> object:
        """Return the sample of the whole body around an item or a list of items."""
        sample = self.success.sample
        if not isinstance(item, list) and self._has_list(at):
            item = [item]
        if not at:
            return item
        return with_member(sample if isinstance(sample, dict) else {}, at, item)

    def fitting(
        self, item: Mapping[str, object], at: Pointer, *, in_list: bool = False
    ) -> dict[str, object]:
        """Return an item of which the reply can have every member.

        What the contract does not allow there is written as a number or as text, where
        it is one; else it is as in the sample, or is left out.
        """
        sample = self.item(at)
        listed = self._members(at)
        known = listed | sample.keys() if listed else None
        found = {k: v for k, v in item.items() if known is None or k in known}
        depth = len(at) + (in_list or self._has_list(at))
        rewritten: set[str] = set()
        for _ in range(_ROUNDS):
            wrong = self._wrong(at, found, in_list=in_list)
            blamed = {name for each in wrong for name in _blamed(each, depth)}
            if not blamed:
                break
            for name in blamed:
                other = _otherwise(found.get(name))
                if other is not None and name not in rewritten:
                    found[name] = other
                    rewritten.add(name)
                elif name in sample and found.get(name, UNSET) != sample[name]:
                    found[name] = sample[name]
                else:
                    found.pop(name, None)
        else:
            wrong = self._wrong(at, found, in_list=in_list)
        if not wrong:
            return found
        # Nobody says which member is to blame, as where none of several schemas fits.
        fitted = dict(sample)
        for name, value in found.items():
            changed = {**fitted, name: value}
            if not self._wrong(at, changed, in_list=in_list):
                fitted = changed
        return fitted

    def _wrong(
        self, at: Pointer, item: object, *, in_list: bool
    ) -> tuple[Violation, ...]:
        body = self.with_item(at, [item] if in_list else item)
        return self.violations(body) or self._unreadable(body)

    def may_be(self, at: Pointer, pointer: Pointer, value: object) -> bool:
        """Return whether the reply can have a value within its item."""
        item = with_member(self.item(at), pointer, value)
        return not self.violations(self.with_item(at, item))

    def _has_list(self, at: Pointer) -> bool:
        return isinstance(resolve(self.success.sample, at), list)

    def _members(self, at: Pointer) -> frozenset[str]:
        """Return the members of an item in a reply; none if it may have any."""
        reply = self.success.reply
        model = _model(reply.type)
        for step in at[len(reply.unwrap) :]:
            types = {} if model is None else _types(model)
            model = _model(types.get(step))
        return members_of(model)

    def about(self, item: Mapping[str, object], at: Pointer) -> Answer:
        """Return the answer of success with an item, or as the contract shows it."""
        if not self.item(at):
            return self.answer(self.success.sample)
        return self.answer(self.with_item(at, self.fitting(item, at)))

    def answer(self, body: object) -> Answer:
        """Return the answer of success with a body."""
        success = self.success
        if success.reply.type is None or success.status in (204, 205, 304):
            return Answer(success.status)
        kind = success.reply.media_type
        if body is UNSET:
            content = b"{}" if is_json_type(kind) else b"content of a file"
            kind = kind if "*" not in kind else "application/octet-stream"
        else:
            content = encode_json(body)
        return Answer(success.status, content, {"content-type": kind})

    # Failures

    def failure(
        self, problem: Problem | int, code: str = "", message: str = ""
    ) -> Answer:
        """Return the answer of a failure, in the form that the contract documents.

        Args:
            problem: What is wrong, or the HTTP status.
            code: The provider's code; it has a status of its own.
            message: Text for people.
        """
        if isinstance(problem, int):
            wanted: tuple[int, ...] = (problem,)
        else:
            own = self._codes.get(code)
            wanted = _STATUSES[problem] if own is None else (own,)
        key, status = self._documented(wanted)
        known = self._failures.get(key, Failing())
        shown = self._shown(key, code)
        if shown is UNSET:
            code = code or self._code_of(status)
            shown = self._made_up(known, code)
        body = self._with(shown, known, self._contract.errors.code, code)
        body = self._with(body, known, self._contract.errors.message, message)
        if body is UNSET and not self._failures:
            body = {"message": message}
        if body is UNSET:
            return Answer(status)
        headers = {"content-type": "application/json"}
        return Answer(status, encode_json(body), headers)

    def _documented(self, wanted: tuple[int, ...]) -> tuple[str, int]:
        """Return the documented status that says it best, and the code for it."""
        known = self._failures
        for status in wanted:
            if str(status) in known:
                return str(status), status
        for status in wanted:
            if f"{status // 100}XX" in known:
                return f"{status // 100}XX", status
        return ("default", wanted[0]) if "default" in known else ("", wanted[0])

    def _shown(self, key: str, code: str) -> object:
        """Return what the contract shows of a failure, with the code if it shows that."""
        rules = self._contract.errors
        shown = [*map(self._samples.value, self._replies(key).values())]
        for body in shown:
            if code and any(resolve(body, each) == code for each in rules.code):
                return body
        return shown[0] if shown else UNSET

    def _code_of(self, status: int) -> str:
        """Return the only code that a status has; empty if it has none or several."""
        codes = [code for code, each in self._codes.items() if each == status]
        return codes[0] if len(codes) == 1 else ""

    def _made_up(self, known: Failing, code: str) -> object:
        """Return a body of a failure that the contract does not show."""
        rules = self._contract.errors
        body = self._samples.filled(known.body)
        if rules.failure is not None:
            body = self._with(body, known, (rules.failure.at,), rules.failure.equals[0])
        for pointer in rules.code:
            if (
                not code
                and isinstance(body, dict)
                and resolve(body, pointer) is not UNSET
            ):
                without = {k: v for k, v in body.items() if k != pointer[0]}
                check = load_violations(self._contract.validators, known.check)
                if check is None or not check(without):
                    body = without
        return body

    def _with(
        self, body: object, known: Failing, places: tuple[Pointer, ...], value: object
    ) -> object:
        """Return a body with a value where it may have it, if the contract allows that."""
        at = next((each for each in places if resolve(body, each) is not UNSET), None)
        if at is None or value == "":
            return body
        changed = _set(body, at, value)
        check = load_violations(self._contract.validators, known.check)
        return (
            changed
            if check is None or len(check(changed)) <= len(check(body))
            else body
        )


def _model(kind: object) -> type[Struct] | None:
    """Return the model of a value, or of the items of a list."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind
    return next(filter(None, map(_model, get_args(kind))), None)


def members_of(kind: object) -> frozenset[str]:
    """Return the members that a type lists; none if values may have any."""
    model = _model(kind)
    names = frozenset[str]() if model is None else frozenset(_types(model))
    return frozenset() if ADDITIONAL in names else names


@cache
def _types(model: type[Struct]) -> dict[str, object]:
    """Return the types of a model's members by wire name."""
    return {each.encode_name: each.type for each in fields(model)}


def _set(body: object, pointer: Pointer, value: object) -> object:
    """Return a body with another value at a pointer, which may lead through lists."""
    if not pointer:
        return value
    first, rest = pointer[0], pointer[1:]
    if isinstance(body, list):
        index = int(first)
        return [*body[:index], _set(body[index], rest, value), *body[index + 1 :]]
    assert isinstance(body, dict)
    return {**body, first: _set(body[first], rest, value)}


def _blamed(violation: Violation, depth: int) -> tuple[str, ...]:
    """Return the member of an item that a violation is about."""
    steps = violation.pointer.split("/")[1:]
    if len(steps) == depth and violation.keyword == "required":
        return (str(violation.expected),)
    if len(steps) <= depth:
        return ()
    return (steps[depth].replace("~1", "/").replace("~0", "~"),)


def _otherwise(name: object) -> int | str | None:
    """Return an integer as text, and text as the integer that it is; None for others."""
    if isinstance(name, str):
        is_integer = re.fullmatch("0|-?[1-9][0-9]{0,17}", name)
        return int(name) if is_integer else None
    return str(name) if isinstance(name, int) and not isinstance(name, bool) else None

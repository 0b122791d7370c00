"""A provider for tests: it keeps what was created, and fails on demand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

from msgspec import UNSET, Struct
from msgspec.structs import replace

from .._runtime.arguments import encode_json
from .._runtime.credentials import Secrets
from .._runtime.operation import Reply
from .._runtime.pointers import resolve
from .._runtime.validation import Violation
from .answers import Answer, Problem, Samples
from .calls import Calls, FakeCall, arguments_of
from .life import SHOWING, Knowledge, Life, Resource
from .provider import Change, Provider, RefusedError
from .reading import Read, Taken, read
from .records import Maker, Place, Record
from .routes import Endpoint, Routes, is_authenticated, is_of_token_client
from .transport import FakeTransport

START: Final = datetime(2030, 1, 1, tzinfo=UTC)
"""What the clock of a fake shows at first."""

_TOKENS: Final = "/__token__"
"""Where clients of a fake get their tokens."""

_ASKED: Final = "asked for by a test"

FaultKind: TypeAlias = Literal["fail", "drop", "delay"]


class BrokenContractError(AssertionError):
    """A strict fake received a call that the contract does not allow."""


class StubError(ValueError):
    """A stub answers what the contract does not allow."""


class _Fault(Struct):
    """What happens to a call that comes."""

    kind: FaultKind
    operation: str
    times: int
    status: int = 0
    code: str = ""
    seconds: float = 0.0


class Stub:
    """What a fake answers to the calls of a method, in place of its own answer."""

    def __init__(self, endpoint: Endpoint, arguments: Mapping[str, object]) -> None:
        self._endpoint = endpoint
        self._arguments = arguments
        self._answer: Answer | None = None

    def respond(self, body: object = UNSET, *, status: int | None = None) -> None:
        """Answer with this body, as JSON under wire names.

        Args:
            body: The whole body; the contract's sample if it is left out.
            status: HTTP status; that of success if it is left out.

        Raises:
            StubError: the contract has no such status, or does not allow the body.
        """
        author, name = self._endpoint.author, self._endpoint.operation.name
        success = author.success
        chosen = success.status if status is None else status
        known = author.described(chosen)
        if known is None:
            raise StubError(f"the contract has no status {chosen} for {name}")
        if body is UNSET:
            is_success = chosen == success.status
            self._answer = (
                author.answer(success.sample) if is_success else author.failure(chosen)
            )
            return
        wrong = author.violations_of(known, body)
        if wrong:
            listed = "".join(f"\n  {each}" for each in wrong)
            raise StubError(f"{name} cannot answer this with {chosen}:{listed}")
        kind = known.media_type if isinstance(known, Reply) else "application/json"
        self._answer = Answer(chosen, encode_json(body), {"content-type": kind})

    def fail(self, code: str = "", *, status: int | None = None) -> None:
        """Answer with an error of the provider.

        Args:
            code: The provider's code.
            status: HTTP status; that of the code if it is left out.

        Raises:
            StubError: the contract has no such code or status.
        """
        self._answer = failure_of(self._endpoint, status, code)

    def answers(self, call: FakeCall) -> Answer | None:
        """Return what is answered to a call; None if the stub is not for it."""
        is_for_it = len(Calls([call]).of(call.operation, **self._arguments)) == 1
        return self._answer if is_for_it else None


def failure_of(endpoint: Endpoint, status: int | None, code: str) -> Answer:
    """Return a failure that a test asks for.

    Raises:
        StubError: the contract has no such code.
    """
    if code and code not in endpoint.codes:
        known = ", ".join(endpoint.codes) or "none"
        raise StubError(f"the contract has no code {code!r}; it has: {known}")
    return endpoint.author.failure(status or "broken", code, _ASKED)


class Fake:
    """Plays a provider.

    It is used by one test; threads and tasks of that test may call it at once.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        samples: Path,
        secrets: Mapping[str, str | None],
        *,
        seed: int = 0,
        now: datetime = START,
    ) -> None:
        self.knowledge = knowledge
        self.calls = Calls()
        """What was received, in that order."""
        self._secrets: Secrets = {
            name: secret for name, secret in secrets.items() if secret is not None
        }
        self.samples = Samples(samples)
        """What the contract shows."""
        self._routes = Routes(knowledge, self.samples)
        self._maker = Maker(seed, now)
        self._provider = Provider(knowledge, self._routes.endpoints, self._maker)
        self._faults: list[_Fault] = []
        self._stubs: dict[str, list[Stub]] = {}
        self._limit: tuple[int, float] | None = None
        self._times: list[datetime] = []
        self._is_strict = False
        self._lock = RLock()
        self.transport = FakeTransport(self.answer)
        """What a client is given as ``http_client``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: a fake holds no connection."""

    def settings(self, made_up: Mapping[str, str]) -> dict[str, str]:
        """Return what a client is given: the secrets of the fake, or made-up ones."""
        return {**made_up, **self._secrets}

    # What the provider keeps

    @property
    def now(self) -> datetime:
        """What the provider's clock shows; it goes on by a second with each call."""
        return self._maker.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._maker.now = moment

    @property
    def page_size(self) -> int:
        """Items of a page where a request does not say how many it wants."""
        return self._provider.page_size

    @page_size.setter
    def page_size(self, size: int) -> None:
        self._provider.page_size = size

    def items(self, resource: str, *within: str) -> list[dict[str, object]]:
        """Return all items of a resource, as the provider sends them.

        Args:
            resource: Name of the resource.
            within: Names of the items that they are within; none: wherever they are.
        """
        self._resource(resource)
        return [
            dict(record.value)
            for place in [*self._provider.records.places()]
            if place[0] == resource and (not within or place[1] == within)
            for record in self._provider.records.of(place)
        ]

    def places(self, resource: str) -> list[tuple[str, ...]]:
        """Return what the items of a resource are within; each place has an item."""
        self._resource(resource)
        kept = [*self._provider.records.places()]
        return [place for name, place in kept if name == resource]

    def add(self, resource: str, *within: str, **members: object) -> dict[str, object]:
        """Keep an item that was there before the test, and return it.

        Args:
            resource: Name of the resource.
            within: Names of the items that it is within, as the path has them.
            members: Members under their wire names; the others are those of the
                contract's sample.

        Raises:
            StubError: the contract does not allow a member.
        """
        endpoint, life = self._shown(resource)
        with self._lock:
            sample = endpoint.author.item(life.at)
            item = {**sample, **members}
            item = self._provider.named_anew(resource, item, sample, members)
            self._check(endpoint, life, item)
            self._provider.records.add((resource, within), Record(item))
            return dict(item)

    def change(
        self, resource: str, name: object, **members: object
    ) -> dict[str, object]:
        """Change an item as the provider does by itself, and return it.

        Args:
            resource: Name of the resource.
            name: What names the item, wherever it is.
            members: New members under their wire names.

        Raises:
            LookupError: there is no such item.
            StubError: the contract does not allow a member.
        """
        with self._lock:
            _, record = self._found(resource, name)
            before = dict(record.value)
            item = {**before, **members}
            for member, clock in self._resource(resource).changed.items():
                if member in item and member not in members:
                    item[member] = self._maker.time(clock)
            self._check(*self._shown(resource), item)
            record.value = item
        self.happened(Change(resource, before, record))
        return dict(item)

    def _found(self, resource: str, name: object) -> tuple[Place, Record]:
        known = self._resource(resource)
        for place in self._provider.records.places():
            if place[0] == resource:
                record = self._provider.records.named(place, known, name)
                if record is not None:
                    return place, record
        raise LookupError(f"there is no {resource} {name}")

    def _resource(self, name: str) -> Resource:
        known = self.knowledge.resources
        if name not in known:
            listed = ", ".join(known) or "none"
            raise LookupError(f"there is no resource {name!r}; there are: {listed}")
        return known[name]

    def _shown(self, resource: str) -> tuple[Endpoint, Life]:
        """Return the operation that says most about an item: one that shows its name."""
        name = self._resource(resource).identity[0]
        found = [
            (endpoint, life)
            for act in SHOWING
            for endpoint in self._routes.endpoints.values()
            for life in [endpoint.life]
            if life is not None and (life.resource, life.act) == (resource, act)
        ]
        if not found:
            raise LookupError(f"no operation returns {resource}")
        for endpoint, life in found:
            if resolve(endpoint.author.item(life.at), name) is not UNSET:
                return endpoint, life
        return found[0]

    def _check(
        self, endpoint: Endpoint, life: Life, item: Mapping[str, object]
    ) -> None:
        name = self._resource(life.resource).identity[0]
        if resolve(endpoint.author.item(life.at), name) is UNSET:
            return  # the contract shows no item
        held: object = [item] if life.act == "list" else item
        wrong = endpoint.author.violations(endpoint.author.with_item(life.at, held))
        if wrong:
            raise StubError("".join(f"\n  {each}" for each in wrong))

    def happened(self, change: Change) -> None:
        """Take notice of a change; a fake of a provider with webhooks sends them."""

    # What tests ask for

    def strict(self, *, on: bool = True) -> None:
        """Raise ``BrokenContractError`` for each call that the contract does not allow."""
        self._is_strict = on

    def on(self, operation: str, /, **arguments: object) -> Stub:
        """Return what is answered to the calls of a method with these arguments."""
        stub = Stub(self._endpoint(operation), arguments)
        self._stubs.setdefault(operation, []).insert(0, stub)
        return stub

    def fail_next(
        self,
        *,
        status: int | None = None,
        code: str = "",
        operation: str = "",
        times: int = 1,
    ) -> None:
        """Let calls fail that come next; nothing is done for them.

        Args:
            status: HTTP status; that of the code, or else 500, if it is left out.
            code: The provider's code.
            operation: The method whose calls fail; empty: any.
            times: How many calls fail.
        """
        if code and code not in self.knowledge.codes:
            known = ", ".join(self.knowledge.codes) or "none"
            raise StubError(f"the contract has no code {code!r}; it has: {known}")
        self._add(_Fault("fail", operation, times, status or 0, code))

    def drop_response_next(self, *, operation: str = "", times: int = 1) -> None:
        """Do what calls ask for, and lose the responses.

        Args:
            operation: The method whose responses are lost; empty: any.
            times: How many responses are lost.
        """
        self._add(_Fault("drop", operation, times))

    def delay_next(
        self, seconds: float, *, operation: str = "", times: int = 1
    ) -> None:
        """Do what calls ask for, and answer late.

        Within the process no time passes: a client whose timeout is shorter sees it
        elapse at once.

        Args:
            seconds: How late.
            operation: The method whose responses are late; empty: any.
            times: How many responses are late.
        """
        self._add(_Fault("delay", operation, times, seconds=seconds))

    def rate_limit(self, calls: int, *, seconds: float) -> None:
        """Refuse calls beyond a number in the last seconds of the provider's clock."""
        self._limit = calls, seconds

    def _add(self, fault: _Fault) -> None:
        if fault.operation:
            self._endpoint(fault.operation)
        self._faults.append(fault)

    def _endpoint(self, operation: str) -> Endpoint:
        known = self._routes.endpoints
        if operation not in known:
            listed = ", ".join(known)
            raise LookupError(f"there is no method {operation!r}; there are: {listed}")
        return known[operation]

    # What the provider does

    def answer(self, taken: Taken) -> Answer:
        """Return the answer to a request.

        Raises:
            BrokenContractError: the fake is strict, and the contract does not allow it.
        """
        with self._lock:
            self._maker.tick()
            answer = self._answered(taken)
            changes = [*self._provider.changes]
            self._provider.changes.clear()
        for change in changes:
            self.happened(change)
        return answer

    def _answered(self, taken: Taken) -> Answer:
        endpoint, in_path, methods = self._routes.find(taken.method, taken.path)
        if endpoint is None or taken.path == _TOKENS:
            return self._token(taken) or self._unknown(taken, methods)
        operation, validators = endpoint.operation, self.knowledge.contract.validators
        asked = read(operation, taken, in_path, validators)
        given = arguments_of(operation, asked.arguments, asked.payload)
        called = (operation.name, taken.method, taken.path)
        call = FakeCall(*called, given, asked.payload, 0, asked.wrong)
        answer, note = self._chosen(endpoint, taken, asked, call)
        if note in ("unauthenticated", "invalid") and is_of_token_client(taken):
            issued = self._token(taken)
            if issued is not None:  # an operation may describe the same address
                return issued
        self._take(call, answer, note)
        return answer

    def _chosen(
        self, endpoint: Endpoint, taken: Taken, asked: Read, call: FakeCall
    ) -> tuple[Answer, str]:
        """Return the answer to a call, and why it is not the provider's own."""
        author = endpoint.author
        fault = self._fault(call.operation)
        if fault is not None and fault.kind == "fail":
            status: Problem | int = fault.status or "broken"
            return author.failure(status, fault.code, _ASKED), "fail_next"
        limited = self._limited()
        if limited:
            failure = author.failure("limited", message="too many requests")
            headers = {**failure.headers, "retry-after": str(limited)}
            return replace(failure, headers=headers), "rate_limit"
        answer, note = self._own(endpoint, taken, asked, call)
        if fault is None:
            return answer, note
        is_lost = fault.kind == "drop"
        changed = replace(answer, delay=fault.seconds, is_lost=is_lost)
        return changed, f"{fault.kind}_next"

    def _own(
        self, endpoint: Endpoint, taken: Taken, asked: Read, call: FakeCall
    ) -> tuple[Answer, str]:
        author, contract = endpoint.author, self.knowledge.contract
        operation, secrets = endpoint.operation, self._secrets
        if not is_authenticated(operation, contract, secrets, taken, asked.sent):
            message = "the credentials are missing or wrong"
            return author.failure("unauthenticated", message=message), "unauthenticated"
        if asked.wrong:
            return self._invalid(endpoint, asked), "invalid"
        for stub in self._stubs.get(call.operation, ()):
            stubbed = stub.answers(call)
            if stubbed is not None:
                return stubbed, "stub"
        try:
            return self._provider.answer(endpoint, asked), ""
        except RefusedError as error:
            return error.answer, error.problem

    def _invalid(self, endpoint: Endpoint, asked: Read) -> Answer:
        """Return the answer to a request that the contract does not allow."""
        first = next((each for each in asked.wrong if each.code), asked.wrong[0])
        problem: Problem = "media" if asked.is_of_wrong_type else "invalid"
        return endpoint.author.failure(problem, first.code or "", str(first))

    def _unknown(self, taken: Taken, methods: tuple[str, ...]) -> Answer:
        """Return the answer to a request that no operation is meant by."""
        said = f"{taken.method} {taken.path} is not an operation of the contract"
        if methods:
            said += f"; the path has {', '.join(methods)}"
        elif self._routes.begins_with:
            said += f"; paths begin with {self._routes.begins_with}"
        headers = {"content-type": "application/json"}
        if methods:
            headers["allow"] = ", ".join(methods)
        answer = Answer(
            405 if methods else 404, encode_json({"message": said}), headers
        )
        wrong = (Violation("", "path", said, None, taken.path, ""),)
        call = FakeCall("", taken.method, taken.path, {}, UNSET, 0, wrong)
        self._take(call, answer, "")
        return answer

    def _take(self, call: FakeCall, answer: Answer, note: str) -> None:
        """Note a call; refuse it if the fake is strict."""
        taken = replace(call, status=answer.status, note=note)
        self.calls.add(taken)
        if self._is_strict and call.violations:
            raise BrokenContractError(f"the contract does not allow this call: {taken}")

    def _fault(self, operation: str) -> _Fault | None:
        for fault in self._faults:
            if fault.operation in ("", operation):
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                return fault
        return None

    def _limited(self) -> int:
        """Return after how many seconds a call is allowed; 0: now."""
        if self._limit is None:
            return 0
        calls, seconds = self._limit
        now = self._maker.now
        recent = [t for t in self._times if (now - t).total_seconds() < seconds]
        if len(recent) < calls:
            self._times = [*recent, now]
            return 0
        return max(1, int(seconds - (now - recent[0]).total_seconds()))

    def _token(self, taken: Taken) -> Answer | None:
        """Return a token, if a request asks for one."""
        schemes = self.knowledge.contract.security.values()
        urls = [str(getattr(scheme, "token_url", "")) for scheme in schemes]
        urls = [url for url in urls if url]
        paths = {_TOKENS, *chain.from_iterable(map(self._routes.paths_of, urls))}
        if not urls or taken.method != "POST" or taken.path not in paths:
            return None
        token = str(self._maker.alike("token-0000", bool))
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        headers = {"content-type": "application/json"}
        return Answer(200, encode_json(body), headers)

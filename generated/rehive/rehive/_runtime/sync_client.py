"""The sync client: sends what the core prepares."""

from _thread import allocate_lock
from collections.abc import Callable, Mapping
from os import getpid
from time import sleep
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar, Unpack, cast

from msgspec import UNSET

from .call import Call
from .conversation import Open, Pause, Steps, converse, converse_raw
from .core import Core
from .errors import ConfigurationError
from .exchange import Received, Request
from .logs import is_watched
from .operation import ContractInfo, Operation
from .options import DEFAULT, NO_OPTIONS, CallOptions, Secret, TimeoutTypes
from .reading import FailureWithinSuccessError
from .response import RawResponse
from .retry import clock
from .security import Await
from .sync_transport import SyncTransport, sync_transport
from .undocumented import undocumented

if TYPE_CHECKING:
    from .observing import AfterReply, BeforeAttempt
    from .pager import Pager
    from .sync_stream import Streaming
    from .sync_transport import SyncHttpClient

__all__ = ["SyncClient", "SyncResource", "raw", "streamed"]

T = TypeVar("T")
P = ParamSpec("P")

_first: Final = allocate_lock()


class SyncClient:
    """Base of every emitted sync client.

    One client may be shared by any number of threads.
    """

    _core: Core
    _transport: SyncTransport
    _owns_transport: bool

    def __init__(
        self,
        contract: ContractInfo,
        *,
        credentials: Mapping[str, Secret],
        variables: Mapping[str, str | None] = {},
        base_url: str | None = None,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int = 2,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: "SyncHttpClient | None" = None,
        validate_replies: bool = False,
        before_attempt: "BeforeAttempt | None" = None,
        after_reply: "AfterReply | None" = None,
    ) -> None:
        hooks = None
        if before_attempt is not None or after_reply is not None:
            from .observing import Hooks

            hooks = Hooks(before_attempt, after_reply)
        self._core = Core(
            contract,
            credentials=credentials,
            variables=variables,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            validate_replies=validate_replies,
            hooks=hooks,
        )
        self._transport = sync_transport(http_client)
        self._owns_transport = True

    def send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> T:
        """Call an operation and return what its method returns."""
        call = Call(self._core, operation, arguments, body, options)
        if call.binding.schemes or is_watched(call):
            return self._carry_out(converse(call))
        try:
            outcome = self._transport.send(call.next_attempt())
        except BaseException as error:
            if not isinstance(error, Exception):
                call.note(error)
            raise
        if isinstance(outcome, Received) and 200 <= outcome.status < 300:
            try:
                return call.value(outcome)
            except FailureWithinSuccessError:
                pass
        return self._carry_out(converse(call, outcome))

    def send_raw(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        """Call an operation and return the reply as it came."""
        call = Call(self._core, operation, arguments, body, options)
        return self._carry_out(converse_raw(call))

    def send_streaming(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "Streaming":
        """Call an operation and read its reply as it comes, within ``with``."""
        from .sync_stream import Streaming

        return Streaming(self, Call(self._core, operation, arguments, body, options))

    def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "Pager[T]":
        """Return the items of a list, page after page; nothing is sent yet."""
        from .pager import Pager

        return Pager(self, operation, arguments, body, options)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: object = UNSET,
        content: bytes | None = None,
        **options: Unpack[CallOptions],
    ) -> RawResponse[object]:
        """Call what the contract lacks, with the client's credentials.

        ``path`` is added to the base URL. Nothing is known of the call, so it is
        treated as unsafe to repeat.
        """
        call = undocumented(
            self._core,
            method,
            path,
            query=query,
            json=json,
            content=content,
            options=options,
        )
        return self._carry_out(converse_raw(call))

    def with_options(
        self,
        *,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
    ) -> Self:
        """Return a client with other settings that shares the connections of this."""
        core = self._core.changed(
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
        )
        return self._sharing(core)

    def _sharing(self, core: Core) -> Self:
        client = object.__new__(type(self))
        client._core = core
        client._transport = self._transport
        client._owns_transport = False
        return client

    def _carry_out(self, steps: Steps[T]) -> T:
        transport = self._transport
        outcome: object = None
        try:
            while True:
                step = steps.send(outcome)
                if isinstance(step, Request):
                    outcome = transport.send(step)
                elif isinstance(step, Pause):
                    sleep(clock.seconds(step.seconds))
                    outcome = None
                elif isinstance(step, Open):
                    outcome = transport.open(step.request)
                elif isinstance(step, Await):
                    step.discard()
                    raise ConfigurationError(
                        f"a coroutine function for {step.purpose} needs the async client"
                    )
                else:
                    with _first:
                        lock = step.tokens.lock(getpid(), allocate_lock)
                    lock.acquire()
                    outcome = lock
        except StopIteration as stop:
            return cast("T", stop.value)
        except BaseException as error:
            steps.throw(error)
            raise

    def close(self) -> None:
        """Close the connections, unless they are those of an ``http_client``."""
        if self._owns_transport:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # missing where making the client failed
        return f"<{type(self).__name__}>" if core is None else core.shown()


class SyncResource:
    """Base of every emitted group of methods."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client


class _RawSender:
    """Stands in for a client; what it sends comes back raw."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        return self._client.send_raw(operation, arguments, body, options=options)

    def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "RawResponse[Pager[T]]":
        return self._client.paginate(
            operation, arguments, body, options=options
        ).first_raw()


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Return a resource's method in the form that returns the reply as it came.

    A method that returns a pager returns the reply with its first page.
    """
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(SyncClient, _RawSender(resource._client))
    return cast(
        Callable[P, RawResponse[T]], getattr(type(resource)(sender), method.__name__)
    )


class _StreamingSender:
    """Stands in for a client; what it sends is read as it comes."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "Streaming":
        return self._client.send_streaming(operation, arguments, body, options=options)

    def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "Streaming":
        pager = self._client.paginate(operation, arguments, body, options=options)
        return pager.first_streaming()


def streamed(method: Callable[P, object]) -> "Callable[P, Streaming]":
    """Return a resource's method in the form whose reply is read as it comes.

    A method that returns a pager streams the reply with its first page.
    """
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(SyncClient, _StreamingSender(resource._client))
    return cast(
        "Callable[P, Streaming]", getattr(type(resource)(sender), method.__name__)
    )

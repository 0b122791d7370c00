"""The async client: sends what the core prepares."""

from asyncio import Lock, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, Unpack, cast, overload

from msgspec import UNSET

from .async_transport import AsyncTransport, async_transport
from .call import Call
from .conversation import Open, Pause, Steps, converse, converse_raw
from .core import Core
from .exchange import Received, Request
from .logs import is_watched
from .operation import ContractInfo, Operation
from .options import DEFAULT, NO_OPTIONS, AsyncSecret, CallOptions, TimeoutTypes
from .reading import FailureWithinSuccessError
from .response import RawResponse
from .retry import clock
from .security import Await
from .undocumented import undocumented

if TYPE_CHECKING:
    from .async_pager import AsyncPager
    from .async_stream import AsyncStreaming
    from .async_transport import AsyncHttpClient
    from .observing import AsyncAfterReply, AsyncBeforeAttempt

__all__ = [
    "AsyncClient",
    "AsyncResource",
    "async_raw",
    "async_streamed",
]

T = TypeVar("T")
P = ParamSpec("P")


class AsyncClient:
    """Base of every emitted async client.

    One client may be shared by any number of tasks of one loop.
    """

    _core: Core
    _transport: AsyncTransport
    _owns_transport: bool

    def __init__(
        self,
        contract: ContractInfo,
        *,
        credentials: Mapping[str, AsyncSecret],
        variables: Mapping[str, str | None] = {},
        base_url: str | None = None,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int = 2,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: "AsyncHttpClient | None" = None,
        validate_replies: bool = False,
        before_attempt: "AsyncBeforeAttempt | None" = None,
        after_reply: "AsyncAfterReply | None" = None,
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
        self._transport = async_transport(http_client)
        self._owns_transport = True

    async def send(
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
            return await self._carry_out(converse(call))
        try:
            outcome = await self._transport.send(call.next_attempt())
        except BaseException as error:
            if not isinstance(error, Exception):
                call.note(error)
            raise
        if isinstance(outcome, Received) and 200 <= outcome.status < 300:
            try:
                return call.value(outcome)
            except FailureWithinSuccessError:
                pass
        return await self._carry_out(converse(call, outcome))

    async def send_raw(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        """Call an operation and return the reply as it came."""
        call = Call(self._core, operation, arguments, body, options)
        return await self._carry_out(converse_raw(call))

    def send_streaming(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "AsyncStreaming":
        """Call an operation and read its reply as it comes, within ``async with``."""
        from .async_stream import AsyncStreaming

        return AsyncStreaming(
            self, Call(self._core, operation, arguments, body, options)
        )

    def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "AsyncPager[T]":
        """Return the items of a list, page after page; nothing is sent yet."""
        from .async_pager import AsyncPager

        return AsyncPager(self, operation, arguments, body, options)

    async def request(
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
        return await self._carry_out(converse_raw(call))

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

    async def _carry_out(self, steps: Steps[T]) -> T:
        transport = self._transport
        outcome: object = None
        try:
            while True:
                step = steps.send(outcome)
                if isinstance(step, Request):
                    outcome = await transport.send(step)
                elif isinstance(step, Pause):
                    await sleep(clock.seconds(step.seconds))
                    outcome = None
                elif isinstance(step, Open):
                    outcome = await transport.open(step.request)
                elif isinstance(step, Await):
                    outcome = await step.awaitable
                else:
                    lock = step.tokens.lock(get_running_loop(), Lock)
                    await lock.acquire()
                    outcome = lock
        except StopIteration as stop:
            return cast("T", stop.value)
        except BaseException as error:
            steps.throw(error)
            raise

    async def close(self) -> None:
        """Close the connections, unless they are those of an ``http_client``."""
        if self._owns_transport:
            await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # missing where making the client failed
        return f"<{type(self).__name__}>" if core is None else core.shown()


class AsyncResource:
    """Base of every emitted group of methods."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class _RawSender:
    """Stands in for a client; what it sends comes back raw."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        return await self._client.send_raw(operation, arguments, body, options=options)

    async def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "RawResponse[AsyncPager[T]]":
        pager = self._client.paginate(operation, arguments, body, options=options)
        return await pager.first_raw()


@overload
def async_raw(
    method: "Callable[P, AsyncPager[T]]",
) -> "Callable[P, Awaitable[RawResponse[AsyncPager[T]]]]": ...


@overload
def async_raw(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]: ...


def async_raw(method: Callable[P, Any]) -> Callable[P, Awaitable[RawResponse[Any]]]:
    """Return a resource's method in the form that returns the reply as it came.

    A method that returns a pager returns the reply with its first page.
    """
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(AsyncClient, _RawSender(resource._client))
    return cast(
        Callable[P, Awaitable[RawResponse[Any]]],
        getattr(type(resource)(sender), method.__name__),
    )


class _StreamingSender:
    """Stands in for a client; what it sends is read as it comes."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "AsyncStreaming":
        return self._client.send_streaming(operation, arguments, body, options=options)

    def paginate(
        self,
        operation: Operation[list[T]],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> "AsyncStreaming":
        pager = self._client.paginate(operation, arguments, body, options=options)
        return pager.first_streaming()


def async_streamed(method: Callable[P, object]) -> "Callable[P, AsyncStreaming]":
    """Return a resource's method in the form whose reply is read as it comes.

    A method that returns a pager streams the reply with its first page.
    """
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = _StreamingSender(resource._client)
    own: Any = type(resource)(cast(AsyncClient, sender))
    # The method awaits what its client sends, and a stream is entered, not awaited.
    function = getattr(own, method.__name__)

    def call(*args: P.args, **kwargs: P.kwargs) -> "AsyncStreaming":
        return started(function(*args, **kwargs))

    return call


def started(call: Any) -> "AsyncStreaming":
    """Return the stream that a method makes; it waits for nothing on the way."""
    if not isinstance(call, Coroutine):
        return cast("AsyncStreaming", call)
    try:
        call.send(None)
    except StopIteration as stop:
        return cast("AsyncStreaming", stop.value)
    raise AssertionError("making a stream waits for nothing")

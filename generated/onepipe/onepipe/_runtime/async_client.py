"""The async client: calls operations."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, Unpack, cast

from msgspec import UNSET

from .async_retry_loop import AsyncRetryLoop, AsyncTokenSource, async_transport
from .call import Call, raw_request
from .client_core import ClientCore
from .observers import AsyncAfterReply, AsyncBeforeAttempt, Hooks
from .operation import ContractInfo, Operation
from .options import (
    DEFAULT,
    NO_OPTIONS,
    AsyncSecret,
    CallOptions,
    ClientOptions,
    TimeoutTypes,
)
from .response import RawResponse

if TYPE_CHECKING:
    from .async_retry_loop import AsyncHttpClient

T = TypeVar("T")
P = ParamSpec("P")


class AsyncClient:
    """Base class of the generated async client.

    One client may be shared by any number of tasks of one event loop.
    """

    _core: ClientCore
    _loop: AsyncRetryLoop
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
        timezone: tzinfo | None = None,
        before_attempt: AsyncBeforeAttempt | None = None,
        after_reply: AsyncAfterReply | None = None,
        token_source: Callable[[ClientCore], AsyncTokenSource] | None = None,
    ) -> None:
        is_hooked = before_attempt is not None or after_reply is not None
        self._core = core = ClientCore(
            contract,
            credentials=credentials,
            variables=variables,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            validate_replies=validate_replies,
            timezone=timezone,
            hooks=Hooks(before_attempt, after_reply) if is_hooked else None,
        )
        tokens = None if token_source is None else token_source(core)
        self._loop = AsyncRetryLoop(async_transport(http_client, contract), tokens)
        self._owns_transport = True

    async def _send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> T:
        """Call an operation and return what its method returns."""
        call = Call(self._core, operation, arguments, body, options)
        return await self._loop.value(call)

    async def _send_raw(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        """Call an operation and return its response."""
        call = Call(self._core, operation, arguments, body, options)
        return await self._loop.raw(call)

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
        """Send a request that the contract does not describe, with the credentials.

        The path is added to the base URL. GET, HEAD, OPTIONS, QUERY and TRACE are retried
        like safe operations, all other methods like unsafe ones.
        """
        call = raw_request(
            self._core,
            method,
            path,
            query=query,
            json=json,
            content=content,
            options=options,
        )
        return await self._loop.raw(call)

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Return a client with other settings that shares this client's connections.

        Args:
            timeout: Seconds for one attempt, or a ``Timeout`` with each limit by name.
            max_retries: How often a call is retried, where the contract allows retries.
            default_headers: Headers of every request, besides those of this client.
            default_query: Query parameters of every request, besides those of this client.
        """
        client = object.__new__(type(self))
        client._core = self._core.changed(options)
        client._loop = self._loop
        client._owns_transport = False
        return client

    async def close(self) -> None:
        """Close the connections, except those of an ``http_client``."""
        if self._owns_transport:
            await self._loop.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # missing if __init__ failed
        return f"<{type(self).__name__}>" if core is None else core.shown()


class AsyncResource:
    """Base class of the generated groups of methods."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class _RawSender:
    """A stand-in for a client whose ``_send`` returns responses."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        return await self._client._send_raw(operation, arguments, body, options=options)


def async_raw(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Return a resource's method in the form that returns the response."""
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(AsyncClient, _RawSender(resource._client))
    return cast(
        Callable[P, Awaitable[RawResponse[T]]],
        getattr(type(resource)(sender), method.__name__),
    )

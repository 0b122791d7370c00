"""The sync client: calls operations."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, Unpack, cast

from msgspec import UNSET

from .call import Call, raw_request
from .client_core import ClientCore
from .observers import AfterReply, BeforeAttempt, Hooks
from .operation import ContractInfo, Operation
from .options import (
    DEFAULT,
    NO_OPTIONS,
    CallOptions,
    ClientOptions,
    Secret,
    TimeoutTypes,
)
from .response import RawResponse
from .sync_retry_loop import SyncRetryLoop, SyncTokenSource, sync_transport

if TYPE_CHECKING:
    from .sync_retry_loop import SyncHttpClient

T = TypeVar("T")
P = ParamSpec("P")


class SyncClient:
    """Base class of the generated sync client.

    One client may be shared by any number of threads.
    """

    _core: ClientCore
    _loop: SyncRetryLoop
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
        timezone: tzinfo | None = None,
        before_attempt: BeforeAttempt | None = None,
        after_reply: AfterReply | None = None,
        token_source: Callable[[ClientCore], SyncTokenSource] | None = None,
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
        self._loop = SyncRetryLoop(sync_transport(http_client, contract), tokens)
        self._owns_transport = True

    def _send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> T:
        """Call an operation and return what its method returns."""
        call = Call(self._core, operation, arguments, body, options)
        return self._loop.value(call)

    def _send_raw(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        """Call an operation and return its response."""
        call = Call(self._core, operation, arguments, body, options)
        return self._loop.raw(call)

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
        return self._loop.raw(call)

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

    def close(self) -> None:
        """Close the connections, except those of an ``http_client``."""
        if self._owns_transport:
            self._loop.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # missing if __init__ failed
        return f"<{type(self).__name__}>" if core is None else core.shown()


class SyncResource:
    """Base class of the generated groups of methods."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client


class _RawSender:
    """A stand-in for a client whose ``_send`` returns responses."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def _send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> RawResponse[T]:
        return self._client._send_raw(operation, arguments, body, options=options)


def raw(
    method: Callable[P, T],
) -> Callable[P, RawResponse[T]]:
    """Return a resource's method in the form that returns the response."""
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(SyncClient, _RawSender(resource._client))
    return cast(
        Callable[P, RawResponse[T]],
        getattr(type(resource)(sender), method.__name__),
    )

"""From a call to its result: authenticate, send, retry, read back.

This is the only way through: every attempt of every call is sent here. The rules that
decide about retries are those of ``Call``; the transport sends each request once.
"""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from .call import Call
from .client_core import placed
from .credentials import (
    Keyring,
    Scheme,
    TokenScheme,
    awaited,
    hidden,
)
from .decoding import FailureWithinSuccessError
from .errors import (
    APIError,
    APIStatusError,
    AuthenticationError,
    ClientError,
    NotFoundError,
    RequestInvalidError,
)
from .observers import Observer, observer
from .operation import ContractInfo
from .options import Timeout
from .response import RawResponse
from .retry_policy import clock
from .transport_types import Failed, Received, Request, SentHeaders, StandIn
from .urls import with_query

if TYPE_CHECKING:
    import httpx2
    import pyreqwest.client

    AsyncHttpClient: TypeAlias = pyreqwest.client.Client | httpx2.AsyncClient | StandIn

R = TypeVar("R")
T = TypeVar("T")


class AsyncOpened(Protocol):
    """A successful response whose body is read piece by piece."""

    status: int
    content: bytes
    defect: str

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        ...

    def headers(self) -> list[tuple[str, str]]:
        """Return all headers, in the order in which they were received."""
        ...

    async def chunk(self) -> bytes | Failed | None:
        """Return the next bytes as received; None at the end."""
        ...

    async def close(self) -> None:
        """Free the connection."""
        ...


class AsyncTransport(Protocol):
    """Sends requests, each once."""

    async def send(self, request: Request) -> Received | Failed:
        """Send once; raise only mistakes of the caller."""
        ...

    async def open(self, request: Request) -> "Received | AsyncOpened | Failed":
        """Send once, and leave the body of a success to be read."""
        ...

    async def close(self) -> None:
        """Close the connections that the transport opened."""
        ...


class AsyncTokenSource(Protocol):
    """Fetches tokens, each once for all calls that wait for it."""

    async def token(
        self,
        scheme: TokenScheme,
        stale: str,
        timeout: Callable[[], Timeout],
        send: "Callable[[Call[Any]], Awaitable[Any]]",
    ) -> str:
        """Return a token that is not the stale one.

        Raises:
            APIError: the issuer could not be reached, or refused.
        """
        ...


class AsyncRetryLoop:
    """Carries out calls over a transport."""

    __slots__ = ("_tokens", "transport")

    def __init__(
        self, transport: AsyncTransport, tokens: AsyncTokenSource | None
    ) -> None:
        self.transport = transport
        self._tokens = tokens

    async def value(self, call: Call[T]) -> T:
        """Carry out a call and return what its method returns."""
        found = await self._carry_out(call, call.value, self.transport.send)
        return found.parse() if type(found) is RawResponse else cast("T", found)

    async def raw(self, call: Call[T]) -> RawResponse[T]:
        """Carry out a call and return its response."""
        return await self._carry_out(call, call.raw, self.transport.send)

    async def opened(self, call: Call[T]) -> Received | RawResponse[T]:
        """Carry out a call up to the head of its response.

        Returns:
            The response, ``Opened``. If an earlier attempt succeeded, the complete
            response that was read back.
        """
        return await self._carry_out(call, call.opened, self._open)

    async def _carry_out(
        self,
        call: Call[T],
        taken: Callable[[Received], R],
        send: Callable[[Request], Awaitable[Any]],
    ) -> R | RawResponse[T]:
        """Send a call until it succeeds or the retry rules end it."""
        prepared = call.prepared
        watch = observer(prepared.subject, call.core.hooks, prepared.contract.trace)
        try:
            if prepared.per_call:
                await self._authenticate(call)
            while True:
                if watch is None:
                    outcome = await send(call.next_attempt())
                else:
                    outcome = await self._watched(call, watch, send)
                problem: Failed | APIStatusError
                received: Received | None
                if type(outcome) is Failed:
                    outcome.redact(prepared.keyring.redacted)
                    problem, received = outcome, call.refusal(outcome)
                    if received is not None:
                        problem = call.status_problem(received)
                else:
                    received = cast(Received, outcome)
                    if prepared.is_success(received.status):
                        try:
                            return taken(received)
                        except FailureWithinSuccessError:
                            pass
                    problem = call.status_problem(received)
                if prepared.per_call and await self._renewed(call, problem):
                    continue
                if not call.was_done_before(problem):
                    if call.may_retry(problem):
                        wait = call.wait_before_retry(received)
                        if wait is not None:
                            if watch is not None:
                                watch.pause(call.request, wait)
                            await sleep(clock.seconds(wait))
                            continue
                    if not call.uncertain or call.read is None:
                        raise call.final(problem)
                return await self._read_back(call, problem)
        except ClientError:
            raise
        except BaseException as error:
            call.note(error)
            raise

    async def _watched(
        self,
        call: Call[T],
        watch: Observer,
        send: Callable[[Request], Awaitable[Any]],
    ) -> Received | Failed:
        """Send one attempt, and report it to those who observe it."""
        request, number = call.request, call.attempts + 1
        await awaited(watch.before(request, number), "before_attempt")
        watch.start(request, number)
        request = call.next_attempt()
        try:
            outcome = await send(request)
        except BaseException as error:
            watch.broken(error)
            raise
        if isinstance(outcome, Failed):
            outcome.redact(call.prepared.keyring.redacted)
        await awaited(watch.after(request, outcome, number), "after_reply")
        return cast(Received | Failed, outcome)

    async def _open(self, request: Request) -> Any:
        """Send once; the caller bounds the time of reading with ``Timeout.read``."""
        request.within = None
        return await self.transport.open(request)

    # Authentication

    async def _authenticate(self, call: Call[T]) -> None:
        """Add what is fetched or computed anew for each call."""
        request = call.request
        request.headers = SentHeaders(request.headers)
        query = ""
        for scheme in call.prepared.per_call:
            if isinstance(scheme, TokenScheme):
                await self._add_token(call, scheme, "")
                continue
            secrets = await async_secrets(call.prepared.keyring, scheme)
            secret = scheme.authenticate(secrets, request, call.sent())
            query = placed(request.headers, query, secret, call.prepared.keyring)
        if query:
            request.url = with_query(request.url, query)

    async def _add_token(self, call: Call[T], scheme: TokenScheme, stale: str) -> None:
        """Add a token to the request."""
        assert self._tokens is not None
        token = await self._tokens.token(scheme, stale, call.time_left, self.value)
        call.request.headers["authorization"] = hidden(f"Bearer {token}")

    async def _renewed(self, call: Call[T], problem: Failed | APIStatusError) -> bool:
        """Replace the token after a 401, once; return whether to send again.

        A provider that rejects the token has done nothing, so any operation may be sent
        again.
        """
        if call.token_renewed or not isinstance(problem, AuthenticationError):
            return False
        if problem.status_code != 401 or not call.is_replayable:
            return False
        for scheme in call.prepared.per_call:
            if isinstance(scheme, TokenScheme):
                call.token_renewed = True
                call.allowed += 1
                authorization = call.request.headers["authorization"]
                stale = hidden(authorization.removeprefix("Bearer "))
                try:
                    await self._add_token(call, scheme, stale)
                except APIError:
                    if call.uncertain:
                        return False
                    raise
                return True
        return False

    # Reading back

    async def _read_back(
        self, call: Call[T], problem: Failed | APIStatusError
    ) -> RawResponse[T]:
        """Find out the outcome of a keyed call: return its result, or raise an error."""
        read = call.read
        if read is None:
            raise call.final(problem)
        try:
            reading = call.reading(read)
            found = await self.raw(reading)
            found.parse()
        except NotFoundError as error:
            if isinstance(problem, APIStatusError) and call.settles(problem):
                raise problem from None
            raise call.final(problem) from error
        except (APIError, RequestInvalidError) as error:
            raise call.final(problem) from error
        if not call.is_own(reading, found):
            raise call.final(problem)
        return cast("RawResponse[T]", found)


async def async_secrets(keyring: Keyring, scheme: Scheme) -> SentHeaders:
    """Return the secrets of a scheme by argument; those of callables are asked for now."""
    found = SentHeaders()
    for credential in scheme.credentials:
        secret = keyring.secret(credential)
        if not isinstance(secret, str):
            secret = hidden(await awaited(secret(), "a secret"))
            keyring.note(credential.argument, secret)
        found[credential.argument] = credential.sendable(secret)
    return found


def async_transport(
    client: "AsyncHttpClient | None", contract: ContractInfo
) -> AsyncTransport:
    """Return the transport over a caller's client, or over one of our own."""
    if client is None or _is(client, "pyreqwest", "Client"):
        from .pyreqwest_async import AsyncPyreqwestTransport

        return AsyncPyreqwestTransport(client)  # type: ignore[arg-type]
    if isinstance(client, StandIn):
        return cast(AsyncTransport, client.async_transport(contract))
    if _is(client, "httpx2", "AsyncClient"):
        from .httpx2_async import AsyncHttpx2Transport

        return AsyncHttpx2Transport(client)  # type: ignore[arg-type]
    raise TypeError(
        "http_client must be a pyreqwest.client.Client or an httpx2.AsyncClient, "
        f"got {type(client).__module__}.{type(client).__qualname__}"
    )


def _is(client: object, library: str, name: str) -> bool:
    return any(
        base.__name__ == name and base.__module__.startswith(library)
        for base in type(client).__mro__
    )

"""The async client of the till."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._runtime.async_client import AsyncClient, async_raw, async_streamed
from ._runtime.credentials import hidden
from ._runtime.options import DEFAULT
from .async_resources import (
    AsyncInvoices,
    AsyncPages,
    AsyncPayments,
    AsyncTransfers,
)
from .contract import CONTRACT

if TYPE_CHECKING:
    from ._runtime.async_transport import AsyncHttpClient
    from ._runtime.observing import AsyncAfterReply, AsyncBeforeAttempt
    from ._runtime.options import AsyncSecret, TimeoutTypes


class AsyncTill(AsyncClient):
    """Client of the till."""

    def __init__(
        self,
        *,
        secret_key: AsyncSecret = None,
        client_secret: AsyncSecret = None,
        subdomain: str | None = None,
        base_url: str | None = None,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int = 2,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: AsyncHttpClient | None = None,
        validate_replies: bool = False,
        before_attempt: AsyncBeforeAttempt | None = None,
        after_reply: AsyncAfterReply | None = None,
    ) -> None:
        secret_key = hidden(secret_key)
        client_secret = hidden(client_secret)
        super().__init__(
            CONTRACT,
            credentials={"secret_key": secret_key, "client_secret": client_secret},
            variables={"subdomain": subdomain},
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            http_client=http_client,
            validate_replies=validate_replies,
            before_attempt=before_attempt,
            after_reply=after_reply,
        )

    @cached_property
    def invoices(self) -> AsyncInvoices:
        return AsyncInvoices(self)

    @cached_property
    def payments(self) -> AsyncPayments:
        return AsyncPayments(self)

    @cached_property
    def pages(self) -> AsyncPages:
        return AsyncPages(self)

    @cached_property
    def transfers(self) -> AsyncTransfers:
        return AsyncTransfers(self)

    @cached_property
    def with_raw_response(self) -> AsyncTillWithRawResponse:
        return AsyncTillWithRawResponse(self)

    @cached_property
    def with_streaming_response(self) -> AsyncTillWithStreamingResponse:
        return AsyncTillWithStreamingResponse(self)


class AsyncTillWithRawResponse:
    """The client, with replies as they came."""

    def __init__(self, client: AsyncTill) -> None:
        self.invoices = AsyncInvoicesWithRawResponse(client.invoices)
        self.payments = AsyncPaymentsWithRawResponse(client.payments)


class AsyncInvoicesWithRawResponse:
    def __init__(self, resource: AsyncInvoices) -> None:
        self.create = async_raw(resource.create)
        self.retrieve = async_raw(resource.retrieve)


class AsyncPaymentsWithRawResponse:
    def __init__(self, resource: AsyncPayments) -> None:
        self.create: Any = async_raw(resource.create)
        self.list = async_raw(resource.list)


class AsyncTillWithStreamingResponse:
    """The client, with replies that are read as they come."""

    def __init__(self, client: AsyncTill) -> None:
        self.invoices = AsyncInvoicesWithStreamingResponse(client.invoices)
        self.payments = AsyncPaymentsWithStreamingResponse(client.payments)


class AsyncInvoicesWithStreamingResponse:
    def __init__(self, resource: AsyncInvoices) -> None:
        self.create = async_streamed(resource.create)
        self.retrieve = async_streamed(resource.retrieve)


class AsyncPaymentsWithStreamingResponse:
    def __init__(self, resource: AsyncPayments) -> None:
        self.create: Any = async_streamed(resource.create)
        self.list = async_streamed(resource.list)

"""The sync client of the till."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._runtime.credentials import hidden
from ._runtime.options import DEFAULT
from ._runtime.sync_client import SyncClient, raw, streamed
from .contract import CONTRACT
from .resources import Invoices, Pages, Payments, Transfers

if TYPE_CHECKING:
    from ._runtime.observing import AfterReply, BeforeAttempt
    from ._runtime.options import Secret, TimeoutTypes
    from ._runtime.sync_transport import SyncHttpClient


class Till(SyncClient):
    """Client of the till."""

    def __init__(
        self,
        *,
        secret_key: Secret = None,
        client_secret: Secret = None,
        subdomain: str | None = None,
        base_url: str | None = None,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int = 2,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: SyncHttpClient | None = None,
        validate_replies: bool = False,
        before_attempt: BeforeAttempt | None = None,
        after_reply: AfterReply | None = None,
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
    def invoices(self) -> Invoices:
        return Invoices(self)

    @cached_property
    def payments(self) -> Payments:
        return Payments(self)

    @cached_property
    def pages(self) -> Pages:
        return Pages(self)

    @cached_property
    def transfers(self) -> Transfers:
        return Transfers(self)

    @cached_property
    def with_raw_response(self) -> TillWithRawResponse:
        return TillWithRawResponse(self)

    @cached_property
    def with_streaming_response(self) -> TillWithStreamingResponse:
        return TillWithStreamingResponse(self)


class TillWithRawResponse:
    """The client, with replies as they came."""

    def __init__(self, client: Till) -> None:
        self.invoices = InvoicesWithRawResponse(client.invoices)
        self.payments = PaymentsWithRawResponse(client.payments)


class InvoicesWithRawResponse:
    def __init__(self, resource: Invoices) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)


class PaymentsWithRawResponse:
    def __init__(self, resource: Payments) -> None:
        self.create: Any = raw(resource.create)
        self.list = raw(resource.list)


class TillWithStreamingResponse:
    """The client, with replies that are read as they come."""

    def __init__(self, client: Till) -> None:
        self.invoices = InvoicesWithStreamingResponse(client.invoices)
        self.payments = PaymentsWithStreamingResponse(client.payments)


class InvoicesWithStreamingResponse:
    def __init__(self, resource: Invoices) -> None:
        self.create = streamed(resource.create)
        self.retrieve = streamed(resource.retrieve)


class PaymentsWithStreamingResponse:
    def __init__(self, resource: Payments) -> None:
        self.create: Any = streamed(resource.create)
        self.list = streamed(resource.list)

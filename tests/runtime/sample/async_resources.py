"""Groups of methods, async."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Unpack

from . import operations
from ._runtime.async_client import AsyncResource
from ._runtime.models import UNSET, UnsetType

if TYPE_CHECKING:
    from . import models
    from ._runtime.async_pager import AsyncPager
    from ._runtime.options import CallOptions


class AsyncInvoices(AsyncResource):
    """Invoices."""

    async def create(
        self,
        *,
        transaction_id: str,
        payment_items: Sequence[models.Item | Mapping[str, Any]],
        language: str | UnsetType = UNSET,
        customer: models.Customer | Mapping[str, Any] | UnsetType = UNSET,
        description: str | UnsetType | None = UNSET,
        expiry_at: datetime | UnsetType = UNSET,
        sent_at: datetime | UnsetType = UNSET,
        **options: Unpack[CallOptions],
    ) -> models.Invoice:
        return await self._client.send(
            operations.CREATE_INVOICE,
            body={
                "transaction_id": transaction_id,
                "payment_items": payment_items,
                "language": language,
                "customer": customer,
                "description": description,
                "expiry_at": expiry_at,
                "sent_at": sent_at,
            },
            options=options,
        )

    async def retrieve(
        self, invoice_reference: str, **options: Unpack[CallOptions]
    ) -> models.Invoice:
        return await self._client.send(
            operations.RETRIEVE_INVOICE,
            {"invoice_reference": invoice_reference},
            options=options,
        )


class AsyncPayments(AsyncResource):
    """Payments."""

    async def create(
        self,
        hash_key: str,
        *,
        amount: Decimal,
        date: date,
        note: str | UnsetType | None = UNSET,
        details: Mapping[str, str] | UnsetType = UNSET,
        **options: Unpack[CallOptions],
    ) -> models.Payment:
        return await self._client.send(
            operations.CREATE_PAYMENT,
            {"hash_key": hash_key},
            body={"amount": amount, "date": date, "note": note, "details": details},
            options=options,
        )

    async def delete(
        self, hash_key: str, payment_id: int, **options: Unpack[CallOptions]
    ) -> None:
        return await self._client.send(
            operations.DELETE_PAYMENT,
            {"hash_key": hash_key, "payment_id": payment_id},
            options=options,
        )

    def list(
        self,
        hash_key: str,
        *,
        per_page: int | UnsetType = UNSET,
        page: int | UnsetType = UNSET,
        **options: Unpack[CallOptions],
    ) -> AsyncPager[models.Payment]:
        return self._client.paginate(
            operations.LIST_PAYMENTS,
            {"hash_key": hash_key, "per_page": per_page, "page": page},
            options=options,
        )


class AsyncPages(AsyncResource):
    """Lists in each style of paging."""

    def by_offset(
        self, *, limit: int | UnsetType = UNSET
    ) -> AsyncPager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_OFFSET, {"limit": limit})

    def by_cursor(self) -> AsyncPager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_CURSOR)

    def by_url(self) -> AsyncPager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_URL)

    def by_link(self) -> AsyncPager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_LINK)


class AsyncTransfers(AsyncResource):
    """Transfers."""

    async def send(
        self, body: Mapping[str, object], **options: Unpack[CallOptions]
    ) -> models.Entry:
        return await self._client.send(
            operations.SEND_TRANSFER, body=body, options=options
        )

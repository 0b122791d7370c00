"""Groups of methods, sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Unpack

from . import operations
from ._runtime.models import UNSET, UnsetType
from ._runtime.sync_client import SyncResource

if TYPE_CHECKING:
    from . import models
    from ._runtime.options import CallOptions
    from ._runtime.pager import Pager


class Invoices(SyncResource):
    """Invoices."""

    def create(
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
        return self._client.send(
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

    def retrieve(
        self, invoice_reference: str, **options: Unpack[CallOptions]
    ) -> models.Invoice:
        return self._client.send(
            operations.RETRIEVE_INVOICE,
            {"invoice_reference": invoice_reference},
            options=options,
        )


class Payments(SyncResource):
    """Payments."""

    def create(
        self,
        hash_key: str,
        *,
        amount: Decimal,
        date: date,
        note: str | UnsetType | None = UNSET,
        details: Mapping[str, str] | UnsetType = UNSET,
        **options: Unpack[CallOptions],
    ) -> models.Payment:
        return self._client.send(
            operations.CREATE_PAYMENT,
            {"hash_key": hash_key},
            body={"amount": amount, "date": date, "note": note, "details": details},
            options=options,
        )

    def delete(
        self, hash_key: str, payment_id: int, **options: Unpack[CallOptions]
    ) -> None:
        return self._client.send(
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
    ) -> Pager[models.Payment]:
        return self._client.paginate(
            operations.LIST_PAYMENTS,
            {"hash_key": hash_key, "per_page": per_page, "page": page},
            options=options,
        )


class Pages(SyncResource):
    """Lists in each style of paging."""

    def by_offset(self, *, limit: int | UnsetType = UNSET) -> Pager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_OFFSET, {"limit": limit})

    def by_cursor(self) -> Pager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_CURSOR)

    def by_url(self) -> Pager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_URL)

    def by_link(self) -> Pager[models.Payment]:
        return self._client.paginate(operations.LIST_BY_LINK)


class Transfers(SyncResource):
    """Transfers."""

    def send(
        self, body: Mapping[str, object], **options: Unpack[CallOptions]
    ) -> models.Entry:
        return self._client.send(operations.SEND_TRANSFER, body=body, options=options)

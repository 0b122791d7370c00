"""Operations of the till."""

from . import models
from ._runtime.operation import (
    Body,
    CursorStyle,
    Keyed,
    LinkStyle,
    NextUrlStyle,
    OffsetStyle,
    Operation,
    PageStyle,
    Parameter,
    Part,
    Read,
    Reply,
    Safe,
    Unsafe,
)

_KEY = (("secret_key",),)

RETRIEVE_INVOICE: Operation[models.Invoice] = Operation(
    id="retrieveInvoice",
    name="invoices.retrieve",
    method="GET",
    path="/payments/invoices/{invoice_reference}",
    parameters=(
        Parameter("invoice_reference", "invoice_reference", "path"),
        Parameter("x_api_version", "X-API-Version", "header", const="2"),
    ),
    replies={
        200: Reply(
            models.Invoice,
            unwrap=("data",),
            is_valid="is_invoice_reply",
            violations="invoice_reply_violations",
        )
    },
    retry=Safe(because="reading changes nothing"),
    security=_KEY,
)

CREATE_INVOICE: Operation[models.Invoice] = Operation(
    id="createInvoice",
    name="invoices.create",
    method="POST",
    path="/payments/invoices",
    parameters=(Parameter("x_api_version", "X-API-Version", "header", const="2"),),
    body=Body(
        "application/json",
        models.InvoiceRequest,
        required=True,
        is_valid="is_invoice_request",
        violations="invoice_request_violations",
    ),
    replies={
        200: Reply(models.Invoice, unwrap=("data",)),
        201: Reply(models.Invoice, unwrap=("data",)),
    },
    errors={400: models.Problem},
    retry=Keyed(
        key="$request.body#/transactionId",
        done=("DUPLICATE_TRANSACTION_ID",),
        read=Read(
            RETRIEVE_INVOICE, {"invoice_reference": "$request.body#/transactionId"}
        ),
        because="the provider refuses a transaction id that it has seen",
    ),
    security=_KEY,
)

LIST_PAYMENTS: Operation[list[models.Payment]] = Operation(
    id="listPayments",
    name="payments.list",
    method="GET",
    path="/invs/{hash_key}/payments",
    parameters=(
        Parameter("hash_key", "hash_key", "path"),
        Parameter(
            "per_page",
            "per_page",
            "query",
            is_valid="is_per_page",
            violations="per_page_violations",
        ),
        Parameter("page", "page", "query"),
    ),
    replies={200: Reply(list[models.Payment], unwrap=("payments",))},
    retry=Safe(),
    pagination=PageStyle("page", "per_page"),
    security=_KEY,
)

CREATE_PAYMENT: Operation[models.Payment] = Operation(
    id="createPayment",
    name="payments.create",
    method="POST",
    path="/invs/{hash_key}/payments",
    parameters=(Parameter("hash_key", "hash_key", "path"),),
    body=Body(
        "application/x-www-form-urlencoded",
        models.PaymentRequest,
        required=True,
        wrap=("payment",),
        parts={"payment": Part(style="deepObject")},
    ),
    replies={200: Reply(models.Payment, unwrap=("payment",))},
    retry=Unsafe(read=Read(LIST_PAYMENTS, {"hash_key": "$request.path.hash_key"})),
    security=_KEY,
)

DELETE_PAYMENT: Operation[None] = Operation(
    id="deletePayment",
    name="payments.delete",
    method="DELETE",
    path="/invs/{hash_key}/payments/{payment_id}",
    parameters=(
        Parameter("hash_key", "hash_key", "path"),
        Parameter("payment_id", "payment_id", "path"),
    ),
    replies={204: Reply(), 200: Reply()},
    security=_KEY,
)

LIST_BY_OFFSET: Operation[list[models.Payment]] = Operation(
    id="listByOffset",
    name="pages.by_offset",
    method="GET",
    path="/by-offset",
    parameters=(
        Parameter("offset", "skip", "query"),
        Parameter("limit", "take", "query", default=2),
    ),
    replies={200: Reply(list[models.Payment])},
    retry=Safe(),
    pagination=OffsetStyle("offset", "limit"),
    security=_KEY,
)

LIST_BY_CURSOR: Operation[list[models.Payment]] = Operation(
    id="listByCursor",
    name="pages.by_cursor",
    method="GET",
    path="/by-cursor",
    parameters=(Parameter("cursor", "after", "query"),),
    replies={200: Reply(list[models.Payment], unwrap=("data", "items"))},
    retry=Safe(),
    pagination=CursorStyle("cursor", "/meta/next"),
    security=_KEY,
)

LIST_BY_URL: Operation[list[models.Payment]] = Operation(
    id="listByUrl",
    name="pages.by_url",
    method="GET",
    path="/by-url",
    replies={200: Reply(list[models.Payment], unwrap=("items",))},
    retry=Safe(),
    pagination=NextUrlStyle("/next"),
    security=_KEY,
)

LIST_BY_LINK: Operation[list[models.Payment]] = Operation(
    id="listByLink",
    name="pages.by_link",
    method="GET",
    path="/by-link",
    replies={200: Reply(list[models.Payment])},
    retry=Safe(),
    pagination=LinkStyle(),
    security=_KEY,
)

QUERY_TRANSFER: Operation[models.Entry] = Operation(
    id="queryTransfer",
    name="transfers.query",
    method="POST",
    path="/transfers/query",
    body=Body("application/json"),
    replies={200: Reply(models.Entry, unwrap=("data",))},
    retry=Safe(),
    security=(("bearer", "signature"),),
)

SEND_TRANSFER: Operation[models.Entry] = Operation(
    id="sendTransfer",
    name="transfers.send",
    method="POST",
    path="/transfers",
    body=Body("application/json", required=True),
    replies={200: Reply(models.Entry, unwrap=("data",))},
    retry=Unsafe(
        read=Read(
            QUERY_TRANSFER,
            body={
                "request_ref": "$unique",
                "transaction": {"ref": "$request.body#/transaction/ref"},
            },
        )
    ),
    security=(("bearer", "signature"),),
)

READ_JOURNAL: Operation[list[models.Entry]] = Operation(
    id="readJournal",
    name="journal.read",
    method="GET",
    path="/journal",
    replies={200: Reply(list[models.Entry])},
    retry=Safe(),
)

DOWNLOAD: Operation[bytes] = Operation(
    id="download",
    name="files.download",
    method="GET",
    path="/files/{name}",
    parameters=(Parameter("name", "name", "path"),),
    replies={200: Reply(bytes, media_type="application/pdf")},
    retry=Safe(),
    accept="application/pdf",
)

UPLOAD: Operation[str] = Operation(
    id="upload",
    name="files.upload",
    method="POST",
    path="/files",
    body=Body("multipart/form-data", required=True),
    replies={200: Reply(str, media_type="text/plain")},
    retry=Safe(),
    accept="text/plain",
)

UPLOAD_RAW: Operation[None] = Operation(
    id="uploadRaw",
    name="files.upload_raw",
    method="PUT",
    path="/raw",
    body=Body("application/octet-stream", required=True),
    replies={200: Reply()},
    retry=Safe(),
)

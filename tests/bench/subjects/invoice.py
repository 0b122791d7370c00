"""The call that every client makes, and its response."""

from datetime import datetime
from typing import Any, Final

TRANSACTION: Final = "TST-10020"
ACCOUNT: Final = "TST-RWF"
EXPIRY: Final = datetime.fromisoformat("2099-11-27T16:24:51.000+02:00")
DESCRIPTION: Final = "Invoice description"
PRODUCT: Final = "PC-aaf751b73f"
EMAIL: Final = "user@email.com"
PHONE: Final = "0780000001"
NAME: Final = "Jixle Manzi"
NUMBER: Final = "880530635201"
"""Read from every response, to make sure that it was decoded."""

REPLY: Final = (
    b'{"success":true,"message":"Invoice created successfully","data":'
    b'{"invoiceNumber":"880530635201","transactionId":"TST-10020",'
    b'"paymentAccountIdentifier":"TST-RWF","paymentItems":'
    b'[{"code":"PC-aaf751b73f","quantity":1,"unitAmount":2000}],'
    b'"paymentStatus":"NEW","amount":2000,"currency":"RWF","type":"SINGLE",'
    b'"createdAt":"2022-11-26T16:24:51.000+02:00",'
    b'"updatedAt":"2022-11-26T16:24:51.000+02:00",'
    b'"expiryAt":"2022-11-27T16:24:51.000+02:00",'
    b'"customer":{"email":"user@email.com","phoneNumber":"0780000001",'
    b'"name":"Jixle Manzi"},"description":"Invoice description",'
    b'"paymentLinkUrl":"https://checkout.irembopay.com/880530635201"}}'
)


def wire() -> dict[str, Any]:
    """Return the request as written without a typed client."""
    return {
        "transactionId": TRANSACTION,
        "paymentAccountIdentifier": ACCOUNT,
        "expiryAt": "2099-11-27T16:24:51.000+02:00",
        "description": DESCRIPTION,
        "paymentItems": [{"code": PRODUCT, "quantity": 1, "unitAmount": 2000}],
        "customer": {"email": EMAIL, "phoneNumber": PHONE, "name": NAME},
        "language": "EN",
    }

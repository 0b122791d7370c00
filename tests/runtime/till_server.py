"""The provider of the till: what it did, told apart from what it answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.runtime.server import Act, Connection, Taken

Answer = tuple[int, object]


@dataclass
class Provider:
    """Creates invoices once for each key, and payments as often as it is asked."""

    invoices: dict[str, dict[str, object]] = field(default_factory=dict)
    orders: list[dict[str, object]] = field(default_factory=list)
    payments: list[dict[str, object]] = field(default_factory=list)
    refused: int = 0

    @property
    def created(self) -> int:
        return len(self.invoices) + len(self.orders) + len(self.payments)

    def process(self, request: Taken) -> Answer:
        """Do what a request asks, and return the answer."""
        if request.path.endswith("/payments"):
            return self._create_payment(request)
        if "/orders" in request.path:
            return self._order(request)
        if request.method == "GET":
            return self._retrieve(request.path.rpartition("/")[2])
        return self._create_invoice(request)

    def _create_invoice(self, request: Taken) -> Answer:
        asked = request.json()
        assert isinstance(asked, dict)
        key = asked["transactionId"]
        if key in self.invoices:
            self.refused += 1
            error = {"code": "DUPLICATE_TRANSACTION_ID", "detail": "used before"}
            return 400, {"success": False, "errors": [error]}
        self.invoices[key] = invoice(key, number=str(880 + len(self.invoices)))
        return 201, {"success": True, "data": self.invoices[key]}

    def _retrieve(self, key: str) -> Answer:
        if key == "EXISTING":
            return 200, {"success": True, "data": invoice(key)}
        if key not in self.invoices:
            return 404, {"success": False, "message": "no such invoice"}
        return 200, {"success": True, "data": self.invoices[key]}

    def _order(self, request: Taken) -> Answer:
        """Create an order, once for each reference that is not empty, or return it."""
        if request.method == "GET":
            reference: object = request.path.rpartition("/")[2]
        else:
            asked = request.json()
            assert isinstance(asked, dict)
            reference = asked.get("order", {}).get("ref/id")
        known = [order for order in self.orders if order.get("ref/id") == reference]
        if request.method == "GET":
            return (200, {"data": known[0]}) if known else (404, {"message": "none"})
        if reference and known:
            self.refused += 1
            return 400, {"errors": [{"code": "DUPLICATE_TRANSACTION_ID"}]}
        order: dict[str, object] = {"amount": 1}
        if reference:
            order["ref/id"] = reference
        self.orders.append(order)
        return 201, {"data": order}

    def _create_payment(self, request: Taken) -> Answer:
        form = parse_qs(request.body.decode(), keep_blank_values=True)
        payment: dict[str, object] = {
            "id": len(self.payments) + 1,
            "amount": form["payment[amount]"][0],
            "date": form["payment[date]"][0],
        }
        self.payments.append(payment)
        return 200, {"payment": payment}

    def answers(self, connection: Connection) -> bool:
        """Take a request, do it and answer: what a provider in good health does."""
        request = connection.take()
        if request is None:
            return False
        status, body = self.process(request)
        connection.reply(status, body, {"X-Request-Id": "req-1"})
        return True

    def then(self, act: Callable[[Connection], bool | None]) -> Act:
        """Do what is asked, and then something else than answer."""

        def done(connection: Connection) -> bool | None:
            request = connection.take()
            if request is None:
                return False
            self.process(request)
            return act(connection)

        return done


def invoice(key: str, number: str = "880419623157") -> dict[str, object]:
    """Return an invoice as the provider shows it."""
    return {
        "invoiceNumber": number,
        "transactionId": key,
        "amount": 2000,
        "paymentStatus": "NEW",
    }

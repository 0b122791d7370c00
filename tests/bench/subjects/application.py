"""What people write where they have no fake: an application with one canned reply."""

from importlib import import_module
from typing import Any

from .invoice import REPLY

_responses: Any = import_module("starlette.responses")
_routing: Any = import_module("starlette.routing")


async def create(request: Any) -> Any:
    """Read a request, and answer as the contract shows it."""
    await request.json()
    return _responses.Response(REPLY, 201, media_type="application/json")


app = import_module("starlette.applications").Starlette(
    routes=[_routing.Route("/payments/invoices", create, methods=["POST"])]
)

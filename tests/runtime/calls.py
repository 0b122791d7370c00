"""One-off operations, to look at what goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from till._runtime.operation import (
    Body,
    Operation,
    Parameter,
    Reply,
    Safe,
    Security,
)
from till.client import Till

from tests.runtime.server import Server, Taken, answer


def sent(
    server: Server,
    *parameters: Parameter,
    arguments: Mapping[str, object] | None = None,
    path: str = "/x",
    body: Body | None = None,
    value: Any = None,
    security: Security = (),
    **client: Any,
) -> Taken:
    """Send a call of an operation with these parameters; return what arrived."""
    operation: Operation[None] = Operation(
        id="oneOff",
        name="one.off",
        method="POST" if body else "GET",
        path=path,
        parameters=parameters,
        body=body,
        replies={200: Reply()},
        retry=Safe(),
        security=security,
    )
    server.does(answer(200))
    client = {"secret_key": "sk-secret", "client_secret": "shh", **client}
    with Till(base_url=server.url, **client) as made:
        if body is None:
            made.send(operation, arguments or {})
        else:
            made.send(operation, arguments or {}, body=value)
    return server.taken[-1]

"""One-off operations, to look at what goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace
from till._runtime.async_stream import AsyncStreaming
from till._runtime.call import Call
from till._runtime.credentials import Security
from till._runtime.files import RawEncoder
from till._runtime.forms import FormEncoder, FormQueryWriter
from till._runtime.multipart import MultipartEncoder
from till._runtime.operation import Body, Operation, Parameter, Reply, Safe
from till._runtime.styles import StyledWriter
from till._runtime.sync_stream import Streaming
from till.async_client import AsyncTill
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
    parameters = tuple(map(styled, parameters))
    body = None if body is None else encoded(body)
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
            made._send(operation, arguments or {})
        else:
            made._send(operation, arguments or {}, body=value)
    return server.taken[-1]


def styled(parameter: Parameter) -> Parameter:
    """Return a parameter with the writer that generated code names for it."""
    is_form = parameter.place == "querystring" and "form" in parameter.content
    return replace(parameter, writer=FormQueryWriter if is_form else StyledWriter)


def encoded(body: Body) -> Body:
    """Return a body with the encoder that generated code names for it."""
    if "json" in body.media_type:
        return body
    encoders = {
        "application/x-www-form-urlencoded": FormEncoder,
        "multipart/form-data": MultipartEncoder,
    }
    return replace(body, encoder=encoders.get(body.media_type, RawEncoder))


def streamed_call(
    client: Till, operation: Operation[Any], arguments: Mapping[str, object] = {}
) -> Streaming:
    """Return a call of an operation whose response is read piece by piece."""
    return Streaming(client, Call(client._core, operation, arguments, UNSET, {}))


def async_streamed_call(client: AsyncTill, operation: Operation[Any]) -> AsyncStreaming:
    """Return the same call of the async client."""
    return AsyncStreaming(client, Call(client._core, operation, {}, UNSET, {}))

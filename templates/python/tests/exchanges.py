"""A call and its documented reply in one step, for packages with many calls."""

from collections.abc import Callable

from .documented import Call, Reply, reply_example, status_code
from .json_values import plain
from .package import Client
from .sending import Send
from .server import Request, Server


class Exchange:
    """Calls a method, and gives it the reply that the contract shows for it.

    Args:
        send: Makes the call with one kind of client.
        server: Stands in for the provider.
    """

    def __init__(self, send: Send, server: Server) -> None:
        self._send = send
        self._server = server

    def __call__(
        self,
        method: str,
        call: Callable[[Client], object],
        model: type | None = None,
        *,
        status: int = 200,
        example: str = "sample",
    ) -> Request:
        """Return the request of a call, whose result must be what the reply holds.

        Args:
            method: Name of the method.
            call: Calls it.
            model: Class of the result, if it is a model.
            status: Status of the reply.
            example: Name of the reply.
        """
        reply = reply_example(method, str(status), example)
        self._server.answer(status, reply)
        result = self._send(call)
        assert model is None or isinstance(result, model)
        assert plain(result) == plain(reply)
        return self._server.only_request()


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and texts that are written `name=text`, with spaces between them."""
    split = (pair.partition("=") for pair in text.split())
    return [(name, value) for name, _, value in split]


def calls(text: str) -> list[Call]:
    """Documented calls: names of methods, some with a slash and the name of a request."""
    return [Call.of(*word.split("/")) for word in text.split()]


def reply_to(method: str, status: str, request: str = "") -> Reply:
    """The sample of a reply, with the call that it answers.

    Args:
        method: Name of the method.
        status: Status as the contract has it.
        request: Name of the call's request.
    """
    call = Call.of(method, request)
    code = status_code(call.operation, status)
    return Reply(call, code, reply_example(method, status, "sample"))

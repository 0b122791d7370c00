"""Faults of networks and providers, each with what the law of retries makes of it."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate

from tests.runtime.server import Act, Connection, answer, reply
from tests.runtime.till_server import Provider

MakeAct = Callable[[Provider], Act]

VALUE = "value"
UNKNOWN = "OutcomeUnknownError"
UNKNOWN_SERVER = "OutcomeUnknownServerError"
UNKNOWN_STATUS = "OutcomeUnknownStatusError"
INVALID = "ResponseInvalidError"


@dataclass(frozen=True)
class Fault:
    """One fault, met by the first attempt; later ones meet a provider in good health."""

    name: str
    act: MakeAct
    safe: str
    """What the caller of an operation that is safe to repeat gets."""
    keyed: str
    """What the caller of a keyed operation gets."""
    unsafe: str
    """What the caller of an unsafe operation gets."""
    warm: bool = False
    """Whether it strikes on a connection that has served a call before."""
    large: bool = False
    """Whether the request is too large for the buffers of a socket."""
    always: bool = False
    """Whether every attempt meets it."""
    costly: bool = False
    """Whether it takes so long that one class of operations has to do."""


def repeats(name: str, act: MakeAct, **more: bool) -> Fault:
    """A fault after which every operation is sent again."""
    return Fault(name, act, VALUE, VALUE, VALUE, **more)


def may_have_arrived(name: str, act: MakeAct, **more: bool) -> Fault:
    """A fault after which nobody knows."""
    return Fault(name, act, VALUE, VALUE, UNKNOWN, **more)


def final(name: str, act: MakeAct, error: str) -> Fault:
    """A fault that is the answer."""
    return Fault(name, act, error, error, error)


# What a server does


def reset(connection: Connection) -> None:
    connection.reset()


def close(connection: Connection) -> None:
    connection.close()


def stall(connection: Connection) -> None:
    connection.server.done.wait(5)


def after_reading(act: Callable[[Connection], None]) -> MakeAct:
    def make(provider: Provider) -> Act:
        def do(connection: Connection) -> None:
            connection.take()
            act(connection)

        return do

    return make


def after_doing(act: Callable[[Connection], bool | None]) -> MakeAct:
    return lambda provider: provider.then(act)


def at_once(act: Callable[[Connection], None]) -> MakeAct:
    return lambda provider: act


def halfway(connection: Connection) -> None:
    connection.sock.recv(4096)
    time.sleep(0.02)
    connection.reset()


def sends(
    data: bytes, *, then: Callable[[Connection], None] = close
) -> Callable[..., None]:
    def act(connection: Connection) -> None:
        connection.send(data)
        then(connection)

    return act


def says(status: int, body: object = b"{}", **headers: str) -> MakeAct:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda provider: answer(status, body, named)


def says_after_doing(status: int, body: object = b"{}", **headers: str) -> MakeAct:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def act(connection: Connection) -> bool:
        connection.reply(status, body, named)
        return True

    return after_doing(act)


def transformed(change: Callable[[bytes], tuple[bytes, dict[str, str]]]) -> MakeAct:
    """Do and answer, with the body of the answer changed."""

    def make(provider: Provider) -> Act:
        def act(connection: Connection) -> bool:
            request = connection.take()
            if request is None:
                return False
            status, body = provider.process(request)
            content, headers = change(json.dumps(body).encode())
            connection.reply(status, content, headers)
            return True

        return act

    return make


def dripping(connection: Connection, data: bytes) -> None:
    for index in range(0, len(data), 40):
        connection.send(data[index : index + 40])
        time.sleep(0.002)


def drips(provider: Provider) -> Act:
    def act(connection: Connection) -> bool:
        request = connection.take()
        if request is None:
            return False
        dripping(connection, reply(*provider.process(request)))
        return True

    return act


def answers_twice(provider: Provider) -> Act:
    """Answer one request twice: the second answer must not meet the next request."""

    def act(connection: Connection) -> bool:
        request = connection.take()
        if request is None:
            return False
        data = reply(*provider.process(request))
        connection.send(data + data)
        return True

    return act


def early_hints(provider: Provider) -> Act:
    def act(connection: Connection) -> bool:
        request = connection.take()
        if request is None:
            return False
        connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        connection.send(reply(*provider.process(request)))
        return True

    return act


def trickles(connection: Connection) -> None:
    """Send a header every 20 ms, until the client gives up."""
    connection.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(500):
        connection.send(b"X-%d: 1\r\n" % number)
        time.sleep(0.02)


def repeats_interim(status: int) -> Callable[[Connection], None]:
    """Send an interim response every 20 ms, until the client gives up."""

    def act(connection: Connection) -> None:
        for _ in range(500):
            connection.send(b"HTTP/1.1 %d Wait\r\n\r\n" % status)
            time.sleep(0.02)

    return act


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = b" " * 1_000_000
    parts = [packer.compress(chunk) for _ in range(size // len(chunk))]
    return b"".join([*parts, packer.flush()])


BOMB = bomb(68_000_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PART = HEAD + b'Content-Length: 1000\r\n\r\n{"success": true,'
CHUNK = HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'
HTML = b"<html><body>Bad gateway</body></html>"

FAULTS = [
    # Nothing left this machine
    Fault(
        "refused",
        at_once(close),
        "APIConnectionError",
        "APIConnectionError",
        "APIConnectionError",
        always=True,
    ),
    Fault(
        "TLS handshake fails",
        at_once(close),
        "APIConnectionError",
        "APIConnectionError",
        "APIConnectionError",
        always=True,
    ),
    # The connection fails
    may_have_arrived("reset before it is read", at_once(reset)),
    may_have_arrived("closed before it is read", at_once(close)),
    may_have_arrived("reset while it is read", at_once(halfway), large=True),
    may_have_arrived("reset after it was read", after_reading(reset)),
    may_have_arrived("closed after it was read", after_reading(close)),
    may_have_arrived("reset after it was done", after_doing(reset)),
    may_have_arrived("closed after it was done", after_doing(close)),
    may_have_arrived("kept-alive reset as it is used", after_reading(reset), warm=True),
    may_have_arrived("kept-alive closed as it is used", after_doing(close), warm=True),
    # Time runs out
    may_have_arrived("stall before it is read", at_once(stall)),
    may_have_arrived("stall after it was read", after_reading(stall)),
    may_have_arrived("stall after it was done", after_doing(stall)),
    may_have_arrived(
        "stall in the status line", after_doing(sends(b"HTT", then=stall))
    ),
    may_have_arrived("stall in the headers", after_doing(sends(HEAD, then=stall))),
    may_have_arrived("stall in the body", after_doing(sends(PART, then=stall))),
    # The reply breaks off
    may_have_arrived("cut off in the status line", after_doing(sends(b"HTTP/1."))),
    may_have_arrived("cut off in the headers", after_doing(sends(HEAD))),
    may_have_arrived("cut off in the body", after_doing(sends(PART))),
    may_have_arrived("cut off in a chunk", after_doing(sends(CHUNK))),
    may_have_arrived("reset in the body", after_doing(sends(PART, then=reset))),
    may_have_arrived("no HTTP", after_doing(sends(b"\x00\x01\x02 nonsense\r\n\r\n"))),
    # Odd, but whole
    repeats("slow drip", drips),
    repeats("answered twice", answers_twice),
    repeats("early hints", early_hints),
    may_have_arrived("headers without end", after_doing(trickles)),
    may_have_arrived("100 Continue without end", after_doing(repeats_interim(100))),
    may_have_arrived("103 Early Hints without end", after_doing(repeats_interim(103))),
    repeats(
        "gzip", transformed(lambda b: (gzip.compress(b), {"Content-Encoding": "gzip"}))
    ),
    repeats(
        "UTF-16",
        transformed(
            lambda b: (
                b.decode().encode("utf-16"),
                {"Content-Type": "application/json; charset=utf-16"},
            )
        ),
    ),
    repeats("byte order mark", transformed(lambda b: (b"\xef\xbb\xbf" + b, {}))),
    # Statuses of the law
    repeats("429", says(429)),
    repeats("429, Retry-After in seconds", says(429, Retry_After="3")),
    repeats("429, Retry-After in ms", says(429, retry_after_ms="1500")),
    repeats(
        "429, Retry-After as a date",
        says(429, Retry_After=formatdate(time.time() + 20, usegmt=True)),
    ),
    repeats(
        "429, Retry-After in the past",
        says(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    ),
    repeats("429, Retry-After is negative", says(429, Retry_After="-5")),
    repeats("429, Retry-After is nonsense", says(429, Retry_After="soon, 1e999")),
    final(
        "429, Retry-After is a day", says(429, Retry_After="86400"), "RateLimitError"
    ),
    Fault("408", says(408), VALUE, VALUE, UNKNOWN_STATUS),
    Fault("500", says(500), VALUE, VALUE, UNKNOWN_SERVER),
    Fault("500 after it was done", says_after_doing(500), VALUE, VALUE, UNKNOWN_SERVER),
    Fault(
        "502 as HTML",
        says(502, HTML, Content_Type="text/html"),
        VALUE,
        VALUE,
        UNKNOWN_SERVER,
    ),
    Fault("503, Retry-After", says(503, Retry_After="2"), VALUE, VALUE, UNKNOWN_SERVER),
    Fault("504 after it was done", says_after_doing(504), VALUE, VALUE, UNKNOWN_SERVER),
    Fault("599", says(599), VALUE, VALUE, UNKNOWN_SERVER),
    final("400", says(400), "BadRequestError"),
    final("401", says(401), "AuthenticationError"),
    final("403", says(403), "PermissionDeniedError"),
    final("404", says(404), "NotFoundError"),
    final("409", says(409), "ConflictError"),
    final("422", says(422), "UnprocessableEntityError"),
    final("418", says(418), "APIStatusError"),
    Fault(
        "redirect to another origin",
        says(307, Location="http://127.0.0.1:9/elsewhere"),
        "APIStatusError",
        UNKNOWN_STATUS,
        UNKNOWN_STATUS,
    ),
    Fault(
        "303 after it was done",
        says_after_doing(303, Location="/elsewhere"),
        "APIStatusError",
        VALUE,
        UNKNOWN_STATUS,
    ),
    final(
        "a provider code",
        says(400, {"errors": [{"code": "NO_FUNDS"}]}),
        "NoFunds",
    ),
    final("failure with status 200", says(200, {"success": False}), "APIStatusError"),
    # Replies that break the contract
    final("empty", says_after_doing(200, b""), INVALID),
    final("not JSON", says_after_doing(200, b"ok"), INVALID),
    final(
        "HTML with status 200",
        says_after_doing(200, HTML, Content_Type="text/html"),
        INVALID,
    ),
    final("truncated JSON", says_after_doing(200, PART[-10:]), INVALID),
    final(
        "wrong type",
        says_after_doing(200, {"data": {"amount": []}, "payment": 5}),
        INVALID,
    ),
    final("wrong envelope", says_after_doing(200, ["data"]), INVALID),
    final("no gzip", says_after_doing(200, b"{}", Content_Encoding="gzip"), INVALID),
    Fault(
        "compressed to explode",
        says_after_doing(200, BOMB, Content_Encoding="gzip"),
        INVALID,
        INVALID,
        INVALID,
        costly=True,
    ),
    final("nested too deeply", says_after_doing(200, b"[" * 100_000), INVALID),
]

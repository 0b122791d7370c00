"""A loopback server that does what a test tells it to, connection by connection."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True)
class Taken:
    """A request that the server has read to its end."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def json(self) -> object:
        return json.loads(self.body)


class Connection:
    """One connection, as the server sees it."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server
        self._rest = b""

    def take(self) -> Taken | None:
        """Read a whole request and note it; None if there is none."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        body = self._body(headers)
        if body is None:
            return None
        taken = Taken(method, target, headers, body)
        self.server.taken.append(taken)
        return taken

    def _body(self, headers: dict[str, str]) -> bytes | None:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = self._until(b"\r\n")
                if size is None:
                    return None
                chunk = self._exactly(int(size, 16) + 2)
                if chunk is None:
                    return None
                if len(chunk) == 2:
                    return body
                body += chunk[:-2]
        return self._exactly(int(headers.get("content-length", 0)))

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._rest:
            if not self._more():
                return None
        part, _, self._rest = self._rest.partition(mark)
        return part

    def _exactly(self, size: int) -> bytes | None:
        while len(self._rest) < size:
            if not self._more():
                return None
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def _more(self) -> bool:
        try:
            data = self.sock.recv(65536)
        except OSError:
            return False
        self._rest += data
        return bool(data)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reply(
        self,
        status: int,
        body: bytes | object = b"",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a whole reply."""
        self.send(reply(status, body, headers))

    def reset(self) -> None:
        """Close with a reset."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.sock.close()

    def close(self) -> None:
        self.sock.close()


def reply(
    status: int, body: bytes | object = b"", headers: dict[str, str] | None = None
) -> bytes:
    """Return a whole reply; what is not bytes is sent as JSON."""
    fields = {"Content-Type": "application/json"}
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    fields["Content-Length"] = str(len(body))
    fields |= headers or {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1") + body


Act = Callable[[Connection], bool | None]
"""Deals with one request; true if the connection goes on."""


def answer(
    status: int, body: bytes | object = b"", headers: dict[str, str] | None = None
) -> Act:
    """Take a request and reply."""

    def act(connection: Connection) -> bool:
        if connection.take() is None:
            return False
        connection.reply(status, body, headers)
        return True

    return act


@dataclass
class Server:
    """Does one act after the other, one for each request; the last one is repeated."""

    acts: list[Act] = field(default_factory=list)
    certificate: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Server:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._socket.getsockname()[1]
        self._lock = threading.Lock()
        self._next = 0
        self._open: list[socket.socket] = []
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.done.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def does(self, *acts: Act) -> None:
        """Do these acts from now on."""
        with self._lock:
            self.acts = list(acts)
            self._next = 0

    def _act(self) -> Act:
        with self._lock:
            act = self.acts[min(self._next, len(self.acts) - 1)]
            self._next += 1
            return act

    def _accept(self) -> None:
        while not self.done.is_set():
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.certificate is not None:
                sock = self.certificate.wrap_socket(sock, server_side=True)
            connection = Connection(sock, self)
            while True:
                # A kept-alive connection takes its act when a request arrives.
                if not sock.recv(1, socket.MSG_PEEK) if self.certificate is None else 0:
                    break
                if not self._act()(connection):
                    break
            sock.close()
        except OSError:
            sock.close()

"""A loopback server that reads each whole request and always sends the same response.

It runs as a separate process and prints its port. It uses a thread for each connection
and parses as little as possible, so that the clients dominate the measurement.
"""

import socket
from threading import Thread

from tests.bench.subjects.invoice import REPLY

_HEAD = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(REPLY)
)
_ANSWER = _HEAD + REPLY
_LENGTH = b"content-length:"


def _serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    with connection:
        while True:
            end = received.find(b"\r\n\r\n")
            if end >= 0:
                whole = end + 4 + _body_length(received[:end])
                if len(received) >= whole:
                    connection.sendall(_ANSWER)
                    received = received[whole:]
                    continue
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                return
            if not part:
                return
            received += part


def _body_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(_LENGTH)
    if at < 0:
        return 0
    value, _, _ = lower[at + len(_LENGTH) :].partition(b"\r\n")
    return int(value)


def main() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            Thread(target=_serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()

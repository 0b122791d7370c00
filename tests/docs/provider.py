"""A fake provider on the loopback interface, for the snippets of the docs."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml


@contextmanager
def loopback(specs: Path) -> Iterator[Mapping[str, str]]:
    """Serve until the block ends; yield environment variables that point clients here.

    An invoice is created as in the contract's example. For a payment, the request is
    read and the connection is closed without a response.
    """
    contract = yaml.safe_load((specs / "irembopay.yaml").read_text(encoding="utf-8"))
    created = contract["components"]["responses"]["InvoiceCreated"]
    example = created["content"]["application/json"]["examples"]["created"]["value"]
    reply = json.dumps(example).encode()

    class Provider(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/payments/invoices":
                self.close_connection = True
                return
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing: the output belongs to the snippet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield {"IREMBOPAY_BASE_URL": address, "HIVEAGE_BASE_URL": address}
        finally:
            server.shutdown()

"""A web server on loopback that answers as it is told, well or badly: what local servers for tests have in common."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCK = 64 * 1024
HUGE = 64 * 1024 * 1024


class WebServer(ThreadingHTTPServer):
    """A web server; once `stopping` is set, nobody who is answered slowly is answered any further."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[WebHandler]) -> None:
        super().__init__(address, handler)
        self.stopping = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer until the end."""
        thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            self.shutdown()
            thread.join()


class WebHandler(BaseHTTPRequestHandler):
    """Reads a request, says nothing on standard error, and sends what it is given."""

    server: WebServer

    def received(self) -> tuple[bytes, dict[str, str]]:
        """The body of the request, and its headers in small letters."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        return body, {name.lower(): value for name, value in self.headers.items()}

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: standard error belongs to whoever runs the tests."""

    def send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """A whole answer; its length is said unless `headers` say another."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, part: bytes, times: int, pause: float) -> None:
        """So many parts with a pause after each, and no length said beforehand, until somebody has had enough."""
        self.send_response(200)
        self.end_headers()
        for _ in range(times):
            try:
                self.wfile.write(part)
            except OSError:
                return
            if self.server.stopping.wait(pause):
                return

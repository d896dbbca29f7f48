"""The plugin that keeps the suite off the network."""

import asyncio
import socket
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.offline import NetworkBlockedError

ELSEWHERE = ("192.0.2.1", 80)  # RFC 5737: an address that is nobody's


class Nothing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, format, *args):
        pass


def test_a_connection_to_elsewhere_is_blocked():
    with pytest.raises(NetworkBlockedError, match="switched off"):
        socket.create_connection(ELSEWHERE, timeout=1)


def test_a_name_is_not_looked_up():
    with pytest.raises(NetworkBlockedError, match=r"meravia\.example"):
        socket.getaddrinfo("meravia.example", 80)


def test_a_datagram_is_blocked():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outgoing,
        pytest.raises(NetworkBlockedError, match="sendto"),
    ):
        outgoing.sendto(b"?", ELSEWHERE)


def test_asyncio_is_blocked():
    with pytest.raises(NetworkBlockedError, match="switched off"):
        asyncio.run(asyncio.open_connection(*ELSEWHERE))


def test_loopback_is_open():
    with HTTPServer(("127.0.0.1", 0), Nothing) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        with urllib.request.urlopen(f"http://localhost:{server.server_port}/") as answer:
            assert answer.status == 204
        answering.join()


def test_unix_sockets_are_open(tmp_path: Path):
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as calling:
        listening.bind(path)
        listening.listen()
        calling.connect(path)
        assert calling.getpeername() == path

"""A pytest plugin that switches networking off: loopback, Unix sockets and this machine's own name are let through.

The suite must pass on a machine without a network, and a test that reaches out would pass or fail with the weather.
An audit hook sees every connection that goes through Python's socket module, also asyncio's and those of libraries,
without replacing anything. It does not reach into programs that a test starts, nor into C libraries that open sockets
of their own; for those, run the suite in an empty network namespace (CONTRIBUTING.md says how).

Loaded by tests/conftest.py: `pytest_plugins = ("tests.offline",)`.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# What each audit event carries: the position of the address or host name among its arguments.
# The events and their arguments are listed in Python's documentation, "Audit events table".
ADDRESS_OF_EVENT = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
HOST_OF_EVENT = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}

_state = {"blocking": False}


class NetworkBlockedError(RuntimeError):
    """A test tried to leave the machine. No OSError, so that code which expects a dead network cannot swallow it."""


def is_local(host: object) -> bool:
    """Whether a host, by name or number, is this machine; no host at all means an address to listen on.

    >>> is_local("127.0.0.53"), is_local("::1"), is_local("localhost"), is_local(None)
    (True, True, True, True)
    >>> is_local("192.0.2.1"), is_local("meravia.example"), is_local("localhost.example")
    (False, False, False)
    """
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost", "ip6-localhost", socket.gethostname()):
        return True
    try:
        # Link-local addresses may carry an interface after a percent sign.
        number = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if not _state["blocking"]:
        return
    if event in ADDRESS_OF_EVENT:
        address = arguments[ADDRESS_OF_EVENT[event]]
        # Unix sockets have a path, connected datagram sockets none; only Internet sockets have a pair or more.
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in HOST_OF_EVENT:
        host = arguments[HOST_OF_EVENT[event]]
    else:
        return
    if not is_local(host):
        raise NetworkBlockedError(f"{event} to {host!r}: the suite runs with networking switched off")


@contextmanager
def network_switched_off() -> Iterator[None]:
    """Block connections inside the block; audit hooks cannot be taken out, so the hook is told to look away after."""
    before = _state["blocking"]
    _state["blocking"] = True
    try:
        yield
    finally:
        _state["blocking"] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    """Cover a test with its fixtures; outside of tests the workers of pytest-xdist may talk to whom they like."""
    with network_switched_off():
        return (yield)


def pytest_configure() -> None:
    """Install the hook, once a process."""
    sys.addaudithook(_check)

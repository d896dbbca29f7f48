"""Serving the workbench on loopback until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import InputError
from sijill.pipeline.speaking import SPOKEN
from sijill.store.case import Case
from sijill.web.app import application
from sijill.web.desk import Desk
from sijill.web.door import Door
from sijill.web.gate import ENTRY
from sijill.web.speech import speech

LOOPBACK = "127.0.0.1"
MOST_REQUESTS = 100


def serve(case: Case, *, by: str, port: int = 0, announce: Callable[[str], None], clock: Clock = system_clock) -> None:
    """Serve a case to one person on this machine until Ctrl-C; the case is closed with it.

    `announce` is given the address with its one-time token once connections are taken; port 0 is any that is free.
    Raises InputError where the port is taken or the workbench was not built.
    """
    for language in SPOKEN:
        speech(language)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except (OSError, OverflowError) as err:
            raise InputError(f"port {port} cannot be had: {err}", hint="name another with --port, or none") from err
        port = listening.getsockname()[1]
        door = Door(clock=clock)
        desk = Desk(case, by=by, clock=clock)
        try:
            config = uvicorn.Config(
                application(desk, door, port=port),
                log_level="warning",
                access_log=False,  # Addresses name documents and incidents.
                server_header=False,
                proxy_headers=False,
                ws="none",
                limit_concurrency=MOST_REQUESTS,
                timeout_graceful_shutdown=5,
            )
            listening.listen()
            announce(f"http://{LOOPBACK}:{port}{ENTRY}{door.token}")
            with suppress(KeyboardInterrupt):  # Raised anew once everything was answered: the ordinary end.
                uvicorn.Server(config).run([listening])
        finally:
            desk.close()

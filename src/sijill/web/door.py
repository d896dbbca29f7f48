"""Who may come in: a token that works once, and the session that it is exchanged for."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sijill.core.clock import Clock, system_clock

# A day's work; a browser that is left open overnight has to be let in anew.
IDLE = dt.timedelta(hours=12)


@dataclass(slots=True)
class Session:
    """One browser that was let in: `csrf` is what its changing requests must carry."""

    csrf: str
    seen: dt.datetime
    language: str | None = None


class Door:
    """Holds the one-time token and the sessions, in memory only: what stops the server ends them all."""

    def __init__(self, *, clock: Clock = system_clock) -> None:
        self._clock = clock
        self.token = secrets.token_urlsafe(32)
        self._spent = False
        self._sessions: dict[str, Session] = {}

    def enter(self, token: str) -> str | None:
        """The id of a new session for the right token, which is spent with that; `None` for any other."""
        right = hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())
        if not right or self._spent:
            return None
        self._spent = True
        id_ = secrets.token_urlsafe(32)
        self._sessions[_named(id_)] = Session(secrets.token_urlsafe(32), self._clock())
        return id_

    def session(self, id_: str) -> Session | None:
        """The session of that id, if it is one and was used of late."""
        found = self._sessions.get(_named(id_))
        if found is None:
            return None
        now = self._clock()
        if now - found.seen > IDLE:
            del self._sessions[_named(id_)]
            return None
        found.seen = now
        return found

    def leave(self, id_: str) -> None:
        """End a session."""
        self._sessions.pop(_named(id_), None)


def _named(id_: str) -> str:
    """Looked up by digest, so that no comparison of ids can be timed."""
    return hashlib.sha256(id_.encode("utf-8", "replace")).hexdigest()

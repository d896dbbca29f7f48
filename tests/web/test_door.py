"""A token lets one browser in, once; a session ends."""

import datetime as dt

from sijill.testing.asgi import Client
from sijill.testing.clock import FakeClock
from sijill.web.app import application
from sijill.web.door import IDLE, Door
from tests.web.conftest import HOST, PORT, Bench


def test_a_token_works_once() -> None:
    door = Door()
    assert door.enter("wrong") is None
    assert door.enter("") is None
    assert door.enter("é\udcff") is None
    session = door.enter(door.token)
    assert session is not None
    assert door.enter(door.token) is None
    assert door.session(session) is not None
    assert door.session(session[:-1]) is None
    door.leave(session)
    assert door.session(session) is None


def test_a_session_that_is_not_used_ends() -> None:
    clock = FakeClock()
    door = Door(clock=clock)
    session = door.enter(door.token)
    assert session is not None
    clock.advance(IDLE - dt.timedelta(minutes=1))
    assert door.session(session) is not None
    clock.advance(IDLE - dt.timedelta(minutes=1))
    assert door.session(session) is not None
    clock.advance(IDLE + dt.timedelta(minutes=1))
    assert door.session(session) is None


def test_tokens_are_long_and_differ() -> None:
    assert len({Door().token for _ in range(50)}) == 50
    assert len(Door().token) >= 43


def test_a_spent_token_and_a_session_that_somebody_chose_let_nobody_in(bench: Bench) -> None:
    fresh = Client(bench.client.app, HOST, cookies={f"sijill-{PORT}": "chosen-by-somebody-else"})
    assert fresh.get("/enter/wrong").status == 401
    assert fresh.get(f"/enter/{bench.door.token}").status == 401
    assert fresh.get("/").status == 401


def test_the_cookie(bench: Bench) -> None:
    door = Door()
    client = Client(application(bench.desk, door, port=PORT), HOST)
    answer = client.get(f"/enter/{door.token}")
    assert answer.status == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie
    assert client.get("/").status == 200
    csrf = door.session(client.cookies[f"sijill-{PORT}"])
    assert csrf is not None
    kept = dict(client.cookies)
    assert client.post("/leave", {"csrf": csrf.csrf}).status == 200
    assert client.get("/").status == 401
    client.cookies.update(kept)
    assert client.get("/").status == 401

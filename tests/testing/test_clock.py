import datetime as dt

from sijill.core.clock import timestamp
from sijill.testing.clock import START, FakeClock


def test_it_starts_where_it_is_told_and_moves_on_at_each_look() -> None:
    clock = FakeClock(dt.datetime(2031, 3, 4, tzinfo=dt.UTC), step=dt.timedelta(minutes=5))
    assert [timestamp(clock)[11:16] for _ in range(3)] == ["00:00", "00:05", "00:10"]


def test_two_of_them_agree() -> None:
    assert [FakeClock()() for _ in range(2)] == [START, START]


def test_time_passes_when_it_is_told_to() -> None:
    clock = FakeClock(step=dt.timedelta(0))
    clock.advance(dt.timedelta(days=1))
    assert clock() - START == dt.timedelta(days=1)

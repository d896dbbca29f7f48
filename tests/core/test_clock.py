import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sijill.core.clock import system_clock, timestamp

# Fixed offsets: where clocks are put back, two moments of a zone compare as if they were one.
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
MODERN = st.datetimes(timezones=ZONES).filter(lambda moment: 1970 < moment.year < 9999)


@given(MODERN)
def test_a_timestamp_is_utc_always_as_long_and_reads_back(moment: dt.datetime) -> None:
    stamp = timestamp(lambda: moment)
    assert len(stamp) == 27
    assert dt.datetime.fromisoformat(stamp) == moment


@given(MODERN, MODERN)
def test_timestamps_sort_as_time_does(a: dt.datetime, b: dt.datetime) -> None:
    assert (timestamp(lambda: a) < timestamp(lambda: b)) == (a < b)


def test_the_system_clock_knows_its_zone() -> None:
    assert system_clock().utcoffset() == dt.timedelta(0)
    assert system_clock() <= system_clock()

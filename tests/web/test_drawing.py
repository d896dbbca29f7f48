"""The picture of tolls: where each report stands, and what is a repetition."""

import datetime as dt
import re

from sijill.pipeline.examining import incident_sheet
from sijill.store import reads
from sijill.web.drawing import HEIGHT, LEFT, WIDTH, chart, published
from tests.web.conftest import Bench


def test_every_dated_claim_is_drawn_once_and_in_its_place(reading: Bench) -> None:
    drawn = 0
    with reading.desk.reading() as connection:
        for incident in reads.incidents(connection):
            sheet = incident_sheet(connection, incident.id)
            picture = chart("killed", sheet)
            said = {
                id_: view.judged.claim
                for id_, view in sheet.claims.items()
                if view.judged.claim.harm == "killed" and view.judged.claim.count and not view.judged.claim.group.subset
            }
            assert {d.claim for d in picture.dots} <= said.keys()
            assert len(picture.dots) == len({d.claim for d in picture.dots})
            assert len(picture.paths) == len(picture.voices)
            for dot in picture.dots:
                assert LEFT <= dot.x <= WIDTH
                assert 0 <= dot.top <= dot.y <= dot.bottom <= HEIGHT
            highest = min(picture.dots, key=lambda d: d.top, default=None)
            if highest is not None:
                count = said[highest.claim].count
                assert count is not None
                assert max(c.count.high or c.count.low or 0 for c in said.values() if c.count) == (
                    count.high or count.low
                )
            for n, path in enumerate(picture.paths):
                first = [d for d in picture.dots if d.voice == n and not d.copy]
                assert first, "a voice is drawn by what it said first"
                assert path.startswith(f"M{first[0].x} {first[0].y}")
                assert re.fullmatch(r"M[\d. ]+([HV][\d.]+)+", path)
            drawn += len(picture.dots)
    assert drawn > 20


def test_days_of_publication(reading: Bench) -> None:
    from dataclasses import replace

    from sijill.core.document import Metadata
    from sijill.store.pages import document_lines

    with reading.desk.reading() as connection:
        (line,) = document_lines(connection, limit=1)
    for stated, expected in (
        ("2031-03-05T01:30:00+03:00", dt.datetime(2031, 3, 4, 22, 30)),  # noqa: DTZ001 -- in UTC, without its zone
        ("2031-03-05", dt.datetime(2031, 3, 5)),  # noqa: DTZ001
        ("2031-03-05 in the evening", dt.datetime(2031, 3, 5)),  # noqa: DTZ001
        ("soon", None),
        (None, None),
    ):
        assert published(replace(line, metadata=Metadata(published=stated))) == expected

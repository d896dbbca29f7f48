"""What no table of lists can carry is refused or said, with what would help; every case is a row of `guards.csv`."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from sijill.core.errors import InputError
from sijill.estimate.classes import Convergence, Sampling, _warnings
from sijill.estimate.histories import parse
from sijill.estimate.humps import Hump
from sijill.pipeline.estimating import Options, estimate

ROWS = list(csv.DictReader((Path(__file__).parent / "guards.csv").read_text(encoding="utf-8").splitlines()))
QUICK = Options(bootstrap=20, sampling=Sampling(draws=64, chains=2, classes=3, particles=32, burn=0, batches=1))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_what_the_lists_cannot_carry_is_refused_or_said(row: dict[str, str]) -> None:
    histories = parse(row["text"].replace("|", "\n"))
    if row["outcome"] == "refused":
        with pytest.raises(InputError, match=re.escape(row["says"])) as refused:
            estimate(histories, method=row["method"], options=QUICK)
        assert refused.value.hint
        return
    found = estimate(histories, method=row["method"], options=QUICK)
    said = found.warnings if row["outcome"] == "marked" else [w for m in found.models for w in m.warnings]
    assert any(row["says"] in w for w in said), said


def test_lists_that_overlap_well_have_nothing_said_of_them() -> None:
    histories = parse("A,B,C,count\n1,0,0,120\n0,1,0,90\n0,0,1,60\n1,1,0,40\n1,0,1,30\n0,1,1,20\n1,1,1,12\n")
    assert estimate(histories).warnings == ()


def test_two_humps_and_chains_apart_are_said_with_what_would_help() -> None:
    humps = (Hump(1_400, 1_300, 1_500, 0.6, 0.08), Hump(2_100, 1_800, 3_000, 0.4, 0.08))
    said = " ".join(_warnings(Convergence(1.4, 30, 20), humps, np.ones(2), 3.0))
    for words in ("60% about 1,400", "do not quote one number", "not converged", "raise --draws and --chains", "apart"):
        assert words in said

"""How two reports agree, as numbers that learned weights are laid on, and in words that name neither people nor places.

The weights are data (`weights.toml`): logistic regressions, one each for pairs of which both reports are dated, one is
and none is. `tools/learn_linking.py` learns them from reports that recorders have grouped.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sijill.core.place import Place
from sijill.link.names import fold
from sijill.link.profiles import Corpus, Days, Point, Profile

FEW = 3
RARE_PAIR, RARE_TERM, COMMON_PLACE = 20, 60, 0.065
COPIED = 0.3
SHOWN = 4
# Towns further apart are two, unless a report that puts harm at one names the other.
ONE_SITE_KM = 60.0

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by name of feature for each kind of pair, and where grouping stops; log-odds throughout.

    `join` is the least average that two groups join at, `unlike` what a pair counts that was not compared, `attach`
    the least and `ahead` the lead over the next best with which a small group joins a larger one.
    """

    kinds: Mapping[str, Mapping[str, float]]
    join: float
    unlike: float
    attach: float
    ahead: float

    def log_odds(self, kind: str, features: Features) -> float:
        """The logarithm of the odds that two reports speak of one incident."""
        weights = self.kinds[kind]
        return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())


@cache
def weights() -> Weights:
    """The weights that are shipped, read once."""
    data = tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    return Weights(data["pairs"], **data["grouping"])


def kind(a: Profile, b: Profile) -> str:
    """Which weights apply: `dated`, `half` where one report has no day, `undated`."""
    return ("dated", "half", "undated")[(a.days is None) + (b.days is None)]


def features(a: Profile, b: Profile, corpus: Corpus) -> Features:
    """How two reports agree; 0 is left out."""
    found = _words(a, b, corpus) | _places(a, b, corpus) | _days(a, b) | _numbers(a, b)
    found["same_site"] = float(bool(a.report.site) and a.report.site == b.report.site)
    found["two_languages"] = float(a.report.language != b.report.language)
    found["places_named"] = math.log1p(max(len(a.places), len(b.places)))
    found["length"] = math.log1p(min(len(a.terms), len(b.terms)))
    return {name: value for name, value in found.items() if value}


def _words(a: Profile, b: Profile, corpus: Corpus) -> Features:
    small, large = sorted((a.vector, b.vector), key=len)
    cosine = min(1.0, sum(w * large[t] for t, w in small.items() if t in large))
    rare = sum(_is_rare(pair, corpus) for pair in a.pairs & b.pairs)
    shared = len(a.shingles & b.shingles) / max(1, min(len(a.shingles), len(b.shingles)))
    return {
        "cosine": cosine,
        "root_cosine": math.sqrt(cosine),
        "rare_pairs": math.log1p(rare),
        "shared_text": shared,
        "copied": float(shared > COPIED),
    }


def _is_rare(pair: tuple[str, str], corpus: Corpus) -> bool:
    return corpus.with_pair[pair] <= RARE_PAIR and min(corpus.with_term[t] or RARE_TERM + 1 for t in pair) <= RARE_TERM


def _places(a: Profile, b: Profile, corpus: Corpus) -> Features:
    shared = [corpus.rarity(corpus.with_place[p]) for p in a.places.keys() & b.places.keys()]
    every = sum(corpus.rarity(corpus.with_place[p]) for p in a.places.keys() | b.places.keys() | a.wide | b.wide)
    return {
        "place_rarity": max(shared, default=0.0),
        "places_shared": math.log1p(sum(shared)),
        "place_overlap": sum(shared) / max(0.1, every),
        "no_place_shared": float(not shared and not a.wide & b.wide),
        "no_settlement": float(not a.places or not b.places),
        **_distance(_telling(a, corpus), _telling(b, corpus), "named", (3, 12, 40), 150),
        **_distance(tuple(a.exact.values()), tuple(b.exact.values()), "claimed", (3, 12), 60),
    }


def elsewhere(a: Profile, b: Profile) -> bool:
    """Whether two reports put harm at places that cannot be one, and neither names a place of the other.

    However alike they read: two towns that nobody found on a map are two towns. Across languages a name that was not
    found may be the other's, so nothing is concluded.
    """
    if not a.sites or not b.sites:
        return False
    return not any(_may_be_one(x, y, a, b) for x in a.sites for y in b.sites)


def _may_be_one(x: Place, y: Place, a: Profile, b: Profile) -> bool:
    km = x.km_to(y)
    if km is not None and km <= ONE_SITE_KM:
        return True
    if km is None and a.report.language != b.report.language:
        return True
    names = [fold(name) for name in (x.text, x.name) if name], [fold(name) for name in (y.text, y.name) if name]
    if any(one in other or other in one for one in names[0] for other in names[1]):
        return True
    return any(name in b.folded for name in names[0]) or any(name in a.folded for name in names[1])


def _telling(p: Profile, corpus: Corpus) -> tuple[Point, ...]:
    """The settlements that not every report names."""
    most = max(FEW, COMMON_PLACE * len(corpus.profiles))
    return tuple(point for place, point in p.places.items() if corpus.with_place[place] < most)


def _distance(a: Iterable[Point], b: Iterable[Point], name: str, within: tuple[int, ...], beyond: int) -> Features:
    here, there = tuple(a), tuple(b)
    if not here or not there:
        return {f"{name}_unknown": 1.0}
    km = min(_km(x, y) for x in here for y in there)
    step = next((limit for limit in within if km < limit), None)
    if step is not None:
        return {f"{name}_within_{step}_km": 1.0}
    return {f"{name}_beyond_{beyond}_km": 1.0} if km > beyond else {}


def _km(a: Point, b: Point) -> float:
    return Place("", lat=a[0], lon=a[1]).km_to(Place("", lat=b[0], lon=b[1])) or 0.0


def gap(a: Days, b: Days) -> int:
    """How many days lie between, 0 where they meet."""
    return max(0, (a[0] - b[1]).days, (b[0] - a[1]).days)


def _days(a: Profile, b: Profile) -> Features:
    if a.days is not None and b.days is not None:
        apart = gap(a.days, b.days)
        name = "same_days" if a.days == b.days else f"days_{'0' if apart == 0 else _step(apart)}"
        return {name: 1.0}
    here, there = a.calendar_days, b.calendar_days
    weekdays, others = (frozenset(d.weekday() for d in p.days) if p.days else p.weekdays for p in (a, b))
    return {
        "calendar_same": float(bool(here & there)),
        "calendar_other": float(bool(here and there and not here & there)),
        "weekday_same": float(bool(weekdays & others)),
        "weekday_other": float(bool(weekdays and others and not weekdays & others)),
    }


def _step(apart: int) -> str:
    return "1" if apart == 1 else "2" if apart == 2 else "week" if apart <= 7 else "long"


def _numbers(a: Profile, b: Profile) -> Features:
    found: Features = {}
    for harm in ("killed", "wounded"):
        here, there = a.numbers.get(harm), b.numbers.get(harm)
        if here and there:
            same = here & there
            found[f"{harm}_same"] = float(bool(same))
            found[f"{harm}_same_large"] = float(any(n >= FEW for n in same))
            found[f"{harm}_other"] = float(not same)
    return found


WORDS = {
    "same_days": "the same days",
    "days_0": "days that meet",
    "days_1": "a day apart",
    "calendar_same": "the same day of the year",
    "weekday_same": "the same day of the week",
    "claimed_within_3_km": "harm at the same place",
    "claimed_within_12_km": "harm at places near one another",
    "named_within_3_km": "a settlement that few reports name",
    "rare_pairs": "names that few reports have",
    "copied": "the same passages",
    "cosine": "many of the same words",
    "killed_same": "the same number of dead",
    "wounded_same": "the same number of wounded",
}
LEAST_COSINE = 0.15


def reasons(found: Features) -> str:
    """What speaks for one incident, in words, the strongest kinds first."""
    said = [words for name, words in WORDS.items() if found.get(name, 0) > (LEAST_COSINE if name == "cosine" else 0)]
    return ", ".join(said[:SHOWN]) or "like words and places"

"""Decomposable graphical models, averaged exactly over all graphs and all numbers of the unseen.

Source: Madigan and York, "Bayesian methods for estimation of the size of a closed population", Biometrika 84 (1997):
hyper-Dirichlet priors (their section 2), marginal likelihoods by cliques and separators, a prior on the unseen.
Dawid and Lauritzen, Annals of Statistics 21 (1993), for the priors. `delta` is the prior's weight on each cell of the
full table, so that a clique's cell weighs delta · 2^(lists outside it); graphs are equally likely beforehand, and a
population of N has prior weight 1/N.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations as choose

import numpy as np
from scipy.special import gammaln

from sijill.core.errors import InputError
from sijill.estimate.compiled import Reals
from sijill.estimate.guards import examine
from sijill.estimate.histories import Histories
from sijill.estimate.results import Estimate, Interval, Model

MIN_LISTS, MAX_LISTS = 3, 5
TIMES_OBSERVED = 30
CHUNK = 4_096
COARSE = 1_000
NEGLIGIBLE = 50.0
EDGE = 1e-4
ABOUT = (
    "An average over every decomposable graph of dependence between the lists, each weighed by how well it explains "
    "the overlap. Assumes that nobody came or left, that everybody listed is found on every list that holds them, "
    "and that people differ in their chances only as the lists' dependence shows."
)

Graph = tuple[tuple[int, ...], tuple[int, ...]]


def decomposable(
    histories: Histories, *, delta: float | None = None, max_missing: int | None = None, level: float = 0.95
) -> Estimate:
    """The posterior of the number of people over all decomposable graphs of three to five lists.

    `delta` is 2^-lists if not given (one person's worth of prior in all), `max_missing` thirty times those observed.
    Raises InputError for fewer or more lists, or values that are none.
    """
    lists = len(histories.lists)
    if not MIN_LISTS <= lists <= MAX_LISTS:
        raise InputError(
            f"{lists} lists: all graphs are tried for three to five", hint="merge lists, or latent classes"
        )
    cautions = examine(histories)
    weight = 2.0**-lists if delta is None else delta
    limit = TIMES_OBSERVED * histories.observed if max_missing is None else max_missing
    if weight <= 0 or limit < 1:
        raise InputError(f"delta {weight} and at most {limit} missing cannot be", hint="both are above zero")
    missing = np.arange(0 if max_missing is None else 1, limit + 1, dtype=np.float64)
    graphs = decomposable_graphs(lists)
    posterior, by_graph = _posterior(histories, graphs, weight, missing)
    people = histories.observed + missing
    mean = float(people @ posterior)
    tail = (1 - level) / 2
    low, median, high = (_quantile(people, posterior, q) for q in (tail, 0.5, 1 - tail))
    models = [Model(_name(g, histories), weight=float(w)) for g, w in zip(graphs, by_graph, strict=True)]
    models.sort(key=lambda m: (-(m.weight or 0), m.name))
    warnings: tuple[str, ...] = ()
    if posterior[-1] * len(posterior) > EDGE:
        cut = f"the posterior has not died away at {limit:,} missing"
        warnings = (f"{cut}: the upper end is that of the search; raise --max-missing",)
    return Estimate(
        method="decomposable",
        lists=histories.lists,
        observed=histories.observed,
        estimate=mean,
        mean=mean,
        median=median,
        interval=Interval(level, low, high),
        models=tuple(models),
        diagnostics={"graphs": len(graphs), "best": models[0].name, "max_missing": limit, "delta": weight},
        warnings=(*cautions, *warnings),
        about=ABOUT,
    )


def _posterior(histories: Histories, graphs: tuple[Graph, ...], delta: float, missing: Reals) -> tuple[Reals, Reals]:
    """The posterior of the unseen, shape (missing,), and of the graphs, shape (graphs,)."""
    lists = len(histories.lists)
    sets = sorted({s for g in graphs for part in g for s in part})
    signs = np.zeros((len(graphs), len(sets)))
    for row, (cliques, separators) in enumerate(graphs):
        for s in cliques:
            signs[row, sets.index(s)] += 1
        for s in separators:
            signs[row, sets.index(s)] -= 1

    def weights(rows: Reals, part: Reals) -> Reals:
        """The log weight of each of these graphs with each number of missing people."""
        margins = np.stack([_marginal(histories, s, delta * 2.0 ** (lists - s.bit_count()), part) for s in sets])
        total = histories.observed + part
        found: Reals = rows @ margins
        found += gammaln(total + 1) - gammaln(part + 1) - np.log(total)
        return found

    # A look at every so many-th number finds the graphs that cannot matter: their weight is below e^-50 of the best.
    coarse = weights(signs, missing[:: max(1, len(missing) // COARSE)])
    top = float(coarse.max())
    kept = coarse.max(axis=1) > top - NEGLIGIBLE
    by_missing, by_graph = np.zeros(len(missing)), np.zeros(len(graphs))
    for start in range(0, len(missing), CHUNK):
        part = slice(start, start + CHUNK)
        shares = weights(signs[kept], missing[part])
        shares -= top
        np.exp(shares, out=shares)
        by_missing[part] = shares.sum(axis=0)
        by_graph[kept] += shares.sum(axis=1)
    whole = by_missing.sum()
    return by_missing / whole, by_graph / whole


def _marginal(histories: Histories, lists: int, alpha: float, missing: Reals) -> Reals:
    """The log marginal likelihood of the table of some lists (as bits), for each number of unseen people.

    Dirichlet-multinomial without its multinomial coefficient; each cell has prior weight `alpha`.
    """
    inside = [i for i in range(len(histories.lists)) if lists >> i & 1]
    codes = histories.patterns[:, inside].astype(np.int64) @ (1 << np.arange(len(inside), dtype=np.int64))
    cells = np.bincount(codes, weights=histories.counts, minlength=1 << len(inside)).astype(np.float64)
    size = len(cells)
    fixed = float(np.sum(gammaln(cells[1:] + alpha)) - size * gammaln(alpha) + gammaln(size * alpha))
    moving = gammaln(cells[0] + missing + alpha) - gammaln(cells.sum() + missing + size * alpha)
    return np.asarray(fixed + moving, dtype=np.float64)


def _quantile(people: Reals, posterior: Reals, share: float) -> float:
    """The smallest number of people whose cumulated posterior reaches the share."""
    return float(people[min(int(np.searchsorted(np.cumsum(posterior), share)), len(people) - 1)])


@cache
def decomposable_graphs(lists: int) -> tuple[Graph, ...]:
    """Every decomposable graph on the lists as its cliques and separators, sets of lists as bits; the empty separators
    of graphs in pieces are left out, as they add nothing.

    61 graphs of four lists, 822 of five.
    """
    edges = list(choose(range(lists), 2))
    found = []
    for code in range(1 << len(edges)):
        neighbours = [0] * lists
        for k, (i, j) in enumerate(edges):
            if code >> k & 1:
                neighbours[i] |= 1 << j
                neighbours[j] |= 1 << i
        if (parts := _cliques(neighbours)) is not None:
            found.append(parts)
    return tuple(found)


def _cliques(neighbours: list[int]) -> Graph | None:
    """Cliques and separators by maximum cardinality search; `None` where the graph is not chordal.

    Tarjan and Yannakakis, SIAM Journal on Computing 13 (1984).
    """
    lists = len(neighbours)
    numbered = 0
    cliques: list[int] = []
    separators: list[int] = []
    for _ in range(lists):
        rest = [v for v in range(lists) if not numbered >> v & 1]
        v = max(rest, key=lambda u: ((neighbours[u] & numbered).bit_count(), -u))
        earlier = neighbours[v] & numbered
        if any(earlier & ~(1 << u) & ~neighbours[u] for u in range(lists) if earlier >> u & 1):
            return None
        if cliques and earlier == cliques[-1]:
            cliques[-1] |= 1 << v
        elif cliques and earlier | 1 << v != cliques[-1]:
            holders = [i for i, c in enumerate(cliques) if c == earlier]
            if holders:
                cliques[holders[0]] |= 1 << v
            else:
                separators += [earlier] if earlier else []
                cliques.append(earlier | 1 << v)
        else:
            cliques.append(earlier | 1 << v)
        numbered |= 1 << v
    return tuple(sorted(cliques)), tuple(sorted(separators))


def _name(graph: Graph, histories: Histories) -> str:
    groups = sorted(
        ([i + 1 for i in range(len(histories.lists)) if c >> i & 1] for c in graph[0]), key=lambda g: (-len(g), g)
    )
    return f"[{','.join(''.join(map(str, g)) for g in groups)}]"

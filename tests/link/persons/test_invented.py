"""A little of `benchmarks/names_invented.py`: planted noise is found, and the diagram shows what was measured."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.names_invented import by_kind, diagram, invented, reliability
from sijill.link.persons.matching import match


def test_planted_pairs_are_found_whatever_was_done_to_them() -> None:
    lists = invented(3, 150, dates=True)
    said = match(lists.a, lists.b)
    recall = {kind: found for kind, true, found, _ in by_kind(lists, said) if true}
    assert min(recall[kind] for kind in recall if kind != "spacing") > 0.8
    points = reliability(lists, said)
    assert sum(count for _, _, count in points) == len(said)
    assert points[-1][1] > 0.95
    circles = ElementTree.fromstring(diagram(points)).iter("{http://www.w3.org/2000/svg}circle")
    assert len(list(circles)) == len(points)

"""How records are put into words and made safe to show, lent to the shells: what the published pages use themselves.

The workbench says "Killed: civilians, 3 to 5" as the record does, and shows a source's text as inert as there.
"""

from __future__ import annotations

from sijill.publish.annotated import RIGHT_TO_LEFT
from sijill.publish.catalogue import SPOKEN, catalogue
from sijill.publish.context import headline
from sijill.publish.highlight import Marking, highlighted
from sijill.publish.inert import inert, plain, said
from sijill.publish.wording import Wording

__all__ = [
    "RIGHT_TO_LEFT",
    "SPOKEN",
    "Marking",
    "Wording",
    "headline",
    "highlighted",
    "inert",
    "plain",
    "said",
    "wording_in",
]


def wording_in(language: str) -> Wording:
    """The words of a language, one of SPOKEN."""
    return Wording(catalogue(language))

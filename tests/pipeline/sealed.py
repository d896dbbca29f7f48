"""Encrypted cases with markers planted where a thief would look, and the people who can open them."""

from __future__ import annotations

from pathlib import Path

import pyrage

from sijill.core.document import Metadata
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.store.vault import Custodian, Unlock

# No other file of this machine holds these.
TEXT, FILENAME, PUBLISHER = "Zubrowinska", "qillimata-hearing", "Ostrawell Wxkfh Bulletin"
NAME, REASON, PLACE, ARABIC = "Jolvenqa Dossier", "a cousin of Brintzelmann says so", "Xanthuverik", "زكنتوبريق"
MARKERS = (TEXT, FILENAME, PUBLISHER, NAME, REASON, PLACE, ARABIC)


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


ANNA, BASIL, CARLA = new_identity(), new_identity(), new_identity()


def by(person: tuple[str, str]) -> Unlock:
    """What a person brings."""
    return Unlock(identities=(person[0],))


def write_reports(folder: Path, *, more: int = 0) -> Path:
    """Reports with the markers: text, a page, a line of a `.jsonl`, and some more so that there is something to do."""
    folder.mkdir()
    words = f"At least 14 people were killed in Tamrel on 4 March 2031, {TEXT} said. {ARABIC}.\n"
    (folder / f"{FILENAME}.txt").write_text(words, encoding="utf-8")
    page = f"<html><head><title>{TEXT}</title></head><body><article><p>{words * 4}</p></article></body></html>"
    (folder / f"{FILENAME}.html").write_text(page, encoding="utf-8")
    for n in range(more):
        (folder / f"{FILENAME}-{n:02}.txt").write_text(f"{words}Report number {n}.\n", encoding="utf-8")
    line = f'{{"id": "{FILENAME}-line", "text": "{words.strip()} Once more."}}\n'
    (folder / "lines.jsonl").write_text(line, encoding="utf-8")
    return folder


def write_gazetteer(path: Path) -> Path:
    """A file of places with a marker."""
    path.write_text(f"name,lat,lon\n{PLACE},-32.7,-18.1\n", encoding="utf-8")
    return path


def make_case(folder: Path, reports: Path, gazetteer: Path) -> Path:
    """An encrypted case of these reports with two judgements, for Anna and Basil."""
    whom = (Custodian(recipient=ANNA[1]), Custodian(recipient=BASIL[1]))
    with Case.create(folder, name=NAME, by="tester", custodians=whom, brought=by(ANNA)) as case:
        case.build([reports], Plan(gazetteers=(gazetteer,), stated=Metadata(publisher=PUBLISHER), workers=1))
        ids = sorted(c.claim.id for c in case.claims())
        case.judge("reject", ids[0], reason=REASON, rebuild=False)
        case.judge("accept", ids[1], reason=REASON)
    return folder

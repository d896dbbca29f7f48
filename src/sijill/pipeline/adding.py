"""A claim that a person reads in a document where the program read none: kept as a person's reading, and accepted."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from sijill.core.claim import Attribution, Claim, Count, Group, Perpetrator, Span
from sijill.core.clock import timestamp
from sijill.core.errors import InputError
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.core.period import Period
from sijill.core.quantity import Quantity
from sijill.pipeline.correcting import CHOSEN, Wanted
from sijill.store import pages, reads
from sijill.store.case import Case
from sijill.store.writer import Writer

EXTRACTOR = "person-1"
LONGEST_COUNT = 200
# How far a quote reaches at most on either side of its count.
REACH = 400
_END = re.compile(r"[.!?؟…।]['\"”’»)\]]*\s|\n")


def quote_around(text: str, start: int, end: int) -> Span:
    """The sentence that holds [start, end) of a text, or what of it lies near.

    >>> quote_around("It rained. Eight people died, officials said. More follows.", 11, 16).text
    'Eight people died, officials said.'
    """
    before = [m.end() for m in _END.finditer(text, max(0, start - REACH), start)]
    after = _END.search(text, end, min(len(text), end + REACH))
    first = before[-1] if before else max(0, start - REACH)
    last = after.end() if after else min(len(text), end + REACH)
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return Span(text[first:last], first, last)


def guessed(words: str) -> int | None:
    """The number that the words are, where they are nothing else, in any digits.

    >>> guessed(" 1,200 "), guessed("١٢"), guessed("eight")
    (1200, 12, None)
    """
    bare = re.sub(r"[,\s\u00a0\u202f٬]", "", words)
    return int(bare) if bare.isdecimal() and len(bare) <= 15 else None


def require_words(words: Span) -> None:
    """Raise InputError for words that cannot give a number: none, or too many."""
    if not words.text.strip():
        raise InputError("no words are selected", hint="select in the text the words that give the number")
    if len(words.text) > LONGEST_COUNT:
        raise InputError(
            f"{len(words.text)} characters are no number", hint="select only the words that give it, such as “eight”"
        )


def claim_read(document: str, text: str, start: int, end: int, wanted: Wanted) -> Claim:
    """The claim as a person reads it: [start, end) are the words that give its number, `wanted` its fields.

    Raises InputError for words that are not in the text, InvalidRecord for a number that is none.
    """
    words = Span(text[start:end], start, end)
    require_words(words)
    quantity = Quantity(wanted.low, wanted.high, wanted.qualifier)
    said_by = Attribution(wanted.source, wanted.source, wanted.kind) if wanted.source else None
    dated = wanted.start is not None or wanted.end is not None
    return Claim(
        document=document,
        harm=wanted.harm,
        count=Count.of(words, quantity),
        group=Group("", wanted.group, wanted.subset),
        place=wanted.place,
        period=Period.since("", wanted.start, wanted.end, CHOSEN) if dated else None,
        attribution=said_by,
        perpetrator=Perpetrator(wanted.perpetrator, wanted.stance) if wanted.perpetrator else None,
        quote=quote_around(text, start, end),
        extractor=EXTRACTOR,
        confidence=1.0,
    )


def add_claim(case: Case, writer: Writer, document: str, words: Span, wanted: Wanted, *, reason: str = "") -> str:
    """Keep a claim that a person reads at these words of a document's current text, accepted; returns its id.

    Raises UnknownId for no document; InputError where other words stand there, or a claim of that harm that stands was
    read there already; InvalidRecord for a number that is none.
    """
    with case.connect() as connection:
        held = reads.current_readings(connection, [reads.document(connection, document).id])[document]
        text = held.reading.text
        if not words.stands_in(text):
            raise InputError("other words stand there now", hint="load the document again, and select anew")
        claim = claim_read(document, text, words.start, words.end, wanted)
        _require_free(connection, claim)
    at = timestamp(writer.clock)
    with writer.transaction() as t:
        t.extraction(document, held.id, EXTRACTOR, {}, [claim])
        t.judgement(Judgement(Matter.CLAIM, (claim.id,), Decision.ACCEPT, writer.by, at, reason))
    return claim.id


def _require_free(connection: Connection, claim: Claim) -> None:
    assert claim.count is not None
    for other in pages.judged_claims_of(connection, [claim.document])[0].values():
        at = other.source.count
        meets = at is not None and max(at.start, claim.count.start) < min(at.end, claim.count.end)
        if meets and other.stands and other.claim.harm is claim.harm:
            raise InputError(
                f"claim {other.id[:12]} is of this harm at these words already", hint="accept it or correct it instead"
            )

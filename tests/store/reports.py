"""Small invented reports to write into cases, one call each."""

from hashlib import sha256

from sijill.core.claim import Claim, Count, Group, Harm, Span
from sijill.core.clock import Clock, timestamp
from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.quantity import Quantity
from sijill.store.case import Case
from sijill.store.writer import Transaction

BY = "R. Ostrava"


def reading(text: str, *, reader: str = "plain@1") -> Reading:
    return Reading(sha256(text.encode()).hexdigest(), reader, "text/plain", text, Metadata(language="en"))


def sighting(text: str, clock: Clock, *, name: str = "report.txt") -> Sighting:
    label = name.rpartition(".")[0]
    return Sighting(sha256(text.encode()).hexdigest(), label, name, timestamp(clock), BY)


def add(case: Case, t: Transaction, text: str, clock: Clock, *, name: str = "report.txt") -> bool:
    return t.document(case.objects.stage_bytes(text.encode()), reading(text), sighting(text, clock, name=name))


def claim(text: str, number: int, *, harm: Harm = Harm.KILLED, extractor: str = "rules@1", context: int = 0) -> Claim:
    """The claim that `number` people were harmed, where the number stands in the text; `context` widens the quote."""
    start = text.index(str(number))
    span = Span(str(number), start, start + len(str(number)))
    low, high = max(0, start - context), min(len(text), span.end + context)
    return Claim(
        document=sha256(text.encode()).hexdigest(),
        harm=harm,
        count=Count.of(span, Quantity.exactly(number)),
        group=Group("people"),
        place=None,
        period=None,
        attribution=None,
        perpetrator=None,
        quote=Span(text[low:high], low, high),
        extractor=extractor,
        confidence=0.9,
    )

"""The back end that asks a language model: a report goes out in parts, and claims come back that the text bears out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sijill.core.claim import Claim
from sijill.core.errors import NotAnswered
from sijill.core.quantity import Qualifier
from sijill.extract.asking.prompt import extractor_of, request
from sijill.extract.asking.shape import MOST_CLAIMS, UnusableAnswer, Why, checked, claims_in
from sijill.extract.asking.verify import Stretch, Verifier
from sijill.extract.asking.windows import windows
from sijill.extract.backend import Found, ToRead
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import pack_of
from sijill.extract.report import Report
from sijill.extract.tokens import sentences
from sijill.extract.where import Places

# How often a model is asked again about the same words where its answer is none.
MOST_ANSWERS = 2

Ask = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Model:
    """A `ClaimReader` that asks a model of that name; `ask` carries a request to it and brings the answer back.

    Only languages with a pack are read, as only their numbers can be checked. Uncounted allegations are not asked for.
    """

    name: str
    ask: Ask
    gazetteer: Gazetteer

    def extractor_for(self, language: str | None) -> str | None:
        """The model's name, with the version and digest of what it is asked."""
        return extractor_of(self.name) if pack_of(language) else None

    def read(self, report: ToRead) -> Found:
        """Every claim of the model's answers that the text bears out, each once.

        Raises NotAnswered where no answer came, or none that is a list of claims.
        """
        pack = pack_of(report.language)
        if pack is None:
            return Found()
        # Only the pack's own code is told: a report states its language itself, in whatever words.
        report = replace(report, language=pack.code)
        split = Report.of(report.text, pack, report.published, report.publisher)
        verifier = Verifier(split, Places(split, self.gazetteer), report.document, extractor_of(self.name))
        gathered = _Gathered(verifier)
        for window in windows(split.bounds):
            gathered.take(self._answer(report, window), window)
        claims = sorted(gathered.claims, key=lambda c: (c.count.start if c.count else -1, c.harm))
        return Found(tuple(claims), dict(gathered.dropped), dict(+verifier.left_open))

    def _answer(self, report: ToRead, window: Stretch) -> list[object]:
        asked = request(self.name, report, report.text[slice(*window)])
        problem = ""
        for _ in range(MOST_ANSWERS):
            try:
                return claims_in(self.ask(asked))
            except UnusableAnswer as err:
                problem = str(err)
        raise NotAnswered(
            f"the model's answer cannot be used: {problem}", hint="try another model, or a server that keeps to schemas"
        )


def parts(text: str, language: str | None) -> tuple[Stretch, ...]:
    """The parts in which a report goes out, each in one request; none where the language has no pack."""
    pack = pack_of(language)
    return windows(sentences(text, pack.abbreviations)) if pack else ()


class _Gathered:
    """The claims of all answers about one report, each once."""

    def __init__(self, verifier: Verifier) -> None:
        self.claims: list[Claim] = []
        self.dropped: Counter[str] = Counter()
        self._verifier = verifier

    def take(self, answered: Sequence[object], window: Stretch) -> None:
        """Take what verifies of one answer, and count what does not."""
        self.dropped[Why.TOO_MANY] += max(0, len(answered) - MOST_CLAIMS)
        kept: dict[int, Claim] = {}
        for position, raw in enumerate(answered[:MOST_CLAIMS]):
            asked, missed = checked(raw)
            if isinstance(asked, Why):
                self.dropped[asked] += 1
                continue
            made = self._verifier.claim(asked, window)
            if isinstance(made, Claim):
                made = self._once(replace(made, part_of=self._whole(asked.part_of, kept)))
            if isinstance(made, Why):
                self.dropped[made] += 1
                continue
            kept[position] = made
            self._verifier.left_open.update(missed)
        self.dropped = +self.dropped

    def _whole(self, position: int | None, kept: dict[int, Claim]) -> str | None:
        """The id of the claim whose people these are among: one given before, as the prompt asks."""
        whole = kept.get(position) if position is not None else None
        self._verifier.left_open["part_of"] += position is not None and whole is None
        return whole.id if whole else None

    def _once(self, made: Claim) -> Claim | Why:
        """The claim, or the one like it that an overlapping part gave; no exact number tells of two harms."""
        for other in self.claims:
            if _same_number(made, other):
                if other.harm == made.harm:
                    return other
                if made.count and made.count.qualifier is not Qualifier.VAGUE:
                    return Why.TWO_HARMS
        self.claims.append(made)
        return made


def _same_number(one: Claim, other: Claim) -> bool:
    a, b = one.count, other.count
    return a is not None and b is not None and max(a.start, b.start) < min(a.end, b.end)

"""Whom each sentence of a report says to have done harm: by an agent, a subject, a blame or a claim of their own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sijill.core.period import Period
from sijill.extract.actors import NONE, actor_left, actor_right, is_doing, owner_left, owner_of_doing, past_auxiliaries
from sijill.extract.deeds import actor_at, blamed_behind, deeds
from sijill.extract.marks import Marked
from sijill.extract.placenames import label_end
from sijill.extract.report import Report
from sijill.extract.tokens import Kind, fold, letter_runs
from sijill.extract.tokens import tokens as split
from sijill.extract.where import Places

BLAME_REACH = 8
CLAIM_REACH = 10
SPARED_REACH = 3
# "X-ian “double tap” strikes".
QUOTED_REACH, QUOTES = 7, frozenset("\"'“”‘’«»")
LABEL_BACK = 12
# So many words of blame are looked at: enough for any report, and no more work for a text made of them.
CHARGES_MAX = 60
# So many sentences that tell of harm are asked for whoever attacks.
SENTENCES_MAX = 60


@dataclass(frozen=True, slots=True)
class Accused:
    """Somebody said to have done harm, as written; `how` is the rule, `own` where they claim it or "we" say it."""

    words: str
    how: str
    at: int
    claimed: bool = False
    own: bool = False


@dataclass(slots=True)
class Accusations:
    """Whom the sentences of one report accuse; each sentence is read once."""

    report: Report
    places: Places
    _acts: dict[int, tuple[Accused, ...]] = field(default_factory=dict)
    _blames: tuple[tuple[int, Accused], ...] | None = None
    _blamed: dict[int, tuple[Accused, ...]] = field(default_factory=dict)
    _denials: dict[int, bool] = field(default_factory=dict)
    _disputed: bool | None = None
    _charged: frozenset[int] | None = None
    _strikes: tuple[tuple[int, str], ...] | None = None
    _attackers_named: tuple[str, ...] | None = None
    _plain: bool | None = None
    _means: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _spelt: dict[str, bool] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _elsewhere: dict[tuple[int, str], bool] = field(default_factory=dict)
    _near: dict[tuple[str, tuple[int, ...]], tuple[Accused, ...]] = field(default_factory=dict)

    def acts(self, k: int) -> tuple[Accused, ...]:
        """Everybody whom sentence `k` says to have attacked, and whom it blames."""
        if k not in self._acts:
            m = self.report.marked(k)
            # Most sentences accuse nobody whatever their places are: those are looked for only where it matters.
            attackers = tuple(self._attackers(m, NONE)) and tuple(self._attackers(m, self.places.tokens(k)))
            self._acts[k] = (*attackers, *self.blamed(k))
        return self._acts[k]

    def acts_near(self, sentences: Sequence[int], place: str) -> tuple[Accused, ...]:
        """Whom some sentences say to have attacked but those that name other places than this; looked for once."""
        asked = place, tuple(sentences)
        if asked not in self._near:
            self._near[asked] = tuple(a for k in sentences if not self.elsewhere(k, place) for a in self.acts(k))
        return self._near[asked]

    def blamed(self, k: int) -> tuple[Accused, ...]:
        """Whom sentence `k` blames, or who claims it there."""
        if k not in self.charged():
            return ()
        if k not in self._blamed:
            m = self.report.marked(k)
            found = self._blames_in(m, NONE)
            self._blamed[k] = found and self._blames_in(m, self.places.tokens(k))
        return self._blamed[k]

    def _blames_in(self, m: Marked, barred: frozenset[int]) -> tuple[Accused, ...]:
        if m.pack.grammar.verb_first:
            return tuple(_charges(m, self.report.text))
        text, at = self.report.text, m.spots.get("perpetrators", ())
        return tuple(a for j in at if (a := _claimant(m, j, text, barred) or _blamed(m, j, text, barred)))

    def elsewhere(self, k: int, place: str) -> bool:
        """Whether sentence `k`, or the label of its paragraph, names places, and not this one; asked once."""
        if (k, place) not in self._elsewhere:
            self._elsewhere[k, place] = self._names_others(k, place)
        return self._elsewhere[k, place]

    def _names_others(self, k: int, place: str) -> bool:
        named = self.places.texts(k)
        for _ in range(LABEL_BACK):
            if named or k == 0 or not self.report.joined(k - 1):
                break
            k -= 1
            named = self.places.texts(k) if label_end(self.report.marked(k)) else ()
        return bool(place and named) and not any(n in place or place in n for n in named)

    def on_another_day(self, k: int, period: Period | None) -> bool:
        """Whether sentence `k` dates what it tells of, and not to a day of this period."""
        told = self.report.attack_day(k, months=False)
        if told is None or period is None or None in (told.start, told.end, period.start, period.end):
            return False
        gap = told.gap(period)
        return gap is not None and gap > 1

    def everywhere(self) -> tuple[tuple[int, Accused], ...]:
        """Every blame and claim of the report, with its sentence."""
        if self._blames is None:
            self._blames = tuple((k, a) for k in sorted(self.charged()) for a in self.blamed(k))
        return self._blames

    def denied(self, k: int) -> bool:
        """Whether sentence `k` holds a denial of having done it."""
        if k not in self.charged():
            return False
        if k not in self._denials:
            m = self.report.marked(k)
            hits = (hit for j in m.where("perpetrators", "denied") if (hit := m.at(j, "perpetrators", "denied")))
            # "Denied targeting civilians" owns to the strike.
            behind = (range(hit.end, hit.end + SPARED_REACH) for hit in hits)
            self._denials[k] = any(not any(m.is_a(j, "perpetrators.spared") for j in near) for near in behind)
        return self._denials[k]

    def charged(self) -> frozenset[int]:
        """The sentences with a word of blame, claim or denial; the text is searched once."""
        if self._charged is None and self.report.pack.spelling.attached is not None:
            words = set(self.report.pack.blaming)
            held = (k for k in range(len(self.report)) if words & set(self.report.marked(k).norms))
            self._charged = frozenset(islice(held, CHARGES_MAX))
        if self._charged is None:
            text, starts = self._small(), [start for start, _ in self.report.bounds]
            found: set[int] = set()
            for word in self.report.pack.blaming:
                at = text.find(word)
                while at >= 0:
                    found.add(max(0, bisect_right(starts, at) - 1))
                    at = text.find(word, at + len(word))
            self._charged = frozenset(sorted(found)[:CHARGES_MAX])
        return self._charged

    def _small(self) -> str:
        """The text in small letters, as it is where that would shift its characters."""
        small = self.report.text.lower()
        return small if len(small) == len(self.report.text) else self.report.text

    def strikes(self) -> tuple[tuple[int, str], ...]:
        """Where the text speaks of a country's strikes, and the country as written."""
        if self._strikes is None:
            pack, small = self.report.pack, self._small()
            spoken_of = not pack.peoples.isdisjoint(letter_runs(small))
            hits = pack.assailants.finditer(small) if spoken_of else ()
            spans = ((hit.start(), self.report.text[hit.start(1) : hit.end(1)]) for hit in hits)
            self._strikes = tuple(islice(spans, CHARGES_MAX))
        return self._strikes

    def attackers(self) -> tuple[str, ...]:
        """Everybody whom the report says to have attacked, in the sentences that tell of harm, and whose strikes.

        One is named once for each sentence.
        """
        if self._attackers_named is None:
            told = islice((k for k in range(len(self.report)) if self.report.alarming(k)), SENTENCES_MAX)
            acting = [(k, a.words) for k in told for a in self.acts(k)]
            starts = [start for start, _ in self.report.bounds]
            acting += [(max(0, bisect_right(starts, at) - 1), words) for at, words in self.strikes()]
            named = {(k, self.key(words)): words for k, words in reversed(acting)}
            self._attackers_named = tuple(named[key] for key in sorted(named))
        return self._attackers_named

    def told_plainly(self) -> bool:
        """Whether a sentence that counts nobody says whose the strikes are: it says so of what the report is about."""
        if self._plain is None:
            starts = [start for start, _ in self.report.bounds]
            said = {max(0, bisect_right(starts, at) - 1) for at, _ in self.strikes()}
            self._plain = any(self._counts_nobody(k) for k in sorted(said))
        return self._plain

    def _counts_nobody(self, k: int) -> bool:
        m = self.report.marked(k)
        return not any(t.kind is Kind.NUMBER or t.norm in m.pack.numbers for t in m.tokens)

    def means(self, k: int) -> tuple[tuple[int, int], ...]:
        """Whose raids and strikes sentence `k` speaks of."""
        if k not in self._means:
            m = self.report.marked(k)
            done = m.where("perpetrators", "doings")
            self._means[k] = tuple(owner for j in range(len(m.tokens)) if (owner := means_at(m, j))) if done else ()
        return self._means[k]

    def disputed(self) -> bool:
        """Whether anywhere somebody denies having done it."""
        if self._disputed is None:
            self._disputed = any(self.denied(k) for k in sorted(self.charged()))
        return self._disputed

    def key(self, words: str) -> str:
        """By which two names of one actor are the same: the country, where the words have one; worked out once."""
        if words not in self._keys:
            self._keys[words] = self._key(words)
        return self._keys[words]

    def _key(self, words: str) -> str:
        tokens = [_bare(self.report, fold(w)) for w in words.split()]
        for word in tokens:
            if word in self.report.pack.demonyms:
                return fold(self.report.pack.demonyms[word])
        if generic := self.report.pack.words["perpetrators.generic"]:
            pieces = [t.norm for t in split(words, spelling=self.report.pack.spelling) if t.kind is Kind.WORD]
            for piece in pieces:
                if piece in self.report.pack.demonyms:
                    return fold(self.report.pack.demonyms[piece])
            tokens = [p for p in pieces if p not in generic] or pieces
            return tokens[0]
        whole = " ".join(tokens)
        return next((c for c in sorted(self.report.pack.countries) if f" {c} " in f" {whole} "), whole)

    def spelt(self, country: str, written: str) -> str:
        """The country's name where the text has it, else the adjective as the text writes it."""
        if country not in self._spelt:
            self._spelt[country] = re.search(rf"\b{re.escape(country)}\b", self.report.text) is not None
        return country if self._spelt[country] else written

    def _attackers(self, m: Marked, barred: frozenset[int]) -> Iterator[Accused]:
        text = self.report.text
        if m.pack.grammar.verb_first:
            yield from (Accused(m.words(d.start, d.end, text), d.how, d.at) for d in deeds(m, barred))
            return
        owners = set(range(len(m.tokens))) if m.where("perpetrators", "doings") else set()
        for j in sorted(owners.union(m.where("perpetrators"))):
            if not m.starting[j] and m.bare(j) not in m.pack.demonyms:
                continue
            if agent := agent_at(m, j, barred):
                yield Accused(m.words(*agent, text), "agent", j)
            if (
                (verb := m.at(j, "perpetrators", "verbs"))
                and not m.is_a(j - 1, "passive")
                and not by_follows(m, verb.end)
                and not _bare_participle(m, j, verb.end)
            ):
                subject = actor_left(m, j, barred) or owner_left(m, past_auxiliaries(m, j), barred)
                if subject and not m.is_a(j - 1, "infinitive"):
                    yield Accused(m.words(*subject, text), "subject of the verb", j)
            if subject := _shared_subject(m, j, barred):
                yield Accused(m.words(*subject, text), "subject of the verb", j)
            if owner := means_at(m, j):
                yield Accused(m.words(*owner, text), "means named with it", j)


def _shared_subject(m: Marked, j: int, barred: frozenset[int]) -> tuple[int, int] | None:
    """ "Gunmen came on motorcycles and opened fire": the actor with whom the clause begins, of its second verb."""
    verb = past_auxiliaries(m, j)
    if not m.at(j, "perpetrators", "verbs") or not m.is_a(verb - 1, "numbers.joiners") or m.is_a(j - 1, "passive"):
        return None
    start = verb - 1
    while start > 0 and not m.is_mark(start - 1):
        start -= 1
    found = actor_right(m, start, barred, proper=False)
    if found is None or found[1] >= verb - 1:
        return None
    suffers = m.is_a(found[1], "passive") and (
        m.at(found[1] + 1, "trigger") or m.at(found[1] + 1, "perpetrators", "verbs")
    )
    harmed = m.at(found[1], "trigger") or m.is_a(found[1], "numbers.joiners")
    return None if suffers or harmed else found


def _charges(m: Marked, text: str) -> Iterator[Accused]:
    """Whom a sentence blames, and who claims it there, where verbs stand before their subjects."""
    for j in range(len(m.tokens)):
        if (claim := m.at(j, "perpetrators", "claimed")) and not m.is_a(j - 1, "negation"):
            found = blamed_behind(m, claim.end)
            if claim.end - j > 1:
                # "X announced its responsibility for": who announced it stands before.
                back = (deed for k in range(j - 1, max(-1, j - CLAIM_REACH), -1) if (deed := actor_at(m, k)))
                found = next(back, None)
            if found:
                yield Accused(m.words(*found, text), "claimed by themselves", j, claimed=True, own=True)
        elif blame := m.at(j, "perpetrators", "blame"):
            found = blamed_behind(m, blame.end)
            if found and found[0] - blame.end <= 1:
                # "The police accused the front": the first actor accuses, the next is accused.
                found = blamed_behind(m, found[1])
            if found:
                yield Accused(m.words(*found, text), "blamed", j)


def _bare(report: Report, word: str) -> str:
    for ending in report.pack.owners:
        word = word.removesuffix(ending)
    return word


def agent_at(m: Marked, j: int, barred: frozenset[int] = NONE) -> tuple[int, int] | None:
    """ "Killed by X", "an attack by X", "fired by X": whom an agent phrase at `j` names."""
    hit = m.at(j, "perpetrators", "agent")
    if hit is None or (hit.end - hit.start == 1 and _other_participle(m, j - 1)):
        return None
    return actor_right(m, hit.end, barred, proper=hit.end - hit.start > 1 or _violent(m, j))


def _violent(m: Marked, j: int) -> bool:
    """Whether a word of harm or attack stands right before."""
    if any(m.before(j, cls) for cls in ("trigger", "attack")):
        return True
    return any(m.before(j, "perpetrators", name) for name in ("verbs", "doings"))


def _other_participle(m: Marked, k: int) -> bool:
    """Whether a participle of no violence stands there: what was said, owned or driven "by" somebody."""
    if m.at(k, "trigger") or m.before(k + 1, "trigger") or m.at(k, "attack"):
        return False
    if m.at(k, "perpetrators", "verbs") or m.before(k + 1, "perpetrators", "verbs"):
        return False
    if m.is_a(k, "perpetrators.other_participles") or m.at(k, "attribution", "verbs"):
        return True
    return m.norm(k).endswith(m.pack.endings["perpetrators.participle"])


def _bare_participle(m: Marked, start: int, end: int) -> bool:
    """Whether a verb of harm has no object behind it: of "five members of X killed in Y" they are the harmed."""
    if not m.at(start, "trigger", "participle") or m.is_a(start - 1, "active") or m.pack.grammar.adjectives_follow:
        return False
    if end >= len(m.tokens) or m.is_mark(end) or end in m.dated:
        return True
    return m.is_a(end, "prepositions") or m.is_a(end, "places.prepositions") or m.at(end, "including") is not None


def by_follows(m: Marked, end: int) -> bool:
    """Whether an agent phrase follows a verb, so that what stands before it did not act."""
    return m.at(end, "perpetrators", "agent") is not None


def means_at(m: Marked, k: int) -> tuple[int, int] | None:
    """ "X-ian missile strikes", "a police raid": whose they are, where the owner stands right before what was done."""
    if m.pack.grammar.adjectives_follow:
        return _means_behind(m, k)
    if not owner_of_doing(m, k):
        return None
    country = m.bare(k) in m.pack.demonyms
    quoted = country and k + 1 < len(m.tokens) and m.tokens[k + 1].text in QUOTES
    for j in range(k + 1, min(k + (QUOTED_REACH if quoted else 4 if country else 2), len(m.tokens))):
        if quoted and m.tokens[j].text in QUOTES:
            continue
        if is_doing(m, j):
            # "By X and Y-an bombardment": both.
            joined = m.is_a(k - 1, "numbers.joiners") and owner_of_doing(m, k - 2)
            start = k - 2 * joined
            # "X-ian regime shelling": the nation belongs to it.
            nation = not country and m.bare(start - 1) in m.pack.demonyms and m.tokens[start - 1].is_name
            return start - (nation and not m.sentence.capitals), k + 1
        if m.is_a(j, "stop") or m.is_mark(j) or (m.tokens[j].is_name and not m.sentence.capitals) or m.at(j, "armed"):
            return None
        if m.at(j, "person") or m.at(j, "property") or m.bare(j) in m.pack.demonyms:
            return None
    return None


def _means_behind(m: Marked, k: int) -> tuple[int, int] | None:
    """ "Frappes aériennes israéliennes", "raid de l'armée": whose they are, told behind what was done."""
    doing = m.at(k, "perpetrators", "doings")
    if doing is None:
        return None
    for j in range(doing.end, min(doing.end + 3, len(m.tokens))):
        if m.bare(j) in m.pack.demonyms or m.is_a(j, "perpetrators.striking"):
            return j, j + 1
        if m.is_a(j, "partitive"):
            whose = j + 1
            while m.is_a(whose, "determiners"):
                whose += 1
            named = whose < len(m.tokens) and m.tokens[whose].is_name and m.at(whose, "armed") is not None
            return actor_right(m, whose, proper=named) if named or m.at(whose, "perpetrators", "whose") else None
        if m.is_a(j, "stop") or m.is_mark(j) or m.at(j, "person") or m.at(j, "property"):
            return None
    return None


def _claimant(m: Marked, j: int, text: str, barred: frozenset[int]) -> Accused | None:
    """ "Was claimed by X", "X claimed responsibility", "X says that it placed the bomb"."""
    hit = m.at(j, "perpetrators", "claimed")
    if hit is None or m.is_a(j - 1, "negation") or m.any_is(j - 4, j, "negation"):
        return None
    if m.is_a(hit.end - 1, "perpetrators.agent"):
        found = actor_right(m, hit.end, barred)
    else:
        at = j if m.is_a(j, "attribution.pronouns") or not m.is_a(j - 1, "attribution.pronouns") else j - 1
        if m.is_a(at, "attribution.pronouns"):
            # "X says that it carried out": the one who says so.
            while at > 0 and (
                m.is_a(at - 1, "attribution.that") or at - 1 in m.dated or m.is_a(at - 1, "dates.prepositions")
            ):
                at -= 1
            verb = m.before(at, "attribution", "verbs")
            at = verb.start if verb else at
        found = actor_left(m, at, barred)
    return Accused(m.words(*found, text), "claimed by themselves", j, claimed=True, own=True) if found else None


def _blamed(m: Marked, j: int, text: str, barred: frozenset[int]) -> Accused | None:
    """ "Blamed X", "blamed the attack on X", "accused X of", "hold X responsible", "attribute to X"."""
    hit = m.at(j, "perpetrators", "blame")
    if hit and m.is_a(j - 1, "passive"):
        # "X has been accused of killing nine".
        subject = actor_left(m, j - 1, barred) if m.is_a(hit.end, "partitive") else None
        return Accused(m.words(*subject, text), "blamed", j) if subject else None
    if hit:
        found = actor_right(m, hit.end, barred, whole=False)
        at = hit.end
        while found is None and at < min(hit.end + BLAME_REACH, len(m.tokens)) and not m.is_mark(at):
            found = actor_right(m, at + 1, barred) if m.is_a(at, "perpetrators.onto") else None
            at += 1
    elif m.is_a(j, "perpetrators.hold"):
        found = actor_right(m, j + 1, barred)
        if found is None or not any(m.is_a(k, "perpetrators.responsible") for k in (found[1], found[1] + 1)):
            return None
    else:
        return None
    if found is None or m.is_a(j - 1, "passive") or m.any_is(j - 3, j, "negation"):
        return None
    return Accused(m.words(*found, text), "blamed", j, own=m.is_a(j - 1, "perpetrators.we"))

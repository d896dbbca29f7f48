"""A sentence with every phrase of the pack marked in it, which all rules then read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sijill.extract.pack import Hit, Pack
from sijill.extract.tokens import Kind, Sentence, Token

NONE: tuple[Hit, ...] = ()
NOWHERE: Mapping[int, Hit] = {}


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence, the phrases that begin at each token (longest first) and that end before each, and dates' tokens.

    `spots` are the longest phrases of each class by the token at which they begin, left to right.
    """

    sentence: Sentence
    pack: Pack
    tokens: tuple[Token, ...]
    norms: tuple[str, ...]
    starting: tuple[tuple[Hit, ...], ...]
    ending: tuple[tuple[Hit, ...], ...]
    spots: Mapping[str, Mapping[int, Hit]]
    dated: frozenset[int] = frozenset()

    @classmethod
    def of(cls, sentence: Sentence, pack: Pack) -> Marked:
        """The sentence with its phrases looked up, once for all rules."""
        norms = tuple(t.norm for t in sentence.tokens)
        starting, ending = [NONE] * (len(norms) + 1), [NONE] * (len(norms) + 1)
        spots: dict[str, dict[int, Hit]] = {}
        known = pack.phrases
        for i, norm in enumerate(norms):
            if norm in known and (hits := known[norm].hits(norms, i)):
                starting[i] = hits
                for hit in hits:
                    ending[hit.end] += (hit,)
                    if (begun := spots.get(hit.entry.cls)) is None:
                        spots[hit.entry.cls] = {i: hit}
                    elif i not in begun:
                        begun[i] = hit
        return cls(sentence, pack, sentence.tokens, norms, tuple(starting), tuple(ending), spots)

    def with_dates(self, dated: frozenset[int]) -> Marked:
        """The same with the tokens of its dates."""
        held = (self.sentence, self.pack, self.tokens, self.norms, self.starting, self.ending, self.spots)
        return Marked(*held, dated)

    def norm(self, i: int) -> str:
        """The folded word at `i`, "" beyond either end."""
        return self.norms[i] if 0 <= i < len(self.norms) else ""

    def bare(self, i: int) -> str:
        """The word at `i` without the ending that makes it an owner: "Thursday's"."""
        norm = self.norm(i)
        if not norm.endswith(self.pack.owners):
            return norm
        for ending in self.pack.owners:
            if norm.endswith(ending) and len(norm) > len(ending):
                return norm.removesuffix(ending)
        return norm

    def at(self, i: int, cls: str, name: str | None = None) -> Hit | None:
        """The longest phrase of a class that begins at `i`."""
        begun = self.spots.get(cls)
        if begun is None or i not in begun:
            return None
        longest = begun[i]
        if name is None or longest.entry.name == name:
            return longest
        for hit in self.starting[i]:
            if hit.entry.cls == cls and hit.entry.name == name:
                return hit
        return None

    def before(self, i: int, cls: str, name: str | None = None) -> Hit | None:
        """The longest phrase of a class that ends just before `i`."""
        if 0 <= i <= len(self.tokens):
            for hit in self.ending[i]:
                if hit.entry.cls == cls and (name is None or hit.entry.name == name):
                    return hit
        return None

    def within(self, start: int, end: int, cls: str, name: str | None = None) -> Hit | None:
        """The first phrase of a class that begins in [start, end)."""
        for i in self.spots.get(cls, NOWHERE):
            if start <= i < end and (hit := self.at(i, cls, name)):
                return hit
        return None

    def where(self, cls: str, name: str | None = None) -> list[int]:
        """The tokens at which phrases of a class begin, left to right."""
        found = self.spots.get(cls, NOWHERE)
        return [i for i in found if self.at(i, cls, name)] if name is not None else [*found]

    def listed(self, words: str) -> list[int]:
        """The tokens that are in a word list of the pack, left to right."""
        known = self.pack.words[words]
        return [i for i, norm in enumerate(self.norms) if norm in known]

    def is_a(self, i: int, words: str) -> bool:
        """Whether the word at `i` is in a word list of the pack."""
        return 0 <= i < len(self.norms) and self.norms[i] in self.pack.words[words]

    def any_is(self, start: int, end: int, words: str) -> bool:
        """Whether any word in [start, end) is in a word list of the pack."""
        return start < end and not self.pack.words[words].isdisjoint(self.norms[max(0, start) : max(0, end)])

    def is_mark(self, i: int) -> bool:
        """Whether a punctuation mark stands at `i`."""
        return 0 <= i < len(self.tokens) and self.tokens[i].kind is Kind.PUNCTUATION

    def words(self, start: int, end: int, text: str) -> str:
        """The text's own words from token `start` to before token `end`."""
        return text[self.tokens[start].start : self.tokens[end - 1].end] if start < end else ""

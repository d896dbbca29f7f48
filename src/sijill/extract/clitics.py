"""Small words that a script writes onto their neighbours, taken apart for look-up: "and-by-the-shelling", "wife-his".

Arabic writes its article, conjunctions, prepositions and pronouns as one word with the noun or verb. Which they are
stands in the language pack; a word is taken apart only where what remains is a word that the pack knows, or where an
article marks the seam, so that words that merely begin with such a letter stay whole. Every piece keeps its own place
in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sijill.extract.tokens import Kind, Token, fold, remembered

LEAST_STEM, LEAST_BEHIND_ARTICLE = 2, 3
LEAST_OWNED = 3
REMEMBERED = 50_000
LONGEST = 40
# How an ending is shown among a sentence's words, so that it is no word of its own: "+his".
OWN = "+"

Piece = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Clitics:
    """What may be written onto a word: `openings` before it (a chain of pieces each), `endings` behind it.

    `known` are the words that the pack has by themselves, `whole` those that begin like a clitic and are none. `silent`
    endings change no meaning and are dropped from what is looked up (case endings). `swaps` gives the letter that a
    last letter becomes where an ending is taken off, `least` how many letters must remain behind a piece. Behind
    `doubtful` pieces not even an article marks a seam.
    """

    article: str
    openings: tuple[tuple[str, ...], ...]
    merged: Mapping[str, str]
    least: Mapping[str, int]
    doubtful: frozenset[str]
    endings: tuple[str, ...]
    silent: tuple[str, ...]
    swaps: Mapping[str, str]
    whole: frozenset[str]
    known: set[str]
    _seen: dict[str, tuple[Piece, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Clitics:
        """The clitics that a pack's table states; words become known as its phrases are read (`learn`)."""
        return cls(
            article=table["article"],
            openings=tuple(tuple(chain.split()) for chain in table["openings"]),
            merged=dict(table["merged"]),
            least=dict(table["least"]),
            doubtful=frozenset(table["doubtful"]),
            endings=tuple(sorted(table["endings"], key=lambda e: (-len(e), e))),
            silent=tuple(table["silent"]),
            swaps=dict(table["swaps"]),
            whole=frozenset(fold(w) for w in table["whole"]),
            known=set(),
        )

    def learn(self, word: str) -> None:
        """Know a word of the pack, without its article."""
        if word in self.whole or not word.startswith(self.article) or len(word) < len(self.article) + LEAST_STEM:
            self.known.add(word)
        else:
            self.known.add(word[len(self.article) :])
        self._seen.clear()

    def split(self, norm: str) -> tuple[Piece, ...]:
        """The pieces of a folded word, each with how many of its letters it takes up.

        The words that are met are remembered, up to a limit, since a text repeats most of its words.
        """
        if norm not in self._seen:
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[norm] = self._split(norm)
        return self._seen[norm]

    def _split(self, norm: str) -> tuple[Piece, ...]:
        if norm in self.whole or norm in self.known or len(norm) > LONGEST:
            return ((norm, len(norm)),)
        fallback: tuple[Piece, ...] | None = None
        for opening, rest, certain in self._opened(norm):
            behind_article = bool(opening) and opening[-1][0] == self.article
            if stem := self._stem(rest, owned=not behind_article):
                return (*opening, *stem)
            if certain and fallback is None and len(rest) >= LEAST_BEHIND_ARTICLE:
                fallback = (*opening, (rest, len(rest)))
        return fallback or ((norm, len(norm)),)

    def _opened(self, norm: str) -> Iterator[tuple[tuple[Piece, ...], str, bool]]:
        """What may be taken off the front, what then remains, and whether an article marks the seam."""
        for chain in ((), *self.openings):
            written = "".join(chain)
            if not norm.startswith(written):
                continue
            pieces = tuple((piece, len(piece)) for piece in chain)
            rest = norm[len(written) :]
            last = chain[-1] if chain else ""
            if chain and len(rest) >= self.least.get(last, LEAST_STEM):
                yield pieces, rest, False
            article = self.merged.get(last, self.article)
            if rest.startswith(article) and len(rest) - len(article) >= LEAST_BEHIND_ARTICLE:
                yield (*pieces, (self.article, len(article))), rest[len(article) :], last not in self.doubtful
            elif last in self.merged and rest.startswith(self.article) and len(rest) > len(self.article) + LEAST_STEM:
                yield (*pieces, (self.article, len(self.article))), rest[len(self.article) :], True
        if norm:
            yield (), norm, False

    def _stem(self, rest: str, *, owned: bool = True) -> tuple[Piece, ...] | None:
        """A known word, alone, with a silent ending, or with a pronoun behind it; `None` where it is not known.

        What has an article has no owner: `owned` says whether a pronoun may follow.
        """
        if rest in self.known or rest in self.whole:
            return ((rest, len(rest)),)
        for ending in self.silent:
            if rest.endswith(ending) and rest[: -len(ending)] in self.known and len(rest) > len(ending) + LEAST_STEM:
                return ((rest[: -len(ending)], len(rest)),)
        for ending in self.endings if owned else ():
            bare = rest.removesuffix(ending)
            if bare == rest or len(bare) < LEAST_OWNED:
                continue
            for stem in (bare, bare[:-1] + self.swaps.get(bare[-1], bare[-1])):
                if stem in self.known:
                    return (stem, len(bare)), (OWN + ending, len(ending))
        return None

    def bare(self, norm: str) -> str:
        """A folded word without what is written onto it; several words as they stand."""
        return norm if " " in norm else self.split(norm)[-1][0]

    def unended(self, norm: str) -> str:
        """A folded word without a silent ending."""
        return next((norm.removesuffix(e) for e in self.silent if norm.endswith(e)), norm)

    def apart(self, token: Token) -> tuple[Token, ...]:
        """The token's pieces with their places in the text; the token itself where it is one piece."""
        if token.kind is not Kind.WORD:
            return (token,)
        pieces = self.split(token.norm)
        if len(pieces) == 1:
            norm = pieces[0][0]
            return (token if norm == token.norm else token._replace(norm=norm),)
        found, at = [], 0
        for n, (norm, letters) in enumerate(pieces):
            end = len(token.text) if n == len(pieces) - 1 else _past(token.text, at, letters)
            found.append(Token(token.text[at:end], token.start + at, token.start + end, norm, Kind.WORD))
            at = end
        return tuple(found)


def _past(text: str, at: int, letters: int) -> int:
    """Where so many folded letters from `at` on end, marks above the last of them included."""
    taken = 0
    while at < len(text) and (taken < letters or not remembered(text[at])):
        taken += len(remembered(text[at]))
        at += 1
    return at

"""A source that a sentence names without a form that the reader knows: found by the names that speak elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sijill.link.names import is_generic, words_of

# Shorter names are those of people and countries too, which a sentence may hold for other reasons.
LEAST_WORDS = 3


@dataclass(slots=True)
class Speakers:
    """Names of sources by their first word; made of those that some report of the case names as a source."""

    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[str]) -> Speakers:
        """The names that are long enough to be nobody else's."""
        made = cls()
        for source in sorted(set(sources)):
            words = words_of(source)
            if len(words) >= LEAST_WORDS and not is_generic(source):
                made.by_first[words[0]].append((words, source))
        return made

    def named_in(self, sentence: str) -> str:
        """The one source that a sentence names; "" where it names none or several."""
        if sentence not in self.seen:
            words = words_of(sentence)
            self.seen[sentence] = tuple(
                dict.fromkeys(
                    name
                    for i, word in enumerate(words)
                    for name_words, name in self.by_first.get(word, ())
                    if words[i : i + len(name_words)] == name_words
                )
            )
        found = self.seen[sentence]
        return max(found, key=lambda n: (len(n), n)) if len({words_of(n) for n in found}) == 1 else ""

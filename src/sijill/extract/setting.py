"""What a report is about, as far as that decides whether its dead and wounded are those of violence.

A sentence such as "four people died and sixteen were hurt" says nothing of how. A report that speaks of accidents,
disease or nature, or of sport, votes, films and markets, and nowhere of arms or those who bear them, holds no claims;
one that says nothing of either sort is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import Harm
from sijill.extract.assigned import Assigned
from sijill.extract.pack import Pack
from sijill.extract.tokens import fold, letter_runs, tokens
from sijill.extract.who import What

HARMLESS_LEAST, FICTION_LEAST, MISHAPS_LEAST = 2, 3, 3
# What accidents and nature do to people as well as arms.
MISHAP_HARMS = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.MISSING, Harm.VICTIMS, Harm.DISPLACED, Harm.PROPERTY})


@dataclass(frozen=True, slots=True)
class Setting:
    """Whether a report speaks of arms, of mishaps, of harmless matters, and of what is only played or told."""

    armed: bool
    mishap: bool
    harmless: bool
    fiction: bool

    @classmethod
    def of(cls, text: str, pack: Pack) -> Setting:
        """The setting of a whole text, by the words in it."""
        if pack.spelling.attached is not None:
            words = {t.norm for t in tokens(text, spelling=pack.spelling)}
        else:
            words = set(letter_runs(fold(text)))
        armed, fiction = len(pack.words["setting.armed"] & words), len(pack.words["setting.fiction"] & words)
        mishaps = len(pack.words["setting.mishaps"] & words)
        return cls(
            # One word of arms beside several of nature is more often a tool: explosives against avalanches.
            armed=armed > 0 and not (armed == 1 and mishaps >= MISHAPS_LEAST),
            mishap=mishaps > 0,
            harmless=len(pack.words["setting.harmless"] & words) >= HARMLESS_LEAST,
            # A long report of war has scenes, directors and a series of attacks, and more words of arms than those.
            fiction=fiction >= max(FICTION_LEAST, armed),
        )

    def forbids(self, a: Assigned, pack: Pack, *, attack: bool) -> str:
        """Why a count is no claim in such a report, "" where it is one; `attack` where its sentence names an attack."""
        if self.fiction:
            return "played, filmed or told"
        if self.armed:
            return ""
        if self.harmless:
            return "a report of harmless matters"
        if self.mishap and not attack and a.harm in MISHAP_HARMS:
            return "accident, disease or disaster"
        if a.counted.what is What.UNKNOWN and not _of_people(a, pack):
            return "a noun of nobody known"
        return ""


def _of_people(a: Assigned, pack: Pack) -> bool:
    """Whether an unknown noun ends as those do that name people by what they do, or is a name."""
    words = a.counted.group.text.split()
    if not words:
        return False
    last = fold(words[-1])
    endings = pack.endings["person"]
    return not endings or last.endswith(endings) or last.removesuffix("s").endswith(endings) or words[-1][:1].isupper()

"""Speakers behind their verbs, and in scripts without capitals: "said the ministry that …", "the ministry, said in …".

The verb opens the clause, its subject follows and runs to a word that opens what was said or where it was said. Nothing
shows a name but its place in the sentence, so the ends of a speaker are words of the pack alone.
"""

from __future__ import annotations

from sijill.extract.clitics import OWN
from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

SPEAKER_MAX = 14
PASSED_MAX = 12
QUOTES = frozenset("\"'“”‘’«»")
Span = tuple[int, int]


def speaker_behind(m: Marked, verb_end: int) -> Span | None:
    """The subject that follows a verb of speech; `None` where what was said follows at once."""
    start = verb_end
    # "Which the agency reported": what was told is written onto the verb.
    while start in m.dated or m.is_a(start, "attribution.between") or m.norm(start).startswith(OWN):
        start += 1
    end = speaker_end(m, start)
    end = _without_open_quote(m, start, end)
    return (start, end) if end > start and not _says_nothing(m, start) else None


def speaker_before(m: Marked, verb: int) -> Span | None:
    """The subject that a writer set before the verb, at the head of its clause: "The X, said in a statement that"."""
    end = verb
    while end > 0 and (
        m.tokens[end - 1].text in "،,-–" or m.is_a(end - 1, "attribution.between") or end - 1 in m.dated
    ):
        end -= 1
    start = end
    while start > 0 and end - start < SPEAKER_MAX and not _opens(m, start - 1):
        start -= 1
    while start < end and (m.is_a(start, "numbers.joiners") or m.is_a(start, "attribution.openers")):
        start += 1
    stop = speaker_end(m, start)
    if start >= min(stop, end) or _says_nothing(m, start):
        return None
    known = any(m.at(k, "source_kind") for k in range(start, min(stop, end)))
    return (start, min(stop, end)) if known else None


def relayed(m: Marked, passer_end: int) -> Span | None:
    """ "The agency quoted from a source that": whom the passer-on names behind a word such as "from"."""
    for k in range(passer_end, min(passer_end + PASSED_MAX, len(m.tokens))):
        if m.is_a(k, "attribution.relayed"):
            end = speaker_end(m, k + 1)
            return (k + 1, end) if end > k + 1 and not m.at(k + 1, "trigger") else None
        if m.is_a(k, "attribution.that"):
            return None
    return None


def speaker_end(m: Marked, start: int) -> int:
    """Where a speaker's noun phrase ends."""
    end = start
    while end < len(m.tokens) and end - start < SPEAKER_MAX and not _ends(m, end, start):
        end += 1
    while end > start + 1 and (m.tokens[end - 1].text in "-–،,ف" or m.is_a(end - 1, "places.articles")):
        end -= 1
    return end


def _ends(m: Marked, k: int, start: int) -> bool:
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        joined = token.text in "./-&" and k + 1 < len(m.tokens) and m.tokens[k + 1].start == token.end
        return not (token.text in QUOTES or token.text in "()" or joined)
    if k in m.dated or m.norm(k) == OWN:
        return True
    if m.is_a(k, "attribution.closers") or m.is_a(k, "numbers.joiners"):
        return not _within_name(m, k, start)
    if k > start and any(m.at(k, "trigger", role) for role in ("participle", "subject")):
        # What was said begins with its verb of harm.
        return True
    return k > start and (m.at(k, "attribution", "verbs") is not None and not m.is_a(k, "attribution.nouns"))


def _within_name(m: Marked, k: int, start: int) -> bool:
    """Whether a small word stands inside a name: "Network for human rights"."""
    return any(
        h.start < k < h.end for j in range(max(start - 2, 0), k) for h in m.starting[j] if h.entry.cls == "source_kind"
    )


def _opens(m: Marked, k: int) -> bool:
    """Whether a speaker before its verb must begin right behind token `k`."""
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in QUOTES and token.text not in "()،,-"
    return m.at(k, "trigger") is not None or m.is_a(k, "attribution.that")


def _says_nothing(m: Marked, start: int) -> bool:
    return (
        m.is_a(start, "attribution.no_source")
        or m.at(start, "trigger") is not None
        or m.at(start, "quantity", "vague") is not None
    )


def _without_open_quote(m: Marked, start: int, end: int) -> int:
    """The end without a quotation mark that opens what was said."""
    marks = [k for k in range(start, end) if m.tokens[k].text in '"“«']
    closing = [k for k in range(start, end) if m.tokens[k].text in "”»"]
    straight = [k for k in marks if m.tokens[k].text == '"']
    if straight and len(straight) % 2:
        return straight[-1]
    opened = [k for k in marks if m.tokens[k].text in "“«"]
    return opened[-1] if len(opened) > len(closing) else end

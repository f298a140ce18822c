"""Pages that stand in place of the one that was asked for: it is not there, though the server says 200, or hides behind its cookies."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from indexer.ingestion.parsed import Unreadable
from indexer.metadata.tables import expressions

EARLY = 3
"""Sentences of which one says so: an article that quotes such a page begins with its own words."""
LONG_SENTENCE = 300
"""Characters from which a sentence is an article's."""
LITTLE = 60
"""Characters of a line without a full stop that is a link or an address and says nothing; of other words that any such page may have."""
WALL = 5
"""Times as long as its other sentences what a wall says of cookies must be; of a missing page, half of all is enough."""
LONGEST = 4_000
"""Characters of a text that can be one; those with all purposes of their cookies have up to 3,000."""
_DATA = Path(__file__).with_name("data") / "apologies.tsv"
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")
_PARTS = re.compile(r"\s+[|–—·•-]\s+|[|:!.]+\s*")


class Apology(Unreadable):
    """A page that is none; `is_missing`: what was asked for is not there, otherwise its cookies are to be accepted first."""

    def __init__(self, phrase: str, is_missing: bool) -> None:
        said = "säger bara att den inte finns" if is_missing else "visar bara en fråga om kakor"
        super().__init__(f"Sidan {said} (”{phrase}”); hämta den på rätt adress eller ta bort den.")
        self.phrase, self.is_missing = phrase, is_missing


def apology_in(title: str, text: str) -> str | None:
    """The sentence or heading by which a page is told to be missing or to be a cookie wall; None for any other.

    >>> apology_in("Sidan finns inte", "Prova att söka."), apology_in("Sidan finns inte – så letar du", "Länkar dör. " * 9)
    ('Sidan finns inte', None)
    """
    apology = _apology(title, text)
    return apology.phrase if apology else None


def check_page(title: str, text: str) -> None:
    """Raises Apology where `apology_in` finds one."""
    if apology := _apology(title, text):
        raise apology


def _apology(title: str, text: str) -> Apology | None:
    if len(text) > LONGEST:
        return None
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCES.split(text) if sentence.strip()]
    if any(_is("quoted", sentence) for sentence in sentences):
        return None
    missing = _missing(title, sentences)
    phrase = missing or _wall(title, sentences)
    return Apology(phrase, is_missing=bool(missing)) if phrase else None


def _missing(title: str, sentences: Sequence[str]) -> str | None:
    parts = [title, *_PARTS.split(title)]
    own, others, early = _spoken(sentences, "missing")
    said = _first("missing", [*parts, *early])
    if others <= LITTLE and (coded := _first("missing", parts) or _first("code", parts)):
        return said or coded
    return said if others <= own else None


def _wall(title: str, sentences: Sequence[str]) -> str | None:
    own, others, early = _spoken(sentences, "wall")
    return _first("wall", [title, *early]) if others * WALL <= own and _first("demand", [title, *sentences]) else None


def _spoken(sentences: Iterable[str], kind: str) -> tuple[int, int, list[str]]:
    """Characters of the sentences that such a page has, and of all others; and the first ones, without links and addresses."""
    own = others = 0
    early: list[str] = []
    for sentence in sentences:
        if _is(kind, sentence) or _is(f"{kind}-around", sentence):
            own += len(sentence)
        elif len(sentence) > LITTLE or sentence.endswith((".", "!", "?", "…")):
            others += len(sentence)
        else:
            continue
        early.append(sentence)
    return own, others, early[:EARLY]


def _first(kind: str, sentences: Iterable[str]) -> str | None:
    return next((sentence for sentence in sentences if _is(kind, sentence)), None)


def _is(kind: str, sentence: str) -> bool:
    return len(sentence) <= LONG_SENTENCE and bool(_pattern(kind).fullmatch(sentence))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """What a whole sentence of a kind looks like, with interjections and numbers of the error before it and an addition behind."""
    rows = list(expressions(_DATA))
    fitting = "|".join(f"(?:{expression})" for name, expression in rows if name == kind)
    before = rf"(?:(?:{dict(rows)['OOPS']}|{dict(rows)['CODE']}|men|but)\b\W*)*"
    behind = r"(?:\s+(?:på|on|at|under|via)\s.{1,40}|,?\s+(?:eller|och|or|and|men|but)\s.{1,90})?"
    return re.compile(rf"\W*{before}(?:{fitting}){behind}\W*", re.IGNORECASE)

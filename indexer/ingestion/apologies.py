"""Pages that stand in place of the one that was asked for: it is not there, though the server says 200, or hides behind its cookies."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from indexer.ingestion.parts import Unreadable
from indexer.metadata.tables import expressions, one_of

EARLY = 3
"""Sentences of which one says so: an article that quotes such a page begins with its own words."""
LONG_SENTENCE = 300
"""Characters from which a sentence is an article's."""
LITTLE = 60
"""Characters of a line without a full stop that is a link or an address and says nothing; of other words that any such page may have."""
TIMES = {"missing": 1, "wall": 5}
"""As long as its other sentences what such a page says must be."""
LONGEST = 4_000
"""Characters of a text that can be one; those with all purposes of their cookies have up to 3,000."""
_DATA = Path(__file__).with_name("data") / "apologies.tsv"
_SENTENCES, _PARTS = re.compile(r"(?<=[.!?…])\s+|\n+"), re.compile(r"\s+[|–—·•-]\s+|[|:!.]+\s*")
_TAIL = r"(?:\W+4(?:04|10)\b)?(?:\s+(?:på|on|at|under|via)\s.{1,40}|,\s.{1,90}|\s+(?:eller|och|or|and|men|but)\s.{1,90})?\W*"


class Apology(Unreadable):
    """A page that is none; `is_missing`: what was asked for is not there, otherwise its cookies are to be accepted first."""

    def __init__(self, phrase: str, is_missing: bool) -> None:
        said = "säger bara att den inte finns" if is_missing else "visar bara en fråga om kakor"
        super().__init__(f"Sidan {said} (”{phrase}”); hämta den på rätt adress eller ta bort den.")
        self.phrase, self.is_missing = phrase, is_missing


def apology_in(title: str, text: str) -> Apology | None:
    """Whether a page is missing or a cookie wall, with the sentence or heading that says so; None for any other.

    >>> apology_in("Sidan finns inte", "Prova att söka.").phrase, apology_in("Sidan finns inte – så letar du", "Länkar dör. " * 9)
    ('Sidan finns inte', None)
    """
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCES.split(text[: LONGEST + 1]) if sentence.strip()]
    parts = [title, *_PARTS.split(title)]
    for kind, times in TIMES.items():
        if len(text) > LONGEST or not _first(kind, parts + sentences) or _first("quoted", sentences):
            continue  # as nearly always, and soon
        own, others, early = _spoken(sentences, kind)
        headed = _first(kind, parts)
        is_little = others * times <= own or (headed and others <= LITTLE)
        is_asked = kind == "missing" or _first("demand", [title, *sentences])
        if is_little and is_asked and (phrase := headed or _first(kind, early)):
            return Apology(phrase, kind == "missing")
    return None


def _spoken(sentences: Iterable[str], kind: str) -> tuple[int, int, list[str]]:
    """Characters of the sentences that such a page has, and of all others; and the first ones, without links and addresses."""
    own = [sentence for sentence in sentences if _first(kind, [sentence]) or _first(f"{kind}-around", [sentence])]
    spoken = [one for one in sentences if one in own or len(one) > LITTLE or one.endswith((".", "!", "?", "…"))]
    length = sum(map(len, own))
    return length, sum(map(len, spoken)) - length, spoken[:EARLY]


def _first(kind: str, sentences: Iterable[str]) -> str | None:
    return next((one for one in sentences if len(one) <= LONG_SENTENCE and _pattern(kind).fullmatch(one)), None)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """What a whole sentence of a kind looks like, with interjections and numbers of the error before it and an addition behind."""
    before = dict(expressions(_DATA))["BEFORE"]
    return re.compile(rf"\W*(?:{before}\b\W*)*(?:{one_of(_DATA, kind)}){_TAIL}", re.IGNORECASE)

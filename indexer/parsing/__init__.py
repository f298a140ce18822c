"""String -> tree: Whoosh's parser reads the syntax, this package what it means. Every string has an answer.

INTE binds tightest, then blank and OCH, then ELLER. What cannot be read as syntax is read as words.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.parsing.interpretation import interpret
from indexer.parsing.reading import Reading, cleaned, tidy
from indexer.parsing.syntax import marks_of
from indexer.queries import And, Everything, Filters, Parsed, Query, Word

__all__ = ["cleaned", "interpret", "parse"]

LONGEST_QUESTION = 1_000
"""Characters that are read: Whoosh's parser is quadratic in length (FINDINGS 12)."""
MOST_WORDS = 32
DEEPEST = 20
"""Parentheses within each other."""

_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def parse(question: str) -> Parsed:
    """The reading of any string.

    >>> parse("cirkulär ekonomi region:dalarna").rest
    'cirkulär ekonomi'
    """
    notes: list[str] = []
    readable = _UNREADABLE.sub(" ", unicodedata.normalize("NFC", question[: LONGEST_QUESTION + 1]))
    text = tidy(_bounded(readable, notes))
    try:
        return _read(text, notes)
    except Exception:  # Whoosh's parser raises on 2.5 % of random operator strings (FINDINGS 12)
        notes.append("Frågan gick inte att läsa som den var skriven; orden söks som de står.")
        return Parsed(_literal(text), rest=" ".join(text.split()), notes=tuple(notes))


def _read(text: str, notes: list[str]) -> Parsed:
    """What is left without the filters is read again, so that a question and its rest always mean the same."""
    filters = Filters()
    while True:
        reading = Reading(text)
        query = reading.query(marks_of(text))
        text = reading.rest()
        if not reading.filters:
            return Parsed(query, filters, text, (*notes, *reading.notes))
        filters = filters.merged(reading.filters)


def _bounded(text: str, notes: list[str]) -> str:
    words = list(re.finditer(r"\S+", text[:LONGEST_QUESTION]))
    if len(text) > LONGEST_QUESTION or len(words) > MOST_WORDS:
        notes.append(f"Frågan är lång; de första {MOST_WORDS} orden söks.")
        text = text[: words[min(MOST_WORDS, len(words)) - 1].end()] if words else ""
    if _depth(text) > DEEPEST:
        notes.append("Frågan har för många parenteser i varandra; de läses inte.")
        text = text.replace("(", " ").replace(")", " ")
    return text


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _literal(text: str) -> Query:
    words = tuple(Word(word) for word in re.findall(r"[^\W_]+", text))
    return And(words, blank=True) if len(words) > 1 else words[0] if words else Everything()

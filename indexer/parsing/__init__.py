"""String -> tree: `syntax` tells the signs apart, `grammar` says what they mean together. Every string has an answer.

INTE binds tightest, then blank and OCH, then ELLER. What cannot be read as syntax is read as words.
"""

import re
import unicodedata
from itertools import accumulate

from indexer.parsing.grammar import Parser, cleaned, tidy
from indexer.parsing.interpretation import interpret
from indexer.queries import Filters, Parsed

__all__ = ["cleaned", "interpret", "parse"]

LONGEST_QUESTION = 1_000
"""Characters that are read; the words of a question are 32 at most."""
MOST_WORDS = 32
DEEPEST = 20
"""Parentheses within each other."""

_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def parse(question: str) -> Parsed:
    """The tree, the filters and the notes of any string.

    >>> parse("cirkulär ekonomi region:dalarna").rest
    'cirkulär ekonomi'
    """
    notes: list[str] = []
    readable = _UNREADABLE.sub(" ", unicodedata.normalize("NFC", question[: LONGEST_QUESTION + 1]))
    text, filters = tidy(_bounded(readable, notes)), Filters()
    while True:  # what is left without the filters is parsed again: a question and its rest always mean the same
        parser = Parser(text)
        query = parser.query()
        text = parser.rest()
        if not parser.filters:
            return Parsed(query, filters, text, (*notes, *parser.notes))
        filters = filters.merged(parser.filters)


def _bounded(text: str, notes: list[str]) -> str:
    words = list(re.finditer(r"\S+", text[:LONGEST_QUESTION]))
    if len(text) > LONGEST_QUESTION or len(words) > MOST_WORDS:
        notes.append(f"Frågan är lång; de första {MOST_WORDS} orden söks.")
        text = text[: words[min(MOST_WORDS, len(words)) - 1].end()] if words else ""
    if max(accumulate((character == "(") - (character == ")") for character in text), default=0) > DEEPEST:
        notes.append("Frågan har för många parenteser i varandra; de läses inte.")
        text = text.replace("(", " ").replace(")", " ")
    return text

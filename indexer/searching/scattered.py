"""Long texts that hold every word of a question, but nowhere together: a speech on everything, a list of new laws."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.engines import Match
from indexer.fields import document_of
from indexer.highlights import Marks, marks_of, readable, runs, stands_in
from indexer.planning import Plan
from indexer.swedish import EntryOf, Terms, terms_in

LONG = 20_000
"""Characters of a text above which its words need not belong together (docs/relevance.md)."""
TOGETHER = 30
"""Words within which all that was asked for must stand once."""
_TITLE_FIELDS = ("title", "title_exact", "parts")
_BODY_FIELDS = ("body", "body_exact", "parts")


def is_scattered(match: Match, words: Iterable[Plan], entry: EntryOf) -> bool:
    """Whether a long text never has the words of a question that its title lacks within TOGETHER of one another."""
    if len(match.stored) <= LONG:
        return False
    document = document_of(match.stored)
    if len(document.text) <= LONG:
        return False
    title = terms_in(document.title, entry)
    elsewhere = [word for word in words if not stands_in(title, marks_of(word, _TITLE_FIELDS))]
    terms = terms_in(readable(document.text), entry)
    places = [_places(terms, marks_of(word, _BODY_FIELDS)) for word in elsewhere]
    return all(places) and not _stand_together(places)


def _places(terms: Terms, marks: Marks) -> set[int]:
    parts = (place for place, entry in enumerate(terms.entries) if any(part.term in marks.parts for part in entry[1]))
    return {*(first for first, _ in runs(terms, marks)), *parts}


def _stand_together(places: list[set[int]]) -> bool:
    if len(places) < 2:
        return True
    latest: dict[int, int] = {}
    for place, word in sorted((place, word) for word, found in enumerate(places) for place in found):
        latest[word] = place
        if len(latest) == len(places) and place - min(latest.values()) <= TOGETHER:
            return True
    return False

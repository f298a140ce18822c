"""Long texts that hold every word of a question, but nowhere together: a speech on everything, a list of new laws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.engines import Match
from indexer.fields import document_of
from indexer.planning import Plan
from indexer.searching.highlights import leaves_in, places_of, readable, stands_in
from indexer.swedish import EntryOf, terms_in

LONG = 20_000
"""Characters of a text above which its words need not belong together (docs/relevance.md)."""
TOGETHER = 30
"""Words within which all that was asked for must stand once."""
_TITLE_FIELDS = ("title", "title_exact", "decompounded")
_BODY_FIELDS = ("body", "body_exact", "decompounded")


def is_scattered(match: Match, words: Iterable[Plan], entry: EntryOf) -> bool:
    """Whether a long text never has the words of a question that its title lacks within TOGETHER of one another."""
    if len(match.stored) <= LONG:
        return False
    document = document_of(match.stored)
    if len(document.text) <= LONG:
        return False
    title, text = terms_in(document.title, entry), terms_in(readable(document.text), entry)
    elsewhere = [word for word in words if not stands_in(title, leaves_in(word, _TITLE_FIELDS))]
    places = [places_of(text, leaves_in(word, _BODY_FIELDS)) for word in elsewhere]
    return all(places) and not _stand_together(places)


def _stand_together(places: Sequence[set[int]]) -> bool:
    if len(places) < 2:
        return True
    latest: dict[int, int] = {}
    for place, word in sorted((place, word) for word, found in enumerate(places) for place in found):
        latest[word] = place
        if len(latest) == len(places) and place - min(latest.values()) <= TOGETHER:
            return True
    return False

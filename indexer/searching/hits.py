"""Match + plan -> Hit: the stored document with its highlights, snippets and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.documents import Document
from indexer.engines import Match
from indexer.fields import document_of
from indexer.metadata.regions import NATIONAL, Region, label
from indexer.planning import Plan, Planned
from indexer.results import Hit, Place, Snippet, Span
from indexer.searching.explaining import explain
from indexer.searching.highlights import Marks, highlight, marks_of, snippets, stands_in
from indexer.swedish import EntryOf, terms_in

_TITLE_FIELDS = ("title", "title_exact", "decompounded")
_BODY_FIELDS = ("body", "body_exact", "decompounded")


class Hits:
    """Makes hits of the matches of one question."""

    def __init__(
        self, planned: Planned, entry: EntryOf, explaining: bool = False, hidden: frozenset[str] = frozenset()
    ) -> None:
        self._planned = planned
        self._hidden = hidden
        self._entry = entry
        self._explaining = explaining

    def full(self, matches: Iterable[Match]) -> tuple[Hit, ...]:
        """Of documents that have all that was asked for."""
        return tuple(self._hits(matches, self._planned.strict, lacking=False))

    def partial(self, matches: Iterable[Match]) -> tuple[Hit, ...]:
        """Of documents that lack some words, each with those named."""
        question = self._planned.partial
        return tuple(self._hits(matches, question, lacking=True)) if question is not None else ()

    def _hits(self, matches: Iterable[Match], question: Plan, lacking: bool) -> Iterable[Hit]:
        marks = marks_of(question, _TITLE_FIELDS), marks_of(question, _BODY_FIELDS)
        return (self._hit(match, *marks, lacking) for match in matches)

    def _hit(self, match: Match, in_title: Marks, in_body: Marks, lacking: bool) -> Hit:
        document = without(document_of(match.stored), self._hidden)
        published = document.published
        pieces = snippets(document.text, highlight(document.text, in_body, self._entry))
        return Hit(
            id=document.id,
            title=document.title,
            url=document.url,
            source=document.source,
            kind=document.kind,
            published=published.value if published else None,
            published_precision=published.precision if published else None,
            year=published.year if published else None,
            regions=_places((*document.regions, *document.further_regions)),
            score=match.score,
            origin=document.origin,
            missing=self._missing(document.title, document.text) if lacking else (),
            title_highlights=highlight(document.title, in_title, self._entry),
            snippets=tuple(Snippet(text, spans) for text, spans in pieces),
            explanation=explain(document, self._planned.words, self._entry) if self._explaining else (),
            rights=document.rights,
            fetched=document.fetched,
            excerpt=document.excerpt,
            duplicates=document.duplicates,
        )

    def marked(self, text: str) -> tuple[Span, ...]:
        """Where the words of the question stand in the text of a document."""
        plan = self._planned.partial or self._planned.strict
        return highlight(text, marks_of(plan, _BODY_FIELDS), self._entry)

    def _missing(self, title: str, text: str) -> tuple[str, ...]:
        """The droppable words that stand neither in the title nor anywhere in the text."""
        parts = (terms_in(title, self._entry), _TITLE_FIELDS), (terms_in(text, self._entry), _BODY_FIELDS)
        return tuple(
            word
            for word, wanted in self._planned.words
            if not any(stands_in(words, marks_of(wanted, fields)) for words, fields in parts)
        )


def without(document: Document, hidden: frozenset[str]) -> Document:
    """A document whose release does not hold those with some ids."""
    if hidden.isdisjoint((document.canonical, *(other.id for other in document.duplicates))):
        return document
    others = tuple(other for other in document.duplicates if other.id not in hidden)
    return replace(document, duplicates=others, canonical=None if document.canonical in hidden else document.canonical)


def _places(regions: Iterable[Region]) -> tuple[Place, ...]:
    about = tuple(Place(region.value, region.label) for region in regions if region.about)
    return about or (Place(NATIONAL, label(NATIONAL)),)

"""Match + plan -> Hit: the stored document with its highlights, snippets and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.documents import Document
from indexer.engines import Match
from indexer.fields import document_of
from indexer.metadata.regions import Region
from indexer.metadata.regions.gazetteer import NATIONAL, label, with_ancestors
from indexer.planning import Plan, Planned, nodes
from indexer.results import Hit, Place, Snippet, Span
from indexer.searching.explaining import explain
from indexer.searching.highlights import Leaf, highlight, leaves_in, snippets, stands_in
from indexer.swedish import EntryOf, terms_in

_BODY_FIELDS = ("body", "body_exact", "decompounded")
_TITLE_FIELDS = ("title", "title_exact", *_BODY_FIELDS)  # the title stands in `body` too


@dataclass(frozen=True, slots=True)
class Hits:
    """Makes hits of the matches of one question."""

    planned: Planned
    entry: EntryOf
    explaining: bool = False
    hidden: frozenset[str] = frozenset()
    """Ids of the documents that a name in the question must not find."""

    def of(self, matches: Iterable[Match], plan: Plan, lacking: bool = False) -> Iterator[Hit]:
        """Of documents that a plan matches; those that lack some words each with those named."""
        in_title, in_body = leaves_in(plan, _TITLE_FIELDS), leaves_in(plan, _BODY_FIELDS)
        return (self._hit(match, in_title, in_body, lacking) for match in matches)

    def _hit(self, match: Match, in_title: Sequence[Leaf], in_body: Sequence[Leaf], lacking: bool) -> Hit:
        document = without(document_of(match.stored), self.hidden)
        published = document.published
        places = _places((*document.regions, *document.further_regions))
        pieces = snippets(document.text, highlight(document.text, in_body, self.entry))
        return Hit(
            id=document.id,
            title=document.title,
            url=document.url,
            source=document.source,
            kind=document.kind,
            published=published.value if published else None,
            published_precision=published.precision if published else None,
            year=published.year if published else None,
            regions=places,
            score=match.score,
            origin=document.origin,
            missing=self._missing(document, places) if lacking else (),
            title_highlights=highlight(document.title, in_title, self.entry),
            snippets=tuple(Snippet(text, spans) for text, spans in pieces),
            explanation=explain(document, self.planned, self.entry) if self.explaining else (),
            rights=document.rights,
            fetched=document.fetched,
            excerpt=document.excerpt,
            duplicates=document.duplicates,
        )

    def marked(self, text: str) -> tuple[Span, ...]:
        """Where the words of the question stand in the text of a document."""
        plan = nodes.AnyOf((self.planned.strict, self.planned.partial or nodes.NOTHING))
        return highlight(text, leaves_in(plan, _BODY_FIELDS), self.entry)

    def _missing(self, document: Document, places: Sequence[Place]) -> tuple[str, ...]:
        """The droppable words that stand neither in the title nor anywhere in the text, but for the places that it is about."""
        parts = (
            (terms_in(document.title, self.entry), _TITLE_FIELDS),
            (terms_in(document.text, self.entry), _BODY_FIELDS),
        )
        about = with_ancestors(place.value for place in places)
        return tuple(
            word
            for word, plan in self.planned.words
            if not any(stands_in(words, leaves_in(plan, fields)) for words, fields in parts)
            and not any(value.value in about for value in nodes.values(plan))
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

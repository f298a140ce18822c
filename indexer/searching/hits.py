"""Match + plan -> Hit: the stored document with its highlights, snippets and what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from indexer.documents import Document
from indexer.engines import Match
from indexer.fields import document_of
from indexer.metadata.regions import Region
from indexer.metadata.regions.gazetteer import NATIONAL, label, with_ancestors
from indexer.planning import Plan, Planned, nodes
from indexer.results import Hit, Place, Snippet, Span
from indexer.searching.explaining import explain
from indexer.searching.highlights import Leaf, highlight, leaves_in, marking, readable, snippets, standing_in
from indexer.swedish import EntryOf, Terms, terms_in, terms_of

_BODY_FIELDS = ("body", "body_exact", "decompounded")
_TITLE_FIELDS = ("title", "title_exact", *_BODY_FIELDS)  # the title stands in `body` too
_FIELDS = (_TITLE_FIELDS, _BODY_FIELDS)
TOGETHER = 10
"""Hits whose words are looked up together, and are in memory until then."""
_Typed = tuple[str, Plan, list[tuple[Leaf, ...]]]
"""A word of the question, its plan, and what of that is marked in a title and in a text."""


class Hits(Struct, frozen=True):
    """Makes hits of the matches of one question."""

    planned: Planned
    entry: EntryOf
    explaining: bool = False
    hidden: frozenset[str] = frozenset()
    """Ids of the documents that a name in the question must not find."""

    def of(self, matches: Sequence[Match], plan: Plan, lacking: bool = False) -> Iterator[Hit]:
        """Of documents that a plan matches; those that lack some words each with those named."""
        marks = [marking(leaves_in(plan, names)) for names in _FIELDS]
        words = [(word, plan, [leaves_in(plan, names) for names in _FIELDS]) for word, plan in self.planned.words]
        for at in range(0, len(matches), TOGETHER):
            yield from self._some(matches[at : at + TOGETHER], marks, words if lacking else ())

    def _some(
        self, matches: Iterable[Match], marks: Sequence[Callable[[Terms], tuple[Span, ...]]], words: Sequence[_Typed]
    ) -> Iterator[Hit]:
        found = [(match.score, without(document_of(match.stored), self.hidden)) for match in matches]
        texts = chain.from_iterable((document.title, readable(document.text)) for _, document in found)
        terms = terms_of(texts, self.entry)
        for score, document in found:
            title, text = next(terms), next(terms)
            hit = self._hit(document, score, marks[0](title), marks[1](text))
            if words:
                whole = text if readable(document.text) is document.text else terms_in(document.text, self.entry)
                hit = replace(hit, missing=_missing(words, (title, whole), hit.regions))
            yield hit

    def _hit(self, document: Document, score: float, in_title: tuple[Span, ...], in_text: tuple[Span, ...]) -> Hit:
        published = document.published
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
            score=score,
            origin=document.origin,
            title_highlights=in_title,
            snippets=tuple(Snippet(text, spans) for text, spans in snippets(document.text, in_text)),
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


def _missing(words: Sequence[_Typed], parts: Sequence[Terms], places: Sequence[Place]) -> tuple[str, ...]:
    """The words that stand neither in the title nor anywhere in the text, but for the places that it is about."""
    about = with_ancestors(place.value for place in places)
    stand_in = list(map(standing_in, parts))
    return tuple(
        word
        for word, plan, marked in words
        if not any(stands(leaves) for stands, leaves in zip(stand_in, marked, strict=True))
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

"""Match + plan -> Hit: the stored document with its highlights, snippets and what it lacks."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.documents import Document
from indexer.engines import Match
from indexer.fields import document_of
from indexer.metadata.regions import Region
from indexer.metadata.regions.gazetteer import NATIONAL, label, with_ancestors
from indexer.planning import Plan, Planned, nodes
from indexer.results import Hit, Place, Snippet, Span
from indexer.searching.explaining import explain
from indexer.searching.highlights import Marker, Marks, Standing, highlight, marks_in, readable
from indexer.searching.snippets import snippets

_BODY_FIELDS = ("body", "body_exact", "decompounded")
_AS_STORED = ("id", "title", "url", "source", "kind", "origin", "rights", "fetched", "excerpt", "duplicates")
"""What a hit has of its document as it is."""
_TITLE_FIELDS = ("title", "title_exact", *_BODY_FIELDS)  # the title stands in `body` too
_Typed = Sequence[tuple[str, Plan, Sequence[Marks]]]
"""Each word of the question, its plan, and what of it is marked in a title and in a text."""


class Hits(Struct, frozen=True):
    """Makes hits of the matches of one question."""

    planned: Planned
    words: IndexVocabulary
    explaining: bool = False
    hidden: frozenset[str] = frozenset()
    """Ids of the documents that a name in the question must not find."""

    def of(self, matches: Sequence[Match], plan: Plan, lacking: bool = False) -> Iterator[Hit]:
        """Of documents that a plan matches; those that lack some words each with those named."""
        if not matches:
            return
        in_title, in_text = _marks(plan)
        typed = [(word, plan, _marks(plan)) for word, plan in self.planned.words if lacking]
        marker = Marker([in_title, *(marks for _, _, (marks, _) in typed)], self.words)
        documents = [without(document_of(match.stored), self.hidden) for match in matches]
        titles = marker.standing_in([document.title for document in documents])
        texts = marker.standing_in([readable(document.text) for document in documents])
        for match, document, title, text in zip(matches, documents, titles, texts, strict=True):
            hit = self._hit(document, match.score, title.spans(in_title), text.spans(in_text))
            if typed:
                is_whole = readable(document.text) is document.text
                whole = text if is_whole else marker.standing_in([document.text])[0]
                hit = structs.replace(hit, missing=_missing(typed, (title, whole), hit.regions))
            yield hit

    def _hit(self, document: Document, score: float, in_title: tuple[Span, ...], in_text: tuple[Span, ...]) -> Hit:
        published = document.published
        return Hit(
            **{name: getattr(document, name) for name in _AS_STORED},
            published=published.value if published else None,
            published_precision=published.precision if published else None,
            year=published.year if published else None,
            regions=_places((*document.regions, *document.further_regions)),
            score=score,
            title_highlights=in_title,
            snippets=tuple(Snippet(text, spans) for text, spans in snippets(document.text, in_text)),
            explanation=explain(document, self.planned, self.words) if self.explaining else (),
        )

    def marked(self, text: str) -> tuple[Span, ...]:
        """Where the words of the question stand in the text of a document."""
        plan = nodes.AnyOf((self.planned.strict, self.planned.partial or nodes.NOTHING))
        return highlight(text, marks_in(plan, _BODY_FIELDS), self.words)


def _marks(plan: Plan) -> tuple[Marks, Marks]:
    """What of a plan is marked in a title and in a text."""
    return marks_in(plan, _TITLE_FIELDS), marks_in(plan, _BODY_FIELDS)


def _missing(typed: _Typed, parts: Sequence[Standing], places: Sequence[Place]) -> tuple[str, ...]:
    """The words that stand neither in the title nor anywhere in the text, but for the places that it is about."""
    about = with_ancestors(place.value for place in places)
    return tuple(
        word
        for word, plan, marks in typed
        if not any(map(Standing.has, parts, marks)) and not any(value.value in about for value in nodes.values(plan))
    )


def without(document: Document, hidden: frozenset[str]) -> Document:
    """A document whose release does not hold those with some ids."""
    if hidden.isdisjoint((document.canonical, *(other.id for other in document.duplicates))):
        return document
    others = tuple(other for other in document.duplicates if other.id not in hidden)
    canonical = None if document.canonical in hidden else document.canonical
    return structs.replace(document, duplicates=others, canonical=canonical)


def _places(regions: Iterable[Region]) -> tuple[Place, ...]:
    about = tuple(Place(region.value, region.label) for region in regions if region.about)
    return about or (Place(NATIONAL, label(NATIONAL)),)

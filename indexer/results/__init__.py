"""The answer: everything that a page, a feed or the terminal shows, and its one JSON shape."""

from collections import UserDict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Self, cast

from msgspec import UNSET, Struct, structs, to_builtins

from indexer.documents import Document, Duplicate
from indexer.queries import Named, Reached, Search

Span = tuple[int, int]
"""Start and end of a highlight in Unicode code points, end exclusive."""


class Snippet(Struct, frozen=True):
    """A piece of a document's text and the highlights in it."""

    text: str
    highlights: tuple[Span, ...] = ()


class Place(Struct, frozen=True):
    """A region that a hit is about."""

    value: str
    label: str


class Hit(Struct, frozen=True, kw_only=True):
    """One document of the answer."""

    id: str
    title: str
    url: str | None
    source: str | None
    kind: str | None
    published: str | None = None
    published_precision: str | None = None
    year: int | None = None
    regions: tuple[Place, ...]
    score: float
    origin: str
    missing: tuple[str, ...] = ()
    """The words of the question that the document lacks; empty for a full match."""
    title_highlights: tuple[Span, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    explanation: tuple[str, ...] = ()
    """Why the document matched, when that was asked for."""
    rights: str | None = None
    fetched: str | None = None
    excerpt: int | None = None
    """Most characters of the text that its publisher lets be shown, where it says so."""
    new_at: str = ""
    """The instant that it was last new here."""


class Found(Struct, frozen=True):
    """One document of the answer, whole, to take along."""

    document: Document
    score: float
    missing: tuple[str, ...] = ()
    """The words of the question that it lacks; empty for a full match."""


class FacetValue(Struct, frozen=True):
    """One value of a facet; `url` is the answer with the value toggled."""

    value: str
    label: str
    count: int
    selected: bool
    url: str
    children: tuple["FacetValue", ...] = ()


class Facets(UserDict[str, Any]):
    """Facets by name, in their order, each as what makes its values; they are made when they are first looked at."""

    def __getitem__(self, name: str) -> tuple[FacetValue, ...]:
        if callable(self.data[name]):
            self.data[name] = self.data[name]()
        return cast(tuple[FacetValue, ...], self.data[name])

    def only(self, names: Collection[str]) -> Self:
        """Some of them."""
        return type(self)({name: made for name, made in self.data.items() if name in names})


class Offer(Named, frozen=True):
    """A place, time or kind that the question names in words, as a filter; `url` chooses it, or undoes what is applied."""

    applied: bool
    """Whether it is chosen already, in place of the words."""
    count: int
    """Documents that have all the other words and are within it."""
    url: str


def all_values(values: Iterable[FacetValue]) -> Iterator[FacetValue]:
    """The values and all that lie below them."""
    for value in values:
        yield value
        yield from all_values(value.children)


class Results(Struct, frozen=True, kw_only=True):
    """The whole answer to one Search. `facets` is in the order of FACETS."""

    query: str
    """The question as typed."""
    search: Search
    """What was answered: the filters that the question named are moved from its text to its filters."""
    interpretation: str
    notes: tuple[str, ...]
    suggestion: str | None = None
    total: int
    total_partial: int
    pages: int
    hits: tuple[Hit, ...]
    facets: Facets
    offers: tuple[Offer, ...] = ()
    widened: bool = False
    """Whether more than the typed words was looked for: synonyms, a place or a correction."""
    besides: tuple[str, ...] = ()
    """What was looked for beside the typed words: their synonyms, as one would type them."""
    asides: tuple[str, ...] = ()
    """Those of the notes that a page can say in short: what was looked for besides, and what follows the hits."""
    reached: Reached | None = None
    """Its last hit; None where nothing follows."""
    hides: bool = False
    """Whether the question holds a name that must not find some documents: then no word of it is offered alone."""


def to_json(results: Results) -> dict[str, Any]:
    """The fixed JSON object of an answer (DESIGN.md, The answer); what only pages show is left out."""
    return dict(to_builtins(encodable(results)))


def encodable(results: Results) -> dict[str, object]:
    """The same for msgspec to encode, which is several times as fast without another copy."""
    shown = {name: getattr(results, name) for name in ("query", "interpretation", "notes", "suggestion", "offers")}
    shown |= {"total": results.total, "total_relaxed": results.total_partial}
    shown |= {"page": results.search.page, "pages": results.pages, "size": results.search.size}
    unsaid = dict.fromkeys(("rights", "fetched", "excerpt", "new_at"), UNSET)
    hits = [structs.replace(hit, **unsaid, explanation=hit.explanation or UNSET) for hit in results.hits]
    return shown | {"hits": hits, "facets": dict(results.facets)}

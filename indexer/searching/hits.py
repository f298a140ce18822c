"""What an answer shows: match + plan -> hit, and counts -> facet values.

A hit is the stored document with its highlights, snippets, what it lacks, and why it matched. Why is said in Swedish sentences:
which word, in which form, where, and what it weighs. Facet values have labels, an order, the tree of regions, and the address
that toggles each.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from indexer.addresses import address, toggling
from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.documents import Document
from indexer.engines import Match
from indexer.facets import FACETS, UNKNOWN, is_month, value_label
from indexer.fields import TITLE_COPIES, document_of
from indexer.metadata.regions.gazetteer import NATIONAL, label, order, parent, with_ancestors
from indexer.planning import Plan, Planned, nodes
from indexer.planning.words import ANYWHERE, derived
from indexer.queries import Search
from indexer.results import FacetValue, Hit, Place, Results, Snippet, Span
from indexer.searching.highlights import Marker, Marks, Standing, highlight, marks_in, readable
from indexer.searching.snippets import snippets
from indexer.swedish.lexemes import listed
from indexer.swedish.words import INSIDE

_TEXT_FIELDS, _INSIDE = ("body", "body_exact"), ("decompounded",)
_BODY_FIELDS = (*_TEXT_FIELDS, *_INSIDE)
_TITLE_FIELDS = ("title", "title_exact", *_BODY_FIELDS)  # the title stands in `body` too
_AS_STORED = ("id", "title", "url", "source", "kind", "origin", "rights", "fetched", "excerpt", "new_at", "duplicates")
"""What a hit has of its document as it is."""
_Typed = Sequence[tuple[str, Plan, Sequence[Marks]]]
"""Each word of the question, its plan, and what of it is marked in a title and in a text."""
_PLACES = (("title", "i rubriken", ("title", "title_exact"), TITLE_COPIES), ("text", "i texten", _TEXT_FIELDS, 0))
"""Part of a document, what it is called, the fields of its words, and how many times these stand before the text as well."""
_Made = Callable[..., FacetValue]
"""Value, count and children -> the value as it is shown."""
_FORMS = 5
"""Different forms of a word that are named."""


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
        texts = [readable(document.text) for document in documents]
        standing = marker.standing_in([*(document.title for document in documents), *texts])
        for match, document, title, text in zip(matches, documents, standing, standing[len(texts) :], strict=False):
            is_whole = not typed or readable(document.text) is document.text
            whole = text if is_whole else marker.standing_in([document.text])[0]
            hit = self._hit(document, match.score, title.spans(in_title), text.spans(in_text))
            yield structs.replace(hit, missing=_missing(typed, (title, whole), hit.regions)) if typed else hit

    def _hit(self, document: Document, score: float, in_title: tuple[Span, ...], in_text: tuple[Span, ...]) -> Hit:
        day, regions = document.published, (*document.regions, *document.further_regions)
        stated: dict[str, Any] = {name: getattr(document, name) for name in _AS_STORED}
        stated |= dict(published=day.value, published_precision=day.precision, year=day.year) if day else {}
        about = tuple(Place(region.value, region.label) for region in regions if region.about)
        stated |= dict(score=score, title_highlights=in_title, regions=about or (Place(NATIONAL, label(NATIONAL)),))
        shown = tuple(Snippet(text, spans) for text, spans in snippets(document.text, in_text))
        why = explain(document, self.planned, self.words) if self.explaining else ()
        return Hit(**stated, snippets=shown, explanation=why)

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
    unsaid = ((word, plan) for word, plan, marks in typed if not any(map(Standing.has, parts, marks)))
    return tuple(word for word, plan in unsaid if not any(value.value in about for value in nodes.values(plan)))


def without(document: Document, hidden: frozenset[str]) -> Document:
    """A document whose release does not hold those with some ids."""
    others = tuple(other for other in document.duplicates if other.id not in hidden)
    canonical = None if document.canonical in hidden else document.canonical
    return structs.replace(document, duplicates=others, canonical=canonical)


def explain(document: Document, planned: Planned, words: IndexVocabulary) -> tuple[str, ...]:
    """One sentence for each typed word that the document has, itself or by a derivation, in the order typed."""
    return tuple(filter(None, (_sentence(document, typed, plan, planned, words) for typed, plan in planned.words)))


def had_instead(planned: Planned, named: bool) -> str:
    """What documents have that lack some of a question's words; the most frequent other words of its stem, where it is one word.

    They are not named where a document is hidden for a name: it may be the only one that has them.
    """
    if len(planned.words) > 1 or not planned.derivations:
        return "en del av orden"
    others = next(iter(planned.derivations.values()))[:3]
    written = [other.capitalize() if other.endswith(INSIDE) else other for other in others]
    return f"närstående ord ({listed(written, 'och')})" if named else "närstående ord"


def in_place(results: Results, corrected: Results) -> Results:
    """The answer to a correction, and why, where there is nothing else to show."""
    correction, search = corrected.search.query, results.search
    which = "Inga dokument inom filtren" if search.filters else "Inga dokument"
    note = f"Visar träffar för ”{correction}”. {which} har ”{search.query}”."
    return structs.replace(corrected, suggestion=correction, notes=(note, *corrected.notes), widened=True)


def _sentence(document: Document, typed: str, plan: Plan, planned: Planned, words: IndexVocabulary) -> str:
    """Of a word that stands in the document, or that the document is about, else of other words of its stem."""
    places, meant = list[str](), dict[str, None]()
    for part, place, fields, copies in _PLACES:
        whole = _forms(getattr(document, part), plan, fields, words)
        inside = _forms(getattr(document, part), plan, _INSIDE, words)
        meant |= dict.fromkeys(form for form in whole if form != form.lower() and form not in typed)
        if whole:
            weight = _heaviest(plan, fields) + copies * _heaviest(plan, _TEXT_FIELDS)
            places.append(f"{place} {_counted(whole)}, vikt {_number(weight)}")
        if inside:
            places.append(f"som del av ord {place} {_counted(inside)}, vikt {_number(_heaviest(plan, _INSIDE))}")
    also = f" (även {listed(list(meant), 'och')})" if meant else ""
    # Of a place: the regions that it stands for.
    facets = ((FACETS[node.facet], node.value) for node in nodes.values(plan))
    about = listed([value_label(facet, value) for facet, value in facets if value in facet.values_of(document)], "och")
    stands = f"”{typed}”{also} står {'; '.join(places)}." if places else ""
    told = " ".join(filter(None, (stands, f"Texten handlar om {about}." if about else "")))
    return told or _sentence_of_derivations(document, typed, planned.derivations.get(typed, ()), words)


def _sentence_of_derivations(document: Document, typed: str, others: Sequence[str], words: IndexVocabulary) -> str:
    plan = nodes.AnyOf(tuple(derived(other, ANYWHERE) for other in others))
    found = [(place, _forms(getattr(document, part), plan, _BODY_FIELDS, words)) for part, place, _, _ in _PLACES]
    places = [f"{place} {_counted(forms)}" for place, forms in found if forms]
    weight = _number(_heaviest(plan, _BODY_FIELDS))
    return f"”{typed}” saknas, men närstående ord står {'; '.join(places)}, vikt {weight}." if places else ""


def _forms(text: str, plan: Plan, fields: tuple[str, ...], words: IndexVocabulary) -> Counter[str]:
    """As they are written where capitals tell them apart, else in small letters."""
    marks = marks_in(plan, fields)
    shown = readable(text)
    found = (_word_around(shown, start, end) for start, end in highlight(text, marks, words))
    told = marks.forms | marks.terms | marks.parts
    return Counter(word if not told.isdisjoint((word, word.removesuffix("s"))) else word.lower() for word in found)


def _word_around(text: str, start: int, end: int) -> str:
    """The whole written word that a span stands in."""
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return " ".join(text[start:end].split())


def _counted(forms: Counter[str]) -> str:
    """How many times a word stands somewhere, and in which forms."""
    times = "en gång" if forms.total() == 1 else f"{forms.total()} gånger"
    named = ", ".join(form for form, _ in forms.most_common(_FORMS))
    return f"{times} ({named}{' …' if len(forms) > _FORMS else ''})"


def _heaviest(plan: Plan, fields: tuple[str, ...]) -> float:
    terms = (leaf for leaf in nodes.leaves(plan, bonus=True) if isinstance(leaf, nodes.Term))
    return max((term.weight for term in terms if term.field in fields), default=0.0)


def _number(weight: float) -> str:
    return f"{weight:.2g}".replace(".", ",")


def facet_values(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """The values of a facet as they are shown; chosen ones also at 0."""
    shown = {value: counts.get(value, 0) for value in (*counts, *search.filters.values(facet))}
    made = _made(facet, search)
    if FACETS[facet].tree:
        return _tree(shown, made)
    if FACETS[facet].aspect == "time":
        return _years(facet, shown, search, made)
    return tuple(made(value, shown[value]) for value in sorted(shown, key=lambda value: (-shown[value], value)))


def _years(facet: str, counts: Mapping[str, int], search: Search, made: _Made) -> tuple[FacetValue, ...]:
    """Years, newest first and unknown last; of the only chosen year, its months, each in place of what is chosen."""
    chosen = {value.partition("-")[0] for value in search.filters.values(facet)}
    years = {value.partition("-")[0] for value in counts}
    months = {year: tuple(_months(facet, year, counts, search)) for year in years if chosen == {year}}
    newest_first = sorted(years, key=lambda year: (year != UNKNOWN, year), reverse=True)
    return tuple(made(year, counts.get(year, 0), months.get(year, ())) for year in newest_first)


def _months(facet: str, year: str, counts: Mapping[str, int], search: Search) -> Iterator[FacetValue]:
    for month in sorted(month for month in counts if is_month(month) and month.startswith(year)):
        selected = month in search.filters.values(facet)
        url = address(search, filters=search.filters.with_values(facet, (year if selected else month,)))
        yield FacetValue(month, value_label(FACETS[facet], month), counts[month], selected, url)


def _tree(counts: Mapping[str, int], made: _Made) -> tuple[FacetValue, ...]:
    """Regions under the region they lie in; the fullest first."""
    below: dict[str | None, list[str]] = {}
    # All that they lie in is counted too, but for what is only chosen.
    for region in counts if min(counts.values(), default=0) else with_ancestors(counts):
        below.setdefault(parent(region), []).append(region)

    def branch(above: str | None) -> tuple[FacetValue, ...]:
        values = sorted(below[above], key=lambda value: (-counts.get(value, 0), order(value)))
        return tuple(made(value, counts.get(value, 0), branch(value) if value in below else ()) for value in values)

    return branch(None) if below else ()


def facet_value(facet: str, value: str, count: int, search: Search) -> FacetValue:
    """A value of a facet as it is shown beside the answer to a Search."""
    return _made(facet, search)(value, count)


def _made(facet: str, search: Search) -> _Made:
    chosen, address_of = search.filters.values(facet), toggling(search, facet)

    def made(value: str, count: int, children: tuple[FacetValue, ...] = ()) -> FacetValue:
        return FacetValue(value, value_label(FACETS[facet], value), count, value in chosen, address_of(value), children)

    return made

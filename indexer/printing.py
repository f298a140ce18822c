"""Results and Documents -> lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from indexer.documents import Document
from indexer.results import FacetValue, Hit, Results, Span

_FACET_NAMES = {"region": "Region", "year": "År", "source": "Källa", "kind": "Typ"}
_VALUES_SHOWN = 8


def lines_of(results: Results) -> Iterator[str]:
    """An answer: how it was read, the hits, and the facets."""
    yield f"{results.total} träffar: {results.interpretation}"
    yield from results.notes
    for hit in results.hits:
        yield ""
        yield from _hit_lines(hit)
    yield ""
    for facet, values in results.facets.items():
        yield f"{_FACET_NAMES[facet]}: {_facet_line(values)}"
    yield f"Sida {results.search.page} av {results.pages}"


def reading_lines(document: Document) -> Iterator[str]:
    """How a source was read, with the evidence."""
    published = document.published
    yield document.id
    yield f"  rubrik: {document.title}"
    yield f"  källa: {document.source or 'okänd'}"
    yield f"  datum: {f'{published.value} ({published.evidence})' if published else 'okänt'}"
    for region in document.regions:
        yield f"  {'handlar om' if region.about else 'nämner'} {region.label}: {region.evidence}"
    yield f"  bortlämnade rader: {len(document.boilerplate)}"


def _hit_lines(hit: Hit) -> Iterator[str]:
    yield _bold(hit.title, hit.title_highlights, base=True)
    date = hit.published if hit.published_precision == "day" else (hit.published or "okänt datum")[: _shown(hit)]
    places = ", ".join(place.label for place in hit.regions)
    yield "  " + " · ".join(part for part in (hit.source, date, places, hit.id) if part)
    for snippet in hit.snippets:
        yield "  " + _bold(snippet.text, snippet.highlights).replace("\n", " ")
    if hit.missing:
        yield f"  saknar: {', '.join(hit.missing)}"


def _shown(hit: Hit) -> int | None:
    """How much of an ISO date its precision covers."""
    return {"month": 7, "year": 4}.get(hit.published_precision or "")


def _bold(text: str, spans: Sequence[Span], base: bool = False) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [
            click.style(text[last:start], underline=base or None),
            click.style(text[start:end], bold=True),
        ]
        last = end
    return "".join((*pieces, click.style(text[last:], underline=base or None)))


def _facet_line(values: Iterable[FacetValue]) -> str:
    flat = list(_flat(values))
    rest = len(flat) - _VALUES_SHOWN
    shown = ", ".join(f"{value.label} {value.count}" for value in flat[:_VALUES_SHOWN])
    return shown + (f" … och {rest} till" if rest > 0 else "")


def _flat(values: Iterable[FacetValue]) -> Iterator[FacetValue]:
    for value in values:
        yield value
        yield from _flat(value.children)

"""What the terminal shows and gives: answers as lines, progress, standard input."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import click

from indexer.addresses import search_from
from indexer.facets import FACETS
from indexer.metadata.dates import DATE_PARTS, known_parts
from indexer.results import FacetValue, Hit, Offer, Results, Span, all_values
from indexer.swedish.lexemes import listed

if TYPE_CHECKING:
    from indexer.crawling import Report, Visit
    from indexer.indexing.curating import Added, Operator

_VALUES_SHOWN = 8
_VISIT = "{:<18.18} {:>6} {:>4} {:>4} {:>5} {:>4} {:>5} {:>5} {:>5} {:>10} {:>4}"
"""80 columns."""
_VISIT_HEADS = ("källa", "frågat", "nya", "ändr", "lika", "bort", "flytt", "nekat", "fel", "senast", "tyst")
"""Requests; addresses by what became of them; the last day that it answered; months without anything new."""


def lines_of(results: Results) -> Iterator[str]:
    """An answer: how it was read, the hits, and the facets."""
    yield f"{results.total} {'träff' if results.total == 1 else 'träffar'}: {results.interpretation}"
    yield from results.notes
    if applied := [f"”{offer.text}”" for offer in results.offers if offer.applied]:
        yield f"Med --literal söks {listed(applied, 'och')} som ord."
    yield from (_offer_line(offer) for offer in results.offers if not offer.applied)
    for hit in results.hits:
        yield ""
        yield from lines_of_hit(hit)
    yield ""
    for facet, values in results.facets.items():
        yield f"{FACETS[facet].label}: {_facet_line(values)}"
    yield f"Sida {results.search.page} av {results.pages}"


def lines_of_added(added: Added) -> Iterator[str]:
    """What became of each document that was added, and how many of each."""
    lists = {"added": added.added, "updated": added.updated, "unchanged": added.unchanged}
    for verdict, ids in lists.items():
        yield from (f"{verdict} {id}" for id in ids)
    numbers = ", ".join(f"{verdict} {len(ids)}" for verdict, ids in lists.items())
    yield f"{numbers}, refused {len(added.refused)}"


def lines_of_visits(visits: Mapping[str, Visit]) -> Iterator[str]:
    """What the last crawl of each source did: a table of at most 80 columns, then why, each time with a few addresses."""
    from indexer.crawling import OUTCOMES

    yield _VISIT.format(*_VISIT_HEADS)
    for key, visit in visits.items():
        silent = "" if visit.months_silent is None else visit.months_silent
        yield _VISIT.format(key, visit.asked, *visit.counts.values(), visit.last_success or "aldrig", silent)
    for key, visit in visits.items():
        for reason in visit.reasons:
            yield f"{key}: {OUTCOMES[reason.outcome].label} {reason.count}: {reason.reason}"
            yield from (f"  {url}" for url in reason.examples)


def lines_of_trial(report: Report) -> Iterator[str]:
    """What a page of each source gives; those that gave none are named as all refusals are."""
    for line in (line for line in report.lines if line["outcome"] == "tried"):
        title = "".join(filter(str.isprintable, line["title"]))
        yield f"{line['site']}: {line['status']} {line['url']} {title}; {line['links']} länkar följs."
        yield from (f"  flöde {url}" for url in line["feeds"])
        yield from (f"  webbplatskarta {url}" for url in line["sitemaps"])


def _offer_line(offer: Offer) -> str:
    """What of the question may be a filter, and what to write then, with all that is chosen already."""
    search, _ = search_from(parse_qsl(urlsplit(offer.url).query))
    period = search.filters.period
    words = [search.query]
    for facet, value in ((FACETS[name], value) for name, values in search.filters.chosen for value in values):
        if facet.folded:
            words[0] += f" {facet.word}:{value}"
        else:
            words += (f"--{facet.name}", value)
    if period.first or period.last:
        words += ("--year", f"{period.first or ''}..{period.last or ''}")
    words += ("--since", period.since) if period.since else ()
    number = f"{offer.count} {'träff' if offer.count == 1 else 'träffar'}"
    return f"Menar du {offer.label} med ”{offer.text}”? {shlex.join(words)} ger {number}."


def lines_of_hit(hit: Hit) -> Iterator[str]:
    """A hit: its title, whose it is and from when, and pieces of it."""
    yield _bold(hit.title, hit.title_highlights, base=True)
    places = ", ".join(place.label for place in hit.regions)
    yield "  " + " · ".join(part for part in (hit.source, _date(hit), places, hit.id) if part)
    for snippet in hit.snippets:
        yield "  " + _bold(snippet.text, snippet.highlights).replace("\n", " ")
    for sentence in hit.explanation:
        yield f"  {sentence}"
    if hit.missing:
        yield f"  saknar: {', '.join(hit.missing)}"


def _date(hit: Hit) -> str:
    """The known part of its ISO date; an estimate is said to be one."""
    known = "-".join(known_parts(hit.published, hit.published_precision))
    return known if hit.published_precision in DATE_PARTS else f"omkring {known}" if known else "utan datum"


def _bold(text: str, spans: Sequence[Span], base: bool = False) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [click.style(text[last:start], underline=base or None), click.style(text[start:end], bold=True)]
        last = end
    return "".join((*pieces, click.style(text[last:], underline=base or None)))


def _facet_line(values: Iterable[FacetValue]) -> str:
    flat = list(all_values(values))
    rest = len(flat) - _VALUES_SHOWN
    shown = ", ".join(f"{value.label} {value.count}" for value in flat[:_VALUES_SHOWN])
    return shown + (f" … och {rest} till" if rest > 0 else "")


@contextmanager
def standard_input(sources: Sequence[str]) -> Iterator[list[str]]:
    """The sources, with - as a file that holds what stands on standard input."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inmatning"
        if "-" in sources:
            with path.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        yield [str(path) if source == "-" else source for source in sources]


@contextmanager
def progress_on(as_json: bool = False) -> Iterator[Operator]:
    """Who runs a command, shown commits as JSON lines on stdout; how far it has come and the time left on stderr where that is a terminal."""
    from rich import progress as bars
    from rich.console import Console

    from indexer.indexing.curating import Operator

    console = Console(stderr=True)
    columns = ("{task.description}", bars.BarColumn(), bars.TaskProgressColumn(), bars.TimeRemainingColumn(), "kvar")
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Läser corpus …", total=None)

        def committed(documents: int) -> None:
            if as_json:
                print(json.dumps({"committed": documents}), flush=True)
            bar.update(task, description=f"{documents} dokument i indexet")

        yield Operator(
            waiting=lambda: click.echo("regionsok: En annan körning skriver i indexet; väntar på den.", err=True),
            read=lambda done, all: bar.update(task, completed=done, total=all),
            committed=committed,
        )

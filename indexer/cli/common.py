"""What commands need: the group, the common options, the log, standard input, progress, and how they say what was found or failed."""

from __future__ import annotations

import json
import logging
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial, wraps
from itertools import chain, cycle, pairwise
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import click

import indexer
from indexer.swedish.lexemes import listed

FAILED, WRONG_USAGE, REFUSED = 1, 2, 3
FILE, FOLDER = click.Path(dir_okay=False, path_type=Path), click.Path(file_okay=False, path_type=Path)
"""What an option that names a file or a folder takes."""
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
"""What every record has; all else was given in `extra`."""
_VALUES_SHOWN = 8
_VISIT = "{:<18.18} {:>6} {:>4} {:>4} {:>5} {:>4} {:>5} {:>5} {:>5} {:>10} {:>4}"
"""80 columns."""
_VISIT_HEADS = ("källa", "frågat", "nya", "ändr", "lika", "bort", "flytt", "nekat", "fel", "senast", "tyst")
"""Requests; addresses by what became of them; the last day that it answered; months without anything new."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regionsok")
def cli() -> None:
    """Regionsök: sök i svenska nyheter om regional utveckling."""


def fail(sentence: str, status: int = FAILED) -> NoReturn:
    """One sentence on stderr, and exit 1 unless another status is given."""
    click.echo(f"regionsok: {sentence}", err=True)
    raise SystemExit(status)


SETTINGS = (
    click.Option(["--corpus"], type=FOLDER, help="Mappen med dokumenten."),
    click.Option(["--index"], type=FOLDER, help="Mappen med indexet."),
    click.Option(["--engine"], type=click.Choice(indexer.ENGINES), help="Sökmotor."),
    click.Option(["--verbose", "-v"], is_flag=True, help="Skriv på stderr vad som görs och varför."),
    click.Option(["--config"], type=FILE, help="Inställningsfil (regionsok.toml)."),
)
"""What every command takes."""
AS_JSON = click.Option(["--json", "as_json"], is_flag=True, help="Skriv JSON.")


def command(*options: click.Option, group: click.Group = cli) -> Callable[[Callable[..., None]], click.Command]:
    """A command with SETTINGS, read into one, and the options given; with --verbose the log goes to stderr."""

    def made(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def run(verbose: bool, config: Path | None, **rest: Any) -> None:
            stated = {name: rest.pop(name) for name in ("corpus", "index", "engine")}
            with logging_to_stderr(verbose):
                function(indexer.load_settings(config, **stated), **rest)

        return group.command(params=[*SETTINGS, *options])(run)

    return made


def end(refusals: Iterable[indexer.Refusal]) -> None:
    """Name every refused input; exit 3 where there is one."""
    if named := [f"{refusal.origin}: {refusal.reason}" for refusal in refusals]:
        fail("\nregionsok: ".join(named), REFUSED)


def say(value: object, lines: Iterable[str], as_json: bool, refusals: Iterable[indexer.Refusal] = ()) -> None:
    """What a command did, one value for programs or lines for people, and how it ends."""
    for line in (json.dumps(value, ensure_ascii=False),) if as_json else lines:
        click.echo(line)
    end(refusals)


def print_json(value: object, as_json: bool = True) -> None:
    """JSON on one line for programs, indented for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2))


@contextmanager
def logging_to_stderr(verbose: bool) -> Iterator[None]:
    """The product's own log as lines on stderr, or nowhere; other packages are not heard."""
    handler: logging.Handler = logging.StreamHandler() if verbose else logging.NullHandler()
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    with ExitStack() as listening:
        for logger in map(logging.getLogger, ("indexer", "webapp")):
            logger.addHandler(handler)
            logger.setLevel(logging.INFO if verbose else logging.NOTSET)
            listening.callback(logger.removeHandler, handler)
        yield


class _Line(logging.Formatter):
    """`time level logger message key=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """A value is quoted as in JSON where it would not stay one word on one line."""
        fields = [f"{name}={_word(str(value))}" for name, value in vars(record).items() if name not in _STANDARD]
        return " ".join([super().format(record), *fields])


def _word(text: str) -> str:
    plain = text.isprintable() and not {" ", '"', "="} & {*text}
    return text if text and plain else json.dumps(text, ensure_ascii=not text.isprintable())


def lines_of(results: indexer.Results) -> Iterator[str]:
    """An answer: how it was read, the hits, and the facets."""
    yield f"{results.total} {'träff' if results.total == 1 else 'träffar'}: {results.interpretation}"
    yield from results.notes
    if applied := [f"”{offer.text}”" for offer in results.offers if offer.applied]:
        yield f"Med --literal söks {listed(applied, 'och')} som ord."
    yield from (_offer_line(offer) for offer in results.offers if not offer.applied)
    for hit in results.hits:
        yield from ("", *lines_of_hit(hit))
    facets = (f"{indexer.FACETS[facet].label}: {_facet_line(values)}" for facet, values in results.facets.items())
    page, pages = results.search.page, results.pages
    beyond = f"Svaret har bara {pages} {'sida' if pages == 1 else 'sidor'}."
    yield from ("", *facets, f"Sida {page} av {pages}" if page <= pages else beyond)


def lines_of_added(added: indexer.Added) -> Iterator[str]:
    """What became of each document that was added, and how many of each."""
    lists = {"added": added.added, "updated": added.updated, "unchanged": added.unchanged}
    yield from (f"{verdict} {id}" for verdict, ids in lists.items() for id in ids)
    yield ", ".join(f"{verdict} {len(ids)}" for verdict, ids in (lists | {"refused": added.refused}).items())


def lines_of_visits(visits: Mapping[str, indexer.Visit]) -> Iterator[str]:
    """What the last crawl of each source did: a table of at most 80 columns, then why, each time with a few addresses."""
    yield _VISIT.format(*_VISIT_HEADS)
    for key, visit in visits.items():
        silent = "" if visit.months_silent is None else visit.months_silent
        yield _VISIT.format(key, visit.asked, *visit.counts.values(), visit.last_success or "aldrig", silent)
    for key, visit in visits.items():
        for reason in visit.reasons:
            yield f"{key}: {indexer.OUTCOMES[reason.outcome].label} {reason.count}: {reason.reason}"
            yield from (f"  {url}" for url in reason.examples)


def lines_of_trial(report: indexer.Report) -> Iterator[str]:
    """What a page of each source gives; those that gave none are named as all refusals are."""
    for line in (line for line in report.lines if line["outcome"] == "tried"):
        title = "".join(filter(str.isprintable, line["title"]))
        yield f"{line['site']}: {line['status']} {line['url']} {title}; {line['links']} länkar följs."
        yield from (f"  flöde {url}" for url in line["feeds"])
        yield from (f"  webbplatskarta {url}" for url in line["sitemaps"])


def _offer_line(offer: indexer.Offer) -> str:
    """What of the question may be a filter, and what to write then, with all that is chosen already."""
    search, _ = indexer.search_from(parse_qsl(urlsplit(offer.url).query))
    period = search.filters.period
    chosen = [(indexer.FACETS[name], value) for name, values in search.filters.chosen for value in values]
    words = [" ".join([search.query, *(f"{facet.word}:{value}" for facet, value in chosen if facet.folded)])]
    words += (word for facet, value in chosen if not facet.folded for word in (f"--{facet.name}", value))
    words += ("--year", f"{period.first or ''}..{period.last or ''}") if period.first or period.last else ()
    words += ("--since", period.since) if period.since else ()
    number = f"{offer.count} {'träff' if offer.count == 1 else 'träffar'}"
    return f"Menar du {offer.label} med ”{offer.text}”? {shlex.join(words)} ger {number}."


def lines_of_hit(hit: indexer.Hit) -> Iterator[str]:
    """A hit: its title, whose it is and from when, and pieces of it."""
    yield _bold(hit.title, hit.title_highlights, base=True)
    places = ", ".join(place.label for place in hit.regions)
    yield "  " + " · ".join(part for part in (hit.source, _date(hit), places, hit.id) if part)
    pieces = (_bold(snippet.text, snippet.highlights).replace("\n", " ") for snippet in hit.snippets)
    yield from (f"  {line}" for line in (*pieces, *hit.explanation))
    if hit.missing:
        yield f"  saknar: {', '.join(hit.missing)}"


def _date(hit: indexer.Hit) -> str:
    """The known part of its ISO date; an estimate is said to be one."""
    known = "-".join(indexer.known_parts(hit.published, hit.published_precision))
    return known if hit.published_precision in indexer.DATE_PARTS else f"omkring {known}" if known else "utan datum"


def _bold(text: str, spans: Sequence[indexer.Span], base: bool = False) -> str:
    plain, bold = partial(click.style, underline=base or None), partial(click.style, bold=True)
    pieces = zip(cycle((plain, bold)), pairwise((0, *chain.from_iterable(spans), len(text))), strict=False)
    return "".join(style(text[start:end]) for style, (start, end) in pieces)


def _facet_line(values: Iterable[indexer.FacetValue]) -> str:
    flat = list(indexer.all_values(values))
    shown = ", ".join(f"{value.label} {value.count}" for value in flat[:_VALUES_SHOWN])
    return f"{shown} … och {len(flat) - _VALUES_SHOWN} till" if len(flat) > _VALUES_SHOWN else shown


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
def progress_on(as_json: bool = False) -> Iterator[indexer.Operator]:
    """Who runs a command, shown commits as JSON lines on stdout; how far it has come and the time left on stderr where that is a terminal."""
    from rich import progress as bars
    from rich.console import Console

    console = Console(stderr=True)
    columns = ("{task.description}", bars.BarColumn(), bars.TaskProgressColumn(), bars.TimeRemainingColumn(), "kvar")
    # What programs read would go to the terminal too.
    hidden, seen = not console.is_terminal, sys.stdout.isatty()
    with bars.Progress(*columns, console=console, transient=True, disable=hidden, redirect_stdout=seen) as bar:
        task = bar.add_task("Läser corpus …", total=None)

        def committed(documents: int) -> None:
            if as_json:
                print(json.dumps({"committed": documents}), flush=True)
            bar.update(task, description=f"{documents} dokument i indexet")

        yield indexer.Operator(
            waiting=lambda: click.echo("regionsok: En annan körning skriver i indexet; väntar på den.", err=True),
            read=lambda done, all: bar.update(task, completed=done, total=all),
            committed=committed,
        )

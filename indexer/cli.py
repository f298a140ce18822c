"""The commands. Data goes to stdout, progress and faults to stderr; nothing is computed here.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were refused.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from indexer.faults import Fault
from indexer.printing import lines_of, lines_of_added, lines_of_scores, progress_on, standard_input
from indexer.settings import ENGINES, Settings, load_settings

if TYPE_CHECKING:
    from indexer.documents import Refusal

FAILED, REFUSED = 1, 3
_PACKAGES = {"whoosh": "whoosh-reloaded", "bs4": "beautifulsoup4"}  # import name -> package name


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regionsok")
def cli() -> None:
    """Regionsök: sök i svenska nyheter om regional utveckling."""


def main() -> None:
    """The entry point: every fault becomes one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        cli()
    except Fault as fault:
        _fail(str(fault))
    except ImportError as error:
        name = (error.name or str(error)).partition(".")[0]
        _fail(f"Paketet {_PACKAGES.get(name, name)} behövs men går inte att läsa in; installera det och försök igen.")
    except sqlite3.DatabaseError as error:
        _fail(f"Indexets katalog går inte att läsa ({error}); kör regionsok index --rebuild.")
    except OSError as error:
        _fail(f"{error.filename or 'Filsystemet'}: {error.strerror or error}; kontrollera rättigheter och utrymme.")


def _fail(sentence: str) -> NoReturn:
    click.echo(f"regionsok: {sentence}", err=True)
    raise SystemExit(FAILED)


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command takes, read into one Settings."""

    @wraps(command)
    def run(corpus: Path | None, index: Path | None, engine: str | None, config: Path | None, **rest: object) -> None:
        command(load_settings(config, corpus=corpus, index=index, engine=engine), **rest)

    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option(
            "--config", type=click.Path(dir_okay=False, path_type=Path), help="Inställningsfil (regionsok.toml)."
        ),
        click.option("--engine", type=click.Choice(ENGINES), help="Sökmotor."),
        click.option("--index", type=folder, help="Mappen med indexet."),
        click.option("--corpus", type=folder, help="Mappen med dokumenten."),
    ):
        run = option(run)
    return run


_as_json = click.option("--json", "as_json", is_flag=True, help="Skriv JSON.")


@cli.command()
@_with_settings
@click.option("--rebuild", is_flag=True, help="Bygg om allt.")
@_as_json
def index(settings: Settings, rebuild: bool, as_json: bool) -> None:
    """Läs det som ändrats i corpus/ och uppdatera index/."""
    from indexer.building import build

    with progress_on(as_json) as progress:
        built = build(settings, rebuild, progress)
    if not as_json:
        click.echo(f"{built.documents} dokument i indexet.")
    _end(built.refusals)


@cli.command()
@_with_settings
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--url", help="Dokumentets adress.")
@click.option("--date", help="När det publicerades.")
@click.option("--publisher", help="Vem som publicerade det.")
@click.option("--title", help="Dokumentets rubrik.")
@_as_json
def add(settings: Settings, sources: Sequence[str], as_json: bool, **stated: str | None) -> None:
    """Lägg filer eller mappar (- för standard in) i corpus/ och indexera dem."""
    from indexer.building.adding import add as add_all

    given = {name: value for name, value in stated.items() if value is not None}
    if len(sources) > 1 and given.keys() & {"url", "title"}:
        raise click.UsageError("--url och --title gäller ett dokument; ange en källa.")
    with standard_input(sources) as named, progress_on() as progress:
        added = add_all(settings, named, given, progress)
    if as_json:
        _print(asdict(added))
    for line in () if as_json else lines_of_added(added):
        click.echo(line)
    _end(added.refused)


@cli.command()
@_with_settings
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@_as_json
def read(settings: Settings, sources: Sequence[str], as_json: bool) -> None:
    """Visa hur källor läses, utan att spara något."""
    from indexer.building.adding import read_sources
    from indexer.documents import Refusal, to_json

    refusals = []
    with standard_input(sources) as named:
        for item in read_sources(settings, named):
            if isinstance(item, Refusal):
                refusals.append(item)
            else:
                _print(to_json(item), as_json)
    _end(refusals)


@cli.command()
@_with_settings
@click.argument("query")
@click.option("--region", "region", multiple=True, help="Län, kommun eller riksområde; kan upprepas.")
@click.option("--year", "years", multiple=True, help="År, 2018..2020 eller okant; kan upprepas.")
@click.option("--source", "kalla", multiple=True, help="Källa; kan upprepas.")
@click.option("--kind", "typ", multiple=True, help="Typ av dokument; kan upprepas.")
@click.option("--sort", default="relevans", type=click.Choice(("relevans", "nyast", "aldst")), help="Ordning.")
@click.option("--page", default=1, type=click.IntRange(min=1), help="Sida.")
@click.option("--size", default=10, type=click.IntRange(1, 100), help="Träffar per sida.")
@click.option("--explain", is_flag=True, help="Säg varför varje dokument är med.")
@click.option("--literal", is_flag=True, help="Bara orden som de står: inga synonymer, ingen rättning.")
@_as_json
def search(settings: Settings, query: str, as_json: bool, **asked_for: Any) -> None:
    """Sök. En tom fråga visar allt, nyast först."""
    from indexer.addresses import search_from
    from indexer.results import to_json
    from indexer.searching import Searcher

    asked, faults = search_from([("q", query), *_parameters(**asked_for)])
    if faults:
        raise click.UsageError(" ".join(faults))
    results = Searcher(settings).search(asked)
    if as_json:
        _print(to_json(results))
    else:
        for line in lines_of(results):
            click.echo(line)


def _parameters(
    years: Sequence[str], literal: bool, explain: bool, sort: str, page: int, size: int, **chosen: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The options of a search as the parameters of an address."""
    yield from (("sortera", sort), ("sida", str(page)), ("antal", str(size)))
    yield from (("ordagrant", "ja" if literal else ""), ("forklara", "ja" if explain else ""))
    for facet, values in chosen.items():
        yield from ((facet, value) for value in values)
    for year in years:
        first, between, last = year.partition("..")
        yield from (("fran", first), ("till", last)) if between else (("ar", year),)


@cli.command()
@_with_settings
@click.option("--documents", required=True, type=click.Path(path_type=Path), help="JSON Lines, också komprimerade.")
@click.option("--queries", required=True, type=click.Path(path_type=Path), help="Bedömda frågor, JSON Lines.")
@click.option(
    "--against", type=click.Path(dir_okay=False, path_type=Path), help="En annan inställningsfil att jämföra med."
)
@click.option("--verbose", is_flag=True, help="Visa varje fråga.")
@_as_json
def evaluate(
    settings: Settings, documents: Path, queries: Path, against: Path | None, verbose: bool, as_json: bool
) -> None:
    """Mät hur bra ordningen är: bedömda frågor mot en samling."""
    from indexer import evaluating

    found = evaluating.evaluate(settings, documents, queries)
    for line in lines_of_scores(found) if verbose else ():
        click.echo(line, err=as_json)
    figures = found.to_json()
    if against:
        other = evaluating.evaluate(load_settings(against), documents, queries)
        change, low, high = evaluating.difference(found, other)
        figures["against"] = {**other.to_json(), "difference": [round(value, 4) for value in (change, low, high)]}
    _print(figures, as_json)


@cli.command()
@_with_settings
@click.argument("id")
def show(settings: Settings, id: str) -> None:
    """Visa ett dokument som JSON."""
    from indexer.documents import to_json
    from indexer.searching import Searcher

    document = Searcher(settings).document(id)
    if document is None:
        _fail(f"Dokumentet {id} finns inte i indexet; sök efter det eller kontrollera id.")
    _print(to_json(document))


@cli.command()
@_with_settings
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(settings: Settings, ids: Sequence[str]) -> None:
    """Ta bort dokument ur indexet; filerna ligger kvar i corpus/."""
    from indexer.building import remove as remove_all
    from indexer.documents import Refusal

    with progress_on() as progress:
        unknown = remove_all(settings, ids, progress)
    for id in [id for id in ids if id not in unknown]:
        click.echo(f"removed {id}")
    _end([Refusal(id, "Dokumentet finns inte i indexet.") for id in unknown])


@cli.command()
@_with_settings
@click.option("--aliases", is_flag=True, help="Andra namn som dokumenten själva ger, att ta in bland synonymerna.")
@_as_json
def status(settings: Settings, aliases: bool, as_json: bool) -> None:
    """Visa vad indexet innehåller."""
    from indexer.building import checking

    if not aliases:
        return _print(asdict(checking.status(settings)), as_json)
    _print([{**asdict(alias), "documents": number} for alias, number in checking.aliases(settings)], as_json)


@cli.command()
@_with_settings
@_as_json
def check(settings: Settings, as_json: bool) -> None:
    """Kontrollera att varje dokument i corpus/ finns i indexet, och inget annat."""
    from indexer.building.checking import check as check_all

    checked = check_all(settings)
    _print({"sound": checked.sound, **asdict(checked)}, as_json)
    if not checked.sound:
        _fail("Corpus och index stämmer inte överens; kör regionsok index, eller regionsok index --rebuild.")


@cli.command()
@_with_settings
@click.option("--host", help="Adress att lyssna på.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port att lyssna på.")
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Visa söksidan i webbläsaren."""
    servers = entry_points(group="regionsok.servers")
    if not servers:
        _fail("Webbdelen är inte installerad; kör make setup.")
    run = next(iter(servers)).load()
    run(settings, host or settings.host, settings.port if port is None else port)


@cli.command()
@_with_settings
@click.argument("text")
@_as_json
def analyse(settings: Settings, text: str, as_json: bool) -> None:
    """Visa hur en text delas i ord, och vad orden söks som."""
    from indexer.swedish import analyse as analyse_text
    from indexer.swedish import as_json as tokens_as_json

    _print({"tokens": [tokens_as_json(token) for token in analyse_text(text)]}, as_json)


def _end(refusals: Iterable[Refusal]) -> None:
    """Name every refused input; exit 3 where there is one."""
    told = list(refusals)
    for refusal in told:
        click.echo(f"regionsok: {refusal.origin}: {refusal.reason}", err=True)
    if told:
        raise SystemExit(REFUSED)


def _print(value: object, as_json: bool = True) -> None:
    """JSON on one line for programs, indented for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2))

"""The commands that answer: search, show, status, check, analyse, evaluate, and serve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from indexer.cli.common import WRONG_USAGE, as_json_option, cli, fail, print_json, with_settings
from indexer.cli.printing import lines_of, lines_of_scores
from indexer.settings import Settings, load_settings


@cli.command()
@with_settings
@click.argument("query")
@click.option("--region", "region", multiple=True, help="Län, kommun eller riksområde; kan upprepas.")
@click.option("--year", "years", multiple=True, help="År, 2018..2020 eller okant; kan upprepas.")
@click.option("--source", "kalla", multiple=True, help="Källa; kan upprepas.")
@click.option("--kind", "typ", multiple=True, help="Typ av dokument; kan upprepas.")
@click.option("--sort", default="relevans", help="Ordning: relevans, nyast eller aldst.")
@click.option("--page", default="1", help="Sida.")
@click.option("--size", default="10", help="Träffar per sida, 1 till 100.")
@click.option("--explain", is_flag=True, help="Säg varför varje dokument är med.")
@click.option("--literal", is_flag=True, help="Bara orden som de står: inga synonymer, ingen rättning.")
@as_json_option
def search(settings: Settings, query: str, as_json: bool, **asked_for: Any) -> None:
    """Sök. En tom fråga visar allt, nyast först."""
    from indexer.addresses import search_from
    from indexer.results import to_json
    from indexer.searching import Searcher

    asked, faults = search_from([("q", query), *_parameters(**asked_for)])
    if faults:
        fail(" ".join(fault.detail for fault in faults), WRONG_USAGE)
    results = Searcher(settings).search(asked)
    if as_json:
        print_json(to_json(results))
    else:
        for line in lines_of(results):
            click.echo(line)


def _parameters(
    years: Sequence[str], literal: bool, explain: bool, sort: str, page: str, size: str, **chosen: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The options of a search as the parameters of an address."""
    yield from (("sortera", sort), ("sida", page), ("antal", size))
    yield from (("ordagrant", "ja" if literal else ""), ("forklara", "ja" if explain else ""))
    for facet, values in chosen.items():
        yield from ((facet, value) for value in values)
    for year in years:
        first, between, last = year.partition("..")
        yield from (("fran", first), ("till", last)) if between else (("ar", year),)


@cli.command()
@with_settings
@click.option("--documents", required=True, type=click.Path(path_type=Path), help="JSON Lines, också komprimerade.")
@click.option("--queries", required=True, type=click.Path(path_type=Path), help="Bedömda frågor, JSON Lines.")
@click.option(
    "--against", type=click.Path(dir_okay=False, path_type=Path), help="En annan inställningsfil att jämföra med."
)
@click.option("--verbose", is_flag=True, help="Visa varje fråga.")
@as_json_option
def evaluate(
    settings: Settings, documents: Path, queries: Path, against: Path | None, verbose: bool, as_json: bool
) -> None:
    """Mät hur bra ordningen är: bedömda frågor mot en samling."""
    from indexer.cli import evaluating

    found = evaluating.evaluate(settings, documents, queries)
    for line in lines_of_scores(found) if verbose else ():
        click.echo(line, err=as_json)
    figures = found.to_json()
    if against:
        other = evaluating.evaluate(load_settings(against), documents, queries)
        change, low, high = evaluating.difference(found, other)
        figures["against"] = {**other.to_json(), "difference": [round(value, 4) for value in (change, low, high)]}
    print_json(figures, as_json)


@cli.command()
@with_settings
@click.argument("id")
@as_json_option
def show(settings: Settings, id: str, as_json: bool) -> None:
    """Visa ett dokument som JSON."""
    from indexer.documents import to_json
    from indexer.searching import Searcher

    document = Searcher(settings).document(id)
    if document is None:
        fail(f"Dokumentet {id} finns inte i indexet; sök efter det eller kontrollera id.")
    print_json(to_json(document), as_json)


@cli.command()
@with_settings
@click.option("--aliases", is_flag=True, help="Andra namn som dokumenten själva ger, att ta in bland synonymerna.")
@as_json_option
def status(settings: Settings, aliases: bool, as_json: bool) -> None:
    """Visa vad indexet innehåller."""
    from indexer.indexing import checking

    if not aliases:
        return print_json(asdict(checking.status(settings)), as_json)
    print_json([{**asdict(alias), "documents": number} for alias, number in checking.aliases(settings)], as_json)


@cli.command()
@with_settings
@as_json_option
def check(settings: Settings, as_json: bool) -> None:
    """Kontrollera att varje dokument i corpus/ finns i indexet, och inget annat."""
    from indexer.indexing.checking import check as check_all

    checked = check_all(settings)
    print_json({"sound": checked.sound, **asdict(checked)}, as_json)
    if not checked.sound:
        fail("Corpus och index stämmer inte överens; kör regionsok index, eller regionsok index --rebuild.")


@cli.command()
@with_settings
@click.option("--host", help="Adress att lyssna på.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port att lyssna på.")
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Visa söksidan i webbläsaren."""
    servers = entry_points(group="regionsok.servers")
    if not servers:
        fail("Webbdelen är inte installerad; kör make setup.")
    run = next(iter(servers)).load()
    run(settings, host or settings.host, settings.port if port is None else port)


@cli.command()
@with_settings
@click.argument("text")
@as_json_option
def analyse(settings: Settings, text: str, as_json: bool) -> None:
    """Visa hur en text delas i ord, och vad orden söks som."""
    from indexer.swedish import analyse as analyse_text
    from indexer.swedish import as_json as tokens_as_json

    print_json({"tokens": [tokens_as_json(token) for token in analyse_text(text)]}, as_json)

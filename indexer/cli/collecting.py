"""The commands that change what is in corpus/ and index/, or show how sources would be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import structs, to_builtins

import indexer
from indexer import Refusal, Settings
from indexer.cli import common
from indexer.cli.common import AS_JSON, FOLDER, cli, command, end, fail, print_json, progress_on, say, standard_input


@command(AS_JSON)
@click.option("--rebuild", is_flag=True, help="Bygg om allt.")
def index(settings: Settings, rebuild: bool, as_json: bool) -> None:
    """Läs det som ändrats i corpus/ och uppdatera index/."""
    with progress_on(as_json) as progress:
        built = indexer.build(settings, rebuild, progress)
    if not as_json:
        click.echo(f"{built.documents} dokument i indexet.")
    end(built.refusals)


@command(AS_JSON)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--url", help="Dokumentets adress.")
@click.option("--date", help="När det publicerades.")
@click.option("--publisher", help="Vem som publicerade det.")
@click.option("--title", help="Dokumentets rubrik.")
def add(settings: Settings, sources: Sequence[str], as_json: bool, **stated: str | None) -> None:
    """Lägg filer, mappar eller webbadresser (- för standard in) i corpus/ och indexera dem."""
    given = {name: value for name, value in stated.items() if value is not None}
    if len(sources) > 1 and given.keys() & {"url", "title"}:
        raise click.UsageError("--url och --title gäller ett dokument; ange en källa.")
    if "date" in given and not indexer.parse_date(given["date"]):
        raise click.UsageError(f"--date {given['date']} går inte att läsa; skriv 2019-03-12, 2019-03 eller 2019.")
    addresses = [source for source in sources if source.startswith(("http://", "https://"))]
    crawled = settings.corpus / "crawl"
    before = {*crawled.glob("*.warc.gz")}
    refused = [refusal for address in addresses for refusal in indexer.fetch(settings, address).refusals()]
    fetched = sorted(str(path) for path in {*crawled.glob("*.warc.gz")} - before)
    with standard_input([source for source in sources if source not in addresses]) as named, progress_on() as progress:
        added = indexer.add(settings, [*named, *fetched], given, progress)
    added = structs.replace(added, refused=(*refused, *added.refused))
    say(to_builtins(added), common.lines_of_added(added), as_json, added.refused)


@command(AS_JSON)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--report", "only_report", is_flag=True, help="Visa vad den senaste hämtningen gav; inget hämtas.")
def crawl(settings: Settings, names: Sequence[str], only_report: bool, as_json: bool) -> None:
    """Hämta det som ändrats hos källorna i sources/ och indexera det."""
    if only_report:
        visits = indexer.last_visits(settings, names)
        return say({"sources": to_builtins(visits)}, common.lines_of_visits(visits), as_json)
    report = indexer.crawl(settings, names)
    with progress_on() as progress:
        built = indexer.build(settings, progress=progress)
    visits = indexer.last_visits(settings, [*report.asked])
    answer = {"sources": to_builtins(visits), "counts": report.counts, "addresses": report.lines}
    unread = f"; {len(built.refusals)} filer och sidor läses inte, se regionsok index" if built.refusals else ""
    lines = [*common.lines_of_visits(visits), f"{built.documents} dokument i indexet{unread}."]
    silent = [Refusal(key, "Källan nåddes inte.") for key, visit in visits.items() if visit.status == "failed"]
    say(answer | {"documents": built.documents}, lines, as_json, silent)


@cli.group()
def sources() -> None:
    """Källorna som hämtas."""


@command(AS_JSON, group=sources)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--try", "ask", is_flag=True, help="Fråga varje källa efter en sida och säg vad den ger; inget sparas.")
def check(settings: Settings, names: Sequence[str], ask: bool, as_json: bool) -> None:
    """Läs källorna och säg vad som är fel."""
    if ask:
        report = indexer.crawl(settings, names, trial=True)
        return say({"tried": report.lines}, common.lines_of_trial(report), as_json, report.refusals())
    if names:
        raise click.UsageError("Alla källor läses; NAME gäller med --try.")
    sites, faults = indexer.check_sources(settings)
    answer = {"sources": to_builtins(sites), "faults": faults}
    say(answer, [f"{len(sites)} {'källa' if len(sites) == 1 else 'källor'} går att använda."], as_json)
    if faults:
        fail(" ".join(faults))


@command(AS_JSON)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
def read(settings: Settings, sources: Sequence[str], as_json: bool) -> None:
    """Visa hur källor läses, utan att spara något."""
    refusals = []
    with standard_input(sources) as named:
        for item in indexer.read_sources(settings, named):
            if isinstance(item, Refusal):
                refusals.append(item)
            else:
                evidence = {} if as_json else {"kind_evidence": item.kind_evidence, "fetched": item.fetched}
                print_json(indexer.document_to_json(item) | evidence, as_json)
    end(refusals)


@command(AS_JSON)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--forget", is_flag=True, help="Radera också texten ur corpus/ och hindra att den kommer tillbaka.")
def remove(settings: Settings, ids: Sequence[str], forget: bool, as_json: bool) -> None:
    """Ta bort dokument ur indexet; filerna ligger kvar i corpus/ om inte --forget anges."""
    with progress_on() as by:
        unknown, left = indexer.forget(settings, ids, by) if forget else (indexer.remove(settings, ids, by), [])
    verdict = "forgot" if forget else "removed"
    removed = [id for id in ids if id not in unknown]
    refused = [*left, *(Refusal(id, "Dokumentet finns inte i indexet.") for id in unknown)]
    say({verdict: removed, "refused": to_builtins(refused)}, (f"{verdict} {id}" for id in removed), as_json, refused)


@command(AS_JSON)
@click.argument("id")
@click.option("--date", help="När det publicerades, eller okant.")
@click.option("--region", "regions", multiple=True, help="Vad det handlar om, eller hela-landet; kan upprepas.")
@click.option("--kind", help="Vad det är för slags dokument, eller okant.")
@click.option("--same-as", metavar="ID", help="Ett dokument, id eller adress, som det är samma text som.")
@click.option("--not-same-as", metavar="ID", help="Ett dokument som det inte är samma text som, hur lika de än är.")
@click.option("--undo", is_flag=True, help="Ta tillbaka rättelsen, eller vad som är sagt om det andra dokumentet.")
def correct(settings: Settings, id: str, undo: bool, as_json: bool, **stated: Any) -> None:
    """Rätta ett dokuments datum, regioner, typ eller vad det är samma text som; det ligger kvar när indexet byggs om."""
    if not undo and not any(stated.values()):
        raise click.UsageError("Ange --date, --region, --kind, --same-as, --not-same-as eller --undo.")
    pairs = [(other, same) for name, same in (("same_as", True), ("not_same_as", False)) if (other := stated.pop(name))]
    if len(pairs) + any(stated.values()) > 1:  # the second may be refused when the first is done
        raise click.UsageError("Rätta en sak i taget: datum, region och typ, eller --same-as, eller --not-same-as.")
    with progress_on() as progress:
        for other, same in pairs:
            indexer.pair(settings, id, other, None if undo else same, progress)
        if not pairs:
            right = None if undo else (stated["date"], stated["regions"], stated["kind"])
            indexer.correct(settings, id, right, progress)
    say({"corrected": [id]}, [f"corrected {id}"], as_json)


@command(AS_JSON)
@click.argument("id")
@click.option("--name", required=True, help="För- och efternamn.")
@click.option("--undo", is_flag=True, help="Visa det igen.")
def hide(settings: Settings, id: str, name: str, undo: bool, as_json: bool) -> None:
    """Låt inte frågor efter en persons namn hitta ett dokument; andra frågor gör det."""
    with progress_on() as progress:
        indexer.hide(settings, id, name, undo, progress)
    verdict = "shown" if undo else "hidden"
    say({verdict: [id]}, [f"{verdict} {id}"], as_json)


@command(AS_JSON)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Ta bort alla kopior utom de N senaste.")
def backup(settings: Settings, folder: Path, keep: int | None, as_json: bool) -> None:
    """Säkerhetskopiera corpus/, källor och inställningar till en ny mapp i DIR; index/ byggs av dem."""
    config = click.get_current_context().params["config"] or Path("regionsok.toml")
    with progress_on() as progress:
        made = indexer.back_up(settings, config, folder, keep or 0, progress)
    say({"folder": str(made)}, [f"Säkerhetskopian ligger i {made}."], as_json)


@command(AS_JSON)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--replace", is_flag=True, help="Ersätt allt som ligger i corpus/.")
def restore(settings: Settings, folder: Path, replace: bool, as_json: bool) -> None:
    """Återställ den senaste säkerhetskopian i DIR, eller den som DIR är, och bygg index/ av den."""
    with progress_on() as progress:
        made = indexer.restore(settings, folder, replace, progress)
        built = indexer.build(settings, progress=progress)
    line = f"Säkerhetskopian {made} är återställd; {built.documents} dokument i indexet."
    say({"folder": str(made), "documents": built.documents}, [line], as_json, built.refusals)

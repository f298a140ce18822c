"""The commands that answer: search, questions, show, status, check, analyse, evaluate, and serve."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
from msgspec.structs import asdict, replace

import indexer
from indexer import FACETS, FORMS, Search, Settings
from indexer.cli.common import AS_JSON, FILE, WRONG_USAGE, command, fail, lines_of, lines_of_hit, print_json, say
from indexer.durable import write_durably

_DAY = click.DateTime(["%Y-%m-%d"])
_FORMS = [
    click.Option([f"--{form}", "form"], flag_value=form, default="", help=f"Skriv hela svaret, alla sidor, som {name}.")
    for form, (name, _) in FORMS.items()
]
_FACETS = [
    click.Option([f"--{name}", facet.parameter], multiple=True, help=f"{facet.option or facet.label}; kan upprepas.")
    for name, facet in FACETS.items()
    if not facet.folded
]
_LITERALLY = "Bara orden som de står: inga synonymer, ingen rättning, ingen plats, tid eller typ i dem."


@command(AS_JSON, *_FACETS, *_FORMS)
@click.argument("query")
@click.option("--since", "sedan", default="", help="Bara det som är nytt i Regionsök sedan en dag eller tidpunkt.")
@click.option("--sort", "sortera", default="relevans", help="Ordning: relevans, nyast, aldst eller inkommet.")
@click.option("--page", "sida", default="1", help="Sida.")
@click.option("--size", "antal", default="10", help="Träffar per sida, 1 till 100.")
@click.option("--explain", "forklara", flag_value="ja", default="", help="Säg varför varje dokument är med.")
@click.option("--literal", "ordagrant", flag_value="ja", default="", help=_LITERALLY)
@click.option("--today", type=_DAY, help="Dagen som ”senaste månaden” räknas från, i stället för i dag.")
def search(settings: Settings, query: str, as_json: bool, today: datetime | None, **typed: str | Sequence[str]) -> None:
    """Sök. En tom fråga visar allt, nyast först."""
    if (form := str(typed.pop("form"))) and as_json:
        fail(f"Välj --json, en sida av svaret, eller --{form}, hela svaret.", WRONG_USAGE)
    wanted = replace(_asked(query, typed), today=today.date() if today else None)
    if form:
        for piece in indexer.exported(form, indexer.Searcher(settings).documents(wanted), indexer.day_of(wanted)):
            click.echo(piece, nl=False)
        return
    results = indexer.Searcher(settings).search(wanted, indexer.Parameters(()).facets() if as_json else FACETS)
    say(indexer.results_to_json(results), lines_of(results), as_json)


@command(AS_JSON, *_FACETS)
@click.argument("query")
@click.option("--since-last", "name", required=True, metavar="NAME", help="Bevakningens namn.")
def news(settings: Settings, query: str, name: str, as_json: bool, **typed: str | Sequence[str]) -> None:
    """Skriv det som är nytt sedan sist under ett NAME, och inget när inget är nytt.

    Första gången sägs från när det räknas. Till när det är skrivet sparas i corpus/.regionsok/news-NAME; ingenting skickas.
    """
    if not name or Path(name).name != name:
        raise click.UsageError(f"--since-last ”{name}” går inte; skriv ett namn utan snedstreck.")
    watch, searcher = settings.corpus / ".regionsok" / f"news-{name}", indexer.Searcher(settings)
    since = watch.read_text(encoding="utf-8") if watch.exists() else ""
    asked = replace(_asked(query, typed | {"sedan": since}), order="inkommet", size=100)
    results = searcher.search(asked, ())
    until = results.hits[0].new_at if results.hits else since or "1970-01-01"
    pages = (searcher.search(replace(asked, page=page), ()) for page in range(1, results.pages + 1))
    hits = {hit.id: hit for page in pages for hit in page.hits} if since else {}
    begins = f"det som är nytt sedan {indexer.instant_text(until)}" if results.hits else "allt; ännu har inget kommit"
    said = indexer.results_to_json(replace(results, hits=tuple(hits.values())))
    lines = [line for hit in hits.values() for line in lines_of_hit(hit)]
    say({"since": since or None, "until": until, **said}, lines if since else [f"Nästa gång skrivs {begins}."], as_json)
    write_durably(watch, until.encode())


def _asked(query: str, typed: Mapping[str, str | Sequence[str]]) -> Search:
    """What a question asks for with options, which are named as the parameters of an address; else the command ends.

    A range of years is two parameters.
    """
    times = [facet.parameter for facet in FACETS.values() if facet.aspect == "time"]
    given = [("q", query)]
    for name, values in typed.items():
        for value in [values] if isinstance(values, str) else values:
            first, between, last = value.partition("..")
            given += [("fran", first), ("till", last)] if between and name in times else [(name, value)]
    wanted, faults = indexer.search_from(given)
    if faults:
        options = {f'"{option.name}"': option.opts[0] for option in click.get_current_context().command.params}
        options |= dict.fromkeys(('"fran"', '"till"'), options[f'"{times[0]}"'])
        said = (fault.detail.replace(name := f'"{fault.parameter}"', options.get(name, name)) for fault in faults)
        fail(" ".join(dict.fromkeys(said)), WRONG_USAGE)
    return wanted


@command(AS_JSON)
@click.option("--documents", required=True, type=click.Path(path_type=Path), help="JSON Lines, också komprimerade.")
@click.option("--queries", required=True, type=click.Path(path_type=Path), help="Bedömda frågor, JSON Lines.")
@click.option("--against", type=FILE, help="En annan inställningsfil att jämföra med.")
def evaluate(settings: Settings, documents: Path, queries: Path, against: Path | None, as_json: bool) -> None:
    """Mät hur bra ordningen är: bedömda frågor mot en samling. Med --verbose visas varje fråga."""
    from indexer.cli import evaluating

    evaluation = evaluating.evaluate(settings, documents, queries)
    for score in evaluation.scores if click.get_current_context().params["verbose"] else ():
        values = "  ".join(f"{measure} {value:.3f}" for measure, value in score.values.items())
        click.echo(f"{score.question.id}  {values}  {score.question.query}", err=as_json)
    figures = evaluation.to_json()
    if against:
        other = evaluating.evaluate(indexer.load_settings(against), documents, queries)
        change = [round(value, 4) for value in evaluating.difference(evaluation, other)]
        figures["against"] = {**other.to_json(), "difference": change}
    print_json(figures, as_json)


@command(AS_JSON)
def questions(settings: Settings, as_json: bool) -> None:
    """Visa de frågor som inte har gett någon träff, de vanligaste först, ur loggen."""
    if not (settings.log_access and settings.log_questions and settings.log_file):
        fail("Frågor skrivs inte ned; ange access, questions och file under [log] i regionsok.toml.")
    if not settings.log_file.exists():
        fail(f"Inga frågor är nedskrivna än; {settings.log_file} skrivs av regionsok serve.")
    times: dict[str, list[str]] = {}
    with settings.log_file.open("rb") as log:
        for line in log:
            with suppress(ValueError, KeyError, TypeError, AttributeError):  # half of one, or of something else
                told = json.loads(line)
                when = str(told["time"])
                question = "".join(filter(str.isprintable, " ".join(told["question"].lower().split())))
                if question and told["hits"] == 0:
                    times.setdefault(question, []).append(when)
    most = sorted(times.items(), key=lambda pair: -len(pair[1]))
    asked = [{"question": question, "count": len(when), "last": when[-1]} for question, when in most]
    say(asked, (f"{len(when):>6} {when[-1]:.10} {question}" for question, when in most), as_json)


@command(AS_JSON)
@click.argument("id")
def show(settings: Settings, id: str, as_json: bool) -> None:
    """Visa ett dokument som JSON."""
    if not (document := indexer.Searcher(settings).document(id)):
        fail(f"Dokumentet {id} finns inte i indexet; sök efter det eller kontrollera id.")
    print_json(indexer.document_to_json(document), as_json)


@command(AS_JSON)
@click.option("--aliases", is_flag=True, help="Andra namn som dokumenten själva ger, att ta in bland synonymerna.")
def status(settings: Settings, aliases: bool, as_json: bool) -> None:
    """Visa vad indexet innehåller."""
    if not aliases:
        return print_json(asdict(indexer.status(settings)), as_json)
    print_json([{**asdict(alias), "documents": number} for alias, number in indexer.aliases(settings)], as_json)


@command(AS_JSON)
def check(settings: Settings, as_json: bool) -> None:
    """Kontrollera att varje dokument i corpus/ finns i indexet, och inget annat."""
    checked = indexer.check(settings)
    print_json({"sound": checked.sound, **asdict(checked)}, as_json)
    if not checked.sound:
        fail("Corpus och index stämmer inte överens; kör regionsok index, eller regionsok index --rebuild.")


@command()
@click.option("--host", help="Adress att lyssna på.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port att lyssna på.")
@click.option("--processes", type=click.IntRange(1, 256), help="Processer som svarar; annars en för varje kärna.")
def serve(settings: Settings, host: str | None, port: int | None, processes: int | None) -> None:
    """Visa söksidan i webbläsaren."""
    from importlib.metadata import entry_points

    if not (servers := entry_points(group="regionsok.servers")):
        fail("Webbdelen är inte installerad; kör make setup.")
    run = next(iter(servers)).load()
    settings = replace(settings, processes=processes or settings.processes)
    run(settings, host or settings.host, settings.port if port is None else port)


@command(AS_JSON)
@click.argument("text")
def analyse(settings: Settings, text: str, as_json: bool) -> None:
    """Visa hur en text delas i ord, och vad orden söks som."""
    from indexer import swedish

    print_json({"tokens": [swedish.as_json(token) for token in swedish.analyse(text)]}, as_json)

"""What a crawl says of its sources: the table, the report that is kept, exit codes, the trial of a source, and the page for people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from msgspec.structs import replace

from indexer.cli import cli
from indexer.cli.common import lines_of_visits
from indexer.corpus import read_ledger
from indexer.crawling import COLUMNS, OUTCOMES, REPORT, Report, keep_visits, read_visits
from indexer.crawling.sources import Site
from indexer.settings import Settings
from tests import command
from tests.web import Answer, Web, page, settings_for, source
from tests.web_answers import Answers, words
from webapp import create_app

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = PROJECT / "sources"
DAY = "2026-03-31"
SITE = Site("Region Exempel", ("https://region.example/",))


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_address_of_a_source_says_what_it_rests_on(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    addresses = [number for number, line in enumerate(lines) if line.lstrip().startswith('"http')]
    assert addresses and sum("://" in line for line in lines) == len(addresses), "each on a line of its own"
    for number in addresses:
        assert re.fullmatch(r"  # (Known|Guess): .*\b20[12]\d\b.*\.", lines[number - 1]), lines[number]


def test_what_the_crawler_says_of_an_address_is_an_outcome_that_the_report_knows() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "indexer" / "crawling").glob("*.py"))
    told = {word for call in re.findall(r"_tell\(([^,]*),", code) for word in re.findall(r'"(\w+)"', call)}
    assert {"fetched", "changed", "failed", "left", "stopped"} <= told <= OUTCOMES.keys()
    assert {outcome.column for outcome in OUTCOMES.values()} - {""} == set(COLUMNS)
    assert {outcome.source for outcome in OUTCOMES.values()} == {"reached", "excused", "failed", ""}


def line(outcome: str, reason: str = "", path: str = "", **more: str) -> dict[str, str]:
    return {"site": "a", "outcome": outcome, "url": f"https://region.example/{path}", "reason": reason, **more}


def visit(corpus: Path, *lines: dict[str, str], day: str = DAY) -> Any:
    """What is kept of a crawl that said these lines."""
    (corpus / REPORT).parent.mkdir(parents=True, exist_ok=True)
    keep_visits(corpus, {"a": SITE}, Report(lines, {"a": 7}), day)
    return read_visits(corpus)["a"]


STATUSES = [
    ((line("fetched"), line("failed", "Sidan finns inte (404).")), "reached"),
    ((line("unchanged"),), "reached"),
    ((line("gone", "Sidan är borttagen (410)."),), "reached"),
    ((line("moved", "Sidan har flyttat."),), "reached"),
    ((line("refused", "robots.txt tillåter det inte."),), "excused"),
    ((line("failed", "Servern svarade 500."), line("refused", "robots.txt tillåter det inte.")), "excused"),
    ((line("resting", "Värden ber om vila."),), "excused"),
    ((line("failed", "Gick inte att hämta (TimeoutError)."),), "failed"),
    ((line("missing", "Sidan finns inte (404)."),), "failed"),
    ((line("stopped", "Gränsen är nådd (timeout)."),), "failed"),
    ((), "failed"),
]


@pytest.mark.parametrize(("lines", "status"), STATUSES)
def test_a_source_was_reached_or_says_why_not_or_failed(
    tmp_path: Path, lines: tuple[dict[str, str], ...], status: str
) -> None:
    kept = visit(tmp_path, *lines)
    assert kept.status == status
    assert kept.last_success == (DAY if status == "reached" else None)


def test_the_numbers_of_a_source_are_those_of_its_addresses(tmp_path: Path) -> None:
    outcomes = ("fetched", "fetched", "changed", "unchanged", "gone", "moved", "refused", "aside", "failed", "missing")
    kept = visit(tmp_path, *map(line, outcomes))
    assert (kept.name, kept.day, kept.asked) == ("Region Exempel", DAY, 7)
    numbers = {"new": 2, "changed": 1, "unchanged": 1, "gone": 1, "moved": 1, "refused": 2, "failed": 2}
    assert kept.counts == numbers and list(kept.counts) == list(COLUMNS)


NIGHTS = [
    ("2025-11-30", "fetched", "2025-11-30", "2025-11-30", 0),
    ("2025-12-31", "unchanged", "2025-12-31", "2025-11-30", 1),
    ("2026-01-29", "changed", "2026-01-29", "2025-11-30", 1),
    ("2026-02-28", "failed", "2026-01-29", "2025-11-30", 2),
    ("2026-11-30", "resting", "2026-01-29", "2025-11-30", 12),
    ("2026-12-01", "fetched", "2026-12-01", "2026-12-01", 0),
]


def test_what_was_last_is_kept_from_crawl_to_crawl(tmp_path: Path) -> None:
    first = visit(tmp_path, line("unchanged"), day="2025-11-01")
    assert (first.last_new, first.months_silent) == (None, None), "nobody knows when it was"
    for day, outcome, success, new, silent in NIGHTS:
        kept = visit(tmp_path, line(outcome), day=day)
        assert (kept.last_success, kept.last_new, kept.months_silent) == (success, new, silent), day


def test_a_crawl_of_one_source_leaves_what_is_known_of_others_and_forgets_those_that_are_no_more(
    tmp_path: Path,
) -> None:
    visit(tmp_path, line("fetched"))
    other = replace(SITE, name="Region Annan")
    keep_visits(tmp_path, {"a": SITE, "b": other}, Report((), {"b": 1}), "2026-04-01")
    assert {key: kept.day for key, kept in read_visits(tmp_path).items()} == {"a": DAY, "b": "2026-04-01"}
    keep_visits(tmp_path, {"b": other}, Report((), {}), "2026-04-02")
    assert list(read_visits(tmp_path)) == ["b"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b"\xff"])
def test_a_report_that_cannot_be_read_is_written_anew(tmp_path: Path, content: bytes) -> None:
    visit(tmp_path, line("fetched"))
    (tmp_path / REPORT).write_bytes(content)
    assert read_visits(tmp_path) == {}
    assert visit(tmp_path, line("fetched")).status == "reached"


def test_reasons_are_counted_with_a_few_addresses_each(tmp_path: Path) -> None:
    moved = [line("moved", f"Sidan har flyttat till https://region.example/ny/{n}", f"m{n}") for n in range(5)]
    large = [line("refused", f"Svaret har {n}000000 byte.", f"s{n}") for n in range(1, 3)]
    kept = visit(tmp_path, *large, *moved, line("fetched"), line("resting", "Vila.", until="2026-04-01T04:00:00+00:00"))
    told = [(reason.outcome, reason.reason, reason.count, len(reason.examples)) for reason in kept.reasons]
    assert told == [
        ("moved", "Sidan har flyttat till …", 5, 3),
        ("refused", "Svaret har … byte.", 2, 2),
        ("resting", "Vila.", 1, 1),
    ]
    assert kept.resting_until == "2026-04-01T04:00:00+00:00"
    many = visit(tmp_path, *(line("failed", f"Fel {chr(65 + n)}") for n in range(26)))
    assert len(many.reasons) == 20


@pytest.mark.parametrize("number", [0, 7, 9_999])
def test_the_table_fits_a_terminal(tmp_path: Path, number: int) -> None:
    kept = visit(tmp_path, line("fetched"))
    wide = replace(kept, asked=number, counts=dict.fromkeys(COLUMNS, number), months_silent=min(number, 999))
    names = ("a", "vastra-gotalandsregionen", "region-jamtland-harjedalen")
    head, *rows = lines_of_visits(dict.fromkeys(names, wide))
    assert all(len(row) <= 80 for row in (head, *rows))
    assert len({len(row) for row in rows}) == 1 and len(rows) == 3
    assert [cell for cell in head.split() if cell.islower()] == head.split()
    cells = rows[0].split()
    assert cells[:9] == ["a", *[str(number)] * 8] and cells[9] == DAY
    assert "aldrig" in list(lines_of_visits({"a": replace(wide, last_success=None)}))[1]


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A command, which may fetch what the tests serve, in a folder with sources/."""
    command.allow(monkeypatch.setattr)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "regionsok.toml").write_text('crawl_contact = "test@region.example"\n', encoding="utf-8")

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == code, result.output
        return result

    yield run


def sources(**texts: str) -> Settings:
    """The sources in the folder at hand, by name; `_` stands for a hyphen."""
    return settings_for(Path(), {name.replace("_", "-"): text for name, text in texts.items()})


def test_a_crawl_reports_each_source_and_report_shows_it_again_without_asking(run: Run, web: Web) -> None:
    host = web.host(
        {"/": page("Start", links=["/ett", "/borta", "/tva"]), "/ett": page("Vätgas"), "/tva": page("Torv")}
    )
    host.pages["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /tva\n")
    dead = web.host()
    web.shut(dead)
    sources(region_a=source("Region A", host.url()), region_b=source("Region B", dead.url()))
    crawled = run("crawl", code=3)
    head, first, second, *reasons = crawled.stdout.splitlines()
    assert head.split()[:2] == ["källa", "frågat"]
    assert first.split()[0] == "region-a" and first.split()[2] == "2" and second.split()[:1] == ["region-b"]
    assert second.split()[9] == "aldrig"
    assert any("robots.txt" in reason for reason in reasons) and f"  {host.url('/borta')}" in reasons
    assert crawled.stdout.splitlines()[-1] == "2 dokument i indexet."
    assert re.findall("regionsok: .*", crawled.stderr) == ["regionsok: region-b: Källan nåddes inte."]

    asked = len(host.log)
    again = run("crawl", "--report").stdout.splitlines()
    assert again == crawled.stdout.splitlines()[:-1]
    told = json.loads(run("crawl", "--report", "region-a", "--json").stdout)["sources"]
    assert list(told) == ["region-a"] and len(host.log) == asked
    kept = told["region-a"]
    assert (kept["counts"]["new"], kept["counts"]["refused"], kept["counts"]["failed"]) == (2, 1, 1)
    assert (
        kept["asked"] == asked
        and kept["status"] == "reached"
        and kept["last_success"] == kept["last_new"] == kept["day"]
    )

    host.pages["/ett"] = page("Vätgas", "En helt annan text om vätgas i länet.")
    told = json.loads(run("crawl", "region-a", "--json").stdout)
    assert told["sources"]["region-a"]["counts"] | {"unchanged": 0} == dict.fromkeys(COLUMNS, 0) | {
        "changed": 1,
        "refused": 1,
        "failed": 1,
    }
    assert {entry["outcome"] for entry in told["addresses"]} >= {"changed", "unchanged"} and told["documents"] == 2


def test_pages_that_are_not_there_are_no_failure_of_a_crawl(run: Run, web: Web) -> None:
    host = web.host({"/": page("Start", links=[f"/{number}" for number in range(9)])})
    sources(a=source("A", host.url()))
    assert json.loads(run("crawl", "--json").stdout)["sources"]["a"]["counts"]["failed"] == 9


NO_ROBOTS = Answer(body=b"User-agent: *\nDisallow: /\n")
REST = Answer(503, {"Retry-After": "86400"})
UNHEARD = [
    (NO_ROBOTS, page("Start"), "excused"),
    (Answer(404), page("Start", head='<meta name="robots" content="noindex">'), "excused"),
    (Answer(404), REST, "excused"),
    (REST, page("Start"), "excused"),
    (Answer(404), Answer(500), "failed"),
    (Answer(404), Answer(404), "failed"),
    (Answer(503), page("Start"), "failed"),
    (None, None, "failed"),
]


def test_a_crawl_ends_with_3_where_a_source_gives_nothing_and_does_not_say_why(run: Run, web: Web) -> None:
    statuses, texts = {}, {}
    for number, (robots, start, status) in enumerate(UNHEARD):
        host = web.host({"/robots.txt": robots, "/": start} if robots and start else {})
        texts[f"p{number}"], statuses[f"p{number}"] = source(f"Plats {number}", host.url()), status
        if not start:
            web.shut(host)
    sources(**texts)
    for night in range(2):
        crawled = run("crawl", "--json", code=3)
        told = json.loads(crawled.stdout)["sources"]
        assert {key: kept["status"] for key, kept in told.items()} == statuses, "the second night some rest"
        named = re.findall("regionsok: (.*): Källan nåddes inte", crawled.stderr)
        assert named == [key for key, status in statuses.items() if status == "failed"]
        for key in ("p2", "p3"):
            until = datetime.fromisoformat(told[key]["resting_until"]) - datetime.now(UTC)
            assert timedelta(hours=23) < until <= timedelta(hours=24), night
        statuses["p1"] = "reached"  # it answers that it is as it was
    report = run("crawl", "--report", "p2", "p7").stdout
    assert "vilar 1: 127.0.1.22" in report and "ber om vila" in report
    assert "vilar 1: 127.0.1.27" in report and "har inte svarat" in report


def test_a_crawl_of_what_says_why_it_gives_nothing_ends_well(run: Run, web: Web) -> None:
    sources(a=source("A", web.host({"/robots.txt": NO_ROBOTS}).url()), b=source("B", web.host({"/": REST}).url()))
    run("crawl")


WRONG = [
    (("crawl", "--report"), "Källorna har inte hämtats än"),
    (("crawl", "--report", "b"), "b har inte hämtats än"),
    (("crawl", "b"), "Källan b finns inte"),
    (("sources", "check", "--try", "b"), "Källan b finns inte"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    sources(a=source("A", "https://region.example/"))
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1 and sentence in str(result.exception or result.output)


def test_a_trial_asks_each_source_for_one_page_and_says_what_it_gives(run: Run, web: Web) -> None:
    feed = '<link rel="alternate" type="application/rss+xml" href="/nytt.rss">'
    links = ["/nyhet/1", "/nyhet/2", "/kontakt", "https://annan.example/"]
    host = web.host({"/": page("Start \x1b[31m", head=feed, links=links), "/gammal": Answer(301, {"Location": "/"})})
    host.pages["/robots.txt"] = Answer(body=f"User-agent: *\nSitemap: {host.url('/karta.xml')}\n".encode())
    broken = web.host({"/": Answer(500)})
    settings = sources(
        a=source("A", host.url("/gammal"), host.url("/andra"), leave=["/kontakt"], feeds=[host.url("/flode")]),
        b=source("B", broken.url()),
        c=source("C", web.host({"/robots.txt": Answer(body=b"User-agent: *\nDisallow: /\n")}).url()),
    )
    tried = run("sources", "check", "--try", code=3)
    first, *rest = tried.stdout.splitlines()
    assert first == f"a: 200 {host.url()} Start [31m; 2 länkar följs."
    assert rest == [f"  flöde {host.url('/nytt.rss')}", f"  webbplatskarta {host.url('/karta.xml')}"]
    assert f"{broken.url()}: Servern svarade 500." in tried.stderr and "robots.txt" in tried.stderr
    pages = [path for path in host.paths() if path not in ("/robots.txt", "/.well-known/tdmrep.json")]
    assert pages == ["/gammal", "/"] and host.most == 1
    assert {asked.headers["User-Agent"] for asked in host.log} == {"Regionsok/0.1.0 (+test@region.example)"}
    assert not list(settings.corpus.rglob("*.warc.gz")) and not list(settings.sources.glob("*.json"))
    assert read_visits(settings.corpus) == {}

    run("crawl", "a")
    told = json.loads(run("sources", "check", "--try", "a", "--json").stdout)["tried"]
    assert [(line["outcome"], line["status"], line["links"]) for line in told] == [("tried", 200, 2)], (
        "without conditions"
    )
    assert json.loads(run("crawl", "a", "--json").stdout)["sources"]["a"]["counts"]["changed"] == 0, (
        "nothing was forgotten"
    )


def test_a_trial_lets_no_page_leave(run: Run, web: Web) -> None:
    host = web.host({"/start": page("Start"), "/ny": page("Ny start")})
    settings = sources(a=source("A", host.url("/start")))
    run("crawl", "a")
    host.pages["/start"] = Answer(301, {"Location": "/ny"})
    run("sources", "check", "--try", "a")
    run("index")
    assert read_ledger(settings.corpus).gone == {}


def test_people_read_on_om_how_it_went_with_each_source_once_something_was_crawled(tmp_path: Path) -> None:
    browser = create_app(Settings(corpus=tmp_path), searcher=Answers()).test_client()
    assert "kallor" not in browser.get("/om").text
    visit(tmp_path, line("fetched"), day="2025-12-01")
    visit(tmp_path, line("failed", "Gick inte att hämta (ConnectionRefusedError)."), day=DAY)
    text = browser.get("/om").text
    said = words(BeautifulSoup(text, "html.parser").main)
    assert "Region Exempel: 12 dokument. Nåddes senast 1 december 2025. Inget nytt på 3 månader." in said
    assert "ConnectionRefused" not in text and "region.example" not in text

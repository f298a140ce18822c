"""What is read of a crawled page: what is no page, whose it is, when it was published and until when it may be shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from indexer import crawling as product
from indexer.documents import Document
from indexer.indexing import Progress, build
from indexer.indexing.checking import check
from indexer.ingestion import Source
from indexer.ingestion.archives import COUNTY, SOURCE
from indexer.ingestion.enriching import read
from indexer.ingestion.html import apology_of
from indexer.ingestion.text import apology_in
from indexer.metadata.robots import robots_rules
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests import command
from tests.web import Answer, Web, settings_for

crawl = partial(product.crawl, internal=command.NETWORK)
TEXT = "Regionen satsar på vätgas i hela länet, och bygger tankstationer längs de stora vägarna. " * 3


def documents(folder: Path, content: bytes, **given: object) -> list[Document]:
    """How a page is read; all of it is."""
    path = folder / "page.html"
    path.write_bytes(content)
    read_of_it = list(read(Source(path, path.name, given), 1_000_000))
    assert all(isinstance(one, Document) for one in read_of_it), read_of_it
    return [one for one in read_of_it if isinstance(one, Document)]


MISSING = {
    "Sidan finns inte": "Sidan du söker finns inte eller har flyttats. Prova att söka eller gå till startsidan.",
    "Sidan kunde inte hittas": "",
    "404 - Sidan kunde inte hittas | Region Örebro län": "Vi har nyligen bytt webbplats. Gamla länkar kan därför ha slutat"
    " fungera.",
    "Region Skåne": "Hoppsan! Sidan du letar efter kan inte hittas. Den kan ha flyttats eller tagits bort.\nTill startsidan",
    "Oj! Vi hittar inte sidan": "",
    "404": "Tyvärr kunde vi inte hitta sidan du söker. Använd sökfunktionen för att hitta rätt.",
    "Page not found": "The page you are looking for doesn't exist. It may have been moved or deleted.",
    "Page Not Found - Vinnova": "Sorry, we couldn't find that page.",
    "Error 404": "Not Found\nThe requested URL was not found on this server.",
    "Sidan saknas": "Sidan du försöker nå finns inte längre. Om du har skrivit adressen själv, kontrollera stavningen.",
    "Nyheter": "Innehållet finns inte längre kvar. Det kan bero på att det har avpublicerats.",
    "Vi kan inte hitta sidan du söker": "Sidan kan ha tagits bort, bytt namn eller är tillfälligt otillgänglig.\nSök jobb",
    "Ojdå, nu blev det fel": "Sidan du letar efter verkar inte finnas.",
    "Oops! That page can't be found.": "It looks like nothing was found at this location. Maybe try a search?",
    "Server Error": "404 - File or directory not found.\nThe resource you are looking for might have been removed, had its name changed, or is temporarily unavailable.",
    "Oj, här var det tomt": "Sidan du söker verkar inte finnas längre.",
    "Sidan kan inte visas": "Sidan du söker kan ha tagits bort, bytt namn eller är tillfälligt otillgänglig.",
    "Hittades inte": "Sidan finns inte.",
    "Artikeln har utgått": "Artikeln du söker finns inte kvar.",
}
WALLS = {
    "Region Örebro län": "Vi använder kakor för att ge dig en bättre upplevelse av webbplatsen. Genom att fortsätta godkänner du"
    " att vi använder kakor.\nGodkänn alla kakor\nEndast nödvändiga",
    "Den här webbplatsen använder kakor": "Statistik hjälper oss att förstå hur besökare använder webbplatsen.\nAvvisa alla",
    "Innan du fortsätter": "Vi och våra partners använder cookies för att anpassa annonser. Klicka på Godkänn för att gå vidare.",
    "We value your privacy": "We use cookies to enhance your browsing experience. By clicking Accept, you consent to that.",
    "Nyheter": "För att läsa vidare måste du godkänna kakor. Acceptera",
    "Cookies on this site": "We use cookies to make this site work. Accept all cookies",
    "Vi värnar om din integritet": "Vi och våra 842 partner lagrar och/eller får åtkomst till information på en enhet, t.ex. cookies. Med din tillåtelse kan vi använda exakta geografiska data. Du kan klicka för att godkänna vår behandling.\nGodkänn",
    "Nyhetsbladet": "Vi använder kakor (cookies) för att webbplatsen ska fungera på ett bra sätt. Godkänner du att vi använder kakor?\nJa, jag godkänner\nNej",
    "Enable cookies": "Please enable cookies and JavaScript to continue.",
}
ARTICLES = {
    "Sidan finns inte – så jobbar regionen med döda länkar": "Region Örebro län har gått igenom 12 000 sidor på sin webbplats."
    " Var tionde länk ledde till meddelandet Sidan finns inte. Nu ska länkarna rättas.",
    "När sidan inte finns": "Sidan finns inte. Det meddelandet möter allt fler som söker myndigheters rapporter. En ny"
    " undersökning från Örebro universitet visar att var femte länk är död efter fem år.",
    "Sidan finns inte längre": "Tidningens kultursida läggs ner efter 40 år. Redaktören berättar att beslutet togs i går.",
    "404: en historia om ett fel": "Felkoden 404 fyller 30 år. Den som söker en sida som saknas möts av siffrorna. Forskare vid"
    " Karlstads universitet har följt dess historia.",
    "Nya regler om kakor": "Post- och telestyrelsen skärper tillsynen av kakor. Webbplatser måste be om samtycke innan kakor"
    " sätts. Du som besökare ska kunna säga nej lika lätt som ja.",
    "Så använder kommuner kakor": "Vi använder kakor för att ge dig en bättre upplevelse. Så står det på nästan alla kommuners"
    " webbplatser. Men bara var tredje följer lagen, visar en granskning av 290 kommuner.",
    "Regionen byter webbplats": "Den 1 mars byter regionen webbplats. Gamla länkar slutar fungera.",
    "Bageri i Örebro satsar på kakor": "Vi använder kakor i fikat varje dag, säger bagaren. Acceptera inga sämre kakor!",
    "Länken saknas": "Länken saknas mellan Örebro och Karlstad. Regionen vill att staten bygger en järnväg.",
    "Sidan saknas": "Sidan saknas i handboken. "
    + "Regionen har tryckt om den och delar ut den på vårdcentralerna. " * 90,
    "Vi använder kakor – så tänker regionen": "Region Örebro län använder kakor på sin webbplats. I en ny rapport redovisar regionen vilka uppgifter som samlas in om besökarna och varför.",
    "404": "Gruppen 404 spelar på Brunnsparken på lördag. Konserten börjar klockan 19 och är gratis för alla under 18 år.",
    "Filen har tagits bort": "Bussfilen på Rudbecksgatan har tagits bort. Kommunen vill att trafiken ska flyta bättre, och räknar med kortare restider.",
    "Länken har flyttats": "Länken mellan E18 och E20 har flyttats norrut i Trafikverkets nya förslag. Det ger mindre buller för boende i Adolfsberg.",
    "Dokumentet finns inte": "Det dokument som regeringen hänvisar till finns inte. Det visar en granskning som Ekot har gjort av utredningens underlag.",
    "Cookies": "Baka egna cookies till helgen. Blanda smör och socker. Godkänn smeten genom att smaka.",
}


@pytest.mark.parametrize(("title", "text"), [*MISSING.items(), *WALLS.items()])
def test_a_page_that_stands_in_place_of_another_is_told_by_its_words(title: str, text: str) -> None:
    apology = apology_in(title, text)
    assert apology and apology.phrase in f"{title}\n{text}"


@pytest.mark.parametrize(("title", "text"), ARTICLES.items())
def test_an_article_about_missing_pages_and_cookies_is_one(title: str, text: str) -> None:
    assert apology_in(title, text) is None


@pytest.mark.parametrize(("cases", "is_missing"), [(MISSING, True), (WALLS, False), (ARTICLES, None)])
def test_a_page_says_which_of_them_it_is(cases: dict[str, str], is_missing: bool | None) -> None:
    """Whether what was stored before is gone depends on it."""
    for title, text in cases.items():
        lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
        menu = "<nav><a href=/>Start</a> <a href=/nyheter>Nyheter</a></nav>"
        page = f"<!doctype html><title>{title}</title><body>{menu}<main><h1>{title}</h1>{lines}</main></body>"
        apology = apology_of(page.encode())
        assert (apology.is_missing if apology else None) is is_missing, title


def test_hostile_texts_are_judged_in_no_time() -> None:
    for words in ("Vi du. ", "vi vi du kakor ", "404 404 ", "oj ", "Sidan du söker ", "a.", "vi använder ", "x\n"):
        apology = apology_in("404", words * (3_990 // len(words)))
        assert apology is None or apology.phrase in ("404", "404 404")


def test_a_page_in_utf_16_is_read_whatever_it_declares(tmp_path: Path) -> None:
    """By its byte order mark, or by its letters alone where only a header told."""
    text = "Regionen satsar på vätgas – och på räls i hela Örebro län."
    page = f"<!doctype html><meta charset=CHARSET><title>Vätgas</title><h1>Vätgas</h1><p>{text}</p>"
    for declared in ("utf-16", "utf-8", "utf-16le", "windows-1252"):
        markup = page.replace("CHARSET", declared)
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig", "cp1252"):
            (document,) = documents(tmp_path, markup.encode(encoding))
            assert document.text == text, (declared, encoding)
    (document,) = documents(tmp_path, page.encode("utf-16") + b"\n")
    assert document.text == text, "servers add half a letter"


SHOWN = {
    "told programs when it was asked": ("2026-03-05T08:15:00+01:00", "Publicerad 3 mars 2024", "2024-03-03"),
    "told them the day before, by another clock": ("2026-03-04T23:30:00Z", "Publicerad: 2024-03-03", "2024-03-03"),
    "told them the first second of all": ("1970-01-01T00:00:00Z", "Publicerad 3 mars 2024", "2024-03-03"),
    "told them the last second before": ("1969-12-31T23:59:59+00:00", "Publicerad 3 mars 2024", "2024-03-03"),
    "told them year 1": ("0001-01-01T00:00:00", "Publicerad 3 mars 2024", "2024-03-03"),
    "told them of a day to come": ("2099-01-01", "Publicerad 3 mars 2024", "2024-03-03"),
    "tells it in two elements": ("2026-03-05", "<b>Publicerad:</b> <i>3 mars 2024</i>", "2024-03-03"),
    "tells who wrote it": ("2026-03-05", "Publicerad 3 mars 2024 av Anna Berg", "2024-03-03"),
    "was published that day": ("2026-03-05", "Publicerad 5 mars 2026", "2026-03-05"),
    "has a date that is of anything": ("2026-03-05", "3 mars 2024", "2026-03-05"),
    "was changed that day": ("2026-03-05", "Uppdaterad 3 mars 2024", "2026-03-05"),
    "told them another day": ("2025-01-08", "Publicerad 3 mars 2024", "2025-01-08"),
    "is ambiguous": ("1970-01-01", "Publicerad 03/04/2024", None),
}


@pytest.mark.parametrize("page", SHOWN)
def test_a_labelled_day_wins_over_one_that_only_a_program_made(tmp_path: Path, page: str) -> None:
    stated, line, day = SHOWN[page]
    data = f'<script type="application/ld+json">{{"datePublished": "{stated}"}}</script>'
    markup = f"<!doctype html><title>Vätgas</title>{data}<main><h1>Vätgas</h1><p>{line}</p><p>{TEXT}</p></main>"
    (document,) = documents(tmp_path, markup.encode(), fetched="2026-03-05T07:15:01Z")
    assert (document.published.value if document.published else None) == day


DAYS = [
    ("unavailable_after: 2026-09-21", "2026-09-21"),
    ("unavailable_after: 2026-09-21T15:00:00+02:00", "2026-09-21"),
    ("unavailable_after: 2026-09-21T23:30:00Z", "2026-09-22"),
    ("unavailable_after: 25 Jun 2026 15:00:00 PST", "2026-06-26"),
    ("unavailable_after: Thu, 25 Jun 2026 15:00:00 +0200", "2026-06-25"),
    ("unavailable_after: Thursday, 25-Jun-26 15:00:00 GMT", "2026-06-25"),
    ("unavailable_after: Thursday, 25-Jun-26 15:00:00 GMT, nofollow", "2026-06-25"),
    ("nofollow, unavailable_after: 5 Nov 2026 10:00:00 GMT, noarchive", "2026-11-05"),
    ("UNAVAILABLE_AFTER: Thursday, November 5, 2026", "2026-11-05"),
    ("regionsok: unavailable_after: 2026-09-21", "2026-09-21"),
    ("otherbot: unavailable_after: 2026-09-21", ""),
    ("unavailable_after: snart", ""),
    ("unavailable_after: 9999-12-31T23:59:59Z", ""),
    ("noindex", ""),
]


@pytest.mark.parametrize(("said", "day"), DAYS)
def test_the_last_day_of_a_page_is_read(said: str, day: str) -> None:
    rules = robots_rules([said])
    assert (rules.until, rules.nofollow) == (day, "nofollow" in said)
    assert robots_rules([said, "unavailable_after: 2020-01-01"]).until == "2020-01-01", "the first one counts"
    assert robots_rules([said], day="2026-12-01").noindex == (bool(day) or said == "noindex")
    assert robots_rules([said], day=day).noindex == (said == "noindex"), "the day itself is one of those"


def fetched(corpus: Path, day: str, *pages: tuple[str, str, str], record: str = "") -> None:
    """A file as a crawl of a day leaves it: of each page its address, what its header and its element say."""
    records = []
    for url, header, meta in pages:
        page = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header and f'X-Robots-Tag: {header}'}\r\n\r\n"
            f'<!doctype html><meta name="robots" content="{meta}"><title>Nytt {day}</title><h1>Nytt {day}</h1>'
            f"<p>{TEXT} {url}</p>"
        ).encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {day}T10:00:00Z\r\n{record}"
        head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
        records.append(head.encode() + page + b"\r\n\r\n")
    path = corpus / "crawl" / f"kommunen-{day}.warc"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(records))


def found(settings: Settings) -> set[str]:
    return {str(hit.url) for hit in Searcher(settings).search(Search("vätgas")).hits}


def test_a_page_leaves_the_answers_after_its_last_day(settings: Settings) -> None:
    """Whether or not it is fetched again; no older version takes its place, nor after a rebuild, and a later one does."""
    ours, header, other = (f"https://kommunen.example/{name}" for name in ("a", "b", "c"))
    fetched(settings.corpus, "2026-03-01", (ours, "", ""), (other, "", ""))
    fetched(
        settings.corpus,
        "2026-03-02",
        (ours, "", "unavailable_after: 2026-09-21"),
        (header, "unavailable_after: 2026-09-20", ""),
    )
    build(settings, day="2026-09-20")
    assert found(settings) == {ours, header, other}
    build(settings, day="2026-09-21")
    assert found(settings) == {ours, other}, "the day itself is one of those"
    for rebuild in (False, False, True):
        assert build(settings, rebuild, day="2026-09-22").documents == 1
        assert found(settings) == {other}
    fetched(settings.corpus, "2026-03-03", (ours, "", "unavailable_after: 2026-10-01"))
    build(settings, day="2026-09-22")
    assert found(settings) == {ours, other}
    build(settings, day="2026-10-02")
    assert found(settings) == {other}
    for path in (settings.corpus / "crawl").glob("*-0[23].warc"):
        path.unlink()
    build(settings, day="2026-10-02")
    assert found(settings) == {ours, other}, "what said so is there no more"


def test_what_a_page_of_the_past_gives_is_checked(settings: Settings) -> None:
    fetched(settings.corpus, "2026-03-01", ("https://kommunen.example/a", "", "unavailable_after: 2020-01-01"))
    assert build(settings).documents == 0
    assert check(settings).sound
    assert build(settings, day="2019-01-01").documents == 0, "no file has changed"
    assert build(settings, rebuild=True, day="2019-01-01").documents == 1
    assert check(settings).surplus
    build(settings)
    assert check(settings).sound


def test_the_passing_of_a_day_is_noticed_without_reading_anything(settings: Settings) -> None:
    url = "https://kommunen.example/a"
    fetched(
        settings.corpus,
        "2026-03-01",
        (url, "unavailable_after: 2026-09-21", ""),
        ("https://kommunen.example/b", "", ""),
    )
    build(settings, day="2026-09-21")
    read: list[tuple[int, int]] = []
    build(settings, progress=Progress(read=lambda done, all: read.append((done, all))), day="2026-09-22")
    assert (len(found(settings)), read) == (1, [])


def test_a_source_is_the_publisher_of_what_was_crawled_for_it(settings: Settings) -> None:
    """Also after a rebuild without the sources; what a person states of the file wins."""
    record = f"{SOURCE}: Örebro läns museum\r\n{COUNTY}: Örebro län\r\n"
    fetched(settings.corpus, "2026-03-01", ("https://museet.example/a", "", ""), record=record)
    fetched(settings.corpus, "2026-03-02", ("https://museet.example/b", "", ""), record=record)
    (settings.corpus / "crawl" / "kommunen-2026-03-02.warc.toml").write_text(
        'publisher = "Vinnova"\n', encoding="utf-8"
    )
    for rebuild in (False, True):
        build(settings, rebuild=rebuild)
        documents = [Searcher(settings).document(hit.id) for hit in Searcher(settings).search(Search("vätgas")).hits]
        whose = {(str(one.url)[-1], one.source, one.publisher_region) for one in documents if one}
        assert whose == {("a", "Örebro läns museum", "orebro-lan"), ("b", "Vinnova", None)}


def test_what_a_crawl_brings_is_read_as_the_site_means_it(web: Web, tmp_path: Path) -> None:
    """In whatever encoding: its links are followed, its wishes heard, and its publisher is the source."""
    host, text = web.host(), "Museet visar räls – och vätgas – i hela länet. " * 8
    markup = (
        "<!doctype html><meta charset=CHARSET><title>Nr NUMBER</title>HEAD<h1>Nr NUMBER</h1><p>NUMBER TEXT</p>LINKS"
    )
    encodings = {
        "/start": ("utf-16", "utf-8", "utf-16"),
        "/header": ("utf-8", "utf-16-le", "utf-16le"),
        "/lies": ("utf-16", "utf-8", ""),
        "/lies-twice": ("utf-16", "utf-8", "utf-16"),
        "/hidden": ("utf-16", "utf-16", ""),
        "/hidden-lies": ("utf-16", "utf-8", ""),
        "/over": ("utf-8", "utf-8", ""),
    }
    paths = list(encodings)
    for number, (path, (declared, encoding, header)) in enumerate(encodings.items(), start=1):
        following = paths[number : number + 1]
        links = "".join(f'<p><a href="{other}">Nästa</a></p>' for other in following)
        wish = "noindex" if "hidden" in path else "unavailable_after: 2020-01-01" if path == "/over" else "all"
        head = f'<meta name="robots" content="{wish}">'
        content = markup.replace("CHARSET", declared).replace("HEAD", head).replace("LINKS", links)
        content = content.replace("NUMBER", str(number)).replace("TEXT", text)
        kind = "text/html" + (f"; charset={header}" if header else "")
        host.pages[path] = Answer(200, {"Content-Type": kind}, content.encode(encoding))
    told = f'name = "Örebro läns museum"\ncounty = "Örebro län"\nstart = ["{host.url("/start")}"]\ndelay = 0.0\n'
    settings = settings_for(tmp_path, {"museet": told})
    report = crawl(settings, ())
    assert {line["url"].removeprefix(host.url("")) for line in report.lines if line["outcome"] == "refused"} == {
        *paths[4:]
    }
    build(settings)
    searcher = Searcher(settings)
    found = [searcher.document(hit.id) for hit in searcher.search(Search("vätgas")).hits]
    assert {str(one.url).removeprefix(host.url("")) for one in found if one} == {*paths[:4]}
    assert {(one.source, one.publisher_region) for one in found if one} == {("Örebro läns museum", "orebro-lan")}
    assert all(one and "räls – och vätgas – i hela länet" in one.text for one in found)

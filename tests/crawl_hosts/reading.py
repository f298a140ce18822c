"""Point 10: what is read of a page, what is no article, and which day it is from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.crawl_nights import Held, Nights, Place, Show, place
from tests.web import Answer, page, text_about


def encoded(word: str, encoding: str, kind: str = "text/html", meta: str = "", mark: bytes = b"") -> Answer:
    """A page in a character set, which header and meta element may state."""
    text = page(word, head=meta).body.decode()
    return Answer(headers={"Content-Type": kind}, body=mark + text.encode(encoding))


@place
def tecken(here: Place) -> None:
    """Character sets, stated and not."""
    meta = '<meta charset="{}">'.format
    shown = {
        "/u16": ("sjöräddning", encoded("sjöräddning", "utf-16")),
        "/u16le": ("åkerbär", encoded("åkerbär", "utf-16-le", "text/html; charset=utf-16le")),
        "/u16be": ("ängsull", encoded("ängsull", "utf-16-be", mark=b"\xfe\xff")),
        "/u16lie": ("örnnäste", encoded("örnnäste", "utf-8", meta=meta("utf-16"))),
        "/latin": ("blåbärsskog", encoded("blåbärsskog", "cp1252", meta=meta("iso-8859-1"))),
        "/header": ("fjällräv", encoded("fjällräv", "cp1252", "text/html; charset=windows-1252")),
        "/bom8": (
            "hällmålning",
            encoded("hällmålning", "utf-8", "text/html; charset=iso-8859-1", mark=b"\xef\xbb\xbf"),
        ),
        "/utan": ("näckrosdamm", encoded("näckrosdamm", "utf-8")),
    }
    here.links(list(shown))
    for path, (word, answer) in shown.items():
        here.life("10.1", f"{path}: a page is read in the character set it has", path, (answer,) * 3, (word,) * 3)


COOKIES = (
    "Vi använder kakor (cookies) för att webbplatsen ska fungera och för att förbättra din upplevelse. Genom att klicka på Godkänn alla "
    "samtycker du till att vi använder kakor. Du kan när som helst ändra dina inställningar. Godkänn alla Avvisa Inställningar"
)


@place
def ursakter(here: Place) -> None:
    """Pages with 200 that are no articles, and articles about them."""
    no: dict[str, Show] = {
        "/saknas1": page(
            "Sidan kunde inte hittas", "Sidan du söker kan ha tagits bort, bytt namn eller är tillfälligt otillgänglig."
        ),
        "/saknas2": page(
            "Hoppsan! 404",
            "Tyvärr hittar vi inte sidan du letar efter. Den kan ha flyttats. Prova att söka eller gå till startsidan.",
        ),
        "/saknas3": page("Page not found – Region", "Sorry, the page you are looking for does not exist."),
        "/saknas4": page("Sidan finns inte", "Sidan finns inte längre. Kontrollera adressen."),
        "/kakor": page("Kakor på vår webbplats", COOKIES),
        "/cookies": page(
            "We value your privacy",
            "We use cookies to improve your experience. By clicking Accept all you consent to our use of cookies. Accept all Reject Settings",
        ),
        "/inlogg": page("Region", COOKIES),
    }
    yes = {
        "/nyhet404": page(
            "Därför möts allt fler av 404 – sidan finns inte",
            text_about("länkröta"),
            text_about("riksarkiv"),
            text_about("webbarkiv"),
        ),
        "/kaklag": page(
            "Ny lag om kakor på webben",
            text_about("kaklag"),
            "Sajter som använder kakor måste fråga först, säger myndigheten.",
            text_about("tillsyn"),
        ),
        "/kort": page("Kort notis", "Regionstyrelsen kortläste budgeten på tisdagen."),
        "/bageri": page("Bageri i Leksand bakar kakor", text_about("kakbak")),
    }
    words = ("länkröta", "kaklag", "kortläste", "kakbak")
    here.links([*no, *yes])
    for path, shown in no.items():
        here.life("10.2", f"{path}: an apology or a cookie wall is no document", path, (shown,) * 3, (None,) * 3)
        here.reported(
            "10.3", f"{path}: and the report says so", path, 1, "apology", "aside", "refused", "failed", "kept", "gone"
        )
    for (path, answer), word in zip(yes.items(), words, strict=True):
        here.life("10.4", f"{path}: an article is one, whatever it is about", path, (answer,) * 3, (word,) * 3)


def ld(**stated: str) -> str:
    """JSON-LD of an article."""
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "x", **stated})}</script>'


@place
def dagar(here: Place) -> None:
    """Days that a page states in two ways."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    future = (datetime.now(UTC) + timedelta(800)).isoformat(timespec="seconds")
    said = "Publicerad 3 mars 2024"
    cases: dict[str, tuple[str, str, str]] = {
        "nu": (ld(datePublished=now, dateModified=now), said, "2024-03-03"),
        "noll": (ld(datePublished="1970-01-01T00:00:00Z"), said, "2024-03-03"),
        "ett": (ld(datePublished="0001-01-01T00:00:00"), said, "2024-03-03"),
        "fram": (ld(datePublished=future), said, "2024-03-03"),
        "meta": (f'<meta property="article:published_time" content="{now}">', said, "2024-03-03"),
        "sann": (ld(datePublished="2023-11-05T08:00:00+01:00"), "", "2023-11-05"),
        "tvetydig": ("", "Publicerad 03/04/2024", ""),
        "entydig": ("", "Publicerad 13/04/2024", "2024-04-13"),
        "lika": ("", "Publicerad 03/03/2024", "2024-03-03"),
        "ingen": ("", "", ""),
        "ensamnoll": (ld(datePublished="1970-01-01T00:00:00Z"), "", ""),
    }
    here.links([f"/d/{name}" for name in cases])
    for name, (head, text, day) in cases.items():
        word = f"{name}dag"
        shown = page(word, *([text] if text else []), text_about(word), head=head)
        here.life(
            "10.5",
            f"{name}: the page's own day counts, and none that cannot be",
            f"/d/{name}",
            (shown,) * 3,
            (Held(word, published=day),) * 3,
        )


@place
def omkring(here: Place) -> None:
    """What stands around every page is no text of it."""
    links = [f"/s/{number}" for number in range(1, 6)]
    here.links(links)
    menu = "<header><nav><a href='/'>Start</a> <a href='/om'>Om oss</a> Menyord</nav></header><div class='cookie-banner' role='dialog'>Kakrutans ord: vi använder kakor.</div>"
    foot = "<footer>Fotord: Box 1, 700 00 Örebro</footer>"
    for number, path in enumerate(links, 1):
        word = f"omgivning{number}x"
        whole = (
            page(word, text_about(word), text_about(f"stycke{number}x"))
            .body.decode()
            .replace("<main>", f"{menu}<main>")
            .replace("</main>", f"</main>{foot}")
        )
        here.life(
            "10.6",
            "a page is held without what surrounds it",
            path,
            (Answer(200, {"Content-Type": "text/html; charset=utf-8"}, whole.encode()),) * 3,
            (word,) * 3,
        )

    def check(run: Nights) -> Iterator[str]:
        for night, morning in run.mornings.items():
            for path in links:
                document = morning.get(here.url(path))
                if document and any(word in document.text for word in ("Menyord", "Kakrutans", "Fotord")):
                    yield f"morning {night}: {path} has what surrounds it: {document.text[:200]!r}"

    here.claim("10.7", "menus, cookie bars and footers are no text", check)

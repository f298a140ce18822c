"""Point 9: whose a page is, which are one, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.crawl_nights import FIRST_DAY, Held, Nights, Place, headed, place
from tests.test_formats import pdf
from tests.web import Answer, page, text_about

BODY = (
    "Investeringen omfattar 340 miljoner kronor och ska göra det möjligt att tanka vätgas längs hela riksvägen senast om tre år, "
    "i ett samarbete mellan energibolagen, åkerierna och de fyra kommunerna i stråket.",
    "Stationerna placeras vid de terminaler där flest tunga fordon stannar i dag, och den första öppnar redan till hösten vid "
    "godsterminalen, där ett lokalt företag har byggt elektrolysörer sedan början av året.",
    "– Nu tar vi ett stort steg mot fossilfria transporter, och det märks redan på hur många åkerier som hör av sig, säger Karin "
    "Lindqvist, som leder arbetet med omställningen.",
    "Parterna bidrar med en tredjedel var, och resten söks från den europeiska fonden för regional utveckling under våren. En "
    "utvärdering görs av högskolan när de första lastbilarna har tankat i ett halvår.",
)
NEAR = (
    "Forskare vid högskolan har i tre år följt hur smidesverkstäder tar vara på spillvärme, och resultatet är att hälften kan värma "
    "sina egna lokaler hela vintern utan att köpa fjärrvärme.",
)

RELEASE = "/pressmeddelande-vatgas"


@place
def utgivare(here: Place) -> None:
    """A source says whose its pages are, and where that is."""
    here.name = "Region Testlunda"
    here.source({"county": "Dalarnas län"})
    here.links(["/p/1", "/p/2.pdf"])
    held = Held("utgivning", publisher="Region Testlunda", region="dalarnas-lan")
    here.life(
        "9.1", "a source's name and county are its pages' publisher and region", "/p/1", ("utgivning",) * 3, (held,) * 3
    )
    files = Answer(200, {"Content-Type": "application/pdf"}, pdf(text_about("häfte")))
    here.life(
        "9.2",
        "also of a PDF",
        "/p/2.pdf",
        (files,) * 3,
        (Held("häfte", publisher="Region Testlunda", region="dalarnas-lan"),) * 3,
    )


def release(here: Place, name: str, county: str, title: str, before: str, after: tuple[str, ...]) -> None:
    """One publisher's own setting of the release that three have."""
    here.name = name
    here.source({"county": county})
    here.links([RELEASE])
    first, *rest = BODY
    shown = page(title, f"{before}{first}", *rest, *after)
    here.life(
        "9.3",
        "a release is held at each of its publishers",
        RELEASE,
        (shown,) * 3,
        (Held("elektrolysörer", publisher=name),) * 3,
    )


@place
def trilling1(here: Place) -> None:
    """With a dateline in the Swedish way."""
    release(
        here,
        "Region Ettan",
        "Örebro län",
        "Storsatsning på vätgas längs riksvägen",
        "Örebro 12 mars 2024 – ",
        (
            "Fakta: Regionen ansvarar för kollektivtrafik, sjukvård och kultur i tolv kommuner.",
            "Kontakt: Anna Berg, pressansvarig, 019-000 00 00",
        ),
    )


@place
def trilling2(here: Place) -> None:
    """With one in the way of agencies."""
    release(
        here,
        "Kommunen Tvåan",
        "Dalarnas län",
        "Vätgas längs riksvägen – storsatsning",
        "FALUN (Kommunen Tvåan) ",
        (
            "Om Kommunen Tvåan: Kommunen har 59 000 invånare och 4 600 anställda inom vård, skola och teknik.",
            "Presskontakt: Bo Ek, 023-000 00",
        ),
    )


@place
def trilling3(here: Place) -> None:
    """Without, and with a box of its own."""
    release(
        here,
        "Energibolaget Trean",
        "",
        "Storsatsning på vätgas längs riksvägen",
        "",
        (
            "Fakta/vätgas: Vätgas framställs ur vatten med el och kan lagras under tryck i bergrum.",
            "För mer information: Energibolaget Trean, kundtjänst 0770-00 00 00",
        ),
    )

    def check(run: Nights) -> Iterator[str]:
        for night, groups in run.groups.items():
            found = {url: group for url, group in groups.items() if url.endswith(RELEASE)}
            if len(found) != 3 or len({*found.values()}) != 1:
                yield f"morning {night}: three settings of a release are of the groups {found}"

    here.claim("9.4", "three settings of one release are one", check)


@place
def enskild(here: Place) -> None:
    """Two texts that share a fact box and a contact, and are two."""
    here.links(["/a", "/b"])
    box = "Fakta: Regionen ansvarar för kollektivtrafik, sjukvård och kultur i tolv kommuner. Kontakt: Anna Berg, 019-000 00 00"
    here.life(
        "9.5", "pages that share a box are held", "/a", (page("Spillvärme", *NEAR, box),) * 3, ("smidesverkstäder",) * 3
    )
    here.life("9.6", "each", "/b", (page("Kulturskola", text_about("kulturskola"), box),) * 3, ("kulturskola",) * 3)

    def check(run: Nights) -> Iterator[str]:
        for night, groups in run.groups.items():
            if groups.get(here.url("/a")) == groups.get(here.url("/b")):
                yield f"morning {night}: two releases with one box are taken for one"

    here.claim("9.7", "a shared box makes no two releases one", check)


@place
def bastfore(here: Place) -> None:
    """Until when a page may be shown."""
    here.links(["/q1", "/q2", "/q3", "/q4", "/q5", "/q6"])
    noon = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 12, tzinfo=UTC)
    past, beyond = datetime(2020, 6, 25, 15, tzinfo=UTC), noon + timedelta(400)

    def until(word: str, value: str) -> Answer:
        return page(word, head=f'<meta name="robots" content="unavailable_after: {value}">')

    rfc850 = f"{past:%d-%b-%y %H:%M:%S} UTC"
    here.life(
        "9.8",
        "what was to be shown until a past day is not held",
        "/q1",
        (until("quiz", past.isoformat()),) * 3,
        (None,) * 3,
    )
    here.life(
        "9.9",
        "also by its header, as RFC 822 writes days",
        "/q2",
        (headed(page("quorum"), X_Robots_Tag=f"unavailable_after: {format_datetime(past, usegmt=True)}"),) * 3,
        (None,) * 3,
    )
    here.life("9.10", "also as RFC 850 does", "/q3", (until("kvot", rfc850),) * 3, (None,) * 3)
    here.life(
        "9.11", "a day to come is no hindrance", "/q4", (until("kvalitet", beyond.isoformat()),) * 3, ("kvalitet",) * 3
    )
    here.life(
        "9.12",
        "a page that gets a past day leaves",
        "/q5",
        ("kvadrat", until("kvadrat", "2021-01-01"), until("kvadrat", "2021-01-01")),
        ("kvadrat", None, None),
    )
    tomorrow = (noon + timedelta(1)).isoformat()
    here.life(
        "9.13",
        "when the day has passed the page leaves, though it answers 304",
        "/q6",
        (until("kvarter", tomorrow),) * 3,
        ("kvarter", Held(""), None),
    )

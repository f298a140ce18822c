"""What sort of document a text is, where its top lines, its title, its address or its source say so, and what said it."""

import re
from collections.abc import Iterator, Sequence

KINDS = {
    "pressmeddelande": "Pressmeddelande",
    "nyhet": "Nyhet",
    "projekt": "Projekt",
    "utlysning": "Utlysning",
    "rapport": "Rapport",
    "uppdrag": "Uppdrag",
    "beslut": "Beslut",
    "evenemang": "Evenemang",
    "interpellation": "Interpellation",
    "motion": "Motion",
    "proposition": "Proposition",
    "lagradsremiss": "Lagrådsremiss",
    "skrivelse": "Skrivelse",
    "utredning": "Utredning",
    "direktiv": "Kommittédirektiv",
    "remiss": "Remiss",
    "overenskommelse": "Överenskommelse",
    "faktapromemoria": "Faktapromemoria",
    "tal": "Tal",
    "debattartikel": "Debattartikel",
    "sida": "Sida",
}
"""Value -> label."""

_LINES = 12
_SHORT = 80
_HEAD_LINES = 2
_HEAD_LENGTH = 200
_WORDS = {
    "pressmeddelande": "pressmeddelande(?:n|t)?|pressrelease|press-release",
    "utlysning": "utlysning(?:ar|en)?",
    "uppdrag": "regeringsuppdrag",
    "beslut": "regeringsbeslut|regleringsbrev",
    "interpellation": "interpellation(?:er)?",
    "motion": "motioner|dokument/motion",
    "proposition": "proposition(?:er)?",
    "lagradsremiss": "lagr[aå]dsremiss(?:er)?",
    "skrivelse": "skrivelser?",
    "utredning": "statens-offentliga-utredningar|departementsserien-och-promemorior|statliga-utredningar",
    "direktiv": "kommitt[eé]direktiv",
    "remiss": "remiss(?:er)?",
    "overenskommelse": "overenskommelser-och-avtal|sveriges-internationella-overenskommelser",
    "faktapromemoria": "faktapromemori(?:a|or)",
    "tal": "tal|anföranden",
    "debattartikel": "debattartik(?:el|lar)",
    "rapport": "rapport(?:er|en)?|publikation(?:er)?",
    "evenemang": "evenemang|kalender|kalendarium|seminari(?:um|er)|event(?:s)?|konferens(?:er)?",
    "projekt": "projekt(?:en)?|projektbank(?:en)?",
    "nyhet": "nyhet(?:er|en)?|news|aktuellt|artiklar",
    "sida": "om-oss|om-webbplatsen|kontakt(?:a-oss)?",
}


# A label that names a title ("Rapport: Nationellt reformprogram") is a link to another document.
def _label_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\d•|:]\s*)(?:{words})\s*(?:$|[•|,]|:\s*(?:$|\d))", re.IGNORECASE)


_LABEL = {kind: _label_of(words) for kind, words in _WORDS.items()}
_ANY_LABEL = _label_of("|".join(_WORDS.values()))
"""Few lines have one: they are told by one search."""
_SEGMENT = {kind: re.compile(rf"/(?:{words})(?=/|$)", re.IGNORECASE) for kind, words in _WORDS.items()}
_SESSION = r"\d{4}/(?:\d\d|\d{4}):"
# How a paper of the Riksdag or the government begins; a press release about one begins otherwise.
_HEAD = {
    "interpellation": re.compile(rf"(?:Interpellation )?{_SESSION}\d+ (?:.* )?av "),
    "motion": re.compile(rf"Motion(?: till riksdagen)? {_SESSION}\w*\d+"),
    "proposition": re.compile(rf"Regeringens proposition {_SESSION}\d+"),
    "utredning": re.compile(r"(?:I (?:den här |denna )?promemori|Denna promemoria|Promemorian\b(?!s))"),
    "beslut": re.compile(r"Regeringskansliet \([^)]*\) beslutar\b"),
}
_TITLE = {
    "remiss": re.compile(r"(?:Remiss av|Remittering av|Remiss:)\s"),
    # The number of the paper closes its own title.
    "proposition": re.compile(rf".*, Prop\. {_SESSION}\d+\s*$", re.IGNORECASE),
    "skrivelse": re.compile(rf".*, Skr\. {_SESSION}\d+\s*$", re.IGNORECASE),
    "utredning": re.compile(r".*, (?:SOU|Ds) \d{4}:\d+\s*$", re.IGNORECASE),
    "direktiv": re.compile(r".*, Dir\.? \w*\d{4}:\d+\s*$", re.IGNORECASE),
    "uppdrag": re.compile(r"(?:(?:Ändrat|Förlängt|Nytt) u|U)ppdrag (?:att|till|om|avseende|angående)\b"),
    "beslut": re.compile(r"(?:Regeländringar beslutade|Regleringsbrev för)\s"),
    "utlysning": re.compile(
        r"(?:Utlysning|Ny utlysning|Öppen utlysning|Sök (?:stöd|bidrag|medel|finansiering))\b", re.IGNORECASE
    ),
    "evenemang": re.compile(
        r"(?:Inbjudan|Välkommen till|Seminarium|Webbinarium|Konferens|Frukostseminarium)\b", re.IGNORECASE
    ),
    "rapport": re.compile(r"(?:Rapport|Slutrapport|Delrapport|Årsrapport)\b", re.IGNORECASE),
}
_RELEASE = "pressmeddelande"
"""Stays what its address says whatever its title announces: Uppdrag till Tillväxtverket."""
_VENUES = {"almedalsveckan.info": "evenemang"}
"""Sources that publish one kind only."""


def read_kind(
    lines: Sequence[str], url: str | None = None, title: str = "", source: str | None = None
) -> tuple[str, str] | None:
    """The kind, and in Swedish what says so; None when nothing does.

    The order is that of how seldom each is wrong: the words that a paper begins with, a label near the top, the
    title, the address, the source.

    >>> read_kind(["Pressmeddelande • 11 februari 2019"])
    ('pressmeddelande', 'raden ”Pressmeddelande • 11 februari 2019”')
    """
    return next(_readings(lines, url, title, source), None)


def _readings(lines: Sequence[str], url: str | None, title: str, source: str | None) -> Iterator[tuple[str, str]]:
    for line in lines[:_HEAD_LINES]:
        head = line.strip()[:_HEAD_LENGTH]
        yield from ((kind, f"raden ”{head}”") for kind, pattern in _HEAD.items() if pattern.match(head))
    for line in lines[:_LINES]:
        if len(line) <= _SHORT and _ANY_LABEL.search(line.strip()):
            yield from (
                (kind, f"raden ”{line.strip()}”") for kind, pattern in _LABEL.items() if pattern.search(line.strip())
            )
    if url and _SEGMENT[_RELEASE].search(url):
        yield _RELEASE, f"adressen {url}"
    yield from ((kind, f"rubriken ”{title}”") for kind, pattern in _TITLE.items() if pattern.match(title))
    for said, address in (("adressen", url), ("källan", source)):
        yield from ((kind, f"{said} {address}") for kind, pattern in _SEGMENT.items() if pattern.search(address or ""))
    if source in _VENUES:
        yield _VENUES[source], f"källan {source}"

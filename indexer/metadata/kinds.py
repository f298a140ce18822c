"""What sort of document a text is, where its top lines, its title, its address or its source say so, and what said it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

KINDS = {
    "pressmeddelande": "Pressmeddelande",
    "nyhet": "Nyhet",
    "projekt": "Projekt",
    "utlysning": "Utlysning",
    "rapport": "Rapport",
    "uppdrag": "Uppdrag",
    "evenemang": "Evenemang",
    "sida": "Sida",
}
"""Value -> label."""

_LINES = 12
_SHORT = 80
_WORDS = {
    "pressmeddelande": "pressmeddelande(?:n|t)?|pressrelease|press-release",
    "utlysning": "utlysning(?:ar|en)?",
    "uppdrag": "regeringsuppdrag|regeringsbeslut",
    "rapport": "rapport(?:er|en)?|publikation(?:er)?",
    "evenemang": "evenemang|kalender|kalendarium|seminari(?:um|er)|event(?:s)?|konferens(?:er)?",
    "projekt": "projekt(?:en)?|projektbank(?:en)?",
    "nyhet": "nyhet(?:er|en)?|news|aktuellt|artiklar",
    "sida": "om-oss|om-webbplatsen|kontakt(?:a-oss)?",
}
_LABEL = {
    kind: re.compile(rf"(?:^|[\d•|:]\s*)(?:{words})\s*(?:$|[•|:,])", re.IGNORECASE) for kind, words in _WORDS.items()
}
_SEGMENT = {kind: re.compile(rf"/(?:{words})(?=/|$)", re.IGNORECASE) for kind, words in _WORDS.items()}
_TITLE = {
    "uppdrag": re.compile(r"(?:(?:Ändrat|Förlängt|Nytt) u|U)ppdrag (?:att|till|om|avseende|angående)\b"),
    "utlysning": re.compile(
        r"(?:Utlysning|Ny utlysning|Öppen utlysning|Sök (?:stöd|bidrag|medel|finansiering))\b", re.IGNORECASE
    ),
    "evenemang": re.compile(
        r"(?:Inbjudan|Välkommen till|Seminarium|Webbinarium|Konferens|Frukostseminarium)\b", re.IGNORECASE
    ),
    "rapport": re.compile(r"(?:Rapport|Slutrapport|Delrapport|Årsrapport)\b", re.IGNORECASE),
}
_VENUES = {"almedalsveckan.info": "evenemang"}
"""Sources that publish one kind only."""


def read_kind(
    lines: Sequence[str], url: str | None = None, title: str = "", source: str | None = None
) -> tuple[str, str] | None:
    """The kind, and in Swedish what says so; None when nothing does.

    The order is that of how seldom each is wrong: a label near the top, the title, the address, the source.

    >>> read_kind(["Pressmeddelande • 11 februari 2019"])
    ('pressmeddelande', 'raden ”Pressmeddelande • 11 februari 2019”')
    """
    return next(_readings(lines, url, title, source), None)


def _readings(lines: Sequence[str], url: str | None, title: str, source: str | None) -> Iterator[tuple[str, str]]:
    for line in lines[:_LINES]:
        if len(line) <= _SHORT:
            yield from (
                (kind, f"raden ”{line.strip()}”") for kind, pattern in _LABEL.items() if pattern.search(line.strip())
            )
    yield from ((kind, f"rubriken ”{title}”") for kind, pattern in _TITLE.items() if pattern.match(title))
    for said, address in (("adressen", url), ("källan", source)):
        yield from ((kind, f"{said} {address}") for kind, pattern in _SEGMENT.items() if pattern.search(address or ""))
    if source in _VENUES:
        yield _VENUES[source], f"källan {source}"

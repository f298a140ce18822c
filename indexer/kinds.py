"""What sort of document a text is, where its top lines or its address say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    "evenemang": "evenemang|kalender|seminari(?:um|er)|event(?:s)?|konferens(?:er)?",
    "projekt": "projekt(?:en)?|projektbank(?:en)?",
    "nyhet": "nyhet(?:er|en)?|news|aktuellt|artiklar",
}
_LABEL = {
    kind: re.compile(rf"(?:^|[\d•|:]\s*)(?:{words})\s*(?:$|[•|:,])", re.IGNORECASE) for kind, words in _WORDS.items()
}
_SEGMENT = {kind: re.compile(rf"/(?:{words})(?=/|$)", re.IGNORECASE) for kind, words in _WORDS.items()}


def read_kind(lines: Sequence[str], url: str | None = None) -> str | None:
    """The kind that a short line near the top or a part of the address names; None when none does."""
    for line in lines[:_LINES]:
        if len(line) <= _SHORT:
            for kind, pattern in _LABEL.items():
                if pattern.search(line.strip()):
                    return kind
    return next((kind for kind, pattern in _SEGMENT.items() if pattern.search(url or "")), None)

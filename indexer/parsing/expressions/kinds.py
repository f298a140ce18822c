"""Kinds in a question: what sort of document is wanted, where the question begins with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.metadata.kinds import KINDS
from indexer.parsing.expressions.expression import Expression

_LEAD = (
    r"(?:(?:alla|nya|nyaste|senaste|de|visa|hitta|sök|söker|jag|lista|vilka|några|finns|det|öppna|pågående|aktuella"
    r"|kommande)\s{1,3}){0,4}"
)
_TOPIC = r"om|kring|gällande|rörande|angående"
_STRICT = rf"(?=\s+(?:{_TOPIC}|från)(?!\w))"
_TIED = rf"(?=\s+(?:{_TOPIC}|av|från|sedan|inom|i|på|med|som)(?!\w)|[\s?!.]*$)"
# Words that only mean a document need nothing after them; the others are tied to a subject, whatever place or time stands between: "motion" alone may be exercise.
_WORDS = {
    "pressmeddelande": "pressmeddelande(?:na?|n|t)?|pressreleaser(?:na)?",
    "nyhet": "nyhet(?:er|erna)|nyhetsartiklar",
    "utlysning": "utlysning(?:ar|arna)?",
    "rapport": "(?:slut|del)?rapport(?:er|erna)|publikationer(?:na)?"
    rf"|(?:(?:slut|del)?rapport(?:en)?|publikation(?:en)?){_TIED}",
    "uppdrag": f"regeringsuppdrag(?:en)?|uppdrag(?:et|en)?{_STRICT}",
    "beslut": f"regeringsbeslut(?:en)?|beslut(?:et|en)?{_TIED}",
    "evenemang": "evenemang(?:en)?|seminari(?:er|erna)|konferens(?:er|erna)"
    rf"|(?:seminari(?:um|et)|konferens(?:en)?){_TIED}",
    "interpellation": "interpellation(?:er|erna|en)?",
    "motion": f"motioner(?:na)?|motion(?:en)?{_STRICT}",
    "proposition": f"proposition(?:er|erna)|proposition(?:en)?{_TIED}",
    "lagradsremiss": "lagrådsremiss(?:er|erna|en)?",
    "skrivelse": f"skrivelser(?:na)?|skrivelsen?{_TIED}",
    "utredning": f"utredningar(?:na)?|utredning(?:en)?{_STRICT}",
    "direktiv": "kommittédirektiv(?:en)?",
    "remiss": f"remisser(?:na)?|remiss(?:en)?{_STRICT}",
    "overenskommelse": f"överenskommelser(?:na)?|överenskommelsen?{_TIED}",
    "faktapromemoria": "faktapromemori(?:a|or|orna)",
    "debattartikel": "debattartik(?:el|eln|lar|larna)",
    "projekt": f"projekt(?:et|en)?{_TIED}",
    "tal": r"tal(?:en)?(?=\s{1,3}(?:av|från)(?!\w))",
}
"""Kind -> the words for it."""
_AMBIGUOUS = re.compile("projekt|beslut|rapport|skrivelse|överenskommelse", re.IGNORECASE)
"""Alone, words of any text."""
_HEAD = re.compile(
    rf"\s*{_LEAD}(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _WORDS.items())})(?![\w-])"
    rf"(?:\s{{1,3}}(?:{_TOPIC})(?![\w-]))?",
    re.IGNORECASE,
)


def kinds_in(text: str, others: Sequence[Expression]) -> Iterator[Expression]:
    """The kind that plain words begin with, but for places and times before it; never one in the middle of a subject."""
    characters = list(text)
    for other in others:
        characters[other.start : other.end] = " " * (other.end - other.start)
    text = "".join(characters)
    head = _HEAD.match(text)
    if head and head.lastgroup and (others or not _AMBIGUOUS.fullmatch(text.strip())):
        kind, start = head.lastgroup, head.end() - len(head[0].lstrip())
        yield Expression("kind", kind, KINDS[kind], head[kind], start, head.end())

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
_ANY = ""
_STRICT = rf"\s+(?:{_TOPIC}|från)(?!\w)"
_TIED = rf"\s+(?:{_TOPIC}|av|från|sedan|inom|i|på|med|som)(?!\w)|[\s?!.]*$"
# Kind, the words for it, and what must follow them, after whatever place or time: words that only mean a document need nothing, "motion" alone may be exercise.
_WORDS = (
    ("pressmeddelande", "pressmeddelande(?:na?|n|t)?|pressreleaser(?:na)?", _ANY),
    ("nyhet", "nyhet(?:er|erna)|nyhetsartiklar", _ANY),
    ("utlysning", "utlysning(?:ar|arna)?", _ANY),
    ("rapport", "(?:slut|del)?rapport(?:er|erna)|publikationer(?:na)?", _ANY),
    ("rapport", "(?:slut|del)?rapport(?:en)?|publikation(?:en)?", _TIED),
    ("uppdrag", "regeringsuppdrag(?:en)?", _ANY),
    ("uppdrag", "uppdrag(?:et|en)?", _STRICT),
    ("beslut", "regeringsbeslut(?:en)?", _ANY),
    ("beslut", "beslut(?:et|en)?", _TIED),
    ("evenemang", "evenemang(?:en)?|seminari(?:er|erna)|konferens(?:er|erna)", _ANY),
    ("evenemang", "seminari(?:um|et)|konferens(?:en)?", _TIED),
    ("interpellation", "interpellation(?:er|erna|en)?", _ANY),
    ("motion", "motioner(?:na)?", _ANY),
    ("motion", "motion(?:en)?", _STRICT),
    ("proposition", "proposition(?:er|erna)", _ANY),
    ("proposition", "proposition(?:en)?", _TIED),
    ("lagradsremiss", "lagrådsremiss(?:er|erna|en)?", _ANY),
    ("skrivelse", "skrivelser(?:na)?", _ANY),
    ("skrivelse", "skrivelsen?", _TIED),
    ("utredning", "utredningar(?:na)?", _ANY),
    ("utredning", "utredning(?:en)?", _STRICT),
    ("direktiv", "kommittédirektiv(?:en)?", _ANY),
    ("remiss", "remisser(?:na)?", _ANY),
    ("remiss", "remiss(?:en)?", _STRICT),
    ("overenskommelse", "överenskommelser(?:na)?", _ANY),
    ("overenskommelse", "överenskommelsen?", _TIED),
    ("faktapromemoria", "faktapromemori(?:a|or|orna)", _ANY),
    ("debattartikel", "debattartik(?:el|eln|lar|larna)", _ANY),
    ("projekt", "projekt(?:et|en)?", _TIED),
    ("tal", "tal(?:en)?", r"\s{1,3}(?:av|från)(?!\w)"),
)
_AMBIGUOUS = re.compile("projekt|beslut|rapport|skrivelse|överenskommelse", re.IGNORECASE)
"""Alone, words of any text."""
_HEADS = [
    (
        kind,
        re.compile(
            rf"\s*{_LEAD}(?P<words>{words})(?![\w-])(?={follows})(?:\s{{1,3}}(?:{_TOPIC})(?![\w-]))?", re.IGNORECASE
        ),
    )
    for kind, words, follows in _WORDS
]


def kinds_in(text: str, others: Sequence[Expression]) -> Iterator[Expression]:
    """The kind that plain words begin with, but for places and times before it; never one in the middle of a subject."""
    characters = list(text)
    for other in others:
        characters[other.start : other.end] = " " * (other.end - other.start)
    text = "".join(characters)
    for kind, pattern in _HEADS:
        if (head := pattern.match(text)) and not (_AMBIGUOUS.fullmatch(text.strip()) and not others):
            start = head.end() - len(head[0].lstrip())
            yield Expression("kind", kind, KINDS[kind], head["words"], start, head.end())
            return

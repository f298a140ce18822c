"""Kinds in a question: what sort of document is wanted, where the question begins with it."""

import re
from collections.abc import Iterator, Sequence

from indexer.metadata.kinds import KINDS
from indexer.parsing.expressions.expression import Expression

_LEAD = (
    r"(?:(?:alla|nya|nyaste|senaste|de|visa|hitta|sök|söker|jag|lista|vilka|några|finns|det|öppna|pågående|aktuella"
    r"|kommande)\s{1,3}){0,4}"
)
_TOPIC = r"om|kring|gällande|rörande|angående"
_FREE = {
    "pressmeddelande": "pressmeddelande(?:na?|n|t)?|pressreleaser(?:na)?",
    "nyhet": "nyhet(?:er|erna)|nyhetsartiklar",
    "utlysning": "utlysning(?:ar|arna)?",
    "rapport": "(?:slut|del)?rapport(?:er|erna)|publikationer(?:na)?",
    "uppdrag": "regeringsuppdrag(?:en)?",
    "beslut": "regeringsbeslut(?:en)?",
    "evenemang": "evenemang(?:en)?|seminari(?:er|erna)|konferens(?:er|erna)",
    "interpellation": "interpellation(?:er|erna|en)?",
    "motion": "motioner(?:na)?",
    "proposition": "proposition(?:er|erna)",
    "lagradsremiss": "lagrådsremiss(?:er|erna|en)?",
    "skrivelse": "skrivelser(?:na)?",
    "utredning": "utredningar(?:na)?",
    "direktiv": "kommittédirektiv(?:en)?",
    "remiss": "remisser(?:na)?",
    "overenskommelse": "överenskommelser(?:na)?",
    "faktapromemoria": "faktapromemori(?:a|or|orna)",
    "debattartikel": "debattartik(?:el|eln|lar|larna)",
    "tal": r"tal(?:en)?(?=\s{1,3}(?:av|från)(?!\w))",
}
"""Kind -> words that mean documents of it, whatever follows."""
_TIED = {
    "rapport": "(?:(?:slut|del)?rapport|publikation)(?:en)?",
    "beslut": "beslut(?:et|en)?",
    "evenemang": "seminari(?:um|et)|konferens(?:en)?",
    "proposition": "proposition(?:en)?",
    "skrivelse": "skrivelsen?",
    "overenskommelse": "överenskommelsen?",
    "projekt": "projekt(?:et|en)?",
}
"""Words that mean it where a subject, a place or a time stands beside them; alone they are words of any text."""
_STRICT = {
    "uppdrag": "uppdrag(?:et|en)?",
    "motion": "motion(?:en)?",
    "utredning": "utredning(?:en)?",
    "remiss": "remiss(?:en)?",
}
"""Words that mean it only before a subject: "motion i Lund" may be exercise."""
_ALONE = re.compile(rf"\s*(?:{'|'.join(_TIED.values())})[\s?!.]*", re.IGNORECASE)


def _words() -> Iterator[str]:
    tied = rf"(?=\s+(?:{_TOPIC}|av|från|sedan|inom|i|på|med|som)(?!\w)|[\s?!.]*$)"
    strict = rf"(?=\s+(?:{_TOPIC}|från)(?!\w))"
    for kind in dict.fromkeys((*_FREE, *_TIED, *_STRICT)):
        forms = [
            f"(?:{words[kind]}){after}"
            for words, after in ((_FREE, ""), (_TIED, tied), (_STRICT, strict))
            if kind in words
        ]
        yield f"(?P<{kind}>{'|'.join(forms)})"


_HEAD = re.compile(
    rf"\s*{_LEAD}(?:{'|'.join(_words())})(?![\w-])"
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
    if head and head.lastgroup and (others or not _ALONE.fullmatch(text)):
        kind, start = head.lastgroup, head.end() - len(head[0].lstrip())
        yield Expression("kind", kind, KINDS[kind], head[kind], start, head.end())

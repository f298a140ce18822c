"""Kinds in a question: what sort of document is wanted, where the question begins with it."""

import re
from collections.abc import Iterator, Sequence

from indexer.metadata.kinds import KINDS, kind_table
from indexer.parsing.expressions.expression import Expression

_LEAD = "alla|nya|nyaste|senaste|det?|visa|hitta|sök|söker|jag|lista|vilka|några|finns|öppna|pågående|aktuella|kommande"
_TOPIC = r"om|kring|gällande|rörande|angående"
_FREE, _TIED, _STRICT = map(kind_table, ("free", "tied", "strict"))
_ALONE = re.compile(rf"\s*(?:{'|'.join(_TIED.values())})[\s?!.]*", re.IGNORECASE)


def _words() -> Iterator[str]:
    tied = rf"(?=\s+(?:{_TOPIC}|av|från|sedan|inom|i|på|med|som)(?!\w)|[\s?!.]*$)"
    strict = rf"(?=\s+(?:{_TOPIC}|från)(?!\w))"
    tables = ((_FREE, ""), (_TIED, tied), (_STRICT, strict))
    for kind in dict.fromkeys((*_FREE, *_TIED, *_STRICT)):
        forms = (f"(?:{words[kind]}){after}" for words, after in tables if kind in words)
        yield f"(?P<{kind}>{'|'.join(forms)})"


_HEAD = re.compile(
    rf"(?i)\s*(?:(?:{_LEAD})\s{{1,3}}){{0,4}}(?:{'|'.join(_words())})(?![\w-])(?:\s{{1,3}}(?:{_TOPIC})(?![\w-]))?"
)


def kinds_in(text: str, others: Sequence[Expression]) -> Iterator[Expression]:
    """The kind that plain words begin with, but for places and times before it; never one in the middle of a subject."""
    for other in others:
        text = text[: other.start].ljust(other.end) + text[other.end :]
    head = _HEAD.match(text)
    if head and head.lastgroup and (others or not _ALONE.fullmatch(text)):
        kind, start = head.lastgroup, head.end() - len(head[0].lstrip())
        yield Expression("kind", kind, KINDS[kind], head[kind], start, head.end())

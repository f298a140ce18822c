"""What a question says in words of place, time or kind, and the words of a question that may say it."""

import re

from msgspec import Struct

from indexer.facets import FACETS
from indexer.metadata.dates import parse_date
from indexer.parsing.syntax import MARK
from indexer.queries import Filters, Period

_SPECIAL = re.compile(r"=|.*[*~]\d?[.,;:!?]*$", re.DOTALL)
_TIES_NEXT = {"not", "minus", "plus", "title", "and", "near"}
_TIES_PREVIOUS = {"and", "near"}
_BLOCKED = "\0"


class Expression(Struct, frozen=True):
    """Words of a question that mean a value of a facet."""

    facet: str
    """region, year, kind or period."""
    value: str
    """A region's slug, a year or month (2019, 2019-03), a kind, or a period (2020-01..2020-05, 2020-03-01.., ..2014-12)."""
    label: str
    """In Swedish."""
    text: str
    """The words that say it, as typed."""
    start: int
    """The span in code points that is taken out of the question with them: a preposition that ties them belongs to it."""
    end: int

    @property
    def filters(self) -> Filters:
        """What the words mean, as chosen values."""
        if self.facet in FACETS:
            return Filters().with_values(self.facet, (self.value,))
        first, last = map(parse_date, self.value.split(".."))
        return Filters(period=Period(first.value if first else None, last.last_day if last else None))


def plain(question: str) -> str:
    """The question with everything blocked out that is no plain word at its top level; the same length.

    Phrases, fields, exact and unfinished words, what stands in parentheses and what an operator ties are meant as they are
    written; a question with ELLER has no part that holds for all of it.

    >>> plain('-rubrik:x ”i Dalarna” vindkraft').strip("\\0 ")
    'vindkraft'
    """
    marks = list(MARK.finditer(question))
    if all(mark.lastgroup == "word" and not _SPECIAL.match(mark[0]) for mark in marks):
        return question  # as most are
    text = list(_BLOCKED if not character.isspace() else character for character in question)
    words: list[tuple[int, int]] = []
    depth, tied = 0, False
    for mark in marks:
        kind = mark.lastgroup
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        if kind == "or" and not depth:
            return _BLOCKED * len(question)
        if kind == "word" and not depth and not tied and not _SPECIAL.match(mark[0]):
            words.append(mark.span())
        elif kind in _TIES_PREVIOUS and words and not depth:
            words.pop()
        tied = kind in _TIES_NEXT and not depth
    for start, end in words:
        text[start:end] = question[start:end]
    return "".join(text)

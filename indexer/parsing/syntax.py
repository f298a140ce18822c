"""String -> marks: one regular expression tells the signs of the question language apart, in time linear in length.

A facet's word, a colon and a value are one mark; `filters_of` reads them.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from indexer.facets import FACETS, facet_of_word, question_value
from indexer.queries import Filters, Period

QUOTES = '"“”„»«'
_QUOTE, _UNQUOTED, _PLAIN = f"[{QUOTES}]", f"[^{QUOTES}]", rf"[^\s(){QUOTES}]+"
# Second words of region names, which are typed without quotes: region:Västra Götaland.
_SECOND = "(?:götalands )?län|kommun|götaland|mellansverige|norrland|härjedalen|med öarna"
_START, _END = r"(?<![^\s(])", r"(?![^\s()])"
_FACET_WORDS = "|".join(word for facet in FACETS.values() for word in (facet.word, facet.parameter))
# In the order they are tried. A mark that only looks like one (a lone - or =) falls through to `word`.
# The phrase comes first: a parenthesis inside quotes belongs to it.
_PATTERNS = {
    "phrase": rf"(?P<exact>=)?{_QUOTE}(?P<text>{_UNQUOTED}*){_QUOTE}(?:~(?P<slop>\d{{1,3}}))?",
    "or": rf"{_START}(?:ELLER|OR){_END}",
    "and": rf"{_START}(?:OCH|AND){_END}",
    "not": rf"{_START}(?:INTE|NOT){_END}",
    "near": rf"{_START}(?:NÄRA|NEAR)(?:/(?P<distance>\d{{1,3}}))?{_END}",
    "minus": r"(?<![^\s(])-(?=[^\s\-)])",
    "plus": r"(?<![^\s(])\+(?=[^\s+)])",
    "title": r"(?<![^\s(+\-])(?i:rubrik|titel):[ ]?(?=[^\s)])",
    "filter": rf"(?<![^\s(\-+])(?P<name>(?i:{_FACET_WORDS})):[ ]?"
    rf"(?:{_QUOTE}(?P<quoted>{_UNQUOTED}*){_QUOTE}|(?P<value>{_PLAIN}(?:(?<=[a-zåäö])[ ](?i:{_SECOND}){_END})?))",
    "word": f"{_PLAIN}|{_QUOTE}",
    "open": r"\(",
    "close": r"\)",
}
"""Kind of a mark -> what it looks like, in the order they are tried."""
MARK = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))

_YEARS = re.compile(r"(?P<first>[0-9]{4})?(?:\.\.|[-–])(?P<last>[0-9]{4})?")


class Mark(Struct, frozen=True):
    """One piece of a question: its kind (`group`, or a key of the patterns), what it matched, and where."""

    kind: str
    text: str = ""
    start: int = 0
    end: int = 0
    groups: Mapping[str, str | None] = {}
    inside: "tuple[Mark, ...]" = ()
    """Of a group, the marks between its parentheses."""


def marks_of(text: str) -> list[Mark]:
    """The marks of a question; a parenthesis without its other half is left out, and so is one pair around it all."""
    levels: list[list[Mark]] = [[]]
    for match in MARK.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "open":
            levels.append([])
        elif kind != "close":
            levels[-1].append(Mark(kind, match[0], match.start(), match.end(), match.groupdict()))
        elif len(levels) > 1:
            inside = tuple(levels.pop())
            levels[-1].append(Mark("group", inside=inside))
    marks = [mark for level in levels for mark in level]
    return list(marks[0].inside) if len(marks) == 1 and marks[0].kind == "group" else marks


def filters_of(mark: Mark) -> Filters | None:
    """The filters that a mark of kind `filter` stands for, None when its value is unknown."""
    facet = facet_of_word(mark.groups["name"] or "")
    typed = (mark.groups["quoted"] or (mark.groups["value"] or "").rstrip(",;!?")).strip()
    typed = typed if typed.endswith("..") else typed.rstrip(".")
    if facet.aspect == "time" and (period := _period(typed)):
        return Filters(period)
    value = question_value(facet, typed) if typed else None
    return Filters().with_values(facet.name, (value,)) if value else None


def _period(typed: str) -> Period:
    """The years from one to another, whichever comes first; open where one is left out."""
    match = _YEARS.fullmatch(typed)
    first, last = match.groups() if match else (None, None)
    if first and last:
        first, last = sorted((first, last))
    return Period(first and f"{first}-01-01", last and f"{last}-12-31")

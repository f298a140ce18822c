"""Places, times and kinds that a question names in plain words, as values of facets.

A caller offers them as filters, matches a place as its words or the filter, and applies the others where that is all there is.

Places: counties, landscapes of one county, municipalities, localities, riksområden and regions, with or without i, på, från,
kring, runt ... A name that is also a common word (sala, lund) counts when it has a capital or stands after a preposition; mark,
berg and vara in small letters never do. What lies in several counties (Norrland) is no value and is left as words. Of
places that eller joins, one is enough; of others, all are wanted.

Times, told from the day of asking: 2019, år 2019, från 2019 (dated then), sedan 2020, från och med 2020, 2017 och framåt, efter
2018, före 2015, till och med 2014, 2018-2020, mellan 2018 och 2020, mars 2019, mars 2019 till maj 2020, januari-mars 2020, i mars
(the latest begun), 12 mars 2019, 2019-03-12, 2019-03, vecka 12 2021, andra kvartalet 2021, Q2 2021, första halvåret 2019,
sommaren 2021, i början av 2018, 2020-talet, i somras, i dag, i går, i år, i fjol, förra veckan, den här månaden, senaste veckan,
senaste 3 månaderna, de senaste fem åren. No time is: what begins after today; a year after agenda, vision, mål, val, EU, SOU and
their like, or a range after plan, program or strategi (the number belongs to a name); a year after för, om, inför or till (what a
text is about); a number that counts something; a number within a longer word or code (2030-agendan, 2018/19:1).

Kinds: rapporter om, utlysningar, pressmeddelanden från ... where the question begins with them, whatever place or time, and words
such as alla or senaste, stand before. A word that also means something else (uppdrag, motion, projekt) needs om, från or the like.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from indexer.facets import FACETS
from indexer.metadata.dates import parse_date
from indexer.metadata.kinds import KINDS, kind_table
from indexer.metadata.regions.gazetteer import NATIONAL, label, resolve, table
from indexer.metadata.tables import patterns
from indexer.parsing import MARK
from indexer.parsing.times import times_in
from indexer.queries import Filters, Named, Period

_TIES_NEXT = {"not", "minus", "plus", "title", "and", "near"}
_BLOCKED = "\0"


def _kind_words(table: str) -> str:
    return "|".join(f"(?P<{kind}_{table}>{words})" for kind, words in kind_table(table).items())


_KIND_WORDS = {table.upper(): _kind_words(table) for table in ("free", "tied", "strict")}
_PATTERNS = patterns("parsing/data/naming.tsv", re.NOFLAG, **_KIND_WORDS)
"""How places and kinds are named in a question, and what stands around their names."""


class Expression(Named, frozen=True):
    """Words of a question that mean a value of a facet, and where they stand."""

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


def expressions_in(question: str, today: date) -> tuple[Expression, ...]:
    """What any question says in words, in order; the spans do not overlap.

    >>> [found.value for found in expressions_in("rapporter om vatten i Dalarna sedan 2020", date(2026, 11, 29))]
    ['rapport', 'dalarnas-lan', '2020-01..']
    """
    text = _plain(question)
    times = (Expression(*said, text[start:end], start, end) for said, start, end in times_in(text, today))
    named = [*times, *_places_in(text)]
    return tuple(sorted((*named, *_kinds_in(text, named)), key=lambda expression: expression.start))


def _plain(question: str) -> str:
    """The question with everything blocked out that is no plain word at its top level; the same length.

    Phrases, fields, exact and unfinished words, what stands in parentheses and what an operator ties are meant as they are
    written; a question with ELLER has no part that holds for all of it.

    >>> _plain('-rubrik:x ”i Dalarna” vindkraft').strip("\\0 ")
    'vindkraft'
    """
    text = list(_BLOCKED if not character.isspace() else character for character in question)
    words, depth, tied = list[tuple[int, int]](), 0, False
    for mark in MARK.finditer(question):
        kind = mark.lastgroup
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        if kind == "or" and not depth:
            return _BLOCKED * len(question)
        if kind == "word" and not depth and not tied and not _PATTERNS["special"].match(mark[0]):
            words.append(mark.span())
        elif kind in ("and", "near") and words and not depth:
            words.pop()
        tied = kind in _TIES_NEXT and not depth
    for start, end in words:
        text[start:end] = question[start:end]
    return "".join(text)


def _places_in(text: str) -> Iterator[Expression]:
    """The places that plain words name, the longest name first: Upplands Väsby, not Väsby."""
    words = [part for word in _PATTERNS["word"].finditer(text) for part in _ends_of(word)]
    last = None
    for index, word in enumerate(words):
        if (last is None or word.start() >= last) and (place := _place_at(text, words[index : index + 4], last)):
            yield place
            last = place.end


def _ends_of(word: re.Match[str]) -> list[re.Match[str]]:
    """The places that a hyphen joins (Umeå-Luleå), but for names that have one (Malung-Sälen); else the word."""
    parts = list(_PATTERNS["part"].finditer(word.string, *word.span())) if "-" in word[0] else []
    are_places = len(parts) > 1 and not _region_of(word[0]) and all(_region_of(part[0]) for part in parts)
    return parts if are_places else [word]


def _place_at(text: str, words: list[re.Match[str]], last: int | None) -> Expression | None:
    """The place whose name begins with the first of the words; `last` is where the place before it ends."""
    start = words[0].start()
    for end in (word.end() for word in reversed(words)):
        name = text[start:end]
        if not _PATTERNS["name"].fullmatch(name) or not (value := _region_of(name)):
            continue
        joint = _PATTERNS["joint"].fullmatch(text, last, start) if last is not None else None
        tie = joint or _PATTERNS["preposition"].search(text, max(0, start - 12), start)
        if _is_place(text, start, end, tie is not None):
            return Expression("region", value, label(value), name, tie.start() if tie else start, end)
    return None


def _region_of(name: str) -> str | None:
    """The region of a name as typed: with the genitive's s, as a city (Malmö stad) or a locality."""
    other = name[:-1] if name[-1] in "sS" else f"{name[:-5]} kommun" if name.lower().endswith(" stad") else name
    values = (resolve(one) or _localities().get(one.lower()) for one in dict.fromkeys((name, other)))
    value = next(filter(None, values), None)
    return value if value != NATIONAL else None


def _is_place(text: str, start: int, end: int, tied: bool) -> bool:
    """Whether a name means the place where it stands: no ordinary word, no part of an organisation's name."""
    before = _PATTERNS["organisation before"].search(text, max(0, start - 40), start)
    if before or _PATTERNS["organisation after"].match(text, end):
        return False
    name = text[start:end].lower().removesuffix("s")
    small = text[start].islower() or (text[start:end].isupper() and not text.isupper())
    if _PATTERNS["ordinary"].fullmatch(name):
        begins = not tied and not _PATTERNS["letter"].search(text, 0, start) and _PATTERNS["letter"].search(text, end)
        return not (small or begins or _PATTERNS["capital after"].match(text, end))
    if _PATTERNS["unaccented"].fullmatch(name) or (small and (name in _common_words() or name in _localities())):
        return tied
    may_be_surname = not tied and _PATTERNS["surname"].fullmatch(name)
    return not (may_be_surname and _PATTERNS["capital before"].search(text, max(0, start - 34), start))


@cache
def _common_words() -> frozenset[str]:
    ordinary = (row["name"] for row in table("municipalities") if row["context"] == "yes")
    return frozenset(name.lower().removesuffix("s") for name in ordinary)


@cache
def _localities() -> dict[str, str]:
    # Under 1,000 people live in Sälen, but many ask.
    return {"sälen": "malung-salen-kommun"} | {row["name"].lower(): row["municipality"] for row in table("localities")}


def _kinds_in(text: str, others: Sequence[Expression]) -> Iterator[Expression]:
    """The kind that plain words begin with, but for places and times before it; never one in the middle of a subject."""
    for other in others:
        text = text[: other.start].ljust(other.end) + text[other.end :]
    head = _PATTERNS["head"].match(text)
    if head and head.lastgroup and (others or not _PATTERNS["alone"].fullmatch(text)):
        kind, start = head.lastgroup.partition("_")[0], head.end() - len(head[0].lstrip())
        yield Expression("kind", kind, KINDS[kind], head[head.lastgroup], start, head.end())

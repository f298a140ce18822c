"""No hits: the one next step that is most likely to help, with how much it would find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from indexer import Filters, Search, address, region_above, region_label, region_named

WORDS = 8
"""Words of a question that are tried alone."""
_OPERATORS = {"OCH", "AND", "ELLER", "OR", "INTE", "NOT", "NÄRA", "NEAR"}
_SIGNS = re.compile(r'(?<![^\s(+-])(?i:rubrik|titel):|[()"“”„»«]|(?<=["“”„»«])~\d+')


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence on what there is, and a link to it."""

    sentence: str
    link: str
    url: str


def next_step(search: Search, count: Callable[[Search], int], hides: bool = False) -> Step:
    """What to do when a Search finds nothing: without filters, by its words anywhere, by one of them, its place, or everything.

    Where it hides documents for a name, its words are not offered: they would find them.
    """
    by_words = () if hides else (*_all_words(search, count), *_one_word(search, count))
    steps = (*_without_filters(search, count), *by_words, *_place(search, count))
    nothing = "Ingenting i samlingen liknar frågan." if search.query else "Inget i samlingen har allt som är valt."
    return next(iter(steps), Step(nothing, "Visa alla dokument", address(Search())))


def _without_filters(search: Search, count: Callable[[Search], int]) -> Iterator[Step]:
    wider = replace(search, filters=Filters(), page=1)
    if search.filters and search.query and (number := count(wider)):
        yield Step("Filtren tar bort alla träffar.", f"Sök utan filter ({_hits(number)})", address(wider))


def _all_words(search: Search, count: Callable[[Search], int]) -> Iterator[Step]:
    """The words of a question that asked for more than that they all are there."""
    wider = Search(" ".join(dict.fromkeys(_words(search))))
    if wider.query and wider != search and (number := count(wider)):
        yield Step(
            "Inget dokument passar in på hela frågan.",
            f"Sök efter orden var som helst ({_hits(number)})",
            address(wider),
        )


def _one_word(search: Search, count: Callable[[Search], int]) -> Iterator[Step]:
    words = [word for word in _words(search) if len(word) > 2]
    hits = [(number, word) for word in words if (number := count(Search(word)))] if len(words) > 1 else []
    if hits:
        number, word = min(hits)
        yield Step(
            "Inget dokument har alla orden.", f"Sök bara efter ”{word}” ({_hits(number)})", address(Search(word))
        )


def _place(search: Search, count: Callable[[Search], int]) -> Iterator[Step]:
    """The region that a word names, else the nearest one around it that something is written about."""
    for word in _words(search):
        named = region = region_named(word)
        while region:
            about = Search(filters=Filters(region=(region,)))
            if number := count(about):
                inside = f" ligger i {region_label(region)}" if region != named else " är en region i samlingen"
                sentence = f"{region_label(named or region)}{inside}."
                link = f"Visa det som handlar om {region_label(region)} ({_hits(number)})"
                yield Step(sentence, link, address(about))
                break
            region = region_above(region)


def _words(search: Search) -> list[str]:
    words = (word.strip("+-=~*,.") for word in _SIGNS.sub(" ", search.query).split())
    return [word for word in words if word and word.partition("/")[0] not in _OPERATORS][:WORDS]


def _hits(number: int) -> str:
    return "1 träff" if number == 1 else f"{number} träffar"

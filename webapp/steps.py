"""No hits: the one next step that is most likely to help, with how much it would find."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from indexer import Filters, Search, address, region_above, region_label, region_named
from webapp.rendering import counted

WORDS = 8
"""Words of a question that are tried alone."""
_OPERATORS = {"OCH", "AND", "ELLER", "OR", "INTE", "NOT", "NÄRA", "NEAR"}
_SIGNS = re.compile(r'(?<![^\s(+-])(?i:rubrik|titel):|[()"“”„»«]|(?<=["“”„»«])~\d+')


_Way = tuple[str, str, Search]
"""What there is, what to do, and what that asks for."""


class Step(Struct, frozen=True):
    """A sentence on what there is, and a link to it."""

    sentence: str
    link: str
    url: str


def next_step(search: Search, count: Callable[[Search], int], hides: bool = False) -> Step:
    """What to do when a Search finds nothing: without filters, by its words anywhere, by one of them, its place, or everything.

    Where it hides documents for a name, its words are not offered: they would find them.
    """
    for sentence, link, other in _ways(search, count, hides):
        if number := count(other):
            return Step(sentence, f"{link} ({counted(number, 'träff', 'träffar')})", address(other))
    nothing = "Ingenting i samlingen liknar frågan." if search.query else "Inget i samlingen har allt som är valt."
    return Step(nothing, "Visa alla dokument", address(Search()))


def _ways(search: Search, count: Callable[[Search], int], hides: bool) -> Iterator[_Way]:
    """The likeliest first; the next is looked for where one finds nothing."""
    if search.filters and search.query:
        yield "Filtren tar bort alla träffar.", "Sök utan filter", structs.replace(search, filters=Filters(), page=1)
    words = [] if hides else _words(search)
    anywhere = Search(" ".join(dict.fromkeys(words)))
    if words and anywhere != search:
        yield "Inget dokument passar in på hela frågan.", "Sök efter orden var som helst", anywhere
    long = [word for word in words if len(word) > 2]
    hits = [(number, word) for word in long if (number := count(Search(word)))] if len(long) > 1 else []
    for _, word in sorted(hits)[:1]:  # the word that fewest documents have
        yield "Inget dokument har alla orden.", f"Sök bara efter ”{word}”", Search(word)
    yield from _places(search)


def _places(search: Search) -> Iterator[_Way]:
    """The regions that words name, each before those around it."""
    for word in _words(search):
        named = region = region_named(word)
        while region:
            inside = f" ligger i {region_label(region)}" if region != named else " är en region i samlingen"
            sentence = f"{region_label(named or region)}{inside}."
            yield sentence, f"Visa det som handlar om {region_label(region)}", Search(filters=Filters(region=(region,)))
            region = region_above(region)


def _words(search: Search) -> list[str]:
    words = (word.strip("+-=~*,.") for word in _SIGNS.sub(" ", search.query).split())
    return [word for word in words if word and word.partition("/")[0] not in _OPERATORS][:WORDS]

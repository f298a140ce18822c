"""Search <-> query string: the one place that knows the parameters of /sok, its feeds and `--json`."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, cast
from urllib.parse import quote_plus

from msgspec import Struct, structs

from indexer.facets import FACETS, Facet
from indexer.metadata.dates import instant, parse_date
from indexer.queries import ORDERS, Filters, Order, Period, Search
from indexer.swedish.lexemes import listed

SIZES = (1, 100)
"""Fewest and most hits of a page."""
LAST_PAGE = 100_000
"""Higher page numbers are not read: an engine sets memory aside for every hit before the page."""
VALUES = 50
"""Chosen values of one facet; every link of the page repeats them all."""

FLAGS = {"dubbletter": ("with_duplicates", "visa"), "ordagrant": ("literal", "ja"), "forklara": ("explain", "ja")}
"""Parameters that are there or not -> what of a Search they are, and what they then hold."""
_FACETS = {facet.parameter: name for name, facet in FACETS.items()}
SEARCH_PARAMETERS = ("q", *_FACETS, "fran", "till", "sedan", "sortera", "sida", "antal", *FLAGS)
"""Every parameter of an answer's address."""

_DATE_EXAMPLES = ("2019", "2019-03", "2019-03-12")

_DEFAULT = Search()
_USUAL = {("sortera", _DEFAULT.order), ("sida", str(_DEFAULT.page)), ("antal", str(_DEFAULT.size))}
"""What an address does not say."""
encoded = lru_cache(4096)(partial(quote_plus, errors="replace"))


Given = Iterable[tuple[str, str]]
"""Parameters and their values, as they stand in an address."""


class Unreadable(Struct, frozen=True):
    """What of an address cannot be read as it was meant."""

    parameter: str
    value: str
    detail: str
    """One Swedish sentence."""
    allowed: tuple[str, ...]
    """The values there are, or examples of them."""
    instead: str = ""
    """What a page does instead; empty where another answer would be mistaken for the one asked for."""


class Parameters:
    """The values that were given, by name, without blanks around them, and what could not be read of them."""

    def __init__(self, given: Given) -> None:
        self.given = [(name, value.strip()) for name, value in given]
        self.faults: dict[Unreadable, None] = {}

    def all(self, name: str) -> list[str]:
        """The different values of a parameter."""
        return list(dict.fromkeys(value for other, value in self.given if other == name and value))

    def one(self, name: str) -> str:
        """The only value of a parameter, or an empty string."""
        values = self.all(name)
        if len(values) > 1:
            self.refuse(name, values[1], f'"{name}" kan bara ha ett värde.', instead="Det första gäller.")
        return values[0] if values else ""

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """The only value of a parameter where it is one of the allowed ones, in whatever case; else an empty string."""
        return self._allowed(name, self.one(name), allowed)

    def choices(self, name: str, allowed: Sequence[str]) -> list[str]:
        """The values of a parameter that are among the allowed ones, in whatever case."""
        return [value for text in self.all(name) if (value := self._allowed(name, text, allowed))]

    def _allowed(self, name: str, text: str, allowed: Sequence[str]) -> str:
        if not text or text.lower() in allowed:
            return text.lower()
        detail = f'Värdet {_quoted(text)} finns inte för "{name}"; skriv {listed(allowed, "eller")}.'
        self.refuse(name, text, detail, tuple(allowed), "Det räknas inte.")
        return ""

    def values(self, facet: Facet) -> tuple[str, ...]:
        """The values of a facet that were chosen."""
        name, typed = facet.parameter, self.all(facet.parameter)
        if len(typed) > VALUES:
            detail = f'Högst {VALUES} värden av "{name}" går att välja.'
            self.refuse(name, typed[VALUES], detail, instead="De första är med.")
        read = {text: facet.read(text) for text in typed[:VALUES]}
        for text in (text for text, value in read.items() if value is None):
            self.refuse(name, text, f"{facet.noun} {_quoted(text)} {facet.refusal}", tuple(facet.examples()))
        return tuple(dict.fromkeys(value for value in read.values() if value is not None))

    def facets(self) -> tuple[str, ...]:
        """The facets that an answer in JSON is to have, else all that are open on pages.

        >>> Parameters([("facetter", "ar"), ("facetter", "typ")]).facets(), Parameters([("facetter", "inga")]).facets()
        (('year', 'kind'), ())
        """
        chosen = self.choices("facetter", (*_FACETS, "inga"))
        return tuple(name for word, name in _FACETS.items() if (word in chosen if chosen else not FACETS[name].folded))

    def refuse(self, parameter: str, value: str, detail: str, allowed: tuple[str, ...] = (), instead: str = "") -> None:
        """Note what cannot be read, once."""
        self.faults.setdefault(Unreadable(parameter, value, detail, allowed, instead))


def search_from(parameters: Given) -> tuple[Search, tuple[Unreadable, ...]]:
    """The Search that parameters ask for, and what of them could not be read. Never raises.

    Names that are not ours are passed over in silence: links get them from others (utm_source, fbclid).

    >>> search_from([("q", "vätgas"), ("ar", "2019"), ("sida", "två")])[1][0].detail
    'Sidnumret "två" går inte att läsa; skriv ett tal från 1 till 100000.'
    """
    read = Parameters(parameters)
    query = read.one("q")
    filters = Filters(**{name: read.values(facet) for name, facet in FACETS.items()}, period=_period(read))
    order = cast(Order, read.choice("sortera", ORDERS) or _DEFAULT.order)
    page = _number(read, "sida", "Sidnumret", (1, LAST_PAGE), _DEFAULT.page)
    size = _number(read, "antal", "Antalet", SIZES, _DEFAULT.size)
    flags = {field: bool(read.choice(name, (word,))) for name, (field, word) in FLAGS.items()}
    return structs.replace(Search(query, filters, order, page, size), **flags), tuple(read.faults)


def unknown(parameters: Given, allowed: Sequence[str] = SEARCH_PARAMETERS) -> tuple[Unreadable, ...]:
    """The names that are not among the allowed ones, for faces that take no others.

    >>> unknown([("page", "2")], ("q", "sida"))[0].detail
    'Parametern "page" finns inte; skriv q eller sida.'
    """
    others = {name: value for name, value in parameters if name not in allowed}
    there_are = f"skriv {listed(allowed, 'eller')}" if allowed else "den här adressen tar inga"
    faults = ((name, value, f"Parametern {_quoted(name)} finns inte; {there_are}.") for name, value in others.items())
    return tuple(Unreadable(*fault, tuple(allowed)) for fault in faults)


def _period(read: Parameters) -> Period:
    first, last = _date(read, "fran"), _date(read, "till")
    since = read.one("sedan") if _date(read, "sedan", instant) else None
    period = Period(first.value if first else None, last.last_day if last else None, since)
    if period.first and period.last and period.first > period.last:
        detail = f"Perioden börjar {period.first} men slutar redan {period.last}, så den är tom."
        read.refuse("till", read.one("till"), detail, _DATE_EXAMPLES)
    return period


def _date(read: Parameters, name: str, parse: Callable[[str], Any] = parse_date) -> Any:
    text = read.one(name)
    dated = parse(text)
    if text and dated is None:
        detail = f"Datumet {_quoted(text)} går inte att läsa; skriv till exempel {listed(_DATE_EXAMPLES, 'eller')}."
        read.refuse(name, text, detail, _DATE_EXAMPLES)
    return dated


def _number(read: Parameters, name: str, noun: str, limits: tuple[int, int], usual: int) -> int:
    """A number between two, the nearest of them where it lies outside, the usual one where it is no number."""
    text = read.one(name)
    nearest = min(max(int(text) if re.fullmatch("-?[0-9]{1,18}", text) else usual, limits[0]), limits[1])
    if text and text.lstrip("0") != str(nearest):
        detail = f"{noun} {_quoted(text)} går inte att läsa; skriv ett tal från {limits[0]} till {limits[1]}."
        read.refuse(name, text, detail, (f"{limits[0]}–{limits[1]}",), f"{nearest} gäller i stället.")
    return nearest


def _quoted(text: str) -> str:
    """As much of what was typed as a sentence has room for."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:60]}…"'


def query_string(search: Search) -> str:
    """The parameters of a Search, percent-encoded, in a fixed order, without those that are as they are anyway.

    >>> query_string(Search("cirkulär ekonomi", Filters(year=("2019", "okant")), page=2))
    'q=cirkul%C3%A4r+ekonomi&ar=2019&ar=okant&sida=2'
    """
    return "&".join(written for _, written in _written(search))


@lru_cache(16)
def _written(search: Search) -> tuple[tuple[str, str], ...]:
    """Each parameter of a Search and how it stands in an address."""
    period = search.filters.period
    pairs = [("q", search.query)]
    pairs += [(FACETS[name].parameter, value) for name, values in search.filters.chosen for value in values]
    pairs += [("fran", period.first or ""), ("till", period.last or ""), ("sedan", period.since or "")]
    pairs += [("sortera", search.order), ("sida", str(search.page)), ("antal", str(search.size))]
    pairs += [(name, word) for name, (field, word) in FLAGS.items() if getattr(search, field)]
    written = (pair for pair in pairs if pair[1] and pair not in _USUAL)
    return tuple((name, f"{name}={encoded(value)}") for name, value in written)


def address(search: Search, path: str = "/sok", **changes: Any) -> str:
    """The address of a Search's answer, as a page or, with another path, on another face; of what is changed, the first page.

    >>> address(Search(), "/sok.json"), address(Search("vätgas", page=2))
    ('/sok.json', '/sok?q=v%C3%A4tgas&sida=2')
    >>> address(Search("vätgas", page=2), size=20), address(Search("vätgas"), page=3)
    ('/sok?q=v%C3%A4tgas&antal=20', '/sok?q=v%C3%A4tgas&sida=3')
    """
    parameters = query_string(structs.replace(search, **{"page": 1} | changes) if changes else search)
    return f"{path}?{parameters}" if parameters else path


def toggled(search: Search, facet: str, value: str) -> Search:
    """The Search with one value of a facet added, or removed where it was chosen; its first page.

    >>> toggled(Search(filters=Filters(year=("2018", "2019")), page=3), "year", "2018").filters.values("year")
    ('2019',)
    """
    chosen = search.filters.values(facet)
    values = tuple(other for other in chosen if other != value) if value in chosen else (*chosen, value)
    return structs.replace(search, filters=search.filters.with_values(facet, values), page=1)


def toggling(search: Search, facet: str) -> Callable[[str], str]:
    """Value -> the address of the Search with it toggled; what all of them share is written once.

    >>> toggling(Search("vätgas", Filters(year=("2019",)), page=3), "year")("2020")
    '/sok?q=v%C3%A4tgas&ar=2019&ar=2020'
    """
    chosen, parameter = search.filters.values(facet), FACETS[facet].parameter
    earlier = SEARCH_PARAMETERS[: SEARCH_PARAMETERS.index(parameter) + 1]
    written = _written(structs.replace(search, page=1))
    before = f"/sok?{''.join(f'{text}&' for name, text in written if name in earlier)}{parameter}="
    after = "".join(f"&{text}" for name, text in written if name not in earlier)
    return lambda value: address(toggled(search, facet, value)) if value in chosen else before + encoded(value) + after

"""Search <-> query string: the one place that knows the parameters of /sok, its feeds and `--json`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from indexer.dates import Dated, parse_date
from indexer.kinds import KINDS
from indexer.queries import FACETS, ORDERS, UNKNOWN, Filters, Order, Period, Search
from indexer.regions import resolve

PARAMETERS = {"region": "region", "year": "ar", "source": "kalla", "kind": "typ", "mentions": "namner"}
"""Facet -> the parameter that carries its chosen values; repeated for OR."""

SIZES = (1, 100)
"""Fewest and most hits of a page."""
LAST_PAGE = 100_000
"""Higher page numbers are not read: an engine sets memory aside for every hit before the page."""
VALUES = 50
"""Chosen values of one facet; every link of the page repeats them all."""

_QUOTED_LENGTH = 60
_DATE_LENGTH = 40

_DEFAULT = Search()


@dataclass(slots=True)
class _Parameters:
    """The values that were given, by name, and what could not be read of them."""

    given: dict[str, list[str]]
    notes: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """The different values of a parameter."""
        return list(dict.fromkeys(self.given.get(name, ())))

    def one(self, name: str) -> str:
        """The only value of a parameter, or an empty string."""
        values = self.all(name)
        if len(values) > 1:
            self.notes.append(f'"{name}" kan bara ha ett värde; det första gäller.')
        return values[0] if values else ""


def search_from(parameters: Iterable[tuple[str, str]]) -> tuple[Search, tuple[str, ...]]:
    """The Search that parameters ask for, and Swedish notes on what of them could not be read. Never raises.

    Names that are not ours are passed over in silence: links get them from others (utm_source, fbclid).

    >>> search_from([("q", "vätgas"), ("ar", "2019"), ("sida", "två")])[1]
    ('Sidnumret "två" går inte att visa; sida 1 visas i stället.',)
    """
    read = _Parameters({})
    for name, value in parameters:
        if value.strip():
            read.given.setdefault(name, []).append(value.strip())
    search = Search(
        query=read.one("q"),
        filters=_filters(read),
        order=_order(read),
        page=_page(read),
        size=_size(read),
        literal=read.one("ordagrant") == "ja",
        unfolded=read.one("dubbletter") == "visa",
        explain=read.one("forklara") == "ja",
    )
    return search, tuple(dict.fromkeys(read.notes))


def _filters(read: _Parameters) -> Filters:
    return Filters(
        region=_values(read, "region", resolve),
        year=_values(read, "year", _year),
        source=_values(read, "source", str),
        kind=_values(read, "kind", _kind),
        mentions=_values(read, "mentions", resolve),
        period=_period(read),
    )


_UNREADABLE = {
    "region": "Regionen {} finns inte.",
    "mentions": "Länet {} finns inte.",
    "year": f"Året {{}} går inte att läsa; skriv 2019, 2019-03 eller {UNKNOWN}.",
    "kind": "Typen {} finns inte.",
}


def _values(read: _Parameters, facet: str, value_of: Callable[[str], str | None]) -> tuple[str, ...]:
    given = read.all(PARAMETERS[facet])
    if len(given) > VALUES:
        read.notes.append(f'Bara de {VALUES} första värdena av "{PARAMETERS[facet]}" är med.')
    chosen: dict[str, None] = {}
    for text in given[:VALUES]:
        value = value_of(text)
        if value is None:
            read.notes.append(_UNREADABLE[facet].format(_quoted(text)))
        else:
            chosen[value] = None
    return tuple(chosen)


def _year(text: str) -> str | None:
    return text if text == UNKNOWN or re.fullmatch("[0-9]{4}(-(0[1-9]|1[0-2]))?", text) else None


def _kind(text: str) -> str | None:
    return text if text == UNKNOWN or text in KINDS else None


def _period(read: _Parameters) -> Period:
    first, last = _date(read, "fran"), _date(read, "till")
    period = Period(first.value if first else None, last.last_day if last else None)
    if period.first and period.last and period.first > period.last:
        read.notes.append(f"Perioden börjar {period.first} men slutar redan {period.last}, så den är tom.")
    return period


def _date(read: _Parameters, name: str) -> Dated | None:
    text = read.one(name)
    dated = parse_date(text) if 0 < len(text) <= _DATE_LENGTH else None
    if text and dated is None:
        examples = "2019, 2019-03 eller 2019-03-12"
        read.notes.append(f"Datumet {_quoted(text)} går inte att läsa; skriv till exempel {examples}.")
    return dated


def _order(read: _Parameters) -> Order:
    text = read.one("sortera")
    for order in ORDERS:
        if order == text:
            return order
    if text:
        read.notes.append(f"Ordningen {_quoted(text)} finns inte; välj {', '.join(ORDERS)}.")
    return _DEFAULT.order


def _page(read: _Parameters) -> int:
    text = read.one("sida")
    number = _number(text) or 0
    if 1 <= number <= LAST_PAGE:
        return number
    if number > LAST_PAGE:
        read.notes.append(
            f"Det går att bläddra till sida {LAST_PAGE}, för att svar ska gå fort; avgränsa hellre. Sida 1 visas."
        )
    elif text:
        read.notes.append(f"Sidnumret {_quoted(text)} går inte att visa; sida 1 visas i stället.")
    return _DEFAULT.page


def _size(read: _Parameters) -> int:
    text = read.one("antal")
    number = _number(text)
    nearest = _DEFAULT.size if number is None else min(max(number, SIZES[0]), SIZES[1])
    if text and nearest != number:
        possible = f"{SIZES[0]} till {SIZES[1]} går att välja"
        read.notes.append(f"Antalet {_quoted(text)} går inte att visa; {nearest} visas per sida, {possible}.")
    return nearest


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("-?[0-9]{1,18}", text) else None


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= _QUOTED_LENGTH else f'"{text[:_QUOTED_LENGTH]}…"'


def query_string(search: Search) -> str:
    """The parameters of a Search, percent-encoded, in a fixed order, without those that are as they are anyway.

    >>> query_string(Search("cirkulär ekonomi", Filters(year=("2019", "okant")), page=2))
    'q=cirkul%C3%A4r+ekonomi&ar=2019&ar=okant&sida=2'
    """
    period = search.filters.period
    pairs = [("q", search.query)]
    pairs += [(PARAMETERS[facet], value) for facet in FACETS for value in search.filters.values(facet)]
    pairs += [("fran", period.first or ""), ("till", period.last or "")]
    pairs += [("sortera", search.order if search.order != _DEFAULT.order else "")]
    pairs += [("sida", str(search.page) if search.page != _DEFAULT.page else "")]
    pairs += [("antal", str(search.size) if search.size != _DEFAULT.size else "")]
    pairs += [("dubbletter", "visa" if search.unfolded else "")]
    pairs += [("ordagrant", "ja" if search.literal else ""), ("forklara", "ja" if search.explain else "")]
    return urlencode([(name, value) for name, value in pairs if value], errors="replace")


def address(search: Search, path: str = "/sok") -> str:
    """The address of a Search's answer, as a page or, with another path, on another face.

    >>> address(Search(), "/sok.json"), address(Search("vätgas"))
    ('/sok.json', '/sok?q=v%C3%A4tgas')
    """
    parameters = query_string(search)
    return f"{path}?{parameters}" if parameters else path


def toggled(search: Search, facet: str, value: str) -> Search:
    """The Search with one value of a facet added, or removed where it was chosen; its first page.

    >>> toggled(Search(filters=Filters(year=("2018", "2019")), page=3), "year", "2018").filters.year
    ('2019',)
    """
    chosen = search.filters.values(facet)
    others = tuple(other for other in chosen if other != value)
    values = others if value in chosen else (*chosen, value)
    filters = replace(search.filters, **{facet: values})  # type: ignore[arg-type]
    return replace(search, filters=filters, page=1)

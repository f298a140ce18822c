"""From values to the words and marks of a page, and from Results to what the forms of the search page hold.

Those are chosen filters, facet groups, years, dates, orders and pages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from urllib.parse import parse_qsl

from markupsafe import Markup
from msgspec import Struct, structs

import indexer
from indexer import DATE_PARTS, FACETS, RIGHTS, UNKNOWN, FacetValue, Filters, Period, Results, Search, gazetteer

VALUES_SHOWN = 8
YEARS_SHOWN = 10
SIZES = (10, 20, 50, 100)
"""Hits of a page that are offered."""
GAP = 30
"""Years between the first and the last under which years without documents are shown too."""
_TIMES = (("fran", "first", "Från"), ("till", "last", "Till"), ("sedan", "since", "Nytt i Regionsök sedan"))
"""Form field, what of a period it is, and label."""
_LEVELS = {"riksomraden": "Riksområden", "kommuner": "Kommuner"}
"""Regions that stand behind a lid of their own; counties are in sight."""
_IN_SWEDISH = str.maketrans("åäö", "{|}")
"""Letters -> what stands after z, in the same order."""
_LINKABLE = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def date_value(published: str | None, precision: str | None) -> str:
    """The known part of an ISO date, as <time datetime> takes it: of an estimate its year.

    >>> date_value("2019-03-01", "month"), date_value("2019-02-11", "estimated")
    ('2019-03', '2019')
    """
    return "-".join(indexer.known_parts(published, precision if precision in DATE_PARTS else "year"))


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun.

    >>> counted(1, "träff", "träffar"), counted(12, "träff", "träffar")
    ('1 träff', '12 träffar')
    """
    return f"{grouped(number)} {one if number == 1 else many}"


def grouped(number: int) -> str:
    """A number with a no-break space between thousands, as Swedish writes it."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def percent(share: float) -> str:
    """A share in percent, as Swedish writes it.

    >>> percent(0.034).replace("\N{NO-BREAK SPACE}", " ")
    '3,4 %'
    """
    number = f"{share * 100:.2g}" if share < 0.1 else f"{share * 100:.0f}"
    return f"{number.replace('.', ',')}\N{NO-BREAK SPACE}%"


def web_address(url: str | None) -> str | None:
    """The address where it is one that may become a link: http or https, and nothing before that.

    >>> web_address("javascript:alert(1)"), web_address("https://region.example/nyhet")
    (None, 'https://region.example/nyhet')
    """
    return url if url and _LINKABLE.fullmatch(url) else None


def place_at(typed: str, marks: int) -> int:
    """The number of the mark that an address names, else of the first; 0 where nothing is marked.

    >>> place_at("2", 3)
    2
    """
    return min(max(int(typed), 1), marks) if typed.isdecimal() and len(typed) < 7 else min(1, marks)


def marked(text: str, spans: Sequence[indexer.Span] = ()) -> Markup:
    """The text with its spans (code points) in <mark>, everything escaped.

    >>> marked("a < b", [(4, 5)])
    Markup('a &lt; <mark>b</mark>')
    """
    return _joined(text, [(start, end, Markup("<mark>")) for start, end in spans])


def marked_paragraphs(text: str, spans: Sequence[indexer.Span]) -> list[list[Markup]]:
    """The paragraphs of a text, each as its lines; the n:th span is <mark id="stalle-n">.

    >>> marked_paragraphs("En rad\\n\\nNytt stycke", [(8, 12)])
    [[Markup('En rad')], [Markup('<mark id="stalle-1">Nytt</mark> stycke')]]
    """
    # A mark ends with its line.
    begun = ((start, next(iter(text[start:end].splitlines()), "").rstrip()) for start, end in spans)
    tag = Markup('<mark id="stalle-{}">')
    tags = [(start, start + len(line), tag.format(number)) for number, (start, line) in enumerate(begun, 1) if line]
    lines = (line.rstrip() for line in _joined(text, tags).splitlines())
    return [list(run) for filled, run in groupby(lines, key=bool) if filled]


def _joined(text: str, marks: Sequence[tuple[int, int, Markup]]) -> Markup:
    pieces, position = list[str](), 0
    for start, end, tag in marks:
        pieces += [text[position:start], tag, text[start:end], Markup("</mark>")]
        position = end
    return Markup("").join([*pieces, text[position:]])


Lid = tuple[str, str, list[FacetValue]]
"""Its id within the group, what opens it, and the values behind it."""


class Group(Struct, frozen=True):
    """A facet as a group of fields; `faults` are typed values that are none of its own."""

    facet: indexer.Facet
    faults: tuple[indexer.Unreadable, ...]
    shown: list[FacetValue]
    """What is chosen, then the fullest."""
    lids: list[Lid]


def chosen(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Form field, value and label of each chosen filter, and the answer without it: as facets are ordered, then the period."""
    search = results.search
    for name, values in search.filters.chosen:
        for value in (indexer.facet_value(name, value, 0, search) for value in values):
            yield FACETS[name].parameter, value.value, value.label, value.url
    period = search.filters.period
    for (name, key, label), day in zip(_TIMES, structs.astuple(period), strict=True):
        if day:
            filters = search.filters.with_period(structs.replace(period, **{key: None}))
            yield name, day, f"{label} {indexer.instant_text(day)}", indexer.address(search, filters=filters)


def told(faults: Iterable[indexer.Unreadable]) -> tuple[tuple[indexer.Unreadable, ...], tuple[str, ...]]:
    """The faults for which nothing is shown, as another answer would be mistaken for the one asked for; what is noted of the others."""
    wrong = tuple(fault for fault in faults if not fault.instead)
    return wrong, tuple(f"{fault.detail} {fault.instead}" for fault in faults if fault.instead)


def kept(results: Results, wrong: Sequence[indexer.Unreadable]) -> list[tuple[str, str]]:
    """Name and value of all that another question is asked with: filters, also those to be mended, order and size.

    Not what the words in the box were taken for: they will be again.
    """
    filters = results.search.filters
    for offer in (offer for offer in results.offers if offer.applied):
        period = Period(since=filters.period.since)
        filters = filters.with_period(period) if offer.facet == "period" else filters.with_values(offer.facet, ())
    search = structs.replace(results.search, query="", filters=filters, page=1, literal=False, explain=False)
    pairs = parse_qsl(indexer.query_string(search))
    names = {name for name, _ in pairs} & {"fran", "till", "sedan"}
    return pairs + [(fault.parameter, fault.value) for fault in wrong if fault.parameter not in names]


def typed(results: Results) -> str:
    """What the box holds: the question without the filters written in it, which are shown as chosen.

    Words that were taken for filters, or are put right, stay there.
    """
    kept = results.suggestion == results.search.query or any(offer.applied for offer in results.offers)
    return results.query if kept else results.search.query


def shape(search: Search) -> list[tuple[str, str]]:
    """Name and value of what shapes an answer beside question and filters."""
    return parse_qsl(indexer.query_string(structs.replace(search, query="", filters=Filters(), page=1)))


def groups(results: Results, wrong: Sequence[indexer.Unreadable]) -> Iterator[Group]:
    """The facets in their order: those that have values or were given one that cannot be read, and always the time."""
    begun = results.search.query or results.search.filters
    for facet in FACETS.values():
        # Nobody begins with what is folded; years are a histogram.
        unasked = facet.aspect == "time" or (facet.folded and not begun)
        values = [] if unasked else list(indexer.all_values(results.facets.get(facet.name, ())))
        faults = tuple(fault for fault in wrong if fault.parameter == facet.parameter)
        if values or faults or facet.aspect == "time":
            first, lids = _arranged(facet, [value for value in values if not value.selected])
            yield Group(facet, faults, [*(value for value in values if value.selected), *first], lids)


def _arranged(facet: indexer.Facet, values: list[FacetValue]) -> tuple[list[FacetValue], list[Lid]]:
    """The fullest values, and the others behind lids; one value alone is not worth a click."""
    if facet.folded:
        return [], [("alla", facet.folded, values)] if values else []
    fullest = sorted(values, key=lambda value: -value.count)
    first = [value for value in fullest if not facet.tree or _level(value.value) == "lan"]
    length = VALUES_SHOWN if len(first) > VALUES_SHOWN + 1 else len(first)
    ordered = by_name if facet.by_name else list[FacetValue]
    shown, rest = ordered(first[:length]), ordered(first[length:])
    lids = [("fler", f"Visa {len(rest)} till", rest)]
    for level, title in _LEVELS.items() if facet.tree else ():
        lids.append((level, title, by_name([value for value in values if _level(value.value) == level])))
    return shown, [lid for lid in lids if lid[2]]


def _level(region: str) -> str:
    if gazetteer.is_county(region) or region == gazetteer.NATIONAL:
        return "lan"
    return "kommuner" if gazetteer.is_county(gazetteer.parent(region) or "") else "riksomraden"


def by_name(values: list[FacetValue]) -> list[FacetValue]:
    """In the order of the Swedish alphabet."""
    return sorted(values, key=lambda value: value.label.lower().translate(_IN_SWEDISH))


def years(results: Results) -> tuple[list[FacetValue], list[FacetValue]]:
    """The histogram, newest first, and the older years that are behind a click."""
    values = results.facets.get("year", ())
    dated = {int(value.value): value for value in values if value.value != UNKNOWN}
    shown = range(max(dated), min(dated) - 1, -1) if dated and max(dated) - min(dated) <= GAP else list(dated)
    rows = [dated.get(year) or indexer.facet_value("year", str(year), 0, results.search) for year in shown]
    rows += (value for value in values if value.value == UNKNOWN)
    return (rows, []) if len(rows) <= YEARS_SHOWN + 1 else (rows[:YEARS_SHOWN], rows[YEARS_SHOWN:])


def months(results: Results) -> tuple[FacetValue, ...]:
    """The same for the months of the only chosen year, in the order of time; empty otherwise."""
    return next((year.children for year in results.facets.get("year", ()) if year.children), ())


def page_numbers(page: int, last: int) -> Iterator[int | None]:
    """The first page, the last and those around the one that is shown; None where more than one is left out between two.

    >>> list(page_numbers(5, 9)), list(page_numbers(1, 3))
    ([1, None, 4, 5, 6, None, 9], [1, 2, 3])
    """
    shown = sorted(number for number in {1, page - 1, page, page + 1, last} if 1 <= number <= last)
    for before, number in pairwise([0, *shown]):
        if number > before + 1:
            yield number - 1 if number == before + 2 else None
        yield number


_OURS = (indexer.instant_text, indexer.date_text, date_value, counted, grouped, percent, web_address, marked)
FILTERS: dict[str, Callable[..., object]] = {function.__name__: function for function in _OURS}
"""Name -> what the templates call by it."""
FILTERS |= {"encoded": indexer.encoded, "region_label": gazetteer.label}
FILTERS |= {"kind_label": FACETS["kind"].label_of, "rights_label": lambda rights: RIGHTS.get(rights, rights)}

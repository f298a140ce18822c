"""Addresses: what is read, what is said about the rest, and that each Search comes back from its query string."""

from datetime import date
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.addresses import LAST_PAGE, PARAMETERS, VALUES, address, query_string, search_from, toggled
from indexer.kinds import KINDS
from indexer.queries import FACETS, ORDERS, UNKNOWN, Filters, Period, Search
from indexer.regions import resolve

REGIONS = ["orebro-lan", "dalarnas-lan", "karlskoga-kommun", "ostra-mellansverige", "hela-landet"]


def read(parameters: str) -> tuple[Search, tuple[str, ...]]:
    return search_from(parse_qsl(parameters, keep_blank_values=True))


def some(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, unique=True, max_size=4).map(tuple)


# What a form or an address can hold: no lone surrogates, no blanks around it.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip)
days = st.dates(date(2000, 1, 1), date(2025, 12, 31)).map(str)
filters = st.builds(
    Filters,
    region=some(st.sampled_from(REGIONS)),
    year=some(st.integers(1900, 2100).map(str) | st.just(UNKNOWN)),
    source=some(texts.filter(bool)),
    kind=some(st.sampled_from([*KINDS, UNKNOWN])),
    period=st.builds(Period, st.none() | days, st.none() | days),
)
searches = st.builds(
    Search,
    query=texts,
    filters=filters,
    order=st.sampled_from(ORDERS),
    page=st.integers(1, LAST_PAGE),
    size=st.integers(1, 100),
)


@given(searches)
def test_every_search_comes_back_from_its_query_string(search):
    found, notes = read(query_string(search))
    assert found == search
    period = search.filters.period
    assert bool(notes) == (None not in (period.first, period.last) and period.first > period.last)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*PARAMETERS.values(), "q", "fran", "till", "sortera", "sida", "antal"]),
            st.text(),
        )
    )
)
def test_any_parameters_give_a_search(parameters):
    search, _ = search_from(parameters)
    assert search.page >= 1 and 1 <= search.size <= 100 and search.order in ORDERS
    assert search_from(parse_qsl(query_string(search)))[0].filters == search.filters


@given(searches, st.sampled_from(FACETS), st.sampled_from(["2019", "orebro-lan", "Region Örebro län"]))
def test_toggling_twice_changes_nothing_but_order_and_page(search, facet, value):
    once = toggled(search, facet, value)
    twice = toggled(once, facet, value)
    assert (value in once.filters.values(facet)) != (value in search.filters.values(facet))
    assert once.page == twice.page == 1
    assert set(twice.filters.values(facet)) == set(search.filters.values(facet))


READABLE = [
    ("", Search()),
    ("q=3D-printing", Search("3D-printing")),
    ("q=++v%C3%A4tgas+&utm_source=brev", Search("vätgas")),
    ("q=&region=&ar=+&sida=", Search()),
    ("region=orebro-lan&region=dalarnas-lan", Search(filters=Filters(region=("orebro-lan", "dalarnas-lan")))),
    ("ar=2019&ar=2019&ar=okant", Search(filters=Filters(year=("2019", "okant")))),
    (
        "kalla=Region+%C3%96rebro+l%C3%A4n&kalla=okant",
        Search(filters=Filters(source=("Region Örebro län", "okant"))),
    ),
    ("fran=2019&till=2019", Search(filters=Filters(period=Period("2019-01-01", "2019-12-31")))),
    ("fran=2020-02&till=2020-02", Search(filters=Filters(period=Period("2020-02-01", "2020-02-29")))),
    ("fran=2019-03-12", Search(filters=Filters(period=Period("2019-03-12", None)))),
    ("till=12/3+2019", Search(filters=Filters(period=Period(None, "2019-03-12")))),
    ("sortera=nyast&sida=2&antal=50", Search(order="nyast", page=2, size=50)),
]


@pytest.mark.parametrize(("parameters", "search"), READABLE)
def test_what_can_be_read_is_read_without_a_note(parameters, search):
    assert read(parameters) == (search, ())


@pytest.mark.parametrize("name", ["Örebro", "örebro län", "18"])
def test_a_region_may_be_named_or_numbered(name):
    expected = resolve(name)
    assert expected == "orebro-lan"
    assert read(f"region={quote(name)}")[0].filters.region == (expected,)


def test_two_names_of_one_region_are_one_value():
    assert read(f"region=orebro-lan&region={quote('Örebro')}")[0].filters.region == ("orebro-lan",)


UNREADABLE = [
    ("region=xyz", Search(), 'Regionen "xyz" finns inte.'),
    ("ar=tvåtusen", Search(), 'Året "tvåtusen" går inte att läsa'),
    ("ar=٢٠١٩", Search(), "Året"),
    ("typ=xyz", Search(), 'Typen "xyz" finns inte.'),
    ("fran=i+fjol", Search(), 'Datumet "i fjol" går inte att läsa'),
    ("till=2019-02-30", Search(), 'Datumet "2019-02-30" går inte att läsa'),
    ("sortera=slump", Search(), 'Ordningen "slump" finns inte'),
    ("sida=abc", Search(), 'Sidnumret "abc"'),
    ("sida=0", Search(), 'Sidnumret "0"'),
    ("sida=-3", Search(), 'Sidnumret "-3"'),
    ("sida=" + "9" * 5000, Search(), "Sidnumret"),
    ("antal=abc", Search(), 'Antalet "abc"'),
    ("antal=0", Search(size=1), 'Antalet "0"'),
    ("antal=500", Search(size=100), 'Antalet "500"'),
    ("sida=2&sida=3", Search(page=2), '"sida" kan bara ha ett värde'),
    (
        "fran=2020&till=2019",
        Search(filters=Filters(period=Period("2020-01-01", "2019-12-31"))),
        "Perioden börjar 2020-01-01 men slutar redan 2019-12-31",
    ),
]


@pytest.mark.parametrize(("parameters", "search", "note"), UNREADABLE)
def test_what_cannot_be_read_is_left_out_and_said(parameters, search, note):
    found, notes = read(parameters)
    assert found == search
    assert len(notes) == 1
    assert notes[0].startswith(note) and notes[0].endswith(".")


def test_one_unreadable_value_leaves_the_others():
    search, notes = read("q=vätgas&region=xyz&region=orebro-lan&ar=2019")
    assert search == Search("vätgas", Filters(region=("orebro-lan",), year=("2019",)))
    assert notes == ('Regionen "xyz" finns inte.',)


def test_notes_are_short_and_not_repeated():
    notes = read("region=" + "x" * 5000 + "&fran=z&till=z")[1]
    assert len(notes) == 2
    assert all(len(note) < 200 for note in notes)


def test_no_more_values_are_read_than_links_can_repeat():
    search, notes = read("&".join(f"kalla=k{number}" for number in range(VALUES + 10)))
    assert len(search.filters.source) == VALUES
    assert notes == (f'Bara de {VALUES} första värdena av "kalla" är med.',)


def test_addresses_leave_out_what_is_usual():
    assert address(Search()) == "/sok"
    assert address(Search(), "/sok.json") == "/sok.json"
    assert address(Search("a&b #c")) == "/sok?q=a%26b+%23c"
    assert query_string(Search(order="aldst", page=3, size=20)) == "sortera=aldst&sida=3&antal=20"


def test_a_lone_surrogate_in_a_question_has_an_address():
    assert query_string(Search("a\ud800b")) == "q=a%3Fb"

"""Addresses: what is read, what is said about the rest, and that each Search comes back from its query string."""

from datetime import date
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.addresses import (
    LAST_PAGE,
    SEARCH_PARAMETERS,
    VALUES,
    Unreadable,
    address,
    query_string,
    search_from,
    toggled,
    toggling,
    unknown,
)
from indexer.facets import FACETS, UNKNOWN
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions.gazetteer import resolve
from indexer.queries import ORDERS, Filters, Period, Search

REGIONS = ["orebro-lan", "dalarnas-lan", "karlskoga-kommun", "ostra-mellansverige", "hela-landet"]


def read(parameters: str) -> tuple[Search, tuple[Unreadable, ...]]:
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
    found, faults = read(query_string(search))
    assert found == search
    period = search.filters.period
    assert bool(faults) == (None not in (period.first, period.last) and period.first > period.last)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SEARCH_PARAMETERS),
            st.text(),
        )
    )
)
def test_any_parameters_give_a_search(parameters):
    search, _ = search_from(parameters)
    assert search.page >= 1 and 1 <= search.size <= 100 and search.order in ORDERS
    assert search_from(parse_qsl(query_string(search)))[0].filters == search.filters


@given(searches, st.sampled_from(list(FACETS)), st.sampled_from(["2019", "orebro-lan", "Region Örebro län"]))
def test_toggling_twice_changes_nothing_but_order_and_page(search, facet, value):
    once = toggled(search, facet, value)
    twice = toggled(once, facet, value)
    assert (value in once.filters.values(facet)) != (value in search.filters.values(facet))
    assert once.page == twice.page == 1
    assert toggling(search, facet)(value) == address(once), "made in a faster way"
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
    ("sedan=2026-11-18", Search(filters=Filters(Period(since="2026-11-18")))),
    ("sedan=18+november+2026", Search(filters=Filters(Period(since="18 november 2026")))),
    (
        "sedan=2026-11-18T10:30&sortera=inkommet",
        Search(filters=Filters(Period(since="2026-11-18T10:30")), order="inkommet"),
    ),
    ("sedan=2026-11-18T09:30:00.250Z", Search(filters=Filters(Period(since="2026-11-18T09:30:00.250Z")))),
    ("sedan=2026-11-18T10:30:00+01:00", Search(filters=Filters(Period(since="2026-11-18T10:30:00 01:00")))),
    ("sortera=nyast&sida=2&antal=50", Search(order="nyast", page=2, size=50)),
]


@pytest.mark.parametrize(("parameters", "search"), READABLE)
def test_what_can_be_read_is_read_without_a_note(parameters, search):
    assert read(parameters) == (search, ())


@pytest.mark.parametrize("name", ["Örebro", "örebro län", "18"])
def test_a_region_may_be_named_or_numbered(name):
    expected = resolve(name)
    assert expected == "orebro-lan"
    assert read(f"region={quote(name)}")[0].filters.values("region") == (expected,)


def test_two_names_of_one_region_are_one_value():
    assert read(f"region=orebro-lan&region={quote('Örebro')}")[0].filters.values("region") == ("orebro-lan",)


# The address, what a page answers, the parameter that is named, what is said, and whether a page shows an answer.
UNREADABLE = [
    ("region=xyz", Search(), "region", 'Regionen "xyz" finns inte; skriv ett län', False),
    ("namner=karlskoga-kommun", Search(), "namner", 'Länet "karlskoga-kommun" finns inte', False),
    ("ar=tvåtusen", Search(), "ar", 'Året "tvåtusen" går inte att läsa', False),
    ("ar=٢٠١٩", Search(), "ar", "Året", False),
    ("ar=2018..2021", Search(), "ar", "Året", False),
    ("typ=xyz", Search(), "typ", 'Typen "xyz" finns inte', False),
    ("fran=i+fjol", Search(), "fran", 'Datumet "i fjol" går inte att läsa', False),
    ("till=2019-02-30", Search(), "till", 'Datumet "2019-02-30" går inte att läsa', False),
    ("sedan=i+förrgår", Search(), "sedan", 'Datumet "i förrgår" går inte att läsa', False),
    ("sedan=2026-11-18T25:00", Search(), "sedan", 'Datumet "2026-11-18T25:00" går inte att läsa', False),
    ("sortera=slump", Search(), "sortera", 'Värdet "slump" finns inte för "sortera"; skriv relevans, nyast', True),
    ("dubbletter=ja", Search(), "dubbletter", 'Värdet "ja" finns inte för "dubbletter"; skriv visa.', True),
    ("ordagrant=1", Search(), "ordagrant", 'Värdet "1" finns inte', True),
    ("forklara=1", Search(), "forklara", 'Värdet "1" finns inte', True),
    ("sida=abc", Search(), "sida", 'Sidnumret "abc"', True),
    ("sida=0", Search(), "sida", 'Sidnumret "0"', True),
    ("sida=-3", Search(), "sida", 'Sidnumret "-3"', True),
    ("sida=" + "9" * 5000, Search(), "sida", "Sidnumret", True),
    (f"sida={LAST_PAGE + 1}", Search(page=LAST_PAGE), "sida", "Sidnumret", True),
    ("antal=abc", Search(), "antal", 'Antalet "abc"', True),
    ("antal=0", Search(size=1), "antal", 'Antalet "0"', True),
    ("antal=500", Search(size=100), "antal", 'Antalet "500"', True),
    ("sida=2&sida=3", Search(page=2), "sida", '"sida" kan bara ha ett värde', True),
    ("q=a&q=b", Search("a"), "q", '"q" kan bara ha ett värde', True),
    (
        "fran=2020&till=2019",
        Search(filters=Filters(period=Period("2020-01-01", "2019-12-31"))),
        "till",
        "Perioden börjar 2020-01-01 men slutar redan 2019-12-31",
        False,
    ),
]


@pytest.mark.parametrize(("parameters", "search", "parameter", "detail", "shown"), UNREADABLE)
def test_what_cannot_be_read_is_named_with_what_can(parameters, search, parameter, detail, shown):
    found, (fault,) = read(parameters)
    assert found == search
    assert fault.parameter == parameter and fault.value in parameters.replace("+", " ")
    assert fault.detail.startswith(detail) and fault.detail.endswith(".")
    assert bool(fault.instead) is shown
    assert fault.allowed or "bara ha ett värde" in fault.detail


WRITTEN_OTHERWISE = [
    ("region=+OREBRO-LAN+", Search(filters=Filters(region=("orebro-lan",)))),
    ("ar=OKANT&typ=Uppdrag", Search(filters=Filters(year=("okant",), kind=("uppdrag",)))),
    ("sortera=Nyast&sida=02&antal=010", Search(order="nyast", page=2)),
    ("dubbletter=VISA&ordagrant=Ja&forklara=ja", Search(with_duplicates=True, literal=True, explain=True)),
]


@pytest.mark.parametrize(("parameters", "search"), WRITTEN_OTHERWISE)
def test_case_blanks_and_zeros_before_a_number_do_not_matter(parameters, search):
    assert read(parameters) == (search, ())


def test_every_allowed_value_is_read():
    for parameters in ("region=xyz", "namner=xyz", "ar=xyz", "typ=xyz", "fran=xyz", "sortera=xyz", "forklara=xyz"):
        (fault,) = read(parameters)[1]
        for value in fault.allowed:
            assert read(f"{fault.parameter}={value}")[1] == (), (fault.parameter, value)


def test_names_that_are_not_ours_are_named_with_those_that_are():
    assert unknown([(name, "") for name in SEARCH_PARAMETERS]) == ()
    (page, utm) = unknown([("q", "a"), ("page", "2"), ("utm_source", "x"), ("page", "3")])
    assert (page.parameter, page.detail[:28], page.allowed) == (
        "page",
        'Parametern "page" finns inte',
        SEARCH_PARAMETERS,
    )
    assert utm.parameter == "utm_source"


def test_one_unreadable_value_leaves_the_others():
    search, faults = read("q=vätgas&region=xyz&region=orebro-lan&ar=2019")
    assert search == Search("vätgas", Filters(region=("orebro-lan",), year=("2019",)))
    assert [(fault.parameter, fault.value) for fault in faults] == [("region", "xyz")]


def test_what_is_said_is_short_and_not_repeated():
    faults = read("region=" + "x" * 5000 + "&fran=z&fran=z&till=z")[1]
    assert len(faults) == 3
    assert all(len(fault.detail) < 200 for fault in faults)


def test_faults_are_named_in_the_order_of_the_form():
    _, faults = read("antal=x&till=x&namner=x&ar=x&region=x&q=a&q=b")
    assert [fault.parameter for fault in faults] == ["q", "region", "ar", "namner", "till", "antal"]


def test_no_more_values_are_read_than_links_can_repeat():
    search, (fault,) = read("&".join(f"kalla=k{number}" for number in range(VALUES + 10)))
    assert len(search.filters.values("source")) == VALUES
    assert fault.detail == f'Högst {VALUES} värden av "kalla" går att välja.'


def test_addresses_leave_out_what_is_usual():
    assert address(Search()) == "/sok"
    assert address(Search(), "/sok.json") == "/sok.json"
    assert address(Search("a&b #c")) == "/sok?q=a%26b+%23c"
    assert query_string(Search(order="aldst", page=3, size=20)) == "sortera=aldst&sida=3&antal=20"


def test_a_lone_surrogate_in_a_question_has_an_address():
    assert query_string(Search("a\ud800b")) == "q=a%3Fb"

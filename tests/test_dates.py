"""Dates: every format that is read, everything that only looks like a date, and where a publication date may stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.metadata.dates import Dated, parse_date, read_published, read_updated

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [(line.split("\t") + ["", ""])[:3] for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("text", "value", "precision"), rows("dates.tsv"))
def test_formats(text: str, value: str, precision: str) -> None:
    dated = parse_date(text)
    assert (dated.value, dated.precision) == (value, precision) if value else dated is None


@pytest.mark.parametrize(("line", "published", "updated"), rows("date_lines.tsv"))
def test_lines_near_the_top(line: str, published: str, updated: str) -> None:
    found, changed = read_published([line]), read_updated([line])
    assert (found.value if found else "", changed.value if changed else "") == (published, updated)
    if found:
        assert " ".join(line.split()) in found.evidence


ADDRESSES = {
    "https://polisen.se/aktuellt/handelser/2023/juni/30/30-juni-0341-brand-hofors/": ("2023-06-30", "day"),
    "https://www.regeringen.se/regeringsuppdrag/2019/03/uppdrag/": ("2019-03-01", "month"),
    "https://example.se/nyheter/2021-04-19-vatgas.html": ("2021-04-19", "day"),
    "https://example.se/nyheter/1234/5678": None,
    "https://example.se/2019/13/x": None,
    "https://example.se/artikel/20190401": None,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(address: str) -> None:
    dated = read_published((), address)
    assert (dated and (dated.value, dated.precision)) == ADDRESSES[address]


ESTIMATED = [
    ("Publicerad 8 maj", "2019-05-20", "2019-05-08"),
    ("Publicerad den 8 maj kl. 10.30", "2019-05-08", "2019-05-08"),
    ("Pressmeddelande 30 december", "2020-01-02", "2019-12-30"),
    ("Publicerad 29 februari", "2021-03-01", "2020-02-29"),
    ("Den 8 maj presenterade kommissionen resultaten.", "2019-05-20", None),
    ("8 maj", "2019-05-20", None),
    ("Uppdaterad 8 maj", "2019-05-20", None),
]


@pytest.mark.parametrize(("line", "reference", "value"), ESTIMATED)
def test_a_date_without_a_year_is_an_estimate_that_says_so(line: str, reference: str, value: str | None) -> None:
    assert read_published([line]) is None, "nothing to count the year from"
    dated = read_published([line], reference=reference)
    assert (dated.value if dated else None) == value
    assert dated is None or f"uppskattat efter {reference}" in dated.evidence
    assert dated is None or dated.precision == "estimated"


IN_SWEDEN = [
    ("2019-07-01T21:59:00Z", "2019-07-01"),
    ("2019-07-01T22:00:00Z", "2019-07-02"),
    ("2019-12-01T22:30:00Z", "2019-12-01"),
    ("2019-12-01T23:00:00Z", "2019-12-02"),
    ("2019-10-26T22:30:00Z", "2019-10-27"),
    ("2019-10-27T22:30:00Z", "2019-10-27"),
    ("1995-10-15T22:30:00Z", "1995-10-15"),  # summer time ended on 24 September until 1995
    ("1995-09-20T22:30:00Z", "1995-09-21"),
    ("1979-07-01T22:30:00Z", "1979-07-01"),  # and there was none from 1917 to 1979
    ("1980-07-01T22:30:00Z", "1980-07-02"),
    ("1916-07-01T22:30:00Z", "1916-07-02"),
    ("2019-03-12T23:30:00-05:00", "2019-03-13"),
]


@pytest.mark.parametrize(("moment", "day"), IN_SWEDEN)
def test_the_day_of_a_moment_is_that_of_sweden(moment: str, day: str) -> None:
    dated = parse_date(moment)
    assert dated and dated.value == day


def test_a_line_far_down_is_not_looked_at() -> None:
    assert read_published(["En rad."] * 60 + ["Publicerad 2020-01-01"]) is None


@pytest.mark.parametrize(
    ("value", "precision", "last"),
    [("2019-01-01", "year", "2019-12-31"), ("2020-02-01", "month", "2020-02-29"), ("2020-02-03", "day", "2020-02-03")],
)
def test_last_day_of_what_is_known(value: str, precision: str, last: str) -> None:
    assert Dated(value, precision, "").last_day == last  # type: ignore[arg-type]


@given(st.text() | st.text(st.sampled_from("0123456789-/.: janfebmarsmaj:eaT")))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    for dated in (parse_date(text), read_published([text], text), read_updated([text])):
        assert dated is None or (len(dated.value) == 10 and dated.last_day >= dated.value)

"""Places, times and kinds in words: what is read in a question, what is left alone, and that any string is safe."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.metadata.dates import parse_date
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions.gazetteer import places
from indexer.parsing.expressions import Expression, expressions_in
from indexer.queries import Filters, Period
from tests.floors import FLOORS, half_of

TODAY = date(2026, 11, 29)
"""The day that the questions of the table were asked."""


def judged(half: int) -> list[tuple[str, set[str]]]:
    """Question and what is meant, of the half whose hash is even (0: tuning) or odd (1: floor)."""
    lines = (Path(__file__).parent / "data/expressions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(question, set(meant.split()) - {"-"}) for question, meant in rows if half_of(question) == half]


def _read(question: str) -> set[str]:
    return {f"{expression.facet}={expression.value}" for expression in expressions_in(question, TODAY)}


def test_questions_are_read_as_meant() -> None:
    rows = judged(1)
    assert len(rows) >= 120
    wrong = [question for question, meant in rows if _read(question) != meant]
    assert 1 - len(wrong) / len(rows) >= FLOORS["expressions.right"], wrong


@pytest.mark.parametrize(("question", "meant"), judged(0))
def test_what_was_tuned_stays_read(question: str, meant: set[str]) -> None:
    assert _read(question) == meant


RESTS = {
    "rapporter om vatten i Dalarna sedan 2020": "vatten",
    "bredband på landsbygden i Västerbotten": "bredband på landsbygden",
    "tåg mellan Falun och Borlänge": "tåg",
    "skolor i Kalix, Luleå och Boden 2019?": "skolor ?",
    "alla pressmeddelanden från januari 2026": "",
    "klimat under åren 2018–2020": "klimat",
    "utlysningar för småföretag": "för småföretag",
    "vindkraft dalarna mars 2019 till maj 2020": "vindkraft",
}


@pytest.mark.parametrize("question", RESTS)
def test_what_is_left_when_the_expressions_are_taken_out(question: str) -> None:
    rest = question
    for expression in reversed(expressions_in(question, TODAY)):
        rest = rest[: expression.start] + rest[expression.end :]
    assert " ".join(rest.split()) == RESTS[question]


LABELS = {
    "i Dalarna": ("Dalarna", "Dalarnas län"),
    "malmö stad": ("malmö stad", "Malmö kommun"),
    "mars 2019": ("mars 2019", "mars 2019"),
    "år 2019": ("år 2019", "2019"),
    "sedan 2020": ("sedan 2020", "från 2020"),
    "sedan 2018 till 2020": ("sedan 2018 till 2020", "2018–2020"),
    "före mars 2015": ("före mars 2015", "till och med februari 2015"),
    "i våras": ("i våras", "mars–maj 2026"),
    "2018-2020": ("2018-2020", "2018–2020"),
    "senaste månaden": ("senaste månaden", "29 oktober–29 november 2026"),
    "senaste veckan": ("senaste veckan", "22–29 november 2026"),
    "den 12 mars 2019": ("den 12 mars 2019", "12 mars 2019"),
    "november 2019 till januari 2020": ("november 2019 till januari 2020", "november 2019–januari 2020"),
    "alla rapporter om": ("rapporter", "Rapport"),
}


@pytest.mark.parametrize("question", LABELS)
def test_an_expression_names_its_words_and_its_value(question: str) -> None:
    (expression,) = expressions_in(question, TODAY)
    assert (expression.text, expression.label) == LABELS[question]
    assert (expression.start, expression.end) == (0, len(question))


def test_an_expression_is_a_filter() -> None:
    def filters(question: str) -> list[Filters]:
        return [expression.filters for expression in expressions_in(question, TODAY)]

    assert filters("rapporter om vatten Dalarna 2019") == [
        Filters(kind=("rapport",)),
        Filters(region=("dalarnas-lan",)),
        Filters(year=("2019",)),
    ]
    assert filters("januari 2020 till februari 2020") == [Filters(period=Period("2020-01-01", "2020-02-29"))]
    assert filters("sedan 2020") == [Filters(period=Period("2020-01-01", None))]
    assert filters("i går") == [Filters(period=Period("2026-11-28", "2026-11-28"))]


@pytest.mark.parametrize(
    ("today", "question", "value"),
    [
        (date(2026, 3, 1), "i mars", "2026-03"),
        (date(2026, 2, 28), "i mars", "2025-03"),
        (date(2026, 2, 28), "i vintras", "2025-12..2026-02"),
        (date(2026, 12, 1), "i vintras", "2026-12..2027-02"),
        (date(2026, 1, 1), "i går", "2025-12-31..2025-12-31"),
        (date(2026, 3, 31), "senaste månaden", "2026-02-28..2026-03-31"),
        (date(2026, 1, 4), "förra veckan", "2025-12-22..2025-12-28"),
        (date(2026, 1, 4), "förra kvartalet", "2025-10..2025-12"),
        (date(2026, 1, 4), "förra månaden", "2025-12"),
        (date(2024, 2, 29), "senaste året", "2023-02-28..2024-02-29"),
        (date(2026, 1, 4), "2026", "2026"),
    ],
)
def test_times_are_told_from_the_day_of_asking(today: date, question: str, value: str) -> None:
    assert [expression.value for expression in expressions_in(question, today)] == [value]


FRAGMENTS = re.findall(
    r"\S+",
    """i på från sedan efter före mellan och till 2019 2018-2020 2030 mars maj ſeptember 12 februari 31 vecka 60 Q3 kvartalet
    andra halvåret senaste tre åren månaden förra året i år våras sommaren 2020-talet Dalarna Skåne Västra Götaland mark Vara
    lund Upplands Väsby kommun län stad universitet alla rapporter om utlysningar motion ELLER INTE OCH NÄRA/3 - + = ( ) " ”
    rubrik: år:2019 * ~ , . ? : / – 0000-01-01 0006-01-01 9999-99-99 agenda SOU 2019:5 för kronor åkersberga""",
)


def _check(question: str, expressions: tuple[Expression, ...]) -> None:
    end = 0
    for expression in expressions:
        assert end <= expression.start < expression.end <= len(question), "spans are in order and do not overlap"
        assert expression.text in question[expression.start : expression.end]
        assert expression.label
        end = expression.end
        match expression.facet:
            case "region":
                assert expression.value in places()
            case "kind":
                assert expression.value in KINDS
            case "year":
                assert parse_date(expression.value) is not None
            case "period":
                period = expression.filters.period
                assert period
                assert period.first is None or period.last is None or period.first <= period.last
            case facet:
                pytest.fail(facet)


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(" ".join)),
    st.dates(date(1990, 1, 1), date(2100, 12, 31)),
)
def test_any_string_is_read_in_order(question: str, today: date) -> None:
    _check(question, expressions_in(question, today))


def _operations(function: Callable[[], object]) -> int:
    """Calls of functions, those in C too, while one runs."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "piece", ["i Dalarna 2019 ", "mark ", "a-", '"', "rapporter ", "i ", "2019-", "( ", "senaste tre "]
)
def test_reading_takes_time_in_proportion_to_length(piece: str) -> None:
    expressions_in("Dalarna i åkersberga 2019", TODAY)  # tables are loaded once
    whole, half = (piece * (length // len(piece)) for length in (2_000, 1_000))
    operations = _operations(lambda: expressions_in(whole, TODAY))
    assert operations <= 2.5 * _operations(lambda: expressions_in(half, TODAY)) + 100
    assert operations <= 50 * len(whole)

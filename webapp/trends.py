"""The pages that count: how much is written about something over time, and what the collection holds.

A trend is drawn as lines, in the units of the drawing; what is drawn also stands in the table below it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from math import floor, log10
from urllib.parse import urlencode

from flask import Blueprint, Response
from msgspec import Struct

from indexer import COMPARED, Parameters, Trend, Unreadable, counties, coverage, inert, region_label, trends
from webapp import filters, pages
from webapp.answering import parameters, program_parameters, refuse, service
from webapp.rendering import percent

blueprint = Blueprint("trends", __name__)

LONGEST = 200
"""Characters of a question that is compared."""
UNITS = ("ar", "manad")
"""What `enhet` may be."""
WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 32
"""Room for the labels, around the lines."""
LABELS = 8
"""Most labels under the chart."""

Compared = tuple[tuple[str, ...], str | None, bool]
"""The questions, the region, and whether by month."""
Line = tuple[str, tuple[tuple[float, float], ...]]
"""One question, and where its line goes."""
Label = tuple[str, float]
"""A text beside an axis, and where."""


class Chart(Struct, frozen=True):
    """What the template draws."""

    lines: tuple[Line, ...]
    across: tuple[Label, ...]
    up: tuple[Label, ...]


@blueprint.get("/trend")
def trend() -> Response:
    """The share of all documents of each year, or month, that match each question."""
    (questions, region, monthly), faults = _asked(parameters())
    wrong = filters.unanswerable(faults)
    series = () if wrong else trends(service().searcher, questions, region, monthly)
    choices = [("region", region)] * bool(region) + [("enhet", "manad")] * monthly
    return pages.page(
        "trend.html",
        fields=[*questions, *[""] * (min(COMPARED, len(questions) + 1) - len(questions))],
        questions=questions,
        region=region,
        monthly=monthly,
        regions=(dict(counties()) | ({region: region_label(region)} if region else {})).items(),
        notes=[f"{fault.detail} {fault.instead}" for fault in faults if fault.instead],
        wrong=wrong,
        trends=series,
        chart=_chart(series),
        rows=list(zip(*(trend.points for trend in series), strict=True)) if series else [],
        query=urlencode([*(("q", question) for question in questions), *choices]),
    )


@blueprint.get("/trend.csv")
def trend_csv() -> Response:
    """The same figures, a row for each question and period."""
    compared, faults = _asked(program_parameters("q", "region", "enhet"))
    refuse(faults)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["period", "fråga", "dokument", "alla dokument", "andel"])
    for trend in trends(service().searcher, *compared):
        for point in trend.points:
            rows.writerow([point.period, inert(trend.question), point.count, point.total, f"{point.share:.6f}"])
    headers = {"Content-Disposition": "attachment; filename=trend.csv"}
    return Response(written.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.get("/tackning")
def covered() -> Response:
    """What the collection holds of each source and county, and what is missing."""
    sources, by_county = coverage(service().searcher)
    held = {county.value for county in by_county}
    missing = [region for region in counties() if region[0] not in held]
    return pages.page("coverage.html", sources=sources, counties=by_county, missing=missing)


def _asked(given: Iterable[tuple[str, str]]) -> tuple[Compared, tuple[Unreadable, ...]]:
    """What a trend's parameters ask for, and what of them cannot be read."""
    read = Parameters(given)
    typed = read.all("q")
    for question in (question for question in typed if len(question) > LONGEST):
        read.refuse("q", question, f"En fråga får ha högst {LONGEST} tecken.", instead="Resten räknas inte.")
    if len(typed) > COMPARED:
        read.refuse("q", typed[COMPARED], f"Högst {COMPARED} frågor jämförs.", instead="De första är med.")
    questions = tuple(dict.fromkeys(question[:LONGEST] for question in typed))[:COMPARED]
    return (questions, read.region(), read.choice("enhet", UNITS) == "manad"), tuple(read.faults)


def _chart(trends: Sequence[Trend]) -> Chart | None:
    """The shares of each question over time; None where there is nothing to draw."""
    periods = [point.period for point in trends[0].points] if trends else []
    if not periods:
        return None
    top = _ceiling(max(point.share for trend in trends for point in trend.points))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(periods) - 1)

    def place(index: int, share: float) -> tuple[float, float]:
        return round(LEFT + index * step, 1), round(HEIGHT - BOTTOM - share / top * (HEIGHT - TOP - BOTTOM), 1)

    shares = ((trend.question, [point.share for point in trend.points]) for trend in trends)
    lines = tuple((question, tuple(map(place, range(len(periods)), points))) for question, points in shares)
    every = -(-len(periods) // LABELS)
    across = tuple((period, place(index, 0)[0]) for index, period in enumerate(periods) if index % every == 0)
    return Chart(lines, across, tuple((percent(top * part / 5), place(0, top * part / 5)[1]) for part in range(6)))


def _ceiling(share: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten.

    >>> _ceiling(0.034), _ceiling(0.0)
    (0.05, 0.01)
    """
    if share <= 0:
        return 0.01
    power: float = 10.0 ** floor(log10(share))
    return next(round(times * power, 9) for times in (1, 2, 5, 10) if times * power >= share - 1e-12)

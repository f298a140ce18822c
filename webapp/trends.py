"""The pages that count: how much is written about something over time, and what the collection holds."""

import csv
import io
from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, Response

from indexer import COMPARED, Parameters, Unreadable, counties, coverage, inert, region_label, trends
from webapp import charts, filters, pages
from webapp.answering import parameters, program_parameters, refuse, service

blueprint = Blueprint("trends", __name__)

LONGEST = 200
"""Characters of a question that is compared."""
UNITS = ("ar", "manad")
"""What `enhet` may be."""


Compared = tuple[tuple[str, ...], str | None, bool]
"""The questions, the region, and whether by month."""


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
        chart=charts.chart(series),
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

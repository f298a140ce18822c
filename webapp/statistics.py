"""The pages that count: how much is written about something over time, and what the collection holds."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, request

from indexer import COMPARED, counties, coverage, region_named, trends
from webapp.answering import service
from webapp.charts import chart
from webapp.pages import page

blueprint = Blueprint("statistics", __name__)

LONGEST = 200
"""Characters of a question that is compared."""


@blueprint.get("/trend")
def trend() -> Response:
    """The share of all documents of each year, or month, that match each question."""
    questions, region, monthly = _asked()
    found = trends(service().searcher, questions, region, monthly)
    fields = [*questions, *[""] * (min(COMPARED, len(questions) + 1) - len(questions))]
    return page(
        "trend.html",
        fields=fields,
        questions=questions,
        region=region,
        monthly=monthly,
        regions=counties(),
        trends=found,
        chart=chart(found),
        rows=list(zip(*(trend.points for trend in found), strict=True)) if found else [],
        query=request.query_string.decode("ascii", "replace"),
    )


@blueprint.get("/trend.csv")
def trend_csv() -> Response:
    """The same figures, a row for each question and period."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["period", "fråga", "dokument", "alla dokument", "andel"])
    for trend in trends(service().searcher, *_asked()):
        for point in trend.points:
            rows.writerow([point.period, _plain(trend.question), point.count, point.total, f"{point.share:.6f}"])
    return Response(
        written.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=trend.csv"}
    )


@blueprint.get("/tackning")
def covered() -> Response:
    """What the collection holds of each source and county, and what is missing."""
    sources, by_county = coverage(service().searcher)
    held = {county.value for county in by_county}
    missing = [region for region in counties() if region[0] not in held]
    return page("coverage.html", sources=sources, counties=by_county, missing=missing)


def _asked() -> tuple[list[str], str | None, bool]:
    typed = (question.strip()[:LONGEST] for question in request.args.getlist("q"))
    questions = list(dict.fromkeys(question for question in typed if question))[:COMPARED]
    return questions, region_named(request.args.get("region", "")), request.args.get("enhet") == "manad"


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text

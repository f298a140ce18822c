"""The pages that count: how much is written about something over time, what marks it against other things, what the collection holds.

Templates draw the charts; what is drawn also stands in a table below it, and in files to take along.
"""

from flask import Blueprint, Response, render_template
from msgspec import Struct, structs

import indexer
from indexer import COMPARED, SIDES, Figure, Filters, Hit, Parameters, Row, Side, Unreadable, gazetteer
from webapp import faces, pages, rendering
from webapp.answering import answer, parameters, program_parameters, refuse, service

blueprint = Blueprint("trends", __name__)

LONGEST = 200
"""Characters of a question that is compared."""
TOP = 5
"""Documents of each side that are shown."""
_PLACE_AND_TIME = ("region", "fran", "till")
_FIGURES = ("fråga", "region", "dokument", "alla dokument", "andel", "andel lägst", "andel högst")
_COVERED = ("documents", "first", "last", "undated", "fetched", "empty_months")
_COVERAGE = ("del", "namn", "dokument", "första", "sista", "utan datum", "senast hämtat", "månader utan dokument")


class Asked(Struct, frozen=True):
    """What is to be compared, as far as it can be read."""

    questions: tuple[str, ...]
    filters: Filters
    monthly: bool
    notes: tuple[str, ...]
    wrong: tuple[Unreadable, ...]
    """For which nothing is shown."""
    sides: tuple[Side, ...]


class Column(Side, frozen=True):
    """A side beside others: its figures, its best, first and last documents, and the words that mark it."""

    figure: Figure
    hits: tuple[Hit, ...]
    ends: tuple[Hit | None, Hit | None]
    """The first and the last."""
    days: tuple[str | None, ...]
    words: tuple[str, ...]


@blueprint.get("/trend", defaults={"form": ""})
@blueprint.get("/trend.<any(csv,xlsx,svg):form>")
def trend(form: str) -> Response:
    """The share that each question has of all documents of each year, or month."""
    asked = _asked(form)
    series = list(indexer.trends(service().searcher, asked.sides, asked.monthly)) if asked.questions else []
    if form == "svg":
        return faces.attached("trend", form, render_template("trend.svg", asked=asked, trends=series).encode())
    if form:
        figures = ((point.period, *_figures(one, point)) for one in series for point in one.points)
        return faces.attached("trend", form, b"".join(indexer.tabled(form, (("period", *_FIGURES), *figures))))
    return pages.page("trend.html", asked=asked, counties=gazetteer.counties(), trends=series)


@blueprint.get("/jamfor", defaults={"form": ""})
@blueprint.get("/jamfor.<any(csv,xlsx):form>")
def compare(form: str) -> Response:
    """Questions, or counties, side by side."""
    asked = _asked(form)
    columns = list(map(_column, asked.sides, service().searcher.marking([side.search for side in asked.sides])))
    if form:
        lines = ((*_figures(one, one.figure), *one.days, ", ".join(one.words)) for one in columns)
        table = indexer.tabled(form, ((*_FIGURES, "första", "sista", "ord"), *lines))
        return faces.attached("jamfor", form, b"".join(table))
    return pages.page("compare.html", asked=asked, counties=gazetteer.counties(), columns=columns)


@blueprint.get("/tackning", defaults={"form": ""})
@blueprint.get("/tackning.<any(csv,xlsx):form>")
def covered(form: str) -> Response:
    """What the collection holds of each source and county, and what is missing."""
    if form:
        program_parameters()
    parts = dict(zip(("källa", "län"), indexer.coverage(service().searcher), strict=True))
    if form:
        lines = ([part, one.label, *(getattr(one, name) for name in _COVERED)] for part in parts for one in parts[part])
        return faces.attached("tackning", form, b"".join(indexer.tabled(form, (_COVERAGE, *lines))))
    return pages.page("coverage.html", sources=parts["källa"], counties=parts["län"], every=gazetteer.counties())


def _asked(form: str) -> Asked:
    """What the request asks to compare. Raises Unanswerable where a program's cannot be read."""
    given = program_parameters("q", *_PLACE_AND_TIME, "enhet") if form else parameters()
    read = Parameters(given)
    typed = read.all("q")
    for question in (question for question in typed if len(question) > LONGEST):
        read.refuse("q", question, f"En fråga får ha högst {LONGEST} tecken.", instead="Resten räknas inte.")
    if len(typed) > COMPARED:
        read.refuse("q", typed[COMPARED], f"Högst {COMPARED} frågor jämförs.", instead="De första är med.")
    questions = tuple(dict.fromkeys(question[:LONGEST] for question in typed))[:COMPARED]
    search, unread = indexer.search_from(pair for pair in given if pair[0] in _PLACE_AND_TIME)
    regions = search.filters.values("region")
    if max(1, len(questions)) * len(regions) > SIDES:
        read.refuse("region", regions[-1], f"Högst {SIDES} par av fråga och län jämförs.", instead="De första är med.")
    monthly, faults = read.choice("enhet", ("ar", "manad")) == "manad", (*read.faults, *unread)
    refuse(faults if form else ())
    wrong, notes = rendering.told(faults)
    compared = () if wrong else indexer.sides(service().searcher, questions or ("",) * bool(regions), search.filters)
    return Asked(questions, search.filters, monthly, notes, wrong, tuple(compared))


def _column(side: Side, words: tuple[str, ...]) -> Column:
    count = service().searcher.counts
    figure = Figure(count(side.search).total, count(side.held).total, side.search)
    asked = (structs.replace(side.search, order=order, size=TOP) for order in ("relevans", "nyast", "aldst"))
    best, newest, oldest = (answer(search, ()).hits[: figure.count] for search in asked)
    ends = (oldest[0], newest[0]) if figure.count else (None, None)
    days = tuple(hit.published if hit else None for hit in ends)
    return Column(**structs.asdict(side), figure=figure, hits=best, ends=ends, days=days, words=words)


def _figures(side: Side, figure: Figure) -> Row:
    shares = (round(share, 6) for share in (figure.share, *figure.interval))
    return side.question, side.region and gazetteer.label(side.region), figure.count, figure.total, *shares

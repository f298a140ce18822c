"""From values to the words and marks of a page: the filters that the templates use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from flask import Flask
from markupsafe import Markup

from indexer import KINDS, address, region_label

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
DATE_PARTS = {"day": 3, "month": 2, "year": 1}
"""Precision -> how many of year, month and day are known."""

_LINKABLE = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def register(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters |= {
        "marked": marked,
        "date_text": date_text,
        "date_value": date_value,
        "counted": counted,
        "grouped": grouped,
        "kind_label": kind_label,
        "paragraphs": paragraphs,
        "web_address": web_address,
        "address": address,
        "region_label": region_label,
    }


def marked(text: str, spans: Iterable[tuple[int, int]] = ()) -> Markup:
    """The text with its spans (code points) in <mark>, everything escaped.

    >>> marked("a < b", [(4, 5)])
    Markup('a &lt; <mark>b</mark>')
    """
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces += [text[position:start], Markup("<mark>{}</mark>").format(text[start:end])]
        position = end
    return Markup("").join([*pieces, text[position:]])


def date_text(published: str | None, precision: str | None) -> str:
    """An ISO date in Swedish, no more exact than it is known.

    >>> date_text("2019-02-11", "day"), date_text("2019-03-01", "month"), date_text(None, None)
    ('11 februari 2019', 'mars 2019', 'okänt datum')
    """
    known = _known(published, precision)
    if not known:
        return "okänt datum"
    year, *smaller = known
    month = [MONTHS[int(number) - 1] for number in smaller[:1]]
    day = [str(int(number)) for number in smaller[1:]]
    return " ".join([*day, *month, year])


def date_value(published: str | None, precision: str | None) -> str:
    """The known part of an ISO date, as <time datetime> takes it.

    >>> date_value("2019-03-01", "month")
    '2019-03'
    """
    return "-".join(_known(published, precision))


def _known(published: str | None, precision: str | None) -> list[str]:
    parts = (published or "")[:10].split("-")
    return [part for part in parts[: DATE_PARTS.get(precision or "day", 3)] if part]


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun.

    >>> counted(1, "träff", "träffar"), counted(12, "träff", "träffar")
    ('1 träff', '12 träffar')
    """
    return f"{grouped(number)} {one if number == 1 else many}"


def grouped(number: int) -> str:
    """A number with a no-break space between thousands, as Swedish writes it."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def kind_label(kind: str) -> str:
    """The name of a kind of document."""
    return KINDS.get(kind, kind)


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a text, each as its lines.

    >>> paragraphs("En rad\\nen till\\n\\nNytt stycke")
    [['En rad', 'en till'], ['Nytt stycke']]
    """
    runs = groupby(text.splitlines(), key=lambda line: bool(line.strip()))
    return [list(lines) for filled, lines in runs if filled]


def web_address(url: str | None) -> str | None:
    """The address where it is one that may become a link: http or https, and nothing before that.

    >>> web_address("javascript:alert(1)"), web_address("https://region.example/nyhet")
    (None, 'https://region.example/nyhet')
    """
    return url if url and _LINKABLE.fullmatch(url) else None

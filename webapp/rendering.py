"""From values to the words and marks of a page: the filters that the templates use."""

import re

from flask import Flask

from indexer import FACETS, RIGHTS, address, in_words, region_label
from webapp import charts, marking

DATE_PARTS = {"day": 3, "month": 2, "year": 1}
"""Precision -> how many of year, month and day are known."""

_LINKABLE = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def register(app: Flask) -> None:
    """Give the templates their filters."""
    ours = (date_text, date_value, counted, grouped, web_address, address)
    app.jinja_env.filters |= {function.__name__: function for function in (*ours, marking.marked, charts.percent)}
    app.jinja_env.filters |= {"kind_label": FACETS["kind"].label_of, "region_label": region_label}
    app.jinja_env.filters["rights_label"] = lambda rights: RIGHTS.get(rights, rights)


def date_text(published: str | None, precision: str | None) -> str:
    """An ISO date in Swedish, no more exact than it is known.

    >>> date_text("2019-02-11", "day"), date_text("2019-03-01", "month"), date_text(None, None)
    ('11 februari 2019', 'mars 2019', 'utan datum')
    >>> date_text("2019-02-11", "estimated")
    'omkring 11 februari 2019'
    """
    parts = _known_parts(published, precision)
    return f"{'' if precision in DATE_PARTS else 'omkring '}{in_words('-'.join(parts))}" if parts else "utan datum"


def date_value(published: str | None, precision: str | None) -> str:
    """The known part of an ISO date, as <time datetime> takes it: of an estimate its year.

    >>> date_value("2019-03-01", "month"), date_value("2019-02-11", "estimated")
    ('2019-03', '2019')
    """
    return "-".join(_known_parts(published, precision if precision in DATE_PARTS else "year"))


def _known_parts(published: str | None, precision: str | None) -> list[str]:
    return [part for part in (published or "")[:10].split("-")[: DATE_PARTS.get(precision or "day", 3)] if part]


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun.

    >>> counted(1, "träff", "träffar"), counted(12, "träff", "träffar")
    ('1 träff', '12 träffar')
    """
    return f"{grouped(number)} {one if number == 1 else many}"


def grouped(number: int) -> str:
    """A number with a no-break space between thousands, as Swedish writes it."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def web_address(url: str | None) -> str | None:
    """The address where it is one that may become a link: http or https, and nothing before that.

    >>> web_address("javascript:alert(1)"), web_address("https://region.example/nyhet")
    (None, 'https://region.example/nyhet')
    """
    return url if url and _LINKABLE.fullmatch(url) else None

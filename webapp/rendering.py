"""From values to the words and marks of a page: the filters that the templates use."""

import re

from flask import Flask

import indexer
from indexer import DATE_PARTS, FACETS, RIGHTS, address, all_values, date_text, is_county, known_parts, region_label
from webapp import charts, marking

_LINKABLE = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def register(app: Flask) -> None:
    """Give the templates their filters, and the forms that answers are taken along in."""
    app.jinja_env.globals["forms"] = indexer.FORMS
    ours = (date_text, date_value, counted, grouped, web_address, address, is_county, all_values)
    app.jinja_env.filters |= {function.__name__: function for function in (*ours, marking.marked, charts.percent)}
    app.jinja_env.filters |= {"kind_label": FACETS["kind"].label_of, "region_label": region_label}
    app.jinja_env.filters["rights_label"] = lambda rights: RIGHTS.get(rights, rights)


def date_value(published: str | None, precision: str | None) -> str:
    """The known part of an ISO date, as <time datetime> takes it: of an estimate its year.

    >>> date_value("2019-03-01", "month"), date_value("2019-02-11", "estimated")
    ('2019-03', '2019')
    """
    return "-".join(known_parts(published, precision if precision in DATE_PARTS else "year"))


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

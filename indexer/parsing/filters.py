"""A facet's word, a colon and a value -> Filters."""

import re

from indexer.facets import facet_of_word, question_value
from indexer.parsing.syntax import Mark
from indexer.queries import Filters, Period

_YEARS = re.compile(r"(?P<first>[0-9]{4})?(?:\.\.|[-–])(?P<last>[0-9]{4})?")


def filters_of(mark: Mark) -> Filters | None:
    """The filters that a mark of kind `filter` stands for, None when its value is unknown."""
    facet = facet_of_word(mark.groups["name"] or "")
    typed = (mark.groups["quoted"] or (mark.groups["value"] or "").rstrip(",;!?")).strip()
    typed = typed if typed.endswith("..") else typed.rstrip(".")
    if facet.aspect == "time" and (period := _period(typed)):
        return Filters(period)
    value = question_value(facet, typed) if typed else None
    return Filters().with_values(facet.name, (value,)) if value else None


def _period(typed: str) -> Period:
    """The years from one to another, whichever comes first; open where one is left out."""
    match = _YEARS.fullmatch(typed)
    first, last = match.groups() if match else (None, None)
    if first and last:
        first, last = sorted((first, last))
    return Period(first and f"{first}-01-01", last and f"{last}-12-31")

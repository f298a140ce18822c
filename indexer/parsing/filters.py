"""region:, år:, källa: and typ: -> Filters."""

from __future__ import annotations

import re

from indexer.metadata.kinds import KINDS
from indexer.metadata.regions import resolve
from indexer.parsing.syntax import Mark
from indexer.queries import UNKNOWN, Filters, Period

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_YEARS = re.compile(r"(?P<first>\d{4})?(?P<range>\.\.|[-–])?(?P<last>\d{4})?")
_UNKNOWN = (UNKNOWN, "okänt", "okänd")
_KINDS = {name.lower(): value for value, label in KINDS.items() for name in (value, label)} | dict.fromkeys(
    _UNKNOWN, UNKNOWN
)


def filters_of(mark: Mark) -> Filters | None:
    """The filters that a mark of kind `filter` stands for, None when its value is unknown."""
    name = (mark.groups["name"] or "").lower()
    value = (mark.groups["quoted"] or (mark.groups["value"] or "").rstrip(",;!?")).strip()
    value = value if value.endswith("..") else value.rstrip(".")
    if not value:
        return None
    if name == "region":
        region = resolve(value)
        return Filters(region=(region,)) if region else None
    if name in ("nämner", "namner"):
        county = resolve(value)
        return Filters(mentions=(county,)) if county else None
    if name in ("källa", "kalla"):
        return Filters(source=(UNKNOWN if value.lower() in _UNKNOWN else value,))
    if name == "typ":
        kind = _KINDS.get(value.lower())
        return Filters(kind=(kind,)) if kind else None
    return _years(value)


def _years(value: str) -> Filters | None:
    if value.lower() in _UNKNOWN:
        return Filters(year=(UNKNOWN,))
    if _MONTH.fullmatch(value):
        return Filters(year=(value,))
    match = _YEARS.fullmatch(value)
    if not match or not (match["first"] or match["last"]):
        return None
    if not match["range"]:
        return Filters(year=(value,)) if len(value) == 4 else None
    first, last = match["first"], match["last"]
    if first and last and first > last:
        first, last = last, first
    return Filters(period=Period(first and f"{first}-01-01", last and f"{last}-12-31"))

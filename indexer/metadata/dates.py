"""Text -> dates, each with its precision and what says so. A date inside a sentence is never a publication date."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from indexer.metadata.tables import expressions, rows

Precision = Literal["day", "month", "year", "estimated"]
"""How much of a date is known; `estimated` is a day near it, as that of a crawl, and never shown as exact."""

DATE_PARTS = {"day": 3, "month": 2, "year": 1}
"""Precision -> how many of year, month and day are known."""
SWEDEN = ZoneInfo("Europe/Stockholm")

_UNSET = (("1970-01-01", "day"), ("1969-12-31", "day"))
"""Days that programs state where they know none: second 0 of their clock."""
_NAMES = rows("metadata/data/months.tsv")
MONTH_NAMES = tuple(names[0] for names in _NAMES)
"""In Swedish, January first."""
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
_MONTH = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"


@cache
def _patterns(name: str) -> list[re.Pattern[str]]:
    """Those of a name in data/dates.tsv; the first that fits counts."""
    found = expressions("metadata/data/dates.tsv", MONTH=_MONTH)
    return [re.compile(expression, re.IGNORECASE) for known, expression in found if known == name]


def _pattern(name: str) -> re.Pattern[str]:
    return _patterns(name)[0]


def in_words(iso: str) -> str:
    """An ISO date, month or year in Swedish.

    >>> in_words("2019-02-11"), in_words("2019-03"), in_words("2019")
    ('11 februari 2019', 'mars 2019', '2019')
    """
    year, *smaller = iso.split("-")
    month = [MONTH_NAMES[int(number) - 1] for number in smaller[:1]]
    return " ".join([*(str(int(number)) for number in smaller[1:]), *month, year])


def date_text(published: str | None, precision: str | None) -> str:
    """An ISO date in Swedish, no more exact than it is known.

    >>> date_text("2019-02-11", "day"), date_text("2019-03-01", "month"), date_text(None, None)
    ('11 februari 2019', 'mars 2019', 'utan datum')
    >>> date_text("2019-02-11", "estimated")
    'omkring 11 februari 2019'
    """
    parts = known_parts(published, precision)
    return f"{'' if precision in DATE_PARTS else 'omkring '}{in_words('-'.join(parts))}" if parts else "utan datum"


def known_parts(published: str | None, precision: str | None) -> list[str]:
    """Year, month and day of an ISO date, as far as they are known or estimated."""
    return [part for part in (published or "")[:10].split("-")[: DATE_PARTS.get(precision or "day", 3)] if part]


def instant(text: str) -> str | None:
    """What an instant or a date is in UTC, to the millisecond: without a zone it is Sweden's, and of a date its beginning. None for anything else.

    >>> instant("2026-11-18"), instant("2026-11-18T10:30:00.25+02:00"), instant("i går")
    ('2026-11-17T23:00:00.000Z', '2026-11-18T08:30:00.250Z', None)
    """
    dated = None if ":" in text else parse_date(text)
    with suppress(ValueError, OverflowError):
        # The plus of a zone is a blank where an address was typed.
        stated = datetime.fromisoformat(dated.value if dated else text.replace(" ", "+" if "T" in text else " "))
        moment = stated.replace(tzinfo=stated.tzinfo or SWEDEN).astimezone(UTC)
        return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return None


def instant_text(stated: str) -> str:
    """What `instant` reads, in Swedish and as the clock is there; of a day only that.

    >>> instant_text("18/11 2026"), instant_text("2026-11-18T08:30:00.250Z"), instant_text("0000-01-01")
    ('18 november 2026', '18 november 2026 kl. 09.30', '1 januari 0000')
    """
    if ":" not in stated:
        dated = parse_date(stated)  # the year 0 is a period's, and no calendar's
        return in_words(dated.value if dated else stated)
    moment = datetime.fromisoformat(instant(stated) or stated).astimezone(SWEDEN)
    return f"{in_words(moment.date().isoformat())} kl. {moment:%H.%M}"


class Dated(Struct, frozen=True):
    """A date that something was published or changed."""

    value: str
    """ISO 8601, the first day of the period that is known."""
    precision: Precision
    evidence: str
    """In Swedish: what said so."""

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.value[:4])

    @property
    def last_day(self) -> str:
        """ISO 8601, the last day of the period that is known."""
        if self.precision in ("day", "estimated"):
            return self.value
        month = 12 if self.precision == "year" else int(self.value[5:7])
        return f"{self.value[:4]}-{month:02d}-{calendar.monthrange(self.year, month)[1]:02d}"


def parse_date(text: str, evidence: str = "angivet") -> Dated | None:
    """A text that is a date and nothing else, in a Swedish or English format; None for anything else.

    >>> parse_date("den 19:e april 2021").value, parse_date("mars 2019").precision, parse_date("1,2")
    ('2021-04-19', 'month', None)
    """
    # 200: characters of a text that can be a date.
    stripped = " ".join(text.split()).strip(" .,;") if len(text) <= 200 else ""
    match = _match(stripped) if stripped else None
    return _dated(match.groupdict(), evidence) if match else None


@lru_cache(1_000)  # many documents share a day
def _match(stripped: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.fullmatch(stripped) for pattern in _patterns("format"))), None)


def plausible_date(text: str, evidence: str = "angivet") -> Dated | None:
    """As `parse_date`, of something that can have been published then."""
    return _plausible(parse_date(text, evidence))


def _dated(groups: dict[str, str | None], evidence: str) -> Dated | None:
    name, day = groups.get("name"), groups.get("day")
    month = _MONTHS[name.lower()] if name else groups.get("month")
    precision: Precision = "day" if day else "month" if month else "year"
    try:
        value = date(int(groups["year"] or 0), int(month or 1), int(day or 1))
        zone = (groups.get("zone") or "CET").upper()
        if zone not in ("CET", "CEST"):  # stated as of elsewhere, it may have been after midnight in Sweden
            moment = f"{value}T{groups['hour']:0>2}:{groups['minute']}{'Z' if zone in ('UTC', 'GMT') else zone}"
            value = datetime.fromisoformat(moment).astimezone(SWEDEN).date()
    except (ValueError, OverflowError):
        return None
    return Dated(value.isoformat(), precision, evidence)


def as_precise(dated: Dated, stated: str) -> Dated:
    """A date no more exact than is stated of it; what is stated in another word than ours makes a day an estimate.

    >>> as_precise(Dated("2019-03-12", "day", ""), "month").value, as_precise(Dated("2019-03-12", "day", ""), "circa").precision
    ('2019-03-01', 'estimated')
    """
    if dated.precision == "year" or stated in ("", "day") or (dated.precision == "month" and stated != "year"):
        return dated
    if unknown := {"year": "-01-01", "month": "-01"}.get(stated):
        return structs.replace(dated, value=dated.value[: -len(unknown)] + unknown, precision=stated)
    evidence = dated.evidence if stated in get_args(Precision) else f"{dated.evidence} ({stated})"
    return structs.replace(dated, precision="estimated", evidence=evidence)


def _plausible(dated: Dated | None) -> Dated | None:
    """A date where something can have been published then: not before 1900, not after tomorrow anywhere on earth."""
    if dated is None:
        return None
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    # Nothing was published on the web before; the margin is for digitised archives.
    is_one = dated.year >= 1900 and dated.value <= tomorrow and (dated.value, dated.precision) not in _UNSET
    return dated if is_one else None


def read_published(lines: Sequence[str], url: str = "", reference: str = "", labelled: bool = False) -> Dated | None:
    """The publication date that a labelled or short line near the top states, or only a `labelled` one, else the address; None when none does.

    A labelled date without a year is only an estimate, and only with `reference`, the ISO date that the text was fetched:
    the latest such day that is not after it.
    """
    for line in _short_lines(lines):
        if not _pattern("updated").match(line) and not _pattern("heading").match(line):
            label = _pattern("published").match(line)
            rest = _pattern("tail").sub("", line[label.end() :] if label else line)
            dated = _first_plausible(rest, f"raden ”{line}”")
            if dated and dated.precision == "day" and not (labelled and rest == line):
                return dated
    matches = filter(None, (pattern.search(url) for pattern in _patterns("address")))
    in_address = filter(None, (_plausible(_dated(match.groupdict(), f"adressen {url}")) for match in matches))
    return next(in_address, None) or (_estimated(lines, reference) if reference else None)


def _estimated(lines: Sequence[str], reference: str) -> Dated | None:
    for line in _short_lines(lines):
        label = _pattern("published").match(line)
        match = _pattern("yearless").fullmatch(line[label.end() :].strip()) if label else None
        for year in (int(reference[:4]), int(reference[:4]) - 1):
            evidence = f"raden ”{line}”; året är uppskattat efter {reference}"
            dated = _dated({**match.groupdict(), "year": str(year)}, evidence) if match else None
            if dated and dated.value <= reference:
                return structs.replace(dated, precision="estimated")
    return None


def read_updated(lines: Sequence[str]) -> Dated | None:
    """The date that a line labelled as the latest change states."""
    for line in _short_lines(lines):
        if match := _pattern("updated").match(line):
            return _first_plausible(line[match.end() :], f"raden ”{line}”")
    return None


def is_date_line(line: str) -> bool:
    """Whether a line says when something was published or changed, and nothing else."""
    return any(read([line]) is not None for read in (read_published, read_updated))


def _short_lines(lines: Iterable[str]) -> Iterator[str]:
    """Those near the top; a label that stands alone with the line behind it."""
    label = ""
    # 40: lines from the top that are looked at for a label: leads and menus of real pages end before that.
    for line in islice(filter(None, (" ".join(line.split()) for line in lines)), 40):
        line, label = f"{label}{line}", ""
        if any(_pattern(name).fullmatch(line) for name in ("published", "updated")):
            label = f"{line} "
        # 60: characters of a line that can be a date line; longer ones are sentences.
        elif len(line) <= 60:
            yield line


def _first_plausible(text: str, evidence: str) -> Dated | None:
    """The text as a date; a second date behind a bar or a label of change is not read, nor a label glued to a time."""
    return plausible_date(_pattern("behind").split(text, maxsplit=1)[0], evidence)

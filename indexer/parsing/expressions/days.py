"""Swedish words for a day, week, month, quarter, season, year or decade -> its first and last day, told from today."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from indexer.metadata.dates import MONTH_NAMES
from indexer.metadata.tables import expressions

Days = tuple[date, date]
"""First and last day, inclusive."""
Groups = dict[str, str]
"""The named parts of a match, in small letters; empty where there is none."""

_MONTHS = {name[:length]: number for number, name in enumerate(MONTH_NAMES, 1) for length in (3, 4, len(name))}
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS.keys() - {'mar'}, key=len, reverse=True))})\.?"
_NUMBERS = ("en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio")
_COUNTS = {"ett": 1} | {word: count for count, word in enumerate(_NUMBERS, 1)}
_UNITS = dict(da=(0, 1), dy=(0, 1), ve=(0, 7), må=(1, 0), kv=(3, 0), ha=(6, 0), år=(12, 0), fj=(12, 0), de=(120, 0))
"""By their first two letters, in months and days."""
_SEASONS = {"vå": 3, "so": 6, "hö": 9, "vi": 12}
_ORDINALS = {"första": 1, "andra": 2, "tredje": 3, "fjärde": 4}
_WORDS = dict(MONTH=_MONTH, MONTHS="|".join(MONTH_NAMES), NUMBERS="|".join(_COUNTS), ORDINALS="|".join(_ORDINALS))
_POINTS = tuple(expressions(Path(__file__).with_name("data") / "days.tsv", **_WORDS))


def _span(year: int, month: int, months: int = 1) -> Days:
    """So many whole months from a month on."""
    first = date(year, month, 1)
    last = _moved(first, months - 1)
    return first, last.replace(day=monthrange(last.year, last.month)[1])


def _moved(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _week_of(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _number(month: str) -> int:
    return int(month) if month.isdecimal() else _MONTHS[month.rstrip(".")]


def _day(groups: Groups, _today: date) -> Days:
    day = date(int(groups["year"]), _number(groups["month"]), int(groups["day"]))
    return day, day


def _month(groups: Groups, today: date) -> Days:
    """Without a year the latest begun, or that of this year or the last."""
    month, which = _number(groups["month"]), groups.get("which")
    back = "år" not in which.split() if which else month > today.month
    return _span(int(groups.get("year") or today.year - back), month)


def _months(groups: Groups, today: date) -> Days:
    """Without a year the latest begun."""
    first, last = _number(groups["first"]), _number(groups["last"])
    year = int(groups["year"] or today.year - (last > today.month))
    return _span(year - (first > last), first)[0], _span(year, last)[1]


def _season(groups: Groups, today: date) -> Days:
    """Without a year the latest begun; a winter is named by the year that it ends in, as at SMHI, or by both."""
    month = _SEASONS[groups["season"][:2]]
    if "year" in groups:
        return _span(int(groups["year"]) - (month == 12 and not groups["next"]), month, 3)
    return _span(today.year - (month > today.month), month, 3)


def _part(groups: Groups, _today: date) -> Days:
    """A quarter or a half of a year."""
    which, months = groups.get("which") or groups["number"], 6 if groups.get("half") else 3
    number = 12 // months if which == "sista" else _ORDINALS.get(which) or int(which[0])
    return _span(int(groups["year"]), months * number - months + 1, months)


def _week(groups: Groups, _today: date) -> Days:
    return _week_of(date.fromisocalendar(int(groups["year"]), int(groups["week"]), 1))


def _decade(groups: Groups, _today: date) -> Days:
    return _span(int(groups["decade"].rjust(3, "9").rjust(4, "1")), 1, 120)


def _year(groups: Groups, _today: date) -> Days:
    return _span(int(groups["year"]), 1, 12)


def _latest(groups: Groups, today: date) -> Days:
    """So long a time up to today; some days are a week."""
    months, days = _UNITS[groups["unit"][:2]]
    count = groups.get("count") or ("7" if groups["unit"] == "dagarna" else "1")
    times = _COUNTS.get(count) or int(count)
    return _moved(today, -months * times) - timedelta(days=days * times), today


def _running(groups: Groups, today: date) -> Days:
    """The calendar unit that today is in, or the one before it."""
    months, days = _UNITS[groups["unit"][:2]]
    back = "this" not in groups
    if days:
        return _week_of(today - timedelta(days=7 * back))
    begun = _moved(date(today.year, (today.month - 1) // months * months + 1, 1), -months * back)
    return _span(begun.year, begun.month, months)


def _close(groups: Groups, today: date) -> Days:
    day = today - timedelta(days=("dag", "går", "förrgår").index(groups["day"]))
    return day, day


_READERS = (_day, _month, _months, _season, _part, _week, _decade, _year, _latest, _running, _close)
BARE_YEAR = re.compile(dict(_POINTS)["YEAR"], re.IGNORECASE)
"""A year by its number."""
POINT = "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for name, pattern in _POINTS if name.islower())
"""What days_at may read, without named groups."""


@cache
def _points() -> list[tuple[re.Pattern[str], Callable[[Groups, date], Days]]]:
    """Compiled when the first question names a time: that takes 20 ms."""
    readers = {reader.__name__.removeprefix("_"): reader for reader in _READERS}
    return [(re.compile(pattern, re.IGNORECASE), readers[name]) for name, pattern in _POINTS if name.islower()]


def days_at(text: str, start: int, today: date) -> tuple[int, Days] | None:
    """Where the time that begins there ends, and its days; None when no time begins there."""
    for pattern, days in _points():
        match = pattern.match(text, start)
        if match and not text[match.end() : match.end() + 1].isalnum():
            try:
                return match.end(), days({name: words.lower() for name, words in match.groupdict("").items()}, today)
            except (ValueError, OverflowError, LookupError):  # 30 februari, vecka 60, ſeptember
                return None
    return None

"""Times in a question: a point in time, from one on, up to one, or between two; each told from today, as its first and last day.

A point is what Swedish words say of a day, week, month, quarter, season, year or decade.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache

from indexer.metadata.dates import MONTH_NAMES, in_words
from indexer.metadata.tables import expressions, patterns

Days = tuple[date, date]
"""First and last day, inclusive."""
Range = tuple[date | None, date | None]
"""First and last day, inclusive; None is open."""
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
_POINTS = tuple(expressions("parsing/data/days.tsv", **_WORDS))
_PATTERNS = patterns("parsing/data/times.tsv", re.IGNORECASE, MONTHS="|".join(MONTH_NAMES))


def times_in(text: str, today: date) -> Iterator[tuple[tuple[str, str, str], int, int]]:
    """The times that plain words name: facet, value and label of each, and its span.

    None is what begins after today, or a number that belongs to a name.
    """
    last = 0
    for begin in _PATTERNS["beginning"].finditer(text) if _PATTERNS["may be"].search(text) else ():
        start = begin.start()
        if start >= last and (named := _named(text, start, today)):
            last, days, between = named
            if days and _is_time(text, start, last, between):
                yield _said(*days), start, last


def _named(text: str, start: int, today: date) -> tuple[int, Range | None, bool] | None:
    """Where the time that begins there ends, its days (None where it begins after today), and whether it has two ends."""
    opener = _PATTERNS["opener"].match(text, start)
    manner, begin = (str(opener.lastgroup), opener.end()) if opener else ("tie", start)
    whole = _days_at(text, start, today) if manner == "tie" and begin > start else None
    if not (point := whole or _days_at(text, begin, today)):
        return None
    end, (first, last) = point
    joint = _PATTERNS["and" if manner == "between" else "to"].match(text, end)
    until = _days_at(text, joint.end(), today) if joint else None
    if until:
        end, (second, last) = until
        return end, (first, last) if max(first, second) <= today and first <= last else None, True
    if manner == "between":
        return None
    if manner == "tie" and (onwards := _PATTERNS["onwards"].match(text, end)):
        manner, end = "since", onwards.end()
    day = timedelta(days=1)
    opened = {"since": (first, None), "after": (last + day, None), "before": (None, first - day), "until": (None, last)}
    begun, ended = opened.get(manner, (first, last))
    return end, (begun, ended) if max(first, begun or first) <= today else None, False


def _is_time(text: str, start: int, end: int, between: bool) -> bool:
    """Whether the words say when, not what: no count, no part of a name (Agenda 2030), not the year that a text is about."""
    before = text[max(0, start - 48) : start]
    if _PATTERNS["goes on"].match(text, end) or _PATTERNS["about before"].search(before):
        return False
    if not _BARE_YEAR.match(text, start):
        return True
    if text[start:end] == "2000" and not _PATTERNS["ends"].match(text, end):
        return False
    return not (_PATTERNS["name before"].search(before) or (between and _PATTERNS["plan before"].search(before)))


def _said(first: date | None, last: date | None) -> tuple[str, str, str]:
    """Facet, value and label: a whole year or month is a value of the year facet, anything else a period.

    >>> _said(date(2026, 3, 1), date(2026, 5, 31)), _said(date(2020, 1, 1), None)
    (('period', '2026-03..2026-05', 'mars–maj 2026'), ('period', '2020-01..', 'från 2020'))
    """
    begins = [day for day in (first, last and last + timedelta(days=1)) if day]
    # As much of a date as both ends need: the year, month and year, or all of it.
    length = 10 if any(day.day > 1 for day in begins) else 7 if any(day.month > 1 for day in begins) else 4
    days = [day.isoformat() if day else "" for day in (first, last)]
    begun, ended = (day[:length] for day in days)
    label = in_words(begun) if begun == ended else _range(begun, ended)
    if begun == ended and length < 10:
        return "year", begun, label
    return "period", "..".join(day[: max(length, 7)] for day in days), label


def _range(begun: str, ended: str) -> str:
    """What lies between two dates in Swedish; what they share is said once."""
    if not (begun and ended):
        return f"från {in_words(begun)}" if begun else f"till och med {in_words(ended)}"
    left, right = in_words(begun).split(), in_words(ended).split()
    while len(left) > 1 and left[-1] == right[len(left) - 1]:
        left.pop()
    return f"{' '.join(left)}–{' '.join(right)}"


def _span(year: int, month: int, months: int = 1) -> Days:
    """So many whole months from a month on."""
    first = date(year, month, 1)
    return first, _moved(first, months) - timedelta(days=1)


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
_BARE_YEAR = re.compile(dict(_POINTS)["YEAR"], re.IGNORECASE)
"""A year by its number."""


@cache
def _points() -> list[tuple[re.Pattern[str], Callable[[Groups, date], Days]]]:
    """Compiled when the first question names a time: that takes 20 ms."""
    readers = {reader.__name__.removeprefix("_"): reader for reader in _READERS}
    return [(re.compile(pattern, re.IGNORECASE), readers[name]) for name, pattern in _POINTS if name.islower()]


def _days_at(text: str, start: int, today: date) -> tuple[int, Days] | None:
    """Where the time that begins there ends, and its days; None when no time begins there."""
    for pattern, days in _points():
        if (match := pattern.match(text, start)) and not text[match.end() : match.end() + 1].isalnum():
            try:
                return match.end(), days({name: words.lower() for name, words in match.groupdict("").items()}, today)
            except (ValueError, OverflowError, LookupError):  # 30 februari, vecka 60, ſeptember
                return None
    return None

"""Times in a question: a point in time, from one on, up to one, or between two."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from indexer.metadata.dates import MONTH_NAMES, in_words
from indexer.metadata.tables import expressions
from indexer.parsing.expressions.days import BARE_YEAR, POINT, days_at
from indexer.parsing.expressions.expression import Expression

Range = tuple[date | None, date | None]
"""First and last day, inclusive; None is open."""

_EXPRESSIONS = dict(expressions(Path(__file__).with_name("data") / "times.tsv", MONTHS="|".join(MONTH_NAMES)))
_OPENERS = {name: _EXPRESSIONS.pop(name) for name in ("since", "after", "until", "before", "between", "tie")}
_OPENER = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _OPENERS.items()), re.IGNORECASE)
_PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in _EXPRESSIONS.items()}


def times_in(text: str, today: date) -> Iterator[Expression]:
    """The times that plain words name, but for those that begin after today and numbers that belong to a name."""
    at = 0
    while (at or _PATTERNS["may be"].search(text)) and (time := _time().search(text, at)):
        start, at = time.start(), time.start() + 1
        if named := _named(text, start, today):
            at, days, between = named
            if days and _is_time(text, start, at, between):
                yield Expression(*_value(*days), _label(*days), text[start:at], start, at)


@cache
def _time() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/:.–-])(?:{'|'.join(_OPENERS.values())})(?:{POINT})", re.IGNORECASE)


def _named(text: str, start: int, today: date) -> tuple[int, Range | None, bool] | None:
    """Where the time that begins there ends, its days (None where it begins after today), and whether it has two ends."""
    opener = _OPENER.match(text, start)
    manner, begin = (str(opener.lastgroup), opener.end()) if opener else ("tie", start)
    point = (days_at(text, start, today) if manner == "tie" else None) or days_at(text, begin, today)
    if point is None:
        return None
    end, (first, last) = point
    joint = _PATTERNS["and" if manner == "between" else "to"].match(text, end)
    until = days_at(text, joint.end(), today) if joint else None
    if until:
        end, (second, last) = until
        return end, (first, last) if max(first, second) <= today and first <= last else None, True
    if manner == "between":
        return None
    if manner == "tie" and (onwards := _PATTERNS["onwards"].match(text, end)):
        manner, end = "since", onwards.end()
    opened = _opened(manner, first, last)
    return end, opened if max(first, opened[0] or first) <= today else None, False


def _opened(manner: str, first: date, last: date) -> Range:
    """A point as what is before it, after it, or from its first day on."""
    day = timedelta(days=1)
    opened = {"since": (first, None), "after": (last + day, None), "before": (None, first - day), "until": (None, last)}
    return opened.get(manner, (first, last))


def _is_time(text: str, start: int, end: int, between: bool) -> bool:
    """Whether the words say when, not what: no count, no part of a name (Agenda 2030), not the year that a text is about."""
    before = text[max(0, start - 48) : start]
    follows = any(_PATTERNS[name].match(text, end) for name in ("goes on", "counted"))
    if follows or _PATTERNS["about before"].search(before):
        return False
    if not BARE_YEAR.match(text, start):
        return True
    if text[start:end] == "2000" and not _PATTERNS["ends"].match(text, end):
        return False
    return not (_PATTERNS["name before"].search(before) or (between and _PATTERNS["plan before"].search(before)))


def _value(first: date | None, last: date | None) -> tuple[str, str]:
    """Facet and value: a whole year or month is a value of the year facet, anything else a period."""
    parts = _parts(first, last)
    sides = [day.isoformat()[: 10 if parts == 3 else 7] if day else "" for day in (first, last)]
    if parts < 3 and sides[0] == sides[1]:
        return "year", sides[0]
    if first and last and parts == 1 and first.year == last.year:
        return "year", sides[0][:4]
    return "period", "..".join(sides)


def _parts(first: date | None, last: date | None) -> int:
    """How much of a date its ends need: 1 the year, 2 month and year, 3 all of it."""
    if (first and first.day > 1) or (last and (last + timedelta(days=1)).day > 1):
        return 3
    return 2 if (first and first.month > 1) or (last and last.month < 12) else 1


def _label(first: date | None, last: date | None) -> str:
    """
    >>> _label(date(2026, 3, 1), date(2026, 5, 31)), _label(date(2020, 1, 1), None)
    ('mars–maj 2026', 'från 2020')
    """
    parts = _parts(first, last)
    left, right = (in_words(day.isoformat()).split()[-parts:] if day else [] for day in (first, last))
    if left == right or not left:
        return f"{'' if left else 'till och med '}{' '.join(right)}"
    if not right:
        return f"från {' '.join(left)}"
    while len(left) > 1 and left[-1] == right[len(left) - 1]:
        left.pop()
    return f"{' '.join(left)}–{' '.join(right)}"

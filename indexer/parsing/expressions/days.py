"""Swedish words for a day, week, month, quarter, season, year or decade -> its first and last day, told from today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from indexer.dates import MONTH_NAMES

Days = tuple[date | None, date | None]
"""First and last day, inclusive; None is open."""
Groups = dict[str, str | None]

_S = r"\s{1,3}"
_MONTHS = {name[:length]: number for number, name in enumerate(MONTH_NAMES, 1) for length in (3, 4, len(name))}
_NAMES = "|".join(sorted({*MONTH_NAMES, *_MONTHS} - {"mar"}, key=len, reverse=True))
_MONTH = rf"(?:{_NAMES})\.?"
_YEAR = rf"(?:år{_S})?(?P<year>(?:19|20)\d\d)(?![\d/:])"
_COUNTS = {
    **{"en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10},
    **{"elva": 11, "tolv": 12},
}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_MONTHS_OF = {"mån": 1, "kva": 3, "hal": 6, "år": 12, "dec": 120}
_DAYS_OF = {"dag": 1, "dyg": 1, "vec": 7}
_SINGLE = r"(?P<unit>dygnet|veckan|månaden|kvartalet|halvåret|året|decenniet|dagarna)s?"
_PLURAL = r"(?P<unit>dygne?n|dagar(?:na)?|veckor(?:na)?|månader(?:na)?|kvartal(?:en)?|halvår(?:en)?|år(?:en)?)s?"
_SEASONS = {"vå": 3, "so": 6, "hö": 9, "vi": 12}
_ORDINALS = {"första": 1, "andra": 2, "tredje": 3, "fjärde": 4, "sista": 0}
_ORDINAL = rf"(?P<which>[1-4]:?[ae]|{'|'.join(_ORDINALS)})"


def _month_of(groups: Groups, key: str = "month") -> int:
    return _MONTHS[(groups[key] or "").lower().rstrip(".")]


def _year_of(groups: Groups) -> int:
    return int(groups["year"] or 0)


def _span(year: int, month: int, months: int = 1) -> Days:
    """So many whole months from a month on."""
    last = _moved(date(year, month, 1), months - 1)
    return date(year, month, 1), last.replace(day=monthrange(last.year, last.month)[1])


def _moved(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def _day(groups: Groups, _today: date) -> Days:
    month = groups["month"] or ""
    day = date(_year_of(groups), int(month) if month.isdecimal() else _month_of(groups), int(groups["day"] or 0))
    return day, day


def _iso_month(groups: Groups, _today: date) -> Days:
    return _span(_year_of(groups), int(groups["month"] or 0))


def _months(groups: Groups, today: date) -> Days:
    """Without a year the latest begun."""
    first, last = _month_of(groups, "first"), _month_of(groups, "last")
    year = _year_of(groups) or today.year - (last > today.month)
    return _span(year - (first > last), first)[0], _span(year, last)[1]


def _month(groups: Groups, _today: date) -> Days:
    return _span(_year_of(groups), _month_of(groups))


def _month_by_name(groups: Groups, today: date) -> Days:
    return _span(today.year - ("år" not in (groups["which"] or "").split()), _month_of(groups))


def _latest_month(groups: Groups, today: date) -> Days:
    month = _month_of(groups)
    return _span(today.year - (month > today.month), month)


def _season(groups: Groups, _today: date) -> Days:
    """A winter is named by the year that it ends in, as at SMHI, or by both."""
    season = (groups["season"] or "").lower()[:2]
    year = _year_of(groups) - (season == "vi" and not groups["next"])
    return _span(year, _SEASONS[season], 3)


def _latest_season(groups: Groups, today: date) -> Days:
    month = _SEASONS[(groups["season"] or "").lower()[:2]]
    return _span(today.year - (month > today.month), month, 3)


def _which(groups: Groups, parts: int) -> int:
    which = (groups.get("which") or groups.get("number") or "").lower()
    return _ORDINALS[which] or parts if which in _ORDINALS else int(which[0])


def _quarter(groups: Groups, _today: date) -> Days:
    return _span(_year_of(groups), 3 * _which(groups, 4) - 2, 3)


def _half(groups: Groups, _today: date) -> Days:
    return _span(_year_of(groups), 6 * _which(groups, 2) - 5, 6)


def _week(groups: Groups, _today: date) -> Days:
    monday = date.fromisocalendar(_year_of(groups), int(groups["week"] or 0), 1)
    return monday, monday + timedelta(days=6)


def _decade(groups: Groups, _today: date) -> Days:
    decade = groups["decade"] or ""
    return _span(int(decade if len(decade) == 4 else f"19{decade}"), 1, 120)


def _year(groups: Groups, _today: date) -> Days:
    return _span(_year_of(groups), 1, 12)


def _latest(groups: Groups, today: date) -> Days:
    """So long a time up to today; some days are a week."""
    unit, count = (groups["unit"] or "").lower(), (groups.get("count") or "1").lower()
    times = 7 if unit == "dagarna" and "count" not in groups else _COUNTS.get(count) or int(count)
    months = next((months for start, months in _MONTHS_OF.items() if unit.startswith(start)), 0)
    days = next((days for start, days in _DAYS_OF.items() if unit.startswith(start)), 0)
    return _moved(today, -months * times) - timedelta(days=days * times), today


def _running(groups: Groups, today: date) -> Days:
    """The calendar unit that today is in, or the one before it."""
    unit, back = (groups["unit"] or "").lower(), "which" not in groups
    if unit.startswith("vec"):
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    length = next(months for start, months in _MONTHS_OF.items() if unit.startswith(start))
    begun = date(today.year, (today.month - 1) // length * length + 1, 1)
    before = _moved(begun, -length * back)
    return _span(before.year, before.month, length)


def _this_year(_groups: Groups, today: date) -> Days:
    return _span(today.year, 1, 12)


def _last_year(_groups: Groups, today: date) -> Days:
    return _span(today.year - 1, 1, 12)


def _near(groups: Groups, today: date) -> Days:
    back = {"dag": 0, "går": 1, "förrgår": 2}[(groups["day"] or "").lower()]
    return today - timedelta(days=back), today - timedelta(days=back)


_UNTIMED = rf"(?!{_S}(?:år{_S})?\d|{_S}(?:i|förra){_S}|\s?[–-]|{_S}(?:till|och){_S}{_MONTH})"
# In the order they are tried: the longer before what they begin with.
_POINTS: list[tuple[re.Pattern[str], Callable[[Groups, date], Days]]] = [
    (re.compile(pattern, re.IGNORECASE), days)
    for pattern, days in (
        (r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", _day),
        (r"(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?!\d)", _iso_month),
        (rf"(?:den{_S})?(?P<day>\d{{1,2}})(?::?e)?{_S}(?P<month>{_MONTH}){_S}{_YEAR}", _day),
        (rf"(?:den{_S})?(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})[ -]{_YEAR}", _day),
        (rf"(?P<first>{_MONTH})(?:\s?[–-]\s?|{_S}(?:till|och){_S})(?P<last>{_MONTH})(?:{_S}{_YEAR})?", _months),
        (rf"(?P<month>{_MONTH}){_S}{_YEAR}", _month),
        (rf"(?P<month>{_MONTH}){_S}(?P<which>i{_S}år|i\s?fjol|förra{_S}året)", _month_by_name),
        (rf"i{_S}(?P<month>{'|'.join(MONTH_NAMES)})\b{_UNTIMED}", _latest_month),
        (
            rf"(?P<season>våren|sommaren|hösten|vintern){_S}(?P<year>(?:19|20)\d\d)(?P<next>[/–-](?:20)?\d\d)?(?!\d)",
            _season,
        ),
        (rf"i{_S}(?P<season>våras|somras|höstas|vintras)", _latest_season),
        (rf"(?:{_ORDINAL}{_S}kvartalet|(?:kvartal{_S}|Q)(?P<number>[1-4])){_S}{_YEAR}", _quarter),
        (rf"{_ORDINAL}{_S}halvåret{_S}{_YEAR}", _half),
        (rf"(?:vecka|v\.?)\s?(?P<week>\d{{1,2}}),?{_S}{_YEAR}", _week),
        (r"(?P<decade>(?:19[5-9]|20[1-9])0|[5-9]0)-talets?", _decade),
        (rf"(?:början|mitten|slutet){_S}av{_S}{_YEAR}", _year),
        (rf"(?:de[nt]?{_S})?senaste{_S}{_SINGLE}", _latest),
        (rf"(?:de{_S})?senaste{_S}{_COUNT}{_S}{_PLURAL}", _latest),
        (rf"de{_S}{_COUNT}{_S}senaste{_S}{_PLURAL}", _latest),
        (rf"(?:förra|föregående){_S}(?P<unit>året|halvåret|kvartalet|månaden|veckan)s?", _running),
        (
            rf"(?P<which>de[nt]{_S}här|denna|detta|innevarande){_S}(?P<unit>år(?:et)?|halvåret|kvartal(?:et)?|månad(?:en)?|vecka(?:n)?)",
            _running,
        ),
        (r"i\s?fjol|fjolåret", _last_year),
        (rf"i{_S}år(?!{_S}\d)", _this_year),
        (r"i\s?(?P<day>dag|går|förrgår)", _near),
        (_YEAR, _year),
    )
]
BARE_YEAR = re.compile(_YEAR, re.IGNORECASE)
"""A year by its number."""
POINT = "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern.pattern) for pattern, _ in _POINTS)
"""What days_at may read, without named groups."""


def days_at(text: str, start: int, today: date) -> tuple[int, Days] | None:
    """Where the time that begins there ends, and its days; None when no time begins there."""
    for pattern, days in _POINTS:
        match = pattern.match(text, start)
        if match and not text[match.end() : match.end() + 1].isalnum():
            try:
                return match.end(), days(match.groupdict(), today)
            except (ValueError, OverflowError, LookupError):  # 30 februari, vecka 60, ſeptember
                return None
    return None

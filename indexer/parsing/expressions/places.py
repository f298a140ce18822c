"""Places in a question: a county, landscape, municipality, locality, riksområde or region by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from indexer.parsing.expressions.expression import Expression
from indexer.regions import NATIONAL, label, resolve
from indexer.regions.gazetteer import table
from indexer.regions.naming import mentions_in

_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w-]*")
_MOST_WORDS = 4
_PREPOSITION = re.compile(
    r"(?<!\w)(?:i|på|från|till|kring|runt|vid|nära|utanför|inom|mellan|genom|för|hos)\s{1,3}$", re.IGNORECASE
)
_AND = re.compile(r"(?:\s{1,3}(?:och|samt)|,|/)\s{0,3}")
_ORDINARY = {"mark", "berg", "vara"}
"""Words of the field (föroreningar i mark, bergvärme i berg): in small letters never a place, and not as the first of several words."""
_SURNAMES = {"berg", "lund", "falkenberg", "norberg"}
_UNACCENTED = {"ange", "are", "mala", "timra"}
"""Names without their dots and rings that are other words."""
_ORGANISATION_AFTER = re.compile(
    r"\s{1,3}(?:\w{0,20}\s{1,3})?(?:universitet|högskola|university|tingsrätt|hovrätt|kammarrätt|förvaltningsrätt)"
    r"|\s{1,3}(?:FF|IF|BK|IK|HC|AIK|SK|BoIS|Hockey|Dagblad|Tidning)\b"
)
_ORGANISATION_BEFORE = re.compile(
    r"(?<!\w)(?:högskolan|universitetet|tingsrätten|hovrätten|kammarrätten|förvaltningsrätten)\s{1,3}(?:i\s{1,3}|på\s{1,3})?$",
    re.IGNORECASE,
)


def places_in(text: str) -> Iterator[Expression]:
    """The places that plain words name, the longest name first: Upplands Väsby, not Väsby."""
    words = list(_WORD.finditer(text))
    index, last = 0, None
    while index < len(words):
        place = _place_at(text, words[index : index + _MOST_WORDS], last)
        if place is None:
            index += 1
            continue
        yield place
        last = place.end
        while index < len(words) and words[index].start() < place.end:
            index += 1


def _place_at(text: str, words: list[re.Match[str]], last: int | None) -> Expression | None:
    """The place whose name begins with the first of the words; `last` is where the place before it ends."""
    start = words[0].start()
    for count in range(len(words), 0, -1):
        end = words[count - 1].end()
        name = text[start:end]
        if not re.fullmatch(r"[\w-]+(?:\s{1,3}[\w-]+)*", name):
            continue
        before = _PREPOSITION.search(text, max(0, start - 12), start)
        joined = last is not None and _AND.fullmatch(text, last, start)
        value = _value(name, bool(before or joined))
        if value and _is_place(text, start, end, bool(before or joined)):
            tied = last if joined and last is not None else before.start() if before else start
            return Expression("region", value, label(value), name, tied, end)
    return None


def _value(name: str, tied: bool) -> str | None:
    """The region of a name as typed: with the genitive's s, as a city (Malmö stad) or a locality."""
    spellings = [name, re.sub(r"\s+stads?$", " kommun", name), name.removesuffix("s")]
    value = next(filter(None, map(resolve, spellings)), None)
    if value is None and (tied or name[0].isupper()):
        capital = f"i {name[0].upper()}{name[1:]}"
        named = next(mentions_in(capital), None)
        value = named.municipality if named and (named.start, named.end) == (2, len(capital)) else None
    return value if value != NATIONAL else None


def _is_place(text: str, start: int, end: int, tied: bool) -> bool:
    """Whether a name means the place where it stands: no ordinary word, no part of an organisation's name."""
    if _ORGANISATION_AFTER.match(text, end) or _ORGANISATION_BEFORE.search(text, max(0, start - 40), start):
        return False
    name = text[start:end].lower()
    alone = not (text[:start] + text[end:]).strip(" ?!.,")
    if name in _ORDINARY:
        return text[start].isupper() and (tied or alone or bool(text[:start].strip()))
    if name in _UNACCENTED or (name in _common_words() and text[start].islower()):
        return tied
    surname = name in _SURNAMES and re.search(r"[A-ZÅÄÖ]\w{1,30}\s{1,3}$", text[max(0, start - 34) : start])
    return tied or not surname


@cache
def _common_words() -> frozenset[str]:
    return frozenset(row["name"].lower() for row in table("municipalities") if row["context"] == "yes")

"""Places in a question: a county, landscape, municipality, locality, riksområde or region by name."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from indexer.metadata.regions.gazetteer import NATIONAL, label, places, resolve, table
from indexer.metadata.tables import expressions
from indexer.parsing.expressions.expression import Expression

_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w-]*")
_NAME = re.compile(r"[\w-]+(?:\s{1,3}[\w-]+)*")
_MOST_WORDS = 4
_PART = re.compile(r"[^\W\d_]+")
_ORDINARY = {"mark", "berg", "vara"}
"""Words of the field (föroreningar i mark, bergvärme i berg): in small letters never a place, and not as the first of several words."""
_SURNAMES = {"berg", "lund", "falkenberg", "norberg"}
_LETTER = re.compile(r"\w")
_UNACCENTED = {"ange", "are", "mala", "timra"}
"""Names without their dots and rings that are other words."""
_DATA = Path(__file__).with_name("data") / "places.tsv"
_PATTERNS = {name: re.compile(written) for name, written in expressions(_DATA)}


def places_in(text: str) -> Iterator[Expression]:
    """The places that plain words name, the longest name first: Upplands Väsby, not Väsby."""
    words = [part for word in _WORD.finditer(text) for part in _ends_of(word)]
    last = None
    for index, word in enumerate(words):
        begins = last is None or word.start() >= last
        if begins and (place := _place_at(text, words[index : index + _MOST_WORDS], last)):
            yield place
            last = place.end


def _ends_of(word: re.Match[str]) -> list[re.Match[str]]:
    """The places that a hyphen joins (Umeå-Luleå), but for names that have one (Malung-Sälen); else the word."""
    parts = list(_PART.finditer(word.string, *word.span())) if "-" in word[0] else []
    return parts if len(parts) > 1 and not _value(word[0]) and all(_value(part[0]) for part in parts) else [word]


def _place_at(text: str, words: list[re.Match[str]], last: int | None) -> Expression | None:
    """The place whose name begins with the first of the words; `last` is where the place before it ends."""
    start = words[0].start()
    for end in (word.end() for word in reversed(words)):
        name = text[start:end]
        value = _value(name) if _NAME.fullmatch(name) else None
        if value is None:
            continue
        before = _PATTERNS["preposition"].search(text, max(0, start - 12), start)
        begin = before.start() if before else None
        if last is not None and _PATTERNS["joint"].fullmatch(text, last, start):
            begin = last
        if _is_place(text, start, end, begin is not None):
            return Expression("region", value, label(value), name, start if begin is None else begin, end)
    return None


def _value(name: str) -> str | None:
    """The region of a name as typed: with the genitive's s, as a city (Malmö stad) or a locality."""
    spellings = [name]
    if name[-1] in "sS" or name.lower().endswith(" stad"):
        spellings.append(name[:-1] if name[-1] in "sS" else f"{name[:-5]} kommun")
    value = next(filter(None, (resolve(one) or _localities().get(one.lower()) for one in spellings)), None)
    return value if value != NATIONAL else None


def _is_place(text: str, start: int, end: int, tied: bool) -> bool:
    """Whether a name means the place where it stands: no ordinary word, no part of an organisation's name."""
    before = _PATTERNS["organisation before"].search(text, max(0, start - 40), start)
    if before or _PATTERNS["organisation after"].match(text, end):
        return False
    name = text[start:end].lower().removesuffix("s")
    small = text[start].islower() or (text[start:end].isupper() and not text.isupper())
    if name in _ORDINARY:
        begins = not tied and not _LETTER.search(text, 0, start) and _LETTER.search(text, end)
        return not (small or begins or _PATTERNS["capital after"].match(text, end))
    if name in _UNACCENTED or (small and (name in _common_words() or name in _localities())):
        return tied
    return tied or name not in _SURNAMES or not _PATTERNS["capital before"].search(text, max(0, start - 34), start)


@cache
def _common_words() -> frozenset[str]:
    names = (row["name"].lower() for row in table("municipalities") if row["context"] == "yes")
    return frozenset(name.removesuffix("s") for name in names)


@cache
def _localities() -> dict[str, str]:
    values = {place.codes[0]: place.value for place in places().values()}
    resorts = {"sälen": "malung-salen-kommun"}  # under 1,000 people live there, but many ask
    return resorts | {row["name"].lower(): values[row["municipality"]] for row in table("localities")}

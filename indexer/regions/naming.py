"""Where a text names a place: names with their endings, and the words around them that change what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from indexer.regions.gazetteer import bare_name, places, slug, table

WEIGHTS = {
    "county": 3.0,
    "council": 3.0,
    "municipality": 3.0,
    "city": 3.0,
    "landscape": 2.0,
    "macro": 1.5,
    "plain": 1.0,
}
"""Of one mention, by what it says (FINDINGS 8)."""
AGENCY = 0.5
"""Of a place in the name of a university, court or county board: it says where that sits, not what the text is about."""

_CAPITAL = re.compile(r"(?<![\w-])[A-ZÅÄÖ][\w]*")
_AFTER = re.compile(
    r"\s+(?:(?P<school>(?:tekniska\s+)?(?:universitet|högskola|tingsrätt|domkyrka))|(?P<club>[A-ZÅÄÖ]{2,4}\b|BoIS\b|Hockey\b|Fotboll\b))"
)
_BEFORE = re.compile(
    r"\b(?:i|på|från|till|vid|utanför|kring|nära|genom|mellan|runt|norr om|söder om|öster om|väster om|och|samt),?\s+$"
)
_AGENCY_BEFORE = re.compile(r"\b(?:[Hh]ögskolan|[Ll]änsstyrels(?:en|erna))\s+(?:i\s+|på\s+)?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named once: the name as it is listed, its weight, and what it stands for."""

    name: str
    weight: float
    counties: tuple[str, ...]
    municipality: str | None = None
    needs_context: bool = False


@cache
def _names() -> dict[str, list[tuple[str, Mention]]]:
    """First word of a name -> the names that begin so, each with the rest of it; the longest first."""
    found: dict[str, list[tuple[str, Mention]]] = {}
    for mention in _listed():
        for spelling in (mention.name, _genitive(mention.name)):
            first, _, rest = spelling.partition(" ")
            found.setdefault(first, []).append((f" {rest}" if rest else "", mention))
    for names in found.values():
        names.sort(key=lambda pair: (-len(pair[0]), -pair[1].weight))
    return found


def _genitive(name: str) -> str:
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def _listed() -> Iterator[Mention]:
    counties = {row["code"]: slug(row["name"]) for row in table("counties")}
    for row in table("counties"):
        county = (counties[row["code"]],)
        yield Mention(row["name"], WEIGHTS["county"], county)
        yield Mention(bare_name(row["name"]), WEIGHTS["plain"], county)
    for row in table("names"):
        codes = row["counties"].split()
        yield Mention(row["name"], WEIGHTS[row["kind"]], tuple(counties[code] for code in codes))
    values = {place.codes[0]: place.value for place in places().values()}
    county_names = {bare_name(row["name"]) for row in table("counties")}
    for row in table("municipalities"):
        county = (counties[row["code"][:2]],)
        yield Mention(row["full"], WEIGHTS["municipality"], county, values[row["code"]])
        if row["name"] not in county_names:  # Örebro alone may be the town or the county
            yield Mention(row["name"], WEIGHTS["plain"], county, values[row["code"]], row["context"] == "yes")


def mentions_in(text: str) -> Iterator[Mention]:
    """Every place that a text names, in order; what does not count there is left out."""
    names = _names()
    end = 0
    for match in _CAPITAL.finditer(text):
        if match.start() < end:
            continue
        for rest, mention in names.get(match[0], ()):
            last = match.end() + len(rest)
            if text.startswith(rest, match.end()) and not _goes_on(text, last):
                end = last
                weighed = _weighed(mention, text, match.start(), last)
                if weighed:
                    yield weighed
                break


def _goes_on(text: str, at: int) -> bool:
    """Inside a longer word, or before a hyphen: Mark- och miljödomstolen, Stockholm-Arlanda."""
    return at < len(text) and (text[at].isalnum() or text[at] == "-")


def _weighed(mention: Mention, text: str, start: int, end: int) -> Mention | None:
    before = text[max(0, start - 30) : start]
    after = _AFTER.match(text, end)
    if after and after["club"]:
        return None
    if (after and after["school"]) or _AGENCY_BEFORE.search(before):
        return Mention(mention.name, AGENCY, mention.counties)
    return mention if not mention.needs_context or _BEFORE.search(before) else None

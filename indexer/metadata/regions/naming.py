"""Where a text names a place: names with their endings, and the words around them that change what they mean."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct, structs

from indexer.metadata.regions.gazetteer import parent, table
from indexer.metadata.tables import patterns

WEIGHTS = {row["kind"]: float(row["weight"]) for row in table("weights")}
"""Of one mention by what it says, and what a place must have to be a subject (FINDINGS 8)."""
SEAT = 0.5
"""Of a place in the name of a university, court or branch, or after what a person is: where they sit, not what it is about."""
NO_WEIGHT = 0.0

_PATTERNS = patterns("metadata/regions/data/mentions.tsv", re.NOFLAG)
_SOUTH, _NORTH = {"skane-lan", "blekinge-lan"}, {"vasterbottens-lan", "norrbottens-lan"}


class Mention(Struct, frozen=True):
    """A place named once: the name as it is listed, its weight, and what it stands for."""

    name: str
    weight: float
    counties: tuple[str, ...]
    municipality: str | None = None
    needs_context: bool = False
    landscape: bool = False
    """Of several counties, it may be meant as the one that the text names besides: Växjö i Småland."""
    shown: str = ""
    """How evidence names it, where that is not its name: Kopparbergs län (till 1996)."""
    start: int = 0
    """Code points before it in the text."""
    end: int = 0


@cache
def _names() -> dict[str, list[tuple[str, Mention]]]:
    """First word of a name -> the names that begin so, each with the rest of it; the longest first."""
    names: dict[str, list[tuple[str, Mention]]] = {}
    for mention in _listed():
        genitive = mention.name if mention.name.endswith(("s", "x", "z")) else f"{mention.name}s"
        for spelling in dict.fromkeys((mention.name, genitive)):
            first, rest = re.fullmatch(r"(\w+)(.*)", spelling).groups()  # type: ignore[union-attr]
            names.setdefault(first, []).append((rest, mention))
    return {first: sorted(some, key=lambda pair: (-len(pair[0]), -pair[1].weight)) for first, some in names.items()}


def _listed() -> Iterator[Mention]:
    for row in table("counties"):
        yield Mention(row["label"], WEIGHTS["county"], (row["value"],))
        yield Mention(row["name"], WEIGHTS["plain"], (row["value"],))
    for row in table("names"):
        kind, several = row["kind"], tuple(row["counties"].split())
        shown = f"{row['name']} (till {row['until']})" if row["until"] else ""
        yield Mention(row["name"], WEIGHTS[kind], several, landscape=kind == "landscape", shown=shown)
    county_names = {row["name"] for row in table("counties")}
    for row in table("municipalities"):
        yield Mention(row["label"], WEIGHTS["municipality"], (row["above"],), row["value"])
        if row["name"] not in county_names:  # Örebro alone may be the town or the county
            yield Mention(row["name"], WEIGHTS["plain"], (row["above"],), row["value"], row["context"] == "yes")
    for row in table("localities"):
        yield Mention(row["name"], WEIGHTS["plain"], (parent(row["municipality"]) or "",), row["municipality"], True)


def mentions_in(text: str) -> Iterator[Mention]:
    """Every place that a text names, in order; what does not count there is left out."""
    mentions = list(_named(text))
    _raise_enumerations(text, mentions)
    _drop_ranges(text, mentions)
    yield from (structs.replace(mention, weight=weight) for mention in mentions if (weight := _weight(mention, text)))


def _named(text: str) -> Iterator[Mention]:
    names, end = _names(), 0
    for match in _PATTERNS["capital"].finditer(text):
        for rest, mention in names.get(match[0], ()) if match.start() >= end else ():
            last = match.end() + len(rest)
            # Not inside a longer word, or before a hyphen that no name follows: Mark- och miljödomstolen, Malmö-baserad.
            after, beyond = text[last : last + 1], text[last + 1 : last + 2]
            goes_on = after.isalnum() or (after == "-" and not beyond.isupper())
            if text.startswith(rest, match.end()) and not goes_on:
                end = last
                yield structs.replace(mention, start=match.start(), end=last)
                break


def _raise_enumerations(text: str, mentions: list[Mention]) -> None:
    """Dalarnas, Gävleborgs och Värmlands län; Hagfors och Torsby kommuner: all weigh as the last one."""
    for last in range(len(mentions) - 1, 0, -1):
        before, mention = mentions[last - 1], mentions[last]
        if _PATTERNS["municipalities after"].match(text[mention.end : mention.end + 12]):
            mention = mentions[last] = structs.replace(mention, weight=WEIGHTS["municipality"], needs_context=False)
        county = mention.weight == WEIGHTS["county"] and mention.municipality is None
        alike = county or (before.municipality and mention.weight == WEIGHTS["municipality"])
        if alike and _PATTERNS["between names"].fullmatch(text[before.end : mention.start]):
            mentions[last - 1] = structs.replace(before, weight=max(mention.weight, before.weight), needs_context=False)


def _drop_ranges(text: str, mentions: list[Mention]) -> None:
    """From one end of the country to the other: from Skåne in the south to Västerbotten in the north is all of it."""
    for first in range(len(mentions) - 1):
        left, right = mentions[first], mentions[first + 1]
        begins = _PATTERNS["from before"].search(text[max(0, left.start - 8) : left.start])
        between = begins and _PATTERNS["range between"].fullmatch(text[left.end : right.start])
        ends = {*left.counties, *right.counties}
        if between and (between["end"] or (ends & _SOUTH and ends & _NORTH)):
            mentions[first : first + 2] = [structs.replace(one, weight=NO_WEIGHT) for one in (left, right)]


def _weight(mention: Mention, text: str) -> float:
    """What a mention counts where it stands; a name that is also a word needs a preposition, or ends a title: Olycka, Boden."""
    before = text[max(0, mention.start - 60) : mention.start]
    if _PATTERNS["club after"].match(text, mention.end) or _PATTERNS["date after"].match(text, mention.end):
        return NO_WEIGHT
    if _PATTERNS["seat before"].search(before) or _PATTERNS["seat after"].match(text, mention.end):
        return min(mention.weight, SEAT)
    in_context = _PATTERNS["preposition"].search(before) or (mention.end == len(text) and before.endswith(", "))
    return mention.weight if in_context or not mention.needs_context else NO_WEIGHT

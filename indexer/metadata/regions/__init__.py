"""Text -> regions: which places a text names, which of them it is about, and what says so; address -> who published it.

Weights and thresholds (data/weights.csv) after trials on texts judged by reading (FINDINGS 8): a county is a subject when it has
a share of the weight of all counties named and enough weight for the length of the text. docs/regions.md has the trials.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache

from msgspec import Struct, field, structs

from indexer.metadata.regions.gazetteer import NATIONAL, is_county, label, order, parent, resolve, table, with_ancestors
from indexer.metadata.regions.naming import SEAT, WEIGHTS, Mention, mentions_in

READ = 1_000_000
"""Code points of a text in which places are looked for: ten books."""


class Publisher(Struct, frozen=True):
    """An organisation that publishes."""

    name: str
    county: str | None
    """None: it belongs to the whole country."""
    venue: bool = False
    """Whether what it publishes takes place in its county whatever it is about."""


class Region(Struct, frozen=True):
    """A region that a text names."""

    value: str
    label: str
    weight: float
    evidence: str
    """In Swedish: what in the text says so."""
    about: bool
    """Whether the text is about it, or only mentions it."""


class _Tally(Struct):
    """Weights by value, and how often each name stood for it; several counties together are a value too, with blanks between."""

    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    strong: Counter[str] = field(default_factory=Counter)
    """Mentions that say more than where somebody sits."""

    def add(self, mention: Mention, factor: float) -> None:
        weight = mention.weight * (factor if mention.weight > SEAT else 1.0)
        shares = dict.fromkeys(mention.counties, weight / len(mention.counties))
        shares |= dict.fromkeys(filter(None, (mention.municipality, " ".join(mention.counties))), weight)
        for value, share in shares.items():
            self.weights[value] += share
            self.names[value][mention.shown or mention.name] += 1
            self.strong[value] += share > SEAT

    def region(self, value: str, about: bool) -> Region:
        most = self.names[value].most_common(4)
        named = [f"{name} {'en gång' if often == 1 else f'{often} gånger'}" for name, often in most]
        return Region(value, label(value), round(self.weights[value], 2), f"nämner {', '.join(named)}", about)


def read_regions(title: str, text: str, publisher: Publisher | None = None) -> tuple[Region, ...]:
    """The regions that a text names, heaviest first; nothing is about a region that it does not name.

    The publisher is not evidence of what a text is about: an agency in a town writes about the whole country. Of one
    whose every event is in one county, that county counts only where it is much named.
    """
    tally = _Tally()
    weighed = [(one, WEIGHTS["title"]) for one in mentions_in(title)]
    weighed += [(one, WEIGHTS["lead"] if one.end <= WEIGHTS["lead ends"] else 1.0) for one in mentions_in(text[:READ])]
    named = {mention.counties[0] for mention, _ in weighed if len(mention.counties) == 1}
    for mention, factor in weighed:
        # A landscape of several counties counts as those of them that the text names besides: Växjö i Småland.
        counties = tuple(county for county in mention.counties if county in named) if mention.landscape else ()
        tally.add(structs.replace(mention, counties=counties) if counties else mention, factor)
    words = len(f"{title} {text}".split())
    needed = WEIGHTS["per 100 words"] * min(max(WEIGHTS["least words"], words), WEIGHTS["most words"]) / 100
    subjects = _subjects(tally, needed) - _venues(publisher, title, tally)
    regions = []
    for value, weight in tally.weights.items():
        county = parent(value) or ""
        is_town = county in subjects and weight >= max(needed, WEIGHTS["municipal share"] * tally.weights[county])
        if " " not in value:
            regions.append(tally.region(value, is_town or value in subjects))
    return tuple(sorted(regions, key=lambda region: (not region.about, -region.weight, order(region.value))))


def _venues(publisher: Publisher | None, title: str, tally: _Tally) -> set[str]:
    """The county where a publisher's events are, when a text names it no more than that takes."""
    if not publisher or not publisher.venue or not publisher.county:
        return set()
    strong = (one for one in mentions_in(title) if one.weight > SEAT and not one.municipality)
    in_title = any(publisher.county in one.counties for one in strong)
    return set() if in_title or tally.strong[publisher.county] >= WEIGHTS["venue mentions"] else {publisher.county}


def _subjects(tally: _Tally, needed: float) -> set[str]:
    """Counties that have enough weight by themselves, or together."""
    counties = {value: weight for value, weight in tally.weights.items() if is_county(value) and " " not in value}
    total, heaviest = sum(counties.values()), max(counties.values(), default=0.0)
    share, subjects = WEIGHTS["share"] * total, set[str]()
    for county, weight in counties.items():
        alone = weight >= WEIGHTS["alone"] * total and tally.strong[county] >= 2
        if tally.strong[county] and weight >= max(share, needed * (WEIGHTS["alone factor"] if alone else 1)):
            subjects.add(county)
    enough = max(needed, share, WEIGHTS["area share"] * heaviest)
    areas = (value for value, weight in tally.weights.items() if " " in value and weight >= enough)
    return subjects.union(*map(str.split, areas))


def given_regions(names: Sequence[str]) -> tuple[Region, ...]:
    """Regions that a person or the publisher states. Raises ValueError with a Swedish sentence for an unknown one."""
    for name in names:
        if resolve(name) is None:
            raise ValueError(f"Regionen ”{name}” finns inte; ange län, kommun eller riksområde med namn eller kod.")
    values = dict.fromkeys(value for name in names if (value := resolve(name)) and value != NATIONAL)
    return tuple(Region(value, label(value), 1.0, "angivet", True) for value in values)


def publisher_of(source: str | None, url: str | None = None) -> Publisher | None:
    """The publisher behind an address, else behind a sender's name; None where neither is known.

    >>> publisher_of(None, "https://www.regionorebrolan.se/nyheter/1")
    Publisher(name='Region Örebro län', county='orebro-lan', venue=False)
    """
    return _by_address(url or "") or _by_address(source or "") or _by_name(source or "")


@lru_cache(1_000)
def _by_name(source: str) -> Publisher | None:
    """A known one, or of the county that the name holds: Region Örebro län, Karlskoga kommun, Länsstyrelsen i Kalmar län."""
    value = resolve(re.sub(r"^Länsstyrelsen\s+(?:i\s+)?", "", source))
    county = next(filter(is_county, with_ancestors([value] if value else [])), None)
    known = (one for one in _known().values() if one.name.lower() == source.lower())
    return next(known, Publisher(source, county) if county else None)


def _by_address(address: str) -> Publisher | None:
    """By its host and the first step of its path, else by the host or one that it lies in: none known has more than four labels."""
    host, *path = re.sub("^(?:https?://)?(?:www[.])?", "", address.strip().lower()).partition("?")[0].split("/")
    starts = ("/".join([host, *path[:1]]), *(".".join(host.split(".")[-count:]) for count in (2, 3, 4)))
    return next((_known()[start] for start in starts if start in _known()), None)


@cache
def _known() -> dict[str, Publisher]:
    rows = table("publishers")
    return {row["address"]: Publisher(row["name"], resolve(row["county"]), row["venue"] == "yes") for row in rows}

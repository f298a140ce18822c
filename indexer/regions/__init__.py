"""Text -> regions: which places a text names, which of them it is about, and what says so.

Weights and thresholds after trials on texts judged by reading (FINDINGS 8): a county is a subject when it has a fifth of
the weight of all counties named and enough weight for the length of the text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.regions.gazetteer import NATIONAL, label, order, parent, resolve, with_ancestors
from indexer.regions.naming import Mention, mentions_in

__all__ = [
    "NATIONAL",
    "Region",
    "given_regions",
    "label",
    "order",
    "parent",
    "read_regions",
    "resolve",
    "with_ancestors",
]

TITLE_FACTOR = 3.0
"""A mention in the title weighs as much as so many in the text."""
SHARE = 0.2
"""Of the weight of all counties that a county must have to be a subject."""
WEIGHT_PER_100_WORDS = 1.5
"""That a county, or a macro-region for all its counties, must have to be a subject."""
LEAST_WORDS = 100
"""Shorter texts are held to the threshold of this length: one plain mention is not a subject."""
MUNICIPAL_SHARE = 0.5
"""Of its county's weight that a municipality must have to be a subject itself."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region that a text names."""

    value: str
    label: str
    weight: float
    evidence: str
    """In Swedish: what in the text says so."""
    about: bool
    """Whether the text is about it, or only mentions it."""


@dataclass(slots=True)
class _Tally:
    """Weights by value, and how often each name stood for it."""

    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, value: str, weight: float, name: str) -> None:
        self.weights[value] += weight
        self.names[value][name] += 1

    def evidence(self, value: str) -> str:
        named = [
            f"{name} {'en gång' if often == 1 else f'{often} gånger'}"
            for name, often in self.names[value].most_common(4)
        ]
        return f"nämner {', '.join(named)}"


def read_regions(title: str, text: str, publisher: str | None = None) -> tuple[Region, ...]:
    """The regions that a text names, heaviest first; nothing is about a region that it does not name.

    The publisher is not evidence of what a text is about: an agency in a town writes about the whole country.
    """
    counties, towns, areas = _Tally(), _Tally(), _Tally()
    for mention, factor in (
        *((mention, TITLE_FACTOR) for mention in mentions_in(title)),
        *((mention, 1.0) for mention in mentions_in(text)),
    ):
        _count(mention, factor, counties, towns, areas)
    needed = WEIGHT_PER_100_WORDS * max(LEAST_WORDS, text.count(" ") + title.count(" ") + 2) / 100
    subjects = _subjects(counties, areas, needed)
    regions = [_region(value, counties, value in subjects) for value in counties.weights]
    regions += [
        _region(value, towns, parent(value) in subjects and _is_subject(value, towns, counties, needed))
        for value in towns.weights
    ]
    return tuple(sorted(regions, key=lambda region: (not region.about, -region.weight, order(region.value))))


def _count(mention: Mention, factor: float, counties: _Tally, towns: _Tally, areas: _Tally) -> None:
    for county in mention.counties:
        counties.add(county, factor * mention.weight / len(mention.counties), mention.name)
    if mention.municipality:
        towns.add(mention.municipality, factor * mention.weight, mention.name)
    if len(mention.counties) > 1:
        areas.add(" ".join(mention.counties), factor * mention.weight, mention.name)


def _subjects(counties: _Tally, areas: _Tally, needed: float) -> set[str]:
    total = sum(counties.weights.values())
    found = {county for county, weight in counties.weights.items() if weight >= needed and weight >= SHARE * total}
    for several, weight in areas.weights.items():
        if weight >= needed and weight >= SHARE * total:
            found |= set(several.split())
    return found


def _is_subject(value: str, towns: _Tally, counties: _Tally, needed: float) -> bool:
    county = parent(value) or ""
    return towns.weights[value] >= max(needed, MUNICIPAL_SHARE * counties.weights[county])


def _region(value: str, tally: _Tally, about: bool) -> Region:
    return Region(value, label(value), round(tally.weights[value], 2), tally.evidence(value), about)


def given_regions(names: Sequence[str]) -> tuple[Region, ...]:
    """Regions that a person or the publisher states. Raises ValueError with a Swedish sentence for an unknown one."""
    found = []
    for name in names:
        value = resolve(name)
        if value is None:
            raise ValueError(f"Regionen ”{name}” finns inte; ange län, kommun eller riksområde med namn eller kod.")
        if value != NATIONAL:
            found.append(Region(value, label(value), 1.0, "angivet", True))
    return tuple(dict.fromkeys(found))

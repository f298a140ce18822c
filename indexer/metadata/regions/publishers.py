"""Who published a document, by its address or by the sender's name: the organisation and the county that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from indexer.metadata.regions.gazetteer import parent, resolve, slug, table

_PROTOCOL = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Publisher:
    """An organisation that publishes."""

    name: str
    county: str | None
    """None: it belongs to the whole country."""
    venue: bool = False
    """Whether what it publishes takes place in its county whatever it is about."""


def publisher_of(source: str | None, url: str | None = None) -> Publisher | None:
    """The publisher behind an address, else behind a sender's name; None where neither is known.

    >>> publisher_of(None, "https://www.regionorebrolan.se/nyheter/1")
    Publisher(name='Region Örebro län', county='orebro-lan', venue=False)
    """
    for address in (url, source):
        if known := _by_address(address or ""):
            return known
    if named := _by_name().get((source or "").lower()):
        return named
    county = _county_of(source or "")
    return Publisher(source or "", county) if county else None


def _by_address(address: str) -> Publisher | None:
    rest = _PROTOCOL.sub("", address.strip()).lower()
    host, found = re.split(r"[/?]", rest, maxsplit=1)[0], None
    while host and not found:
        found = next((publisher for start, publisher in _hosts().get(host, ()) if _begins(rest, start)), None)
        host = host.partition(".")[2]
    return found


def _begins(address: str, start: str) -> bool:
    return (
        address == start
        or address.startswith((f"{start}/", f"{start}?"))
        or address.split("/")[0].endswith(f".{start}")
    )


@cache
def _hosts() -> dict[str, list[tuple[str, Publisher]]]:
    """Host -> the addresses on it, in the order of the table."""
    found: dict[str, list[tuple[str, Publisher]]] = {}
    for start, publisher in _known().items():
        found.setdefault(start.partition("/")[0], []).append((start, publisher))
    return found


@cache
def _known() -> dict[str, Publisher]:
    counties = {row["code"]: slug(row["name"]) for row in table("counties")}
    return {
        row["address"]: Publisher(row["name"], counties.get(row["county"]), row["venue"] == "yes")
        for row in table("publishers")
    }


@cache
def _by_name() -> dict[str, Publisher]:
    return {publisher.name.lower(): publisher for publisher in _known().values()}


def _county_of(name: str) -> str | None:
    """Region Örebro län, Karlskoga kommun, Länsstyrelsen i Kalmar län: the county that the sender's name holds."""
    value = resolve(re.sub(r"^Länsstyrelsen\s+(?:i\s+)?", "", name))
    if value and not value.endswith("-lan"):
        value = parent(value)
    return value if value and value.endswith("-lan") else None

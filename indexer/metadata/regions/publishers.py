"""Who published a document, by its address or by the sender's name: the organisation and the county that it belongs to."""

import re
from functools import cache, lru_cache

from msgspec import Struct

from indexer.metadata.regions.gazetteer import is_county, resolve, table, with_ancestors

REMEMBERED = 1_000
"""Hosts whose publishers are remembered."""
_PROTOCOL = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


class Publisher(Struct, frozen=True):
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
    if known := _by_address(url or "") or _by_address(source or "") or _by_name().get((source or "").lower()):
        return known
    county = _county_of(source or "")
    return Publisher(source or "", county) if county else None


def _by_address(address: str) -> Publisher | None:
    rest = _PROTOCOL.sub("", address.strip()).lower()
    host = re.split(r"[/?]", rest, maxsplit=1)[0]
    for start, publisher in _near(host):
        if f".{host}".endswith(f".{start}") or f"{rest}/".startswith((f"{start}/", f"{start}?")):
            return publisher
    return None


@lru_cache(REMEMBERED)
def _near(host: str) -> list[tuple[str, Publisher]]:
    """The publishers that an address of a host may be of."""
    known = _known().items()
    return [(start, one) for start, one in known if f".{host}".endswith("." + start.partition("/")[0])]


@cache
def _known() -> dict[str, Publisher]:
    rows = table("publishers")
    return {row["address"]: Publisher(row["name"], resolve(row["county"]), row["venue"] == "yes") for row in rows}


@cache
def _by_name() -> dict[str, Publisher]:
    return {publisher.name.lower(): publisher for publisher in _known().values()}


def _county_of(name: str) -> str | None:
    """Region Örebro län, Karlskoga kommun, Länsstyrelsen i Kalmar län: the county that the sender's name holds."""
    value = resolve(re.sub(r"^Länsstyrelsen\s+(?:i\s+)?", "", name))
    return next(filter(is_county, with_ancestors([value] if value else [])), None)

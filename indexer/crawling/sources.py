"""sources/*.toml: whom the crawler visits, where it begins, and what it follows; what it finds there itself stands beside."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from indexer.crawling.safety import refusal_of
from indexer.durable import write_durably
from indexer.faults import Fault
from indexer.metadata.regions import resolve

FOUND = ".found.json"


class SourceError(Fault):
    """A source that cannot be used; the message is a Swedish sentence that names it."""


@dataclass(frozen=True, slots=True)
class Site:
    """One publisher's site."""

    name: str
    start: tuple[str, ...]
    county: str = ""
    """Empty: the whole country."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    """Regular expressions of the addresses that are fetched; none: all of the site."""
    leave: tuple[str, ...] = ()
    """Those of the addresses that are not."""
    delay: float = 2.0
    """Seconds between two requests; a longer Crawl-delay of the site wins."""
    language: str = "sv"

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that are visited."""
        return frozenset(str(urlsplit(url).hostname).removeprefix("www.") for url in self.start)


def read_sites(folder: Path, internal: str = "") -> tuple[dict[str, Site], list[str]]:
    """Name of the file -> site, with what the crawler has found, and a Swedish sentence for each file that cannot be used."""
    sites: dict[str, Site] = {}
    faults: list[str] = []
    taken: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            site = _site(tomllib.loads(path.read_text(encoding="utf-8")), internal)
            for host in site.hosts:
                if (other := taken.setdefault(host, path.stem)) != path.stem:
                    raise SourceError(f"{host} besöks redan av {other}; låt en källa ha värden.")
            sites[path.stem] = _with_found(path, site)
        except (OSError, ValueError, TypeError, SourceError) as error:
            faults.append(f"{path.name}: {error}")
    return sites, faults


def _site(given: Mapping[str, Any], internal: str) -> Site:
    kinds = {one.name: one.type for one in fields(Site)}
    if unknown := given.keys() - kinds.keys():
        raise SourceError(f"nyckeln {min(unknown)} finns inte; de som finns är {', '.join(kinds)}.")
    if not given.get("name") or not given.get("start"):
        raise SourceError("name och start måste anges.")
    for key in ("start", "feeds", "sitemaps", "follow", "leave"):
        if not isinstance(given.get(key, []), list) or not all(isinstance(one, str) for one in given.get(key, [])):
            raise SourceError(f"{key} ska vara en lista med texter.")
    site = site_of(given)
    if site.county and not str(resolve(site.county)).endswith("-lan"):
        raise SourceError(f"länet {site.county} finns inte.")
    for url in (*site.start, *site.feeds, *site.sitemaps):
        if said := refusal_of(url, internal):
            raise SourceError(f"{url}: {said}")
    for pattern in (*site.follow, *site.leave):
        try:
            re.compile(pattern)
        except re.error as error:
            raise SourceError(f"mönstret {pattern!r} går inte att läsa ({error}).") from error
    return site


def site_of(given: Mapping[str, Any]) -> Site:
    """A site of the values of its fields; lists become tuples."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return Site(**values)


def _with_found(path: Path, site: Site) -> Site:
    found = read_found(path)
    return replace(
        site,
        feeds=tuple(dict.fromkeys((*site.feeds, *found["feeds"]))),
        sitemaps=tuple(dict.fromkeys((*site.sitemaps, *found["sitemaps"]))),
    )


def read_found(path: Path) -> dict[str, list[str]]:
    """The feeds and sitemaps that the crawler has found for a source."""
    try:
        found = json.loads(path.with_suffix(FOUND).read_text(encoding="utf-8"))
        return {key: [str(url) for url in found[key]] for key in ("feeds", "sitemaps")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"feeds": [], "sitemaps": []}


def add_found(path: Path, feeds: Iterable[str], sitemaps: Iterable[str]) -> None:
    """Keep what was found beside the source, where a person can look at it."""
    before = read_found(path)
    after = {"feeds": sorted({*before["feeds"], *feeds}), "sitemaps": sorted({*before["sitemaps"], *sitemaps})}
    if after != before:
        write_durably(path.with_suffix(FOUND), json.dumps(after, indent=1).encode("utf-8"))

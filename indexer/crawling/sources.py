"""sources/*.toml: whom the crawler visits, where it begins, and what it follows; what it finds there itself stands beside.

Of them a Job is made, what the command asks of the process that crawls: one JSON object between them. And what may be connected
to, for whomever it is asked: public addresses only, by what a name resolves to and not by how it is written.
"""

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from socket import inet_aton, inet_ntoa
from typing import Any
from urllib.parse import urlsplit

import msgspec

from indexer.durable import write_durably
from indexer.faults import Fault
from indexer.metadata.regions.gazetteer import is_county, resolve
from indexer.settings import Settings

FOUND = ".found.json"
INTERNAL = "Adressen leder till ett internt nät och hämtas inte."
LONGEST_URL = 2_000
"""Characters; longer addresses are traps."""

# To an address of IPv4 that is written in one of IPv6, which no site needs: NAT64, Teredo, 6to4 and what came before them.
_TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "2001::/32", "2002::/16", "::/96")))
_TYPES = {str: "en text", float: "ett tal", tuple[str, ...]: "en lista med texter"}


class SourceError(Fault):
    """A source that cannot be used; the message is a Swedish sentence that names it."""


class Site(msgspec.Struct, frozen=True):
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


class Job(msgspec.Struct, frozen=True):
    """What one process crawls."""

    sites: dict[str, Site]
    settings: Settings
    internal: str = ""
    """An internal network that may be fetched, as 127.0.1.0/24: what tests serve stands in one, and no setting can say so."""
    single: bool = False
    """Only the start addresses, and what stands in a feed or sitemap at them; nothing on a page is followed."""
    day: str = ""
    """ISO 8601: today, for all that the crawl decides and remembers."""
    trial: bool = False
    """Of a single address only what it gives is said; nothing is kept of it, and where it leads is not asked."""


def read_sites(folder: Path, internal: str = "") -> tuple[dict[str, Site], list[str]]:
    """Name of the file -> site, with what the crawler has found, and a Swedish sentence for each file that cannot be used."""
    sites, faults, source_of = dict[str, Site](), list[str](), dict[str, str]()
    for path in sorted(folder.glob("*.toml")):
        try:
            site = _site(tomllib.loads(path.read_text(encoding="utf-8")), internal)
            for host in site.hosts:
                if (other := source_of.setdefault(host, path.stem)) != path.stem:
                    raise SourceError(f"{host} besöks redan av {other}; låt en källa ha värden.")
            found = read_found(path)
            feeds, sitemaps = dict.fromkeys(site.feeds + found.feeds), dict.fromkeys(site.sitemaps + found.sitemaps)
            sites[path.stem] = msgspec.structs.replace(site, feeds=tuple(feeds), sitemaps=tuple(sitemaps))
        except (OSError, ValueError, TypeError, SourceError) as error:
            faults.append(f"{path.name}: {error}")
    return sites, faults


def _site(given: Mapping[str, Any], internal: str) -> Site:
    types = Site.__annotations__
    if unknown := given.keys() - types.keys():
        raise SourceError(f"nyckeln {min(unknown)} finns inte; de som finns är {', '.join(types)}.")
    if not given.get("name") or not given.get("start"):
        raise SourceError("name och start måste anges.")
    try:
        site = msgspec.convert(given, Site)
    except msgspec.ValidationError as error:
        key = str(error).rpartition("$.")[2].strip("`").partition("[")[0]
        raise SourceError(f"{key} ska vara {_TYPES[types[key]]}.") from error
    if site.county and not is_county(str(resolve(site.county))):
        raise SourceError(f"länet {site.county} finns inte.")
    for url in (*site.start, *site.feeds, *site.sitemaps):
        if reason := refusal_of(url, internal):
            raise SourceError(f"{url}: {reason}")
    try:
        all(map(re.compile, (*site.follow, *site.leave)))
    except re.error as error:
        raise SourceError(f"mönstret {error.pattern!r} går inte att läsa ({error}).") from error
    return site


class Found(msgspec.Struct, frozen=True):
    """What the crawler has found for a source, each sorted."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_found(path: Path) -> Found:
    """Of the source in a file; nothing where what was kept cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.with_suffix(FOUND).read_bytes(), type=Found)
    return Found()


def add_found(path: Path, feeds: Iterable[str], sitemaps: Iterable[str]) -> None:
    """Keep what was found beside the source, where a person can look at it."""
    before = read_found(path)
    after = Found(tuple(sorted({*before.feeds, *feeds})), tuple(sorted({*before.sitemaps, *sitemaps})))
    if after != before:
        write_durably(path.with_suffix(FOUND), msgspec.json.format(msgspec.json.encode(after), indent=1))


def is_internal(address: str, allowed: str = "") -> bool:
    """Whether an IP address is anything but a public one or one of the allowed network; what is no IP address is internal too.

    >>> [is_internal(address) for address in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [False, True, True, True]
    """
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return True
    ip = getattr(ip, "ipv4_mapped", None) or ip
    is_allowed = bool(allowed) and ip in ipaddress.ip_network(allowed)
    return not is_allowed and (not ip.is_global or ip.is_multicast or any(ip in network for network in _TUNNELS))


def refusal_of(url: str, allowed: str = "") -> str | None:
    """Why an address is not fetched, as a Swedish sentence, before any name is looked up; None where nothing speaks against it.

    >>> refusal_of("http://2130706433/"), refusal_of("https://region.example/")
    ('Adressen leder till ett internt nät och hämtas inte.', None)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "Adressen går inte att läsa; kontrollera den."
    if parts.scheme not in ("http", "https") or not host:
        return "Bara adresser som börjar med http:// eller https:// kan hämtas."
    if len(url) > LONGEST_URL:
        return f"Adressen är längre än {LONGEST_URL} tecken."
    if parts.username or parts.password:
        return "Adresser med användarnamn eller lösenord hämtas inte."
    if port not in (None, 80, 443) and not allowed:
        return "Bara portarna 80 och 443 används."
    return INTERNAL if _leads_inside(host, allowed) else None


def _leads_inside(host: str, allowed: str) -> bool:
    if ":" in host:
        return is_internal(host, allowed)
    with suppress(OSError, ValueError):  # a name; 08, 0x and 256.1 are neither
        return is_internal(inet_ntoa(inet_aton(host.rstrip("."))), allowed)
    is_number = host.rstrip(".").rpartition(".")[2][:1].isdecimal()
    return is_number or "." not in host or host.endswith((".localhost", ".local", ".internal"))

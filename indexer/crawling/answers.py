"""What a server's answer says: where it leads, how its page may be used, and whether its address is a trap's."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from urllib.parse import parse_qsl, urlsplit

import feedparser
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.utils.sitemap import Sitemap

from indexer.crawling.memory import Link
from indexer.ingestion.encodings import decoded
from indexer.ingestion.feed import moment_of, without_huge
from indexer.ingestion.parsed import Unreadable
from indexer.ingestion.parts import TEXT, bounded, taken
from indexer.metadata.robots import AGENT, RobotsRules, is_reserved, robots_rules

FEEDS = ("application/rss+xml", "application/atom+xml")


def rules_in(response: Response, reservations: Sequence[tuple[str, bool]]) -> RobotsRules:
    """What its headers and meta elements say; `reservations` are the site's against mining."""
    metas = response.css("meta[name]") if isinstance(response, TextResponse) else ()
    named = [(meta.attrib["name"].lower(), meta.attrib.get("content", "")) for meta in metas]

    def said(header: str, *names: str) -> list[str]:
        stated = [value.decode("latin-1") for value in response.headers.getlist(header)]
        return stated + [content for name, content in named if name in names]

    robots, mining = said("X-Robots-Tag", "robots", AGENT), said("tdm-reservation", "tdm-reservation")
    return robots_rules(robots, mining, is_reserved(response.url, reservations))


def feed_links(feed: bytes) -> Iterator[Link]:
    """The entries of a feed, with when it says that they were published. Raises Unreadable."""
    content, _ = without_huge(feed)
    for entry in feedparser.parse(content).entries:
        if url := entry.get("link"):
            yield Link(str(url), "listed", moment_of(entry, "published"))


def sitemap_links(body: bytes, most: int) -> list[Link]:
    """The addresses in a sitemap, which may be packed; at most so many bytes unpacked. Raises whatever lxml and Scrapy raise."""
    sitemap = Sitemap(taken(decoded(body, "gzip", most), most, packed=False))
    is_index = sitemap.type == "sitemapindex"
    return [Link(entry["loc"], "sitemap" if is_index else "listed") for entry in sitemap if "loc" in entry]


def page_links(response: TextResponse, extractor: LinkExtractor) -> Iterator[Link]:
    """The feeds and the links of a page that may be followed."""
    for link in response.css("link[rel~=alternate]"):
        if link.attrib.get("type", "").lower() in FEEDS:
            yield Link(response.urljoin(link.attrib.get("href", "")), "feed")
    yield from (Link(link.url, "page") for link in extractor.extract_links(response) if not link.nofollow)


def kind_of(response: Response) -> str:
    """The type of its content, in lower case and without parameters; empty where it says none."""
    stated: bytes = response.headers.get("Content-Type", b"")
    return stated.decode("latin-1").partition(";")[0].strip().lower()


def unreadable(response: Response, most: int) -> str | None:
    """Why no reader will ever take what was answered, however often it is fetched; `most` bytes of a document are read."""
    is_text = isinstance(response, TextResponse)
    try:
        content = taken(response.body, min(TEXT, most) if is_text else most)
        if is_text:
            bounded(content)
    except Unreadable as error:
        return f"{error} Svaret har {len(response.body)} byte."
    return None


def digest_of(body: bytes) -> str:
    """Short, and the same for the same answer only."""
    return blake2b(body, digest_size=16).hexdigest()


def shape_of(url: str) -> str:
    """An address without its numbers and the values of its parameters."""
    parts = urlsplit(url)
    return f"{parts.hostname}{re.sub(r'[0-9]+', '0', parts.path)}?{'&'.join(sorted(name for name, _ in parse_qsl(parts.query)))}"


def goes_round(url: str) -> bool:
    """Whether a path repeats itself: /a/b/a/b/a/b."""
    return any(count > 2 for count in Counter(part for part in urlsplit(url).path.split("/") if part).values())

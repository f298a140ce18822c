"""What a server's answer says: how its page may be used, when a feed's entry was published, and whether its address is a trap's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from urllib.parse import parse_qsl, urlsplit

import feedparser
from scrapy.http import Response, TextResponse

from indexer.ingestion.feed import moment_of, without_huge
from indexer.ingestion.parsed import Unreadable
from indexer.ingestion.parts import TEXT, bounded, taken
from indexer.metadata.robots import AGENT, Rights, is_reserved, rights_of


def rights_in(response: Response, rules: Sequence[tuple[str, bool]]) -> Rights:
    """What its headers and meta elements say; `rules` are the site's reservations against mining."""
    metas = response.css("meta[name]") if isinstance(response, TextResponse) else ()
    named = [(meta.attrib["name"].lower(), meta.attrib.get("content", "")) for meta in metas]
    said = [*_headers(response, "X-Robots-Tag"), *(content for name, content in named if name in ("robots", AGENT))]
    mining = [
        *_headers(response, "tdm-reservation"),
        *(content for name, content in named if name == "tdm-reservation"),
    ]
    return rights_of(said, mining, is_reserved(response.url, rules))


def _headers(response: Response, name: str) -> Iterator[str]:
    return (value.decode("latin-1") for value in response.headers.getlist(name))


def entries_of(feed: bytes) -> Iterator[tuple[str, str]]:
    """The address of each entry, and when the feed says that it was published, ISO 8601; empty where it does not. Raises Unreadable."""
    content, _ = without_huge(feed)
    for entry in feedparser.parse(content).entries:
        if link := entry.get("link"):
            yield str(link), moment_of(entry, "published")


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

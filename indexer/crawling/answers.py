"""What a server's answer says: where it leads, how its page may be used, what may be asked for, and whether its address is a trap's."""

import json
import re
from collections.abc import Iterator
from hashlib import blake2b
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml.etree import LxmlError, iterparse
from msgspec.structs import replace
from protego import Protego
from scrapy.http import Headers, HtmlResponse, Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.utils.response import get_base_url, get_meta_refresh
from w3lib.url import safe_url_string

from indexer.crawling.memory import Link, Seen, wish_in
from indexer.documents import canonical_address
from indexer.ingestion import archives, feed, format_of, html
from indexer.ingestion.parts import BEGINNING, TAGS, TEXT, Unreadable, bounded, in_utf_8, taken, utf_16_of
from indexer.metadata import dates, robots

FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
LISTED = 50_000
"""Addresses of a sitemap that are read: more are against its protocol (sitemaps.org)."""
ALIKE = 20
"""Addresses of a sitemap that all have one lastmod: when it was made, and not when they changed."""
AT_ONCE = 10
"""Seconds of a meta refresh that is a redirect; with more the page is there to be read."""
_PACKED = ("application/gzip", "application/x-gzip")
_NO_LIST = "Svaret är varken ett flöde eller en webbplatskarta."
_ANY_FILE = re.compile(r"octet-stream|download|x-pdf|^application/(?:msword|zip|x-zip-compressed)$")
# A sitemap that was cut off is mended by the parser, an address that was is not the one that was meant.
_WHOLE_ENTRIES = re.compile(rb"(?s).*</(?:\w+:)?(?:url|sitemap)\s*>")
_SAYS_UTF_16 = re.compile(rb"(?i)\A\s*<\?xml[^>]*utf-?16[^>]*>")
LONGEST_ROBOTS = 512_000
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""
_NAMED = re.compile(r"^([ \t]*user[- ]?agent[ \t]*[: \t][ \t]*)(\*(?=\s|$)|[a-z_-]*).*", re.IGNORECASE | re.MULTILINE)
_DELAY = re.compile(r"^([ \t]*crawl[- ]?delay[ \t]*[: \t][ \t]*\d+),(?=\d)", re.IGNORECASE | re.MULTILINE)


def unpacked(response: Response, most: int) -> Response:
    """The same without what its server packed it with, when it is read and not before: one at a time. Raises Unreadable."""
    packed = b",".join(response.headers.getlist("Content-Encoding"))
    body = archives.unpacked(response.body, packed.decode("latin-1"), most)
    if len(body) > most:
        raise Unreadable(f"Sidan är större än {most // 1_000_000} MB när den packas upp.")
    headers = {name: response.headers.getlist(name) for name in response.headers if name != b"Content-Encoding"}
    kind = responsetypes.from_args(headers=Headers(headers), url=response.url, body=body)
    return response.replace(cls=kind, headers=headers, body=body) if packed else response


def as_read(response: TextResponse) -> TextResponse:
    """An answer in UTF-8 where UTF-16 is there or declared: its bytes tell, as for our readers, and addresses in it are in UTF-8."""
    is_utf_16 = utf_16_of(response.body) or response.encoding.startswith("utf-16")
    return response.replace(body=in_utf_8(response.body), encoding="utf-8") if is_utf_16 else response


def rules_in(response: Response, reserved: bool, day: str) -> robots.RobotsRules:
    """What its headers and meta elements say on a day; `reserved`: whether its host reserves it against mining."""
    metas = as_read(response).css("meta[name]") if isinstance(response, HtmlResponse) else ()
    said = [(name, value.decode("latin-1")) for name, values in response.headers.items() for value in values]
    said += [(meta.attrib["name"].lower(), meta.attrib.get("content", "")) for meta in metas]
    # Headers are named in bytes.
    directives = [text for name, text in said if name in (b"X-Robots-Tag", "robots", robots.AGENT)]
    mining = [text for name, text in said if name in (b"Tdm-Reservation", "tdm-reservation")]
    return robots.robots_rules(directives, mining, reserved, day)


def listed_links(body: bytes, url: str, most: int) -> list[Link]:
    """What a feed or sitemap at an address lists; it may be packed, at most so many bytes unpacked. Raises Unreadable."""
    content = taken(archives.unpacked(body, "gzip", most), most, packed=False)
    content = _SAYS_UTF_16.sub(b"", in_utf_8(content).removeprefix(b"\xef\xbb\xbf"))
    start = content[:BEGINNING].lstrip()
    try:
        if format_of("", content[:BEGINNING]) == ("feed", "read_sitemap"):
            return sitemap_links(content, url)
        if start.startswith(b"http"):
            return [_listed(url, line.decode()) for line in content.splitlines()]
        return list(json_feed_links(content, url) if start.startswith(b"{") else feed_links(content, url))
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"Flödet eller webbplatskartan går inte att läsa ({type(error).__name__}).") from error


def feed_links(content: bytes, url: str) -> Iterator[Link]:
    """The entries of a feed at an address, with the days that it states of them, and its next page (RFC 5005). Raises Unreadable."""
    parsed = feedparser.parse(feed.without_huge(content)[0], response_headers={"content-location": url})
    if not parsed.version and not parsed.entries:
        raise Unreadable(_NO_LIST)
    for entry in parsed.entries:
        if address := entry.get("link"):
            yield _listed(url, address, feed.moment_of(entry, "published"), feed.moment_of(entry, "updated"))
    for link in parsed.feed.get("links", ()):
        if link.get("rel") in ("next", "prev-archive") and link.get("href"):
            yield Link(joined(url, link["href"]), "feed")


def json_feed_links(content: bytes, url: str) -> Iterator[Link]:
    """As `feed_links`, of a JSON Feed (jsonfeed.org, version 1.1). Raises Unreadable, and ValueError for what is no JSON."""
    if content.count(b"{") + content.count(b"[") > TAGS:
        raise Unreadable(f"Flödet har fler än {TAGS} objekt och listor.")
    said = json.loads(content)
    if "jsonfeed.org/version/" not in str(said.get("version")):
        raise Unreadable(_NO_LIST)
    for entry in said.get("items", ()):
        if isinstance(entry, dict) and (address := entry.get("url") or entry.get("external_url")):
            yield _listed(url, address, entry.get("date_published"), entry.get("date_modified"))
    if following := said.get("next_url"):
        yield Link(joined(url, following), "feed")


def sitemap_links(sitemap: bytes, url: str) -> list[Link]:
    """The pages and sitemaps in a sitemap at an address, with the days that it states of them. Raises LxmlError."""
    if not (whole := _WHOLE_ENTRIES.match(sitemap)):
        return []
    # A bare ampersand is none to a parser, and the parameters behind it would be lost.
    mended, links = BytesIO(re.sub(rb"&(?!#?\w{1,10};)", b"&amp;", whole[0])), []
    for _, element in iterparse(mended, tag=("{*}url", "{*}sitemap"), recover=True, resolve_entities=False):
        link = _listed(url, *map(element.findtext, ("{*}loc", "{*}news/{*}publication_date", "{*}lastmod")))
        links.append(replace(link, kind="sitemap") if element.tag.endswith("sitemap") else link)
        element.clear()
        if len(links) > LISTED:
            break
    if len(links) >= ALIKE and len({link.updated for link in links}) == 1:
        return [replace(link, updated="") for link in links]
    return links


def _listed(base: str, address: object, published: object = "", updated: object = "") -> Link:
    """Days that cannot be cost themselves only: year 1, 1970 where a clock was never set, what lies beyond tomorrow."""
    texts = [str(text or "").strip() for text in (published, updated)]
    # 1970: the year that a clock says that was never set; nothing was on the web so early.
    stated = [text if (day := dates.plausible_date(text)) and day.year > 1970 else "" for text in texts]
    return Link(joined(base, str(address or "")), "listed", *stated)


def joined(base: str, address: str) -> str:
    """An address that may be relative as a whole one; empty for one that cannot be read."""
    try:
        return urljoin(base, address.strip()) if address.strip() else ""
    except ValueError:
        return ""


def page_links(response: TextResponse) -> Iterator[Link]:
    """The feeds and the links of a page, each once; what is followed of them may change before the page does."""
    response = as_read(response)
    base, root = get_base_url(response), response.selector.root
    for kind, address in dict.fromkeys(map(_lead_of, root.iter("a", "area", "link"))):
        if kind and (url := joined(base, address)):
            yield Link(url if url.isascii() else safe_url_string(url, response.encoding), kind)


def _lead_of(element: Any) -> tuple[Literal["page", "feed"] | None, str]:
    rels, is_feed = element.get("rel", "").lower().split(), element.get("type", "").strip().lower() in FEEDS
    if element.tag == "link":
        return "feed" if is_feed and "alternate" in rels else None, element.get("href", "")
    return None if "nofollow" in rels else "page", element.get("href", "")


def is_list(response: Response, kind: str) -> bool:
    """Whether an answer of that type can only be a feed or sitemap."""
    return kind in FEEDS or kind.endswith(("/xml", "/json")) or (kind in _PACKED and ".xml" in response.url)


def refreshed(response: Response) -> str:
    """The other address that a page sends its readers to at once; empty where it only loads itself anew."""
    seconds, url = get_meta_refresh(response) if isinstance(response, HtmlResponse) else (None, "")
    is_led = str(url).startswith("http") and (seconds or 0) <= AT_ONCE
    return str(url) if is_led and canonical_address(str(url)) != canonical_address(response.url) else ""


def kind_of(response: Response) -> str:
    """The type of its content, in lower case and without parameters: by its beginning where the server says none, or only that it is a file."""
    kind: str = response.headers.get("Content-Type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if kind and not _ANY_FILE.search(kind):
        return kind
    if response.body.startswith(b"%PDF-"):
        return "application/pdf"
    if response.body.startswith(b"PK\x03\x04") and b"word/document.xml" in response.body:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return "text/html" if isinstance(response, HtmlResponse) else kind


def refuse_unreadable(response: Response, most: int) -> None:
    """Raises Unreadable for what no reader will ever take, however often it is fetched; `most` bytes of a document are read."""
    is_text = isinstance(response, TextResponse)
    try:
        content = taken(response.body, min(TEXT, most) if is_text else most)
        if is_text:
            bounded(content)
    except Unreadable as error:
        raise Unreadable(f"{error} Svaret har {len(response.body)} byte.") from error


def objection_to(response: Response, rules: robots.RobotsRules) -> tuple[str, str, bool]:
    """Outcome and reason of a page that can be read and is not stored, empty for any other, and whether what was stored of it must go, too."""
    if wish := wish_in(rules):
        return "refused", wish, True
    # 500_000: bytes of a page that may be no more than an apology: it holds no long text, but the site's whole menu.
    may_be_one = isinstance(response, HtmlResponse) and len(response.body) <= 500_000
    if may_be_one and (said := html.apology_of(response.body)):
        return "aside", str(said), said.is_missing
    return "", "", False


def as_seen(response: Response, day: str, links: list[Link], rules: robots.RobotsRules, stored: bool) -> Seen:
    """What is to be remembered of an answer with those rules that led to those links."""
    # Headers that alone keep a page out may change alone, and no validator would tell.
    is_out = wish_in(rules_in(Response(response.url, headers=response.headers), False, day))
    headers = {} if is_out else response.headers
    etag, modified = (headers.get(name, b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
    found, permits = response.meta["found"], not rules_in(response, True, day).reserved
    said = digest_of(response.body), etag, modified, tuple(links)
    return Seen(response.url, *said, stored, found.depth, found.link.published, rules, permits)


def is_as_seen(response: Response, seen: Seen) -> bool:
    """Whether an address is as it was; of a page that was not kept as it wished, what is beside its text is read again."""
    is_same = response.status == 200 and seen.digest == digest_of(response.body)
    return response.status == 304 or (is_same and (seen.stored or not wish_in(seen.rules)))


def digest_of(body: bytes) -> str:
    """Short, and the same for the same answer only."""
    return blake2b(body, digest_size=16).hexdigest()


def read_robots(content: bytes) -> Protego:
    """What Protego matches, with what it reads otherwise than RFC 9309 written otherwise first; of UTF-8, UTF-16 or Latin-1, with lines that end in any way."""
    if len(content) > LONGEST_ROBOTS:  # what is left of the line that is cut would be another rule
        content = content[: max(content.rfind(end, 0, LONGEST_ROBOTS) for end in (b"\n", b"\r"))]
    # A mark that is whole or not, as Google's parser does.
    content = re.sub(rb"\A\xef(?:\xbb\xbf?)?", b"", in_utf_8(content))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = _DELAY.sub(r"\1.", text.replace("\r", "\n"))
    return Protego.parse(_NAMED.sub(lambda it: it[1] + (it[2] if it[2].lower() in ("*", robots.AGENT) else "-"), text))


def allows(said: Protego, url: str) -> bool:
    """Whether an address may be asked for, as it is written and as servers understand dots in its path."""
    path = re.sub("%2e", ".", urlsplit(url).path, flags=re.IGNORECASE)
    return all(said.can_fetch(one, robots.AGENT) for one in (url, urljoin(url, path) if "/." in path else url))

"""Which reader a content is for: told by its beginning, and by its name only where the beginning says nothing."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from msgspec.structs import replace

from indexer.ingestion.parsed import Unreadable
from indexer.ingestion.parts import BEGINNING, Part, Stream, refused

DEEPEST = 3
"""Times that a content may be packed in another."""

COLUMNS = {
    "text": ("text", "brödtext", "innehåll", "body", "content"),
    "title": ("title", "titel", "rubrik"),
    "date": ("date", "datum", "published", "publicerad"),
    "url": ("url", "adress", "länk", "link"),
    "source": ("source", "källa", "publisher", "utgivare"),
    "kind": ("kind", "typ"),
    "id": ("id",),
}
"""Key of a document -> the headings of a table's column that it is known by."""

Reader = Callable[[Stream], Iterator[Part]]

_STARTS = (
    (b"\x1f\x8b", "packed", "read_gzip"),
    (b"PK\x03\x04", "packed", "read_zip"),
    (b"%PDF-", "office", "read_pdf"),
    (b"WARC/", "warc", "read_warc"),
    (b"filedesc://", "warc", "read_warc"),
)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_SITEMAP = re.compile(rb"<(?:urlset|sitemapindex)[\s>]")
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|!--|\?xml)|<(?:p|h1|div|article|title)[\s>]", re.IGNORECASE)


def read_parts(stream: Stream) -> Iterator[Part]:
    """The parts of a content, by the reader of its format. Raises Unreadable."""
    if stream.depth > DEEPEST:
        raise Unreadable(f"Innehållet är packat i mer än {DEEPEST} led; packa upp det först.")
    module, function = format_of(stream.name, stream.beginning)
    # Imported by need: reading text does not need the packages that read pages.
    reader: Reader = getattr(import_module(f"indexer.ingestion.{module}"), function)
    return reader(stream)


def read_member(stream: Stream, member: str) -> Iterator[Part]:
    """The parts of a content that is packed in another, each with where it stands; a broken one is refused by itself.

    Raises Unreadable when the whole source has unpacked to too much.
    """
    try:
        yield from (replace(part, member=member + part.member) for part in read_parts(stream))
    except Exception as error:  # as in `parsed`
        yield refused(error, member)
        if stream.budget.left < 0:
            raise


def format_of(name: str, beginning: bytes) -> tuple[str, str]:
    """The module and the function that read a content. Raises Unreadable for what has no texts."""
    name = name.lower()
    start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, module, function in _STARTS:
        if beginning.startswith(magic) or (module == "warc" and start.startswith(magic)):
            return module, function
    if name.endswith((".jsonl", ".ndjson")) or (_is_object_line(start) and not name.endswith(".json")):
        return "jsonl", "read_jsonl"
    if name.endswith(".json") or re.match(rb'\[\s*\{|\{[^\0]*"text"\s*:', start):
        return "jsonl", "read_json"
    if is_sitemap(start):
        raise Unreadable(
            "Filen är en webbplatskarta med bara adresser; hämta sidorna med regionsok add ADRESS till kartan."
        )
    if _FEED.search(start[:1000]):
        return "feed", "read_feed"
    if start.startswith(b"<") and _HTML.search(start):
        return "html", "read_page"
    if name.endswith((".md", ".markdown")) or start.startswith(b"---\n"):
        return "markdown", "read_markdown"
    if name.endswith(".csv") or _is_heading(start.partition(b"\n")[0]):
        return "table", "read_csv"
    return "text", "read_plain"


def _is_heading(line: bytes) -> bool:
    """Whether a first line names two columns of a table that are known, one of them with texts; a title may name one."""
    names = {name.strip(' "').lower() for name in re.split("[;,\t]", line.decode("utf-8", "replace").strip())}
    keys = {key for key, headings in COLUMNS.items() if not names.isdisjoint(headings)}
    return "text" in keys and len(keys) > 1


def is_sitemap(content: bytes) -> bool:
    """Whether a content lists addresses only."""
    return bool(_SITEMAP.search(content[:BEGINNING]))


def _is_object_line(start: bytes) -> bool:
    first = start.partition(b"\n")[0]
    return first.startswith(b"{") and b'"text"' in first

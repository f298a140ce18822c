"""RSS and Atom -> parts, one an entry. A feed's date comes before every other (FINDINGS 7)."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from indexer.documents import Medium
from indexer.ingestion import parts, tree
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refused, refusing
from indexer.metadata.dates import Dated, parse_date, plausible_date

NO_ENTRY = b"<item></item>"
"""What stands where an entry was taken out, so that the others keep their numbers."""
_ENTRY = re.compile(rb"(?s)<(item|entry)(?:\s[^>]{0,1000})?>(?:.*?</\1(?:\s[^>]{0,1000})?>|(?P<never_ends>.*))")


def read_feed(stream: Stream) -> Iterator[Part]:
    """The entries of a feed, each with its own text and address."""
    parse: Any = import_module("feedparser").parse
    content, huge = without_huge(stream.whole(), stream.depth > 0)
    feed = parse(content)
    if not feed.entries:
        raise Unreadable("Flödet har inga poster eller är trasigt; hämta det igen.")
    source = " ".join(str(feed.feed.get("title") or "").split()) or None
    language = str(feed.feed.get("language") or "")[:2].lower() or None
    for number, entry in enumerate(feed.entries, start=1):
        if number in huge:
            yield huge[number]
        elif entry:
            yield refusing(_part, f"#{number}", entry, source, language)


def read_sitemap(stream: Stream) -> Iterator[Part]:
    """There is no text in one: raises Unreadable."""
    advice = "hämta sidorna med regionsok add ADRESS till kartan"
    raise Unreadable(f"Filen är en webbplatskarta med bara adresser; {advice}.")


def without_huge(content: bytes, packed: bool = False) -> tuple[bytes, dict[int, RefusedPart]]:
    """A feed without the entries that no parser takes, and their refusals by number from 1. Raises Unreadable for one that is too much without them."""
    huge: dict[int, RefusedPart] = {}
    for number, (begins, ends) in reversed(list(enumerate(entries_in(content), start=1))):
        try:
            # 2_000_000: bytes of an entry of a feed.
            parts.bounded(parts.taken(content[begins:ends], 2_000_000, packed))
        except Unreadable as error:
            huge[number] = refused(error, f"#{number}")
            content = content[:begins] + NO_ENTRY + content[ends:]
    return parts.bounded(parts.taken(content, parts.TEXT, packed)), huge


def entries_in(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each entry of a feed begins and ends, in bytes."""
    return (entry.span() for entry in _ENTRY.finditer(content) if entry["never_ends"] is None)


def _part(member: str, entry: Any, source: str | None, language: str | None) -> Part:
    """Raises Unreadable for an entry without text."""
    contents = [content.get("value", "") for content in entry.get("content", [])] or [entry.get("summary", "")]
    title = _plain(entry.get("title", ""))
    text = "\n\n".join(_plain(content) for content in contents).strip() or title
    if not text:
        raise Unreadable("Posten har ingen text; hämta sidan i stället.")
    lines, link = tuple(text.splitlines()), str(entry.get("link") or "")
    url = link if link.startswith(("http://", "https://")) else None
    published, changed = _day(entry, "published"), _day(entry, "updated")
    stated = (title or lines[0], text, url, source, published, changed.value if changed else None, language, lines[:40])
    return ParsedPart(ParsedDocument(*stated, medium=Medium.ENTRY), member=member)


def _day(entry: Any, name: str) -> Dated | None:
    """The day is Sweden's."""
    return plausible_date(moment_of(entry, name), f"flödets {name}: {dict.get(entry, name)}")


def moment_of(entry: Any, name: str) -> str:
    """When a feed says that an entry was `published` or `updated`, ISO 8601 in UTC; empty where it does not, or none can be."""
    moment, text = dict.get(entry, f"{name}_parsed"), str(dict.get(entry, name))  # its own get answers for others
    if re.match(r"\d{4}-\d\d-\d\d", text) and not parse_date(text[:10]):  # 30 February: feedparser goes on into March
        return ""
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC).isoformat() if moment else ""
    except (ValueError, OverflowError, OSError):  # feedparser reads year 0 as -1, and the last hour of 9999 as 10000
        return ""


def _plain(markup: str) -> str:
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    parts.bounded(markup.encode("utf-8", "replace"))
    return tree.shown(markup)

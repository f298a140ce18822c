"""RSS and Atom -> parts, one an entry. A feed's date comes before every other (FINDINGS 7)."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from indexer.documents import Medium
from indexer.ingestion.parsed import ParsedDocument, Unreadable
from indexer.ingestion.parts import TEXT, ParsedPart, Part, RefusedPart, Stream, bounded, refused, refusing, taken
from indexer.ingestion.tree import shown
from indexer.metadata.dates import Dated, parse_date, plausible_date

ENTRY = 2_000_000
"""Bytes of an entry of a feed."""
NO_ENTRY = b"<item></item>"
"""What stands where an entry was taken out, so that the others keep their numbers."""
_ENTRY_TAG = re.compile(rb"<(?P<closes>/?)(?P<name>item|entry)(?:\s[^>]{0,1000})?>")


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
    raise Unreadable(
        "Filen är en webbplatskarta med bara adresser; hämta sidorna med regionsok add ADRESS till kartan."
    )


def without_huge(content: bytes, packed: bool = False) -> tuple[bytes, dict[int, RefusedPart]]:
    """A feed without the entries that no parser takes, and their refusals by number from 1. Raises Unreadable for one that is too much without them."""
    huge: dict[int, RefusedPart] = {}
    for number, (begins, ends) in reversed(list(enumerate(entries_in(content), start=1))):
        try:
            bounded(taken(content[begins:ends], ENTRY, packed))
        except Unreadable as error:
            huge[number] = refused(error, f"#{number}")
            content = content[:begins] + NO_ENTRY + content[ends:]
    return bounded(taken(content, TEXT, packed)), huge


def entries_in(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each entry of a feed begins and ends, in bytes."""
    begun: tuple[int, bytes] | None = None
    for tag in _ENTRY_TAG.finditer(content):
        if not begun and not tag["closes"]:
            begun = tag.start(), tag["name"]
        elif begun and tag["closes"] and tag["name"] == begun[1]:
            yield begun[0], tag.end()
            begun = None


def _part(member: str, entry: Any, source: str | None, language: str | None) -> Part:
    """Raises Unreadable for an entry without text."""
    contents = [content.get("value", "") for content in entry.get("content", [])] or [entry.get("summary", "")]
    title = _plain(entry.get("title", ""))
    text = "\n\n".join(_plain(content) for content in contents).strip() or title
    if not text:
        raise Unreadable("Posten har ingen text; hämta sidan i stället.")
    url = str(entry.get("link") or "")
    document = ParsedDocument(
        title or text.splitlines()[0],
        text,
        url=url if url.startswith(("http://", "https://")) else None,
        source=source,
        published=_day(entry, "published"),
        updated=day.value if (day := _day(entry, "updated")) else None,
        language=language,
        lines=tuple(text.splitlines()[:40]),
        medium=Medium.ENTRY,
    )
    return ParsedPart(document, member=member)


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
    bounded(markup.encode("utf-8", "replace"))
    return shown(markup)

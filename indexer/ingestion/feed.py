"""RSS and Atom -> Drafts, one an entry. A feed's date comes before every other (FINDINGS 7)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from bs4 import BeautifulSoup

from indexer.dates import Dated, is_plausible, parse_date
from indexer.documents import Form
from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.parts import Part, Stream, bounded


def read_feed(stream: Stream) -> Iterator[Part]:
    """The entries of a feed, each with its own text and address."""
    parse: Any = import_module("feedparser").parse
    found = parse(bounded(stream.text()))
    if not found.entries:
        raise Unreadable("Flödet har inga poster eller är trasigt; hämta det igen.")
    source = " ".join(str(found.feed.get("title") or "").split()) or None
    language = str(found.feed.get("language") or "")[:2].lower() or None
    for number, entry in enumerate(found.entries, start=1):
        yield Part(_draft(entry, source, language), f"#{number}")


def _draft(entry: Any, source: str | None, language: str | None) -> Draft | Unreadable:
    contents = [content.get("value", "") for content in entry.get("content", [])] or [entry.get("summary", "")]
    title = _plain(entry.get("title", ""))
    text = "\n\n".join(_plain(content) for content in contents).strip() or title
    if not text:
        return Unreadable("Posten har ingen text; hämta sidan i stället.")
    url = str(entry.get("link") or "")
    return Draft(
        title or text.splitlines()[0],
        text,
        url=url if url.startswith(("http://", "https://")) else None,
        source=source,
        published=_day(entry, "published"),
        updated=day.value if (day := _day(entry, "updated")) else None,
        language=language,
        lines=tuple(text.splitlines()[:40]),
        form=Form.ENTRY,
    )


def _day(entry: Any, name: str) -> Dated | None:
    """feedparser gives UTC; the day is Sweden's."""
    moment = dict.get(entry, f"{name}_parsed")  # its own get answers for one name with another
    if not moment:
        return None
    stamp = datetime.fromtimestamp(calendar.timegm(moment), UTC).isoformat()
    dated = parse_date(stamp, f"flödets {name}: {dict.get(entry, name)}")
    return dated if dated and is_plausible(dated) else None


def _plain(markup: str) -> str:
    return (
        BeautifulSoup(markup, "lxml").get_text("\n", strip=True) if "<" in markup or "&" in markup else markup.strip()
    )

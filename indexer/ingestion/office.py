"""PDF and Word documents -> ParsedDocument, each read in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.ingestion.isolated import run_isolated
from indexer.ingestion.parsed import ParsedDocument, Unreadable
from indexer.ingestion.parts import Part, Stream, Unread
from indexer.ingestion.text import read_text
from indexer.metadata.dates import Dated, is_plausible, parse_date


def read_pdf(stream: Stream) -> Iterator[Part]:
    """A PDF as one document."""
    yield Part(Unread(_pdf, stream.whole()))


def read_docx(content: bytes) -> Iterator[Part]:
    """A Word document as one document."""
    yield Part(Unread(_docx, content))


def _pdf(content: bytes) -> ParsedDocument:
    return _draft(run_isolated("indexer.ingestion.pdf", content), "PDF-filens uppgift")


def _docx(content: bytes) -> ParsedDocument:
    return _draft(run_isolated("indexer.ingestion.docx", content), "Wordfilens uppgift")


def _draft(found: dict[str, object], said: str) -> ParsedDocument:
    text, title = str(found["text"]), " ".join(str(found["title"] or "").split())
    if not text.strip():
        raise Unreadable("Filen har ingen text, kanske bara bilder av sidor; kör teckenigenkänning eller spara texten.")
    draft = read_text(text)
    dated = parse_date(str(found["created"] or ""), f"{said} {found['created']}")
    published: Dated | None = dated if dated and is_plausible(dated) else None
    # A file's own title is often the name of a template; it is believed where the text has it too.
    named = title if title and title.lower() in text.lower() else draft.title
    return ParsedDocument(
        named,
        draft.text,
        published=published,
        lines=draft.lines,
        boilerplate=draft.boilerplate,
        masthead=draft.masthead,
    )

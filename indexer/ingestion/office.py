"""PDF and Word documents -> ParsedDocument, each read in a process of its own."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from indexer.documents import Medium
from indexer.ingestion.isolated import run_isolated
from indexer.ingestion.parts import ParsedDocument, Part, Stream, UnparsedPart, Unreadable
from indexer.ingestion.text import read_text
from indexer.metadata.dates import plausible_date


def read_pdf(stream: Stream) -> Iterator[Part]:
    """A PDF as one document."""
    yield UnparsedPart(stream.whole(), partial(_read, "pdf", "PDF-filens uppgift"))


def read_docx(content: bytes) -> Iterator[Part]:
    """A Word document as one document."""
    yield UnparsedPart(content, partial(_read, "docx", "Wordfilens uppgift"))


def _read(kind: str, evidence: str, content: bytes) -> ParsedDocument:
    contents = run_isolated(kind, content)
    text, title, created = (str(contents[key] or "") for key in ("text", "title", "created"))
    if not text.strip():
        raise Unreadable("Filen har ingen text, kanske bara bilder av sidor; kör teckenigenkänning eller spara texten.")
    parsed, title = read_text(text), " ".join(title.split())
    # A file's own title is often the name of a template; it is believed where the text has it too.
    title = title if title and title.lower() in text.lower() else parsed.title
    return replace(parsed, title=title, published=plausible_date(created, f"{evidence} {created}"), medium=Medium.TEXT)

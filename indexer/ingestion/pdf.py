"""stdin, a PDF -> stdout, its title, its day and its text as JSON. Run by `isolated`."""

from __future__ import annotations

import io
import logging

from indexer.ingestion.isolated import answer, day_of
from indexer.ingestion.parsed import Unreadable

PAGES = 2_000
"""Pages that are read; regional reports have up to some hundred."""


def read(content: bytes) -> dict[str, object]:
    """Raises Unreadable, and whatever pypdf raises over a broken file."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("PDF-filen är låst med lösenord; lås upp den och spara om den.")
    pages = [reader.pages[number].extract_text() for number in range(min(len(reader.pages), PAGES))]
    about = reader.metadata
    created = day_of(about, "creation_date")
    return {"text": "\n\n".join(pages), "title": about.title if about else None, "created": created}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    answer(read, "PDF-filen")

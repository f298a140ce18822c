"""stdin, a Word document -> stdout, its title, its day and its text as JSON. Run by `isolated`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from indexer.ingestion.isolated import answer, day_of
from indexer.ingestion.parsed import Unreadable

LARGEST = 50_000_000
"""Bytes of the parts of the document, unpacked, pictures left out."""


def read(content: bytes) -> dict[str, object]:
    """Raises Unreadable, and whatever python-docx raises over a broken file."""
    import docx

    parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    if sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))) > LARGEST:
        raise Unreadable("Wordfilen packas upp till mer än 50 MB text; dela upp den.")
    document = docx.Document(io.BytesIO(content))
    about = document.core_properties
    created = day_of(about, "created")
    return {"text": "\n\n".join(_texts(document)), "title": about.title, "created": created}


def _texts(document: Any) -> Iterator[str]:
    """Paragraphs and the rows of tables, in the order of the document."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from (" ".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text


if __name__ == "__main__":
    answer(read, "Wordfilen")

"""PDF and Word documents -> ParsedDocument, each in a process of its own with limits: a hostile one could keep it busy or fill memory.

python -m indexer.ingestion.office pdf|docx: a file on stdin -> its title, its day and its text as JSON on stdout.
"""

import io
import json
import logging
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from indexer.documents import Medium
from indexer.ingestion.parts import ParsedDocument, Part, Stream, UnparsedPart, Unreadable
from indexer.ingestion.text import read_text
from indexer.metadata.dates import plausible_date

SECONDS = 8
"""Of processor time, and nearly of time, that one document may take."""
MEGABYTES = 300
"""Of memory above what the process begins with, where the system tells how much that is."""
_TOO_MUCH = f"Filen tar mer än {SECONDS} sekunder eller {MEGABYTES} MB att läsa; spara texten som en egen fil."
_BROKEN = "{} är trasig och går inte att läsa; öppna den och spara om den, eller spara texten."


def read_pdf(stream: Stream) -> Iterator[Part]:
    """A PDF as one document."""
    yield UnparsedPart(stream.whole(), partial(_read, "pdf", "PDF-filens uppgift"))


def read_docx(content: bytes) -> Iterator[Part]:
    """A Word document as one document."""
    yield UnparsedPart(content, partial(_read, "docx", "Wordfilens uppgift"))


def _read(kind: str, evidence: str, content: bytes) -> ParsedDocument:
    """What a process of its own reads in a content. Raises Unreadable when it cannot, or may not go on."""
    command, longest = [sys.executable, "-m", __name__, kind], SECONDS * 2
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=longest, check=True)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise Unreadable(_TOO_MUCH) from error
    said: dict[str, object] = json.loads(done.stdout)
    if "refused" in said:
        raise Unreadable(said["refused"])
    if "missing" in said:
        raise ImportError(said["missing"], name=str(said["missing"]))
    text, title, created = (str(said[key] or "") for key in ("text", "title", "created"))
    if not text.strip():
        raise Unreadable("Filen har ingen text, kanske bara bilder av sidor; kör teckenigenkänning eller spara texten.")
    parsed, title = read_text(text), " ".join(title.split())
    # A file's own title is often the name of a template; it is believed where the text has it too.
    title = title if title and title.lower() in text.lower() else parsed.title
    return replace(parsed, title=title, published=plausible_date(created, f"{evidence} {created}"), medium=Medium.TEXT)


def answer(kind: str) -> None:
    """The other end: read stdin under limits and print what was read, or why it was not."""
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    sizes = Path("/proc/self/statm")  # its first number: pages that are taken already
    if sizes.exists():
        limit = int(sizes.read_bytes().split()[0]) * resource.getpagesize() + MEGABYTES * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    print(outcome(kind, content))


def outcome(kind: str, content: bytes) -> str:
    """JSON: `text`, `title` and `created`, or `refused` with why, or `missing` with the name of a package."""
    read, name = _READERS[kind]
    try:
        return json.dumps(read(content))
    except ImportError as error:
        return json.dumps({"missing": error.name or str(error)})
    except Exception as error:  # as in `parsed`
        reasons = {Unreadable: str(error), MemoryError: _TOO_MUCH}
        return json.dumps({"refused": reasons.get(type(error), _BROKEN.format(name))})


def _pdf(content: bytes) -> dict[str, object]:
    """Raises Unreadable, and whatever pypdf raises over a broken file."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("PDF-filen är låst med lösenord; lås upp den och spara om den.")
    # 2_000: pages of a PDF that are read; regional reports have up to some hundred.
    pages = [reader.pages[number].extract_text() for number in range(min(len(reader.pages), 2_000))]
    title, created = getattr(reader.metadata, "title", None), _day_of(reader.metadata, "creation_date")
    return {"text": "\n\n".join(pages), "title": title, "created": created}


def _docx(content: bytes) -> dict[str, object]:
    """Raises Unreadable, and whatever python-docx raises over a broken file."""
    import docx

    parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    # 50_000_000: bytes of the parts of a Word document, unpacked, pictures left out.
    if sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))) > 50_000_000:
        raise Unreadable("Wordfilen packas upp till mer än 50 MB text; dela upp den.")
    document = docx.Document(io.BytesIO(content))
    about = document.core_properties
    # Paragraphs and the rows of tables, in the order of the document; a paragraph is a row of one cell.
    rows = (row for block in document.iter_inner_content() for row in getattr(block, "rows", [block]))
    texts = (" ".join(cell.text for cell in getattr(row, "cells", [row])) for row in rows)
    return {"text": "\n\n".join(texts), "title": about.title, "created": _day_of(about, "created")}


def _day_of(about: object, name: str) -> str | None:
    """The day that a file says of itself, ISO 8601; None where it says none or nothing that is a date."""
    with suppress(ValueError, OverflowError, TypeError, AttributeError):
        return str(getattr(about, name).date().isoformat())
    return None


_READERS = {"pdf": (_pdf, "PDF-filen"), "docx": (_docx, "Wordfilen")}

if __name__ == "__main__":
    answer(sys.argv[1])

"""gzip and zip -> what is in them, each member by its own reader."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from indexer.ingestion.formats import read_member, read_parts
from indexer.ingestion.parts import Part, RefusedPart, Stream, Unreadable

MEMBERS = 100_000
"""Files of one zip that are read."""
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def read_gzip(stream: Stream) -> Iterator[Part]:
    """What one gzip file holds, under its name without .gz."""
    try:
        file = cast(BinaryIO, gzip.GzipFile(fileobj=stream.file))
        yield from read_parts(stream.inside(name_inside(stream.name), file))
    except _BROKEN as error:
        reason = f"Den packade filen är trasig ({type(error).__name__}); hämta eller packa den igen."
        raise Unreadable(reason) from error


def name_inside(name: str) -> str:
    """The name of what a gzip file holds."""
    return re.sub(r"\.gz$", "", name, flags=re.IGNORECASE)


def opened_zip(stream: Stream) -> zipfile.ZipFile:
    """A zip file, in memory where it is packed in another. Raises Unreadable."""
    try:
        return zipfile.ZipFile(io.BytesIO(stream.whole()) if stream.depth else stream.packed)
    except _BROKEN as error:
        raise Unreadable(f"Filen är en trasig zipfil ({type(error).__name__}); hämta eller packa den igen.") from error


def read_zip(stream: Stream) -> Iterator[Part]:
    """Every file of an archive, in its order; a Word document is one document. Nothing is unpacked to disk."""
    archive = opened_zip(stream)
    names = [member for member in archive.infolist() if not member.is_dir()]
    if "word/document.xml" in archive.namelist():
        from indexer.ingestion.office import read_docx

        content = cast(BinaryIO, archive.fp)
        content.seek(0)
        yield from read_docx(content.read(stream.document_bytes))
        return
    if "[Content_Types].xml" in archive.namelist():
        raise Unreadable("Filen är en Officefil av ett slag som inte kan läsas; spara den som text, DOCX eller PDF.")
    for member in names[:MEMBERS]:
        yield from _member(stream, archive, member)
    if len(names) > MEMBERS:
        yield RefusedPart(f"Zipfilen har mer än {MEMBERS} filer; resten läses inte, dela upp den.")


def _member(stream: Stream, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Part]:
    path = PurePosixPath(member.filename)
    if any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return  # what the system that packed it keeps for itself
    try:
        with archive.open(member) as file:
            yield from read_member(stream.inside(path.name, cast(BinaryIO, file)), f"!{member.filename}")
    except _BROKEN as error:
        reason = f"Filen i arkivet är trasig ({type(error).__name__}); packa den igen."
        yield RefusedPart(reason, member=f"!{member.filename}")

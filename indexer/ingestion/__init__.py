"""A source -> Documents: one reader a format, chosen by content; whatever cannot be read is refused by name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from indexer.documents import Document, Refusal
from indexer.ingestion.drafts import Draft, Source, Unreadable
from indexer.ingestion.jsonl import is_jsonl, read_jsonl

__all__ = ["Source", "is_sidecar", "read"]

_BEGINNING = 4096


def read(source: Source, document_bytes: int) -> Iterator[Document | Refusal]:
    """The documents of a source, one after the other, and a refusal for each part that gives none.

    Bad input never raises. ImportError goes through: a missing package is no fault of the input.
    """
    try:
        yield from _read(source, document_bytes)
    except Unreadable as error:
        yield Refusal(source.origin, str(error))
    except OSError as error:
        yield Refusal(
            source.origin, f"Filen går inte att läsa ({error.strerror or error}); kontrollera rättigheter och innehåll."
        )
    except (RecursionError, EOFError, ValueError) as error:
        yield Refusal(source.origin, f"Filen är trasig ({type(error).__name__}: {str(error)[:80]}); spara om den.")


def _read(source: Source, document_bytes: int) -> Iterator[Document | Refusal]:
    from indexer.ingestion.finishing import finish

    given = _sidecar(source.path) | dict(source.given)
    with source.path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if not is_jsonl(source.path, beginning):
        yield finish(_draft(source.path, beginning, document_bytes), given, source.origin)
        return
    number = 0
    for number, found in read_jsonl(source.path, document_bytes):
        origin = f"{source.origin}#{number}"
        try:
            if isinstance(found, Unreadable):
                raise found
            yield finish(_lined(found), {**found, **given}, origin)
        except Unreadable as error:
            yield Refusal(origin, str(error))
    if not number:
        raise Unreadable("Filen är tom; ta bort den eller fyll den med text.")


def _lined(found: Mapping[str, object]) -> Draft:
    text = str(found["text"])
    title = found.get("title")
    if isinstance(title, str) and title.strip():
        return Draft(title, text)
    from indexer.ingestion.text import first_sentence

    return Draft(first_sentence(text), text)


def _draft(path: Path, beginning: bytes, document_bytes: int) -> Draft:
    size = path.stat().st_size
    if size > document_bytes:
        raise Unreadable(
            f"Filen är {size / 1e6:.0f} MB, mer än {document_bytes / 1e6:.0f} MB; dela upp den i flera dokument."
        )
    # Imported by need: reading text does not need the packages that read pages.
    decoding = import_module("indexer.ingestion.decoding")
    page = import_module("indexer.ingestion.html") if _looks_like_markup(beginning) else None
    text: str = decoding.decode(path.read_bytes(), is_markup=page is not None)
    draft: Draft = page.read_html(text) if page else import_module("indexer.ingestion.text").read_text(text)
    return draft


def _looks_like_markup(beginning: bytes) -> bool:
    start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<?xml")) or (
        start.startswith(b"<") and any(tag in start for tag in (b"<p", b"<h1", b"<div", b"<article", b"<title"))
    )


def _sidecar(path: Path) -> dict[str, object]:
    """What the file's sidecar says: NAME.ext.toml, else NAME.toml. Raises Unreadable for a broken one."""
    for sidecar in (path.with_name(path.name + ".toml"), path.with_suffix(".toml")):
        if sidecar != path and sidecar.is_file():
            try:
                return dict(tomllib.loads(sidecar.read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                raise Unreadable(f"Följefilen {sidecar.name} går inte att läsa ({error}); rätta den.") from error
    return {}


def is_sidecar(path: Path) -> bool:
    """Whether a file only says something of another that lies beside it."""
    if path.suffix != ".toml":
        return False
    if path.with_suffix("").is_file():
        return True
    return any(other.stem == path.stem and other != path for other in path.parent.glob(f"{_escaped(path.stem)}.*"))


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)

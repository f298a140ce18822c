"""What was taken out of a content is not taken out again, and nothing rests on what is kept of it."""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import grimp
import pytest

from indexer.documents import Document
from indexer.indexing import build, index_fingerprint, reading
from indexer.indexing.curating import correct, forget, remove
from indexer.ingestion import Source, html
from indexer.ingestion.parts import ParsedDocument, Part
from indexer.metadata.dates import Dated
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.test_formats import warc

TEXTS = ("Vätgas i Hemlighamn ger nya jobb.", "Regionen bygger en ny järnväg.", "Kulturhuset öppnar i Falun i höst.")


def page_of(text: str) -> bytes:
    """As a publisher has it."""
    return f"<!doctype html><html><body><main><h1>{text.split()[0]}</h1><p>{text}</p></main></body></html>".encode()


@pytest.fixture
def times(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The contents that were parsed, of an archive and a page in corpus/."""
    contents: list[bytes] = []
    real = html.read_html

    def read_html(content: bytes) -> ParsedDocument:
        contents.append(content)
        return real(content)

    read_html.__module__, read_html.__qualname__ = real.__module__, real.__qualname__
    monkeypatch.setattr(html, "read_html", read_html)
    answered = [(f"https://region.example/{number}", "text/html", page_of(text)) for number, text in enumerate(TEXTS)]
    (settings.corpus / "a.warc.gz").write_bytes(warc(*answered))
    (settings.corpus / "b.html").write_bytes(page_of("Skolan får en ny idrottshall."))
    yield contents


def kept(settings: Settings) -> Path:
    return settings.index / "extracts.sqlite"


def answers(settings: Settings) -> list[Document | None]:
    searcher = Searcher(settings)
    return [searcher.document(hit.id) for hit in searcher.search(Search("")).hits]


def id_of(settings: Settings, question: str) -> str:
    return Searcher(settings).search(Search(question)).hits[0].id


def test_a_content_is_parsed_once(settings: Settings, times: list[bytes]) -> None:
    build(settings)
    assert len(times) == len(set(times)) == 4
    before = answers(settings)
    build(settings, rebuild=True)
    os.utime(settings.corpus / "a.warc.gz")
    build(settings)
    correct(settings, id_of(settings, "järnväg"), ("2019-03-12", []))
    correct(settings, id_of(settings, "järnväg"), None)
    assert len(times) == 4
    assert answers(settings) == before
    (settings.corpus / "c.html").write_bytes(page_of("Ett helt nytt badhus."))
    build(settings)
    assert len(times) == 5


def test_what_is_kept_may_be_deleted(settings: Settings, times: list[bytes]) -> None:
    build(settings)
    before = answers(settings)
    kept(settings).unlink()
    build(settings, rebuild=True)
    assert (len(times), answers(settings)) == (8, before)


def test_other_code_reads_again(settings: Settings, times: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    build(settings)
    monkeypatch.setattr(reading, "reading_fingerprint", lambda: b"another")
    build(settings, rebuild=True)
    assert len(times) == 8
    with closing(sqlite3.connect(kept(settings))) as connection:
        assert connection.execute("SELECT count(*) FROM extracts").fetchone() == (4,), "what no file needs is dropped"


def test_what_cannot_be_kept_costs_nothing_else(settings: Settings, times: list[bytes]) -> None:
    kept(settings).parent.mkdir(exist_ok=True)
    kept(settings).write_bytes(b"no database" * 1000)
    build(settings)
    assert len(times) == len(answers(settings)) == 4
    kept(settings).unlink(missing_ok=True)
    build(settings, rebuild=True)
    before = kept(settings).read_bytes()
    expected = answers(settings)
    chance = random.Random(20)
    for _ in range(16):
        at = chance.randrange(len(before))
        kept(settings).write_bytes(before[:at] + bytes([before[at] ^ 1 << chance.randrange(8)]) + before[at + 1 :])
        build(settings, rebuild=True)
        assert answers(settings) == expected, at


def test_a_full_disk_costs_only_what_is_kept(
    settings: Settings, times: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "COMMIT", 1)
    monkeypatch.setattr(reading, "_OPEN", f"PRAGMA page_size = 512; {reading._OPEN} PRAGMA max_page_count = 4;")
    build(settings)
    assert len(answers(settings)) == 4
    assert not kept(settings).exists()


def test_it_is_bounded(settings: Settings, times: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 1)
    build(settings)
    build(settings, rebuild=True)
    assert len(times) == 8


def test_what_is_forgotten_is_not_kept(settings: Settings, times: list[bytes], tmp_path: Path) -> None:
    def texts() -> str:
        with closing(sqlite3.connect(kept(settings))) as connection:
            rows = connection.execute("SELECT extract FROM extracts").fetchall()
        return " ".join(reading.unpacked(extract[reading.KEY :]).text for (extract,) in rows)

    build(settings)
    assert "Hemlighamn" in texts()
    forgotten = id_of(settings, "Hemlighamn")
    remove(settings, [id_of(settings, "järnväg")])
    assert forget(settings, [forgotten]) == ([], [])
    assert "Hemlighamn" not in texts()
    assert "järnväg" in texts(), "what may come back is"
    (settings.corpus / "copy.html").write_bytes(page_of(TEXTS[0]))
    build(settings)
    assert "Hemlighamn" not in texts(), "nor of a copy that comes later"


def test_the_only_page_of_all_leaves_when_it_is_forgotten(settings: Settings) -> None:
    (settings.corpus / "a.html").write_bytes(page_of(TEXTS[0]))
    build(settings)
    forget(settings, [id_of(settings, "Hemlighamn")])
    with closing(sqlite3.connect(kept(settings))) as connection:
        assert connection.execute("SELECT count(*) FROM extracts").fetchone() == (0,)


def test_processes_keep_what_they_take_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MANY", 1)
    for number, text in enumerate(TEXTS):
        (settings.corpus / f"{number}.html").write_bytes(page_of(text))
    build(settings)
    before = answers(settings)
    monkeypatch.setattr(reading, "_extract", lambda part: pytest.fail("parsed again"))
    build(settings, rebuild=True)
    assert answers(settings) == before


@pytest.mark.parametrize(("room", "opened"), [(reading.HELD, 1), (0, 2), (1_500, 2)])
def test_a_file_is_read_once_where_what_it_gives_can_be_held(
    settings: Settings, times: list[bytes], monkeypatch: pytest.MonkeyPatch, room: int, opened: int
) -> None:
    read: Counter[str] = Counter()
    real = reading.parts_of

    def parts_of(source: Source, *arguments: Any) -> Iterator[Part]:
        read.update([source.path.name])  # when it is opened, and not before
        yield from real(source, *arguments)

    monkeypatch.setattr(reading, "parts_of", parts_of)
    monkeypatch.setattr(reading, "HELD", room)
    build(settings)
    assert read == {"a.warc.gz": opened, "b.html": opened}
    assert len(times) == 4
    documents = answers(settings)
    monkeypatch.setattr(reading, "HELD", 0)
    build(settings, rebuild=True)
    assert answers(settings) == documents


def test_what_is_packed_is_unpacked() -> None:
    document = ParsedDocument(
        "Rubrik", "Å\x00ä\U0001f600", published=Dated("2019-03-12", "day", "raden"), lines=("a", ""), excerpt=7
    )
    part = reading.ParsedPart(document)
    assert reading.unpacked(reading.packed(part) or b"") == document
    assert reading.packed(reading.ParsedPart(ParsedDocument("", "\ud800"))) is None


def test_the_code_that_reads_is_all_of_it() -> None:
    """Whatever the parsers import is in the digest, but what cannot change a text."""
    graph = grimp.build_graph("indexer")
    parsers = [module for module in graph.modules if module.startswith("indexer.ingestion.")]
    parsers.remove("indexer.ingestion.enriching")
    imported = {*parsers}.union(*map(graph.find_upstream_modules, parsers))
    roots = {module.split(".")[1] for module in imported if "." in module}
    assert roots - {*index_fingerprint.READING, *index_fingerprint.SHAPELESS_MODULES} == set()

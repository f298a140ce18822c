"""Forgetting: no file of corpus/ or index/ holds the text afterwards, and nothing brings it back."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from indexer.corpus import read_ledger
from indexer.corpus.ledger import fingerprints
from indexer.documents import Document
from indexer.indexing import build
from indexer.indexing.checking import check, status
from indexer.indexing.curating import add, forget
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.test_formats import warc

SECRET = "Karin Exempelsson flyttade till Hemlighamn i våras och driver ett kafé."
PAGE = f"<!doctype html><html><body><main><h1>Kafé</h1><p>{SECRET}</p></main></body></html>".encode()
OTHER = b"<!doctype html><html><body><main><h1>Skola</h1><p>Skolan i byn tar emot fler elever i host.</p></main></body></html>"
ADDRESS = "https://region.example/kafe"
LINES = [
    {"id": "k", "text": SECRET},
    {"id": "s", "text": "Skolan i byn tar emot fler elever."},
    {"id": "t", "text": "Bussen går."},
]
LINE_FILE = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES).encode()

FILES = {
    "a.txt": f"Kafé\n\n{SECRET}".encode(),
    "a.jsonl": LINE_FILE,
    "a.jsonl.gz": gzip.compress(LINE_FILE),
    "a.warc": warc((ADDRESS, "text/html", PAGE), ("https://region.example/skola", "text/html", OTHER), packed=False),
    "a.warc.gz": warc(("https://region.example/skola", "text/html", OTHER), (ADDRESS, "text/html", PAGE)),
}


def found(settings: Settings, query: str) -> list[str]:
    return [hit.id for hit in Searcher(settings).search(Search(query)).hits if not hit.missing]


def everything_below(*folders: Path) -> bytes:
    """What the files hold, unpacked where they are packed."""
    content = b""
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        content += gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    return content


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_left_of_a_forgotten_text(settings: Settings, name: str) -> None:
    (settings.corpus / name).write_bytes(FILES[name])
    build(settings)
    (id,) = found(settings, "Hemlighamn")
    others = Searcher(settings).search(Search("")).total - 1
    assert b"Hemlighamn" in everything_below(settings.corpus)
    assert forget(settings, [id]) == ([], [])
    assert b"emlighamn" not in everything_below(settings.corpus, settings.index)
    assert found(settings, "Hemlighamn") == []
    assert Searcher(settings).search(Search("")).total == others, "the others stay"
    assert check(settings).sound
    assert status(settings).forgotten >= 2


def test_no_copy_address_or_crawl_brings_it_back(settings: Settings, tmp_path: Path) -> None:
    (settings.corpus / "a.warc.gz").write_bytes(FILES["a.warc.gz"])
    build(settings)
    forget(settings, found(settings, "Hemlighamn"))
    again = tmp_path / "igen"
    again.mkdir()
    (again / "samma-adress.jsonl").write_text(
        json.dumps({"text": "Helt andra ord om kaféet.", "url": f"{ADDRESS}/?utm_source=x"})
    )
    (again / "samma-text.txt").write_text(f"En annan rubrik\n\n{SECRET.upper()}")
    (again / "crawl.warc.gz").write_bytes(FILES["a.warc.gz"])
    added = add(settings, [str(again)], {})
    assert all("glömts" in refusal.reason for refusal in added.refused)
    assert {refusal.origin for refusal in added.refused} == {
        "igen/samma-adress.jsonl#1",
        "igen/samma-text.txt",
        "igen/crawl.warc.gz#2",
    }
    assert b"emlighamn" not in everything_below(settings.corpus, settings.index)
    assert b"HEMLIGHAMN" not in everything_below(settings.corpus, settings.index)
    assert check(settings).sound
    assert found(settings, "kafé") == []
    assert len(found(settings, "skolan")) == 1


def test_a_copy_that_a_kill_left_in_the_corpus_is_cut_out_by_the_next_run(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.corpus / "a.jsonl").write_bytes(FILES["a.jsonl"])
    build(settings)
    forget(settings, ["k"])
    (tmp_path / "b.jsonl").write_bytes(FILES["a.jsonl"])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("indexer.corpus.containers.take_out", killed)
        add(settings, [str(tmp_path / "b.jsonl")], {})
    assert b"emlighamn" in everything_below(settings.corpus)
    (refusal,) = build(settings).refusals
    assert refusal.origin == "b.jsonl#1"
    assert b"emlighamn" not in everything_below(settings.corpus, settings.index)
    assert build(settings).refusals == ()
    assert check(settings).sound


def test_a_copy_elsewhere_in_the_corpus_goes_too(settings: Settings) -> None:
    (settings.corpus / "a.txt").write_bytes(FILES["a.txt"])
    (settings.corpus / "b.jsonl").write_bytes(FILES["a.jsonl"])
    build(settings)
    forget(settings, ["k"])
    assert b"emlighamn" not in everything_below(settings.corpus, settings.index)


def test_a_kill_between_the_fingerprints_and_the_files_is_mended_by_the_next_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.corpus / "a.jsonl").write_bytes(FILES["a.jsonl"])
    build(settings)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("indexer.corpus.containers.take_out", killed)
        forget(settings, ["k"])
    build(settings)
    assert found(settings, "Hemlighamn") == [], "not indexed again"
    assert b"emlighamn" not in everything_below(settings.corpus, settings.index)


def test_the_ledger_does_not_tell_what_was_forgotten(settings: Settings) -> None:
    (settings.corpus / "a.jsonl").write_bytes(FILES["a.jsonl"])
    build(settings)
    forget(settings, ["k"])
    ledger = read_ledger(settings.corpus)
    assert fingerprints(Document("k", "", SECRET), ledger.salt) <= set(ledger.forgotten)
    assert len(ledger.salt) == 64
    assert fingerprints(Document("k", "", SECRET), "00" * 32).isdisjoint(ledger.forgotten), "another salt, other prints"

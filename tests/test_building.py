"""The write side: only what changed, the same answer in any order, and nothing acknowledged is ever lost."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import tantivy
from msgspec.structs import asdict, replace

from indexer.catalogue import IN_MEMORY, Catalogue
from indexer.cli import main
from indexer.documents import Document, identity
from indexer.documents import to_json as document_json
from indexer.engines.tantivy import TantivyWriter
from indexer.generations import FORMAT, read_current
from indexer.indexing import Change, Progress, Verdict, analysing, build, reading
from indexer.indexing.checking import Check, check
from indexer.indexing.curating import add, remove
from indexer.queries import Search
from indexer.results import to_json
from indexer.searching import IndexMissing, Searcher
from indexer.settings import Settings
from tests.conftest import news_lines, write_jsonl
from tests.test_formats import warc
from webapp import create_app

WRITTEN = (Path(__file__).parent / "data" / "written_questions.txt").read_text(encoding="utf-8").splitlines()


def changes(settings: Settings) -> list[Change]:
    """Of a run."""
    found: list[Change] = []
    build(settings, progress=Progress(changed=found.append))
    return found


def verdicts(settings: Settings) -> dict[str, str]:
    return {change.id: change.verdict.value for change in changes(settings)}


def document(number: int, text: str = "Regionen satsar på vätgas.", **more: object) -> dict[str, object]:
    return {"id": f"d{number}", "title": f"Nyhet {number}", "text": text, **more}


def test_only_what_changed_is_written(settings: Settings) -> None:
    path = settings.corpus / "news.jsonl"
    write_jsonl(path, [document(1), document(2)])
    assert verdicts(settings) == {"d1": "added", "d2": "added"}
    before = sorted((file, file.stat().st_mtime_ns) for file in settings.index.rglob("*") if file.is_file())
    assert verdicts(settings) == {}
    assert before == sorted((file, file.stat().st_mtime_ns) for file in settings.index.rglob("*") if file.is_file())
    os.utime(path)
    assert verdicts(settings) == {"d1": "unchanged", "d2": "unchanged"}
    write_jsonl(path, [document(1), document(2, "Regionen satsar på sol."), document(3)])
    assert verdicts(settings) == {"d1": "unchanged", "d2": "updated", "d3": "added"}
    write_jsonl(path, [document(3)])
    assert build(settings).documents == 1
    path.unlink()
    assert build(settings).documents == 0
    assert check(settings).sound


def test_commits_that_follow_at_once_are_told_apart_where_they_count_the_same(settings: Settings) -> None:
    committed = set()
    for text in ("sol", "vind", "vatten", "vätgas"):
        write_jsonl(settings.corpus / "news.jsonl", [document(1, text)])
        assert build(settings).documents == 1
        current = read_current(settings.index)
        committed.add(current and current.manifest.committed)
    assert len(committed) == 4


def test_two_files_with_one_id_are_one_document_and_the_later_date_wins(settings: Settings) -> None:
    older, newer = settings.corpus / "a.jsonl", settings.corpus / "b.jsonl"
    write_jsonl(older, [document(1, "gammal lydelse", date="2020-01-01")])
    write_jsonl(newer, [document(1, "ny lydelse", date="2021-01-01")])
    assert build(settings).documents == 1
    searcher = Searcher(settings)
    assert [hit.origin for hit in searcher.search(Search("lydelse")).hits] == ["b.jsonl#1"]
    newer.unlink()
    build(settings)
    assert [hit.origin for hit in searcher.search(Search("gammal")).hits] == ["a.jsonl#1"]
    assert check(settings).sound


def test_a_version_that_no_longer_wins_gives_way_to_the_one_that_does(settings: Settings) -> None:
    """The indexed version gets an earlier date: the other file's takes its place, and the document is not there twice."""
    staying, falling = settings.corpus / "a.jsonl", settings.corpus / "b.jsonl"
    write_jsonl(staying, [document(1, "gammal lydelse", date="2020-01-01")])
    write_jsonl(falling, [document(1, "ny lydelse", date="2021-01-01"), document(2)])
    build(settings)
    write_jsonl(falling, [document(1, "ny lydelse", date="2019-01-01"), document(2)])
    build(settings)
    assert [hit.origin for hit in Searcher(settings).search(Search("lydelse")).hits] == ["a.jsonl#1"]
    assert check(settings).sound


def test_removed_stays_removed(settings: Settings) -> None:
    path = settings.corpus / "a.jsonl"
    write_jsonl(path, [document(1), document(2)])
    build(settings)
    assert remove(settings, ["d1", "saknas"]) == ["saknas"]
    os.utime(path)
    build(settings)
    build(settings, rebuild=True)
    again = add(settings, [str(path)], {})
    assert "d1" not in again.unchanged + again.added + again.updated
    assert Searcher(settings).document("d1") is None
    assert Searcher(settings).document("d2") is not None
    assert check(settings).sound


def test_added_files_keep_what_was_told_and_never_overwrite(settings: Settings, tmp_path: Path) -> None:
    for number, text in enumerate(("Ett projekt om sol.", "Ett projekt om vind.")):
        source = tmp_path / str(number) / "sida.txt"
        source.parent.mkdir()
        source.write_text(f"Rubrik {number}\n\n{text}", encoding="utf-8")
        told = {"url": f"https://example.se/{number}", "date": "2020-05-01", "publisher": "Region Skåne"}
        added = add(settings, [str(source)], told)
        assert len(added.added) == 1
        assert added.refused == ()
        assert add(settings, [str(source)], told).unchanged == added.added
    assert len([path for path in settings.corpus.iterdir() if path.suffix == ".txt"]) == 2
    hits = Searcher(settings).search(Search("projekt")).hits
    assert {(hit.url, hit.published, hit.source) for hit in hits} == {
        ("https://example.se/0", "2020-05-01", "Region Skåne"),
        ("https://example.se/1", "2020-05-01", "Region Skåne"),
    }
    assert check(settings).sound


def test_a_new_version_of_an_address_replaces_the_old(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "sida.txt"
    for text in ("Första lydelsen.", "Andra lydelsen.", "Tredje lydelsen."):
        source.write_text(f"Rubrik\n\n{text}", encoding="utf-8")
        result = add(settings, [str(source)], {"url": "https://example.se/sida"})
    assert len(result.updated) == 1
    (hit,) = Searcher(settings).search(Search("lydelsen")).hits
    assert "Tredje" in hit.snippets[0].text


def test_a_file_that_can_no_longer_be_read_keeps_what_was_stored(settings: Settings) -> None:
    path = settings.corpus / "a.txt"
    path.write_text("Rubrik\n\nEn text om vätgas.", encoding="utf-8")
    build(settings)
    path.write_bytes(b"\x00\x01\x02" * 100)
    built = build(settings)
    assert [refusal.origin for refusal in built.refusals] == ["a.txt"]
    assert built.documents == 1
    assert [refusal.origin for refusal in build(settings).refusals] == ["a.txt"], "a refused file is named every time"


def test_check_finds_what_is_wrong(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [document(number) for number in range(5)])
    build(settings)
    assert check(settings).sound
    write_jsonl(settings.corpus / "b.jsonl", [document(7)])
    assert check(settings).missing == ("d7",)
    write_jsonl(settings.corpus / "a.jsonl", [document(0, "annan text"), *map(document, range(1, 4))])
    found = check(settings)
    assert (found.surplus, found.different) == (("d4",), ("d0",))
    build(settings)
    assert check(settings).sound
    largest = max(settings.index.rglob("engine/*"), key=lambda path: path.stat().st_size)
    whole = largest.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 24)):
        largest.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert check(settings).damaged == (f"engine/{largest.name}",), f"byte {place}"


def answers(settings: Settings, questions: list[str]) -> list[str]:
    searcher = Searcher(settings)
    return [json.dumps(to_json(searcher.search(Search(question))), ensure_ascii=False) for question in questions]


@pytest.mark.real
@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_any_order_of_adding_gives_the_same_answers_byte_for_byte(
    shared: Path, tmp_path: Path, engine: str, count: int
) -> None:
    """In one go, shuffled, in ten parts, and after every file was touched."""
    lines = list(news_lines(shared, count))[:count]
    names = [f"del{number // 10:03d}/nyhet{number:04d}.jsonl" for number in range(len(lines))]

    def corpus(name: str) -> Settings:
        (tmp_path / name).mkdir()
        return Settings(
            corpus=tmp_path / name, index=tmp_path / f"{name}-index", engine=engine, commit_every=count // 7
        )

    def write(settings: Settings, number: int) -> None:
        path = settings.corpus / names[number]
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines[number], encoding="utf-8")

    at_once, in_parts, shuffled = corpus("at-once"), corpus("in-parts"), corpus("shuffled")
    for number in range(len(lines)):
        write(at_once, number)
    build(at_once)
    order = list(range(len(lines)))
    random.Random(7).shuffle(order)
    for settings, sequence in ((in_parts, range(len(lines))), (shuffled, order)):
        for part in range(10):
            for number in sequence[part * count // 10 : (part + 1) * count // 10]:
                write(settings, number)
            build(settings)
    expected = answers(at_once, WRITTEN[:50])
    assert answers(in_parts, WRITTEN[:50]) == expected
    assert answers(shuffled, WRITTEN[:50]) == expected
    for path in at_once.corpus.rglob("*.jsonl"):
        os.utime(path)
    assert {change.verdict for change in changes(at_once)} == {Verdict.UNCHANGED}
    assert answers(at_once, WRITTEN[:50]) == expected


def command(settings: Settings, *words: str) -> list[str]:
    options = ["--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", settings.engine]
    return [sys.executable, "-m", "indexer", words[0], *options, *words[1:]]


def killed(process: subprocess.Popen[str], after: float) -> list[str]:
    """What a process printed before it was killed, or ended by itself."""
    timer = threading.Timer(after, process.send_signal, [signal.SIGKILL])
    timer.start()
    printed, _ = process.communicate()
    timer.cancel()
    return [line for line in printed.splitlines() if line]


@pytest.mark.real
@pytest.mark.soak
def test_kill_nine_loses_nothing_acknowledged(shared: Path, tmp_path: Path, engine: str) -> None:
    """Twenty kills at random moments of index, add and rebuild; after each, what was acknowledged answers, once."""
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine=engine, commit_every=50)
    environment = os.environ | {"REGIONSOK_COMMIT_EVERY": "50"}
    settings.corpus.mkdir()
    lines = list(news_lines(shared, 700))[:700]
    ids = [json.loads(line)["id"] for line in lines]
    (settings.corpus / "a.jsonl").write_text("".join(lines[:500]), encoding="utf-8")
    chance = random.Random(9)
    acknowledged: set[str] = set()
    patience = 1.0  # grows on a machine that is too busy to commit anything
    for attempt in range(20):
        kind = ("index", "add", "rebuild")[attempt % 3] if attempt > 3 else "index"
        words = ["index", "--json"]
        if kind == "add":
            source = tmp_path / f"b{attempt}.jsonl"
            source.write_text("".join(lines[500 + 10 * attempt : 510 + 10 * attempt]), encoding="utf-8")
            words = ["add", str(source), "--json"]
        elif kind == "rebuild":
            words = ["index", "--rebuild", "--json"]
        else:
            path = settings.corpus / "a.jsonl"
            path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        process = subprocess.Popen(
            command(settings, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        for line in killed(process, patience * chance.uniform(0.4, 2.5)):
            told = json.loads(line)
            if kind == "add":
                acknowledged |= {*told["added"], *told["updated"], *told["unchanged"]}
            else:
                acknowledged |= set(ids[: min(told["committed"], 500)])
        patience *= 1 if acknowledged else 1.5
        if acknowledged:
            searcher = Searcher(settings)
            lost = [id for id in acknowledged if searcher.document(id) is None]
            assert not lost, (attempt, kind, lost[:3])
            total = searcher.search(Search()).total
            shown = {
                hit.id
                for page in range(1, total // 100 + 2)
                for hit in searcher.search(Search(page=page, size=100)).hits
            }
            assert len(shown) == total, "none is doubled"
    assert acknowledged
    build(settings)
    found = check(settings)
    assert found.sound, asdict(found)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.real
@pytest.mark.parametrize("adds", [20, pytest.param(200, marks=pytest.mark.long)])
def test_the_index_does_not_grow(shared: Path, tmp_path: Path, engine: str, adds: int) -> None:
    """40 adds and 2 rebuilds, or five times as many, leave at most twice a fresh index."""
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine=engine)
    source = tmp_path / "nyhet.jsonl"
    for number, line in enumerate(list(news_lines(shared, 200))[:adds]):
        source.write_text(line, encoding="utf-8")
        assert len(add(settings, [str(source)], {}).added) == 1, number
    after_adds = size(settings.index)
    for _ in range(adds // 10):
        build(settings, rebuild=True)
    fresh = replace(settings, index=tmp_path / "fresh")
    build(fresh)
    assert after_adds <= 2 * size(fresh.index)
    assert size(settings.index) <= 2 * size(fresh.index)
    assert check(settings).sound


@pytest.mark.real
def test_during_a_rebuild_totals_are_only_old_or_new(
    real_corpus: Callable[[int], Path], shared: Path, tmp_path: Path, engine: str
) -> None:
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine=engine, commit_every=100)
    shutil.copytree(real_corpus(300), settings.corpus)
    build(settings)
    lines = (settings.corpus / "news.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (settings.corpus / "news.jsonl").write_text("".join(lines[:200]), encoding="utf-8")
    totals: set[int] = set()
    done = threading.Event()
    searcher = Searcher(settings)

    def ask() -> None:
        while not done.is_set():
            totals.add(searcher.search(Search()).total)
            time.sleep(0.005)

    asking = threading.Thread(target=ask)
    asking.start()
    build(settings, rebuild=True)
    totals.add(searcher.search(Search()).total)
    done.set()
    asking.join()
    assert totals == {300, 200}


def test_questions_are_answered_while_segments_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine="tantivy", commit_every=1)
    settings.corpus.mkdir()
    write_jsonl(settings.corpus / "a.jsonl", [document(0)])
    build(settings)
    write_jsonl(settings.corpus / "b.jsonl", [document(number) for number in range(1, 20)])
    before, totals, segments = Searcher(settings), list[int](), list[int]()
    assert before.search(Search("vätgas")).total == 1
    commit = TantivyWriter.commit

    def commit_and_ask(writer: TantivyWriter) -> None:
        """The writer has its lock and merges in threads of its own, which end with the run."""
        commit(writer)
        with pytest.raises(ValueError, match="LockBusy"):
            tantivy.Index.open(str(writer._folder)).writer(num_threads=1)
        segments.append(len(json.loads((writer._folder / "meta.json").read_text(encoding="utf-8"))["segments"]))
        with ThreadPoolExecutor(1) as asking:
            totals.append(asking.submit(before.search, Search("vätgas")).result(20).total)

    monkeypatch.setattr(TantivyWriter, "commit", commit_and_ask)
    build(settings)
    assert totals == list(range(2, 21))
    assert min(segments[8:]) < max(segments), "none were merged"


def test_a_second_writer_waits_and_says_so(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [document(1)])
    waited = threading.Event()
    inside = threading.Event()

    def slow(_: int) -> None:
        inside.set()
        waited.wait(20)

    first = threading.Thread(target=build, args=(settings, False, Progress(committed=slow)))
    first.start()
    assert inside.wait(20)
    assert build(settings, progress=Progress(waiting=waited.set)).documents == 1
    assert waited.is_set()
    first.join()


OTHER_VERSION = "byggt av en annan version av Regionsök; kör regionsok index"


@pytest.mark.parametrize("format", [1, FORMAT + 1, "åtta"])
def test_an_index_of_another_version_says_what_to_do_and_is_built_anew(
    settings: Settings, format: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence of every command that reads it; nothing of it is changed by those that would only change a part."""
    write_jsonl(settings.corpus / "a.jsonl", [document(1)])
    build(settings)
    manifest = settings.index / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": format, "fingerprint": "old"}))
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", settings.engine]
    for words in ("search Region", "show d1", "status", "status --aliases", "remove d1", "correct d1 --date 2020"):
        monkeypatch.setattr(sys, "argv", ["regionsok", *words.split(), *places])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert (ended.value.code, said.out, said.err.count("\n")) == (1, "", 1) and OTHER_VERSION in said.err, words
    with pytest.raises(IndexMissing, match=OTHER_VERSION):
        Searcher(settings).ready()
    page = create_app(settings).test_client().get("/sok?q=Region")
    assert page.status_code == 503 and OTHER_VERSION in page.text
    assert check(settings) == Check(0, outdated=True)
    assert build(settings).documents == 1
    assert Searcher(settings).search(Search()).total == 1 and check(settings).sound


def test_progress_counts_the_bytes_of_all_files_to_the_end(settings: Settings) -> None:
    for name in ("a", "b"):
        write_jsonl(settings.corpus / f"{name}.jsonl", [document(number) for number in range(20)])
    told: list[tuple[int, int]] = []
    build(settings, progress=Progress(read=lambda done, all: told.append((done, all))))
    sizes = [(settings.corpus / f"{name}.jsonl").stat().st_size for name in ("a", "b")]
    assert told == sorted(told) and {all for _, all in told} == {sum(sizes)}
    assert told[-1][0] == sum(sizes)


def page(number: int, *lines: str) -> bytes:
    text = f"Regionen satsar i by nummer {number}. " + "Fler företag startas och fler reser kollektivt än förr. " * 4
    body = "".join(f"<p>{line}</p>" for line in (text, *lines))
    return f"<!doctype html><html><body><main><h1>Nyhet {number} i länet</h1>{body}</main></body></html>".encode()


NOTICE = "Notisen är skriven av redaktionen och kan komma att ändras."


def text_of(settings: Settings, number: int) -> str:
    found = Searcher(settings).document(identity(f"https://region.example/{number}", "", ""))
    assert found
    return found.text


def write_pages(path: Path, numbers: Iterable[int], *lines: str) -> None:
    path.write_bytes(
        warc(*((f"https://region.example/{number}", "text/html", page(number, *lines)) for number in numbers))
    )


def test_a_line_that_a_host_repeats_leaves_the_texts_when_it_is_known_and_returns_when_it_is_not(
    settings: Settings,
) -> None:
    write_pages(settings.corpus / "a.warc.gz", range(4), NOTICE, "Ring Anna Berg, 010-123 45 67")
    build(settings)
    assert NOTICE in text_of(settings, 0), "four articles may say the same"
    write_pages(settings.corpus / "b.warc.gz", range(4, 6), NOTICE, "Ring Anna Berg, 010-123 45 67")
    build(settings)
    assert not any(NOTICE in text_of(settings, number) for number in range(6))
    assert all("Anna Berg" in text_of(settings, number) for number in range(6)), "who to call stays"
    (refused,) = {NOTICE} & set(Searcher(settings).document(identity("https://region.example/0", "", "")).boilerplate)  # type: ignore[union-attr]
    assert check(settings).sound
    (settings.corpus / "b.warc.gz").unlink()
    build(settings)
    assert NOTICE in text_of(settings, 0)
    assert check(settings).sound


def test_a_first_build_cleans_every_page_once(settings: Settings) -> None:
    """What their host repeats is known before the first of them is written, and only then."""
    write_pages(settings.corpus / "a.warc.gz", range(8), NOTICE)
    write_pages(settings.corpus / "b.warc.gz", range(8, 12), "Notisen är kort.")
    assert len(changes(settings)) == 12
    assert not any(NOTICE in text_of(settings, number) for number in range(8))
    write_pages(settings.corpus / "c.warc.gz", [12], "Notisen är kort.")
    assert {change.path for change in changes(settings)} == {"b.warc.gz", "c.warc.gz"}
    assert not any("Notisen är kort." in text_of(settings, number) for number in range(8, 13))
    assert check(settings).sound


def test_what_was_expected_of_a_host_and_did_not_come_is_put_right(settings: Settings) -> None:
    """Five pages have a line, of which one is not taken in."""
    write_pages(settings.corpus / "a.warc.gz", range(5), NOTICE)
    build(settings)
    assert NOTICE not in text_of(settings, 0)
    remove(settings, [identity("https://region.example/4", "", "")])
    before = text_of(settings, 0)
    build(settings, rebuild=True)
    assert text_of(settings, 0) == before and NOTICE in before
    assert check(settings).sound


def test_one_article_at_many_addresses_teaches_nothing_of_its_host(settings: Settings) -> None:
    same = [(f"https://region.example/{number}", "text/html", page(7, NOTICE)) for number in range(9)]
    (settings.corpus / "a.warc.gz").write_bytes(warc(*same))
    build(settings)
    assert NOTICE in text_of(settings, 0)


def test_what_is_learned_of_a_host_is_the_same_in_any_order(settings: Settings, tmp_path: Path) -> None:
    def answers(batches: Sequence[Sequence[int]], folder: Path) -> list[str]:
        other = replace(settings, corpus=folder / "corpus", index=folder / "index")
        other.corpus.mkdir(parents=True)
        for batch in batches:
            write_pages(
                other.corpus / f"{min(batch)}.warc.gz",
                batch,
                NOTICE if batch[0] % 2 else "Läs också våra andra nyheter.",
            )
            build(other)
        assert check(other).sound
        return sorted(
            str(document_json(Searcher(other).document(hit.id)))
            for hit in Searcher(other).search(Search("", size=50)).hits
        )  # type: ignore[arg-type]

    batches = [[1, 2], [3, 4, 5], [6, 7], [8, 9, 10, 11], [13, 14], [15]]
    forwards = answers(batches, tmp_path / "a")
    assert len(forwards) == 14
    assert answers(batches[::-1], tmp_path / "b") == forwards


def test_the_page_is_kept_and_not_the_entry_of_a_feed_and_what_was_fetched_last(settings: Settings) -> None:
    feed = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Nytt</title><item><title>Nyhet 1 i l\xc3\xa4net</title>'
        b"<link>https://region.example/1</link><description>Regionen satsar.</description></item></channel></rss>"
    )
    old, new = page(1, "Gammal lydelse."), page(1, "Ny lydelse.")
    (settings.corpus / "b.warc.gz").write_bytes(warc(("https://region.example/1", "text/html", old), day="2026-03-04"))
    (settings.corpus / "a.warc.gz").write_bytes(warc(("https://region.example/1", "text/html", new), day="2026-03-05"))
    (settings.corpus / "c.warc.gz").write_bytes(
        warc(("https://region.example/nytt.rss", "application/rss+xml", feed), day="2026-03-06")
    )
    build(settings)
    assert "Ny lydelse." in text_of(settings, 1)
    assert Searcher(settings).search(Search("")).total == 1
    kept = Searcher(settings).document(identity("https://region.example/1", "", ""))
    assert kept and kept.first_seen.startswith("2026-03-04T")


def test_many_documents_are_analysed_in_processes_as_one_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, counted the same, whoever analysed them."""
    lines = [document(number, f"Industriutveckling och ord{number % 7} i del {number}.") for number in range(30)]
    write_jsonl(settings.corpus / "a.jsonl", lines)
    build(settings)
    alone = words_of(settings)
    monkeypatch.setattr(analysing, "MANY", 500)
    monkeypatch.setattr(analysing, "CHUNK", 250)
    shutil.rmtree(settings.index)
    build(settings)
    assert words_of(settings) == alone
    build(settings, rebuild=True)  # which looks words up in the index before it
    assert words_of(settings) == alone
    assert Searcher(settings).search(Search("industri")).total == 30
    assert check(settings).sound


def test_a_process_takes_the_words_that_the_same_program_has_taken_apart_before(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [document(1, "Industriutveckling i länet.")])
    build(settings)
    now = read_current(settings.index)
    assert now is not None
    with closing(sqlite3.connect(now.generation.catalogue)) as known:
        known.execute("UPDATE words SET term = 'så-stod-det' WHERE form = 'industriutveckling'")
        known.commit()
    one = Document("1", "Nytt ord", "Industriutveckling i bärplockarlandet.")
    (analysed,) = analysing._analysed_from(analysing._analysed_by_worker([one], now.generation.catalogue)).documents
    assert {"så-stod-det", "bärplockarland"} <= {*analysed[0].words["body"].split()}
    with closing(Catalogue(IN_MEMORY)) as new:
        analyser = analysing.Analyser(reading.Workers(), new.words)
        analyser.known = now.generation.catalogue
        analyser.put(one)
        assert analyser.analysed().documents == [analysed], "nor does a run without processes"
        assert [term for _, term, _, _ in analyser.words(["industriutveckling"])] == ["så-stod-det"]


def test_what_is_analysed_leaves_nothing_that_refers_to_itself() -> None:
    """Processes that analyse never look for circles: one sign without a byte kept 250 documents, 2 GB of a build of 232,000."""
    documents = [Document("1", "Şişli och Malmö", "Erdoğan reste dit\u200b, och hem till Örebro län.")]
    analysing._analysed_by_worker(documents, None)  # reads the tables
    gc.collect()
    gc.disable()
    try:
        analysing._analysed_by_worker(documents, None)
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("as_pages", [True, False])
def test_processes_are_loaded_while_much_is_read_that_was_read_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, as_pages: bool
) -> None:
    """And never for a document that is added to a large list: they would be waited for."""
    if as_pages:
        for number in range(40):
            (settings.corpus / f"{number:02}.html").write_bytes(page(number))
    else:
        write_jsonl(settings.corpus / "a.jsonl", [document(number, f"Text {number}.") for number in range(40)])
    build(settings)
    monkeypatch.setattr(reading, "MANY", 1_000)
    loaded, prepare = list[object](), reading.Workers.prepare
    monkeypatch.setattr(reading.Workers, "prepare", lambda workers: (loaded.append(1), prepare(workers))[1])
    if not as_pages:
        write_jsonl(settings.corpus / "a.jsonl", [document(number, f"Text {number}.") for number in range(41)])
    assert build(settings, rebuild=as_pages).documents == 40 + (not as_pages)
    assert bool(loaded) == as_pages


@pytest.mark.parametrize("ahead", [reading.AHEAD, 2_000])
def test_many_pages_are_read_in_processes_as_one_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """The same documents and refusals, also where lines turn out to be the host's while others read ahead."""
    write_pages(settings.corpus / "a.warc.gz", range(100, 130), "Följ oss i våra kanaler för fler nyheter.")
    for number in range(40):
        lines = ("Följ oss i våra kanaler för fler nyheter.",) if number % 3 else ()
        (settings.corpus / f"{number:02}.html").write_bytes(page(number, *lines))
    (settings.corpus / "20.html").write_bytes(b"<html><body></body></html>")
    (settings.corpus / "trasig.pdf").write_bytes(b"%PDF-1.7 nej")
    alone = build(settings)
    told = content_of(settings)
    monkeypatch.setattr(reading, "MANY", 1_000)
    monkeypatch.setattr(reading, "AHEAD", ahead)
    together = build(settings, rebuild=True)
    assert content_of(settings) == told
    assert [refusal.origin for refusal in together.refusals] == [refusal.origin for refusal in alone.refusals] != []
    assert check(settings).sound


@pytest.mark.parametrize("name", ["a.jsonl", "a.warc.gz"])
def test_a_large_file_is_read_on_from_where_it_was_interrupted(settings: Settings, name: str) -> None:
    if name == "a.jsonl":
        write_jsonl(settings.corpus / name, [document(number, f"Ord{number} i länet.") for number in range(40)])
    else:
        write_pages(settings.corpus / name, range(40), "Följ oss i våra kanaler för fler nyheter.")
    build(settings)
    whole = content_of(settings)
    small = replace(settings, commit_every=10, index=settings.index / "other")
    at: list[int] = []

    def stop(documents: int) -> None:
        at.append(documents)
        if len(at) in (2, 3):
            raise KeyboardInterrupt

    for so_far in (20, 30):  # and again after one more commit
        with pytest.raises(KeyboardInterrupt):
            build(small, progress=Progress(committed=stop))
        assert at[-1] == so_far
    read = changes(small)
    assert content_of(small) == whole
    assert build(small).documents == 40
    assert len(read) == 10, "what was committed is not read again"
    assert check(small).sound


def test_a_file_that_went_while_it_was_read_leaves_nothing(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [document(number) for number in range(10)])
    write_jsonl(settings.corpus / "b.jsonl", [document(99)])

    def stop(documents: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(replace(settings, commit_every=4), progress=Progress(committed=stop))
    (settings.corpus / "a.jsonl").unlink()
    assert build(settings).documents == 1
    assert check(settings).sound


def content_of(settings: Settings) -> list[dict[str, object]]:
    searcher = Searcher(settings)
    hits = searcher.search(Search(size=100)).hits
    return sorted((document_json(found) for hit in hits if (found := searcher.document(hit.id))), key=str)


def words_of(settings: Settings) -> list[tuple[object, ...]]:
    generation = read_current(settings.index).generation
    assert generation
    with closing(sqlite3.connect(generation.catalogue)) as catalogue:
        return catalogue.execute("SELECT * FROM words ORDER BY form").fetchall()


def test_lines_that_turned_are_found_by_their_index() -> None:
    """A partial index answers only what asks with its very condition: the number stands twice in the schema."""
    with closing(Catalogue(IN_MEMORY)) as catalogue:
        ((*_, plan),) = catalogue.lines._execute("EXPLAIN QUERY PLAN SELECT line FROM turned_lines")
    assert "USING INDEX turned" in plan.replace("COVERING ", "")


def test_who_left_a_cluster_needs_it_no_more(settings: Settings) -> None:
    settings = replace(settings, opensearch_hosts=("http://127.0.0.1:9",), engine="tantivy")
    (settings.corpus / "a.txt").write_text("En ny bro byggs i Luleå.", encoding="utf-8")
    folder = settings.index / "000001-opensearch" / "engine"
    folder.mkdir(parents=True)
    (folder / "cluster.json").write_text('{"index": "regionsok-x"}', encoding="utf-8")
    before = build(settings).documents
    (settings.corpus / "b.txt").write_text("En ny skola byggs i Kiruna.", encoding="utf-8")
    assert build(settings).documents == before + 1 and not folder.exists()

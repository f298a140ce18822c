"""When a document was first here: once, whatever becomes of index/, of its file and of copies; both engines narrow and order by it."""

from __future__ import annotations

import json
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from indexer.documents import Document
from indexer.engines import Window, open_engine, open_writer
from indexer.fields import number, record_of
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import correct, forget
from indexer.metadata.dates import instant
from indexer.planning import nodes
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.brute_force import Truth
from tests.conftest import write_jsonl
from tests.stops import instants
from tests.test_formats import warc

RELEASE = " ".join(
    f"Regionen satsar {number} miljoner kronor på vätgas i del {number} av länet." for number in range(14)
)


def write(settings: Settings, name: str, *documents: dict[str, object]) -> None:
    write_jsonl(settings.corpus / f"{name}.jsonl", list(documents))


def line(id: str, text: str = "", **more: object) -> dict[str, object]:
    return {"id": id, "title": f"Nyhet {id}", "text": text or f"Vätgas nummer {id} i länet.", **more}


def first_seen(settings: Settings, *ids: str) -> list[str]:
    found = [Searcher(settings).document(id) for id in ids]
    return [document.first_seen if document else "" for document in found]


@pytest.fixture
def corpus(settings: Settings) -> Settings:
    """Three documents of three runs."""
    for id in "abc":
        write(settings, id, line(id))
        build(settings)
    return settings


def test_first_seen_is_the_run_that_first_had_it_and_stays_over_rebuilds_and_a_deleted_index(corpus: Settings) -> None:
    seen = first_seen(corpus, "a", "b", "c")
    assert all(seen) and sorted(set(seen)) == seen, "each run has an instant, later than all before"
    write(corpus, "a", line("a", "En annan text om vätgas."))
    build(corpus)
    (corpus.corpus / "b.jsonl").rename(corpus.corpus / "moved.jsonl")
    build(corpus, rebuild=True)
    assert first_seen(corpus, "a", "b", "c") == seen
    shutil.rmtree(corpus.index)
    build(corpus)
    assert first_seen(corpus, "a", "b", "c") == seen
    other = replace(corpus, index=corpus.index.with_name("other"), engine="whoosh")
    build(other)
    assert first_seen(other, "a", "b", "c") == seen and check(other).sound


def test_a_document_that_left_and_came_back_is_not_new(corpus: Settings) -> None:
    seen = first_seen(corpus, "b")
    content = (corpus.corpus / "b.jsonl").read_bytes()
    (corpus.corpus / "b.jsonl").unlink()
    build(corpus)
    (corpus.corpus / "b.jsonl").write_bytes(content)
    build(corpus)
    assert first_seen(corpus, "b") == seen


def test_only_the_first_run_over_a_corpus_takes_what_is_known_from_before(settings: Settings) -> None:
    def archive(name: str, number: int, day: str) -> None:
        body = f"<main><h1>Nyhet {number}</h1><p>Nyhet nummer {number} om vätgas i länet.</p></main>".encode()
        page = (f"https://region.example/{number}", "text/html", body)
        (settings.corpus / f"{name}.warc.gz").write_bytes(warc(page, day=day))

    archive("a", 1, "2026-03-05")
    archive("b", 1, "2026-03-04")  # read later, fetched earlier, and beaten
    write(settings, "c", line("c"))
    build(settings)
    hits = {hit.origin.partition(".")[0]: hit.id for hit in Searcher(settings).search(Search()).hits}
    known, unknown = first_seen(settings, hits["a"], "c")
    assert known.startswith("2026-03-04T") and known < unknown
    archive("d", 2, "2026-03-06")
    build(settings)
    assert first_seen(settings, *(instants(settings).keys() - {hits["a"], "c"}))[0] > unknown


def test_a_later_copy_of_a_known_release_is_not_new_also_where_it_comes_to_stand_for_it(corpus: Settings) -> None:
    write(corpus, "late", line("late", RELEASE, date="2020-05-12"))
    build(corpus)
    seen = first_seen(corpus, "late")
    write(corpus, "copy", line("copy", RELEASE, date="2020-05-10"))
    build(corpus)
    copy = Searcher(corpus).document("copy")
    assert copy and [other.id for other in copy.duplicates] == ["late"], "the earlier publication stands for both"
    assert first_seen(corpus, "late", "copy") == seen * 2
    build(corpus, rebuild=True)
    assert first_seen(corpus, "late", "copy") == seen * 2
    (corpus.corpus / "late.jsonl").unlink()
    build(corpus)
    assert first_seen(corpus, "copy") == [instants(corpus)["copy"]] > seen


def test_a_corrected_document_is_new_from_then_and_an_old_ledger_that_knows_the_day_is_read(corpus: Settings) -> None:
    latest = first_seen(corpus, "c")[0]
    correct(corpus, "a", ("2019-03-12", ()))
    document = Searcher(corpus).document("a")
    assert document and document.first_seen < latest < document.corrected == document.new_at
    assert document.published and document.published.evidence == f"rättat {document.corrected[:10]}"
    ledger = corpus.corpus / ".regionsok" / "ledger.json"
    stored = json.loads(ledger.read_text())
    stored["corrected"]["a"]["day"] = "2026-11-24"
    ledger.write_text(json.dumps(stored))
    build(corpus)
    document = Searcher(corpus).document("a")
    assert document and document.corrected == "2026-11-23T23:00:00.000Z" and check(corpus).sound
    correct(corpus, "a", None)
    document = Searcher(corpus).document("a")
    assert document and document.corrected == "" and document.new_at == document.first_seen


def test_forgetting_a_document_forgets_when_it_was_seen(corpus: Settings) -> None:
    forget(corpus, ["b"])
    assert instants(corpus).keys() == {"a", "c"}
    assert b"b2026" not in (corpus.corpus / ".regionsok" / "seen.sqlite").read_bytes()


def test_engines_agree_on_what_is_new_since_an_instant_and_what_came_last(settings: Settings) -> None:
    chance = random.Random(22)
    start = datetime(2026, 11, 30, 8, tzinfo=UTC)
    moments = [start + timedelta(milliseconds=chance.choice((1, 2, 1000, 86_400_000)) * number) for number in range(40)]
    documents = [
        Document(f"d{number}", "Nyhet", "Vätgas.", first_seen=instant(moment.isoformat()) or "")
        for number, moment in enumerate(moments * 2)
    ]
    records = [record_of(document) for document in documents]
    writer = open_writer(settings.engine, settings.index)
    for record in records:
        writer.add(record)
    writer.commit()
    writer.close()
    engine = open_engine(settings.engine, settings.index)
    for document in documents[:20]:
        plan = nodes.Range("new_at", number(document.new_at))
        expected = {record.id for record in records if Truth(record).matches(plan)}
        assert {match.id for match in engine.find(plan, Window(0, 100))} == expected and engine.count(
            plan
        ).total == len(expected)
    ranked = sorted(sorted(documents, key=lambda one: one.id), key=lambda one: one.new_at, reverse=True)
    found = engine.find(nodes.Everything(), Window(5, 50, "latest"))
    assert [match.id for match in found] == [document.id for document in ranked[5:55]]


def test_two_indexes_of_one_corpus_are_built_at_once(settings: Settings) -> None:
    """As the tests themselves do: each waits for the other, and both tell the same."""
    write(settings, "a", *(line(f"d{number}") for number in range(30)))
    both = [replace(settings, index=settings.index.with_name(name), commit_every=2) for name in ("one", "other")]
    with ThreadPoolExecutor(2) as threads:
        assert [built.documents for built in threads.map(build, both)] == [30, 30]
    ids = sorted(instants(settings))
    assert first_seen(both[0], *ids) == first_seen(both[1], *ids) == [instants(settings)[id] for id in ids]
    assert check(both[0]).sound and check(both[1]).sound

"""The same documents give the same answers, however they came: byte for byte in a small index, in all but order in a large one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer import indexing
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import add, correct, forget, hide, remove
from indexer.settings import Settings
from tests.index_answers import answers, fresh_answers
from tests.stop_scenarios import RELEASE, change_corpus, line, write_base, write_lines


def lived(settings: Settings) -> None:
    """Everything that changes an index, one after the other."""
    settings.corpus.rmdir()
    write_base(settings)
    filling = [line(f"f{n}", f"Bro {n}", f"Kaffehuset vid bro {n} och ån. " * (n % 7 + 1)) for n in range(40)]
    write_lines(settings.corpus / "f.jsonl", filling)  # so many that what is deleted stays below a fifth
    build(settings)
    change_corpus(settings)
    build(settings)
    source = settings.corpus.parent / "ny.jsonl"
    write_lines(source, [line("n1", "Ny", RELEASE, date="2020-05-11"), line("a6", "Buss", "Bussen och kaffet.")])
    add(settings, [str(source)], {})
    remove(settings, ["a2"])
    correct(settings, "a4", ("2017-03-01", ["Dalarna"]))
    hide(settings, "a3", "Anna Berg")
    forget(settings, ["b2"])
    remove(settings, ["a3"])


def test_a_small_index_answers_as_a_fresh_one(settings: Settings, tmp_path: Path) -> None:
    lived(settings)
    assert answers(settings) == fresh_answers(settings, tmp_path / "fresh")
    assert check(settings).sound


def test_in_a_large_index_deleted_documents_change_scores_and_order_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until a fifth is deleted: which documents are found, every count, completion and trend, and the orders by date hold."""
    monkeypatch.setattr(indexing, "AT_ONCE", 0)
    lived(settings)
    remove(settings, ["a4"])
    got = answers(settings)
    monkeypatch.setattr(indexing, "AT_ONCE", 10_000)
    expected = fresh_answers(settings, tmp_path / "fresh")
    assert [unordered(one) for one in got] == [unordered(one) for one in expected]
    assert check(settings).sound


def unordered(answer: str) -> object:
    """An answer without scores, and without order where scores made it; similar documents are the best few by score."""
    told = json.loads(answer)
    if isinstance(told, list) and len(told) == 3 and isinstance(told[2], list) and isinstance(told[0], str):
        return told[:2]
    if "hits" in told:
        hits = [{name: value for name, value in hit.items() if name != "score"} for hit in told["hits"]]
        by_date = told["hits"] and all(hit["score"] == 0 for hit in told["hits"])
        return told | {"hits": hits if by_date else sorted(hits, key=lambda hit: str(hit["id"]))}
    return told


@pytest.mark.parametrize(
    ("name", "deleted", "documents", "due"),
    [("tantivy", 0, 5, False), ("tantivy", 1, 5, True), ("tantivy", 1, 5_000, False), ("tantivy", 1_300, 5_000, True),
     ("whoosh", 1, 5, False), ("whoosh", 2, 5, True), ("whoosh", 1_300, 5_000, True)],
)  # fmt: skip
def test_what_is_deleted_leaves_a_small_index_at_once_where_it_counts_and_others_at_a_fifth(
    name: str, deleted: int, documents: int, due: bool
) -> None:
    assert indexing.is_due(name, deleted, documents) == due

"""The ranking against judged questions; the measures against rankings worked out by hand."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b, sha256
from math import log2
from pathlib import Path

import pytest

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.cli.evaluating import (
    Evaluation,
    Judged,
    JudgementError,
    Score,
    ask_all,
    difference,
    evaluate,
    read_questions,
)
from indexer.durable import connect_to_read
from indexer.metadata.regions.gazetteer import table
from indexer.parsing import parse
from indexer.searching import Searcher
from indexer.searching.suggesting import FEW, suggestions
from indexer.settings import Settings
from tests.conftest import write_jsonl
from tests.floors import FLOORS

ALL_NEWS = 69_677
"""Documents of data/news."""
OPENSEARCH = 0.6
"""Its nDCG@10 with the analyser `swedish` on the same questions (FINDINGS 4)."""


def apart(found: Evaluation) -> Evaluation:
    """The half of the questions that no weight is tuned on: those whose id has an odd SHA-256."""
    return Evaluation(
        tuple(score for score in found.scores if sha256(score.question.id.encode()).digest()[-1] % 2 == 1)
    )


@pytest.mark.real
@pytest.mark.parametrize("name", ["agency_faq", pytest.param("agency_questions", marks=pytest.mark.long)])
def test_the_ranking_keeps_its_floor(shared: Path, name: str) -> None:
    folder = shared / "data" / "relevance" / name
    found = evaluate(Settings(), folder / "documents.jsonl", folder / "queries.jsonl")
    assert found.mean("ndcg@10") >= FLOORS[f"{name}.ndcg"]
    assert apart(found).mean("ndcg@10") >= FLOORS[f"{name}.ndcg_apart"]
    assert found.mean("recall@50") >= FLOORS[f"{name}.recall"]


@pytest.mark.real
@pytest.mark.long
def test_the_ranking_of_real_news_keeps_its_floor(shared: Path, real_index: Callable[[str, int], Settings]) -> None:
    questions = read_questions(shared / "data" / "relevance" / "regional_news" / "queries.jsonl")
    found = ask_all(Searcher(real_index("tantivy", ALL_NEWS)), questions)
    assert found.mean("ndcg@10") >= FLOORS["regional_news.ndcg"]
    assert apart(found).mean("ndcg@10") >= FLOORS["regional_news.ndcg_apart"]
    assert found.mean("condensed_ndcg@10") >= FLOORS["regional_news.condensed"]
    assert found.interval("ndcg@10")[0] > OPENSEARCH, "better than OpenSearch's, and not by chance"


@pytest.mark.real
def test_names_and_order_of_documents_change_no_figure(shared: Path, tmp_path: Path) -> None:
    folder, chance = shared / "data" / "relevance" / "agency_faq", random.Random(5)
    documents, questions = (
        [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("documents", "queries")
    )
    renamed = {document["id"]: f"x{chance.random()}" for document in documents}
    for document in documents:
        document["id"] = renamed[document["id"]]
    for question in questions:
        question["relevant"] = [renamed[id] for id in question["relevant"]]
    chance.shuffle(documents)
    write_jsonl(tmp_path / "d.jsonl", documents)
    write_jsonl(tmp_path / "q.jsonl", questions)
    before = evaluate(Settings(), folder / "documents.jsonl", folder / "queries.jsonl")
    assert evaluate(Settings(), tmp_path / "d.jsonl", tmp_path / "q.jsonl").to_json() == before.to_json()


@pytest.mark.real
@pytest.mark.long
def test_suggestions_against_real_misspellings(shared: Path, real_index: Callable[[str, int], Settings]) -> None:
    """Over words that the real news lack, where it has the correction; words with an even digest were tuned on."""
    settings = real_index("tantivy", ALL_NEWS)
    vocabulary = IndexVocabulary(next(settings.index.glob("0*")) / "catalogue.sqlite")
    with (shared / "data" / "language" / "misspellings.tsv").open(encoding="utf-8") as lines:
        pairs = [(typed.lower(), meant.lower()) for typed, meant, *_ in csv.reader(lines, delimiter="\t")]
    aside = [pair for pair in pairs if blake2b(pair[0].encode(), digest_size=8).digest()[0] % 2]
    often = vocabulary.documents_of_form
    asked = [(typed, meant) for typed, meant in aside if not often(typed) and often(meant)]
    right = sum((vocabulary.nearest(typed) or ("",))[0] == meant for typed, meant in asked)
    assert len(asked) > 50 and right / len(asked) >= FLOORS["suggestions.right"]


@pytest.mark.real
@pytest.mark.long
def test_no_word_that_real_documents_have_is_put_right(real_index: Callable[[str, int], Settings]) -> None:
    """Words of every frequency, and names of places, which few documents have."""
    settings = real_index("tantivy", ALL_NEWS)
    catalogue = next(settings.index.glob("0*")) / "catalogue.sqlite"
    vocabulary, chance, harmed = IndexVocabulary(catalogue), random.Random(7), []
    with closing(connect_to_read(catalogue)) as connection:
        for least, most in ((1, 1), (2, 2), (3, 9), (10, 99), (100, 999), (1_000, ALL_NEWS)):
            rows = connection.execute(
                "SELECT form FROM words WHERE documents BETWEEN ? AND ? ORDER BY form", (least, most)
            )
            harmed += chance.sample([form for (form,) in rows], 100)
    harmed += [
        row["name"] for name in ("municipalities", "localities") for row in table(name) if " " not in row["name"]
    ]
    assert [word for word in harmed if next(suggestions(word, parse(word).query, vocabulary, FEW + 1), None)] == []


@pytest.fixture
def judged(tmp_path: Path) -> tuple[Path, Path]:
    documents = [
        {"id": f"d{number}", "title": f"Dokument {number}", "text": f"vätgas {'ord ' * number}"} for number in range(4)
    ]
    (tmp_path / "d.jsonl").write_text("\n".join(map(json.dumps, documents)))
    return tmp_path / "d.jsonl", tmp_path / "q.jsonl"


def test_measures_are_those_of_the_field(judged: tuple[Path, Path]) -> None:
    documents, queries = judged
    lines = [
        {"id": "a", "query": "vätgas", "relevant": {"d0": 1, "d1": 3}, "judged": ["d0", "d1"]},
        {"id": "b", "query": "kvastskaft", "relevant": ["d2"], "judged": []},
    ]
    queries.write_text("\n".join(map(json.dumps, lines)))
    found = evaluate(Settings(), documents, queries)
    ideal = 7 / log2(2) + 1 / log2(3)
    assert found.scores[0].values["ndcg@10"] == pytest.approx((1 / log2(2) + 7 / log2(3)) / ideal)
    assert found.scores[0].values["mrr@10"] == found.scores[0].values["recall@50"] == 1
    assert found.scores[1].values["ndcg@10"] == found.scores[1].values["recall@50"] == 0
    figures = found.to_json()
    assert figures["queries"] == 2 and figures["zero_results"] == 0.5 and "condensed_ndcg@10" in figures


def test_an_interval_and_a_difference_hold_what_they_are_of() -> None:
    question = Judged("a", "q", {}, None)
    worse, better = (
        Evaluation(tuple(Score(question, {"ndcg@10": base + number / 100}, 1) for number in range(40)))
        for base in (0.1, 0.3)
    )
    low, high = worse.interval("ndcg@10")
    assert low < worse.mean("ndcg@10") < high
    assert difference(worse, better) == pytest.approx((0.2, 0.2, 0.2))
    assert difference(worse, worse)[0] == 0


@pytest.mark.parametrize("line", ["{", "[]", '{"query": "a"}', '{"query": "a", "relevant": {"d": "x"}}'])
def test_a_broken_judgement_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"query": "a", "relevant": []}\n' + line)
    with pytest.raises(JudgementError, match=r"q\.jsonl, rad 2"):
        read_questions(path)


def test_documents_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"query": "a", "relevant": []}')
    with pytest.raises(JudgementError, match=r"saknas\.jsonl"):
        evaluate(Settings(), tmp_path / "saknas.jsonl", tmp_path / "q.jsonl")

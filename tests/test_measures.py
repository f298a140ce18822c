"""Our nDCG@10, MRR@10 and recall@50 are those of the field's own tool, on random judgements and on judged questions."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexer.cli.evaluating import MEASURES, Judged, _score, read_questions

ir_measures = pytest.importorskip("ir_measures")
EXACT = 1e-5
"""gdeval, which computes nDCG, prints five decimals."""
FIELD = {"ndcg@10": "nDCG(dcg='exp-log2')@10", "mrr@10": "RR@10", "recall@50": "R@50"}


def theirs(grades: Mapping[str, int], ranking: Sequence[str]) -> dict[str, float]:
    """What the field's tool says of one ranking."""
    judgements = [ir_measures.Qrel("1", id, grade) for id, grade in grades.items()]
    run = [ir_measures.ScoredDoc("1", id, float(len(ranking) - place)) for place, id in enumerate(ranking)]
    measures = {name: ir_measures.parse_measure(said) for name, said in FIELD.items()}
    figures = ir_measures.calc_aggregate(measures.values(), judgements, run)
    return {name: figures[measure] for name, measure in measures.items()}


def agree(question: Judged, ranking: Sequence[str]) -> None:
    ours, field = _score(question, ranking).values, theirs(question.grades, ranking)
    for measure in MEASURES:
        assert ours[measure] == pytest.approx(field[measure], abs=EXACT), (measure, question.id)


def test_random_judgements_score_the_same() -> None:
    chance = random.Random(1)
    documents = [f"d{number}" for number in range(80)]
    for number in range(100):
        grades = {id: chance.randint(0, 3) for id in chance.sample(documents, chance.randint(1, 60))}
        agree(Judged(str(number), "q", grades | {"sure": 1}, None), chance.sample(documents, chance.randint(1, 50)))


@pytest.mark.real
@pytest.mark.parametrize("name", ["agency_faq", "regional_news"])
def test_real_judgements_score_the_same(shared: Path, name: str) -> None:
    chance = random.Random(2)
    questions = read_questions(shared / "data" / "relevance" / name / "queries.jsonl")[:150]
    others = [id for question in questions for id in question.grades]
    for question in questions:
        ranking = list(dict.fromkeys([*question.grades, *chance.sample(others, min(40, len(others)))]))[:50]
        chance.shuffle(ranking)
        agree(question, ranking)

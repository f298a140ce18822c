"""How good is the ranking: judged questions over a set of documents -> nDCG@10, MRR@10, recall@50, questions without hits.

nDCG with gains 2^grade - 1 and a discount of log2(rank + 1) (Burges et al. 2005); intervals and comparisons over
questions, by bootstrap (Sakai 2006).
"""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from statistics import fmean

from indexer.faults import Fault
from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings

RANKED = 50
"""Hits of a question that are looked at."""
SAMPLES = 2_000
"""Of a bootstrap."""
MEASURES = ("ndcg@10", "mrr@10", "recall@50")


class JudgementError(Fault):
    """Documents or judgements that cannot be read; the message is one Swedish sentence that names the file."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the grade of each relevant document; `judged` are those that were read, None: all of them."""

    id: str
    query: str
    grades: Mapping[str, int]
    judged: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Score:
    """What one question scored; `condensed` is nDCG@10 over judged documents only."""

    question: Judged
    values: Mapping[str, float]
    hits: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of all questions."""

    scores: tuple[Score, ...]

    def mean(self, measure: str) -> float:
        """Over all questions; 0 where there are none."""
        return fmean(score.values[measure] for score in self.scores) if self.scores else 0.0

    def interval(self, measure: str) -> tuple[float, float]:
        """95 % of the means of resampled questions lie in it."""
        return _interval([score.values[measure] for score in self.scores])

    def to_json(self) -> dict[str, object]:
        """The fixed JSON object (DESIGN.md, Command line), with intervals and the condensed score beside it."""
        empty = sum(not score.hits for score in self.scores)
        found: dict[str, object] = {"queries": len(self.scores)}
        found |= {measure: round(self.mean(measure), 4) for measure in MEASURES}
        found["zero_results"] = round(empty / len(self.scores), 4) if self.scores else 0.0
        found["intervals"] = {measure: [round(end, 4) for end in self.interval(measure)] for measure in MEASURES}
        if any(score.question.judged is not None for score in self.scores):
            found["condensed_ndcg@10"] = round(self.mean("condensed_ndcg@10"), 4)
        return found


def evaluate(settings: Settings, documents: Path, queries: Path) -> Evaluation:
    """Index the documents in a folder of their own and ask every question. Raises JudgementError."""
    asked = tuple(_questions(queries))
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "documents.jsonl").write_bytes(_bytes_of(documents))
        own = replace(settings, corpus=corpus, index=Path(folder) / "index")
        build(own)
        return ask_all(Searcher(own), asked)


def ask_all(searcher: Searcher, questions: Sequence[Judged]) -> Evaluation:
    """Ask every question of an index that is there."""
    return Evaluation(tuple(_score(question, _ranking(searcher, question)) for question in questions))


def read_questions(path: Path) -> tuple[Judged, ...]:
    """The questions of a file of JSON lines. Raises JudgementError."""
    return tuple(_questions(path))


def difference(one: Evaluation, other: Evaluation, measure: str = "ndcg@10") -> tuple[float, float, float]:
    """How much `other` scores more than `one` on the same questions, and the 95 % interval of that (paired)."""
    pairs = zip(one.scores, other.scores, strict=True)
    differences = [right.values[measure] - left.values[measure] for left, right in pairs]
    return (fmean(differences) if differences else 0.0, *_interval(differences))


def _bytes_of(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    except (OSError, EOFError) as error:
        raise JudgementError(f"{path}: går inte att läsa ({error}); kontrollera filen.") from error


def _questions(path: Path) -> Iterator[Judged]:
    for number, line in enumerate(_bytes_of(path).decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            relevant, judged = found["relevant"], found.get("judged")
            grades = relevant if isinstance(relevant, dict) else dict.fromkeys(relevant, 1)
            read = frozenset(map(str, judged)) if judged is not None else None
            yield Judged(
                str(found.get("id", number)), str(found["query"]), {str(id): int(grades[id]) for id in grades}, read
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise JudgementError(f"{path}, rad {number}: ingen bedömd fråga; ange query och relevant.") from error


def _ranking(searcher: Searcher, question: Judged) -> list[str]:
    return [hit.id for hit in searcher.search(Search(question.query, size=RANKED, with_duplicates=True)).hits]


def _score(question: Judged, ranking: Sequence[str]) -> Score:
    grades = question.grades
    relevant = {id for id, grade in grades.items() if grade > 0}
    first = next((rank for rank, id in enumerate(ranking[:10], 1) if id in relevant), None)
    read = question.judged
    condensed = [id for id in ranking if id in read] if read is not None else ranking
    values = {
        "ndcg@10": _ndcg(ranking, grades),
        "mrr@10": 1 / first if first else 0.0,
        "recall@50": len(relevant.intersection(ranking)) / len(relevant) if relevant else 0.0,
        "condensed_ndcg@10": _ndcg(condensed, grades),
    }
    return Score(question, values, len(ranking))


def _ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    ideal = _dcg(sorted(grades.values(), reverse=True)[:10])
    return _dcg([grades.get(id, 0) for id in ranking[:10]]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _interval(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    chance = random.Random(0)  # noqa: S311 - the same figures give the same interval
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(SAMPLES))
    return means[int(SAMPLES * 0.025)], means[int(SAMPLES * 0.975) - 1]

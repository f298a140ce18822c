"""How good is the ranking: judged questions over a set of documents -> nDCG@10, MRR@10, recall@50, questions without hits.

nDCG with gains 2^grade - 1 and a discount of log2(rank + 1) (Burges et al. 2005); intervals and comparisons over
questions, by bootstrap (Sakai 2006).
"""

import gzip
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from statistics import fmean

from msgspec import Struct, structs

from indexer import Fault, Search, Searcher, Settings, build

RANKED = 50
"""Hits of a question that are looked at."""
SAMPLES = 2_000
"""Of a bootstrap."""
MEASURES = ("ndcg@10", "mrr@10", "recall@50")


class JudgementError(Fault):
    """Documents or judgements that cannot be read; the message is one Swedish sentence that names the file."""


class Judged(Struct, frozen=True):
    """A question with the grade of each relevant document; `judged` are those that were read, None: all of them."""

    id: str
    query: str
    grades: Mapping[str, int]
    judged: frozenset[str] | None


class Score(Struct, frozen=True):
    """What one question scored; `condensed` is nDCG@10 over judged documents only."""

    question: Judged
    values: Mapping[str, float]
    hits: int


class Evaluation(Struct, frozen=True):
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
        figures: dict[str, object] = {"queries": len(self.scores)}
        figures |= {measure: round(self.mean(measure), 4) for measure in MEASURES}
        figures["zero_results"] = round(fmean(not score.hits for score in self.scores), 4) if self.scores else 0.0
        figures["intervals"] = {measure: [round(end, 4) for end in self.interval(measure)] for measure in MEASURES}
        if any(score.question.judged is not None for score in self.scores):
            figures["condensed_ndcg@10"] = round(self.mean("condensed_ndcg@10"), 4)
        return figures


def evaluate(settings: Settings, documents: Path, queries: Path) -> Evaluation:
    """Index the documents in a folder of their own and ask every question. Raises JudgementError."""
    questions = read_questions(queries)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "documents.jsonl").write_bytes(_bytes_of(documents))
        own = structs.replace(settings, corpus=corpus, index=Path(folder) / "index")
        build(own)
        return ask_all(Searcher(own), questions)


def ask_all(searcher: Searcher, questions: Sequence[Judged]) -> Evaluation:
    """Ask every question of an index that is there."""
    searches = (Search(question.query, size=RANKED, with_duplicates=True) for question in questions)
    rankings = ([hit.id for hit in searcher.search(search).hits] for search in searches)
    return Evaluation(tuple(map(_score, questions, rankings)))


def read_questions(path: Path) -> tuple[Judged, ...]:
    """The questions of a file of JSON lines. Raises JudgementError."""
    lines = enumerate(_bytes_of(path).decode("utf-8", "replace").splitlines(), 1)
    return tuple(_question(path, number, line) for number, line in lines if line.strip())


def difference(one: Evaluation, other: Evaluation, measure: str = "ndcg@10") -> tuple[float, float, float]:
    """How much `other` scores more than `one` on the same questions, and the 95 % interval of that (paired)."""
    gains = [right.values[measure] - left.values[measure] for left, right in zip(one.scores, other.scores, strict=True)]
    return (fmean(gains) if gains else 0.0, *_interval(gains))


def _bytes_of(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    except (OSError, EOFError) as error:
        raise JudgementError(f"{path}: går inte att läsa ({error}); kontrollera filen.") from error


def _question(path: Path, number: int, line: str) -> Judged:
    try:
        entry = json.loads(line)
        relevant, judged = entry["relevant"], entry.get("judged")
        grades = relevant if isinstance(relevant, dict) else dict.fromkeys(relevant, 1)
        grades = {str(id): int(grade) for id, grade in grades.items()}
        read = None if judged is None else frozenset(map(str, judged))
        return Judged(str(entry.get("id", number)), str(entry["query"]), grades, read)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise JudgementError(f"{path}, rad {number}: ingen bedömd fråga; ange query och relevant.") from error


def _score(question: Judged, ranking: Sequence[str]) -> Score:
    grades = question.grades
    relevant = {id for id, grade in grades.items() if grade > 0}
    condensed = [id for id in ranking if question.judged is None or id in question.judged]
    reciprocal = next((1 / rank for rank, id in enumerate(ranking[:10], 1) if id in relevant), 0.0)
    recall = len(relevant.intersection(ranking)) / len(relevant) if relevant else 0.0
    values = (_ndcg(ranking, grades), reciprocal, recall, _ndcg(condensed, grades))
    return Score(question, dict(zip((*MEASURES, "condensed_ndcg@10"), values, strict=True)), len(ranking))


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

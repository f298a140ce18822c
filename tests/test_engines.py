"""Conformance: every engine gives the match sets, facet counts and highlights of the brute-force evaluator."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.engines import BY_YEAR, Counts, Engine, EngineError, Guarded, Window, open_engine
from indexer.facets import FACETS, is_month
from indexer.fields import BORDER, Record, document_of, record_of
from indexer.generations import read_current
from indexer.parsing import parse
from indexer.planning import Plan, filter_plans, plan
from indexer.planning.nodes import MaxOf, PhraseAt, Term
from indexer.searching.highlights import highlight, marks_in
from indexer.settings import Settings
from tests.brute_force import Truth
from tests.conftest import ENGINES
from tests.floors import FLOORS
from tests.test_highlights import AnyForm

SIZES = [600, pytest.param(2_000, marks=pytest.mark.long)]
GENERATED = 300
WRITTEN = (Path(__file__).parent / "data" / "written_questions.txt").read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True)
class World:
    """The same documents in every engine and as plain records."""

    engines: dict[str, Engine]
    vocabularies: dict[str, IndexVocabulary]
    records: tuple[Record, ...]
    truths: tuple[Truth, ...]

    def plans(self, question: str) -> Iterator[Plan]:
        """The strict and the relaxed plan of a question, with its filters."""
        parsed = parse(question)
        planned = plan(parsed.query, self.vocabularies["tantivy"])
        yield planned.strict
        yield from filter_plans(parsed.filters).values()
        if planned.partial is not None:
            yield planned.partial


@pytest.fixture(scope="module", params=SIZES)
def world(request: pytest.FixtureRequest, real_index: Callable[[str, int], Settings]) -> World:
    engines, vocabularies = {}, {}
    for name in ENGINES:
        generation = read_current(real_index(name, request.param).index).generation
        assert generation is not None
        engines[name] = open_engine(name, generation.engine_folder)
        vocabularies[name] = IndexVocabulary(generation.catalogue)
    stored = [engines["tantivy"].get(id) for id in engines["tantivy"].ids()]
    records = tuple(record_of(document_of(text)) for text in stored if text is not None)
    assert len(records) == request.param
    return World(engines, vocabularies, records, tuple(map(Truth, records)))


def generated_questions(records: Sequence[Record], count: int) -> list[str]:
    """Questions of words that stand in the documents, with every operator, from a fixed seed."""
    chance = random.Random(20261123)

    def run(length: int) -> list[str]:
        words = [word for word in chance.choice(records).words["body_exact"].split() if word != BORDER]
        start = chance.randrange(max(1, len(words) - length))
        return words[start : start + length]

    def word() -> str:
        return chance.choice(run(40) or ["ord"])

    shapes: list[Callable[[], str]] = [
        lambda: " ".join(word() for _ in range(chance.randint(1, 4))),
        lambda: " ".join(run(chance.randint(2, 5))),
        lambda: f'"{" ".join(run(chance.randint(1, 4)))}"',
        lambda: f'="{" ".join(run(chance.randint(2, 3)))}"',
        lambda: f'"{" ".join(run(5)[::2])}"~{chance.randint(1, 3)}',
        lambda: f"{word()} NÄRA/{chance.randint(0, 6)} {word()}",
        lambda: f"={word()}",
        lambda: f"{word()[:5]}*",
        lambda: f"{word()}~",
        lambda: f"{word()} ELLER {word()} INTE {word()}",
        lambda: f"({word()} OCH {word()}) ELLER ({word()} -{word()})",
        lambda: f"rubrik:{word()} {word()}",
        lambda: f"+{word()} {word()} {word()}",
        lambda: f"{word()} år:{chance.randint(2005, 2024)}",
        lambda: f"{word()} år:{chance.randint(2005, 2015)}..{chance.randint(2016, 2024)}",
        lambda: f"{word()} (region:skåne ELLER region:norrbotten)",
    ]
    return [shapes[number % len(shapes)]() for number in range(count)]


def found_ids(engine: Engine, wanted: Plan, total: int) -> list[str]:
    """All ids in rank order."""
    return [match.id for match in engine.find(wanted, Window(0, total))]


@pytest.mark.real
def test_match_sets_and_facet_counts_are_those_of_brute_force(world: World) -> None:
    empty = 0
    for question in (*WRITTEN, *generated_questions(world.records, GENERATED)):
        for wanted in world.plans(question):
            matching = [truth.record for truth in world.truths if truth.matches(wanted)]
            expected = {record.id for record in matching}
            counts = {
                facet: dict(Counter(value for record in matching for value in record.values[facet])) for facet in FACETS
            }
            empty += not expected
            for name, engine in world.engines.items():
                assert set(found_ids(engine, wanted, len(world.records))) == expected, (name, question)
                assert engine.count(wanted, FACETS) == Counts(len(expected), counts), (name, question)
                by_year = {year: number for year, number in counts["year"].items() if not is_month(year)}
                assert engine.count(wanted, [BY_YEAR]) == Counts(len(expected), {BY_YEAR: by_year}), (name, question)
    assert empty < GENERATED / 2, "the questions are too hard to tell the engines apart"


@pytest.mark.real
def test_two_words_near_each_other_are_those_of_brute_force(world: World) -> None:
    """Tantivy's own slop counts how far words were moved; from one place that is how far they stand apart."""
    chance = random.Random(3)
    found = 0
    for _ in range(60):
        words = chance.choice(world.records).words["body"].split()
        place, distance, slop = chance.randrange(len(words)), chance.randint(-5, 5), chance.randint(1, 4)
        one, other = words[place], words[(place + distance) % len(words)]
        if one != other and BORDER not in (one, other):
            near = PhraseAt("body", ((0, one), (0, other)), slop=slop)
            expected = {truth.record.id for truth in world.truths if truth.matches(near)}
            found += bool(expected)
            by_rows = MaxOf(tuple(PhraseAt("body", row) for row in near.rows))
            assert expected == {truth.record.id for truth in world.truths if truth.matches(by_rows)}
            for name, engine in world.engines.items():
                assert set(found_ids(engine, near, len(world.records))) == expected, (name, near)
    assert found > 20


@pytest.mark.real
def test_of_a_choice_the_greatest_score_counts(world: World) -> None:
    """Tantivy adds them up where it may pass over documents, unless the choice stands in another node."""
    light, heavy = Term("body", "kommun"), Term("body", "region", 2.0)
    for engine in world.engines.values():
        scores = [
            {match.id: match.score for match in engine.find(each, Window(0, len(world.records)))}
            for each in (light, heavy, MaxOf((light, heavy)))
        ]
        assert scores[2] == {
            id: max(scores[0].get(id, 0.0), scores[1].get(id, 0.0)) for id in scores[0].keys() | scores[1].keys()
        }


@pytest.mark.real
def test_both_indexes_know_the_same_words(world: World) -> None:
    for prefix in ("utveckl", "regi", "å", "2", "kommun"):
        answers = {name: vocabulary.beginning(prefix, 50) for name, vocabulary in world.vocabularies.items()}
        assert answers["tantivy"] == answers["whoosh"] != []


@pytest.mark.real
def test_engines_rank_alike(world: World) -> None:
    """Kendall's tau over the fifty best of Tantivy, on average over the questions that have at least five."""
    agreements = []
    for question in (*WRITTEN, *generated_questions(world.records, GENERATED)):
        wanted = next(world.plans(question))
        first = found_ids(world.engines["tantivy"], wanted, 50)
        if len(first) >= 5:
            second = {
                id: rank for rank, id in enumerate(found_ids(world.engines["whoosh"], wanted, len(world.records)))
            }
            agreements.append(tau([second[id] for id in first]))
    average = sum(agreements) / len(agreements)
    print(f"tau {average:.3f} over {len(agreements)} questions")
    assert average >= FLOORS["engines.tau"]


def tau(ranks: Sequence[int]) -> float:
    """Kendall's rank correlation of a permutation with its sorted order: 1 alike, -1 reversed."""
    pairs = list(combinations(ranks, 2))
    return sum(1 if left < right else -1 for left, right in pairs) / len(pairs)


@pytest.mark.real
def test_highlights_are_the_same_from_every_index(world: World) -> None:
    """They come from the stored text and the plan; the term of a form is read from each index's own words."""
    fields = ("body", "body_exact", "decompounded")
    for question in WRITTEN:
        for wanted in world.plans(question):
            hits = world.engines["tantivy"].find(wanted, Window(0, 3))
            for match in hits:
                text = document_of(match.stored).text
                spans = {
                    name: highlight(text, marks_in(wanted, fields), vocabulary)
                    for name, vocabulary in world.vocabularies.items()
                }
                assert (
                    spans["tantivy"] == spans["whoosh"] == highlight(text, marks_in(wanted, fields), AnyForm(text))
                ), question
                same = world.engines["whoosh"].get(match.id)
                assert same == match.stored


@pytest.mark.real
def test_what_opens_an_index_that_cannot_be_written_goes_with_the_engine(
    real_index: Callable[[str, int], Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = read_current(real_index("tantivy", 600).index).generation
    assert generation is not None
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = open_engine("tantivy", generation.engine_folder)
    assert any(engine.ids())
    assert [*tmp_path.glob("*/meta.json")], "Tantivy locks beside links, not in the folder"
    del engine
    assert not any(tmp_path.iterdir())


def test_a_fault_of_a_method_that_another_one_calls_is_said_once() -> None:
    class Broken(Guarded):
        _folder = Path("index/1")

        def find(self) -> None:
            self.read()

        def read(self) -> None:
            raise ValueError("trasig")

    with pytest.raises(EngineError, match=r"^Sökmotorn kan inte använda index/1: (?!.*Sökmotorn).*trasig"):
        Broken().find()

"""Words of any length cost what a word costs, and any number of threads may ask at once."""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalogue import vocabulary as vocabulary_module
from indexer.catalogue.vocabulary import IndexVocabulary, Near
from indexer.indexing import build
from indexer.parsing import parse
from indexer.planning import plan
from indexer.planning.compiling import ALL_EXPANSIONS, TOKENS
from indexer.planning.nodes import PhraseAt, Term, leaves
from indexer.queries import Search
from indexer.results import to_json
from indexer.searching import Searcher, suggesting
from indexer.searching.opening import CurrentIndex
from indexer.settings import Settings
from indexer.swedish import analyse, entry_of, terms_in
from indexer.swedish import spelling as spelling_module
from tests.conftest import ENGINES, write_jsonl

FILLING = "Regionen satsar på industriutveckling och lokal ekonomi. " * 20
LONG = 1_000
HOSTILE = {
    "letters": "a" * LONG,
    "digits": "7" * LONG,
    "å": "å" * LONG,
    "combining": "a\u030a" * (LONG // 2),
    "prefix": "a" * (LONG - 1) + "*",
    "fuzzy": "a" * (LONG - 1) + "~",
    "compound": ("industriutvecklings" * 60)[:LONG],
    "exact": "=" + "a" * (LONG - 1),
    "phrase": '"' + "b" * (LONG - 10) + ' ord"',
    "title": "rubrik:" + "c" * (LONG - 7),
    "hyphens": "ab-" * 333,
    "points": "1.1." * 250,
    "many misspelt": " ".join(f"ekonnomi{letter}" for letter in "abcdefghijklmnopqrstuvwxyzåäö"),
}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> IndexVocabulary:
    root = tmp_path_factory.mktemp("hostile")
    (root / "corpus").mkdir()
    write_jsonl(root / "corpus" / "a.jsonl", [{"id": "a", "title": "Ekonomi", "text": FILLING}])
    settings = Settings(corpus=root / "corpus", index=root / "index")
    build(settings)
    return CurrentIndex(settings).get().vocabulary


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    root = tmp_path_factory.mktemp("small")
    (root / "corpus").mkdir()
    write_jsonl(root / "corpus" / "a.jsonl", [{"id": "a", "title": "Ekonomi", "text": FILLING}])
    settings = Settings(corpus=root / "corpus", index=root / "index")
    build(settings)
    return Searcher(settings)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_word_takes_no_more_memory_than_a_word(small: Searcher, name: str) -> None:
    """A word of 1,000 letters took 100 MB in itself and 400 MB in SQLite, which kept them."""
    for question in ("ekonommi", "lokal ekonomi"):
        small.search(Search(question))
    tracemalloc.start()
    try:
        small.search(Search(HOSTILE[name]))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000, "bytes at the most; 60 letters take 2.5 million"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_word_is_a_phrase_of_few(vocabulary: IndexVocabulary, name: str) -> None:
    """ab-ab-ab … of 1,000 letters took Whoosh 2.4 s over nine documents."""
    planned = plan(parse(HOSTILE[name]).query, vocabulary).strict
    phrases = [leaf for leaf in leaves(planned, bonus=True) if isinstance(leaf, PhraseAt)]
    assert max((len(phrase.terms) for phrase in phrases), default=0) <= TOKENS


def test_a_question_has_one_budget_of_expansions() -> None:
    """The plans of full and of partial matches each had their own, and looked every word up three times."""
    looked_up: list[str] = []

    class Many:
        def beginning(self, prefix: str, limit: int) -> list[str]:
            looked_up.append(prefix)
            return [f"{prefix}{number}" for number in range(limit)]

        similar = beginning
        entry = staticmethod(entry_of)
        size = 0

        def held(self, terms: Iterable[str], limit: int) -> list[tuple[str, int]]:
            return []

    planned = plan(parse("aa* bb* cc* dd* ee*").query, Many())
    assert looked_up == ["aa", "bb", "cc", "dd"]
    assert len(planned.notes) == 4
    assert plan(parse("aa~").query, Many()).notes == ("”aa~” passar på fler ord än 50; de 50 vanligaste söks.",)
    assert planned.partial is not None
    for part in (planned.strict, planned.partial, *(part for _, part in planned.words)):
        assert len({leaf.text for leaf in leaves(part) if isinstance(leaf, Term)}) <= ALL_EXPANSIONS + 5


def test_only_so_many_words_are_corrected(vocabulary: IndexVocabulary) -> None:
    corrected: list[str] = []

    class Counting:
        entry = staticmethod(vocabulary.entry)
        held, documents_of_form = vocabulary.held, vocabulary.documents_of_form

        def nearest(self, form: str) -> Near | None:
            corrected.append(form)
            return vocabulary.nearest(form)

    words = [f"ekonnomi{letter}" for letter in "bcdfghijklmnopqrtuvwxyzåäö"]
    for typed in (" ".join(words), " ".join(words[: suggesting.CORRECTED])):
        list(suggesting.suggestions(typed, parse(typed).query, Counting()))  # type: ignore[arg-type]
    assert corrected == words[: suggesting.CORRECTED], "none of the longer question"


def test_a_correction_has_a_budget_of_comparisons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of the same letters was compared, four times, for every word of the question."""
    letters, chance = "kvantdorsi", random.Random(3)
    words = {"k" + "".join(chance.sample(letters, 9)) for _ in range(1_500)}
    (tmp_path / "corpus").mkdir()
    write_jsonl(tmp_path / "corpus" / "a.jsonl", [{"id": "a", "title": "Ord", "text": " ".join(sorted(words))}])
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(settings)
    searcher, compared = Searcher(settings), 0
    weigh = vocabulary_module.cost

    def counted(typed: str, word: str, most: float = inf) -> float:
        nonlocal compared
        compared += 1
        return weigh(typed, word, most)

    monkeypatch.setattr(vocabulary_module, "cost", counted)
    searcher.search(
        Search(" ".join("k" + "".join(chance.sample(letters[::-1], 9)) + "x" for _ in range(suggesting.CORRECTED)))
    )
    assert 500 < compared <= suggesting.CORRECTED * vocabulary_module.COMPARED * 5


@given(st.text("kvantdåor", max_size=9), st.text("kvantdåor", max_size=9), st.floats(0, 4))
def test_a_bounded_cost_is_the_cost_or_none(one: str, other: str, most: float) -> None:
    whole = spelling_module.cost(one, other)
    assert spelling_module.cost(one, other, most) == (whole if whole <= most else inf)


@pytest.mark.parametrize("letters", ["a", "å", "7", "industriutvecklings", "a\u030a", "𝒂"])
def test_what_is_too_long_to_be_a_word_is_its_own_term(letters: str) -> None:
    one, other = letters * 100_000, letters * 100_000 + "b"
    (token,) = analyse(one)
    assert token.surface == one and token.term == token.form and token.parts == ()
    assert len(token.term.encode()) < 1_000, "Tantivy leaves out terms over 65,530 bytes"
    assert token.term != analyse(other)[0].term
    assert terms_in(one).forms == [token.form]
    whole = letters * (60 // len(letters)) if len(letters) == 1 else letters
    assert entry_of(analyse(whole)[0].form).term


def test_a_document_with_such_a_word_is_found_by_all_its_words(settings: Settings) -> None:
    """A word of more than 255 letters ended the whole run in ValueError."""
    words = {
        "a": "a" * 100_000,
        "b": "b" * 900,
        "c": "å" * 900,
        "d": "7" * 900,
        "e": "a\u030a" * 450,
        "f": "ab-" * 33_000,
        "g": "industriutvecklings" * 47,
    }
    write_jsonl(
        settings.corpus / "a.jsonl",
        [{"id": id, "title": f"Hamn {id}", "text": f"Vätgas {word} sedan. {FILLING}"} for id, word in words.items()],
    )
    build(settings)
    searcher = Searcher(settings)
    for question in ("vätgas", "sedan", "industri utveckling"):
        assert {hit.id for hit in searcher.search(Search(question)).hits} == words.keys(), question
    for id in "bcdeg":
        assert [hit.id for hit in searcher.search(Search(words[id])).hits if not hit.missing] == [id]
        assert searcher.search(Search(words[id][:-3])).total == 0, "another word"
    assert [hit.id for hit in searcher.search(Search("bbbb*")).hits] == ["b"]
    assert not any("…" in found.text for found in searcher.complete("bbbb").completions)


@pytest.mark.parametrize("letters", ["abcdefghijklmnopqrstuvwxyzåäö", "".join(map(chr, range(0x4E00, 0x5200)))])
def test_the_costs_of_letters_take_bounded_memory(letters: str) -> None:
    for start in range(0, len(letters), 20):
        spelling_module.cost(letters[start : start + 30], letters[-30:])
    information = spelling_module._other.cache_info()
    assert information.maxsize is not None and information.currsize <= information.maxsize


QUESTIONS = [
    "kommun",
    "region skåne",
    "vätgas hamnar",
    "ekonmi",
    '"regional utveckling"',
    "klimat*",
    "skola~",
    "år:2019 vård",
    "digitalisering INTE skola",
    "järnväg NÄRA/5 län",
    "rubrik:uppdrag",
    "bredbnad landsbygden",
]


@pytest.mark.real
@pytest.mark.parametrize("name", ENGINES)
def test_eight_threads_get_the_answers_that_one_gets(real_index: Callable[[str, int], Settings], name: str) -> None:
    settings = real_index(name, 200)
    alone, together = Searcher(settings), Searcher(settings)
    expected = {question: json.dumps(to_json(alone.search(Search(question)))) for question in QUESTIONS}
    wrong: list[str] = []
    started = threading.Barrier(8)

    def ask(first: int) -> None:
        started.wait()
        for number in range(len(QUESTIONS)):
            question = QUESTIONS[(first + number * 5) % len(QUESTIONS)]
            try:
                if json.dumps(to_json(together.search(Search(question)))) != expected[question]:
                    wrong.append(question)
                together.complete(question[:4])
            except Exception as error:
                wrong.append(f"{question}: {error!r}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that the threads meet in the middle of a reading
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switching)
    assert wrong == []


def test_words_are_read_while_another_thread_reads_them(vocabulary: IndexVocabulary) -> None:
    """One lock held everybody up: the words of one question took the time of all others."""
    inside, done = threading.Event(), threading.Event()

    class Slow(str):
        def __conform__(self, _protocol: object) -> str:  # called by sqlite3 when it binds the value
            inside.set()
            done.wait(10)
            return str(self)

    slow = threading.Thread(target=vocabulary.forms_of, args=(Slow("ekonomi"), 1))
    slow.start()
    try:
        assert inside.wait(10)
        quick = threading.Thread(target=vocabulary.forms_of, args=("lokal", 1), daemon=True)
        quick.start()
        quick.join(5)
        assert not quick.is_alive()
    finally:
        done.set()
        slow.join()


def test_an_index_that_nobody_holds_leaves_no_file_open(settings: Settings) -> None:
    """Each commit left a catalogue open, for ever where it had been deleted: an entry held its vocabulary in a circle."""
    write_jsonl(settings.corpus / "a.jsonl", [{"id": "a", "title": "Vätgas", "text": FILLING}])
    build(settings)
    searcher = Searcher(settings)
    searcher.search(Search("ekonommi"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            build(settings, rebuild=True)
            searcher.search(Search("ekonommi"))
            assert [name for name in open_files(settings.index) if name.endswith("(deleted)")] == []
        del searcher
        assert open_files(settings.index) == []
    finally:
        gc.enable()


def open_files(folder: Path) -> list[str]:
    """The files of a folder that this process holds, as Linux names them."""
    names = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except OSError:
            continue
    return [name for name in names if name.startswith(str(folder))]

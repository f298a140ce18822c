"""That two documents are one release, or never are, as a person says: whatever their texts say, and whatever comes, changes and leaves."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.catalogue import IN_MEMORY, Catalogue
from indexer.cli import cli
from indexer.corpus import read_ledger
from indexer.corpus.ledger import LEDGER, CorrectionError
from indexer.documents import identity
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import correct, forget, pair, remove, undo
from indexer.settings import Settings
from tests.conftest import write_jsonl
from tests.index_answers import answers, fresh_answers
from tests.test_duplicates import RELEASE, line, memberships

Pair = tuple[str, str, bool]
SIXTH = line(6, 0, 3, text="Bussen går.")
DOCUMENTS = [*RELEASE, SIXTH]
"""Alike are d1, d2 and d3, and d3 and d4; d5 and d6 are too short to be known by."""


def filled(settings: Settings, documents: Iterable[dict[str, Any]] = DOCUMENTS) -> Settings:
    """A file each."""
    for one in documents:
        write_jsonl(settings.corpus / f"{one['id']}.jsonl", [one])
    build(settings)
    return settings


def rebuilt(settings: Settings, index: Path) -> Settings:
    """With an index built at once."""
    fresh = replace(settings, index=index)
    build(fresh)
    return fresh


def groups(settings: Settings) -> set[str]:
    """Each as its canonical document and the others: `d2 d1 d3`."""
    return {" ".join([id, *others]) for id, (canonical, others) in memberships(settings).items() if canonical is None}


STATED: dict[str, tuple[list[Pair], set[str]]] = {
    "nothing": ([], {"d2 d1 d3 d4", "d5", "d6"}),
    "apart": ([("d4", "d3", False)], {"d2 d1 d3", "d4", "d5", "d6"}),
    "apart, not through a third": ([("d2", "d1", False)], {"d1 d3 d4", "d2", "d5", "d6"}),
    "apart at both ends": ([("d4", "d1", False)], {"d2 d1 d3", "d4", "d5", "d6"}),
    "apart from all": (
        [("d2", "d1", False), ("d2", "d3", False), ("d4", "d2", False)],
        {"d1 d3 d4", "d2", "d5", "d6"},
    ),
    "what is not alike": ([("d2", "d5", False)], {"d2 d1 d3 d4", "d5", "d6"}),
    "joined": ([("d5", "d1", True)], {"d2 d1 d3 d4 d5", "d6"}),
    "two short ones": ([("d6", "d5", True)], {"d2 d1 d3 d4", "d5 d6"}),
    "joined to one that is apart": ([("d1", "d2", False), ("d5", "d2", True)], {"d1 d3 d4", "d2 d5", "d6"}),
    "joined before what is alike": ([("d2", "d4", True), ("d4", "d1", False)], {"d1 d3", "d2 d4", "d5", "d6"}),
    "joined by two that are apart": (
        [("d5", "d6", False), ("d5", "d1", True), ("d6", "d2", True)],
        {"d1 d3 d4 d5", "d2 d6"},
    ),
}


@pytest.mark.parametrize(("stated", "expected"), STATED.values(), ids=STATED)
def test_what_is_stated_holds_and_is_taken_back(
    settings: Settings, tmp_path: Path, stated: list[Pair], expected: set[str]
) -> None:
    before = memberships(filled(settings))
    for said in stated:
        pair(settings, *said)
    assert groups(settings) == expected and check(settings).sound
    assert groups(rebuilt(settings, tmp_path / "fresh")) == expected
    for one, other, _ in stated:
        pair(settings, other, one, None)
    assert memberships(settings) == before and read_ledger(settings.corpus).related == {}


def test_whatever_comes_changes_and_leaves_it_holds(settings: Settings, tmp_path: Path) -> None:
    filled(settings)
    pair(settings, "d4", "d5", True)
    pair(settings, "d1", "d2", False)
    steps: list[tuple[Any, set[str]]] = [
        (lambda: remove(settings, ["d2"]), {"d1 d3 d4 d5", "d6"}),
        (
            lambda: undo(settings, "d2", read_ledger(settings.corpus).decisions["d2"][-1].at),
            {"d1 d3 d4 d5", "d2", "d6"},
        ),
        (lambda: remove(settings, ["d4"]), {"d1 d3", "d2", "d5", "d6"}),
        (
            lambda: undo(settings, "d4", read_ledger(settings.corpus).decisions["d4"][-1].at),
            {"d1 d3 d4 d5", "d2", "d6"},
        ),
        (lambda: correct(settings, "d5", ("2020-05-09", ())), {"d1 d3 d4 d5", "d2", "d6"}),
        (lambda: filled(settings, [RELEASE[4] | {"text": "Tåget går."}]), {"d1 d3 d4 d5", "d2", "d6"}),
        (lambda: filled(settings, [RELEASE[0] | {"text": RELEASE[1]["text"]}]), {"d1 d3 d4 d5", "d2", "d6"}),
        (lambda: filled(settings, [line(7, 0, 14, date="2020-05-09")]), {"d7 d1 d3 d4 d5", "d2", "d6"}),
        (lambda: (settings.corpus / "d4.jsonl").unlink() or build(settings), {"d7 d1 d3", "d2", "d5", "d6"}),
        (lambda: filled(settings, [RELEASE[3]]), {"d7 d1 d3 d4 d5", "d2", "d6"}),
        (lambda: forget(settings, ["d5"]), {"d7 d1 d3 d4", "d2", "d6"}),
        (lambda: forget(settings, ["d1"]), {"d3 d4", "d6"}),  # with its copies, d2 and d7
    ]
    for number, (step, expected) in enumerate(steps):
        step()
        assert groups(settings) == expected, number
        assert memberships(settings) == memberships(rebuilt(settings, tmp_path / f"fresh{number}")), number
    assert check(settings).sound
    assert answers(settings) == fresh_answers(settings, tmp_path / "fresh")
    said = (settings.corpus / LEDGER).read_text(encoding="utf-8")
    assert '"d5"' not in said and '"d1"' not in said, "nothing is left of what is forgotten"


def test_both_keep_who_and_why_and_either_is_undone(settings: Settings) -> None:
    filled(settings, RELEASE[:3])
    pair(settings, "d1", "d2", False)
    pair(settings, "d2", "d1", True)
    pair(settings, "d1", "d3", False)
    ledger = read_ledger(settings.corpus)
    assert ledger.related == {"d1": {"d2": True, "d3": False}, "d2": {"d1": True}, "d3": {"d1": False}}
    assert [len(ledger.decisions[id]) for id in ("d1", "d2", "d3")] == [3, 2, 1]
    undo(settings, "d3", ledger.decisions["d3"][-1].at)
    assert read_ledger(settings.corpus).related == {"d1": {"d2": True}, "d2": {"d1": True}}
    ledger = read_ledger(settings.corpus)
    assert [len(ledger.decisions[id]) for id in ("d1", "d2", "d3")] == [4, 2, 2]
    undo(settings, "d2", ledger.decisions["d2"][-1].at)
    assert read_ledger(settings.corpus).related == {"d1": {"d2": False}, "d2": {"d1": False}}
    assert groups(settings) == {"d1 d3", "d2"}


def plainly(
    documents: Iterable[str], alike: set[tuple[str, str]], stated: dict[tuple[str, str], bool]
) -> set[frozenset[str]]:
    """The groups: what is stated to be one, then what is alike, each in the order of ids, where it brings none together that are stated apart."""
    found = {frozenset({id}) for id in documents}
    links = sorted(pair for pair, same in stated.items() if same) + sorted(alike)
    for one, other in links:
        joined = frozenset().union(*(group for group in found if one in group or other in group))
        if not any({*pair} <= joined for pair, same in stated.items() if not same):
            found = {group for group in found if not group <= joined} | {joined}
    return found


IDS = [f"d{number}" for number in range(8)]
PAIRS = [(one, other) for one in IDS for other in IDS if one < other]


@given(
    st.sets(st.sampled_from(PAIRS)), st.dictionaries(st.sampled_from(PAIRS), st.booleans(), max_size=8), st.randoms()
)
@limits(max_examples=300)
def test_groups_are_those_that_brute_force_finds(
    alike: set[tuple[str, str]], stated: dict[tuple[str, str], bool], chance: random.Random
) -> None:
    with closing(Catalogue(IN_MEMORY)) as catalogue:
        one_by_one = catalogue.duplicate_groups
        indexed = {id for id in IDS if chance.random() < 0.9}
        rows = [(id, "", 0, "", "", "", "", "", "", 0, 1) for id in indexed]
        one_by_one._executemany("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        pairs = [pair for pair in alike if {*pair} <= indexed]
        one_by_one._executemany("INSERT INTO pairs VALUES (?, ?)", chance.sample(pairs, len(pairs)))
        said = {pair: same for pair, same in stated.items() if {*pair} <= indexed}
        one_by_one.state({(*way, same) for (a, b), same in stated.items() for way in ((a, b), (b, a))})
        settled = one_by_one.settle(lambda id: "", indexed)
    assert {frozenset(members) for id, (_, members) in settled.items() if id in indexed} == plainly(
        indexed, {*pairs}, said
    )
    assert all(id in members for id, (_, members) in settled.items())


@pytest.mark.parametrize(
    "seed", [1, 2, pytest.param(3, marks=pytest.mark.long), pytest.param(4, marks=pytest.mark.long)]
)
def test_any_order_of_indexing_and_stating_gives_the_same(settings: Settings, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    ids = [one["id"] for one in DOCUMENTS]
    stated = {tuple(sorted(chance.sample(ids, 2))): chance.random() < 0.5 for _ in range(4)}
    outcomes = []
    for turn in range(3):
        folder = tmp_path / f"turn{turn}"
        (folder / "corpus").mkdir(parents=True)
        other = replace(settings, corpus=folder / "corpus", index=folder / "index", commit_every=1 + turn)
        todo: list[Any] = chance.sample(DOCUMENTS, len(DOCUMENTS))
        half = chance.randrange(len(todo))
        filled(other, todo[:half])
        for (one, two), same in chance.sample(sorted(stated.items()), len(stated)):
            if {one, two} <= {one["id"] for one in todo[:half]}:
                pair(other, one, two, same)
        filled(other, todo[half:])
        for (one, two), same in chance.sample(sorted(stated.items()), len(stated)):
            pair(other, one, two, same)
        outcomes.append(memberships(other))
        assert check(other).sound
    assert outcomes == [outcomes[0]] * len(outcomes)
    found = {frozenset(group.split()) for group in groups(other)}
    alike = {("d1", "d2"), ("d1", "d3"), ("d2", "d3"), ("d3", "d4")}
    assert found == plainly(ids, alike, stated)  # type: ignore[arg-type]


WRONG: list[tuple[str, str, bool | None]] = [
    ("saknas", "d1", True),
    ("d1", "saknas", False),
    ("d1", "https://saknas.example/", True),
    ("d1", "http://[", True),
    ("d1", "", True),
    ("d1", "d1", True),
    ("d1", "d2", None),
]


@pytest.mark.parametrize(("id", "other", "same"), WRONG)
def test_what_cannot_be_changes_nothing(settings: Settings, id: str, other: str, same: bool | None) -> None:
    filled(settings, RELEASE[:2])
    with pytest.raises(CorrectionError, match="går inte att jämföra"):
        pair(settings, id, other, same)
    assert not (settings.corpus / LEDGER).exists()


def test_the_terminal_does_it_by_id_and_by_address(settings: Settings) -> None:
    address = "https://region.example/nyhet/"
    filled(settings, [*RELEASE[:2], SIXTH | {"id": identity(address, "", ""), "url": address}])

    def run(*options: str, code: int = 0) -> str:
        places = ("--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", settings.engine)
        done = CliRunner().invoke(cli, ["correct", *options, *places])
        assert done.exit_code == code, done.output
        return done.output

    assert json.loads(run("d1", "--not-same-as", "d2", "--json")) == {"corrected": ["d1"]}
    assert groups(settings) == {"d1", "d2", identity(address, "", "")}
    assert run("d1", "--same-as", "http://www.region.example/nyhet") == "corrected d1\n"
    assert groups(settings) == {f"d1 {identity(address, '', '')}", "d2"}
    page = "http://127.0.0.1:8000/dokument/d2?q=satsning#ratta"
    run("d1", "--not-same-as", page, "--undo")
    assert groups(settings) == {f"d2 {identity(address, '', '')} d1"}
    assert "Ange" in run("d1", code=2)
    before = groups(settings)
    for second in (("--date", "fel"), ("--date", "2019"), ("--not-same-as", "d2")):
        assert "i taget" in run("d1", "--same-as", "d2", *second, code=2)
    assert groups(settings) == before

"""What the write side decides, as tables: facts in, intents out, without a disk, an engine or a database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.catalogue import CandidateVersion, EnteredVersion, FileProgress, Precedence
from indexer.corpus import CorpusFile, Ledger
from indexer.corpus.corrections import Correction
from indexer.corpus.forgotten import fingerprints
from indexer.documents import Document, Medium, Refusal
from indexer.fields import Membership
from indexer.indexing.deciding import (
    Delete,
    Differences,
    Enter,
    Intent,
    ReadAgain,
    Stored,
    Verdict,
    Withdraw,
    Write,
    candidate_version_of,
    decide_document,
    decide_ledger,
    decide_memberships,
    decide_withdrawals,
    differences,
    hidden_names,
    keeps_what_it_gave,
    packed_corrections,
    packed_membership,
)
from indexer.ingestion import Source
from indexer.metadata.dates import Dated

ROUND = 7
DOCUMENT = Document("d", "Nyhet", "Regionen satsar på vätgas.")


def file(path: str, stamp: str = "now", added: str = "") -> CorpusFile:
    return CorpusFile(Source(Path(path), path), stamp, 1, added)


A, B = file("a"), file("b")
MINE = candidate_version_of(DOCUMENT, A)
BETTER = replace(MINE, path="b", precedence=replace(MINE.precedence, fetched_at="2026-01-01"), digest="better")
WORSE = replace(MINE, path="b", precedence=replace(MINE.precedence, is_page=False), digest="worse")
OTHER_TEXT = replace(MINE, digest="other")


def entered(version: CandidateVersion, round: int = ROUND - 1, indexed: bool = True) -> EnteredVersion:
    return EnteredVersion(version, round, indexed)


ENTER = Enter(MINE, ROUND, indexed=True)
BEATEN = Enter(MINE, ROUND, indexed=False)
VERDICTS: dict[str, tuple[list[EnteredVersion], Verdict, list[Intent]]] = {
    "new": ([], Verdict.ADDED, [ENTER, Write(DOCUMENT, replaces=False)]),
    "as it was": ([entered(MINE)], Verdict.UNCHANGED, [ENTER]),
    "another text": ([entered(OTHER_TEXT)], Verdict.UPDATED, [ENTER, Write(DOCUMENT, replaces=True)]),
    "beats another file's": ([entered(WORSE)], Verdict.UPDATED, [ENTER, Write(DOCUMENT, replaces=True)]),
    "beats one that is as it": ([entered(replace(WORSE, digest=MINE.digest))], Verdict.UNCHANGED, [ENTER]),
    "beaten by another file's": ([entered(BETTER)], Verdict.BEATEN, [BEATEN]),
    "beaten before and now": ([entered(BETTER), entered(MINE, indexed=False)], Verdict.BEATEN, [BEATEN]),
    "indexed and beaten now": (
        [entered(OTHER_TEXT), entered(BETTER, indexed=False)],
        Verdict.BEATEN,
        [Enter(OTHER_TEXT, ROUND, indexed=True), ReadAgain("d")],
    ),
    "twice in its file": ([entered(MINE, ROUND)], Verdict.BEATEN, []),
    "twice, the later better": (
        [entered(replace(OTHER_TEXT, precedence=WORSE.precedence), ROUND)],
        Verdict.UPDATED,
        [ENTER, Write(DOCUMENT, replaces=True)],
    ),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_document_is_indexed_where_its_version_beats_those_of_all_other_files(name: str) -> None:
    versions, verdict, intents = VERDICTS[name]
    decision = decide_document(DOCUMENT, A, Ledger(), versions, ROUND)
    assert (decision.verdict, list(decision.intents)) == (verdict, intents)


@pytest.mark.parametrize(
    ("ledger", "verdict"),
    [
        (Ledger(removed={"d": "2026-01-01"}), Verdict.REMOVED),
        (Ledger(gone={"d": "2026-01-01"}), Verdict.REMOVED),
        (Ledger(removed={"d": ""}, forgotten=sorted(fingerprints(DOCUMENT, "00")), salt="00"), Verdict.FORGOTTEN),
        (Ledger(removed={"another": ""}), Verdict.ADDED),
    ],
)
def test_what_the_ledger_keeps_out_asks_for_nothing(ledger: Ledger, verdict: Verdict) -> None:
    decision = decide_document(DOCUMENT, A, ledger, [], ROUND)
    assert decision.verdict is verdict
    assert bool(decision.intents) == (verdict is Verdict.ADDED)


ASCENDING = [
    (replace(DOCUMENT, medium=Medium.ENTRY, fetched_at="2026-01-09"), A),
    (DOCUMENT, A),
    (replace(DOCUMENT, published=Dated("2019-01-01", "day", "")), A),
    (replace(DOCUMENT, published=Dated("2020-01-01", "day", "")), A),
    (replace(DOCUMENT, published=Dated("2020-01-01", "day", "")), file("a", added="2026-02-01T10:00:00")),
    (replace(DOCUMENT, fetched_at="2026-01-01"), A),
    (replace(DOCUMENT, fetched_at="2026-01-01T12:00:00"), A),
]
"""The worst version first: an entry of a feed, a page, dates, what was added later, what was fetched later."""


def test_versions_are_ordered_by_page_fetching_date_adding_and_content() -> None:
    versions = [candidate_version_of(*one) for one in ASCENDING]
    for at, version in enumerate(versions):
        assert [version.beats(other) for other in versions] == [index < at for index in range(len(versions))]
    assert MINE.beats(replace(MINE, path="b")), "of equal ones the first path's"
    assert Precedence(True, "", "", "", "a") < Precedence(True, "", "", "", "b")


def test_what_a_file_no_longer_gives_makes_room_for_other_versions() -> None:
    assert list(decide_withdrawals("a", [("x", False), ("y", True)])) == [
        Withdraw("x", "a"),
        Withdraw("y", "a"),
        ReadAgain("y"),
        Delete("y"),
    ]


@pytest.mark.parametrize(
    ("documents", "refusals", "keeps"), [(0, 1, True), (1, 1, False), (0, 0, False), (1, 0, False)]
)
def test_a_file_that_can_no_longer_be_read_keeps_what_it_gave(documents: int, refusals: int, keeps: bool) -> None:
    assert keeps_what_it_gave(FileProgress(1, documents, [Refusal("a", "Trasig.")] * refusals)) == keeps


CORRECTED = Ledger(corrected={"d": Correction("2026-01-01", "2017", None)})
SAME = Stored({"a": "now", "b": "now"}, {"a", "b"}, {"d"}, {}, set())
CHANGED: dict[str, tuple[Stored, Ledger, Differences]] = {
    "nothing": (SAME, Ledger(), Differences((), (), (), False, ())),
    "a file changed": (replace(SAME, stamps={"a": "now", "b": "then"}), Ledger(), Differences((), (), (), False, (B,))),
    "a file is new": (
        replace(SAME, stamps={"a": "now"}, paths={"a"}),
        Ledger(),
        Differences((), (), (), False, (B,)),
    ),
    "a file is gone, begun only": (replace(SAME, paths={"a", "c"}), Ledger(), Differences(("c",), (), (), False, ())),
    "a document was removed": (SAME, Ledger(removed={"d": ""}), Differences((), ("d",), (), False, ())),
    "what the index lacks was removed": (SAME, Ledger(removed={"e": ""}), Differences((), (), (), False, ())),
    "a correction": (SAME, CORRECTED, Differences((), (), ("d",), False, ())),
    "a correction taken back": (
        replace(SAME, corrections={"d": "{}"}),
        Ledger(),
        Differences((), (), ("d",), False, ()),
    ),
    "the same correction": (
        replace(SAME, corrections=packed_corrections(CORRECTED)),
        CORRECTED,
        Differences((), (), (), False, ()),
    ),
    "a hidden name": (SAME, Ledger(hidden={"d": ["Anna Berg"]}), Differences((), (), (), True, ())),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_changed_since_the_last_run(name: str) -> None:
    stored, ledger, expected = CHANGED[name]
    assert differences([A, B], ledger, stored) == expected
    assert bool(expected) == (not name.startswith(("nothing", "the same", "what the index lacks")))


def test_a_changed_ledger_deletes_and_reads_again() -> None:
    changes = Differences((), ("x",), ("y",), True, ())
    assert list(decide_ledger(changes)) == [ReadAgain("y"), Withdraw("x"), Delete("x")]
    assert hidden_names(Ledger(hidden={"d": ["Bo Ek", "Anna Berg"]})) == {("d", "Bo Ek"), ("d", "Anna Berg")}


def test_every_indexed_document_of_a_group_gets_its_membership() -> None:
    documents = {id: Document(id, "", "", source=f"Region {id}") for id in "abc"}
    groups = {"a": ("a", ["a", "b", "left"]), "b": ("a", ["a", "b", "left"]), "c": ("c", ["c"]), "left": ("a", [])}
    groups = {id: (canonical, [one for one in members if one != "left"]) for id, (canonical, members) in groups.items()}
    memberships = decide_memberships(groups, {"a", "b", "c"}, documents.__getitem__)
    assert memberships.keys() == {"a", "b", "c"}
    assert [one.id for one in memberships["a"].duplicates] == ["b"]
    assert memberships["a"].values["source"] == ("Region a", "Region b")
    assert memberships["b"] == Membership("a")
    assert memberships["c"] == Membership()
    assert packed_membership(memberships["c"]) == "" != packed_membership(memberships["b"])

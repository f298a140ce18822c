"""The decider of the write side, by tables: no disk, no engine and no catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer.catalogue import CandidateVersion
from indexer.corpus import CorpusFile, Ledger
from indexer.corpus.ledger import Correction, corrected, fingerprints
from indexer.documents import Document, Medium
from indexer.indexing.deciding import (
    Delete,
    Intent,
    ReadAgain,
    Rewrite,
    Stored,
    Verdict,
    Withdraw,
    Write,
    candidate_version_of,
    decide_correction,
    decide_document,
    decide_ledger,
    decide_over,
    decide_withdrawals,
    differences,
    hidden_names,
    packed_corrections,
    unread,
)
from indexer.ingestion import Source
from indexer.metadata.dates import Dated

ROUND = 7
DOCUMENT = Document("d", "Vätgas i Skåne", "Regionen satsar på vätgas.", url="https://example.se/d")
EARLIER = replace(DOCUMENT, text="Regionen satsar på sol.", published=Dated("2019-01-01", "day", ""))
LATER = replace(EARLIER, published=Dated("2021-01-01", "day", ""))
ENTRY = replace(LATER, medium=Medium.ENTRY)
SALT = "00"
CORRECTION = Correction("2024-01-01", "2019", None)


def file(path: str, stamp: str = "1", added: str = "") -> CorpusFile:
    return CorpusFile(Source(Path(path), path), stamp, 1, added)


OURS, OTHER = file("b.jsonl"), file("c.jsonl")


def entered(document: Document, of: CorpusFile, round: int = ROUND - 1, indexed: bool = True) -> CandidateVersion:
    return replace(candidate_version_of(document, of), round=round, indexed=indexed)


def enter(indexed: bool) -> CandidateVersion:
    return entered(DOCUMENT, OURS, ROUND, indexed)


NEW, AGAIN = Write(DOCUMENT, replaces=False), Write(DOCUMENT, replaces=True)
ENGINE_HAS = candidate_version_of(EARLIER, OURS).digest
DECISIONS: dict[str, tuple[Ledger, list[CandidateVersion], Verdict, tuple[Intent, ...]]] = {
    "never seen": (Ledger(), [], Verdict.ADDED, (enter(True), NEW)),
    "as it was": (Ledger(), [entered(DOCUMENT, OURS)], Verdict.UNCHANGED, (enter(True),)),
    "other text in its file": (Ledger(), [entered(EARLIER, OURS)], Verdict.UPDATED, (enter(True), AGAIN)),
    "the same in a later file": (Ledger(), [entered(DOCUMENT, OTHER)], Verdict.UNCHANGED, (enter(True),)),
    "the same in an earlier file": (Ledger(), [entered(DOCUMENT, file("a"))], Verdict.BEATEN, (enter(False),)),
    "beats an entry": (Ledger(), [entered(ENTRY, OTHER)], Verdict.UPDATED, (enter(True), AGAIN)),
    "beaten by a later date": (Ledger(), [entered(LATER, OTHER)], Verdict.BEATEN, (enter(False),)),
    "was indexed, is beaten now": (
        Ledger(),
        [entered(EARLIER, OURS), entered(LATER, OTHER, indexed=False)],
        Verdict.BEATEN,
        (replace(enter(True), digest=ENGINE_HAS), ReadAgain("d")),
    ),
    "kept others out by its last day, is beaten now": (
        Ledger(),
        [entered(replace(EARLIER, until="2020-01-01"), OURS, indexed=False), entered(LATER, OTHER, indexed=False)],
        Verdict.BEATEN,
        (enter(False), ReadAgain("d")),
    ),
    "twice in its file, the lesser later": (Ledger(), [entered(LATER, OURS, ROUND)], Verdict.BEATEN, ()),
    "twice in its file, the greater later": (
        Ledger(),
        [entered(ENTRY, OURS, ROUND)],
        Verdict.UPDATED,
        (enter(True), AGAIN),
    ),
    "lesser than in an earlier round": (Ledger(), [entered(LATER, OURS)], Verdict.UPDATED, (enter(True), AGAIN)),
    "entered, but never indexed": (
        Ledger(),
        [entered(DOCUMENT, OURS, indexed=False)],
        Verdict.ADDED,
        (enter(True), NEW),
    ),
    "removed": (Ledger(removed={"d": "2024-01-01"}), [entered(DOCUMENT, OURS)], Verdict.REMOVED, (enter(False),)),
    "removed, and twice in its file": (
        Ledger(removed={"d": "2024-01-01"}),
        [entered(LATER, OURS, ROUND, indexed=False)],
        Verdict.REMOVED,
        (),
    ),
    "removed, and gone": (Ledger(removed={"d": ""}, gone={"d": ""}), [], Verdict.REMOVED, (enter(False),)),
    "gone": (Ledger(gone={"d": "2024-01-01"}), [], Verdict.REMOVED, ()),
    "forgotten, and removed too": (
        Ledger(removed={"d": ""}, forgotten=sorted(fingerprints(DOCUMENT, SALT)), salt=SALT),
        [],
        Verdict.FORGOTTEN,
        (),
    ),
    "of the text of what was forgotten": (
        Ledger(forgotten=sorted(fingerprints(replace(DOCUMENT, id="x", url=None), SALT)), salt=SALT),
        [],
        Verdict.FORGOTTEN,
        (),
    ),
}


@pytest.mark.parametrize(("ledger", "versions", "verdict", "intents"), DECISIONS.values(), ids=DECISIONS)
def test_a_document_that_was_read(
    ledger: Ledger, versions: list[CandidateVersion], verdict: Verdict, intents: tuple[Intent, ...]
) -> None:
    assert decide_document(DOCUMENT, OURS, ledger, versions, ROUND) == (verdict, intents)


@pytest.mark.parametrize(
    ("decision", "leaves"), [("never seen", False), ("as it was", True), ("other text in its file", True)]
)
def test_a_document_whose_last_day_has_passed_keeps_others_out(decision: str, leaves: bool) -> None:
    ledger, versions, _, _ = DECISIONS[decision]
    decided = decide_over("d", *decide_document(DOCUMENT, OURS, ledger, versions, ROUND))
    assert decided == (Verdict.OVER, [enter(False), *([Delete("d")] if leaves else [])])


@pytest.mark.parametrize("decision", ["beaten by a later date", "was indexed, is beaten now", "removed"])
def test_what_is_not_indexed_anyway_is_decided_as_ever(decision: str) -> None:
    ledger, versions, verdict, intents = DECISIONS[decision]
    assert decide_over("d", *decide_document(DOCUMENT, OURS, ledger, versions, ROUND)) == (verdict, intents)


def test_of_two_files_the_same_version_wins_whichever_is_read_first() -> None:
    versions = [candidate_version_of(one, of) for one in (DOCUMENT, EARLIER, LATER, ENTRY) for of in (OURS, OTHER)]
    for one in versions:
        for other in versions:
            assert one is other or one.path == other.path or one.beats(other) != other.beats(one)


WITHDRAWALS: dict[str, tuple[list[tuple[str, bool]], list[Intent]]] = {
    "all given": ([], []),
    "one that is not indexed": ([("d", False)], [Withdraw("d", "b")]),
    "one that is indexed": ([("d", True)], [Withdraw("d", "b"), ReadAgain("d"), Delete("d")]),
}


@pytest.mark.parametrize(("not_given", "intents"), WITHDRAWALS.values(), ids=WITHDRAWALS)
def test_what_a_file_no_longer_gives(not_given: list[tuple[str, bool]], intents: list[Intent]) -> None:
    assert list(decide_withdrawals("b", not_given)) == intents


SAME = Stored({"b.jsonl": "1"}, {"b.jsonl"}, {"d"}, {}, set())
CORRECTED = Ledger(corrected={"d": CORRECTION})
REMOVED = Ledger(removed={"d": "", "x": ""})
HIDDEN = Ledger(hidden={"d": ["Anna Berg", "Bo Ek"]})
CHANGES: dict[str, tuple[list[CorpusFile], Ledger, Stored, dict[str, object]]] = {
    "nothing": ([OURS], Ledger(), SAME, {}),
    "a new file": ([OURS, OTHER], Ledger(), SAME, {"unread": (OTHER,)}),
    "a changed file": ([file("b.jsonl", "2")], Ledger(), SAME, {"unread": (file("b.jsonl", "2"),)}),
    "a deleted file": ([], Ledger(), SAME, {"gone": ("b.jsonl",)}),
    "removed": ([OURS], REMOVED, SAME, {"over": ("d",), "corrected": ("d", "x")}),
    "removed as before": ([OURS], REMOVED, replace(SAME, indexed=set(), corrections=packed_corrections(REMOVED)), {}),
    "no longer removed": ([OURS], Ledger(), replace(SAME, corrections={"d": "removed"}), {"corrected": ("d",)}),
    "removed when its last day has passed": (
        [OURS],
        REMOVED,
        replace(SAME, over={"d"}),
        {"over": ("d",), "corrected": ("d", "x")},
    ),
    "gone when its last day has passed": (
        [OURS],
        Ledger(gone={"d": ""}),
        replace(SAME, over={"d"}),
        {"left_out": ("d",)},
    ),
    "gone": ([OURS], Ledger(gone={"d": ""}), SAME, {"left_out": ("d",)}),
    "corrected": ([OURS], CORRECTED, SAME, {"corrected": ("d",)}),
    "corrected as before": ([OURS], CORRECTED, replace(SAME, corrections=packed_corrections(CORRECTED)), {}),
    "no longer corrected": ([OURS], Ledger(), replace(SAME, corrections={"d": "{}"}), {"corrected": ("d",)}),
    "hidden": ([OURS], HIDDEN, SAME, {"hiding": True}),
    "hidden as before": ([OURS], HIDDEN, replace(SAME, hidden=hidden_names(HIDDEN)), {}),
}


@pytest.mark.parametrize(("files", "ledger", "stored", "changed"), CHANGES.values(), ids=CHANGES)
def test_what_changed_since_the_last_run(
    files: list[CorpusFile], ledger: Ledger, stored: Stored, changed: dict[str, object]
) -> None:
    changes = differences(files, ledger, stored)
    assert bool(changes) is bool(changed)
    for name in ("gone", "left_out", "corrected", "hiding", "unread", "over"):
        assert getattr(changes, name) == changed.get(name, False if name == "hiding" else ())


def test_a_changed_ledger_deletes_what_is_left_out() -> None:
    changes = differences([OURS], Ledger(gone={"e": ""}), replace(SAME, indexed={"d", "e"}))
    assert list(decide_ledger(changes)) == [Withdraw("e"), Delete("e")]
    changes = differences([OURS], Ledger(removed={"e": ""}), replace(SAME, indexed={"d", "e"}))
    assert list(decide_ledger(changes)) == [Delete("e")], "it may come back"
    assert not unread([OURS], SAME.stamps)


def test_a_correction_writes_the_document_again_and_beats_nothing_by_its_date() -> None:
    plain = entered(DOCUMENT, OURS)
    again, rewrite = decide_correction(DOCUMENT, CORRECTED, plain)
    assert rewrite == Rewrite(corrected(DOCUMENT, CORRECTION))
    assert isinstance(again, CandidateVersion)
    assert again == replace(plain, digest=candidate_version_of(DOCUMENT, OURS, CORRECTION).digest)
    assert again.precedence == plain.precedence
    assert decide_document(DOCUMENT, OURS, CORRECTED, [again], ROUND - 1)[0] is Verdict.BEATEN, "the file says it twice"
    assert decide_document(DOCUMENT, OURS, CORRECTED, [again], ROUND)[0] is Verdict.UNCHANGED
    assert not list(decide_correction(DOCUMENT, CORRECTED, again)), "it is written already"
    assert list(decide_correction(DOCUMENT, Ledger(), again)) == [plain, Rewrite(DOCUMENT)]

"""Compounds: where they are split, what their parts find, and which words stay whole."""

from __future__ import annotations

import csv
from math import log10
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import get_frequency_dict, top_n_list

from indexer.swedish import analyse
from indexer.swedish.compounds import pieces_of, zipf
from indexer.swedish.languages import _small
from tests.floors import FLOORS

SPLIT = [
    ("industriutveckling", "industri utveckling"),
    ("kompetensförsörjningen", "kompetens försörjning"),
    ("arbetsmarknadspolitik", "arbete marknad politik"),
    ("skolbyggnad", "skola byggnad"),
    ("kvinnoföretagande", "kvinna företagande"),
    ("länsstyrelse", "län styrelse"),
    ("elpriser", "el pris"),
    ("isbrytare", "is brytare"),
    ("vingårdar", "vin gård"),
    ("vildsvinen", "vild svin"),
]


@pytest.mark.parametrize(("word", "parts"), SPLIT)
def test_a_compound_is_split_into_words(word: str, parts: str) -> None:
    found = " ".join(analyse(piece.word)[0].term for piece in pieces_of(word))
    assert found == " ".join(analyse(part)[0].term for part in parts.split())


@pytest.mark.parametrize(
    "word",
    ["ekonomin", "regionala", "örebro", "skellefteå", "ljusnarsberg", "kristianstads", "betydande", "kommunen"]
    + ["villkoras", "framskrivna", "bortgift", "mellanstatliga", "multiprofessionella", "beskattningsbara", "märkbart"]
    + ["ekologisk", "förstöras", "maritima", "expertis", "riskabla", "förbundit"],
)
def test_simple_words_and_names_stay_whole(word: str) -> None:
    assert pieces_of(word) == ()


@given(st.text("aeostrlnkåäö", min_size=7, max_size=24))
def test_pieces_cover_the_word_in_order(word: str) -> None:
    pieces = pieces_of(word)
    if pieces:
        assert (pieces[0].start, pieces[-1].end) == (0, len(word))
        assert all(left.end == right.start for left, right in zip(pieces, pieces[1:], strict=False))


def test_parts_of_a_token_have_offsets_into_the_text() -> None:
    (token,) = analyse("Industriutvecklingen")
    assert [(part.text, part.start, part.end) for part in token.parts] == [("Industri", 0, 8), ("utvecklingen", 8, 20)]


def test_every_word_is_as_frequent_as_wordfreq_says() -> None:
    counted = get_frequency_dict("sv")
    assert {word: zipf(word) for word in counted} == {word: log10(share) + 9 for word, share in counted.items()}


@pytest.mark.parametrize("language", ["sv", "en", "da", "nb"])
def test_the_small_words_of_a_language_are_those_that_wordfreq_names(language: str) -> None:
    assert _small()[language] == frozenset(top_n_list(language, 100, wordlist="small"))


@pytest.mark.parametrize("word", ["", "kvastskaftare", "\u306e\u306e", "\ud800"])
def test_a_word_that_was_never_counted_has_the_least_frequency(word: str) -> None:
    assert word not in get_frequency_dict("sv")
    assert zipf(word) == 1.0


@pytest.mark.real
def test_boundaries_against_words_split_by_hand(shared: Path) -> None:
    right = wrong = missed = simple = split = 0
    with (shared / "data" / "language" / "compounds.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            must, may = boundaries(row["segmentation"])
            found = {piece.start for piece in pieces_of(row["word"].lower())} - {0}
            right += len(found & must)
            wrong += len(found - must - may)
            missed += len(must - found)
            if row["class"] == "simple":
                simple += 1
                split += bool(found)
    assert 2 * right / (2 * right + wrong + missed) >= FLOORS["compounds.f1"]
    assert split / simple <= FLOORS["compounds.simple_split"]


def boundaries(segmentation: str) -> tuple[set[int], set[int]]:
    """Positions of | and of ~ in a segmentation."""
    found: dict[str, set[int]] = {"|": set(), "~": set()}
    position = 0
    for character in segmentation:
        if character in found:
            found[character].add(position)
        else:
            position += 1
    return found["|"], found["~"]

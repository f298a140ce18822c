"""Did you mean: a word is put right where it stands, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parsing import parse
from indexer.searching.suggesting import suggestions
from indexer.swedish import Entry, entry_of

RIGHT = {"konomi": "ekonomi", "vrd": "vård", "orebro": "örebro", "ar": "är", "vård": "vårda"}
KNOWN = {"äng": 9, "konferens": 9, "ängkonferens": 9, "ekonomiskt": 9, "additiv": 9, "tillverkning": 9, "bar": 9}


class Words:
    """An index that knows some words and what some others were meant to be."""

    def entry(self, form: str) -> Entry:
        return entry_of(form)

    def known(self, form: str) -> str | None:
        return form if form in KNOWN else None

    def documents(self, term: str) -> int:
        return KNOWN.get(term, 0)

    documents_of_form = documents

    def nearest(self, form: str) -> tuple[str, int] | None:
        return (RIGHT[form], 1_000) if form in RIGHT else None


def given_for(typed: str) -> list[str]:
    parsed = parse(typed)
    return list(suggestions(parsed.rest, parsed.query, Words()))  # type: ignore[arg-type]


CASES = [
    ("ekonomiskt konomi", "ekonomiskt ekonomi"),
    ("konomi ekonomiskt", "ekonomi ekonomiskt"),
    ("konomi, ekonomiskt konomi!", "ekonomi, ekonomiskt ekonomi!"),
    ("bar ar", "bar är"),
    ("vårvrd vrd", "vårvrd vård"),
    ("vrd vård", "vård vårda"),
    ("o\u0308konomi konomi", "ökonomi ekonomi"),
    ("åäö-konomi konomi", "åäö-konomi ekonomi"),
    ("(konomi) åäökonomi", "(ekonomi) åäökonomi"),
    ("region:skåne orebrokonomi orebro", "orebrokonomi örebro"),
    ("additivtillverkning", "additiv tillverkning"),
    ("mäng äng konferens", "mäng ängkonferens"),
    ("äng konferensen äng konferens", "äng konferensen ängkonferens"),
]


@pytest.mark.parametrize(("typed", "expected"), CASES)
def test_a_word_is_put_right_where_it_stands(typed: str, expected: str) -> None:
    assert given_for(typed)[:1] == [expected]


@pytest.mark.parametrize("typed", ['"konomi"', "=konomi", "konomi*", "rubrik:konomi", "konomi ELLER vrd", "-konomi"])
def test_what_is_written_with_signs_is_meant(typed: str) -> None:
    assert given_for(typed) == []


@given(
    st.lists(st.sampled_from([*RIGHT, *KNOWN, "ekonomiskt", "orebrokonomi", "x"]), min_size=1, max_size=6, unique=True)
)
def test_each_word_is_right_or_as_it_was(words: list[str]) -> None:
    corrected = [RIGHT.get(word, word) if not KNOWN.get(word) else word for word in words]
    if corrected != words:
        assert given_for(" ".join(words))[0].split() == corrected

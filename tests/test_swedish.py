"""Swedish analysis: what falls together, what does not, and where the tokens stand."""

from __future__ import annotations

import csv
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.swedish import analyse, as_json, terms_in
from indexer.swedish.tokens import cut, runs, spans_of
from indexer.swedish.words import term_of
from tests.floors import FLOORS

TOGETHER = """
ekonomi ekonomin ekonomins ekonomier
tillväxt tillväxten
region regioner regionen regionens regionerna
regional regionala regionalt
kommun kommuner kommunerna kommunernas
nämnd nämnden nämnder
nätverk nätverket nätverken
omställning omställningen omställningar
hållbar hållbara hållbart
satsning satsningar satsningen
län länet läns länets
kluster klustret
industri industrin industrier
energi energin
strategi strategin strategier
land länder länderna
stad städer staden
uppdrag uppdraget uppdragen
"""
APART = [
    "ekonomi ekolog",
    "för forska",
    "län lån",
    "år ar",
    "region regi",
    "nämnd nämna",
    "tillväxt tillväxa",
    "habo håbo",
]


@pytest.mark.parametrize("line", TOGETHER.strip().splitlines())
def test_forms_of_a_word_share_a_term(line: str) -> None:
    assert len({term_of(form) for form in line.split()}) == 1


@pytest.mark.parametrize("line", APART)
def test_different_words_do_not(line: str) -> None:
    left, right = line.split()
    assert term_of(left) != term_of(right)


SURFACES = {
    "EU:s 19:e SMF:er kl 14:27": "EU:s|19:e|SMF:er|kl|14|27",
    "2021-04-19 07:00Pressmeddelande": "2021|04|19|07|00|Pressmeddelande",
    "3D-printing 5G 1a": "3D|printing|5G|1a",
    "Mark- och miljödomstolen": "Mark|och|miljödomstolen",
    "investerings-, och/eller": "investerings|och|eller",
    "kom\u00admuner": "kom\u00admuner",
    "e\u0301n A\u030ar": "e\u0301n|A\u030ar",
    "snake_case 1,2 miljoner": "snake|case|1|2|miljoner",
    "😀ord😀": "ord",
    "": "",
    " –…\n": "",
}


@pytest.mark.parametrize(("text", "surfaces"), SURFACES.items())
def test_tokens_stand_where_they_say(text: str, surfaces: str) -> None:
    tokens = analyse(text)
    assert "|".join(token.surface for token in tokens) == surfaces
    assert all(text[token.start : token.end] == token.surface for token in tokens)
    assert [token.position for token in tokens] == list(range(len(tokens)))


@pytest.mark.parametrize(
    ("left", "right"),
    [("EU:s", "EU"), ("kom\u00admuner", "kommuner"), ("O\u0308rebro", "Örebro"), ("E\u2011HÄLSA", "e-hälsa")],
)
def test_spellings_that_are_the_same_word(left: str, right: str) -> None:
    assert [token.term for token in analyse(left)] == [token.term for token in analyse(right)]


def test_a_hyphen_word_is_also_its_joined_form() -> None:
    (first, second) = analyse("X 3D-printingen"[2:])
    assert [(part.text, part.term) for part in first.parts] == [("3D-printingen", "3d" + term_of("printingen"))]
    assert second.parts == ()
    assert analyse("2020/21")[0].parts == (), "numbers are not joined"


def test_json_of_a_token_has_the_fixed_keys() -> None:
    (token,) = analyse("Ekonomin")
    assert as_json(token) == {
        "surface": "Ekonomin",
        "start": 0,
        "end": 8,
        "position": 0,
        "term": "ekonomi",
        "keys": ["ekonomi"],
        "parts": [],
        "why": "ordboken: form av ekonomi",
    }


def test_json_of_a_token_says_why() -> None:
    tokens = analyse("LAS och Mora: länkar, Marks kommun, moras, finlandsfärjor, kvaddlan")
    assert [as_json(token)["why"] for token in tokens] == [
        "förkortning, skild från ordet av versalerna",
        "formord: ett ord för sig",
        "namn",
        "ordboken: form av länk; kan också vara form av länka",
        "namn, skilt från ordet av versalen",
        "ordboken: grundform",
        "namn: form av Mora",
        "okänt ord, böjt som färja",
        "okänt ord: söks som det står",
    ]


TEXTS = st.text(st.characters() | st.sampled_from("aåäöAÅÄÖ1239:-/\u00ad\u0301\u0308\u200b😀 ")).map(
    lambda text: text.encode("utf-8", "replace").decode("utf-8")
)


@given(TEXTS)
def test_offsets_rise_and_the_fast_way_agrees(text: str) -> None:
    tokens = analyse(text)
    ends = [0, *(token.end for token in tokens)]
    assert all(end <= token.start < token.end for end, token in zip(ends, tokens, strict=False))
    fast = terms_in(text)
    assert fast.forms == [token.form for token in tokens]
    assert fast.terms == [token.term for token in tokens]
    joined = [token.joined for token in tokens if token.joined]
    assert fast.parts[: len(joined)] == joined
    assert sorted(" ".join(fast.parts).split()) == sorted(part.term for token in tokens for part in token.parts)


@given(TEXTS)
def test_a_composed_text_has_the_same_terms(text: str) -> None:
    assert terms_in(text).terms == terms_in(unicodedata.normalize("NFC", text)).terms


def test_threads_do_not_disturb_each_other() -> None:
    """The stemmer keeps its word in itself; without the lock, terms of other threads come back."""
    words = [
        f"{stem}{ending}" for stem in ("bygg", "satsning", "kommun", "grön") for ending in ("erna", "ens", "ar", "a")
    ] * 300
    term_of.cache_clear()
    alone = [term_of(word) for word in words]
    term_of.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(term_of, words)) == alone


@given(st.text(alphabet="aåÅXxs:09 -/²½ªµßŠ\u0192\u00ad–٣\u0301Ωé_\n12Ab", max_size=14))
def test_words_cut_as_bytes_are_those_of_the_patterns(text: str) -> None:
    assert runs(text) == re.findall(r"[^\W_]+", text.lower())
    assert cut(text)[0] == [text[slice(*span)].partition(":")[0] for span in spans_of(text)]


def test_every_sign_parts_words_or_not_in_both_ways() -> None:
    for sign in map(chr, [*range(0xD800), *range(0xE000, 0x30000)]):
        assert runs(f"a{sign}b") == re.findall(r"[^\W_]+", f"a{sign}b".lower())


@pytest.mark.real
def test_conflation_of_real_pairs(shared: Path) -> None:
    with (shared / "data" / "language" / "pairs.tsv").open(encoding="utf-8") as file:
        pairs = list(csv.DictReader(file, delimiter="\t"))
    merged = {"1": [0, 0], "0": [0, 0]}
    for pair in pairs:
        same = bool({*analyse(pair["form_a"])[0].keys} & {*analyse(pair["form_b"])[0].keys})
        merged[pair["same_lexeme"]][0] += same
        merged[pair["same_lexeme"]][1] += 1
    recall, false = (hits / total for hits, total in (merged["1"], merged["0"]))
    print(f"conflation: recall {recall:.3f}, false merges {false:.3f}")
    assert recall >= FLOORS["conflation.recall"]
    assert false <= FLOORS["conflation.false_merges"]

"""Highlights are spans of the text as given; snippets are the pieces with the most different words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parsing import parse
from indexer.planning import plan
from indexer.planning.nodes import Term
from indexer.searching.highlights import HIGHLIGHTED_BYTES, highlight, marks_in
from indexer.searching.snippets import SNIPPET_LENGTH, WIDENED, snippets
from indexer.swedish import analyse, entry_of, forms_in
from webapp.showing import excerpt

BODY = ("body", "body_exact", "decompounded")


class NoWords:
    """A vocabulary that expands nothing."""

    entry = staticmethod(entry_of)

    def beginning(self, prefix: str, limit: int) -> list[str]:
        return []

    def similar(self, form: str, limit: int) -> list[str]:
        return []

    def held(self, terms: Iterable[str], limit: int) -> list[tuple[str, int]]:
        return []

    size = 0


class AnyForm:
    """The words of an index that knows nothing but the forms of one text: each may be what is looked for."""

    entry = staticmethod(entry_of)

    def __init__(self, text: str) -> None:
        self._forms = set(forms_in(text))

    def forms_with(self, terms: Iterable[str], parts: Iterable[str]) -> set[str]:
        return self._forms


MARKED = [
    ("ekonomi", "Ekonomin och ekologi", "Ekonomin"),
    ("=ekonomi", "Ekonomin och ekonomi", "ekonomi"),
    ("3D-printing", "3D-printing, 3D printing, 3dprinting", "3D-printing|3D printing|3dprinting"),
    ("3D printing", "3D-printing", "3D|printing"),
    ('"smart specialisering"', "Smart specialisering är smart.", "Smart specialisering"),
    ('"smart industri"~2', "smart och grön industri", "smart|industri"),
    ("klimat INTE skola", "klimat och skola", "klimat"),
    ("rubrik:klimat vård", "klimat och vård", "vård"),
    ("kommun NÄRA/1 vård", "vård i kommun och en kommun", "vård|kommun"),
    ("e-hälsa", "ehälsa och e-hälsa", "ehälsa|e-hälsa"),
    ("eu", "EU:s mål, eu. En euro; EU", "EU:s|eu|EU"),
    ("s", "EU:s s:s:s mål", "s:s|s"),
    ("pressmeddelande", "07:00Pressmeddelande, 5Gpressmeddelande", "Pressmeddelande"),
    ("ekonomi", "eko\u00adnomin Šekonomi ✓ekonomi", "eko\u00adnomin|ekonomi"),
    ("å", "A\u030a och Å, åa", "A\u030a|Å"),
    ("las", "LAS och las", "LAS|las"),
    ('"EU mål"', "EU:s mål är mål", "EU:s mål"),
    ("utveckling", "industriutvecklingen, utvecklingsstöd", "utvecklingen|utveckling"),
]


@pytest.mark.parametrize(("question", "text", "expected"), MARKED)
def test_what_is_marked(question: str, text: str, expected: str) -> None:
    spans = highlight(text, marks_in(plan(parse(question).query, NoWords()).strict, BODY), AnyForm(text))
    assert "|".join(text[start:end] for start, end in spans) == expected


TEXTS = st.lists(
    st.sampled_from(
        [*"aåäÅ9-:/ \n“", "eu", ":s", "EU", "IT", "Lund", "industriutveckling", "\u00ad", "a\u030a", "Š", "😀", "07:00"]
    )
).map("".join)


@given(TEXTS)
def test_what_is_marked_is_what_the_analysis_finds(text: str) -> None:
    """Whichever way a text is looked through: its signs, capitals and colons decide that."""
    tokens = analyse(text)
    for token in tokens:
        for field, key in (("body", "term"), ("body_exact", "form")):
            same = tuple((one.start, one.end) for one in tokens if getattr(one, key) == getattr(token, key))
            assert highlight(text, marks_in(Term(field, getattr(token, key)), (field,)), AnyForm(text)) == same
        for term in {part.term for part in token.parts}:
            spans = highlight(text, marks_in(Term("decompounded", term), ("decompounded",)), AnyForm(text))
            assert all(
                any(start <= part.start < end for start, end in spans) for part in token.parts if part.term == term
            )


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    text = "å" * HIGHLIGHTED_BYTES + " vätgas"
    marks = marks_in(plan(parse("vätgas").query, NoWords()).strict, BODY)
    assert highlight(text, marks, AnyForm(text)) == ()
    assert highlight("vätgas " + text, marks, AnyForm("vätgas")) == ((0, 6),)


def test_snippets_hold_the_most_different_words_and_their_spans_fit() -> None:
    filling = "Här står annat om regionen. " * 20
    text = f"vätgas vätgas {filling} vätgas och hamnar {filling} hamnar"
    spans = highlight(text, marks_in(plan(parse("vätgas hamnar").query, NoWords()).strict, BODY), AnyForm(text))
    pieces = snippets(text, spans)
    assert len(pieces) == 2
    assert any({piece[start:end] for start, end in inside} == {"vätgas", "hamnar"} for piece, inside in pieces)
    for piece, inside in pieces:
        assert piece.strip("… ") in text
        assert all(piece[start:end] in ("vätgas", "hamnar") for start, end in inside)


def test_a_snippet_cuts_no_word_and_no_letter_from_its_mark() -> None:
    text = "o\u0308" * 90 + " " + "ord " * 60 + "slutet" + "a\u030a" * 40
    for piece, _ in snippets(text, []):
        whole = piece.removesuffix(" …")
        assert text.startswith(whole) and text[len(whole) : len(whole) + 1] in ("", " ")


def test_without_marks_the_beginning_is_shown() -> None:
    assert snippets("Kort text.", []) == [("Kort text.", ())]
    assert snippets(" \n", []) == []


CONTACT = "Regionen satsar på vätgas i länet.\nKontakt för vätgas: Anna Berg, 010-123 45 67\nanna.berg@region.example\n"


@pytest.mark.parametrize("word", ["vätgas", "berg", "kontakt", "satsar", ""])
def test_whom_to_reach_is_in_no_snippet(word: str) -> None:
    at = CONTACT.lower().find(word)
    spans = [(at, at + len(word))] if word else []
    pieces = snippets(CONTACT, spans)
    assert pieces
    assert not any("010" in text or "@" in text for text, _ in pieces)


WHOLE = [
    "40 000 jobb",
    "1 250 000 kronor",
    "1,5 procent",
    "12,5 %",
    "2019–2021",
    "2019 – 2021",
    "§ 12",
    "12 § 3 stycket",
    "kl. 13.00",
    "kl 9",
    "nr 4711",
    "3D-printing",
    "SOU 2019:47",
    "40\u00a0000 jobb",
    "15 miljoner",
    "och/eller",
    "EU:s",
    "2021-04-19",
    "070-123",
]


@pytest.mark.parametrize("unit", WHOLE)
@pytest.mark.parametrize("mark", ["vätgas", None])
def test_no_snippet_begins_or_ends_inside_a_number_or_word(unit: str, mark: str | None) -> None:
    """Whatever the cut falls on: the unit stands at every distance from a mark, before and after it."""
    held = unit.rpartition(" ")[0] if unit.endswith(("jobb", "stycket")) else unit
    for filling in range(40, 240):
        run = "orden " * (filling // 6) + "x" * (filling % 6)
        text = f"Början. {run} {unit} {run} vätgas {run} {unit} {run} slut."
        at = text.index("vätgas")
        for piece, inside in snippets(text, [(at, at + 6)] if mark else []):
            shown = piece.removeprefix("… ").removesuffix(" …")
            start = text.index(shown)
            end = start + len(shown)
            for place in (at for at in range(len(text)) if text.startswith(held, at)):
                assert not place < start < place + len(held), (piece[:20], unit)
                assert not place < end < place + len(held), (piece[-20:], unit)
            assert piece.startswith("… ") == (start > 0) and piece.endswith(" …") == (end < len(text))
            assert [piece[first:last] for first, last in inside] == (["vätgas"] if mark else [])


@given(
    st.lists(st.sampled_from([*WHOLE, "vätgas", "a\u030ar", "ord.", "\n", "(hamn)", "😀", "x" * 90]), max_size=90),
    st.data(),
)
def test_a_snippet_is_a_piece_of_the_text_between_ellipses(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    places = [at for at in range(len(text)) if text.startswith("vätgas", at)]
    spans = [(at, at + 6) for at in places if data.draw(st.booleans())]
    for piece, inside in snippets(text, spans):
        shown = piece.removeprefix("… ").removesuffix(" …")
        starts = [at for at in range(len(text)) if text.startswith(shown, at)]
        assert any(
            bool(text[:at].strip()) == piece.startswith("… ")
            and bool(text[at + len(shown) :].strip()) == piece.endswith(" …")
            for at in starts
        )
        assert all(piece[first:last] == "vätgas" for first, last in inside)
        assert len(piece) <= SNIPPET_LENGTH + 2 * WIDENED + 8


@pytest.mark.parametrize("most", range(0, 60))
def test_an_excerpt_ends_outside_numbers_too(most: int) -> None:
    text = "Regionen räknar med 40 000 jobb och 1,5 miljarder kronor till 2030."
    shown = excerpt(text, most)
    assert len(shown) <= most
    kept = shown.rstrip("… ")
    assert text.startswith(kept)
    assert not re.search(r"\d$", kept) or text[len(kept) :][:4] not in (" 000", " mil", "0 00"), shown

"""Highlights are spans of the text as given; snippets are the pieces with the most different words."""

from __future__ import annotations

import pytest

from indexer.highlights import HIGHLIGHTED_BYTES, highlight, marks_of, snippets
from indexer.parsing import parse
from indexer.planning import plan

BODY = ("body", "body_exact", "parts")


class NoWords:
    """A vocabulary that expands nothing."""

    def beginning(self, prefix: str, limit: int) -> list[str]:
        return []

    def similar(self, form: str, limit: int) -> list[str]:
        return []


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
]


@pytest.mark.parametrize(("question", "text", "expected"), MARKED)
def test_what_is_marked(question: str, text: str, expected: str) -> None:
    spans = highlight(text, marks_of(plan(parse(question).query, NoWords()).strict, BODY))
    assert "|".join(text[start:end] for start, end in spans) == expected


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    text = "å" * HIGHLIGHTED_BYTES + " vätgas"
    marks = marks_of(plan(parse("vätgas").query, NoWords()).strict, BODY)
    assert highlight(text, marks) == ()
    assert highlight("vätgas " + text, marks) == ((0, 6),)


def test_snippets_hold_the_most_different_words_and_their_spans_fit() -> None:
    filling = "Här står annat om regionen. " * 20
    text = f"vätgas vätgas {filling} vätgas och hamnar {filling} hamnar"
    spans = highlight(text, marks_of(plan(parse("vätgas hamnar").query, NoWords()).strict, BODY))
    pieces = snippets(text, spans)
    assert len(pieces) == 2
    assert any({piece[start:end] for start, end in inside} == {"vätgas", "hamnar"} for piece, inside in pieces)
    for piece, inside in pieces:
        assert piece in text
        assert all(piece[start:end] in ("vätgas", "hamnar") for start, end in inside)


def test_a_snippet_cuts_no_word_and_no_letter_from_its_mark() -> None:
    text = "o\u0308" * 90 + " " + "ord " * 60 + "slutet" + "a\u030a" * 40
    for piece, _ in snippets(text, []):
        assert text[len(piece) : len(piece) + 1] in ("", " ")


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

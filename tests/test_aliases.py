"""Other names that documents give: candidates with the sentence that says so, never taken in by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.aliases import aliases_in, most_given
from indexer.documents import Document

GIVEN = [
    ("3D-printing, som även benämns additiv tillverkning, växer.", ("3D-printing", "additiv tillverkning växer")),
    ("Pengar från Europeiska socialfonden (ESF) räcker.", ("Europeiska socialfonden", "ESF")),
    ("Små och medelstora företag (SMF) får stöd.", ("Små och medelstora företag", "SMF")),
    ("Arbetet leds av Sveriges Kommuner och Regioner (SKR).", ("Sveriges Kommuner och Regioner", "SKR")),
    ("Mötet är i Karlskoga (11 mars) enligt planen.", None),
    ("Regeringen (se nedan) har sagt nej.", None),
    ("Kostnaden är 10 – 20 kronor.", None),
]


@pytest.mark.parametrize(("text", "pair"), GIVEN)
def test_names_are_read_where_a_text_gives_them(text: str, pair: tuple[str, str] | None) -> None:
    found = [(alias.name, alias.other) for alias in aliases_in(Document("a", "", text))]
    assert [(name, pair[1].startswith(other) if pair else None) for name, other in found] == (
        [(pair[0], True)] if pair else []
    )


def test_candidates_are_counted_by_documents_with_evidence() -> None:
    text = "Europeiska socialfonden (ESF) betalar. Europeiska socialfonden (ESF) igen."
    ((alias, number),) = most_given([Document("a", "", text), Document("b", "", text)], 10)
    assert (alias.document, number) == ("a", 2)
    assert "Europeiska socialfonden (ESF) betalar" in alias.evidence


@pytest.mark.real
def test_the_real_seeds_give_two(shared: Path) -> None:
    texts = [Document(path.name, "", path.read_text("utf-8")) for path in (shared / "seeds").glob("*.txt")]
    found = {(alias.name, alias.other) for alias, _ in most_given(texts, 20)}
    assert ("3D-printing", "additiv tillverkning") in found

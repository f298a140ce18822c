"""Other names that documents give: candidates with the sentence that says so, never taken in by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Document
from indexer.indexing import build
from indexer.indexing.checking import aliases
from indexer.metadata.aliases import aliases_in
from indexer.settings import Settings
from tests.conftest import write_jsonl

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
    found = [(alias.name, alias.other) for alias in aliases_in("a", text)]
    assert [(name, pair[1].startswith(other) if pair else None) for name, other in found] == (
        [(pair[0], True)] if pair else []
    )


@given(st.text() | st.text(st.sampled_from("ABÅå1 ()–-,&/”som även kallas ")))
def test_any_text_gives_pairs_of_different_names_or_none(text: str) -> None:
    assert all(alias.name and alias.other and alias.name != alias.other for alias in aliases_in("a", text))


def test_candidates_are_counted_by_documents_with_evidence(tmp_path: Path) -> None:
    text = "Europeiska socialfonden (ESF) betalar. Europeiska socialfonden (ESF) igen."
    (tmp_path / "corpus").mkdir()
    for name in ("a", "b"):
        write_jsonl(tmp_path / "corpus" / f"{name}.jsonl", [{"id": name, "text": text}])
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(settings)
    ((alias, number),) = aliases(settings)
    assert (alias.name, alias.other, alias.document, number) == ("Europeiska socialfonden", "ESF", "a", 2)
    assert "Europeiska socialfonden (ESF) betalar" in alias.evidence
    (tmp_path / "corpus" / "a.jsonl").unlink()
    build(settings)
    assert [(alias.document, number) for alias, number in aliases(settings)] == [("b", 1)]


@pytest.mark.real
def test_the_real_seeds_give_two(shared: Path) -> None:
    texts = [Document(path.name, "", path.read_text("utf-8")) for path in (shared / "seeds").glob("*.txt")]
    found = {(alias.name, alias.other) for text in texts for alias in aliases_in(text.id, text.text)}
    assert ("3D-printing", "additiv tillverkning") in found

"""Markdown: headings, lists and tables are shown as such, and none of the marks that make them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from indexer.documents import Document
from indexer.indexing import build
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from webapp import create_app

LEAD = "Region Dalarna satsar på vätgas i hela länet under de kommande åren, och industrin växer."
SHOWN = {
    "a heading": ("## Bakgrund", "Bakgrund"),
    "a heading with marks on both sides": ("### Bakgrund ###", "Bakgrund"),
    "a heading of six": ("###### Bakgrund", "Bakgrund"),
    "an underlined heading": ("Bakgrund\n--------", "Bakgrund"),
    "a heading with marked words": ("## *Mål* och `medel`", "Mål och medel"),
    "number signs that are none": ("#bredband är viktigt", "#bredband är viktigt"),
    "a list": ("- Ett\n- Två", "– Ett\n– Två"),
    "lists of three kinds": ("* Ett\n+ Två\n- Tre", "– Ett\n– Två\n– Tre"),
    "a numbered list": ("1. Ett\n2. Två", "1. Ett\n2. Två"),
    "a list in a list": ("- Ett\n  - Två\n    * Tre", "– Ett\n– Två\n– Tre"),
    "a list of tasks": ("- [ ] Ogjort\n- [x] Gjort", "– Ogjort\n– Gjort"),
    "a marked item": ("* *Ett* av **två**", "– Ett av två"),
    "a dash that is none": ("Klockan 9 - 10", "Klockan 9 - 10"),
    "a table": ("| Ort | Antal |\n|:----|-----:|\n| Mora | 20 |\n| Orsa | 7 |", "Ort · Antal\nMora · 20\nOrsa · 7"),
    "a table without outer marks": ("Ort | Antal\n--- | ---\nMora | 20", "Ort · Antal\nMora · 20"),
    "a table with an empty cell": ("| Ort | Antal |\n|---|---|\n| Mora | |", "Ort · Antal\nMora"),
    "a mark inside a cell": (r"| a \| b | c |" + "\n|---|---|\n| d | e |", "a | b · c\nd · e"),
    "a mark that is no table": ("Antingen | eller", "Antingen | eller"),
    "a quotation": ("> Vi satsar.\n> > Mer.", "Vi satsar.\nMer."),
    "a list in a quotation": ("> - Ett", "– Ett"),
    "code": ("```python\n# kommentar\n| a |\n```", "# kommentar\n| a |"),
    "code that ends with its own fence": ("~~~\n```\n## a\n~~~", "```\n## a"),
    "links": ("[planen](https://a.se \"T\") och [källan][1] på <https://b.se/x>\n\n[1]: https://c.se", "planen och källan på https://b.se/x"),
    "a link to what is not defined": ("Se [källan][1].", "Se [källan][1]."),
    "a definition": ("Se [källan][1].\n\n[1]: https://a.se/x", "Se källan."),
    "a picture": ("Före ![bild](x.png) efter", "Före  efter".replace("  ", " ")),
    "a rule": ("Ett\n\n***\n\nTvå", "Ett\n\nTvå"),
    "what is no mark": ("fil_med_streck, 2 * 3 * 4 och a < b", "fil_med_streck, 2 * 3 * 4 och a < b"),
    "marks inside a word": ("2*3*4", "234"),
    "an entity": ("Forskning &amp; utveckling", "Forskning & utveckling"),
    "a row with more cells than the heading": ("Ort | Antal\n--- | ---\nMora | 20 | 7", "Ort · Antal\nMora · 20 · 7"),
    "an item of two lines": ("- Ett\n  mål\n- Två", "– Ett\nmål\n– Två"),
    "an item of two paragraphs": ("1. Ett\n\n   Mer.\n\n2. Två", "1. Ett\n\nMer.\n\n2. Två"),
    "code in an item": ("- Ett\n\n      kod", "– Ett\n\nkod"),
    "words around a tag": ("Ett <b>två</b>", "Ett <b>två</b>"),
    "marks that are escaped": (r"\*stjärna\* och \# och 1\. och C:\temp", "*stjärna* och # och 1. och C:\\temp"),
    "struck out": ("~~nej~~ ja", "nej ja"),
    "a break": ("Ett<br>två", "Ett två"),
}  # fmt: skip


def only(text: str, path: Path) -> Document:
    path.write_text(text, encoding="utf-8")
    (document,) = read(Source(path, path.name), 20_000_000)
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_mark_makes_is_shown_and_not_the_mark(tmp_path: Path, name: str) -> None:
    written, shown = SHOWN[name]
    document = only(f"# Vätgas\n\n{LEAD}\n\n{written}\n\nSlutet av texten.\n", tmp_path / "a.md")
    assert document.title == "Vätgas"
    assert document.text == f"{LEAD}\n\n{shown}\n\nSlutet av texten."


TITLES = {
    "first": f"# Vätgas\n\n{LEAD}",
    "above another heading": f"# Vätgas\n\n## Bakgrund\n\n{LEAD}",
    "underlined": f"Vätgas\n======\n\n## Bakgrund\n\n{LEAD}",
    "below a front matter": f"---\ndate: 2019-03-12\n---\n# Vätgas\n\n## Bakgrund\n\n{LEAD}",
    "in a front matter": f'---\ntitle: "Vätgas"\n---\n## Bakgrund\n\n{LEAD}',
    "not in a front matter that has an empty one": f"---\ntitle:\ndate: 2019-03-12\n---\n# Vätgas\n\n{LEAD}",
    "marked": f"# **Vätgas**\n\n{LEAD}",
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_is_the_first_heading(tmp_path: Path, name: str) -> None:
    document = only(TITLES[name], tmp_path / "a.md")
    assert document.title == "Vätgas"
    assert LEAD in document.text and document.boilerplate == ()


def test_the_page_of_a_document_and_a_hit_show_it_so(settings: Settings) -> None:
    text = (
        f"# Vätgas\n\n{LEAD}\n\n## Mål\n\n- Ett mål om **elnät**\n- Två\n\n| Ort | Elnät |\n|---|---|\n| Mora | 20 |\n"
    )
    (settings.corpus / "a.md").write_text(text, encoding="utf-8")
    build(settings)
    results = Searcher(settings).search(Search("elnät"))
    (hit,) = results.hits
    snippets = " ".join(snippet.text for snippet in hit.snippets)
    page = create_app(settings).test_client().get(f"/dokument/{hit.id}").text
    for shown in (snippets, page[page.index('<div class="text">') :].partition("</article>")[0]):
        assert not any(mark in shown for mark in ("##", "**", "|", "- Två"))
        assert "· " in shown and "– Två" in shown
    assert "<p>Mål</p>" in page


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        st.sampled_from("ab |-#*_`~>[]()!\\\n=+1.<:") | st.characters(codec="utf-8", exclude_categories=["Cc"]),
        max_size=200,
    )
)
def test_no_word_is_lost_and_none_is_made(tmp_path: Path, text: str) -> None:
    """But for what stands in pictures, addresses and on the line of a fence."""
    path = tmp_path / "a.md"
    path.write_bytes(f"# Titel\n\nStart h.\n\n{text}".encode())
    (item,) = read(Source(path, "a.md"), 20_000_000)
    assert isinstance(item, Document), item
    found = Counter(filter(str.isalnum, " ".join([item.title, item.text, *item.boilerplate])))
    written = Counter(filter(str.isalnum, f"Titel Start h. {text}"))
    assert not found - written
    if not any(mark in text for mark in "[<`~"):
        assert found == written

"""Readers: what becomes of a source, what is left out, and what is refused."""

from __future__ import annotations

import codecs
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from trafilatura import extract

from indexer.corpus.files import store
from indexer.documents import Document, Medium, Refusal, canonical_address, from_json, to_json
from indexer.fields import record_of
from indexer.indexing.curating import read_sources
from indexer.ingestion import Source, is_sidecar, tree
from indexer.ingestion.enriching import read
from indexer.ingestion.parts import ParsedDocument, RefusedPart, UnparsedPart, parsed
from indexer.metadata.regions.gazetteer import resolve
from indexer.settings import Settings
from tests.floors import FLOORS

LIMIT = 1_000_000
Reader = Callable[..., list[Document | Refusal]]


@pytest.fixture
def reading(tmp_path: Path) -> Reader:
    """Reads content as a file of a name, with what was given."""

    def read_as(content: str | bytes, name: str = "a.txt", **given: object) -> list[Document | Refusal]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read(Source(path, name, given), LIMIT))

    return read_as


def only(items: list[Document | Refusal]) -> Document:
    (item,) = items
    assert isinstance(item, Document), item
    return item


TITLES = {
    "Vätgas i Örebro\n\nRegionen satsar på vätgas.": "Vätgas i Örebro",
    "Region Örebro län\n\nVätgas i Örebro\n\nRegionen satsar på vätgas i hela länet.": "Vätgas i Örebro",
    "Till innehåll\nMeny\n\nVätgas i Örebro\n2021-04-19\n\nRegionen satsar på vätgas i hela länet.": "Vätgas i Örebro",
    "# Vätgas i Örebro\n\nRegionen satsar.": "Vätgas i Örebro",
    "Regionen satsar på vätgas. Mer följer senare.": "Regionen satsar på vätgas",
    "Tillväxtverket\n\nNytt stöd till företag\n\n"
    + "Företag kan söka stöd för omställning. " * 5: "Nytt stöd till företag",
}


@pytest.mark.parametrize("text", TITLES)
def test_the_title_of_a_dump(reading: Reader, text: str) -> None:
    assert only(reading(text)).title == TITLES[text]


@pytest.mark.real
def test_seeds_lose_only_what_belongs_to_the_page(shared: Path) -> None:
    """Every line of a seed is in the title, in the text or on the list of lines left out, and the list is as read here."""
    left_out = {
        "000": [],
        "001": [],
        "002": ["2021-04-19 07:00Pressmeddelande"],
        "003": ["Region Örebro län", "Pressmeddelande • Feb 11, 2019 14:27 CET"],
    }
    for path in sorted((shared / "seeds").iterdir()):
        (document,) = read(Source(path, path.name), LIMIT)
        assert isinstance(document, Document)
        kept = {document.title, *document.text.splitlines(), *document.boilerplate}
        lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.name[:3] != "001":  # whose title is a part of its first line
            assert {line for line in lines if line} <= kept
        if path.name[:3] in left_out:
            assert list(document.boilerplate) == left_out[path.name[:3]]
        else:
            assert len(document.boilerplate) == 12


PAGE = """<!doctype html><html lang="sv"><head><title>Vätgas | Region X</title>
<link rel="canonical" href="https://example.se/vatgas"><meta property="og:site_name" content="Region X">
<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2021-04-19T07:00:00+02:00"}</script>
<meta property="article:modified_time" content="2022-01-02"></head>
<body><nav><a href="/">Start</a></nav><main><h1>Vätgas i Örebro</h1><p>Senast uppdaterad 2022-01-02</p>
<p>Regionen satsar på vätgas i hela länet, och många företag är med från början av projektet.</p>
<ul><li>Hållbar livsmedelsförsörjning är det första området</li><li>Smart industri är det andra området</li></ul></main>
<footer>Vi använder kakor (cookies) på webbplatsen.</footer></body></html>"""


def test_a_page(reading: Reader) -> None:
    document = only(reading(PAGE, "a.html"))
    assert (document.title, document.url, document.source) == (
        "Vätgas i Örebro",
        "https://example.se/vatgas",
        "Region X",
    )
    assert document.published is not None
    assert (document.published.value, document.updated, document.language) == ("2021-04-19", "2022-01-02", "sv")
    assert "JSON-LD" in document.published.evidence
    assert "Hållbar livsmedelsförsörjning" in document.text, "lists are kept"
    assert "kakor" not in document.text
    assert only(reading(PAGE, "sida.txt")).title == document.title, "a page is known by its content"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(reading: Reader, encoding: str) -> None:
    text = "Rubrik på svenska\n\nÅtta äldre öbor får bredband – till slut."
    assert only(reading(text.encode(encoding))).text == "Åtta äldre öbor får bredband – till slut."


def test_a_page_in_a_declared_encoding(reading: Reader) -> None:
    page = PAGE.replace("<head>", '<head><meta charset="iso-8859-1">').encode("iso-8859-1")
    assert only(reading(page, "a.html")).title == "Vätgas i Örebro"


REFUSED = {
    b"": "tom",
    b" \n\t ": "tom",
    b"%PDF-1.7 ...": "PDF",
    b"PK\x03\x04abc": "zip",
    bytes(range(256)) * 9: "binär",
    b"Rubrik\n\n\x81\x8d\x8f\x90\x9d text": "UTF-8",
    "Rubrik\n\nđžšć".encode("cp1250"): "UTF-8",
    b"!!! ... ???": "inga ord",
    b"x" * (LIMIT + 1): "MB",
    b"<!doctype html><html><body><script>1</script></body></html>": "ingen text",
}


@pytest.mark.parametrize("content", REFUSED, ids=lambda content: repr(content[:12]))
def test_what_cannot_be_read_is_refused_with_what_to_do(reading: Reader, content: bytes) -> None:
    (refusal,) = reading(content)
    assert isinstance(refusal, Refusal)
    assert refusal.origin == "a.txt"
    assert REFUSED[content] in refusal.reason
    assert ";" in refusal.reason, "and what to do"


def test_lines_of_jsonl(reading: Reader) -> None:
    lines = [
        '{"text": "Vätgas i Örebro län.", "date": "2019-03-01", "date_precision": "month", "regions": ["18"]}',
        "",
        "{broken",
        "[1]",
        '{"title": "Utan text"}',
        '{"text": "Sol.", "date": "igår"}',
        '{"text": "Vind.", "regions": ["Atlantis"]}',
        '{"text": "Vatten.", "title": ["lista"]}',
        '{"text": "Kol\\ud800 \\u0000och stål.", "date_precision": "none", "date": null, "okänd": 1}',
        '{"text": "' + "x" * LIMIT + '"}',
        '{"text": "Sist.", "date": "2020-01-02", "date_precision": "day-from-crawl", "id": "egen/id:1"}',
    ]
    items = reading("\n".join(lines), "a.jsonl")
    documents = {item.origin: item for item in items if isinstance(item, Document)}
    refused = {item.origin: item.reason for item in items if isinstance(item, Refusal)}
    assert list(documents) == ["a.jsonl#1", "a.jsonl#6", "a.jsonl#9", "a.jsonl#11"]
    assert list(refused) == ["a.jsonl#3", "a.jsonl#4", "a.jsonl#5", "a.jsonl#7", "a.jsonl#8", "a.jsonl#10"]
    first, undated, odd, last = documents.values()
    assert first.published is not None
    assert (first.published.value, first.published.precision) == ("2019-03-01", "month")
    assert [region.value for region in first.regions] == ["orebro-lan"]
    assert (odd.text, odd.published) == ("Kol\ufffd och stål.", None)
    assert last.published is not None
    assert (last.id, last.published.evidence) == ("egen/id:1", "angivet (day-from-crawl)")
    assert last.published.precision == "estimated"
    assert undated.published is None


def test_packed_lines(reading: Reader) -> None:
    assert only(reading(gzip.compress(b'{"text": "Packad rad."}\n'), "a.jsonl.gz")).text == "Packad rad."
    kept, refused = reading(gzip.compress(b'{"text": "Packad rad."}\n')[:-9], "b.jsonl.gz")
    assert isinstance(kept, Document), "what stands before the break is read"
    assert isinstance(refused, Refusal)


def test_what_is_given_wins_over_the_sidecar_and_that_over_the_source(reading: Reader, tmp_path: Path) -> None:
    (tmp_path / "a.html.toml").write_text('publisher = "Region Dalarna"\ndate = 2020-01-01\nregions = ["Dalarna"]\n')
    document = only(reading(PAGE, "a.html", date="2018-05"))
    assert document.published is not None
    assert (document.published.value, document.published.precision) == ("2018-05-01", "month")
    assert (document.source, document.publisher_region) == ("Region Dalarna", "dalarnas-lan")
    assert [region.value for region in document.regions] == ["dalarnas-lan"]
    assert is_sidecar(tmp_path / "a.html.toml")
    (tmp_path / "ensam.toml").write_text("a = 1")
    assert not is_sidecar(tmp_path / "ensam.toml")
    (tmp_path / "a.html.toml").write_text("trasig =")
    (refusal,) = reading(PAGE, "a.html")
    assert isinstance(refusal, Refusal)
    assert "a.html.toml" in refusal.reason


def test_the_sidecar_that_is_kept_is_the_one_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Nu byggs det.")
    (tmp_path / "a.txt.toml").write_text('source = "Region Dalarna"')
    (tmp_path / "a.toml").write_text('source = "Region Halland"')
    store(tmp_path / "a.txt", tmp_path / "corpus" / "a.txt")
    assert "Dalarna" in (tmp_path / "corpus" / "a.txt.toml").read_text()


SAME = [
    ("https://www.example.se/nyhet/", "http://example.se/nyhet"),
    ("https://example.se/nyhet?utm_source=x&utm_medium=y", "https://example.se/nyhet"),
    ("https://example.se/nyhet?b=2&a=1#del", "https://example.se/nyhet?a=1&b=2"),
    ("https://example.se/nyhet;jsessionid=AB12", "https://example.se/nyhet"),
    ("https://example.se/nyhet?fbclid=1&id=7", "https://example.se/nyhet?id=7"),
    ("https://example.se/x?sv.target=12.ab", "https://example.se/x"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_one_address_in_two_spellings(left: str, right: str) -> None:
    assert canonical_address(left) == canonical_address(right)


def test_different_addresses_stay_different() -> None:
    assert canonical_address("https://example.se/a?id=1") != canonical_address("https://example.se/a?id=2")


def test_an_id_comes_from_the_address_or_the_text(reading: Reader) -> None:
    text = "Rubrik\n\nEn text om vätgas."
    assert only(reading(text)).id == only(reading(text.replace("\n\n", "\n \n"), "b.txt")).id
    assert only(reading(text)).id != only(reading(text, url="https://example.se/")).id
    assert (
        only(reading(text, url="https://example.se/x")).id
        == only(reading("Annan\n\nText.", url="http://www.example.se/x/")).id
    )
    assert only(reading(text, id="mitt")).id == "mitt"


def test_a_document_survives_json(reading: Reader) -> None:
    document = only(reading(PAGE, "a.html", regions=["Örebro län"]))
    printed = replace(document, medium=Medium.TEXT)  # of the source, and not printed
    assert from_json(json.loads(json.dumps(to_json(document)))) == printed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.binary()
    | st.text().map(str.encode)
    | st.text(st.sampled_from('<>{}"[]:,/ htmlpdivscriptexåäö\n')).map(str.encode),
    st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.jsonl.gz", "a"]),
    st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"<html>", b"<p>", b'{"text": "']),
)
def test_any_bytes_give_documents_or_refusals(reading: Reader, content: bytes, name: str, start: bytes) -> None:
    for item in reading(start + content, name):
        assert isinstance(item, Document | Refusal)
        if isinstance(item, Document):
            json.dumps(to_json(item)).encode("utf-8")
            assert item.title and item.text


EDITIONS = [
    ("<h1>Näringslivet</h1><p>Skapad av Region Dalarna<br>Senast\nuppdaterad: 2026-06-26</p>", "2026-06-26"),
    ("<h1>Näringslivet</h1><p>Sidan senast uppdaterad: 2026-06-26</p>", None),
    ("<h1>Näringslivet</h1><p>A.</p><p>B.</p><p>C.</p><p>D.</p><p>Senast uppdaterad: 2026-06-26</p>", None),
    ("<h1>Näringslivet</h1><p>Publicerad 2020-01-02</p><p>Senast uppdaterad: 2026-06-26</p>", "2020-01-02"),
]


@pytest.mark.parametrize(("head", "value"), EDITIONS)
def test_the_date_of_an_edition_stands_right_below_the_title(reading: Reader, head: str, value: str | None) -> None:
    text = "Näringslivet i länet växer och fler företag startas än förr. " * 8
    document = only(reading(f"<html><body><main>{head}<p>{text}</p></main></body></html>", "a.html"))
    assert (document.published.value if document.published else None) == value
    assert document.updated == "2026-06-26"


def test_a_million_nested_elements(reading: Reader) -> None:
    for item in reading("<html><body>" + "<div>" * 100_000 + "Text om vätgas i länet.", "a.html"):
        assert isinstance(item, Document | Refusal)


@pytest.mark.parametrize("left_open", ["<div>", "<b>", "<font size=2>", "<table><tr><td>"])
def test_a_page_that_leaves_hundreds_of_elements_open_keeps_its_text(reading: Reader, left_open: str) -> None:
    """The parser of a tree passes over what stands deeper than 256 elements."""
    document = only(reading(f"<html><body><h1>Vätgas</h1>{left_open * 400}Text om <i>vätgas</i> i länet.", "a.html"))
    assert (document.title, " ".join(document.text.split())) == ("Vätgas", "Text om vätgas i länet.")


PARAGRAPHS = (
    "Regionen satsar på vätgas och bygger en ny station i Sandviken under året.",
    "Styrelsen beslutade på tisdagen att gå vidare med planerna för hamnen i Gävle.",
    "Enligt regionrådet skapar satsningen omkring femtio nya arbetstillfällen i länet.",
)
DAMAGES = {
    "a comment that is left open above the text": '<body><!-- menyn slutar<main><h1>Vätgas</h1><time class="published" datetime="2021-05-04">maj</time>',
    "a title that is left open": "<title>Vätgas | Regionen<body><main><h1>Vätgas</h1><p>Publicerad 2021-05-04</p>",
    "a quotation mark that is left open": '<body><h1>Vätgas</h1><p>Publicerad 2021-05-04</p><a href="/kontakt>Kontakt</a>',
    "quotation marks astray": '<body><h1>Vätgas</h1><p>Publicerad 2021-05-04</p><p style="a"b"c=\'>',
    "elements without end in each other": "<body><h1>Vätgas</h1><p>Publicerad 2021-05-04</p>" + "<font>" * 300,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_page_keeps_its_text_its_title_and_its_date(reading: Reader, damage: str) -> None:
    """The parser of trees loses what follows; BeautifulSoup does not."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    document = only(reading(f'<!doctype html><html lang="sv"><head>{damage}{text}</body></html>', "a.html"))
    assert all(paragraph in document.text for paragraph in PARAGRAPHS)
    assert document.title == "Vätgas"
    assert document.published and document.published.value == "2021-05-04"


def test_a_hostile_page_is_not_mended_for_long(reading: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of so many beginnings is looked through to the end by html.parser: seconds for what is no page."""
    monkeypatch.setattr(tree, "_mended", lambda markup: pytest.fail("mended"))
    for piece in ("<!--", "<a", "<![CDATA["):
        assert isinstance(next(iter(reading("<html>" + piece * 60_000, "a.html"))), Refusal | Document)


def test_a_page_is_parsed_once(reading: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one with parts to take out; trafilatura may write out and parse anew the text that it found."""
    taken: list[object] = []
    fromstring = etree.fromstring
    monkeypatch.setattr(etree, "fromstring", lambda *a, **b: taken.append(a[0]) or fromstring(*a, **b))
    text = "<p>Näringslivet i länet växer och fler företag startas än förr.</p>" * 60
    head = '<title>Rör</title><script type="application/ld+json">{"datePublished": "2021-05-04"}</script>'
    around = '<div class="boilerplate">Om bolaget: vi gör rör.</div>'
    document = only(reading(f"<html><head>{head}</head><body><h1>Rör</h1>{text}{around}</body></html>", "a.html"))
    assert document.published and document.published.value == "2021-05-04"
    assert "Om bolaget: vi gör rör." in document.boilerplate and len(document.text) > 2_500
    assert len([markup for markup in taken if "<title>" in str(markup)]) == 1


FRAMED = (
    "<html><head><title>Rör</title></head><body><header class='c-header'>{menu}</header><main><h1>Rör</h1>{text}</main>"
    "<footer id='footer'>{menu}</footer></body></html>"
)
BLOCK = "<p class='a'>Näringslivet i länet växer, och fler företag startas än förr.</p>"
KINDS_OF_PAGES = {
    "long": BLOCK * 60,
    "of a length of which others are asked": BLOCK * 9,
    "short": BLOCK,
    "without paragraphs": f"<div>{'Rör och vatten i länet. ' * 30}</div>",
    "table": f"<table><tr><td>{BLOCK * 5}</td><td>Rör</td></tr></table>",
    "comments": BLOCK * 9 + f"<div id='comments'>{BLOCK * 9}</div>",
    "appended": BLOCK * 9 + f"<div class='infinite-scroll'>{BLOCK * 9}</div>",
    "forum": '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    + f"<div class='comment'>{BLOCK * 9}</div>",
    "looked through by jusText": f"<figure><aside>{BLOCK * 9}</aside></figure>" + BLOCK * 9,
    "a sign that no tree holds": f"<p>R\x0e\x00r i länet.</p>{BLOCK * 5}",
    "empty": "",
}


def says_the_same(markup: str) -> bool:
    """Whether our steps give what trafilatura gives of the same markup."""
    root, _ = tree.tree_of(markup)
    options = {"favor_recall": True, "include_comments": False, "include_tables": True}
    return tree.main_text(root, markup.lower().encode()) == (extract(tree.tree_of(markup)[0], **options) or "")


@pytest.mark.parametrize("kind", KINDS_OF_PAGES)
def test_the_steps_that_are_taken_give_what_all_of_trafilatura_gives(kind: str) -> None:
    """Whoever takes another version of it sees here whether its steps still are what they were."""
    assert says_the_same(FRAMED.format(menu="<ul><li><a href='/'>Start</a></li></ul>" * 9, text=KINDS_OF_PAGES[kind]))


def test_taking_the_main_text_leaves_the_tree_as_it_was() -> None:
    root, _ = tree.tree_of(
        FRAMED.format(menu="<a href='/'>Start</a>", text=KINDS_OF_PAGES["comments"].replace("comm", "k"))
    )
    before = etree.tostring(root)
    assert "Näringslivet" in tree.main_text(root, b"") and etree.tostring(root) == before


@pytest.mark.real
def test_of_real_pages_the_steps_give_what_all_of_trafilatura_gives(shared: Path) -> None:
    for path in sorted((shared / "data" / "pages").rglob("*.html")):
        markup = path.read_bytes().decode("utf-8", "replace")
        assert says_the_same(markup), path
        assert says_the_same(re.sub(r"(<p[^>]*>[^<]{20})[^<]*", r"\1", markup)), path
        assert says_the_same(markup.replace('class="', 'class="comment-', 40)), path


FRAGMENTS = [
    "<article><h1>Vätgas i länet</h1><p>Text om vätgas.</p><time class=published datetime=2021-05-04>i maj</time></article>",
    "<h1>Vätgas i länet</h1><p>Text om vätgas.</p><p>Publicerad 2021-05-04</p>",
    "<!-- sparad sida --><title>Vätgas i länet | Region X</title><meta name=date content=2021-05-04><p>Text om vätgas.</p>",
    "<?xml version='1.0' encoding='utf-8'?><html><head><title>Vätgas i länet</title></head>"
    "<body><p>Publicerad <!-- --><b>2021-05-04</b></p><p>Text om vätgas.</p></body></html>",
]


@pytest.mark.parametrize("markup", FRAGMENTS)
def test_a_piece_of_a_page_gives_what_a_page_does(reading: Reader, markup: str) -> None:
    document = only(reading(markup, "a.html"))
    assert document.title == "Vätgas i länet" and "Text om vätgas." in document.text
    assert document.published and document.published.value == "2021-05-04"


def f1(found: Sequence[str], expected: Sequence[str]) -> float:
    """Of the words of two texts, each as often as it stands there."""
    return 2 * sum((Counter(found) & Counter(expected)).values()) / (len(found) + len(expected))


@pytest.mark.real
def test_real_pages(shared: Path, tmp_path: Path) -> None:
    """Titles and dates of sixty pages; texts of reports with their lists."""
    pages = shared / "data" / "pages"
    titles = dates = wrong = places = 0
    agreement = 0.0
    lines = [json.loads(line) for line in (pages / "police.jsonl").read_text(encoding="utf-8").splitlines()]
    found = read_sources(Settings(index=tmp_path / "index"), [str(pages / expected["file"]) for expected in lines])
    for expected, document in zip(lines, found, strict=True):
        assert isinstance(document, Document)
        agreement += f1(document.text.split(), expected["text"].split()) / len(lines)
        told = {region.label for region in document.regions} | {region.value for region in document.regions}
        places += bool(told & {expected["region"], resolve(expected["region"])})
        titles += document.title == expected["title"]
        dated = document.published.value if document.published else None
        dates += dated == expected["date"]
        wrong += dated is not None and dated != expected["date"]
    print(f"pages: title {titles / len(lines):.3f}, date {dates / len(lines):.3f}, wrong {wrong / len(lines):.3f}")
    print(f"pages: text F1 {agreement:.3f}, region {places / len(lines):.3f}")
    assert agreement >= FLOORS["pages.f1"]
    assert places / len(lines) >= FLOORS["pages.region"]
    assert titles / len(lines) >= FLOORS["pages.title"]
    assert dates / len(lines) >= FLOORS["pages.date"]
    assert wrong / len(lines) <= FLOORS["pages.date_wrong"]
    missing, leaked, unwanted = [], 0, 0
    for expected in map(json.loads, (pages / "articles.jsonl").read_text(encoding="utf-8").splitlines()):
        (document,) = read(Source(pages / expected["file"], expected["file"]), 20_000_000)
        assert isinstance(document, Document)
        if expected["date"]:  # where nobody noted one, one page says it in its head
            assert document.published and document.published.value == expected["date"], expected["file"]
        text = " ".join(f"{document.title} {document.text}".split())
        missing += [part for part in expected["must_contain"] if " ".join(part.split()) not in text]
        unwanted += len(expected["must_not_contain"])
        leaked += sum(" ".join(part.split()) in text for part in expected["must_not_contain"])
    print(f"pages: {len(missing)} passages missing, {leaked} of {unwanted} leaked")
    assert len(missing) <= 2, missing
    assert leaked / unwanted <= FLOORS["pages.leaked"]


def test_what_a_page_marks_as_boilerplate_stands_beside_its_text(reading: Reader) -> None:
    text = "Näringslivet i länet växer och fler företag startas än förr. " * 8
    around = '<div class="release-boilerplate"><p>Om bolaget: vi gör rör.</p></div>'
    document = only(reading(f"<html><body><main><h1>Rör</h1><p>{text}</p>{around}</main></body></html>", "a.html"))
    assert "Om bolaget" not in document.text
    assert document.boilerplate == ("Om bolaget: vi gör rör.",)


LANGUAGES = [
    ("Regionen satsar på vätgas och fler företag startas i länet än förr, säger ordföranden. " * 3, "sv"),
    ("The region invests in hydrogen and more companies are started than ever before, said the governor. " * 3, "en"),
    ("Mötet är i Kalmar.", None),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_the_language_of_a_text_is_known_by_its_words(reading: Reader, text: str, language: str | None) -> None:
    assert only(reading(f"Rubrik\n\n{text}")).language == language


def test_words_of_other_languages_are_not_taken_apart(reading: Reader) -> None:
    english = only(reading(f"Title\n\n{LANGUAGES[1][0]} Industriutveckling."))
    assert record_of(english).words["decompounded"] == ""
    assert "industriutveckling" in record_of(english).words["body_exact"]


def test_the_log_says_what_was_refused_and_why(reading: Reader, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "indexer.ingestion"):
        (refusal,) = reading(b"\x89PNG\r\n", "bild.txt")
    (record,) = caplog.records
    assert isinstance(refusal, Refusal)
    assert (record.getMessage(), record.origin, record.reason) == ("source refused", "bild.txt", refusal.reason)  # type: ignore[attr-defined]


def test_a_parser_of_another_file_goes_on_where_one_fails(tmp_path: Path) -> None:
    """A part is parsed, unparsed or refused, and what fails becomes a refusal of its own member."""

    def fail(content: bytes) -> ParsedDocument:
        raise ZeroDivisionError("noll")

    part = parsed(UnparsedPart(b"", fail, member="#3", given={"url": "https://a.example/"}))
    assert isinstance(part, RefusedPart) and part.member == "#3" and part.reason.endswith("; spara om den.")
    with pytest.raises(ImportError):
        parsed(UnparsedPart(b"", lambda content: import_module("finns_inte"), member="#3"))

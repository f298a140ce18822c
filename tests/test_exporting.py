"""What is taken along: every document of the answer in the order of its pages, readable by others' programs, and harmless to them."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from http.client import HTTPConnection, IncompleteRead
from itertools import islice
from pathlib import Path

import bibtexparser
import openpyxl
import pytest
import rispy
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from msgspec.structs import replace
from waitress.server import create_server

from indexer.documents import Document
from indexer.engines.tantivy import TantivyEngine
from indexer.indexing import build
from indexer.indexing.curating import hide
from indexer.metadata.dates import Dated
from indexer.queries import Filters, Search
from indexer.results import Found, Hit, exporting
from indexer.results.exporting import COLUMNS, CUT, FORMS, FULL, exported
from indexer.searching import IndexMissing, Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl
from tests.test_cli import Terminal
from tests.web_answers import Answers
from webapp import create_app
from webapp.showing import EXCERPT

WRITTEN = (Path(__file__).parent / "data" / "written_questions.txt").read_text(encoding="utf-8").splitlines()
NARROWED = Search("energi", Filters(source=("Region Dalarna", "Region Skåne")))
SEARCHES = [
    *(
        Search(query)
        for query in ("", "region", '"regional utveckling"', "rapporter om energi", "förra året", "regoin")
    ),
    *(Search("utveckling", order=order) for order in ("nyast", "aldst")),
    NARROWED,
    replace(NARROWED, query="energi kvantdator vindkraft", with_duplicates=True),
    Search("", Filters(region=("dalarnas-lan",), year=("2019", "2020"))),
    Search("kvantdator", literal=True),
]


def paged(searcher: Searcher, search: Search) -> Iterator[Hit]:
    """The hits of all pages."""
    for page in range(1, searcher.search(search).pages + 1):
        yield from searcher.search(replace(search, page=page)).hits


def assert_as_paged(searcher: Searcher, search: Search) -> int:
    """How many documents are taken along; they are those of the pages."""
    found = list(searcher.documents(replace(search, page=3, size=7)))
    hits = list(paged(searcher, search))
    assert [(one.document.id, one.score, one.missing) for one in found] == [
        (hit.id, hit.score, hit.missing) for hit in hits
    ]
    assert [one.document.duplicates for one in found] == [hit.duplicates for hit in hits]
    results = searcher.search(search)
    assert len(found) == results.total + results.total_partial
    return len(found)


@pytest.mark.real
@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.query or "allt")
def test_all_documents_are_taken_in_the_order_of_the_pages(
    real_index: Callable[[str, int], Settings], engine: str, search: Search
) -> None:
    assert_as_paged(Searcher(real_index(engine, 600)), replace(search, size=100))


@pytest.mark.real
def test_written_questions_too(real_index: Callable[[str, int], Settings]) -> None:
    searcher = Searcher(real_index("tantivy", 600))
    numbers = [assert_as_paged(searcher, Search(query, size=100)) for query in WRITTEN]
    assert sum(numbers) > len(WRITTEN)


def test_what_is_hidden_for_a_name_is_not_taken_along(settings: Settings) -> None:
    text = "Karin Exempelsson driver ett kafé i Hemlighamn."
    write_jsonl(
        settings.corpus / "a.jsonl", [{"id": "k", "title": "Kafé", "text": text}, {"id": "o", "text": text[:40]}]
    )
    build(settings)
    hide(settings, "k", "Karin Exempelsson")
    searcher = Searcher(settings)
    assert {one.document.id for one in searcher.documents(Search("kafé"))} >= {"k"}
    for query in ("Karin Exempelsson", "karin exempelson", "Karin Exempelsson kafé"):
        assert "k" not in {one.document.id for one in searcher.documents(Search(query))}
        assert_as_paged(searcher, Search(query))


@pytest.mark.parametrize("rebuild", [False, True])
def test_what_is_taken_stays_as_it_was_when_it_was_asked_for(settings: Settings, rebuild: bool) -> None:
    def written(*words: str) -> None:
        write_jsonl(
            settings.corpus / "a.jsonl", [{"id": f"{word}{n}", "text": word} for word in words for n in range(40)]
        )
        build(settings, rebuild=rebuild)

    written("vätgas", "torv")
    searcher = Searcher(settings)
    taken = searcher.documents(Search("torv"))
    first = next(taken)
    written("vätgas")
    assert searcher.search(Search("torv")).total == 0
    assert {one.document.id for one in (first, *taken)} == {f"torv{n}" for n in range(40)}


def test_a_document_is_read_when_its_turn_comes(
    real_index: Callable[[str, int], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = TantivyEngine.read
    places: list[object] = []
    monkeypatch.setattr(TantivyEngine, "read", lambda engine, place: places.append(place) or read(engine, place))
    taken = Searcher(real_index("tantivy", 600)).documents(Search(order="nyast"))
    assert len(list(islice(taken, 20))) == 20
    assert len(places) < 200, "what nobody has taken is read"


HEADINGS = [heading for heading, _, _ in COLUMNS]
DAY = date(2026, 11, 30)
PLAIN = Document(
    "a/1", "Vätgas i Örebro", "Texten.", url="https://region.example/a?b=1&c=_2#d", source="Region Örebro län"
)
HOSTILE = [
    *(
        "=1+1",
        "@SUM(A1)",
        "+46 8",
        "-2+3+cmd|' /C calc'!A0",
        "\t=1",
        " =1",
        "\u200b=1",
        "＝1+1",
        "\r=1",
        "{=1}",
        "_x003D_1+1",
    ),
    *('a";"=1+1";"b', "a;=1+1", "a,=1+1", '"', "'", "a\r\n=1+1;2", '=HYPERLINK("http://x.example")', "%0A=1"),
    *(
        "a\nER  - \nTY  - BOOK\nTI  - b",
        "a\r\n\r\nER  - ",
        "a\u2028ER  - \u2029TY  - BOOK",
        "a\x85ER  - ",
        "a\x0bTI  - b",
    ),
    *(
        "}, year = {1900}, note = {x",
        "}}\n@article{b, title = {c}}",
        "{",
        "}",
        "\\",
        "\\}",
        "%",
        "$x$",
        "~^_&#",
        '", year = "1900',
    ),
    *(
        "</script><script>alert(1)</script>",
        "<!--",
        "]]>",
        "&lt;",
        "a\x00b\x1f\x7f",
        "\ufffe\uffff",
        "\x1b[31m",
        "\N{BELL}😀",
    ),
]


def written(form: str, found: Sequence[Found]) -> bytes:
    return b"".join(exported(form, iter(found), DAY))


def documents(*titles: str) -> list[Found]:
    """With the title wherever else a publisher's words may stand."""
    return [
        Found(replace(PLAIN, id=f"a/{n}", title=title, source=title, text=title), 0.0) for n, title in enumerate(titles)
    ]


def sheet_of(content: bytes) -> list[tuple[object, ...]]:
    """The rows of a CSV file as Excel in Swedish splits it."""
    text = content.decode("utf-8-sig")
    return [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)]


def plain(text: str) -> str:
    """A title without what no cell and no reference can hold."""
    return " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", " ", text).split())


def test_no_cell_of_csv_is_a_formula_and_none_begins_another() -> None:
    content = written("csv", documents(*HOSTILE))
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = sheet_of(content)
    assert list(heading) == HEADINGS and len(rows) == len(HOSTILE)
    for title, row in zip(HOSTILE, rows, strict=True):
        assert len(row) == len(HEADINGS)
        for name in ("rubrik", "källa", "text"):
            cell = str(row[HEADINGS.index(name)])
            assert not re.match(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|\s", cell), title
            assert plain(cell).lstrip("'").strip() == plain(title).lstrip("'").strip(), title
    assert b",=" not in content.replace(b"a,=", b""), "where commas split, every cell is in quotes"


def test_no_cell_of_excel_is_a_formula_or_link() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", documents(*HOSTILE))))
    heading, *rows = book.active.iter_rows()
    assert [cell.value for cell in heading] == HEADINGS and len(rows) == len(HOSTILE)
    for title, row in zip(HOSTILE, rows, strict=True):
        cell = row[HEADINGS.index("rubrik")]
        assert {one.data_type for one in row} <= {"s", "n", "inlineStr"} and cell.hyperlink is None, title
        assert plain(openpyxl.utils.escape.unescape(cell.value)) == plain(title)


def test_no_title_adds_to_a_reference_in_ris() -> None:
    content = written("ris", documents(*HOSTILE)).decode()
    read = rispy.loads(content)
    assert len(read) == content.count("TY  - ") == content.count("\r\nER  - ") == len(HOSTILE)
    for title, reference in zip(HOSTILE, read, strict=True):
        assert reference.get("title", "") == plain(title)
        names = {"type_of_reference", "title", "authors", "notes", "urls", "access_date"}
        assert reference.keys() <= names, title
        assert reference["type_of_reference"] == "NEWS"


def test_no_title_adds_to_a_reference_in_bibtex() -> None:
    content = written("bib", documents(*HOSTILE)).decode()
    library = bibtexparser.parse_string(content)
    assert not library.failed_blocks and not library.comments and len(library.entries) == len(HOSTILE)
    for title, entry in zip(HOSTILE, library.entries, strict=True):
        assert entry.fields_dict.keys() <= {"title", "author", "year", "note", "url", "urldate"}, title
        assert entry["year"] == "utan datum" and entry["url"] == PLAIN.url
        assert balanced(str(entry.fields_dict["title"].value if "title" in entry.fields_dict else "{}"))
    decoded = bibtexparser.parse_string(content, append_middleware=[bibtexparser.middlewares.LatexDecodingMiddleware()])
    title = decoded.entries[HOSTILE.index("~^_&#")]["title"]
    assert title.strip("{}").replace("ˆ", "^") == "~^_&#"


def balanced(text: str) -> bool:
    """Whether braces close as BibTeX counts them: it knows no backslash."""
    depths = [0]
    for sign in text:
        depths.append(depths[-1] + (sign == "{") - (sign == "}"))
    return min(depths) >= 0 and depths[-1] == 0


def test_addresses_are_encoded() -> None:
    hostile = Found(replace(PLAIN, url="https://a.example/å b}{\\\r\nER  - ?x=%C3%A5&y=_#z"), 0.0)
    address = "https://a.example/%C3%A5%20b%7D%7B%5C%0D%0AER%20%20-%20?x=%C3%A5&y=_#z"
    assert rispy.loads(written("ris", [hostile]).decode())[0]["urls"] == [address]
    assert bibtexparser.parse_string(written("bib", [hostile]).decode()).entries[0]["url"] == address


DATED = [
    (Dated("2019-02-11", "day", ""), "2019", "2019/02/11", None, "2019", "2019-02-11", "2019-02-11", "11 februari 2019"),
    (Dated("2019-03-01", "month", ""), "2019", "2019/03", None, "2019", "2019-03", "2019-03", "mars 2019"),
    (Dated("2019-01-01", "year", ""), "2019", "2019", None, "2019", "2019", "2019", "2019"),
    (Dated("2019-02-11", "estimated", ""), "2019///omkring", None, "omkring 11 februari 2019", "omkring 2019", None, "2019", "omkring 11 februari 2019"),
    (None, None, None, "utan datum", "utan datum", None, None, "utan datum"),
]  # fmt: skip


@pytest.mark.parametrize(("dated", "ris_year", "ris_date", "note", "year", "exact", "said", "words"), DATED)
def test_a_date_is_as_sure_as_it_is(dated, ris_year, ris_date, note, year, exact, said, words) -> None:  # type: ignore[no-untyped-def]
    document = replace(PLAIN, published=dated)
    (ris,) = rispy.loads(written("ris", [Found(document, 0.0)]).decode())
    assert (ris.get("year"), ris.get("date")) == (ris_year, ris_date)
    assert ris.get("notes", [None])[0] == note and ris["access_date"] == "2026/11/30"
    (bib,) = bibtexparser.parse_string(written("bib", [Found(document, 0.0)]).decode()).entries
    fields = {name: field.value for name, field in bib.fields_dict.items()}
    assert (fields["year"], fields.get("date"), fields.get("note")) == (year, exact, note)
    assert (fields["urldate"], fields["url"]) == ("2026-11-30", PLAIN.url)
    page = BeautifulSoup(create_app(searcher=Answers(document)).test_client().get("/dokument/a/1").text, "html.parser")
    harvard, oxford = (" ".join(one.get_text().split()) for one in page.select("#citera dd"))
    accessed = r"hämtad \d+ \w+ \d{4}"
    assert re.fullmatch(
        rf"Region Örebro län \({year}\)\. Vätgas i Örebro\. .*{re.escape(PLAIN.url)} \[{accessed}\]\.", harvard
    )
    assert re.fullmatch(
        rf"Region Örebro län, ”Vätgas i Örebro”, {words}, {re.escape(PLAIN.url)} \({accessed}\)\.", oxford
    )
    data = json.loads(page.find("script", type="application/ld+json").string)
    assert data["@type"] == "NewsArticle" and data.get("datePublished") == said
    assert "spatialCoverage" not in data, "a text about no county is not thereby about the whole country"


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_leaves_the_data_of_the_page(title: str) -> None:
    document = replace(PLAIN, title=title, source=title)
    text = create_app(searcher=Answers(document)).test_client().get("/dokument/a/1").text
    assert text.count("<script") == text.count("</script>")
    data = json.loads(BeautifulSoup(text, "html.parser").find("script", type="application/ld+json").string)
    assert data["headline"] == title and data["publisher"]["name"] == title


def test_what_is_too_much_for_excel_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 5)
    for number, last in ((3, "a/2"), (4, FULL), (9, FULL)):
        titles = [f"titel {n}" for n in range(number)]
        rows = list(openpyxl.load_workbook(io.BytesIO(written("xlsx", documents(*titles)))).active.values)
        assert len(rows) == min(number + 1, 5) and rows[-1][0] == last
    (text,) = (
        row[-1]
        for row in openpyxl.load_workbook(io.BytesIO(written("xlsx", documents("å" * 40_000)))).active.values
        if row[0] == "a/0"
    )
    assert text.endswith(CUT) and len(text) == exporting.CELL


@pytest.mark.parametrize("form", FORMS)
def test_very_many_documents_need_little_memory(form: str) -> None:
    text = "Vätgas i Örebro län. " * 1_000
    found = (Found(replace(PLAIN, id=f"a/{n}", text=f"{text}{n}"), n / 7) for n in range(3_000))
    tracemalloc.start()
    try:
        size = sum(map(len, exported(form, found, DAY)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000 and size > 100_000


@pytest.mark.parametrize("text", ["Kort.", "", "Vätgas i Örebro län. " * 100])
def test_nothing_is_cut_of_very_many_documents(text: str) -> None:
    found = [Found(replace(PLAIN, id=f"a/{n}", text=text), 1.0) for n in range(3_000)]
    ids = [one.document.id for one in found]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", found)), read_only=True)
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["id", *ids]
    assert [row[0] for row in sheet_of(written("csv", found))] == ["id", *ids]
    assert [json.loads(line)["id"] for line in written("jsonl", found).splitlines()] == ids
    assert written("ris", found).count(b"TY  - ") == written("bib", found).count(b"@misc{") == len(ids)
    assert all(exported("xlsx", found, DAY)), "an empty piece is the end of what is sent"


LONG = "Vätgas lagras i bergrum under staden. " * 20
SECRET = "Det sista ordet är kvastskaft."


@pytest.fixture
def shelf(tmp_path: Path) -> Settings:
    """A small index: own texts and others', dated and not, and one that lacks a word."""
    made = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", rights={"Region Dalarna": "myndighet"})
    made.corpus.mkdir()
    facts = [
        {
            "title": "=Vätgas och vindkraft",
            "url": "https://tidning.example/a",
            "source": "Tidningen",
            "date": "2024-03-12",
        },
        {"title": "Vindkraft; vätgas", "url": "https://dalarna.example/b", "source": "Region Dalarna"},
        {"title": "Bara vätgas", "source": "Tidningen"},
    ]
    write_jsonl(
        made.corpus / "a.jsonl", [{"id": f"d/{n}", "text": f"{LONG}{SECRET}", **one} for n, one in enumerate(facts)]
    )
    build(made)
    return made


def client(settings: Settings, public: bool = False) -> FlaskClient:
    return create_app(settings, public=public).test_client()


ADDRESS = "/sok.{}?q=vätgas+vindkraft&sida=9&antal=1&facetter=inga"


def test_each_form_has_the_hits_of_the_pages_in_their_order(shelf: Settings) -> None:
    browser = client(shelf)
    hits = browser.get("/sok.json?q=vätgas+vindkraft").json["hits"]
    titles = [hit["title"] for hit in hits]
    assert len(hits) == 3 and hits[-1]["missing"] == ["vindkraft"]
    content = {form: browser.get(ADDRESS.format(form)) for form in FORMS}
    assert {form: answer.status_code for form, answer in content.items()} == dict.fromkeys(FORMS, 200)
    heading, *rows = sheet_of(content["csv"].data)
    cells = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [one["rubrik"] for one in cells] == [f"'{title}" if title[0] == "=" else title for title in titles]
    assert [one["relevans"] for one in cells] == [str(hit["score"]).replace(".", ",") for hit in hits]
    assert [one["saknar"] for one in cells] == ["", "", "vindkraft"]
    assert {one["text"] for one in cells} == {LONG + SECRET}
    first = next(one for one in cells if one["id"] == "d/0")
    assert (first["publicerat"], first["säkerhet"], first["källa"]) == ("2024-03-12", "dag", "Tidningen")
    book = openpyxl.load_workbook(io.BytesIO(content["xlsx"].data)).active
    assert [row[1] for row in book.values] == ["rubrik", *titles]
    assert [row[HEADINGS.index("relevans")] for row in book.values][1:] == [hit["score"] for hit in hits]
    lines = [json.loads(line) for line in content["jsonl"].data.splitlines()]
    wanted = [browser.get(f"/dokument/{hit['id']}.json").json | {"missing": hit["missing"]} for hit in hits]
    assert lines == wanted
    assert [one["title"] for one in rispy.loads(content["ris"].text)] == titles
    assert len(bibtexparser.parse_string(content["bib"].text).entries) == 3


def test_what_others_own_is_an_excerpt_beyond_this_machine(shelf: Settings) -> None:
    browser = client(shelf, public=True)
    for form in ("csv", "jsonl"):
        content = browser.get(ADDRESS.format(form)).text
        assert content.count(SECRET) == 1, "what an authority wrote may be shown"
    texts = {one["id"]: one["text"] for one in map(json.loads, browser.get(ADDRESS.format("jsonl")).text.splitlines())}
    assert len(texts["d/0"]) <= EXCERPT and len(texts["d/2"]) <= EXCERPT
    cells = list(openpyxl.load_workbook(io.BytesIO(browser.get(ADDRESS.format("xlsx")).data)).active.values)
    assert {row[0]: row[-1] for row in cells[1:]} == texts


@pytest.mark.parametrize("form", FORMS)
def test_headers_hold_nothing_that_was_asked(shelf: Settings, form: str) -> None:
    for question in ("v%C3%A4tgas", "%0D%0ASet-Cookie:%20a=b", '";filename=x.exe', "../../etc"):
        answers = [getattr(client(shelf), method)(f"/sok.{form}?q={question}") for method in ("get", "head")]
        for answer in answers:
            assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
            name = rf"attachment; filename=regionsok-\d{{4}}-\d\d-\d\d\.{form}"
            assert re.fullmatch(name, answer.headers["Content-Disposition"])
            assert answer.mimetype == FORMS[form][1] and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answers[1].data == b"" and "Content-Length" not in answers[1].headers
    tag = answers[0].headers["ETag"]
    assert client(shelf).get(f"/sok.{form}?q={question}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_read_is_told_and_no_other_answer_given(shelf: Settings, tmp_path: Path, form: str) -> None:
    for query, parameter in (("ar=sent", "ar"), ("page=2", "page"), ("sida=x", "sida")):
        answer = client(shelf).get(f"/sok.{form}?{query}")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
        assert answer.json["parameter"] == parameter
    nothing = client(Settings(corpus=shelf.corpus, index=tmp_path / "ingenting")).get(f"/sok.{form}")
    assert (nothing.status_code, nothing.mimetype) == (503, "application/problem+json")


def test_one_document_is_a_reference(shelf: Settings) -> None:
    (reference,) = rispy.loads(client(shelf).get("/dokument/d/0.ris").text)
    assert reference["title"] == "=Vätgas och vindkraft" and reference["date"] == "2024/03/12"
    (entry,) = bibtexparser.parse_string(client(shelf).get("/dokument/d/0.bib").text).entries
    assert entry["date"] == "2024-03-12" and re.fullmatch(r"regionsok-[0-9a-f]{16}", entry.key)
    assert client(shelf).get("/dokument/d/0.json").json["id"] == "d/0"
    for path in ("/dokument/d/9.ris", "/dokument/d/0.bib?q=x"):
        assert client(shelf).get(path).mimetype == "application/problem+json"


def test_the_pages_lead_there(shelf: Settings) -> None:
    browser = client(shelf)
    page = BeautifulSoup(browser.get("/sok?q=vätgas&ar=2024&sida=1&antal=1").text, "html.parser")
    links = {link.get_text(): link["href"] for link in page.select(".faces a")}
    for form, (label, _) in FORMS.items():
        assert links[label] == f"/sok.{form}?q=v%C3%A4tgas&ar=2024&antal=1"
        assert browser.get(links[label]).status_code == 200
    assert links["JSON"].startswith("/sok.json?")
    cited = BeautifulSoup(browser.get("/dokument/d/0").text, "html.parser").select("#citera a")
    assert [browser.get(link["href"]).status_code for link in cited] == [200, 200]
    help = BeautifulSoup(browser.get("/hjalp").text, "html.parser")
    assert {one.get_text() for one in help.select("dt")} >= set(HEADINGS), "every column is explained"


class Failing(Answers):
    """A searcher whose index is damaged after so many documents."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def documents(self, search: Search) -> Iterator[Found]:
        yield from documents(*(["Vätgas"] * self.after))
        raise IndexMissing("Indexet går inte att läsa.")


def test_a_failure_before_the_first_byte_is_told() -> None:
    answer = create_app(searcher=Failing(after=7)).test_client().get("/sok.csv?q=x")
    assert (answer.status_code, answer.json["detail"]) == (503, "Indexet går inte att läsa.")


def test_a_failure_after_it_is_no_end() -> None:
    server = create_server(create_app(searcher=Failing(after=1_000)), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    connection = HTTPConnection("127.0.0.1", server.effective_port)
    try:
        connection.request("GET", "/sok.csv?q=x")
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(IncompleteRead):
            answer.read()
    finally:
        connection.close()
        server.close()


def test_the_terminal_writes_every_form(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    write_jsonl(tmp_path / "corpus" / "a.jsonl", [{"id": f"d/{n}", "text": f"Vätgas {n}"} for n in range(25)])
    terminal.run("index")
    written = {form: terminal.run("search", "vätgas", f"--{form}", "--size", "3").stdout for form in FORMS}
    assert len(list(openpyxl.load_workbook(io.BytesIO(written["xlsx"])).active.values)) == 26
    assert len(sheet_of(written["csv"])) == 26 and len(written["jsonl"].splitlines()) == 25
    assert len(rispy.loads(written["ris"].decode())) == 25 == written["bib"].count(b"@misc{")
    refused = terminal.run("search", "vätgas", "--csv", "--year", "sent")
    assert refused.returncode == 2 and not refused.stdout
    both = terminal.run("search", "vätgas", "--csv", "--json")
    assert both.returncode == 2 and not both.stdout and b"--csv" in both.stderr

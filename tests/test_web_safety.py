"""Nothing that a source or a visitor wrote comes alive in a page, and every failure is one plain answer."""

import logging
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer import IndexMissing, date_text
from indexer.documents import Duplicate
from indexer.metadata.dates import Dated
from indexer.results import FacetValue, Place, Snippet
from tests.web_answers import DOCUMENT, HIT, Answers, client, words
from webapp import create_app
from webapp.rendering import date_value, marked, marked_paragraphs, web_address

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></mark><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}&lt;b&gt;",
    "<mark onclick=alert(1)>",
    "javascript:alert(1)",
    "\x00<!--<a href=javascript:alert(1)>",
]


def skeleton(html):
    """Every element with the names of its attributes, but not <mark>."""
    nodes = BeautifulSoup(html, "html.parser").find_all(lambda node: node.name != "mark" or node.attrs)
    return [(node.name, sorted(node.attrs)) for node in nodes]


def poisoned(text):
    """An answer and a document that say one text everywhere."""
    facet = FacetValue(text, text, 1, True, "/sok?" + urlencode({"kalla": text}))
    hit = replace(
        HIT,
        title=text,
        source=text,
        kind=text,
        regions=(Place(text, text),),
        title_highlights=((0, len(text)),),
        snippets=(Snippet(text, ((1, 3), (4, len(text)))),),
        missing=(text,),
        duplicates=(Duplicate("a", text, text),),
    )
    document = replace(
        DOCUMENT,
        title=text,
        text=text,
        source=text,
        kind=text,
        published=Dated("2019-02-01", "month", text),
        regions=tuple(replace(region, label=text, evidence=text) for region in DOCUMENT.regions),
        origin=text,
        rights=text,
    )
    said = {"interpretation": text, "notes": (text,), "suggestion": text}
    answers = Answers(document, hits=(hit,), facets={"source": (facet,)}, **said)
    answers.marked = ((0, 2), (3, 5))
    return answers


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_others_wrote_stays_text(payload):
    parameters = {
        "q": payload,
        "kalla": payload,
        "region": payload,
        "ar": payload,
        "fran": payload,
        "sida": payload,
    }
    addresses = ["/sok?" + urlencode(parameters), f"/dokument/{DOCUMENT.id}?" + urlencode({"q": payload})]
    calm_words = urlencode(dict.fromkeys(parameters, "ofarligt"))
    harmless = [f"/sok?{calm_words}", f"/dokument/{DOCUMENT.id}?q=ofarligt"]
    for path, calm in zip(addresses, harmless, strict=True):
        html = create_app(searcher=poisoned(payload)).test_client().get(path).text
        expected = create_app(searcher=poisoned("ofarligt")).test_client().get(calm).text
        assert skeleton(html) == skeleton(expected)
        assert words(BeautifulSoup(html, "html.parser").main).count("ofarligt") == 0


UNSAFE = [
    "javascript:alert(1)",
    "JaVaScRiPt:x",
    " javascript:x",
    "java\nscript:x",
    "data:text/html,x",
    "//evil.example",
    "http://",
    "https:///x",
    "http://a b",
    "ftp://a.example",
    "",
    None,
]


@pytest.mark.parametrize("url", UNSAFE)
def test_only_web_addresses_become_links(url):
    assert web_address(url) is None
    browser = create_app(searcher=Answers(replace(DOCUMENT, url=url), hits=(replace(HIT, url=url),))).test_client()
    for path in ("/sok?q=a", f"/dokument/{DOCUMENT.id}"):
        links = BeautifulSoup(browser.get(path).text, "html.parser").find_all("a")
        assert all(link["href"].startswith("#") or link["href"] == "/" or link["href"][1].isalpha() for link in links)


@pytest.mark.parametrize("url", ["http://a.example", "HTTPS://å.example/x?y=1&z#q", "https://user@a.example:8/"])
def test_web_addresses_are_kept_as_they_are(url):
    assert web_address(url) == url


spans = st.lists(st.integers(0, 60), unique=True).map(lambda found: list(zip(*[iter(sorted(found))] * 2, strict=False)))


@given(st.text(max_size=50), spans)
def test_marks_hold_the_text_of_their_spans_and_nothing_is_lost(text, spans):
    soup = BeautifulSoup(f"<p>{marked(text, spans)}</p>", "html.parser")
    assert {node.name for node in soup.p.find_all()} <= {"mark"}
    assert marked(text, spans).replace("<mark>", "").replace("</mark>", "").unescape() == marked(text).unescape()
    assert len(soup.find_all("mark")) == len(spans)


def test_spans_count_code_points():
    assert marked("🎉 Go\u0308teborg", [(2, 11)]) == "🎉 <mark>Go\u0308teborg</mark>"


DATES = [
    ("2019-02-11", "day", "11 februari 2019", "2019-02-11"),
    ("2019-03-01", "month", "mars 2019", "2019-03"),
    ("2019-03", "month", "mars 2019", "2019-03"),
    ("2019-01-01", "year", "2019", "2019"),
    ("2019", "year", "2019", "2019"),
    ("2020-12-01T08:00:00", "day", "1 december 2020", "2020-12-01"),
    (None, None, "utan datum", ""),
]


@pytest.mark.parametrize(("published", "precision", "text", "value"), DATES)
def test_a_date_is_shown_no_more_exactly_than_it_is_known(published, precision, text, value):
    assert date_text(published, precision) == text
    assert date_value(published, precision) == value


def test_paragraphs_are_split_on_blank_lines_of_any_kind():
    assert marked_paragraphs("a\r\nb\r\n \r\n\r\nc\n", ()) == [["a", "b"], ["c"]]
    assert marked_paragraphs(" \n", ()) == []


@given(st.text(max_size=50), spans)
def test_marks_of_a_whole_text_are_numbered_and_lose_no_line(text, spans):
    """A mark that lies in line ends only is no place to go to; the others keep their number."""
    lines = [line for paragraph in marked_paragraphs(text, spans) for line in paragraph]
    plain = [line.rstrip() for line in text.splitlines() if line.strip()]
    soup = BeautifulSoup(f"<p>{chr(10).join(lines)}</p>", "html.parser")
    assert [str(line.striptags()) for line in lines] == [str(marked(line).striptags()) for line in plain]
    assert [mark["id"] for mark in soup.find_all("mark")] == sorted(
        (mark["id"] for mark in soup.find_all("mark")), key=lambda id: int(id.removeprefix("stalle-"))
    )


class Silent:
    """A searcher without an index."""

    def search(self, search, facets=()):
        raise IndexMissing("Det finns inget index; kör regionsok index.")

    document = version = search


class Broken:
    """A searcher with a bug."""

    def version(self, search):
        return ""

    def search(self, search, facets=()):
        raise RuntimeError("hemlig detalj")


FAILURES = [
    (Answers, "GET", "/saknas", 404),
    (Answers, "GET", "/dokument/saknas", 404),
    (Answers, "GET", "/dokument/", 404),
    (Answers, "POST", "/sok", 405),
    (Answers, "OPTIONS", "/saknas", 405),
    (Silent, "GET", "/", 503),
    (Silent, "GET", "/dokument/a", 503),
    (Broken, "GET", "/sok", 500),
]


@pytest.mark.parametrize(("searcher", "method", "path", "status"), FAILURES)
def test_failures_are_plain_swedish_pages(searcher, method, path, status):
    response = create_app(searcher=searcher()).test_client().open(path, method=method)
    soup = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert len(soup.find_all("h1")) == 1 and words(soup.main.p).endswith(".")
    assert "hemlig" not in response.text
    assert (response.headers.get("Allow") == "GET, HEAD") == (status == 405)


@pytest.mark.parametrize(
    ("searcher", "path", "status"),
    [(Answers, "/dokument/a.json", 404), (Silent, "/sok.json", 503), (Broken, "/sok.json", 500)],
)
def test_failures_of_json_addresses_are_json(searcher, path, status):
    response = create_app(searcher=searcher()).test_client().get(path)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert list(response.json) == ["type", "title", "status", "detail"] and response.json["status"] == status
    assert response.json["detail"].endswith(".")


def test_a_missing_index_says_what_to_do():
    assert "kör regionsok index" in create_app(searcher=Silent()).test_client().get("/").text


REFUSED = [
    (Answers, "/sok.json?ar=hemlig", 400, "faces.search"),
    (Answers, "/dokument/hemlig", 404, "pages.document"),
    (Answers, "/hemlig?q=hemlig", 404, None),
    (Silent, "/sok?q=hemlig", 503, "pages.search"),
]


@pytest.mark.parametrize(("searcher", "path", "status", "endpoint"), REFUSED)
def test_the_log_says_what_was_refused_and_nothing_of_what_was_asked(searcher, path, status, endpoint, caplog):
    browser = create_app(searcher=searcher()).test_client()
    with caplog.at_level(logging.INFO):
        browser.get("/sok?q=hemlig" if searcher is Answers else "/robots.txt")
        assert not caplog.records, "what is answered is not told"
        browser.get(path)
    refusals = [record for record in caplog.records if record.message == "request refused"]
    assert [(record.name, record.status, record.endpoint) for record in refusals] == [("webapp", status, endpoint)]
    assert not any("hemlig" in str(vars(record)) for record in caplog.records)
    causes = [record.cause for record in caplog.records if record.message == "index unreadable"]
    assert causes == (["Det finns inget index; kör regionsok index."] if searcher is Silent else [])


BROKEN_ADDRESSES = [
    "/sok?q=%ff%fe",
    "/sok?q=%ED%A0%80",
    "/sok?%",
    "/sok?q=%zz&=&&=x",
    "/sok?q=%00",
    "/dokument/%ff",
    "/dokument/%00",
    "/dokument/..%2f..%2fetc",
    "/%ff",
    "/sok?sida=" + "9" * 20000,
]


@pytest.mark.parametrize("path", BROKEN_ADDRESSES)
def test_broken_addresses_never_break_the_server(path):
    assert client().get(path).status_code in (200, 404)


@settings(max_examples=50)
@given(st.text(), st.text(), st.binary())
def test_any_string_gets_an_answer(query, source, junk):
    browser = client()
    encoded = urlencode({"q": query, "kalla": source}, errors="surrogatepass")
    assert browser.get(f"/sok?{encoded}&x={quote(junk)}").status_code == 200
    assert browser.get("/sok.json?" + encoded).status_code == 200


def test_a_lone_surrogate_of_a_source_breaks_neither_face():
    document = replace(DOCUMENT, title="a\ud800b", text="\udfff")
    browser = create_app(searcher=Answers(document)).test_client()
    assert "a?b" in browser.get(f"/dokument/{document.id}").text
    assert browser.get(f"/dokument/{document.id}.json").json["title"] == "a\ud800b"

"""Any string gets an answer: no exception, no status above 499, and work that is bounded."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import webapp
from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.indexing import build
from indexer.parsing import parse
from indexer.planning import Plan, plan
from indexer.planning.nodes import AllOf, AnyOf, MaxOf
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import EFFORTS, write_jsonl

PIECES = [
    "AND",
    "OR",
    "NOT",
    "OCH",
    "ELLER",
    "INTE",
    "NÄRA/3",
    "NEAR/99",
    "NÄRA",
    "region:",
    "år:",
    "källa:",
    "typ:",
    "rubrik:",
    "år:2018..2020",
    "[a",
    "TO",
    "(",
    ")",
    "((",
    "))",
    '"',
    '""',
    "=",
    '="',
    "~",
    "~9",
    "*",
    "**",
    "+",
    "-",
    "--",
    ":",
    "/",
    "\\",
    "'",
    "^",
    "{",
    "}",
    "[",
    "]",
    "|",
    "&",
    "&&",
    "||",
    "!",
    "?",
    "#",
    "%",
    "<",
    ">",
    "<script>",
    "&amp;",
    "\x00",
    "\x01",
    "\x1f",
    "\x7f",
    "\u200b",
    "\u202e",
    "\ufeff",
    "�",
    "�",
    "😀",
    "é",
    "å",
    "ä",
    "ö",
    "Å",
    "ord",
    "ekonomi",
    "3D-printing",
    "a",
    "",
] + [" ", "\n", "\t", "\u00a0", "\u2028"]
HOSTILE = [
    "x" * 100_000,
    "ord " * 25_000,
    "(" * 2_000,
    "(" * 1_000 + "a" + ")" * 1_000,
    "NOT " * 500,
    "INTE " * 500 + "a",
    "[a TO " * 500,
    '"' * 999,
    "a*" * 400,
    " ".join("abcdefghijklmnopqrstuvwxyzåäö"[n] + "*" for n in range(29)),
    '"a b c d e f g h"~10',
    " ".join(["a NÄRA/10 b"] * 50),
    "\ud800" * 100,
    "\x00",
    "-" * 500 + "a",
    "a:" * 300,
    "region:" * 100,
    "år:0000..9999",
    "år:-1..99999999999999999999",
]


def junk(count: int) -> Iterator[str]:
    chance = random.Random(11)
    for _ in range(count):
        separator = chance.choice(("", " "))
        yield separator.join(chance.choices(PIECES, k=chance.randint(1, 30)))


@pytest.fixture(scope="module")
def settings_of_junk(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("junk")
    (folder / "corpus").mkdir()
    texts = ["ekonomi och 3D-printing å ä ö", "a b c d e f g h ord region år", "<script>alert(1)</script> &amp; ord"]
    write_jsonl(
        folder / "corpus" / "a.jsonl", [{"id": f"d{n}", "title": text, "text": text} for n, text in enumerate(texts)]
    )
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    build(settings)
    return settings


@pytest.mark.parametrize("effort", EFFORTS)
def test_thousands_of_random_questions(settings_of_junk: Settings, effort: int) -> None:
    searcher = Searcher(settings_of_junk)
    for question in (*junk(2_000 * effort), *HOSTILE):
        results = searcher.search(Search(question))
        assert results.interpretation
        assert results.total >= 0


@pytest.mark.parametrize("effort", EFFORTS)
def test_every_question_has_a_page_and_json(settings_of_junk: Settings, effort: int) -> None:
    client = webapp.create_app(settings_of_junk).test_client()
    for question in (*junk(100 * effort), *HOSTILE):
        for path in ("/sok", "/sok.json"):
            encoded = question.encode("utf-8", "surrogatepass")[:20_000]
            answer = client.get(f"{path}?q={''.join(f'%{byte:02X}' for byte in encoded)}")
            assert answer.status_code <= 499, (path, question[:80])


def leaves(found: Plan) -> int:
    match found:
        case AllOf():
            return sum(map(leaves, (*found.required, *found.bonus, *found.forbidden)))
        case AnyOf() | MaxOf():
            return sum(map(leaves, found.parts))
    return 1


def test_work_is_bounded(settings_of_junk: Settings) -> None:
    """Of the worst questions: 32 words, 200 expanded terms, 128 phrases a phrase and field (DESIGN.md)."""
    (generation,) = settings_of_junk.index.glob("[0-9]*-*")
    vocabulary = IndexVocabulary(generation / "catalogue.sqlite")
    for question in (*junk(2_000), *HOSTILE):
        planned = plan(parse(question).query, vocabulary)
        assert leaves(planned.strict) <= 6_000, question[:80]


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "<mark>falsk</mark>",
]
LIVE = {"script", "img", "svg", "iframe", "object", "embed", "style", "base", "meta", "mark"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_never_becomes_live(payload: str, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    hostile = {
        "id": "d1",
        "title": f"{payload} ord",
        "text": f"{payload} ord {payload}",
        "url": payload,
        "source": payload,
    }
    write_jsonl(tmp_path / "corpus" / "a.jsonl", [hostile, {"id": f"d{payload}", "text": "ord", "title": "ord"}])
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(settings)
    client = webapp.create_app(settings).test_client()
    for path, query in (
        ("/sok", "ord"),
        ("/sok", payload),
        ("/", ""),
        ("/dokument/d1", ""),
        ("/sok", f"ord {payload}"),
    ):
        answer = client.get(path, query_string={"q": query, "kalla": payload} if query == payload else {"q": query})
        assert answer.status_code == 200
        page = BeautifulSoup(answer.data, "html.parser")
        assert {tag.name for tag in page.find_all(sorted(LIVE))} <= {"script", "svg", "meta", "mark"}, (path, query)
        data = page.find_all("script", type="application/ld+json")
        assert [tag.get("src") for tag in page.find_all("script") if tag not in data] == ["/static/sok.js"]
        assert len(data) == path.startswith("/dokument/")
        assert not [tag for tag in data if "<" in tag.text or json.loads(tag.text)["headline"] != hostile["title"]]
        assert not [tag for tag in data if json.loads(tag.text).get("url", "https:")[:6] != "https:"]
        assert [tag["class"] for tag in page.find_all("svg")] == [["logotype"]]
        assert not [
            tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"
        ]
        assert not [
            tag for tag in page.find_all("a", href=True) if tag["href"].lower().startswith(("javascript:", "data:"))
        ]
        assert all(mark.get_text() and not mark.find(True) for mark in page.find_all("mark"))

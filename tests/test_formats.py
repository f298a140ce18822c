"""Formats: each is told by its content, read part by part with where it stood, bounded, and refused by name where broken."""

from __future__ import annotations

import gzip
import io
import json
import multiprocessing
import resource
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path

import brotli
import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.documents import Document, Refusal
from indexer.fields import document_of, stored_of
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
from indexer.ingestion.office import outcome

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
LIMIT = 5_000_000
SENTENCE = "Region Dalarna satsar på vätgas i hela länet, och industrin växer."
PAGE = f"<!doctype html><html><head><title>Vätgas</title></head><body><main><h1>Vätgas</h1><p>{SENTENCE}</p></main></body></html>"

Reader = Callable[..., list[Document | Refusal]]


@pytest.fixture
def reading(tmp_path: Path) -> Reader:
    """Reads content as a file of a name."""

    def read_as(content: bytes, name: str) -> list[Document | Refusal]:
        path = tmp_path / name
        path.write_bytes(content)
        return list(read(Source(path, name), LIMIT))

    return read_as


def pdf(text: str) -> bytes:
    """The least PDF that shows a text."""
    shown = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("cp1252")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</CreationDate(D:20190312100000+01'00')>>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF" % len(written)
    return written + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


def word(text: str) -> bytes:
    document, written = docx.Document(), io.BytesIO()
    document.add_heading("Vätgas", 0)
    document.add_paragraph(text)
    document.save(written)
    return written.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return written.getvalue()


def warc(*pages: tuple[str, str, bytes], packed: bool = True, day: str = "2026-03-04", header: str = "") -> bytes:
    records = []
    for url, kind, content in pages:
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{header}\r\n".encode() + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {day}T10:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        record = head.encode() + answer + b"\r\n\r\n"
        records.append(gzip.compress(record) if packed else record)
    return b"".join(records)


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Region Dalarna</title><language>sv-SE</language>
<item><title>Vätgas</title><link>https://region.example/1</link><description>&lt;p&gt;{SENTENCE}&lt;/p&gt;</description>
<pubDate>Tue, 12 Mar 2019 23:30:00 GMT</pubDate></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Region Dalarna</title><entry><title>Vätgas</title>
<link href="https://region.example/1"/><summary>{SENTENCE}</summary><published>2019-03-13T08:00:00+01:00</published></entry></feed>"""
ROWS = f"Rubrik;Text;Datum\nVätgas;{SENTENCE};2019-03-12\n;;\nTom;;2019\n"
MARKED = f"---\ntitle: Vätgas\ndate: 2019-03-12\n---\n# Vätgas\n\n{SENTENCE.replace('vätgas', '[vätgas](https://x.example)')}"
PLAIN = f"Vätgas\n\n{SENTENCE}".encode()

ONE = {
    "a.txt": (PLAIN, ""),
    "a.md": (MARKED.encode(), ""),
    "page": (PAGE.encode(), ""),
    "a.json": (json.dumps({"title": "Vätgas", "text": SENTENCE}).encode(), ""),
    "list.json": (json.dumps([{"title": "Vätgas", "text": SENTENCE}]).encode(), "#1"),
    "feed": (RSS.encode(), "#1"),
    "atom.xml": (ATOM.encode(), "#1"),
    "a.gz": (gzip.compress(PAGE.encode()), ""),
    "a.zip": (archive({"mapp/sida.html": PAGE.encode(), ".dold": b"x"}), "!mapp/sida.html"),
    "b.zip": (archive({"inre.zip": archive({"a.txt": PLAIN})}), "!inre.zip!a.txt"),
    "a.docx": (word(SENTENCE), ""),
    "a.warc.gz": (warc(("https://region.example/1", "text/html", PAGE.encode())), "#1"),
    "a.warc": (warc(("https://region.example/1", "text/html", PAGE.encode()), packed=False), "#1"),
}


@pytest.mark.parametrize("name", ONE)
def test_each_format_gives_the_document_and_where_it_stood(reading: Reader, name: str) -> None:
    content, member = ONE[name]
    (document,) = reading(content, name)
    assert isinstance(document, Document), document
    assert (document.title, document.origin) == ("Vätgas", name + member)
    assert SENTENCE in document.text


BY_CONTENT = {
    "a list": json.dumps([{"title": "Vätgas", "text": SENTENCE}], indent=1).encode(),
    "an object": json.dumps({"title": "Vätgas", "text": SENTENCE}, indent=1).encode(),
    "a table": f"Rubrik;Text;Datum\nVätgas;{SENTENCE};2019-03-12\n".encode(),
    "a table of Windows": f"Rubrik\tText\nVätgas\t{SENTENCE}\n".encode("cp1252"),
    "marked text": MARKED.encode(),
}


def test_a_title_with_a_word_for_a_column_is_no_table(reading: Reader) -> None:
    (document,) = reading(f"Innehåll, form och färg\n\n{SENTENCE}".encode(), "inmatning")
    assert isinstance(document, Document) and document.title == "Innehåll, form och färg"


@pytest.mark.parametrize("name", BY_CONTENT)
def test_a_format_is_told_by_content_where_the_name_says_nothing(reading: Reader, name: str) -> None:
    (document,) = reading(BY_CONTENT[name], "inmatning")
    assert isinstance(document, Document), document
    assert (document.title, document.text) == ("Vätgas", SENTENCE)


@pytest.mark.parametrize("name", ["a.json", "a.csv"])
def test_a_file_of_many_documents_may_be_larger_than_one(reading: Reader, name: str) -> None:
    texts = [f"{SENTENCE} Del {number}. " + "Mer text. " * 1_000 for number in range(600)]
    if name == "a.json":
        content = json.dumps([{"text": text} for text in texts]).encode()
    else:
        content = "\n".join(["text;date", *(f'"{text}";2019' for text in texts)]).encode()
    assert len(content) > LIMIT
    *items, last = reading(content[:-50] if name == "a.json" else content, name)
    assert len(items) == 599 and all(isinstance(item, Document) for item in items)
    assert isinstance(last, Refusal if name == "a.json" else Document), "what stands before the break is read"


def test_a_pdf_is_read_with_its_day(reading: Reader) -> None:
    (document,) = reading(pdf(SENTENCE), "rapport.bin")
    assert isinstance(document, Document) and document.published, document
    assert SENTENCE in f"{document.title}. {document.text}"
    assert document.published.value == "2019-03-12" and "PDF" in document.published.evidence


def test_a_feed_says_when_in_swedish_time_and_where(reading: Reader) -> None:
    (document,) = reading(RSS.encode(), "feed.xml")
    assert isinstance(document, Document) and document.published
    assert (document.published.value, document.url) == ("2019-03-13", "https://region.example/1")
    assert (document.source, document.language, document.publisher_region) == ("Region Dalarna", "sv", "dalarnas-lan")


def test_rows_of_a_table_are_documents_and_empty_ones_are_named(reading: Reader) -> None:
    kept, refused = reading(ROWS.encode(), "a.csv")
    assert isinstance(kept, Document) and (kept.title, kept.origin) == ("Vätgas", "a.csv#2")
    assert kept.published and kept.published.value == "2019-03-12"
    assert isinstance(refused, Refusal) and refused.origin == "a.csv#4"


def test_a_sidecar_says_which_column_is_what(reading: Reader, tmp_path: Path) -> None:
    columns = 'columns = { text = "Brödtext", title = "Namn", date = "Publ." }\n'
    (tmp_path / "a.csv.toml").write_text(columns)
    (tmp_path / "a.jsonl.toml").write_text(columns)
    row = {"Namn": "Vätgas", "Brödtext": SENTENCE, "Publ.": "2019-03-12"}
    table = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    for name, content in (("a.csv", table), ("a.jsonl", json.dumps(row))):
        (document,) = reading(content.encode(), name)
        assert isinstance(document, Document) and document.published, document
        assert (document.title, document.text, document.published.value) == ("Vätgas", SENTENCE, "2019-03-12")


def test_a_crawl_keeps_addresses_and_days_and_passes_over_pictures(reading: Reader) -> None:
    content = warc(
        ("https://region.example/1", "text/html; charset=utf-8", PAGE.encode()),
        ("https://region.example/b.png", "image/png", b"\x89PNG"),
        ("https://region.example/2.pdf", "application/pdf", pdf(SENTENCE)),
    )
    first, second = reading(content, "a.warc.gz")
    assert isinstance(first, Document) and isinstance(second, Document)
    assert (first.url, first.fetched, first.origin) == ("https://region.example/1", "2026-03-04", "a.warc.gz#1")
    assert (second.url, second.origin) == ("https://region.example/2.pdf", "a.warc.gz#3")


LIMITS = [
    ("", "", None),
    ("", "X-Robots-Tag: max-snippet:50\r\n", 50),
    ("", "X-Robots-Tag: otherbot: nosnippet\r\n", None),
    ("max-snippet:20", "", 20),
    ("nosnippet", "X-Robots-Tag: max-snippet:50\r\n", 0),
    ("max-snippet:80", "X-Robots-Tag: max-snippet:50\r\n", 50),
]


@pytest.mark.parametrize(("meta", "header", "most"), LIMITS)
def test_how_much_may_be_shown_is_what_page_and_header_say(
    reading: Reader, meta: str, header: str, most: int | None
) -> None:
    page = PAGE.replace("<head>", f'<head><meta name="robots" content="{meta}">', 1)
    assert meta in page
    content = warc(("https://region.example/1", "text/html", page.encode()), header=header)
    (document,) = reading(content, "a.warc.gz")
    assert document.excerpt == most
    assert document_of(stored_of(document)).excerpt == most


def test_a_cut_off_record_is_named_and_the_whole_ones_before_it_are_read(reading: Reader) -> None:
    pages = [(f"https://region.example/{number}", "text/html", PAGE.encode()) for number in range(3)]
    items = reading(warc(*pages, packed=False)[:-200], "a.warc")
    assert [type(item) for item in items] == [Document, Document, Refusal]
    assert items[-1].origin == "a.warc#3"


@pytest.mark.real
def test_real_archives_are_read_or_refused_by_name(shared: Path) -> None:
    paths = sorted((shared / "data" / "warc").iterdir())
    found = {path.name: list(read(Source(path, path.name), LIMIT)) for path in paths}
    assert all(items for items in found.values())
    whole = {name for name, items in found.items() if isinstance(items[0], Document)}
    assert {
        "example.warc",
        "example.warc.gz",
        "example.arc",
        "example.arc.gz",
        "example-iana.org-chunked.warc",
    } <= whole
    assert all(item.reason for items in found.values() for item in items if isinstance(item, Refusal))


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "'
    + "ha" * 500
    + '">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><item><title>&i;</title></item></channel></rss>"
)
HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb.txt.gz": lambda: gzip.compress(b"a" * 100_000_000),
    "bomb.jsonl.gz": lambda: gzip.compress(b'{"text": "' + b"a" * 100_000_000),
    "bomb.zip": lambda: archive({f"{number}.txt": b"a " * 4_000_000 for number in range(30)}),
    "nested.gz": lambda: gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"a"))))),
    "slip.zip": lambda: archive({"../../utanför.txt": b"", "/etc/x.txt": b""}),
    "deep.html": lambda: b"<html><body>" + b"<div>" * 1_000_000,
    "attributes.html": lambda: b"<html><body><p " + b"".join(b" b%d" % number for number in range(900_000)) + b">Text",
    "values.html": lambda: b"<html><body><p " + b"".join(b" b%d=1" % number for number in range(90_000)) + b">Text",
    "items.rss": lambda: b"<rss><channel>" + b"<item><title>a</title></item>" * 150_000,
    "long.txt": lambda: b"a " * 9_000_000,
    "deep.json": lambda: b"[" * 200_000,
    "word.docx": lambda: archive({"word/document.xml": b"<w>" + b" " * 200_000_000, "[Content_Types].xml": b"<x/>"}),
    "cut.docx": lambda: word(SENTENCE)[:3000],
    "cut.pdf": lambda: pdf(SENTENCE)[:300],
    "pages.pdf": lambda: pdf(SENTENCE).replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
    "cut.zip": lambda: archive({"a.txt": SENTENCE.encode()})[:-30],
    "empty.zip": lambda: archive({}),
    "sheet.xlsx": lambda: archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    "sitemap.xml": lambda: b'<?xml version="1.0"?><urlset><url><loc>https://a.example/</loc></url></urlset>',
    "columns.csv": lambda: b"a;b\n1;2\n",
}


TAKEN: dict[str, Callable[[], bytes]] = {
    "deep.html": lambda: b"<html><body>" + b"<div>" * 99_000 + b"<p>Text",
    "items.html": lambda: b"<html><body><ul>" + b"<li>a" * 99_000,
    "times.html": lambda: b"<html><body>" + b"<time>publicerad</time>" * 49_000,
    "around.html": lambda: b"<html><body><p>Text</p>" + b"<div class=boilerplate>x" * 49_000,
    "line.html": lambda: b"<html><body><p>" + b"ord " * 2_400_000,
    "pieces.html": lambda: b"<html><body>" + b"<b>" * 400 + b"ord &amp; " * 900_000,
    "places.txt": lambda: b"\n".join(b"Rad %d i Region Dalarna" % number for number in range(350_000)),
    "links.md": lambda: b"[a](" * 24_000 + b"a" * 5_000_000,
    "marks.md": lambda: b"*a " * 3_000_000,
    "blanks.md": lambda: b"# " + b" " * 4_000_000 + b"|\n" + b"- " + b" " * 4_000_000 + b"|\n|-|\n" + b"a| " * 400_000,
    "heads.md": lambda: b"# a #\n" * 500_000 + b"-" * 4_000_000 + b"|",
    "stops.md": lambda: b"&!]:" * 2_400_000,
    "items.md": lambda: b"- - - - - a\n" * 8_000,
    "fences.md": lambda: b"```\n|-|\n~~~\n" * 500_000 + b"[a]" * 30_000 + b"`a" * 30_000,
    "quotes.csv": lambda: b"text;b\n" + b'"' * 9_000_000,
    "laughs.xml": lambda: BILLION.encode(),
}
"""What would take long if it were looked at in the obvious way; it may be read."""


def taken_by(content: bytes, path: Path) -> tuple[list[Document | Refusal], float, int]:
    """What is read, in how many seconds of processor time and how many more bytes of memory."""
    path.write_bytes(content)
    list(read(Source(path.with_name("none"), "none"), LIMIT))  # loads what a reader needs
    own, children = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    memory, seconds = resource.getrusage(own).ru_maxrss, time.process_time()
    items = list(read(Source(path, path.name), 20_000_000))
    child = resource.getrusage(children)
    return (
        items,
        time.process_time() - seconds + child.ru_utime,
        1024 * max(resource.getrusage(own).ru_maxrss - memory, child.ru_maxrss - memory),
    )


@pytest.fixture(scope="module")
def apart() -> Iterator[ProcessPoolExecutor]:
    """Processes that read one content each, so that what it takes is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        yield pool


@pytest.mark.long
@pytest.mark.parametrize("name", [*HOSTILE, *(f"taken {name}" for name in TAKEN)])
def test_what_is_hostile_takes_little_and_is_refused_by_name(
    apart: ProcessPoolExecutor, tmp_path: Path, name: str
) -> None:
    hostile = name in HOSTILE
    content = HOSTILE[name]() if hostile else TAKEN[name.removeprefix("taken ")]()
    items, seconds, memory = apart.submit(taken_by, content, tmp_path / name.removeprefix("taken ")).result()
    assert seconds < 10
    assert memory < 300_000_000
    assert not hostile or any(isinstance(item, Refusal) for item in items), items
    assert all(item.reason.endswith(".") for item in items if isinstance(item, Refusal))
    assert all(len(item.text) < 11_000_000 for item in items if isinstance(item, Document))


ENCODINGS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "gzip": (gzip.compress, ""),
    "deflate": (zlib.compress, ""),
    "deflate without a head": (lambda content: zlib.compress(content, wbits=-15), "deflate"),
    "br": (brotli.compress, ""),
    "zstd": (zstd.compress, ""),
    "gzip, br": (lambda content: brotli.compress(gzip.compress(content)), ""),
    "br that is not": (lambda content: content, "br"),
    "unknown": (lambda content: content, ""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_page_is_read_however_its_server_packed_it(reading: Reader, name: str) -> None:
    pack, header = ENCODINGS[name]
    packed = ("https://region.example/1", "text/html", pack(PAGE.encode()))
    (document,) = reading(warc(packed, header=f"Content-Encoding: {header or name}\r\n"), "a.warc.gz")
    assert isinstance(document, Document), document
    assert SENTENCE in document.text


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("bomb", [True, False])
def test_a_bomb_or_a_cut_page_is_named_and_the_next_is_read(reading: Reader, name: str, bomb: bool) -> None:
    pack, _ = ENCODINGS[name]
    content = pack(b"a" * 200_000_000) if bomb else pack(PAGE.encode() * 9)[:-20]
    broken = warc(("https://region.example/1", "text/html", content), header=f"Content-Encoding: {name}\r\n")
    refusal, document = reading(broken + warc(("https://region.example/2", "text/html", PAGE.encode())), "a.warc.gz")
    assert isinstance(refusal, Refusal) and refusal.origin == "a.warc.gz#1"
    assert ("större" if bomb else "avhuggen") in refusal.reason
    assert isinstance(document, Document)


DAMAGE = st.tuples(
    st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 1_000_000),
)
"""Places, in millionths of a content, and the bytes that stand there instead; and where it ends, 0 for where it does."""


def damaged(content: bytes, damage: tuple[list[tuple[int, int]], int]) -> bytes:
    changed = bytearray(content)
    places, end = damage
    for place, byte in places:
        changed[place * (len(changed) - 1) // 1_000_000] = byte
    return bytes(changed[: end * len(changed) // 1_000_000 or None])


@pytest.mark.parametrize("name", sorted(ONE.keys() - {"a.docx"}))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE)
def test_damage_never_raises_and_never_leaves_the_folder(
    reading: Reader, tmp_path: Path, name: str, damage: tuple[list[tuple[int, int]], int]
) -> None:
    assert_read_or_refused(reading, tmp_path, name, damage)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(ONE.keys() - {"a.docx"}))
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE)
def test_five_hundred_damages_never_raise_and_never_leave_the_folder(
    reading: Reader, tmp_path: Path, name: str, damage: tuple[list[tuple[int, int]], int]
) -> None:
    assert_read_or_refused(reading, tmp_path, name, damage)


def assert_read_or_refused(reading: Reader, folder: Path, name: str, damage: tuple[list[tuple[int, int]], int]) -> None:
    items = reading(damaged(ONE[name][0], damage), name)
    assert items and all(isinstance(item, Document | Refusal) for item in items)
    assert {path.name for path in folder.iterdir()} <= {name}


@pytest.mark.long
@pytest.mark.parametrize(("kind", "make"), [("pdf", pdf), ("docx", word)])
@settings(max_examples=500, deadline=8_000)
@given(damage=DAMAGE)
def test_a_damaged_file_is_read_or_refused_where_it_is_read_apart(
    kind: str,
    make: Callable[[str], bytes],
    damage: tuple[list[tuple[int, int]], int],
) -> None:
    """What its own process is asked, without one for each of five hundred."""
    said = json.loads(outcome(kind, damaged(make(SENTENCE), damage)))
    assert said["refused"].endswith(".") if "refused" in said else said.keys() == {"text", "title", "created"}


@pytest.mark.long
@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE)
def test_a_damaged_file_in_its_own_process_is_read_or_refused(
    reading: Reader, name: str, damage: tuple[list[tuple[int, int]], int]
) -> None:
    (item,) = reading(damaged(pdf(SENTENCE) if name == "a.pdf" else word(SENTENCE), damage), name)
    assert isinstance(item, Document | Refusal)

"""Formats: each is told by its content, read part by part with where it stood, bounded, and refused by name where broken."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.documents import Document, Refusal
from indexer.fields import document_of, stored_of
from indexer.ingestion import Source, read

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
    "deep.html": lambda: b"<html><body>" + b"<div>" * 400_000,
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


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_broken_is_refused_soon(reading: Reader, name: str) -> None:
    content = HOSTILE[name]()
    started = time.process_time()
    items = reading(content, name)
    assert time.process_time() - started < 10
    assert any(isinstance(item, Refusal) for item in items), items
    assert all(item.reason.endswith(".") for item in items if isinstance(item, Refusal))


def test_entities_are_not_multiplied(reading: Reader) -> None:
    for item in reading(BILLION.encode(), "entities.xml"):
        assert isinstance(item, Refusal) or len(item.text) < 1_000_000


@pytest.mark.parametrize("name", sorted(ONE.keys() - {"a.docx"}))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_never_raises_and_never_leaves_the_folder(
    reading: Reader, tmp_path: Path, name: str, data: st.DataObject
) -> None:
    content = bytearray(ONE[name][0])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    items = reading(bytes(content[: cut or None]), name)
    assert items and all(isinstance(item, Document | Refusal) for item in items)
    assert {path.name for path in tmp_path.iterdir()} <= {name}

"""One part that cannot be read, or says a date that is none, costs nothing but itself: the others of its file are read."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from indexer.cli import cli
from indexer.documents import Document, Refusal
from indexer.ingestion import Source, parts
from indexer.ingestion.enriching import read
from indexer.ingestion.lists import Table, elements
from indexer.ingestion.parts import Budget, Stream
from tests.test_cutting import arc, archived, atom, html, lines, pages, rss, table
from tests.test_formats import archive, pdf, warc

LIMIT = 20_000_000
"""As in the settings."""
HUGE = 60_000_000
"""More than a small file could unpack to in all."""
HUGER = 150_000_000
WORD = b"kaffe "


def huge() -> bytes:
    return WORD * (HUGE // len(WORD))


def around(made: Callable[[list[tuple[str, str]]], bytes], between: Callable[[], bytes]) -> bytes:
    """Two documents, what is between, and two more."""
    return made(pages("a")[:2]) + between() + made(pages("a")[2:])


def huge_page() -> bytes:
    return warc(("https://region.example/stor", "text/html", huge()), packed=False)


def headless_page() -> bytes:
    """A record that is one line of 150 MB, where the head of an answer should stand."""
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://region.example/stor\r\nWARC-Date: 2026-03-04T10:00:00Z\r\n"
    return f"{head}Content-Length: {HUGE}\r\n\r\n".encode() + huge() + b"\r\n\r\n"


def warcs(packed: bool) -> Callable[[list[tuple[str, str]]], bytes]:
    return lambda found: archived(found, packed=packed)


def put_into(content: bytes, before: bytes, what: bytes) -> bytes:
    """What is put where something stands for the third time, which is before the third document."""
    at = -1
    for _ in range(3):
        at = content.index(before, at + 1)
    return content[:at] + what + content[at:]


def zipped(between: bytes) -> bytes:
    members = {f"{number}.html": html(text) for number, (_, text) in enumerate(pages("a"))}
    return archive({**dict(list(members.items())[:2]), "1b.html": between, **members})


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.warc": (lambda: around(warcs(False), huge_page), "#4"),
    "a.warc.gz": (lambda: around(warcs(True), lambda: gzip.compress(huge_page())), "#4"),
    "b.warc.gz": (lambda: gzip.compress(around(warcs(False), huge_page)), "#4"),
    "many.warc.gz": (lambda: around(warcs(True), lambda: gzip.compress(huge_page()) * 6), "#4"),
    "nested.zip": (lambda: archive({"a.warc.gz": around(warcs(True), lambda: gzip.compress(huge_page()))}), "!a.warc.gz#4"),
    "headless.warc": (lambda: around(warcs(False), headless_page), ""),
    "a.jsonl": (lambda: around(lines, lambda: b'{"text": "' + huge() + b'"}\n'), "#3"),
    "a.jsonl.gz": (lambda: gzip.compress(around(lines, lambda: b'{"text": "' + huge() + b'"}\n')), "#3"),
    "p.zip": (lambda: archive({"a.jsonl.gz": gzip.compress(around(lines, lambda: b'{"text": "' + huge() + b'"}\n'))}), "!a.jsonl.gz#3"),
    "a.json": (lambda: put_into(listed_pages(), b"{", b'{"text": "' + huge() + b'", "nyckel": ["]}", "\\""]}, '), "#3"),
    "a.json.gz": (lambda: gzip.compress(put_into(listed_pages(), b"{", b'{"text": "' + huge() + b'"}, ')), "#3"),
    "broken.json": (lambda: put_into(listed_pages(), b"{", b'{"text": trasig [1, "]"]}, '), "#3"),
    "latin.json": (lambda: put_into(listed_pages(), b"{", b'{"text": "V\xe4tgas i l\xe4net."}, '), "#3"),
    "a.csv": (lambda: put_into(b"\n" + table(pages("a")), b"https", b'"x";"' + huge() + b'"\r\n')[1:], "#4"),
    "lines.csv": (lambda: put_into(b"\n" + table(pages("a")), b"https", b'"x";"' + b'rad;""\r\n' * 1_600_000 + b'"\r\n')[1:], "#4"),
    "a.csv.gz": (lambda: gzip.compress(put_into(table(pages("a")), b"https", b'x;' + huge() + b"\r\n")), "#4"),
    "a.zip": (lambda: zipped(huge()), "!1b.html"),
    "repeated.zip": (lambda: zipped(WORD * 1_300_000), "!1b.html"),
    "a.rss": (lambda: put_into(rss(pages("a")), b"<item>", b"<item><title>t</title><description>" + WORD * 2_500_000 + b"</description></item>"), "#3"),
    "tags.rss": (lambda: put_into(rss(pages("a")), b"<item>", b"<item><title>t</title><description><![CDATA[" + b"<b>" * 120_000 + b"]]></description></item>"), "#3"),
    "escaped.rss": (lambda: put_into(rss(pages("a")), b"<item>", b"<item><title>t</title><description>" + b"&lt;b&gt;" * 120_000 + b"</description></item>"), "#3"),
    "a.xml": (lambda: put_into(atom(pages("a")), b"<entry>", b"<entry><title>t</title><content>" + WORD * 2_500_000 + b"</content></entry>"), "#3"),
}  # fmt: skip
"""What is huge or broken between two documents and two more -> what it is named by; empty where it is no page."""


def listed_pages() -> bytes:
    return json.dumps([{"url": url, "text": text} for url, text in pages("a")]).encode()


def told(name: str, items: list[Document | Refusal]) -> None:
    """The four documents are there, and what cannot be read is named."""
    member = CASES[name][1]
    assert len([item for item in items if isinstance(item, Document)]) == 4, items
    assert not member or name + member in {item.origin for item in items if isinstance(item, Refusal)}
    assert all(item.reason.endswith(".") and ";" in item.reason for item in items if isinstance(item, Refusal))


@pytest.mark.parametrize("name", CASES)
def test_what_is_huge_or_broken_is_named_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(CASES[name][0]())
    told(name, list(read(Source(path, name), LIMIT)))


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_what_is_huge_takes_little_memory(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own."""
    monkeypatch.setattr(sys.modules[__name__], "HUGE", HUGER)
    (tmp_path / name).write_bytes(CASES[name][0]())
    command = [sys.executable, "-c", _READ, str(tmp_path / name), str(LIMIT)]
    items, memory = pickle.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    told(name, items)
    assert memory < 300_000_000


_READ = """
import pickle, resource, sys
from pathlib import Path
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
path = Path(sys.argv[1])
list(read(Source(path.with_name("none"), "none"), 9))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
items = list(read(Source(path, path.name), int(sys.argv[2])))
more = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
sys.stdout.buffer.write(pickle.dumps((items, more)))
"""


@given(
    st.lists(st.one_of(st.text(max_size=9), st.integers(), st.none(), st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=5), max_size=3)))),
    st.integers(1, 9), st.sampled_from([None, 1]),
)  # fmt: skip
@hypothesis_settings(max_examples=150)
def test_a_list_is_read_in_pieces_of_any_size(values: list[object], piece: int, indent: int | None) -> None:
    """And what is given of it beside its values is the rest of it, which is how one is taken out."""
    content = json.dumps(values, ensure_ascii=False, indent=indent).encode("utf-8", "replace")
    put: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PIECE", piece)
        found = []
        for value in elements(Stream("a.json", io.BytesIO(content), LIMIT, Budget(len(content) + LIMIT)), put.append):
            assert isinstance(value, bytes)
            found.append(json.loads(value))
            put.append(value)
    assert found == json.loads(content)
    assert b"".join(put) == content


BAD_DATES = ["Tue, 31 Feb 2019 10:00:00 GMT", "0000-00-00", "0000-01-01T00:00:00Z", "1e9", "1000000000", "99999-01-01", "igår", "2019-02-30", "9999-12-31T23:59:59-23:00",
             "2019-13-01", "x" * 5_000, "²⁰¹⁹", "-1"]  # fmt: skip
ODD_DATES: list[object] = [*BAD_DATES, 10**9, 1e9, -1, True, [], {}, [2019], {"year": 2019}]


def day_of(content: bytes, path: Path) -> Document:
    path.write_bytes(content)
    (document,) = read(Source(path, path.name), LIMIT)
    assert isinstance(document, Document), document
    return document


@given(st.text(alphabet='[]{},":\\\\ a1\n\ud800'))
def test_any_rest_of_a_list_comes_to_an_end(rest: str) -> None:
    """A stray brace gave one refusal after another, without end."""
    content = ("[" + rest).encode("utf-8", "surrogatepass")
    given_elements = islice(
        elements(Stream("a.json", io.BytesIO(content), LIMIT, Budget(len(content) + LIMIT))), len(content) + 2
    )
    assert len(list(given_elements)) <= len(content) + 1


@pytest.mark.parametrize("key", ["date", "published", "updated", "fetched"])
@pytest.mark.parametrize("value", ODD_DATES, ids=lambda value: repr(value)[:20])
def test_a_bad_date_of_a_line_costs_the_date(tmp_path: Path, key: str, value: object) -> None:
    said = {"text": "Vätgas i länet.", key: value}
    document = day_of(json.dumps(said).encode(), tmp_path / "a.jsonl")
    assert (document.published, document.updated, document.fetched, document.fetched_at) == (None, None, None, "")


FILES: dict[str, Callable[[str], bytes]] = {
    "a.csv": lambda day: f"text;datum\nVätgas i länet.;{day}\n".encode(),
    "a.warc": lambda day: warc(("https://region.example/1", "text/html", html(pages("a")[0][1])), packed=False, day=day),
    "a.arc": lambda day: arc(pages("a")[:1]).replace(b"10.0.0.1 20260304100000", f"10.0.0.1 {day.replace(' ', '')}".encode()),
    "a.rss": lambda day: rss(pages("a")[:1]).replace(b"</link>", f"</link><pubDate>{day}</pubDate>".encode()),
    "a.xml": lambda day: atom(pages("a")[:1]).replace(b"</title><link", f"</title><published>{day}</published><updated>{day}</updated><link".encode()),
    "a.html": lambda day: html(pages("a")[0][1]).replace(b"<body>", f'<meta property="article:published_time" content="{day}"><body>'.encode()),
    "a.md": lambda day: f"---\ntitle: Vätgas\ndate: {day}\n---\nVätgas i länet.".encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("day", BAD_DATES, ids=lambda value: value[:20])
def test_a_bad_date_of_a_file_costs_the_date(tmp_path: Path, name: str, day: str) -> None:
    document = day_of(FILES[name](day), tmp_path / name)
    assert (document.published, document.updated, document.fetched, document.fetched_at) == (None, None, None, "")


@pytest.mark.parametrize(
    "value", ['"igår"', "2019-02-30", "0000-01-01", "1e9", "[]", "10:00:00", "true", "2019-02-30 # hittad"]
)
def test_a_bad_date_of_a_sidecar_costs_the_date(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.txt.toml").write_text(f'publisher = "Region Dalarna"\ndate = {value}\n')
    document = day_of(b"Rubrik\n\nEn text om ett kaf\xc3\xa9 i byn.", tmp_path / "a.txt")
    assert (document.published, document.source) == (None, "Region Dalarna")


def test_a_bad_date_of_a_pdf_costs_the_date(tmp_path: Path) -> None:
    content = pdf("Region Dalarna satsar.").replace(b"D:20190312100000+01'00'", b"D:20191399999999+99'99'")
    assert day_of(content, tmp_path / "a.pdf").published is None


@pytest.mark.parametrize("day", ["igår", "2019-13-01", "1e9", ""])
def test_a_bad_date_that_add_is_told_is_wrong_usage(tmp_path: Path, day: str) -> None:
    (tmp_path / "a.txt").write_text("Vätgas i länet.")
    folders = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    done = CliRunner().invoke(cli, ["add", str(tmp_path / "a.txt"), "--date", day, *folders])
    assert done.exit_code == 2 and f"--date {day} går inte att läsa" in done.output
    assert not (tmp_path / "corpus").exists(), "nothing is stored"


def test_a_page_beats_another_by_when_it_was_fetched_and_not_by_a_moment_that_is_none(tmp_path: Path) -> None:
    content = warc(("https://region.example/1", "text/html", html(pages("a")[0][1])), packed=False, day="2999-01-01")
    document = day_of(content, tmp_path / "a.warc")
    assert (document.fetched, document.fetched_at) == (None, "")


def test_the_moment_of_an_arc_is_that_of_its_records(tmp_path: Path) -> None:
    document = day_of(arc(pages("a")[:1]), tmp_path / "a.arc")
    assert (document.fetched, document.fetched_at) == ("2026-03-04", "2026-03-04T10:00:00Z")


def test_rows_stand_as_they_were(tmp_path: Path) -> None:
    content = table(pages("a")) + b'"slut;""mitt i\r\nmer";x\r\n\r\n'
    rows = Table(Stream("a.csv", io.BytesIO(content), LIMIT, Budget(len(content) + LIMIT)))
    assert b"".join(rows.lines) + b"".join(line for _ in rows for line in rows.lines) == content

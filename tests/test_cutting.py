"""Forgetting one document of a file that holds many: whatever the file is, the others answer as before."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace
from warcio.archiveiterator import ArchiveIterator

from indexer import indexing, ingestion
from indexer.corpus import CorpusFile, Ledger, files, sweep
from indexer.corpus.containers import take_out
from indexer.documents import Refusal, to_json
from indexer.indexing import Progress, build
from indexer.indexing.checking import check
from indexer.indexing.curating import forget
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
from indexer.ingestion.parts import Stream
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.test_formats import archive, warc

LIMIT = 5_000_000
NUMBERS = ("Ett", "Två", "Tre", "Fyra")
Pages = list[tuple[str, str]]
"""Address and text of each."""


def pages(name: str, numbers: Sequence[str] = NUMBERS) -> Pages:
    """Texts that no other file has."""
    return [
        (
            f"https://region.example/{name}/{number.lower()}",
            f"Dokument {number} i {name}.\nRegion Dalarna satsar på {number.lower()}hemlighet{name} i länet.",
        )
        for number in numbers
    ]


def html(text: str) -> bytes:
    title, sentence = text.split("\n")
    return f"<!doctype html><html><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>".encode()


def archived(found: Pages, packed: bool) -> bytes:
    picture = ("https://region.example/b.png", "image/png", b"\x89PNG")
    return warc(*[(url, "text/html", html(text)) for url, text in found], picture, packed=packed)


def arc(found: Pages) -> bytes:
    """Version 1 of the Internet Archive's older format."""
    said = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    records = [b"filedesc://a.arc 0.0.0.0 20260304100000 text/plain %d\n" % len(said) + said]
    for url, text in found:
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html(text)
        records.append(f"{url} 10.0.0.1 20260304100000 text/html {len(answer)}\n".encode() + answer)
    return b"\n".join(records) + b"\n"


def lines(found: Pages) -> bytes:
    return "".join(json.dumps({"url": url, "text": text}, ensure_ascii=False) + "\n" for url, text in found).encode()


def listed(found: Pages) -> bytes:
    return json.dumps([{"url": url, "text": text} for url, text in found], indent=1).encode()


def table(found: Pages) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow(("url", "text"))
    rows.writerows(found)
    return written.getvalue().encode()


def rss(found: Pages) -> bytes:
    entries = [
        f"<item><title>{text.splitlines()[0]}</title><link>{url}</link><description>{text}</description></item>"
        for url, text in found
    ]
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>R</title>{"".join(entries)}</channel></rss>'.encode()
    )


def atom(found: Pages) -> bytes:
    entries = [
        f'<entry><title>{text.splitlines()[0]}</title><link href="{url}"/><content>{text}</content></entry>'
        for url, text in found
    ]
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>R</title>{"".join(entries)}</feed>'.encode()


def zipped(found: Pages) -> bytes:
    return archive({f"mapp/{url.rpartition('/')[2]}.html": html(text) for url, text in found})


CONTAINERS: dict[str, Callable[[Pages], bytes]] = {
    "a.warc": lambda found: archived(found, packed=False),
    "b.warc.gz": lambda found: archived(found, packed=True),
    "c.warc.gz": lambda found: gzip.compress(archived(found, packed=False)),
    "d.arc": arc,
    "e.arc.gz": lambda found: gzip.compress(arc(found)),
    "f.jsonl": lines,
    "g.jsonl.gz": lambda found: gzip.compress(lines(found)),
    "h.json": listed,
    "i.json.gz": lambda found: gzip.compress(listed(found)),
    "j.csv": table,
    "k.zip": zipped,
    "l.rss": rss,
    "m.xml": atom,
    "n.zip": lambda found: archive({"crawl.warc": archived(found, packed=False), "r.txt": b"Ett dokument till."}),
    "o.zip": lambda found: archive({"crawl.warc.gz": archived(found, packed=True), "r.txt": b"Ett dokument till."}),
    "p.zip": lambda found: archive({"rader.jsonl.gz": gzip.compress(lines(found))}),
    "q.zip": lambda found: archive({"inre.zip": zipped(found)}),
    "r.csv.gz": lambda found: gzip.compress(table(found)),
    "s.warc": lambda found: b"\r\n\r\n" + archived(found, packed=False),
}
PLACES = {"first": 0, "middle": 1, "last": -1, "only": 0}


def corpus_of(settings: Settings, place: str) -> dict[str, str]:
    """A corpus of every container; word by which each document to be forgotten is found, and its file."""
    words = {}
    for name, made in CONTAINERS.items():
        key = name.replace(".", "")
        found = pages(key, NUMBERS[:1] if place == "only" else NUMBERS)
        (settings.corpus / name).write_bytes(made(found))
        words[f"{NUMBERS[: len(found)][PLACES[place]].lower()}hemlighet{key}"] = name
    return words


def answers(settings: Settings) -> dict[str, object]:
    """Every document as JSON, and what the first words of each find."""
    searcher = Searcher(settings)
    found: dict[str, object] = {}
    for page in range(1, 20):
        for hit in searcher.search(Search("", page=page)).hits:
            document = searcher.document(hit.id)
            assert document
            found[hit.id] = to_json(document)
    return found


def unpacked(content: bytes) -> bytes:
    """All that is packed in a content, however deep."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return b"".join(unpacked(packed.read(name)) for name in packed.namelist())
    return unpacked(gzip.decompress(content)) if content.startswith(b"\x1f\x8b") else content


def everything_below(*folders: Path) -> bytes:
    """What all files hold, unpacked."""
    return b"\n".join(unpacked(path.read_bytes()) for folder in folders for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("engine", ["tantivy"])
@pytest.mark.parametrize("place", ["first", pytest.param("middle", marks=pytest.mark.long), "last", "only"])
def test_the_others_of_every_file_answer_as_before(settings: Settings, place: str) -> None:
    words = corpus_of(settings, place)
    build(settings)
    before = answers(settings)
    assert len(before) == len(CONTAINERS) * (1 if place == "only" else 4) + 2 - 1, "the two texts beside are one"
    wanted = {id for id, said in before.items() if any(word in str(said) for word in words)}
    assert len(wanted) == len(CONTAINERS)
    kept = {id: said for id, said in before.items() if id not in wanted}
    unknown, left = forget(settings, sorted(wanted))
    assert (unknown, left) == ([], [])
    assert answers(settings) == kept
    content = everything_below(settings.corpus, settings.index)
    assert [name for word, name in words.items() if word.encode() in content] == []
    assert build(settings).refusals == ()
    assert answers(settings) == kept
    assert build(settings, rebuild=True).refusals == ()
    assert answers(settings) == kept
    assert check(settings).sound


def in_warc(feed: bytes) -> bytes:
    return warc(("https://region.example/flode", "application/rss+xml", feed), packed=False)


def twice(found: Pages) -> bytes:
    """A zip with two files of one name."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        for _, text in found:
            packed.writestr("sida.html", html(text))
    return written.getvalue()


WHOLE: dict[str, Callable[[Pages], bytes]] = {
    "a feed in an archive.warc": lambda found: in_warc(rss(found)),
    "cut off.jsonl.gz": lambda found: gzip.compress(lines(found) + b"\n" * 9)[:-5],
    "one name.zip": twice,
}
"""What no document is taken out of, since that is not done or since not all of it can be read."""


@pytest.mark.parametrize("engine", ["tantivy"])
@pytest.mark.parametrize("name", WHOLE)
def test_what_cannot_be_cut_stays_whole_is_hidden_and_is_named(settings: Settings, name: str) -> None:
    path = settings.corpus / name
    path.write_bytes(WHOLE[name](pages("a")))
    build(settings)
    content, before = path.read_bytes(), answers(settings)
    (id,) = [id for id, said in before.items() if "tvåhemlighet" in str(said)]
    kept = {other: said for other, said in before.items() if other != id}
    assert len(kept) == 3
    unknown, left = forget(settings, [id])
    assert unknown == [] and left
    assert all("filen är orörd och texten visas inte" in refusal.reason for refusal in left)
    for rebuild in (False, True, False):
        assert path.read_bytes() == content
        assert answers(settings) == kept
        assert b"tv\xc3\xa5hemlighet" not in everything_below(settings.index)
        assert {*left} <= {*build(settings, rebuild).refusals}, "said each time, until someone has done it"
    assert check(settings).sound


@pytest.mark.parametrize("engine", ["tantivy"])
@pytest.mark.parametrize("name", ["a.warc", "f.jsonl", "k.zip"])
def test_no_cut_is_believed_that_changes_another_document(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.corpus / name).write_bytes(CONTAINERS[name](pages("a")))
    build(settings)
    content, before = (settings.corpus / name).read_bytes(), answers(settings)
    (id,) = [id for id, said in before.items() if "tvåhemlighet" in str(said)]

    def too_much(stream: Stream, target: BinaryIO, members: Sequence[str]) -> None:
        take_out(stream, target, {*members, "#1", "!mapp/ett.html"})

    monkeypatch.setattr("indexer.corpus.containers.take_out", too_much)
    _, left = forget(settings, [id])
    assert len(left) == 1
    assert (settings.corpus / name).read_bytes() == content
    assert answers(settings) == {other: said for other, said in before.items() if other != id}
    assert not list(settings.corpus.rglob(".*unfinished")), "what was written leaves nothing"


@pytest.mark.parametrize("engine", ["tantivy"])
def test_a_run_that_goes_on_after_a_kill_does_not_delete_what_it_read_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, commit_every=1)
    (settings.corpus / "a.jsonl").write_bytes(lines(pages("a", NUMBERS[2:3])))
    build(settings)
    forget(settings, list(answers(settings)))
    (settings.corpus / "b.jsonl").write_bytes(lines(pages("a", NUMBERS[:3])))

    def killed(documents: int) -> None:
        if documents == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(settings, progress=Progress(committed=killed))
    build(settings)
    assert len(answers(settings)) == 2
    assert b"trehemlighet" not in everything_below(settings.corpus, settings.index)
    assert (settings.corpus / "b.jsonl").read_bytes().count(b"hemlighet") == 2


@pytest.mark.parametrize("engine", ["tantivy"])
def test_a_sidecar_of_two_files_stays_with_the_other(settings: Settings) -> None:
    (settings.corpus / "a.txt").write_text("Kaféet\n\nKaféet i Hemlighamn har öppet varje dag om sommaren.")
    (settings.corpus / "a.md").write_text("# Skolan\n\nSkolan i byn tar emot fler elever i host.")
    (settings.corpus / "a.toml").write_text('publisher = "Region Dalarna"\ndate = "2020-01-01"')
    build(settings)
    before = answers(settings)
    (id,) = [id for id, said in before.items() if "Hemlighamn" in str(said)]
    forget(settings, [id])
    assert answers(settings) == {other: said for other, said in before.items() if other != id}


@pytest.mark.parametrize("engine", ["tantivy"])
@pytest.mark.parametrize("packed", [True, False])
def test_an_index_that_an_earlier_version_damaged_heals(
    settings: Settings, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier version left the blank lines of a record that it cut first, and took the archive for a text."""
    content = b"\r\n\r\n" + archived(pages("a"), packed=False)
    name = "a.warc.gz" if packed else "a.warc"
    (settings.corpus / name).write_bytes(gzip.compress(content) if packed else content)
    with monkeypatch.context() as earlier:
        earlier.setattr(
            ingestion,
            "format_of",
            lambda name, start: ("archives", "read_gzip") if start[:2] == b"\x1f\x8b" else ("text", "read_plain"),
        )
        earlier.setattr(indexing, "fingerprint", lambda *_, **__: "earlier")
        build(settings)
        assert len(answers(settings)) < 2
    assert build(settings).refusals == ()
    assert len(answers(settings)) == 4
    assert check(settings).sound


def test_a_packed_archive_keeps_a_member_for_each_record(tmp_path: Path) -> None:
    left = cut_out(tmp_path / "b.warc.gz", archived(pages("a"), packed=True), {"#1", "#3"})
    assert left == []
    with (tmp_path / "b.warc.gz").open("rb") as file:
        records = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)]
    assert [kind for kind, _ in records] == ["metadata", "response", "metadata", "response", "response"]
    assert [content for kind, content in records if kind == "metadata"] == [b"", b""]


def cut_out(path: Path, content: bytes, members: set[str]) -> list[Refusal]:
    path.write_bytes(content)
    file = CorpusFile(Source(path, path.name), "", len(content), "")
    return list(files.cut(Ledger(), file, members, LIMIT))


def told(path: Path) -> dict[str, str]:
    return {item.origin: str(item) for item in read(Source(path, path.name), LIMIT)}


JOINED = {
    "alla.warc": ["example.warc", "example-iana.org-chunked.warc", "example.warc"],
    "alla.warc.gz": ["example-resource.warc.gz", "example.warc.gz", "example-wrong-chunks.warc.gz"],
    "alla.arc": ["example.arc", "example-space-in-url.arc", "example.arc"],
    "alla.arc.gz": ["example.arc.gz", "example.arc.gz"],
    "av tre slag.warc": ["example.warc", "example.arc", "example-iana.org-chunked.warc"],
    "avhuggen.warc": ["example.warc", "example-trunc.warc"],
    "trasig.warc.gz": ["example.warc.gz", "example-bad.warc.gz.bad"],
}


@pytest.mark.real
@pytest.mark.parametrize("name", JOINED)
def test_real_archives_lose_only_what_is_cut(shared: Path, tmp_path: Path, name: str) -> None:
    """Every document of real archives in turn, broken ones too."""
    path = tmp_path / name
    content = b"".join((shared / "data" / "warc" / part).read_bytes() for part in JOINED[name])
    path.write_bytes(content)
    before = told(path)
    documents = [origin for origin, said in before.items() if said.startswith("Document")]
    assert documents
    for origin in documents:
        assert cut_out(path, content, {origin.removeprefix(name)}) == []
        kept = {other: said for other, said in before.items() if other != origin}
        assert (told(path) if path.exists() else {}) == kept


@pytest.mark.parametrize("name", CONTAINERS)
@given(
    numbers=st.sets(st.integers(0, 3), min_size=1),
    extra=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40),
)
@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_texts_are_cut_out_of_any_file(tmp_path: Path, name: str, numbers: set[int], extra: str) -> None:
    """Quotation marks, brackets, marks of markup and border signs in the texts themselves."""
    path = tmp_path / name
    found = [(url, f"{text} {escape(extra) if name[0] in 'abcdeklmnoqs' else extra}") for url, text in pages("a")]
    path.write_bytes(CONTAINERS[name](found))
    content, before = path.read_bytes(), told(path)
    origins = [
        origin
        for number, origin in enumerate(origin for origin in before if "r.txt" not in origin)
        if number in numbers
    ]
    left = cut_out(path, content, {origin.removeprefix(name) for origin in origins})
    assert left == []
    kept = {origin: said for origin, said in before.items() if origin not in origins}
    assert (told(path) if path.exists() else {}) == kept


WRITES = """
import sys
from pathlib import Path
from indexer.durable import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"whole")
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("killed", [False, True])
def test_what_another_process_still_writes_is_not_swept_and_what_a_kill_left_is(tmp_path, killed):
    """A crawl writes its archives beside any index run."""
    archive = tmp_path / "crawl" / "a-20261129T101112000000.warc.gz"
    archive.parent.mkdir()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", WRITES, str(archive)], stdin=pipe, stdout=pipe) as process:
        assert process.stdout.readline() == b"open\n"
        if killed:
            process.kill()
            process.wait()
        sweep(tmp_path)
        process.communicate()
    assert archive.exists() is not killed
    assert list(tmp_path.rglob(".*unfinished")) == []

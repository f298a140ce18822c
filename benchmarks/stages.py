"""python -m benchmarks.stages WORK DOCUMENTS: what each stage of the write side costs, in milliseconds of a core a document.

One process, one stage after another over the same documents; a peer to compare with stands first: a regular expression and Snowball.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.documents import read
from benchmarks.peers.protocol import stems
from indexer.deduplication.fingerprints import text_fingerprint_of
from indexer.documents import Document
from indexer.engines.tantivy import TantivyWriter
from indexer.fields import Record, record_of
from indexer.ingestion import Source
from indexer.ingestion import read as read_source
from indexer.metadata.aliases import aliases_in
from indexer.metadata.dates import read_published, read_updated
from indexer.metadata.regions import read_regions
from indexer.swedish import terms_in

COUNT = 2_000


def milliseconds(work: Path, name: str) -> dict[str, float]:
    """Stage -> milliseconds of a core a document."""
    lines = list(itertools.islice(read(work / f"{name}.jsonl"), COUNT))
    spent: dict[str, float] = {}

    def timed(stage: str, act: Callable[[], Iterable[object]]) -> None:
        started = time.process_time()
        for _ in act():
            pass
        spent[stage] = (time.process_time() - started) * 1000 / len(lines)

    texts = [(line["title"], line["text"]) for line in lines]
    tops = [text.splitlines() for _, text in texts]
    terms_in("snabelkaffefilter"), stems("värma"), read_regions("", "Falun")  # what is loaded once is no stage
    timed("a regular expression and Snowball, for comparison", lambda: (stems(text) for _, text in texts))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "some.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        documents: list[Document] = []
        timed("reading, the next two in it", lambda: _kept(documents, read_source(Source(file, file.name), 20_000_000)))
        timed("regions", lambda: (read_regions(title, text) for title, text in texts))
        timed("dates", lambda: ((read_published(top), read_updated(top)) for top in tops))
        timed("words that are met for the first time", lambda: (terms_in(text) for _, text in texts))
        records: list[Record] = []
        timed("the record, of words met before", lambda: _kept(records, map(record_of, documents)))
        timed("shingles of duplicates", lambda: map(text_fingerprint_of, documents))
        timed("abbreviations", lambda: (list(aliases_in(document.id, document.text)) for document in documents))
        writer = TantivyWriter(Path(folder) / "index")
        timed("Tantivy: add", lambda: map(writer.add, records))
        timed("Tantivy: commit", lambda: [writer.commit()])
        writer.close()
    return spent


def _kept(kept: list[Any], found: Iterable[object]) -> Iterator[object]:
    for one in found:
        kept.append(one)
        yield one


if __name__ == "__main__":
    print(json.dumps(milliseconds(Path(sys.argv[1]), sys.argv[2])))

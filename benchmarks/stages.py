"""python -m benchmarks.stages WORK DOCUMENTS: core-milliseconds a document of every stage on a plain document's way into the index, each over all documents, memos empty at first.

A stage that prepares for the next is timed once and what it made is handed on, so the table adds up to a first build, but for
what only a run has: the journal, the manifest and the seal.
"""

from __future__ import annotations

import gc
import json
import pickle
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from msgspec.structs import astuple

from indexer.catalogue import Catalogue
from indexer.catalogue.contents import Counts, word_of
from indexer.corpus import CorpusFile, Ledger
from indexer.deduplication.fingerprints import text_fingerprint_of
from indexer.documents import Document
from indexer.engines import open_writer
from indexer.fields import record_of, stored_of, words_of
from indexer.indexing.analysing import Analysed, forms_of
from indexer.indexing.deciding import decide_document
from indexer.ingestion import Source, parts_of
from indexer.ingestion.enriching import enriched
from indexer.metadata.dates import read_published, read_updated
from indexer.metadata.kinds import read_kind
from indexer.metadata.regions import publisher_of, read_regions
from indexer.swedish import Known, entry_of
from indexer.swedish.casing import cased
from indexer.swedish.languages import language_of
from indexer.swedish.tokens import Normalised, cut, joined_spans
from indexer.swedish.words import MEMOISED_FORMS

CHUNK = 250
"""Documents that cross to another process at once."""
T = TypeVar("T")


class Stages:
    """The table as it grows: the name of a stage -> core-seconds of all documents."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def of(self, stage: str, act: Callable[..., T], *each: Iterable[object]) -> list[T]:
        """Time an act over all documents, all threads and what the system did for them counted."""
        rows = list(zip(*each, strict=True))
        started = time.process_time()
        made = [act(*row) for row in rows]
        self.spent[stage] += time.process_time() - started
        return made


def measure(path: Path) -> dict[str, float]:
    """Stage -> core-ms a document, of a file of JSON Lines; as in the processes of a run, nothing looks for cycles meanwhile."""
    gc.disable()
    entry_of("fabriksarbetare"), language_of("Det är en text som är lång nog. " * 20), read_regions("", "Malmö")
    stages = Stages()
    file = CorpusFile(Source(path, path.name), "", 0, "")
    parts = stages.of("JSON", list, [parts_of(file.source, 20_000_000)])[0]
    documents = [item for item in enriched(parts, path.name, lambda host, lines: set()) if isinstance(item, Document)]
    _metadata(stages, documents)
    whole = Stages()
    whole.of("", lambda part: list(enriched([part], "", lambda host, lines: set())), parts)
    known = ("language", "regions", "dates", "kinds")
    stages.spent["identity, cleaning, the rest of enrichment"] = whole.spent[""] - sum(
        stages.spent[one] for one in known
    )
    analysed = _analysis(stages, documents)
    sent = [documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
    packed = stages.of("to a process and read there", pickle.dumps, sent)
    stages.of("to a process and read there", pickle.loads, packed)
    back = [analysed.documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
    returned = [
        *stages.of("back", pickle.dumps, back),
        *stages.of("back", pickle.dumps, [(analysed.counts, analysed.words)]),
    ]
    stages.of("back", pickle.loads, returned)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _written(stages, documents, analysed, Path(folder), file)
    return {stage: 1000 * spent / len(documents) for stage, spent in stages.spent.items()}


def _metadata(stages: Stages, documents: list[Document]) -> None:
    texts = [one.text for one in documents]
    stages.of("language", language_of, texts)
    stages.of("regions", lambda one: read_regions(one.title, one.text, publisher_of(one.source, one.url)), documents)
    lines: list[tuple[str, ...]] = [() for _ in texts]
    stages.of("dates", lambda one, top: (read_published(top, one.url or ""), read_updated(top)), documents, lines)
    stages.of("kinds", lambda one, top: read_kind(top, one.url, one.title, one.source), documents, lines)


def _analysis(stages: Stages, documents: list[Document]) -> Analysed:
    texts = [one.text for one in documents]
    normalised = stages.of("tokens", lambda text: Normalised(text).text, texts)
    tokens, lowered = zip(*stages.of("tokens", cut, normalised), strict=True)
    stages.of("lexemes and compounds of new forms", entry_of, sorted({form for one in lowered for form in one}))
    stages.of("entries of known forms", lambda one: list(map(entry_of, one)), lowered)
    stages.of("casing", cased, normalised, tokens, lowered)
    stages.of(
        "joining", lambda text: [before + entry_of(last).term for _, before, last in joined_spans(text)], normalised
    )
    whole, entries = Stages(), Known(entry_of, MEMOISED_FORMS)
    words = whole.of("", lambda one: words_of(one, entries), documents)
    records = whole.of("", record_of, documents, words)
    stages.of("stored JSON", stored_of, documents)
    known = ("tokens", "entries of known forms", "casing", "joining", "stored JSON")
    stages.spent["title, fields, the rest of a record"] = whole.spent[""] - sum(stages.spent[one] for one in known)
    counts = Counts()
    stages.of("different forms", lambda one, found: counts.count(*forms_of(one, found)), documents, words)
    new = stages.of("words of new forms", word_of, counts.documents)
    fingerprints = stages.of("shingles", text_fingerprint_of, documents)
    return Analysed(list(zip(records, fingerprints, strict=True)), counts, set(new))


def _written(stages: Stages, documents: list[Document], analysed: Analysed, folder: Path, file: CorpusFile) -> None:
    catalogue, ledger = Catalogue(folder / "catalogue.sqlite"), Ledger()
    versions = stages.of("catalogue: versions known", lambda one: catalogue.documents.versions(one.id), documents)
    decided = stages.of(
        "deciding", lambda one, known: decide_document(one, file, ledger, known, 1), documents, versions
    )
    stages.of("catalogue: versions", lambda verdict: catalogue.documents.enter(*astuple(verdict[1][0])), decided)
    stages.of("catalogue: lines of pages", catalogue.lines.learn, documents)
    once = [()]
    stages.of("catalogue: words", lambda _: catalogue.words.add(analysed.words), once)
    stages.of("catalogue: words", lambda _: catalogue.words.count(analysed.counts), once)
    stages.of(
        "catalogue: shingles",
        lambda one: catalogue.duplicate_groups.put(one[0].id, one[1]),
        analysed.documents,
    )
    texts = {one.id: one.text for one in documents}
    stages.of("catalogue: shingles", lambda _: catalogue.duplicate_groups.settle(texts.__getitem__), once)
    stages.of("catalogue: commit", lambda _: catalogue.commit(), once)
    catalogue.close()
    writer = open_writer("tantivy", folder / "engine")
    stages.of("engine: add", lambda one: writer.add(one[0]), analysed.documents)
    stages.of("engine: commit", lambda _: writer.commit(), once)
    stages.of("engine: commit", lambda _: writer.close(), once)


if __name__ == "__main__":
    work, name = sys.argv[1:]
    spent = measure(Path(work) / f"{name}.jsonl")
    for stage, milliseconds in {**spent, "together": sum(spent.values())}.items():
        print(f"{milliseconds:8.3f}  {stage}")
    print(json.dumps(spent))

"""python -m benchmarks [DOCUMENTS]: speed, size and memory over real news, Tantivy beside Whoosh and plain analysis.

Every measure runs in a process of its own, so that memory is its own.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import snowballstemmer

from benchmarks import rebuilding, stages
from indexer.indexing import build
from indexer.metadata.dates import read_published, read_updated
from indexer.metadata.regions import read_regions
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from indexer.swedish import terms_in

NEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "news.jsonl.gz"
QUESTIONS = [
    "cirkulär ekonomi",
    "3D-printing",
    "bredband på landsbygden",
    "vätgas",
    "kompetensförsörjning industri",
    '"smart specialisering"',
    "regional utveckling region:dalarna",
    "kollektivtrafik år:2015..2020",
    "klimat ELLER miljö INTE transport",
    "jobb NÄRA/5 tillväxt",
    "utveckl*",
    "rubrik:skola",
    "hur påverkas kommunerna av statens budget",
    "e-hälsa",
    "",
]
UNSEEN = {"3D-printing", "utveckl*"}
"""Questions with a form that no document need have: asking for its term loads the lemma table."""


def main() -> None:
    """Run every measure and print what it found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        for engine, documents in (("tantivy", count), ("whoosh", min(count, 2_000)), ("tantivy", min(count, 2_000))):
            corpus = _corpus(Path(folder), documents)
            settings = Settings(corpus=corpus, index=Path(folder) / f"{engine}-{documents}", engine=engine)
            _measured(f"{engine}, {documents} documents: index", "_index", settings)
            _measured(f"{engine}, {documents} documents: ask", "_ask", settings)
        _measured("completions, beside the question", "_complete", settings)
        settings = Settings(corpus=corpus, index=Path(folder) / f"tantivy-{count}")
        _cold(settings)
        _measured("a server's memory, known words", "_serve", settings)
        _measured("the same with the lemma table", "_serve_with_table", settings)
        _measured(
            "stages of plain documents",
            "_stages",
            Settings(corpus=_corpus(Path(folder), min(count, 5_000)), index=Path(folder) / "stages"),
        )
        pages = Settings(corpus=Path(folder) / "pages", index=Path(folder) / "pages-index")
        _measured("crawled pages, first and with --rebuild", "_rebuild", pages)
        _measured("analysis", "_analyse", settings)
        _measured("regions and dates", "_place", settings)


def _corpus(folder: Path, documents: int) -> Path:
    corpus = folder / f"corpus-{documents}"
    corpus.mkdir(exist_ok=True)
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        (corpus / "news.jsonl").write_text("".join(itertools.islice(lines, documents)), encoding="utf-8")
    return corpus


def _measured(title: str, measure: str, settings: Settings) -> None:
    program = (
        f"from benchmarks.__main__ import *; import benchmarks.__main__ as own; own.{measure}({_rebuilt(settings)})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    print(f"{title}: {done.stdout.strip()}", flush=True)


def _rebuilt(settings: Settings) -> str:
    return f"Settings(corpus=Path({str(settings.corpus)!r}), index=Path({str(settings.index)!r}), engine={settings.engine!r})"


def _memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most"


def _index(settings: Settings) -> None:
    started = time.perf_counter()
    built = build(settings)
    spent = time.perf_counter() - started
    size = sum(path.stat().st_size for path in settings.index.rglob("*") if path.is_file())
    print(f"{built.documents / spent:.0f} documents a second, {size / 1e6:.0f} MB, {_memory()}")


def _ask(settings: Settings) -> None:
    """Ten hits, total, four facets and highlights, each question ten times after one warm-up."""
    searcher = Searcher(settings)
    for question in QUESTIONS:
        searcher.search(Search(question))
    times = sorted(_timed(partial(searcher.search, Search(question))) for question in QUESTIONS for _ in range(10))
    print(f"p50 {statistics.median(times):.2f} ms, max {times[-1]:.1f} ms, {_memory()}")


def _complete(settings: Settings) -> None:
    """Completing a beginning beside answering it."""
    searcher = Searcher(settings)
    for typed in ("vät", "regional utv", "bredband på lands"):
        for act in (partial(searcher.complete, typed), partial(searcher.search, Search(typed))):
            act()
        completing, asking = (
            statistics.median(_timed(act) for _ in range(10))
            for act in (partial(searcher.complete, typed), partial(searcher.search, Search(typed)))
        )
        print(f"{typed!r} {completing:.1f} ms beside {asking:.1f}", end="; ")


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _cold(settings: Settings) -> None:
    """The whole command, known words beside a word that no document has."""
    for title, question in (("known words", "cirkulär ekonomi"), ("an unknown word", "snabelkaffefilter")):
        command = [sys.executable, "-m", "indexer", "search", question, "--json"]
        options = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
        times = [
            _timed(partial(subprocess.run, [*command, *options], capture_output=True, check=True)) for _ in range(7)
        ]
        print(f"cold search, {title}: median {statistics.median(times):.0f} ms", flush=True)


def _serve(settings: Settings) -> None:
    import webapp

    client = webapp.create_app(settings).test_client()
    for question in QUESTIONS:
        if question not in UNSEEN:
            client.get("/sok", query_string={"q": question})
    print(_memory())


def _serve_with_table(settings: Settings) -> None:
    terms_in("snabelkaffefilter")
    _serve(settings)


def _analyse(settings: Settings) -> None:
    """The chain beside a regular expression and Snowball alone, both memoised, over the same texts."""
    texts = [
        json.loads(line)["text"] for line in (settings.corpus / "news.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    stem = snowballstemmer.stemmer("swedish").stemWord
    known: dict[str, str] = {}

    def plain() -> None:
        for text in texts:
            [known.get(word) or known.setdefault(word, stem(word)) for word in re.findall(r"\w+", text.lower())]

    def chain() -> None:
        for text in texts:
            terms_in(text)

    plain(), chain()
    peer, ours = (min(_timed(act) for _ in range(5)) for act in (plain, chain))
    print(f"{ours / peer:.2f} times regular expression and Snowball ({peer:.0f} ms for {len(texts)} texts)")


def _stages(settings: Settings) -> None:
    stages.measure(settings)


def _rebuild(settings: Settings) -> None:
    rebuilding.measure(settings)


def _place(settings: Settings) -> None:
    """Regions and dates beside the analysis of the same texts."""
    lines = (settings.corpus / "news.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [(found["title"], found["text"]) for found in map(json.loads, lines)]

    def place() -> None:
        for title, text in documents:
            read_regions(title, text)
            top = text.splitlines()
            read_published(top), read_updated(top)

    def chain() -> None:
        for _, text in documents:
            terms_in(text)

    place(), chain()
    ours, peer = (min(_timed(act) for _ in range(5)) for act in (place, chain))
    print(f"{ours / peer:.2f} times the analysis ({peer:.0f} ms for {len(documents)} texts)")


if __name__ == "__main__":
    main()

"""This project: on either engine in the process that asks, and over HTTP as `/sok.json`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.peers.protocol import COUNTED, HITS, Answer, Http, Peer
from benchmarks.questions import Question
from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings


def typed(question: Question) -> str:
    """A question in this project's language."""
    one, *others = question.words
    match question.kind:
        case "phrase":
            return f'"{question.text}"'
        case "either":
            return f"{one} ELLER {others[0]}"
        case "without":
            return f"{one} INTE {others[0]}"
        case "beginning":
            return f"{one}*"
        case "year":
            return f"{question.text} år:{question.year}"
    return question.text


class OnTantivy(Peer):
    """The default."""

    advice = "as installed; answers hold offers, five facets and corrections besides"
    engine = "tantivy"
    limit = 10**9

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=self.engine)
        self._searcher: Searcher | None = None

    def build(self, documents: Path) -> None:
        """The whole write side, from a file in corpus/."""
        self.settings.corpus.mkdir(parents=True)
        shutil.copy(documents, self.settings.corpus / "documents.jsonl")
        build(self.settings)

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """In this process."""
        if self._searcher is None:
            self._searcher = Searcher(self.settings)
        found = self._searcher.search(Search(typed(question), size=size, with_duplicates=size > HITS))
        shown = tuple(hit.snippets[0].text if hit.snippets else "" for hit in found.hits)
        counts = tuple({value.value: value.count for value in found.facets[facet]} for facet in COUNTED)
        return Answer(found.total, tuple(hit.id for hit in found.hits), shown, counts)


class OnWhoosh(OnTantivy):
    """The engine in pure Python."""

    engine = "whoosh"
    limit = 10_000
    every = 7
    advice = f"as installed; asked each {every}th of the questions, so that the run ends"


class OverHttp(OnTantivy):
    """What `regionsok serve` answers a program."""

    advice = "the server as installed, asked over connections that stay open"
    facets: tuple[str, ...] = ()
    """Those that are asked for; all where none are named."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """The server, on a port that it finds free and says."""
        options = ["--corpus", str(self.settings.corpus), "--index", str(self.settings.index), "--port", "0"]
        command = [sys.executable, "-m", "indexer", "serve", *options]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._server.stdout
        self._http = Http(int(self._server.stdout.readline().rpartition(":")[2]))

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """`/sok.json`."""
        options = [("q", typed(question)), ("antal", str(size)), *(("facetter", facet) for facet in self.facets)]
        found = self._http(f"/sok.json?{urlencode(options)}")
        shown = tuple(hit["snippets"][0]["text"] if hit["snippets"] else "" for hit in found["hits"])
        counts = tuple({value["value"]: value["count"] for value in found["facets"][facet]} for facet in COUNTED)
        return Answer(found["total"], tuple(hit["id"] for hit in found["hits"]), shown, counts)

    def stop(self) -> None:
        """The server."""
        if self._server:
            self._server.terminate()
            self._server.wait()

    def processes(self) -> list[int]:
        """The server."""
        return [self._server.pid] if self._server else []


class OverHttpAsPeers(OverHttp):
    """What the peers are asked for, and no more."""

    advice = "the same server, asked with `facetter=` for the two facets that its peers count"
    facets = ("kalla", "ar")

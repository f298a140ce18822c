"""Backups: whole or absent, made while documents come in, refused where they are damaged, and answering as what they are of."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer import Search, Searcher, Settings, results_to_json
from indexer.corpus import read_ledger
from indexer.durable import locked
from indexer.faults import Fault
from indexer.indexing import Progress, backup, build
from indexer.indexing.backup import back_up, restore
from indexer.indexing.checking import check
from indexer.indexing.curating import add, correct, forget, hide, remove
from tests.conftest import news_lines
from tests.index_answers import answers
from tests.stop_scenarios import write_base
from tests.test_cli import Terminal

PROJECT = Path(__file__).resolve().parents[1]
CONFIG = 'engine = "opensearch"\n[opensearch]\nhosts = ["https://anna:hemligt@sok.example:9200"]\npassword_file = "/etc/regionsok/losen"\n'
ADDING = """
import sys
from pathlib import Path
from indexer import Settings, add
settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]))
for source in sys.argv[3:]:
    print(*add(settings, [source], {"publisher": "Region Exempel"}).added, flush=True)
"""
STOPPING = """
import os, signal, sys
from pathlib import Path
from indexer import Settings, back_up, restore
steps = 0
def stopping(act):
    def acts(*given, **named):
        global steps
        steps += 1
        if steps == int(sys.argv[4]):
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*given, **named)
    return acts
for name in ("rename", "replace", "mkdir", "link", "rmdir", "unlink"):
    setattr(os, name, stopping(getattr(os, name)))
folder = Path(sys.argv[2])
settings = Settings(folder / "corpus", folder / "index", sources=folder / "sources")
if sys.argv[1] == "back up":
    back_up(settings, folder / "regionsok.toml", Path(sys.argv[3]))
else:
    restore(settings, Path(sys.argv[3]), replace=True)
print(steps)
"""


def of(folder: Path) -> Settings:
    return Settings(folder / "corpus", folder / "index", sources=folder / "sources", synonyms=folder / "ord.txt")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A corpus with sidecars, hidden files and all that a ledger can say, and what lies beside it."""
    settings = of(tmp_path_factory.mktemp("original"))
    write_base(settings)
    (settings.corpus / "c.txt.toml").write_text('title = "Kaféet"\n', encoding="utf-8")
    (settings.corpus / ".gömd").write_text("läses inte", encoding="utf-8")
    settings.sources.mkdir()
    (settings.sources / "vinnova.toml").write_text('name = "Vinnova"\nstart = ["https://vinnova.example/"]\n')
    assert settings.synonyms
    settings.synonyms.write_text("kafé = fik\n", encoding="utf-8")
    settings.corpus.with_name("regionsok.toml").write_text(CONFIG)
    build(settings)
    remove(settings, ["a6"])
    hide(settings, "a3", "Anna Berg")
    correct(settings, "a4", ("2020-03", (), None))
    forget(settings, ["a5"])
    return settings


def config(settings: Settings) -> Path:
    return settings.corpus.with_name("regionsok.toml")


def contents(folder: Path) -> dict[str, str]:
    """Name below a folder -> what a file holds; of a database its rows, since the head counts the writes."""
    return {
        path.relative_to(folder).as_posix(): rows(path)
        if path.suffix == ".sqlite"
        else sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock" and path.suffix != ".lock"
    }


def rows(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


def test_what_is_restored_elsewhere_answers_the_same(original: Settings, tmp_path: Path) -> None:
    made = back_up(original, config(original), tmp_path / "backups")
    found = contents(made)
    assert "hemligt" not in (made / "regionsok.toml").read_text()
    assert "https://sok.example:9200" in (made / "regionsok.toml").read_text()
    assert "corpus/.gömd" not in found and {"corpus/c.txt.toml", "sources/vinnova.toml", "synonyms.txt"} <= found.keys()
    there = of(tmp_path / "there")
    assert restore(there, tmp_path / "backups") == made
    build(there)
    assert answers(there) == answers(original) and check(there).sound
    assert read_ledger(there.corpus) == read_ledger(original.corpus)
    expected = contents(original.corpus)
    del expected[".gömd"]
    assert contents(there.corpus) == expected and contents(there.sources) == contents(original.sources)
    assert there.synonyms and there.synonyms.read_text(encoding="utf-8") == "kafé = fik\n"
    assert not config(there).exists(), "settings are the operator's to put in place"


def test_a_backup_holds_anew_what_changed_and_any_other_may_be_deleted(original: Settings, tmp_path: Path) -> None:
    source = of(tmp_path / "source")
    first = back_up(original, config(original), tmp_path / "backups")
    restore(source, first)
    second = back_up(source, config(source), tmp_path / "backups")
    (source.corpus / "b.jsonl").write_text('{"text": "Ny."}\n', encoding="utf-8")
    third = back_up(source, config(source), tmp_path / "backups", keep=2)
    assert not first.exists() and second.exists()
    own = {name for name in contents(third) if (third / name).stat().st_nlink == 1}
    assert own == {"manifest.json", "corpus/b.jsonl", "corpus/.regionsok/seen.sqlite"}
    shutil.rmtree(second)
    restore(source, third, replace=True)
    assert contents(source.corpus) == contents(third / "corpus")
    os.truncate(third / "corpus/d.warc.gz", 20)
    fourth = back_up(source, config(source), tmp_path / "backups")
    restore(source, fourth, replace=True), "damage of one is not handed on"
    shutil.rmtree(third)
    (fourth / "manifest.json").write_text("{")
    back_up(source, config(source), tmp_path / "backups")


def test_an_empty_corpus_is_one_too(tmp_path: Path) -> None:
    here, there = (replace(of(tmp_path / name), synonyms=None) for name in ("here", "there"))
    here.corpus.mkdir(parents=True)
    assert back_up(here, tmp_path / "none.toml", tmp_path / "backups").is_dir()
    there.corpus.mkdir(parents=True)
    (there.corpus / "egen.txt").write_text("Egen text.", encoding="utf-8")
    restore(there, tmp_path / "backups", replace=True)
    assert contents(there.corpus) == {}


def truncated(backup: Path) -> None:
    os.truncate(backup / "corpus" / "a.jsonl", 30)


def altered(backup: Path) -> None:
    path = backup / "corpus" / ".regionsok" / "ledger.json"
    path.write_bytes(path.read_bytes().replace(b"a6", b"a2"))


def lacking(backup: Path) -> None:
    (backup / "corpus" / "b.jsonl").unlink()


def cut_short(backup: Path) -> None:
    os.truncate(backup / "manifest.json", 40)


def hostile(backup: Path) -> None:
    (backup / "manifest.json").write_text(json.dumps({"corpus/../../a.txt": ""}))


def absolute(backup: Path) -> None:
    (backup / "manifest.json").write_text(json.dumps({"/etc/hostname": ""}))


def foreign(backup: Path) -> None:
    (backup / "manifest.json").write_text(json.dumps({"name": "Regionsök", "icons": []}))


def without_manifest(backup: Path) -> None:
    (backup / "manifest.json").unlink()


FAULTS: list[tuple[Callable[[Path], None], str]] = [
    (truncated, r"skadad \(corpus/a.jsonl\)"),
    (altered, r"skadad \(corpus/.regionsok/ledger.json\)"),
    (lacking, r"skadad \(corpus/b.jsonl\)"),
    (cut_short, r"skadad \(manifest.json\)"),
    (hostile, r"skadad \(manifest.json\)"),
    (absolute, r"skadad \(manifest.json\)"),
    (foreign, r"skadad \(manifest.json\)"),
    (without_manifest, "finns ingen säkerhetskopia"),
]


@pytest.mark.parametrize(("spoil", "sentence"), FAULTS, ids=[spoil.__name__ for spoil, _ in FAULTS])
def test_a_backup_that_is_not_whole_changes_nothing(
    original: Settings, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    made = back_up(original, config(original), tmp_path / "backups")
    spoil(made)
    there = of(tmp_path / "there")
    there.corpus.mkdir(parents=True)
    (there.corpus / "egen.txt").write_text("Egen text.", encoding="utf-8")
    with pytest.raises(Fault, match=sentence):
        restore(there, made, replace=True)
    assert contents(tmp_path / "there") == {"corpus/egen.txt": sha256(b"Egen text.").hexdigest()}


def test_what_cannot_be_backed_up_or_restored_is_said(original: Settings, tmp_path: Path) -> None:
    made = back_up(original, config(original), tmp_path / "backups")
    with pytest.raises(Fault, match="finns redan dokument; ange --replace"):
        restore(original, made)
    with pytest.raises(Fault, match="kan inte ligga i corpus"):
        back_up(original, config(original), original.corpus / "kopior")
    with pytest.raises(Fault, match="finns inte, så det finns inget"):
        back_up(of(tmp_path / "ingenting"), config(original), tmp_path / "backups")
    assert not (tmp_path / "ingenting" / "corpus").exists() and not (original.corpus / "kopior").exists()
    there = of(tmp_path / "there")
    there.corpus.mkdir(parents=True)
    (there.corpus / "egen.txt").write_text("Egen text.", encoding="utf-8")
    restore(there, made, replace=True)
    assert not (there.corpus / "egen.txt").exists() and contents(there.corpus) == contents(made / "corpus")


def test_a_full_disk_leaves_nothing_and_is_said(original: Settings, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    shutil.copytree(original.corpus, terminal.folder / "corpus", dirs_exist_ok=True)
    (terminal.folder / "corpus" / "lång.txt").write_text("Lång text. " * 4_000, encoding="utf-8")
    before = contents(tmp_path)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limit[1]))
    try:
        done = terminal.run("backup", "kopior")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert done.returncode == 1 and b"disken \xc3\xa4r full; frig\xc3\xb6r utrymme" in done.stderr
    assert done.stderr.count(b"\n") == 1 and contents(tmp_path) == before


def test_the_commands_say_what_they_did(original: Settings, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    shutil.copytree(original.corpus, terminal.folder / "corpus", dirs_exist_ok=True)
    (tmp_path / "regionsok.toml").write_text("port = 8001\n")
    made = terminal.json("backup", "kopior", "--json")
    assert isinstance(made, dict) and (tmp_path / made["folder"] / "regionsok.toml").read_text() == "port = 8001\n"
    refused = terminal.run("restore", "kopior")
    assert refused.returncode == 1 and "ange --replace" in refused.stderr.decode()
    done = terminal.run("restore", "kopior", "--replace", "--index", "annat")
    assert re.fullmatch(
        rf"Säkerhetskopian {made['folder']} är återställd; \d+ dokument i indexet.\n", done.stdout.decode()
    )


def test_a_second_writer_waits_and_a_crawl_does_not_keep_from_a_backup(original: Settings, tmp_path: Path) -> None:
    waited: list[str] = []
    there = of(tmp_path / "there")
    with locked(original.corpus / ".regionsok" / "crawl.lock"):
        made = back_up(
            original, config(original), tmp_path / "backups", progress=Progress(waiting=lambda: waited.append(""))
        )
    assert not waited
    holding = [sys.executable, "-c", HOLDING, str(there.index)]
    with subprocess.Popen(holding, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline()
        restore(there, made, progress=Progress(waiting=lambda: (waited.append("index"), holder.kill())[0]))
    assert waited == ["index"]


HOLDING = """
import sys, time
from pathlib import Path
from indexer.generations import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def stopped(act: str, folder: Path, backups: Path, step: int) -> int:
    """Do it and be killed at a step; how many there were, where that is beyond the last."""
    words = [sys.executable, "-c", STOPPING, act, str(folder), str(backups), str(step)]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(PROJECT)})
    assert not done.stderr, done.stderr
    return int(done.stdout or 0)


@pytest.mark.parametrize("stops", [6, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_kill_leaves_no_backup_that_is_not_whole_and_no_corpus_that_is_mixed(
    original: Settings, tmp_path: Path, stops: int
) -> None:
    made = back_up(original, config(original), tmp_path / "backups")
    there = replace(of(tmp_path / "there"), synonyms=None)
    wanted = contents(made / "corpus")

    def fresh() -> None:
        shutil.rmtree(tmp_path / "there", ignore_errors=True)
        there.corpus.mkdir(parents=True)
        (there.corpus / "egen.txt").write_text("Egen text.", encoding="utf-8")

    for act, backups in (("restore", made), ("back up", tmp_path / "others")):
        fresh()
        steps = stopped(act, tmp_path / "there", backups, 0)
        for step in range(1, steps + 1, max(1, steps // stops)):
            fresh()
            shutil.rmtree(tmp_path / "others", ignore_errors=True)
            assert stopped(act, tmp_path / "there", backups, step) == 0
            if act == "back up":
                for whole in (tmp_path / "others").glob("[0-9]*"):
                    restore(replace(there, corpus=tmp_path / "again" / "corpus"), whole, replace=True)
                back_up(there, config(there), tmp_path / "others")
                assert {path.name for path in (tmp_path / "others").glob(".*")} == {".lock"}
            else:
                left = {name for name in contents(there.corpus) if not name.startswith(".")}
                assert left in ({"egen.txt"}, set()) or left <= {name for name in wanted if name[0] != "."}, step
                restore(there, made, replace=True)
                assert contents(there.corpus) == wanted, step


def test_no_file_lies_in_the_corpus_without_its_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, staged = tmp_path / "corpus", tmp_path / "corpus" / ".unfinished" / "corpus"
    for folder in (corpus, staged):
        (folder / ".regionsok").mkdir(parents=True)
        for name in ("(1) a.txt", "b.txt"):
            (folder / name).write_text("Text.", encoding="utf-8")
    order, rename = list[str](), Path.rename

    def told(path: Path, target: Path) -> Path:
        order.append(path.name)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", told)
    backup._change_over(staged, corpus)
    assert order[2:4] == [".regionsok", ".regionsok"], order


@pytest.mark.real
@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_backup_under_load_answers_two_hundred_questions_the_same(shared: Path, tmp_path: Path, count: int) -> None:
    """Documents are added by another process all the while; what the backup lacks of them is added where it is restored."""
    here, there = (replace(of(folder), synonyms=None) for folder in (tmp_path, tmp_path / "there"))
    here.corpus.mkdir()
    lines = list(islice(news_lines(shared, count + 12), count + 12))
    (here.corpus / "news.jsonl").write_text("".join(lines[:count]), encoding="utf-8")
    build(here)
    for number, line in enumerate(lines[count : count + 12]):
        (tmp_path / f"ny{number}.jsonl").write_text(line, encoding="utf-8")
    sources = [str(tmp_path / f"ny{number}.jsonl") for number in range(12)]
    command = [sys.executable, "-c", ADDING, str(here.corpus), str(here.index), *sources]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    ) as adding:
        assert adding.stdout
        acknowledged = [adding.stdout.readline().strip() for _ in range(3)]
        made = []
        while adding.poll() is None and len(made) < 3:
            made.append(back_up(here, tmp_path / "none.toml", tmp_path / "backups"))
            time.sleep(0.2)
        adding.stdout.read()
    assert adding.returncode == 0 and made
    restore(there, made[0])
    assert build(there).documents >= count
    searcher = Searcher(there)
    assert check(there).sound and all(map(searcher.document, acknowledged))
    given = read_ledger(there.corpus).given
    assert {path.name for path in there.corpus.glob("ny*")} == {origin for origin in given if origin.startswith("ny")}
    add(there, [source for source in sources if Path(source).name not in given], {"publisher": "Region Exempel"})
    questions = [" ".join(json.loads(line)["title"].split()[:2]) for line in lines[:: len(lines) // 199][:199]]
    assert len(questions) == 199
    searchers = [Searcher(here), searcher]
    for question in ["", *questions]:
        one, other = (results_to_json(searcher.search(Search(question))) for searcher in searchers)
        assert one == other, question

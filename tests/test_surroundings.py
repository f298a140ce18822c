"""What the machine refuses: room, rights, file handles. True sentences, and searching works where nothing can be written."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer.corpus.ledger import LEDGER, CorpusError, read_ledger
from indexer.generations import read_manifest, write_manifest
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import lacking, write_jsonl
from tests.stops import HOT

PROJECT = Path(__file__).parents[1]
PYTHON = shlex.quote(sys.executable)  # a clone may lie in a folder with a blank in its name


def regionsok(settings: Settings, words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """A command after some of the shell, in a name space where it may mount."""
    options = f"--corpus {settings.corpus} --index {settings.index} --engine {settings.engine}"
    name, _, rest = words.partition(" ")
    script = f"set -e; {before}\nexec {PYTHON} -m indexer {name} {options} {rest}"
    space = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else [])] if "mount" in before else []
    return subprocess.run([*space, "bash", "-c", script], capture_output=True, text=True, cwd=PROJECT, check=False)


@pytest.fixture
def mounting() -> None:
    """Skips where no name space can be had."""
    able = subprocess.run(
        ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "true"], capture_output=True, check=False
    )
    if able.returncode:
        lacking("this machine lets nobody mount")


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that failed."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr and done.stderr.count("regionsok: ") == 1, done.stderr
    return done.stderr


@pytest.mark.usefixtures("mounting")
@pytest.mark.parametrize("kilobytes", [40, 200, 320])
def test_a_full_disk_is_called_full_and_leaves_what_was(settings: Settings, kilobytes: int) -> None:
    lines = [{"id": f"d{number}", "text": f"Regionen satsar på kaffe nummer {number}. " * 60} for number in range(300)]
    write_jsonl(settings.corpus / "a.jsonl", lines)
    settings.index.mkdir()
    small = f"mount -t tmpfs -o size={kilobytes}k tmpfs {settings.index}"
    assert "disken är full; frigör utrymme" in said(regionsok(settings, "index", small))


@pytest.mark.usefixtures("mounting")
def test_an_index_that_is_full_still_answers_and_goes_on_when_there_is_room(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [{"id": "d1", "text": "Regionen satsar på kaffe."}])
    build(settings)
    write_jsonl(settings.corpus / "b.jsonl", [{"id": f"e{n}", "text": f"Kaffe {n} vid ån. " * 90} for n in range(400)])
    kept = settings.index.with_name("kept")
    # The same commands see the small disk: it fills, answers, and what it holds then is kept.
    before = f"""mount -t tmpfs -o size=900k tmpfs {settings.index.parent}/disk; mkdir {settings.index.parent}/disk/index
        cp -r {settings.index}/. {settings.index.parent}/disk/index; mount --bind {settings.index.parent}/disk/index {settings.index}
        dd if=/dev/zero of={settings.index.parent}/disk/filler bs=1k count=700 2>/dev/null
        if {PYTHON} -m indexer index --corpus {settings.corpus} --index {settings.index} --engine {settings.engine} 2>{kept}.said
        then exit 9; fi
        rm {settings.index.parent}/disk/filler; cp -r {settings.index}/. {kept}"""
    (settings.index.parent / "disk").mkdir()
    kept.mkdir()
    answered = regionsok(settings, "search kaffe --json", before)
    assert "disken är full" in Path(f"{kept}.said").read_text(encoding="utf-8")
    assert answered.returncode == 0, answered.stderr
    assert "d1" in [hit["id"] for hit in json.loads(answered.stdout)["hits"]]
    shutil.rmtree(settings.index)
    shutil.copytree(kept, settings.index)
    assert build(settings).documents == 401
    assert check(settings).sound


@pytest.mark.usefixtures("mounting")
@pytest.mark.parametrize("as_nobody", [False, True])
def test_what_can_only_be_read_can_be_searched_and_says_why_not_written(settings: Settings, as_nobody: bool) -> None:
    write_jsonl(settings.corpus / "a.jsonl", [{"id": "d1", "text": "Regionen satsar på kaffe."}])
    build(settings)
    frozen = f"mount --bind {settings.index} {settings.index}; mount -o remount,ro,bind {settings.index}"
    if as_nobody and os.getuid() == 0:
        for path in (settings.index, *settings.index.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for folder in (settings.index.parent, *settings.index.parent.parents):
            if str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o55)
        command = [sys.executable, "-c", ASKING, str(settings.index), settings.engine]
        asked = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command],
            capture_output=True, text=True, cwd=PROJECT, check=False,
        )  # fmt: skip
        if "Permission denied" in asked.stderr and "indexer" not in asked.stderr:
            lacking("others may not read the program here")
        assert asked.stdout == "1\n", asked.stderr
        return
    found = regionsok(settings, "search kaff* --json", frozen)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["total"] == 1
    write_jsonl(settings.corpus / "b.jsonl", [{"id": "d2", "text": "Mer kaffe."}])
    assert "kontrollera rättigheterna" in said(regionsok(settings, "index", frozen))


ASKING = """
import sys
from msgspec.structs import replace
from pathlib import Path
from indexer import Search, Searcher, Settings
print(Searcher(Settings(index=Path(sys.argv[1]), engine=sys.argv[2])).search(Search("kaff*")).total)
"""


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.usefixtures("mounting")
def test_a_stop_in_a_commit_keeps_nobody_from_reading(settings: Settings, frozen: bool) -> None:
    """The journal of the catalogue is hot; also where nothing may be written to undo it with."""
    write_jsonl(settings.corpus / "a.jsonl", [{"id": "d1", "text": "Regionen satsar på kaffe."}])
    build(settings)
    catalogue = next(settings.index.glob("*/catalogue.sqlite"))
    stop = (
        "import os, sys; from pathlib import Path; from indexer.catalogue import Catalogue; from tests.stops import let_spill, spill\n"
        "catalogue = Catalogue(Path(sys.argv[1])); let_spill(catalogue); catalogue.set_counter('number', 1); spill(catalogue); os.kill(os.getpid(), 9)"
    )
    content = read_manifest(settings.index)
    assert content
    write_manifest(settings.index, replace(content, complete=False))  # as every run begins
    subprocess.run([sys.executable, "-c", stop, str(catalogue)], cwd=PROJECT, check=False)
    assert catalogue.with_name("catalogue.sqlite-journal").read_bytes().startswith(HOT)
    mounted = f"mount --bind {settings.index} {settings.index}; mount -o remount,ro,bind {settings.index}"
    found = regionsok(settings, "search kaff* --json", mounted if frozen else "")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["total"] == 1
    build(settings)
    assert check(settings).sound


@pytest.mark.parametrize(
    ("words", "handles"),
    [
        *(pytest.param(words, handles) for words, handles in (("index --rebuild", 8), ("search kaffe --json", 5))),
        *(
            pytest.param(words, handles, marks=pytest.mark.long)
            for words in ("index", "index --rebuild", "search kaffe --json")
            for handles in (5, 6, 7, 9, 12, 15)
        ),
    ],
)
def test_too_few_file_handles_are_called_that_and_lose_nothing(settings: Settings, handles: int, words: str) -> None:
    """A file that cannot be opened for want of handles was once refused, and its documents gone from a rebuilt index."""
    path = settings.corpus / "a.jsonl"
    write_jsonl(path, [{"id": f"d{n}", "text": f"Kaffe {n}."} for n in range(9)])
    build(settings)
    path.touch()
    done = regionsok(settings, words, f"ulimit -n {handles}")
    assert done.returncode == 0 or "ulimit -n" in said(done) or "Too many open files" in said(done)
    assert Searcher(settings).search(Search("kaffe")).total == 9
    build(settings)
    assert check(settings).sound


LEDGERS = [
    b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"removed": []}', b'{"forgotten": {}}', b'{"unknown": 1}', b'{"salt": "x"}',
    b'{"corrected": {"a": 1}}', b'{"corrected": {"a": {"day": "2020-01-01"}}}', b'{"given": {"a": "b"}}', b'{"hidden": {"a": "b"}}',
    b'{"forgotten": "abc"}', b'{"removed": {"a": 1}}', b'{"corrected": {"a": {"regions": 4, "day": "2020-01-01"}}}',
]  # fmt: skip


@pytest.mark.parametrize("content", LEDGERS)
def test_a_garbled_ledger_is_named_and_never_guessed_at(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / LEDGER
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"ledger\.json går inte att läsa"):
        read_ledger(tmp_path)


def test_a_script_without_a_guard_builds(tmp_path: Path) -> None:
    """Processes that run the script again would wait for the lock of the first: for ever."""
    (tmp_path / "corpus").mkdir()
    lines = [{"id": f"d{n}", "title": f"Nyhet {n}", "text": f"Regionen satsar på ord{n}. " * 90} for n in range(900)]
    write_jsonl(tmp_path / "corpus" / "a.jsonl", lines)
    script = tmp_path / "bygg.py"
    script.write_text(
        f"from pathlib import Path\nfrom indexer import Settings, build\nprint('runs', flush=True)\nfolder = Path({str(tmp_path)!r})\n"
        "print(build(Settings(corpus=folder / 'corpus', index=folder / 'index')).documents)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "runs\n900\n"
    assert Searcher(Settings(index=tmp_path / "index")).search(Search("satsar")).total == 900

"""The map cannot lie: every room of the product is in its table, none that is not there, and its steps do what they say."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
MAP = (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```(?P<kind>\w+)(?: (?P<path>\S+))?(?: after `(?P<after>[^`]+)`)?\n(?P<content>.*?)^```", re.M | re.S
)
MOST_LINES = 32
"""Of a section with its code; without it, 15."""
TINY = """
import pickle
from collections import Counter
from indexer.engines import BY_YEAR, Counts, Engine, Match, year_of
from tests.brute_force import Truth

class TinyEngine(Engine):
    def __init__(self, folder):
        self.records = pickle.loads((folder / "records").read_bytes())
    def matching(self, plan):
        return [self.records[id] for id in sorted(self.records) if Truth(self.records[id]).matches(plan)]
    def find(self, plan, window):
        hits = [Match(record.id, 1.0, record.stored) for record in self.matching(plan)]
        return tuple(hits[window.offset : window.offset + window.limit])
    def count(self, plan, facets=()):
        matching = self.matching(plan)
        values = {facet: Counter(value for record in matching for value in self.values(record, facet)) for facet in facets}
        return Counts(len(matching), values)
    def values(self, record, facet):
        return [year_of(record.numbers[facet])] if facet == BY_YEAR else record.values[facet]
    def get(self, id):
        return self.records[id].stored if id in self.records else None
    def ids(self):
        return iter(self.records)
    def close(self):
        pass

class TinyWriter:
    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.file = folder / "records"
        self.records = pickle.loads(self.file.read_bytes()) if self.file.exists() else {}
        self.commit()
    def add(self, record):
        self.records[record.id] = record
    def delete(self, id):
        self.records.pop(id, None)
    def commit(self):
        self.file.write_bytes(pickle.dumps(self.records))
    def close(self):
        pass
"""
"""An engine in few lines: records in a file, and the brute-force evaluator."""
CALENDAR = "BEGIN:VCALENDAR\nSUMMARY:Vindkraftsmöte i Mora\nEND:VCALENDAR\n"


def sections() -> dict[str, str]:
    (chapter,) = re.findall(r"^## How to add\n(.*?)(?=^The floors|^## )", MAP, re.M | re.S)
    return dict(re.findall(r"^### (.*?)\n(.*?)(?=^### |\Z)", chapter, re.M | re.S))


@pytest.mark.parametrize("package", ["indexer", "webapp"])
def test_every_room_is_on_the_map_and_no_other(package: str) -> None:
    entries = (PROJECT / package).iterdir()
    rooms = {f"{package}/{path.name}{'/' * path.is_dir()}" for path in entries if path.name != "__pycache__"}
    (table,) = re.findall(r"^## Rooms\n(.*?)^## ", MAP, re.M | re.S)
    named = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])
    ]
    assert {name for name in named if name.startswith(f"{package}/")} == rooms
    assert len(named) == len(set(named))


def test_every_way_to_add_something_is_short() -> None:
    assert set(sections()) == {"A facet", "A format", "A source", "An engine", "A synonym"}
    for name, section in sections().items():
        assert len(section.splitlines()) < MOST_LINES, name
        assert len(BLOCK.sub("", section).strip().splitlines()) < 15, name


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product, its sources and one document, to be changed."""
    for name in ("indexer", "webapp", "sources"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.jsonl").write_text(
        '{"text": "Här tillverkas kvastskaft av trä.", "language": "sv"}\n', "utf-8"
    )
    (tmp_path / "moten.ics").write_text(CALENDAR, encoding="utf-8")
    return tmp_path


def run(folder: Path, command: str) -> str:
    words = [sys.executable, "-m", "indexer", *shlex.split(command)[1:]]
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def follow(folder: Path, section: str) -> int:
    """Do what a section says; how many commands it tried."""
    commands = 0
    for block in BLOCK.finditer(section):
        if block["path"]:
            path = folder / block["path"]
            if block["after"]:
                before = path.read_text(encoding="utf-8")
                assert before.count(block["after"] + "\n") == 1, block["after"]
                path.write_text(before.replace(block["after"] + "\n", f"{block['after']}\n{block['content']}"), "utf-8")
            else:
                assert not path.exists()
                path.write_text(block["content"], encoding="utf-8")
        else:
            printed = ""
            for line in block["content"].splitlines():
                if line.startswith("$ "):
                    printed = run(folder, line.removeprefix("$ "))
                    commands += 1
                else:
                    assert line in printed, (line, printed)
    return commands


@pytest.mark.parametrize("name", ["A synonym", "A source", "A format", "A facet"])
def test_its_steps_do_what_they_say(copy: Path, name: str) -> None:
    assert follow(copy, sections()[name]) > 0


def test_two_classes_and_a_name_are_an_engine(copy: Path) -> None:
    (copy / "indexer" / "engines" / "tiny.py").write_text(TINY, encoding="utf-8")
    assert follow(copy, sections()["An engine"]) > 0

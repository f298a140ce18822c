"""Kills of a crawl: at no step is anything lost or kept wrongly, and the next crawl makes the index what the web is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from indexer import crawling
from indexer.indexing import build
from indexer.indexing.checking import check
from tests import command
from tests.crawl_hosts.feeds import item, rss
from tests.crawl_nights import FIRST_DAY, documents_of
from tests.crawl_stops import BOTH, CHILD, PARENT, Stop, settings_in
from tests.processes import children
from tests.web import Answer, Host, Page, Web, page, settings_for, source

crawl = partial(crawling.crawl, internal=command.NETWORK)
ENDS = 5.0
"""Seconds in which the process that crawls ends by itself when its parent is gone."""
SORRY = page("Sidan finns inte", "Sidan du söker finns inte eller har flyttats.")
NOINDEX = page("norrsken", head='<meta name="robots" content="noindex">')
RESERVED = page("renskötsel", head='<meta name="tdm-reservation" content="1">')

Shown = Page | str | None
LIVES: dict[str, tuple[Shown, Shown, str | None, str | None]] = {
    "/kvar": ("kvarnhjul", "kvarnhjul", "kvarnhjul", "kvarnhjul"),
    "/andras": ("gammalt", "nytryckt", "gammalt", "nytryckt"),
    "/bort": ("bortgång", Answer(410), "bortgång", None),
    "/noindex": ("norrsken", NOINDEX, "norrsken", None),
    "/reserv": ("renskötsel", RESERVED, "renskötsel", None),
    "/flyttar": ("flyttblock", Answer(301, {"Location": "/dit"}), "flyttblock", None),
    "/dit": (None, "flyttblock", None, "flyttblock"),
    "/sorry": ("sommarstuga", SORRY, "sommarstuga", None),
    "/flode1": ("flödesett", "flödesett", "flödesett", "flödesett"),
    "/flode2": (None, "flödestvå", None, "flödestvå"),
    "/ny": (None, "nybygge", None, "nybygge"),
    "/sist": ("sistnämnd", "sistnämnd", "sistnämnd", "sistnämnd"),
}
"""Path -> what it shows on the first and on the second night, and what the index must hold after each."""
LINKED = [path for path in LIVES if path not in ("/dit", "/flode1", "/flode2", "/ny")]


class Town:
    """Two hosts, and a corpus as the first night left it, which every case begins with."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web, self.folder = web, folder
        self.host, self.other = web.host(), web.host()
        told = {
            "ett": source("Ett", self.host.url(), feeds=[self.host.url("/rss")]),
            "tva": source("Två", self.other.url()),
        }
        (folder / "base").mkdir()
        settings = settings_for(folder / "base", told)
        self.show(0)
        crawl(settings, (), day=FIRST_DAY.isoformat())
        build(settings)
        assert self.wrong(folder / "base", 0) == []
        self.show(1)

    def show(self, night: int) -> None:
        """What the hosts show on a night, from 0."""
        links = [*LINKED, *(["/ny"] if night else [])]
        self.host.pages = {
            "/": page("ettan", links=links),
            "/rss": rss(item(self.host.url(f"/flode{n}"), f"F{n}") for n in range(1, night + 2)),
        }
        for path, life in LIVES.items():
            if (shown := life[night]) is not None:
                self.host.pages[path] = page(shown) if isinstance(shown, str) else shown
        self.other.pages = {
            "/": page("tvåan", links=["/a", "/b"]),
            "/a": page("aftonsång"),
            "/b": page("begonia") if not night else Answer(410),
        }

    def expected(self, night: int) -> dict[str, str]:
        """Address -> word that its text has."""
        held: dict[str, str | None] = {
            self.host.url(path): (life[3] if night else life[2]) for path, life in LIVES.items()
        }
        held |= {self.host.url("/"): "ettan", self.other.url("/"): "tvåan", self.other.url("/a"): "aftonsång"}
        held[self.other.url("/b")] = None if night else "begonia"
        return {url: word for url, word in held.items() if word}

    def wrong(self, folder: Path, night: int) -> list[str]:
        """In what an index holds."""
        texts = {document.url: document.text.casefold() for document in documents_of(settings_in(folder))}
        expected = self.expected(night)
        lines = [f"missed: {url}" for url in expected.keys() - texts.keys()]
        lines += [f"kept wrongly: {url}" for url in texts.keys() - expected.keys()]
        return lines + [
            f"not its text: {url}" for url in expected.keys() & texts.keys() if expected[url] not in texts[url]
        ]

    def stopped(self, stop: Stop) -> tuple[Path, int]:
        """The folder of a case after its kill, and how the command ended."""
        folder = self.folder / "case"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder / "base", folder)
        (folder / "stop.json").write_bytes(msgspec.json.encode(stop))
        (folder / "day").write_text(FIRST_DAY.isoformat())
        for host in (self.host, self.other):
            host.log.clear()
        program = [sys.executable, "-m", "tests.crawl_stops", str(folder)]
        done = subprocess.run(program, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1, -9), done.stderr
        until = time.monotonic() + ENDS
        while any(str(folder) in _command(process) for process in children(1, "tests.crawl_stops")):
            assert time.monotonic() < until, "the process that crawls goes on without its parent"
            time.sleep(0.05)
        return folder, done.returncode


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """As the first night left it; the web shows the second."""
    web = Web()
    yield Town(web, tmp_path_factory.mktemp("kills"))
    web.close()


STEPS = [
    (CHILD, "ask /robots.txt", 0, CHILD),
    (CHILD, "ask /.well-known/tdmrep.json", 0, BOTH),
    (CHILD, "ask /", 0, PARENT),
    (CHILD, "ask /rss", 0, CHILD),
    (CHILD, "ask /andras", 0, BOTH),
    (CHILD, "ask /bort", 0, PARENT),
    (CHILD, "ask /ny", 0, CHILD),
    (CHILD, "ask /dit", 0, BOTH),
    (CHILD, "ask /sist", 0, PARENT),
    (CHILD, "say gone /bort", 0, CHILD),
    (CHILD, "say gone /noindex", 0, BOTH),
    (CHILD, "say gone /reserv", 0, PARENT),
    (CHILD, "say gone /sorry", 0, CHILD),
    (CHILD, "say moved /flyttar", 0, BOTH),
    (CHILD, "say changed /andras", 0, PARENT),
    (CHILD, "say fetched /ny", 0, CHILD),
    (CHILD, "say unchanged /kvar", 0, BOTH),
    (CHILD, "say found", 0, PARENT),
    (CHILD, "say found", 1, CHILD),
    (CHILD, "sync .regionsok/departures.jsonl", 0, CHILD),
    (CHILD, "sync .regionsok/departures.jsonl", 1, BOTH),
    (CHILD, "sync .regionsok/departures.jsonl", 3, PARENT),
    (CHILD, "sync crawl/ett-.warc.gz", 0, CHILD),
    (CHILD, "replace crawl/ett-.warc.gz", 0, BOTH),
    (CHILD, "sync corpus/crawl", 0, PARENT),
    (CHILD, "commit memory", 0, CHILD),
    (CHILD, "commit memory", 1, BOTH),
    (CHILD, "commit memory", 2, PARENT),
    (PARENT, "child started", 0, BOTH),
    (PARENT, "sync .regionsok/.ledger.json", 0, PARENT),
    (PARENT, "replace .regionsok/.ledger.json", 0, PARENT),
    (PARENT, "crawl ended", 0, PARENT),
    (PARENT, "sync index/.manifest.json", 0, PARENT),
    (PARENT, "commit catalogue", 0, PARENT),
    (PARENT, "commit catalogue", 1, PARENT),
    (PARENT, "replace -tantivy/.checksums.json", 0, PARENT),
    (PARENT, "replace index/.manifest.json", 1, PARENT),
    (PARENT, "index built", 0, PARENT),
]
"""Whose step, what comes after it, which of that name, and who is killed before it."""
SAMPLE = (9, 20, 23, 30)
"""Of each kind one, for the run of every day."""


def test_there_are_as_many_steps_as_are_claimed(town: Town) -> None:
    folder, code = town.stopped(Stop())
    assert code == 0 and town.wrong(folder, 1) == []
    steps = (folder / "steps").read_text(encoding="utf-8").splitlines()
    lacking = [(process, name) for process, name, number, _ in STEPS if steps.count(f"{process} {name}") <= number]
    assert lacking == [], "\n".join(steps)
    assert len({step[:3] for step in STEPS}) >= 30


def mended(town: Town, stop: Stop) -> Iterator[str]:
    """What is wrong after a kill: with an index run alone, and after the next crawl."""
    folder, code = town.stopped(stop)
    expected = {CHILD: (1,), PARENT: (-9,), BOTH: (-9,)}[stop.victim]
    if code not in expected:
        yield f"the command ended with {code}"
    seen = {url for host in (town.host, town.other) for url in seen_gone(host)}
    settings = settings_in(folder)
    build(settings)
    texts = {document.url for document in documents_of(settings)}
    before, after = town.expected(0), town.expected(1)
    yield from (f"an index run alone keeps {url}, which was seen to be gone" for url in seen & texts)
    yield from (
        f"an index run alone lacks {url}, which is there all the time" for url in before.keys() & after.keys() - texts
    )
    crawl(settings, (), day=FIRST_DAY.isoformat())
    build(settings)
    yield from (f"after the next crawl: {line}" for line in town.wrong(folder, 1))
    if not (checked := check(settings)).sound:
        yield f"not sound: {checked}"
    for host in (town.host, town.other):
        if host.most > 1:
            yield f"{host.most} requests in flight"


def seen_gone(host: Host) -> Iterator[str]:
    """Addresses that were there before, of which a host said that they are not to be held, and was asked for something else then."""
    for asked, _ in zip(host.log, host.log[1:], strict=False):
        life = LIVES.get(asked.path)
        if life and life[2] and not life[3] and asked.ended:
            yield host.url(asked.path)


@pytest.mark.parametrize("step", [STEPS[number] for number in SAMPLE], ids=lambda step: " ".join(map(str, step)))
def test_a_crawl_that_was_killed_is_mended_by_the_next(town: Town, step: tuple[str, str, int, str]) -> None:
    wrong = list(mended(town, Stop(*step)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS, ids=lambda step: " ".join(map(str, step)))
def test_at_whatever_step_a_crawl_is_killed_nothing_is_lost(town: Town, step: tuple[str, str, int, str]) -> None:
    wrong = list(mended(town, Stop(*step)))
    assert not wrong, "\n".join(wrong)

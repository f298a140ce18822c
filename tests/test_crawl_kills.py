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
from tests import command
from tests.crawl_hosts.feeds import item, rss
from tests.crawl_nights import FIRST_DAY, documents_of
from tests.crawl_stops import Stop, settings_in
from tests.processes import children
from tests.web import Answer, Page, Web, page, settings_for, source

crawl = partial(crawling.crawl, internal=command.NETWORK)
ENDS = 5.0
"""Seconds in which the process that crawls ends by itself when its parent is gone."""
SORRY = page("Sidan finns inte", "Sidan du söker finns inte eller har flyttats.")
NOINDEX = page("norrsken", head='<meta name="robots" content="noindex">')
RESERVED = page("renskötsel", head='<meta name="tdm-reservation" content="1">')

LIVES: dict[str, tuple[Page | str | None, Page | str | None, str | None, str | None]] = {
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
        settings = settings_for(folder / "base", told) if (folder / "base").mkdir() is None else None
        assert settings
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
        held = {self.host.url(path): life[2 + night] for path, life in LIVES.items()}
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

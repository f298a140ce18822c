"""python -m benchmarks.crawling crawl WORK: crawled pages a second, from ten hosts to the index, as JSON.

Each host answers after 50 ms and asks for no delay; the pages are those of `benchmarks.pages`. What is measured is the command
itself, `regionsok crawl`, from its start to its end: fetching, archiving and indexing. The web that it visits stands in the
process that measures, so that it is no part of the command's memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import EVERY, megabytes
from tests import command
from tests.processes import children
from tests.web import HTML, Answer, Host, Web, page, source

HOSTS, EACH = 10, 100
"""And pages of each."""
LATENCY = 0.05
"""Seconds before an answer."""
ROOT = Path(__file__).resolve().parents[1]


class Watch:
    """Megabytes that a command's processes had at most: while it fetches, and in all."""

    def __init__(self, process: int) -> None:
        self.fetching = self.most = 0.0
        self._process, self._ended = process, threading.Event()
        self._watcher = threading.Thread(target=self._look)
        self._watcher.start()

    def end(self) -> None:
        """No more looks."""
        self._ended.set()
        self._watcher.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            now = megabytes([self._process])
            self.most = max(self.most, now)
            if any(children(self._process, "indexer.crawling")):
                self.fetching = max(self.fetching, now)


def filled(web: Web, files: list[Path]) -> list[Host]:
    """Ten hosts, each with its share of the pages and a start page that leads to them."""
    hosts = []
    for number in range(HOSTS):
        host = web.host()
        host.latency = LATENCY
        share = files[number * EACH : (number + 1) * EACH]
        paths = {
            f"/nyhet/{file.stem}": Answer(headers={"Content-Type": HTML}, body=file.read_bytes()) for file in share
        }
        host.pages = {**paths, "/": page(f"Start {number}", links=paths)}
        hosts.append(host)
    return hosts


def configured(folder: Path, hosts: list[Host]) -> Path:
    """A file of settings whose sources are the hosts, with an empty corpus."""
    for name in ("corpus", "sources"):
        (folder / name).mkdir(parents=True)
    for number, host in enumerate(hosts):
        told = source(f"Plats {number}", host.url(), delay=0, follow=["/nyhet/"])
        (folder / "sources" / f"plats{number}.toml").write_text(told, encoding="utf-8")
    lines = [f'{name} = "{folder / name}"' for name in ("corpus", "index", "sources")]
    config = folder / "regionsok.toml"
    config.write_text("\n".join([*lines, 'crawl_contact = "test@region.example"', ""]), encoding="utf-8")
    return config


def crawl(work: Path) -> dict[str, Any]:
    """Seconds of the whole command and of its requests, those of a core that it worked, pages that were fetched, and memory."""
    web = Web()
    hosts = filled(web, sorted((work / "pages").glob("*.html"))[: HOSTS * EACH])
    config = configured(work / "crawl", hosts)
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    program = [sys.executable, command.__file__, "crawl", "--config", str(config)]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        watch = Watch(process.pid)
        process.wait()
        watch.end()
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"regionsok crawl ended with {process.returncode}.")
    log = [asked for host in hosts for asked in host.log]
    fetched = sum(asked.status == 200 and asked.path.startswith("/nyhet/") for asked in log)
    requests = max(asked.ended for asked in log) - min(asked.at for asked in log)
    web.close()
    in_flight = max(host.most for host in hosts)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {"pages": fetched, "work": worked, "seconds": seconds, "requests": requests, "in flight": in_flight}
    return figures | {"fetching": watch.fetching, "memory": watch.most}


def main() -> None:
    """Print one JSON object."""
    print(json.dumps(crawl(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()

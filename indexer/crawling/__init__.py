"""The polite crawl: sources/*.toml or one address -> WARC files in corpus/crawl/, and a report of what became of each address."""

import fcntl
import importlib.util
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from msgspec.structs import replace

from indexer.corpus import read_ledger, today
from indexer.corpus.ledger import settle
from indexer.crawling.reports import Report, Visit, keep_visits, read_visits
from indexer.crawling.sources import Job, Site, SourceError, add_found, job_to_json, read_sites, refusal_of
from indexer.faults import naming
from indexer.generations import writing
from indexer.settings import Settings
from indexer.urls import host_of

_log = logging.getLogger(__package__)

__all__ = ["Report", "SourceError", "Visit", "check_sources", "crawl", "fetch", "last_visits"]

_CONTACT = "en e-postadress eller webbadress som den som äger en webbplats kan nå er på"
_NO_CONTACT = f"Ange vem som hämtar innan något hämtas: crawl_contact i regionsok.toml, {_CONTACT}."
_NO_SCRAPY = "Paketet scrapy behövs för att hämta; installera med pip install 'regionsok[crawl]' och försök igen."
PATIENCE = 3
"""Seconds to wait for another crawl: the process of a command that was killed needs one to end."""


def check_sources(settings: Settings, internal: str = "") -> tuple[dict[str, Site], list[str]]:
    """The sources, and a Swedish sentence for each file that cannot be used. Raises SourceError without any."""
    if not any(settings.sources.glob("*.toml")):
        advice = "ange en annan med sources i regionsok.toml"
        raise SourceError(f"Mappen {settings.sources} finns inte eller har inga källor; {advice}.")
    return read_sites(settings.sources, internal)


def crawl(settings: Settings, names: Sequence[str], internal: str = "", day: str = "", trial: bool = False) -> Report:
    """Visit the sources of those names, or all. Raises Fault: before anything is fetched, or with what was kept of it.

    `internal` and `day` are as of a Job: empty but in tests. In a trial each source is asked for its first start page, whose line
    also says what it gives, and nothing is kept.
    """
    sites, faults = check_sources(settings, internal=internal)
    if faults:
        raise SourceError("Rätta källorna först: " + " ".join(faults))
    if unknown := set(names) - sites.keys():
        raise SourceError(f"Källan {min(unknown)} finns inte i {settings.sources}; se regionsok sources check.")
    chosen = {name: sites[name] for name in names or sites}
    if trial:
        chosen = {name: replace(site, start=site.start[:1]) for name, site in chosen.items()}
    job = Job(chosen, settings, internal=internal, single=trial, trial=trial, day=day or today())
    report = _run(job)
    if not trial:
        keep_visits(settings.corpus, sites, report, job.day)
    return report


def last_visits(settings: Settings, names: Sequence[str]) -> dict[str, Visit]:
    """What the last crawl of the sources of those names, or of all, did. Raises SourceError where there was none."""
    visits = read_visits(settings.corpus)
    lacking = sorted(set(names) - visits.keys())
    if lacking or not visits:
        raise SourceError(f"{' och '.join(lacking) or 'Källorna'} har inte hämtats än; kör regionsok crawl.")
    return {name: visits[name] for name in names or visits}


def fetch(settings: Settings, url: str, internal: str = "") -> Report:
    """Fetch one address and nothing that it leads to. Raises SourceError without the packages that it takes."""
    if reason := refusal_of(url, internal) or (None if settings.crawl_contact.strip() else _NO_CONTACT):
        return Report(({"site": "", "outcome": "refused", "url": url, "reason": reason},))
    host, site = host_of(url) or "adress", Site("", (url,))
    sources = read_sites(settings.sources, internal)[0].values()
    delays = [one.delay for one in sources if any(f".{host}".endswith(f".{ours}") for ours in one.hosts)]
    site = replace(site, delay=max(delays, default=site.delay))
    return _run(Job({host: site}, settings, internal=internal, single=True, day=today()))


def _run(job: Job) -> Report:
    """Do a job, of which what is not the caller's is filled in."""
    settings = job.settings
    if not settings.crawl_contact.strip():
        raise SourceError(_NO_CONTACT)
    if not importlib.util.find_spec("scrapy"):
        raise SourceError(_NO_SCRAPY)
    with _alone(settings.corpus) as lock:
        _settle(settings)
        ledger = read_ledger(settings.corpus)
        forgotten, gone = frozenset(ledger.forgotten), frozenset(ledger.gone)
        job = replace(job, forgotten=forgotten, salt=ledger.salt, gone=gone, command=os.getpid())
        _log.info("crawl begun", extra={"sites": len(job.sites)})
        try:
            report = _report(job, lock)
        finally:
            _settle(settings)
    _log.info("crawl ended", extra=report.counts)
    return report


def _report(job: Job, lock: int) -> Report:
    """What the process that crawls says; what it found beside the sources is kept there."""
    lines, asked = [], dict.fromkeys(job.sites, 0)
    for line in _lines(job, lock):
        if "log" in line:
            _log.info(line["log"], extra=line["extra"])
        elif "found" not in line:
            lines.append(line)
        else:
            asked[line["found"]] = line["asked"]
            if not job.single and (path := job.settings.sources / f"{line['found']}.toml").exists():
                add_found(path, line["feeds"], line["sitemaps"])
    return Report(tuple(lines), asked)


def _settle(settings: Settings) -> None:
    with writing(settings.index):
        settle(settings.corpus)


@contextmanager
def _alone(corpus: Path) -> Iterator[int]:
    """The one crawl of a corpus: a lock that the process that crawls holds too. Raises SourceError where there is another."""
    path = corpus / ".regionsok" / "crawl.lock"
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+", encoding="utf-8")
    with lock:
        for _ in range(PATIENCE * 10):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.1)
        else:
            who = path.read_text(encoding="utf-8")
            raise SourceError(f"En hämtning till {corpus} pågår redan ({who}); vänta tills den är klar.")
        with naming(path):
            lock.truncate(0)
            print(f"process {os.getpid()} sedan {time.strftime('%Y-%m-%d kl. %H.%M')}", end="", file=lock, flush=True)
        yield lock.fileno()


def _lines(job: Job, lock: int) -> Iterator[dict[str, Any]]:
    """The lines of the process that crawls; an interrupt reaches it too, and it ends with what it has. Raises SourceError."""
    command, pipe = [sys.executable, "-m", "indexer.crawling"], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=[lock]) as process:  # noqa: S603  our own module
        assert process.stdin and process.stdout  # noqa: S101  they are pipes
        process.stdin.write(job_to_json(job))
        process.stdin.close()
        try:
            for line in map(json.loads, _until_the_last(process.stdout)):
                if "fault" in line:
                    raise SourceError(line["fault"])
                yield line
        except GeneratorExit:
            process.terminate()
            raise
    if process.returncode:
        why = f"Hämtningen avbröts av ett fel ({process.returncode})"
        raise SourceError(f"{why}; det som hann sparas finns kvar. Kör om den.")


def _until_the_last(lines: IO[bytes]) -> Iterator[bytes]:
    """The lines to the last whole one, whatever interrupts."""
    while True:
        with suppress(KeyboardInterrupt):
            if not (line := lines.readline()).endswith(b"\n"):
                return
            yield line

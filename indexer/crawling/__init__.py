"""The polite crawl: sources/*.toml or one address -> WARC files in corpus/crawl/, and a report of what became of each address."""

import importlib.util
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import IO, Any

from msgspec.structs import replace

from indexer.corpus import changing, read_ledger, today
from indexer.crawling.job import Job, job_to_json
from indexer.crawling.reports import Report, Visit, keep_visits, read_visits
from indexer.crawling.safety import refusal_of
from indexer.crawling.sources import Site, SourceError, add_found, read_sites
from indexer.generations import writing
from indexer.settings import Settings
from indexer.urls import host_of, identity

_log = logging.getLogger(__package__)

__all__ = ["Report", "SourceError", "Visit", "check_sources", "crawl", "fetch", "last_visits"]

_NO_CONTACT = (
    "Ange vem som hämtar innan något hämtas: crawl_contact i regionsok.toml, en e-postadress eller webbadress som den som"
    " äger en webbplats kan nå er på."
)
_NO_SCRAPY = "Paketet scrapy behövs för att hämta; installera med pip install 'regionsok[crawl]' och försök igen."
GRACE = 300
"""Seconds after its limit in which a crawl ends by itself, unless a page keeps its parser busy."""


def check_sources(settings: Settings, internal: str = "") -> tuple[dict[str, Site], list[str]]:
    """The sources, and a Swedish sentence for each file that cannot be used. Raises SourceError without any."""
    if not any(settings.sources.glob("*.toml")):
        raise SourceError(
            f"Mappen {settings.sources} finns inte eller har inga källor; ange en annan med sources i regionsok.toml."
        )
    return read_sites(settings.sources, internal)


def crawl(settings: Settings, names: Sequence[str], internal: str = "", trial: bool = False) -> Report:
    """Visit the sources of those names, or all. Raises SourceError before anything is fetched.

    `internal` is as of a Job: empty but in tests. In a trial each source is asked for its first start page, whose line also
    says what it gives, and nothing is kept.
    """
    sites, faults = check_sources(settings, internal=internal)
    if faults:
        raise SourceError("Rätta källorna först: " + " ".join(faults))
    if unknown := set(names) - sites.keys():
        raise SourceError(f"Källan {min(unknown)} finns inte i {settings.sources}; se regionsok sources check.")
    chosen = {name: sites[name] for name in names or sites}
    if trial:
        chosen = {name: replace(site, start=site.start[:1]) for name, site in chosen.items()}
    report = _run(settings, chosen, internal, single=trial, trial=trial)
    if not trial:
        keep_visits(settings.corpus, sites, report, today())
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
    return _run(settings, {host_of(url) or "adress": Site("", (url,), delay=0)}, internal, single=True)


def _run(settings: Settings, sites: dict[str, Site], internal: str, single: bool, trial: bool = False) -> Report:
    if not settings.crawl_contact.strip():
        raise SourceError(_NO_CONTACT)
    if not importlib.util.find_spec("scrapy"):
        raise SourceError(_NO_SCRAPY)
    ledger = read_ledger(settings.corpus)
    agent = f"Regionsok/{version('regionsok')} (+{settings.crawl_contact})"
    job = Job(sites, settings, agent, internal, single, trial, frozenset(ledger.forgotten), ledger.salt)
    _log.info("crawl begun", extra={"sites": len(sites)})
    lines, asked = [], dict.fromkeys(sites, 0)
    for line in _lines(job):
        if "log" in line:
            _log.info(line["log"], extra=line["extra"])
        elif "found" not in line:
            lines.append(line)
        else:
            asked[line["found"]] = line["asked"]
            if not single and (path := settings.sources / f"{line['found']}.toml").exists():
                add_found(path, line["feeds"], line["sitemaps"])
    report = Report(tuple(lines), asked)
    _log.info("crawl ended", extra=report.counts)
    _note_gone(settings, report)
    return report


def _lines(job: Job) -> Iterator[dict[str, Any]]:
    """The lines of the process that crawls; an interrupt reaches it too, and it ends with what it has."""
    command = [sys.executable, "-m", "indexer.crawling"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:  # noqa: S603  our own module
        assert process.stdin and process.stdout  # noqa: S101  they are pipes
        process.stdin.write(job_to_json(job))
        process.stdin.close()
        overtime = threading.Timer(job.settings.crawl_seconds + GRACE, process.kill)
        overtime.start()
        try:
            yield from map(json.loads, _until_the_last(process.stdout))
        finally:
            overtime.cancel()
    if process.returncode:
        raise SourceError(f"Hämtningen avbröts av ett fel ({process.returncode}); det som hann sparas finns kvar.")


def _until_the_last(lines: IO[bytes]) -> Iterator[bytes]:
    """The lines to the last one, whatever interrupts."""
    while True:
        with suppress(KeyboardInterrupt):
            if not (line := lines.readline()):
                return
            yield line


def _note_gone(settings: Settings, report: Report) -> None:
    """A page that is gone leaves the index by the ledger; one that is back returns."""
    gone = {identity(line["url"], "", "") for line in report.lines if line["outcome"] == "gone"}
    back = {identity(line["url"], "", "") for line in report.lines if line["outcome"] in ("fetched", "changed")}
    if not gone and not back:
        return
    with writing(settings.index), changing(settings.corpus) as ledger:
        days = ledger.gone | dict.fromkeys(gone, today())
        ledger.gone = {id: day for id, day in days.items() if id not in back}

"""The polite crawl: sources/*.toml or one address -> WARC files in corpus/crawl/, and a report of what became of each address.

Of every source it says so in a few numbers, which are kept until its next crawl.
"""

import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO

import msgspec

from indexer.corpus import settle, today
from indexer.crawling.sources import Job, Site, SourceError, add_found, read_sites, refusal_of
from indexer.documents import Refusal, host_of
from indexer.durable import locked, write_durably
from indexer.faults import naming
from indexer.generations import writing
from indexer.settings import Settings

log = logging.getLogger(__package__)

_CONTACT = "en e-postadress eller webbadress som den som äger en webbplats kan nå er på"
_NO_CONTACT = f"Ange vem som hämtar innan något hämtas: crawl_contact i regionsok.toml, {_CONTACT}."
_NO_SCRAPY = "Paketet scrapy behövs för att hämta; installera med pip install 'regionsok[crawl]' och försök igen."
PATIENCE = 3
"""Seconds to wait for another crawl: the process of a command that was killed needs one to end."""
REPORT = Path(".regionsok") / "crawl-report.json"
"""Below corpus/."""
COLUMNS = ("new", "changed", "unchanged", "gone", "moved", "refused", "failed")
_ITS_OWN = re.compile(r"https?://\S+|\d{5,}")
"""What a reason says of one address only."""


class Outcome(msgspec.Struct, frozen=True):
    """What may become of an address, as outcomes.toml explains it."""

    label: str
    column: str
    source: str


OUTCOMES = msgspec.toml.decode(Path(__file__).with_name("outcomes.toml").read_bytes(), type=dict[str, Outcome])


class Report(msgspec.Struct, frozen=True):
    """What became of every address."""

    lines: tuple[dict[str, str], ...]
    """site, outcome, url and reason of each; of a host that is not asked also `until` and `source`, as outcomes.toml has it."""
    asked: dict[str, int] = {}
    """Source that was crawled -> requests that were made, robots.txt too."""

    @property
    def counts(self) -> dict[str, int]:
        """Outcome -> number of addresses."""
        return dict(Counter(line["outcome"] for line in self.lines))

    def refusals(self) -> Iterator[Refusal]:
        """What was not fetched, and why."""
        without = {name for name, outcome in OUTCOMES.items() if outcome.source in ("excused", "failed")}
        return (Refusal(line["url"], line["reason"]) for line in self.lines if line["outcome"] in without)


class Reason(msgspec.Struct, frozen=True):
    """Why some addresses of a source have an outcome."""

    outcome: str
    reason: str
    count: int
    examples: list[str]


class Visit(msgspec.Struct, frozen=True):
    """The last crawl of a source; days are ISO 8601."""

    name: str
    """The publisher's."""
    day: str
    status: str
    """As `source` in outcomes.toml: reached, excused or failed."""
    asked: int
    """Requests."""
    counts: dict[str, int]
    """COLUMNS, in their order -> number of addresses."""
    reasons: list[Reason]
    """The most frequent first."""
    last_success: str | None
    """The last day that it answered, in this crawl or an earlier one."""
    last_new: str | None
    """The last day that it gave a document that was not known."""
    months_silent: int | None
    """Whole months, twelfths of 365 days, from that day to this crawl."""
    resting_until: str | None
    """ISO 8601, where it asked not to be asked again before."""


def check_sources(settings: Settings, internal: str = "") -> tuple[dict[str, Site], list[str]]:
    """The sources, and a Swedish sentence for each file that cannot be used. Raises SourceError without any."""
    if not any(settings.sources.glob("*.toml")):
        advice = "ange en annan med sources i regionsok.toml"
        raise SourceError(f"Mappen {settings.sources} finns inte eller har inga källor; {advice}.")
    return read_sites(settings.sources, internal)


def crawl(settings: Settings, names: Sequence[str], internal: str = "", day: str = "", trial: bool = False) -> Report:
    """Visit the sources of those names, or all. Raises Fault, and OSError: before anything is fetched, or with what was kept of it.

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
        chosen = {name: msgspec.structs.replace(site, start=site.start[:1]) for name, site in chosen.items()}
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
    """Fetch one address and nothing that it leads to. Raises SourceError without the packages that it takes, and OSError."""
    if reason := refusal_of(url, internal) or (None if settings.crawl_contact.strip() else _NO_CONTACT):
        return Report(({"site": "", "outcome": "refused", "url": url, "reason": reason},))
    host, site = host_of(url) or "adress", Site("", (url,))
    sources = read_sites(settings.sources, internal)[0].values()
    delays = [one.delay for one in sources if any(f".{host}".endswith(f".{ours}") for ours in one.hosts)]
    site = msgspec.structs.replace(site, delay=max(delays, default=site.delay))
    return _run(Job({host: site}, settings, internal=internal, single=True, day=today()))


def _run(job: Job) -> Report:
    """Do a job."""
    settings = job.settings
    if not settings.crawl_contact.strip():
        raise SourceError(_NO_CONTACT)
    if not importlib.util.find_spec("scrapy"):
        raise SourceError(_NO_SCRAPY)
    with _alone(settings.corpus) as lock:
        with writing(settings.index):
            settle(settings.corpus)
        log.info("crawl begun", extra={"sites": len(job.sites)})
        try:
            report = _report(job, lock)
        finally:
            with writing(settings.index):
                settle(settings.corpus)
    log.info("crawl ended", extra=report.counts)
    return report


@contextmanager
def _alone(corpus: Path) -> Iterator[int]:
    """The one crawl of a corpus: a lock that the process that crawls holds too. Raises SourceError where there is another, and OSError."""
    path = corpus / ".regionsok" / "crawl.lock"
    (corpus / "crawl").mkdir(parents=True, exist_ok=True)

    def refuse() -> None:
        who = path.read_text(encoding="utf-8")
        raise SourceError(f"En hämtning till {corpus} pågår redan ({who}); vänta tills den är klar.")

    with locked(path, refuse, PATIENCE) as lock:
        with naming(path):
            path.write_text(f"process {os.getpid()} sedan {time.strftime('%Y-%m-%d kl. %H.%M')}", encoding="utf-8")
        yield lock.fileno()


def _report(job: Job, lock: int) -> Report:
    """What the process that crawls says; what it found beside the sources is kept there. Raises SourceError.

    An interrupt reaches it too, and it ends with what it has.
    """
    lines, asked = [], dict.fromkeys(job.sites, 0)
    command, pipe = [sys.executable, "-m", "indexer.crawling"], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=[lock]) as process:  # noqa: S603  our own module
        assert process.stdin and process.stdout  # noqa: S101  they are pipes
        process.stdin.write(msgspec.json.encode(job, enc_hook=str) + b"\n")
        process.stdin.flush()  # and not closed: it ends where this does
        for line in map(json.loads, _until_the_last(process.stdout)):
            if "fault" in line:
                raise SourceError(line["fault"])
            if "log" in line:
                log.handle(logging.makeLogRecord(line["log"]))
            elif "found" not in line:
                lines.append(line)
            else:
                asked[line["found"]] = line["asked"]
                if not job.single and (path := job.settings.sources / f"{line['found']}.toml").exists():
                    add_found(path, line["feeds"], line["sitemaps"])
    if process.returncode:
        why = f"Hämtningen avbröts av ett fel ({process.returncode})"
        raise SourceError(f"{why}; det som hann sparas finns kvar. Kör om den.")
    return Report(tuple(lines), asked)


def _until_the_last(lines: IO[bytes]) -> Iterator[bytes]:
    """The lines to the last whole one, whatever interrupts."""
    while True:
        with suppress(KeyboardInterrupt):
            if not (line := lines.readline()).endswith(b"\n"):
                return
            yield line


def read_visits(corpus: Path) -> dict[str, Visit]:
    """Source -> its last crawl; none where nothing was crawled yet, or where what was kept cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((corpus / REPORT).read_bytes(), type=dict[str, Visit])
    return {}


def keep_visits(corpus: Path, sites: Mapping[str, Site], report: Report, day: str) -> None:
    """Keep what a crawl of that day did with each source, and what is kept of the other `sites`. Raises OSError."""
    visits = read_visits(corpus)
    for key, asked in report.asked.items():
        lines = [line for line in report.lines if line["site"] == key]
        visits[key] = _visit(sites[key].name, day, asked, lines, visits.get(key))
    kept = {key: visits[key] for key in sites if key in visits}
    write_durably(corpus / REPORT, msgspec.json.format(msgspec.json.encode(kept), indent=1))


def _visit(name: str, day: str, asked: int, lines: list[dict[str, str]], before: Visit | None) -> Visit:
    columns = [OUTCOMES[line["outcome"]].column for line in lines]
    counts = {column: columns.count(column) for column in COLUMNS}
    said = {line.get("source") or OUTCOMES[line["outcome"]].source for line in lines}
    status = "reached" if "reached" in said else "excused" if "excused" in said else "failed"
    success = day if status == "reached" else before.last_success if before else None
    new = day if counts["new"] else before.last_new if before else None
    silent = (date.fromisoformat(day) - date.fromisoformat(new)).days * 12 // 365 if new else None
    until = max((line["until"] for line in lines if "until" in line), default=None)
    told = [((line["outcome"], _ITS_OWN.sub("…", line["reason"])), line["url"]) for line in lines if line["reason"]]
    # 20, 3: reasons of a source that are kept, and addresses of each.
    frequent = Counter(why for why, _ in told).most_common(20)
    reasons = [Reason(*why, count, [url for other, url in told if other == why][:3]) for why, count in frequent]
    return Visit(name, day, status, asked, counts, reasons, success, new, silent, until)

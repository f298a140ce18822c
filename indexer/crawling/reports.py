"""What a crawl did: of every address, and of every source in a few numbers, which are kept until its next crawl."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec

from indexer.crawling.sources import Site
from indexer.documents import Refusal
from indexer.durable import write_durably

REPORT = Path(".regionsok") / "crawl-report.json"
"""Below corpus/."""
COLUMNS = ("new", "changed", "unchanged", "gone", "moved", "refused", "failed")
REASONS, EXAMPLES = 20, 3
"""Of a source that are kept, and addresses of each."""
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


def read_visits(corpus: Path) -> dict[str, Visit]:
    """Source -> its last crawl; none where nothing was crawled yet, or where what was kept cannot be read."""
    try:
        return msgspec.json.decode((corpus / REPORT).read_bytes(), type=dict[str, Visit])
    except (OSError, msgspec.DecodeError):
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
    number_of = Counter(OUTCOMES[line["outcome"]].column for line in lines)
    said = {line.get("source") or OUTCOMES[line["outcome"]].source for line in lines}
    status = "reached" if "reached" in said else "excused" if "excused" in said else "failed"
    success = day if status == "reached" else before.last_success if before else None
    new = day if number_of["new"] else before.last_new if before else None
    silent = (date.fromisoformat(day) - date.fromisoformat(new)).days * 12 // 365 if new else None
    counts = {column: number_of[column] for column in COLUMNS}
    until = max((line["until"] for line in lines if "until" in line), default=None)
    return Visit(name, day, status, asked, counts, _reasons(lines), success, new, silent, until)


def _reasons(lines: list[dict[str, str]]) -> list[Reason]:
    told = [((line["outcome"], _ITS_OWN.sub("…", line["reason"])), line["url"]) for line in lines if line["reason"]]
    frequent = Counter(why for why, _ in told).most_common(REASONS)
    return [Reason(*why, count, [url for other, url in told if other == why][:EXAMPLES]) for why, count in frequent]
